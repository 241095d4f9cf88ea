"""Sending messages, and what a receiving unit does with them.

Every act of a process that tells others goes through `send`: one transaction holds the event, the
message, its deliveries and the letters for other huvudmän.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from care.cases import operations as cases
from care.cases import queries
from care.cases.operations import Doer
from care.identity import units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.units import Address
from care.inbox import letters, projections, receipts
from care.inbox.models import Delivery, Message, Outbox
from care.law import discharge
from care.sharing import access
from care.sharing.access import Case
from tenants.context import acting_for
from tenants.models import Tenant

# Whom these went to decides who is liable to pay (5 kap. 3 §), so they say it.
NOTICES = frozenset({discharge.Act.NOTIFY_ADMISSION, discharge.Act.NOTIFY_READY})


class NoReceiver(Exception):
    """No receiving unit has been chosen, or none is known."""


class GroundMissing(Exception):
    """What goes beyond the statutory core needs a secrecy ground (3 kap. 1-2 §§; OSL)."""


class NotThere(Exception):
    """Nobody at the unit has taken the message on, so there is nothing to hand back."""


class TakenBefore(Exception):
    """Somebody else has dealt with the message; nothing was changed."""

    # No frozen dataclass: a context manager that an exception passes writes its traceback.
    def __init__(self, by: str, at: datetime | None) -> None:
        super().__init__(by, at)
        self.by = by
        self.at = at


def send(
    case: Case,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    core: Mapping[str, Any] | None = None,
    extension: Mapping[str, Any] | None = None,
    ground: str = "",
    recipients: Sequence[str] | None = None,
    replaces: UUID | None = None,
) -> Message:
    """Record an act and tell the units concerned, in the caller's transaction.

    :param core: what the statute lets go without any ground
    :param extension: what needs a secrecy ground
    :param recipients: HSA-ids; None: every unit that takes part, save the sender's
    :raises NoReceiver: if there is no unit to tell
    :raises GroundMissing: if there is an extension and no ground
    :raises NotPermitted: if the act cannot be in the case's state
    """
    plain = {key: value for key, value in (extension or {}).items() if value not in ("", None, [])}
    if plain and not ground:
        raise GroundMissing
    receivers = _receivers(case, actor, recipients)
    cases.join_all(case, {unit.hsa_id: unit.owner for unit in receivers}, at=at)
    told = dict(core or {})
    if act in NOTICES:
        told["municipalities"] = _municipalities(receivers)
    message_id = uuid4()
    before = case.state, case.expected_discharge_at
    cases.record(
        case,
        act=act,
        by=Doer.from_actor(actor),
        at=at,
        body=_content(told, plain, replaces, message_id),
        message_id=message_id,
    )
    sent = Message.objects.create(
        id=message_id,
        common_id=case.common_id,
        sender=acting_for(),
        act=act,
        sender_unit=actor.unit_id,
        sender_unit_name=actor.unit_name,
        sender_unit_kind=actor.unit_kind,
        sender_name=actor.name_abroad,
        sender_title=actor.title,
        sent_at=at,
        core=told,
        extension=plain,
        secrecy_ground=ground if plain else "",
        statute=_statute(act),
        recipients=[unit.hsa_id for unit in receivers],
        replaces=replaces,
    )
    deliver(case, sent, receivers, at=at)
    _post(case, sent, receivers, at=at)
    if (case.state, case.expected_discharge_at) != before:
        tell_state(case, besides={unit.owner for unit in receivers}, at=at)
    return_if_nobody_is_concerned(case, at=at)
    projections.refresh(case, at=at)
    return sent


def deliver(case: Case, message: Message, receivers: Iterable[Address], *, at: datetime) -> None:
    """Write one delivery for each receiving unit; at home it is delivered at once."""
    home = acting_for()
    for unit in receivers:
        is_home = unit.owner == home
        delivery, is_new = Delivery.objects.get_or_create(
            message=message,
            unit_id=unit.hsa_id,
            defaults={
                "unit_name": unit.name,
                "tenant": unit.owner,
                "delivered_at": at if is_home else None,
            },
        )
        if is_home and is_new:
            receipts.start_clock(case, delivery, at=at)


def tell_state(case: Case, *, besides: Iterable[str] = (), at: datetime) -> None:
    """Tell every other huvudman in the case which state the lead has computed."""
    others = {part.tenant for part in queries.parts(case)} - {acting_for(), *besides}
    for tenant in sorted(others):
        _write(case, tenant, Outbox.Kind.STATE, letters.state(case), at=at)


def open_message(*, actor: Actor, message_id: UUID, at: datetime) -> None:
    """Note that somebody at the receiving unit has opened a message; the first time counts."""
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.READ_INBOX)
        if Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=at) == 1:
            delivery.opened_at = at
            answer_sender(delivery, at=at)


def acknowledge_message(*, actor: Actor, message_id: UUID, at: datetime) -> Case:
    """Kvittera: take a message on, by name, for the receiving unit.

    :raises access.NotVisible: if no such message waits at the actor's unit
    :raises TakenBefore: if a colleague has taken it on; nothing is changed
    """
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.ACKNOWLEDGE_MESSAGE)
        case = _case_of(actor, delivery, Permission.ACKNOWLEDGE_MESSAGE, at=at)
        changed = Delivery.objects.filter(
            pk=delivery.pk, acknowledged_at=None, rejected_at=None, forwarded_at=None
        ).update(
            acknowledged_at=at,
            acknowledged_by=actor.name_abroad,
            acknowledged_title=actor.title,
            acknowledged_staff_id=actor.staff_id,
            assigned_to=actor.name,
        )
        if changed == 0:
            delivery.refresh_from_db()
            raise TakenBefore(
                delivery.acknowledged_by or delivery.forwarded_by,
                delivery.acknowledged_at or delivery.forwarded_at or delivery.rejected_at,
            )
        Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=at)
        _after(case, delivery, "acknowledge_message", actor, at=at)
        return case


def hand_back_message(*, actor: Actor, message_id: UUID, at: datetime) -> Case:
    """Lämna tillbaka: give a message that one has taken on back to the unit's inbox.

    :raises access.NotVisible: if no such message is at the actor's unit
    :raises NotThere: if nobody there has taken it on
    """
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.ACKNOWLEDGE_MESSAGE)
        case = _case_of(actor, delivery, Permission.ACKNOWLEDGE_MESSAGE, at=at)
        changed = (
            Delivery.objects.filter(pk=delivery.pk, forwarded_at=None)
            .exclude(acknowledged_at=None)
            .update(
                acknowledged_at=None,
                acknowledged_by="",
                acknowledged_title="",
                acknowledged_staff_id=None,
                assigned_to="",
            )
        )
        if changed == 0:
            raise NotThere
        receipts.start_clock(case, delivery, at=at)
        _after(case, delivery, "hand_back_message", actor, at=at)
        return case


def assign_message(*, actor: Actor, message_id: UUID, to_name: str, at: datetime) -> Case:
    """Fördela: let a named colleague at the unit have a message.

    :raises access.NotVisible: if no such message is at the actor's unit
    """
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.ASSIGN_MESSAGE)
        case = _case_of(actor, delivery, Permission.ASSIGN_MESSAGE, at=at)
        Delivery.objects.filter(pk=delivery.pk).update(assigned_to=to_name)
        _after(case, delivery, "assign_message", actor, at=at, body={"assigned_to": to_name})
        return case


def forward_message(*, actor: Actor, message_id: UUID, to_unit: str, at: datetime) -> Case:
    """Vidaresänd: let another unit of the same huvudman receive a message instead.

    :raises access.NotVisible: if no such message waits at the actor's unit
    :raises NoReceiver: if the other unit is not one of this huvudman's
    :raises TakenBefore: if it has been dealt with meanwhile
    """
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.FORWARD_MESSAGE)
        case = _case_of(actor, delivery, Permission.FORWARD_MESSAGE, at=at)
        pass_on(case, delivery, to_unit=to_unit, by=Doer.from_actor(actor), at=at)
        return case


def pass_on(case: Case, delivery: Delivery, *, to_unit: str, by: Doer, at: datetime) -> None:
    """Give a delivery to another unit at home: by a person, or because nobody took it on in time.

    A person may give it back to a unit that has passed it on; the clock never does, so that two
    units that take over from one another do not hand it to and fro for ever.

    :raises NoReceiver: if the other unit is not one of this huvudman's
    :raises TakenBefore: if it has been dealt with meanwhile
    """
    try:
        unit = units.address(to_unit)
    except units.NoSuchUnit:
        raise NoReceiver from None
    if unit.owner != acting_for() or unit.hsa_id == delivery.unit_id:
        raise NoReceiver
    ended = Delivery.objects.filter(
        ~Q(forwarded_at=None) | ~Q(rejected_at=None),
        message=delivery.message_id,
        unit_id=unit.hsa_id,
    )
    if not by.name and ended.exists():
        raise NoReceiver
    free = Q(acknowledged_at=None)
    if by.staff_id:
        free |= Q(acknowledged_staff_id=by.staff_id)
    changed = Delivery.objects.filter(
        free, pk=delivery.pk, forwarded_at=None, rejected_at=None
    ).update(forwarded_at=at, forwarded_to=unit.hsa_id, forwarded_by=by.name_abroad)
    if changed == 0:
        delivery.refresh_from_db()
        raise TakenBefore(delivery.acknowledged_by, delivery.acknowledged_at)
    delivery.refresh_from_db()
    receipts.stop_clock(case, delivery, at=at)
    cases.join(case, unit_id=unit.hsa_id, tenant=unit.owner, at=at)
    _begin_anew(case, ended, at=at)
    deliver(case, delivery.message, [unit], at=at)
    cases.record(
        case,
        act="forward_message",
        by=by,
        at=at,
        body={
            "message_id": str(delivery.message_id),
            "to_unit": unit.hsa_id,
            "to_unit_name": unit.name,
        },
    )
    answer_sender(delivery, at=at)
    passed = Delivery.objects.get(message=delivery.message, unit_id=unit.hsa_id)
    answer_sender(passed, at=at)
    projections.refresh(case, at=at)


def _begin_anew(case: Case, ended: "QuerySet[Delivery]", *, at: datetime) -> None:
    """Let a unit that had passed a message on, or refused it, have it to deal with again."""
    for delivery in ended.select_related("message"):
        Delivery.objects.filter(pk=delivery.pk).update(
            opened_at=None,
            acknowledged_at=None,
            acknowledged_by="",
            acknowledged_title="",
            acknowledged_staff_id=None,
            assigned_to="",
            rejected_at=None,
            rejected_because="",
            forwarded_at=None,
            forwarded_to="",
            forwarded_by="",
        )
        receipts.start_clock(case, delivery, at=at)


def successor_of(unit_id: str) -> str | None:
    """Return the unit that takes over from another, or None where nobody has been named."""
    return units.successor(unit_id) or None


def reject_message(*, actor: Actor, message_id: UUID, reason: str, at: datetime) -> Case:
    """Felsänt: refuse a message, with a reason; the sender sees it.

    :raises access.NotVisible: if no such message waits at the actor's unit
    :raises TakenBefore: if it has been dealt with meanwhile
    """
    with transaction.atomic():
        delivery = _at_unit(actor, message_id, Permission.REJECT_MESSAGE)
        case = _case_of(actor, delivery, Permission.REJECT_MESSAGE, at=at)
        changed = Delivery.objects.filter(
            pk=delivery.pk, rejected_at=None, forwarded_at=None, acknowledged_at=None
        ).update(rejected_at=at, rejected_because=reason)
        if changed == 0:
            delivery.refresh_from_db()
            raise TakenBefore(delivery.acknowledged_by, delivery.acknowledged_at)
        return_if_nobody_is_concerned(case, at=at)
        _after(case, delivery, "reject_message", actor, at=at, body={"reason": reason})
        return case


def replace_message(
    *,
    actor: Actor,
    message_id: UUID,
    core: Mapping[str, Any],
    extension: Mapping[str, Any],
    ground: str,
    at: datetime,
) -> Message:
    """Ersätt: send a correction of a message to those who got it; both stay readable.

    :raises access.NotVisible: if the actor's unit has not sent such a message
    """
    with transaction.atomic():
        earlier = Message.objects.filter(
            pk=message_id, sender=actor.tenant, sender_unit=actor.unit_id
        ).first()
        if earlier is None:
            raise _not_ours(actor, message_id)
        case_id = access.case_id_of(earlier.common_id)
        case = access.case_for_writing(
            actor=actor, case_id=case_id, permission=Permission.REPLACE_MESSAGE, at=at
        )
        return send(
            case,
            queries.REPLACE,
            actor=actor,
            at=at,
            core={**core, "corrects": earlier.core.get("corrects", earlier.act)},
            extension=extension,
            ground=ground,
            recipients=[it for it in earlier.recipients if it != actor.unit_id],
            replaces=earlier.id,
        )


def return_if_nobody_is_concerned(case: Case, *, at: datetime) -> None:
    """Returnera: at the lead, once every receiver of the admission has answered that it is not.

    Recorded by the system; the ward then tells another unit (`notify_admission` anew).
    """
    if case.lead != acting_for() or case.state != discharge.State.ADMITTED:
        return
    told = Message.objects.filter(
        common_id=case.common_id, act=discharge.Act.NOTIFY_ADMISSION, sender=acting_for()
    )
    newest = told.order_by("-sent_at", "-id").first()
    if newest is None:
        return
    refused = {
        it.unit_id
        for it in queries.happenings(case)
        if it.act == discharge.Act.ANSWER_ADMISSION
        and it.at >= newest.sent_at
        and it.body.get("answer") == "rejected"
    }
    asked = newest.deliveries.filter(forwarded_at=None)
    if all(it.rejected_at or it.unit_id in refused for it in asked):
        cases.record(case, act=discharge.Act.RETURN_CASE, by=Doer(acting_for()), at=at)
        tell_state(case, at=at)


def mark_answered(case: Case, *, actor: Actor, acts: Iterable[str], at: datetime) -> None:
    """Note that the actor's unit has answered the messages of some acts that it received."""
    waiting = Delivery.objects.filter(
        message__common_id=case.common_id,
        message__act__in=list(acts),
        unit_id=actor.unit_id,
        answered_at=None,
        rejected_at=None,
        forwarded_at=None,
    ).select_related("message")
    for delivery in waiting:
        Delivery.objects.filter(pk=delivery.pk).update(answered_at=at)
        # Who answers has taken the message on.
        Delivery.objects.filter(pk=delivery.pk, acknowledged_at=None).update(
            opened_at=Coalesce("opened_at", Value(at)),
            acknowledged_at=at,
            acknowledged_by=actor.name_abroad,
            acknowledged_title=actor.title,
            acknowledged_staff_id=actor.staff_id,
            assigned_to=actor.name,
        )
        delivery.refresh_from_db()
        receipts.stop_clock(case, delivery, at=at)
        answer_sender(delivery, at=at)


