"""The rows of a decision pack, at home with its huvudman, and what the others know of it.

Rows are added and never changed: what was decided by can be read afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from tenants import decision, progress
from tenants.context import acting_for
from tenants.decision import Content, Pack, Part, Row
from tenants.home.models import PackRow
from tenants.models import PackDone
from tenants.progress import By


@dataclass(frozen=True)
class Done:
    """Färdigt underlag, as the others see it: since when, and how many rows each part has."""

    done_on: date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    number: int = 0
    by: str = ""
    at: datetime | None = None


def write(
    content: Content, *, part: Part, entry: UUID, seen: int, struck: bool, by: By, at: datetime
) -> None:
    """Write a row of the pack of the huvudman that acts, change it, or strike it.

    :param seen: the number of the row that was there when the form was read, 0 for a new one
    :raises onboarding.CannotRecord: if something cannot be
    :raises progress.WrittenMeanwhile: if somebody has changed it since
    """
    decision.check(content)
    last = PackRow.objects.filter(entry=entry).order_by("-number").values("number", "name").first()
    if (last["number"] if last else 0) != seen:
        raise progress.written_meanwhile(last["name"] if last else "")
    row = PackRow(
        entry=entry,
        number=seen + 1,
        part=part,
        content=decision.as_json(content),
        is_struck=struck,
        name=by.name,
        title=by.title,
        written_at=at,
    )
    progress.add(row)


def declare(done_on: date | None, *, seen: int, by: By, at: datetime) -> None:
    """Tell everybody that the pack of the huvudman that acts is done; None: that it is open again.

    :param seen: the number of what was told last when the page was read, 0 for nothing
    :raises progress.WrittenMeanwhile: if somebody has told since
    """
    last = done_of(acting_for())
    if last.number != seen:
        raise progress.written_meanwhile(last.by)
    row = PackDone(
        owner=acting_for(),
        number=seen + 1,
        done_on=done_on,
        counts=own().counts,
        name=by.name,
        title=by.title,
        declared_at=at,
    )
    progress.add(row)


def own() -> Pack:
    """Return the pack of the huvudman that acts, each part in its order."""
    newest = {row.entry: row for row in PackRow.objects.order_by("number")}
    rows = [_row(it) for it in newest.values() if not it.is_struck]
    return Pack(tuple(it for part in Part for it in sorted(_of(rows, part), key=decision.order)))


def done_of(tenant: str) -> Done:
    """Return what a huvudman says of its pack."""
    return everybody_done().get(tenant, Done())


def everybody_done() -> dict[str, Done]:
    """Return what each huvudman says of its pack, in one question."""
    return {
        row.owner: Done(row.done_on, row.counts, row.number, row.name, row.declared_at)
        for row in PackDone.objects.order_by("number")
    }


def _of(rows: list[Row], part: Part) -> list[Row]:
    return [it for it in rows if it.part is part]


def _row(row: PackRow) -> Row:
    part = Part(row.part)
    return Row(
        entry=row.entry,
        number=row.number,
        part=part,
        content=decision.from_json(part, row.content),
        by=row.name,
        title=row.title,
        at=row.written_at,
    )
