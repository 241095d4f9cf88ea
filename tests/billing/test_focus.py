"""FOCUS 1.2: what is not one is refused by name, and every row is counted once, to the öre."""

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import focus
from billing.files import BadFile
from billing.focus import COLUMNS, Charge, ChargeGroup, CloudCost, MappingRule

USUAL = {
    "BillingCurrency": "SEK", "ChargeCategory": "Usage", "ServiceName": "Beräkning",
    "InvoiceId": "F-1", "BilledCost": "0",
}  # fmt: skip
RULES = (
    MappingRule("Drift, gemensam", tag="kostnadsbarare", value="gemensam"),
    MappingRule("Lagring i Krokom", service="Lagring", tag="kostnadsbarare", value="krokom"),
    MappingRule("Drift", service="Beräkning"),
)


def file(*rows: dict[str, str], without: str = "") -> bytes:
    """Return a file with invented charges."""
    columns = [it for it in (*COLUMNS, "InvoiceId", "Tags") if it != without]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(USUAL | row for row in rows)
    return text.getvalue().encode()


def charge(billed: str, *, invoice: str = "F-1", **more: object) -> Charge:
    said = {
        "service": "Beräkning", "description": "", "category": "Usage", "is_correction": False,
        "currency": "SEK", **more,
    }  # fmt: skip
    return Charge(line=2, invoice=invoice, billed=Decimal(billed), **said)  # type: ignore[arg-type]


def test_a_file_is_read_with_its_decimals_and_its_tags() -> None:
    row = {
        "BilledCost": "12.345678901", "Tags": '{"kostnadsbarare": "gemensam", "nr": 7}',
        "ChargeClass": "Correction", "ChargeDescription": "vCPU",
    }  # fmt: skip
    (read,) = focus.read(file(row))

    assert read == Charge(
        2, "F-1", "Beräkning", "vCPU", "Usage", True, Decimal("12.345678901"), "SEK",
        {"kostnadsbarare": "gemensam", "nr": "7"},
    )  # fmt: skip


def test_there_are_21_mandatory_columns() -> None:
    assert len(set(COLUMNS)) == 21


@pytest.mark.parametrize("column", COLUMNS)
def test_a_mandatory_column_that_is_missing_is_named(column: str) -> None:
    with pytest.raises(BadFile, match=f"ingen FOCUS 1.2: {column} saknas"):
        focus.read(file({}, without=column))


@pytest.mark.parametrize("column", ["InvoiceId", "Tags"])
def test_what_a_provider_need_not_give_may_be_missing(column: str) -> None:
    (read,) = focus.read(file({}, without=column))

    assert read.tags == {}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"BilledCost": "tolv"}, "rad 2: BilledCost är ”tolv”"),
        ({"BilledCost": "12,50"}, "1234.5678"),
        ({"BilledCost": ""}, "BilledCost"),
        ({"BilledCost": "NaN"}, "BilledCost"),
        ({"BilledCost": "1e999999"}, "BilledCost"),
        ({"BilledCost": "1e13"}, "BilledCost"),
        ({"BilledCost": "0." + "3" * 60}, "BilledCost"),
        ({"InvoiceId": "F" * 201}, "högst 200 tecken"),
        ({"Tags": '{"kostnadsbarare": "\\u0000"}'}, "högst 200 tecken"),
        ({"BillingCurrency": "kr"}, "valuta som SEK"),
        ({"ChargeCategory": "Lunch"}, "en av Adjustment, Credit"),
        ({"ChargeClass": "Rättelse"}, "Correction eller tomt"),
        ({"Tags": "kostnadsbarare=gemensam"}, "JSON"),
        ({"Tags": "[1]"}, "JSON"),
        ({"BillingPeriodStart": "januari"}, "en dag som 2027-01-01"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_row(row: dict[str, str], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        focus.read(file(row))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "BilledCost, BillingAccountId, BillingAccountName och 18 till saknas"),
        (file(), "inga debiteringar"),
        (file({}) + b"1,2\n", "2 fält"),
        (file({}).replace(b"Tags", b"InvoiceId"), "två gånger"),
        (file({}) + b'"', "inte att dela"),
        (b"\xff\xfe", "UTF-8"),
        (file({"ServiceName": "\0"}), "ingen text"),
    ],
)
def test_what_is_no_such_file_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        focus.read(content)


def test_a_billing_period_ends_the_day_before_the_files_end() -> None:
    (read,) = focus.read(
        file(
            {
                "BillingPeriodStart": "2027-01-01T00:00:00Z",
                "BillingPeriodEnd": "2027-02-01T00:00:00Z",
            }
        )
    )

    assert (read.first_on, read.last_on) == (date(2027, 1, 1), date(2027, 1, 31))


