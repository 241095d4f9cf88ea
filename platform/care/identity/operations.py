"""Signing in and out, choosing an assignment, and what a local administrator changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from care.identity import entries, queries, sessions
from care.identity.actors import Actor
from care.identity.entries import AssignmentEntry, BadEntry, UnitEntry
from care.identity.models import Assignment, DirectoryEvent, SessionEvent, Staff, StaffSession
from care.identity.permissions import CARE_ROLES, Permission
from care.identity.sessions import Proof
from care.identity.units import NoSuchUnit
from care.law import calendar
from tenants.context import acting_for
from tenants.models import Unit
from tenants.sorting import sort_key

What = DirectoryEvent.What


class NoSuchStaff(Exception):
    """Nobody with this id works for the huvudman."""


class SignedOut(Exception):
    """The session has ended, or never was."""


class NotACandidate(Exception):
    """The assignment is not one that the person may act in now (R5)."""


class NoSuchAssignment(Exception):
    """No such assignment holds at this huvudman."""


@dataclass
class NotAdministrator(Exception):
    """The actor's role does not carry the right, or the actor belongs to another huvudman."""

    actor: Actor
    permission: Permission


def open_session(*, staff_id: UUID, proof: Proof | None = None, at: datetime) -> str:
    """Logga in: begin a session and return its token, which is kept nowhere but in the browser.

    A single candidate is chosen silently; of several the person chooses one (R2).

    :param proof: what the sign-in service has said; None at the demo's personas
    :raises NoSuchStaff: if nobody with this id works here
    """
    if not Staff.objects.filter(pk=staff_id).exists():
        raise NoSuchStaff
    token = token_urlsafe(32)
    held = queries.candidates(staff_id=staff_id, at=at)
    only = held[0].assignment_id if len(held) == 1 else None
    with transaction.atomic():
        StaffSession.objects.create(
            token_hash=sessions.token_hash(token),
            staff_id=staff_id,
            assignment_id=only,
            opened_at=at,
            **sessions.columns(proof),
        )
        sessions.note(staff_id, SessionEvent.What.SIGN_IN, after=only, at=at)
        if only:
            Assignment.objects.filter(pk=only).update(last_used_at=at)
    return token


def choose_assignment(*, token: str, assignment_id: UUID, at: datetime) -> None:
    """Byt uppdrag: act in another assignment from the next request on (R5).

    :raises SignedOut: if the session has ended
    :raises NotACandidate: if the person may not act in it; the attempt is kept in the log
    """
    if not _chosen(token, assignment_id, at):
        raise NotACandidate


def note_refusal(nobody: queries.NoAssignment, *, at: datetime) -> None:
    """Keep in the log that somebody came with an assignment that has ended (R4, R12)."""
    what = SessionEvent.What.REFUSED
    sessions.note(nobody.staff_id, what, before=nobody.assignment_id, at=at)


def note_stale(*, staff_id: UUID, active: UUID | None, told: str, at: datetime) -> None:
    """Keep in the log that a page of another assignment than the active one was sent (R7, R12)."""
    try:
        after = UUID(told)
    except ValueError:
        after = None  # nothing of what was sent is kept
    sessions.note(staff_id, SessionEvent.What.REFUSED, before=active, after=after, at=at)


