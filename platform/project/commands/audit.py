"""`samplan audit`: the sealed logs are written out, judged, and their keys rotated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from project.commands import setup
from project.commands.leaving import FAULTY, Code, find, refuse
from tenants.seals import judging, notes
from tenants.seals.exported import LEAVES
from tenants.seals.verdicts import NO_WITNESS, Report

app = typer.Typer(
    help="Loggarna: skriv ut, pröva, byt nyckel.", no_args_is_help=True, add_completion=False
)
HASH_LINE = 65  # bytes of a leaf in its file
FAILED = "Se att databasen och disken mår bra med samplan doctor, och försök igen."


@app.command()
def export(
    code: Code,
    to: Annotated[Path, typer.Option("--to", help="Mappen som skrivs; den får inte finnas.")],
) -> None:
    """Skriv en huvudmans loggar, kontrollpunkter och nycklar som filer, att pröva var som helst."""
    setup.django(migrating=True)
    from care.sharing.sealing import LOGS
    from tenants import clock
    from tenants.sealing import exporting

    _refuse_unsealed()
    huvudman = find(code)
    with _progress("Skriver") as tell, _disk(to):
        written = exporting.export(
            tenant=huvudman.schema_name, logs=LOGS, to=to, at=clock.moment(), tell=tell
        )
    for log, rows in written.items():
        typer.echo(f"{log}: {rows} förseglade rader.")
    typer.echo(
        f"Mappen {to} har sekretessbelagda uppgifter. Pröva den med samplan audit verify {to}"
        " --witness FIL, där FIL är kontrollpunkter som har förvarats utanför databasen."
    )


@app.command()
def verify(
    place: Annotated[Path, typer.Argument(metavar="MAPP", help="Från samplan audit export.")],
    witness: Annotated[
        list[Path] | None,
        typer.Option("--witness", help="Kontrollpunkter som har förvarats någon annanstans."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="En nyckel som ingen äldre går i god för, men du."),
    ] = None,
) -> None:
    """Pröva utskrivna loggar, utan databas: det första felaktiga bladet nämns."""
    try:
        known = [notes.read_key(it) for it in key or []]
    except notes.BadKey as fault:
        refuse(f"{fault} är ingen verifieringsnyckel. Skriv den som samplan audit rotate gjorde.")
    with _progress("Prövar", lambda log: _leaves(place, log)) as tell:
        reports = judging.judge(place, witnesses=witness or [], known=known, tell=tell)
    for it in reports:
        typer.echo(_told(it), err=it.fault is not None)
        if not it.fault and not it.witnessed:
            typer.echo(f"{it.log}: {NO_WITNESS}")
    if any(it.fault for it in reports):
        raise typer.Exit(FAULTY)


@app.command()
def copies(
    code: Code,
    of: Annotated[str, typer.Option("--of", help="Schema eller kommunkod vars loggar det är.")],
    to: Annotated[Path, typer.Option("--to", help="Filen som skrivs; den får inte finnas.")],
) -> None:
    """Skriv vad ett vittne har kopierat av en annans kontrollpunkter, till --witness."""
    setup.django(migrating=True)
    from tenants.sealing import exporting

    with _disk(to):
        count = exporting.export_copies(
            witness=find(code).schema_name, of=find(of).schema_name, to=to
        )
    typer.echo(f"{count} kontrollpunkter skrivna till {to}.")


@app.command()
def rotate(
    code: Code,
    lost: Annotated[bool, typer.Option("--lost", help="Den gamla nyckeln är förlorad.")] = False,
) -> None:
    """Byt den nyckel som undertecknar. Den gamla går i god för den nya och förstörs."""
    setup.django()
    from tenants.sealing import keys

    _refuse_unsealed()
    huvudman = find(code)
    try:
        made = keys.rotate(huvudman.schema_name, is_lost=lost)
    except keys.NoKey as fault:
        refuse(str(fault), FAULTY)
    typer.echo(f"{huvudman.name} undertecknar från nu med {made}")
    if lost:
        typer.echo(
            "Ingen går i god för den: vittnena larmar vid nästa timme, som de ska. Spara den:"
            " samplan audit verify frågar efter den med --key."
        )


@app.command()
def alarms() -> None:
    """Visa larm om loggar som inte längre är vad de var. Felkod 1 om det finns något."""
    setup.django(migrating=True)
    from tenants.leaving.tables import as_huvudman
    from tenants.models import Tenant
    from tenants.sealing import witnesses

    found = []
    for schema in Tenant.objects.filter(training_for="").values_list("schema_name", flat=True):
        with as_huvudman(schema):
            found += witnesses.alarms()
    for it in sorted(found, key=lambda it: it.at):
        typer.echo(
            f"{it.at.isoformat()} {it.owner}, {it.log}, blad {it.size}:"
            f" {witnesses.Kind(it.kind).label} ({it.told_by})"
        )
    if found:
        refuse("Läs Larm i docs/operations.md: det står vad som görs nu.", FAULTY)
    typer.echo("Inget larm.")


def _refuse_unsealed() -> None:
    from django.conf import settings

    from project import startup

    startup.refuse_unsealed(keys=settings.SEAL_KEYS, checkpoints=settings.CHECKPOINTS)


def _told(it: Report) -> str:
    if it.fault:
        return f"Fel: {it.log}: {it.fault}" if it.log else f"Fel: {it.fault}"
    young = f" {it.unsealed} yngre rader är inte förseglade ännu." if it.unsealed else ""
    return (
        f"{it.log}: {it.leaves} rader är hela; {it.checkpoints} kontrollpunkter och"
        f" {it.witnessed} hos vittnen stämmer.{young}"
    )


def _leaves(place: Path, log: str) -> int | None:
    try:
        return (place / f"{log}.{LEAVES}").stat().st_size // HASH_LINE
    except OSError:
        return None


@contextmanager
def _progress(
    what: str, total: Callable[[str], int | None] = lambda _: None
) -> Iterator[judging.Tell]:
    """Tell on a terminal how far it has come with each log."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} rader"),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        bars = {}

        def tell(log: str, done: int) -> None:
            if log not in bars:
                bars[log] = progress.add_task(f"{what} {log}", total=total(log))
            progress.update(bars[log], completed=done)

        yield tell


@contextmanager
def _disk(to: Path) -> Iterator[None]:
    """Tell of what cannot be written, and of a database that fails meanwhile."""
    try:
        yield
    except FileExistsError:
        refuse(f"{to} finns redan. Välj ett annat namn.")
    except OSError as fault:
        refuse(f"{to} kunde inte skrivas ({fault.strerror}). {FAILED}", FAULTY)
    except (DatabaseError, psycopg.Error) as fault:
        # Its own words may quote a row.
        refuse(f"Databasen avbröt ({type(fault).__name__}). {FAILED}", FAULTY)
