"""Swedish days and hours: red days, working days, the end of a local day, elapsed hours.

Days are local dates in Sweden and hours are elapsed time, so both summer-time nights come out
right: every instant is handed back in UTC, where instants compare as they should.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SATURDAY, SUNDAY = 5, 6
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


class HolidayCategory(StrEnum):
    """Slag av helgdag that an agreement can let count.

    Allmän helgdag (lag 1989:253); midsommar-, jul- och nyårsafton; övriga aftnar och klämdagar;
    bankfria dagar.
    """

    PUBLIC = "public"
    DE_FACTO = "de_facto"
    OPTIONAL = "optional"
    BANK = "bank"


PUBLIC = (HolidayCategory.PUBLIC,)
# Lag (1930:173) equates these three eves with a Sunday when a time limit ends on them.
TIME_LIMIT = (HolidayCategory.PUBLIC, HolidayCategory.DE_FACTO)


@lru_cache(maxsize=256)
def _red_days(year: int, categories: tuple[HolidayCategory, ...]) -> dict[date, str]:
    names = tuple(category.value for category in categories)
    if not names:
        return {}
    # Brings every country of the world along, half a second that most commands never need.
    from holidays.countries.sweden import Sweden

    return dict(Sweden(years=year, categories=names, language="sv", include_sundays=False))


def red_day_name(day: date, categories: tuple[HolidayCategory, ...] = PUBLIC) -> str | None:
    """Return the Swedish name of a red day, or None for an ordinary day (lag 1989:253)."""
    named = _red_days(day.year, categories).get(day)
    return named or ("Söndag" if day.weekday() == SUNDAY else None)


def is_red_day(day: date, categories: tuple[HolidayCategory, ...] = PUBLIC) -> bool:
    """Tell whether the day is a Sunday or a holiday that counts."""
    return red_day_name(day, categories) is not None


def is_working_day(day: date, categories: tuple[HolidayCategory, ...] = PUBLIC) -> bool:
    """Tell whether the day is one from Monday to Friday that is not red."""
    return day.weekday() != SATURDAY and not is_red_day(day, categories)


def add_calendar_days(day: date, days: int) -> date:
    """Return the date so many calendar days later."""
    return day + timedelta(days=days)


def add_days_where(day: date, days: int, counts: Callable[[date], bool]) -> date:
    """Return the date so many days later when only some days count."""
    while days > 0:
        day += timedelta(days=1)
        days -= counts(day)
    return day


def next_working_day(day: date, categories: tuple[HolidayCategory, ...] = PUBLIC) -> date:
    """Return the day itself when it is a working day, else the first working day after it."""
    while not is_working_day(day, categories):
        day += timedelta(days=1)
    return day


def add_working_days(
    day: date, days: int, categories: tuple[HolidayCategory, ...] = PUBLIC
) -> date:
    """Return the date so many working days later."""
    return add_days_where(day, days, lambda later: is_working_day(later, categories))


def local_date(moment: datetime) -> date:
    """Return the Swedish date of an instant."""
    return moment.astimezone(STOCKHOLM).date()


def start_of_local_day(day: date) -> datetime:
    """Return the instant at which a Swedish date begins."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def end_of_local_day(day: date) -> datetime:
    """Return the last instant of a Swedish date: 23:59:59 and all that is left of that second."""
    return datetime.combine(day, time.max, STOCKHOLM).astimezone(UTC)


def add_elapsed_hours(moment: datetime, hours: int) -> datetime:
    """Return the instant so many hours later, as a stopwatch counts them (2 kap. 3 §)."""
    return moment.astimezone(UTC) + timedelta(hours=hours)


def dates_between(first: date, until: date) -> tuple[date, ...]:
    """Return the dates from the first up to but not including the last."""
    return tuple(first + timedelta(days=number) for number in range((until - first).days))


def red_days_between(
    first: date, last: date, categories: Collection[HolidayCategory] = PUBLIC
) -> tuple[tuple[date, str], ...]:
    """Return the red days from the first to the last date, with their names."""
    days = dates_between(first, last + timedelta(days=1))
    named = [(day, red_day_name(day, tuple(categories))) for day in days]
    return tuple((day, name) for day, name in named if name is not None)


def written(day: date) -> str:
    """Return a date as Swedish prose: torsdag 5 mars 2026."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
