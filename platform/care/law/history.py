"""What has happened in a discharge case, and what follows from it alone: the input of the rules.

Facts may come in any order and with any content: these functions put them in order of time, read
what can be read, and never refuse.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from care.law.discharge import PROCESS, Act, State
from care.law.machine import NOTHING

YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Fact:
    """Händelse: an act that was done, when it was done or sent, and its content.

    Raises ValueError for a time without offset, or outside 1900 to 2199: a legal time must be
    unmistakable.
    """

    act: Act
    at: datetime
    body: Mapping[str, object] = field(default_factory=lambda: NOTHING, hash=False)
    unit_kind: str | None = None
    by_care_contact: bool = False

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None or self.at.year not in YEARS:
            raise ValueError(f"{self.act} has a time without offset or out of range: {self.at}")
        # Two times in the hour that repeats compare wrongly within one zone; in UTC they do not.
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        object.__setattr__(self, "body", MappingProxyType(dict(self.body)))

    def moment(self, key: str) -> datetime | None:
        """Return a time in the content, or None when it is absent or cannot be read."""
        value = self.body.get(key)
        if not isinstance(value, str):
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        is_clear = moment.utcoffset() is not None and moment.year in YEARS
        return moment.astimezone(UTC) if is_clear else None

    def text(self, key: str) -> str | None:
        """Return a text in the content, or None when it is absent."""
        value = self.body.get(key)
        return value if isinstance(value, str) else None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts in the content, or None when it is absent."""
        value = self.body.get(key)
        if not isinstance(value, list | tuple):
            return None
        return tuple(item for item in value if isinstance(item, str))

    def flag(self, key: str) -> bool | None:
        """Return a yes or no in the content, or None when it is not stated."""
        value = self.body.get(key)
        return value if isinstance(value, bool) else None


class EndReason(StrEnum):
    """Slut på en utskrivningsklar-period: utskriven, återtagen, avliden, avbruten."""

    DISCHARGED = "discharged"
    WITHDRAWN = "withdrawn"
    DECEASED = "deceased"
    ABORTED = "aborted"


@dataclass(frozen=True)
class ReadyPeriod:
    """Utskrivningsklar-period: from the ready notice to discharge, withdrawal, death or abort."""

    number: int
    starts_at: datetime
    ends_at: datetime | None = None
    end_reason: EndReason | None = None


class AvailabilityStatus(StrEnum):
    """Öppenvårdens insatser: tillgängliga, ej tillgängliga, ej klarlagt (5 kap. 5 §)."""

    AVAILABLE = "available"
    NOT_AVAILABLE = "not_available"
    NOT_CLARIFIED = "not_clarified"


@dataclass(frozen=True)
class Availability:
    """Öppenvårdens besked: how things stood from one statement to the next.

    `is_cause` says whether this keeps the individual in hospital; None when nobody has said.
    """

    status: AvailabilityStatus
    starts_at: datetime
    ends_at: datetime | None
    is_cause: bool | None


@dataclass(frozen=True)
class ExpectedDischarge:
    """Beräknad tidpunkt för utskrivning, and when it was stated (2 kap. 2, 4 §§)."""

    expected_at: datetime
    stated_at: datetime


@dataclass(frozen=True)
class CareContact:
    """Fast vårdkontakt, and when the contact was named (2 kap. 5 §)."""

    named_at: datetime
    name: str | None


_ACT_ORDER = {act: number for number, act in enumerate(Act)}


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts by time; at the same instant, by the order of acts in a case."""
    return tuple(sorted(facts, key=lambda fact: (fact.at, _ACT_ORDER[fact.act])))


def of(facts: Iterable[Fact], *acts: Act) -> tuple[Fact, ...]:
    """Return the facts that are one of the acts, in order of time."""
    return tuple(fact for fact in in_order(facts) if fact.act in acts)


def state(facts: Iterable[Fact]) -> State:
    """Return the state after the facts."""
    current = PROCESS.start
    for fact in in_order(facts):
        current, _ = PROCESS.follow(current, fact.act, fact.body)
    return current


def state_since(facts: Iterable[Fact]) -> datetime | None:
    """Return when the state after the facts was reached, or None while it is the first one."""
    current, since = PROCESS.start, None
    for fact in in_order(facts):
        before, (current, _) = current, PROCESS.follow(current, fact.act, fact.body)
        if current != before:
            since = fact.at
    return since


def flagged(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts that came where the table has no place, or no proper place, for them."""
    current, found = PROCESS.start, []
    for fact in in_order(facts):
        current, is_flagged = PROCESS.follow(current, fact.act, fact.body)
        if is_flagged:
            found.append(fact)
    return tuple(found)


def ready_periods(facts: Sequence[Fact]) -> tuple[ReadyPeriod, ...]:
    """Return the periods in which the individual has been notified as ready, the open one last."""
    periods: list[ReadyPeriod] = []
    current = PROCESS.start
    for fact in in_order(facts):
        before, (current, _) = current, PROCESS.follow(current, fact.act, fact.body)
        if before != State.READY and current == State.READY:
            periods.append(ReadyPeriod(len(periods) + 1, fact.at))
        elif before == State.READY and current != State.READY:
            periods[-1] = _ended(periods[-1], fact, facts)
    return tuple(periods)


