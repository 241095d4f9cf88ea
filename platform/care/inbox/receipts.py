"""The agreed time for a receipt: a deadline row at the receiving huvudman for each delivery.

The Act gives no time to acknowledge; agreements do (4 kap. 5 §). Where nobody watches the inbox
when a message comes, nobody could acknowledge it, so the time is up at once and the message goes on
to the unit that takes over.
"""

from datetime import datetime

from care.cases import operations as cases
from care.cases import queries
from care.identity import units
from care.inbox.models import Delivery
from care.law import deadlines, discharge
from care.law.terms import AGREEMENT
from care.sharing.access import Case

RULES: dict[str, str] = {
    discharge.Act.NOTIFY_ADMISSION: "admission_receipt_due",
    discharge.Act.NOTIFY_READY: "ready_receipt_due",
}


def start_clock(case: Case, delivery: Delivery, *, at: datetime) -> None:
    """Set the time for a receipt running, where the agreement gives one for this message."""
    due_at = due(case, delivery, at=at)
    if due_at is None:
        return
    Delivery.objects.filter(pk=delivery.pk).update(receipt_due_at=due_at)
    cases.set_deadline(
        case,
        unit_id=delivery.unit_id,
        key=f"receipt:{delivery.message_id}",
        rule=RULES.get(_act(delivery), "receipt_due"),
        statute=AGREEMENT,
        due_at=due_at,
        message_id=delivery.message_id,
    )


def stop_clock(case: Case, delivery: Delivery, *, at: datetime) -> None:
    """Note that the message has been dealt with."""
    cases.meet_deadline(case, unit_id=delivery.unit_id, key=f"receipt:{delivery.message_id}", at=at)


def due(case: Case, delivery: Delivery, *, at: datetime) -> datetime | None:
    """Return when the receipt is due: None without an agreed time, at once if nobody watches."""
    terms = queries.terms(case)
    act = _act(delivery)
    if act not in set(discharge.Act):
        return None
    due_at = deadlines.receipt_due_at(discharge.Act(act), at, terms)
    if due_at is None:
        return None
    watch = units.watches([delivery.unit_id], at=at).get(delivery.unit_id)
    if watch and not watch.is_watched and watch.takes_over:
        return at
    return due_at


def _act(delivery: Delivery) -> str:
    """Return the act that a message tells of: a correction has the clock of what it corrects."""
    act: str = delivery.message.core.get("corrects", delivery.message.act)
    return act
