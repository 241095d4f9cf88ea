"""What the board sees of a month: days and amounts of each municipality, and no small counts.

A count below five could be somebody whom a reader knows. So it is hidden, and so much besides that
it cannot be found from the sum: another count, and where none is left, the sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST = 5


@dataclass(frozen=True)
class Counts:
    """Antal poster by municipality code, and their sum. None: hidden."""

    by_code: Mapping[str, int | None]
    total: int | None


def counts(of: Mapping[str, int], least: int = LEAST) -> Counts:
    """Return counts as they may be shown; zero tells of nobody and is shown."""
    hidden = {code for code, number in of.items() if 0 < number < least}
    others = sorted(
        (code for code, number in of.items() if number >= least), key=lambda it: (of[it], it)
    )
    while hidden and others and _is_found(of, hidden):
        hidden.add(others.pop(0))
    shown = {code: None if code in hidden else number for code, number in of.items()}
    is_known = not hidden or not _is_found(of, hidden)
    return Counts(shown, sum(of.values()) if is_known else None)


def _is_found(of: Mapping[str, int], hidden: set[str]) -> bool:
    """Tell whether the sum gives a hidden count away: there is one, or each of them must be one."""
    return len(hidden) == 1 or sum(of[it] for it in hidden) == len(hidden)
