"""The preconditions of the municipality's payment liability, row by row (5 kap.).

P1–P7 are the rules of the chapter. A row asks one question of a ready period and answers with the
faults it finds; a fault says what it does to the liability.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from care.law import calendar, history, limits
from care.law.discharge import Act
from care.law.history import AvailabilityStatus, Fact, ReadyPeriod
from care.law.terms import (
    CompulsoryPsychiatry,
    DayRateSource,
    LateEffect,
    RegionCauseEffect,
    Terms,
)


class Status(StrEnum):
    """Betalningsbedömning: betalningsansvar, inget, väntar på förutsättning, manuell prövning."""

    LIABLE = "liable"
    MANUAL_REVIEW = "manual_review"
    BLOCKED = "blocked"
    NOT_LIABLE = "not_liable"


# The gravest fault decides.
GRAVITY = tuple(Status)


@dataclass(frozen=True)
class Reason:
    """Skäl: one thing that the assessment rests on, with its paragraph."""

    code: str
    statute: str
    text_sv: str


@dataclass(frozen=True)
class Fault:
    """Something that is missing, late or in the way, and what it does to the liability."""

    code: str
    effect: Status
    text_sv: str


@dataclass(frozen=True)
class Matter:
    """What the preconditions are asked about: one ready period with all that bears on it."""

    period: ReadyPeriod
    facts: Sequence[Fact]
    terms: Terms
    municipality: str | None
    planning_required: bool
    is_compulsory: bool
    sent_at: datetime | None
    starts_on: date
    possible_days: tuple[date, ...]
    blocked_days: frozenset[date]
    day_rates_ore: dict[int, int]
    at: datetime

    @property
    def missing(self) -> Status:
        """Return what a missing act means: it can still come while the period is open."""
        return Status.BLOCKED if self.period.ends_at is None else Status.NOT_LIABLE

    @property
    def days(self) -> tuple[date, ...]:
        """Return the possible days that nothing of the region's has blocked."""
        return tuple(day for day in self.possible_days if day not in self.blocked_days)


@dataclass(frozen=True)
class Precondition:
    """One row: what must hold for the municipality to be liable, and the paragraph."""

    name: str
    statute: str
    text_sv: str
    faults: Callable[[Matter], Iterable[Fault]]


_LATE = {
    LateEffect.BLOCK: Status.NOT_LIABLE,
    LateEffect.REVIEW: Status.MANUAL_REVIEW,
    LateEffect.IGNORE: Status.LIABLE,
}


def _ready(matter: Matter) -> Iterable[Fault]:
    if matter.is_compulsory and matter.terms.compulsory_psychiatry == CompulsoryPsychiatry.EXCLUDED:
        yield Fault(
            "excluded",
            Status.NOT_LIABLE,
            "Avtalet undantar psykiatrisk tvångsvård från betalningsansvaret.",
        )


def _municipality(matter: Matter) -> Iterable[Fault]:
    if matter.municipality is None:
        yield Fault(
            "unknown",
            Status.MANUAL_REVIEW,
            "Det framgår inte vilken kommun som är betalningsskyldig. Ange folkbokföringskommunen "
            "eller den kommun som har beslutat om boendet.",
        )


def _admission_notice(matter: Matter) -> Iterable[Fault]:
    notices = [
        fact
        for fact in history.of(matter.facts, Act.NOTIFY_ADMISSION)
        if history.reached(fact, matter.municipality)
    ]
    if not notices:
        yield Fault(
            "missing", matter.missing, "Inget inskrivningsmeddelande har skickats till kommunen."
        )
        return
    due_at = limits.admission_due_at(
        history.stated_time(matter.facts, "admitted_at"),
        history.stated_time(matter.facts, "need_assessed_at"),
    )
    effect = _LATE[matter.terms.late_admission_effect]
    if matter.sent_at is not None and notices[0].at > matter.sent_at:
        yield Fault(
            "after_ready",
            effect,
            "Inskrivningsmeddelandet skickades till kommunen först efter underrättelsen om "
            "utskrivningsklar.",
        )
    elif due_at is not None and notices[0].at > due_at:
        yield Fault(
            "late",
            effect,
            "Inskrivningsmeddelandet skickades mer än 24 timmar efter inskrivningen eller "
            "bedömningen.",
        )


def _ready_notice(matter: Matter) -> Iterable[Fault]:
    if matter.sent_at is None:
        yield Fault(
            "missing",
            matter.missing,
            "Ingen underrättelse om utskrivningsklar har skickats till kommunen.",
        )


def _call(matter: Matter) -> Iterable[Fault]:
    if not matter.planning_required:
        return
    called_at = history.called_at(matter.facts, matter.period)
    due_on = limits.call_due_on(matter.period.starts_at, matter.terms)
    if called_at is None:
        yield Fault(
            "missing",
            matter.missing,
            "Den fasta vårdkontakten i regionens öppenvård har inte kallat till samordnad "
            "individuell planering.",
        )
    elif calendar.local_date(called_at) > due_on:
        yield Fault(
            "late",
            _LATE[matter.terms.late_call_effect],
            f"Kallelsen till samordnad individuell planering skickades efter sista dagen, "
            f"{calendar.written(due_on)}.",
        )


