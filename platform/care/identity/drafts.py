"""Utkast: what somebody types is kept every few seconds, and what a locked screen was sent.

Of what is typed in a form there is one draft; of what was sent, one for each time.

A draft is of one person, one assignment and one form, and shown to nobody else. It may hold what
is typed of a patient, so it lies in the huvudman's schema like the case itself, and is removed when
the form has been taken, or after a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from care.identity.actors import Actor
from care.identity.models import Draft

KEPT = timedelta(days=7)
LONGEST = 60_000  # characters of all its fields: a long plan, and no file
LONGEST_PATH = 300
LONGEST_HEADING = 200
MOST_SENT = 20  # of a person in an assignment: a locked screen is sent a few, and no flood
KEY = "idempotency_key"  # a form has the same one when it is sent again
# A token of the page is of no use in another; of the assignment a draft has its own column.
NOT_KEPT = frozenset({"csrfmiddlewaretoken"})
Fields = Sequence[tuple[str, str]]


class Word(NamedTuple):
    """What the page called a field, and what a value that was chosen there stands for."""

    name: str
    value: str
    label: str  # empty: the field is hidden
    text: str


@dataclass(frozen=True)
class Kept:
    """Utkast, as it is shown: the form that it is for, and what stands in it."""

    key: int
    path: str
    page: str
    heading: str
    fields: tuple[tuple[str, str], ...]
    words: tuple[Word, ...]
    written_at: datetime


def keep_typed(
    *,
    actor: Actor,
    path: str,
    page: str,
    heading: str = "",
    fields: Fields,
    words: Sequence[Word] = (),
) -> bool:
    """Keep what has been typed so far; return whether it was kept. What was sent stays beside it.

    :param words: what the page calls each field; more of them than a draft may hold are left out
    """
    wanted, path, page = _wanted(fields), _plain(path), _plain(page)
    if not _fits(path, wanted) or len(page) > LONGEST_PATH:
        return False
    called = [Word(*map(_plain, it)) for it in words]
    if sum(len(text) for it in called for text in it) > LONGEST:
        called = []
    Draft.objects.update_or_create(
        staff_id=actor.staff_id,
        assignment_id=actor.assignment_id,
        path=path,
        was_sent=False,
        defaults={
            "page": page,
            "heading": _plain(heading)[:LONGEST_HEADING],
            "fields": [list(it) for it in wanted],
            "words": [list(it) for it in called],
            "written_at": Now(),
        },
    )
    return True


def keep_sent(*, staff_id: UUID, assignment_id: UUID, path: str, page: str, fields: Fields) -> bool:
    """Keep a form that was sent and not taken; return whether it was kept.

    It takes nothing's place: what was sent before waits too, and the same form once. What its page
    is called is known from what was typed there.
    """
    wanted = [list(it) for it in _wanted(fields)]
    if not _fits(path, _wanted(fields)):
        return False
    waiting = _sent(staff_id, assignment_id)
    if waiting.filter(path=path, fields=wanted).exists():
        return True
    if waiting.count() >= MOST_SENT:
        return False
    typed = _of(staff_id, assignment_id, path).filter(was_sent=False).first()
    Draft.objects.create(
        staff_id=staff_id,
        assignment_id=assignment_id,
        path=path,
        page=typed.page if typed else page[:LONGEST_PATH],
        heading=typed.heading if typed else "",
        fields=wanted,
        words=typed.words if typed else [],
        was_sent=True,
    )
    return True


def typed(*, actor: Actor, path: str) -> Kept | None:
    """Return what the actor has typed in a form, in this assignment."""
    row = _of(actor.staff_id, actor.assignment_id, path).filter(was_sent=False).first()
    return _kept(row) if row else None


def sent(*, actor: Actor) -> tuple[Kept, ...]:
    """Return what the actor has sent in this assignment and nobody has taken, the newest first."""
    rows = _sent(actor.staff_id, actor.assignment_id)
    return tuple(map(_kept, rows.order_by("-written_at", "path")))


def were_sent(*, staff_id: UUID, assignment_id: UUID | None) -> bool:
    """Tell whether something that was sent in an assignment waits to be sent again."""
    return assignment_id is not None and _sent(staff_id, assignment_id).exists()


def forget_typed(*, actor: Actor, path: str) -> None:
    """Remove what the actor has typed in a form."""
    _of(actor.staff_id, actor.assignment_id, path).filter(was_sent=False).delete()


def forget_sent(*, actor: Actor, key: int) -> None:
    """Remove something that the actor has sent and wants away."""
    _sent(actor.staff_id, actor.assignment_id).filter(pk=key).delete()


def forget_taken(*, actor: Actor, path: str, fields: Fields) -> None:
    """Remove the drafts of a form that has been taken: what was typed, and what was this sending.

    Another sending to the same address waits on: it may be about somebody else.
    """
    wanted = [list(it) for it in _wanted(fields)]
    sending = Q(fields=wanted)
    for name, value in wanted:
        if name == KEY:
            sending |= Q(fields__contains=[[name, value]])
    theirs = _of(actor.staff_id, actor.assignment_id, path)
    theirs.filter(Q(was_sent=False) | sending).delete()


def forget() -> int:
    """Remove what nobody has come back to for a week; return how many there were."""
    removed, _ = Draft.objects.filter(written_at__lt=Now() - KEPT).delete()
    return removed


def _of(staff_id: UUID, assignment_id: UUID, path: str) -> "QuerySet[Draft]":
    return Draft.objects.filter(staff_id=staff_id, assignment_id=assignment_id, path=path)


def _sent(staff_id: UUID, assignment_id: UUID) -> "QuerySet[Draft]":
    return Draft.objects.filter(staff_id=staff_id, assignment_id=assignment_id, was_sent=True)


def _kept(row: Draft) -> Kept:
    fields = tuple((str(name), str(value)) for name, value in row.fields)
    words = tuple(Word(*it) for it in row.words)
    return Kept(row.pk, row.path, row.page, row.heading, fields, words, row.written_at)


def _wanted(fields: Fields) -> Fields:
    # PostgreSQL keeps no NUL, in text or in JSON; nobody types one.
    return [(_plain(name), _plain(it)) for name, it in fields if name not in NOT_KEPT]


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _fits(path: str, fields: Fields) -> bool:
    return len(path) <= LONGEST_PATH and sum(len(it[0]) + len(it[1]) for it in fields) <= LONGEST
