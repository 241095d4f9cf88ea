"""Systems of the demo that call the API: of a ward, of a municipality, of the board's host."""

from dataclasses import dataclass
from datetime import datetime

from care.identity import clients
from care.identity.models import Assignment, Staff
from care.identity.permissions import CARE_ROLES, Role
from care.identity.scopes import Scope
from project.demo import county
from project.demo.county import Huvudman, Medarbetare
from project.demo.stage import assignment_id
from tenants.sorting import sort_key


@dataclass(frozen=True)
class System:
    """System: its name as a client, and in which assignment it acts: that of somebody's unit."""

    client_id: str
    beside: Medarbetare
    local_id: str
    name: str

    @property
    def huvudman(self) -> Huvudman:
        """Return whose system it is."""
        return self.beside.huvudman

    @property
    def assignment(self) -> tuple[str, Role]:
        """Return at which unit it acts, and as what."""
        return self.beside.assignments[0]


SYSTEMS = (
    System("journalen", county.NURSE, "F0001", "Journalen"),
    System("verksamhetssystemet", county.INBOX_COORDINATOR, "F0001", "Verksamhetssystemet"),
    System("ekonomisystemet", county.REGION_ECONOMIST, "F0002", "Ekonomisystemet"),
)


def named(client_id: str) -> System | None:
    """Return a system by its name as a client."""
    return next((it for it in SYSTEMS if it.client_id == client_id), None)


def write(huvudman: Huvudman, now: datetime) -> None:
    """Give the systems of a huvudman their assignments, and register them."""
    for it in SYSTEMS:
        if it.huvudman != huvudman:
            continue
        person = Medarbetare(huvudman, it.local_id, it.name, "System", (it.assignment,))
        local_id, role = it.assignment
        staff = Staff.objects.create(
            id=person.id, hsa_id=person.hsa_id, name=person.name, name_sort=sort_key(person.name)
        )
        Assignment.objects.create(
            id=assignment_id(person, local_id),
            staff=staff,
            unit_id=county.hsa_id(huvudman, local_id),
            role=role,
            title=person.title,
            purpose="care" if role in CARE_ROLES else "administration",
            valid_from=now,
        )
        clients.register(
            client_id=it.client_id,
            hsa_id=person.hsa_id,
            granted=tuple(Scope),
            by="Demon",
            at=now,
        )
