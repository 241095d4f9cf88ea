"""`samplan tenant export`, `verify`, `restore` and `remove`: a huvudman leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import psycopg
import typer
from django.db import DatabaseError
from rich.console import Console
from rich.status import Status

from project.commands import setup

if TYPE_CHECKING:
    from care.identity.units import Address
    from care.inbox.leaving import Standing
    from tenants.leaving.verify import Verified
    from tenants.models import Tenant

FAULTY, WRONG_VALUE = 1, 2
EXPORT, REMOVE = "samplan tenant export", "samplan tenant remove"

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
    from project.leaving import extras
    from tenants import clock
    from tenants.leaving.export import export as write

    huvudman, at = find(code), clock.moment()
    if to.exists():
        refuse(f"{to} finns redan. Välj ett annat namn, så att inget tidigare arkiv går förlorat.")
    with _told(f"Exporterar {huvudman.name}") as status, _disk():
        made = write(
            schema=huvudman.schema_name,
            to=to,
            by=EXPORT,
            at=at,
            extras=partial(extras, at=at),
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
            with _quiet("Jämförelsen"), as_huvudman(found.tenant, is_snapshot=True) as cursor:
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
            with _quiet("Inläsningen"):
                found = load(file, tell=lambda name: status.update(f"Läser {name}"))
        except (BadArchive, CannotRestore) as fault:
            refuse(str(fault), FAULTY)
    typer.echo(f"{found.name} är inläst: {found.rows} rader, lika med arkivet rad för rad.")
    typer.echo(
        "I ett annat kluster börjar numren på transaktioner om. Läs om brev och horisonter under"
        " Backup i docs/operations.md innan någon annan huvudman ansluts här."
    )


def remove(
    code: Code,
    file: Annotated[Path, typer.Option("--export", help="Arkivet, helt och lika med databasen.")],
    hand_over_to: Annotated[
        str,
        typer.Option(
            help="Schema eller kommunkod för den som enligt lag eller beslut tar över"
            " huvudmannens uppgifter i öppna ärenden. Arkivet skrivs då om."
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte.")] = False,
) -> None:
    """Ta bort en huvudman vars arkiv är helt och lika med databasen. Andras kopior står kvar."""
    setup.django(migrating=True)
    from project import leaving
    from tenants import clock
    from tenants.leaving import remove as removal
    from tenants.leaving.tables import as_huvudman

    huvudman, at = find(code), clock.moment()
    verified = _verified(file, huvudman)
    taker = find(hand_over_to) if hand_over_to else None
    found = leaving.standing(huvudman)
    with as_huvudman(huvudman.schema_name):
        told = [*removal.obstacles(huvudman), *leaving.led(found)]
    if told:
        refuse(" ".join(told), FAULTY)
    with _whole(huvudman):
        removal.refuse_changed(verified)
    units = _heirs(huvudman, found, taker) if taker else {}
    for line in _consequences(huvudman, found, taker, at):
        typer.echo(line)
    if not yes and not typer.confirm(f"Ta bort {huvudman.name}?"):
        refuse(f"Ingenting är ändrat. {huvudman.name} är kvar.")
    with _told(f"Tar bort {huvudman.name}") as status:
        is_handed_over = taker is not None and bool(found.joined)
        if taker and found.joined:
            status.update(f"Lämnar över {len(found.joined)} ärenden till {taker.name}")
            with _whole(huvudman, is_handed_over=True):
                verified = _handed_over(huvudman, found, taker, units, file, at)
        with _whole(huvudman, is_handed_over=is_handed_over):
            if told := list(leaving.on_the_way(huvudman)):
                raise removal.CannotRemove(" ".join(told))
            kept = leaving.keep_readings(huvudman)
            removal.remove(
                verified=verified,
                by=REMOVE,
                at=at,
                also=lambda: leaving.led(leaving.standing_here()),
                successors={kind: it.hsa_id for kind, it in units.items()},
                tell=status.update,
            )
    typer.echo(f"{huvudman.name} är borttagen. Arkivet {file} är det enda som är kvar av den.")
    typer.echo(f"Arkivets sigill: {verified.seal}")
    if kept:
        typer.echo(f"{kept} rader ur dess åtkomstlogg är kopierade till dem vars uppgifter lästes.")
    typer.echo(
        "Starta om webbprocesserna. De andras samplan work avslutar dess del i öppna ärenden."
    )


def _verified(file: Path, huvudman: "Tenant") -> "Verified":
    from tenants.leaving.archive import BadArchive
    from tenants.leaving.verify import verify as read

    try:
        found = read(file)
    except BadArchive as fault:
        refuse(str(fault), FAULTY)
    if found.tenant != huvudman.schema_name:
        refuse(f"Arkivet är {found.name}, inte {huvudman.name}. Ange huvudmannens eget arkiv.")
    return found


def _heirs(huvudman: "Tenant", found: "Standing", taker: "Tenant") -> dict[str, "Address"]:
    from care.inbox.leaving import CannotHandOver
    from project import leaving

    if taker == huvudman:
        refuse("Huvudmannen kan inte ta över efter sig själv. Ange en annan kod.")
    try:
        return leaving.heirs(huvudman, found, to=taker)
    except CannotHandOver as fault:
        refuse(str(fault), FAULTY)


def _consequences(
    huvudman: "Tenant", found: "Standing", taker: "Tenant | None", at: datetime
) -> Iterator[str]:
    """Yield what follows from the removal, before it is asked whether to go on."""
    from tenants.leaving import remove as removal

    if found.joined and taker:
        yield f"{len(found.joined)} öppna ärenden lämnas över till {taker.name}."
    elif found.joined:
        yield (
            f"I {len(found.joined)} öppna ärenden som andra leder slutar {huvudman.name} att"
            " medverka. De andra behåller sina kopior."
        )
    for board in removal.boards(huvudman):
        yield (
            f"Den är part i {board}. Värden tar bort den som part; dess invändningar och besked där"
            " finns sedan bara i arkivet."
        )
    for it in removal.endings(huvudman, at=at):
        yield f"Överenskommelsen ”{it.title}” sägs upp."
        if len(it.others) > 1:
            yield (
                f"  Den slutar då att gälla också mellan de andra {len(it.others)} parterna. Ska de"
                " dela vidare skriver de först under en ny version utan"
                f" {huvudman.name}, under Överenskommelser."
            )


def _handed_over(
    huvudman: "Tenant",
    found: "Standing",
    taker: "Tenant",
    units: dict[str, "Address"],
    file: Path,
    at: datetime,
) -> "Verified":
    """Hand the cases over and write the archive anew, so that it holds that too."""
    from care.inbox.leaving import CannotHandOver
    from project import leaving
    from tenants.leaving.export import export as write
    from tenants.leaving.remove import CannotRemove

    try:
        leaving.hand_over(huvudman, found, to=taker, units=units, at=at)
    except CannotHandOver as fault:
        raise CannotRemove(str(fault)) from None
    extras = partial(leaving.extras, at=at)
    write(schema=huvudman.schema_name, to=file, by=REMOVE, at=at, extras=extras)
    return _verified(file, huvudman)


@contextmanager
def _whole(huvudman: "Tenant", *, is_handed_over: bool = False) -> Iterator[None]:
    """Tell of whatever keeps a huvudman here that it is as it was.

    :param is_handed_over: what was handed over before stays so, and is not handed over again
    """
    from tenants.leaving.remove import CannotRemove

    as_it_was = f"{huvudman.name} är kvar som förut."
    if is_handed_over:
        as_it_was = (
            f"{huvudman.name} är kvar. Ärenden som hann lämnas över är överlämnade: exportera igen,"
            " och ge samma kommando med den nya filen."
        )
    try:
        yield
    except CannotRemove as fault:
        refuse(f"{fault} {as_it_was}", FAULTY)
    except (OSError, DatabaseError, psycopg.Error) as fault:
        # Its own words may quote a row.
        refuse(
            f"Borttagningen avbröts ({type(fault).__name__}). {as_it_was} Se att databasen och"
            " disken mår bra med samplan doctor, och försök igen.",
            FAULTY,
        )


@contextmanager
def _quiet(what: str) -> Iterator[None]:
    """End without the words of the database or the disk, which may quote a row."""
    try:
        yield
    except (OSError, DatabaseError, psycopg.Error) as fault:
        refuse(
            f"{what} avbröts ({type(fault).__name__}). Ingenting är ändrat. Se att databasen och"
            " disken mår bra med samplan doctor, och försök igen.",
            FAULTY,
        )


def find(code: str) -> "Tenant":
    """Return the huvudman with a schema or a municipality code, or end with what to do."""
    from django.db.models import Q

    from tenants.models import Tenant

    named = Q(schema_name=code) | Q(municipality_code=code) & ~Q(municipality_code="")
    found: Tenant | None = Tenant.objects.filter(named, training_for="").first()
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
