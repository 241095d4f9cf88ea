"""Avstämning: the old system's list and ours, case by case, while both run.

Nothing of a case is written. What is kept is counts, so that the parallel run can be followed day
by day. A report names cases by their number there and their id here: no name, no personal number.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from care.discharge.models import Reconciliation
from care.discharge.takeover import deeds, here, judging
from care.discharge.takeover.entries import Entry
from care.discharge.takeover.here import Here, Home
from care.discharge.takeover.importing import known_name
from care.discharge.takeover.reading import Fault
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.law import calendar
from care.law.discharge import Act
from care.sharing import access
from tenants.context import acting_for

# What a column holds here may be somebody's name, or a place: only that it differs is told.
PRIVATE = frozenset(
    {"personnummer", "förnamn", "efternamn", "vårdkontakt", "mötesplats", "deltagare",
     "klar_läkare"}
)  # fmt: skip
# A spreadsheet would read such a cell as a formula.
COLUMNS = ("utfall", "referens", "ärende", "rad", "fält", "där", "här")


class Match(StrEnum):
    """Utfall of a comparison: how one case stands there and here."""

    CLOSED_THERE = "closed_there"
    DIFFERENT = "different"
    ONLY_THERE = "only_there"
    ONLY_HERE = "only_here"
    IN_BOTH = "in_both"


MATCH_LABELS: Mapping[Match, str] = MappingProxyType(
    {
        Match.CLOSED_THERE: "Avslutat där, öppet här",
        Match.DIFFERENT: "Olika",
        Match.ONLY_THERE: "Bara där",
        Match.ONLY_HERE: "Bara här",
        Match.IN_BOTH: "I båda, lika",
    }
)


@dataclass(frozen=True)
class Difference:
    """Skillnad: what one field says there and here; empty where it says nothing or may not."""

    column: str
    there: str
    here: str


@dataclass(frozen=True)
class Compared:
    """Ett ärende i avstämningen."""

    match: Match
    reference: str
    case_id: UUID | None
    line: int | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Counts:
    """Antal: open cases, those with a call, and those with an estimate of the discharge."""

    open_cases: int
    calls: int
    estimates: int


@dataclass(frozen=True)
class Result:
    """Avstämning: what was found, or why the file could not be compared."""

    system: str
    at: datetime
    faults: tuple[Fault, ...]
    cases: tuple[Compared, ...]
    there: Counts
    here: Counts

    def of(self, match: Match) -> tuple[Compared, ...]:
        """Return the cases with one outcome."""
        return tuple(it for it in self.cases if it.match is match)

    @property
    def agrees(self) -> bool:
        """Tell whether everything is the same there and here."""
        return (
            not self.faults
            and len(self.of(Match.IN_BOTH)) == len(self.cases)
            and self.there == self.here
        )


@dataclass(frozen=True)
class Day:
    """En dag i parallelldriften: the last comparison of the day, as counts."""

    at: datetime
    counts: Mapping[Match, int]
    there: Counts
    here: Counts

    @property
    def agrees(self) -> bool:
        """Tell whether everything was the same there and here."""
        others = sum(number for match, number in self.counts.items() if match != Match.IN_BOTH)
        return others == 0 and self.there == self.here


def reconcile(*, actor: Actor, system: str, content: bytes, at: datetime) -> Result:
    """Compare the old system's list of today with our open cases, and keep the counts.

    A file that has faults is not counted: it would hide what it cannot say.

    :raises reading.BadFile: if the file cannot be read
    :raises importing.Refused: if the name of the system is missing
    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.RECONCILE_CASES)
    system = known_name(system)
    file = judging.judged(content, home=acting_for(), at=at)
    home = here.look(actor=actor, permission=Permission.RECONCILE_CASES, system=system, at=at)
    open_there = [it for it in file.entries if it.is_open]
    result = Result(
        system=system,
        at=at,
        faults=file.faults,
        cases=() if file.faults else tuple(_compared(file.entries, home)),
        there=_counts_there(open_there),
        here=counts_here(home),
    )
    if not result.faults:
        _keep(result, actor)
    return result


def counts_here(home: Home) -> Counts:
    """Return how many cases are open here, with a call, and with an estimate."""
    cases = home.open_cases.values()
    return Counts(
        len(cases),
        sum(Act.CALL_TO_PLANNING in it.latest for it in cases),
        sum(it.values["beräknad_utskrivning"] is not None for it in cases),
    )


