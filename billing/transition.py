"""From old shares to new ones in steps, so that no budget breaks in one year."""

from fractions import Fraction

from billing.allocation import CannotAllocate, Weights


def weights(old: Weights, new: Weights, *, step: int, steps: int) -> dict[str, Fraction]:
    """Return weights so many of the steps on the way from the old shares to the new ones.

    Step 0 is the old shares, the last step the new ones. A party that one of them lacks has the
    share 0 there.

    :raises CannotAllocate: if there is no such step, or no party weighs anything in one of them
    """
    if not 0 <= step <= steps or steps < 1:
        raise CannotAllocate(f"Steg {step} av {steps} finns inte. Ange ett steg från 0.")
    way = Fraction(step, steps)
    before, after = _shares(old), _shares(new)
    return {
        party: before.get(party, Fraction(0)) * (1 - way) + after.get(party, Fraction(0)) * way
        for party in sorted({*before, *after})
    }


def _shares(weighed: Weights) -> dict[str, Fraction]:
    whole = Fraction(sum(weighed.values()))
    if whole <= 0:
        raise CannotAllocate(
            "De gamla eller de nya andelarna saknar underlag. Ange underlag som är större än noll."
        )
    return {party: weight / whole for party, weight in weighed.items()}
