"""A source of payment liability with invented stays, for the demo and the tests.

It counts days by the Act's own rule, as `care.liability` will, and hands over the same: numbered
items, never a person. The same month gives the same items.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from billing.liability.port import DayRate, LiabilityItem
from billing.months import Month
from care.law.calendar import STOCKHOLM
from care.law.liability import first_liable_on, liable_days
from care.law.terms import Terms

AGREED_ORE = 9_800_00
AGREED_FROM = 2026
BEFORE_NOON, AFTER_NOON = time(10, 30), time(14, 15)
FEWEST_STAYS, MOST_STAYS = 2, 7
# So early is a notice sent, and so long does a stay last, that the month has at least a day of it.
SENT_WITHIN, SHORTEST, LONGEST = 20, 5, 12


@dataclass(frozen=True)
class Stay:
    """Vårdtillfälle: when the ready notice was sent, and the day of the discharge."""

    sent_at: datetime
    discharged_on: date

    def days_in(self, month: Month) -> int:
        """Return how many of its chargeable days a month has."""
        days = liable_days(first_liable_on(self.sent_at, Terms()), self.discharged_on, Terms())
        return sum(month.period.first_on <= day <= month.period.last_on for day in days)

    @property
    def evidence(self) -> str:
        """Return the hash of what the days come from."""
        return sha256(f"{self.sent_at.isoformat()} {self.discharged_on}".encode()).hexdigest()


class Stays:
    """Påhittade vårdtillfällen, as a source."""

    name = "Påhittade vårdtillfällen"

    def hand_over(
        self, month: Month, codes: Collection[str]
    ) -> Mapping[str, tuple[LiabilityItem, ...]]:
        """Return the items of each municipality."""
        return {code: tuple(_items(month, code)) for code in codes}


def rate(year: int) -> DayRate:
    """Return a year's rate: agreed from a year on, and before it one that nobody has verified."""
    if year < AGREED_FROM:
        return DayRate(year, AGREED_ORE, "Socialstyrelsens föreskrifter, beloppet inte funnet")
    return DayRate(
        year,
        AGREED_ORE,
        "Överenskommelse enligt 4 kap. 5 §, påhittat belopp",
        verified_by="Parternas ekonomer",
        verified_on=date(year, 1, 7),
    )


def _items(month: Month, code: str) -> Iterator[LiabilityItem]:
    number = 0
    for stay in _stays(month, code):
        if days := stay.days_in(month):
            number += 1
            yield LiabilityItem(number, days, rate(month.year), stay.evidence)


def _stays(month: Month, code: str) -> Iterator[Stay]:
    seed = sha256(f"{month} {code}".encode()).digest()
    for number in range(FEWEST_STAYS + seed[0] % (MOST_STAYS - FEWEST_STAYS + 1)):
        sent, lasts = seed[2 * number + 1], seed[2 * number + 2]
        sent_on = month.period.first_on + timedelta(days=sent % SENT_WITHIN)
        hour = AFTER_NOON if sent % 3 == 0 else BEFORE_NOON
        days = SHORTEST + lasts % (LONGEST - SHORTEST + 1)
        yield Stay(datetime.combine(sent_on, hour, STOCKHOLM), sent_on + timedelta(days=days))
