"""The table of costs of a joint project, as the parties have it in their document, split by line.

Each line says what the region pays and what the municipalities pay together. Their part of each
line is split by itself, so that every row and every column adds up and an invoice ties to its
lines. Splitting the sum at once instead moves single öre between municipalities.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from billing import allocation, amounts, files, methods
from billing.allocation import Shares
from billing.amounts import BadAmount
from billing.files import BadFile, Row
from billing.methods import NO_PARAMETERS, Basis, Parameters

COLUMNS = ("aktivitet", "totalt", "region", "kommuner", "anmärkning")
AMOUNTS = COLUMNS[1:4]
REGION = "REGION"
NOTHING = frozenset({"", "-", "–"})
SUMS = frozenset({"totalt", "summa"})


@dataclass(frozen=True)
class CostLine:
    """Kostnadsrad: an activity, and what region and municipalities pay for it, in öre.

    A text line says in its note who bears the cost, and has no amounts.
    """

    activity: str
    region_ore: int
    municipalities_ore: int
    note: str
    is_text: bool

    @property
    def total_ore(self) -> int:
        """Return what all pay together."""
        return self.region_ore + self.municipalities_ore


@dataclass(frozen=True)
class AllocatedLine:
    """Fördelad kostnadsrad: a line and what each party pays of it, in öre."""

    line: CostLine
    shares_ore: Mapping[str, int]


@dataclass(frozen=True)
class AllocatedTable:
    """Fördelad kostnadstabell: the lines, the method, and what each party pays in all."""

    method_id: str
    lines: tuple[AllocatedLine, ...]
    shares_ore: Mapping[str, int]

    @property
    def region_ore(self) -> int:
        """Return what the region pays."""
        return self.shares_ore[REGION]

    @property
    def municipalities_ore(self) -> int:
        """Return what the municipalities pay together."""
        return self.total_ore - self.region_ore

    @property
    def total_ore(self) -> int:
        """Return what all pay together."""
        return sum(self.shares_ore.values())


def read(content: bytes) -> tuple[CostLine, ...]:
    """Return the lines of a CSV file with the head aktivitet;totalt;region;kommuner;anmärkning.

    A last row that is named Totalt or Summa is no line; it must be the sum of the lines.

    :raises BadFile: if an amount cannot be, a row does not add up, or there is no line
    """
    lines: list[CostLine] = []
    closing: Row | None = None
    for row in files.rows(content, COLUMNS):
        if closing is not None:
            raise row.refuse(
                f"raden står efter summan på rad {closing.line}. Flytta summan sist i filen."
            )
        line = _line(row)
        if row.cells["aktivitet"].lower().rstrip(":") in SUMS:
            closing = row
            _refuse_wrong_sum(row, line, lines)
        else:
            lines.append(line)
    if not lines:
        raise BadFile("Ingen kostnad står i filen. Skriv en rad för varje aktivitet.")
    return tuple(lines)


def allocate(
    lines: tuple[CostLine, ...],
    method_id: str,
    basis: Basis,
    parameters: Parameters = NO_PARAMETERS,
) -> AllocatedTable:
    """Return the table with the municipalities' part of each line split among them.

    :raises CannotAllocate: as `methods.parts_of`
    """
    allocated = tuple(
        AllocatedLine(
            line,
            methods.allocate(method_id, line.municipalities_ore, basis, parameters)
            | {REGION: line.region_ore},
        )
        for line in lines
    )
    return AllocatedTable(
        method_id, allocated, allocation.add(*(it.shares_ore for it in allocated))
    )


def allocate_at_once(
    lines: tuple[CostLine, ...],
    method_id: str,
    basis: Basis,
    parameters: Parameters = NO_PARAMETERS,
) -> Shares:
    """Return what each party would pay if the sum of the lines were split once, for comparison."""
    region_ore = sum(line.region_ore for line in lines)
    municipalities_ore = sum(line.municipalities_ore for line in lines)
    return methods.allocate(method_id, municipalities_ore, basis, parameters) | {REGION: region_ore}


def _line(row: Row) -> CostLine:
    activity = row.cells["aktivitet"]
    if not activity:
        raise row.refuse("aktiviteten saknas. Skriv vad kostnaden avser.")
    total, region, municipalities = (_amount(row, column) for column in AMOUNTS)
    if total is None and (region is not None or municipalities is not None):
        raise row.refuse("totalt saknas. Skriv summan av region och kommuner.")
    line = CostLine(
        activity, region or 0, municipalities or 0, row.cells["anmärkning"], total is None
    )
    if line.total_ore != (total or 0):
        raise row.refuse(
            f"totalt är {amounts.kronor(total or 0)}, men region och kommuner är tillsammans "
            f"{amounts.kronor(line.total_ore)}. Rätta den uppgift som är fel."
        )
    return line


def _amount(row: Row, column: str) -> int | None:
    text = row.cells[column]
    if text in NOTHING:
        return None
    try:
        return amounts.ore(text)
    except BadAmount as error:
        belongs = " En text hör hemma under anmärkning." if any(map(str.isalpha, text)) else ""
        raise row.refuse(f"{column}: {error}{belongs}") from None


def _refuse_wrong_sum(row: Row, closing: CostLine, lines: list[CostLine]) -> None:
    region = sum(line.region_ore for line in lines)
    municipalities = sum(line.municipalities_ore for line in lines)
    if (closing.region_ore, closing.municipalities_ore) != (region, municipalities):
        raise row.refuse(
            f"raderna är tillsammans {amounts.kronor(region)} för regionen och "
            f"{amounts.kronor(municipalities)} för kommunerna, inte vad summan säger. Rätta den "
            f"rad som är fel."
        )
