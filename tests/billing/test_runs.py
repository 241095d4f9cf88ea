"""A run is a record: computed again from itself alone it gives the same hash, whoever does it."""

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from billing import population, runs, table
from billing.allocation import CannotAllocate
from billing.periods import Period
from billing.runs import BadRecord, Funded, Question
from billing.table import REGION
from tests.billing.test_table import EXAMPLES, LINK2
from tests.billing.vectors import JAMTLAND

PERIOD = Period(date(2018, 9, 1), date(2019, 6, 30))
INHABITANTS = (EXAMPLES / "jamtland-2017-12-31.csv").read_bytes()


def question(**other: Any) -> Question:
    snapshot = population.snapshot(INHABITANTS, on=date(2017, 12, 31), source="SCB")
    names = {code: snapshot.population.names[code] for code in snapshot.population.inhabitants}
    asked: dict[str, Any] = {
        "title": "LINK2",
        "period": PERIOD,
        "lines": [Funded(it) for it in table.read(LINK2)],
        "names": names,
        "region_name": "Region Jämtland Härjedalen",
        "snapshot": snapshot,
        "wanted_on": "2017-11-01",
    }
    return Question(**(asked | other))


def test_the_budget_comes_out_to_the_ore_line_by_line() -> None:
    result = runs.record(question())["result"]

    assert (result["total_ore"], result["region_ore"]) == (281_000_000, 224_500_000)
    assert result["municipalities_ore"] == 56_500_000
    assert {it: result["shares_ore"][it] for it in ("2380", "2303", "2305", "2321")} == {
        "2380": 27_248_020, "2303": 2_369_582, "2305": 2_829_657, "2321": 4_904_566,
    }  # fmt: skip


def test_split_at_once_two_municipalities_change_an_ore() -> None:
    made = runs.record(question())
    once = runs.at_once(made)

    assert once is not None
    differing = {it: once[it] - made["result"]["shares_ore"][it] for it in once}
    assert {it: ore for it, ore in differing.items() if ore} == {"2305": 1, "2321": -1}


def test_lines_by_several_methods_have_no_split_at_once() -> None:
    first, *others = (Funded(it) for it in table.read(LINK2))
    lines = [first, *others[:-1], Funded(others[0].line, method_id="equal@1")]
    assert runs.at_once(runs.record(question(lines=lines))) is None


def test_a_record_that_was_stored_and_read_gives_the_same_hash() -> None:
    made = runs.record(question())
    stored = json.loads(json.dumps(made))

    assert runs.hash_of(runs.computed_again(stored)) == runs.hash_of(made)


def test_who_changes_an_ore_or_an_inhabitant_changes_the_hash() -> None:
    made = runs.record(question())
    richer = json.loads(json.dumps(made))
    richer["result"]["shares_ore"]["2303"] += 1
    fewer = json.loads(json.dumps(made))
    fewer["asked"]["population"]["inhabitants"]["2303"] -= 1

    for other in (richer, fewer):
        assert runs.hash_of(other) != runs.hash_of(made)
        assert runs.hash_of(runs.computed_again(other)) != runs.hash_of(other)


def test_a_share_is_explained_down_to_its_quota() -> None:
    made = runs.record(question())
    lines = runs.explanation(made, "2305")

    assert len(lines) == 4
    assert sum(it["share_ore"] for it in lines) == made["result"]["shares_ore"]["2305"]
    (part,) = lines[0]["parts"]
    assert Fraction(part["quota_ore"]) == Fraction(40_000_000 * JAMTLAND["2305"], 129_806)
    assert (part["weight"], part["weights"]) == ("6501", "129806")


def test_a_party_without_inhabitants_in_the_population_is_refused_by_name() -> None:
    names = {"2303": "Ragunda", "2401": "Nordmaling"}
    with pytest.raises(CannotAllocate, match="Nordmaling"):
        runs.record(question(names=names))


@pytest.mark.parametrize("broken", [{}, {"format": 2}, {"format": 1}, {"format": 1, "asked": []}])
def test_what_is_no_record_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadRecord, match="Hämta den"):
        runs.computed_again(broken)


def test_the_region_is_named_and_pays_its_own_lines() -> None:
    made = runs.record(question())
    assert made["asked"]["names"][REGION] == "Region Jämtland Härjedalen"
    assert made["result"]["lines"][0]["shares_ore"][REGION] == 40_000_000
