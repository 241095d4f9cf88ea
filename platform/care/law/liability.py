"""Kommunens betalningsansvar (5 kap.): start date, days, assessment, mean models."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from care.law import calendar, history, limits
from care.law.discharge import Act
from care.law.history import AvailabilityStatus, Fact, ReadyPeriod
from care.law.limits import first_liable_on
from care.law.preconditions import GRAVITY, PRECONDITIONS, Matter, Reason, Status, dates_of
from care.law.terms import DayRateSource, Terms

__all__ = [
    "Assessment",
    "MeanSettlement",
    "Reason",
    "Status",
    "assess",
    "first_liable_on",
    "liable_days",
    "mean_settlement",
]


@dataclass(frozen=True)
class Assessment:
    """Betalningsbedömning: what one ready period costs, and why (5 kap. 1–6 §§)."""

    status: Status
    municipality: str | None
    liable_from: date | None
    days: tuple[date, ...]
    amount_ore: int | None
    reasons: tuple[Reason, ...]


def liable_days(
    liable_from: date, ended_on: date, terms: Terms, blocked: Collection[date] = ()
) -> tuple[date, ...]:
    """Return the chargeable dates: from the first up to but not including the last (5 kap. 4 §).

    The Act does not say whether the day of the discharge counts; an agreement may let it count.
    """
    until = ended_on + timedelta(days=1) if terms.charge_discharge_day else ended_on
    return tuple(
        day
        for day in calendar.dates_between(liable_from, until)
        if day not in blocked and not limits.is_excluded(day, terms)
    )


def assess(
    period: ReadyPeriod,
    facts: Sequence[Fact],
    terms: Terms,
    *,
    municipality: str | None = None,
    planning_required: bool | None = None,
    is_compulsory: bool = False,
    day_rates_ore: Mapping[int, int] | None = None,
    blocked_days: Collection[date] = (),
    at: datetime,
) -> Assessment:
    """Assess one ready period against every precondition (5 kap. 1–6 §§).

    The municipality and the need of planning are read from the facts where they are not given. The
    days of an open period are those that have passed at the time `at`. `blocked_days` are added to
    those that the availability statements block. The amount needs a rate for each day's year.
    """
    matter = _matter(
        period,
        facts,
        terms,
        municipality=municipality or history.liable_municipality(facts, at=period.starts_at),
        planning_required=(
            planning_required
            if planning_required is not None
            else history.planning_is_required(facts) is True
        ),
        is_compulsory=is_compulsory,
        day_rates_ore=dict(day_rates_ore or {}),
        blocked_days=frozenset(blocked_days),
        at=at,
    )
    return _judged(matter)


def _matter(
    period: ReadyPeriod,
    facts: Sequence[Fact],
    terms: Terms,
    *,
    municipality: str | None,
    planning_required: bool,
    is_compulsory: bool,
    day_rates_ore: dict[int, int],
    blocked_days: frozenset[date],
    at: datetime,
) -> Matter:
    sent_at = _sent_at(period, facts, municipality)
    starts_on = limits.liable_from(period, history.ready_periods(facts), terms, sent_at=sent_at)
    ended_on = calendar.local_date(period.ends_at or at)
    # Today has not been lived through yet: an open period is charged for whole days.
    counted = terms if period.ends_at is not None else _without_last_day(terms)
    bare = Matter(
        period=period,
        facts=facts,
        terms=terms,
        municipality=municipality,
        planning_required=planning_required,
        is_compulsory=is_compulsory,
        sent_at=sent_at,
        starts_on=starts_on,
        possible_days=liable_days(starts_on, ended_on, counted),
        blocked_days=blocked_days,
        day_rates_ore=day_rates_ore,
        at=at,
    )
    return replace(bare, blocked_days=blocked_days | _blocked_by_region(bare))


def _without_last_day(terms: Terms) -> Terms:
    return replace(terms, charge_discharge_day=False)


def _sent_at(
    period: ReadyPeriod, facts: Sequence[Fact], municipality: str | None
) -> datetime | None:
    """Return when the period's first ready notice to the municipality was sent, or None."""
    sent = [
        fact.at
        for fact in history.of(facts, Act.NOTIFY_READY)
        if fact.at >= period.starts_at
        and (period.ends_at is None or fact.at <= period.ends_at)
        and history.reached(fact, municipality)
    ]
    return sent[0] if sent else None


def _blocked_by_region(matter: Matter) -> frozenset[date]:
    """Return the days on which the region's own services kept the individual (5 kap. 5 §)."""
    return frozenset().union(
        *(
            dates_of(row.starts_at, row.ends_at, matter)
            for row in history.availability(matter.facts)
            if row.status != AvailabilityStatus.AVAILABLE and row.is_cause
        )
    )


def _judged(matter: Matter) -> Assessment:
    found = [(row, fault) for row in PRECONDITIONS for fault in row.faults(matter)]
    effects = [fault.effect for _, fault in found]
    status = max(effects, key=GRAVITY.index, default=Status.LIABLE)
    reasons = tuple(
        Reason(f"{row.name}_{fault.code}", row.statute, fault.text_sv) for row, fault in found
    )
    # What can no longer arise has no start; what ended before its start has one all the same.
    hinders = {
        fault.effect for row, fault in found if row.name != "P5" and fault.effect != Status.LIABLE
    }
    is_hindered = not hinders.isdisjoint({Status.BLOCKED, Status.NOT_LIABLE})
    days = () if is_hindered else matter.days
    return Assessment(
        status=status,
        municipality=matter.municipality,
        liable_from=None if is_hindered else (days[0] if days else matter.starts_on),
        days=days,
        amount_ore=_amount_ore(days, matter),
        reasons=reasons,
    )


def _amount_ore(days: tuple[date, ...], matter: Matter) -> int | None:
    """Return the amount, or None when the rate of a day's year is not known (5 kap. 6 §)."""
    if matter.terms.model.is_mean:
        return None
    if matter.terms.day_rate_source == DayRateSource.OWN:
        return len(days) * (matter.terms.own_day_rate_ore or 0)
    rates = [matter.day_rates_ore.get(day.year) for day in days]
    known = [rate for rate in rates if rate is not None]
    return sum(known) if len(known) == len(rates) else None


@dataclass(frozen=True)
class MeanSettlement:
    """Genomsnittsmodell: both formulas, so that the parties see which one they mean.

    `by_mean` is (mean − threshold) × n and `by_individual` the sum of each one's days above it.
    """

    count: int
    mean: Fraction
    is_liable: bool
    by_mean: Fraction
    by_individual: Fraction


def mean_settlement(
    days: Sequence[int], threshold: int | Fraction, *, includes_day_zero: bool = True
) -> MeanSettlement:
    """Settle a month or a quarter on the mean of the individuals' ready days (4 kap. 5 §).

    The municipality is liable when the mean exceeds the threshold; otherwise nothing is in excess.
    Those discharged on day 0 count too, unless the agreement leaves them out.
    """
    days = [number for number in days if number or includes_day_zero]
    mean = Fraction(sum(days), len(days)) if days else Fraction(0)
    is_liable = mean > threshold
    nothing = Fraction(0)
    return MeanSettlement(
        count=len(days),
        mean=mean,
        is_liable=is_liable,
        by_mean=(mean - threshold) * len(days) if is_liable else nothing,
        by_individual=(
            sum((max(nothing, Fraction(number) - threshold) for number in days), nothing)
            if is_liable
            else nothing
        ),
    )
