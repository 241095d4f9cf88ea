"""What happens to shares and amounts after the first decision: steps, index, outcome, credit."""

from fractions import Fraction
from typing import Any

import pytest

from billing import allocation, indexation, settlement, transition
from billing.allocation import CannotAllocate
from billing.indexation import IndexClause
from tests.billing.vectors import JAMTLAND, given, worked

OLD = {"0001": 1, "0002": 1}
NEW = {"0001": 1, "0002": 2, "0003": 1}
# An index that rises by a tenth, then by a fifth, then falls back to where it began.
INDEX = {2016: Fraction(100), 2017: Fraction(110), 2018: Fraction(132), 2019: Fraction(100)}
LAGGED = IndexClause(base_year=2018, lag_years=2)


def test_the_shares_go_from_the_old_to_the_new_in_even_steps() -> None:
    of_0001 = [transition.weights(OLD, NEW, step=step, steps=4)["0001"] for step in range(5)]

    assert of_0001 == [
        Fraction(1, 2),
        Fraction(7, 16),
        Fraction(3, 8),
        Fraction(5, 16),
        Fraction(1, 4),
    ]


@pytest.mark.parametrize("step", range(5))
def test_the_shares_of_every_step_are_the_whole(step: int) -> None:
    weights = transition.weights(OLD, NEW, step=step, steps=4)

    assert sum(weights.values()) == 1
    assert sum(allocation.allocate(1_001, weights).values()) == 1_001


def test_a_party_that_is_new_begins_with_nothing() -> None:
    assert transition.weights(OLD, NEW, step=0, steps=4)["0003"] == 0


@pytest.mark.parametrize(
    ("old", "step", "steps", "advice"),
    [
        (OLD, 5, 4, "Steg 5 av 4 finns inte"),
        (OLD, -1, 4, "Steg -1 av 4"),
        (OLD, 0, 0, "Steg 0 av 0"),
        ({"0001": 0}, 1, 4, "saknar underlag"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_advice(
    old: dict[str, int], step: int, steps: int, advice: str
) -> None:
    with pytest.raises(CannotAllocate, match=advice):
        transition.weights(old, NEW, step=step, steps=steps)


@pytest.mark.parametrize(
    ("year", "amount"), [(2018, 100_000), (2019, 110_000), (2020, 132_000), (2021, 100_000)]
)
def test_an_amount_follows_the_index_of_two_years_before(year: int, amount: int) -> None:
    assert indexation.indexed(100_000, INDEX, LAGGED, year=year) == amount


def test_a_cap_holds_each_year_back_and_no_fall() -> None:
    capped = IndexClause(base_year=2018, lag_years=2, cap=Fraction(5, 100))

    assert indexation.indexed(100_000, INDEX, capped, year=2019) == 105_000
    assert indexation.indexed(100_000, INDEX, capped, year=2020) == 110_250
    # The index falls by 32 of 132, from what the cap has let through.
    assert indexation.indexed(100_000, INDEX, capped, year=2021) == 83_523


def test_an_amount_may_be_rounded_to_whole_kronor() -> None:
    kronor = IndexClause(base_year=2016, lag_years=0, rounding_ore=100)

    assert indexation.indexed(100_045, INDEX, kronor, year=2017) == 110_000
    assert indexation.indexed(100_046, INDEX, kronor, year=2017) == 110_100
    assert indexation.indexed(-100_046, INDEX, kronor, year=2017) == -110_100


@pytest.mark.parametrize(
    ("year", "advice"), [(2017, "före basåret 2018"), (2022, "Index för 2020 saknas. Läs in")]
)
def test_a_year_without_an_index_is_refused_with_advice(year: int, advice: str) -> None:
    with pytest.raises(CannotAllocate, match=advice):
        indexation.indexed(100_000, INDEX, LAGGED, year=year)


@pytest.mark.parametrize(
    "broken", [{"lag_years": -1}, {"rounding_ore": 0}, {"cap": Fraction(-1, 100)}]
)
def test_a_clause_that_cannot_be_is_refused_with_advice(broken: dict[str, Any]) -> None:
    with pytest.raises(CannotAllocate, match="Ange eftersläpning"):
        IndexClause(**{"base_year": 2018, "lag_years": 2} | broken)


def test_the_outcome_leaves_each_party_what_it_has_not_been_invoiced() -> None:
    due = allocation.allocate(given("H-avstämning")["actual_ore"], JAMTLAND)

    assert settlement.true_up(due, given("H-avstämning")["invoiced"]) == worked("H-avstämning")


def test_a_lower_outcome_is_a_credit_also_for_one_that_has_left() -> None:
    left = settlement.true_up({"0001": 40}, {"0001": 50, "0002": 10})

    assert left == {"0001": -10, "0002": -10}


def test_a_balance_may_be_carried_into_the_next_budget() -> None:
    assert settlement.carried_forward({"0001": 100, "0002": 100}, {"0001": -30, "0002": 20}) == {
        "0001": 70, "0002": 120,
    }  # fmt: skip


def test_a_credit_takes_back_what_was_invoiced() -> None:
    invoiced = worked("A-kommunandel")

    assert not any(allocation.add(invoiced, settlement.credit(invoiced)).values())
