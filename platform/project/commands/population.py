"""`samplan population import`: the inhabitants by which the board's costs are shared.

From a file, since many installations have no way out to the net, or straight from Statistics
Sweden's database. Both are checked the same way, and the answer is kept as it came.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from billing import population, pxweb
from billing.files import BadFile
from billing.population import Snapshot
from project.commands import setup

# PxWeb 2 of SCB (statistikdatabasen.scb.se/api/v2); another place can be named for a mirror.
SCB = "https://statistikdatabasen.scb.se/api/v2"
TABLE = "TAB1267"
SECONDS = 30
WRONG_VALUE = 2

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def about() -> None:
    """Befolkningsunderlag för kostnadsfördelningen."""


@app.command("import")
def import_population(
    schema: Annotated[str, typer.Option(help="Schemat för den huvudman som nämnden ligger hos.")],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="POP.csv", help="kommunkod;kommun;folkmängd, med länets summa."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Dag som invånarna är räknade, för en fil."),
    ] = None,
    source: Annotated[str, typer.Option(help="Varifrån siffrorna kommer, för en fil.")] = "",
    scb: Annotated[
        int | None, typer.Option(help="År: hämta 1 november det året från SCB i stället.")
    ] = None,
    county: Annotated[
        str, typer.Option(help="Länets två siffror: alla dess kommuner ska finnas.")
    ] = "",
    server: Annotated[str, typer.Option(help="Adressen till SCB:s PxWeb 2.")] = SCB,
) -> None:
    """Läs in ett underlag. Stämmer inte länets summa eller saknas en kommun sparas ingenting."""
    if (file is None) == (scb is None):
        _refuse("Ange antingen en fil eller --scb med ett år.")
    try:
        if scb is not None:
            if not county:
                _refuse("--county saknas. Ange länets två siffror, till exempel 23.")
            raw = _fetched(server, scb, county)
            snapshot = pxweb.snapshot(raw)
        else:
            assert file is not None
            if on is None or not source:
                _refuse("--on och --source saknas. Ange dagen, och varifrån siffrorna kommer.")
            raw = file.read_bytes()
            snapshot = population.snapshot(raw, on=on.date(), source=source)
        if county:
            population.refuse_incomplete(snapshot.population, [county])
    except BadFile as bad:
        _refuse(str(bad))
    except OSError:
        _refuse(f"{file} går inte att läsa. Kontrollera sökvägen.")
    _keep(schema, snapshot, raw)


def _keep(schema: str, snapshot: Snapshot, raw: bytes) -> None:
    setup.django()
    from billing import operations
    from billing.operations import Doer
    from billing.parties import NoBoard
    from tenants import clock
    from tenants.context import acting_as
    from tenants.models import Tenant

    with acting_as("public"):
        if not Tenant.objects.filter(schema_name=schema).exists():
            _refuse(f"{schema} är inte ansluten. Se namnen med samplan tenant list.")
    with acting_as(schema):
        try:
            operations.keep_population(
                snapshot,
                raw=raw.decode("utf-8-sig"),
                by=Doer("Driften", "samplan population"),
                at=clock.moment(),
            )
        except NoBoard:
            _refuse(f"{schema} är inte part i någon gemensam nämnd. Ange värdens schema.")
        except operations.NotTheHost:
            _refuse(f"Nämnden ligger inte hos {schema}. Ange värdens schema.")
        except (operations.Refused, BadFile) as refused:
            _refuse(str(refused))
    people = sum(snapshot.population.inhabitants.values())
    typer.echo(
        f"Inläst: {len(snapshot.population.inhabitants)} kommuner, {people} invånare den"
        f" {snapshot.on}. SHA-256 {snapshot.sha256}"
    )


def _fetched(server: str, year: int, county: str) -> bytes:
    """Return SCB's answer for the municipalities of a county and the county itself, as it came."""
    asked = {
        "selection": [
            {"variableCode": "Region", "valueCodes": [county, f"{county}??"]},
            {"variableCode": "Alder", "valueCodes": ["tot"]},
            {"variableCode": "Kon", "valueCodes": ["1", "2"]},
            {"variableCode": "ContentsCode", "valueCodes": ["BE0101A9"]},
            {"variableCode": "Tid", "valueCodes": [str(year)]},
        ]
    }
    setup.django()
    from requests import RequestException

    from integrations import outgoing

    try:
        answer = outgoing.session().post(
            f"{server}/tables/{TABLE}/data?lang=sv&outputFormat=json-stat2",
            json=asked,
            headers={"Accept": "application/json"},
            timeout=SECONDS,
        )
        answer.raise_for_status()
    except outgoing.Refused as refused:
        _refuse(str(refused))
    except (RequestException, OSError, ValueError):
        _refuse(
            f"SCB svarar inte på {server}. Försök senare, eller hämta tabellen {TABLE} i en"
            " webbläsare och läs in den som fil."
        )
    return answer.content


def _refuse(text: str) -> NoReturn:
    typer.echo(f"Fel: {text}", err=True)
    raise typer.Exit(WRONG_VALUE)
