"""Kommunens betalningsansvar: start dates, days and amounts, and the edges between them."""

from collections.abc import Mapping
from datetime import date, datetime, time
from fractions import Fraction

import pytest

from care.law import history, liability
from care.law.calendar import STOCKHOLM
from care.law.discharge import Act
from care.law.history import Fact
from care.law.liability import Assessment, Status
from care.law.terms import STATUTORY, BadTerms, Terms

Body = dict[str, object]
# HSLF-FS 2018:67 and the rate of 2022, in öre; 2023 is not verified and therefore not here.
RATES = {2019: 780_000, 2022: 930_000}


def moment(when: str) -> datetime:
    """Return a Swedish time as an instant."""
    return datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)


def fact(act: str, when: str, body: Body | None = None, *, by_care_contact: bool = False) -> Fact:
    """Return a fact at a Swedish time."""
    return Fact(Act(act), moment(when), body or {}, by_care_contact=by_care_contact)


def admission(when: str, **body: object) -> Fact:
    """Return an admission notice to Krokom, sent an hour after the admission."""
    admitted_at = moment(when).replace(minute=0).isoformat()
    return fact(
        "notify_admission",
        when,
        {"admitted_at": admitted_at, "liable_municipality": "2309", **body},
    )


def assess(
    facts: list[Fact],
    terms: Terms = STATUTORY,
    *,
    number: int = 1,
    rates: Mapping[int, int] = RATES,
    at: str = "2030-01-01T12:00",
) -> Assessment:
    """Assess a ready period of a case."""
    period = history.ready_periods(facts)[number - 1]
    return liability.assess(period, facts, terms, day_rates_ore=rates, at=moment(at))


START_DATES = [
    ("2026-03-02T09:15", "2026-03-05"),
    ("2026-03-02T12:00:00", "2026-03-05"),
    ("2026-03-02T12:01", "2026-03-06"),
    ("2026-03-06T11:00", "2026-03-09"),
    ("2026-03-06T15:00", "2026-03-10"),
    ("2026-03-28T13:00", "2026-04-01"),
    ("2026-04-02T10:00", "2026-04-05"),
    ("2026-12-23T11:59", "2026-12-26"),
    # The other summer-time night, a leap day, the first instant after noon, a summer noon.
    ("2026-10-24T13:00", "2026-10-28"),
    ("2028-02-26T11:00", "2028-02-29"),
    ("2026-03-02T12:00:00.000001", "2026-03-06"),
    ("2026-07-01T12:00", "2026-07-04"),
]


@pytest.mark.parametrize(("sent", "first"), START_DATES)
def test_liability_starts_three_dates_after_the_notice_four_after_noon(
    sent: str, first: str
) -> None:
    start = liability.first_liable_on(moment(sent), STATUTORY)

    assert start == date.fromisoformat(first)


def test_noon_is_the_swedish_noon_wherever_the_clock_stands() -> None:
    noon_in_summer = datetime.fromisoformat("2026-07-01T10:00:00+00:00")
    after = datetime.fromisoformat("2026-07-01T10:00:01+00:00")

    assert liability.first_liable_on(noon_in_summer, STATUTORY) == date(2026, 7, 4)
    assert liability.first_liable_on(after, STATUTORY) == date(2026, 7, 5)


# Id, sent, discharged, facts besides the notices, liable from, days, amount in SEK.
BOTH: Body = {"needs": ["social_services", "outpatient_care"]}
VECTORS: list[tuple[str, str, str, Body, list[Fact], str | None, int, int | None]] = [
    ("L1", "2019-03-04T09:00", "2019-03-09", {}, [], "2019-03-07", 2, 15_600),
    ("L2", "2019-03-04T12:00", "2019-03-09", {}, [], "2019-03-07", 2, 15_600),
    ("L3", "2019-03-04T12:01", "2019-03-09", {}, [], "2019-03-08", 1, 7_800),
    ("L4", "2019-03-04T09:00", "2019-03-06", {}, [], "2019-03-07", 0, 0),
    (
        "L5",
        "2019-03-04T09:00",
        "2019-03-20",
        BOTH,
        [fact("state_availability", "2019-03-04T10:00", {"status": "available"})],
        None,
        0,
        0,
    ),
    (
        "L6",
        "2019-03-04T09:00",
        "2019-03-20",
        {},
        [
            fact(
                "state_availability",
                "2019-03-04T10:00",
                {"status": "not_available", "is_cause": True},
            )
        ],
        None,
        0,
        0,
    ),
    ("L7", "2022-12-30T10:00", "2023-01-05", {}, [], "2023-01-02", 3, None),
]


