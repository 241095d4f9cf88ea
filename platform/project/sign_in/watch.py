"""Whether the provider is away: looked at beside the requests, so that none of them waits."""

import logging
from threading import Lock, Thread
from time import monotonic

from project.sign_in.provider import provider

logger = logging.getLogger(__name__)
EVERY = 15.0  # seconds between two looks; what a page says is at most twice as old
EVERY_AWAY = 3.0  # while it is away: it is told soon that people can sign in again


class Watch:
    """What was seen last, and when somebody looked."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._looked = -EVERY
        self._is_looking = False
        self._is_away = False

    def is_away(self) -> bool:
        """Tell what was seen last, and look again beside the request when that is old."""
        with self._lock:
            lasts = EVERY_AWAY if self._is_away else EVERY
            is_due = not self._is_looking and monotonic() - self._looked >= lasts
            if is_due:
                self._looked, self._is_looking = monotonic(), True
        if is_due:
            Thread(target=self._look_beside, daemon=True).start()
        return self._is_away

    def _look_beside(self) -> None:
        try:
            self.look()
        finally:
            with self._lock:
                self._is_looking = False

    def look(self) -> None:
        """Look now."""
        self.saw(is_away=not provider().is_reached())

    def saw(self, *, is_away: bool) -> None:
        """Keep what was seen, here or by a request that had to ask."""
        if is_away and not self._is_away:
            logger.warning("sign-in: the provider does not answer")
        self._is_away = is_away


_watch = Watch()


def is_away() -> bool:
    """Tell whether the provider is away, without asking it."""
    return _watch.is_away()


def saw(*, is_away: bool) -> None:
    """Keep what a request has seen that had to ask the provider."""
    _watch.saw(is_away=is_away)
