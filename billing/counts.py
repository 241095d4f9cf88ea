"""What has been counted at each municipality by somebody else, and is handed in as a file.

Users of the system, cases as sums, skattekraft: billing counts none of it and knows no case. A
count is of a day and a source and is never changed; what was wrong is handed in anew.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing import amounts, files
from billing.amounts import BadAmount
from billing.files import BadFile, Row
from billing.methods import COUNTED


class What(StrEnum):
    """Vad som är räknat; the names of `billing.methods.Basis`."""

    USERS = "users"
    CASES = "cases"
    TAX_CAPACITY_ORE = "tax_capacity_ore"


@dataclass(frozen=True)
class Count:
    """Räkning: what a source counted at each municipality on a day, with the hash of its file."""

    on: date
    source: str
    sha256: str
    counts: Mapping[str, int]  # by kommunkod; of skattekraft öre per inhabitant


def columns(what: str) -> tuple[str, str, str]:
    """Return the head of a file: of skattekraft kronor per inhabitant, else how many."""
    return ("kommunkod", "kommun", "skattekraft" if what == What.TAX_CAPACITY_ORE else "antal")


def count(content: bytes, *, what: str, on: date, source: str) -> Count:
    """Return what a CSV file counts, by its municipalities in the order of their codes.

    :raises BadFile: if a row cannot be, a code stands twice, or nobody stands there
    """
    found: dict[str, int] = {}
    for row in files.rows(content, columns(what)):
        code = _code(row)
        if code in found:
            raise row.refuse(f"kommunkoden {code} står redan i filen. Ta bort en av raderna.")
        found[code] = _counted(row, code, what)
    if not found:
        raise BadFile("Ingen kommun står i filen. Skriv en rad för varje kommun.")
    return Count(on, source, hashlib.sha256(content).hexdigest(), dict(sorted(found.items())))


def of_everybody(what: str, counts: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int]:
    """Return what is counted at every municipality by its code.

    :param names: the names of the municipalities by their codes
    :raises BadFile: if one is missing
    """
    missing = ", ".join(name for code, name in names.items() if code not in counts)
    if missing:
        raise BadFile(
            f"{COUNTED[what]} saknas för {missing}. Läs in en fil där alla kommuner i nämnden"
            " finns."
        )
    return {code: counts[code] for code in sorted(names)}


def _code(row: Row) -> str:
    code = row.cells["kommunkod"]
    if not (code.isascii() and code.isdigit() and len(code) == 4):
        raise row.refuse(
            f"kommunkoden kan inte vara ”{code}”. Skriv fyra siffror, som 2380. Excel tar bort"
            " nollor i början: spara kolumnen som text. Rader med summor tar du bort."
        )
    return code


def _counted(row: Row, code: str, what: str) -> int:
    column = columns(what)[-1]
    text = row.cells[column]
    if not text:
        raise row.refuse(f"{column} saknas för {code}. Skriv det; är det inget skriver du 0.")
    try:
        return amounts.ore(text) if what == What.TAX_CAPACITY_ORE else amounts.whole(text)
    except BadAmount as bad:
        raise row.refuse(f"{column} för {code}: {bad}") from None