def test_charges_that_are_alike_become_one_and_nothing_is_lost() -> None:
    lank = {"kostnadsbarare": "lank"}
    charges = [
        charge("0.004", tags={**lank, "miljo": "test"}),
        charge("1.0000000000000000000000000000000001", tags=lank),
        charge("2", tags=lank, invoice="F-2"),
        charge("4", tags=lank, is_correction=True),
        charge("8"),
    ]
    found = focus.summed(charges)

    assert len(found) == 4
    assert sum(it.rows for it in found) == 5
    assert sum(Fraction(it.billed) for it in found) == sum(Fraction(it.billed) for it in charges)
    assert focus.summed(found) == found
    assert {it.group for it in found} == {
        ChargeGroup("Beräkning", ""), ChargeGroup("Beräkning", "lank"),
    }  # fmt: skip


def test_a_rule_of_a_tag_without_a_value_takes_what_lacks_it() -> None:
    rule = MappingRule("Drift", service="Beräkning", tag="kostnadsbarare")

    assert rule.takes(charge("1"))
    assert not rule.takes(charge("1", tags={"kostnadsbarare": "lank"}))


def test_charges_go_to_lines_by_the_first_rule_that_takes_them() -> None:
    shared = {"kostnadsbarare": "gemensam"}
    found = focus.imported(
        [
            charge("100.10", tags=shared),
            charge("50"),
            charge("25", service="Lagring", tags={"kostnadsbarare": "krokom"}),
        ],
        RULES,
    )

    assert found.lines_ore == {
        "Drift": 5_000, "Drift, gemensam": 10_010, "Lagring i Krokom": 2_500,
    }  # fmt: skip
    assert found.may_close


def test_a_row_of_no_line_is_listed_and_blocks_closing() -> None:
    unknown = charge("7.50", service="Nätverk")
    found = focus.imported([charge("1"), unknown], RULES)

    assert (found.may_close, found.unmapped) == (False, (unknown,))
    assert found.lines_ore == {"Drift": 100}
    assert found.invoices_ore == {"F-1": 850}


def test_a_correction_is_kept_apart_for_the_true_up() -> None:
    found = focus.imported([charge("10"), charge("-3", is_correction=True)], RULES)

    assert found.lines_ore == {"Drift": 1_000}
    assert found.corrections_ore == {"Drift": -300}
    assert found.invoices_ore == {"F-1": 700}


def test_another_currency_needs_a_rate() -> None:
    dollars = charge("10.10", currency="USD")
    with pytest.raises(BadFile, match="kronor för 1 USD"):
        focus.imported([dollars], RULES)

    found = focus.imported([dollars], RULES, rates={"USD": Fraction("10.4321")})
    assert found.costs == (CloudCost("F-1", "Drift", False, 10_536, ChargeGroup("Beräkning", "")),)


def test_parts_of_an_ore_go_where_the_most_is_left() -> None:
    found = focus.imported(
        [charge("0.004"), charge("0.003", tags={"kostnadsbarare": "gemensam"})], RULES
    )

    assert found.lines_ore == {"Drift": 1, "Drift, gemensam": 0}
    assert found.invoices_ore == {"F-1": 1}


def test_each_invoice_ties_to_what_has_come() -> None:
    found = focus.imported([charge("10"), charge("5", invoice="F-2")], RULES)

    focus.refuse_untied(found, {"F-1": 1_000, "F-2": 500})
    with pytest.raises(BadFile, match="F-2 är 5,00 kr i filen och 5,01 kr enligt fakturan"):
        focus.refuse_untied(found, {"F-1": 1_000, "F-2": 501})
    with pytest.raises(BadFile, match="F-2 är 5,00 kr i filen och inte med"):
        focus.refuse_untied(found, {"F-1": 1_000})


@pytest.mark.parametrize("said", [{"activity": ""}, {"activity": "Drift"}])
def test_a_rule_says_what_it_takes_and_where_to(said: dict[str, str]) -> None:
    with pytest.raises(BadFile, match="mappningsregel"):
        MappingRule(**said)


CHARGES = st.lists(
    st.builds(
        charge,
        st.decimals(-(10**6), 10**6, places=6).map(str),
        invoice=st.sampled_from(["F-1", "F-2"]),
        service=st.sampled_from(["Beräkning", "Lagring", "Nätverk"]),
        is_correction=st.booleans(),
        tags=st.sampled_from([{}, {"kostnadsbarare": "gemensam"}, {"kostnadsbarare": "krokom"}]),
    ),
    min_size=1,
)


@given(CHARGES)
def test_every_invoice_is_the_sum_of_its_rows_to_the_ore(charges: list[Charge]) -> None:
    found = focus.imported(charges, RULES)

    for invoice, ore in found.invoices_ore.items():
        exact = sum((it.billed for it in charges if it.invoice == invoice), Decimal(0)) * 100
        assert abs(exact - ore) <= Decimal("0.5")
    assert set(found.invoices_ore) == {it.invoice for it in charges}
    assert found == focus.imported(charges, RULES)
    assert sum(found.lines_ore.values()) + sum(found.corrections_ore.values()) == sum(
        it.ore for it in found.costs if it.activity
    )


@given(CHARGES)
def test_what_is_summed_costs_what_its_rows_cost(charges: list[Charge]) -> None:
    assert focus.imported(focus.summed(charges), RULES).costs == (
        focus.imported(charges, RULES).costs
    )
