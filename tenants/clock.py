"""The moment: the database's time, taken once at a door and passed on as `at`.

Only the demo and the tests may move it. Row-level security uses the real now(), so agreements and
consents in tests end years ahead.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from threading import get_ident

from django.conf import settings
from django.db import connection


def moment() -> datetime:
    """Return the database's time plus the offset of a demo or a test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now + offset()


def offset() -> timedelta:
    """Return how far the clock is moved: nothing, save in the demo and the tests."""
    place = settings.CLOCK_OFFSET_FILE
    if place is None or not Path(place).exists():
        return timedelta()
    return timedelta(seconds=float(Path(place).read_text()))


def move(by: timedelta) -> None:
    """Move the clock of a demo or a test, for every process that shares its file.

    :raises RuntimeError: where the clock may not be moved
    """
    if settings.CLOCK_OFFSET_FILE is None:
        raise RuntimeError("the clock can be moved in the demo and the tests only")
    place = Path(settings.CLOCK_OFFSET_FILE)
    # Replaced in one step: a reader between truncating and writing would see no offset at all.
    new = place.with_name(f"{place.name}.{os.getpid()}.{get_ident()}")
    new.write_text(str(by.total_seconds()))
    new.replace(place)
