"""What the pages ask: the host's own tables, and what each party may see of what was computed.

The host reads its rows at home; a party reads them through a window. Announcements and objections
lie at the parties, so a run is put together from one window for each of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from billing import agreed, decisions, funding, parties, runs
from billing.agreement import NOTHING_AGREED, AgreedSharing
from billing.counts import Count, What
from billing.decisions import Act, Standing
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
from billing.parties import Board, books_of
from billing.periods import Period
from billing.population import Population, Snapshot
from billing.runs import AgreedBy, Funded, Kind, Question
from billing.table import REGION, CostLine
from tenants.context import acting_for


class NoSuchRun(Exception):
    """There is no such run, or none that is open to us."""


class NoSuchTable(Exception):
    """There is no such table here."""


class NoSuchPopulation(Exception):
    """There is no such population here."""


class NoSuchCount(Exception):
    """There is no such count here, or it is of something else."""


class NoSuchObjection(Exception):
    """Nobody has made such an objection."""


@dataclass(frozen=True)
class RowShown:
    """Rad i kostnadstabellen."""

    id: int
    activity: str
    kind: str
    category: str
    note: str
    region_ore: int
    municipalities_ore: int
    method_id: str
    parameters: dict[str, Any]
    rule: dict[str, Any]
    is_fed: bool  # by cloud costs

    @property
    def total_ore(self) -> int:
        """Return what all pay together."""
        return self.region_ore + self.municipalities_ore


@dataclass(frozen=True)
class TableShown:
    """Kostnadstabell, with its rows and sums."""

    id: UUID
    title: str
    period: Period
    rows: tuple[RowShown, ...]
    follows: UUID | None  # the table whose outcome it holds
    carries: UUID | None  # the outcome whose balance is paid with it

    @property
    def region_ore(self) -> int:
        """Return what the region pays."""
        return sum(row.region_ore for row in self.rows)

    @property
    def municipalities_ore(self) -> int:
        """Return what the municipalities pay together."""
        return sum(row.municipalities_ore for row in self.rows)

    @property
    def total_ore(self) -> int:
        """Return what all pay together."""
        return self.region_ore + self.municipalities_ore

    @property
    def counted(self) -> tuple[str, ...]:
        """Return what must have been counted for its rows, in the order of `counts.What`."""
        needed = [funding.counted_for(it.method_id, it.parameters, it.rule) for it in self.rows]
        return tuple(it for it in What if it in frozenset().union(*needed))


@dataclass(frozen=True)
class CountShown:
    """Räknat underlag in a list."""

    id: UUID
    what: str
    on: date
    source: str
    sha256: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class PopulationShown:
    """Befolkningsunderlag in a list."""

    id: UUID
    on: date
    source: str
    sha256: str
    municipalities: int
    inhabitants: int


@dataclass(frozen=True)
class Listed:
    """Fördelning in a list."""

    id: UUID
    number: int
    title: str
    at: datetime
    total_ore: int
    own_ore: int
    shares_ore: Mapping[str, int]
    is_outcome: bool
    standing: Standing


@dataclass(frozen=True)
class Recorded:
    """A step that has been recorded."""

    act: Act
    on: date
    paragraph: str
    diary_number: str
    note: str
    made_by: str
    made_by_title: str
    at: datetime


@dataclass(frozen=True)
class Answered:
    """Svar: what the host said of an objection."""

    outcome: str
    text: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class Objected:
    """Invändning, and its answer."""

    id: UUID
    party: str
    text: str
    made_by: str
    at: datetime
    answer: Answered | None


@dataclass(frozen=True)
class RunShown:
    """Fördelning: the record, and where the board's decision stands."""

    id: UUID
    board: Board
    number: int
    title: str
    table: UUID
    record: dict[str, Any]
    hash: str
    code_version: str
    supersedes: UUID | None
    reason: str
    made_by: str
    at: datetime
    steps: tuple[Recorded, ...]
    announced: Mapping[str, date]  # by schema
    standing: Standing
    superseded_by: UUID | None
    objections: tuple[Objected, ...]

    @property
    def last_on(self) -> date | None:
        """Return the day of the newest step."""
        return self.steps[-1].on if self.steps else None

    def step(self, act: Act) -> Recorded | None:
        """Return a step, where it has been recorded."""
        return next((it for it in self.steps if it.act is act), None)

    def objection(self, objection_id: UUID) -> Objected:
        """Return an objection, as far as we may read it.

        :raises NoSuchObjection: if nobody has made it
        """
        found = next((it for it in self.objections if it.id == objection_id), None)
        if found is None:
            raise NoSuchObjection
        return found


def tables() -> tuple[TableShown, ...]:
    """Return the host's tables, the newest first."""
    rows = CostTable.objects.order_by("-at").prefetch_related(_rows())
    return tuple(_table(it) for it in rows)


