"""Readiness for change (förändringsberedskap): statements, and what may be shown of answers. Pure.

The statements are our own: no published instrument is used, and none is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VALUES = (1, 2, 3, 4, 5)  # from not at all to entirely


class Round(StrEnum):
    """Mätning: before the new way of working, and after."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Statement:
    """Påstående: something that one agrees with, from 1 to 5."""

    name: str
    text: str


STATEMENTS = (
    Statement("why", "Jag vet varför vi byter arbetssätt."),
    Statement("what", "Jag vet vad som blir annorlunda i mitt eget arbete."),
    Statement("trained", "Jag har fått den utbildning jag behöver."),
    Statement("able", "Jag kan göra mina uppgifter i Samplan."),
    Statement("manager", "Min chef stödjer förändringen."),
    Statement("ask", "Jag vet vem jag frågar när något inte fungerar."),
    Statement("time", "Vi har tid att arbeta på det nya sättet."),
    Statement("better", "Förändringen blir bättre för den som skrivs ut."),
)
NAMES = tuple(it.name for it in STATEMENTS)


def shown(people: Mapping[str, int], *, at_least: int) -> frozenset[str] | None:
    """Return the groups whose answers may be shown, or None where not even all together may.

    A group that is too small is hidden. So is a larger one, the smallest first, as long as those
    hidden are too few together: what is shown of all, less what is shown of the groups, would be
    theirs.

    :param people: how many of each group have answered
    """
    if sum(people.values()) < at_least:
        return None
    groups = sorted((it for it in people if people[it] >= at_least), key=lambda it: people[it])
    hidden = sum(people.values()) - sum(people[it] for it in groups)
    while groups and 0 < hidden < at_least:
        hidden += people[groups.pop(0)]
    return frozenset(groups)


def mean(counts: Mapping[int, int]) -> float | None:
    """Return the mean of some answers by their value, to one decimal, or None without any."""
    people = sum(counts.values())
    if not people:
        return None
    return round(sum(value * it for value, it in counts.items()) / people, 1)
