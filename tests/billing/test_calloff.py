"""Avrop: the shares of those who take part are the price, and a cap moves the rest to the host."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import calloff
from billing.allocation import CannotAllocate
from billing.calloff import Effect, Price

PEOPLE = {"2303": 3_000, "2305": 2_000, "2309": 5_000}
BY_POPULATION = Price(1_000_000_01, 50_000_00, "population")


def test_those_who_call_off_share_the_price_by_inhabitants() -> None:
    made = calloff.effect(BY_POPULATION, PEOPLE, ["2309", "2303"])

    assert made.yearly_ore == {"2303": 37_500_000, "2309": 62_500_001}
    assert made.one_off_ore == {"2303": 1_875_000, "2309": 3_125_000}
    assert (made.paid_ore, made.over_cap_ore) == (1_000_000_01, 0)


def test_equal_shares_differ_by_an_ore_at_most() -> None:
    price = Price(100, 0, "equal")

    assert calloff.effect(price, PEOPLE, PEOPLE).yearly_ore == {"2303": 34, "2305": 33, "2309": 33}


def test_what_is_over_the_cap_the_host_carries() -> None:
    price = Price(1_000_000_01, 0, "population", cap_ore=120_00)

    everybody = calloff.effect(price, PEOPLE, PEOPLE)
    one = calloff.effect(price, PEOPLE, ["2305"])

    assert everybody.over_cap_ore == 0
    assert one == Effect({"2305": 2_000 * 120_00}, {"2305": 0}, 1_000_000_01 - 2_000 * 120_00)


def test_a_cap_of_nothing_leaves_all_to_the_host() -> None:
    price = Price(500, 0, "equal", cap_ore=0)

    assert calloff.effect(price, PEOPLE, PEOPLE).over_cap_ore == 500


def test_nobody_pays_nothing_and_the_host_carries_nothing() -> None:
    assert calloff.effect(BY_POPULATION, PEOPLE, []) == Effect({}, {}, 0)


def test_the_present_system_is_split_as_the_offer_is_among_all() -> None:
    price = Price(0, 0, "population", present_ore=1_000)

    assert calloff.present(price, PEOPLE) == {"2303": 300, "2305": 200, "2309": 500}
    assert calloff.present(BY_POPULATION, PEOPLE) == {}


def test_a_municipality_without_inhabitants_in_the_basis_is_refused() -> None:
    with pytest.raises(CannotAllocate, match="2399"):
        calloff.effect(BY_POPULATION, PEOPLE, ["2303", "2399"])


def test_a_model_that_is_not_there_is_refused() -> None:
    with pytest.raises(CannotAllocate, match="lottning"):
        calloff.effect(Price(1, 0, "lottning"), PEOPLE, PEOPLE)


@pytest.mark.parametrize(("today", "left"), [("04-29", 1), ("04-30", 0), ("05-01", -1)])
def test_the_last_day_itself_is_in_time(today: str, left: int) -> None:
    counted = calloff.days_left(date(2026, 4, 30), today=date.fromisoformat(f"2026-{today}"))

    assert counted == left


MUNICIPALITIES = st.dictionaries(
    st.integers(100, 9_999).map("{:04}".format), st.integers(1, 1_000_000), min_size=1, max_size=49
)
AMOUNTS = st.integers(0, 10**13)


@given(st.data(), MUNICIPALITIES, AMOUNTS, AMOUNTS, st.none() | st.integers(0, 100_000))
def test_the_shares_of_those_who_call_off_are_always_the_price(
    data: st.DataObject,
    inhabitants: dict[str, int],
    yearly: int,
    one_off: int,
    cap: int | None,
) -> None:
    model = data.draw(st.sampled_from(["population", "equal", "mixed:30"]))
    codes = data.draw(st.sets(st.sampled_from(sorted(inhabitants)), min_size=1))

    made = calloff.effect(Price(yearly, one_off, model, cap), inhabitants, codes)

    assert made.paid_ore + made.over_cap_ore == yearly
    assert sum(made.one_off_ore.values()) == one_off
    assert set(made.yearly_ore) == set(made.one_off_ore) == codes
    assert made.over_cap_ore >= 0
    if cap is None:
        assert made.over_cap_ore == 0
    else:
        assert all(it <= cap * inhabitants[code] for code, it in made.yearly_ore.items())


@given(st.data(), MUNICIPALITIES, AMOUNTS)
def test_one_more_who_calls_off_costs_nobody_more_than_an_odd_ore(
    data: st.DataObject, inhabitants: dict[str, int], yearly: int
) -> None:
    price = Price(yearly, 0, data.draw(st.sampled_from(["population", "equal"])))
    codes = data.draw(st.sets(st.sampled_from(sorted(inhabitants)), min_size=1))
    fewer = codes - {min(codes)}

    before = calloff.effect(price, inhabitants, fewer).yearly_ore
    after = calloff.effect(price, inhabitants, codes).yearly_ore

    # Each is less than an öre from its quota, which is lower with one more: an odd öre can move.
    assert all(after[code] <= before[code] + 1 for code in fewer)
