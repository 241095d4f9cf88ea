"""The same figures everywhere: the record, the board's paper and the workbook."""

from billing import runs
from billing.runs import Funded, Record
from billing.table import REGION, CostLine
from tests.billing import test_runs
from tests.billing.papers import printed
from tests.billing.papers.printed import LINK2, in_kronor

VGR = printed.invented(49, *(printed.cost(it) for it in range(1, 31)))


def test_the_budget_of_link2_stands_on_paper_to_the_ore() -> None:
    text = printed.text_of(printed.printed(LINK2))

    assert "Totalt 2 810 000 2 245 000 565 000" in text
    assert "Östersund 62 601 48,227 272 480,20 4,35" in text
    assert "Ragunda 5 444 4,194 23 695,82 4,35" in text
    assert "Bräcke 6 501 5,008 28 296,57 4,35" in text
    assert "Åre 11 268 8,681 49 045,66 4,35" in text
    assert "Summa 129 806 100 565 000,00 4,35" in text


def test_the_budget_of_link2_stands_in_the_workbook_to_the_ore() -> None:
    book = printed.book_of(LINK2)
    shares = {row[1]: row[9] for row in book["Per kommun"].iter_rows(min_row=5, values_only=True)}

    assert [row[1] for row in book["Sammanfattning"].iter_rows(5, 7, values_only=True)] == [
        2_810_000, 2_245_000, 565_000,
    ]  # fmt: skip
    assert (shares["Östersund"], shares["Ragunda"]) == (272_480.20, 23_695.82)
    assert (shares["Bräcke"], shares["Åre"], shares["Summa"]) == (28_296.57, 49_045.66, 565_000)


def of_each_line(record: Record) -> dict[str, list[int]]:
    """Return what each municipality pays of each line that they share, and in all, in öre."""
    asked, result = record["asked"], record["result"]
    shared = [
        out["shares_ore"]
        for line, out in zip(asked["lines"], result["lines"], strict=True)
        if line["municipalities_ore"]
    ]
    return {
        asked["names"][code]: [*(it[code] for it in shared), result["shares_ore"][code]]
        for code in asked["population"]["inhabitants"]
    }


def test_a_line_above_its_cap_is_printed_as_it_is_paid() -> None:
    line = CostLine("Jour", 0, 100_000_00, "", is_text=False)
    capped = Funded(line, rule={"cap_ore": "50", "excess": "host"})
    record = runs.record(test_runs.question(lines=[capped]))
    text = printed.text_of(printed.printed(record))
    book = printed.book_of(record)

    assert "Totalt 100 000 35 097 64 903" in text
    assert "högst 0,50 kr per invånare" in text
    assert "värden bär skillnaden" in text
    assert [row[1] for row in book["Sammanfattning"].iter_rows(5, 7, values_only=True)] == [
        100_000, 35_097, 64_903,
    ]  # fmt: skip


def test_every_share_of_every_line_stands_on_paper() -> None:
    for record in (LINK2, VGR):
        text = printed.text_of(printed.printed(record))
        for name, ores in of_each_line(record).items():
            missing = [it for it in map(in_kronor, ores) if f" {it} " not in text]
            assert missing == [], name
        assert in_kronor(record["result"]["municipalities_ore"]) in text


def test_every_share_of_every_line_stands_in_the_workbook() -> None:
    for record in (LINK2, VGR):
        rows = printed.book_of(record)["Per kommun"].iter_rows(min_row=5, values_only=True)
        found = {
            row[1]: [round(it * 100) for it in row[5:-2]]
            for row in rows
            if row[1] in record["asked"]["names"].values()
        }
        assert found == of_each_line(record)


def test_every_line_stands_in_the_workbook_with_what_each_side_pays() -> None:
    for record in (LINK2, VGR):
        rows = printed.book_of(record)["Rader"].iter_rows(min_row=5, values_only=True)
        lines = record["asked"]["lines"]
        for row, line in zip(rows, lines, strict=False):
            region, municipalities = line["region_ore"], line["municipalities_ore"]
            assert row[1] == line["activity"]
            assert [round((it or 0) * 100) for it in row[3:6]] == [
                region + municipalities, region, municipalities,
            ]  # fmt: skip


def test_the_hash_is_the_records_on_paper_and_in_the_workbook() -> None:
    paper = printed.paper_of(LINK2)
    summary = printed.book_of(LINK2)["Sammanfattning"]

    assert paper.record_sha256 in printed.text_of(printed.printed(LINK2))
    assert paper.record_sha256 in [cell.value for cell in summary["B"]]


def test_the_split_at_once_stands_beside_where_an_ore_differs() -> None:
    text = printed.text_of(printed.printed(LINK2))
    rows = [row[:4] for row in printed.book_of(LINK2)["Metod"].iter_rows(values_only=True)]

    assert "skulle 2 av 8 kommuner betala något annat" in text
    assert "Bräcke 28 296,57 28 296,58 0,01 Åre 49 045,66 49 045,65 −0,01" in text
    assert ("Bräcke", 28_296.57, 28_296.58, 0.01) in rows
    assert ("Åre", 49_045.66, 49_045.65, -0.01) in rows


def test_the_region_pays_its_own_lines_and_is_no_municipality() -> None:
    assert REGION not in of_each_line(LINK2)
    assert "Region Jämtland Härjedalen samt kommunerna Ragunda" in printed.text_of(
        printed.printed(LINK2)
    )
