"""Whose November, how many days, and who bears a gap."""

from datetime import date
from typing import Any

import pytest

from billing import allocation, membership, methods, periods
from billing.allocation import Bearer, CannotAllocate, Part
from billing.methods import Basis
from billing.periods import DateRule, Period
from tests.billing.vectors import BRACKE, JAMTLAND, given, worked

PROJECT = Period(date(2018, 9, 1), date(2019, 6, 30))
HOST = "VÄRD"
WHOLE = [Part(56_500_000, JAMTLAND)]


def test_a_period_counts_both_its_days() -> None:
    assert PROJECT.days == 303
    assert Period(date(2024, 2, 29), date(2024, 2, 29)).days == 1


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CannotAllocate, match=r"slutar 2018-08-31, före .* Byt plats"):
        Period(date(2018, 9, 1), date(2018, 8, 31))


def test_one_population_may_hold_for_the_whole_period() -> None:
    (stretch,) = periods.stretches(DateRule.BEFORE_AGREEMENT_YEAR, PROJECT)

    assert stretch.period == PROJECT
    assert stretch.population_on == date(2017, 11, 1)


def test_each_calendar_year_may_have_its_own_population() -> None:
    before, after = periods.stretches(DateRule.BEFORE_EACH_YEAR, PROJECT)

    assert (before.period.days, before.population_on) == (122, date(2017, 11, 1))
    assert (after.period.days, after.population_on) == (181, date(2018, 11, 1))
    assert after.period.first_on == date(2019, 1, 1)


def test_a_year_between_two_others_is_a_stretch_of_its_own() -> None:
    three = Period(date(2019, 12, 31), date(2021, 1, 1))

    found = periods.stretches(DateRule.BEFORE_EACH_YEAR, three)

    assert [it.period.days for it in found] == [1, 366, 1]


def test_a_day_may_be_agreed_on() -> None:
    chosen = date(2017, 12, 31)

    (stretch,) = periods.stretches(DateRule.FIXED_DATE, PROJECT, fixed_on=chosen)

    assert stretch.population_on == chosen
    with pytest.raises(CannotAllocate, match="Ange vilken dags folkmängd"):
        periods.stretches(DateRule.FIXED_DATE, PROJECT)


def test_an_amount_falls_on_the_stretches_by_their_days() -> None:
    stretches = periods.stretches(DateRule.BEFORE_EACH_YEAR, PROJECT)

    assert periods.split(303, stretches) == (122, 181)
    assert periods.split(100, stretches) == (40, 60)


def test_each_stretch_is_split_by_the_population_of_its_day() -> None:
    counted = {
        date(2017, 11, 1): {"0001": 1, "0002": 1},
        date(2018, 11, 1): {"0001": 3, "0002": 1},
    }
    stretches = periods.stretches(DateRule.BEFORE_EACH_YEAR, PROJECT)

    shares = allocation.add(
        *(
            methods.allocate(
                "population@1",
                amount,
                Basis(parties=("0001", "0002"), population=counted[stretch.population_on]),
            )
            for amount, stretch in zip(periods.split(606, stretches), stretches, strict=True)
        )
    )

    # 244 öre in halves, 362 öre as three to one: 271,5 and 90,5, the odd öre to the lowest code.
    assert shares == {"0001": 122 + 272, "0002": 122 + 90}


@pytest.mark.parametrize(
    ("membership", "days"),
    [
        ({}, 303),
        ({"joined_on": date(2018, 11, 1)}, 242),
        ({"left_on": date(2018, 10, 31)}, 61),
        ({"joined_on": date(2018, 11, 1), "left_on": date(2018, 11, 1)}, 1),
        ({"joined_on": date(2017, 1, 1), "left_on": date(2020, 1, 1)}, 303),
        ({"joined_on": date(2019, 7, 1)}, 0),
        ({"left_on": date(2018, 8, 31)}, 0),
    ],
)
def test_the_days_of_a_party_are_those_on_which_it_takes_part(
    membership: dict[str, Any], days: int
) -> None:
    assert PROJECT.active_days(**membership) == days


def test_the_others_bear_the_gap_of_one_that_joins() -> None:
    name = "F-tillträde-omfördela"

    shares = membership.allocate(
        WHOLE,
        active_days=given(name)["active_days"],
        period_days=PROJECT.days,
        gap=Bearer.OTHERS,
        host=HOST,
    )

    assert shares == worked(name)


def test_the_host_bears_the_gap_of_one_that_joins() -> None:
    name = "F-tillträde-värd-bär"

    shares = membership.allocate(
        WHOLE,
        active_days=given(name)["active_days"],
        period_days=PROJECT.days,
        gap=Bearer.HOST,
        host=HOST,
    )

    assert shares == worked(name)


@pytest.mark.parametrize("gap", Bearer)
def test_where_all_take_part_all_the_time_there_is_no_gap(gap: Bearer) -> None:
    days = dict.fromkeys(JAMTLAND, 303)

    shares = membership.allocate(WHOLE, active_days=days, period_days=303, gap=gap, host=HOST)

    assert shares == worked("A-kommunandel")


def test_a_host_that_is_a_party_bears_the_gap_beside_its_own_share() -> None:
    parts = [Part(100, {"0001": 1, "0002": 1})]
    days = {"0001": 10, "0002": 5}

    shares = membership.allocate(
        parts, active_days=days, period_days=10, gap=Bearer.HOST, host="0001"
    )

    assert shares == {"0001": 75, "0002": 25}


@pytest.mark.parametrize(
    ("days", "advice"),
    [
        ({"0001": 10}, "0002 kan inte vara med ett okänt antal dagar av 10"),
        ({"0001": 10, "0002": 11}, "0002 kan inte vara med 11 dagar av 10. Ange dagar från 0"),
        ({"0001": -1, "0002": 1}, "0001 kan inte vara med -1 dagar"),
        ({"0001": 0, "0002": 0}, "inget att fördela efter"),
    ],
)
def test_days_that_cannot_be_are_refused_with_advice(days: dict[str, int], advice: str) -> None:
    with pytest.raises(CannotAllocate, match=advice):
        membership.allocate(
            [Part(100, {"0001": 1, "0002": 1})],
            active_days=days,
            period_days=10,
            gap=Bearer.OTHERS,
            host=HOST,
        )


def test_a_municipality_that_joins_later_pays_less() -> None:
    days = dict.fromkeys(JAMTLAND, 303)

    paid = [
        membership.allocate(
            WHOLE, active_days=days | {BRACKE: joined}, period_days=303, gap=gap, host=HOST
        )[BRACKE]
        for gap in Bearer
        for joined in (303, 242, 0)
    ]

    assert paid[:3] == sorted(paid[:3], reverse=True)
    assert paid[3:] == sorted(paid[3:], reverse=True)
    assert (paid[2], paid[5]) == (0, 0)
