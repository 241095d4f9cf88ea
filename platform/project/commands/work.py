"""`samplan work`: the loop of background work, for every huvudman."""

import signal
from threading import Event
from typing import Annotated

import typer

from project.commands import setup


def work(
    once: Annotated[bool, typer.Option(help="Gör en omgång och sluta.")] = False,
    interval: Annotated[float, typer.Option(help="Sekunder mellan omgångarna.")] = 1.0,
) -> None:
    """Hämta meddelanden, bevaka frister och följ överenskommelser, omgång efter omgång.

    Får avbrytas när som helst och köras i flera exemplar: inget görs två gånger och inget tappas.
    """
    setup.django()
    from project import worker

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    worker.run(once=once, interval=interval, stopping=stopping)
