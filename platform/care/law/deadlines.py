"""Deadlines as rules: what starts the clock, what stops it, and when time is up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from care.law import calendar, history, limits
from care.law.discharge import Act
from care.law.history import EndReason, Fact, ReadyPeriod
from care.law.terms import AGREEMENT, ReceiptTime, Terms

ABORTS = (Act.ABORT_CASE,)


@dataclass(frozen=True)
class Run:
    """One run of a rule: for this admission, estimate, ready period or discharge."""

    number: int
    due_at: datetime
    met_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class Rule:
    """Tidsfrist: a deadline set by statute, agreement or routine.

    `binds` names the party whose time it is: inpatient_care, outpatient_care or municipality.
    """

    name: str
    starts: Act
    stops: tuple[Act, ...]
    due: Callable[["Rule", Sequence[Fact], Terms], Iterable[Run]]
    statute: str
    binds: str
    text_sv: str


@dataclass(frozen=True)
class Deadline:
    """A rule at work in a case; `key` names the run, so that a row is stored once."""

    rule: Rule
    number: int
    due_at: datetime
    met_at: datetime | None
    cancelled: bool

    @property
    def key(self) -> str:
        """Return the name of the run, such as call_due:2."""
        return f"{self.rule.name}:{self.number}"

    @property
    def statute(self) -> str:
        """Return the paragraph behind the deadline."""
        return self.rule.statute

    @property
    def is_running(self) -> bool:
        """Tell whether the deadline is neither met nor cancelled."""
        return self.met_at is None and not self.cancelled

    def is_overdue(self, *, at: datetime) -> bool:
        """Tell whether time ran out before the act was done."""
        return not self.cancelled and (self.met_at or at) > self.due_at


def running(facts: Sequence[Fact], terms: Terms) -> tuple[Deadline, ...]:
    """Return every deadline that the facts have set going, also those met or cancelled."""
    ordered = history.in_order(facts)
    return tuple(
        Deadline(rule, run.number, run.due_at, run.met_at, run.cancelled)
        for rule in RULES
        for run in rule.due(rule, ordered, terms)
    )


def _first(
    facts: Iterable[Fact],
    acts: tuple[Act, ...],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> datetime | None:
    """Return when one of the acts was first done in the span, or None."""
    done = [
        fact.at
        for fact in history.of(facts, *acts)
        if (since is None or fact.at >= since) and (until is None or fact.at < until)
    ]
    return done[0] if done else None


def _admission_notice(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    due_at = limits.admission_due_at(
        history.stated_time(facts, "admitted_at"), history.stated_time(facts, "need_assessed_at")
    )
    if due_at is not None:
        yield _run(1, due_at, _first(facts, rule.stops), over_at=_first(facts, ABORTS))


def _receipt(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    receipt_time = terms.receipt_times.get(rule.starts)
    if receipt_time is None:
        return
    notices = history.of(facts, rule.starts)
    for number, fact in enumerate(notices, start=1):
        following = notices[number].at if number < len(notices) else None
        stopped = [_first(facts, rule.stops, since=fact.at, until=following)]
        met_at = min(
            (moment for moment in (*stopped, fact.moment("acknowledged_at")) if moment is not None),
            default=None,
        )
        due_at = _receipt_due(fact.at, receipt_time, terms)
        voids = (*ABORTS, Act.WITHDRAW_READY) if rule.starts == Act.NOTIFY_READY else ABORTS
        yield _run(number, due_at, met_at, over_at=_first(facts, voids, since=fact.at))


def receipt_due_at(act: Act, sent_at: datetime, terms: Terms) -> datetime | None:
    """Return when a receipt for a message is due; None where the terms give it no time."""
    receipt_time = terms.receipt_times.get(act)
    return _receipt_due(sent_at, receipt_time, terms) if receipt_time is not None else None


def _receipt_due(sent_at: datetime, receipt_time: ReceiptTime, terms: Terms) -> datetime:
    if receipt_time.hours is not None:
        return calendar.add_elapsed_hours(sent_at, receipt_time.hours)
    days = receipt_time.working_days or 0
    sent_on = calendar.local_date(sent_at)
    return calendar.end_of_local_day(
        calendar.add_working_days(sent_on, days, terms.holiday_categories)
    )


def _expected_discharge(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    for number, estimate in enumerate(history.expected_discharges(facts), start=1):
        later = [
            moment
            for moment in (_revised_at(facts, number), history.discharged_at(facts))
            if moment is not None
        ]
        met_at = max(min(later), estimate.stated_at) if later else None
        yield _run(number, estimate.expected_at, met_at, over_at=_first(facts, ABORTS))


def _care_contact(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    named_at = _first(facts, rule.stops)
    for number, estimate in enumerate(history.expected_discharges(facts), start=1):
        last_day = calendar.local_date(estimate.expected_at) - timedelta(days=1)
        revised_at = _revised_at(facts, number)
        # The next estimate has a run of its own; this one ends when it was not met before that.
        is_superseded = revised_at is not None and (named_at is None or named_at > revised_at)
        run = _run(
            number,
            calendar.end_of_local_day(last_day),
            None if is_superseded else named_at,
            over_at=_first(facts, ABORTS),
        )
        yield replace(run, cancelled=run.cancelled or is_superseded)


def _revised_at(facts: Sequence[Fact], number: int) -> datetime | None:
    """Return when the estimate with the number gave way to the next one, or None."""
    following = history.expected_discharges(facts)[number:]
    return following[0].stated_at if following else None


def _call(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    if history.planning_is_required(facts) is False:
        return
    for period in history.ready_periods(facts):
        due_at = calendar.end_of_local_day(limits.call_due_on(period.starts_at, terms))
        met_at = history.called_at(facts, period)
        yield _run(period.number, due_at, met_at, over_at=_void_at(period))


def _information_transfer(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    discharged_at = history.discharged_at(facts)
    if discharged_at is not None:
        due_at = calendar.end_of_local_day(calendar.local_date(discharged_at))
        yield Run(1, due_at, _first(facts, rule.stops))


def _liability(rule: Rule, facts: Sequence[Fact], terms: Terms) -> Iterable[Run]:
    periods = history.ready_periods(facts)
    for period in periods:
        due_at = calendar.start_of_local_day(limits.liable_from(period, periods, terms))
        void_at = _void_at(period)
        is_void = void_at is not None and void_at <= due_at
        yield Run(period.number, due_at, None if is_void else period.ends_at, is_void)


def _void_at(period: ReadyPeriod) -> datetime | None:
    """Return when a period ended otherwise than by discharge, or None."""
    return None if period.end_reason == EndReason.DISCHARGED else period.ends_at


def _run(
    number: int, due_at: datetime, met_at: datetime | None, *, over_at: datetime | None
) -> Run:
    """Return a run that is cancelled when what it was for ended before time was up."""
    is_cancelled = met_at is None and over_at is not None and over_at <= due_at
    return Run(number, due_at, met_at, is_cancelled)


RULES: tuple[Rule, ...] = (
    Rule(
        "admission_notice_due",
        Act.OPEN_CASE,
        (Act.NOTIFY_ADMISSION,),
        _admission_notice,
        "2 kap. 3 §",
        "inpatient_care",
        "Inskrivningsmeddelandet ska skickas senast 24 timmar efter inskrivningen, eller efter "
        "läkarens bedömning om den görs senare.",
    ),
    Rule(
        "admission_receipt_due",
        Act.NOTIFY_ADMISSION,
        (Act.ANSWER_ADMISSION, Act.START_PLANNING),
        _receipt,
        AGREEMENT,
        "municipality",
        "Inskrivningsmeddelandet ska kvitteras inom den tid som avtalet anger.",
    ),
    Rule(
        "expected_discharge_passed",
        Act.NOTIFY_ADMISSION,
        (Act.REVISE_EXPECTED_DISCHARGE, Act.RECORD_DISCHARGE),
        _expected_discharge,
        "2 kap. 4 §",
        "inpatient_care",
        "Den beräknade tidpunkten för utskrivning ska ändras så snart det är möjligt när den inte "
        "längre stämmer.",
    ),
    Rule(
        "care_contact_missing",
        Act.NOTIFY_ADMISSION,
        (Act.NAME_CARE_CONTACT,),
        _care_contact,
        "2 kap. 5 §",
        "outpatient_care",
        "En fast vårdkontakt ska vara utsedd innan patienten skrivs ut.",
    ),
    Rule(
        "ready_receipt_due",
        Act.NOTIFY_READY,
        (Act.STATE_RECEPTION,),
        _receipt,
        AGREEMENT,
        "municipality",
        "Underrättelsen om utskrivningsklar ska kvitteras inom den tid som avtalet anger.",
    ),
    Rule(
        "call_due",
        Act.NOTIFY_READY,
        (Act.CALL_TO_PLANNING,),
        _call,
        "4 kap. 3 §",
        "outpatient_care",
        "Den fasta vårdkontakten ska kalla till samordnad individuell planering senast tre dagar "
        "efter underrättelsen om utskrivningsklar.",
    ),
    Rule(
        "information_transfer_due",
        Act.RECORD_DISCHARGE,
        (Act.TRANSFER_INFORMATION,),
        _information_transfer,
        "3 kap. 2 §",
        "inpatient_care",
        "Nödvändig information ska föras över senast samma dag som patienten skrivs ut.",
    ),
    Rule(
        "liability_starts",
        Act.NOTIFY_READY,
        (Act.RECORD_DISCHARGE,),
        _liability,
        "5 kap. 4 §",
        "municipality",
        "Kommunens betalningsansvar inträder tre dagar efter underrättelsen, fyra om den "
        "skickades efter klockan 12.00.",
    ),
)
