"""Stickprov: drawn by a seed, spread over units and roles. The same seed draws the same."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256

from care.review.occasions import Key, Occasion

Stratum = tuple[str, str]  # unit, role


def drawn(occasions: Sequence[Occasion], *, seed: str, size: int) -> frozenset[Key]:
    """Return the occasions that a seed draws, at least one of each unit and role if there is room.

    Each gets a number from the seed and from what it is, so that neither the order in which they
    come nor a library's generator decides; whoever has the seed can draw again.
    """
    by_stratum: dict[Stratum, list[Key]] = defaultdict(list)
    for it in occasions:
        by_stratum[it.stratum].append(it.key)
    shares = allocated({key: len(held) for key, held in by_stratum.items()}, seed=seed, size=size)
    return frozenset(
        key
        for stratum, many in shares.items()
        for key in sorted(by_stratum[stratum], key=lambda it: _lot(seed, it))[:many]
    )


def allocated(sizes: Mapping[Stratum, int], *, seed: str, size: int) -> Mapping[Stratum, int]:
    """Return how many to draw in each stratum: one each, and the rest by size.

    Where there are more strata than draws, the seed chooses among them.
    """
    order = sorted(sizes, key=lambda it: _lot(seed, it))
    found = dict.fromkeys(order[:size], 1)
    left = min(size, sum(sizes.values())) - len(found)
    total = sum(sizes.values())
    if left <= 0:
        return found
    wanted = {it: sizes[it] * size / total for it in order}
    for _ in range(left):
        short = max(
            (it for it in order if found[it] < sizes[it]), key=lambda it: wanted[it] - found[it]
        )
        found[short] += 1
    return found


def _lot(seed: str, what: object) -> bytes:
    told = "|".join(str(it) for it in what) if isinstance(what, tuple) else str(what)
    return sha256(f"{seed}|{told}".encode()).digest()
