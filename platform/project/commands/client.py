"""`samplan client` and `samplan token`: machine clients of a huvudman, and tokens of the demo."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from project.commands import setup
from project.commands.directory import refuse, refuse_unless_joined
from project.commands.operator import operator

app = typer.Typer(no_args_is_help=True, add_completion=False)
Schema = Annotated[str, typer.Option(help="Huvudmannens schema, till exempel t_krokom.")]
Name = Annotated[str, typer.Argument(help="Klientens namn i inloggningstjänsten (client_id).")]


@app.callback()
def client() -> None:
    """Maskinklienter som anropar API:et."""


@app.command("add")
def add(
    client_id: Name,
    schema: Schema,
    hsa_id: Annotated[str, typer.Option(help="HSA-id i systemets funktionscertifikat.")],
    scope: Annotated[list[str], typer.Option(help="Omfattning. Ange flera gånger för flera.")],
) -> None:
    """Registrera en klient, eller ändra vad den får omfatta.

    Ge först systemet ett uppdrag, under Medarbetare eller med samplan directory import.
    """
    setup.django()
    from care.identity import clients
    from care.identity.scopes import Scope, known
    from tenants import clock
    from tenants.context import acting_as

    refuse_unless_joined(schema)
    unknown = sorted(set(scope) - set(Scope))
    if unknown:
        refuse(f"{', '.join(unknown)} finns inte. Välj bland {', '.join(Scope)}.")
    with acting_as(schema):
        by = operator(schema, command="samplan client").name
        try:
            clients.register(
                client_id=client_id, hsa_id=hsa_id, granted=known(scope), by=by, at=clock.moment()
            )
        except clients.NoSuchCaller:
            refuse(f"Ingen här har HSA-id {hsa_id}. Ge systemet ett uppdrag först.")
    typer.echo(f"{client_id} är registrerad hos {schema}.")


@app.command("end")
def end(client_id: Name, schema: Schema) -> None:
    """Avsluta en klient: dess token avvisas från nästa anrop."""
    setup.django()
    from care.identity import clients
    from tenants import clock
    from tenants.context import acting_as

    refuse_unless_joined(schema)
    with acting_as(schema):
        try:
            clients.end(client_id=client_id, at=clock.moment())
        except clients.UnknownClient:
            refuse(f"{client_id} finns inte, eller är redan avslutad.")
    typer.echo(f"{client_id} är avslutad.")


@app.command("list")
def list_clients(schema: Schema) -> None:
    """Visa klienterna."""
    setup.django()
    from care.identity import clients
    from tenants.context import acting_as

    refuse_unless_joined(schema)
    table = Table("Klient", "System", "HSA-id", "Omfattning", "Läge")
    with acting_as(schema):
        for it in clients.known_here():
            state = "avslutad" if it.ended_at else "gäller"
            table.add_row(it.client_id, it.name, it.hsa_id, " ".join(it.scopes), state)
    Console().print(table)


def token(
    client: Annotated[str, typer.Option(help="Ett av demons system, till exempel journalen.")],
    scope: Annotated[list[str] | None, typer.Option(help="Omfattning. Utelämna för alla.")] = None,
) -> None:
    """Skriv ut en token för ett av demons system, i en timme. Finns bara med SAMPLAN_DEMO=1."""
    setup.django()
    from django.conf import settings

    from care.identity.scopes import Scope
    from project.demo import machines, tokens

    if not settings.DEMO or settings.API_ISSUER:
        refuse("Kommandot finns bara i demon. Hämta annars en token ur realmen api i Keycloak.")
    system = machines.named(client)
    if system is None:
        refuse(f"Välj bland {', '.join(it.client_id for it in machines.SYSTEMS)}.")
    asked = tuple(scope) if scope else tuple(Scope)
    typer.echo(
        tokens.issue(
            client_id=system.client_id,
            tenant=system.huvudman.schema,
            scopes=asked,
            at=datetime.now(UTC),
        )
    )
