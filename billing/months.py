"""Calendar months, as files write them and as Swedes say them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from billing.periods import Period

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
    "oktober", "november", "december",
)  # fmt: skip
WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class BadMonth(Exception):
    """A text that is no month; the message says in Swedish what to do."""


@dataclass(frozen=True, order=True)
class Month:
    """Månad: a calendar month of a year."""

    year: int
    number: int

    @property
    def period(self) -> Period:
        """Return its days, from the first one to the last one."""
        first = date(self.year, self.number, 1)
        later = first + timedelta(days=31)
        return Period(first, later.replace(day=1) - timedelta(days=1))

    @property
    def said(self) -> str:
        """Return it in words: "november 2026"."""
        return f"{MONTHS[self.number - 1]} {self.year}"

    @property
    def before(self) -> "Month":
        """Return the month before it."""
        return of(self.period.first_on - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def of(day: date) -> Month:
    """Return the month that a day is in."""
    return Month(day.year, day.month)


def read(text: str) -> Month:
    """Return a month from its text: "2026-11".

    :raises BadMonth: if the text is anything else
    """
    match = WRITTEN.fullmatch(text.strip())
    if match is None or match[1] == "0000":
        raise BadMonth(f"”{text}” är ingen månad. Skriv den som 2026-11.")
    return Month(int(match[1]), int(match[2]))
