"""An entry of the access log, and of a case what an entry is compared with: plain values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """Loggpost: one entry of our access log, as the review reads it."""

    id: int
    at: datetime
    staff_id: UUID
    staff_name: str
    assignment_id: UUID
    title: str
    unit_id: str
    unit_name: str
    activity: str
    common_ids: tuple[UUID, ...]
    is_emergency: bool


@dataclass(frozen=True)
class Part:
    """When a unit has taken part in a case."""

    unit_id: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class CaseFacts:
    """What signals ask of a case."""

    common_id: UUID
    given_name: str
    family_name: str
    is_protected: bool
    closed_at: datetime | None  # None: it is open
    parts: tuple[Part, ...] = ()
