"""Moments as people read them: "fre 20 nov 06.30, för 3 tim sedan".

A date and its clock time never break over two lines. The words are made once for each moment, in
the view: a template filter for each row of a list would cost more than the list itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.dateformat import format as written
from django.utils.translation import get_language, gettext, gettext_noop

from care.law.calendar import STOCKHOLM

NO_BREAK = "\N{NO-BREAK SPACE}"
SOON = timedelta(hours=24)
PARTS = (gettext_noop("dygn"), gettext_noop("tim"), gettext_noop("min"))


@dataclass(frozen=True)
class When:
    """One moment, for people and for machines."""

    absolute: str  # fre 20 nov 06.30
    relative: str  # för 3 tim sedan, or om 3 tim
    iso: str

    def __str__(self) -> str:
        return f"{self.absolute}, {self.relative}"


@dataclass(frozen=True)
class Limit:
    """One time limit: how long is left of it, or how long ago it passed."""

    absolute: str
    left: str  # 3 tim 12 min, with neither "om" nor "försenad"
    iso: str
    state: str  # overdue, soon, later, met


def when(moment: datetime, *, at: datetime) -> When:
    """Return a moment in words, seen from another."""
    passed = at - moment
    words = gettext("om {span}") if passed < timedelta() else gettext("för {span} sedan")
    relative = gettext("nu") if abs(passed) < timedelta(minutes=1) else words
    return When(absolute(moment, at=at), relative.format(span=_kept(span(passed))), iso(moment))


def limit(due_at: datetime, *, at: datetime, met_at: datetime | None = None) -> Limit:
    """Return a time limit in words, seen from a moment."""
    left = due_at - at
    if met_at is not None:
        state = "met"
    elif left < timedelta():
        state = "overdue"
    else:
        state = "soon" if left <= SOON else "later"
    return Limit(_ending(due_at, at=at), _kept(span(left)), iso(due_at), state)


def absolute(moment: datetime, *, at: datetime) -> str:
    """Return "i dag 06.30", "fre 20 nov 06.30", or with the year where it is another year."""
    local, now = moment.astimezone(STOCKHOLM), at.astimezone(STOCKHOLM)
    return _kept(f"{_day(local.date(), now.date())} {local:%H.%M}")


def day(moment: datetime | date, *, at: datetime) -> str:
    """Return a date without a clock time: "fre 20 nov"."""
    when_ = moment.astimezone(STOCKHOLM).date() if isinstance(moment, datetime) else moment
    return _kept(_day(when_, at.astimezone(STOCKHOLM).date()))


def clock(moment: datetime) -> str:
    """Return the time of day: "06.30"."""
    return f"{moment.astimezone(STOCKHOLM):%H.%M}"


def span(length: timedelta) -> str:
    """Return a length of time by its two largest parts: "3 tim 12 min"."""
    minutes = int(abs(length).total_seconds()) // 60
    numbers = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    first = next((n for n, number in enumerate(numbers) if number), len(numbers) - 1)
    parts = list(zip(numbers, PARTS, strict=True))
    shown = [parts[first], *(it for it in parts[first + 1 : first + 2] if it[0])]
    return " ".join(f"{number} {gettext(word)}" for number, word in shown)


def _ending(due_at: datetime, *, at: datetime) -> str:
    """Return the day alone of a limit that lies where a day begins or ends."""
    local = due_at.astimezone(STOCKHOLM)
    is_whole_day = (local.hour, local.minute) in ((0, 0), (23, 59))
    return day(due_at, at=at) if is_whole_day else absolute(due_at, at=at)


def _day(one: date, today: date) -> str:
    return _day_in(get_language(), one, today)


@lru_cache(maxsize=4096)
def _day_in(language: str, one: date, today: date) -> str:
    # A list tells the same few days again and again.
    if one == today:
        return gettext("i dag")
    if one.year == today.year:
        return written(one, "D j b")
    return written(one, "D j b Y")


def _kept(words: str) -> str:
    return words.replace(" ", NO_BREAK)


def iso(moment: datetime) -> str:
    """Return a moment as machines read it, in Swedish time."""
    return moment.astimezone(STOCKHOLM).isoformat(timespec="seconds")
