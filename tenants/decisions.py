"""Beslut hos var och en: what a huvudman's board has decided of a text, as it tells itself.

A decision is a fact beside the signature and stops nothing: what switches sharing on is the signed
text alone.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tenants.context import acting_for
from tenants.models import PartyDecision
from tenants.progress import By, add, written_meanwhile


@dataclass(frozen=True)
class Decision:
    """What a board has decided of a text: yes or no, when and where it can be read."""

    board: str
    decided_on: date
    is_approved: bool
    paragraph: str = ""
    diary_number: str = ""


@dataclass(frozen=True)
class Decided:
    """A decision as a huvudman has told of it."""

    tenant: str
    number: int
    decision: Decision
    by: By
    at: datetime


# By the hash of the text, then by huvudman.
Decisions = Mapping[str, Mapping[str, Decided]]


def record_decision(
    decision: Decision, *, subject: UUID, text_hash: str, seen: int, by: By, at: datetime
) -> None:
    """Tell what the huvudman that acts has decided; what was told before stays in the history.

    :param subject: the agreement or the routine
    :param text_hash: of the version that was decided
    :param seen: the number of what was told last when the form was read, 0 for nothing
    :raises progress.WrittenMeanwhile: if somebody has told of it since
    """
    last = decided(subject).get(text_hash, {}).get(acting_for())
    if last and last.number != seen:
        raise written_meanwhile(last.by.name)
    row = PartyDecision(
        owner=acting_for(),
        subject=subject,
        text_hash=text_hash,
        number=seen + 1,
        board=decision.board,
        decided_on=decision.decided_on,
        paragraph=decision.paragraph,
        diary_number=decision.diary_number,
        is_approved=decision.is_approved,
        name=by.name,
        title=by.title,
        told_at=at,
    )
    add(row)


def decided(*subjects: UUID) -> Decisions:
    """Return what is decided of the texts of some agreements or routines, in one question."""
    found: dict[str, dict[str, Decided]] = defaultdict(dict)
    for row in PartyDecision.objects.filter(subject__in=subjects).order_by("number"):
        found[row.text_hash][row.owner] = Decided(
            tenant=row.owner,
            number=row.number,
            decision=Decision(
                row.board, row.decided_on, row.is_approved, row.paragraph, row.diary_number
            ),
            by=By(row.name, row.title),
            at=row.told_at,
        )
    return found
