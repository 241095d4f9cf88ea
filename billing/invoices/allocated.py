"""From the record of an allocation to one invoice for each municipality, to the öre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from billing import amounts, settlement
from billing.allocation import Shares
from billing.invoices.model import Credited, Invoice, InvoiceLine, Rounding, Vat
from billing.invoices.parties import Buyer, Seller
from billing.invoices.texts import CannotInvoice
from billing.periods import Period
from billing.runs import Record
from billing.table import REGION

NO_INVOICES: Mapping[str, Credited] = MappingProxyType({})


@dataclass(frozen=True)
class Terms:
    """Faktureringsvillkor: what the agreement says of its invoices."""

    contract: str
    vat: Vat
    rounding: Rounding


def payers(record: Record) -> tuple[str, ...]:
    """Return the codes of whom to number, ascending: who pays anything, or gets anything back."""
    return tuple(sorted(code for code, ore in due(record).items() if ore and code != REGION))


def due(record: Record) -> Shares:
    """Return what each party has to pay; a negative amount is paid back to it."""
    result = record["result"]
    found: Shares = result.get("due_ore", result["shares_ore"])
    return found


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
    credited: Mapping[str, Credited] = NO_INVOICES,
) -> list[Invoice]:
    """Return one invoice for each municipality that pays, by ascending code.

    Each line of the record in which a municipality has a share is a line of its invoice; lines of
    text and lines of nothing are left out. What is carried and what was invoiced before are lines
    too. So the sums without VAT are together what the record says that the municipalities pay. Who
    gets something back has a credit note. `buyers`, `numbers` and `credited` are by municipality
    code.

    :param credited: the invoice of each one that a credit note would take back
    :raises CannotInvoice: if a buyer, a number or an invoice to credit lacks, the record does not
        add up, or as `Invoice`
    """
    codes, owed = payers(record), due(record)
    _refuse_missing(record, codes, buyers, numbers)
    _refuse_nothing_to_credit(record, credited)
    return [
        Invoice(
            number=numbers[code],
            issued_on=issued_on,
            due_on=due_on,
            period=Period.of(record["asked"]["period"]),
            seller=seller,
            buyer=buyers[code],
            lines=_lines(record, code, terms.vat),
            contract=terms.contract,
            run_id=run_id,
            decision=decision,
            rounding=terms.rounding,
            credits=credited[code] if owed[code] < 0 else None,
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
    charged, owed = _charged(record, code), due(record)[code]
    if sum(ore for _, ore in charged) != owed:
        raise CannotInvoice(
            f"Raderna för {record['asked']['names'][code]} är tillsammans inte kommunens andel. "
            f"Räkna om fördelningen innan den faktureras."
        )
    # The lines of a credit note are what is taken back.
    sign = -1 if owed < 0 else 1
    return tuple(InvoiceLine(text, sign * ore, vat) for text, ore in charged if ore)


def _charged(record: Record, code: str) -> list[tuple[str, int]]:
    """Return what is charged: the share of each line, then what is carried and was invoiced."""
    asked = record["asked"]
    pairs = zip(asked["lines"], record["result"]["lines"], strict=True)
    what = "Utfall, " if "follows" in asked else ""
    shares = [(f"{what}{line['activity']}", out["shares_ore"].get(code, 0)) for line, out in pairs]
    return [
        *shares,
        (
            f"Överfört från {asked.get('carries', {}).get('title')}",
            settlement.carried(asked).get(code, 0),
        ),
        ("Fakturerat tidigare", -settlement.invoiced(asked).get(code, 0)),
    ]


def _refuse_nothing_to_credit(record: Record, credited: Mapping[str, Credited]) -> None:
    names = record["asked"]["names"]
    back = [code for code, ore in due(record).items() if ore < 0 and code not in credited]
    if missing := ", ".join(names[code] for code in sorted(back)):
        raise CannotInvoice(
            f"{missing} ska få pengar tillbaka men har ingen faktura att kreditera. Betala tillbaka"
            " beloppet vid sidan av, eller för över det till nästa budget."
        )


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