def write_unit(*, actor: Actor, entry: UnitEntry, at: datetime) -> None:
    """Enter a unit in the address book, or change it; an archived one comes back.

    :raises NotAdministrator: if the actor may not
    :raises entries.BadEntry: if a field is wrong, or the HSA-id belongs to another huvudman
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_UNITS)
    with transaction.atomic():
        own = own_units()
        elsewhere = units_elsewhere([entry.hsa_id])
        entries.check_unit(entry, own=own, elsewhere=elsewhere, tenant=actor.tenant)
        put_units([entry], before=own, actor=actor, at=at)


def archive_unit(
    *, actor: Actor, hsa_id: str, has_open_cases: bool, successor: str = "", at: datetime
) -> None:
    """Avsluta: let a unit leave the address book; whoever named it as successor gets its own.

    :param has_open_cases: whether its worklist holds cases that run, as care.inbox knows
    :param successor: who takes over from now on; empty: whom the unit has named before
    :raises NotAdministrator: if the actor may not
    :raises NoSuchUnit: if the huvudman has no such unit
    :raises entries.BadEntry: if somebody must take over and nobody is named
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_UNITS)
    with transaction.atomic():
        own = own_units()
        if hsa_id not in own:
            raise NoSuchUnit(hsa_id)
        leaving = own.pop(hsa_id)
        heir = successor or leaving.successor
        trusting = [it for it in own.values() if it.successor == hsa_id]
        if heir and heir not in own:
            raise BadEntry(
                "successor",
                f"{heir} kan inte ta över. Välj en annan av huvudmannens egna enheter som inte är"
                " avslutad.",
            )
        if not heir and (trusting or has_open_cases):
            raise BadEntry(
                "successor",
                f"{leaving.name} har ärenden som pågår, eller tar över efter en annan enhet. Välj"
                " vilken enhet som tar över, och avsluta sedan.",
            )
        _pass_trust_on(hsa_id, heir)
        drop_unit(leaving, heir=heir, actor=actor, at=at)


def add_assignment(*, actor: Actor, entry: AssignmentEntry, at: datetime) -> UUID:
    """Ge ett uppdrag: let a person act at a unit; somebody new is entered as staff.

    It takes one person, for the operator's command and a huvudman's first ones; `approving` asks
    for two, and for an end within twelve months.

    :raises NotAdministrator: if the actor may not
    :raises entries.BadEntry: if a field is wrong, or the person holds it already
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    with transaction.atomic():
        entries.check_assignment(entry, own=own_units())
        return give(entry, actor=actor, at=at)


def give(
    entry: AssignmentEntry, *, actor: Actor, at: datetime, more: Mapping[str, Any] | None = None
) -> UUID:
    """Write an assignment that has been checked, in the caller's transaction.

    :param more: what the log of the directory keeps besides
    :raises entries.BadEntry: if the person holds it already
    """
    staff = put_staff(entry.hsa_id, entry.name)
    same = Assignment.objects.select_for_update().filter(
        staff=staff, unit=entry.unit_id, role=entry.role, revoked_at=None
    )
    # One that has run out makes room for the new one.
    same.filter(valid_until__lte=at).update(revoked_at=at)
    if same.exists():
        raise BadEntry("role", f"{entry.name} har redan uppdraget vid enheten. Avsluta det först.")
    added = Assignment.objects.create(staff=staff, **assignment_values(entry))
    after = readable(entry) | (dict(more) if more else {})
    event(What.ADD_ASSIGNMENT, added.pk, after=after, actor=actor, at=at).save()
    return added.pk


def revoke_assignment(*, actor: Actor, assignment_id: UUID, at: datetime) -> None:
    """Avsluta ett uppdrag; who acts in it is refused at the next request (R4).

    :raises NotAdministrator: if the actor may not
    :raises NoSuchAssignment: if no such assignment holds here
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    with transaction.atomic():
        holding = Assignment.objects.filter(pk=assignment_id, revoked_at=None)
        # What HSA has said is closed here too, so that the next import does not give it back.
        if holding.update(revoked_at=at, closed_here_at=at) == 0:
            raise NoSuchAssignment
        event(What.REVOKE_ASSIGNMENT, assignment_id, actor=actor, at=at).save()


