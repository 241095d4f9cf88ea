"""A sheet of a workbook: its title, its frozen heads, amounts as numbers, sums that check.

Rows and columns count from 0. Amounts come in öre and are written in kronor.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

A4 = 9
HEAD = 3  # the row of a table's heads; title and period stand above
FIRST = HEAD + 1
LONGEST_FOOTER = 100
CHECK = "Kontroll, ska vara 0"
# Excel shows them with the signs of its reader: in Swedish 1 400 000,50 and 4,194 %.
KRONOR, WHOLE, PERCENT, DAY = "#,##0.00", "#,##0", r"0.000\ %", "yyyy-mm-dd"
ON_TOP = {"valign": "top"}
HEADED = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
SUMMED = {"bold": True, "top": 1}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": HEADED,
    "figure_head": HEADED | {"align": "right"},
    "text": ON_TOP | {"text_wrap": True},
    "unwrapped": {},
    "fraction": {"align": "right"},
    "kronor": ON_TOP | {"num_format": KRONOR},
    "whole": ON_TOP | {"num_format": WHOLE},
    "percent": ON_TOP | {"num_format": PERCENT},
    "day": {"num_format": DAY, "align": "left"},
    "sum_text": SUMMED,
    "sum": SUMMED | {"num_format": KRONOR},
    "sum_whole": SUMMED | {"num_format": WHOLE},
    "check_text": {"italic": True},
    "check": {"italic": True, "num_format": KRONOR},
    "wrong": {"bold": True, "bg_color": "#F4C7C3"},
}


class Sheet:
    """Kalkylblad: one sheet of a workbook, in A4 landscape, as wide as its columns."""

    def __init__(self, book: Any, name: str, title: str, period: str, styles: Mapping[str, Any]):
        self.name = name
        self._styles = styles
        self._sheet = book.add_worksheet(name)
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        # An ampersand begins a code in a footer; two are one.
        footer = title[:LONGEST_FOOTER].replace("&", "&&")
        self._sheet.set_footer(f"&L{footer}&RSida &P (&N)")
        self._sheet.write_string(0, 0, title, styles["title"])
        self._sheet.write_string(1, 0, f"{name}. Avser {period}. Belopp i kronor.")

    def heads(self, heads: Sequence[tuple[str, int]], *, texts: int, keep: int = 0) -> None:
        """Write a table's heads with the widths of their columns; they stay on screen and paper.

        The first `texts` columns hold text, the others figures; the first `keep` stay on screen.
        """
        for column, (_, width) in enumerate(heads):
            self._sheet.set_column(column, column, width)
        self.head_row(HEAD, [head for head, _ in heads], texts=texts)
        self._sheet.freeze_panes(FIRST, keep)
        self._sheet.repeat_rows(HEAD)

    def head_row(self, row: int, heads: Sequence[str], *, texts: int) -> None:
        """Write heads of a table, the first `texts` of them over text, the others over figures."""
        for column, head in enumerate(heads):
            self.text(row, column, head, "head" if column < texts else "figure_head")

    def sum_row(self, row: int, name: str, columns: int) -> None:
        """Rule off a table and name the row of its sums, which are written after it."""
        for column in range(columns):
            self.text(row, column, name if column == 1 else "", "sum_text")

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """Write a text as text, whatever it begins with."""
        self._sheet.write_string(row, column, text, self._styles[style])

    def number(self, row: int, column: int, number: float, style: str = "whole") -> None:
        """Write a number that is no amount."""
        self._sheet.write_number(row, column, number, self._styles[style])

    def kronor(self, row: int, column: int, ore: int) -> None:
        """Write an amount of öre in kronor."""
        self._sheet.write_number(row, column, ore / 100, self._styles["kronor"])

    def day(self, row: int, column: int, on: date) -> None:
        """Write a day."""
        self._sheet.write_datetime(row, column, datetime.combine(on, time()), self._styles["day"])

    def sum_of_row(self, row: int, column: int, first: int, ore: int) -> None:
        """Write the sum of the amounts from a column to the one before this."""
        self._formula(row, column, f"SUM({xl_range(row, first, row, column - 1)})", ore, "kronor")

    def sum_of_column(self, row: int, column: int, ore: int) -> None:
        """Write the sum of the amounts above, from the first row of the table."""
        self._formula(row, column, f"SUM({xl_range(FIRST, column, row - 1, column)})", ore, "sum")

    def count_of_column(self, row: int, column: int, whole: int) -> None:
        """Write the sum of the whole numbers above, from the first row of the table."""
        rows = xl_range(FIRST, column, row - 1, column)
        self._sheet.write_formula(row, column, f"=SUM({rows})", self._styles["sum_whole"], whole)

    def taken_over(self, row: int, column: int, cell: str, ore: int) -> None:
        """Write the amount that stands in another cell."""
        self._formula(row, column, cell, ore, "kronor")

    def check(self, row: int, column: int, first: str, *others: str) -> None:
        """Write what is left of one cell less others: 0, or in red what is wrong."""
        formula = f"ROUND({'-'.join((first, *others))},2)"
        self._formula(row, column, formula, 0, "check")
        self._sheet.conditional_format(
            row, column, row, column,
            {"type": "cell", "criteria": "!=", "value": 0, "format": self._styles["wrong"]},
        )  # fmt: skip

    def cell(self, row: int, column: int) -> str:
        """Return the name of a cell, as formulas of any sheet write it."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column)}"

    def _formula(self, row: int, column: int, formula: str, ore: int, style: str) -> None:
        # With its value: a reader that does not calculate would show 0.
        self._sheet.write_formula(row, column, f"={formula}", self._styles[style], ore / 100)
