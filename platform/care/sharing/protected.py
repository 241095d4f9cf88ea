"""Protected identity: who at a unit may know of the case, and why each of them opens it.

Each unit that takes part has a list of its own, of those it has named. Where it has named nobody,
or nobody of them works there any more, the list is as it begins, so that no message is visible to
nobody: whoever opened the case; else those who share out the unit's messages; else those who
acknowledge them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from care.cases.models import Case, Event, Participation
from care.identity import queries as identity
from care.identity.actors import Actor
from care.identity.permissions import ROLES, Permission, Role
from care.individuals.models import Individual
from care.law.discharge import Act
from care.sharing.models import NamedReader, StatedReason

MOST = 12  # persons on a unit's list
OPENED_FOR = timedelta(minutes=30)  # how long a stated reason stands
# Whose list it is where nobody has been named, the first of whom there is anybody.
BEGINS = (Permission.ASSIGN_MESSAGE, Permission.ACKNOWLEDGE_MESSAGE, Permission.READ_CASE)


@dataclass(frozen=True)
class Worker:
    """Somebody in an assignment at the unit now."""

    staff_id: UUID
    name: str
    title: str
    role: Role
    assignment_id: UUID

    def may(self, permission: Permission) -> bool:
        """Tell whether the role carries a right."""
        return permission in ROLES[self.role]


@dataclass(frozen=True)
class Listed:
    """Somebody on the list of a case at a unit; by nobody: the list is as it begins."""

    staff_id: UUID
    name: str
    title: str
    added_by: str = ""
    added_at: datetime | None = None


def is_on_list(common_id: UUID, *, actor: Actor, at: datetime) -> bool:
    """Tell whether somebody may know of the case of a person with protected identity."""
    return _stands(lists([common_id], actor=actor, at=at)[common_id], actor)


def hidden_cases(*, actor: Actor, at: datetime) -> frozenset[UUID]:
    """Return the cases at the actor's unit of which the actor may not know, by our own ids.

    One question where nobody at the unit is protected, which is nearly always.
    """
    of_unit = Case.objects.filter(
        participations__unit=actor.unit_id, participations__until_at=None
    ).exclude(individual__protection="")
    found = dict(of_unit.values_list("common_id", "pk"))
    if not found:
        return frozenset()
    known = lists(list(found), actor=actor, at=at)
    return frozenset(pk for it, pk in found.items() if not _stands(known[it], actor))


def unknown_cases(individual: Individual, *, actor: Actor, at: datetime) -> frozenset[UUID]:
    """Return the open cases of a protected person of which the actor may not know, by our ids."""
    if not individual.protection:
        return frozenset()
    part = Participation.objects.filter(case=OuterRef("pk"), unit=actor.unit_id, until_at=None)
    found = Case.objects.filter(individual=individual, is_open=True).annotate(is_ours=Exists(part))
    rows = list(found.values_list("common_id", "pk", "is_ours"))
    known = lists([it for it, _, is_ours in rows if is_ours], actor=actor, at=at)
    return frozenset(pk for it, pk, _ in rows if not _stands(known.get(it, ()), actor))


def lists(
    common_ids: Collection[UUID], *, actor: Actor, at: datetime
) -> Mapping[UUID, tuple[Listed, ...]]:
    """Return who is on the list of each of some cases at the actor's unit, in three questions."""
    here = workers(actor=actor, at=at)
    at_work = {it.staff_id for it in here}
    named: dict[UUID, list[Listed]] = defaultdict(list)
    rows = NamedReader.objects.filter(
        common_id__in=common_ids, unit_id=actor.unit_id, staff_id__in=at_work, removed_at=None
    ).order_by("added_at", "id")
    for row in rows:
        told = Listed(row.staff_id, row.staff_name, row.title, row.added_by, row.added_at)
        named[row.common_id].append(told)
    openers = _openers([it for it in common_ids if it not in named], here)
    return {it: tuple(named.get(it) or _begun(openers.get(it), here)) for it in common_ids}


def workers(*, actor: Actor, at: datetime) -> Sequence[Worker]:
    """Return everybody at the actor's unit who reads cases in an assignment that holds now."""
    held = identity.assignments_of_unit(unit_id=actor.unit_id, at=at)
    here = [Worker(it.staff_id, it.name, it.title, it.role, it.assignment_id) for it in held]
    if all(it.assignment_id != actor.assignment_id for it in here):
        # Whoever acts has been let in; the directory was asked at the request.
        me = actor.staff_id, actor.name, actor.title, actor.role, actor.assignment_id
        here.append(Worker(*me))
    return [it for it in here if it.may(Permission.READ_CASE)]


def stated(common_id: UUID, *, assignment_id: UUID, at: datetime) -> str:
    """Return the reason that stands for opening a case in an assignment; empty: none does."""
    rows = StatedReason.objects.filter(
        common_id=common_id, assignment_id=assignment_id, at__gt=at - OPENED_FOR, at__lte=at
    )
    return rows.order_by("-at", "-id").values_list("text", flat=True).first() or ""


def _stands(listed: Collection[Listed], actor: Actor) -> bool:
    return any(it.staff_id == actor.staff_id for it in listed)


def _openers(common_ids: Collection[UUID], here: Sequence[Worker]) -> Mapping[UUID, Worker]:
    """Return who opened each case, of those who work at the unit."""
    by_assignment = {it.assignment_id: it for it in here}
    rows = Event.objects.filter(
        common_id__in=common_ids, act=Act.OPEN_CASE, assignment_id__in=list(by_assignment)
    )
    told = rows.values_list("common_id", "assignment_id")
    return {it: by_assignment[who] for it, who in told if who in by_assignment}


def _begun(opener: Worker | None, here: Sequence[Worker]) -> Sequence[Listed]:
    if opener:
        return [Listed(opener.staff_id, opener.name, opener.title)]
    for permission in BEGINS:
        found = {it.staff_id: Listed(it.staff_id, it.name, it.title)
                 for it in here if it.may(permission)}  # fmt: skip
        if found:
            return list(found.values())[:MOST]
    return ()
