"""How huvudmän come to be: one by one, or a whole county from one file, with who begins there.

The file is CSV with semicolons in UTF-8, one huvudman on each line. All of its faults are told at
once, and nothing is made before it has none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from billing import files
from billing.files import BadFile, Row
from care.identity import entries, operations, queries
from care.identity.entries import AssignmentEntry, BadEntry, UnitEntry
from care.identity.permissions import Role
from project.commands.operator import operator
from tenants import identifiers, joining, progress
from tenants.context import in_the_name_of
from tenants.joining import Newcomer
from tenants.models import Tenant, Unit
from tenants.progress import By

COLUMNS = (
    "schema", "namn", "typ", "orgnr", "län", "kommunkod", "värdnamn", "delregion", "önskad_start",
    "administratör", "administratör_namn", "telefon",
)  # fmt: skip
NEEDED = ("schema", "namn", "typ", "orgnr", "län", "värdnamn")

# What the documentation shows, and the tests read.
SAMPLE = """\
schema;namn;typ;orgnr;län;kommunkod;värdnamn;delregion;önskad_start;administratör;\
administratör_namn;telefon
t_exempel;Region Exempel;Region;2999999614;24;;exempel.localhost;;;\
SE2999999614-P001;Ida Norberg;090-00 00 00
t_norrby;Norrby kommun;Kommun;2999999622;24;2401;norrby.localhost;Norra;2027-03-01;\
SE2999999622-P001;Ola Fransson;090-00 00 01
"""
OFFICE = "FORVALTNING"  # the unit where the first administrator works, after the HSA-id's prefix
OFFICE_HOURS = {day: ["08:00", "16:30"] for day in ("mon", "tue", "wed", "thu", "fri")}


class Change(StrEnum):
    """What a line of the file does to a huvudman."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Administrator:
    """Lokal administratör: who begins at a huvudman, and enters everybody else."""

    hsa_id: str
    name: str
    phone: str


@dataclass(frozen=True)
class Entry:
    """A huvudman as a line of the file has it."""

    newcomer: Newcomer
    delregion: str = ""
    wanted_start_on: date | None = None
    administrator: Administrator | None = None


@dataclass(frozen=True)
class Line:
    """What becomes of a line of the file, or why it is refused."""

    line: int
    name: str
    change: Change
    text: str = ""


def join(entry: Entry, *, by: By, at: datetime) -> bool:
    """Let a huvudman join, its onboarding begin, and its first administrator in.

    The same call twice changes nothing. Returns whether the onboarding is open.

    :param by: the command, as the history of the onboarding tells
    :raises joining.CannotJoin: if a name or a code is wrong, or belongs to somebody else
    :raises identifiers.BadIdentifier: if the organisation number is wrong
    :raises BadEntry: if the administrator cannot be entered so
    """
    if entry.administrator:
        _check(entry.administrator, entry.newcomer, at=at)
    joining.join(entry.newcomer)
    if entry.administrator:
        _let_in(entry.administrator, entry.newcomer, by=by, at=at)
    return progress.begin(
        tenant=entry.newcomer.schema_name,
        delregion=entry.delregion,
        wanted_start_on=entry.wanted_start_on,
        by=by,
        at=at,
    )


def read(content: bytes, *, at: datetime) -> tuple[tuple[Entry, ...], tuple[Line, ...]]:
    """Read a county's file against who has joined: its huvudmän, and what becomes of each line.

    The regions come first, since they let the municipalities begin.

    :raises BadFile: if the file cannot be read at all
    """
    rows = list(files.rows(content, COLUMNS))
    if not rows:
        raise BadFile("Filen har ingen huvudman. Skriv en på varje rad under rubriken.")
    entries: list[Entry] = []
    lines: list[Line] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        try:
            entry = _entry(row)
            _refuse_twice(entry, row.line, seen)
            joining.check(entry.newcomer)
            if entry.administrator:
                _check(entry.administrator, entry.newcomer, at=at)
        except (_Wrong, BadEntry, joining.CannotJoin, identifiers.BadIdentifier) as error:
            lines.append(Line(row.line, row.cells["namn"], Change.REFUSED, str(error)))
        else:
            entries.append(entry)
            lines.append(Line(row.line, entry.newcomer.name, _change(entry.newcomer)))
    entries.sort(key=lambda it: it.newcomer.kind == Tenant.Kind.MUNICIPALITY)
    return tuple(entries), tuple(lines)


def join_all(
    entries: Sequence[Entry],
    *,
    by: By,
    at: datetime,
    tell: Callable[[str, int], object] = lambda *_: None,
) -> None:
    """Let every huvudman of a file join; what was interrupted is completed by the next call.

    :param tell: called before each turn: the huvudman's name, and how many are done
    :raises Interrupted: if one cannot join after all, since something changed meanwhile
    """
    for done, entry in enumerate(entries):
        tell(entry.newcomer.name, done)
        try:
            join(entry, by=by, at=at)
        except (BadEntry, joining.CannotJoin, identifiers.BadIdentifier) as fault:
            raise Interrupted(
                f"{entry.newcomer.name}: {fault} De {done} före i filen är anslutna. Rätta och kör"
                " samma kommando igen: det går vidare där det slutade."
            ) from None


