"""What the parties do with payment liability: the host collects, answers, freezes and invoices.

The municipality objects and escalates, each time at home. Nothing is changed afterwards: what is
frozen and turns out to be too much is credited.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import decisions, issued, issuing, months, parties, runs
from billing.invoices.texts import holds_personal_number
from billing.liability import course, port, queries, records, source
from billing.liability.course import ObjectionReason, Verdict
from billing.liability.disputes import ItemObjected
from billing.liability.queries import ListShown
from billing.models import (
    LiabilityDecision,
    LiabilityEscalation,
    LiabilityList,
    LiabilityObjection,
    LiabilityReply,
    LiabilitySettlement,
)
from billing.months import Month
from billing.operations import FOREVER, Doer, Refused, refuse_unless_host

AT_ONCE = "Någon annan hann före. Läs sidan igen."


@transaction.atomic
def collect(month: Month, *, by: Doer, at: datetime) -> int:
    """Keep a month's list of each municipality, and return how many there are.

    A municipality without a day gets an empty list: it is told so.

    :raises Refused: if no source is connected, or the month has not ended or is here
    :raises BadHandover: if what the source hands over cannot be charged; nothing is kept
    """
    refuse_unless_host()
    today, found = timezone.localdate(at), source.connected()
    if found is None:
        raise Refused(
            "Ingen källa för betalningsansvar är ansluten. Be driften ansluta den, och hämta sedan."
        )
    if month.period.last_on >= today:
        raise Refused(f"{month.said.capitalize()} är inte slut. Hämta en månad som har gått.")
    board = parties.board()
    asked = {code: it for code, it in board.municipalities.items() if code != _own_code(board)}
    handed = found.hand_over(month, list(asked))
    port.refuse_unfit(handed, month, asked)
    try:
        with transaction.atomic():
            for code, name in asked.items():
                record = records.listed(
                    month, code=code, name=name, source=found.name, items=handed.get(code, ())
                )
                LiabilityList.objects.create(
                    month=str(month),
                    code=code,
                    record=record,
                    hash=runs.hash_of(record),
                    objections_until=course.objections_until(today),
                    made_by=by.name,
                    at=at,
                    open_to=dict.fromkeys(board.readers(code), FOREVER),
                )
    except IntegrityError:
        raise Refused(f"{month.said.capitalize()} är redan hämtad. Öppna den på sidan.") from None
    return len(asked)


@transaction.atomic
def object_to_item(
    reason: ObjectionReason, *, list_id: UUID, number: int, text: str, by: Doer, at: datetime
) -> None:
    """Object, at home, to an item of our own list.

    :raises queries.NoSuchList: if there is no such list that is open to us
    :raises queries.NoSuchItem: if it has no such item
    :raises NotNow: if we have objected to it, or the time has passed
    :raises Refused: if it is not our list, or the text names a person
    """
    shown = _own(list_id)
    item = shown.item(number)
    course.refuse_objection(
        item.course, objections_until=shown.objections_until, today=timezone.localdate(at)
    )
    _refuse_person(text)
    try:
        with transaction.atomic():
            LiabilityObjection.objects.create(
                recipient=shown.board.host,
                liability_list=list_id,
                item=number,
                reason=reason,
                text=text,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused(AT_ONCE) from None


@transaction.atomic
def answer_item(
    verdict: Verdict,
    *,
    list_id: UUID,
    number: int,
    days: int | None,
    text: str,
    by: Doer,
    at: datetime,
) -> None:
    """Answer a municipality's objection to an item.

    :param days: what a correction leaves; nothing else asks for it
    :raises NotNow: if nobody has objected, it has an answer, or the days cannot be
    :raises Refused: if the text names a person
    """
    refuse_unless_host()
    shown = queries.shown(list_id)
    item = shown.item(number)
    course.refuse_answer(item.course)
    left = course.answered_days(verdict, item.course.days, days)
    _refuse_person(text)
    try:
        with transaction.atomic():
            LiabilityReply.objects.create(
                objection=_objected(item.objection).id,
                recipient=shown.party,
                verdict=verdict,
                days=left,
                text=text,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused(AT_ONCE) from None


@transaction.atomic
def escalate_item(*, list_id: UUID, number: int, text: str, by: Doer, at: datetime) -> None:
    """Take an answer, at home, to the steering group; also where it has been frozen.

    :raises NotNow: if there is no answer that leaves days, or the time has passed
    :raises Refused: if it is not our list, or the text names a person
    """
    shown = _own(list_id)
    item = shown.item(number)
    course.refuse_escalation(item.course, today=timezone.localdate(at))
    _refuse_person(text)
    try:
        with transaction.atomic():
            LiabilityEscalation.objects.create(
                objection=_objected(item.objection).id,
                recipient=shown.board.host,
                text=text,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused(AT_ONCE) from None


@transaction.atomic
def record_item_decision(
    *, list_id: UUID, number: int, days: int, on: date, text: str, by: Doer, at: datetime
) -> None:
    """Record what the steering group has decided about an item.

    :raises NotNow: if it is not with the group, is decided, or the days or the day cannot be
    :raises Refused: if the text names a person
    """
    refuse_unless_host()
    shown = queries.shown(list_id)
    item = shown.item(number)
    course.refuse_decision(item.course, days)
    escalation = _objected(item.objection).escalation
    assert escalation is not None
    decisions.refuse_day(on, after=timezone.localdate(escalation.at), today=timezone.localdate(at))
    _refuse_person(text)
    try:
        with transaction.atomic():
            LiabilityDecision.objects.create(
                objection=_objected(item.objection).id,
                recipient=shown.party,
                days=days,
                on=on,
                text=text,
                made_by=by.name,
                at=at,
            )
    except IntegrityError:
        raise Refused(AT_ONCE) from None


@transaction.atomic
def settle(*, list_id: UUID, by: Doer, at: datetime) -> UUID:
    """Freeze what nobody waits for a word about; the rest is held for a settlement to come.

    :raises Refused: if the municipality can still object, or nothing is left to freeze
    """
    refuse_unless_host()
    shown, today = queries.shown(list_id), timezone.localdate(at)
    if today <= shown.objections_until:
        raise Refused(
            f"Kommunen kan invända till och med {shown.objections_until}. Avräkna dagen efter."
        )
    days = shown.settleable(today)
    if not days:
        raise Refused(
            "Alla poster är avräknade eller väntar på ett ord. Svara på det som väntar först."
        )
    is_settled = {it.number for it in shown.items if it.settled_in is not None}
    number = len(shown.settlements) + 1
    record = records.settled(
        shown.record,
        days,
        list_hash=shown.hash,
        number=number,
        held=set(shown.courses) - set(days) - is_settled,
    )
    try:
        with transaction.atomic():
            return LiabilitySettlement.objects.create(
                liability_list_id=list_id,
                number=number,
                record=record,
                hash=runs.hash_of(record),
                made_by=by.name,
                at=at,
                open_to=dict.fromkeys(shown.board.readers(shown.code), FOREVER),
            ).pk
    except IntegrityError:
        raise Refused(AT_ONCE) from None


def make_basis(*, settlement_id: UUID, by: Doer, at: datetime) -> UUID:
    """Draft the invoice of a settlement, for two to attest.

    :raises queries.NoSuchSettlement: if there is none such
    :raises Refused: if it is invoiced, or the terms lack
    :raises CannotInvoice: if the payer lacks, or no day is left to pay
    """
    refuse_unless_host()
    record = queries.list_of(settlement_id).settlement(settlement_id).record
    return issuing.make_settlement_basis(settlement_id=settlement_id, record=record, by=by, at=at)


def make_credit_basis(*, settlement_id: UUID, by: Doer, at: datetime) -> UUID:
    """Draft the credit note of what the steering group has struck since the freezing.

    :raises queries.NoSuchSettlement: if there is none such
    :raises Refused: if nothing is left to credit
    """
    refuse_unless_host()
    shown = queries.list_of(settlement_id)
    amounts_ore = queries.to_credit_ore(shown, settlement_id)
    invoice = issued.standing_invoice(settlement_id)
    if invoice is None or not any(amounts_ore):
        raise Refused("Ingenting är kvar att kreditera. Läs på sidan vad som är gjort.")
    record = shown.settlement(settlement_id).record
    struck = ", ".join(
        f"post {it['number']}: {less} dygn"
        for it in record["items"]
        if (less := shown.courses[it["number"]].less_days)
    )
    return issuing.make_credit_basis(
        invoice_id=invoice.id,
        amounts_ore=amounts_ore,
        reason=f"Styrgruppen har strukit dygn i {shown.month.said}, {struck}",
        by=by,
        at=at,
    )


def last_month(at: datetime) -> Month:
    """Return the newest month that can be collected."""
    return months.of(timezone.localdate(at)).before


def _own_code(board: parties.Board) -> str:
    return board.codes[board.host]


def _own(list_id: UUID) -> ListShown:
    shown = queries.shown(list_id)
    if not shown.is_ours:
        raise Refused(
            "Det gör bara kommunen som listan gäller. Svara på det som kommunen har skrivit."
        )
    return shown


def _objected(of: ItemObjected | None) -> ItemObjected:
    assert of is not None  # the course has been asked
    return of


def _refuse_person(text: str) -> None:
    if holds_personal_number(text):
        raise Refused(
            "Texten ser ut att innehålla ett personnummer. Ta bort det: postens nummer räcker."
        )
