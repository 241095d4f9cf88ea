"""`samplan tenant export`, `verify` and `restore`: what a huvudman takes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import psycopg
import typer
from django.db import DatabaseError
from rich.console import Console
from rich.status import Status

from project.commands import setup

if TYPE_CHECKING:
    from tenants.models import Tenant

FAULTY, WRONG_VALUE = 1, 2
EXPORT = "samplan tenant export"

Code = Annotated[
    str, typer.Argument(metavar="KOD", help="Schema eller kommunkod, till exempel 2309.")
]
File = Annotated[Path, typer.Argument(metavar="FIL", help="Arkivet från samplan tenant export.")]


def export(
    code: Code,
    to: Annotated[Path, typer.Option("--to", help="Filen som skrivs; den får inte finnas.")],
) -> None:
    """Skriv allt som är huvudmannens eget, och ingenting av någon annans, till ett arkiv."""
    setup.django(migrating=True)
    from tenants import clock
    from tenants.leaving.export import export as write

    huvudman = find(code)
    if to.exists():
        refuse(f"{to} finns redan. Välj ett annat namn, så att inget tidigare arkiv går förlorat.")
    with _told(f"Exporterar {huvudman.name}") as status, _disk():
        made = write(
            schema=huvudman.schema_name,
            to=to,
            by=EXPORT,
            at=clock.moment(),
            tell=lambda name: status.update(f"Skriver {name}"),
        )
    typer.echo(f"{made.name}: {made.rows} rader i {made.tables} tabeller skrivna till {made.path}.")
    typer.echo(f"Arkivets sigill: {made.seal}")
    typer.echo(
        "Filen har sekretessbelagda uppgifter och är inte krypterad. Skriv upp sigillet, och pröva"
        f" filen med samplan tenant verify {made.path}."
    )


def verify(
    file: File,
    against_database: Annotated[
        bool,
        typer.Option("--against-database", help="Jämför också med vad databasen har nu."),
    ] = False,
) -> None:
    """Pröva att ett arkiv är helt. Databasen behövs bara för att jämföra."""
    setup.django(migrating=against_database)
    from tenants.leaving.archive import BadArchive
    from tenants.leaving.tables import as_huvudman
    from tenants.leaving.verify import differences
    from tenants.leaving.verify import verify as read

    with _told("Läser arkivet") as status:
        try:
            found = read(file, tell=lambda name: status.update(f"Läser {name}"))
        except BadArchive as fault:
            refuse(str(fault), FAULTY)
        typer.echo(f"Arkivet är helt: {found.name}, {found.rows} rader, gjort {found.made_at}.")
        typer.echo(f"Arkivets sigill: {found.seal}")
        if against_database:
            find(found.tenant)
            status.update("Jämför med databasen")
            with as_huvudman(found.tenant, is_snapshot=True) as cursor:
                told = differences(cursor, found, found.tenant)
            if told:
                refuse(f"Databasen har ändrats sedan dess: {', '.join(told)}.", FAULTY)
            typer.echo("Databasen har precis det som arkivet har.")


def restore(file: File) -> None:
    """Läs in ett arkiv i en tom databas, och jämför varje tabell med det."""
    setup.django(migrating=True)
    from tenants.leaving.archive import BadArchive
    from tenants.leaving.restore import CannotRestore
    from tenants.leaving.restore import restore as load

    with _told("Läser in arkivet") as status:
        try:
            found = load(file, tell=lambda name: status.update(f"Läser {name}"))
        except (BadArchive, CannotRestore) as fault:
            refuse(str(fault), FAULTY)
    typer.echo(f"{found.name} är inläst: {found.rows} rader, lika med arkivet rad för rad.")
    typer.echo(
        "I ett annat kluster börjar numren på transaktioner om. Läs om brev och horisonter under"
        " Backup i docs/operations.md innan någon annan huvudman ansluts här."
    )


def find(code: str) -> "Tenant":
    """Return the huvudman with a schema or a municipality code, or end with what to do."""
    from django.db.models import Q

    from tenants.models import Tenant

    named = Q(schema_name=code) | Q(municipality_code=code) & ~Q(municipality_code="")
    found: Tenant | None = Tenant.objects.filter(named).first()
    if found is None:
        refuse(f"{code} är inte ansluten. Se scheman och koder med samplan tenant list.")
    return found


def refuse(text: str, status: int = WRONG_VALUE) -> NoReturn:
    """End with what is wrong and what to do."""
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(status)


@contextmanager
def _told(what: str) -> Iterator[Status]:
    """Tell on a terminal how far it has come."""
    console = Console(stderr=True, highlight=False)
    with console.status(what) as status:
        yield status


@contextmanager
def _disk() -> Iterator[None]:
    """Tell of a file that cannot be written, and of a database that fails meanwhile."""
    try:
        yield
    except OSError as fault:
        refuse(
            f"Arkivet kunde inte skrivas ({fault.strerror or type(fault).__name__}). Ingen fil är"
            " kvar och huvudmannen är som förut. Ge plats eller välj en annan mapp, och försök"
            " igen.",
            FAULTY,
        )
    except (DatabaseError, psycopg.Error) as fault:
        refuse(
            f"Databasen avbröt ({type(fault).__name__}). Ingen fil är kvar och huvudmannen är som"
            " förut. Se att databasen svarar med samplan doctor, och försök igen.",
            FAULTY,
        )
