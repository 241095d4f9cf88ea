"""A record as an Excel workbook: numbers to go on counting with, and checks that show 0.

Every sum is a formula, and what it must equal stands in the record. No macro, no person's name,
no clock: the same record gives the same bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from billing import methods
from billing.counts import What
from billing.papers import figures, sheets, wording
from billing.papers.figures import Figures, PrintedCount, PrintedLine
from billing.papers.sheets import CHECK, FIRST, HEAD, Sheet

# The first day that a zip archive can name; without one XlsxWriter asks the machine for today.
NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
TOTAL, REGION, MUNICIPALITIES = 3, 4, 5  # columns of the lines
FIRST_LINE = 5  # column of the municipalities, who stand in the first three
WHO = (("Kod", 8), ("Kommun", 24), ("Folkmängd", 14))


def workbook(record: Mapping[str, Any]) -> bytes:
    """Return a record of `billing.runs` as an Excel file of five sheets, amounts in kronor.

    A sixth one settles, where there is something to settle.

    :raises BadRecord: if the record is of another format
    """
    of = figures.of(record)
    written = BytesIO()
    book = xlsxwriter.Workbook(written, OPTIONS)
    book.set_properties({"title": wording.matter(of), "created": NO_DAY})
    styles = {name: book.add_format(dict(it)) for name, it in sheets.STYLES.items()}
    summary, lines, parties, basis, method = (
        Sheet(book, name, wording.matter(of), wording.period(of), styles)
        for name in ("Sammanfattning", "Rader", "Per kommun", "Underlag", "Metod")
    )
    _write_summary(summary, of, lines, parties)
    _write_lines(lines, of)
    _write_parties(parties, of, lines)
    _write_basis(basis, of)
    _write_method(method, of)
    if of.balances:
        name = "Avstämning"
        _write_outcome(Sheet(book, name, wording.matter(of), wording.period(of), styles), of)
    book.close()
    return written.getvalue()


def _write_summary(sheet: Sheet, of: Figures, lines: Sheet, parties: Sheet) -> None:
    sheet.heads(
        [("", 34), ("Enligt uträkningen", 20), ("Summa i bladet", 20), (CHECK, 22)], texts=1
    )
    closing = FIRST + len(of.lines)
    of_parties = parties.cell(FIRST + len(of.shares), FIRST_LINE + len(of.shared_lines))
    sums = (
        ("Totalt, Rader", of.total_ore, lines.cell(closing, TOTAL)),
        (f"{of.region_name}, Rader", of.region_ore, lines.cell(closing, REGION)),
        ("Kommunerna, Rader", of.municipalities_ore, lines.cell(closing, MUNICIPALITIES)),
        ("Kommunerna, Per kommun", of.municipalities_ore, of_parties),
    )
    for row, (name, ore, summed) in enumerate(sums, FIRST):
        sheet.text(row, 0, name)
        sheet.kronor(row, 1, ore)
        sheet.taken_over(row, 2, summed, ore)
        sheet.check(row, 3, sheet.cell(row, 1), sheet.cell(row, 2))
    row = FIRST + len(sums)
    sheet.text(row, 0, "Totalt − regionen − kommunerna", "check_text")
    sheet.check(row, 3, *(sheet.cell(it, 1) for it in range(FIRST, FIRST + 3)))
    told = (
        ("Metod", wording.shared_by(of)),
        ("Avtal", wording.agreed(of)),
        ("Deltagande", wording.members(of)),
        ("Folkmängd", wording.population(of)),
        ("Räknat underlag", " ".join(wording.counts(of))),
        ("Att observera", wording.unknown(of)),
        ("Kontrollsumma (SHA-256)", of.record_sha256),
        ("Räkna om och jämför", wording.VERIFY),
    )
    for at, (name, text) in enumerate((it for it in told if it[1]), row + 2):
        sheet.text(at, 0, name)
        sheet.text(at, 1, text or "", "unwrapped")


def _write_lines(sheet: Sheet, of: Figures) -> None:
    sheet.heads(
        [
            ("Rad", 6), ("Aktivitet", 50), ("Kostnadsslag", 14), ("Totalt", 18), ("Regionen", 18),
            ("Kommunerna", 18), ("Metod", 26), ("Anmärkning", 50),
        ],
        texts=TOTAL, keep=2,
    )  # fmt: skip
    for row, line in enumerate(of.lines, FIRST):
        _write_line(sheet, row, line)
    closing = FIRST + len(of.lines)
    sheet.sum_row(closing, "Totalt", columns=8)
    sums = ((TOTAL, of.total_ore), (REGION, of.region_ore), (MUNICIPALITIES, of.municipalities_ore))
    for column, ore in sums:
        sheet.sum_of_column(closing, column, ore)
    sheet.text(closing + 1, 1, CHECK, "check_text")
    sheet.check(closing + 1, TOTAL, *(sheet.cell(closing, column) for column, _ in sums))


def _write_line(sheet: Sheet, row: int, line: PrintedLine) -> None:
    sheet.number(row, 0, line.number)
    sheet.text(row, 1, line.activity)
    sheet.text(row, 2, wording.CATEGORIES.get(line.category, ""))
    if line.has_amount:
        sheet.kronor(row, TOTAL, line.total_ore)
        sheet.kronor(row, REGION, line.region_ore)
        sheet.kronor(row, MUNICIPALITIES, line.municipalities_ore)
    sheet.text(row, 6, wording.by(line) if line.is_shared else "")
    sheet.text(row, 7, f"{wording.UNKNOWN}. {line.note}" if line.is_unknown else line.note)


def _write_parties(sheet: Sheet, of: Figures, lines: Sheet) -> None:
    shared = of.shared_lines
    every = FIRST_LINE + len(shared)
    sheet.heads(
        [
            *WHO, ("Andel", 12), ("Kronor per invånare", 12),
            *((f"{line.number}. {line.activity}", 18) for line in shared),
            ("Alla rader", 18), ("Enligt uträkningen", 18), (CHECK, 14),
        ],
        texts=2, keep=2,
    )  # fmt: skip
    for row, share in enumerate(of.shares, FIRST):
        sheet.text(row, 0, share.code)
        sheet.text(row, 1, share.name)
        sheet.number(row, 2, share.inhabitants)
        sheet.number(row, 3, float(share.of_whole or 0), "percent")
        sheet.kronor(row, 4, share.per_inhabitant_ore)
        for column, line in enumerate(shared, FIRST_LINE):
            sheet.kronor(row, column, line.shares_ore.get(share.code, 0))
        if shared:
            sheet.sum_of_row(row, every, FIRST_LINE, share.share_ore)
        sheet.kronor(row, every + 1, share.share_ore)
        sheet.check(row, every + 2, sheet.cell(row, every), sheet.cell(row, every + 1))
    closing = FIRST + len(of.shares)
    sheet.sum_row(closing, "Summa", columns=every + 3)
    sheet.count_of_column(closing, 2, of.inhabitants)
    sheet.text(closing + 1, 1, CHECK, "check_text")
    for column, line in enumerate(shared, FIRST_LINE):
        sheet.sum_of_column(closing, column, line.municipalities_ore)
        asked = lines.cell(HEAD + line.number, MUNICIPALITIES)
        sheet.check(closing + 1, column, sheet.cell(closing, column), asked)
    for column in (every, every + 1):
        sheet.sum_of_column(closing, column, of.municipalities_ore)


def _write_basis(sheet: Sheet, of: Figures) -> None:
    sheet.heads(
        [
            *WHO,
            *((f"Exakt kvot i öre, rad {line.number}", 26) for line in of.shared_lines),
            *((methods.COUNTED[it.what], 18) for it in of.counts),
        ],
        texts=2,
        keep=2,
    )
    for row, share in enumerate(of.shares, FIRST):
        sheet.text(row, 0, share.code)
        sheet.text(row, 1, share.name)
        sheet.number(row, 2, share.inhabitants)
        for column, line in enumerate(of.shared_lines, 3):
            sheet.text(row, column, line.quotas_ore[share.code], "fraction")
        for column, it in enumerate(of.counts, 3 + len(of.shared_lines)):
            _write_counted(sheet, row, column, it, share.code)
    closing = FIRST + len(of.shares)
    sheet.sum_row(closing, "Summa", columns=3)
    sheet.count_of_column(closing, 2, of.inhabitants)
    sheet.text(closing + 2, 1, "Folkmängd den")
    sheet.day(closing + 2, 2, of.population_on)
    if of.wanted_on is not None:
        sheet.text(closing + 3, 1, "ersätter den")
        sheet.day(closing + 3, 2, of.wanted_on)
    sheet.text(closing + 4, 1, "Källa")
    sheet.text(closing + 4, 2, of.source, "unwrapped")
    sheet.text(closing + 5, 1, "Källans SHA-256")
    sheet.text(closing + 5, 2, of.population_sha256, "unwrapped")
    for row, it in enumerate(of.counts):
        at = closing + 7 + 4 * row
        sheet.text(at, 1, f"{methods.COUNTED[it.what]} den")
        sheet.day(at, 2, it.on)
        sheet.text(at + 1, 1, "Källa")
        sheet.text(at + 1, 2, it.source, "unwrapped")
        sheet.text(at + 2, 1, "Källans SHA-256")
        sheet.text(at + 2, 2, it.sha256, "unwrapped")


def _write_counted(sheet: Sheet, row: int, column: int, it: PrintedCount, code: str) -> None:
    if it.what == What.TAX_CAPACITY_ORE:
        sheet.kronor(row, column, it.counts[code])
    else:
        sheet.number(row, column, it.counts[code])


def _write_method(sheet: Sheet, of: Figures) -> None:
    sheet.heads([("Så är kostnaden fördelad", 100), ("", 18), ("", 18), ("", 14)], texts=1)
    said = [*wording.how(of), *filter(None, [wording.at_once(of)])]
    for row, text in enumerate(said, FIRST):
        sheet.text(row, 0, text)
    head = FIRST + len(said)
    if of.differing_at_once:
        sheet.head_row(head, ("Kommun", "Rad för rad", "På en gång", "Skillnad"), texts=1)
    for row, share in enumerate(of.differing_at_once, head + 1):
        sheet.text(row, 0, share.name)
        sheet.kronor(row, 1, share.share_ore)
        sheet.kronor(row, 2, share.share_ore + share.more_at_once_ore)
        sheet.kronor(row, 3, share.more_at_once_ore)


def _write_outcome(sheet: Sheet, of: Figures) -> None:
    """Write what each municipality has to pay and why, then budget and outcome by activity."""
    amounts = ("Budget", "Andel", "Överfört", "Fakturerat, räknas av", "Att betala")
    heads = [("Kod", 8), ("Kommun", 50), *((it, 18) for it in amounts)]
    sheet.heads([*heads, ("Enligt uträkningen", 18), (CHECK, 14)], texts=2, keep=2)
    rows = [
        (it.budget_ore, it.share_ore, it.carried_ore, -it.invoiced_ore, it.due_ore)
        for it in of.balances
    ]
    due = 2 + amounts.index("Att betala")
    for row, (it, (*parts, due_ore)) in enumerate(zip(of.balances, rows, strict=True), FIRST):
        sheet.text(row, 0, it.code)
        sheet.text(row, 1, of.name(it.code))
        for column, ore in enumerate(parts, 2):
            sheet.kronor(row, column, ore)
        sheet.sum_of_row(row, due, 3, due_ore)
        sheet.kronor(row, due + 1, due_ore)
        sheet.check(row, due + 2, sheet.cell(row, due), sheet.cell(row, due + 1))
    closing = FIRST + len(rows)
    sheet.sum_row(closing, "Summa", columns=due + 3)
    for column, ores in enumerate(zip(*rows, strict=True), 2):
        sheet.sum_of_column(closing, column, sum(ores))
    if of.compared:
        _write_compared(sheet, of, closing + 2)


def _write_compared(sheet: Sheet, of: Figures, head: int) -> None:
    sheet.head_row(head, ("", "Aktivitet", "Budget", "Utfall", "Avvikelse"), texts=2)
    for row, line in enumerate(of.compared, head + 1):
        sheet.text(row, 1, line.activity)
        for column, ore in enumerate((line.budget_ore, line.outcome_ore, line.difference_ore), 2):
            sheet.kronor(row, column, ore)
