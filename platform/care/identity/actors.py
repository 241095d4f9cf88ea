"""Who acts."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from care.identity.permissions import ROLES, Permission, Role
from care.identity.scopes import Scope, rights_of


@dataclass(frozen=True)
class Via:
    """Hur en begäran har kommit: what the access log tells of it besides who and what."""

    client: str = ""  # portal, api; empty: a command or the loop
    ip: str | None = None
    device: str = ""
    request_id: UUID | None = None
    start_at: datetime | None = None


NOT_ASKED = Via()  # nobody's request: a command, the loop


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
    hsa_id: str = ""  # of the person
    is_protected: bool = False  # skyddade personuppgifter: the others see no name
    confirmed_at: datetime | None = None  # when HSA has said the assignment last; None: local
    via: Via = field(default=NOT_ASKED, compare=False)
    # Of the role's rights only what these name, where a machine client acts; None: all of them.
    scopes: frozenset[Scope] | None = None
    is_asserted: bool = False  # who it is was said by a client, and proved to us by nobody

    @property
    def name_abroad(self) -> str:
        """Return what other huvudmän read instead of the name where that is protected."""
        return f"{self.title}, {self.unit_name}"[:100] if self.is_protected else self.name

    def may(self, permission: Permission) -> bool:
        """Tell whether the role carries a right; the door asks for participation as well."""
        is_within = self.scopes is None or permission in rights_of(self.scopes)
        return is_within and permission in ROLES[self.role]
