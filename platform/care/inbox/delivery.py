"""Fetching letters: the receiver reads the sender's outbox and writes at home, never abroad.

A fetch never fails on content: what has happened elsewhere is kept, and flagged where our table has
no place for it.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max

from care.cases import operations as cases
from care.cases.operations import Doer
from care.identity import units
from care.inbox import (
    consents,
    emergencies,
    letters,
    operations,
    projections,
    protection,
    takeovers,
    terms,
)
from care.inbox.models import Delivery, Fetched, Message, Outbox, Received
from care.individuals import operations as individuals
from care.individuals.operations import Person
from care.sharing import access, rls
from care.sharing.access import Case
from tenants.apart import are_apart
from tenants.context import acting_for
from tenants.models import Tenant
from tenants.window import looking_into

logger = logging.getLogger(__name__)

Letter = dict[str, Any]
# A long absence is caught up in parts, so that nobody waits for a case that is locked.
MOST_AT_ONCE = 200
# Notes of received letters. A letter is committed within minutes of its number, so that after days
# no smaller number can be on its way.
KEPT = timedelta(days=30)
FIELDS = ("id", "kind", "common_id", "body", "at")


class UnknownPart(Exception):
    """A letter lets a unit take part that is not in the address book, or is another's there."""


def fetch(*, sender: str, at: datetime) -> int:
    """Receive what a huvudman has sent to us; return how many letters were new.

    `id > last` would lose letters: a row with a smaller id may be committed later. So the horizon
    is the oldest transaction that was still running when we looked: everything before it is final.
    What lies between is fetched again next time and takes effect once.

    :raises Apart: between a training huvudman and a real one (`tenants.window`)
    """
    with transaction.atomic():
        # The lock lets one worker at a time fetch from this sender.
        fetched = Fetched.objects.select_for_update().filter(pk=sender).first()
        if fetched is None:
            Fetched.objects.get_or_create(sender=sender)
            fetched = Fetched.objects.select_for_update().get(pk=sender)
        with looking_into(sender):
            # Asked before the letters are read, so that it errs on the safe side.
            horizon = _oldest_running_transaction()
            # After a move to another cluster transaction numbers begin anew: then ask for all.
            since = fetched.horizon if fetched.horizon <= horizon else 0
            offered = list(
                Outbox.objects.filter(
                    recipient=acting_for(), transaction__gte=since, id__gt=fetched.forgotten
                )
                .order_by("id")
                .values(*FIELDS)
            )
        if not offered:
            return 0  # the horizon stays: whatever is written meanwhile is offered from there
        known = set(
            Received.objects.filter(
                sender=sender, outbox_id__in=[letter["id"] for letter in offered]
            ).values_list("outbox_id", flat=True)
        )
        new = [letter for letter in offered if letter["id"] not in known]
        received = [letter for letter in new[:MOST_AT_ONCE] if _is_received(sender, letter, at)]
        Received.objects.bulk_create(
            [Received(sender=sender, outbox_id=letter["id"], at=at) for letter in received]
        )
        if len(received) == len(new):
            Fetched.objects.filter(pk=sender).update(horizon=horizon)
    return len(received)


def forget(*, at: datetime) -> int:
    """Remove the notes of letters that were received long ago; return how many there were.

    From then on their sender is not asked for letters up to the newest of them. Where one of those
    has failed and waits still, the notes stay. Who has left has no letters any more.
    """
    removed = 0
    here = set(Tenant.objects.values_list("schema_name", flat=True))
    for sender in Fetched.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            fetched = Fetched.objects.select_for_update().get(pk=sender)
            notes = Received.objects.filter(sender=sender)
            newest = notes.filter(at__lt=at - KEPT).aggregate(it=Max("outbox_id"))["it"]
            waits = newest is not None and sender in here and _waiting(fetched, upto=newest)
            if newest is not None and not waits:
                Fetched.objects.filter(pk=sender).update(forgotten=newest)
                removed += notes.filter(outbox_id__lte=newest).delete()[0]
    return removed


def _waiting(fetched: Fetched, *, upto: int) -> set[int]:
    """Return the letters that have been fetched and not received, up to a number."""
    with looking_into(fetched.sender):
        asked = set(
            Outbox.objects.filter(
                recipient=acting_for(),
                transaction__gte=fetched.horizon,
                id__gt=fetched.forgotten,
                id__lte=upto,
            ).values_list("id", flat=True)
        )
    known = Received.objects.filter(sender=fetched.sender, outbox_id__in=asked)
    return asked - set(known.values_list("outbox_id", flat=True))


