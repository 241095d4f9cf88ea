"""Who acts."""

from dataclasses import dataclass
from datetime import datetime
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
    is_protected: bool = False  # skyddade personuppgifter: the others see no name
    confirmed_at: datetime | None = None  # when HSA has said the assignment last; None: local

    @property
    def name_abroad(self) -> str:
        """Return what other huvudmän read instead of the name where that is protected."""
        return f"{self.title}, {self.unit_name}"[:100] if self.is_protected else self.name

    def may(self, permission: Permission) -> bool:
        """Tell whether the role carries a right; the door asks for participation as well."""
        return permission in ROLES[self.role]
