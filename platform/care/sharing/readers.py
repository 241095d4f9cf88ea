"""The list of a protected case at a unit: who is on it, put on it, taken off it, and why they read.

Raised by all: access.NotVisible (also to whoever is not on the list), access.NotAllowed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from care.cases import operations as cases
from care.cases.operations import Doer
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.individuals.models import Individual
from care.sharing import access, protected
from care.sharing.access import Case
from care.sharing.models import NamedReader, StatedReason
from care.sharing.protected import MOST as MOST
from care.sharing.protected import Listed, Worker


class NotProtected(Exception):
    """The person has no protected identity, so the case has no list."""


class ListIsFull(Exception):
    """As many are on the unit's list as may be."""


class LastReader(Exception):
    """Nobody would be left on the unit's list, and its messages would be visible to nobody."""


class NoSuchReader(Exception):
    """Nobody such works at the unit, or is on its list."""


class NamesThePerson(Exception):
    """A reason is read by log reviewers, and must not tell who the person is."""


@dataclass(frozen=True)
class Readers:
    """Listan: who at the unit may know of the case, and who else there could be put on it."""

    case_id: UUID
    unit_name: str
    listed: tuple[Listed, ...]
    others: tuple[Worker, ...]
    may_name: bool

    @property
    def is_full(self) -> bool:
        """Tell whether nobody more can be put on it."""
        return len(self.listed) >= MOST


def readers(*, actor: Actor, case_id: UUID, at: datetime) -> Readers:
    """Return the list of a case at the actor's unit; the read is logged.

    :raises NotProtected: if the case has none
    :raises access.ReasonNeeded: if the actor has not said why
    """
    with transaction.atomic():
        case = access.case_for_reading(actor=actor, case_id=case_id, at=at)
        _refuse_unprotected(case)
        listed = _listed(case, actor, at)
        on_it = {it.staff_id for it in listed}
        others = {it.staff_id: it for it in protected.workers(actor=actor, at=at)}
        return Readers(
            case_id=case.pk,
            unit_name=actor.unit_name,
            listed=listed,
            others=tuple(it for it in others.values() if it.staff_id not in on_it),
            may_name=actor.may(Permission.ADD_READER),
        )


@transaction.atomic
def add_reader(*, actor: Actor, case_id: UUID, staff_id: UUID, at: datetime) -> None:
    """Put somebody at the actor's unit on its list of a case; who is on it already stays so.

    :raises NotProtected: if the case has no list
    :raises NoSuchReader: if nobody such reads cases at the unit
    :raises ListIsFull: if twelve are on it
    """
    case = _for_naming(actor, case_id, Permission.ADD_READER, at)
    listed = _listed(case, actor, at)
    if any(it.staff_id == staff_id for it in listed):
        return
    here = protected.workers(actor=actor, at=at)
    worker = next((it for it in here if it.staff_id == staff_id), None)
    if worker is None:
        raise NoSuchReader
    if len(listed) >= MOST:
        raise ListIsFull
    _write_down(case, listed, actor, at)
    _name(case, worker.staff_id, worker.name, worker.title, actor, at)
    _record(case, worker.name, worker.title, act="add_reader", actor=actor, at=at)


@transaction.atomic
def remove_reader(*, actor: Actor, case_id: UUID, staff_id: UUID, at: datetime) -> None:
    """Take somebody off the unit's list of a case; at least one stays.

    :raises NotProtected: if the case has no list
    :raises NoSuchReader: if nobody such is on it
    :raises LastReader: if nobody else is
    """
    case = _for_naming(actor, case_id, Permission.REMOVE_READER, at)
    listed = _listed(case, actor, at)
    leaving = next((it for it in listed if it.staff_id == staff_id), None)
    if leaving is None:
        raise NoSuchReader
    if len(listed) == 1:
        raise LastReader
    _write_down(case, listed, actor, at)
    _named(case, actor).filter(staff_id=staff_id).update(removed_at=at, removed_by=actor.name)
    _record(case, leaving.name, leaving.title, act="remove_reader", actor=actor, at=at)


def begin_list(case: Case, *, actor: Actor, at: datetime) -> None:
    """Let the unit's list of a case begin with whoever has marked the person, beside its own."""
    listed = _listed(case, actor, at)
    if all(it.staff_id != actor.staff_id for it in listed):
        _write_down(case, listed[: MOST - 1], actor, at)
        _name(case, actor.staff_id, actor.name, actor.title, actor, at)


def end_lists(individual: Individual, *, actor: Actor, at: datetime) -> None:
    """End every list here of the cases of a person who is protected no more."""
    cases_of = individual.cases.values("common_id")
    NamedReader.objects.filter(common_id__in=cases_of, removed_at=None).update(
        removed_at=at, removed_by=actor.name
    )


@transaction.atomic
def state_reason(*, actor: Actor, case_id: UUID, text: str, at: datetime) -> None:
    """Say why one opens the case of somebody with protected identity; it stands for half an hour.

    It is kept with every read that follows (`AccessLog.reason_text`).

    :raises NamesThePerson: if the text has the person's name or number in it
    """
    case = access.case_judged(actor=actor, case_id=case_id, permission=Permission.READ_CASE, at=at)
    if _tells_of(case.individual, text):
        raise NamesThePerson
    StatedReason.objects.create(
        common_id=case.common_id, assignment_id=actor.assignment_id, text=text, at=at
    )


def _for_naming(actor: Actor, case_id: UUID, permission: Permission, at: datetime) -> Case:
    case = access.case_for_writing(actor=actor, case_id=case_id, permission=permission, at=at)
    _refuse_unprotected(case)
    return case


def _refuse_unprotected(case: Case) -> None:
    if not case.individual.protection:
        raise NotProtected


def _listed(case: Case, actor: Actor, at: datetime) -> tuple[Listed, ...]:
    return protected.lists([case.common_id], actor=actor, at=at)[case.common_id]


def _write_down(case: Case, listed: Sequence[Listed], actor: Actor, at: datetime) -> None:
    """Name those on a list that is as it began, so that a change takes nobody else off it."""
    for it in listed:
        if it.added_at is None:
            _name(case, it.staff_id, it.name, it.title, actor, at)


def _name(case: Case, staff_id: UUID, name: str, title: str, actor: Actor, at: datetime) -> None:
    NamedReader.objects.create(
        common_id=case.common_id,
        unit_id=actor.unit_id,
        staff_id=staff_id,
        staff_name=name,
        title=title,
        added_at=at,
        added_by=actor.name,
    )


def _named(case: Case, actor: Actor) -> "QuerySet[NamedReader]":
    return NamedReader.objects.filter(
        common_id=case.common_id, unit_id=actor.unit_id, removed_at=None
    )


def _record(case: Case, name: str, title: str, *, act: str, actor: Actor, at: datetime) -> None:
    body = {"name": name, "title": title}
    cases.record(case, act=act, by=Doer.from_actor(actor), at=at, body=body)


def _tells_of(individual: Individual, text: str) -> bool:
    """Tell whether a text has a name or number of the person in it, however it is written."""
    words = set(re.findall(r"\w+", text.casefold()))
    names = re.findall(r"\w+", f"{individual.given_name} {individual.family_name}".casefold())
    digits = re.sub(r"\D", "", text)
    return bool(words.intersection(names)) or individual.number[2:] in digits
