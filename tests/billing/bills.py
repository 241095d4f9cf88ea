"""The board's invoices: a decision that is final, the terms, the payers, and two who attest."""

from datetime import timedelta
from uuid import UUID, uuid4

from cast import AT, MUNICIPALITY, REGION, STRANGER

from billing import issued, issuing
from billing.invoices.accounting import CodingString, PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.drafts import AgreedTerms
from billing.invoices.model import Rounding
from billing.invoices.parties import Address, Buyer
from billing.operations import Doer
from tenants.context import acting_as
from tests.billing import books
from tests.billing.invoicing import STANDARD

LATER = AT + timedelta(days=40)  # the decision is final
GUNILLA = Doer("Gunilla Ås", "Nämndsekreterare", uuid4())
KALLE = Doer("Kalle Ek", "Controller", uuid4())
POSTING = PostingTemplate(
    receivable=CodingString("1510"),
    revenue=CodingString("3590", responsibility="4100"),
    vat=CodingString("2610"),
    rounding=CodingString("3740"),
)
ADDRESS = Address("Box 1", "83127", "Exempelstad")
PAYERS = {
    "2398": Buyer("Främlinge kommun", "2999999135", ADDRESS, reference="REF2398"),
    "2399": Buyer("Testkommun", "2999999127", ADDRESS, reference="REF2399", counterparty="8399"),
}


def agreed(rounding: Rounding = Rounding.KRONA, **other: object) -> AgreedTerms:
    """Return terms with VAT, to be paid within thirty days."""
    fields = {
        "terms": Terms("GNS-2026-01", STANDARD, rounding),
        "days_to_pay": 30,
        "bankgiro": "9912346",
        "address": ADDRESS,
        "posting": POSTING,
    }
    return AgreedTerms(**(fields | other))  # type: ignore[arg-type]


def write_settings(rounding: Rounding = Rounding.KRONA) -> None:
    """Let the secretary write the terms and every payer."""
    with acting_as(REGION):
        issuing.write_terms(agreed(rounding), by=GUNILLA, at=AT)
        for code, payer in PAYERS.items():
            issuing.write_payer(payer, code=code, by=GUNILLA, at=AT)


def final() -> UUID:
    """Return a run whose decision is final at LATER."""
    run = books.adjusted()
    books.announce(run, REGION, MUNICIPALITY, STRANGER)
    return run


def basis(run: UUID) -> UUID:
    """Return a basis of a run's invoices."""
    with acting_as(REGION):
        return issuing.make_basis(run_id=run, by=GUNILLA, at=LATER)


def attest(basis_id: UUID, *doers: Doer) -> None:
    """Let people attest a basis."""
    with acting_as(REGION):
        for it in doers:
            issuing.attest(basis_id=basis_id, by=it, at=LATER)


def issue(basis_id: UUID) -> tuple[UUID, ...]:
    """Issue what a basis has drafted, once two have attested it."""
    attest(basis_id, GUNILLA, KALLE)
    with acting_as(REGION):
        return issuing.issue(basis_id=basis_id, by=GUNILLA, at=LATER)


def invoiced() -> tuple[UUID, tuple[UUID, ...]]:
    """Return a run and its two invoices, by ascending municipality code."""
    write_settings()
    run = final()
    return run, issue(basis(run))


def credit(invoice: UUID, *amounts_ore: int) -> UUID:
    """Return a credit basis of an invoice."""
    with acting_as(REGION):
        return issuing.make_credit_basis(
            invoice_id=invoice, amounts_ore=amounts_ore, reason="Fel belopp", by=GUNILLA, at=LATER
        )


def seen(schema: str) -> tuple[issued.InvoiceShown, ...]:
    """Return every invoice that a huvudman can see."""
    with acting_as(schema):
        return issued.invoices()
