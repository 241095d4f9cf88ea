"""The console script. Each subject is a module of project.commands."""

import os
import sys

import psycopg
import typer
from django.db import OperationalError

from project.commands import (
    audit,
    case,
    client,
    cost,
    demo,
    directory,
    doctor,
    export,
    keycloak,
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
app.add_typer(keycloak.app, name="keycloak", help="Inloggningens realmer i Keycloak.")
app.add_typer(audit.app, name="audit", help="Loggarna: skriv ut, pröva, byt nyckel.")
app.add_typer(client.app, name="client", help="Maskinklienter som anropar API:et.")
app.add_typer(export.app, name="export", help="Filer som beskriver produkten.")
app.command("token")(client.token)
app.command("demo")(demo.demo)
app.command("seed")(seed.seed)
app.command("work")(work.work)
app.command("rebuild")(rebuild.rebuild)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Run a command; a database that cannot be reached is told in words, without a trace.

    Ends with 1 then, as where something is wrong here.
    """
    try:
        app()
    except (OperationalError, psycopg.OperationalError) as fault:
        lost = fault.__cause__ or fault
        # The server itself has answered where there is a code: that is another fault.
        if getattr(lost, "sqlstate", None):
            raise
        setting = "DATABASE_MIGRATOR_URL" if os.environ.get("SAMPLAN_MIGRATING") else "DATABASE_URL"
        typer.echo(
            f"Fel: Databasen svarar inte. Kontrollera att den är i gång, och att {setting} leder"
            f" till den.\n{str(lost).strip()}",
            err=True,
        )
        sys.exit(1)