class Interrupted(Exception):
    """A huvudman could not join, those before it have; the text is Swedish and says what to do."""


class _Wrong(Exception):
    """A field of a line is wrong; the text is Swedish and says what to do."""


def _entry(row: Row) -> Entry:
    cells = row.cells
    empty = [name for name in NEEDED if not cells[name]]
    if empty:
        raise _Wrong(
            f"{', '.join(empty)} är tomt. Fyll i det på varje rad; celler som är sammanslagna i"
            " kalkylbladet blir tomma i filen, så dela dem först."
        )
    return Entry(
        newcomer=Newcomer(
            schema_name=cells["schema"],
            name=cells["namn"],
            kind=_kind(cells["typ"]),
            organisation_number=cells["orgnr"],
            county_code=cells["län"],
            municipality_code=cells["kommunkod"],
            domain=cells["värdnamn"],
        ),
        delregion=cells["delregion"],
        wanted_start_on=_day(cells["önskad_start"]),
        administrator=_administrator(cells),
    )


def _kind(text: str) -> str:
    by_label = {str(it.label).lower(): it.value for it in Tenant.Kind}
    try:
        return by_label[text.lower()]
    except KeyError:
        labels = ", ".join(str(it.label) for it in Tenant.Kind)
        raise _Wrong(f"Typen {text} finns inte. Skriv en av: {labels}.") from None


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Wrong(
            f"Önskad start {text} är ingen dag. Skriv den som 2027-03-01, eller lämna den tom."
        ) from None


def _administrator(cells: Mapping[str, str]) -> Administrator | None:
    told = [cells[name] for name in ("administratör", "administratör_namn", "telefon")]
    if not any(told):
        return None
    return Administrator(*told)


def _refuse_twice(entry: Entry, line: int, seen: dict[tuple[str, str], int]) -> None:
    newcomer = entry.newcomer
    once = {
        "Schemanamnet": newcomer.schema_name,
        "Organisationsnumret": "".join(filter(str.isdigit, newcomer.organisation_number)),
        "Kommunkoden": newcomer.municipality_code,
        "Värdnamnet": newcomer.domain,
    }
    for what, value in once.items():
        if value and (before := seen.setdefault((what, value), line)) != line:
            raise _Wrong(f"{what} {value} står på rad {before} också. Rätta den ena raden.")


def _change(newcomer: Newcomer) -> Change:
    row = Tenant.objects.filter(schema_name=newcomer.schema_name).first()
    if row is None:
        return Change.ADDED
    number = identifiers.organisation_number(newcomer.organisation_number)
    same = all(
        getattr(row, it.name) == getattr(newcomer, it.name)
        for it in fields(newcomer)
        if it.name not in ("domain", "organisation_number")
    )
    has_domain = row.domains.filter(domain=newcomer.domain).exists()
    is_same = same and has_domain and row.organisation_number == number
    return Change.UNCHANGED if is_same else Change.CHANGED


def _check(administrator: Administrator, newcomer: Newcomer, *, at: datetime) -> None:
    office = _office(administrator, newcomer)
    entries.check_unit(office, own=(), elsewhere=(), tenant=newcomer.schema_name)
    entries.check_assignment(_assignment(administrator, office, at), own=[office.hsa_id])


def _let_in(administrator: Administrator, newcomer: Newcomer, *, by: By, at: datetime) -> None:
    office = _office(administrator, newcomer)
    actor = operator(newcomer.schema_name, command=by.name)
    with in_the_name_of(newcomer.schema_name):
        if queries.administrators(at=at):
            return  # whoever began has let others in, and may have left
        if office.hsa_id not in operations.own_units():
            operations.write_unit(actor=actor, entry=office, at=at)
        operations.add_assignment(actor=actor, entry=_assignment(administrator, office, at), at=at)


def _office(administrator: Administrator, newcomer: Newcomer) -> UnitEntry:
    number = identifiers.organisation_number(newcomer.organisation_number)
    return UnitEntry(
        hsa_id=f"SE{number}-{OFFICE}",
        name="Förvaltningen",
        kind=Unit.Kind.ADMINISTRATION,
        branch=Unit.Branch.HEALTH_CARE,
        phone=administrator.phone,
        opening_hours=OFFICE_HOURS,
    )


def _assignment(administrator: Administrator, office: UnitEntry, at: datetime) -> AssignmentEntry:
    return AssignmentEntry(
        hsa_id=administrator.hsa_id,
        name=administrator.name,
        unit_id=office.hsa_id,
        role=Role.LOCAL_ADMINISTRATOR,
        title="Lokal administratör",
        valid_from=at,
    )