@pytest.mark.parametrize(
    ("name", "sent", "discharged", "body", "more", "liable_from", "days", "amount_sek"), VECTORS
)
def test_the_vectors_of_the_act_give_their_days_and_amounts(
    name: str,
    sent: str,
    discharged: str,
    body: Body,
    more: list[Fact],
    liable_from: str | None,
    days: int,
    amount_sek: int | None,
) -> None:
    admitted = admission(f"{sent[:8]}{int(sent[8:10]) - 1:02}T09:30", **body)
    facts = [
        admitted,
        fact("notify_ready", sent),
        *more,
        fact("record_discharge", f"{discharged}T10:00"),
    ]

    assessment = assess(facts)

    assert assessment.liable_from == (liable_from and date.fromisoformat(liable_from))
    assert len(assessment.days) == days
    assert assessment.amount_ore == (None if amount_sek is None else amount_sek * 100)
    assert assessment.status == (Status.LIABLE if days else Status.NOT_LIABLE), name


# Id, days of each individual, mean, liable, excess by the mean, excess by individual.
MEANS = [
    ("M1", (0, 0, 1, 7), Fraction(2), False, Fraction(0), Fraction(0)),
    ("M2", (0, 4, 5, 7), Fraction(4), True, Fraction(4), Fraction(7)),
    ("M3", (0, 0, 1, 2, 9), Fraction(12, 5), False, Fraction(0), Fraction(0)),
    ("M4", (0, 4, 9), Fraction(13, 3), True, Fraction(4), Fraction(7)),
]


@pytest.mark.parametrize(("name", "days", "mean", "is_liable", "by_mean", "by_individual"), MEANS)
def test_both_formulas_of_a_mean_are_shown(
    name: str,
    days: tuple[int, ...],
    mean: Fraction,
    is_liable: bool,
    by_mean: Fraction,
    by_individual: Fraction,
) -> None:
    settled = liability.mean_settlement(days, 3)

    assert (settled.count, settled.mean, settled.is_liable) == (len(days), mean, is_liable), name
    assert (settled.by_mean, settled.by_individual) == (by_mean, by_individual), name


def test_a_mean_at_the_threshold_does_not_exceed_it() -> None:
    assert not liability.mean_settlement((3, 3), 3).is_liable


def test_an_agreement_may_leave_those_of_day_zero_out_of_the_mean() -> None:
    settled = liability.mean_settlement((0, 0, 1, 7), 3, includes_day_zero=False)

    assert (settled.count, settled.mean, settled.is_liable) == (2, Fraction(4), True)


def test_a_month_without_individuals_has_the_mean_nought() -> None:
    assert liability.mean_settlement((), 3).mean == 0


CASE = [admission("2019-03-03T09:30"), fact("notify_ready", "2019-03-04T09:00")]
HOME = fact("record_discharge", "2019-03-09T10:00")


def test_death_ends_the_days() -> None:
    died = fact("abort_case", "2019-03-08T03:00", {"reason": "deceased"})

    assert assess([*CASE, died]).days == (date(2019, 3, 7),)


def test_a_withdrawal_ends_the_days_and_the_next_notice_starts_anew() -> None:
    withdrawn = fact("withdraw_ready", "2019-03-08T10:00")
    again = fact("notify_ready", "2019-03-11T13:00")
    facts = [*CASE, withdrawn, again, fact("record_discharge", "2019-03-16T10:00")]

    assert assess(facts, number=1).days == (date(2019, 3, 7),)
    assert assess(facts, number=2).days == (date(2019, 3, 15),)


