"""`samplan directory`: units and assignments of a huvudman from files, as the operator reads them.

This is how the first local administrator comes to be; from then on the pages do the same.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from project.commands import setup
from project.commands.operator import operator

if TYPE_CHECKING:
    from care.identity.importing import Report

app = typer.Typer(no_args_is_help=True, add_completion=False)
CHANGES = {
    "added": "Tillkommer",
    "asked": "Begärs",
    "awaited": "Väntar",
    "changed": "Ändras",
    "ended": "Upphör",
    "left_out": "Lämnas utanför",
    "unchanged": "Oförändrad",
    "refused": "Går inte",
}


@app.callback()
def directory() -> None:
    """Enheter och uppdrag från fil."""


@app.command("import")
def import_directory(
    schema: Annotated[str, typer.Option(help="Huvudmannens schema, till exempel t_krokom.")],
    units: Annotated[Path | None, typer.Option(help="CSV-fil med enheter.")] = None,
    assignments: Annotated[Path | None, typer.Option(help="CSV-fil med uppdrag.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa bara skillnaderna.")] = False,
) -> None:
    """Läs in enheter, uppdrag eller båda. Går någon rad inte så ändras ingenting."""
    setup.django()
    from care.identity import importing
    from care.inbox.queries import busy_units
    from tenants import clock
    from tenants.context import acting_as

    refuse_unless_joined(schema)
    with acting_as(schema):
        actor, at = operator(schema, command="samplan directory"), clock.moment()
        try:
            if units:
                content = units.read_bytes()
                _tell(
                    importing.import_units(
                        actor=actor, content=content, busy=busy_units(), dry_run=dry_run, at=at
                    )
                )
            if assignments:
                content = assignments.read_bytes()
                _tell(
                    importing.import_assignments(
                        actor=actor, content=content, dry_run=dry_run, at=at
                    )
                )
        except importing.BadFile as problem:
            refuse(str(problem))
        except OSError as problem:
            refuse(f"{problem.filename} går inte att läsa. Kontrollera sökvägen.")


@app.command("import-hsa")
def import_hsa(
    file: Annotated[Path, typer.Argument(help="Uttag ur HSA, som XML.")],
    schema: Annotated[str, typer.Option(help="Huvudmannens schema, till exempel t_krokom.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa bara skillnaderna.")] = False,
) -> None:
    """Läs in uppdragen i ett uttag ur HSA. Allt eller ingenting."""
    setup.django()
    from care.identity import importing
    from care.identity.hsa.importing import import_hsa as act
    from tenants import clock
    from tenants.context import acting_as

    refuse_unless_joined(schema)
    with acting_as(schema):
        actor = operator(schema, command="samplan directory")
        try:
            content, at = file.read_bytes(), clock.moment()
            # The operator fetches the batch, and is nobody whom it gives an assignment.
            _tell(act(actor=actor, content=content, takes_two=False, dry_run=dry_run, at=at))
        except importing.BadFile as problem:
            refuse(str(problem))
        except OSError as problem:
            refuse(f"{problem.filename} går inte att läsa. Kontrollera sökvägen.")


def refuse_unless_joined(schema: str) -> None:
    """Let only a huvudman through that has joined."""
    from tenants.context import acting_as
    from tenants.models import Tenant

    with acting_as("public"):
        if not Tenant.objects.filter(schema_name=schema).exists():
            refuse(f"{schema} är inte ansluten. Se namnen med samplan tenant list.")


def _tell(report: "Report") -> None:
    for line in report.lines:
        if line.change != "unchanged":
            typer.echo(f"{CHANGES[line.change]}: {line.subject} {line.text}".rstrip())
    if report.is_refused:
        refuse("Ingenting är ändrat. Rätta raderna ovan i filen och läs in den igen.")
    typer.echo("Inläst." if report.is_written else "Inget är ändrat ännu.")


def refuse(text: str) -> NoReturn:
    """Say what is wrong, and end with 2."""
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(2)
