"""An answer of Statistics Sweden becomes a population, or is refused before anybody pays by it."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest

from billing import population, pxweb
from billing.files import BadFile

# An invented county: Gotland's codes, so that it is whole, with inhabitants that nobody has.
COUNTED = {"00": (30, 40), "09": (30, 40), "0980": (30, 40)}


def answer(**changed: Any) -> dict[str, Any]:
    """Return an answer in JSON-stat 2.0 as PxWeb writes it."""
    dimensions = {
        "Region": dict(zip(COUNTED, ("Riket", "Gotlands län", "Gotland"), strict=True)),
        "Alder": {"tot": "totalt ålder"},
        "Kon": {"1": "män", "2": "kvinnor"},
        "ContentsCode": {"BE0101A9": "Folkmängd"},
        "Tid": {"2024": "2024"},
    } | changed.pop("dimensions", {})
    return {
        "version": "2.0",
        "class": "dataset",
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "dimension": {
            name: {
                "category": {"index": {code: at for at, code in enumerate(codes)}, "label": codes}
            }
            for name, codes in dimensions.items()
        },
        "value": [count for counts in COUNTED.values() for count in counts],
    } | changed


def read(**changed: Any) -> population.Snapshot:
    return pxweb.snapshot(json.dumps(answer(**changed)).encode())


def test_an_answer_becomes_the_population_of_1_november() -> None:
    content = json.dumps(answer()).encode()

    taken = pxweb.snapshot(content)

    assert taken.on == date(2024, 11, 1)
    assert taken.source == "SCB, TAB1267, Folkmängden den 1 november"
    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert taken.population.inhabitants == {"0980": 70}
    assert taken.population.counties == {"00": 70, "09": 70}
    assert taken.population.names["0980"] == "Gotland"
    population.refuse_incomplete(taken.population, ["09"])


def test_the_order_of_dimensions_and_codes_is_the_answers_own() -> None:
    turned = answer()
    turned["id"] = ["Tid", "Kon", "Alder", "ContentsCode", "Region"]
    turned["dimension"]["Region"]["category"]["index"] = {"0980": 1, "00": 2, "09": 0}
    turned["dimension"]["Kon"]["category"]["index"] = ["2", "1"]
    turned["value"] = [40, 40, 40, 30, 30, 30]

    assert pxweb.snapshot(json.dumps(turned).encode()).population == read().population


def test_values_may_be_numbered() -> None:
    numbered = {str(at): value for at, value in enumerate(answer()["value"])}

    assert read(value=numbered).population == read().population


def test_a_total_of_the_sexes_may_stand_alone_but_not_beside_them() -> None:
    total = {"Kon": {"1+2": "totalt"}}
    both = {"Kon": {"1": "män", "2": "kvinnor", "1+2": "totalt"}}

    assert read(dimensions=total, value=[70, 70, 70]).population == read().population
    with pytest.raises(BadFile, match=r"Kon är 1, 2, 1\+2. Hämta TAB1267 på nytt"):
        read(dimensions=both, value=[30, 40, 70] * 3)


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({"value": [30, 40, 30, 41, 30, 40]}, r"Gotlands län \(09\) har .* 70 .* anger 71"),
        ({"value": [30, 40, 30, 40, 30, None]}, "värdet för 0980 är None. Hämta"),
        ({"value": [30, 40, 30, 40, 30, -1]}, "värdet för 0980 är -1"),
        ({"value": [30, 40, 30, 40, 30, 40.5]}, "värdet för 0980 är 40.5"),
        ({"value": [30, 40, 30, 40, 30, "40"]}, "värdet för 0980 är 40"),
        ({"value": [30, 40, 30, 40, 30]}, "går inte att läsa"),
        ({"value": [30, 40, 30, 40, 30, 40, 1]}, "går inte att läsa"),
        ({"value": {"0": 30}}, "värdet för 00 är None"),
        ({"dimensions": {"Alder": {"0": "0 år"}}}, "Alder är 0"),
        ({"dimensions": {"ContentsCode": {"BE0101A0": "x"}}}, "ContentsCode är BE0101A0"),
        ({"dimensions": {"Tid": {"2023": "", "2024": ""}}}, "går inte att läsa"),
        ({"dimensions": {"Tid": {"2024M11": ""}}}, "tiden är 2024M11"),
        ({"dimensions": {"Civilstand": {"OG": ""}}}, "dimensionerna är Region, .* Civilstand"),
        ({"dimensions": {"Region": {"00": "", "09": "", "SE2": ""}}}, "regionen SE2 är varken"),
        ({"dimensions": {"Region": {"00": "", "09": "", "23": ""}}}, "ingen kommun"),
        ({"id": ["Region"]}, "dimensionerna är Region. Hämta"),
        ({"dimension": {}}, "går inte att läsa"),
        ({"dimension": []}, "går inte att läsa"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_counted_on_is_refused_with_advice(
    changed: dict[str, Any], advice: str
) -> None:
    with pytest.raises(BadFile, match=advice):
        read(**changed)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 100_000, b" " * 5_000_001],
    ids=range(8),
)
def test_what_is_no_answer_at_all_is_refused_with_advice(content: bytes) -> None:
    with pytest.raises(BadFile, match=r"^Svaret från SCB .* Hämta TAB1267 på nytt"):
        pxweb.snapshot(content)
