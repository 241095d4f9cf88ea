"""Utkast: what somebody types is kept every few seconds, and what a locked screen was sent.

A draft is of one person, one assignment and one form, and shown to nobody else. It may hold what
is typed of a patient, so it lies in the huvudman's schema like the case itself, and is removed when
the form has been taken, or after a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from care.identity.actors import Actor
from care.identity.models import Draft
from care.identity.queries import NoAssignment

KEPT = timedelta(days=7)
LONGEST = 60_000  # characters of all its fields: a long plan, and no file
LONGEST_PATH = 300
# A token of the page is of no use in another; of the assignment a draft has its own column.
NOT_KEPT = frozenset({"csrfmiddlewaretoken"})
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """Utkast, as it is shown: the form that it is for, and what stands in it."""

    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    written_at: datetime


def keep_typed(*, actor: Actor, path: str, page: str, fields: Fields) -> bool:
    """Keep what has been typed so far; return whether it was kept. What was sent stays."""
    wanted, path, page = _wanted(fields), _plain(path), _plain(page)
    if not _fits(path, wanted) or len(page) > LONGEST_PATH:
        return False
    known = _of(actor.staff_id, actor.assignment_id, path)
    if known.filter(was_sent=True).exists():
        return True
    _write(actor.staff_id, actor.assignment_id, path, page, wanted, was_sent=False)
    return True


def keep_sent(*, staff_id: UUID, assignment_id: UUID, path: str, fields: Fields) -> bool:
    """Keep a form that was sent and not taken; return whether it was kept."""
    wanted = _wanted(fields)
    if not _fits(path, wanted):
        return False
    _write(staff_id, assignment_id, path, path, wanted, was_sent=True)
    return True


def typed(*, actor: Actor, path: str) -> Kept | None:
    """Return what the actor has typed in a form, in this assignment."""
    row = _of(actor.staff_id, actor.assignment_id, path).filter(was_sent=False).first()
    return _kept(row) if row else None


def sent(*, actor: Actor) -> tuple[Kept, ...]:
    """Return what the actor has sent in this assignment and nobody has taken, the newest first."""
    rows = Draft.objects.filter(
        staff_id=actor.staff_id, assignment_id=actor.assignment_id, was_sent=True
    )
    return tuple(map(_kept, rows.order_by("-written_at", "path")))


def were_sent(*, who: Actor | NoAssignment) -> bool:
    """Tell whether something that was sent waits to be sent again."""
    if who.assignment_id is None:
        return False
    rows = Draft.objects.filter(staff_id=who.staff_id, assignment_id=who.assignment_id)
    return rows.filter(was_sent=True).exists()


def forget_one(*, staff_id: UUID, assignment_id: UUID, path: str) -> None:
    """Remove a draft: its form has been taken, or the person wants it away."""
    _of(staff_id, assignment_id, path).delete()


def forget() -> int:
    """Remove what nobody has come back to for a week; return how many there were."""
    removed, _ = Draft.objects.filter(written_at__lt=Now() - KEPT).delete()
    return removed


def _of(staff_id: UUID, assignment_id: UUID, path: str) -> "QuerySet[Draft]":
    return Draft.objects.filter(staff_id=staff_id, assignment_id=assignment_id, path=path)


def _write(
    staff_id: UUID, assignment_id: UUID, path: str, page: str, fields: Fields, *, was_sent: bool
) -> None:
    Draft.objects.update_or_create(
        staff_id=staff_id,
        assignment_id=assignment_id,
        path=path,
        defaults={
            "page": page,
            "fields": [list(it) for it in fields],
            "was_sent": was_sent,
            "written_at": Now(),
        },
    )


def _kept(row: Draft) -> Kept:
    fields = tuple((str(name), str(value)) for name, value in row.fields)
    return Kept(row.path, row.page, fields, row.written_at)


def _wanted(fields: Fields) -> Fields:
    # PostgreSQL keeps no NUL, in text or in JSON; nobody types one.
    return [(_plain(name), _plain(it)) for name, it in fields if name not in NOT_KEPT]


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _fits(path: str, fields: Fields) -> bool:
    return len(path) <= LONGEST_PATH and sum(len(it[0]) + len(it[1]) for it in fields) <= LONGEST
