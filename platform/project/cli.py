"""The console script. Each subject is a module of project.commands."""

import typer

from project.commands import demo, doctor, law, seed, tenant, work

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Samplan: samordnad plan över huvudmannagränser.",
)
app.add_typer(law.app, name="law", help="Lagens frister, utan databas.")
app.add_typer(tenant.app, name="tenant", help="Huvudmän: anslut, visa, uppgradera.")
app.command("demo")(demo.demo)
app.command("seed")(seed.seed)
app.command("work")(work.work)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command."""
    app()
