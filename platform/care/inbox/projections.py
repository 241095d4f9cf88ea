"""The worklist: one row for each unit and case, written when something happens, read at once."""

from datetime import datetime

from django.db.models import F

from care.cases import queries
from care.inbox.models import Delivery, UnitChange, WorklistRow
from care.sharing.access import Case
from tenants.context import acting_for


def refresh(case: Case, *, at: datetime) -> None:
    """Bring the rows of every unit at home that takes part in line with the case."""
    parts = queries.parts(case)
    here = [part.unit_id for part in parts if part.tenant == acting_for()]
    left = WorklistRow.objects.filter(case_id=case.pk).exclude(unit_id__in=here)
    for unit_id in list(left.values_list("unit_id", flat=True)):
        left.filter(unit_id=unit_id).delete()
        _count(unit_id)
    names = {part.unit_id: part.name for part in parts}
    latest = queries.latest(case)
    for part in parts:
        if part.tenant != acting_for():
            continue
        waiting = list(
            Delivery.objects.filter(
                message__common_id=case.common_id,
                unit_id=part.unit_id,
                acknowledged_at=None,
                rejected_at=None,
                forwarded_at=None,
                message__act__in=RECEIPTED,
            )
            .order_by("message__sent_at", "id")
            .values_list("message_id", flat=True)
        )
        due = queries.next_deadline(case, part.unit_id)
        mine = Delivery.objects.filter(
            message__common_id=case.common_id, unit_id=part.unit_id
        ).exclude(assigned_to="")
        WorklistRow.objects.update_or_create(
            unit_id=part.unit_id,
            case_id=case.pk,
            defaults={
                "state": case.state,
                "is_open": case.is_open or bool(waiting),
                "unacknowledged": len(waiting),
                "message_id": waiting[0] if waiting else None,
                "due_at": due.due_at if due else None,
                "due_rule": due.rule if due else "",
                "latest_act": latest.act if latest else "",
                "latest_at": latest.at if latest else at,
                "latest_unit": names.get(latest.unit_id, "") if latest else "",
                "assigned_to": mine.order_by("-message__sent_at")
                .values_list("assigned_to", flat=True)
                .first()
                or "",
            },
        )
        _count(part.unit_id)


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


def _count(unit_id: str) -> None:
    changed = UnitChange.objects.filter(pk=unit_id).update(counter=F("counter") + 1)
    if not changed:
        UnitChange.objects.get_or_create(pk=unit_id, defaults={"counter": 1})


def rebuild(case: Case, *, at: datetime) -> None:
    """Drop the rows of a case and build them again."""
    WorklistRow.objects.filter(case_id=case.pk).delete()
    refresh(case, at=at)
