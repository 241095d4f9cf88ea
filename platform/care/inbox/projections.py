"""The worklist: one row for each unit and case, written when something happens, read at once."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from care.cases import projections as cases
from care.cases import queries
from care.cases.operations import Deadline
from care.inbox.models import CurrentTransaction, Delivery, WorklistRow
from care.sharing import access
from care.sharing.access import Case
from tenants.context import acting_for


def refresh(case: Case, *, at: datetime) -> None:
    """Bring the rows of every unit at home that takes part in line with the case.

    A fixed number of queries, however many units there are; only a row that differs is written.
    """
    parts = queries.parts(case)
    here = [part.unit_id for part in parts if part.tenant == acting_for()]
    names = {part.unit_id: part.name for part in parts}
    known = {row.unit_id: row for row in WorklistRow.objects.filter(case_id=case.pk)}
    deliveries = _deliveries(case)
    dues = queries.next_deadlines(case)
    latest = queries.latest(case)
    WorklistRow.objects.filter(case_id=case.pk, unit_id__in=known.keys() - set(here)).delete()
    for unit_id in here:
        mine = deliveries[unit_id]
        waiting = [it.message_id for it in mine if it.is_waiting]
        due = dues.get(unit_id)
        values = {
            "state": case.state,
            "is_open": case.is_open or bool(waiting),
            "unacknowledged": len(waiting),
            "message_id": _first(waiting, due),
            "due_at": due.due_at if due else None,
            "due_rule": due.rule if due else "",
            "latest_act": latest.act if latest else "",
            "latest_at": latest.at if latest else at,
            "latest_unit": names.get(latest.unit_id, "") if latest else "",
            "assigned_to": next((it.assigned_to for it in reversed(mine) if it.assigned_to), ""),
        }
        row = known.get(unit_id)
        if row and all(getattr(row, name) == value for name, value in values.items()):
            continue
        if row:
            rows = WorklistRow.objects.filter(pk=row.pk)
            rows.update(changed=CurrentTransaction(), **values)
        else:
            # Whoever refreshes holds the lock of the case, so nobody else makes the same row.
            WorklistRow.objects.create(unit_id=unit_id, case_id=case.pk, **values)


def _first(waiting: list[UUID], due: Deadline | None) -> UUID | None:
    """Return the message to acknowledge: the one whose time is running out, else the oldest."""
    if due and due.message_id in waiting:
        return due.message_id
    return waiting[0] if waiting else None


class _At(NamedTuple):
    """How a delivery stands at a unit, as far as the worklist asks."""

    message_id: UUID
    is_waiting: bool
    assigned_to: str


def _deliveries(case: Case) -> dict[str, list[_At]]:
    """Return the deliveries of a case by unit, in the order in which they were sent."""
    rows = Delivery.objects.filter(message__common_id=case.common_id).order_by(
        "message__sent_at", "id"
    )
    found: dict[str, list[_At]] = defaultdict(list)
    for unit_id, message_id, act, assigned_to, *dealt_with in rows.values_list(
        "unit_id", "message_id", "message__act", "assigned_to",
        "acknowledged_at", "rejected_at", "forwarded_at",
    ):  # fmt: skip
        is_waiting = act in RECEIPTED and not any(dealt_with)
        found[unit_id].append(_At(message_id, is_waiting, assigned_to))
    return found


# The messages whose receiver acknowledges (domain document, section 7).
RECEIPTED = (
    "notify_admission",
    "revise_expected_discharge",
    "notify_ready",
    "withdraw_ready",
    "call_to_planning",
    "transfer_information",
    "record_discharge",
    "send_general_message",
    "replace_message",
    "abort_case",
)


def rebuild_all(*, at: datetime) -> int:
    """Build the deadlines and the worklist of every case here again; return how many there are."""
    ids = access.all_common_ids()
    for common_id in ids:
        with transaction.atomic():
            case = access.own_case(common_id)
            if case:
                cases.rebuild_deadlines(case, at=at)
                rebuild(case, at=at)
    return len(ids)


def rebuild(case: Case, *, at: datetime) -> None:
    """Drop the rows of a case and build them again."""
    WorklistRow.objects.filter(case_id=case.pk).delete()
    refresh(case, at=at)
