"""The tables and the chart of the board's paper: each figure as the text that is printed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from billing.papers import footnotes, swedish, wording
from billing.papers.figures import Figures, PrintedLine, PrintedShare

# Amounts of so many signs that fit on a row beside the name of a municipality.
UPRIGHT, SIDEWAYS, SIGNS = 5, 9, len("9 999 999,99")
LONGEST_HEAD = 44
BARS_ON_A_PAGE = 50

Content = dict[str, Any]
Formatted = Callable[[int], str]
T = TypeVar("T")


def costs(of: Figures) -> Content:
    """Return the table of costs: what all, the region and the municipalities pay of each line."""
    marks, texts = footnotes.marked(of.lines)
    amount = _format(of.lines)
    sums = (of.total_ore, of.region_ore, of.municipalities_ore)
    notes = {footnotes.METHOD_MARK: wording.shared_by(of), **texts}
    return {
        "rows": [_row(line, marks.get(line.number, ""), amount) for line in of.lines],
        "sums": [amount(it) for it in sums],
        "method_mark": footnotes.METHOD_MARK,
        "footnotes": [{"mark": mark, "text": notes[mark]} for mark in _in_order(notes)],
    }


def shares(of: Figures) -> Content:
    """Return what each municipality pays, with its inhabitants and its part of the whole."""
    return {
        "rows": [
            {
                "code": it.code,
                "name": it.name,
                "figures": [
                    swedish.number(it.inhabitants),
                    _percent(it),
                    swedish.kronor(it.share_ore),
                    swedish.kronor(it.per_inhabitant_ore),
                ],
            }
            for it in of.shares
        ],
        "sums": [
            swedish.number(of.inhabitants),
            "100" if of.municipalities_ore else swedish.NOTHING,
            swedish.kronor(of.municipalities_ore),
            swedish.kronor(of.per_inhabitant_ore),
        ],
    }


def charts(of: Figures) -> list[Content]:
    """Return the bars of what each municipality pays, the longest first, page by page."""
    longest = max((abs(it.share_ore) for it in of.shares), default=0)
    if not longest:
        return []
    ordered = sorted(of.shares, key=lambda it: (-it.share_ore, it.code))
    most, least = ordered[0], ordered[-1]
    tells = (
        f"Stapeldiagram över kommunernas del i kronor. Störst är {most.name} med"
        f" {swedish.kronor(most.share_ore)} och minst {least.name} med"
        f" {swedish.kronor(least.share_ore)}. Alla siffror står i tabellen ovanför."
    )
    return [
        {
            "tells": tells,
            "bars": [
                {
                    "name": it.name,
                    "text": swedish.kronor(it.share_ore),
                    "length": abs(it.share_ore) / longest,
                }
                for it in page
            ],
        }
        for page in _pages(ordered, BARS_ON_A_PAGE)
    ]


def compared(of: Figures) -> Content | None:
    """Return budget and outcome of each activity; None where no budget is followed."""
    if not of.compared:
        return None
    lines = [*of.compared, of.together]
    figures = [
        [
            swedish.kronor(it.budget_ore),
            swedish.kronor(it.outcome_ore),
            swedish.signed(it.difference_ore),
        ]
        for it in lines
    ]
    return {
        "says": wording.follows(of),
        "rows": [[it.activity, *texts] for it, texts in zip(of.compared, figures, strict=False)],
        "sums": figures[-1],
    }


def balances(of: Figures) -> Content | None:
    """Return what each municipality has to pay or gets back; None where it is its share."""
    if not of.balances:
        return None
    return {
        "says": wording.settled(of),
        "heads": ["Andel", "Överfört", "Fakturerat", "Att betala"],
        "rows": [
            [
                of.name(it.code),
                swedish.kronor(it.share_ore),
                swedish.signed(it.carried_ore),
                swedish.kronor(it.invoiced_ore),
                swedish.signed(it.due_ore),
            ]
            for it in of.balances
        ],
        "sums": [
            swedish.kronor(sum(it.share_ore for it in of.balances)),
            swedish.signed(sum(it.carried_ore for it in of.balances)),
            swedish.kronor(sum(it.invoiced_ore for it in of.balances)),
            swedish.signed(sum(it.due_ore for it in of.balances)),
        ],
    }


def at_once(of: Figures) -> Content | None:
    """Return who would pay another amount if the sum were split once; None: it cannot be."""
    says = wording.at_once(of)
    if says is None:
        return None
    return {
        "says": says,
        "rows": [
            [
                it.name,
                swedish.kronor(it.share_ore),
                swedish.kronor(it.share_ore + it.more_at_once_ore),
                swedish.kronor(it.more_at_once_ore),
            ]
            for it in of.differing_at_once
        ],
    }


def appendix(of: Figures) -> Content:
    """Return what each municipality pays of each line, in as many tables as the paper needs."""
    lines = of.shared_lines
    longest = max(SIGNS, len(swedish.kronor(of.municipalities_ore)))
    upright, sideways = (columns * SIGNS // longest for columns in (UPRIGHT, SIDEWAYS))
    is_upright = len(lines) < upright
    pages = [_matrix(of, page) for page in _pages(lines, (sideways, upright)[is_upright] - 1)]
    if pages:
        # Only the last one closes the rows: a sum of some lines would be taken for the share.
        _close(of, pages[-1])
    return {"is_upright": is_upright, "pages": pages}


def _in_order(marks: Mapping[str, str]) -> list[str]:
    return sorted(marks, key=lambda mark: (not footnotes.is_own(mark), len(mark)))


def _format(lines: Sequence[PrintedLine]) -> Formatted:
    """Return how amounts are written: without decimals where every line is whole kronor."""
    whole = all(ore % 100 == 0 for it in lines for ore in (it.region_ore, it.municipalities_ore))
    return swedish.whole_kronor if whole else swedish.kronor


def _row(line: PrintedLine, mark: str, amount: Formatted) -> Content:
    by_amount = footnotes.is_own(mark)
    parts = (line.region_ore, line.municipalities_ore)
    sole = parts.index(line.total_ore) if line.total_ore in parts else None
    cells = [amount(it) if it else swedish.NOTHING for it in (line.total_ore, *parts)]
    # The mark stands at the amount that it speaks of: the only one, else the total.
    at = 0 if sole is None else 1 + sole
    return {
        "number": str(line.number),
        "activity": line.activity,
        "mark": "" if by_amount else mark,
        "amounts": [
            {"text": text, "mark": mark if by_amount and column == at else ""}
            for column, text in enumerate(cells)
        ],
        "instead": "" if line.has_amount else _instead(line),
    }


def _instead(line: PrintedLine) -> str:
    if line.is_unknown:
        return f"{wording.UNKNOWN}. {line.note}".strip()
    return line.note or swedish.NOTHING


def _percent(share: PrintedShare) -> str:
    return swedish.NOTHING if share.of_whole is None else swedish.percent(share.of_whole)


def _matrix(of: Figures, lines: Sequence[PrintedLine]) -> Content:
    return {
        "lines": [{"number": str(it.number), "activity": _short(it.activity)} for it in lines],
        "heads": [],
        "rows": [
            [it.name, *(swedish.kronor(line.shares_ore.get(it.code, 0)) for line in lines)]
            for it in of.shares
        ],
        "sums": [swedish.kronor(line.municipalities_ore) for line in lines],
    }


def _close(of: Figures, matrix: Content) -> None:
    matrix["heads"].append("Alla rader")
    for row, share in zip(matrix["rows"], of.shares, strict=True):
        row.append(swedish.kronor(share.share_ore))
    matrix["sums"].append(swedish.kronor(of.municipalities_ore))


def _short(activity: str) -> str:
    if len(activity) <= LONGEST_HEAD:
        return activity
    return activity[:LONGEST_HEAD].rsplit(" ", 1)[0].rstrip(" ,.–-") + " …"


def _pages(of: Sequence[T], size: int) -> list[Sequence[T]]:
    return [of[start : start + size] for start in range(0, len(of), size)]
