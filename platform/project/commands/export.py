"""`samplan export`: files that describe the product to other systems."""

from pathlib import Path
from typing import Annotated

import typer

from project.commands import setup

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def export() -> None:
    """Filer som beskriver produkten för andra system."""


@app.command("openapi")
def openapi(
    to: Annotated[Path | None, typer.Option(help="Fil att skriva till; annars visas den.")] = None,
) -> None:
    """Skriv API:ets beskrivning, OpenAPI 3.1, som YAML."""
    setup.django()
    from api import schema

    told = schema.written()
    if to is None:
        typer.echo(told)
    else:
        to.write_text(told)
