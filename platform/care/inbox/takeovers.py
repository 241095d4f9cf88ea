"""What was sent in an old system, kept as own copies with its own times; the lead tells the others.

One letter holds all that a huvudman gets of a case, and takes effect at once: were the notices to
come one by one, a deadline could pass here that was met there. The clocks for receipts stand still
until the old system is left; who has the old one open need not receipt everything twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Value
from django.db.models.functions import Coalesce

from care.cases import operations as cases
from care.cases.operations import Doer, Past
from care.identity import units
from care.identity.units import Address
from care.inbox import letters, projections, receipts
from care.inbox.models import Delivery, Message, Outbox
from care.law.discharge import PROCESS, Act
from care.sharing.access import Case
from tenants.context import acting_for

Letter = Mapping[str, Any]
TAKEN_OVER = "taken_over"  # in the content of what comes from an old system: which, and its number


@dataclass(frozen=True)
class Told:
    """Ett meddelande i det gamla systemet: what was sent, and what became of it there."""

    act: Act
    sent_at: datetime
    unit: Address
    name: str
    core: Mapping[str, Any]
    recipients: tuple[str, ...]  # HSA-ids
    acknowledged_at: datetime | None = None
    answered: Mapping[str, datetime] = field(default_factory=dict)  # by HSA-id


def take_over(case: Case, told: Sequence[Told], *, system: str, at: datetime) -> int:
    """Keep what was sent in an old system here, where the case is led, and tell the others.

    Sent again it changes nothing; receipts that have come there since are kept.

    :return: how many messages and receipts were new
    """
    sent = [_letter(case, it, system) for it in told]
    new = keep(case, sent, sender=acting_for(), at=at)
    if new:
        _post(case, sent, is_final=False, at=at)
        projections.refresh(case, at=at)
    return new


def end(case: Case, *, at: datetime) -> None:
    """Let the clocks for receipts run from now on, here and at the others: the old system is left.

    What nobody has receipted there is to be receipted here, in the agreed time.
    """
    start_clocks(case, at=at)
    _post(case, [], is_final=True, at=at)
    projections.refresh(case, at=at)


def keep(case: Case, sent: Sequence[Letter], *, sender: str, at: datetime) -> int:
    """Write own copies of what was sent, what became of it at own units, and the acts.

    :param sent: as `_letter` writes them; what is here already stays as it is
    :return: how many messages and receipts were new
    """
    known = set(
        Message.objects.filter(pk__in=[it["id"] for it in sent]).values_list("pk", flat=True)
    )
    new = [it for it in sent if UUID(it["id"]) not in known]
    receipted = _receipt(case, [it for it in sent if UUID(it["id"]) in known], sender=sender)
    if not new:
        return receipted
    named = {hsa_id for it in new for hsa_id in (*it["recipients"], it["sender_unit"])}
    # A unit that has been archived meanwhile has an heir, if anybody at all.
    found = units.in_charge(sorted(named))
    cases.join_all(case, {it.hsa_id: it.owner for it in found.values()}, at=at)
    Message.objects.bulk_create(_message(case, it, sender) for it in new)
    Delivery.objects.bulk_create(_deliveries(new, found, is_lead=sender == acting_for(), at=at))
    cases.record_past(case, [_past(it, sender) for it in new], at=at)
    return receipted + len(new)


def start_clocks(case: Case, *, at: datetime) -> None:
    """Set the time for a receipt running for what came from an old system and waits here."""
    waiting = Delivery.objects.filter(
        message__common_id=case.common_id,
        message__core__has_key=TAKEN_OVER,
        tenant=acting_for(),
        acknowledged_at=None,
        rejected_at=None,
        forwarded_at=None,
        receipt_due_at=None,
    )
    for delivery in waiting.select_related("message"):
        receipts.start_clock(case, delivery, at=at)


def answer_lead(case: Case, *, at: datetime) -> None:
    """Tell the lead that its letter has come: what became of each message there it knows."""
    body = {"fetched_at": at.isoformat()}
    letters.post(case.common_id, case.lead, Outbox.Kind.TAKEOVER, body, at=at)


def note_fetched(common_id: UUID, *, by: str, fetched_at: datetime) -> None:
    """Note at the lead that a huvudman has got what was sent to its units in the old system."""
    Delivery.objects.filter(
        message__common_id=common_id,
        message__sender=acting_for(),
        message__core__has_key=TAKEN_OVER,
        tenant=by,
        delivered_at=None,
    ).update(delivered_at=fetched_at)


def not_fetched() -> dict[str, int]:
    """Return how many messages from an old system each huvudman has still to fetch."""
    waiting = Delivery.objects.filter(
        message__sender=acting_for(), message__core__has_key=TAKEN_OVER, delivered_at=None
    )
    found: dict[str, int] = {}
    for tenant in waiting.values_list("tenant", flat=True):
        found[tenant] = found.get(tenant, 0) + 1
    return found


def _letter(case: Case, told: Told, system: str) -> dict[str, Any]:
    """Return what was sent as it travels; the same message has the same id, however often it is."""
    acted_for = {} if told.unit.owner == acting_for() else {"acted_for": told.unit.owner}
    return {
        "id": str(uuid5(case.common_id, f"{told.act} {told.sent_at.isoformat()}")),
        "act": str(told.act),
        "sender_unit": told.unit.hsa_id,
        "sender_unit_name": told.unit.name,
        "sender_unit_kind": told.unit.kind,
        "sender_name": told.name,
        "sender_title": "",
        "sent_at": told.sent_at.isoformat(),
        "core": {**told.core, **acted_for},
        "extension": {},
        "secrecy_ground": "",
        "statute": PROCESS.statute(told.act),
        "recipients": list(told.recipients),
        "system": system,
        "acknowledged_at": told.acknowledged_at.isoformat() if told.acknowledged_at else None,
        "answered": {unit: moment.isoformat() for unit, moment in told.answered.items()},
    }


COPIED = ("act", "sender_unit", "sender_unit_name", "sender_unit_kind", "sender_name",
          "sender_title", "core", "extension", "secrecy_ground", "statute",
          "recipients")  # fmt: skip


def _message(case: Case, it: Letter, sender: str) -> Message:
    return Message(
        id=UUID(it["id"]),
        common_id=case.common_id,
        sender=sender,
        sent_at=datetime.fromisoformat(it["sent_at"]),
        **{name: it[name] for name in COPIED},
    )


def _deliveries(
    sent: Sequence[Letter], found: Mapping[str, Address], *, is_lead: bool, at: datetime
) -> list[Delivery]:
    """Return a delivery for each receiving unit; at the others only for their own."""
    made = []
    for it in sent:
        receiving = {
            found[asked].hsa_id: found[asked] for asked in it["recipients"] if asked in found
        }
        answered = {found[asked].hsa_id: moment for asked, moment in it["answered"].items()
                    if asked in found}  # fmt: skip
        for unit in receiving.values():
            is_home = unit.owner == acting_for()
            if not (is_home or is_lead):
                continue
            answered_at = letters.moment(answered.get(unit.hsa_id))
            # Who has answered there has taken it on there.
            taken_at = letters.moment(it["acknowledged_at"]) or answered_at
            made.append(
                Delivery(
                    message_id=UUID(it["id"]),
                    unit_id=unit.hsa_id,
                    unit_name=unit.name,
                    tenant=unit.owner,
                    delivered_at=at if is_home else None,
                    opened_at=taken_at,
                    acknowledged_at=taken_at,
                    acknowledged_by=it["system"] if taken_at else "",
                    answered_at=answered_at,
                )
            )
    return made


def _receipt(case: Case, sent: Sequence[Letter], *, sender: str) -> int:
    """Keep the receipts that have come in the old system for messages that are here."""
    new = 0
    for it in sent:
        # The lead's word counts for what it has told of its old system, and for nothing else.
        told = Delivery.objects.filter(
            message=it["id"],
            message__common_id=case.common_id,
            message__sender=sender,
            message__core__has_key=TAKEN_OVER,
        )
        waiting = told.filter(acknowledged_at=None, rejected_at=None, forwarded_at=None)
        for unit_id, moment in it["answered"].items():
            mine = told.filter(unit_id=unit_id, answered_at=None)
            mine.update(answered_at=letters.moment(moment))
            taken_at = letters.moment(it["acknowledged_at"] or moment)
            new += _taken_on(waiting.filter(unit_id=unit_id), taken_at, it["system"])
        if it["acknowledged_at"]:
            new += _taken_on(waiting, letters.moment(it["acknowledged_at"]), it["system"])
    return new


def _taken_on(waiting: Any, moment: datetime | None, system: str) -> int:
    changed: int = waiting.update(
        opened_at=Coalesce("opened_at", Value(moment)),
        acknowledged_at=moment,
        acknowledged_by=system,
    )
    return changed


def _past(it: Letter, sender: str) -> Past:
    return Past(
        act=it["act"],
        by=Doer(
            it["core"].get("acted_for", sender),
            it["sender_unit"],
            it["sender_name"],
            it["sender_title"],
            unit_kind=it["sender_unit_kind"],
        ),
        at=datetime.fromisoformat(it["sent_at"]),
        body=it["core"],
        message_id=UUID(it["id"]),
    )


def _post(case: Case, sent: Sequence[Letter], *, is_final: bool, at: datetime) -> None:
    core = letters.case_core(case)
    body = {"case": core, "messages": list(sent), "is_final": is_final}
    others = {tenant for _, tenant in core["parts"]} - {acting_for()}
    for tenant in sorted(others):
        letters.post(case.common_id, tenant, Outbox.Kind.TAKEOVER, body, at=at)
