"""Where an item of a review stands, by what its readers have found. Nothing is stored twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from care.review.models import ReviewDecision

Verdict = ReviewDecision.Verdict


class State(StrEnum):
    """Läge of an item."""

    WAITING = "waiting"
    ASKED = "asked"  # the head of the unit is to answer
    SECOND_READER = "second_reader"  # misuse is suspected: another person is to read
    SETTLED = "settled"


@dataclass(frozen=True)
class Reading:
    """One decision: what was found, by whom."""

    verdict: str
    staff_id: UUID


def state(readings: Sequence[Reading]) -> State:
    """Return where an item stands.

    It is settled when it is found in order, or when a second person has read what the first found
    suspect: both decisions stand, whatever the second one found.
    """
    if not readings:
        return State.WAITING
    suspected_by = _suspected_by(readings)
    verdict = readings[-1].verdict
    if suspected_by is None:
        return State.SETTLED if verdict == Verdict.IN_ORDER else State.ASKED
    if readings[-1].staff_id == suspected_by:
        return State.SECOND_READER
    return State.ASKED if verdict == Verdict.ASK_HEAD else State.SETTLED


def may_read(readings: Sequence[Reading], staff_id: UUID) -> bool:
    """Tell whether somebody may decide next: not who was the first to suspect misuse."""
    return _suspected_by(readings) != staff_id


def is_suspect(readings: Sequence[Reading]) -> bool:
    """Tell whether the last reader who judged it found that misuse is suspected."""
    judged = [it.verdict for it in readings if it.verdict != Verdict.ASK_HEAD]
    return bool(judged) and judged[-1] == Verdict.MISUSE_SUSPECTED


def _suspected_by(readings: Sequence[Reading]) -> UUID | None:
    return next((it.staff_id for it in readings if it.verdict == Verdict.MISUSE_SUSPECTED), None)
