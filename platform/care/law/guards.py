"""Guards: what an act should have with it; hard ones are refused, soft ones warned of and kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from care.law import calendar, history
from care.law.discharge import ROUTINE, Act
from care.law.history import Fact


class Kind(StrEnum):
    """Slag av villkor: hårt (nekas) eller mjukt (varning, skäl i loggen, avvikelse)."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True)
class Guard:
    """Villkor: one row of what an act should have with it, and the paragraph.

    `is_unmet` asks a history whose last word is the fact itself.
    """

    act: Act
    kind: Kind
    code: str
    statute: str
    text_sv: str
    is_unmet: Callable[[Fact, Sequence[Fact]], bool]


def unmet(fact: Fact, facts: Sequence[Fact]) -> tuple[Guard, ...]:
    """Return the guards that an act does not meet, given the facts of the case; never raise."""
    return tuple(guard for guard in GUARDS if guard.act == fact.act and guard.is_unmet(fact, facts))


class Incomplete(Exception):
    """An act lacks what it cannot be without; `guards` say what to state, in Swedish."""

    def __init__(self, guards: tuple[Guard, ...]) -> None:
        super().__init__(", ".join(guard.code for guard in guards))
        self.guards = guards


def refuse_incomplete(fact: Fact) -> None:
    """Refuse an act that lacks what it cannot be without (the hard guards); ask it before sending.

    Raises Incomplete. What has happened elsewhere is never asked: a fact is kept as it came.
    """
    hard = tuple(guard for guard in unmet(fact, (fact,)) if guard.kind is Kind.HARD)
    if hard:
        raise Incomplete(hard)


def warnings(facts: Sequence[Fact]) -> tuple[tuple[Fact, Guard], ...]:
    """Return each soft guard that the facts of a case do not meet, by act."""
    return tuple(
        (fact, guard)
        for fact in history.in_order(facts)
        for guard in unmet(fact, facts)
        if guard.kind == Kind.SOFT
    )


def _lacks_judgement(fact: Fact, facts: Sequence[Fact]) -> bool:
    return not fact.text("physician")


def _lacks_physician_or_time(fact: Fact, facts: Sequence[Fact]) -> bool:
    return not fact.text("physician") or fact.moment("assessed_at") is None


def _lacks_admission_notice(fact: Fact, facts: Sequence[Fact]) -> bool:
    municipality = history.liable_municipality([*facts, fact], at=fact.at)
    return not any(
        notice.at <= fact.at and history.reached(notice, municipality)
        for notice in history.of(facts, Act.NOTIFY_ADMISSION)
    )


def _lacks_transfer(fact: Fact, facts: Sequence[Fact]) -> bool:
    last = calendar.end_of_local_day(calendar.local_date(fact.moment("discharged_at") or fact.at))
    return not any(sent.at <= last for sent in history.of(facts, Act.TRANSFER_INFORMATION))


def _lacks_care_contact(fact: Fact, facts: Sequence[Fact]) -> bool:
    contact = history.care_contact(facts)
    return contact is None or contact.named_at > (fact.moment("discharged_at") or fact.at)


def _lacks_care_contact_as_caller(fact: Fact, facts: Sequence[Fact]) -> bool:
    return not fact.by_care_contact


def _lacks_settled_planning(fact: Fact, facts: Sequence[Fact]) -> bool:
    required = history.planning_is_required(facts)
    return required is not False and fact.text("planning") not in {
        "done",
        "declined",
        "not_needed",
    }


GUARDS: tuple[Guard, ...] = (
    Guard(
        Act.NOTIFY_ADMISSION,
        Kind.HARD,
        "judgement_missing",
        "2 kap. 1 §",
        "Ange den behandlande läkare som har bedömt att patienten kan behöva insatser efter "
        "utskrivningen.",
        _lacks_judgement,
    ),
    Guard(
        Act.NOTIFY_READY,
        Kind.HARD,
        "physician_or_time_missing",
        "3 kap. 1 §",
        "Ange läkaren och tidpunkten för bedömningen att patienten är utskrivningsklar.",
        _lacks_physician_or_time,
    ),
    Guard(
        Act.NOTIFY_READY,
        Kind.SOFT,
        "admission_notice_missing",
        "5 kap. 3 § 1 st.",
        "Inget inskrivningsmeddelande har gått till den betalningsskyldiga kommunen. "
        "Betalningsansvaret kan inte inträda förrän det är skickat.",
        _lacks_admission_notice,
    ),
    Guard(
        Act.RECORD_DISCHARGE,
        Kind.SOFT,
        "information_not_transferred",
        "3 kap. 2 §",
        "Informationen till berörda enheter är inte överförd. Skicka den senast samma dag som "
        "utskrivningen.",
        _lacks_transfer,
    ),
    Guard(
        Act.RECORD_DISCHARGE,
        Kind.SOFT,
        "care_contact_missing",
        "2 kap. 5 §",
        "Ingen fast vårdkontakt är utsedd. Den ska vara utsedd innan patienten skrivs ut.",
        _lacks_care_contact,
    ),
    Guard(
        Act.CALL_TO_PLANNING,
        Kind.SOFT,
        "not_by_care_contact",
        "4 kap. 3 §",
        "Kallelsen kommer inte från den fasta vårdkontakten i regionens öppenvård. Den sparas men "
        "räknas inte som lagens kallelse.",
        _lacks_care_contact_as_caller,
    ),
    Guard(
        Act.CLOSE_CASE,
        Kind.SOFT,
        "planning_not_settled",
        ROUTINE,
        "Ange om den samordnade planeringen är gjord, avböjd eller inte behövs innan ärendet "
        "avslutas.",
        _lacks_settled_planning,
    ),
)
