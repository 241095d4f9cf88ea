"""Values of each municipality, as somebody has written them or pasted them from a spreadsheet.

One on each line: "2380; Östersund; 48,2", "Östersund 48,2" or "2380", a tab and "48,2". Who it is
may be told by the code, the name, or both; what the value is, its reader says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from billing.allocation import CannotAllocate
from billing.amounts import BadAmount

K = TypeVar("K")
V = TypeVar("V")
SEPARATOR = re.compile(r"[;\t]")
OFFICIAL = re.compile(r"\s+(?:kommun|stad)$")


class BadText(Exception):
    """A text that gives no values; the message is Swedish, names the line and what to do."""

    def __init__(self, text: str, *, line: int | None = None) -> None:
        super().__init__(text if line is None else f"rad {line}: {text}")
        self.line = line


def by_code(text: str, names: Mapping[str, str], read: Callable[[str], V]) -> dict[str, V]:
    """Return the values by the codes of who they belong to; empty lines are passed over.

    :param names: the names by the codes; "Östersund" is found where it is "Östersunds kommun"
    :param read: turns a text into a value, or raises BadAmount or CannotAllocate
    :raises BadText: if a line names nobody, or two, or somebody again, or its value cannot be read
    """
    known = _known(names)
    found: dict[str, V] = {}
    for line, cells in _lines(text):
        code, value = _parted(cells, known, line) if len(cells) > 1 else _begun(cells[0], known)
        if not code:
            raise BadText(
                f"”{cells[0]}” är ingen av kommunerna. Börja raden med kommunens kod eller namn,"
                " och ta bort rubriker och summor.",
                line=line,
            )
        if code in found:
            raise BadText(f"{names[code]} står redan. Ta bort en av raderna.", line=line)
        if not value:
            raise BadText(f"värdet saknas för {names[code]}. Skriv det sist på raden.", line=line)
        found[code] = _read(value, read, line)
    return found


def of_everybody(found: Mapping[str, V], names: Mapping[str, str]) -> dict[str, V]:
    """Return the values of all by their codes in order.

    :raises BadText: if somebody has none
    """
    missing = ", ".join(name for code, name in names.items() if code not in found)
    if missing:
        raise BadText(f"Värde saknas för {missing}. Skriv en rad för varje kommun.")
    return {code: found[code] for code in sorted(names)}


def pairs(text: str, first: Callable[[str], K], second: Callable[[str], V]) -> dict[K, V]:
    """Return pairs such as "10 000; 3 000", one on each line, the second by the first.

    :param first, second: each turns a text into a value, or raises BadAmount
    :raises BadText: if a line is no pair, cannot be read, or begins as one before
    """
    found: dict[K, V] = {}
    for line, cells in _lines(text):
        # Spaces part nothing here: "5 000" is one number.
        if len(cells) != 2:
            raise BadText("skriv två värden på raden, med semikolon emellan.", line=line)
        key = _read(cells[0], first, line)
        if key in found:
            raise BadText(f"{cells[0]} står redan. Ta bort en av raderna.", line=line)
        found[key] = _read(cells[1], second, line)
    return found


def written(values: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return values as lines that `by_code` reads; who has none gets a line to fill in."""
    return "\n".join(f"{code}; {name}; {values.get(code, '')}" for code, name in names.items())


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each line that holds any, without the empty ones at its end."""
    for line, told in enumerate(text.splitlines(), start=1):
        cells = [it.strip() for it in SEPARATOR.split(told)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, cells


def _read(text: str, read: Callable[[str], V], line: int) -> V:
    try:
        return read(text)
    except (BadAmount, CannotAllocate) as bad:
        raise BadText(str(bad), line=line) from None


def _known(names: Mapping[str, str]) -> dict[str, str]:
    """Return the codes by all that may be written for them, in small letters."""
    known = {code.casefold(): code for code in names}
    for code, name in names.items():
        short = OFFICIAL.sub("", name.casefold())
        for it in (name.casefold(), short, short.removesuffix("s")):
            known.setdefault(" ".join(it.split()), code)
    return known


def _parted(cells: list[str], known: Mapping[str, str], line: int) -> tuple[str, str]:
    *first, last = cells
    codes = list(dict.fromkeys(filter(None, (_named(it, known) for it in first))))
    if len(codes) > 1:
        raise BadText(f"{' och '.join(first)} är inte samma kommun. Rätta raden.", line=line)
    if not codes:
        return "", ""
    # "2380; Östersund" is no value of Östersund; "Östersund; 2380" is one.
    is_name = not last.isdigit() and " ".join(last.casefold().split()) in known
    return codes[0], "" if is_name else last


def _named(cell: str, known: Mapping[str, str]) -> str:
    """Return who a cell names by code, name or both; empty where it says anything else."""
    code, rest = _begun(cell, known)
    return "" if rest else code


def _begun(told: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Return who a line without separators begins with, by code, name or both, and the rest."""
    code, rest = "", " ".join(told.split())
    for _ in range(2):
        who = max(
            (it for it in known if _begins(rest, it) and code in {"", known[it]}),
            key=len,
            default="",
        )
        # The name may follow the code; after the name comes the value, also if it looks like one.
        if not who or (code and who.isdigit()):
            break
        code, rest = known[who], rest[len(who) :].lstrip(" :=")
        if not who.isdigit():
            break
    return code, rest


def _begins(text: str, who: str) -> bool:
    return text.casefold().startswith(who) and text[len(who) : len(who) + 1] in {"", " ", ":", "="}
