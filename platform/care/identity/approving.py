"""Lokala uppdrag: one person asks, another approves or refuses (security document 4.1).

Until a huvudman has started, its only administrator gives the first assignments alone: nobody else
is there yet, and no real patient either. As soon as somebody else may approve, and from the start
on in any case, it takes two, and nobody approves what they have asked for, or what is for
themselves. At a training huvudman one is enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from care.identity import entries, operations, queries
from care.identity.actors import Actor
from care.identity.entries import AssignmentEntry, BadEntry
from care.identity.models import (
    Assignment,
    AssignmentDecision,
    AssignmentRequest,
    DirectoryEvent,
    Staff,
)
from care.identity.operations import NotAdministrator
from care.identity.permissions import Permission, Role
from care.identity.queries import Held, held_locally
from tenants import progress
from tenants.apart import is_training
from tenants.context import acting_for
from tenants.models import Unit
from tenants.onboarding import State, Step

SOON = timedelta(days=60)  # so long before its end an assignment is reminded of
REMEMBERED = 20  # decisions that are told on the page
What = DirectoryEvent.What


class NoSuchRequest(Exception):
    """No such request waits at this huvudman."""


class AlreadyDecided(Exception):
    """Somebody has decided about the request meanwhile."""


class OwnRequest(NotAdministrator):
    """Who has asked, or whom it is for, does not decide."""


@dataclass(frozen=True)
class Request:
    """Begäran, as it is listed, with what became of it."""

    id: UUID
    hsa_id: str
    name: str
    unit_name: str
    role: Role
    title: str
    valid_from: datetime
    valid_until: datetime
    asked_by: str
    asked_at: datetime
    is_approved: bool | None
    reason: str
    decided_by: str
    decided_at: datetime | None
    is_own: bool  # the one who reads has asked, or it is for that one


def is_alone_enough(*, actor: Actor, at: datetime) -> bool:
    """Tell whether an administrator gives assignments alone here.

    So it is while nobody else holds a role that may approve and the start has not been told.
    """
    here = acting_for()
    if is_training(here):
        return True
    if any(it.staff_id != actor.staff_id for it in queries.approvers(at=at)):
        return False
    try:
        history = progress.standing(here).history
    except progress.NotOpened:
        return False
    return not any(it.entry.step is Step.START and it.entry.state is State.DONE for it in history)


def ask(*, actor: Actor, entry: AssignmentEntry, at: datetime) -> bool:
    """Ask for a local assignment, or for a later end of one; return whether it was given at once.

    :raises NotAdministrator: if the actor may not
    :raises BadEntry: if a field is wrong, or the person holds it as long already
    """
    operations.refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    whole = entries.limited(entry)
    with transaction.atomic():
        entries.check_assignment(whole, own=operations.own_units())
        _refuse_held(whole, at=at)
        if is_alone_enough(actor=actor, at=at):
            _give(whole, actor=actor, at=at)
            return True
        _refuse_asked(whole)
        write_requests([whole], actor=actor, at=at)
    return False


def write_requests(asked: Iterable[AssignmentEntry], *, actor: Actor, at: datetime) -> None:
    """Write requests that have been checked, in the caller's transaction."""
    wanted = list(asked)
    names = dict(
        Unit.objects.filter(pk__in={it.unit_id for it in wanted}).values_list("hsa_id", "name")
    )
    AssignmentRequest.objects.bulk_create(
        [
            AssignmentRequest(
                id=uuid4(),
                hsa_id=it.hsa_id,
                name=it.name,
                unit_id=it.unit_id,
                unit_name=names[it.unit_id],
                role=it.role,
                title=it.title,
                valid_from=it.valid_from,
                valid_until=it.valid_until or entries.latest_end(it.valid_from),
                staff_id=actor.staff_id,
                staff_name=actor.name,
                asked_at=at,
            )
            for it in wanted
        ],
        batch_size=1000,
    )


def waiting_keys() -> frozenset[tuple[str, str, str]]:
    """Return person, unit and role of what nobody has decided yet."""
    rows = AssignmentRequest.objects.filter(decision=None)
    return frozenset(rows.values_list("hsa_id", "unit_id", "role"))


def asked_before(name: str) -> str:
    """Return why the same is not asked for twice."""
    return f"Uppdraget är redan begärt för {name} och väntar på att någon annan godkänner det."


def approve(*, actor: Actor, request_id: UUID, at: datetime) -> None:
    """Godkänn: the assignment is given, or lasts longer, from now on.

    :raises NotAdministrator: if the actor may not, has asked, or is the one whom it is for
    :raises NoSuchRequest: if there is none
    :raises AlreadyDecided: if somebody has decided meanwhile
    :raises BadEntry: if it cannot be given any more; the request can be refused
    """
    with transaction.atomic():
        row = _waiting(actor, request_id)
        entry = AssignmentEntry(
            hsa_id=row.hsa_id,
            name=row.name,
            unit_id=row.unit_id,
            role=row.role,
            title=row.title,
            valid_from=max(row.valid_from, at),
            valid_until=row.valid_until,
        )
        entries.check_assignment(entry, own=operations.own_units())
        _refuse_held(entry, at=at)
        _decide(row, actor=actor, is_approved=True, reason="", at=at)
        _give(entry, actor=actor, at=at, asked_by=row.staff_name)


def refuse(*, actor: Actor, request_id: UUID, reason: str, at: datetime) -> None:
    """Avslå, with the reason that whoever asked reads.

    :raises NotAdministrator: if the actor may not, has asked, or is the one whom it is for
    :raises NoSuchRequest: if there is none
    :raises AlreadyDecided: if somebody has decided meanwhile
    :raises BadEntry: if there is no reason
    """
    if not reason.strip():
        raise BadEntry("reason", "Skriv varför uppdraget inte ges.")
    with transaction.atomic():
        row = _waiting(actor, request_id)
        _decide(row, actor=actor, is_approved=False, reason=reason.strip(), at=at)


