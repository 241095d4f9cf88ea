"""Nämndens fakturor: to the host all of them, to each party those that it has been sent."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api import paging
from api.fields import Line, Values, Word
from api.operation import Call, address, operation, uuid_of
from api.v1.allocations import ALLOCATION
from api.v1.costs import EXAMPLE_HASH, HASH, NUMBER, READS, ore
from api.v1.rows import listed
from api.v1.whole import cut
from billing import issued
from billing.invoices.model import VatCategory
from billing.invoices.status import Status
from billing.issued import InvoiceShown

INVOICE = "1d2c3b4a-5e6f-4a7b-8c9d-0e1f2a3b4c06"
KINDS = ("invoice", "credit_note")
LONGEST_FILE = 2_000_000  # characters
OF_ALLOCATION = OpenApiParameter(
    "allocation_id", {"type": "string", "format": "uuid", "maxLength": 36},
    description="Bara de som kommer av en fördelning. / Only those of one allocation.",
)  # fmt: skip


class InvoiceRow(Values):
    """Faktura eller kreditfaktura, med vad som är kvar att betala i hela ören."""

    example = {
        "id": INVOICE, "number": "2026-0001", "kind": "invoice", "buyer_code": "2399",
        "buyer": "Testkommun", "issued_on": "2026-03-25", "due_on": "2026-04-24",
        "payable_ore": 37500, "left_ore": 37500, "status": "issued",
        "allocation_id": ALLOCATION, "settlement_id": None,
    }  # fmt: skip

    id = serializers.UUIDField()
    number = Line(length=NUMBER)
    kind = Word(KINDS)
    buyer_code = Line(length=4)
    buyer = Line(length=100)
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    payable_ore = ore()
    left_ore = ore()
    status = Word([it.value for it in Status])
    allocation_id = serializers.UUIDField(allow_null=True)
    settlement_id = serializers.UUIDField(allow_null=True)


class InvoiceLine(Values):
    """Fakturarad: belopp utan moms, och momsen på det."""

    example = {
        "text": "Projektledare", "amount_ore": 30000, "vat_category": "S", "vat_percent": 25,
    }  # fmt: skip

    text = Line(length=1000)
    amount_ore = ore()
    vat_category = Word([it.value for it in VatCategory], source="vat.category")
    vat_percent = serializers.IntegerField(min_value=0, max_value=100, source="vat.percent")


class InvoiceEvent(Values):
    """Vad som har hänt med fakturan."""

    example = {"what": "paid", "on": "2026-04-20", "made_by": "Gunilla Ås"}

    what = Word([it.value for it in Status])
    on = serializers.DateField()
    made_by = Line(length=100)


class CreditNote(Values):
    """Kreditfaktura som tar tillbaka fakturan, helt eller i del."""

    example = {"number": "2026-0003", "issued_on": "2026-04-21", "payable_ore": 12500}

    number = Line(length=NUMBER)
    issued_on = serializers.DateField()
    payable_ore = ore()


class Invoice(InvoiceRow):
    """Faktura: rader, moms, avrundning, parterna, beslutet och vad som har hänt sedan."""

    example = {
        **InvoiceRow.example, "seller": "Region Test", "seller_number": "2999999119",
        "buyer_number": "2999999127", "reference": "REF2399", "first_on": "2026-01-01",
        "last_on": "2026-12-31", "contract": "GNS-2026-01",
        "decision": "Gemensamma nämnden 2026-03-02 § 41", "lines": [InvoiceLine.example],
        "net_ore": 30000, "vat_ore": 7500, "rounding_ore": 0, "hash": EXAMPLE_HASH,
        "credits": None, "credit_notes": [], "events": [],
    }  # fmt: skip

    seller = Line(length=100)
    seller_number = Line(length=10)
    buyer_number = Line(length=10)
    reference = Line(length=60, allow_blank=True)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    contract = Line(length=1000)
    decision = Line(length=1000)
    lines = InvoiceLine(many=True)
    net_ore = ore()
    vat_ore = ore()
    rounding_ore = ore()
    hash = Line(length=HASH)
    credits = serializers.UUIDField(allow_null=True)
    credit_notes = CreditNote(many=True)
    events = InvoiceEvent(many=True)


class InvoiceFile(Values):
    """Fakturan som fil: Peppol BIS Billing 3 i UBL, så som den gjordes."""

    example = {
        "id": INVOICE, "number": "2026-0001", "hash": EXAMPLE_HASH,
        "ubl": '<?xml version="1.0" encoding="UTF-8"?><Invoice>…</Invoice>',
    }  # fmt: skip

    id = serializers.UUIDField()
    number = Line(length=NUMBER)
    hash = Line(length=HASH)
    ubl = Line(length=LONGEST_FILE, trim_whitespace=False)


@operation("GET", **READS, answers=listed(InvoiceRow), parameters=(OF_ALLOCATION, *paging.PAGED))
def list_invoices(request: Call) -> dict[str, Any]:
    """Lista fakturor och kreditfakturor, egna eller för värden alla.

    Invoices and credit notes by number: those that a party has been sent, and to the host of the
    board every one. Amounts are whole öre.
    """
    return cut(request, [_row(it) for it in issued.invoices(asked_allocation(request))])


@operation("GET", **READS, answers=Invoice)
def read_invoice(request: Call, id: UUID) -> dict[str, Any]:
    """Läs en faktura eller kreditfaktura.

    One invoice with its lines, VAT, the decision that it rests on, and what has happened to it.
    The lines of a credit note are what is taken back, as positive amounts.
    """
    shown = issued.invoice(id)
    of = shown.invoice
    return {
        **_row(shown),
        "seller": of.seller.name,
        "seller_number": of.seller.organisation_number,
        "buyer_number": of.buyer.organisation_number,
        "reference": of.buyer.reference or of.buyer.order_reference,
        "first_on": of.period.first_on,
        "last_on": of.period.last_on,
        "contract": of.contract,
        "decision": of.decision,
        "lines": of.lines,
        "net_ore": of.net_ore,
        "vat_ore": of.vat_ore,
        "rounding_ore": of.rounding_ore,
        "hash": shown.sha256,
        "credits": shown.credits,
        "credit_notes": shown.notes,
        "events": [
            {"what": what, "on": on, "made_by": by} for what, (on, by) in shown.events.items()
        ],
    }


@operation("GET", **READS, answers=InvoiceFile)
def read_invoice_file(request: Call, id: UUID) -> dict[str, Any]:
    """Läs en faktura som fil i UBL, så som den gjordes.

    The file of an invoice (Peppol BIS Billing 3, UBL 2.1) as text in `ubl`; `hash` is the SHA-256
    of it in UTF-8. It never names a person.
    """
    shown = issued.invoice(id)
    number, file = issued.ubl(id)
    return {"id": id, "number": number, "hash": shown.sha256, "ubl": file.decode()}


def asked_allocation(request: Call) -> UUID | None:
    """Return which allocation is asked for, None for any.

    :raises ValidationError: if it is no identity
    """
    told = request.query_params.get("allocation_id")
    if told is None:
        return None
    if (found := uuid_of(told)) is None:
        raise ValidationError({"allocation_id": ["Skicka id ur GET /allocations."]})
    return found


def _row(it: InvoiceShown) -> dict[str, Any]:
    return {
        "id": it.id,
        "number": it.invoice.number,
        "kind": KINDS[it.invoice.credits is not None],
        "buyer_code": it.code,
        "buyer": it.invoice.buyer.name,
        "issued_on": it.invoice.issued_on,
        "due_on": it.invoice.due_on,
        "payable_ore": it.invoice.payable_ore,
        "left_ore": it.left_ore,
        "status": it.status,
        "allocation_id": it.run,
        "settlement_id": it.settlement,
    }


invoices = address(get=list_invoices)
invoice = address(get=read_invoice)
invoice_file = address(get=read_invoice_file)
