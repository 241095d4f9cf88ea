"""The invented stays behave like a real source: the Act's rule, the same each time, no person."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.liability import port
from billing.liability.port import BadHandover
from billing.months import Month
from care.law import liability
from care.law.calendar import STOCKHOLM
from care.law.terms import Terms
from project.demo.liability import Stay, Stays

CODES = ("2303", "2305", "2309", "2380")
MONTHS = st.builds(Month, st.integers(2026, 2040), st.integers(1, 12))


@given(MONTHS)
def test_what_it_hands_over_can_be_charged_and_is_the_same_each_time(month: Month) -> None:
    handed = Stays().hand_over(month, CODES)

    port.refuse_unfit(handed, month, CODES)
    assert handed == Stays().hand_over(month, CODES)
    assert all(len(it) >= 2 for it in handed.values())


def test_it_hands_over_nothing_for_a_year_whose_amount_nobody_has_verified() -> None:
    month = Month(2025, 12)
    with pytest.raises(BadHandover, match="2025 är inte kontrollerat"):
        port.refuse_unfit(Stays().hand_over(month, CODES), month, CODES)


@pytest.mark.parametrize(("hour", "first"), [(10, date(2026, 11, 6)), (14, date(2026, 11, 7))])
def test_a_notice_after_noon_gives_the_municipality_one_more_day(hour: int, first: date) -> None:
    stay = Stay(datetime(2026, 11, 3, hour, 30, tzinfo=STOCKHOLM), date(2026, 11, 10))
    days = liability.liable_days(first, stay.discharged_on, Terms())

    assert stay.days_in(Month(2026, 11)) == len(days) == 10 - first.day


def test_only_the_days_of_the_month_are_handed_over() -> None:
    stay = Stay(datetime(2026, 11, 26, 9, tzinfo=STOCKHOLM), date(2026, 12, 3))

    assert (stay.days_in(Month(2026, 11)), stay.days_in(Month(2026, 12))) == (2, 2)
