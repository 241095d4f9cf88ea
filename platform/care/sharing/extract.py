"""Loggutdrag (PDL 8 kap. 5 §): who has taken part of what is kept about one person, and when.

Our own log, and what the logs of the others say of our rows. An entry names the unit, the time and
what was done, so that the person can judge; nothing of any other person comes along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from care.cases.models import Case
from care.identity.actors import Actor
from care.individuals.models import Identity
from care.sharing import access
from care.sharing.models import AccessLog, KeptAccess
from tenants.context import acting_for
from tenants.registry import kin_names
from tenants.window import looking_into


@dataclass(frozen=True)
class Access:
    """En åtkomst: one entry of a log about one person."""

    reader: str  # schema of the huvudman that read
    number: int  # of the entry in its log
    at: datetime
    owner: str  # whose rows
    owner_provider: str
    reader_provider: str
    unit_id: str
    unit_name: str
    title: str
    staff_hsa_id: str
    activity: str
    purpose: str
    channel: str
    decision: str
    system: str


@dataclass(frozen=True)
class Extract:
    """Everything that is logged here about one person."""

    number: str  # the identity that was asked for
    kind: str  # of number
    huvudman: str
    at: datetime
    accesses: tuple[Access, ...]  # the newest first


# In the order of Access, after the reader.
FIELDS = (
    "id", "at", "owner", "owner_provider", "staff_provider", "unit_id", "unit_name", "title",
    "staff_hsa_id", "activity", "purpose", "channel", "decision", "system",
)  # fmt: skip


def of(*, actor: Actor, number: str, reason: str, at: datetime) -> Extract:
    """Return everything that is logged about a person; that it was taken out is logged too.

    Whoever calls it has judged that the actor may.

    :param number: any identity that the person has here, twelve characters
    :param reason: why it is taken out, which the log keeps
    """
    with transaction.atomic(savepoint=False):
        of_person = Case.objects.filter(individual__identities__value=number)
        cases = list(of_person.order_by("common_id").values_list("common_id", flat=True).distinct())
        found = list(_all(cases)) if cases else []
        access.log(actor=actor, owner=actor.tenant, activity="extract", common_ids=cases,
                   rows=len(found), at=at, reason_text=reason)  # fmt: skip
        kinds = Identity.objects.filter(value=number).values_list("kind", flat=True)
        kind = kinds.first() or Identity.Kind.PERSONNUMMER
    found.sort(key=lambda it: (it.at, it.reader, it.number), reverse=True)
    return Extract(number, kind, actor.tenant, at, tuple(found))


def _all(cases: Sequence[UUID]) -> Iterator[Access]:
    here = acting_for()
    yield from _rows(here, cases)
    for other in kin_names():
        if other != here:
            with looking_into(other):  # the policy opens what is about our rows, and no more
                found = list(_rows(other, cases))
            yield from found
    yield from _kept(cases)


def _rows(reader: str, cases: Sequence[UUID]) -> Iterator[Access]:
    rows: QuerySet[AccessLog] = AccessLog.objects.filter(_about("common_ids", cases))
    return (Access(reader, *it) for it in rows.order_by("id").values_list(*FIELDS))


def _kept(cases: Sequence[UUID]) -> Iterator[Access]:
    """Yield what is kept of the logs of those who have left."""
    rows = KeptAccess.objects.filter(_about("entry__common_ids", cases)).order_by("id")
    for reader, number, at, entry in rows.values_list("reader", "number", "at", "entry"):
        # What was kept before a column came does not have it.
        told: list[Any] = [entry.get(it) or "" for it in FIELDS[2:]]
        yield Access(reader, number, at, *told)


def _about(column: str, cases: Sequence[UUID]) -> Q:
    return reduce(or_, (Q(**{f"{column}__contains": [str(it)]}) for it in cases))
