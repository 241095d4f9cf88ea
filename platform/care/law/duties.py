"""The duties of the Act, D1–D14, as rows, and how a case has complied with each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from care.law import calendar, deadlines, history
from care.law.deadlines import Deadline
from care.law.discharge import Act, State
from care.law.history import Fact
from care.law.terms import Terms


class Compliance(StrEnum):
    """Efterlevnad: i tid, sent, saknas, återstår, gäller inte."""

    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    PENDING = "pending"
    NOT_APPLICABLE = "not_applicable"


COMPLIANCE_LABELS = {
    Compliance.ON_TIME: "I tid",
    Compliance.LATE: "Sent",
    Compliance.MISSING: "Saknas",
    Compliance.PENDING: "Återstår",
    Compliance.NOT_APPLICABLE: "Gäller inte här",
}


@dataclass(frozen=True)
class Question:
    """What a duty is asked about: the facts known at a time, with their deadlines."""

    facts: tuple[Fact, ...]
    deadlines: tuple[Deadline, ...]
    at: datetime

    def first(self, *acts: Act) -> datetime | None:
        """Return when one of the acts was first done, or None."""
        done = history.of(self.facts, *acts)
        return done[0].at if done else None

    def is_over(self) -> bool:
        """Tell whether the individual has left, or the case has ended without that."""
        ended = {State.DISCHARGED, State.CLOSED, State.ABORTED}
        return history.state(self.facts) in ended


@dataclass(frozen=True)
class Duty:
    """Skyldighet: one duty of the Act, whose it is, by which act it is done, and the paragraph.

    `deadline` names the rule in `deadlines` that counts its time, where the Act gives one.
    """

    id: str
    act: str | None
    who: str
    deadline: str | None
    statute: str
    text_sv: str
    judge: Callable[["Duty", Question], Compliance]


@dataclass(frozen=True)
class Finding:
    """How a case has complied with one duty."""

    duty_id: str
    status: Compliance
    statute: str
    text_sv: str


def compliance(facts: Sequence[Fact], terms: Terms, at: datetime) -> tuple[Finding, ...]:
    """Return a finding for each duty, from the facts that lie before a time."""
    known = tuple(fact for fact in history.in_order(facts) if fact.at <= at)
    question = Question(known, deadlines.running(known, terms), at)
    return tuple(_finding(duty, duty.judge(duty, question)) for duty in DUTIES)


def _finding(duty: Duty, status: Compliance) -> Finding:
    return Finding(duty.id, status, duty.statute, f"{COMPLIANCE_LABELS[status]}: {duty.text_sv}")


# The worst of several runs decides.
_WORST_LAST = (
    Compliance.NOT_APPLICABLE,
    Compliance.ON_TIME,
    Compliance.PENDING,
    Compliance.LATE,
    Compliance.MISSING,
)


def _by_deadline(duty: Duty, question: Question) -> Compliance:
    """Judge by the runs of the duty's deadline; one that is cancelled binds nobody."""
    found = [
        _of_run(deadline, question.at)
        for deadline in question.deadlines
        if deadline.rule.name == duty.deadline and not deadline.cancelled
    ]
    return max(found, key=_WORST_LAST.index, default=Compliance.NOT_APPLICABLE)


def _of_run(deadline: Deadline, at: datetime) -> Compliance:
    is_overdue = deadline.is_overdue(at=at)
    if deadline.met_at is None:
        return Compliance.MISSING if is_overdue else Compliance.PENDING
    return Compliance.LATE if is_overdue else Compliance.ON_TIME


def _is_judged_later(question: Question) -> bool:
    admitted_at = history.stated_time(question.facts, "admitted_at")
    assessed_at = history.stated_time(question.facts, "need_assessed_at")
    return admitted_at is not None and assessed_at is not None and assessed_at > admitted_at


def _admission_notice(duty: Duty, question: Question) -> Compliance:
    """Judge D1, or D1b when the judgement came later; without times, by the notice alone."""
    if _is_judged_later(question) != (duty.id == "D1b"):
        return Compliance.NOT_APPLICABLE
    judged = _by_deadline(duty, question)
    if judged == Compliance.NOT_APPLICABLE:
        return _done_at_all(question, Act.NOTIFY_ADMISSION)
    return judged


