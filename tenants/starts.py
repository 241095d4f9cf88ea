"""Startplan: which units do not start with their huvudman, and on which days of their own.

The region has one too, for a pilot is some wards and some health centres with some municipalities.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tenants import progress
from tenants.context import acting_for
from tenants.models import StartPlan
from tenants.progress import By


@dataclass(frozen=True)
class Starts:
    """Startplan, as it is now: the own days by HSA-id, and who told them last."""

    days: Mapping[str, date] = field(default_factory=dict)
    number: int = 0
    by: str = ""
    at: datetime | None = None


def plan(days: Mapping[str, date], *, seen: int, by: By, at: datetime) -> None:
    """Plan which units of the huvudman that acts start on days of their own.

    The same plan again changes nothing.

    :param seen: the number of the plan that was there when the form was read, 0 for none
    :raises progress.WrittenMeanwhile: if somebody has planned since
    """
    now = of(acting_for())
    if now.number != seen:
        raise progress.written_meanwhile(now.by)
    if days == now.days:
        return
    row = StartPlan(
        owner=acting_for(),
        number=seen + 1,
        days={unit: on.isoformat() for unit, on in days.items()},
        name=by.name,
        title=by.title,
        planned_at=at,
    )
    progress.add(row)


def of(tenant: str) -> Starts:
    """Return the plan of a huvudman."""
    return everybody().get(tenant, Starts())


def everybody() -> dict[str, Starts]:
    """Return the plan of each huvudman that has one, in one question."""
    return {row.owner: _starts(row) for row in StartPlan.objects.order_by("number")}


def _starts(row: StartPlan) -> Starts:
    days = {unit: date.fromisoformat(on) for unit, on in row.days.items()}
    return Starts(days, row.number, row.name, row.planned_at)