def table(table_id: UUID) -> TableShown:
    """Return a table with its rows.

    :raises NoSuchTable: if there is none such here
    """
    row = CostTable.objects.filter(pk=table_id).prefetch_related(_rows()).first()
    if row is None:
        raise NoSuchTable
    return _table(row)


def populations() -> tuple[PopulationShown, ...]:
    """Return the populations that the board's host keeps, the newest day first."""
    with books_of(parties.board().host):
        rows = PopulationSnapshot.objects.order_by("-on", "-at").values_list(
            "id", "on", "source", "sha256", "inhabitants"
        )
        return tuple(
            PopulationShown(pk, on, source, sha256, len(found), sum(found.values()))
            for pk, on, source, sha256, found in rows
        )


def counts() -> tuple[CountShown, ...]:
    """Return what has been counted and handed in to the board's host, the newest day first."""
    with books_of(parties.board().host):
        rows = CountSnapshot.objects.order_by("-on", "-at").values_list(
            "id", "what", "on", "source", "sha256", "counts"
        )
        return tuple(CountShown(*it) for it in rows)


def question(
    *,
    table_id: UUID,
    population_id: UUID | None,
    wanted_on: date | None,
    chosen_counts: Mapping[str, UUID] | None = None,
) -> Question:
    """Return what a run of a table is computed from.

    :raises NoSuchTable: if there is no such table here
    :raises NoSuchPopulation: if there is no such population here
    :raises NoSuchCount: if a count that is chosen is not here, or of something else
    """
    asked, board = table(table_id), parties.board()
    row = PopulationSnapshot.objects.filter(pk=population_id).first() if population_id else None
    if row is None:
        raise NoSuchPopulation
    found = Population(row.inhabitants, row.names, row.counties)
    held = agreed.in_force(asked.period.first_on)
    sharing = held.agreed if held else NOTHING_AGREED
    # Who takes part on none of the days is no party of the table.
    names = sharing.taking_part(asked.period, board.municipalities)
    wanted = sharing.wanted_on(asked.period) or wanted_on
    return Question(
        title=asked.title,
        period=asked.period,
        lines=[funded(it, sharing, asked.period) for it in asked.rows],
        names=names,
        region_name=board.names.get(REGION, ""),
        snapshot=Snapshot(row.on, row.source, row.sha256, found),
        wanted_on=wanted.isoformat() if wanted and wanted != row.on else "",
        members=sharing.membership(asked.period, names, board.codes[board.host]),
        agreement=AgreedBy(held.version, held.hash) if held else None,
        counts=chosen(chosen_counts),
    )


def taking_part(period: Period) -> dict[str, str]:
    """Return the names of the municipalities that share a table of a period, by their codes."""
    sharing = agreed.sharing_on(period.first_on)
    return sharing.taking_part(period, parties.board().municipalities)


def listed(*, at: datetime) -> tuple[Listed, ...]:
    """Return every run that is open to us, the newest first."""
    board = parties.board()
    with transaction.atomic():
        with books_of(board.host):
            rows = list(
                Run.objects.order_by("-at").values_list(
                    "id",
                    "number",
                    "title",
                    "at",
                    "record__result__total_ore",
                    "record__result__shares_ore",
                    "record__asked__follows__run",
                    "supersedes",
                )
            )
            steps = _steps()
        announced = _announced(board)
    successors = {it[-1]: it[0] for it in rows if it[-1]}
    own = board.codes[acting_for()]
    return tuple(
        Listed(
            pk,
            number,
            title,
            made_at,
            total_ore,
            shares_ore.get(own, 0),
            shares_ore,
            followed is not None,
            _standing(
                board,
                steps.get(pk, ()),
                announced.get(pk, {}),
                is_superseded=_is_superseded(steps.get(pk, ()), successors.get(pk), steps),
                at=at,
            ),
        )
        for pk, number, title, made_at, total_ore, shares_ore, followed, _ in rows
    )


def run(run_id: UUID, *, at: datetime) -> RunShown:
    """Return a run with its steps, announcements and objections, as far as they are open to us.

    :raises NoSuchRun: if there is none such that is open to us
    """
    board = parties.board()
    with transaction.atomic():
        with books_of(board.host):
            row = (
                Run.objects.filter(pk=run_id)
                .values_list(
                    "number", "title", "table", "record", "hash", "code_version", "supersedes",
                    "reason", "made_by", "at",
                )
                .first()
            )  # fmt: skip
            if row is None:
                raise NoSuchRun
            successor = Run.objects.filter(supersedes=run_id).values_list("id", flat=True).first()
            found = _steps(run__in=[run_id, *([successor] if successor else [])])
            steps = found.get(run_id, ())
        announced = _announced(board, run=run_id).get(run_id, {})
        objections = _objections(board, run_id)
    return RunShown(
        run_id,
        board,
        *row,
        steps=steps,
        announced=announced,
        standing=_standing(
            board,
            steps,
            announced,
            is_superseded=_is_superseded(steps, successor, found),
            at=at,
        ),
        superseded_by=successor,
        objections=objections,
    )


