"""How often somebody may do a thing: one row each, counted by one statement.

The generic cell rate algorithm: what is kept is the moment at which everything that was done would
have been due at an even pace. Whoever is further ahead of the clock than the burst allows has to
wait. All processes ask the same row, which the statement locks, and the database's clock decides.
"""

from dataclasses import dataclass
from math import ceil

from django.db import connection
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from tenants.home.models import Allowance

COUNT = """
    INSERT INTO home_allowance AS kept (key, due_at)
    VALUES (%(key)s, clock_timestamp() + %(each)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE
    SET due_at = greatest(kept.due_at, clock_timestamp()) + %(each)s * interval '1 second'
    WHERE kept.due_at <= clock_timestamp() + %(ahead)s * interval '1 second'
    RETURNING extract(epoch FROM due_at - clock_timestamp())
"""
WAIT = """
    SELECT extract(epoch FROM due_at - clock_timestamp()) - %(ahead)s
    FROM home_allowance WHERE key = %(key)s
"""


@dataclass(frozen=True)
class Pace:
    """Takt: so many at once, and then one in so many seconds."""

    name: str
    burst: int
    seconds: float


@dataclass(frozen=True)
class Standing:
    """Läge: how long somebody has to wait, and how many are left at once."""

    seconds_to_wait: int
    left: int


def seconds_to_wait(pace: Pace, *, who: str) -> int:
    """Count one more thing done, and return 0; or count nothing, and return how long to wait.

    :param who: a person or an address; kept as a keyed hash, so that the rows tell of nobody
    """
    return standing(pace, who=who).seconds_to_wait


def standing(pace: Pace, *, who: str) -> Standing:
    """Count one more thing done and return what is left; or count nothing and say how long to wait.

    :param who: a person, a client or an address; kept as a keyed hash
    """
    key = salted_hmac("samplan.pace", f"{pace.name}/{who}", algorithm="sha256").hexdigest()
    asked: dict[str, str | float] = {
        "key": key,
        "each": pace.seconds,
        "ahead": (pace.burst - 1) * pace.seconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, asked)
        counted = cursor.fetchone()
        if counted:
            return Standing(0, max(0, pace.burst - ceil(float(counted[0]) / pace.seconds)))
        cursor.execute(WAIT, asked)
        left = cursor.fetchone()
    return Standing(max(1, ceil(left[0])) if left else 1, 0)


def forget() -> int:
    """Remove the rows of those who have all their allowance again; return how many there were."""
    removed, _ = Allowance.objects.filter(due_at__lt=Now()).delete()
    return removed