def follow_hsa_again(*, actor: Actor, assignment_id: UUID, at: datetime) -> None:
    """Låt HSA gälla igen: what was closed here is given back by the next import, if HSA has it.

    :raises NotAdministrator: if the actor may not
    :raises NoSuchAssignment: if nobody has closed such an assignment of HSA here
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    with transaction.atomic():
        closed = Assignment.objects.filter(pk=assignment_id).exclude(closed_here_at=None)
        if closed.exclude(kind=Assignment.Kind.LOCAL).update(closed_here_at=None) == 0:
            raise NoSuchAssignment
        event(What.REOPEN_ASSIGNMENT, assignment_id, actor=actor, at=at).save()


def protect_staff(*, actor: Actor, staff_id: UUID, is_protected: bool, at: datetime) -> None:
    """Sätt eller ta bort skydd här: the other huvudmän see role and unit from now on, not the name.

    What HSA says of the person is kept apart, and protects besides.

    :raises NotAdministrator: if the actor may not
    :raises NoSuchStaff: if nobody with this id works here
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    with transaction.atomic():
        person = Staff.objects.select_for_update().filter(pk=staff_id).first()
        if person is None:
            raise NoSuchStaff
        before = {"is_protected_here": person.is_protected_here}
        after = {"is_protected_here": is_protected}
        if before == after:
            return
        Staff.objects.filter(pk=staff_id).update(**after)
        event(
            What.CHANGE_STAFF, person.hsa_id, before=before, after=after, actor=actor, at=at
        ).save()


def end_sessions(*, actor: Actor, staff_id: UUID, at: datetime) -> int:
    """Avsluta inloggningar: end every session of a person here; return how many there were.

    The person is refused at the next request and may sign in anew; assignments and drafts stay.

    :raises NotAdministrator: if the actor may not
    :raises NoSuchStaff: if nobody with this id works here
    """
    refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    with transaction.atomic():
        person = Staff.objects.filter(pk=staff_id).first()
        if person is None:
            raise NoSuchStaff
        ended = sessions.end_of(staff_id=staff_id, at=at)
        if ended:
            after = {"sessions": ended}
            event(What.END_SESSIONS, person.hsa_id, after=after, actor=actor, at=at).save()
    return ended


def own_units() -> dict[str, UnitEntry]:
    """Return the huvudman's units that are not archived, locked until the transaction ends."""
    rows = Unit.objects.select_for_update().filter(owner=acting_for(), archived_on=None)
    return {
        row.hsa_id: UnitEntry(
            hsa_id=row.hsa_id,
            name=row.name,
            kind=row.kind,
            branch=row.branch,
            phone=row.phone,
            opening_hours=row.opening_hours,
            watches_red_days=row.watches_red_days,
            successor=row.successor,
            is_default=row.is_default,
        )
        for row in rows.order_by("hsa_id")
    }


def units_elsewhere(hsa_ids: Iterable[str]) -> frozenset[str]:
    """Return those of some HSA-ids that other huvudmän have entered in the address book."""
    others = Unit.objects.filter(pk__in=list(hsa_ids)).exclude(owner=acting_for())
    return frozenset(others.values_list("hsa_id", flat=True))


def put_units(
    written: Sequence[UnitEntry], *, before: Mapping[str, UnitEntry], actor: Actor, at: datetime
) -> None:
    """Write units that have been checked, in the caller's transaction and in few statements.

    :param before: what stood in the address book, by HSA-id
    """
    rows = [
        Unit(**asdict(it), owner=acting_for(), name_sort=sort_key(it.name), archived_on=None)
        for it in written
    ]
    columns = [it.name for it in Unit._meta.concrete_fields if it.name not in ("hsa_id", "owner")]
    Unit.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["hsa_id"],
        update_fields=columns,
    )
    events = [
        event(
            What.WRITE_UNIT,
            it.hsa_id,
            before=asdict(before[it.hsa_id]) if it.hsa_id in before else None,
            after=asdict(it),
            actor=actor,
            at=at,
        )
        for it in written
    ]
    DirectoryEvent.objects.bulk_create(events, batch_size=1000)


