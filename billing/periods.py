"""Periods of an agreement, and the day on which their population is counted.

An agreement that says "November the year before" is silent on a period that crosses a New Year, so
the reading is a choice that the parties make and the decision shows. 1 November is the day by which
the State equalizes between municipalities: the inhabitants "den 1 november året före
utjämningsåret" (lag (2004:773) om kommunalekonomisk utjämning, 3 §).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from billing import allocation
from billing.allocation import CannotAllocate

NOVEMBER = 11


class DateRule(StrEnum):
    """Vilken dags folkmängd: före avtalsåret, före varje kalenderår eller en bestämd dag."""

    BEFORE_AGREEMENT_YEAR = "before_agreement_year"
    BEFORE_EACH_YEAR = "before_each_year"
    FIXED_DATE = "fixed_date"


@dataclass(frozen=True)
class Period:
    """Period: from one day to another, both counted."""

    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise CannotAllocate(
                f"Perioden slutar {self.last_on}, före sin första dag {self.first_on}. Byt plats "
                f"på dagarna."
            )

    @classmethod
    def of(cls, days: Sequence[str]) -> "Period":
        """Return the period of two days as text, "2026-01-01" and "2026-12-31"."""
        first_on, last_on = (date.fromisoformat(it) for it in days)
        return cls(first_on, last_on)

    @property
    def days(self) -> int:
        """Return how many days the period has."""
        return (self.last_on - self.first_on).days + 1

    def active_days(self, *, joined_on: date | None = None, left_on: date | None = None) -> int:
        """Return on how many of its days a party takes part that joins, leaves or does both.

        Both days are counted: who leaves on 30 June takes part that day.
        """
        first = max(self.first_on, joined_on or self.first_on)
        last = min(self.last_on, left_on or self.last_on)
        return max(0, (last - first).days + 1)


@dataclass(frozen=True)
class Stretch:
    """Delperiod: days that are split by the population of one and the same day."""

    period: Period
    population_on: date


def stretches(
    rule: DateRule, period: Period, *, fixed_on: date | None = None
) -> tuple[Stretch, ...]:
    """Return the period in stretches, each with the day on which its population is counted.

    :param fixed_on: the day of `DateRule.FIXED_DATE`
    :raises CannotAllocate: if that rule lacks its day
    """
    if rule is DateRule.BEFORE_AGREEMENT_YEAR:
        return (Stretch(period, _november_before(period.first_on.year)),)
    if rule is DateRule.BEFORE_EACH_YEAR:
        return tuple(
            Stretch(
                Period(
                    max(period.first_on, date(year, 1, 1)), min(period.last_on, date(year, 12, 31))
                ),
                _november_before(year),
            )
            for year in range(period.first_on.year, period.last_on.year + 1)
        )
    if fixed_on is None:
        raise CannotAllocate("Den bestämda dagen saknas. Ange vilken dags folkmängd som gäller.")
    return (Stretch(period, fixed_on),)


def split(total_ore: int, several: Sequence[Stretch]) -> tuple[int, ...]:
    """Return what falls on each stretch, by its days: whole öre, the last one takes the rest."""
    days = sum(stretch.period.days for stretch in several)
    fractions = [Fraction(stretch.period.days, days) for stretch in several[:-1]]
    return allocation.split(total_ore, fractions)


def _november_before(year: int) -> date:
    return date(year - 1, NOVEMBER, 1)
