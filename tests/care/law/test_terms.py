"""Agreement terms: the Act's defaults, what an agreement can say, and what it cannot."""

from dataclasses import fields
from datetime import date, time

import pytest

from care.law.calendar import HolidayCategory
from care.law.discharge import Act
from care.law.terms import (
    STATUTORY,
    TERMS,
    BadTerms,
    ReceiptTime,
    Terms,
)

Json = dict[str, object]

# Row, the Act's default, another value that can be, a value that cannot be.
TERM_ROWS: list[tuple[tuple[str, str, str], object, object, object]] = [
    (("term", "model", "4 kap. 5 §"), "statutory", "individual_agreed", "other"),
    (("term", "grace_days", "5 kap. 4 §"), 3, 5, -1),
    (("term", "grace_days_psychiatric", "5 kap. 4 §"), 3, 5, 91),
    (("term", "threshold_days", "4 kap. 5 §"), 3, 2, "3"),
    (("term", "threshold_days_psychiatric", "4 kap. 5 §"), 3, 5, None),
    (("term", "threshold_days_by_track", "4 kap. 5 §"), {}, {"red": 5}, {"pink": 5}),
    (("term", "day_unit", "5 kap. 4 §"), "calendar_day", "weekday", "hour"),
    (("term", "day_zero", "5 kap. 4 §"), "notice_day", "day_after", 0),
    (("term", "cutoff_time", "5 kap. 4 §"), "12:00", "14:30", "25:00"),
    (("term", "cutoff_inclusive", "5 kap. 4 §"), True, False, 1),
    (("term", "cutoff_effect", "5 kap. 4 §"), 1, 0, True),
    (("term", "mean_includes_day_zero", "4 kap. 5 §"), True, False, "ja"),
    (("term", "mean_population", "4 kap. 5 §"), "discharged_in_month", "all_open", "all"),
    (("term", "excess_formula", "4 kap. 5 §"), None, "per_individual", "median"),
    (("term", "charge_discharge_day", "5 kap. 4 §"), False, True, "nej"),
    (("term", "holiday_rule", "4 kap. 5 §"), "none", "move_friday_afternoon", "always"),
    (("term", "holiday_categories", "lag (1989:253)"), ["public"], ["public", "bank"], "public"),
    (("term", "excluded_dates", "4 kap. 5 §"), [], ["2026-12-24"], ["2026-02-30"]),
    (("term", "day_rate_source", "5 kap. 6 §"), "national", None, "regional"),
    (("term", "own_day_rate_ore", "5 kap. 6 §"), None, 700_000, -1),
    (("term", "withdrawal_effect", "5 kap. 4 §"), "new_clock", "resumed_clock", "stopped"),
    (("term", "late_call_effect", "5 kap. 3 § 2 st."), "review", "block", "fine"),
    (("term", "late_admission_effect", "5 kap. 3 § 1 st."), "review", "ignore", "fine"),
    (("term", "region_cause_effect", "5 kap. 5 §"), "suspend", "cancel", "ignore"),
    (("term", "call_holiday_shift", "4 kap. 3 §"), False, True, None),
    (("term", "transfer_effect", "5 kap. 4 §"), "continue_if_ready", "end_period", "stop"),
    (
        ("term", "receipt_times", "4 kap. 5 §"),
        {},
        {"notify_admission": {"working_days": 1}, "notify_ready": {"hours": 4}},
        {"notify_ready": {"hours": 1, "working_days": 1}},
    ),
    (("term", "invoice_period", "4 kap. 5 §"), "month", "quarter", "year"),
    (("term", "invoicing_party", "4 kap. 5 §"), "region", "joint_board", "state"),
    (("term", "dispute_deadline", "4 kap. 5 §"), None, 10, 0),
    (("term", "compulsory_psychiatry", "5 kap. 1 §"), "same", "excluded", "other"),
    (("term", "tracks", "rutin"), [], ["blue", "green"], ["pink"]),
    (("term", "receiving_units", "2 kap. 1 §"), [], ["SE2321000016-1001"], [" "]),
    (("term", "outage_hours", "rutin"), 2, 4, 1.5),
]


@pytest.mark.parametrize(("row", "default", "other", "impossible"), TERM_ROWS)
def test_a_term_has_the_default_of_its_paragraph_and_can_be_agreed_otherwise(
    row: tuple[str, str, str], default: object, other: object, impossible: object
) -> None:
    name = row[1]

    assert {term.name: term.statute for term in TERMS}[name] == row[2]
    assert STATUTORY.to_json()[name] == default
    if other is not None:
        assert Terms.from_json({name: other}).to_json()[name] == other
    with pytest.raises(BadTerms, match=rf"^{name}|kvittenstid"):
        Terms.from_json({name: impossible})


def test_every_field_is_a_row_with_a_swedish_name() -> None:
    assert [term.name for term in TERMS] == [part.name for part in fields(Terms)]
    assert all(term.swedish for term in TERMS)


def test_an_unknown_term_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadTerms, match=r"Okänt villkor: discount\. Ta bort det .*grace_days"):
        Terms.from_json({"discount": 1})


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"day_rate_source": "own"}, "own_day_rate_ore"),
        ({"holiday_rule": "exclude_dates"}, "excluded_dates"),
        ({"model": "monthly_mean"}, "excess_formula"),
        ({"model": "rolling_three_month_mean"}, "excess_formula"),
        ({"threshold_days_by_track": [3]}, "varje nyckel"),
        ({"receipt_times": {"notify_ready": {"days": 1}}}, "hours"),
        ({"receipt_times": {"notify_ready": {"hours": 0}}}, "från 1 till 1000"),
        ({"receipt_times": {"notify_ready": {}}}, "Ange en av dem"),
        ({"cutoff_time": "12:00+01:00"}, "klockslag"),
        ({"excluded_dates": [20261224]}, "datum"),
    ],
)
def test_terms_that_do_not_hold_together_say_what_to_do(given: Json, advice: str) -> None:
    with pytest.raises(BadTerms, match=advice):
        Terms.from_json(given)


def test_terms_made_in_code_are_held_to_the_same_rules() -> None:
    with pytest.raises(BadTerms, match="grace_days"):
        Terms(grace_days=-1)


def test_stored_terms_are_read_back_as_they_were() -> None:
    terms = Terms(
        grace_days=5,
        cutoff_time=time(14, 30),
        excluded_dates=(date(2026, 12, 24),),
        holiday_categories=(HolidayCategory.PUBLIC, HolidayCategory.DE_FACTO),
        receipt_times={Act.NOTIFY_ADMISSION: ReceiptTime(working_days=1)},
        day_rate_source="own",  # type: ignore[arg-type]  # a plain value is read as the choice
        own_day_rate_ore=700_000,
    )

    assert Terms.from_json(terms.to_json()) == terms
    assert hash(Terms.from_json(terms.to_json())) == hash(terms)


def test_psychiatry_has_its_own_numbers_of_days() -> None:
    terms = Terms(grace_days_psychiatric=30, threshold_days_psychiatric=5).for_psychiatry()

    assert (terms.grace_days, terms.threshold_days) == (30, 5)