def waiting(*, actor: Actor) -> tuple[Request, ...]:
    """Return what nobody has decided yet, the oldest first."""
    rows = AssignmentRequest.objects.filter(decision=None).order_by("asked_at", "id")
    return _shown(rows, actor)


def asked(*, actor: Actor, request_id: UUID) -> Request:
    """Return a request that the actor may decide about now.

    :raises NotAdministrator: if the actor may not, has asked, or is the one whom it is for
    :raises NoSuchRequest: if there is none
    :raises AlreadyDecided: if somebody has decided meanwhile
    """
    return _request(_waiting(actor, request_id), None, actor, _hsa_id_of(actor))


def decided(*, actor: Actor) -> tuple[Request, ...]:
    """Return the last decisions, the newest first."""
    rows = AssignmentRequest.objects.exclude(decision=None).order_by("-decision__at", "id")
    return _shown(rows[:REMEMBERED], actor)


def ending(*, at: datetime) -> tuple[Held, ...]:
    """Return the local assignments that end soon, the soonest first, and those without an end."""
    held = held_locally(at=at)
    soon = [it for it in held if it.valid_until and it.valid_until <= at + SOON]
    endless = [it for it in held if it.valid_until is None]
    return (*sorted(soon, key=lambda it: it.valid_until or at), *endless)


def _waiting(actor: Actor, request_id: UUID) -> AssignmentRequest:
    operations.refuse_unless_administrator(actor, Permission.APPROVE_ASSIGNMENT)
    row = AssignmentRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise NoSuchRequest
    if AssignmentDecision.objects.filter(pk=request_id).exists():
        raise AlreadyDecided
    if _is_own(actor, row.staff_id, row.hsa_id, _hsa_id_of(actor)):
        raise OwnRequest(actor, Permission.APPROVE_ASSIGNMENT)
    return row


def _is_own(actor: Actor, asked_by: UUID, hsa_id: str, own: str | None) -> bool:
    return asked_by == actor.staff_id or hsa_id == own


def _hsa_id_of(actor: Actor) -> str | None:
    return Staff.objects.filter(pk=actor.staff_id).values_list("hsa_id", flat=True).first()


def _decide(
    row: AssignmentRequest, *, actor: Actor, is_approved: bool, reason: str, at: datetime
) -> None:
    try:
        with transaction.atomic():
            AssignmentDecision.objects.create(
                request=row,
                is_approved=is_approved,
                reason=reason,
                staff_id=actor.staff_id,
                staff_name=actor.name,
                at=at,
            )
    except IntegrityError:
        raise AlreadyDecided from None


def _same(entry: AssignmentEntry, *, at: datetime) -> Assignment | None:
    """Return the assignment that the person holds already at the unit in the role."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(
        staff__hsa_id=entry.hsa_id, unit=entry.unit_id, role=entry.role, revoked_at=None
    )
    return rows.select_related("staff").exclude(valid_until__lte=at).first()


def _refuse_held(entry: AssignmentEntry, *, at: datetime) -> None:
    held = _same(entry, at=at)
    if held is None:
        return
    is_hsa = held.kind != Assignment.Kind.LOCAL
    until = entry.valid_until or at
    if is_hsa or held.valid_until is None or until <= held.valid_until:
        raise BadEntry("role", f"{entry.name} har redan uppdraget vid enheten. Avsluta det först.")


def _refuse_asked(entry: AssignmentEntry) -> None:
    asked = AssignmentRequest.objects.filter(
        decision=None, hsa_id=entry.hsa_id, unit_id=entry.unit_id, role=entry.role
    )
    if asked.exists():
        raise BadEntry("role", asked_before(entry.name))


def _give(entry: AssignmentEntry, *, actor: Actor, at: datetime, asked_by: str = "") -> None:
    held = _same(entry, at=at)
    by: dict[str, Any] = {"asked_by": asked_by} if asked_by else {}
    if held is None:
        operations.give(entry, actor=actor, at=at, more=by)
        return
    before = operations.entry_of(held)
    after = replace(before, title=entry.title, valid_until=entry.valid_until)
    Assignment.objects.filter(pk=held.pk).update(title=after.title, valid_until=after.valid_until)
    operations.event(
        What.CHANGE_ASSIGNMENT, held.pk, before=operations.readable(before),
        after=operations.readable(after) | by, actor=actor, at=at,
    ).save()  # fmt: skip


def _shown(rows: Iterable[AssignmentRequest], actor: Actor) -> tuple[Request, ...]:
    own = _hsa_id_of(actor)
    found = list(rows)
    decisions = AssignmentDecision.objects.in_bulk([it.pk for it in found])
    return tuple(_request(it, decisions.get(it.pk), actor, own) for it in found)


def _request(
    row: AssignmentRequest, decision: AssignmentDecision | None, actor: Actor, own: str | None
) -> Request:
    return Request(
        id=row.pk,
        hsa_id=row.hsa_id,
        name=row.name,
        unit_name=row.unit_name,
        role=Role(row.role),
        title=row.title,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        asked_by=row.staff_name,
        asked_at=row.asked_at,
        is_approved=decision.is_approved if decision else None,
        reason=decision.reason if decision else "",
        decided_by=decision.staff_name if decision else "",
        decided_at=decision.at if decision else None,
        is_own=_is_own(actor, row.staff_id, row.hsa_id, own),
    )
