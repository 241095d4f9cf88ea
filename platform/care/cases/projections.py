"""Rows computed from the log of acts: they may be dropped and built again."""

from collections.abc import Sequence
from datetime import datetime

from care.cases import queries
from care.cases.models import Case, Deadline
from care.law import deadlines
from care.law.history import Fact
from tenants.context import acting_for
from tenants.models import Unit

# Whom a deadline of the law binds, and so at which units of a huvudman its row lies.
BINDS = {
    "inpatient_care": (Unit.Kind.WARD,),
    "outpatient_care": (Unit.Kind.PRIMARY_CARE,),
    "municipality": (Unit.Kind.SOCIAL_SERVICES, Unit.Kind.MUNICIPAL_HEALTH_CARE),
}
# A receipt is due from each unit that got the message, so its rows are made at the delivery.
RECEIPTS = frozenset({"admission_receipt_due", "ready_receipt_due"})
OF_THE_ACT = frozenset(rule.name for rule in deadlines.RULES)


def refresh_deadlines(case: Case, *, facts: Sequence[Fact], at: datetime) -> None:
    """Bring the running deadlines of the units at home in line with the history."""
    mine = list(
        case.participations.filter(until_at=None, tenant=acting_for())
        .order_by("from_at", "id")
        .values_list("unit", "unit__kind")
    )
    # What the Act sets going is computed here; what else runs in a case is left alone.
    rows = Deadline.objects.filter(case=case, rule__in=OF_THE_ACT)
    known = {(it.unit_id, it.key): it for it in rows}
    new: list[Deadline] = []
    for running in deadlines.running(facts, queries.terms(case)):
        unit_id = _bound(running.rule.binds, mine)
        if running.rule.name in RECEIPTS or unit_id is None:
            continue
        row = known.pop((unit_id, running.key), None)
        if row is None:
            row = Deadline(case=case, unit_id=unit_id, key=running.key)
            new.append(row)
        _bring_in_line(row, running, at=at)
    if new:
        Deadline.objects.bulk_create(new)
    _end([row for row in known.values() if row.message_id is None], at=at)


def _bring_in_line(row: Deadline, running: deadlines.Deadline, *, at: datetime) -> None:
    """Write what the history says of a deadline, if anything of it is new; a new row is filled."""
    values = {
        "rule": running.rule.name,
        "statute": running.rule.statute,
        "due_at": running.due_at,
        "met_at": running.met_at,
        "cancelled_at": (row.cancelled_at or at) if running.cancelled else None,
    }
    if row.pk and all(getattr(row, name) == value for name, value in values.items()):
        return
    if row.due_at != running.due_at:
        values["acted_at"] = None  # another moment worth looking at
    for name, value in values.items():
        setattr(row, name, value)
    if row.pk:
        row.save()


def _end(rows: Sequence[Deadline], *, at: datetime) -> None:
    """End what the history sets going no longer, or what bound a unit that has left."""
    Deadline.objects.filter(pk__in=[it.pk for it in rows if it.acted_at is None]).delete()
    passed = [it.pk for it in rows if it.acted_at is not None]
    Deadline.objects.filter(pk__in=passed, met_at=None, cancelled_at=None).update(cancelled_at=at)


def _bound(binds: str, mine: list[tuple[str, str]]) -> str | None:
    """Return the unit whose list a deadline lies in: of its kind, the one that came first.

    A unit that stands in for another answers for the message, not for the process.
    """
    for kind in BINDS[binds]:
        for unit_id, held in mine:
            if held == kind:
                return unit_id
    return None


def rebuild_deadlines(case: Case, *, at: datetime) -> None:
    """Drop the deadlines of the law that nobody has acted on, and build them again."""
    Deadline.objects.filter(case=case, rule__in=OF_THE_ACT, message_id=None, acted_at=None).delete()
    refresh_deadlines(case, facts=queries.facts(case), at=at)