def drop_unit(leaving: UnitEntry, *, heir: str, actor: Actor, at: datetime) -> None:
    """Archive a unit that nobody needs any more, in the caller's transaction."""
    Unit.objects.filter(pk=leaving.hsa_id).update(
        archived_on=calendar.local_date(at), successor=heir
    )
    event(What.ARCHIVE_UNIT, leaving.hsa_id, before=asdict(leaving), actor=actor, at=at).save()


def put_staff(hsa_id: str, name: str) -> Staff:
    """Return the member of staff with an HSA-id, entered or renamed where necessary."""
    staff, _ = Staff.objects.update_or_create(
        hsa_id=hsa_id, defaults={"name": name, "name_sort": sort_key(name)}
    )
    return staff


def assignment_values(entry: AssignmentEntry) -> dict[str, Any]:
    """Return the columns of an assignment; its purpose follows from the role."""
    care = entry.role in CARE_ROLES
    return {
        "unit_id": entry.unit_id,
        "role": entry.role,
        "title": entry.title,
        "purpose": Assignment.Purpose.CARE if care else Assignment.Purpose.ADMINISTRATION,
        "valid_from": entry.valid_from,
        "valid_until": entry.valid_until,
    }


def entry_of(row: Assignment) -> AssignmentEntry:
    """Return an assignment as it would be entered."""
    return AssignmentEntry(
        hsa_id=row.staff.hsa_id,
        name=row.staff.name,
        unit_id=row.unit_id,
        role=row.role,
        title=row.title,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def readable(entry: AssignmentEntry) -> dict[str, Any]:
    """Return an assignment as the log of the directory keeps it."""
    until = entry.valid_until
    return asdict(entry) | {
        "valid_from": entry.valid_from.isoformat(),
        "valid_until": until.isoformat() if until else None,
    }


def event(
    what: What,
    subject: object,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: Actor,
    at: datetime,
) -> DirectoryEvent:
    """Return the row by which the log of the directory keeps what an administrator has changed."""
    return DirectoryEvent(
        what=what,
        subject=str(subject),
        before=before,
        after=after,
        staff_id=actor.staff_id,
        staff_name=actor.name,
        assignment_id=actor.assignment_id,
        at=at,
    )


def refuse_unless_administrator(actor: Actor, permission: Permission) -> None:
    """Let only an administrator of the huvudman we act for through.

    :raises NotAdministrator: for anybody else
    """
    if actor.tenant != acting_for():
        raise NotAdministrator(actor, permission)
    if not actor.may(permission):
        raise NotAdministrator(actor, permission)


def _chosen(token: str, assignment_id: UUID, at: datetime) -> bool:
    """Switch, or keep the attempt in the log; either way it is committed before the verdict."""
    with transaction.atomic():
        session = (
            StaffSession.objects.select_for_update()
            .filter(
                token_hash=sessions.token_hash(token),
                ended_at=None,
                expires_at__gt=Now(),
                idle_expires_at__gt=Now(),
            )
            .first()
        )
        if session is None:
            raise SignedOut
        held = queries.candidates(staff_id=session.staff_id, at=at)
        is_held = assignment_id in {it.assignment_id for it in held}
        sessions.note(
            session.staff_id,
            SessionEvent.What.CHOOSE_ASSIGNMENT if is_held else SessionEvent.What.REFUSED,
            before=session.assignment_id,
            after=assignment_id,
            at=at,
        )
        if is_held:
            StaffSession.objects.filter(pk=session.pk).update(assignment=assignment_id)
            Assignment.objects.filter(pk=assignment_id).update(last_used_at=at)
        return is_held


def _pass_trust_on(hsa_id: str, heir: str) -> None:
    trusting = Unit.objects.filter(owner=acting_for(), successor=hsa_id, archived_on=None)
    trusting.exclude(pk=heir).update(successor=heir)
    trusting.update(successor="")  # the heir cannot take over from itself
