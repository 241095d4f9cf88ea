"""People with rows of their own, for tests that sign in or administer."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from cast import AT
from people import DAY, UNITS

from care.identity import operations
from care.identity.actors import Actor
from care.identity.models import Assignment, Staff
from care.identity.permissions import CARE_ROLES, Role
from tenants.context import acting_as
from tenants.models import Unit
from tenants.sorting import sort_key


@dataclass(frozen=True)
class Hired:
    """Somebody who works for a huvudman, and the assignments held."""

    tenant: str
    staff_id: UUID
    hsa_id: str
    name: str
    assignments: tuple[UUID, ...]

    def sign_in(self) -> str:
        """Begin a session and return its token."""
        with acting_as(self.tenant):
            return operations.open_session(staff_id=self.staff_id, at=AT)


def hire(tenant: str, name: str, hsa_id: str, *held: tuple[str, Role]) -> Hired:
    """Write somebody with assignments at some units."""
    with acting_as(tenant):
        staff = Staff.objects.create(hsa_id=hsa_id, name=name, name_sort=sort_key(name))
        rows = [
            Assignment.objects.create(
                staff=staff,
                unit_id=unit,
                role=role,
                title="Befattning",
                purpose="care" if role in CARE_ROLES else "administration",
                valid_from=AT - DAY,
            )
            for unit, role in held
        ]
    return Hired(tenant, staff.pk, hsa_id, name, tuple(row.pk for row in rows))


def working(tenant: str, name: str, number: int, role: Role, unit: str) -> Actor:
    """Write somebody with one assignment, and return the actor in it."""
    return acting(hire(tenant, name, f"{unit[:12]}-P{number:03}", (unit, role)), role, unit)


def acting(hired: Hired, role: Role, unit_id: str) -> Actor:
    """Return the actor that somebody is in the first assignment."""
    unit = next(it for it in UNITS if it[0] == unit_id)
    return Actor(
        tenant=hired.tenant,
        staff_id=hired.staff_id,
        name=hired.name,
        assignment_id=hired.assignments[0],
        role=role,
        title="Befattning",
        purpose="care" if role in CARE_ROLES else "administration",
        unit_id=unit_id,
        unit_name=unit[2],
        unit_kind=unit[3],
        branch=unit[4],
    )


def _revoke(hired: Hired) -> None:
    with acting_as(hired.tenant):
        Assignment.objects.update(revoked_at=AT)


def _archive(hired: Hired) -> None:
    with acting_as(hired.tenant):
        Unit.objects.update(archived_on=AT.date())


def _run_out(hired: Hired) -> None:
    with acting_as(hired.tenant):
        Assignment.objects.update(valid_until=AT)


def _unconfirm(hired: Hired) -> None:
    with acting_as(hired.tenant):
        Assignment.objects.update(kind="hsa_commission", confirmed_at=AT - 8 * DAY)


# The ways in which an assignment ceases to hold.
ENDINGS: dict[str, Callable[[Hired], None]] = {
    "revoked": _revoke, "unit archived": _archive, "run out": _run_out, "unconfirmed": _unconfirm,
}  # fmt: skip
