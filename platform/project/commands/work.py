"""`samplan work`: the loop of background work, for every huvudman."""

import signal
from typing import Annotated

import typer

from project.commands import setup

STOP = (signal.SIGTERM, signal.SIGINT)


def work(
    once: Annotated[bool, typer.Option(help="Gör en omgång och sluta.")] = False,
    interval: Annotated[float, typer.Option(min=0, help="Sekunder mellan omgångar.")] = 1.0,
) -> None:
    """Hämta meddelanden, bevaka frister, följ överenskommelser och försegla loggarna.

    Får avbrytas när som helst och köras i flera exemplar: inget görs två gånger och inget tappas.
    """
    # Held back while a round runs, and asked for in the pause: so a round is always finished.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    setup.django()
    from django.conf import settings

    from project import startup, worker

    startup.refuse_unsealed(keys=settings.SEAL_KEYS, checkpoints=settings.CHECKPOINTS)
    worker.run(once=once, interval=interval, pause=_pause)


def _pause(seconds: float) -> bool:
    return signal.sigtimedwait(STOP, seconds) is not None
