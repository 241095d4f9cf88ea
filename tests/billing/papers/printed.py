"""Records and papers that the tests print, and what they read back."""

import io
import json
import random
from datetime import date
from typing import Any

import openpyxl
import pypdf
from openpyxl.workbook import Workbook

from billing import runs
from billing.papers.board import BoardPaper, Officer, board_paper
from billing.papers.workbook import workbook
from billing.periods import Period
from billing.population import Population, Snapshot
from billing.runs import Funded, Question, Record
from billing.table import CostLine
from tests.billing.test_runs import question

LINK2 = runs.record(question())


def changed(record: Record, **asked: Any) -> Record:
    """Return a record of the same question with some of it asked otherwise."""
    other = json.loads(json.dumps(record))
    other["asked"].update(asked)
    return runs.computed_again(other)


def invented(municipalities: int, *lines: Funded) -> Record:
    """Return a record of a county with so many invented municipalities."""
    chance = random.Random(municipalities)
    codes = [str(1401 + it) for it in range(municipalities)]
    names = {code: f"Kommun {number}" for number, code in enumerate(codes, 1)}
    inhabitants = {code: chance.randint(4_000, 60_000) for code in codes}
    population = Population(inhabitants=inhabitants, names=names, counties={})
    return runs.record(
        Question(
            title="Förvaltning av vårdinformationsmiljön 2027",
            period=Period(date(2027, 1, 1), date(2027, 12, 31)),
            lines=lines,
            names=names,
            region_name="Västra Götalandsregionen",
            snapshot=Snapshot(date(2026, 11, 1), "påhittad", "0" * 64, population),
        )
    )


def cost(number: int, *, note: str = "", **funded: Any) -> Funded:
    """Return a line that costs something, the same for the same number."""
    chance = random.Random(number)
    line = CostLine(
        activity=f"Delsystem {number} med support, drift och vidareutveckling",
        region_ore=chance.randint(0, 10**9),
        municipalities_ore=chance.randint(1, 10**9),
        note=note,
        is_text=False,
    )
    return Funded(line, **funded)


def paper_of(record: Record, **other: Any) -> BoardPaper:
    """Return what stands on a paper of a record."""
    stands: dict[str, Any] = {
        "board": "Gemensamma nämnden för samverkan",
        "officer": Officer("Karin Ek", "nämndsekreterare"),
        "on": date(2018, 5, 14),
        "diary_number": "GNS/2018:41",
        "proposals": ("Nämnden fastställer fördelningen.", "Regionen fakturerar kommunerna."),
        "summary": "Regionen och kommunerna inför LINK2.\n\nKommunerna delar efter folkmängd.",
        "record_sha256": runs.hash_of(record),
    }
    return BoardPaper(**(stands | other))


def printed(record: Record, **other: Any) -> bytes:
    """Return the PDF of a record."""
    return board_paper(record, paper_of(record, **other))


def reader_of(pdf: bytes) -> pypdf.PdfReader:
    """Return a PDF as it can be read."""
    return pypdf.PdfReader(io.BytesIO(pdf))


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, every kind of space as one space."""
    return [" ".join(it.extract_text().split()) for it in reader_of(pdf).pages]


def text_of(pdf: bytes) -> str:
    """Return the text of all pages."""
    return " ".join(pages_of(pdf))


def book_of(record: Record, *, values: bool = True) -> Workbook:
    """Return the workbook of a record, with the values or the formulas of its cells."""
    return openpyxl.load_workbook(io.BytesIO(workbook(record)), data_only=values)


def in_kronor(ore: int) -> str:
    """Return öre as the paper prints them, written here anew."""
    sign, whole, rest = "−" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100
    return f"{sign}{whole:,}".replace(",", " ") + f",{rest:02}"
