"""What is handed over of a month: days and amounts of each municipality, and nobody's name.

Billing computes no liability and knows no patient. Whoever does hands over numbered items; the two
parties find the person by an item's number, on their own pages.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from billing.months import Month

SHA256 = re.compile(r"[0-9a-f]{64}")


class BadHandover(Exception):
    """What was handed over cannot be charged; the message says in Swedish what to do."""


@dataclass(frozen=True)
class DayRate:
    """Belopp per vårddygn of a year: set for all (5 kap. 6 §), or agreed (4 kap. 5 §).

    It may be charged once somebody has held it against its source.
    """

    year: int
    ore: int
    source: str
    verified_by: str = ""
    verified_on: date | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether somebody has held it against its source."""
        return bool(self.verified_by) and self.verified_on is not None


@dataclass(frozen=True)
class LiabilityItem:
    """Post: days of a month that a municipality answers for, and the hash of their evidence."""

    number: int
    days: int
    rate: DayRate
    evidence: str  # SHA-256 of the events that the days come from

    @property
    def amount_ore(self) -> int:
        """Return what the days cost."""
        return self.days * self.rate.ore


class LiabilitySource(Protocol):
    """Källa: who computes the days of a month."""

    @property
    def name(self) -> str:
        """Return how a page names it."""

    def hand_over(
        self, month: Month, codes: Collection[str]
    ) -> Mapping[str, Sequence[LiabilityItem]]:
        """Return the items of each municipality, by its code; a municipality without any lacks."""


def refuse_unfit(
    handed: Mapping[str, Sequence[LiabilityItem]], month: Month, codes: Collection[str]
) -> None:
    """Refuse what cannot be charged: of a stranger, of another year, of a rate nobody has verified.

    :raises BadHandover: with what to do
    """
    if unknown := ", ".join(sorted(set(handed) - set(codes))):
        raise BadHandover(
            f"Underlaget har dygn för {unknown}, som inte är part i nämnden. Rätta kommunkoden hos"
            " källan och hämta månaden på nytt."
        )
    for items in handed.values():
        if len({it.number for it in items}) < len(items):
            raise BadHandover(
                "Två poster har samma nummer. Rätta dem hos källan och hämta månaden på nytt."
            )
        for item in items:
            _refuse_rate(item.rate, month)
            _refuse_item(item, month)


def _refuse_rate(rate: DayRate, month: Month) -> None:
    if rate.year != month.year:
        raise BadHandover(
            f"Beloppet per vårddygn är för {rate.year}, men månaden är {month.said}. Lägg in"
            f" beloppet för {month.year} och hämta månaden på nytt."
        )
    if not rate.is_verified:
        raise BadHandover(
            f"Beloppet per vårddygn för {rate.year} är inte kontrollerat mot sin källa"
            f" ({rate.source}). Låt någon kontrollera det, och hämta månaden sedan."
        )
    if rate.ore <= 0:
        raise BadHandover(
            f"Beloppet per vårddygn för {rate.year} är inte över noll. Rätta det hos källan."
        )


def _refuse_item(item: LiabilityItem, month: Month) -> None:
    if item.number < 1 or not 1 <= item.days <= month.period.days:
        raise BadHandover(
            f"Post {item.number} har {item.days} dygn, men {month.said} har {month.period.days}."
            " Rätta den hos källan och hämta månaden på nytt."
        )
    if not SHA256.fullmatch(item.evidence):
        raise BadHandover(
            f"Post {item.number} saknar kontrollsumma för sitt underlag. Rätta den hos källan och"
            " hämta månaden på nytt."
        )
