"""The population of 1 November out of an answer of Statistics Sweden's database.

SCB's table TAB1267, Folkmängden den 1 november, asked through version 2 of PxWeb's API, answers in
JSON-stat 2.0: dimensions with their codes, and the values of all cells in one row in which the last
dimension runs fastest. Nothing here fetches: who does keeps the bytes, whose hash stands in the
snapshot.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from typing import TypedDict

from billing import files, population
from billing.files import BadFile
from billing.periods import NOVEMBER
from billing.population import Population, Snapshot

SOURCE = "SCB, TAB1267, Folkmängden den 1 november"
ADVICE = (
    "Hämta TAB1267 på nytt som json-stat2, med åldern tot, könen 1 och 2, innehållet BE0101A9 och "
    "ett enda år."
)
# What may be summed without counting anybody twice: no total beside its parts.
SUMMABLE = {"Alder": (["tot"],), "Kon": (["1", "2"], ["1+2"]), "ContentsCode": (["BE0101A9"],)}
REGION = re.compile(r"[0-9]{2}(?:[0-9]{2})?")
YEAR = re.compile(r"20[0-9]{2}")


class _Category(TypedDict):
    index: dict[str, int] | list[str]
    label: dict[str, str]


class _Dimension(TypedDict):
    category: _Category


class _Answer(TypedDict):
    id: list[str]
    dimension: dict[str, _Dimension]
    value: list[int | None] | dict[str, int | None]


def snapshot(content: bytes) -> Snapshot:
    """Return the population that an answer gives, whose sums have been checked.

    Whether all municipalities are there is asked by `population.refuse_incomplete`.

    :raises BadFile: if it is no such answer, a cell is empty, or a sum is wrong
    """
    if len(content) > files.LARGEST:
        raise BadFile(f"Svaret från SCB är större än väntat. {ADVICE}")
    try:
        on, people = _read(json.loads(content))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadFile(f"Svaret från SCB går inte att läsa: {error}. {ADVICE}") from None
    population.refuse_wrong_sums(people)
    return Snapshot(on, SOURCE, hashlib.sha256(content).hexdigest(), people)


def _read(answer: _Answer) -> tuple[date, Population]:
    codes = {name: _codes(answer["dimension"][name]) for name in answer["id"]}
    year = _year(codes)
    place = list(codes).index("Region")
    sums = dict.fromkeys(codes["Region"], 0)
    for cell, value in zip(product(*codes.values()), _values(answer, codes), strict=True):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"värdet för {cell[place]} är {value}")
        sums[cell[place]] += value
    labels = answer["dimension"]["Region"]["category"]["label"]
    municipalities = {code: count for code, count in sorted(sums.items()) if len(code) == 4}
    if not municipalities:
        raise ValueError("ingen kommun står där")
    counties = {code: count for code, count in sorted(sums.items()) if len(code) == 2}
    names = {code: labels[code] for code in sorted(sums)}
    return date(year, NOVEMBER, 1), Population(municipalities, names, counties)


def _codes(dimension: _Dimension) -> list[str]:
    """Return the codes of a dimension in the order of its cells."""
    index = dimension["category"]["index"]
    return index if isinstance(index, list) else sorted(index, key=lambda code: index[code])


def _year(codes: Mapping[str, list[str]]) -> int:
    """Return the year of the answer; raise ValueError if its cells cannot be summed by region."""
    if set(codes) != {*SUMMABLE, "Region", "Tid"}:
        raise ValueError(f"dimensionerna är {', '.join(codes)}")
    for name, allowed in SUMMABLE.items():
        if sorted(codes[name]) not in allowed:
            raise ValueError(f"{name} är {', '.join(codes[name])}")
    if strange := [code for code in codes["Region"] if not REGION.fullmatch(code)]:
        raise ValueError(f"regionen {strange[0]} är varken kommun, län eller rike")
    (year,) = codes["Tid"]
    if not YEAR.fullmatch(year):
        raise ValueError(f"tiden är {year}")
    return int(year)


def _values(answer: _Answer, codes: Mapping[str, list[str]]) -> Iterable[int | None]:
    """Return the value of each cell; an answer may leave out empty ones and number the others."""
    values = answer["value"]
    if isinstance(values, list):
        return values
    cells = len(codes["Region"]) * len(codes["Kon"])
    return [values.get(str(number)) for number in range(cells)]
