"""`samplan tenant`: huvudmän join, are listed and are brought in line; run by the migrator.

What holds rows is imported inside the commands: first Django has to be set up.
"""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from project.commands import leaving, setup

FAULTY, WRONG_VALUE = 1, 2
# Who has opened an onboarding, as its history tells.
COMMAND, COUNTY_COMMAND = "samplan tenant add", "samplan tenant add-county"
CHANGES = {
    "added": "Tillkommer",
    "changed": "Ändras",
    "unchanged": "Oförändrad",
    "refused": "Går inte",
}

app = typer.Typer(
    help="Huvudmän: anslut, visa, uppgradera.", no_args_is_help=True, add_completion=False
)


@app.command()
def add(
    schema: Annotated[str, typer.Option(help="Schema och roll, till exempel t_krokom.")] = "",
    name: Annotated[str, typer.Option(help="Namn, till exempel Krokoms kommun.")] = "",
    kind: Annotated[str, typer.Option(help="region, municipality eller both.")] = "",
    orgnr: Annotated[str, typer.Option(help="Organisationsnummer, tio siffror.")] = "",
    county: Annotated[str, typer.Option(help="Länskod, två siffror.")] = "",
    domain: Annotated[str, typer.Option(help="Värdnamn, till exempel krokom.localhost.")] = "",
    municipality: Annotated[str, typer.Option(help="Kommunkod, fyra siffror.")] = "",
    administrator: Annotated[
        str, typer.Option(help="HSA-id för den första lokala administratören.")
    ] = "",
    administrator_name: Annotated[str, typer.Option(help="Administratörens namn.")] = "",
    phone: Annotated[str, typer.Option(help="Förvaltningens telefon.")] = "",
    training: Annotated[bool, typer.Option("--training", help="Gör en övningsmiljö.")] = False,
    of: Annotated[str, typer.Option(help="Med --training: schemat som den ska likna.")] = "",
) -> None:
    """Anslut en huvudman, eller gör dess övningsmiljö. Samma steg en gång till ändrar ingenting."""
    setup.django(migrating=True)
    from care.identity.entries import BadEntry
    from project import newcomers
    from tenants import clock, identifiers, joining, migrating, progress

    if not migrating.is_public_in_line():
        migrating.migrate_public()
    if training or of:
        _add_training(of)
        return
    needed = {"--schema": schema, "--name": name, "--kind": kind, "--orgnr": orgnr,
              "--county": county, "--domain": domain}  # fmt: skip
    if missing := [option for option, value in needed.items() if not value]:
        _refuse(f"Ange också {', '.join(missing)}.")
    first = (administrator, administrator_name, phone)
    try:
        opened = newcomers.join(
            newcomers.Entry(
                joining.Newcomer(schema, name, kind, orgnr, county, domain, municipality),
                administrator=newcomers.Administrator(*first) if any(first) else None,
            ),
            by=progress.By(COMMAND, ""),
            at=clock.moment(),
        )
    except (joining.CannotJoin, identifiers.BadIdentifier, BadEntry) as error:
        _refuse(str(error))
    typer.echo(f"{name} är ansluten och nås på {domain}.")
    if administrator:
        typer.echo(f"{administrator_name} är lokal administratör och kan logga in.")
    if opened:
        typer.echo("De åtta stegen är öppnade. De står på beredskapstavlan, under Anslutning.")


@app.command("emergency-minutes")
def emergency_minutes(
    schema: Annotated[str, typer.Argument(help="Huvudmannens schema.")],
    minutes: Annotated[int, typer.Argument(min=15, max=240, help="15 till 240.")],
) -> None:
    """Bestäm hur många minuter en nödöppning varar hos en huvudman."""
    setup.django()
    from care.inbox import emergencies
    from tenants.context import acting_as
    from tenants.models import Tenant

    with acting_as("public"):
        known = Tenant.objects.filter(schema_name=schema).exists()
    if not known:
        _refuse(f"{schema} är ingen ansluten huvudman. samplan tenant list visar dem.")
    with acting_as(schema):
        emergencies.set_minutes(minutes)
    typer.echo(f"En nödöppning varar {minutes} minuter från och med nu.")