def _receivers(case: Case, actor: Actor, recipients: Sequence[str] | None) -> list[Address]:
    """Return whom to tell: the chosen units, or else whoever takes part or has taken over.

    A fact is recorded also where there is nobody to tell yet, so only a choice can be empty in
    error.
    """
    if recipients is None:
        others = [it.unit_id for it in queries.parts(case) if it.unit_id != actor.unit_id]
        heirs = units.in_charge(others).values()
        return list({unit.hsa_id: unit for unit in heirs if unit.hsa_id != actor.unit_id}.values())
    known = units.in_charge(recipients)
    missing = [it for it in recipients if it not in known]
    if missing:
        raise units.NoSuchUnit(missing[0])
    if not known:
        raise NoReceiver
    return list({unit.hsa_id: unit for unit in known.values()}.values())


def _municipalities(receivers: Iterable[Address]) -> list[str]:
    """Return the codes of the municipalities that a notice goes to (5 kap. 3 §)."""
    owners = {unit.owner for unit in receivers}
    codes = Tenant.objects.filter(schema_name__in=owners).values_list(
        "municipality_code", flat=True
    )
    return sorted(code for code in codes if code)


def _content(
    core: Mapping[str, Any],
    extension: Mapping[str, Any],
    replaces: UUID | None,
    message_id: UUID,
) -> dict[str, Any]:
    content = {**core, **extension}
    if replaces:
        content |= {"replaces": str(replaces), "message_id": str(message_id)}
    return content


