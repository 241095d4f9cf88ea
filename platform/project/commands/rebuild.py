"""`samplan rebuild`: drop what is computed from the log of acts, and build it again."""

from typing import Annotated

import typer

from project.commands import setup


def rebuild(
    schema: Annotated[str, typer.Option(help="Bara den här huvudmannen.")] = "",
) -> None:
    """Bygg om arbetslistor och frister ur händelseloggen. Får köras när som helst."""
    setup.django()
    from care.inbox import projections, tasks
    from tenants import clock
    from tenants.context import acting_as

    names = tasks.all_tenants()
    if schema and schema not in names:
        typer.echo(f"Fel: {schema} är inte ansluten. Se samplan tenant list.", err=True)
        raise typer.Exit(2)
    for name in [schema] if schema else names:
        with acting_as(name):
            count = projections.rebuild_all(at=clock.moment())
        typer.echo(f"{name}: {count} ärenden")
