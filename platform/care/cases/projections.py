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


def refresh_deadlines(case: Case, *, facts: Sequence[Fact], at: datetime) -> None:
    """Bring the running deadlines of the units at home in line with the history."""
    mine = list(
        case.participations.filter(until_at=None, tenant=acting_for())
        .order_by("from_at", "id")
        .values_list("unit", "unit__kind")
    )
    known = {(it.unit_id, it.key): it for it in Deadline.objects.filter(case=case)}
    for running in deadlines.running(facts, queries.terms(case)):
        if running.rule.name in RECEIPTS:
            continue
        if unit_id := _bound(running.rule.binds, mine):
            values = {
                "rule": running.rule.name,
                "statute": running.rule.statute,
                "due_at": running.due_at,
                "met_at": running.met_at,
                "cancelled_at": at if running.cancelled else None,
            }
            row = known.pop((unit_id, running.key), None)
            if row is None:
                Deadline.objects.create(case=case, unit_id=unit_id, key=running.key, **values)
            elif any(
                getattr(row, name) != value
                for name, value in values.items()
                if name != "cancelled_at" or (value is None) != (row.cancelled_at is None)
            ):
                Deadline.objects.filter(pk=row.pk).update(**values)
    # What the history sets going no longer, or binds a unit that has left, never comes due.
    gone = [row.pk for row in known.values() if row.message_id is None and row.acted_at is None]
    if gone:
        Deadline.objects.filter(pk__in=gone).delete()


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
    Deadline.objects.filter(case=case, message_id=None, acted_at=None).delete()
    refresh_deadlines(case, facts=queries.facts(case), at=at)