def _done_at_all(question: Question, act: Act) -> Compliance:
    if question.first(act) is not None:
        return Compliance.ON_TIME
    return Compliance.MISSING if question.is_over() else Compliance.PENDING


def _admission_content(duty: Duty, question: Question) -> Compliance:
    """Judge the estimate: name, number and address go with every notice."""
    notices = history.of(question.facts, Act.NOTIFY_ADMISSION)
    if not notices:
        return Compliance.NOT_APPLICABLE
    complete = [fact.moment("expected_discharge_at") is not None for fact in notices]
    return Compliance.ON_TIME if all(complete) else Compliance.MISSING


def _before_discharge(act: Act) -> Callable[[Duty, Question], Compliance]:
    """Return a judgement of an act that must be done before the individual is discharged."""

    def judge(duty: Duty, question: Question) -> Compliance:
        done_at, discharged_at = question.first(act), history.discharged_at(question.facts)
        if question.first(Act.NOTIFY_ADMISSION) is None:
            return Compliance.NOT_APPLICABLE
        if done_at is None:
            return Compliance.MISSING if discharged_at is not None else Compliance.PENDING
        is_late = discharged_at is not None and done_at > discharged_at
        return Compliance.LATE if is_late else Compliance.ON_TIME

    return judge


def _ready_notice(duty: Duty, question: Question) -> Compliance:
    """Judge D6, or D6b in open compulsory care; the Act counts no hours, so none are counted."""
    if history.is_open_compulsory(question.facts) != (duty.id == "D6b"):
        return Compliance.NOT_APPLICABLE
    if history.state(question.facts) == State.ABORTED and not question.first(Act.NOTIFY_READY):
        return Compliance.NOT_APPLICABLE
    return _done_at_all(question, Act.NOTIFY_READY)


def _inform_individual(duty: Duty, question: Question) -> Compliance:
    """Judge the information to the patient by the date of the discharge."""
    discharged_at = history.discharged_at(question.facts)
    if discharged_at is None:
        is_aborted = history.state(question.facts) == State.ABORTED
        return Compliance.NOT_APPLICABLE if is_aborted else Compliance.PENDING
    last = calendar.end_of_local_day(calendar.local_date(discharged_at))
    done_at = question.first(Act.INFORM_INDIVIDUAL)
    if done_at is None:
        return Compliance.MISSING if question.at > last else Compliance.PENDING
    return Compliance.LATE if done_at > last else Compliance.ON_TIME


def _planning(duty: Duty, question: Question) -> Compliance:
    """Judge the planning by what the case says of it when it closes."""
    if history.planning_is_required(question.facts) is not True:
        return Compliance.NOT_APPLICABLE
    closed = history.of(question.facts, Act.CLOSE_CASE)
    if not closed:
        return Compliance.PENDING
    settled = {"done": Compliance.ON_TIME, "declined": Compliance.NOT_APPLICABLE}
    return settled.get(closed[-1].text("planning") or "", Compliance.MISSING)


def _plan_started(duty: Duty, question: Question) -> Compliance:
    """Judge the start of work on the plan; "utan dröjsmål" counts no hours."""
    if history.planning_is_required(question.facts) is not True:
        return Compliance.NOT_APPLICABLE
    if question.first(Act.START_PLANNING, Act.CALL_TO_PLANNING) is not None:
        return Compliance.ON_TIME
    return Compliance.MISSING if question.is_over() else Compliance.PENDING


def _care_plan(duty: Duty, question: Question) -> Compliance:
    """Judge open compulsory care: its plan is followed in a process of its own."""
    is_open_compulsory = history.is_open_compulsory(question.facts)
    return Compliance.PENDING if is_open_compulsory else Compliance.NOT_APPLICABLE


def _standing(duty: Duty, question: Question) -> Compliance:
    """Judge what binds the huvudmän at all times and no single case."""
    return Compliance.NOT_APPLICABLE


