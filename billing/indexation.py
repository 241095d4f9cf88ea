"""Amounts that follow an index.

The index lags: a budget is decided before the index of its own year is known. Sveriges Kommuner och
Regioner recommends that for fees too, where the fees of 2018 follow the index of 2016.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from billing import allocation
from billing.allocation import CannotAllocate


@dataclass(frozen=True)
class IndexClause:
    """Indexklausul: what the agreement says of how an amount follows an index.

    The amount is agreed in the prices of `base_year`. Each later year it changes as the index did
    `lag_years` before, by at most `cap` (1/50 is two per cent; None is no cap), and is rounded to
    whole `rounding_ore`, a half up (100 is whole kronor).
    """

    base_year: int
    lag_years: int
    cap: Fraction | None = None
    rounding_ore: int = 1

    def __post_init__(self) -> None:
        if self.lag_years < 0 or self.rounding_ore < 1 or (self.cap is not None and self.cap < 0):
            raise CannotAllocate(
                "Indexklausulen kan inte vara så. Ange eftersläpning och tak från 0 och avrundning "
                "från 1 öre."
            )


def indexed(
    amount_ore: int, index: Mapping[int, Fraction], clause: IndexClause, *, year: int
) -> int:
    """Return what an amount has become in a year, in öre.

    Only the answer is rounded, never a year on the way.

    :param index: the value of the index for each calendar year
    :raises CannotAllocate: if the year lies before the base year, or a value is missing
    """
    if year < clause.base_year:
        raise CannotAllocate(
            f"År {year} ligger före basåret {clause.base_year}. Ange basåret eller ett senare år."
        )
    factor = Fraction(1)
    for later in range(clause.base_year + 1, year + 1):
        change = _value(index, later - clause.lag_years) / _value(
            index, later - 1 - clause.lag_years
        )
        factor *= change if clause.cap is None else min(change, 1 + clause.cap)
    steps = Fraction(amount_ore, clause.rounding_ore) * factor
    return allocation.half_up(steps) * clause.rounding_ore


def _value(index: Mapping[int, Fraction], year: int) -> Fraction:
    value = index.get(year)
    if value is None or value <= 0:
        raise CannotAllocate(f"Index för {year} saknas. Läs in indexvärdet, som är större än noll.")
    return value