@app.command("add-county")
def add_county(
    file: Annotated[Path, typer.Argument(help="CSV-fil med en huvudman på varje rad.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Visa bara vad som sker.")] = False,
) -> None:
    """Anslut ett helt län från en fil. Går någon rad inte så ansluts ingen."""
    setup.django(migrating=True)
    from billing.files import BadFile
    from project import newcomers
    from tenants import clock, migrating, progress

    if not migrating.is_public_in_line():
        migrating.migrate_public()
    at = clock.moment()
    try:
        entries, lines = newcomers.read(file.read_bytes(), at=at)
    except BadFile as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{error.filename} går inte att läsa. Kontrollera sökvägen.")
    for line in lines:
        typer.echo(f"{CHANGES[line.change]}: rad {line.line}, {line.name}. {line.text}".rstrip())
    if any(it.change is newcomers.Change.REFUSED for it in lines):
        _refuse("Ingen är ansluten. Rätta raderna ovan i filen och kör kommandot igen.")
    if dry_run:
        typer.echo("Ingen är ansluten ännu.")
        return
    console = _console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress_bar:
        bar = progress_bar.add_task("Ansluter", total=len(entries))
        try:
            newcomers.join_all(
                entries,
                by=progress.By(COUNTY_COMMAND, ""),
                at=at,
                tell=lambda name, done: progress_bar.update(bar, description=name, completed=done),
            )
        except newcomers.Interrupted as stopped:
            _refuse(str(stopped))
    typer.echo(f"{len(entries)} huvudmän är anslutna.")


def _add_training(of: str) -> None:
    from care.identity import mirroring as people
    from tenants import clock, joining, mirroring

    try:
        made = mirroring.mirror(of=of, at=clock.moment())
    except joining.CannotJoin as error:
        _refuse(str(error))
    for it in made:
        staff = people.copy_staff(real=it.real, training=it.tenant.schema_name)
        typer.echo(f"{it.tenant.name} nås på {it.domain}. {staff} medarbetare får öva där.")
    typer.echo(
        "samplan work fyller en ny övningsmiljö med uppdiktade personer inom någon sekund, och på"
        " nytt varje natt. Övar regionen redan med andra kommer personerna i natt, eller genast med"
        " samplan training reset."
    )


@app.command("list")
def list_tenants(
    as_json: Annotated[bool, typer.Option("--json", help="Som JSON.")] = False,
) -> None:
    """Visa huvudmännen, och om deras scheman är i fas."""
    setup.django(migrating=True)
    rows = _rows()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _console().print(_as_table(rows))


@app.command()
def migrate() -> None:
    """Uppgradera: det gemensamma först, sedan varje huvudman vars schema inte är i fas."""
    setup.django(migrating=True)
    from tenants import catalogue, migrating
    from tenants.models import Tenant

    migrating.migrate_public()
    console = _console()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Uppgraderar", total=None, visible=False)

        def tell(name: str, done: int, of: int) -> None:
            progress.update(bar, description=name, completed=done, total=of, visible=True)

        behind = migrating.migrate_all(tell=tell)
    in_line = Tenant.objects.count() - len(behind)
    typer.echo(f"{len(behind)} huvudmän uppgraderades, {in_line} var redan i fas.")
    if faults := catalogue.faults():
        typer.echo("\n".join(["Isoleringen har fel:", *faults]), err=True)
        raise typer.Exit(FAULTY)


@app.command()
def login(
    schema: Annotated[str, typer.Option(help="Huvudmannens schema, till exempel t_krokom.")],
) -> None:
    """Skapa en huvudmans egen inloggning: den strängare nivån, en process för en huvudman."""
    setup.django(migrating=True)
    from tenants import isolation
    from tenants.models import Tenant

    if not Tenant.objects.filter(schema_name=schema).exists():
        _refuse(f"{schema} är inte ansluten. Se namnen med samplan tenant list.")
    isolation.give_own_login(schema)
    typer.echo(
        f"Inloggningen login_{schema} finns. Ge den ett lösenord eller ett certifikat i databasen,"
        f" och starta processen med den i DATABASE_URL och med SAMPLAN_PINNED={schema}."
    )


app.command()(leaving.export)
app.command()(leaving.verify)
app.command()(leaving.restore)
app.command()(leaving.remove)


def _refuse(text: str) -> NoReturn:
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(WRONG_VALUE)


def _rows() -> list[dict[str, Any]]:
    from tenants import migrating
    from tenants.models import Tenant

    wanted = migrating.fingerprint()
    return [
        {
            "schema": tenant.schema_name,
            "name": tenant.name,
            "kind": tenant.kind,
            "organisation_number": tenant.organisation_number,
            "county_code": tenant.county_code,
            "municipality_code": tenant.municipality_code,
            "training_for": tenant.training_for,
            "domains": sorted(domain.domain for domain in tenant.domains.all()),
            "is_in_line": tenant.fingerprint == wanted,
        }
        for tenant in Tenant.objects.prefetch_related("domains").order_by("name_sort", "name")
    ]


def _as_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE)
    for heading in ("Namn", "Schema", "Typ", "Orgnr", "Kod", "Värdnamn", "I fas"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            row["name"],
            row["schema"],
            row["kind"],
            row["organisation_number"],
            row["municipality_code"] or row["county_code"],
            ", ".join(row["domains"]),
            "ja" if row["is_in_line"] else "nej",
        )
    return table


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200  # a row stays one line for the program that reads it
    return console
