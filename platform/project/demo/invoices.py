"""The demo's invoices, of the budget that is decided: two attest them, one is credited in part.

Addresses, accounts and codes are invented.
"""

from datetime import datetime, timedelta
from uuid import UUID

from billing import issued, issuing
from billing.invoices.accounting import CodingString, PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.drafts import AgreedTerms
from billing.invoices.model import Rounding, Vat, VatCategory
from billing.invoices.parties import Address, Buyer
from billing.operations import Doer
from project.demo.county import KROKOM, MUNICIPALITIES, REGION, REGION_ECONOMIST, SECRETARY
from tenants.context import acting_as

BY = Doer(SECRETARY.name, SECRETARY.title, SECRETARY.id)
SECOND = Doer(REGION_ECONOMIST.name, REGION_ECONOMIST.title, REGION_ECONOMIST.id)
TERMS = AgreedTerms(
    terms=Terms(
        "GNS-2018-01",
        Vat(VatCategory.OUTSIDE_SCOPE, reason="Kostnadsdelning inom en gemensam nämnd"),
        Rounding.KRONA,
    ),
    days_to_pay=30,
    bankgiro="9912346",
    address=Address("Box 1", "83127", "Exempelstad"),
    posting=PostingTemplate(
        receivable=CodingString("1510"),
        revenue=CodingString("3590", responsibility="4100", operation="760", project="LINK2"),
        vat=CodingString("2610"),
        rounding=CodingString("3740"),
    ),
)


def fill(run_id: UUID, now: datetime) -> None:
    """Invoice a run; Krokom, whose first line was too much, gets a part of it back."""
    at = now - timedelta(days=60)
    with acting_as(REGION.schema):
        issuing.write_terms(TERMS, by=BY, at=at)
        for huvudman in MUNICIPALITIES:
            code = huvudman.municipality_code
            payer = Buyer(
                huvudman.name, huvudman.organisation_number, TERMS.address,
                reference=f"REF{code}", counterparty=f"8{code}",
            )  # fmt: skip
            issuing.write_payer(payer, code=code, by=BY, at=at)
        _issue(issuing.make_basis(run_id=run_id, by=BY, at=at), at)
        made = issued.invoices(run_id)
        krokom = next(it for it in made if it.code == KROKOM.municipality_code)
        nothing = [0] * (len(krokom.invoice.lines) - 1)
        credit = issuing.make_credit_basis(
            invoice_id=krokom.id, amounts_ore=[1_000_00, *nothing],
            reason="Raden avsåg delvis en annan period", by=SECOND, at=now - timedelta(days=40),
        )  # fmt: skip
        _issue(credit, now - timedelta(days=40))
        for it in made[:5]:
            if it is not krokom:
                paid_at = now - timedelta(days=32)
                issuing.record_payment(invoice_id=it.id, on=paid_at.date(), by=SECOND, at=paid_at)
        issuing.make_batch(run_id=run_id, by=SECOND, at=now - timedelta(days=30))


def _issue(basis_id: UUID, at: datetime) -> None:
    for it in (BY, SECOND):
        issuing.attest(basis_id=basis_id, by=it, at=at)
    issuing.issue(basis_id=basis_id, by=SECOND, at=at)
