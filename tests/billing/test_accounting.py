"""Vouchers sum to zero, and the accounting basis is a table that a bookkeeper can enter."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices import accounting
from billing.invoices.accounting import Attest, CodingString, Entry, Voucher
from billing.invoices.allocated import credit_note
from billing.invoices.model import Invoice, InvoiceLine, Rounding
from billing.invoices.texts import CannotInvoice
from tests.billing.invoicing import (
    BUYER,
    DUE_ON,
    EXEMPT,
    ISSUED_ON,
    OUTSIDE,
    STANDARD,
    TEMPLATE,
    invoice,
    of_the_county,
)

ATTESTS = (
    Attest("Ekonom", datetime(2018, 10, 30, 9, 15, tzinfo=UTC)),
    Attest("Nämndens sekreterare", datetime(2018, 10, 31, 14, 2, 7, tzinfo=UTC)),
)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def credited(of: Invoice) -> Invoice:
    return credit_note(of, number="2018-0009", issued_on=ISSUED_ON, due_on=DUE_ON)


def test_what_is_owed_stands_against_lines_vat_and_rounding() -> None:
    voucher = accounting.voucher_of(invoice(), TEMPLATE)

    assert [(it.coding.account, it.amount_ore) for it in voucher.entries] == [
        ("1510", 15_432_100),
        ("3590", -12_345_678),
        ("2610", -3_086_420),
        ("3740", -2),
    ]
    assert [it.coding.counterparty for it in voucher.entries] == ["8303", "8303", "", ""]
    assert (voucher.number, voucher.on) == ("2018-0001", ISSUED_ON)
    assert voucher.text == "Faktura 2018-0001 Ragunda kommun"


def test_a_credit_note_is_the_mirror_image_of_its_invoice() -> None:
    made = accounting.voucher_of(invoice(), TEMPLATE)
    back = accounting.voucher_of(credited(invoice()), TEMPLATE)

    assert [it.amount_ore for it in back.entries] == [-it.amount_ore for it in made.entries]
    assert back.text == "Kreditfaktura 2018-0009 Ragunda kommun"


def test_what_is_nothing_is_not_entered() -> None:
    line = InvoiceLine("Drift", 100_00, OUTSIDE)

    entries = accounting.voucher_of(invoice(line), TEMPLATE).entries
    assert [it.coding.account for it in entries] == ["1510", "3590"]


@given(
    st.lists(st.tuples(st.integers(-(10**9), 10**12), st.sampled_from([STANDARD, EXEMPT])))
    .map(lambda them: [InvoiceLine("Drift", ore, vat) for ore, vat in them])
    .filter(lambda them: sum(it.amount_ore for it in them) >= 10**10),
    st.sampled_from(Rounding),
)
def test_every_invoice_and_credit_note_gives_a_voucher_that_sums_to_zero(
    lines: list[InvoiceLine], rounding: Rounding
) -> None:
    made = invoice(*lines, rounding=rounding)

    for it in (made, credited(made)):
        assert sum(entry.amount_ore for entry in accounting.voucher_of(it, TEMPLATE).entries) == 0


def test_the_basis_has_a_row_for_each_entry_and_who_attested_when() -> None:
    content = accounting.basis([accounting.voucher_of(invoice(), TEMPLATE)], ATTESTS)

    assert content.startswith(b"\xef\xbb\xbfnummer;datum;konto;ansvar;verksamhet;aktivitet;projekt")
    first, second, *_ = rows(content)
    assert first == {
        "nummer": "2018-0001", "datum": "2018-11-01", "konto": "1510", "ansvar": "",
        "verksamhet": "", "aktivitet": "", "projekt": "", "motpart": "8303",
        "belopp": "154321,00", "text": "Faktura 2018-0001 Ragunda kommun",
        "attest 1": "Ekonom", "attest 1 tid": "2018-10-30T09:15:00+00:00",
        "attest 2": "Nämndens sekreterare", "attest 2 tid": "2018-10-31T14:02:07+00:00",
    }  # fmt: skip
    assert (second["ansvar"], second["verksamhet"], second["projekt"]) == ("4100", "760", "LINK2")
    assert (second["belopp"], second["text"]) == ("-123456,78", "Kommunikatör 10–25 %")


def test_the_basis_of_a_county_is_what_its_municipalities_owe() -> None:
    made = of_the_county()
    content = accounting.basis([accounting.voucher_of(it, TEMPLATE) for it in made], ATTESTS)

    owed = [int(it["belopp"].replace(",", "")) for it in rows(content) if it["konto"] == "1510"]
    assert owed == [it.payable_ore for it in made]


@pytest.mark.parametrize("text", ["=1+1", "+46", "-1", "@A1"])
def test_a_text_that_a_spreadsheet_would_compute_stays_a_text(text: str) -> None:
    voucher = accounting.voucher_of(invoice(InvoiceLine(text, 100, OUTSIDE)), TEMPLATE)

    assert rows(accounting.basis([voucher], ATTESTS))[1]["text"] == f"'{text}"


def test_a_semicolon_in_a_text_moves_no_column() -> None:
    voucher = accounting.voucher_of(invoice(InvoiceLine('A; "B"', 100, OUTSIDE)), TEMPLATE)

    assert rows(accounting.basis([voucher], ATTESTS))[1]["text"] == 'A; "B"'


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (
            lambda: Voucher("1", date(2018, 11, 1), "A", (Entry(CodingString("1510"), 150, "A"),)),
            "balanserar inte: debet och kredit skiljer 1,50 kr. Rätta",
        ),
        (lambda: Voucher("1", date(2018, 11, 1), "A", ()), "har inga rader"),
        (lambda: CodingString("15A"), "Kontot ”15A” är inget konto. Skriv bara siffror"),
        (lambda: CodingString("1510", activity="två ord"), "Koden för aktivitet ”två ord”"),
        (lambda: accounting.basis([], ATTESTS[:1]), "har 1 attester men ska ha 2"),
        (lambda: Attest("", datetime(2018, 10, 30, tzinfo=UTC)), "Rollen för attesten saknas"),
        (lambda: replace(BUYER, counterparty="8 303"), "Motparten ”8 303” är ingen kod"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_advice(
    make: Callable[[], object], advice: str
) -> None:
    with pytest.raises(CannotInvoice, match=advice):
        make()
