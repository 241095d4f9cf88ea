"""Import of units and assignments from a file: what differs first, then all of it or nothing.

The file is the whole list: what it lacks ends. It is CSV in UTF-8, with or without a byte order
mark, with semicolons (as Excel saves it in Swedish) or commas.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet, TextChoices

from care.identity import approving, entries, operations
from care.identity.actors import Actor
from care.identity.entries import AssignmentEntry, BadEntry, UnitEntry
from care.identity.models import Assignment, DirectoryEvent, Staff
from care.identity.permissions import ROLE_LABELS, Permission
from care.identity.units import DAYS
from care.law import calendar
from tenants.context import acting_for
from tenants.models import Unit
from tenants.sorting import sort_key

E = TypeVar("E", UnitEntry, AssignmentEntry)

UNIT_COLUMNS = (
    "hsa_id", "namn", "typ", "verksamhetsgren", "telefon", "öppettider", "bevakar_röda_dagar",
    "tar_över", "förvald",
)  # fmt: skip
ASSIGNMENT_COLUMNS = ("hsa_id", "namn", "enhet", "roll", "befattning", "från", "till")

# What the documentation shows, and the tests read.
UNITS_SAMPLE = """\
hsa_id;namn;typ;verksamhetsgren;telefon;öppettider;bevakar_röda_dagar;tar_över;förvald
SE2321000214-1001;Avdelning 1;Avdelning;Hälso- och sjukvård;063-14 75 00;alltid;ja;;ja
SE2321000214-1002;Hälsocentralen Norr;Hälsocentral;Hälso- och sjukvård;063-14 75 01;mån-fre \
08:00-16:30;nej;SE2321000214-1001;ja
"""
ASSIGNMENTS_SAMPLE = """\
hsa_id;namn;enhet;roll;befattning;från;till
SE2321000214-P001;Sara Lindmark;SE2321000214-1001;Sjuksköterska på avdelning;Sjuksköterska;\
2026-01-01;
SE2321000214-P002;Lena Uusitalo;SE2321000214-1002;Vårdsamordnare i öppenvård;\
Distriktssköterska;2026-01-01;2026-12-31
"""

LARGEST = 20_000_000  # bytes: far more than every unit and assignment of a region
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ALWAYS = {day: ["00:00", "24:00"] for day in DAYS}
SHORT_DAYS = dict(zip(("mån", "tis", "ons", "tor", "fre", "lör", "sön"), DAYS, strict=True))
HOURS = re.compile(r"(?P<first>\w{3})(?:-(?P<last>\w{3}))? (?P<opens>\S+?)-(?P<closes>\S+)")
YES_NO = {"ja": True, "nej": False, "": False}
ADVICE = "Spara filen som CSV UTF-8 och importera den igen."


class Change(StrEnum):
    """What an import does to one unit or assignment."""

    ADDED = "added"
    CHANGED = "changed"
    ASKED = "asked"
    AWAITED = "awaited"
    ENDED = "ended"
    LEFT_OUT = "left_out"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class BadFile(Exception):
    """A file that cannot be read at all; the text is Swedish, names the line and what to do."""


@dataclass(frozen=True)
class Line:
    """Rad: one line of the file, or something that the file lacks (line None)."""

    line: int | None
    subject: str
    change: Change
    text: str


@dataclass(frozen=True)
class Report:
    """Skillnadsrapport: what an import would do, or has done."""

    lines: tuple[Line, ...]
    is_written: bool = False

    def of(self, change: Change) -> tuple[Line, ...]:
        """Return the lines with one kind of change."""
        return tuple(it for it in self.lines if it.change is change)

    @property
    def is_refused(self) -> bool:
        """Tell whether a line was refused, so that nothing was written."""
        return bool(self.of(Change.REFUSED))


def import_units(
    *,
    actor: Actor,
    content: bytes,
    busy: Collection[str] = (),
    dry_run: bool,
    at: datetime,
) -> Report:
    """Bring the huvudman's units in line with a file; a dry run reports only.

    :param busy: HSA-ids of units whose worklist holds cases that run, as care.inbox knows
    :raises BadFile: if the file cannot be read
    :raises operations.NotAdministrator: if the actor may not
    """
    operations.refuse_unless_administrator(actor, Permission.ADMINISTER_UNITS)
    rows = _Rows(content, UNIT_COLUMNS)
    with transaction.atomic():
        before = operations.own_units()
        after = rows.entries(_unit, key=lambda it: it.hsa_id)
        elsewhere = operations.units_elsewhere(after)
        for line, entry in after.values():
            rows.judge(line, entry.hsa_id, _unit_judge(entry, after, elsewhere))
        lines = [*rows.refused, *_differences(before, after, _describe_unit)]
        lines += _needed_units(before, after, busy)
        report = _report(lines, dry_run=dry_run)
        if report.is_written:
            _write_units(before, after, report, actor=actor, at=at)
    return report


def import_assignments(
    *, actor: Actor, content: bytes, takes_two: bool = False, dry_run: bool, at: datetime
) -> Report:
    """Bring the huvudman's assignments in line with a file; a dry run reports only.

    What HSA says is not touched: its own import keeps it.

    :param takes_two: what is new is asked for, and holds when somebody else has approved it
    :raises BadFile: if the file cannot be read
    :raises operations.NotAdministrator: if the actor may not
    """
    operations.refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    rows = _Rows(content, ASSIGNMENT_COLUMNS)
    with transaction.atomic():
        own = operations.own_units()
        held = {_key(it): it for it in _holding()}
        before = {key: operations.entry_of(it) for key, it in held.items()}
        after = rows.entries(lambda row: _assignment(row, before, at), key=_entry_key)
        for line, entry in after.values():
            rows.judge(line, entry.hsa_id, _assignment_judge(entry, own))
        rows.refuse_two_names(after)
        for line, entry in after.values():
            rows.judge(line, entry.hsa_id, _lasting_judge(entry, before, takes_two))
        lines = [*rows.refused, *_differences(before, after, _describe_assignment)]
        lines += _own_assignment(actor, held, after)
        lines = _without_given(lines, after, takes_two=takes_two)
        if takes_two:
            lines = [_asked(it) for it in lines]
        report = _report(lines, dry_run=dry_run)
        if report.is_written:
            _write_assignments(held, after, report, actor=actor, at=at)
    return report


class _Rows:
    """The lines of a file, and why some of them were refused."""

    def __init__(self, content: bytes, columns: Sequence[str]) -> None:
        self.lines = list(_read(content, columns))
        self.columns = columns
        self.refused: list[Line] = []

    def entries(
        self, parse: Callable[[Mapping[str, str]], E], *, key: Callable[[E], str]
    ) -> dict[str, tuple[int, E]]:
        """Return what the lines say, by key; a line that says nothing is refused."""
        found: dict[str, tuple[int, E]] = {}
        for line, cells in self.lines:
            try:
                entry = parse(_whole(cells, self.columns))
            except BadEntry as error:
                self.refuse(line, cells[0], error.text)
                continue
            if key(entry) in found:
                first = found[key(entry)][0]
                self.refuse(line, cells[0], f"Samma som rad {first}. Ta bort en av raderna.")
                continue
            found[key(entry)] = line, entry
        return found

    def judge(self, line: int, subject: str, check: Callable[[], None]) -> None:
        """Refuse a line that says what cannot be."""
        try:
            check()
        except BadEntry as error:
            self.refuse(line, subject, error.text)

    def refuse_two_names(self, after: Mapping[str, tuple[int, AssignmentEntry]]) -> None:
        """Refuse a line that names a person otherwise than an earlier one does."""
        names: dict[str, tuple[int, str]] = {}
        for line, entry in after.values():
            first, name = names.setdefault(entry.hsa_id, (line, entry.name))
            if name != entry.name:
                self.refuse(
                    line,
                    entry.hsa_id,
                    f"Personen heter {name} på rad {first}. Skriv samma namn på båda raderna.",
                )

    def refuse(self, line: int, subject: str, text: str) -> None:
        """Note why a line is refused."""
        self.refused.append(Line(line, subject, Change.REFUSED, text))


def _read(content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Give the number of each line and its cells."""
    text = _decoded(content)
    separator = ";" if ";" in text.partition("\n")[0] else ","
    # strict: a quotation mark that is never closed is an error, not the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if line == 1:
                _check_header(stripped, columns)
            elif any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error:
        raise BadFile(
            f"Rad {line} går inte att läsa. Kontrollera citattecknen på raden. {ADVICE}"
        ) from None
    if line == 1:
        raise BadFile(f"Filen är tom. Första raden ska vara: {';'.join(columns)}")


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise BadFile("Filen är för stor. Dela inte upp den: ta bort kolumner som inte hör dit.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(f"Rad {line} är inte skriven i UTF-8. {ADVICE}") from None
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise BadFile(f"Rad {line} innehåller tecken som inte är text. {ADVICE}")
    return text


def _check_header(cells: Sequence[str], columns: Sequence[str]) -> None:
    if [cell.lower() for cell in cells] != list(columns):
        raise BadFile(
            f"Rad 1 har fel rubriker. Skriv dem så här, i samma ordning: {';'.join(columns)}"
        )


def _whole(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise BadEntry(
            "",
            f"Raden har {len(cells)} fält men ska ha {len(columns)}. Fyll i raden: fält utan värde"
            " lämnas tomma mellan två skiljetecken.",
        )
    for column, cell in zip(columns, cells, strict=True):
        if cell.startswith(FORMULA) and not entries.PHONE.fullmatch(cell):
            raise BadEntry(
                column,
                f"Fältet {column} börjar med tecknet {cell[0]!r} och kan tolkas som en formel. Ta"
                " bort tecknet.",
            )
    return dict(zip(columns, cells, strict=True))


def _unit(row: Mapping[str, str]) -> UnitEntry:
    return UnitEntry(
        hsa_id=row["hsa_id"],
        name=row["namn"],
        kind=_code(row["typ"], Unit.Kind.choices),
        branch=_code(row["verksamhetsgren"], Unit.Branch.choices),
        phone=row["telefon"],
        opening_hours=_opening_hours(row["öppettider"]),
        watches_red_days=_yes(row, "bevakar_röda_dagar"),
        successor=row["tar_över"],
        is_default=_yes(row, "förvald"),
    )


def _assignment(
    row: Mapping[str, str], before: Mapping[str, AssignmentEntry], at: datetime
) -> AssignmentEntry:
    begins, ends = _day(row, "från"), _day(row, "till")
    entry = AssignmentEntry(
        hsa_id=row["hsa_id"],
        name=row["namn"],
        unit_id=row["enhet"],
        role=_code(row["roll"], ROLE_LABELS.items()),
        title=row["befattning"],
        valid_from=calendar.start_of_local_day(begins) if begins else at,
        # The last day belongs to the assignment.
        valid_until=calendar.start_of_local_day(ends + timedelta(days=1)) if ends else None,
    )
    known = before.get(_entry_key(entry))
    if known is None:
        return entries.limited(entry)
    # What the file leaves empty stays as it is: it is no shorter and no longer. Nor does the day on
    # which it began at some hour.
    is_as_known = begins in (None, calendar.local_date(known.valid_from))
    return replace(
        entry,
        valid_from=known.valid_from if is_as_known else entry.valid_from,
        valid_until=entry.valid_until if ends else known.valid_until,
    )


def _code(text: str, names: Iterable[tuple[object, object]]) -> str:
    """Return the code of what is written as people name it, or as it is."""
    by_name = {str(name).casefold(): str(code) for code, name in names}
    return by_name.get(text.casefold(), text)


def _yes(row: Mapping[str, str], column: str) -> bool:
    if row[column].lower() not in YES_NO:
        raise BadEntry(
            column, f"Fältet {column} kan inte vara ”{row[column]}”. Skriv ja eller nej."
        )
    return YES_NO[row[column].lower()]


def _day(row: Mapping[str, str], column: str) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise BadEntry(
            column, f"Fältet {column} kan inte vara ”{row[column]}”. Skriv dagen som 2026-01-31."
        ) from None


def _opening_hours(text: str) -> dict[str, list[str]]:
    """Read "mån-fre 08:00-16:30, lör 10:00-14:00", or "alltid"."""
    if text.lower() == "alltid":
        return ALWAYS
    hours: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = HOURS.fullmatch(part.lower())
        days = _days(match["first"], match["last"]) if match else ()
        if match is None or not days:
            raise BadEntry(
                "öppettider",
                f"Öppettiden ”{part}” går inte att läsa. Skriv till exempel mån-fre 08:00-16:30,"
                " lör 10:00-14:00, eller alltid.",
            )
        hours |= {day: [match["opens"], match["closes"]] for day in days}
    return hours


def _days(first: str, last: str | None) -> tuple[str, ...]:
    if first not in SHORT_DAYS or (last or first) not in SHORT_DAYS:
        return ()
    begins, ends = DAYS.index(SHORT_DAYS[first]), DAYS.index(SHORT_DAYS[last or first])
    return DAYS[begins : ends + 1]


def _unit_judge(
    entry: UnitEntry, own: Collection[str], elsewhere: Collection[str]
) -> Callable[[], None]:
    return lambda: entries.check_unit(entry, own=own, elsewhere=elsewhere, tenant=acting_for())


def _assignment_judge(entry: AssignmentEntry, own: Collection[str]) -> Callable[[], None]:
    return lambda: entries.check_assignment(entry, own=own)


def _lasting_judge(
    entry: AssignmentEntry, before: Mapping[str, AssignmentEntry], takes_two: bool
) -> Callable[[], None]:
    """Return what refuses an assignment that is to last longer without a second person."""

    def judge() -> None:
        known = before.get(_entry_key(entry))
        if known is None:
            return
        if known.valid_until != entry.valid_until:
            entries.limited(entry)
        if takes_two and entry.valid_from < known.valid_from:
            raise BadEntry(
                "från",
                f"Uppdraget för {entry.name} kan inte börja tidigare från fil: någon annan"
                f" godkänner det. Skriv {calendar.local_date(known.valid_from)}, eller avsluta"
                " uppdraget och begär ett nytt under Enheter.",
            )
        if takes_two and _is_longer(entry, known):
            raise BadEntry(
                "till",
                f"Uppdraget för {entry.name} kan inte förlängas från fil: någon annan godkänner"
                " det. Förläng det under Medarbetare, och låt sista dagen stå kvar i filen.",
            )

    return judge


def _is_longer(entry: AssignmentEntry, known: AssignmentEntry) -> bool:
    if known.valid_until is None:
        return False
    return entry.valid_until is None or entry.valid_until > known.valid_until


def _without_given(
    lines: Iterable[Line],
    after: Mapping[str, tuple[int, AssignmentEntry]],
    *,
    takes_two: bool,
) -> list[Line]:
    """Leave out what is new in the file only: HSA says it already, or it waits for a decision.

    The file stays the whole list: whoever takes the row away would end the assignment with the
    next one.
    """
    of_hsa = {_key(it) for it in _standing().exclude(kind=Assignment.Kind.LOCAL)}
    waiting = {" ".join(it) for it in approving.waiting_keys()} if takes_two else set()
    why = {
        line: approving.asked_before(entry.name) if key in waiting else _said_by_hsa(entry)
        for key, (line, entry) in after.items()
        if key in waiting or key in of_hsa
    }
    return [
        replace(it, change=Change.LEFT_OUT, text=why[it.line])
        if it.change is Change.ADDED and it.line in why
        else it
        for it in lines
    ]


def _said_by_hsa(entry: AssignmentEntry) -> str:
    return f"{entry.name} har uppdraget från HSA. Det följer HSA och rörs inte från fil."


def _asked(line: Line) -> Line:
    return replace(line, change=Change.ASKED) if line.change is Change.ADDED else line


def _differences(
    before: Mapping[str, E],
    after: Mapping[str, tuple[int, E]],
    describe: Callable[[E], Mapping[str, str]],
) -> Iterator[Line]:
    for key, (line, entry) in after.items():
        yield _difference(line, before.get(key), entry, describe)
    for key, entry in before.items():
        if key not in after:
            yield Line(None, entry.hsa_id, Change.ENDED, f"{entry.name} finns inte i filen.")


def _difference(
    line: int, before: E | None, entry: E, describe: Callable[[E], Mapping[str, str]]
) -> Line:
    if before is None:
        return Line(line, entry.hsa_id, Change.ADDED, entry.name)
    if before == entry:
        return Line(line, entry.hsa_id, Change.UNCHANGED, entry.name)
    old, new = describe(before), describe(entry)
    told = [f"{it}: {old[it]} → {new[it]}" for it in new if old[it] != new[it]]
    return Line(line, entry.hsa_id, Change.CHANGED, f"{entry.name}. {'; '.join(told)}")


def _describe_unit(entry: UnitEntry) -> dict[str, str]:
    hours = ", ".join(
        f"{name} {'-'.join(entry.opening_hours[day])}"
        for name, day in SHORT_DAYS.items()
        if day in entry.opening_hours
    )
    return {
        "namn": entry.name,
        "typ": _label(Unit.Kind, entry.kind),
        "verksamhetsgren": _label(Unit.Branch, entry.branch),
        "telefon": entry.phone,
        "öppettider": hours,
        "bevakar_röda_dagar": "ja" if entry.watches_red_days else "nej",
        "tar_över": entry.successor or "ingen",
        "förvald": "ja" if entry.is_default else "nej",
    }


def _label(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label if value in choices.values else value)


def _describe_assignment(entry: AssignmentEntry) -> dict[str, str]:
    ends = entry.valid_until
    return {
        "namn": entry.name,
        "befattning": entry.title,
        "från": str(calendar.local_date(entry.valid_from)),
        "till": str(calendar.local_date(ends) - timedelta(days=1)) if ends else "tills vidare",
    }


def _needed_units(
    before: Mapping[str, UnitEntry],
    after: Mapping[str, tuple[int, UnitEntry]],
    busy: Collection[str],
) -> Iterator[Line]:
    """Refuse to end a unit that somebody needs, unless who takes over stays."""
    for hsa_id, entry in before.items():
        if hsa_id in busy and hsa_id not in after and entry.successor not in after:
            yield Line(
                None,
                hsa_id,
                Change.REFUSED,
                f"{entry.name} har ärenden som pågår och saknas i filen. Låt raden vara kvar, eller"
                " ange först vilken enhet som tar över.",
            )


def _own_assignment(
    actor: Actor,
    held: Mapping[str, Assignment],
    after: Mapping[str, tuple[int, AssignmentEntry]],
) -> Iterator[Line]:
    """Refuse to end the assignment of who imports: nobody could mend it afterwards."""
    for key, row in held.items():
        if row.pk == actor.assignment_id and key not in after:
            yield Line(
                None,
                row.staff.hsa_id,
                Change.REFUSED,
                "Ditt eget uppdrag saknas i filen. Lägg till en rad för det.",
            )


def _report(lines: Sequence[Line], *, dry_run: bool) -> Report:
    """Put the lines in order; a line that is refused is told once, with its reason."""
    refused = {it.line for it in lines if it.change is Change.REFUSED and it.line}
    ended = {it.subject for it in lines if it.change is Change.REFUSED and not it.line}
    told = [
        it
        for it in lines
        if it.change is Change.REFUSED
        or not (it.line in refused or (it.line is None and it.subject in ended))
    ]
    told.sort(key=lambda it: (it.line is None, it.line or 0, it.subject))
    is_refused = any(it.change is Change.REFUSED for it in told)
    return Report(tuple(told), is_written=not dry_run and not is_refused)


def _write_units(
    before: Mapping[str, UnitEntry],
    after: Mapping[str, tuple[int, UnitEntry]],
    report: Report,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    written = report.of(Change.ADDED) + report.of(Change.CHANGED)
    operations.put_units(
        [after[it.subject][1] for it in written], before=before, actor=actor, at=at
    )
    for line in report.of(Change.ENDED):
        leaving = before[line.subject]
        heir = leaving.successor if leaving.successor in after else ""
        operations.drop_unit(leaving, heir=heir, actor=actor, at=at)


def _standing() -> "QuerySet[Assignment]":
    rows = Assignment.objects.select_for_update(of=("self",)).filter(revoked_at=None)
    return rows.select_related("staff").order_by("staff__hsa_id", "unit", "role")


def _holding() -> Sequence[Assignment]:
    return list(_standing().filter(kind=Assignment.Kind.LOCAL))


def _key(row: Assignment) -> str:
    return f"{row.staff.hsa_id} {row.unit_id} {row.role}"


def _entry_key(entry: AssignmentEntry) -> str:
    return f"{entry.hsa_id} {entry.unit_id} {entry.role}"


def _write_assignments(
    held: Mapping[str, Assignment],
    after: Mapping[str, tuple[int, AssignmentEntry]],
    report: Report,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write in bulk: a region has tens of thousands of assignments."""
    numbers = {it.line: it.change for it in report.lines}
    asked = [it for line, it in after.values() if numbers[line] is Change.ASKED]
    approving.write_requests(asked, actor=actor, at=at)
    apart = (Change.ASKED, Change.LEFT_OUT)
    staff = _put_staff(it for line, it in after.values() if numbers[line] not in apart)
    what = DirectoryEvent.What
    log = partial(operations.event, actor=actor, at=at)
    events: list[DirectoryEvent] = []
    added: list[Assignment] = []
    for key, (line, entry) in after.items():
        if numbers[line] is Change.ADDED:
            added.append(
                Assignment(staff=staff[entry.hsa_id], **operations.assignment_values(entry))
            )
            events.append(log(what.ADD_ASSIGNMENT, added[-1].pk, after=operations.readable(entry)))
        elif numbers[line] is Change.CHANGED:
            Assignment.objects.filter(pk=held[key].pk).update(**operations.assignment_values(entry))
            events.append(
                log(
                    what.CHANGE_ASSIGNMENT,
                    held[key].pk,
                    before=operations.readable(operations.entry_of(held[key])),
                    after=operations.readable(entry),
                )
            )
    ended = [row for key, row in held.items() if key not in after]
    Assignment.objects.filter(pk__in=[it.pk for it in ended]).update(revoked_at=at)
    events += [
        log(what.REVOKE_ASSIGNMENT, it.pk, before=operations.readable(operations.entry_of(it)))
        for it in ended
    ]
    Assignment.objects.bulk_create(added, batch_size=1000)
    DirectoryEvent.objects.bulk_create(events, batch_size=1000)


def _put_staff(named: Iterator[AssignmentEntry]) -> dict[str, Staff]:
    names = {it.hsa_id: it.name for it in named}
    known = {it.hsa_id: it for it in Staff.objects.filter(hsa_id__in=names)}
    new = [
        Staff(hsa_id=hsa_id, name=name, name_sort=sort_key(name))
        for hsa_id, name in names.items()
        if hsa_id not in known
    ]
    Staff.objects.bulk_create(new, batch_size=1000)
    for hsa_id, person in known.items():
        if person.name != names[hsa_id]:
            operations.put_staff(hsa_id, names[hsa_id])
    return known | {it.hsa_id: it for it in new}
