"""The workbook: numbers to count on with, checks that show 0, nothing that runs."""

import io
import zipfile

from billing.papers.sheets import CHECK
from billing.papers.workbook import workbook
from billing.runs import Category, Funded, Kind
from billing.table import CostLine
from tests.billing.papers import printed
from tests.billing.papers.printed import LINK2

SHEETS = ["Sammanfattning", "Rader", "Per kommun", "Underlag", "Metod"]


def checks() -> list[object]:
    """Return what every check shows: a formula that is a difference, rounded to the öre."""
    formulas, shown = (printed.book_of(LINK2, values=it) for it in (False, True))
    return [
        shown[sheet.title][cell.coordinate].value
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith("=ROUND(")
    ]


def test_it_has_five_sheets_with_title_period_and_frozen_heads() -> None:
    book = printed.book_of(LINK2)

    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet["A1"].value == "LINK2 – fördelning av kostnader"
        assert "1\u00a0september 2018 – 30\u00a0juni 2019" in sheet["A2"].value
        assert sheet.freeze_panes in {"A5", "C5"}


def test_it_prints_on_a4_across_as_wide_as_the_page_with_heads_on_each() -> None:
    for sheet in printed.book_of(LINK2):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0  # as many pages as it takes
        assert sheet.print_title_rows == "$4:$4"
        assert "Sida &P (&N)" in sheet.oddFooter.right.text


def test_every_check_shows_0_also_where_nothing_calculates() -> None:
    found = checks()

    assert len(found) > 15
    assert set(found) == {0}


def test_the_sums_are_formulas_and_carry_their_values() -> None:
    formulas, values = (printed.book_of(LINK2, values=it) for it in (False, True))

    assert formulas["Rader"]["D14"].value == "=SUM(D5:D13)"
    assert values["Rader"]["D14"].value == 2_810_000
    assert formulas["Per kommun"]["J5"].value == "=SUM(F5:I5)"
    assert values["Per kommun"]["J5"].value == 23_695.82
    assert formulas["Sammanfattning"]["C5"].value == "='Rader'!D14"
    assert CHECK in [cell.value for cell in values["Rader"]["B"]]


def test_amounts_are_numbers_with_two_decimals() -> None:
    cell = printed.book_of(LINK2)["Per kommun"]["F5"]

    assert isinstance(cell.value, float)
    assert cell.number_format == "#,##0.00"


def test_the_basis_shows_population_its_days_and_the_exact_quotas() -> None:
    rows = list(printed.book_of(LINK2)["Underlag"].iter_rows(values_only=True))
    text = [str(it) for row in rows for it in row]

    assert ("2303", "Ragunda", 5_444, "108880000000/64903") in [row[:4] for row in rows]
    assert "2017-12-31 00:00:00" in text
    assert "2017-11-01 00:00:00" in text
    assert LINK2["asked"]["population"]["sha256"] in text


def test_a_text_that_looks_like_a_formula_is_text() -> None:
    evil = '=HYPERLINK("https://example.invalid";"Klicka")'
    record = printed.changed(LINK2, title=f"{evil} & mer")
    record["asked"]["names"]["2303"] = evil
    record["asked"]["lines"][0]["activity"] = "+1+1"
    book = printed.book_of(record, values=False)

    assert book["Per kommun"]["B5"].data_type == "s"
    assert book["Per kommun"]["B5"].value == evil
    assert book["Rader"]["B5"].data_type == "s"
    assert book["Rader"]["A1"].data_type == "s"


def test_a_line_without_amount_says_why_and_what_is_unknown_is_told() -> None:
    unknown = Funded(CostLine("Konsulter", 0, 0, "Offert väntas", False), kind=Kind.UNKNOWN)
    book = printed.book_of(printed.invented(2, printed.cost(1), unknown))

    assert [cell.value for cell in book["Rader"][6]][3:6] == [None, None, None]
    assert book["Rader"]["H6"].value == "Beloppet är inte känt. Offert väntas"
    told = [cell.value for cell in book["Sammanfattning"]["B"]]
    assert (
        "Beloppet är inte känt för rad 2. Kostnaden tillkommer och ingår inte i summorna." in told
    )


def test_every_category_of_a_line_is_in_swedish() -> None:
    lines = [printed.cost(number, category=it) for number, it in enumerate(Category)]
    rows = printed.book_of(printed.invented(2, *lines))["Rader"].iter_rows(5, 11, values_only=True)

    assert [row[2] for row in rows] == [
        "Licens", "Drift", "Support", "Projekt", "Resor", "Personal", "Övrigt",
    ]  # fmt: skip


def test_lines_that_the_region_pays_alone_leave_the_municipalities_nothing() -> None:
    alone = Funded(CostLine("Licens", 5_000, 0, "", False))
    row = printed.book_of(printed.invented(2, alone))["Per kommun"][5]

    assert [cell.value for cell in row][5:] == [None, 0, 0]


def test_it_names_no_person_holds_no_macro_and_is_the_same_each_time() -> None:
    made = workbook(LINK2)
    properties = printed.book_of(LINK2).properties

    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.title == "LINK2 – fördelning av kostnader"
    assert not [it for it in zipfile.ZipFile(io.BytesIO(made)).namelist() if "vba" in it]
    assert made == workbook(LINK2)
