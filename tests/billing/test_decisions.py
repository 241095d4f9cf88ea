"""A decision becomes final by its steps: three weeks after the last party's notice board."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import decisions
from billing.decisions import Act, NotNow, Standing, State, final_after

TODAY = date(2026, 11, 24)
PARTIES = ("t_are", "t_berg", "t_region")
STEPS = {
    Act.PROPOSE: date(2026, 11, 2), Act.DECIDE: date(2026, 11, 20), Act.ADJUST: date(2026, 11, 23),
}  # fmt: skip
TOLD = {it: date(2026, 11, 24) for it in PARTIES}


def standing(
    steps: dict[Act, date], announced: dict[str, date], *, superseded: bool = False,
    today: date = date(2026, 11, 24),
) -> Standing:  # fmt: skip
    return decisions.standing(
        steps, announced, parties=PARTIES, is_superseded=superseded, today=today
    )


def some(count: int) -> dict[Act, date]:
    return dict(list(STEPS.items())[:count])


@pytest.mark.parametrize(
    ("count", "state"),
    [(0, State.DRAFT), (1, State.PROPOSED), (2, State.DECIDED), (3, State.ADJUSTED)],
)
def test_each_step_leads_to_the_next_state(count: int, state: State) -> None:
    assert standing(some(count), {}).state is state


def test_a_decision_waits_for_every_party_by_name() -> None:
    told = {it: on for it, on in TOLD.items() if it != "t_berg"}
    assert standing(STEPS, told) == Standing(State.ADJUSTED, ("t_berg",))


def test_three_weeks_run_from_the_last_party() -> None:
    late = TOLD | {"t_berg": date(2026, 11, 26)}
    waiting = standing(STEPS, late, today=date(2026, 12, 17))

    assert (waiting.state, waiting.final_on) == (State.ANNOUNCED, date(2026, 12, 18))
    assert not waiting.is_billable
    assert standing(STEPS, late, today=date(2026, 12, 18)).is_billable


def test_what_another_took_the_place_of_is_superseded_whatever_its_steps() -> None:
    assert standing(STEPS, TOLD, superseded=True, today=date(2030, 1, 1)) == Standing(
        State.SUPERSEDED
    )


@pytest.mark.parametrize(
    ("announced", "final"),
    [
        (date(2026, 11, 24), date(2026, 12, 16)),  # a Tuesday, to a Tuesday
        (date(2026, 11, 28), date(2026, 12, 22)),  # ends a Saturday, so on Monday
        (date(2026, 12, 3), date(2026, 12, 29)),  # julafton, juldagen, annandagen, a Sunday
        (date(2026, 5, 29), date(2026, 6, 23)),  # midsommarafton
        (date(2026, 12, 10), date(2027, 1, 5)),  # nyårsafton, nyårsdagen, a weekend
        (date(2027, 3, 5), date(2027, 3, 31)),  # långfredagen to annandag påsk
    ],
)
def test_lag_1930_173_2_par_moves_a_last_day_to_the_next_working_day(
    announced: date, final: date
) -> None:
    assert final_after(announced) == final


@given(st.dates(date(2018, 1, 1), date(2040, 1, 1)))
def test_nobody_has_less_than_three_weeks(announced: date) -> None:
    last_day = final_after(announced) - timedelta(days=1)

    assert last_day >= announced + timedelta(weeks=3)
    assert last_day.weekday() < 5


@pytest.mark.parametrize(
    ("act", "count"), [(Act.PROPOSE, 1), (Act.DECIDE, 0), (Act.DECIDE, 2), (Act.ADJUST, 1)]
)
def test_a_step_out_of_its_order_is_refused(act: Act, count: int) -> None:
    now = standing(some(count), {})
    with pytest.raises(NotNow):
        decisions.refuse_step(
            act, date(2026, 11, 24), now=now, after=None, today=date(2026, 11, 24)
        )


@pytest.mark.parametrize(
    ("on", "words"),
    [(date(2026, 11, 25), "inte kommit"), (date(2026, 11, 1), "före steget innan")],
)
def test_a_day_that_cannot_be_is_refused(on: date, words: str) -> None:
    now = standing(some(1), {})
    with pytest.raises(NotNow, match=words):
        decisions.refuse_step(
            Act.DECIDE, on, now=now, after=date(2026, 11, 2), today=date(2026, 11, 24)
        )


def test_minutes_that_are_not_adjusted_are_not_announced() -> None:
    now = standing(some(2), {})
    with pytest.raises(NotNow, match="justerat"):
        decisions.refuse_announcement(
            date(2026, 11, 24), now=now, after=None, today=date(2026, 11, 24)
        )
