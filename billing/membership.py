"""What parties pay that have not been in the agreement all the time."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from billing import allocation
from billing.allocation import Bearer, CannotAllocate, Part, Shares


def allocate(
    parts: Sequence[Part],
    *,
    active_days: Mapping[str, int],
    period_days: int,
    gap: Bearer,
    host: str,
) -> Shares:
    """Return what each party pays, in öre, when some take part on some of the days only.

    The gap is what those would have paid for the other days. When the others bear it, every weight
    counts as many days as the party takes part. When the host bears it, the newcomer pays its full
    share for its days, a half öre rounded up, and the host the difference.

    :param active_days: how many of the `period_days` each party takes part
    :param host: the code of the party that bears the gap, one of the others or its own
    :raises CannotAllocate: if the days cannot be, or nobody takes part on any
    """
    _refuse_impossible(parts, active_days, period_days)
    if gap is Bearer.OTHERS:
        return allocation.allocate_parts(
            Part(part.total_ore, {it: part.weights[it] * active_days[it] for it in part.weights})
            for part in parts
        )
    full = allocation.allocate_parts(parts)
    paid = {
        party: allocation.half_up(Fraction(share * active_days[party], period_days))
        for party, share in full.items()
    }
    left = sum(full.values()) - sum(paid.values())
    return allocation.add(paid, {host: left}) if left else paid


def _refuse_impossible(
    parts: Sequence[Part], active_days: Mapping[str, int], period_days: int
) -> None:
    for party in sorted({party for part in parts for party in part.weights}):
        days = active_days.get(party)
        if days is None or not 0 <= days <= period_days:
            raise CannotAllocate(
                f"{party} kan inte vara med {'ett okänt antal' if days is None else days} dagar av "
                f"{period_days}. Ange dagar från 0 till {period_days}."
            )