def days(*, actor: Actor, system: str) -> tuple[Day, ...]:
    """Return how the parallel run has gone, the last comparison of each day, the newest first.

    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.RECONCILE_CASES)
    found: dict[object, Day] = {}
    for row in Reconciliation.objects.filter(system=known_name(system)).order_by("-at", "-id"):
        found.setdefault(calendar.local_date(row.at), day_of(row))
    return tuple(found.values())


def day_of(row: Reconciliation) -> Day:
    """Return a comparison that was kept."""
    return Day(
        at=row.at,
        counts={match: getattr(row, match.value) for match in Match},
        there=Counts(row.open_there, row.calls_there, row.estimates_there),
        here=Counts(row.open_here, row.calls_here, row.estimates_here),
    )


def as_csv(result: Result) -> str:
    """Return a comparison for a spreadsheet: one line for each difference, semicolons between."""
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";", lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for it in result.cases:
        case = (MATCH_LABELS[it.match], it.reference, str(it.case_id or ""), str(it.line or ""))
        for found in it.differences or (Difference("", "", ""),):
            sheet.writerow([*case, found.column, found.there, found.here])
    return out.getvalue()


def as_json(result: Result) -> str:
    """Return a comparison for a program."""
    return json.dumps(
        {
            "system": result.system,
            "at": result.at.isoformat(),
            "agrees": result.agrees,
            "faults": [
                {"line": it.line, "reference": it.reference, "column": it.column, "text": it.text}
                for it in result.faults
            ],
            "counts": {match.value: len(result.of(match)) for match in Match},
            "there": vars(result.there),
            "here": vars(result.here),
            "cases": [
                {
                    "match": it.match.value,
                    "reference": it.reference,
                    "case_id": str(it.case_id) if it.case_id else None,
                    "line": it.line,
                    "differences": [vars(found) for found in it.differences],
                }
                for it in result.cases
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _compared(entries: Sequence[Entry], home: Home) -> Iterator[Compared]:
    """Give every case that is open there or here; what both have closed is nobody's any more."""
    met: set[UUID] = set()
    for entry in entries:
        known = home.of(entry.reference)
        if known:
            met.add(known.case.common_id)
            yield _of_both(entry, known)
        elif entry.is_open:
            yield Compared(Match.ONLY_THERE, entry.reference, None, entry.line)
    numbers = {row.common_id: reference for reference, row in home.references.items()}
    for common_id, known in home.open_cases.items():
        if common_id not in met:
            reference = numbers.get(common_id, "")
            yield Compared(Match.ONLY_HERE, reference, known.case.pk, None)


def _of_both(entry: Entry, known: Here) -> Compared:
    if not entry.is_open:
        return Compared(Match.CLOSED_THERE, entry.reference, known.case.pk, entry.line)
    there = deeds.values_of(entry)
    columns = known.differs_from(there)
    if known.case.individual.protection or entry.person.protection:
        # Where in care she is or will be is nobody's to know who is not on the list of the case.
        found = tuple(Difference(column, "", "") for column in columns)
    else:
        found = tuple(
            Difference(column, _shown(column, there[column]), _shown(column, known.values[column]))
            for column in columns
        )
    match = Match.DIFFERENT if found else Match.IN_BOTH
    return Compared(match, entry.reference, known.case.pk, entry.line, found)


def _shown(column: str, value: object) -> str:
    if value is None or column in PRIVATE:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(calendar.STOCKHOLM):%Y-%m-%d %H:%M:%S%z}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return str(value)


def _counts_there(open_there: Sequence[Entry]) -> Counts:
    return Counts(
        len(open_there),
        sum("kallelse_skickad" in it.times for it in open_there),
        sum("beräknad_utskrivning" in it.times for it in open_there),
    )


def _keep(result: Result, actor: Actor) -> None:
    Reconciliation.objects.create(
        system=result.system,
        at=result.at,
        **{match.value: len(result.of(match)) for match in Match},
        **counted(result.there, result.here),
        staff_id=actor.staff_id,
        staff_name=actor.name,
        assignment_id=actor.assignment_id,
    )


def counted(there: Counts, here: Counts) -> dict[str, int]:
    """Return counts as the rows that keep them name them."""
    return {
        "open_there": there.open_cases,
        "open_here": here.open_cases,
        "calls_there": there.calls,
        "calls_here": here.calls,
        "estimates_there": there.estimates,
        "estimates_here": here.estimates,
    }
