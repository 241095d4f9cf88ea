"""`samplan seed`: fill an empty demo database; the same seed gives the same county."""

from typing import Annotated

import typer
from rich.console import Console

from project.commands import setup


def seed(
    number: Annotated[int, typer.Option("--seed", help="Samma tal, samma län.")] = 1,
    people: Annotated[int, typer.Option(min=6, help="Hur många av de 51 testpersonerna.")] = 51,
) -> None:
    """Fyll demons databas: enheter, medarbetare, överenskommelser, sex berättelser och ärenden."""
    setup.django()
    from django.conf import settings

    from project.demo import seed as county
    from tenants import clock

    if not settings.DEMO:
        typer.echo("Fel: samplan seed fyller bara en demo. Sätt SAMPLAN_DEMO=1 först.", err=True)
        raise typer.Exit(2)
    if county.is_filled():
        typer.echo("Demon är redan fylld. Kör make demo-reset för att börja om.")
        return
    console = Console(stderr=True)
    with console.status("Fyller demon") as status:
        county.fill(
            seed=number,
            people_count=people,
            now=clock.moment(),
            tell=lambda line: status.update(line),
        )