def test_a_resumed_clock_gives_no_new_grace() -> None:
    withdrawn = fact("withdraw_ready", "2019-03-08T10:00")
    again = fact("notify_ready", "2019-03-11T09:00")
    facts = [*CASE, withdrawn, again, fact("record_discharge", "2019-03-12T10:00")]
    resumed = Terms.from_json({"withdrawal_effect": "resumed_clock"})

    assert assess(facts, resumed, number=2).days == (date(2019, 3, 11),)


def test_a_second_notice_in_the_same_period_moves_nothing() -> None:
    second = fact("notify_ready", "2019-03-06T15:00")

    assert assess([*CASE, second, HOME]).days == assess([*CASE, HOME]).days


def test_a_municipality_told_later_than_others_counts_from_its_own_notice() -> None:
    facts = [
        admission("2019-03-03T09:30"),
        fact("notify_ready", "2019-03-04T09:00", {"municipalities": []}),
        fact("notify_ready", "2019-03-05T13:00", {"municipalities": ["2309"]}),
        fact("record_discharge", "2019-03-12T10:00"),
    ]

    assert assess(facts).liable_from == date(2019, 3, 9)


def test_a_registration_moved_during_the_stay_needs_a_notice_to_the_new_municipality() -> None:
    moved = fact("notify_ready", "2019-03-04T09:00", {"liable_municipality": "2303"})
    told = fact("notify_admission", "2019-03-04T08:00", {"municipalities": ["2303"]})

    untold = assess([CASE[0], moved, HOME])
    in_time = assess([CASE[0], told, moved, HOME])
    late = assess([admission("2019-03-02T09:30"), told, moved, HOME])

    assert (untold.municipality, untold.status) == ("2303", Status.NOT_LIABLE)
    assert [reason.code for reason in untold.reasons] == ["P3.1_missing"]
    assert in_time.status == Status.LIABLE
    assert late.status == Status.MANUAL_REVIEW


def test_a_registration_moved_after_the_notice_changes_nothing() -> None:
    moved = fact("send_general_message", "2019-03-06T09:00", {"liable_municipality": "2303"})

    assert assess([*CASE, moved, HOME]).municipality == "2309"


def test_a_stay_across_new_year_takes_the_rate_of_each_day() -> None:
    facts = [
        admission("2022-12-27T09:30"),
        fact("notify_ready", "2022-12-28T10:00"),
        fact("record_discharge", "2023-01-02T10:00"),
    ]

    known = assess(facts, rates={2022: 930_000, 2023: 1_000_000})

    assert known.days == (date(2022, 12, 31), date(2023, 1, 1))
    assert known.amount_ore == 930_000 + 1_000_000
    assert assess(facts).amount_ore is None


def test_a_leap_day_is_a_day_to_pay_for() -> None:
    facts = [
        admission("2028-02-25T09:30"),
        fact("notify_ready", "2028-02-26T10:00"),
        fact("record_discharge", "2028-03-02T10:00"),
    ]

    assert assess(facts).days == (date(2028, 2, 29), date(2028, 3, 1))


def test_an_open_period_is_charged_for_the_days_that_have_passed() -> None:
    assert assess(CASE, at="2019-03-09T10:00").days == (date(2019, 3, 7), date(2019, 3, 8))
    agreed = Terms(charge_discharge_day=True)
    assert assess(CASE, agreed, at="2019-03-09T10:00").days == (
        date(2019, 3, 7),
        date(2019, 3, 8),
    )