def _ended(period: ReadyPeriod, fact: Fact, facts: Sequence[Fact]) -> ReadyPeriod:
    reasons = {
        Act.RECORD_DISCHARGE: (EndReason.DISCHARGED, discharged_at(facts)),
        Act.WITHDRAW_READY: (EndReason.WITHDRAWN, fact.moment("occurred_at")),
        Act.ABORT_CASE: (
            EndReason.DECEASED if fact.text("reason") == "deceased" else EndReason.ABORTED,
            fact.moment("occurred_at"),
        ),
    }
    reason, ended_at = reasons[fact.act]
    # A discharge that was before the notice gives an empty period, never a negative one.
    ends_at = max(period.starts_at, ended_at or fact.at)
    return ReadyPeriod(period.number, period.starts_at, ends_at, reason)


def availability(facts: Sequence[Fact]) -> tuple[Availability, ...]:
    """Return how the outpatient services stood, unit kind by unit kind, the open interval last."""
    found: list[Availability] = []
    statements = of(facts, Act.STATE_AVAILABILITY)
    for kind in sorted({fact.unit_kind or "" for fact in statements}):
        rows = [
            (fact.moment("starts_at") or fact.at, AvailabilityStatus(status), fact.flag("is_cause"))
            for fact in statements
            if (fact.unit_kind or "") == kind
            and (status := fact.text("status")) in set(AvailabilityStatus)
        ]
        rows.sort(key=lambda row: row[0])
        ends = [after[0] for _, after in pairwise(rows)]
        for (starts_at, status, is_cause), ends_at in zip(rows, [*ends, None], strict=False):
            found.append(Availability(status, starts_at, ends_at, is_cause))
    return tuple(found)


def expected_discharges(facts: Sequence[Fact]) -> tuple[ExpectedDischarge, ...]:
    """Return the estimates of the discharge in the order in which they were stated."""
    return tuple(
        ExpectedDischarge(expected_at, fact.at)
        for fact in of(facts, Act.NOTIFY_ADMISSION, Act.REVISE_EXPECTED_DISCHARGE)
        if (expected_at := fact.moment("expected_discharge_at")) is not None
    )


def care_contact(facts: Sequence[Fact]) -> CareContact | None:
    """Return the care contact with the time of the first naming, or None while nobody is named."""
    named = of(facts, Act.NAME_CARE_CONTACT)
    return CareContact(named[0].at, named[-1].text("name")) if named else None


def discharged_at(facts: Sequence[Fact]) -> datetime | None:
    """Return when the individual was discharged, as last corrected, or None before that."""
    recorded = of(facts, Act.RECORD_DISCHARGE)
    if not recorded:
        return None
    corrections = [fact.moment("discharged_at") for fact in of(facts, Act.CORRECT_CASE)]
    stated = [moment for moment in corrections if moment is not None]
    return stated[-1] if stated else recorded[0].moment("discharged_at") or recorded[0].at


def needs(facts: Sequence[Fact]) -> frozenset[str] | None:
    """Return the needs after discharge as last stated, or None when nobody has stated any."""
    stated = [fact.texts("needs") for fact in in_order(facts)]
    known = [needs for needs in stated if needs is not None]
    return frozenset(known[-1]) if known else None


def is_open_compulsory(facts: Sequence[Fact]) -> bool:
    """Tell whether the case is one of open compulsory psychiatric care (4 kap. 1 § 2 st.)."""
    return any(fact.text("variant") == "open_compulsory" for fact in facts)


def planning_is_required(facts: Sequence[Fact]) -> bool | None:
    """Tell whether an individual plan is to be drawn up (4 kap. 1–2 §§), None when not known.

    It is when both huvudmän have something to do, the individual has not declined, and the case is
    not one of open compulsory psychiatric care.
    """
    declined = [fact.flag("planning_declined") for fact in in_order(facts)]
    answers = [answer for answer in declined if answer is not None]
    if is_open_compulsory(facts) or (answers and answers[-1]):
        return False
    known = needs(facts)
    if known is None:
        return None
    municipal = {"social_services", "municipal_health_care"}
    return "outpatient_care" in known and not known.isdisjoint(municipal)


def liable_municipality(facts: Sequence[Fact], *, at: datetime) -> str | None:
    """Return the liable municipality as it was known at a time, or None (5 kap. 2 §)."""
    stated = [fact.text("liable_municipality") for fact in in_order(facts) if fact.at <= at]
    known = [code for code in stated if code is not None]
    return known[-1] if known else None


def reached(fact: Fact, municipality: str | None) -> bool:
    """Tell whether a notice went to a unit of the municipality.

    `municipalities` lists whom it went to; a notice without the list went to the municipality that
    it names as liable.
    """
    listed = fact.texts("municipalities")
    named = listed if listed is not None else (fact.text("liable_municipality") or municipality,)
    return municipality is None or municipality in named


def stated_time(facts: Sequence[Fact], key: str) -> datetime | None:
    """Return the time under a key as last stated in the case, or None."""
    stated = [fact.moment(key) for fact in in_order(facts)]
    known = [moment for moment in stated if moment is not None]
    return known[-1] if known else None


def called_at(facts: Sequence[Fact], period: ReadyPeriod) -> datetime | None:
    """Return when the care contact first called to planning for a ready period (4 kap. 3 §).

    A call that was sent before the notice counts, except for a call that belongs to an earlier
    period; a call by someone else than the care contact does not.
    """
    periods = ready_periods(facts)
    since = [earlier.ends_at for earlier in periods if earlier.number == period.number - 1]
    until = [later.starts_at for later in periods if later.number == period.number + 1]
    calls = [
        fact.at
        for fact in of(facts, Act.CALL_TO_PLANNING)
        if fact.by_care_contact
        and all(start is None or fact.at >= start for start in since)
        and all(fact.at < end for end in until)
    ]
    return calls[0] if calls else None
