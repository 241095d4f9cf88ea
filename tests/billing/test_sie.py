"""A SIE file reads back as what was written, in code page 437, and every voucher sums to zero."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices import accounting
from billing.invoices.model import InvoiceLine
from billing.invoices.sie import Batch, control_number, sie, transliterated
from billing.invoices.texts import CannotInvoice
from tests.billing.invoicing import OUTSIDE, SELLER, TEMPLATE, invoice, of_the_county

NAMES = {"account": {"1510": "Kundfordringar"}, "counterparty": {"2303": "Ragunda kommun"}}
# A field: an object list, a text between quotation marks, or a word.
FIELD = re.compile(r'\{((?:"(?:\\"|[^"])*"|[^}"])*)\}|"((?:\\"|[^"])*)"|(\S+)')

Transaction = tuple[str, dict[int, str], int, str]


def fields(line: str) -> list[str]:
    """Return the fields of a line as the format splits them."""
    return [
        objects or text.replace(r"\"", '"') or word for objects, text, word in FIELD.findall(line)
    ]


def read(content: bytes) -> tuple[dict[str, list[list[str]]], list[list[Transaction]]]:
    """Return the records by their label, and the transactions of each voucher."""
    records: dict[str, list[list[str]]] = {}
    vouchers: list[list[Transaction]] = []
    for line in content.decode("cp437").split("\r\n"):
        if line in {"", "{", "}"}:
            continue
        label, *rest = fields(line)
        records.setdefault(label, []).append(rest)
        if label == "#VER":
            vouchers.append([])
        if label == "#TRANS":
            account, objects, amount, _, text = rest
            codes = fields(objects)
            pairs = {
                int(number): code for number, code in zip(codes[::2], codes[1::2], strict=True)
            }
            vouchers[-1].append((account, pairs, int(amount.replace(".", "")), text))
    return records, vouchers


def batch(*lines: InvoiceLine, **other: object) -> Batch:
    made = [invoice(*lines)] if lines else of_the_county()
    of = Batch(
        number=7,
        made_on=date(2018, 11, 2),
        owner=SELLER,
        program_version="0.1.0",
        vouchers=tuple(accounting.voucher_of(it, TEMPLATE) for it in made),
        series="SP",
        names=NAMES,
    )
    return replace(of, **other)  # type: ignore[arg-type]


def test_the_head_says_what_it_is_in_the_order_of_the_format() -> None:
    lines = sie(batch()).decode("cp437").split("\r\n")

    assert lines[:8] == [
        "#FLAGGA 0",
        '#PROGRAM "Samplan" "0.1.0"',
        "#FORMAT PC8",
        "#GEN 20181102",
        "#SIETYP 4",
        f'#PROSA "Bunt 7, kontrollnummer {control_number(batch())}"',
        "#ORGNR 299999-9218",
        '#FNAMN "Region Jämtland Härjedalen"',
    ]


def test_every_voucher_of_a_county_reads_back_and_sums_to_zero() -> None:
    records, vouchers = read(sie(batch()))

    assert len(vouchers) == len(records["#VER"]) == 8
    assert [sum(amount for _, _, amount, _ in it) for it in vouchers] == [0] * 8
    assert [it[0][2] for it in vouchers] == [it.payable_ore for it in of_the_county()]
    assert records["#VER"][0] == ["SP", "", "20181101", "Faktura 2018-0001 Ragunda, bunt 7"]


def test_the_codes_stand_as_objects_of_declared_dimensions() -> None:
    records, vouchers = read(sie(batch()))

    assert vouchers[0][0][:2] == ("1510", {22: "2303"})
    assert vouchers[0][1][:2] == ("3590", {1: "4100", 6: "LINK2", 20: "760", 22: "2303"})
    assert [it[0] for it in records["#DIM"]] == ["1", "6", "20", "22"]


def test_only_codes_with_a_name_are_declared_so_that_no_name_of_the_ledger_is_lost() -> None:
    records, _ = read(sie(batch()))

    assert records["#KONTO"] == [["1510", "Kundfordringar"]]
    assert records["#OBJEKT"] == [["22", "2303", "Ragunda kommun"]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Åre ärver övre", "Åre ärver övre"),
        ("§ 41 – 2 × 5 €", "par 41 - 2 x 5 EUR"),
        ("”drift” ’nu’…", "\"drift\" 'nu'..."),
        ("1\u00a0000 kr", "1 000 kr"),
        ("C:\\temp\\", "C:/temp/"),
        ("Łódź ő 漢", "?ódz o ?"),
    ],
)
def test_letters_that_the_code_page_lacks_are_written_by_the_nearest(
    text: str, written: str
) -> None:
    assert transliterated(text) == written


@pytest.mark.parametrize("text", ['Drift "LINK2"', "{drift}", '"', "}{", '#VER "A" {', "a\\"])
def test_quotation_marks_and_braces_in_a_text_open_and_close_nothing(text: str) -> None:
    _, vouchers = read(sie(batch(InvoiceLine(text, 100, OUTSIDE))))

    assert [len(it) for it in vouchers] == [2]
    assert vouchers[0][1][3] == transliterated(text)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
            st.integers(1, 10**15),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_reads_back_from_the_code_page(lines: list[tuple[str, int]]) -> None:
    made = batch(*(InvoiceLine(text, ore, OUTSIDE) for text, ore in lines))
    _, vouchers = read(sie(made))

    texts = [text for account, _, _, text in vouchers[0] if account == "3590"]
    assert texts == [transliterated(text) for text, _ in lines]
    assert sum(amount for _, _, amount, _ in vouchers[0]) == 0


def test_the_control_number_is_of_the_vouchers_and_not_of_the_day() -> None:
    again = batch(made_on=date(2019, 1, 7), program_version="0.2.0")
    other = batch(InvoiceLine("Drift", 100, OUTSIDE))

    assert control_number(again) == control_number(batch())
    assert control_number(other) != control_number(batch())
    assert re.fullmatch(r"[0-9a-f]{12}", control_number(batch()))


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda: batch(vouchers=()), "Bunten 7 är tom. Lägg till"),
        (lambda: batch(vouchers=batch().vouchers * 2), "2018-0001 finns två gånger"),
        (lambda: batch(series='A"'), "går inte att skriva i en SIE-fil. Ange"),
        (lambda: batch(program_version="1\n2"), "Programmets version har en radbrytning"),
        (lambda: batch(names={"account": {"1510": "A\r\n#VER"}}), "Namnet på en kod har en rad"),
    ],
)
def test_what_cannot_be_written_is_refused_with_advice(
    make: Callable[[], object], advice: str
) -> None:
    with pytest.raises(CannotInvoice, match=advice):
        make()
