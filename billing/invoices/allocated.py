"""From the record of an allocation to one invoice for each municipality, to the öre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from billing import amounts
from billing.invoices.model import Credited, Invoice, InvoiceLine, Rounding, Vat
from billing.invoices.parties import Buyer, Seller
from billing.invoices.texts import CannotInvoice
from billing.periods import Period
from billing.runs import Record
from billing.table import REGION


@dataclass(frozen=True)
class Terms:
    """Faktureringsvillkor: what the agreement says of its invoices."""

    contract: str
    vat: Vat
    rounding: Rounding


def payers(record: Record) -> tuple[str, ...]:
    """Return the codes of the municipalities that pay anything, ascending: whom to number."""
    shares = record["result"]["shares_ore"]
    return tuple(sorted(code for code, share in shares.items() if share and code != REGION))


def invoices_of(
    record: Record,
    terms: Terms,
    *,
    run_id: str,
    decision: str,
    seller: Seller,
    buyers: Mapping[str, Buyer],
    numbers: Mapping[str, str],
    issued_on: date,
    due_on: date,
) -> list[Invoice]:
    """Return one invoice for each municipality that pays, by ascending code.

    Each line of the record in which a municipality has a share is a line of its invoice; lines of
    text and lines of nothing are left out. So the sums without VAT are together what the record
    says that the municipalities pay. `buyers` and `numbers` are by municipality code.

    :raises CannotInvoice: if a buyer or a number lacks, the record does not add up, or as `Invoice`
    """
    codes = payers(record)
    _refuse_missing(record, codes, buyers, numbers)
    first_on, last_on = (date.fromisoformat(it) for it in record["asked"]["period"])
    return [
        Invoice(
            number=numbers[code],
            issued_on=issued_on,
            due_on=due_on,
            period=Period(first_on, last_on),
            seller=seller,
            buyer=buyers[code],
            lines=_lines(record, code, terms.vat),
            contract=terms.contract,
            run_id=run_id,
            decision=decision,
            rounding=terms.rounding,
        )
        for code in codes
    ]


def credit_note(
    invoice: Invoice,
    *,
    number: str,
    issued_on: date,
    due_on: date,
    lines: Sequence[InvoiceLine] | None = None,
) -> Invoice:
    """Return the credit note that takes an invoice back: all of it, or the lines that are given.

    All of it is the mirror image, whole kronor included: the two are nothing together.

    :raises CannotInvoice: if the invoice is a credit note itself, if more is taken back than it
        charged, or as `Invoice`
    """
    if invoice.credits:
        raise CannotInvoice(
            f"{invoice.number} är en kreditfaktura och kan inte krediteras. Skicka en ny faktura."
        )
    note = replace(
        invoice,
        number=number,
        issued_on=issued_on,
        due_on=due_on,
        lines=invoice.lines if lines is None else tuple(lines),
        credits=Credited(invoice.number, invoice.issued_on),
    )
    if note.gross_ore > invoice.gross_ore:
        raise CannotInvoice(
            f"Krediteringen är {amounts.kronor(note.gross_ore)} kr, men fakturan "
            f"{invoice.number} var {amounts.kronor(invoice.gross_ore)} kr. Minska beloppet."
        )
    return note


def _lines(record: Record, code: str, vat: Vat) -> tuple[InvoiceLine, ...]:
    pairs = zip(record["asked"]["lines"], record["result"]["lines"], strict=True)
    shares = [(line["activity"], result["shares_ore"].get(code, 0)) for line, result in pairs]
    if sum(share for _, share in shares) != record["result"]["shares_ore"][code]:
        raise CannotInvoice(
            f"Raderna för {record['asked']['names'][code]} är tillsammans inte kommunens andel. "
            f"Räkna om fördelningen innan den faktureras."
        )
    return tuple(InvoiceLine(activity, share, vat) for activity, share in shares if share)


def _refuse_missing(
    record: Record,
    codes: Sequence[str],
    buyers: Mapping[str, Buyer],
    numbers: Mapping[str, str],
) -> None:
    names = record["asked"]["names"]
    for known, what in ((buyers, "Köparuppgifter"), (numbers, "Fakturanummer")):
        if missing := ", ".join(names[code] for code in codes if code not in known):
            raise CannotInvoice(f"{what} saknas för {missing}. Fyll i dem innan ni fakturerar.")
    if len({numbers[code] for code in codes}) < len(codes):
        raise CannotInvoice("Två fakturor har samma nummer. Ta ett nummer i serien för varje.")
