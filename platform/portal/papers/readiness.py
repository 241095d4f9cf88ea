"""The board of readiness for a steering group: a tagged PDF, and a workbook to sort and filter.

Both are Swedish in every language of the pages, and name whom a huvudman has named as its contact.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone, translation

from billing.papers.pdf import pdf
from care.inbox.readiness import Joining, UnitReady
from care.law import calendar
from portal import cells, onboarding, parties
from portal.cells import Cell
from portal.onboarding import Change, Row
from portal.papers.marks import mark
from tenants.onboarding import State, Step

Region = tuple[str, tuple[UnitReady, ...]] | None

TITLE = "Beredskapstavla"
NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001 - the first day that a zip archive can name
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
HEADED = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
TEXT = {"text_wrap": True, "valign": "top"}
FILLS = {"success": "#D8F0DE", "info": "#DCEBF7", "danger": "#F4C7C3"}
STEP_HEADS = (
    ("Delregion", 22), ("Kommun", 24), ("Steg", 22), ("Läge", 12), ("Flagga", 12),
    ("Ansvarig", 22), ("Klart senast", 13), ("Varför stoppat", 36), ("Underlag", 36),
    ("Antecknat av", 22), ("Antecknat", 13),
)  # fmt: skip
EXPERT_HEADS = (
    ("Kommun", 24), ("Område", 30), ("Efterfrågat", 50), ("Svar", 14), ("Vem eller varför", 40),
)  # fmt: skip
UNIT_HEADS = (("Huvudman", 24), ("Enhet", 30), ("Startdatum", 13), ("Teknisk kontroll", 24))
MOVED_HEADS = (
    ("Kommun", 24), ("Steg", 22), ("Ändring", 50), ("Av", 22), ("När", 18), ("Anteckning", 50),
)  # fmt: skip


def paper(
    everybody: Sequence[Joining], *, owner: str, region: Region, since: datetime, at: datetime
) -> bytes:
    """Return the board as a PDF: the huvudmän by delregion, and what has moved since a moment.

    :param region: the county's region and its units, of which some may be in a pilot
    """
    with translation.override("sv"):
        groups = onboarding.board(everybody, at=at)
        content = {
            "title": TITLE,
            "owner": owner,
            "on": calendar.written(calendar.local_date(at)),
            "since": calendar.written(calendar.local_date(since)),
            "counts": " ".join(f"{name}: {many}." for name, _, many in onboarding.counts(groups)),
            "steps": [onboarding.title(it) for it in Step],
            "groups": [
                {
                    "name": group.name or "Ingen delregion",
                    "rows": [
                        {
                            "name": row.name,
                            "start": row.start,
                            "cells": [_cell(it) for it in row.cells],
                        }
                        for row in group.rows
                    ],
                }
                for group in groups
            ],
            "beside_heads": [str(it) for it in cells.BESIDE],
            "beside": [_beside(row) for group in groups for row in group.rows],
            "region": _pilot(region, at),
            "experts": [list(it) for it in _experts(everybody, at)],
            "moved": [_moved(it) for it in onboarding.moved(everybody, since=since, at=at)],
        }
    return pdf(
        "readiness.typ",
        content,
        verbatim={},
        on=calendar.local_date(at),
        folder="portal.papers",
        mark=mark(),
    )


def workbook(
    everybody: Sequence[Joining], *, region: Region, since: datetime, at: datetime
) -> bytes:
    """Return the board as an Excel file: the board, steps, experts and units, and what has moved.

    :param region: as of `paper`
    """
    written = BytesIO()
    book = xlsxwriter.Workbook(written, OPTIONS)
    book.set_properties({"title": TITLE, "created": NO_DAY})
    styles = {
        "head": book.add_format(HEADED),
        "text": book.add_format(TEXT),
        "day": book.add_format(TEXT | {"num_format": "yyyy-mm-dd", "align": "left"}),
        **{it: book.add_format(TEXT | {"bg_color": fill}) for it, fill in FILLS.items()},
    }
    with translation.override("sv"):
        _write_board(book.add_worksheet(TITLE), styles, everybody, at)
        _write_steps(book.add_worksheet("Steg"), styles, everybody, at)
        _write_rows(
            book.add_worksheet("Ämnesexperter"), styles, EXPERT_HEADS, _experts(everybody, at)
        )
        _write_units(book.add_worksheet("Enheter"), styles, everybody, region, at)
        changes = onboarding.moved(everybody, since=since, at=at)
        _write_moved(book.add_worksheet("Ändringar"), styles, changes, since)
    book.close()
    return written.getvalue()


def _cell(cell: Cell) -> dict[str, Any]:
    state = f"{cell.state}, {cell.flag.lower()}" if cell.flag else cell.state
    lines = [it for it in (cell.who, cell.due) if it]
    return {"state": state, "weighs": cell.is_flagged, "lines": lines}


def _beside(row: Row) -> list[str]:
    told = [_cell(it) for _, it in row.beside]
    said = ["\n".join([it["state"], *it["lines"]]) for it in told]
    return [row.name, *said, "; ".join(row.waves) or row.start]


def _pilot(region: Region, at: datetime) -> str:
    """Return which of the region's units start when, or nothing where no day is told."""
    if region is None:
        return ""
    host, units = region
    told = onboarding.units([it for it in units if it.starts_on], None, at=at)
    if not told:
        return ""
    return f"{parties.name(host)}: " + "; ".join(f"{name} {on}" for name, on, _ in told) + "."


