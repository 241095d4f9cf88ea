"""What holds for every notice, every agreement and every history, in any order."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from care.law import calendar, deadlines, duties, explain, guards, history, liability, limits
from care.law.discharge import PROCESS, Act, State
from care.law.history import Fact
from care.law.terms import STATUTORY, Terms

MOMENTS = st.datetimes(
    datetime(2018, 1, 1),  # noqa: DTZ001  hypothesis adds the offset itself
    datetime(2035, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TERMS = st.builds(
    Terms,
    grace_days=st.integers(0, 10),
    day_unit=st.sampled_from(["calendar_day", "weekday"]),
    cutoff_effect=st.integers(0, 2),
    cutoff_inclusive=st.booleans(),
    call_holiday_shift=st.booleans(),
    charge_discharge_day=st.booleans(),
    withdrawal_effect=st.sampled_from(["new_clock", "resumed_clock"]),
    region_cause_effect=st.sampled_from(["suspend", "cancel"]),
    receipt_times=st.just({"notify_ready": {"hours": 4}, "notify_admission": {"working_days": 1}}),
)
STAY = st.datetimes(
    datetime(2026, 3, 20),  # noqa: DTZ001
    datetime(2026, 4, 10),  # noqa: DTZ001
    timezones=st.just(UTC),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5),
    STAY.map(datetime.isoformat),
    st.sampled_from(
        ["available", "not_available", "deceased", "2309", "9999-12-31T23:59:59+00:00"]
    ),
    st.lists(st.sampled_from(["social_services", "outpatient_care", "2309"]), max_size=3),
)
KEYS = st.sampled_from(
    [
        "admitted_at",
        "need_assessed_at",
        "expected_discharge_at",
        "discharged_at",
        "acknowledged_at",
        "occurred_at",
        "starts_at",
        "status",
        "is_cause",
        "needs",
        "reason",
        "liable_municipality",
        "municipalities",
        "planning_declined",
        "variant",
        "answer",
        "planning",
    ]
)
FACTS = st.lists(
    st.builds(
        Fact,
        act=st.sampled_from(Act),
        at=STAY,
        body=st.dictionaries(KEYS, VALUES, max_size=4),
        by_care_contact=st.booleans(),
    ),
    max_size=12,
)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=10)), TERMS)
def test_a_later_notice_is_never_due_earlier(
    sent_at: datetime, later: timedelta, terms: Terms
) -> None:
    # Where the afternoon costs more than a day, the next morning is due before it: not tested here.
    if terms.cutoff_effect <= 1:
        assert limits.first_liable_on(sent_at, terms) <= limits.first_liable_on(
            sent_at + later, terms
        )
    assert limits.call_due_on(sent_at, terms) <= limits.call_due_on(sent_at + later, terms)


@given(MOMENTS)
def test_by_statute_liability_starts_three_or_four_dates_later(sent_at: datetime) -> None:
    days = limits.first_liable_on(sent_at, STATUTORY) - calendar.local_date(sent_at)

    is_after_noon = sent_at.astimezone(calendar.STOCKHOLM).time() > STATUTORY.cutoff_time
    assert days == timedelta(days=4 if is_after_noon else 3)


@given(MOMENTS, st.integers(0, 60), TERMS)
def test_no_day_before_the_start_and_none_after_the_discharge_is_charged(
    sent_at: datetime, stay: int, terms: Terms
) -> None:
    discharged_on = calendar.local_date(sent_at) + timedelta(days=stay)

    explanation = explain.ready(sent_at, terms, discharged_on)

    assert explanation.liable_days is not None
    assert all(explanation.liable_from <= day <= discharged_on for day in explanation.liable_days)
    assert all(line.statute and line.text_sv for line in explanation.lines)


@given(st.lists(st.sampled_from(Act)))
def test_replay_is_total(acts: list[Act]) -> None:
    assert PROCESS.replay(acts) in State


@given(st.lists(st.sampled_from(Act)))
def test_what_is_permitted_is_what_after_does_not_refuse(acts: list[Act]) -> None:
    state = PROCESS.start
    for act in acts:
        followed, is_flagged = PROCESS.follow(state, act)
        if PROCESS.permits(state, act):
            assert PROCESS.after(state, act) == followed
        else:
            assert (followed, is_flagged) == (state, True)
        state = followed


@settings(deadline=None)
@given(FACTS, TERMS, STAY)
def test_no_history_makes_the_law_raise(facts: list[Fact], terms: Terms, at: datetime) -> None:
    periods = history.ready_periods(facts)
    runs = deadlines.running(facts, terms)
    duties.compliance(facts, terms, at)
    guards.warnings(facts)

    assert len({run.key for run in runs}) == len(runs)
    assert [period.number for period in periods] == list(range(1, len(periods) + 1))
    assert all(period.ends_at is not None for period in periods[:-1])
    for period in periods:
        assessment = liability.assess(period, facts, terms, day_rates_ore={2026: 1_000_000}, at=at)
        assert assessment.amount_ore is None or assessment.amount_ore >= 0
        assert list(assessment.days) == sorted(set(assessment.days))


@settings(deadline=None)
@given(FACTS.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_in_which_letters_come_changes_nothing(
    both: tuple[list[Fact], list[Fact]],
) -> None:
    facts, shuffled = both
    keys = [(fact.at, fact.act) for fact in facts]
    if len(set(keys)) < len(keys):
        return  # Two equal acts at one instant have no order of their own.

    assert history.ready_periods(shuffled) == history.ready_periods(facts)
    assert deadlines.running(shuffled, STATUTORY) == deadlines.running(facts, STATUTORY)


@given(TERMS)
def test_terms_survive_storage(terms: Terms) -> None:
    assert Terms.from_json(terms.to_json()) == terms


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(0, 10))
def test_settling_by_individual_never_gives_fewer_days_than_by_the_mean(
    days: list[int], threshold: int
) -> None:
    settled = liability.mean_settlement(days, threshold)

    assert settled.by_individual >= settled.by_mean >= 0
    assert settled.is_liable == (settled.by_mean > 0)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_next_working_day_is_never_red_and_never_far_away(day: date) -> None:
    following = calendar.next_working_day(day, calendar.TIME_LIMIT)

    assert calendar.is_working_day(following, calendar.TIME_LIMIT)
    assert day <= following <= day + timedelta(days=6)