def _is_received(sender: str, letter: Letter, at: datetime) -> bool:
    """Receive one letter; one that fails is left for the next time and stops no other."""
    try:
        with transaction.atomic():
            RECEIVE[letter["kind"]](sender, letter, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # whatever it is, the letters after it have their turn
        # Its own words may quote a row, and so a patient: the kind of fault and the letter's id.
        logger.error("letter %s from %s: %s", letter["id"], sender, type(fault).__name__)
        return False
    return True


def recipients_since(*, horizon: int) -> tuple[list[str], int]:
    """Return for whom we have written letters from a transaction on, and where to ask next.

    Who has left fetches nothing any more: what was written for it stays in the outbox. A letter
    from a training huvudman to a real one, or the other way round, can be written by no operation;
    where there is one all the same, nobody is asked to fetch it, and the log tells.
    """
    oldest = _oldest_running_transaction()
    named = Outbox.objects.filter(
        transaction__gte=horizon, recipient__in=Tenant.objects.values("schema_name")
    )
    recipients = sorted(set(named.values_list("recipient", flat=True)))
    astray = [it for it in recipients if are_apart(it, acting_for())]
    for recipient in astray:
        logger.error("%s has letters for %s, which is kept apart", acting_for(), recipient)
    return [it for it in recipients if it not in astray], oldest


def on_the_way(*, sender: str) -> int:
    """Count the letters that a huvudman has written to us and that we have not received."""
    known = Received.objects.filter(sender=sender).values_list("outbox_id", flat=True)
    forgotten = Fetched.objects.filter(pk=sender).values_list("forgotten", flat=True).first() or 0
    received = set(known)
    with looking_into(sender):
        sent = Outbox.objects.filter(recipient=acting_for(), id__gt=forgotten)
        return sum(1 for it in sent.values_list("id", flat=True).iterator() if it not in received)


class NotTheLead(Exception):
    """Only whoever leads a case tells what it was in another system."""


def _message(sender: str, letter: Letter, at: datetime) -> None:
    body, core = letter["body"]["message"], letter["body"]["case"]
    case = _case(sender, core, at)
    if Message.objects.filter(pk=body["id"]).exists():
        return
    _join(case, core, at)
    sent_at = datetime.fromisoformat(body["sent_at"])
    received = Message.objects.create(
        id=body["id"],
        common_id=case.common_id,
        sender=sender,
        outbox_id=letter["id"],
        sent_at=sent_at,
        replaces=UUID(body["replaces"]) if body["replaces"] else None,
        **{name: body[name] for name in COPIED},
    )
    # What becomes of it at the units of others is told to the sender, and to nobody else.
    # A unit that has been archived meanwhile has an heir, if anybody at all.
    addressed = {unit.hsa_id: unit for unit in units.in_charge(received.recipients).values()}
    mine = [unit for unit in addressed.values() if unit.owner == acting_for()]
    cases.join_all(case, {unit.hsa_id: unit.owner for unit in mine}, at=at)
    operations.deliver(case, received, mine, at=at)
    before = case.state, case.expected_discharge_at
    content = {**received.core, **received.extension}
    if received.replaces:
        content |= {"replaces": str(received.replaces), "message_id": str(received.id)}
    cases.record(
        case,
        act=received.act,
        by=Doer(
            sender,
            received.sender_unit,
            received.sender_name,
            received.sender_title,
            unit_kind=received.sender_unit_kind,
        ),
        at=sent_at,
        body=content,
        message_id=received.id,
        is_letter=True,
    )
    _follow_lead(case, sender, core)
    for delivery in Delivery.objects.filter(message=received, tenant=acting_for()):
        operations.answer_sender(delivery, at=at)
    if case.lead == acting_for() and (case.state, case.expected_discharge_at) != before:
        operations.tell_state(case, at=at)
    operations.return_if_nobody_is_concerned(case, at=at)
    rls.restamp(case, at=at)
    projections.refresh(case, at=at)


COPIED = ("act", "sender_unit", "sender_unit_name", "sender_unit_kind", "sender_name",
          "sender_title", "core", "extension", "secrecy_ground", "statute",
          "recipients")  # fmt: skip


def _receipt(sender: str, letter: Letter, at: datetime) -> None:
    """Note at the sender what has become of a message at a receiving unit.

    A huvudman can only speak of its own units, and only of a message that it has got.
    """
    told = letter["body"]
    message = Message.objects.filter(pk=told["message_id"], sender=acting_for()).first()
    if message is None or not message.deliveries.filter(tenant=sender).exists():
        return
    delivery = message.deliveries.filter(unit_id=told["unit_id"]).first()
    unit = units.addresses([told["unit_id"]]).get(told["unit_id"])
    if delivery is None and unit and unit.owner == sender:
        delivery = Delivery(
            message=message, unit_id=unit.hsa_id, unit_name=unit.name, tenant=sender
        )
        delivery.save()
    if delivery is None or delivery.tenant != sender:
        return
    facts = {name: letters.moment(told[name]) for name in letters.FACTS}
    words = {name: told[name] for name in letters.WORDS if name not in ("unit_id", "tenant")}
    Delivery.objects.filter(pk=delivery.pk).update(**facts, **words)
    case = access.own_case(letter["common_id"]) if facts["rejected_at"] else None
    if case:
        operations.return_if_nobody_is_concerned(case, at=at)
        projections.refresh(case, at=at)


def _state(sender: str, letter: Letter, at: datetime) -> None:
    case = access.own_case(letter["common_id"])
    if case:
        _follow_lead(case, sender, letter["body"])
        projections.refresh(case, at=at)


def _consent(sender: str, letter: Letter, at: datetime) -> None:
    core = letter["body"].get("case")
    case = _case(sender, core, at) if core else access.own_case(letter["common_id"])
    if case is None:
        return
    if core:
        _join(case, core, at)
        _follow_lead(case, sender, core)
    for consent in letter["body"]["consents"]:
        individuals.receive_consent(
            individual=case.individual, common_id=case.common_id, letter=consent
        )
    for notice in letter["body"].get("blocks", ()):
        # Each tells of its own blocks; the lead passes on what it has been told.
        if notice["owner"] != acting_for() and sender in (notice["owner"], case.lead):
            individuals.receive_notice(common_id=case.common_id, letter=notice)
    if case.lead == acting_for():
        told = {tenant for _, tenant in core["parts"]} if core else set()
        consents.pass_on(case, besides={sender, *told}, at=at)
    else:
        rls.restamp(case, at=at)


def _protection(sender: str, letter: Letter, at: datetime) -> None:
    core, told = letter["body"].get("case"), letter["body"]["told"]
    case = _case(sender, core, at) if core else access.own_case(letter["common_id"])
    if case is None:
        return
    if core:
        _join(case, core, at)
        _follow_lead(case, sender, core)
    # Each tells of what it has done itself; the lead passes on what it has been told.
    if told["origin"] == acting_for() or sender not in (told["origin"], case.lead):
        return
    protection.receive(case, told, at=at)
    if case.lead == acting_for():
        knows = {tenant for _, tenant in core["parts"]} if core else set()
        protection.tell(case, told, besides={sender, *knows}, at=at)


def _takeover(sender: str, letter: Letter, at: datetime) -> None:
    """Keep what a case was in the lead's old system: all of it at once, so that nothing alarms.

    The lead in its turn is told that it has come.
    """
    body = letter["body"]
    if "fetched_at" in body:
        fetched_at = datetime.fromisoformat(body["fetched_at"])
        takeovers.note_fetched(letter["common_id"], by=sender, fetched_at=fetched_at)
        return
    core = body["case"]
    case = _case(sender, core, at)
    if sender != case.lead:
        raise NotTheLead
    _join(case, core, at)
    takeovers.keep(case, body["messages"], sender=sender, at=at)
    _follow_lead(case, sender, core)
    if body["is_final"]:
        takeovers.start_clocks(case, at=at)
    takeovers.answer_lead(case, at=at)
    rls.restamp(case, at=at)
    projections.refresh(case, at=at)


RECEIVE: dict[str, Callable[[str, Letter, datetime], None]] = {
    Outbox.Kind.MESSAGE: _message,
    Outbox.Kind.RECEIPT: _receipt,
    Outbox.Kind.STATE: _state,
    Outbox.Kind.CONSENT: _consent,
    Outbox.Kind.TAKEOVER: _takeover,
    Outbox.Kind.EMERGENCY: emergencies.receive,
    Outbox.Kind.PROTECTION: _protection,
}


def _case(sender: str, core: Letter, at: datetime) -> Case:
    existing = access.own_case(UUID(core["common_id"]))
    if existing is not None:
        individuals.protect(existing.individual, Person(**core["person"]))
        return existing
    individual = individuals.know(Person(**core["person"]))
    return cases.receive_case(
        common_id=UUID(core["common_id"]),
        lead=core["lead"],
        individual=individual,
        variant=core["variant"],
        sending_unit_id=core["sending_unit"],
        opened_at=datetime.fromisoformat(core["opened_at"]),
        terms=terms.between(acting_for(), core["lead"], at=at).to_json(),
        at=at,
    )


def _join(case: Case, core: Letter, at: datetime) -> None:
    parts = dict(core["parts"])
    # Whoever takes part is told of the case: a huvudman is it by its own word in the address book.
    if units.owners(parts) != parts:
        raise UnknownPart
    cases.join_all(case, parts, at=at)


def _follow_lead(case: Case, sender: str, told: Letter) -> None:
    """Show the state that the lead has computed; nobody else's word on it counts."""
    if sender == case.lead:
        cases.show(
            case,
            state=told["state"],
            state_at=datetime.fromisoformat(told["state_at"]),
            version=told["version"],
            expected=letters.moment(told["expected_discharge_at"]),
        )


def _oldest_running_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
