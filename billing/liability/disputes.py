"""Objections to items, and what they lead to: an answer, the steering group, its decision.

Objections and escalations lie at the municipality that makes them, answers and decisions at the
host, so they are put together from a window into each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from billing.liability.course import ObjectionReason, Verdict
from billing.models import (
    LiabilityDecision,
    LiabilityEscalation,
    LiabilityObjection,
    LiabilityReply,
)
from billing.parties import Board, books_of
from tenants.context import acting_for


@dataclass(frozen=True)
class ItemAnswered:
    """Regionens svar, och de dygn som det lämnar."""

    verdict: Verdict
    days: int
    text: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class ItemEscalated:
    """Lyft till styrgruppen, och varför."""

    text: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class ItemDecided:
    """Styrgruppens beslut, och de dygn som det lämnar."""

    days: int
    on: date
    text: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class ItemObjected:
    """Invändning mot en post, och vad den har lett till."""

    id: UUID
    reason: ObjectionReason
    text: str
    made_by: str
    at: datetime
    answer: ItemAnswered | None
    escalation: ItemEscalated | None
    decision: ItemDecided | None


@dataclass(frozen=True)
class _Made:
    """Invändning och lyft till styrgruppen, som kommunen har skrivit dem."""

    id: UUID
    item: tuple[UUID, int]
    reason: ObjectionReason
    text: str
    made_by: str
    at: datetime
    escalation: ItemEscalated | None


def of_lists(lists: Mapping[UUID, str], board: Board) -> dict[tuple[UUID, int], ItemObjected]:
    """Return the objections by list and item: the host reads everybody's, a party its own.

    :param lists: the municipality code of each list
    """
    codes = set(lists.values())
    made = [
        it
        for schema, code in board.codes.items()
        if code in codes and (board.is_hosted_here or schema == acting_for())
        for it in _made_by(schema, lists)
    ]
    asked = [it.id for it in made]
    with books_of(board.host):
        answers, decisions = _answers(asked), _decisions(asked)
    return {
        it.item: ItemObjected(
            it.id, it.reason, it.text, it.made_by, it.at,
            answers.get(it.id), it.escalation, decisions.get(it.id),
        )
        for it in made
    }  # fmt: skip


def _made_by(schema: str, lists: Mapping[UUID, str]) -> list[_Made]:
    with books_of(schema):
        rows = list(
            LiabilityObjection.objects.filter(liability_list__in=list(lists)).values_list(
                "id", "liability_list", "item", "reason", "text", "made_by", "at"
            )
        )
        escalated = {
            it[0]: ItemEscalated(*it[1:])
            for it in LiabilityEscalation.objects.filter(
                objection__in=[row[0] for row in rows]
            ).values_list("objection", "text", "made_by", "at")
        }
    return [
        _Made(pk, (list_id, item), ObjectionReason(reason), text, made_by, at, escalated.get(pk))
        for pk, list_id, item, reason, text, made_by, at in rows
    ]


def _answers(objections: list[UUID]) -> dict[UUID, ItemAnswered]:
    rows = LiabilityReply.objects.filter(objection__in=objections).values_list(
        "objection", "verdict", "days", "text", "made_by", "at"
    )
    return {it[0]: ItemAnswered(Verdict(it[1]), *it[2:]) for it in rows}


def _decisions(objections: list[UUID]) -> dict[UUID, ItemDecided]:
    rows = LiabilityDecision.objects.filter(objection__in=objections).values_list(
        "objection", "days", "on", "text", "made_by", "at"
    )
    return {it[0]: ItemDecided(*it[1:]) for it in rows}
