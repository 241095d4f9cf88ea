"""What a run follows and what it carries, as the books tell: decided runs and their invoices.

A table follows the table of a budget and carries that of an outcome, not one of their runs: a
correction of either is what counts from then on. The record of a run keeps which run it was.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from billing import agreed, decisions, issued, queries, runs, settlement
from billing.counts import Count
from billing.issued import InvoiceShown
from billing.models import CostTable, IssuedInvoice, Run
from billing.population import Population, Snapshot
from billing.queries import RunShown, TableShown
from billing.runs import AgreedBy, Question, Record
from billing.settlement import BudgetLine, Carried, Followed
from billing.table import REGION

STALE = (
    "Budgeten har fakturerats, krediterats eller ersatts sedan avstämningen räknades. Ersätt"
    " fördelningen, så att den räknas på det som nu gäller."
)
CARRIED_IS_STALE = (
    "Avstämningen som förs över hit har ändrats sedan fördelningen räknades, eller dess budget har"
    " fakturerats eller krediterats. Ersätt utfallet om det behövs, och sedan fördelningen."
)


class NothingDecided(Exception):
    """The table that another one follows or carries has no run that the board has decided on."""


@dataclass(frozen=True)
class ToCarry:
    """Avstämning att föra över: the table of a decided outcome."""

    table: UUID
    title: str


def question_of_outcome(
    asked: TableShown, *, at: datetime, chosen_counts: Mapping[str, UUID] | None = None
) -> Question:
    """Return what an outcome is computed from: its own amounts, shared as the budget was.

    :param chosen_counts: what the budget did not need, and a row of the outcome does
    :raises NothingDecided: if the budget is not decided any more
    """
    assert asked.follows is not None
    run = standing(asked.follows, at=at)
    budget = run.record["asked"]
    by = AgreedBy(**budget["agreement"]) if "agreement" in budget else None
    sharing = agreed.sharing(by.version if by else 0)
    return Question(
        title=asked.title,
        period=asked.period,
        lines=[queries.funded(it, sharing, asked.period, is_outcome=True) for it in asked.rows],
        names=_municipalities(budget),
        region_name=budget["names"][REGION],
        snapshot=_snapshot(budget),
        wanted_on=budget["population"]["wanted_on"],
        members=runs.membership(budget),
        agreement=by,
        counts=queries.chosen(chosen_counts) | _counts(budget),
        follows=Followed(
            run=str(run.id),
            hash=run.hash,
            title=run.title,
            lines=[BudgetLine(**it) for it in settlement.budget_lines(run.record)],
            shares_ore=run.record["result"]["shares_ore"],
            invoiced_ore=invoiced([run.table, asked.id]),
        ),
        # What the budget carried was invoiced with it, and so belongs to what is due.
        carries=Carried(**budget["carries"]) if "carries" in budget else None,
    )


def carried(outcome: UUID, *, at: datetime) -> Carried:
    """Return the balance of an outcome's table.

    :raises NothingDecided: if no run of it is decided
    """
    run = standing(outcome, at=at)
    return Carried(str(run.id), run.hash, run.title, run.record["result"]["due_ore"])


def standing(table: UUID, *, at: datetime) -> RunShown:
    """Return the run of a table that the board has decided on and that nothing has replaced.

    :raises NothingDecided: if there is none
    """
    made = Run.objects.filter(table=table).order_by("-number").values_list("id", flat=True)
    for run_id in made:
        shown = queries.run(run_id, at=at)
        if shown.standing.state in decisions.DECIDED:
            return shown
    raise NothingDecided


def is_decided(table: UUID, *, at: datetime) -> bool:
    """Tell whether the board has decided on a run of a table."""
    try:
        standing(table, at=at)
    except NothingDecided:
        return False
    return True


def names(table: TableShown, *, at: datetime) -> dict[str, str]:
    """Return the municipalities that share a table, by code: of an outcome its budget's.

    :raises NothingDecided: if the budget is not decided any more
    """
    if table.follows is None:
        return queries.taking_part(table.period)
    return _municipalities(standing(table.follows, at=at).record["asked"])


def counted(table: TableShown, *, at: datetime) -> tuple[str, ...]:
    """Return which counts must be chosen for a table: of an outcome those that its budget lacks.

    :raises NothingDecided: if the budget is not decided any more
    """
    if table.follows is None or not table.counted:
        return table.counted
    held = standing(table.follows, at=at).record["asked"].get("counts", {})
    return tuple(it for it in table.counted if it not in held)


def budget(table: TableShown, *, at: datetime) -> dict[int, int]:
    """Return the budget beside each row of an outcome, in öre, by the row's id.

    Rows of one activity meet the budget's rows of that activity in their order.

    :raises NothingDecided: if the budget is not decided any more
    """
    if table.follows is None:
        return {}
    left: dict[str, list[int]] = {}
    for it in settlement.budget_lines(standing(table.follows, at=at).record):
        left.setdefault(it["activity"], []).append(it["region_ore"] + it["municipalities_ore"])
    return {
        row.id: left[row.activity].pop(0) if left.get(row.activity) else 0 for row in table.rows
    }


def invoiced(tables: Iterable[UUID], *, besides: Collection[UUID] = ()) -> dict[str, int]:
    """Return what has been invoiced of some tables' runs, less what was credited, by code."""
    found = Run.objects.filter(table__in=list(tables)).exclude(pk__in=besides)
    return issued.net_ore(found.values_list("id", flat=True))


