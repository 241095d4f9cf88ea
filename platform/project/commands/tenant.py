"""`samplan tenant`: huvudmän join, are listed and are brought in line; run by the migrator.

What holds rows is imported inside the commands: first Django has to be set up.
"""

import json
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from project.commands import setup

FAULTY, WRONG_VALUE = 1, 2
COMMAND = "samplan tenant add"  # who has opened an onboarding, as its history tells

app = typer.Typer(
    help="Huvudmän: anslut, visa, uppgradera.", no_args_is_help=True, add_completion=False
)


@app.command()
def add(
    schema: Annotated[str, typer.Option(help="Schema och roll, till exempel t_krokom.")],
    name: Annotated[str, typer.Option(help="Namn, till exempel Krokoms kommun.")],
    kind: Annotated[str, typer.Option(help="region, municipality eller both.")],
    orgnr: Annotated[str, typer.Option(help="Organisationsnummer, tio siffror.")],
    county: Annotated[str, typer.Option(help="Länskod, två siffror.")],
    domain: Annotated[str, typer.Option(help="Värdnamn, till exempel krokom.localhost.")],
    municipality: Annotated[str, typer.Option(help="Kommunkod, fyra siffror.")] = "",
) -> None:
    """Anslut en huvudman. Samma steg en gång till ändrar ingenting."""
    setup.django(migrating=True)
    from tenants import clock, identifiers, joining, migrating, progress

    migrating.migrate_public()
    try:
        tenant = joining.join(
            schema_name=schema,
            name=name,
            kind=kind,
            organisation_number=orgnr,
            county_code=county,
            municipality_code=municipality,
            domain=domain,
        )
    except (joining.CannotJoin, identifiers.BadIdentifier) as error:
        typer.echo(f"Fel: {error}", err=True)
        raise typer.Exit(WRONG_VALUE) from None
    typer.echo(f"{tenant.name} är ansluten och nås på {domain}.")
    if progress.begin(tenant=schema, by=progress.By(COMMAND, ""), at=clock.moment()):
        typer.echo("De åtta stegen är öppnade. De står på beredskapstavlan, under Anslutning.")


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
        typer.echo(f"Fel: {schema} är inte ansluten. Se namnen med samplan tenant list.", err=True)
        raise typer.Exit(WRONG_VALUE)
    isolation.give_own_login(schema)
    typer.echo(
        f"Inloggningen login_{schema} finns. Ge den ett lösenord eller ett certifikat i databasen,"
        f" och starta processen med den i DATABASE_URL och med SAMPLAN_PINNED={schema}."
    )


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
