"""Who acts."""

from dataclasses import dataclass
from uuid import UUID

from care.identity.permissions import ROLES, Permission, Role


@dataclass(frozen=True)
class Actor:
    """Aktör: a person in one assignment, at one unit, for one huvudman."""

    tenant: str
    staff_id: UUID
    name: str
    assignment_id: UUID
    role: Role
    title: str
    purpose: str
    unit_id: str
    unit_name: str
    unit_kind: str
    branch: str

    def may(self, permission: Permission) -> bool:
        """Tell whether the role carries a right; the door asks for participation as well."""
        return permission in ROLES[self.role]
