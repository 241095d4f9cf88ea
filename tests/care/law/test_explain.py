"""A ready notice explained: dates, days, weekdays, red days, and the paragraph of each line."""

from datetime import date, datetime

from care.law import explain
from care.law.calendar import STOCKHOLM
from care.law.explain import Explanation
from care.law.terms import STATUTORY, Terms

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=STOCKHOLM)
BEFORE_EASTER = datetime(2026, 4, 2, 10, 0, tzinfo=STOCKHOLM)


def text(explanation: Explanation) -> str:
    """Return all lines as one text."""
    return " ".join(line.text_sv for line in explanation.lines)


def test_the_dates_that_follow_from_a_notice_are_named_with_weekday() -> None:
    explanation = explain.ready(MONDAY_NOON, STATUTORY)

    assert explanation.call_due_on == date(2026, 3, 5)
    assert explanation.liable_from == date(2026, 3, 5)
    assert explanation.liable_days is None
    assert "måndag 2 mars 2026 klockan 12.00, alltså senast klockan 12.00" in text(explanation)
    assert "inträder torsdag 5 mars 2026, tre dagar efter" in text(explanation)


def test_a_notice_after_noon_gives_the_municipality_one_more_day() -> None:
    explanation = explain.ready(MONDAY_NOON.replace(minute=1), STATUTORY)

    assert explanation.liable_from == date(2026, 3, 6)
    assert explanation.call_due_on == date(2026, 3, 5)
    assert "alltså efter klockan 12.00" in text(explanation)
    assert "fyra dagar efter" in text(explanation)


def test_a_second_after_noon_is_shown_as_such() -> None:
    explanation = explain.ready(MONDAY_NOON.replace(second=30), STATUTORY)

    assert "klockan 12.00.30, alltså efter" in text(explanation)


def test_red_days_in_between_are_named_with_the_lack_of_a_holiday_rule() -> None:
    explanation = explain.ready(BEFORE_EASTER, STATUTORY)

    assert explanation.liable_from == date(2026, 4, 5)
    assert "lagen har ingen helgregel" in text(explanation)
    assert "fredag 3 april 2026 (långfredagen)" in text(explanation)
    assert "söndag 5 april 2026 (påskdagen)" in text(explanation)


def test_an_ordinary_sunday_has_no_name_of_its_own() -> None:
    friday = datetime(2026, 3, 6, 11, 0, tzinfo=STOCKHOLM)

    assert "I tiden ligger: söndag 8 mars 2026." in text(explain.ready(friday, STATUTORY))


def test_without_red_days_nothing_is_said_of_them() -> None:
    assert "helgregel" not in text(explain.ready(MONDAY_NOON, STATUTORY))


def test_the_discharge_gives_the_days_to_pay_for() -> None:
    explanation = explain.ready(MONDAY_NOON, STATUTORY, date(2026, 3, 7))

    assert explanation.liable_days == (date(2026, 3, 5), date(2026, 3, 6))
    assert "Dagar att betala: 2" in text(explanation)
    assert "Utskrivningsdagen räknas inte" in text(explanation)


def test_a_discharge_before_the_start_costs_nothing() -> None:
    explanation = explain.ready(MONDAY_NOON, STATUTORY, date(2026, 3, 4))

    assert explanation.liable_days == ()
    assert "Inga dagar ska betalas" in text(explanation)


def test_the_preconditions_are_named() -> None:
    statutes = {line.statute for line in explain.ready(MONDAY_NOON, STATUTORY).lines}

    assert {"4 kap. 3 §", "5 kap. 3 § 1 st.", "5 kap. 3 § 2 st.", "5 kap. 4 §", "5 kap. 5 §"} <= (
        statutes
    )


def test_what_the_agreement_decides_cites_the_agreement() -> None:
    agreed = Terms.from_json({"grace_days": 5, "day_unit": "weekday", "charge_discharge_day": True})

    explanation = explain.ready(MONDAY_NOON, agreed, date(2026, 3, 10))

    by_statute = {line.text_sv for line in explanation.lines if line.statute == "4 kap. 5 §"}
    assert any("måndag 9 mars 2026, fem vardagar efter" in line for line in by_statute)
    assert any("egen regel för helger" in line for line in by_statute)
    assert any("Utskrivningsdagen räknas." in line for line in by_statute)


def test_another_cutoff_is_named_as_the_agreement_has_it() -> None:
    before_noon = Terms.from_json({"cutoff_inclusive": False})
    afternoon = Terms.from_json({"cutoff_time": "14:00"})

    assert "inte före klockan 12.00" in text(explain.ready(MONDAY_NOON, before_noon))
    assert "före klockan 12.00" in text(explain.ready(MONDAY_NOON.replace(hour=9), before_noon))
    assert "senast klockan 14.00" in text(explain.ready(MONDAY_NOON, afternoon))


def test_a_moved_friday_is_counted_by_the_agreement() -> None:
    friday = datetime(2026, 3, 6, 15, 0, tzinfo=STOCKHOLM)
    moved = Terms.from_json({"holiday_rule": "move_friday_afternoon"})

    explanation = explain.ready(friday, moved)

    assert explanation.liable_from == date(2026, 3, 12)
    assert "torsdag 12 mars 2026, räknat enligt avtalet" in text(explanation)


def test_a_moved_last_day_for_the_call_is_explained() -> None:
    explanation = explain.ready(BEFORE_EASTER, Terms(call_holiday_shift=True))

    assert explanation.call_due_on == date(2026, 4, 7)
    assert "Sista dagen flyttas" in text(explanation)