def test_days_that_the_region_blocks_are_not_charged_and_the_liability_rests() -> None:
    blocked = fact(
        "state_availability", "2019-03-07T10:00", {"status": "not_available", "is_cause": True}
    )
    available = fact("state_availability", "2019-03-08T00:00", {"status": "available"})
    facts = [*CASE, blocked, available, fact("record_discharge", "2019-03-10T10:00")]

    assessment = assess(facts)

    assert assessment.status == Status.LIABLE
    assert assessment.days == (date(2019, 3, 8), date(2019, 3, 9))
    assert assessment.liable_from == date(2019, 3, 8)
    assert [reason.code for reason in assessment.reasons] == ["P6_cause"]


def test_where_the_agreement_says_so_the_region_s_own_cause_cancels_the_liability() -> None:
    blocked = fact(
        "state_availability", "2019-03-07T10:00", {"status": "not_available", "is_cause": True}
    )
    available = fact("state_availability", "2019-03-07T15:00", {"status": "available"})
    cancels = Terms.from_json({"region_cause_effect": "cancel"})

    assessment = assess([*CASE, blocked, available, HOME], cancels)

    assert (assessment.status, assessment.days) == (Status.NOT_LIABLE, ())


def test_blocked_days_can_be_given_besides() -> None:
    facts = [*CASE, HOME]
    (period,) = history.ready_periods(facts)

    assessment = liability.assess(
        period,
        facts,
        STATUTORY,
        blocked_days=[date(2019, 3, 7)],
        day_rates_ore=RATES,
        at=HOME.at,
    )

    assert assessment.days == (date(2019, 3, 8),)


TERMS: list[tuple[Body, str, str]] = [
    ({"grace_days": 5}, "2026-03-02T09:00", "2026-03-07"),
    ({"grace_days": 0}, "2026-03-02T09:00", "2026-03-02"),
    ({"day_unit": "weekday", "grace_days": 5}, "2026-03-05T09:00", "2026-03-12"),
    ({"day_unit": "weekday"}, "2026-04-02T09:00", "2026-04-09"),
    (
        {"day_unit": "weekday", "holiday_categories": ["public", "de_facto"]},
        "2026-12-21T09:00",
        "2026-12-28",
    ),
    ({"day_zero": "day_after"}, "2026-03-02T09:00", "2026-03-06"),
    ({"cutoff_time": "14:00"}, "2026-03-02T13:00", "2026-03-05"),
    ({"cutoff_inclusive": False}, "2026-03-02T12:00", "2026-03-06"),
    ({"cutoff_effect": 0}, "2026-03-02T15:00", "2026-03-05"),
    ({"holiday_rule": "move_friday_afternoon"}, "2026-03-06T15:00", "2026-03-12"),
    ({"holiday_rule": "move_friday_afternoon"}, "2026-03-06T11:00", "2026-03-09"),
    (
        {"holiday_rule": "exclude_dates", "excluded_dates": ["2026-03-04"]},
        "2026-03-02T09:00",
        "2026-03-06",
    ),
]


@pytest.mark.parametrize(("agreed", "sent", "first"), TERMS)
def test_an_agreement_may_set_another_time(agreed: Body, sent: str, first: str) -> None:
    start = liability.first_liable_on(moment(sent), Terms.from_json(agreed))

    assert start == date.fromisoformat(first)


def test_excluded_dates_are_not_charged() -> None:
    excluded = Terms.from_json({"holiday_rule": "exclude_dates", "excluded_dates": ["2019-03-08"]})

    assert assess([*CASE, HOME], excluded).days == (date(2019, 3, 7),)


def test_an_agreement_may_charge_the_day_of_the_discharge() -> None:
    assert len(assess([*CASE, HOME], Terms(charge_discharge_day=True)).days) == 3


def test_an_agreement_may_set_its_own_amount() -> None:
    own = Terms.from_json({"day_rate_source": "own", "own_day_rate_ore": 500_000})

    assert assess([*CASE, HOME], own, rates={}).amount_ore == 1_000_000


def test_a_cutoff_is_a_time_of_day() -> None:
    assert Terms(cutoff_time=time(14)).cutoff_time == time(14)
    with pytest.raises(BadTerms):
        Terms.from_json({"cutoff_time": 14})
