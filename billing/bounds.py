"""Caps and floors: no party pays more than its cap or less than its floor.

When others bear what is over a cap, or share what is under a floor, the amount is split again among
those that are free, until nobody breaks a bound. In each round those are fixed at their bound that
break it on the side that weighs more: if both sides were fixed at once, a cap that a floor had
pushed somebody above would bind for no reason. The same rule resolves flexible lengths between
minimum and maximum sizes in CSS Flexible Box Layout Level 1, section 9.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from billing import allocation
from billing.allocation import Bearer, CannotAllocate, Shares, Weights


@dataclass(frozen=True)
class Bounds:
    """Tak och golv: the most and the least, in öre, for the parties that have one."""

    caps_ore: Mapping[str, int] = field(default_factory=dict)
    floors_ore: Mapping[str, int] = field(default_factory=dict)

    def of(self, party: str, share_ore: int) -> int:
        """Return a share, moved to the party's cap or floor where it breaks one."""
        capped = min(share_ore, self.caps_ore.get(party, share_ore))
        return max(capped, self.floors_ore.get(party, 0))


def per_inhabitant(ore: int | Fraction, population: Mapping[str, int]) -> dict[str, int]:
    """Return a bound of so many öre per inhabitant for each party, in whole öre, a half up."""
    return {
        party: allocation.half_up(Fraction(ore) * inhabitants)
        for party, inhabitants in population.items()
    }


def allocate(
    total_ore: int, weights: Weights, bounds: Bounds, *, excess: Bearer, host: str
) -> Shares:
    """Return what each party pays, in öre, within its bounds; the sum is the total.

    A negative total, a credit, is the mirror image of the positive one.

    :param excess: who bears what is over the caps, and gains by the floors
    :param host: the code of the party that bears what nobody else can: when the host bears all, the
        shares are only cut and lifted, and floors may leave the host a negative amount
    :raises CannotAllocate: if the bounds cannot be kept, or as `allocation.allocate`
    """
    _refuse_impossible(abs(total_ore), weights, bounds)
    if total_ore < 0:
        paid = allocate(-total_ore, weights, bounds, excess=excess, host=host)
        return {party: -share for party, share in paid.items()}
    paid = allocation.allocate(total_ore, weights)
    if excess is Bearer.HOST:
        paid = {party: bounds.of(party, share) for party, share in paid.items()}
    else:
        paid = _among_others(total_ore, weights, bounds)
    left = total_ore - sum(paid.values())
    return allocation.add(paid, {host: left}) if left else paid


def _among_others(total_ore: int, weights: Weights, bounds: Bounds) -> Shares:
    """Return shares within the bounds; their sum is less than the total where all are at caps."""
    fixed: Shares = {}
    free = dict(weights)
    while any(free.values()):
        left = total_ore - sum(fixed.values())
        shares = allocation.allocate(left, free)
        bounded = {party: bounds.of(party, share) for party, share in shares.items()}
        over = sum(bounded.values()) - left
        if over == 0:
            return allocation.add(fixed, bounded)
        # Over: the floors weigh more, so they are fixed first. Under: the caps.
        for party, share in shares.items():
            if (bounded[party] - share) * over > 0:
                fixed[party] = bounded[party]
                del free[party]
    return allocation.add(fixed, {party: bounds.of(party, 0) for party in free})


def _refuse_impossible(total_ore: int, weights: Weights, bounds: Bounds) -> None:
    unknown = sorted({*bounds.caps_ore, *bounds.floors_ore} - set(weights))
    if unknown:
        raise CannotAllocate(
            f"Tak eller golv är satt för {', '.join(unknown)}, som inte delar kostnaden. Ta bort "
            f"det."
        )
    for party in sorted(weights):
        least = bounds.floors_ore.get(party, 0)
        if not 0 <= least <= bounds.caps_ore.get(party, least):
            raise CannotAllocate(
                f"Golvet för {party} är högre än taket, eller något av dem är negativt. Ange golv "
                f"från 0 och tak som är minst lika höga."
            )
    if sum(bounds.floors_ore.values()) > total_ore:
        # More than the cost may not be charged: självkostnadsprincipen, KL 2 kap. 6 §.
        raise CannotAllocate(
            f"Golven är tillsammans {sum(bounds.floors_ore.values())} öre, mer än beloppet "
            f"{total_ore} öre. Sänk dem."
        )
