"""Who may act where: the assignments of a person, and the actor behind a session."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from care.identity.actors import Actor
from care.identity.models import Assignment, Staff, StaffSession
from care.identity.permissions import CARE_ROLES, ROLES, Permission, Role
from care.identity.sessions import IDLE, TOLD, name_of, token_hash
from care.law import calendar
from tenants.apart import is_training
from tenants.context import acting_for

HELD = timedelta(days=7)  # so long what HSA has said holds without being said again


@dataclass(frozen=True)
class Held:
    """Uppdrag: an assignment as it is listed, with its person and its unit."""

    assignment_id: UUID
    staff_id: UUID
    hsa_id: str
    name: str
    role: Role
    title: str
    unit_id: str
    unit_name: str
    valid_from: datetime
    valid_until: datetime | None
    last_used_at: datetime | None
    kind: str
    confirmed_at: datetime | None
    is_protected: bool

    @property
    def shown_as(self) -> str:
        """Return what the person is called in a list that everybody here reads."""
        return self.title if self.is_protected else self.name


@dataclass(frozen=True)
class Member:
    """Medarbetare: a person who works here, and the assignments that hold now."""

    staff_id: UUID
    hsa_id: str
    name: str
    is_protected: bool  # by HSA
    is_protected_here: bool  # by an administrator here
    assignments: tuple[Held, ...]


@dataclass(frozen=True)
class Closed:
    """Avslutat här: an assignment of HSA that an administrator has ended."""

    assignment_id: UUID
    name: str
    role: str
    at: datetime


@dataclass(frozen=True)
class NoAssignment:
    """Somebody is signed in and acts in no assignment.

    `assignment_id` is the one that has ended (R4), or None where none has been chosen yet (R2).
    """

    staff_id: UUID
    name: str
    assignment_id: UUID | None


@dataclass(frozen=True)
class Session:
    """Inloggning, as a request finds it: who, and whether the screen is locked."""

    who: Actor | NoAssignment
    is_locked: bool
    is_fresh: bool  # whether the person has just proved who it is
    is_drowsy: bool  # whether it is time to note that it is in use


@dataclass(frozen=True)
class SignIn:
    """Inloggning, as its person is shown it: nothing of place, address or device is kept."""

    name: str  # what a page calls it (care.identity.sessions.name_of)
    opened_at: datetime
    used_at: datetime  # to the minute; of a locked screen, when it was locked
    is_locked: bool
    is_this: bool  # whether it is the one from which it is asked
    role: Role | None  # None: no assignment has been chosen in it
    unit_name: str


def candidates(*, staff_id: UUID, at: datetime) -> tuple[Held, ...]:
    """Return the assignments in which a person may act now, last used first (R1, R2)."""
    rows = _held(Assignment.objects.filter(staff=staff_id), at=at)
    used = [it for it in rows if it.last_used_at is not None]
    never = [it for it in rows if it.last_used_at is None]
    return tuple(sorted(used, key=lambda it: it.last_used_at or at, reverse=True) + never)


def actors(*, hsa_id: str, at: datetime) -> tuple[Actor, ...]:
    """Return as whom somebody may act now, once for each assignment, by unit and role (R1)."""
    rows = Assignment.objects.filter(staff__hsa_id=hsa_id, revoked_at=None)
    asked = rows.order_by("unit__name_sort", "role", "id").values(*_LISTED, *_ASKED)
    return tuple(_actor(it, it, assignment_id=it["id"]) for it in asked if _holds(it, at=at))


def session_of(*, token: str, at: datetime) -> Session | None:
    """Return a session, read anew at each request (R3, R4), in one query.

    None: no such session, or it has ended.
    """
    row = (
        StaffSession.objects.filter(
            token_hash=token_hash(token), ended_at=None, expires_at__gt=Now()
        )
        .annotate(
            is_locked=Q(idle_expires_at__lte=Now()),
            is_fresh=Q(fresh_until__gt=Now()),
            is_drowsy=Q(idle_expires_at__lte=Now() + IDLE - TOLD, idle_expires_at__gt=Now()),
        )
        .values(
            "staff_id", "staff__name", "staff__hsa_id", "staff__is_protected",
            "staff__is_protected_here", "assignment_id", "is_locked", "is_fresh", "is_drowsy",
            *(f"assignment__{it}" for it in _ASKED),
        )
        .first()
    )  # fmt: skip
    if row is None:
        return None
    return Session(_who(row, at=at), row["is_locked"], row["is_fresh"], row["is_drowsy"])


def sign_ins(*, staff_id: UUID, token: str = "", at: datetime) -> tuple[SignIn, ...]:
    """Return the sessions of a person that have not ended, the newest first, in one query.

    :param token: of the session from which it is asked
    """
    # How long a screen still stays open is told by the database's clock, and counted from `at`.
    rows = (
        StaffSession.objects.filter(staff=staff_id, ended_at=None, expires_at__gt=Now())
        .annotate(left=F("idle_expires_at") - Now())
        .order_by("-opened_at", "token_hash")
        .values("token_hash", "opened_at", "left", "assignment__role", "assignment__unit__name")
    )
    return tuple(_sign_in(it, token=token, at=at) for it in rows)


def actor_of(*, token: str, at: datetime) -> Actor | NoAssignment | None:
    """Return who acts in a session that is neither over nor locked."""
    session = session_of(token=token, at=at)
    return None if session is None or session.is_locked else session.who


def member_known_as(hsa_ids: Sequence[str]) -> UUID | None:
    """Return the member of staff here with one of some HSA-ids, the first that is known."""
    known = dict(Staff.objects.filter(hsa_id__in=hsa_ids).values_list("hsa_id", "id"))
    return next((known[it] for it in hsa_ids if it in known), None)


def staff_list(*, at: datetime) -> tuple[Member, ...]:
    """Return everybody who works here, in Swedish order, in two queries."""
    held: dict[UUID, list[Held]] = {}
    for it in _held(Assignment.objects.all(), at=at):
        held.setdefault(it.staff_id, []).append(it)
    people = Staff.objects.order_by("name_sort", "hsa_id").values(*_MEMBER)
    return tuple(_member(it, held.get(it["id"], ())) for it in people)


def member(*, staff_id: UUID, at: datetime) -> Member | None:
    """Return somebody who works here, with the assignments that hold now."""
    person = Staff.objects.filter(pk=staff_id).values(*_MEMBER).first()
    held = _held(Assignment.objects.filter(staff=staff_id), at=at)
    return _member(person, held) if person else None


def assignments_of_unit(*, unit_id: str, at: datetime) -> tuple[Held, ...]:
    """Return the assignments at a unit that hold now, in Swedish order of the people."""
    return _held(Assignment.objects.filter(unit=unit_id), at=at)


def held_locally(*, at: datetime) -> tuple[Held, ...]:
    """Return the assignments that the huvudman has given itself and that hold now."""
    return _held(Assignment.objects.filter(kind=Assignment.Kind.LOCAL), at=at)


def closed_here(*, unit_id: str) -> tuple[Closed, ...]:
    """Return what an administrator has closed at a unit though it comes from HSA."""
    rows = Assignment.objects.filter(unit=unit_id).exclude(kind=Assignment.Kind.LOCAL)
    rows = rows.exclude(closed_here_at=None).order_by("-closed_here_at", "id")
    asked = rows.values_list("id", "staff__name", "role", "closed_here_at")
    return tuple(Closed(key, name, role, on) for key, name, role, on in asked if on is not None)


def actor_in(*, assignment_id: UUID, at: datetime) -> Actor | None:
    """Return who acts in an assignment on which nobody is signed in; None: it does not hold."""
    rows = Assignment.objects.filter(pk=assignment_id).values(*_LISTED, *_ASKED)
    row: dict[str, Any] | None = rows.first()
    if row is None:
        return None
    asked = {f"assignment__{it}": row[it] for it in _ASKED}
    who = _who({**row, **asked, "assignment_id": assignment_id}, at=at)
    return who if isinstance(who, Actor) else None


def administrators(*, at: datetime) -> tuple[Held, ...]:
    """Return who administers assignments here: whom a person without one turns to (R2)."""
    return _held(Assignment.objects.filter(role=Role.LOCAL_ADMINISTRATOR), at=at)


def approvers(*, at: datetime) -> tuple[Held, ...]:
    """Return who decides here about what somebody else has asked for."""
    may = [role for role, rights in ROLES.items() if Permission.APPROVE_ASSIGNMENT in rights]
    return _held(Assignment.objects.filter(role__in=may), at=at)


def roles_of_assignments() -> dict[UUID, str]:
    """Return the role of every assignment that there has been here, for the review of the log."""
    return dict(Assignment.objects.values_list("pk", "role"))


_ASKED = (
    "role",
    "title",
    "purpose",
    "valid_from",
    "valid_until",
    "revoked_at",
    "unit_id",
    "unit__name",
    "unit__kind",
    "unit__branch",
    "unit__archived_on",
    "unit__is_feigned",
    "kind",
    "confirmed_at",
)
_MEMBER = ("id", "hsa_id", "name", "is_protected", "is_protected_here")
_LISTED = (
    "id", "staff_id", "staff__hsa_id", "staff__name", "staff__is_protected",
    "staff__is_protected_here", "last_used_at",
)  # fmt: skip


def _sign_in(row: Mapping[str, Any], *, token: str, at: datetime) -> SignIn:
    is_locked = row["left"] <= timedelta()
    role = row["assignment__role"]
    return SignIn(
        name=name_of(row["token_hash"]),
        opened_at=row["opened_at"],
        used_at=at + row["left"] - (timedelta() if is_locked else IDLE),
        is_locked=is_locked,
        is_this=row["token_hash"] == token_hash(token),
        role=Role(role) if role else None,
        unit_name=row["assignment__unit__name"] or "",
    )


def _member(row: Mapping[str, Any], held: Iterable[Held]) -> Member:
    return Member(
        staff_id=row["id"],
        hsa_id=row["hsa_id"],
        name=row["name"],
        is_protected=row["is_protected"],
        is_protected_here=row["is_protected_here"],
        assignments=tuple(held),
    )


def _who(row: dict[str, Any], *, at: datetime) -> Actor | NoAssignment:
    assignment = {it: row[f"assignment__{it}"] for it in _ASKED}
    if row["assignment_id"] is None or not _holds(assignment, at=at):
        return NoAssignment(row["staff_id"], row["staff__name"], row["assignment_id"])
    return _actor(row, assignment, assignment_id=row["assignment_id"])


def _actor(
    person: Mapping[str, Any], assignment: Mapping[str, Any], *, assignment_id: UUID
) -> Actor:
    return Actor(
        tenant=acting_for(),
        staff_id=person["staff_id"],
        name=person["staff__name"],
        assignment_id=assignment_id,
        role=Role(assignment["role"]),
        title=assignment["title"],
        purpose=assignment["purpose"],
        unit_id=assignment["unit_id"],
        unit_name=assignment["unit__name"],
        unit_kind=assignment["unit__kind"],
        branch=assignment["unit__branch"],
        hsa_id=person["staff__hsa_id"],
        is_protected=_is_protected(person),
        confirmed_at=assignment["confirmed_at"] if _is_from_hsa(assignment) else None,
    )


def _is_protected(row: Mapping[str, Any]) -> bool:
    """Tell whether somebody is protected, by HSA or by an administrator here."""
    return bool(row["staff__is_protected"] or row["staff__is_protected_here"])


def _holds(row: dict[str, Any], *, at: datetime) -> bool:
    """Tell whether an assignment can be acted in now: the one statement of R1."""
    if row["revoked_at"] is not None:
        return False
    if at < row["valid_from"]:
        return False
    if row["valid_until"] is not None and row["valid_until"] <= at:
        return False
    if row["unit__name"] is None:
        return False  # no such unit in the address book
    if row["unit__is_feigned"] and not is_training(acting_for()):
        return False
    if _is_from_hsa(row) and (row["confirmed_at"] is None or row["confirmed_at"] + HELD <= at):
        return False
    archived_on = row["unit__archived_on"]
    if archived_on is not None and archived_on <= calendar.local_date(at):
        return False
    return row["purpose"] == Assignment.Purpose.CARE or row["role"] not in CARE_ROLES


def _is_from_hsa(row: Mapping[str, Any]) -> bool:
    return str(row["kind"]) != Assignment.Kind.LOCAL


def _held(assignments: "QuerySet[Assignment]", *, at: datetime) -> tuple[Held, ...]:
    rows: Iterable[dict[str, Any]] = (
        assignments.filter(revoked_at=None)
        .order_by("staff__name_sort", "staff__hsa_id", "unit__name_sort", "role", "id")
        .values(*_LISTED, *_ASKED)
    )
    return tuple(
        Held(
            assignment_id=row["id"],
            staff_id=row["staff_id"],
            hsa_id=row["staff__hsa_id"],
            name=row["staff__name"],
            role=Role(row["role"]),
            title=row["title"],
            unit_id=row["unit_id"],
            unit_name=row["unit__name"],
            valid_from=row["valid_from"],
            valid_until=row["valid_until"],
            last_used_at=row["last_used_at"],
            kind=row["kind"],
            confirmed_at=row["confirmed_at"],
            is_protected=_is_protected(row),
        )
        for row in rows
        if _holds(row, at=at)
    )
