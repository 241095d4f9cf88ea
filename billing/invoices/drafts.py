"""What is agreed of invoicing, and invoices before they have numbers: what two people attest.

Everything that an invoice will say is in its draft, but for its number and days. So what has been
attested is what is issued, whatever changes in the books meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from billing import amounts
from billing.invoices.accounting import PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.model import Invoice
from billing.invoices.parties import Address
from billing.invoices.texts import CannotInvoice, refuse_unfit

# Stands where the number will be; a number is given when an invoice is written, never before.
DRAFT = "utkast"
MOST_DAYS = 365


@dataclass(frozen=True)
class AgreedTerms:
    """Avtalets faktureringsvillkor: what the seller needs to know to invoice and to book."""

    terms: Terms
    days_to_pay: int
    bankgiro: str
    address: Address
    posting: PostingTemplate

    def __post_init__(self) -> None:
        refuse_unfit(self.terms.contract, "Avtalets beteckning")
        if not 0 <= self.days_to_pay <= MOST_DAYS:
            raise CannotInvoice(
                f"{self.days_to_pay} dagar att betala går inte. Ange 0 till {MOST_DAYS} dagar."
            )


@dataclass(frozen=True)
class Drafts:
    """Fakturautkast by municipality code, the days to pay, and where they are booked."""

    invoices: Mapping[str, Invoice]
    days_to_pay: int
    posting: PostingTemplate

    def numbered(self, numbers: Mapping[str, str], *, issued_on: date) -> dict[str, Invoice]:
        """Return the invoices as they are issued on a day, each with its number."""
        due_on = due(issued_on, self.days_to_pay)
        return {
            code: replace(draft, number=numbers[code], issued_on=issued_on, due_on=due_on)
            for code, draft in self.invoices.items()
        }


def due(issued_on: date, days_to_pay: int) -> date:
    """Return the day on which an invoice is to be paid at the latest."""
    return issued_on + timedelta(days=days_to_pay)


def refuse_more_than(invoice: Invoice, notes: Iterable[Invoice]) -> None:
    """Refuse credit notes that together take back more than an invoice charged.

    Both sums count: without whole kronor, and with them, which each note rounds for itself.

    :raises CannotInvoice: with what to do
    """
    credited = list(notes)
    for what, charged, back in (
        ("med moms", invoice.gross_ore, sum(it.gross_ore for it in credited)),
        ("att betala", invoice.payable_ore, sum(it.payable_ore for it in credited)),
    ):
        if back > charged:
            raise CannotInvoice(
                f"Faktura {invoice.number} är på {amounts.kronor(charged)} kr {what}, men"
                f" krediteringarna blir tillsammans {amounts.kronor(back)} kr. Minska beloppet."
            )
