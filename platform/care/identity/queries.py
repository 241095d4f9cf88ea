"""Who may act where: the assignments of a person, and the actor behind a session."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from care.identity.actors import Actor
from care.identity.models import Assignment, Staff, StaffSession
from care.identity.permissions import CARE_ROLES, Role
from care.law import calendar
from tenants.context import acting_for


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


@dataclass(frozen=True)
class Member:
    """Medarbetare: a person who works here, and the assignments that hold now."""

    staff_id: UUID
    hsa_id: str
    name: str
    assignments: tuple[Held, ...]


@dataclass(frozen=True)
class NoAssignment:
    """Somebody is signed in and acts in no assignment.

    `assignment_id` is the one that has ended (R4), or None where none has been chosen yet (R2).
    """

    staff_id: UUID
    name: str
    assignment_id: UUID | None


def candidates(*, staff_id: UUID, at: datetime) -> tuple[Held, ...]:
    """Return the assignments in which a person may act now, last used first (R1, R2)."""
    rows = _held(Assignment.objects.filter(staff=staff_id), at=at)
    used = [it for it in rows if it.last_used_at is not None]
    never = [it for it in rows if it.last_used_at is None]
    return tuple(sorted(used, key=lambda it: it.last_used_at or at, reverse=True) + never)


def actor_of(*, token: str, at: datetime) -> Actor | NoAssignment | None:
    """Return who acts in a session, read anew at each request (R3, R4), in one query.

    None: no such session, or it has ended.
    """
    row = (
        StaffSession.objects.filter(
            token_hash=token_hash(token), ended_at=None, expires_at__gt=Now()
        )
        .values(
            "staff_id",
            "staff__name",
            "staff__hsa_id",
            "assignment_id",
            *(f"assignment__{it}" for it in _ASKED),
        )
        .first()
    )
    if row is None:
        return None
    assignment = {it: row[f"assignment__{it}"] for it in _ASKED}
    if row["assignment_id"] is None or not _holds(assignment, at=at):
        return NoAssignment(row["staff_id"], row["staff__name"], row["assignment_id"])
    return Actor(
        tenant=acting_for(),
        staff_id=row["staff_id"],
        name=row["staff__name"],
        assignment_id=row["assignment_id"],
        role=Role(assignment["role"]),
        title=assignment["title"],
        purpose=assignment["purpose"],
        unit_id=assignment["unit_id"],
        unit_name=assignment["unit__name"],
        unit_kind=assignment["unit__kind"],
        branch=assignment["unit__branch"],
        hsa_id=row["staff__hsa_id"],
    )


def staff_list(*, at: datetime) -> tuple[Member, ...]:
    """Return everybody who works here, in Swedish order, in two queries."""
    held: dict[UUID, list[Held]] = {}
    for it in _held(Assignment.objects.all(), at=at):
        held.setdefault(it.staff_id, []).append(it)
    people = Staff.objects.order_by("name_sort", "hsa_id").values_list("id", "hsa_id", "name")
    return tuple(Member(*person, tuple(held.get(person[0], ()))) for person in people)


def assignments_of_unit(*, unit_id: str, at: datetime) -> tuple[Held, ...]:
    """Return the assignments at a unit that hold now, in Swedish order of the people."""
    return _held(Assignment.objects.filter(unit=unit_id), at=at)


def administrators(*, at: datetime) -> tuple[Held, ...]:
    """Return who administers assignments here: whom a person without one turns to (R2)."""
    return _held(Assignment.objects.filter(role=Role.LOCAL_ADMINISTRATOR), at=at)


def roles_of_assignments() -> dict[UUID, str]:
    """Return the role of every assignment that there has been here, for the review of the log."""
    return dict(Assignment.objects.values_list("pk", "role"))


def token_hash(token: str) -> str:
    """Return what is kept of a session's token; the token itself is in the browser only."""
    return sha256(token.encode()).hexdigest()


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
)
_LISTED = ("id", "staff_id", "staff__hsa_id", "staff__name", "last_used_at")


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
    archived_on = row["unit__archived_on"]
    if archived_on is not None and archived_on <= calendar.local_date(at):
        return False
    return row["purpose"] == Assignment.Purpose.CARE or row["role"] not in CARE_ROLES


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
        )
        for row in rows
        if _holds(row, at=at)
    )
