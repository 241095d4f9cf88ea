"""What a run follows and what it carries, as the books tell: decided runs and their invoices."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from billing import agreed, decisions, issued, queries, runs, settlement
from billing.counts import Count
from billing.decisions import State
from billing.invoices.model import Credited
from billing.models import CostTable, Run
from billing.population import Population, Snapshot
from billing.queries import Listed, RunShown, TableShown
from billing.runs import AgreedBy, Question, Record
from billing.settlement import BudgetLine, Carried, Followed
from billing.table import REGION


def question_of_outcome(asked: TableShown, run_id: UUID, *, at: datetime) -> Question:
    """Return what an outcome is computed from: its own amounts, shared as the budget was.

    :param run_id: the run that it follows, or was to follow before another took its place
    """
    run = standing(run_id, at=at)
    budget = run.record["asked"]
    by = AgreedBy(**budget["agreement"]) if "agreement" in budget else None
    sharing = agreed.sharing(by.version if by else 0)
    return Question(
        title=asked.title,
        period=asked.period,
        lines=[queries.funded(it, sharing, asked.period, is_outcome=True) for it in asked.rows],
        names={code: name for code, name in budget["names"].items() if code != REGION},
        region_name=budget["names"][REGION],
        snapshot=_snapshot(budget),
        wanted_on=budget["population"]["wanted_on"],
        members=runs.membership(budget),
        agreement=by,
        counts=_counts(budget),
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


def carried(run_id: UUID, *, at: datetime) -> Carried:
    """Return the balance of a run that is to be carried."""
    run = standing(run_id, at=at)
    return Carried(str(run.id), run.hash, run.title, run.record["result"]["due_ore"])


def standing(run_id: UUID, *, at: datetime) -> RunShown:
    """Return a run, or the one that holds in its place."""
    shown = queries.run(run_id, at=at)
    while shown.standing.state is State.SUPERSEDED and shown.superseded_by is not None:
        shown = queries.run(shown.superseded_by, at=at)
    return shown


def budget(table: TableShown, *, at: datetime) -> dict[str, int]:
    """Return the budget of each activity whose outcome a table holds, in öre."""
    if table.follows is None:
        return {}
    found: dict[str, int] = {}
    for it in settlement.budget_lines(standing(table.follows, at=at).record):
        ore = it["region_ore"] + it["municipalities_ore"]
        found[it["activity"]] = found.get(it["activity"], 0) + ore
    return found


def invoiced(tables: Iterable[UUID], *, besides: Collection[UUID] = ()) -> dict[str, int]:
    """Return what has been invoiced of some tables' runs, less what was credited, by code."""
    found = Run.objects.filter(table__in=list(tables)).exclude(pk__in=besides)
    return issued.net_ore(found.values_list("id", flat=True))


def invoiced_since(record: Record, run_id: UUID) -> bool:
    """Tell whether what was invoiced is no longer what a run of an outcome was computed from."""
    follows = record["asked"].get("follows")
    if follows is None:
        return False
    tables = Run.objects.filter(pk__in=[run_id, follows["run"]]).values_list("table", flat=True)
    return bool(invoiced(tables, besides=[run_id]) != follows["invoiced_ore"])


def to_credit(record: Record, run_id: UUID) -> dict[str, Credited]:
    """Return, by code, the invoice that a credit note of a run would take back.

    Of an outcome it is the budget's, of a balance that is carried the one that the balance is of.
    """
    asked = record["asked"]
    outcome = run_id
    if "follows" not in asked:
        outcome = UUID(asked["carries"]["run"]) if "carries" in asked else run_id
    of = Run.objects.filter(pk=outcome).values_list("table", "record__asked__follows__run").first()
    if of is None or of[1] is None:
        return {}
    table, followed = of
    tables = [table, *Run.objects.filter(pk=followed).values_list("table", flat=True)]
    found = issued.to_credit(Run.objects.filter(table__in=tables).values_list("id", flat=True))
    return {code: Credited(it.invoice.number, it.invoice.issued_on) for code, it in found.items()}


def outcome_table(run: RunShown) -> UUID | None:
    """Return the table that holds the outcome of a run, None where there is none."""
    return CostTable.objects.filter(follows=run.id).values_list("id", flat=True).first()


def carrying(run_id: UUID) -> str:
    """Return the title of the table that carries a run's balance; empty where none does."""
    return CostTable.objects.filter(carries=run_id).values_list("title", flat=True).first() or ""


def to_carry(table_id: UUID, *, at: datetime) -> tuple[Listed, ...]:
    """Return the decided outcomes whose balance can be carried into a table, the newest first.

    None that has invoices of its own, or is carried into another table.
    """
    following = CostTable.objects.exclude(follows=None).exclude(pk=table_id)
    outcomes = Run.objects.filter(table__in=following.values("id"))
    taken = set(
        CostTable.objects.exclude(carries=None)
        .exclude(pk=table_id)
        .values_list("carries", flat=True)
    )
    open_ones = set(outcomes.values_list("id", flat=True)) - taken
    if not open_ones:
        return ()
    return tuple(
        it
        for it in queries.listed(at=at)
        if it.id in open_ones
        and it.standing.state in decisions.DECIDED
        and not issued.invoices(it.id)
    )


def _counts(asked: Record) -> dict[str, Count]:
    return {
        what: Count(date.fromisoformat(it["on"]), it["source"], it["sha256"], it["counts"])
        for what, it in asked.get("counts", {}).items()
    }


def _snapshot(asked: Record) -> Snapshot:
    of = asked["population"]
    people = Population(of["inhabitants"], asked["names"], {})
    return Snapshot(date.fromisoformat(of["on"]), of["source"], of["sha256"], people)
