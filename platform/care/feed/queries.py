"""What has happened in the cases of a unit, oldest first, page by page: thin, and complete.

An event tells that something was done, in which case and by which unit. What it was about is asked
for by its ids, at the doors that judge it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases import happened
from care.cases.happened import LARGEST, Position
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.sharing import access, protected

PAGE = 100
MOST = 500


class BadCursor(Exception):
    """It is none that we have handed out."""


@dataclass(frozen=True)
class Happening:
    """Händelse, as a subscriber is told of it: no name, no number, nothing of its content."""

    event_id: int
    type: str  # the act
    case_id: UUID
    message_id: UUID | None
    unit_id: str  # that acted; empty: the system
    at: datetime  # when it was true
    recorded_at: datetime  # when this huvudman learnt it


@dataclass(frozen=True)
class Page:
    """Sida of the feed. It may be empty although there is more: ask on from the cursor."""

    events: tuple[Happening, ...]
    cursor: str
    has_more: bool


def events(*, actor: Actor, after: str = "", limit: int = PAGE, at: datetime) -> Page:
    """Return what has happened since a cursor in the cases of the actor's unit; it is logged.

    :param after: the cursor of an earlier page; empty: from the beginning
    :param limit: at most so many, and never more than MOST
    :raises access.NotAllowed: if the role reads neither cases nor the inbox
    :raises BadCursor: if the cursor is none of ours
    """
    refuse_unless_reader(actor)
    position = read_cursor(after)
    with transaction.atomic():
        stretch = told_since(position, actor=actor, limit=limit, at=at)
    found = tuple(
        Happening(
            it.position.number, it.act, it.case_id, it.message_id, it.unit_id, it.at, it.recorded_at
        )
        for it in stretch.rows
    )
    return Page(found, write_cursor(stretch.until), stretch.has_more)


def told_since(position: Position, *, actor: Actor, limit: int, at: datetime) -> happened.Stretch:
    """Return a part of the log of acts as the actor may be told of it; what is told is logged."""
    hidden = protected.hidden_cases(actor=actor, at=at)
    stretch = happened.since(
        position,
        unit_id=actor.unit_id,
        branch=actor.branch,
        hidden=hidden,
        limit=max(1, min(limit, MOST)),
    )
    if stretch.rows:
        common_ids = dict.fromkeys(it.common_id for it in stretch.rows)
        access.log(actor=actor, owner=actor.tenant, activity="list", common_ids=common_ids,
                   rows=len(stretch.rows), at=at)  # fmt: skip
    return stretch


def refuse_unless_reader(actor: Actor) -> None:
    """Let only a role through that reads cases or the inbox.

    :raises access.NotAllowed: otherwise
    """
    if not actor.may(Permission.READ_INBOX):
        access.refuse_unless(actor, Permission.READ_CASE)


def write_cursor(position: Position) -> str:
    """Return a position as those outside keep it."""
    told = f"{position.transaction}.{position.number}"
    return urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """Return the position of a cursor; empty: the beginning.

    :raises BadCursor: if it is none of ours
    """
    if not cursor:
        return Position()
    try:
        told = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        transaction_, number = (int(it) for it in told.split("."))
    except ValueError:
        raise BadCursor from None
    position = Position(transaction_, number)
    if not (0 <= transaction_ <= LARGEST and 0 <= number <= LARGEST):
        raise BadCursor
    if write_cursor(position) != cursor:
        raise BadCursor
    return position
