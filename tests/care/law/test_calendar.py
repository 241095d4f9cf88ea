"""Swedish days and hours: red days, working days, and both summer-time nights."""

from datetime import date, datetime

import pytest

from care.law import calendar
from care.law.calendar import PUBLIC, STOCKHOLM, TIME_LIMIT, HolidayCategory

RED_DAYS = {
    "2026-01-01": "Nyårsdagen",
    "2026-01-06": "Trettondedag jul",
    "2026-04-03": "Långfredagen",
    "2026-04-05": "Påskdagen",
    "2026-04-06": "Annandag påsk",
    "2026-05-01": "Första maj",
    "2026-05-14": "Kristi himmelsfärdsdag",
    "2026-05-24": "Pingstdagen",
    "2026-06-06": "Nationaldagen",
    "2026-06-20": "Midsommardagen",
    "2026-10-31": "Alla helgons dag",
    "2026-12-25": "Juldagen",
    "2026-12-26": "Annandag jul",
    "2027-03-26": "Långfredagen",
    "2027-03-29": "Annandag påsk",
    "2027-05-06": "Kristi himmelsfärdsdag",
    "2027-05-16": "Pingstdagen",
    "2027-06-26": "Midsommardagen",
    "2027-11-06": "Alla helgons dag",
    "2026-03-08": "Söndag",
}


@pytest.mark.parametrize(("day", "name"), RED_DAYS.items())
def test_a_red_day_has_its_swedish_name(day: str, name: str) -> None:
    assert calendar.red_day_name(date.fromisoformat(day)) == name


@pytest.mark.parametrize("day", ["2026-12-24", "2026-12-31", "2026-06-19"])
def test_an_eve_is_red_only_where_the_agreement_or_a_time_limit_says_so(day: str) -> None:
    eve = date.fromisoformat(day)

    assert not calendar.is_red_day(eve)
    assert calendar.is_red_day(eve, TIME_LIMIT)


@pytest.mark.parametrize(
    ("day", "category", "name"),
    [
        ("2026-04-04", HolidayCategory.OPTIONAL, "Påskafton"),
        ("2026-05-15", HolidayCategory.OPTIONAL, "Klämdag"),
        ("2026-12-24", HolidayCategory.BANK, "Julafton"),
    ],
)
def test_other_days_off_count_by_category(day: str, category: HolidayCategory, name: str) -> None:
    assert calendar.red_day_name(date.fromisoformat(day), (category,)) == name


def test_a_saturday_is_no_red_day_and_no_working_day() -> None:
    saturday = date(2026, 3, 7)

    assert not calendar.is_red_day(saturday)
    assert not calendar.is_working_day(saturday)


def test_without_categories_only_sundays_are_red() -> None:
    assert not calendar.is_red_day(date(2026, 12, 25), ())
    assert calendar.is_red_day(date(2026, 3, 8), ())


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-04-02", 1, "2026-04-07"),
        ("2026-04-02", 3, "2026-04-09"),
        ("2026-03-02", 0, "2026-03-02"),
    ],
)
def test_working_days_skip_weekends_and_red_days(day: str, days: int, expected: str) -> None:
    later = calendar.add_working_days(date.fromisoformat(day), days)

    assert later == date.fromisoformat(expected)


def test_calendar_days_skip_nothing() -> None:
    assert calendar.add_calendar_days(date(2028, 2, 27), 3) == date(2028, 3, 1)


def test_the_next_working_day_is_the_day_itself_when_it_is_one() -> None:
    assert calendar.next_working_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert calendar.next_working_day(date(2026, 4, 7)) == date(2026, 4, 7)


def test_the_eves_delay_the_next_working_day_where_they_count() -> None:
    assert calendar.next_working_day(date(2026, 12, 24), PUBLIC) == date(2026, 12, 24)
    assert calendar.next_working_day(date(2026, 12, 24), TIME_LIMIT) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-28T13:00:00+01:00", "2026-03-29T14:00:00+02:00"),
        ("2026-10-24T13:00:00+02:00", "2026-10-25T12:00:00+01:00"),
    ],
)
def test_24_hours_are_elapsed_hours_on_both_summer_time_nights(start: str, end: str) -> None:
    later = calendar.add_elapsed_hours(datetime.fromisoformat(start), 24)

    assert later == datetime.fromisoformat(end)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_summer_time_days_are_an_hour_shorter_and_longer(day: str, hours: int) -> None:
    local = date.fromisoformat(day)

    length = calendar.end_of_local_day(local) - calendar.start_of_local_day(local)

    assert round(length.total_seconds()) == hours * 3600


def test_a_local_day_ends_within_its_last_second() -> None:
    end = calendar.end_of_local_day(date(2026, 3, 5)).astimezone(STOCKHOLM)

    assert end.strftime("%Y-%m-%d %H:%M:%S") == "2026-03-05 23:59:59"


def test_the_date_of_an_instant_is_the_swedish_one() -> None:
    moment = datetime.fromisoformat("2026-03-05T23:30:00+00:00")

    assert calendar.local_date(moment) == date(2026, 3, 6)


def test_a_date_is_written_in_swedish() -> None:
    assert calendar.written(date(2026, 3, 5)) == "torsdag 5 mars 2026"


def test_red_days_between_two_dates_include_both_ends() -> None:
    found = calendar.red_days_between(date(2026, 4, 3), date(2026, 4, 5))

    assert found == ((date(2026, 4, 3), "Långfredagen"), (date(2026, 4, 5), "Påskdagen"))