def in_force(of: RunShown, *, at: datetime) -> Listed | None:
    """Return what a run is compared with: its budget, or else the newest budget that is decided."""
    budget = of.record["asked"].get("follows", {}).get("run")
    others = (it for it in listed(at=at) if it.id != of.id and not it.is_outcome)
    if budget is not None:
        return next((it for it in others if str(it.id) == budget), None)
    return next((it for it in others if it.standing.state in decisions.DECIDED), None)


def _rows() -> "models.Prefetch[str]":
    fed = CloudRow.objects.filter(row=models.OuterRef("pk"))
    rows = CostRow.objects.annotate(is_fed=models.Exists(fed))
    return models.Prefetch("rows", rows.order_by("position", "id"))


def _table(row: CostTable) -> TableShown:
    rows = tuple(RowShown(*(getattr(it, name) for name in _ROW)) for it in row.rows.all())
    return TableShown(
        row.id,
        row.title,
        Period(row.first_on, row.last_on),
        rows,
        row.follows,
        row.carries,
    )


_ROW = tuple(it.name for it in fields(RowShown))


def funded(
    row: RowShown, sharing: AgreedSharing, period: Period, *, is_outcome: bool = False
) -> Funded:
    """Return a row as a run asks of it, with what the agreement adds to its rule.

    :raises CannotAllocate: if the row follows an index and the agreement has none
    """
    is_text = row.kind != Kind.MONEY
    line = CostLine(row.activity, row.region_ore, row.municipalities_ore, row.note, is_text)
    rule = sharing.ruled(row.rule, period, is_outcome=is_outcome)
    return Funded(line, row.kind, row.category, row.method_id, row.parameters, rule)


def chosen(counts: Mapping[str, UUID] | None) -> dict[str, Count]:
    """Return the counts that somebody has chosen, by `counts.What`.

    :raises NoSuchCount: if one is not here, or of something else
    """
    return {what: _count(what, pk) for what, pk in (counts or {}).items()}


def _count(what: str, count_id: UUID) -> Count:
    row = CountSnapshot.objects.filter(pk=count_id, what=what).first()
    if row is None:
        raise NoSuchCount
    return Count(row.on, row.source, row.sha256, row.counts)


def _is_superseded(
    steps: Sequence[Recorded],
    successor: UUID | None,
    of: Mapping[UUID, Sequence[Recorded]],
) -> bool:
    """Tell whether another run holds in a run's place: what is decided holds until that is."""
    if successor is None:
        return False
    decided = {it.act for it in of.get(successor, ())}
    return Act.DECIDE in decided or Act.DECIDE not in {it.act for it in steps}


def _steps(**of: object) -> dict[UUID, tuple[Recorded, ...]]:
    found: dict[UUID, tuple[Recorded, ...]] = {}
    rows = Step.objects.filter(**of).order_by("at", "id").values_list("run", *_STEP)
    for it in rows:
        found[it[0]] = (*found.get(it[0], ()), Recorded(Act(it[1]), *it[2:]))
    return found


_STEP = (
    "act", "on", "paragraph", "diary_number", "note", "made_by", "made_by_title", "at",
)  # fmt: skip


def _announced(board: Board, **of: object) -> dict[UUID, dict[str, date]]:
    found: dict[UUID, dict[str, date]] = {}
    for schema in board.codes:
        with books_of(schema):
            for run_id, on in Announcement.objects.filter(**of).values_list("run", "on"):
                found.setdefault(run_id, {})[schema] = on
    return found


def _objections(board: Board, run_id: UUID) -> tuple[Objected, ...]:
    """Return the objections: the host reads everybody's, a party its own."""
    asked = board.codes if board.is_hosted_here else [acting_for()]
    made = []
    for schema in asked:
        with books_of(schema):
            rows = Objection.objects.filter(run=run_id).values_list("id", "text", "made_by", "at")
            made += [(schema, *row) for row in rows]
    with books_of(board.host):
        answers = {
            it[0]: Answered(*it[1:])
            for it in Reply.objects.filter(objection__in=[it[1] for it in made]).values_list(
                "objection", "outcome", "text", "made_by", "at"
            )
        }
    shown = [
        Objected(pk, schema, text, made_by, moment, answers.get(pk))
        for schema, pk, text, made_by, moment in made
    ]
    return tuple(sorted(shown, key=lambda it: it.at))


def _standing(
    board: Board,
    steps: Sequence[Recorded],
    announced: Mapping[str, date],
    *,
    is_superseded: bool,
    at: datetime,
) -> Standing:
    return decisions.standing(
        {it.act: it.on for it in steps},
        announced,
        parties=board.codes,
        is_superseded=is_superseded,
        today=timezone.localdate(at),
    )


def recomputed(shown: RunShown) -> str:
    """Return the hash that the record's own question gives today: the same, if nothing changed."""
    return runs.hash_of(runs.computed_again(shown.record))
