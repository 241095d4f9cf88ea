"""The console script. Each subject is a module of project.commands."""

import typer

from project.commands import (
    audit,
    case,
    cost,
    demo,
    directory,
    doctor,
    law,
    population,
    rebuild,
    seed,
    tenant,
    training,
    work,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Samplan: samordnad plan över huvudmannagränser.",
)
app.add_typer(law.app, name="law", help="Lagens frister, utan databas.")
app.add_typer(cost.app, name="cost", help="Kostnadsfördelning, utan databas.")
app.add_typer(population.app, name="population", help="Befolkningsunderlag för kostnaderna.")
app.add_typer(tenant.app, name="tenant", help="Huvudmän: anslut, visa, uppgradera.")
app.add_typer(directory.app, name="directory", help="Enheter och uppdrag från fil.")
app.add_typer(case.app, name="case", help="Öppna ärenden från ett gammalt system.")
app.add_typer(training.app, name="training", help="Övningsmiljöerna: töm och fyll på nytt.")
app.add_typer(audit.app, name="audit", help="Loggarna: skriv ut, pröva, byt nyckel.")
app.command("demo")(demo.demo)
app.command("seed")(seed.seed)
app.command("work")(work.work)
app.command("rebuild")(rebuild.rebuild)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command."""
    app()
