"""How an item comes to be settled: listed, objected to, answered, escalated, decided, frozen.

Pure: what has happened and the day go in; where the item stands, and how many days, come out. No
step adds days: a list can only shrink, so what was handed over is charged, struck or held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing import workdays
from billing.decisions import NotNow

OBJECTION_DAYS = 10  # working days to object in, and to escalate an answer in


class ObjectionReason(StrEnum):
    """Orsak till en invändning."""

    NOT_OUR_RESIDENT = "not_our_resident"
    NOTICE_MISSING_OR_LATE = "notice_missing_or_late"
    NO_CALL_TO_PLANNING = "no_call_to_planning"
    REGION_EFFORT_MISSING = "region_effort_missing"
    NOT_READY_AGAIN = "not_ready_again"
    WRONG_TIMES = "wrong_times"
    OTHER = "other"


class Verdict(StrEnum):
    """Regionens svar på en invändning mot en post."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"


class ItemState(StrEnum):
    """Var posten står."""

    PRELIMINARY = "preliminary"
    OBJECTED = "objected"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    ESCALATED = "escalated"
    DECIDED = "decided"
    SETTLED = "settled"


@dataclass(frozen=True)
class ItemCourse:
    """Postens gång: what has happened to it. None: it has not happened."""

    days: int  # as handed over
    is_objected: bool = False
    verdict: Verdict | None = None
    answered_days: int | None = None
    answered_on: date | None = None
    is_escalated: bool = False
    decided_days: int | None = None
    settled_days: int | None = None

    @property
    def state(self) -> ItemState:
        """Return where it stands. A dispute that goes on after the freezing is what is told."""
        if self.is_escalated and self.decided_days is None:
            return ItemState.ESCALATED
        if self.settled_days is not None and self.less_days == 0:
            return ItemState.SETTLED
        if self.decided_days is not None:
            return ItemState.DECIDED
        if self.verdict is not None:
            return ItemState(self.verdict.value)
        return ItemState.OBJECTED if self.is_objected else ItemState.PRELIMINARY

    @property
    def standing_days(self) -> int:
        """Return the days that stand, by the last word that was said."""
        said = (self.decided_days, self.answered_days)
        return next((it for it in said if it is not None), self.days)

    @property
    def less_days(self) -> int:
        """Return the settled days that a later decision has struck: what is to be credited."""
        return 0 if self.settled_days is None else self.settled_days - self.standing_days

    @property
    def is_disputed(self) -> bool:
        """Tell whether somebody waits for a word: the region's, or the steering group's."""
        if self.is_escalated:
            return self.decided_days is None
        return self.is_objected and self.verdict is None


@dataclass(frozen=True)
class DaySums:
    """Dygn: those handed over are charged, struck or held, each of them once."""

    handed_over: int
    charged: int
    struck: int
    held: int


def objections_until(collected_on: date, working_days: int = OBJECTION_DAYS) -> date:
    """Return the last day on which a municipality can object to what was listed on a day."""
    return workdays.after(collected_on, working_days)


def escalation_until(answered_on: date, working_days: int = OBJECTION_DAYS) -> date:
    """Return the last day on which a municipality can take an answer to the steering group."""
    return workdays.after(answered_on, working_days)


def settleable(
    items: Mapping[int, ItemCourse], *, objections_until: date, today: date
) -> dict[int, int]:
    """Return the items that can be frozen now, with their days.

    Nothing before the time to object has passed; then all that nobody waits for a word about.
    """
    if today <= objections_until:
        return {}
    return {
        number: it.standing_days
        for number, it in sorted(items.items())
        if it.settled_days is None and not it.is_disputed
    }


def sums(items: Iterable[ItemCourse]) -> DaySums:
    """Return what has become of the days that were handed over."""
    of = tuple(items)
    settled = [it for it in of if it.settled_days is not None]
    charged = sum(it.settled_days or 0 for it in settled)
    return DaySums(
        handed_over=sum(it.days for it in of),
        charged=charged,
        struck=sum(it.days for it in settled) - charged,
        held=sum(it.days for it in of if it.settled_days is None),
    )


def answered_days(verdict: Verdict, days: int, corrected: int | None) -> int:
    """Return the days that an answer leaves of those handed over.

    :raises NotNow: if a correction says no number, or one that is no correction
    """
    if verdict is Verdict.ACCEPTED:
        return 0
    if verdict is Verdict.REJECTED:
        return days
    if corrected is None or not 0 < corrected < days:
        raise NotNow(
            f"En rättelse lämnar färre dygn än {days}, men minst ett. Ändra antalet, eller välj att"
            " godta eller inte godta invändningen."
        )
    return corrected


def refuse_objection(of: ItemCourse, *, objections_until: date, today: date) -> None:
    """Refuse an objection that comes a second time, or too late.

    :raises NotNow: with what to do
    """
    if of.is_objected:
        raise NotNow("Ni har redan invänt mot posten. Läs vad som har hänt på sidan.")
    if today > objections_until:
        raise NotNow(
            f"Invändningar lämnades senast {objections_until}. Kontakta regionens ekonom om något"
            " är fel ändå."
        )


def refuse_answer(of: ItemCourse) -> None:
    """Refuse an answer to what nobody has objected to, or a second one.

    :raises NotNow: with what to do
    """
    if not of.is_objected:
        raise NotNow("Kommunen har inte invänt mot posten. Öppna en post med en invändning.")
    if of.verdict is not None:
        raise NotNow("Invändningen är redan besvarad. Läs svaret på sidan.")


def refuse_escalation(of: ItemCourse, *, today: date) -> None:
    """Refuse to take to the steering group what has no answer, or one that leaves nothing.

    :raises NotNow: with what to do
    """
    if of.verdict is None or of.answered_on is None or not of.answered_days:
        raise NotNow(
            "Styrgruppen tar upp ett svar som lämnar dygn kvar. Vänta på regionens svar, eller läs"
            " det på sidan."
        )
    if of.is_escalated:
        raise NotNow("Posten är redan hos styrgruppen. Läs vad som har hänt på sidan.")
    last = escalation_until(of.answered_on)
    if today > last:
        raise NotNow(
            f"Svaret kunde tas till styrgruppen senast {last}. Kontakta regionens ekonom om något"
            " är fel ändå."
        )


def refuse_decision(of: ItemCourse, days: int) -> None:
    """Refuse a decision on what is not with the steering group, or that adds days.

    :raises NotNow: with what to do
    """
    if not of.is_escalated:
        raise NotNow("Posten är inte hos styrgruppen. Öppna en post som kommunen har lyft dit.")
    if of.decided_days is not None:
        raise NotNow("Styrgruppens beslut är redan antecknat. Läs det på sidan.")
    if not 0 <= days <= (of.answered_days or 0):
        raise NotNow(
            f"Styrgruppen beslutar om 0 till {of.answered_days} dygn, det som regionens svar"
            " lämnade. Ändra antalet."
        )
