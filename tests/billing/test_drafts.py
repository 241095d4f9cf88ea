"""What the books keep of an invoice comes back as it was; credit notes stay within the invoice."""

import json

import pytest

from billing.invoices import content, drafts
from billing.invoices.allocated import credit_note
from billing.invoices.drafts import Drafts
from billing.invoices.model import InvoiceLine, Rounding
from billing.invoices.texts import CannotInvoice
from tests.billing import bills
from tests.billing.invoicing import DUE_ON, EXEMPT, ISSUED_ON, STANDARD, TEMPLATE, invoice
from tests.billing.test_ubl import whole_credit


def through_json(of: object) -> object:
    return json.loads(json.dumps(of))


@pytest.mark.parametrize(
    "made",
    [
        invoice(),
        invoice(InvoiceLine("Licens", 100_01, STANDARD), InvoiceLine("Resor", -5, EXEMPT)),
        whole_credit(invoice()),
    ],
    ids=["invoice", "several rates", "credit note"],
)
def test_an_invoice_comes_back_as_it_was(made: content.Invoice) -> None:
    kept = through_json(content.plain(made))

    assert content.invoice(kept) == made  # type: ignore[arg-type]


def test_drafts_and_terms_come_back_as_they_were() -> None:
    made = Drafts({"2303": invoice()}, 30, TEMPLATE)

    assert content.drafts(content.plain(made)) == made
    assert content.agreed_terms(content.plain(bills.agreed())) == bills.agreed()


def test_a_draft_gets_its_number_and_its_days_when_it_is_issued() -> None:
    made = Drafts({"2303": invoice()}, 10, TEMPLATE).numbered({"2303": "7"}, issued_on=DUE_ON)

    assert made["2303"] == invoice(number="7", issued_on=DUE_ON, due_on=drafts.due(DUE_ON, 10))


@pytest.mark.parametrize("days", [-1, 366])
def test_days_to_pay_that_cannot_be_are_refused(days: int) -> None:
    with pytest.raises(CannotInvoice, match="0 till 365"):
        bills.agreed(days_to_pay=days)


def test_whole_kronor_of_two_credit_notes_are_no_more_than_those_of_the_invoice() -> None:
    of = invoice(InvoiceLine("Licens", 100_40, EXEMPT), rounding=Rounding.KRONA)
    parts = [
        credit_note(
            of, number=f"K{ore}", issued_on=ISSUED_ON, due_on=DUE_ON,
            lines=[InvoiceLine("Licens", ore, EXEMPT)],
        )
        for ore in (50_50, 49_90)
    ]  # fmt: skip

    drafts.refuse_more_than(of, parts[:1])
    # 51 kr and 50 kr, of an invoice of 100 kr.
    with pytest.raises(CannotInvoice, match="att betala, men krediteringarna blir"):
        drafts.refuse_more_than(of, parts)