def _statute(act: str) -> str:
    return discharge.PROCESS.statute(discharge.Act(act)) if act in set(discharge.Act) else ""


def _post(case: Case, sent: Message, receivers: Iterable[Address], *, at: datetime) -> None:
    home = acting_for()
    body = {"message": letters.message(sent), "case": letters.case_core(case)}
    for tenant in sorted({unit.owner for unit in receivers} - {home}):
        _write(case, tenant, Outbox.Kind.MESSAGE, body, at=at)


def _write(case: Case, recipient: str, kind: str, body: dict[str, Any], *, at: datetime) -> None:
    letters.post(case.common_id, recipient, kind, body, at=at)


def _at_unit(actor: Actor, message_id: UUID, permission: Permission) -> Delivery:
    access.refuse_unless(actor, permission)
    delivery = (
        Delivery.objects.select_related("message")
        .filter(message=message_id, unit_id=actor.unit_id)
        .first()
    )
    if delivery is None:
        raise _not_ours(actor, message_id)
    return delivery


def _not_ours(actor: Actor, message_id: UUID) -> access.NotVisible:
    """Return the refusal of a message that is another unit's, or nobody's: both read alike.

    Only the access log tells them apart, by the case.
    """
    common_id = Message.objects.filter(pk=message_id).values_list("common_id", flat=True).first()
    reason = access.Reason.NOT_THE_UNITS_MESSAGE
    return access.NotVisible(actor=actor, common_id=common_id, reason=reason)


