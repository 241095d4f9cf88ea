"""Swedish working days, by which time limits are counted.

A time limit that ends on a Saturday, a Sunday, another holiday, midsommarafton, julafton or
nyårsafton runs until the next working day (lag (1930:173) 2 §).
"""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether a time limit can end on a day."""
    return day.weekday() < SATURDAY and day not in _red_days(day.year)


def after(day: date, working_days: int) -> date:
    """Return the working day that comes so many working days after a day."""
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def _red_days(year: int) -> Collection[date]:
    # Brings every country of the world along, half a second that most commands never need.
    from holidays.countries.sweden import Sweden

    return Sweden(years=year, categories=("public", "de_facto"), include_sundays=False)
