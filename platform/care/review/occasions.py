"""Tillfällen: what one person did from one unit with one case on one day is judged as one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from care.law import calendar
from care.sharing.entries import Entry

Key = tuple[UUID, str, UUID, date]  # staff, unit, case, day


@dataclass
class Occasion:
    """Tillfälle: the entries of a person, a unit, a case and a day."""

    staff_id: UUID
    staff_name: str
    title: str
    role: str  # empty: the assignment is not known any more
    unit_id: str
    unit_name: str
    common_id: UUID
    day: date
    first_at: datetime
    last_at: datetime
    is_emergency: bool = False
    activities: set[str] = field(default_factory=set)
    entries: list[int] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Return what tells it from every other."""
        return self.staff_id, self.unit_id, self.common_id, self.day

    @property
    def stratum(self) -> tuple[str, str]:
        """Return the unit and the role, by which samples are spread."""
        return self.unit_id, self.role


def gathered(entries: Iterable[Entry], *, roles: Mapping[UUID, str]) -> list[Occasion]:
    """Return the occasions of a period, in the order of their first entries.

    :param entries: in the order of time
    :param roles: of assignments
    """
    found: dict[Key, Occasion] = {}
    for entry, common_id in _by_case(entries):
        key = (entry.staff_id, entry.unit_id, common_id, calendar.local_date(entry.at))
        it = found.get(key)
        if it is None:
            it = found[key] = Occasion(
                entry.staff_id, entry.staff_name, entry.title,
                roles.get(entry.assignment_id, ""), entry.unit_id, entry.unit_name, common_id,
                key[-1], entry.at, entry.at,
            )  # fmt: skip
        it.last_at = entry.at
        it.is_emergency |= entry.is_emergency
        it.activities.add(entry.activity)
        it.entries.append(entry.id)
    return list(found.values())


def _by_case(entries: Iterable[Entry]) -> Iterator[tuple[Entry, UUID]]:
    for entry in entries:
        for common_id in entry.common_ids:
            yield entry, common_id
