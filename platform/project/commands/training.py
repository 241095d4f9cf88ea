"""`samplan training`: the training huvudmän are emptied and begin anew."""

import typer

from project.commands import setup

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def training() -> None:
    """Övningsmiljöerna."""


@app.command()
def reset() -> None:
    """Töm övningsmiljöerna och fyll dem på nytt. Får köras när som helst, och avbrytas.

    Medarbetare, uppdrag, genomförda scenarier och antal finns kvar. En riktig huvudman kan inte
    tömmas.
    """
    setup.django()
    from care.training import resetting
    from tenants import clock

    done = resetting.reset(at=clock.moment())
    for schema in done:
        typer.echo(f"{schema}: tömd och fylld på nytt")
    if not done:
        typer.echo("Ingen övningsmiljö finns. Gör en med samplan tenant add --training.")
