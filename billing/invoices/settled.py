"""From a frozen settlement of payment liability to an invoice, and to what is credited of it.

A line says the month and the number of days. Whose days they were stands in no invoice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from billing import amounts, months
from billing.invoices.allocated import Terms
from billing.invoices.model import Invoice, InvoiceLine, Vat
from billing.invoices.parties import Buyer, Seller
from billing.invoices.texts import CannotInvoice
from billing.runs import Record

STATUTE = "Lag (2017:612) 5 kap."


@dataclass(frozen=True)
class LineOfDays:
    """Rad med vårddygn: a rate, the numbers of its items, and their days together."""

    rate_ore: int
    items: tuple[int, ...]
    days: int


def invoice_of(
    record: Record,
    terms: Terms,
    *,
    run_id: str,
    seller: Seller,
    buyer: Buyer,
    number: str,
    issued_on: date,
    due_on: date,
) -> Invoice:
    """Return the invoice of a settlement: a line for each rate, which as a rule is one.

    :param run_id: the hash of the settlement
    :raises CannotInvoice: if no day is left to charge, or as `Invoice`
    """
    of = lines(record)
    if not of:
        raise CannotInvoice(
            "Avräkningen har inga dygn att betala. Den är klar, och ingen faktura behövs."
        )
    month = months.read(record["month"])
    return Invoice(
        number=number,
        issued_on=issued_on,
        due_on=due_on,
        period=month.period,
        seller=seller,
        buyer=buyer,
        lines=tuple(_line(record, it, terms.vat, is_only=len(of) == 1) for it in of),
        contract=terms.contract,
        run_id=run_id,
        decision=f"{STATUTE}, avräkning {record['number']} av {month.said}",
        rounding=terms.rounding,
    )


def lines(record: Record) -> tuple[LineOfDays, ...]:
    """Return the lines of a settlement that have days, by ascending rate."""
    items = [it for it in record["items"] if it["days"]]
    return tuple(
        LineOfDays(
            rate,
            tuple(it["number"] for it in items if it["rate_ore"] == rate),
            sum(it["days"] for it in items if it["rate_ore"] == rate),
        )
        for rate in sorted({it["rate_ore"] for it in items})
    )


def to_credit_ore(
    record: Record, less: Mapping[int, int], invoice: Invoice, notes: Sequence[Invoice]
) -> list[int]:
    """Return what is left to credit of each line of a settlement's invoice.

    :param less: the days that a decision has struck since, by the number of the item
    :param notes: the credit notes that the invoice has
    """
    return [
        max(0, sum(less.get(it, 0) for it in of.items) * of.rate_ore - _credited(line, notes))
        for of, line in zip(lines(record), invoice.lines, strict=True)
    ]


def _credited(line: InvoiceLine, notes: Sequence[Invoice]) -> int:
    return sum(it.amount_ore for note in notes for it in note.lines if it.text == line.text)


def _line(record: Record, of: LineOfDays, vat: Vat, *, is_only: bool) -> InvoiceLine:
    told = [f"Betalningsansvar {months.read(record['month']).said}"]
    if record["number"] > 1:
        told.append(f"avräkning {record['number']}")
    told.append(f"{of.days} vårddygn")
    if not is_only:
        told.append(f"{amounts.kronor(of.rate_ore)} kr per dygn")
    return InvoiceLine(", ".join(told), of.days * of.rate_ore, vat)
