"""Units of the address book: what they are, and whether anybody watches their inbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from care.law import calendar
from tenants.models import Unit

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_LINE = 5  # of archived units that took over from one another
LOOK_AHEAD = 21  # days: longer than any Swedish row of red days


class NoSuchUnit(Exception):
    """No unit in the address book has this HSA-id."""


@dataclass(frozen=True)
class Address:
    """Enhet: an entry in the address book, as everybody reads it."""

    hsa_id: str
    name: str
    kind: str
    branch: str
    owner: str
    phone: str
    opening_hours: Mapping[str, Any]
    watches_red_days: bool
    successor: str
    is_default: bool


@dataclass(frozen=True)
class Watch:
    """Bevakning: whether anybody watches the inbox now, and if not, why, until when, and who does.

    `takes_over` is the unit to which a message goes on that is not acknowledged in the agreed time.
    """

    unit: Address
    is_watched: bool
    red_day: str | None
    opens_at: datetime | None
    closes_at: datetime | None
    takes_over: Address | None
    takes_over_is_watched: bool


def address(hsa_id: str) -> Address:
    """Return the entry of a unit that is not archived.

    :raises NoSuchUnit: if there is none
    """
    row = Unit.objects.filter(hsa_id=hsa_id, archived_on=None).first()
    if row is None:
        raise NoSuchUnit(hsa_id)
    return _address(row)


def addresses(hsa_ids: Sequence[str]) -> dict[str, Address]:
    """Return the entries of several units by HSA-id; unknown ones are left out."""
    rows = Unit.objects.filter(hsa_id__in=hsa_ids, archived_on=None)
    return {row.hsa_id: _address(row) for row in rows}


def owners(hsa_ids: Iterable[str]) -> dict[str, str]:
    """Return whose several units are, archived ones too; unknown ones are left out."""
    return dict(Unit.objects.filter(pk__in=list(hsa_ids)).values_list("hsa_id", "owner"))


def in_charge(hsa_ids: Sequence[str]) -> dict[str, Address]:
    """Return who receives now for several units: themselves, or whoever took over an archived one.

    An archived unit without a living heir is left out: there is nobody to tell.
    """
    found = addresses(hsa_ids)
    heirs = {hsa_id: hsa_id for hsa_id in hsa_ids if hsa_id not in found}
    for _ in range(LONGEST_LINE):
        rows = Unit.objects.filter(hsa_id__in=heirs.values()).exclude(archived_on=None)
        after = dict(rows.values_list("hsa_id", "successor"))
        if not after:
            break
        heirs = {asked: after.get(heir, heir) for asked, heir in heirs.items()}
    living = addresses(list(heirs.values()))
    return found | {asked: living[heir] for asked, heir in heirs.items() if heir in living}


def successor(hsa_id: str) -> str:
    """Return the unit that takes over from another, also from an archived one; empty: nobody."""
    named = Unit.objects.filter(pk=hsa_id).values_list("successor", flat=True).first()
    return named or ""


def receiving(*, owners: Sequence[str], kinds: Sequence[str]) -> tuple[Address, ...]:
    """Return the units that can receive, default units first, then by Swedish order of name."""
    rows = Unit.objects.filter(owner__in=owners, kind__in=kinds, archived_on=None)
    return tuple(_address(row) for row in rows.order_by("-is_default", "name_sort", "name"))


def listed(*, kind: str, owner: str, first: int, count: int) -> tuple[Address, ...]:
    """Return some units of the address book in Swedish order, archived ones left out.

    :param kind: empty: any
    :param owner: schema of a huvudman; empty: any
    :param first: how many to pass over
    """
    rows = Unit.objects.filter(archived_on=None)
    if kind:
        rows = rows.filter(kind=kind)
    if owner:
        rows = rows.filter(owner=owner)
    ordered = rows.order_by("name_sort", "hsa_id")[first : first + count]
    return tuple(_address(row) for row in ordered)


def line(unit: Address, own: Mapping[str, Address]) -> list[Address]:
    """Return who takes over from a unit, one after another.

    :param own: units of its huvudman by HSA-id
    """
    found: list[Address] = []
    after = own.get(unit.successor)
    while after is not None and len(found) < LONGEST_LINE:
        found.append(after)
        after = own.get(after.successor)
    return found


def is_open(unit: Address, *, at: datetime) -> bool:
    """Tell whether a unit's inbox is watched at a moment."""
    return _closes_at(unit, at) is not None


def watches(hsa_ids: Sequence[str], *, at: datetime) -> dict[str, Watch]:
    """Return for each unit whether its inbox is watched, and who takes over, in two queries."""
    asked = addresses(hsa_ids)
    after = addresses([it.successor for it in asked.values() if it.successor])
    return {hsa_id: watch(unit, after.get(unit.successor), at=at) for hsa_id, unit in asked.items()}


def watch(unit: Address, takes_over: Address | None, *, at: datetime) -> Watch:
    """Return whether a unit's inbox is watched at a moment."""
    today = calendar.local_date(at)
    closes_at = _closes_at(unit, at)
    return Watch(
        unit=unit,
        is_watched=closes_at is not None,
        red_day=None if unit.watches_red_days else calendar.red_day_name(today),
        opens_at=None if closes_at else _opens_at(unit, at),
        closes_at=closes_at,
        takes_over=takes_over,
        takes_over_is_watched=takes_over is not None and _closes_at(takes_over, at) is not None,
    )


def hours_on(unit: Address, day: date) -> tuple[datetime, datetime] | None:
    """Return from when to when a unit's inbox is watched on a day, or None where it is not."""
    hours = unit.opening_hours.get(DAYS[day.weekday()])
    if not hours or (calendar.is_red_day(day) and not unit.watches_red_days):
        return None
    opens, closes = (_moment(day, text) for text in hours)
    return opens, closes


def _moment(day: date, text: str) -> datetime:
    if text == "24:00":
        return calendar.start_of_local_day(day + timedelta(days=1))
    return datetime.combine(day, time.fromisoformat(text), calendar.STOCKHOLM)


def _closes_at(unit: Address, at: datetime) -> datetime | None:
    hours = hours_on(unit, calendar.local_date(at))
    return hours[1] if hours and hours[0] <= at < hours[1] else None


def _opens_at(unit: Address, at: datetime) -> datetime | None:
    today = calendar.local_date(at)
    for ahead in range(LOOK_AHEAD):
        hours = hours_on(unit, today + timedelta(days=ahead))
        if hours and hours[0] > at:
            return hours[0]
    return None


def _address(row: Unit) -> Address:
    return Address(
        hsa_id=row.hsa_id,
        name=row.name,
        kind=row.kind,
        branch=row.branch,
        owner=row.owner,
        phone=row.phone,
        opening_hours=row.opening_hours,
        watches_red_days=row.watches_red_days,
        successor=row.successor,
        is_default=row.is_default,
    )
