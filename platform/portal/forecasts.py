"""A forecast of an agreement's text in words: counts, never so small that they are people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext, ngettext

from care.sharing.simulation import Change, Counted, Forecast
from portal import parties
from portal.agreed import CLASS_LABELS

FEW = 5  # a smaller number, and not 0, may point at somebody


@dataclass(frozen=True)
class Row:
    """What would become of one information class, to one huvudman."""

    label: str
    opens: str
    closes: str
    stays: str


@dataclass(frozen=True)
class Group:
    """What one huvudman could read."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Shown:
    """A forecast, as its page shows it."""

    begins_at: datetime
    is_later: bool
    changes_nothing: bool
    groups: tuple[Group, ...]


def shown(forecast: Forecast, *, at: datetime) -> Shown:
    """Return a forecast in words, by huvudman."""
    return Shown(
        begins_at=forecast.begins_at,
        is_later=forecast.begins_at > at,
        changes_nothing=forecast.changes_nothing,
        groups=tuple(
            Group(parties.name(viewer), tuple(_rows(changes)))
            for viewer, changes in groupby(forecast.changes, key=lambda it: it.viewer)
        ),
    )


def _rows(changes: Iterator[Change]) -> Iterator[Row]:
    for it in changes:
        label = str(CLASS_LABELS[it.info_class])
        yield Row(label, words(it.opens), words(it.closes), words(it.stays))


def words(counted: Counted) -> str:
    """Return a count as it may be shown, or a dash for nothing."""
    if not counted.cases:
        return "–"
    cases = ngettext("{number} ärende", "{number} ärenden", counted.cases)
    rows = ngettext("{number} uppgift", "{number} uppgifter", counted.rows)
    if 0 < counted.cases < FEW:
        cases = gettext("färre än {number} ärenden")
    if 0 < counted.rows < FEW:
        rows = gettext("färre än {number} uppgifter")
    return ", ".join((
        cases.format(number=max(counted.cases, FEW)),
        rows.format(number=max(counted.rows, FEW) if counted.rows else 0),
    ))  # fmt: skip