def _case_of(actor: Actor, delivery: Delivery, permission: Permission, *, at: datetime) -> Case:
    case_id = access.case_id_of(delivery.message.common_id)
    return access.case_for_writing(actor=actor, case_id=case_id, permission=permission, at=at)


def _after(
    case: Case,
    delivery: Delivery,
    act: str,
    actor: Actor,
    *,
    at: datetime,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Record what a person did with a delivery, tell the sender, and bring the worklist in line."""
    delivery.refresh_from_db()
    if act not in ("hand_back_message", "assign_message"):
        receipts.stop_clock(case, delivery, at=at)
    cases.record(
        case,
        act=act,
        by=Doer.from_actor(actor),
        at=at,
        body={"message_id": str(delivery.message_id), "of": delivery.message.act, **(body or {})},
    )
    if act != "assign_message":  # who at the unit has it is not told outside it (letters.WORDS)
        answer_sender(delivery, at=at)
    projections.refresh(case, at=at)


def answer_sender(delivery: Delivery, *, at: datetime) -> None:
    """Let the facts of a delivery travel back; between own units they are seen where they lie."""
    delivery.refresh_from_db()
    sender = delivery.message.sender
    if sender != acting_for():
        body = letters.receipt(delivery)
        letters.post(delivery.message.common_id, sender, Outbox.Kind.RECEIPT, body, at=at)
