"""Funding rules: what a line's agreement does with its amounts, and that a record carries it."""

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import allocation, funding, runs
from billing.allocation import CannotAllocate
from billing.funding import Funding, Membership, Rule, Why
from billing.methods import Basis
from billing.runs import AgreedBy, Funded
from billing.table import REGION, CostLine
from tests.billing.test_runs import PERIOD, question
from tests.billing.vectors import BRACKE, JAMTLAND, worked
from tests.billing.vectors import given as vector

BASIS = Basis(parties=tuple(JAMTLAND), population=JAMTLAND)
WHOLE = Membership(dict.fromkeys(JAMTLAND, 303), 303, REGION)
JOINING = Membership(vector("F-tillträde-omfördela")["active_days"], 303, REGION)
TOTAL = 56_500_000


def fund(rule: Rule, method: str = "population@1", members: Membership = WHOLE) -> Funding:
    return funding.fund(method, TOTAL, BASIS, {}, rule=rule, members=members)


@pytest.mark.parametrize(
    ("name", "method", "rule", "members"),
    [
        ("F-tillträde-omfördela", "population@1", {"gap": "others"}, JOINING),
        ("F-tillträde-värd-bär", "population@1", {"gap": "host"}, JOINING),
        ("G-tak-omfördela", "equal@1", {"cap_ore": "500", "excess": "others"}, WHOLE),
        ("G-tak-värd", "equal@1", {"cap_ore": "500", "excess": "host"}, WHOLE),
    ],
)
def test_worked_rules_come_out_to_the_ore(
    name: str, method: str, rule: Rule, members: Membership
) -> None:
    expected = {REGION if it == "VÄRD" else it: ore for it, ore in worked(name).items()}
    assert fund(rule, method, members).shares_ore == dict(sorted(expected.items()))


def test_halfway_from_equal_shares_everybody_pays_the_mean() -> None:
    old = {"method": "equal@1", "parameters": {}}
    shares = fund({"from": old, "step": 1, "steps": 2}).shares_ore

    mean = Fraction(TOTAL, 2) * (Fraction(1, 8) + Fraction(JAMTLAND[BRACKE], 129_806))
    assert abs(shares[BRACKE] - mean) < 1
    assert fund({"from": old, "step": 2, "steps": 2}).shares_ore == fund({}).shares_ore


def test_each_rule_tells_what_it_did() -> None:
    found = fund({"cap_ore": "300", "excess": "host", "gap": "host"}, members=JOINING)
    split, bounded, for_days = (step[BRACKE] for _, step in found.steps)

    assert [why for why, _ in found.steps] == [Why.SPLIT, Why.BOUNDS, Why.DAYS]
    assert (split, bounded) == (2_829_658, 300 * JAMTLAND[BRACKE])
    assert for_days == allocation.half_up(Fraction(bounded * 242, 303))


def test_a_cap_shrinks_with_the_days_of_who_joins() -> None:
    shares = fund({"cap_ore": "300", "excess": "host", "gap": "others"}, members=JOINING).shares_ore
    assert shares[BRACKE] == allocation.half_up(Fraction(300 * JAMTLAND[BRACKE] * 242, 303))


def test_the_region_takes_its_share_before_the_index() -> None:
    index = {
        "name": "PKV", "base_year": 2026, "lag_years": 2, "rounding_ore": 100, "year": 2027,
        "values": {"2024": "100", "2025": "103"},
    }  # fmt: skip
    rule = {"region_share": "1/2", "index": index}
    assert funding.amounts([0, 100_000], rule) == (51_500, 51_500)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"region_share": "3/2"}, "0 till 100"),
        ({"floor_ore": "500", "cap_ore": "400"}, "Sänk golvet"),
        ({"from": {}, "step": 0, "steps": 0}, "hur många år"),
    ],
)
def test_a_rule_that_could_not_be_kept_is_refused(rule: Rule, says: str) -> None:
    with pytest.raises(CannotAllocate, match=says):
        funding.refuse_unfit(rule)


RULES = st.fixed_dictionaries(
    {},
    optional={
        "cap_ore": st.integers(300, 900).map(str),
        "floor_ore": st.integers(0, 100).map(str),
        "excess": st.sampled_from(["others", "host"]),
        "gap": st.sampled_from(["others", "host"]),
    },
)


@given(
    rule=RULES,
    method=st.sampled_from(["population@1", "equal@1"]),
    days=st.lists(st.integers(1, 303), min_size=8, max_size=8),
)
def test_whatever_the_rule_the_sum_is_the_amount(
    rule: dict[str, Any], method: str, days: list[int]
) -> None:
    members = Membership(dict(zip(JAMTLAND, days, strict=True)), 303, REGION)
    found = fund(rule, method, members)

    assert sum(found.shares_ore.values()) == TOTAL
    for why, shares in found.steps:
        assert sum(shares.values()) == TOTAL, why


def ruled(rule: Rule, **other: Any) -> runs.Record:
    line = CostLine("Drift", 100_000, 300_000, "", is_text=False)
    return runs.record(question(lines=[Funded(line, rule=rule)], **other))


def test_a_record_carries_the_rule_and_is_computed_again_from_it() -> None:
    days = {it: 242 if it == BRACKE else 303 for it in JAMTLAND}
    made = ruled(
        {"cap_ore": "2", "excess": "host", "region_share": "1/4"},
        members=Membership(days, PERIOD.days, REGION),
        agreement=AgreedBy(3, "ab12"),
    )
    stored = json.loads(json.dumps(made))

    assert made["asked"]["agreement"] == {"version": 3, "hash": "ab12"}
    assert made["asked"]["members"]["days"][BRACKE] == 242
    assert runs.hash_of(runs.computed_again(stored)) == runs.hash_of(made)
    assert runs.at_once(made) is None


def test_what_the_host_bears_is_the_regions_to_pay() -> None:
    result = ruled({"cap_ore": "2", "excess": "host"})["result"]

    assert result["total_ore"] == 400_000
    assert result["municipalities_ore"] == 2 * sum(JAMTLAND.values())
    assert result["region_ore"] == 400_000 - result["municipalities_ore"]


def test_who_changes_the_agreed_amount_is_found_out() -> None:
    made = ruled({"region_share": "1/4"})
    other = json.loads(json.dumps(made))
    other["asked"]["lines"][0]["region_ore"] += 1

    assert runs.hash_of(runs.computed_again(other)) == runs.hash_of(made) != runs.hash_of(other)


def test_a_bound_is_explained_to_who_meets_it() -> None:
    (line,) = runs.explanation(ruled({"cap_ore": "2", "excess": "host"}), BRACKE)
    assert line["steps"] == [["bounds", 2 * JAMTLAND[BRACKE]]]
    assert line["share_ore"] == 2 * JAMTLAND[BRACKE]


def test_a_period_in_which_nobody_joins_leaves_the_record_as_it_was() -> None:
    members = Membership(dict.fromkeys(JAMTLAND, PERIOD.days), PERIOD.days, REGION)
    assert runs.record(question(members=members)) == runs.record(question())
    assert date.fromisoformat(runs.record(question())["asked"]["period"][0]) == PERIOD.first_on
