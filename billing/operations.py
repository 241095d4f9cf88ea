"""What the board's secretary and the parties do. Each one acts at home and takes the moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from billing import (
    balances,
    cloud,
    counts,
    decisions,
    parties,
    population,
    queries,
    runs,
    simulation,
    table,
)
from billing.decisions import Act
from billing.files import BadFile
from billing.funding import Rule
from billing.methods import Parameters
from billing.models import (
    Announcement,
    CloudRow,
    CostRow,
    CostTable,
    CountSnapshot,
    Objection,
    PopulationSnapshot,
    Reply,
    Run,
    Step,
)
from billing.periods import Period
from billing.population import Snapshot
from billing.queries import TableShown
from billing.runs import Category, Kind
from tenants.context import acting_for

FOREVER = "infinity"


class NotTheHost(Exception):
    """What only the huvudman that hosts the board may do."""


class NoSuchRow(Exception):
    """There is no such row in the table."""


class Refused(Exception):
    """What cannot be done as things stand; the message says in Swedish what to do."""


@dataclass(frozen=True)
class Doer:
    """Who does it, as the record tells. `staff_id` is asked for where two must not be one."""

    name: str
    title: str
    staff_id: UUID | None = None


@dataclass(frozen=True)
class Line:
    """A row of a cost table, as somebody has written it."""

    activity: str
    kind: str = Kind.MONEY
    category: str = Category.OTHER
    note: str = ""
    region_ore: int = 0
    municipalities_ore: int = 0
    method_id: str = "population@1"
    rule: Rule = field(default_factory=dict)  # billing.funding
    parameters: Parameters = field(default_factory=dict)  # of the method


def import_population(
    content: bytes, *, on: date, source: str, by: Doer, at: datetime
) -> PopulationSnapshot:
    """Keep a day's population from a file, checked against the sums that it states.

    :raises BadFile: if a row cannot be, or a sum is wrong; nothing is kept
    :raises Refused: if this very file has been imported for this day
    """
    return keep_population(
        population.snapshot(content, on=on, source=source),
        raw=content.decode("utf-8-sig"),
        by=by,
        at=at,
    )


def keep_population(snapshot: Snapshot, *, raw: str, by: Doer, at: datetime) -> PopulationSnapshot:
    """Keep a snapshot that has been read and checked.

    :raises BadFile: if a municipality of the board is missing
    :raises Refused: if it is here
    """
    refuse_unless_host()
    found = snapshot.population
    missing = [
        name
        for code, name in parties.board().municipalities.items()
        if code not in found.inhabitants
    ]
    if missing:
        raise BadFile(
            f"Folkmängden saknas för {', '.join(missing)}. Lägg till dem i filen: alla kommuner i"
            " nämnden ska finnas."
        )
    try:
        with transaction.atomic():
            return PopulationSnapshot.objects.create(
                on=snapshot.on,
                source=snapshot.source,
                sha256=snapshot.sha256,
                raw=raw,
                inhabitants=dict(found.inhabitants),
                names=dict(found.names),
                counties=dict(found.counties),
                imported_by=by.name,
                at=at,
                open_to=to_everybody(),
            )
    except IntegrityError:
        raise Refused(
            "Samma befolkningsunderlag finns redan. Använd det, eller hämta siffrorna på nytt."
        ) from None


def import_count(
    content: bytes, *, what: str, on: date, source: str, by: Doer, at: datetime
) -> CountSnapshot:
    """Keep what somebody has counted at each municipality, from a file, opened to every party.

    :param what: `counts.What`
    :raises BadFile: if a row cannot be, or a municipality of the board is missing
    :raises Refused: if this very file has been imported for this day
    """
    refuse_unless_host()
    found = counts.count(content, what=what, on=on, source=source)
    counts.of_everybody(what, found.counts, parties.board().municipalities)
    try:
        with transaction.atomic():
            return CountSnapshot.objects.create(
                what=what,
                on=on,
                source=source,
                sha256=found.sha256,
                raw=content.decode("utf-8-sig"),
                counts=dict(found.counts),
                imported_by=by.name,
                at=at,
                open_to=to_everybody(),
            )
    except IntegrityError:
        raise Refused(
            "Samma fil är redan inläst för den dagen. Använd underlaget, eller välj en annan fil."
        ) from None


@transaction.atomic
def make_table(*, title: str, period: Period, content: bytes, by: Doer, at: datetime) -> CostTable:
    """Make a table of costs, from a file as the parties have it, or empty.

    :param content: CSV with the head aktivitet;totalt;region;kommuner;anmärkning, or nothing
    :raises BadFile: if a row cannot be; nothing is kept
    """
    refuse_unless_host()
    lines = table.read(content) if content else ()
    made = CostTable.objects.create(
        title=title,
        first_on=period.first_on,
        last_on=period.last_on,
        made_by=by.name,
        at=at,
    )
    CostRow.objects.bulk_create(
        CostRow(
            table=made,
            position=number,
            activity=it.activity,
            kind=Kind.TEXT_ONLY if it.is_text else Kind.MONEY,
            category=Category.OTHER,
            note=it.note,
            region_ore=it.region_ore,
            municipalities_ore=it.municipalities_ore,
        )
        for number, it in enumerate(lines, start=1)
    )
    return made


@transaction.atomic
def write_line(line: Line, *, table_id: UUID, row_id: int | None = None) -> CostRow:
    """Add a row to a table, or write one anew.

    :raises queries.NoSuchTable: if there is no such table
    :raises NoSuchRow: if the row is not in it
    :raises Refused: if another amount is typed in a row that cloud costs feed
    """
    refuse_unless_host()
    kept = CostTable.objects.select_for_update().filter(pk=table_id).first()
    if kept is None:
        raise queries.NoSuchTable
    if row_id is None:
        last = kept.rows.aggregate(last=Max("position"))["last"] or 0
        return CostRow.objects.create(table=kept, position=last + 1, **vars(line))
    row = kept.rows.filter(pk=row_id).first()
    if row is None:
        raise NoSuchRow
    amount = ("kind", "region_ore", "municipalities_ore")
    if any(getattr(row, it) != getattr(line, it) for it in amount):
        _refuse_fed(row.pk, "Ändra det på sidan Molnkostnader.")
    kept.rows.filter(pk=row_id).update(**vars(line))
    return kept.rows.get(pk=row_id)


def remove_line(*, table_id: UUID, row_id: int) -> None:
    """Remove a row from a table; the runs that were made keep it.

    :raises NoSuchRow: if the row is not in it
    :raises Refused: if cloud costs feed it
    """
    refuse_unless_host()
    _refuse_fed(row_id, "Koppla loss raden på sidan Molnkostnader, och ta bort den sedan.")
    removed, _ = CostRow.objects.filter(table=table_id, pk=row_id).delete()
    if not removed:
        raise NoSuchRow


@transaction.atomic
def allocate(
    *,
    table_id: UUID,
    by: Doer,
    at: datetime,
    population_id: UUID | None = None,
    wanted_on: date | None = None,
    model: str = "",
    supersedes: UUID | None = None,
    reason: str = "",
    chosen_counts: Mapping[str, UUID] | None = None,
) -> Run:
    """Compute a table and keep the record, opened to every party of the board.

    An outcome is shared as the budget that it follows: by its population, among its parties.

    :param population_id: by which a budget is shared
    :param wanted_on: the day that the agreement asks for, where the population is of another one
    :param model: by which every line is shared; empty: each as it says itself
    :param supersedes: the run whose place it takes, with the reason
    :param chosen_counts: the count that is used of each kind that a line needs, by `counts.What`
    :raises queries.NoSuchTable: if there is no such table
    :raises CannotAllocate: if a line cannot be split
    :raises Refused: if another run has taken that place, or cloud costs of the table are open
    """
    refuse_unless_host()
    # Two that compute a table at once get a number each.
    CostTable.objects.select_for_update().filter(pk=table_id).first()
    if obstacles := cloud.cloud_cost(table_id).obstacles:
        raise Refused(" ".join(obstacles))
    shown = queries.table(table_id)
    if shown.follows is not None:
        _refuse_if_charged(shown, is_correction=supersedes is not None)
        asked = balances.question_of_outcome(shown, at=at, chosen_counts=chosen_counts)
    else:
        asked = queries.question(
            table_id=table_id,
            population_id=population_id,
            wanted_on=wanted_on,
            chosen_counts=chosen_counts,
        )
    if shown.carries is not None:
        asked = replace(asked, carries=balances.carried(shown.carries, at=at))
    if model:
        asked = simulation.by(asked, simulation.model(model))
    record = runs.record(asked)
    earlier = Run.objects.filter(table=table_id)
    if supersedes is not None:
        _refuse_second_correction(supersedes)
    return Run.objects.create(
        table=table_id,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=asked.title,
        record=record,
        hash=runs.hash_of(record),
        code_version=version("samplan"),
        supersedes=supersedes,
        reason=reason,
        made_by=by.name,
        at=at,
        open_to=to_everybody(),
    )


@transaction.atomic
def record_step(
    act: Act,
    *,
    run_id: UUID,
    on: date,
    by: Doer,
    at: datetime,
    paragraph: str = "",
    diary_number: str = "",
    note: str = "",
) -> None:
    """Record a step of the board's decision on a run.

    :raises decisions.NotNow: if it does not follow on what is there
    :raises queries.NoSuchRun: if there is no such run here
    """
    refuse_unless_host()
    shown = queries.run(run_id, at=at)
    decisions.refuse_step(
        act, on, now=shown.standing, after=shown.last_on, today=timezone.localdate(at)
    )
    try:
        with transaction.atomic():
            Step.objects.create(
                run=run_id,
                act=act,
                on=on,
                paragraph=paragraph,
                diary_number=diary_number,
                note=note,
                made_by=by.name,
                made_by_title=by.title,
                at=at,
                open_to=to_everybody(),
            )
    except IntegrityError:  # two at once
        raise decisions.NotNow(decisions.REFUSALS[act]) from None


@transaction.atomic
def announce(*, run_id: UUID, on: date, by: Doer, at: datetime) -> None:
    """Record, at home, that our own notice board has told of the adjusted minutes.

    :raises decisions.NotNow: if they are not adjusted, or we have announced them
    """
    shown = queries.run(run_id, at=at)
    decisions.refuse_announcement(
        on, now=shown.standing, after=shown.last_on, today=timezone.localdate(at)
    )
    try:
        with transaction.atomic():
            Announcement.objects.create(
                run=run_id, on=on, made_by=by.name, at=at, open_to=to_everybody()
            )
    except IntegrityError:
        raise decisions.NotNow(
            "Protokollet är redan tillkännagivet hos er. Läs vidare i tidslinjen på sidan."
        ) from None


@transaction.atomic
def object_to(*, run_id: UUID, text: str, by: Doer, at: datetime) -> None:
    """Object, at home, to a run: the host reads it and answers.

    :raises Refused: if it is a draft, or another has taken its place
    """
    shown = queries.run(run_id, at=at)
    if shown.standing.state in {decisions.State.DRAFT, decisions.State.SUPERSEDED}:
        raise Refused(
            "Invändningar lämnas mot det som är föreslaget eller beslutat och inte ersatt av något"
            " annat. Öppna den fördelning som gäller."
        )
    Objection.objects.create(
        recipient=shown.board.host, run=run_id, text=text, made_by=by.name, at=at
    )


@transaction.atomic
def answer_objection(
    *, run_id: UUID, objection_id: UUID, outcome: str, text: str, by: Doer, at: datetime
) -> None:
    """Answer a party's objection.

    :raises queries.NoSuchObjection: if nobody has made it
    :raises Refused: if it has an answer
    """
    refuse_unless_host()
    found = queries.run(run_id, at=at).objection(objection_id)
    try:
        with transaction.atomic():
            Reply.objects.create(
                objection=objection_id,
                recipient=found.party,
                outcome=outcome,
                text=text,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused("Invändningen är redan besvarad. Läs svaret på sidan.") from None


def refuse_unless_host() -> None:
    """Let only the huvudman that hosts the board go on.

    :raises NotTheHost: if it is another
    """
    if not parties.board().is_hosted_here:
        raise NotTheHost


def _refuse_fed(row_id: int, advice: str) -> None:
    if CloudRow.objects.filter(row=row_id).exists():
        raise Refused(f"Raden får sitt belopp ur molnkostnader. {advice}")


def _refuse_if_charged(outcome: TableShown, *, is_correction: bool) -> None:
    """Refuse to correct an outcome whose balance another table has charged already."""
    if is_correction and (title := balances.charged_in(outcome.id)):
        raise Refused(
            f"Avstämningen är fakturerad i {title}. Rätta skillnaden i utfallet av {title}."
        )


def _refuse_second_correction(run_id: UUID) -> None:
    if not Run.objects.filter(pk=run_id).exists():
        raise queries.NoSuchRun
    if Run.objects.filter(supersedes=run_id).exists():
        raise Refused(
            "Fördelningen är redan ersatt av en annan. Öppna den och rätta den i stället."
        )


def to_everybody() -> dict[str, str]:
    """Return the stamp of a row that every other party of the board may read, for ever."""
    return dict.fromkeys(_others(), FOREVER)


def _others() -> Iterable[str]:
    return sorted(set(parties.board().codes) - {acting_for()})