DUTIES: tuple[Duty, ...] = (
    Duty(
        "D1",
        Act.NOTIFY_ADMISSION,
        "sluten vård",
        "admission_notice_due",
        "2 kap. 1, 3 §§",
        "Slutenvården skickar inskrivningsmeddelande till berörda enheter senast 24 timmar efter "
        "inskrivningen.",
        _admission_notice,
    ),
    Duty(
        "D1b",
        Act.NOTIFY_ADMISSION,
        "sluten vård",
        "admission_notice_due",
        "2 kap. 3 §",
        "Görs bedömningen senare under vårdtiden skickas inskrivningsmeddelandet senast 24 timmar "
        "efter bedömningen.",
        _admission_notice,
    ),
    Duty(
        "D2",
        Act.NOTIFY_ADMISSION,
        "sluten vård",
        None,
        "2 kap. 2 §",
        "Inskrivningsmeddelandet innehåller namn, personnummer, folkbokföringsadress och beräknad "
        "tidpunkt för utskrivning.",
        _admission_content,
    ),
    Duty(
        "D3",
        Act.REVISE_EXPECTED_DISCHARGE,
        "sluten vård",
        "expected_discharge_passed",
        "2 kap. 4 §",
        "Slutenvården meddelar en ändrad beräknad tidpunkt för utskrivning så snart det är "
        "möjligt.",
        _by_deadline,
    ),
    Duty(
        "D4",
        Act.NAME_CARE_CONTACT,
        "verksamhetschefen i regionens öppenvård",
        "care_contact_missing",
        "2 kap. 5 §",
        "Verksamhetschefen i regionens öppenvård utser en fast vårdkontakt innan patienten skrivs "
        "ut.",
        _before_discharge(Act.NAME_CARE_CONTACT),
    ),
    Duty(
        "D5",
        Act.START_PLANNING,
        "varje berörd enhet",
        None,
        "2 kap. 6 §",
        "Varje enhet som har fått inskrivningsmeddelandet börjar planera insatserna.",
        _before_discharge(Act.START_PLANNING),
    ),
    Duty(
        "D6",
        Act.NOTIFY_READY,
        "sluten vård",
        None,
        "3 kap. 1 §",
        "Slutenvården underrättar berörda enheter så snart som möjligt när läkaren har bedömt att "
        "patienten är utskrivningsklar.",
        _ready_notice,
    ),
    Duty(
        "D6b",
        Act.NOTIFY_READY,
        "chefsöverläkaren",
        None,
        "3 kap. 1 § 2 st.",
        "Chefsöverläkarens underrättelse om öppen psykiatrisk tvångsvård räknas som underrättelse "
        "om utskrivningsklar.",
        _ready_notice,
    ),
    Duty(
        "D7",
        Act.TRANSFER_INFORMATION,
        "sluten vård",
        "information_transfer_due",
        "3 kap. 2 §",
        "Slutenvården för över den information som behövs senast samma dag som patienten skrivs "
        "ut.",
        _by_deadline,
    ),
    Duty(
        "D8",
        Act.INFORM_INDIVIDUAL,
        "sluten vård",
        None,
        "3 kap. 3 §",
        "Patienten får information om den vård som har getts när patienten skrivs ut.",
        _inform_individual,
    ),
    Duty(
        "D9",
        "hold_meeting",
        "berörda enheter",
        None,
        "4 kap. 1 §",
        "När patienten behöver insatser från både region och kommun planerar enheterna dem "
        "tillsammans.",
        _planning,
    ),
    Duty(
        "D10",
        "initiate_plan",
        "berörda enheter",
        None,
        "4 kap. 2 §",
        "Arbetet med den individuella planen påbörjas utan dröjsmål.",
        _plan_started,
    ),
    Duty(
        "D11",
        Act.CALL_TO_PLANNING,
        "den fasta vårdkontakten i regionens öppenvård",
        "call_due",
        "4 kap. 3 §",
        "Den fasta vårdkontakten kallar till samordnad individuell planering senast tre dagar "
        "efter underrättelsen.",
        _by_deadline,
    ),
    Duty(
        "D12",
        "approve_care_plan",
        "chefsöverläkaren och berörda enheter",
        None,
        "4 kap. 1 § 2 st.",
        "Vid öppen psykiatrisk tvångsvård och öppen rättspsykiatrisk vård görs i stället en "
        "samordnad vårdplan.",
        _care_plan,
    ),
    Duty(
        "D13",
        None,
        "region och kommun",
        None,
        "4 kap. 4 §",
        "Region och kommun har gemensamma riktlinjer.",
        _standing,
    ),
    Duty(
        "D14",
        None,
        "region och kommun",
        None,
        "4 kap. 5 §",
        "Region och kommun får komma överens om en annan tid och ett annat belopp.",
        _standing,
    ),
)
