"""Population: who has how many inhabitants on a day, checked before anybody pays by it.

A municipality's code is the first two digits of its county and two more. Where a file says what a
county has in all, its municipalities must sum to that: published tables have been off by dozens.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from billing import amounts, files
from billing.amounts import BadAmount
from billing.files import BadFile, Row

COLUMNS = ("kommunkod", "kommun", "folkmängd")
REALM = "00"

# How many municipalities each county has, 290 in all, since Heby moved to Uppsala län in 2007.
MUNICIPALITIES_OF = {
    "01": 26, "03": 8, "04": 9, "05": 13, "06": 13, "07": 8, "08": 12, "09": 1, "10": 5, "12": 33,
    "13": 6, "14": 49, "17": 16, "18": 12, "19": 10, "20": 15, "21": 10, "22": 7, "23": 8, "24": 15,
    "25": 14,
}  # fmt: skip


@dataclass(frozen=True)
class Population:
    """Folkmängd: inhabitants by municipality, and what the source says of counties and realm."""

    inhabitants: Mapping[str, int]
    names: Mapping[str, str]
    counties: Mapping[str, int]


@dataclass(frozen=True)
class Snapshot:
    """Ögonblicksbild: the population of a day as a source gave it, with the hash of the answer."""

    on: date
    source: str
    sha256: str
    population: Population


def snapshot(content: bytes, *, on: date, source: str) -> Snapshot:
    """Return the snapshot of a CSV file; raise BadFile as `read`."""
    return Snapshot(on, source, hashlib.sha256(content).hexdigest(), read(content))


def read(content: bytes) -> Population:
    """Return the population of a CSV file, whose sums have been checked.

    Its head is kommunkod;kommun;folkmängd. A code of two digits is a county's sum, 00 the realm's.

    :raises BadFile: if a row cannot be, a code stands twice, nobody stands there, or a sum is wrong
    """
    inhabitants: dict[str, int] = {}
    names: dict[str, str] = {}
    for row in files.rows(content, COLUMNS):
        code = _code(row)
        if code in inhabitants:
            raise row.refuse(f"kommunkoden {code} står redan i filen. Ta bort en av raderna.")
        inhabitants[code] = _inhabitants(row, code)
        names[code] = row.cells["kommun"] or code
    counties = {code: inhabitants.pop(code) for code in list(inhabitants) if len(code) == 2}
    if not inhabitants:
        raise BadFile("Ingen kommun står i filen. Skriv en rad för varje kommun.")
    population = Population(
        dict(sorted(inhabitants.items())), {code: names[code] for code in sorted(names)}, counties
    )
    refuse_wrong_sums(population)
    return population


def refuse_wrong_sums(population: Population) -> None:
    """Raise BadFile where municipalities do not sum to what the source says of their county."""
    for county, stated in sorted(population.counties.items()):
        found = sum(
            count for code, count in population.inhabitants.items() if county in {REALM, code[:2]}
        )
        if found != stated:
            raise BadFile(
                f"Kommunerna i {population.names.get(county, county)} ({county}) har tillsammans "
                f"{amounts.thousands(found)} invånare, men källan anger "
                f"{amounts.thousands(stated)}. Hämta tabellen på nytt eller rätta den rad som är "
                f"fel."
            )


def refuse_incomplete(
    population: Population, counties: Collection[str] = tuple(MUNICIPALITIES_OF)
) -> None:
    """Raise BadFile where a municipality of the counties is missing, or their sum is not stated."""
    for county in sorted(counties):
        wanted = MUNICIPALITIES_OF[county]
        found = sum(code.startswith(county) for code in population.inhabitants)
        if found != wanted:
            raise BadFile(
                f"Län {county} har {found} kommuner i filen och ska ha {wanted}. Lägg till dem som "
                f"saknas eller ta bort dem som är för många."
            )
        if county not in population.counties:
            raise BadFile(
                f"Länets egen summa för {county} saknas, så folkmängden går inte att kontrollera. "
                f"Lägg till raden för länet."
            )


def _code(row: Row) -> str:
    code = row.cells["kommunkod"]
    is_county = code == REALM or code in MUNICIPALITIES_OF
    if not (code.isascii() and code.isdigit() and (is_county or len(code) == 4)):
        raise row.refuse(
            f"kommunkoden kan inte vara ”{code}”. Skriv fyra siffror, som 2380 (eller länets två). "
            f"Excel tar bort nollor i början: spara kolumnen som text."
        )
    return code


def _inhabitants(row: Row, code: str) -> int:
    text = row.cells["folkmängd"]
    if not text:
        raise row.refuse(f"folkmängden saknas för {code}. Skriv antalet invånare.")
    try:
        return amounts.number(text)
    except BadAmount as error:
        raise row.refuse(f"folkmängden för {code}: {error}") from None