def obstacle(shown: RunShown, *, at: datetime) -> str:
    """Return why a run is not to be invoiced, in Swedish; empty where nothing is in the way.

    What it settles may be settled in another way, or have changed since it was computed.
    """
    table = CostTable.objects.filter(pk=shown.table).first()
    if table is None:
        return ""
    if table.follows is not None:
        carrying = CostTable.objects.filter(carries=table.pk).values_list("title", flat=True)
        if title := next(iter(carrying), ""):
            return f"Avstämningen är överförd till {title} och faktureras där."
        return STALE if _is_stale(shown.record, shown.id, table.follows, at=at) else ""
    if "carries" in shown.record["asked"] and not _still_carries(shown.record, table, at=at):
        return CARRIED_IS_STALE
    if settled_in(shown.table):
        return (
            "Utfallet är redan fakturerat, och där ingår det som inte var fakturerat av budgeten."
        )
    return ""


def settled_in(budget: UUID) -> str:
    """Return the title of the table whose invoices have settled a budget; empty where none has."""
    outcome = CostTable.objects.filter(follows=budget).first()
    if outcome is None:
        return ""
    return charged_in(outcome.pk) or (outcome.title if _has_invoices(outcome.pk) else "")


def charged_in(outcome: UUID) -> str:
    """Return the title of the table that carries an outcome and has been invoiced; else empty."""
    carrying = CostTable.objects.filter(carries=outcome).first()
    return carrying.title if carrying is not None and _has_invoices(carrying.pk) else ""


def to_credit(record: Record) -> dict[str, InvoiceShown]:
    """Return, by code, the invoice that a credit note of a run would take back.

    Of an outcome it is the budget's, of a balance that is carried the one that the balance is of.
    """
    asked = record["asked"]
    followed = asked.get("follows", {}).get("run")
    if followed is None and "carries" in asked:
        outcome = Run.objects.filter(pk=asked["carries"]["run"])
        followed = outcome.values_list("record__asked__follows__run", flat=True).first()
    budget = Run.objects.filter(pk=followed).values_list("table", flat=True).first()
    if budget is None:
        return {}
    tables = [budget, *CostTable.objects.filter(follows=budget).values_list("id", flat=True)]
    found = Run.objects.filter(table__in=tables).values_list("id", flat=True)
    return issued.to_credit(found)


def outcome_table(run: RunShown) -> UUID | None:
    """Return the table that holds the outcome of a run's table, None where there is none."""
    return CostTable.objects.filter(follows=run.table).values_list("id", flat=True).first()


def to_carry(table_id: UUID, *, at: datetime) -> tuple[ToCarry, ...]:
    """Return the decided outcomes whose balance can be carried into a table, the newest first.

    None that has invoices of its own, or is carried into another table.
    """
    taken = CostTable.objects.exclude(carries=None).exclude(pk=table_id).values("carries")
    outcomes = CostTable.objects.exclude(follows=None).exclude(pk__in=taken).exclude(pk=table_id)
    tables = {it.pk: it.title for it in outcomes.order_by("-at")}
    of_runs = dict(Run.objects.filter(table__in=tables).values_list("id", "table"))
    charged = IssuedInvoice.objects.filter(run__in=list(of_runs)).values_list("run", flat=True)
    settled = {of_runs[it] for it in charged if it}
    return tuple(
        ToCarry(it, title)
        for it, title in tables.items()
        if it not in settled and is_decided(it, at=at)
    )


def _is_stale(record: Record, run_id: UUID | None, budget: UUID, *, at: datetime) -> bool:
    """Tell whether an outcome was computed from another budget, or other invoices, than hold now.

    :param run_id: the run of the record, whose own invoices are none that it took off
    """
    follows = record["asked"]["follows"]
    outcome = CostTable.objects.filter(follows=budget).values_list("id", flat=True)
    now = invoiced([budget, *outcome], besides=[run_id] if run_id else [])
    is_other = str(standing(budget, at=at).id) != follows["run"]
    return is_other or bool(now != follows["invoiced_ore"])


def _still_carries(record: Record, table: CostTable, *, at: datetime) -> bool:
    """Tell whether a run carries what its table carries now, and whether that is still so."""
    if table.carries is None:
        return False
    outcome = standing(table.carries, at=at)
    is_same = str(outcome.id) == record["asked"]["carries"]["run"]
    followed = CostTable.objects.get(pk=table.carries).follows
    assert followed is not None
    return is_same and not _is_stale(outcome.record, None, followed, at=at)


def _has_invoices(table: UUID) -> bool:
    of = Run.objects.filter(table=table).values("id")
    return IssuedInvoice.objects.filter(run__in=of).exists()


def _municipalities(asked: Record) -> dict[str, str]:
    return {code: name for code, name in asked["names"].items() if code != REGION}


def _counts(asked: Record) -> dict[str, Count]:
    return {
        what: Count(date.fromisoformat(it["on"]), it["source"], it["sha256"], it["counts"])
        for what, it in asked.get("counts", {}).items()
    }


def _snapshot(asked: Record) -> Snapshot:
    of = asked["population"]
    people = Population(of["inhabitants"], asked["names"], {})
    return Snapshot(date.fromisoformat(of["on"]), of["source"], of["sha256"], people)
