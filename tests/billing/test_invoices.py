"""What an invoice is: its lines tie to the record, its VAT and öre to the law, nobody to a name."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import invoices
from billing.invoices import allocated
from billing.invoices.allocated import credit_note
from billing.invoices.model import (
    Credited,
    Invoice,
    InvoiceLine,
    Rounding,
    Vat,
    VatBreakdown,
    VatCategory,
)
from billing.invoices.parties import Address, Buyer, Party, Seller
from billing.invoices.texts import CannotInvoice, holds_personal_number
from billing.table import REGION
from tests.billing.invoicing import (
    ADDRESS,
    BUYER,
    DUE_ON,
    EXEMPT,
    ISSUED_ON,
    OUTSIDE,
    SELLER,
    STANDARD,
    buyers,
    invoice,
    of_the_county,
    record,
)

REDUCED = Vat(VatCategory.STANDARD, 6)
LINES = st.lists(
    st.builds(
        InvoiceLine,
        st.just("Drift"),
        st.integers(-(10**9), 10**12),
        st.sampled_from([STANDARD, REDUCED, EXEMPT]),
    ),
    min_size=1,
    max_size=8,
).filter(lambda it: sum(line.amount_ore for line in it) >= 10**10)
# Every field that an invoice and what is made of it have; a new one is judged here, by a person.
FIELDS = {
    "Address": {"street", "postal_code", "city"},
    "Party": {"name", "organisation_number", "address"},
    "Seller": {"name", "organisation_number", "address", "bankgiro"},
    "Buyer": {
        "name", "organisation_number", "address", "reference", "order_reference", "counterparty",
    },
    "Vat": {"category", "percent", "reason"},
    "VatBreakdown": {"vat", "taxable_ore", "vat_ore"},
    "InvoiceLine": {"text", "amount_ore", "vat"},
    "LineOfDays": {"rate_ore", "items", "days"},
    "Credited": {"number", "issued_on"},
    "Invoice": {
        "number", "issued_on", "due_on", "period", "seller", "buyer", "lines", "contract",
        "run_id", "decision", "rounding", "credits",
    },
    "Terms": {"contract", "vat", "rounding"},
    "AgreedTerms": {"terms", "days_to_pay", "bankgiro", "address", "posting"},
    "Drafts": {"invoices", "days_to_pay", "posting"},
    "CodingString": {
        "account", "responsibility", "operation", "activity", "project", "counterparty",
    },
    "Entry": {"coding", "amount_ore", "text"},
    "Voucher": {"number", "on", "text", "entries"},
    "PostingTemplate": {"receivable", "revenue", "vat", "rounding"},
    "Attest": {"role", "at"},
    "Batch": {"number", "made_on", "owner", "program_version", "vouchers", "series", "names"},
}  # fmt: skip


def of_one(code: str, **other: Any) -> Invoice:
    codes = allocated.payers(record())
    return of_the_county(**other)[codes.index(code)]


def whole_credit(of: Invoice, **other: Any) -> Invoice:
    asked = {"number": "2018-0009", "issued_on": ISSUED_ON, "due_on": DUE_ON}
    return credit_note(of, **(asked | other))


def test_the_invoices_are_together_what_the_municipalities_pay() -> None:
    made = of_the_county()

    assert len(made) == 8
    assert sum(it.net_ore for it in made) == record()["result"]["municipalities_ore"] == 56_500_000


def test_an_invoice_has_the_lines_in_which_its_municipality_has_a_share() -> None:
    made = of_one("2303")

    assert made.buyer.name == "Ragunda"
    assert made.net_ore == 2_369_582
    assert [line.text for line in made.lines] == [
        "Projektledare kommunerna 50–75 %",
        "Resekostnader för samarbete med Cambio",
        "Resekostnader för besök i verksamheter",
        "Kommunikatör 10–25 %",
    ]
    for line in made.lines:
        row = [it["activity"] for it in record()["asked"]["lines"]].index(line.text)
        assert line.amount_ore == record()["result"]["lines"][row]["shares_ore"]["2303"]


def test_a_municipality_that_pays_nothing_gets_no_invoice_and_no_number() -> None:
    free = json.loads(json.dumps(record()))
    for result in (free["result"], *free["result"]["lines"]):
        result["shares_ore"]["2303"] = 0

    assert "2303" not in allocated.payers(free)
    assert REGION not in allocated.payers(free)
    assert of_the_county(record=free)[0].buyer.name == "Bräcke"


@pytest.mark.parametrize(
    ("other", "advice"),
    [
        ({"numbers": {}}, "Fakturanummer saknas för Ragunda, Bräcke"),
        ({"numbers": dict.fromkeys(buyers(), "1")}, "samma nummer. Ta ett nummer"),
        ({"buyers": {k: v for k, v in buyers().items() if k != "2321"}}, "saknas för Åre. Fyll i"),
    ],
)
def test_what_lacks_for_the_invoices_is_named(other: dict[str, Any], advice: str) -> None:
    with pytest.raises(CannotInvoice, match=advice):
        of_the_county(**other)


def test_a_record_that_does_not_add_up_is_not_invoiced() -> None:
    wrong = json.loads(json.dumps(record()))
    wrong["result"]["lines"][1]["shares_ore"]["2361"] += 1

    with pytest.raises(CannotInvoice, match=r"Härjedalen är tillsammans inte .* Räkna om"):
        of_the_county(record=wrong)


def test_vat_is_computed_of_the_sum_of_a_category_and_not_line_by_line() -> None:
    made = invoice(*[InvoiceLine("Drift", 2, STANDARD)] * 3, InvoiceLine("Resor", 100, REDUCED))

    # By line, a half öre up: three times 1 öre. Of the sum: 1,5 öre, so 2.
    assert made.breakdowns == (VatBreakdown(REDUCED, 100, 6), VatBreakdown(STANDARD, 6, 2))
    assert (made.net_ore, made.vat_ore, made.gross_ore) == (106, 8, 114)


@pytest.mark.parametrize("vat", [OUTSIDE, EXEMPT])
def test_what_is_exempt_or_outside_the_scope_carries_no_vat(vat: Vat) -> None:
    made = invoice(InvoiceLine("Drift", 12_345_678, vat))

    assert made.breakdowns == (VatBreakdown(vat, 12_345_678, 0),)
    assert made.gross_ore == 12_345_678


@pytest.mark.parametrize(
    ("gross", "payable"),
    [(100_00, 100_00), (100_01, 100_00), (100_49, 100_00), (100_50, 101_00), (100_99, 101_00)],
)
def test_one_to_forty_nine_ore_go_down_and_fifty_to_ninety_nine_up(
    gross: int, payable: int
) -> None:
    line = InvoiceLine("Drift", gross, OUTSIDE)

    assert invoice(line).payable_ore == payable
    assert invoice(line, rounding=Rounding.ORE).payable_ore == gross


@given(LINES, st.sampled_from(Rounding))
def test_the_totals_tie(lines: list[InvoiceLine], rounding: Rounding) -> None:
    made = invoice(*lines, rounding=rounding)

    assert sum(it.taxable_ore for it in made.breakdowns) == made.net_ore
    assert made.payable_ore == made.net_ore + made.vat_ore + made.rounding_ore
    for it in made.breakdowns:
        assert abs(it.vat_ore - Fraction(it.taxable_ore * it.vat.percent, 100)) <= Fraction(1, 2)


@given(LINES)
def test_whole_kronor_are_never_more_than_fifty_ore_away(lines: list[InvoiceLine]) -> None:
    made = invoice(*lines, rounding=Rounding.KRONA)

    assert -50 < made.rounding_ore <= 50
    assert made.payable_ore % 100 == 0


@given(LINES, st.sampled_from(Rounding))
def test_an_invoice_and_its_whole_credit_are_nothing_together(
    lines: list[InvoiceLine], rounding: Rounding
) -> None:
    made = invoice(*lines, rounding=rounding)

    assert whole_credit(made).payable_ore == made.payable_ore
    assert whole_credit(made).credits == Credited(made.number, made.issued_on)


def test_a_part_may_be_credited_and_never_more_than_was_charged() -> None:
    made = invoice(InvoiceLine("Drift", 1_000_00, STANDARD))

    assert whole_credit(made, lines=[InvoiceLine("Drift", 1_00, STANDARD)]).gross_ore == 1_25
    with pytest.raises(CannotInvoice, match=r"Krediteringen är 1 250,01 kr, men .* Minska"):
        whole_credit(made, lines=[InvoiceLine("Drift", 1_000_01, STANDARD)])


def test_a_credit_note_is_not_credited_and_has_a_number_of_its_own() -> None:
    with pytest.raises(CannotInvoice, match="är en kreditfaktura och kan inte krediteras"):
        whole_credit(whole_credit(invoice()))
    with pytest.raises(CannotInvoice, match="samma nummer"):
        whole_credit(invoice(), number="2018-0001")


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda: replace(invoice(), lines=()), "inga rader. Skicka ingen"),
        (
            lambda: invoice(InvoiceLine("Avstämning", -1_234_56, OUTSIDE)),
            r"få tillbaka 1 234,56 kr. Gör en kreditfaktura",
        ),
        (lambda: invoice(due_on=date(2018, 10, 31)), "Förfallodagen 2018-10-31 är före"),
        (lambda: invoice(buyer=replace(BUYER, organisation_number="2999999218")), "sig själv"),
        (lambda: invoice(decision=" "), "Beslutet saknas. Fyll i"),
        (lambda: invoice(contract=""), "Avtalets beteckning saknas"),
        (lambda: invoice(run_id=""), "Fördelningens beteckning saknas"),
        (lambda: invoice(number="1\n2"), "Fakturanumret har en radbrytning"),
        (
            lambda: invoice(InvoiceLine("A", 1, OUTSIDE), InvoiceLine("B", 1, STANDARD)),
            "utanför momsens område .* två fakturor",
        ),
        (
            lambda: invoice(
                InvoiceLine("A", 1, EXEMPT), InvoiceLine("B", 1, replace(EXEMPT, reason="Annat"))
            ),
            "av olika skäl. Skriv samma",
        ),
        (lambda: InvoiceLine("Drift", 1.5, STANDARD), "inte hela ören"),  # type: ignore[arg-type]
        (lambda: Vat(VatCategory.STANDARD, 24), "Momssatsen 24 % finns inte. Ange 6, 12 eller 25"),
        (lambda: Vat(VatCategory.STANDARD, 25, "Skäl"), "Ta bort skälet"),
        (lambda: Vat(VatCategory.EXEMPT, 25, "Skäl"), "Ange 0 eller kategorin S"),
        (lambda: Vat(VatCategory.OUTSIDE_SCOPE), "Skälet till att fakturan är utan moms saknas"),
        (lambda: Party("A", "2999999219", ADDRESS), "kontrollsiffran ska stämma. Rätta"),
        (lambda: Party("A", "299999921", ADDRESS), "ska ha tio siffror"),
        (lambda: Party("A", "299999-9218", ADDRESS), "med bara siffror: 2999999218"),
        (lambda: Address("Box 1", "831 27", "Orten"), "fem siffror utan mellanslag"),
        (lambda: Address("", "83127", "Orten"), "Gatan eller boxen saknas"),
        (lambda: replace(SELLER, bankgiro=""), "Bankgirot saknas .* vart pengarna ska"),
        (lambda: replace(SELLER, bankgiro="9912345"), "Bankgirot 9912345 .* Rätta"),
        (lambda: replace(SELLER, bankgiro="991-2346"), "utan bindestreck"),
        (lambda: replace(BUYER, reference=""), "varken referenskod eller ordernummer. Fyll i"),
        (lambda: replace(BUYER, reference="Anna Berg"), "ingen kod.* utan någons namn"),
    ],
)  # fmt: skip
def test_what_cannot_be_invoiced_is_refused_with_advice(
    make: Callable[[], object], advice: str
) -> None:
    with pytest.raises(CannotInvoice, match=advice):
        make()


def test_no_field_is_for_a_person() -> None:
    made = {
        name: {field.name for field in fields(it)}
        for module in iter_modules(invoices.__path__, "billing.invoices.")
        for name, it in vars(import_module(module.name)).items()
        if is_dataclass(it)
        and isinstance(it, type)
        and it.__module__.startswith("billing.invoices.")
    }

    assert made == FIELDS


# A published test number.
NUMBER = "196404153832"


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        NUMBER[2:],
        f"{NUMBER[:8]}-{NUMBER[8:]}",
        f"Avser {NUMBER[2:8]}-{NUMBER[8:]}, utskriven",
    ],
)
def test_a_text_with_a_personal_number_is_refused(written: str) -> None:
    assert holds_personal_number(written)
    for make in (
        lambda: InvoiceLine(written, 100, STANDARD),
        lambda: invoice(decision=written),
        lambda: invoice(number=written),
        lambda: replace(BUYER, reference=written),
    ):
        with pytest.raises(CannotInvoice, match="Ta bort det: en faktura har aldrig"):
            make()


def test_who_trades_under_a_personal_number_is_no_party() -> None:
    with pytest.raises(CannotInvoice, match="är ett personnummer"):
        Seller("Firman", NUMBER[2:], ADDRESS, "9912346")


@pytest.mark.parametrize(
    "written", ["2018-09-01--2019-06-30", "2999999218", "2018-0001", "Dnr 20180901-1", "9" * 40]
)
def test_dates_and_numbers_of_organisations_are_no_personal_numbers(written: str) -> None:
    assert not holds_personal_number(written)


def test_a_party_has_its_address_in_peppol_and_its_vat_number() -> None:
    assert SELLER.endpoint == "0007:2999999218"
    assert SELLER.vat_number == "SE299999921801"


def test_nobody_changes_an_invoice_that_is_made() -> None:
    with pytest.raises(AttributeError):
        invoice().number = "2"  # type: ignore[misc]


def test_a_buyer_may_be_found_by_its_order_alone() -> None:
    assert Buyer("A", "2999999135", ADDRESS, order_reference="17").reference == ""
