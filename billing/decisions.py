"""How a board's decision comes to be final: proposed, decided, adjusted, announced, three weeks.

Pure: the steps and the day go in, the standing comes out. A joint board's minutes are announced by
every party (KL 9 kap. 32 §), and a decision can be appealed within three weeks from when that has
been done on all notice boards (KL 13 kap. 5 §).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from billing import workdays

APPEAL = timedelta(weeks=3)


class Act(StrEnum):
    """Beslutssteg: what the board's secretary records."""

    PROPOSE = "propose"
    DECIDE = "decide"
    ADJUST = "adjust"


class State(StrEnum):
    """Var beslutet står."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    DECIDED = "decided"
    ADJUSTED = "adjusted"
    ANNOUNCED = "announced"
    FINAL = "final"
    SUPERSEDED = "superseded"


# Where the board has decided, and nothing else holds instead.
DECIDED = frozenset({State.DECIDED, State.ADJUSTED, State.ANNOUNCED, State.FINAL})


class Outcome(StrEnum):
    """Utfall av en invändning."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class NotNow(Exception):
    """A step that cannot follow on what is there; the message says in Swedish what to do."""


@dataclass(frozen=True)
class Standing:
    """Läge: where a decision stands, which parties have not announced it, when it is final."""

    state: State
    missing: tuple[str, ...] = ()
    final_on: date | None = None  # the first day on which nobody can appeal

    @property
    def is_billable(self) -> bool:
        """Tell whether what was decided may be invoiced."""
        return self.state is State.FINAL


# Which step each one follows on.
FOLLOWS = {Act.PROPOSE: State.DRAFT, Act.DECIDE: State.PROPOSED, Act.ADJUST: State.DECIDED}
REFUSALS = {
    Act.PROPOSE: "Fördelningen är redan föreslagen. Läs vidare i tidslinjen på sidan.",
    Act.DECIDE: "Ett beslut kan antecknas för det som är föreslaget och inte redan beslutat.",
    Act.ADJUST: "Protokollet justeras sedan nämnden har beslutat, och en gång.",
}


def standing(
    steps: Mapping[Act, date],
    announced: Mapping[str, date],
    *,
    parties: Collection[str],
    is_superseded: bool,
    today: date,
) -> Standing:
    """Return where a decision stands on a day.

    :param steps: the day of each step that has been recorded
    :param announced: the day on which each party put the minutes on its notice board
    :param parties: everybody who must
    """
    if is_superseded:
        return Standing(State.SUPERSEDED)
    if Act.PROPOSE not in steps:
        return Standing(State.DRAFT)
    if Act.DECIDE not in steps:
        return Standing(State.PROPOSED)
    if Act.ADJUST not in steps:
        return Standing(State.DECIDED)
    missing = tuple(sorted(set(parties) - set(announced)))
    if missing:
        return Standing(State.ADJUSTED, missing)
    final_on = final_after(max(announced[it] for it in parties))
    return Standing(State.FINAL if today >= final_on else State.ANNOUNCED, (), final_on)


def final_after(announced_on: date) -> date:
    """Return the first day on which nobody can appeal what was announced on a day."""
    last = announced_on + APPEAL
    while not workdays.is_working_day(last):
        last += timedelta(days=1)
    return last + timedelta(days=1)


def refuse_step(act: Act, on: date, *, now: Standing, after: date | None, today: date) -> None:
    """Refuse a step that cannot be taken, or not on that day.

    :param after: the day of the step before, None for the first one
    :raises NotNow: with what to do
    """
    if now.state is not FOLLOWS[act]:
        raise NotNow(REFUSALS[act])
    refuse_day(on, after=after, today=today)


def refuse_announcement(on: date, *, now: Standing, after: date | None, today: date) -> None:
    """Refuse an announcement of minutes that are not adjusted, or on a day that cannot be.

    :raises NotNow: with what to do
    """
    if now.state is not State.ADJUSTED:
        raise NotNow("Ett protokoll tillkännages när det är justerat, och en gång av varje part.")
    refuse_day(on, after=after, today=today)


def refuse_day(on: date, *, after: date | None, today: date) -> None:
    """Refuse a day that has not come, or that lies before the step it follows on.

    :raises NotNow: with what to do
    """
    if on > today:
        raise NotNow(
            f"Dagen {on} har inte kommit. Anteckna det som har hänt, på den dag det hände."
        )
    if after is not None and on < after:
        raise NotNow(f"Dagen {on} ligger före steget innan, {after}. Ändra dagen.")
