"""Split an amount by weights so that the shares are whole öre and their sum is the amount.

The rule is the method of largest remainder (Hamilton's; Balinski and Young, Fair Representation,
1982): everybody gets the whole öre of the exact quota, and the öre that are left go one each to
the largest remainders. A tie goes to the lowest party code, never to the order of a list. So two
who compute it from the same numbers, today or in ten years, get the same öre.

The rule stays within the quota, but is not monotone (the Alabama paradox): an öre more to split
may give a party one öre less. Divisor rules avoid that and may leave the quota instead.

Amounts are int, in öre. Weights are int or Fraction: a float has already lost what is to be split.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import lcm

# What a party weighs, and what it gets, by its code.
Weights = Mapping[str, int | Fraction]
Shares = dict[str, int]


class CannotAllocate(Exception):
    """An amount that cannot be split as asked; the message says in Swedish what to do."""


class Bearer(StrEnum):
    """Vem som bär det som en part inte betalar: de övriga parterna eller värden."""

    OTHERS = "others"
    HOST = "host"


@dataclass(frozen=True)
class Part:
    """Del: an amount in öre and the weights by which it is split."""

    total_ore: int
    weights: Weights


@dataclass(frozen=True)
class Share:
    """Andel: what a party gets of a part and why, as the one who pays it may ask."""

    party: str
    weight: int | Fraction
    quota_ore: Fraction
    share_ore: int
    has_odd_ore: bool


def allocate(total_ore: int, weights: Weights) -> Shares:
    """Return what each party gets, by ascending code; the sum is the total.

    A negative total, a credit, is the mirror image of the positive one. A party without weight gets
    nothing.

    :raises CannotAllocate: if no party weighs anything, or a weight is negative or no exact number
    """
    weighed = _whole_numbers(total_ore, weights)
    whole = sum(weighed.values())
    shares, remainders = {}, {}
    for party, weight in weighed.items():
        shares[party], remainders[party] = divmod(abs(total_ore) * weight, whole)
    odd_ore = abs(total_ore) - sum(shares.values())
    for party in sorted(remainders, key=lambda it: (-remainders[it], it))[:odd_ore]:
        shares[party] += 1
    return shares if total_ore >= 0 else {party: -share for party, share in shares.items()}


def allocate_parts(parts: Iterable[Part]) -> Shares:
    """Return what each party gets when every part is split by itself."""
    return add(*(allocate(part.total_ore, part.weights) for part in parts))


def quotas(part: Part) -> dict[str, Fraction]:
    """Return the exact amount that each party weighs for, in öre and fractions of an öre.

    :raises CannotAllocate: as `allocate`
    """
    weighed = _whole_numbers(part.total_ore, part.weights)
    whole = sum(weighed.values())
    return {party: Fraction(part.total_ore * weight, whole) for party, weight in weighed.items()}


def explain(part: Part) -> tuple[Share, ...]:
    """Return the share of each party with its weight, its exact quota, and who got an odd öre.

    :raises CannotAllocate: as `allocate`
    """
    shares = allocate(part.total_ore, part.weights)
    return tuple(
        Share(party, part.weights[party], quota, shares[party], abs(shares[party]) > abs(quota))
        for party, quota in quotas(part).items()
    )


def split(total_ore: int, fractions: Sequence[Fraction]) -> tuple[int, ...]:
    """Return an amount in as many pieces and one more, which takes the rest.

    Each fraction gets its whole öre, rounded down, so that the order in which an agreement names
    the pieces decides, and the last one closes the sum.

    :raises CannotAllocate: if a fraction is negative or they are more than the whole together
    """
    if any(fraction < 0 for fraction in fractions) or sum(fractions) > 1:
        raise CannotAllocate(
            "Delarna är tillsammans mer än hela beloppet, eller någon är negativ. Ange delar från "
            "0 som tillsammans är högst 1."
        )
    sign = -1 if total_ore < 0 else 1
    pieces = [sign * int(abs(total_ore) * fraction) for fraction in fractions]
    return (*pieces, total_ore - sum(pieces))


def add(*several: Mapping[str, int]) -> Shares:
    """Return the sums of each party, by ascending code; a party may lack in some."""
    sums: Shares = {}
    for shares in several:
        for party, share in shares.items():
            sums[party] = sums.get(party, 0) + share
    return dict(sorted(sums.items()))


def half_up(ore: Fraction) -> int:
    """Return the nearest whole number; a half goes away from zero, so that a credit mirrors it."""
    rounded = int(abs(ore) + Fraction(1, 2))
    return rounded if ore >= 0 else -rounded


def _whole_numbers(total_ore: int, weights: Weights) -> dict[str, int]:
    """Return the weights by ascending code, as whole numbers in the same proportions."""
    _refuse_inexact(total_ore, weights)
    if not any(weights.values()):
        raise CannotAllocate(
            "Det finns inget att fördela efter: ingen part har något underlag. Ange underlag som "
            "är större än noll för minst en part."
        )
    common = lcm(*(weight.denominator for weight in weights.values()))
    return {
        party: weight.numerator * (common // weight.denominator)
        for party, weight in sorted(weights.items())
    }


def _refuse_inexact(total_ore: int, weights: Weights) -> None:
    if not isinstance(total_ore, int):
        raise CannotAllocate(f"Beloppet {total_ore} är inte hela ören. Ange det i hela ören.")
    for party, weight in weights.items():
        if not isinstance(weight, int | Fraction):
            raise CannotAllocate(
                f"Underlaget {weight} för {party} är inget exakt tal. Ange ett heltal eller ett "
                f"bråk."
            )
        if weight < 0:
            raise CannotAllocate(
                f"Underlaget för {party} är negativt ({weight}). Ange ett tal från 0."
            )