def _experts(everybody: Sequence[Joining], at: datetime) -> list[tuple[str, ...]]:
    return [
        (
            parties.name(joining.standing.tenant),
            it.label,
            it.asked,
            ", ".join(text.lower() for text in (it.cell.state, it.cell.flag) if text),
            " ".join(text for text in (it.cell.who, it.note) if text),
        )
        for joining in everybody
        for it in onboarding.experts(joining, at=at, asks=False)
    ]


def _moved(it: Change) -> list[str]:
    text = f"{it.text}. {it.note}" if it.note else it.text
    return [it.name, it.step, text, f"{it.by}, {it.when}"]


def _write_board(
    sheet: Any, styles: dict[str, Any], everybody: Sequence[Joining], at: datetime
) -> None:
    heads = [("Delregion", 22), ("Kommun", 24), *((onboarding.title(it), 20) for it in Step)]
    heads += [(str(it), 20) for it in cells.BESIDE]
    _head(sheet, styles, [*heads, ("Startdatum", 13)], keep=2)
    rows = ((group, row) for group in onboarding.board(everybody, at=at) for row in group.rows)
    starts = {it.standing.tenant: it.standing.start_on for it in everybody}
    for number, (group, row) in enumerate(rows, 1):
        sheet.write_string(number, 0, group.name, styles["text"])
        sheet.write_string(number, 1, row.name, styles["text"])
        for column, cell in enumerate((*row.cells, *(it for _, it in row.beside)), 2):
            told = _cell(cell)
            style = styles["danger"] if cell.is_flagged else styles.get(cell.color, styles["text"])
            sheet.write_string(number, column, "\n".join([told["state"], *told["lines"]]), style)
        _day(sheet, styles, number, len(heads), starts[row.tenant])


def _write_steps(
    sheet: Any, styles: dict[str, Any], everybody: Sequence[Joining], at: datetime
) -> None:
    _head(sheet, styles, STEP_HEADS, keep=3)
    told = ((it, onboarding.shown(it, step, at=at)) for it in everybody for step in Step)
    for number, (joining, shown) in enumerate(told, 1):
        entry = shown.told.entry if shown.told else None
        stopped = entry is not None and entry.state is State.STOPPED
        texts = {
            0: joining.standing.opened.delregion,
            1: parties.name(joining.standing.tenant),
            2: shown.title,
            3: shown.cell.state,
            4: shown.cell.flag,
            5: shown.cell.who,
            7: entry.reason if entry and stopped else "",
            8: entry.evidence if entry else "",
            9: shown.told.by if shown.told else "",
        }
        for column, text in texts.items():
            sheet.write_string(number, column, text, styles["text"])
        _day(sheet, styles, number, 6, entry.due_on if entry else None)
        _day(sheet, styles, number, 10, timezone.localdate(shown.told.at) if shown.told else None)
    sheet.autofilter(0, 0, len(everybody) * len(Step), len(STEP_HEADS) - 1)


def _write_units(
    sheet: Any,
    styles: dict[str, Any],
    everybody: Sequence[Joining],
    region: Region,
    at: datetime,
) -> None:
    _head(sheet, styles, UNIT_HEADS, keep=2)
    rows = [
        (it.standing.tenant, unit, unit.starts_on or it.standing.start_on)
        for it in everybody
        for unit in it.units
    ]
    if region is not None:
        rows += [(region[0], unit, unit.starts_on) for unit in region[1]]
    for number, (tenant, unit, starts_on) in enumerate(rows, 1):
        sheet.write_string(number, 0, parties.name(tenant), styles["text"])
        sheet.write_string(number, 1, unit.name, styles["text"])
        _day(sheet, styles, number, 2, starts_on)
        sheet.write_string(number, 3, cells.check(unit, at=at).state, styles["text"])


def _write_rows(
    sheet: Any,
    styles: dict[str, Any],
    heads: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
) -> None:
    _head(sheet, styles, heads, keep=2)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, styles["text"])


def _write_moved(
    sheet: Any, styles: dict[str, Any], changes: Sequence[Change], since: datetime
) -> None:
    _head(sheet, styles, MOVED_HEADS, keep=1)
    for number, it in enumerate(changes, 1):
        for column, text in enumerate((it.name, it.step, it.text, it.by, it.when, it.note)):
            sheet.write_string(number, column, text, styles["text"])
    said = f"Ändrat sedan {calendar.written(calendar.local_date(since))}."
    sheet.write_string(len(changes) + 2, 0, said)


def _head(
    sheet: Any, styles: dict[str, Any], heads: Sequence[tuple[str, int]], *, keep: int
) -> None:
    """Write the heads of a sheet in A4 landscape; they and the first columns stay on screen."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, keep)
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, styles["head"])


def _day(sheet: Any, styles: dict[str, Any], row: int, column: int, on: date | None) -> None:
    if on is not None:
        sheet.write_datetime(row, column, datetime.combine(on, time()), styles["day"])