def _time(matter: Matter) -> Iterable[Fault]:
    if matter.possible_days:
        return
    start = calendar.written(matter.starts_on)
    if matter.period.ends_at is None:
        yield Fault("not_yet", matter.missing, f"Betalningsansvaret inträder {start}.")
    else:
        yield Fault(
            "ended_before",
            Status.NOT_LIABLE,
            f"Tiden som utskrivningsklar tog slut innan betalningsansvaret inträdde, {start}.",
        )


def _region_cause(matter: Matter) -> Iterable[Fault]:
    statements = history.availability(matter.facts)
    known = history.needs(matter.facts) or frozenset()
    if "outpatient_care" in known and not statements:
        yield Fault(
            "not_stated",
            Status.BLOCKED if matter.period.ends_at is None else Status.MANUAL_REVIEW,
            "Regionens öppenvård har inte lämnat besked om sina insatser, så det är inte klarlagt "
            "att de finns tillgängliga.",
        )
    unclear = [
        row
        for row in statements
        if row.status != AvailabilityStatus.AVAILABLE
        and row.is_cause is None
        and not set(matter.possible_days).isdisjoint(dates_of(row.starts_at, row.ends_at, matter))
    ]
    if unclear:
        yield Fault(
            "cause_not_stated",
            Status.MANUAL_REVIEW,
            "Öppenvårdens insatser var inte tillgängliga eller inte klarlagda, men det är inte "
            "angivet om det var skälet till att patienten inte kunde skrivas ut.",
        )
    blocked = matter.blocked_days.intersection(matter.possible_days)
    if not blocked:
        return
    cancels = matter.terms.region_cause_effect == RegionCauseEffect.CANCEL or not matter.days
    yield Fault(
        "cause",
        matter.missing if cancels else Status.LIABLE,
        f"Patienten kunde inte skrivas ut därför att öppenvårdens insatser inte var tillgängliga "
        f"eller inte klarlagda. Dagar som inte räknas: {len(blocked)}.",
    )


def dates_of(starts_at: datetime, ends_at: datetime | None, matter: Matter) -> frozenset[date]:
    """Return the possible dates that an interval touches, if only for a part of the day."""
    return frozenset(
        day
        for day in matter.possible_days
        if calendar.end_of_local_day(day) >= starts_at
        and (ends_at is None or calendar.start_of_local_day(day) < ends_at)
    )


def _amount(matter: Matter) -> Iterable[Fault]:
    if matter.terms.model.is_mean:
        yield Fault(
            "settled_on_mean",
            Status.LIABLE,
            "Parterna gör upp efter ett genomsnitt, inte för varje patient.",
        )
    elif matter.terms.day_rate_source == DayRateSource.NATIONAL:
        years = sorted({day.year for day in matter.days} - set(matter.day_rates_ore))
        if years:
            yield Fault(
                "rate_missing",
                Status.LIABLE,
                f"Verifierat dygnsbelopp saknas för {', '.join(map(str, years))}. Beloppet räknas "
                f"inte förrän det finns.",
            )


PRECONDITIONS: tuple[Precondition, ...] = (
    Precondition(
        "P1",
        "5 kap. 1 §",
        "Kommunen betalar för en patient som vårdas efter att läkaren har bedömt att patienten är "
        "utskrivningsklar.",
        _ready,
    ),
    Precondition(
        "P2",
        "5 kap. 2 §",
        "Ansvarig är folkbokföringskommunen, eller den kommun som har beslutat om boende i en "
        "annan kommun.",
        _municipality,
    ),
    Precondition(
        "P3.1",
        "5 kap. 3 § 1 st.",
        "Kommunen ska ha fått inskrivningsmeddelandet.",
        _admission_notice,
    ),
    Precondition(
        "P3.2",
        "5 kap. 3 § 1 st.",
        "Berörda enheter i kommunen ska ha fått underrättelsen om utskrivningsklar.",
        _ready_notice,
    ),
    Precondition(
        "P4",
        "5 kap. 3 § 2 st.",
        "När samordnad individuell planering ska göras ska den fasta vårdkontakten ha kallat till "
        "den.",
        _call,
    ),
    Precondition(
        "P5",
        "5 kap. 4 §",
        "Ansvaret inträder tre dagar efter underrättelsen, fyra om den skickades efter klockan "
        "12.00.",
        _time,
    ),
    Precondition(
        "P6",
        "5 kap. 5 §",
        "Kommunen ansvarar inte när regionens öppenvård saknar insatser eller det inte är klarlagt "
        "om de finns.",
        _region_cause,
    ),
    Precondition(
        "P7",
        "5 kap. 6 §",
        "Beloppet är den nationella genomsnittskostnaden för ett vårddygn, om inget annat är "
        "avtalat.",
        _amount,
    ),
)
