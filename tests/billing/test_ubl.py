"""The files pass UBL 2.1, EN 16931 and Peppol BIS Billing 3, and broken ones fail by their rule."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from billing.invoices.allocated import credit_note
from billing.invoices.model import Invoice, InvoiceLine, Rounding, Vat
from billing.invoices.parties import Buyer
from billing.invoices.ubl import ubl
from tests.billing import peppol
from tests.billing.invoicing import (
    ADDRESS,
    DUE_ON,
    EXEMPT,
    ISSUED_ON,
    OUTSIDE,
    STANDARD,
    invoice,
    of_the_county,
)
from tests.billing.peppol import Validator

REDUCED = Vat(STANDARD.category, 6)
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with peppol.validator() as ready:
        yield ready


def whole_credit(of: Invoice) -> Invoice:
    return credit_note(of, number="2018-0009", issued_on=ISSUED_ON, due_on=DUE_ON)


def text_of(content: bytes, path: str) -> str | None:
    return etree.fromstring(content).findtext(path.replace("cac:", CAC).replace("cbc:", CBC))


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("vat", [STANDARD, OUTSIDE, EXEMPT], ids=lambda it: it.category)
def test_the_invoices_of_a_county_and_their_credit_notes_pass(
    validator: Validator, vat: Vat, rounding: Rounding
) -> None:
    for it in of_the_county(vat, rounding):
        assert validator.broken(ubl(it)) == set()
        assert validator.broken(ubl(whole_credit(it))) == set()


def test_an_invoice_by_order_number_passes_without_a_reference(validator: Validator) -> None:
    buyer = Buyer("Ragunda kommun", "2999999135", ADDRESS, order_reference="B-2018/17")
    made = ubl(invoice(buyer=buyer))

    assert validator.broken(made) == set()
    assert text_of(made, "cac:OrderReference/cbc:ID") == "B-2018/17"


def test_several_rates_and_a_line_that_reduces_pass(validator: Validator) -> None:
    made = invoice(
        InvoiceLine("Licens", 100_01, STANDARD),
        InvoiceLine("Återbetalning av förra årets överskott", -33_33, STANDARD),
        InvoiceLine("Resor", 10_05, REDUCED),
        InvoiceLine("Utbildning", 7, EXEMPT),
    )

    assert validator.broken(ubl(made)) == set()
    assert validator.broken(ubl(whole_credit(made))) == set()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            InvoiceLine,
            st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60),
            st.integers(0, 10**12),
            st.sampled_from([STANDARD, REDUCED, EXEMPT]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(Rounding),
)
def test_any_lines_pass(validator: Validator, lines: list[InvoiceLine], rounding: Rounding) -> None:
    assert validator.broken(ubl(invoice(*lines, rounding=rounding))) == set()


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("154321.00</cbc:PayableAmount", "154321.50</cbc:PayableAmount", {"BR-CO-16"}),
        (
            ">25</cbc:Percent",
            ">24</cbc:Percent",
            {"BR-CO-17", "BR-S-09", "SE-R-006"},
        ),
        (
            "<cbc:BuyerReference>5400</cbc:BuyerReference>",
            "",
            {"PEPPOL-EN16931-R003"},
        ),
        ("SE299999921801", "SE2999999218", {"SE-R-001"}),
        (">2999999135</cbc:EndpointID", ">299999913</cbc:EndpointID", {"PEPPOL-COMMON-R049"}),
        (">9912346<", ">991-2346<", {"SE-R-008"}),
        (
            "123456.78</cbc:TaxableAmount",
            "123456.789</cbc:TaxableAmount",
            {"BR-DEC-19", "UBL-DT-01"},
        ),
        ("<cbc:PaymentMeansCode>30", "<cbc:PaymentMeansCode>31", {"SE-R-012"}),
        ("2018-12-01</cbc:DueDate", "2018-12-32</cbc:DueDate", {"XSD"}),
    ],
)
def test_a_file_that_somebody_has_broken_fails_by_its_rule(
    validator: Validator, old: str, new: str, rules: set[str]
) -> None:
    made = ubl(invoice()).decode()

    assert validator.broken(made.encode()) == set()
    assert old in made
    assert validator.broken(made.replace(old, new).encode()) == rules


def test_the_rules_accept_a_wrong_check_digit_so_we_refuse_it_ourselves(
    validator: Validator,
) -> None:
    made = ubl(invoice()).replace(b"2999999218", b"2999999219")

    assert validator.broken(made) == set()


def test_the_sum_is_rounded_to_whole_kronor_in_its_own_field_only() -> None:
    made = ubl(invoice())

    assert text_of(made, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount") == "154320.98"
    assert text_of(made, "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount") == "0.02"
    assert text_of(made, "cac:LegalMonetaryTotal/cbc:PayableAmount") == "154321.00"
    assert b"PayableRoundingAmount" not in ubl(invoice(rounding=Rounding.ORE))


def test_a_file_says_what_was_decided_agreed_and_computed() -> None:
    made = ubl(invoice())

    assert text_of(made, "cbc:Note") == "Beslut: Nämnden 2018-09-11 § 41"
    assert text_of(made, "cac:ContractDocumentReference/cbc:ID") == "GNS-2018-01"
    assert text_of(made, "cac:AdditionalDocumentReference/cbc:ID") == "FORD-2018-01"
    assert text_of(made, "cac:InvoicePeriod/cbc:EndDate") == "2019-06-30"


def test_a_credit_note_names_the_invoice_that_it_takes_back() -> None:
    made = ubl(whole_credit(invoice()))

    credited = "cac:BillingReference/cac:InvoiceDocumentReference"
    assert text_of(made, "cbc:CreditNoteTypeCode") == "381"
    assert text_of(made, "cac:PaymentMeans/cbc:PaymentDueDate") == "2018-12-01"
    assert text_of(made, f"{credited}/cbc:ID") == "2018-0001"
    assert text_of(made, f"{credited}/cbc:IssueDate") == "2018-11-01"


def test_what_a_text_holds_does_not_become_markup() -> None:
    made = ubl(invoice(InvoiceLine("Drift & <support>", 100, STANDARD)))

    assert text_of(made, "cac:InvoiceLine/cac:Item/cbc:Name") == "Drift & <support>"


def test_a_file_has_no_element_for_a_person() -> None:
    names = {etree.QName(it).localname for it in etree.fromstring(ubl(invoice())).iter()}

    assert names & {"Contact", "Person", "Delivery", "PayeeParty", "Attachment"} == set()


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert ubl(invoice()) == ubl(invoice())
