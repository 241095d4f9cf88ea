"""The time limits of the Act: 24 hours, three days for the call, three or four to liability."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from care.law import calendar
from care.law.calendar import STOCKHOLM
from care.law.history import ReadyPeriod
from care.law.terms import DayUnit, DayZero, HolidayRule, Terms, WithdrawalEffect

ADMISSION_HOURS = 24
CALL_DAYS = 3
FRIDAY = 4


def admission_due_at(
    admitted_at: datetime | None, need_assessed_at: datetime | None
) -> datetime | None:
    """Return when the admission notice is due, or None when neither time is known (2 kap. 3 §).

    24 hours after the admission, or after the judgement when that was made later in the stay.
    """
    known = [moment for moment in (admitted_at, need_assessed_at) if moment is not None]
    return calendar.add_elapsed_hours(max(known), ADMISSION_HOURS) if known else None


def call_due_on(sent_at: datetime, terms: Terms) -> date:
    """Return the last date for the call to planning (4 kap. 3 §).

    Three calendar days after the ready notice. Where the parties agree on it, a last day that is a
    Saturday, a Sunday or a holiday gives way to the next working day.
    """
    last = calendar.add_calendar_days(calendar.local_date(sent_at), CALL_DAYS)
    if not terms.call_holiday_shift:
        return last
    return calendar.next_working_day(last, (*terms.holiday_categories, *calendar.TIME_LIMIT))


def is_after_cutoff(sent_at: datetime, terms: Terms) -> bool:
    """Tell whether the ready notice was sent "efter klockan 12.00" (5 kap. 4 §)."""
    clock = sent_at.astimezone(STOCKHOLM).time()
    return clock > terms.cutoff_time if terms.cutoff_inclusive else clock >= terms.cutoff_time


def first_liable_on(sent_at: datetime, terms: Terms) -> date:
    """Return the first chargeable date (5 kap. 4 §).

    Three days after the notice was sent, four if it was sent after noon: dates, not hours. An
    agreement may set another time (4 kap. 5 §), so every part of it is a term.
    """
    day, days = _day_zero(sent_at, terms)
    return calendar.add_days_where(day, days, lambda later: _counts(later, terms))


def liable_from(
    period: ReadyPeriod,
    periods: Sequence[ReadyPeriod],
    terms: Terms,
    *,
    sent_at: datetime | None = None,
) -> date:
    """Return the first chargeable date of a ready period (5 kap. 4 §).

    With a resumed clock the days that earlier, withdrawn periods used up are not given again.
    `sent_at` is the notice that counts, when it is not the one that opened the period.
    """
    sent_at = sent_at or period.starts_at
    if terms.withdrawal_effect == WithdrawalEffect.NEW_CLOCK:
        return first_liable_on(sent_at, terms)
    day, days = _day_zero(sent_at, terms)
    used = sum(_used_days(earlier, terms) for earlier in periods if earlier.number < period.number)
    return calendar.add_days_where(day, days - used, lambda later: _counts(later, terms))


def _used_days(period: ReadyPeriod, terms: Terms) -> int:
    if period.ends_at is None:
        return 0
    first = calendar.local_date(period.starts_at) + timedelta(days=1)
    last = calendar.local_date(period.ends_at) + timedelta(days=1)
    return sum(_counts(day, terms) for day in calendar.dates_between(first, last))


def grace_days_of(sent_at: datetime, terms: Terms) -> int:
    """Return how many days the notice gives before liability: three, or four after noon."""
    return _day_zero(sent_at, terms)[1]


def _day_zero(sent_at: datetime, terms: Terms) -> tuple[date, int]:
    day = calendar.local_date(sent_at)
    is_late = is_after_cutoff(sent_at, terms)
    if terms.day_zero == DayZero.DAY_AFTER:
        day += timedelta(days=1)
    if (
        is_late
        and terms.holiday_rule == HolidayRule.MOVE_FRIDAY_AFTERNOON
        and calendar.local_date(sent_at).weekday() == FRIDAY
    ):
        moved = calendar.next_working_day(day + timedelta(days=1), terms.holiday_categories)
        return moved, terms.grace_days
    return day, terms.grace_days + (terms.cutoff_effect if is_late else 0)


def _counts(day: date, terms: Terms) -> bool:
    if is_excluded(day, terms):
        return False
    return terms.day_unit == DayUnit.CALENDAR_DAY or calendar.is_working_day(
        day, terms.holiday_categories
    )


def is_excluded(day: date, terms: Terms) -> bool:
    """Tell whether the agreement excludes the date (4 kap. 5 §)."""
    return terms.holiday_rule == HolidayRule.EXCLUDE_DATES and day in terms.excluded_dates
