"""Technical checks of the units: what was measured lies at home, whether it held in common.

Rows are added and never changed. A huvudman keeps who made a check and in which browser to itself.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from tenants import technical
from tenants.context import acting_for
from tenants.home.models import TechnicalCheck
from tenants.models import UnitCheck
from tenants.progress import By
from tenants.technical import Item, Measured, Outcome


@dataclass(frozen=True)
class Checked:
    """Teknisk kontroll av en enhet, as everybody sees it: when, and what is not in order."""

    unit_id: str
    failed: tuple[Item, ...]
    untried: tuple[Item, ...]
    at: datetime

    @property
    def holds(self) -> bool:
        """Tell whether everything was tried and worked."""
        return not self.failed and not self.untried


@dataclass(frozen=True)
class CheckMade:
    """Teknisk kontroll, as its huvudman sees it: where, in which browser, what, and by whom."""

    unit_id: str
    place: str
    browser: str
    measured: Measured
    by: str
    title: str
    at: datetime


@transaction.atomic
def record(
    measured: Measured, *, unit_id: str, place: str, browser: str, by: By, at: datetime
) -> None:
    """Keep a check of a unit of the huvudman that acts."""
    found = {
        "failed": list(technical.with_outcome(measured, Outcome.FAILS)),
        "untried": list(technical.with_outcome(measured, Outcome.NOT_TRIED)),
    }
    TechnicalCheck.objects.create(
        unit_id=unit_id,
        place=place,
        browser=browser,
        measured=asdict(measured),
        name=by.name,
        title=by.title,
        checked_at=at,
    )
    UnitCheck.objects.create(owner=acting_for(), unit_id=unit_id, checked_at=at, **found)


def last(owners: Iterable[str]) -> dict[tuple[str, str], Checked]:
    """Return the last check of each unit of some huvudmän, by huvudman and HSA-id, in one question.

    By both, for anybody could name another's unit in a row of its own.
    """
    rows = UnitCheck.objects.filter(owner__in=list(owners)).order_by("owner", "unit_id", "-pk")
    found = rows.distinct("owner", "unit_id")
    return {(row.owner, row.unit_id): _checked(row) for row in found}


def made(unit_ids: Iterable[str]) -> tuple[CheckMade, ...]:
    """Return the last check of each unit of the huvudman that acts, the newest first."""
    rows = TechnicalCheck.objects.filter(unit_id__in=list(unit_ids)).order_by("unit_id", "-pk")
    found = (_made(row) for row in rows.distinct("unit_id"))
    return tuple(sorted(found, key=lambda it: it.at, reverse=True))


def _checked(row: UnitCheck) -> Checked:
    failed = tuple(Item(it) for it in row.failed)
    return Checked(row.unit_id, failed, tuple(Item(it) for it in row.untried), row.checked_at)


def _made(row: TechnicalCheck) -> CheckMade:
    kept = row.measured
    measured = Measured(
        lacks=None if kept["lacks"] is None else tuple(kept["lacks"]),
        clock_seconds=kept["clock_seconds"],
        trips_ms=tuple(kept["trips_ms"]),
        has_cookies=kept["has_cookies"],
        clock=Outcome(kept["clock"]),
        network=Outcome(kept["network"]),
        printing=Outcome(kept["printing"]),
        card=Outcome(kept["card"]),
    )
    return CheckMade(
        row.unit_id, row.place, row.browser, measured, row.name, row.title, row.checked_at
    )
