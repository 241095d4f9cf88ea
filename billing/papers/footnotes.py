"""Footnotes of the table of costs: which mark stands where, and what it says.

A note that brings its own mark, such as "** Kostnad som regionen har", keeps it, as the document
had it. Other notes get ¹ ², the same note the same mark.
"""

import re
from collections.abc import Iterable

from billing.papers.figures import PrintedLine

METHOD_MARK = "*"  # of the municipalities' column: how they share it
OWN_MARK = re.compile(r"(\*{1,4})\s+(.+)", re.DOTALL)
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def marked(lines: Iterable[PrintedLine]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the mark of each line by its number, and the text of each mark, in printed order.

    Lines without a mark are left out; what a line without amounts has to say stands in the table.
    """
    marks: dict[int, str] = {}
    texts: dict[str, str] = {}
    for line in lines:
        if line.note and line.has_amount:
            own, text = _parted(line.note)
            marks[line.number] = _mark(own, text, texts)
            texts[marks[line.number]] = text
    return marks, texts


def is_own(mark: str) -> bool:
    """Tell whether a mark came with its note, and so belongs to an amount."""
    return mark.startswith("*")


def _parted(note: str) -> tuple[str, str]:
    match = OWN_MARK.fullmatch(note.strip())
    return (match[1], match[2]) if match else ("", note.strip())


def _mark(own: str, text: str, texts: dict[str, str]) -> str:
    if own and own != METHOD_MARK and texts.get(own, text) == text:
        return own
    same = [mark for mark, said in texts.items() if said == text]
    return same[0] if same else _next(texts)


def _next(texts: dict[str, str]) -> str:
    return str(1 + sum(not is_own(mark) for mark in texts)).translate(RAISED)
