"""The page of a case: everything that a person at a unit needs to do the next step, in one answer.

Read from own rows and, through windows, from what the other huvudmän have opened. What is computed
from the law (state, deadlines, compliance, liability) is computed from the log of acts at home.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases import queries as cases
from care.cases.queries import Due, Happening, Part
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import emergencies as asked_in_emergency
from care.inbox import protection
from care.inbox import queries as inbox
from care.inbox.queries import BeforeSending, Sent
from care.individuals import queries as individuals
from care.individuals.queries import BlockShown, ConsentShown, Shown
from care.law import calendar, discharge, duties, explain, guards, history, liability
from care.law.discharge import Act, State
from care.law.explain import Explanation
from care.law.history import CareContact, Fact, ReadyPeriod
from care.law.liability import Assessment
from care.law.terms import Terms
from care.sharing import access, emergencies
from care.sharing.access import Case, Hidden, Reading, Seen
from care.sharing.emergencies import EmergencyShown
from care.sharing.policy import HEALTH_CARE
from tenants.models import Unit


@dataclass(frozen=True)
class Stage:
    """Ett steg på vägen hem: done, now or next, and when."""

    name: str  # admitted, planning, ready, home
    status: str  # done, now, next
    at: datetime | None


@dataclass(frozen=True)
class NextStep:
    """Ditt nästa steg: the act that is expected of the actor's unit, and until when."""

    act: str
    due: Due | None
    message: Sent | None
    is_overdue: bool


@dataclass(frozen=True)
class Check:
    """Kvarstår före hemgång: one thing, whether it is done, and whose it is."""

    act: str
    party: str  # inpatient_care, outpatient_care, municipality
    is_done: bool
    statute: str


@dataclass(frozen=True)
class Reckoning:
    """Så räknas tiden: the newest ready period, and what follows from it by which paragraph."""

    period: ReadyPeriod
    explanation: Explanation
    assessment: Assessment


@dataclass(frozen=True)
class CasePage:
    """Planering: a case as the actor's unit sees it."""

    case_id: UUID
    version: int
    lead: str
    variant: str
    terms: Terms  # as agreed when the case was opened
    state: str
    state_at: datetime
    is_open: bool
    individual: Shown
    consents: tuple[ConsentShown, ...]
    blocks: tuple[BlockShown, ...]  # of what is held here
    is_blocked_elsewhere: bool  # told to vårdgivare only (2022:913 2 kap. 5 §)
    lift_told: Happening | None  # another has lifted the protection that we keep
    emergencies: tuple[EmergencyShown, ...]
    sending_unit: str
    admitted_at: datetime | None
    expected_discharge_at: datetime | None
    care_contact: CareContact | None
    parts: tuple[Part, ...]
    stages: tuple[Stage, ...]
    next_step: NextStep | None
    acts: tuple[str, ...]  # what the role may do now, in the order of the process
    messages: tuple[Sent, ...]
    contributions: tuple[Seen, ...]
    hidden: tuple[Hidden, ...]
    happenings: tuple[Happening, ...]
    readings: tuple[Reading, ...]  # empty where they were not asked for
    dues: tuple[Due, ...]
    checks: tuple[Check, ...]
    findings: tuple[duties.Finding, ...]
    warnings: tuple[str, ...]  # soft guards that the history does not meet, in Swedish
    reckoning: Reckoning | None
    before_sending: BeforeSending


def case_page(
    *,
    actor: Actor,
    case_id: UUID,
    at: datetime,
    activity: str = "read",
    with_readings: bool = False,
) -> CasePage:
    """Return the page of a case; the reads are logged in the same transaction.

    :param activity: read, or print
    :param with_readings: whether to tell who has read the case
    :raises access.NotVisible: if the actor may not see the case
    """
    with transaction.atomic():
        case = access.case_for_reading(actor=actor, case_id=case_id, at=at, activity=activity)
        parts = cases.parts(case)
        consents = individuals.consents(case.common_id)
        blocks = individuals.blocks(case.individual_id)
        seen, hidden = access.contributions(
            actor=actor,
            case=case,
            parties=cases.branches(parts),
            consents=consents,
            blocks=blocks,
            at=at,
        )
        is_vardgivare = actor.branch == HEALTH_CARE
        happenings = cases.happenings(case)
        facts = cases.facts_of(happenings, kinds={part.unit_id: part.kind for part in parts})
        messages = inbox.messages(case)
        dues = dues_for(actor, case)
        terms = cases.terms(case)
        return CasePage(
            case_id=case.pk,
            version=case.version,
            lead=case.lead,
            variant=case.variant,
            terms=terms,
            state=case.state,
            state_at=case.state_at,
            is_open=case.is_open,
            individual=individuals.shown(case.individual, on=calendar.local_date(at)),
            consents=consents,
            blocks=tuple(it for it in blocks if it.branch == actor.branch),
            is_blocked_elsewhere=_is_blocked_elsewhere(actor, case, blocks),
            lift_told=protection.lift_told(case, happenings),
            emergencies=emergencies.of_case(case.common_id) if is_vardgivare else (),
            sending_unit=case.sending_unit.name,
            admitted_at=history.stated_time(facts, "admitted_at"),
            expected_discharge_at=case.expected_discharge_at,
            care_contact=history.care_contact(facts),
            parts=tuple(parts),
            stages=_stages(case, facts),
            next_step=_next_step(actor, case, facts, messages, dues, at),
            acts=acts_offered(actor, case, facts),
            messages=messages,
            contributions=seen,
            hidden=hidden,
            happenings=told_to(actor, happenings),
            readings=tuple(access.readings(case=case)) if with_readings else (),
            dues=dues,
            checks=_checks(facts),
            findings=duties.compliance(facts, terms, at),
            warnings=tuple(guard.text_sv for _, guard in guards.warnings(facts)),
            reckoning=_reckoning(facts, terms, at),
            before_sending=inbox.before_sending(parts=parts, actor=actor, at=at),
        )


def dues_for(actor: Actor, case: Case) -> tuple[Due, ...]:
    """Return the deadlines of a case that the actor is told of, the next one first."""
    is_vardgivare = actor.branch == HEALTH_CARE
    return tuple(
        it
        for it in cases.dues(case)
        if is_vardgivare or it.rule not in asked_in_emergency.OF_VARDGIVARE
    )


def told_to(actor: Actor, happenings: Sequence[Happening]) -> tuple[Happening, ...]:
    """Return of a history what the actor is told: that a branch has blocked is told to no other."""
    return tuple(it for it in happenings if it.body.get("branch", actor.branch) == actor.branch)


def _is_blocked_elsewhere(actor: Actor, case: Case, blocks: Sequence[BlockShown]) -> bool:
    """Tell a vårdgivare that others hold blocked data, and not who (2022:913 2 kap. 5 §)."""
    if actor.branch != HEALTH_CARE:
        return False
    beside = any(
        it.type == "outer_block" and it.branch != actor.branch and it.lifted_at is None
        for it in blocks
    )
    return beside or individuals.is_blocked_elsewhere(case.common_id)


# Which permission an act needs is its name; which acts a person is offered is the law's table
# and the role's, in the order of the process.
OFFERED = (
    Act.NOTIFY_ADMISSION,
    Act.ANSWER_ADMISSION,
    Act.START_PLANNING,
    Act.NAME_CARE_CONTACT,
    Act.SUBMIT_PLANNING_BASIS,
    Act.REVISE_EXPECTED_DISCHARGE,
    Act.STATE_AVAILABILITY,
    Act.NOTIFY_READY,
    Act.WITHDRAW_READY,
    Act.CALL_TO_PLANNING,
    Act.ANSWER_CALL,
    Act.STATE_RECEPTION,
    Act.TRANSFER_INFORMATION,
    Act.INFORM_INDIVIDUAL,
    Act.RECORD_DISCHARGE,
    Act.CONFIRM_HOMECOMING,
    Act.SEND_GENERAL_MESSAGE,
    Act.CLOSE_CASE,
    Act.ABORT_CASE,
)


def acts_offered(actor: Actor, case: Case, facts: Sequence[Fact]) -> tuple[str, ...]:
    """Return what the role may do now in a case, in the order of the process."""
    state = State(case.state)
    ended = {State.CLOSED, State.ABORTED}
    offered = [
        act
        for act in OFFERED
        if actor.may(Permission(f"case:{act}"))
        and discharge.PROCESS.permits(state, act)
        and state not in ended
    ]
    # What has been told is not offered again: a further notice is a correction of the first. One
    # that was never sent is late, and still a fact.
    told = {it.act for it in history.in_order(facts)}
    unasked = set()
    if state is not State.RETURNED and Act.NOTIFY_ADMISSION in told:
        unasked.add(Act.NOTIFY_ADMISSION)
    if state is State.READY:
        unasked.add(Act.NOTIFY_READY)
    return tuple(act for act in offered if act not in unasked)


def _stages(case: Case, facts: Sequence[Fact]) -> tuple[Stage, ...]:
    reached = {
        "admitted": history.stated_time(facts, "admitted_at"),
        "planning": _first(facts, Act.ANSWER_ADMISSION, Act.START_PLANNING),
        "ready": _open_or_last(history.ready_periods(facts)),
        "discharged": history.discharged_at(facts),
        "home": _first(facts, Act.CONFIRM_HOMECOMING),
    }
    order = tuple(reached)
    now = {"draft": "admitted", "returned": "admitted"}.get(case.state, case.state)
    if reached["home"] or case.state == State.CLOSED:
        now = "home"
    position = order.index(now) if now in order else len(order)
    return tuple(
        Stage(
            name,
            "now" if number == position else "done" if number < position else "next",
            moment if number <= position else _expected(name, case),
        )
        for number, (name, moment) in enumerate(reached.items())
    )


def _expected(name: str, case: Case) -> datetime | None:
    return case.expected_discharge_at if name == "discharged" else None


def _open_or_last(periods: Sequence[ReadyPeriod]) -> datetime | None:
    return periods[-1].starts_at if periods else None


def _first(facts: Sequence[Fact], *acts: Act) -> datetime | None:
    found = history.of(facts, *acts)
    return found[0].at if found else None


# What meets a deadline, and so is the next step of whom it binds.
MEETS = {
    "admission_notice_due": Act.NOTIFY_ADMISSION,
    "expected_discharge_passed": Act.REVISE_EXPECTED_DISCHARGE,
    "care_contact_missing": Act.NAME_CARE_CONTACT,
    "call_due": Act.CALL_TO_PLANNING,
    "information_transfer_due": Act.TRANSFER_INFORMATION,
    "liability_starts": Act.STATE_RECEPTION,
}
# What is expected of a unit in a state, if it has not been done by it.
EXPECTED: tuple[tuple[State, str, Act], ...] = (
    (State.DRAFT, Unit.Kind.WARD, Act.NOTIFY_ADMISSION),
    (State.RETURNED, Unit.Kind.WARD, Act.NOTIFY_ADMISSION),
    (State.ADMITTED, Unit.Kind.SOCIAL_SERVICES, Act.ANSWER_ADMISSION),
    (State.ADMITTED, Unit.Kind.MUNICIPAL_HEALTH_CARE, Act.START_PLANNING),
    (State.ADMITTED, Unit.Kind.PRIMARY_CARE, Act.NAME_CARE_CONTACT),
    (State.PLANNING, Unit.Kind.SOCIAL_SERVICES, Act.START_PLANNING),
    (State.PLANNING, Unit.Kind.MUNICIPAL_HEALTH_CARE, Act.START_PLANNING),
    (State.PLANNING, Unit.Kind.PRIMARY_CARE, Act.NAME_CARE_CONTACT),
    (State.PLANNING, Unit.Kind.PRIMARY_CARE, Act.STATE_AVAILABILITY),
    (State.READY, Unit.Kind.PRIMARY_CARE, Act.CALL_TO_PLANNING),
    (State.READY, Unit.Kind.PRIMARY_CARE, Act.STATE_AVAILABILITY),
    (State.READY, Unit.Kind.SOCIAL_SERVICES, Act.STATE_RECEPTION),
    (State.READY, Unit.Kind.WARD, Act.RECORD_DISCHARGE),
    (State.DISCHARGED, Unit.Kind.WARD, Act.TRANSFER_INFORMATION),
    (State.DISCHARGED, Unit.Kind.SOCIAL_SERVICES, Act.CONFIRM_HOMECOMING),
    (State.DISCHARGED, Unit.Kind.WARD, Act.CLOSE_CASE),
)


def _next_step(
    actor: Actor,
    case: Case,
    facts: Sequence[Fact],
    messages: Sequence[Sent],
    dues: Sequence[Due],
    at: datetime,
) -> NextStep | None:
    waiting = [it for it in reversed(messages) if it.waits_for(actor.unit_id)]
    if waiting and actor.may(Permission.ACKNOWLEDGE_MESSAGE):
        # As in the worklist: the first that is due, else the oldest.
        timed = {f"receipt:{it.id}": it for it in waiting}
        mine = [it for it in dues if it.unit_id == actor.unit_id and it.key in timed]
        due = next((it for it in mine if not it.is_cancelled), None)
        message = timed[due.key] if due else waiting[0]
        return NextStep("acknowledge_message", due, message, bool(due and due.is_overdue(at=at)))
    acts = acts_offered(actor, case, facts)
    for due in dues:
        act = MEETS.get(due.rule)
        is_running = due.unit_id == actor.unit_id and due.met_at is None and not due.is_cancelled
        # An estimate needs no step before it has proved wrong.
        is_early = due.rule == "expected_discharge_passed" and due.due_at > at
        if is_running and not is_early and act in acts:
            return NextStep(act, due, None, due.is_overdue(at=at))
    done = {(it.act, it.sender_unit) for it in messages}
    for state, kind, act in EXPECTED:
        is_mine = state == case.state and kind == actor.unit_kind
        if is_mine and act in acts and (act, actor.unit_id) not in done:
            return NextStep(act, None, None, is_overdue=False)
    return None


# What remains before somebody goes home, whose it is, and the paragraph.
REMAINING: tuple[tuple[Act, str], ...] = (
    (Act.NAME_CARE_CONTACT, "outpatient_care"),
    (Act.STATE_AVAILABILITY, "outpatient_care"),
    (Act.START_PLANNING, "municipality"),
    (Act.CALL_TO_PLANNING, "outpatient_care"),
    (Act.STATE_RECEPTION, "municipality"),
    (Act.TRANSFER_INFORMATION, "inpatient_care"),
    (Act.INFORM_INDIVIDUAL, "inpatient_care"),
)


def _checks(facts: Sequence[Fact]) -> tuple[Check, ...]:
    needs_planning = history.planning_is_required(facts) is not False
    return tuple(
        Check(act, party, bool(history.of(facts, act)), discharge.PROCESS.statute(act))
        for act, party in REMAINING
        if act is not Act.CALL_TO_PLANNING or needs_planning
    )


def _reckoning(facts: Sequence[Fact], terms: Terms, at: datetime) -> Reckoning | None:
    periods = history.ready_periods(facts)
    if not periods:
        return None
    newest = periods[-1]
    ended = calendar.local_date(newest.ends_at) if newest.ends_at else None
    return Reckoning(
        period=newest,
        explanation=explain.ready(newest.starts_at, terms, ended),
        assessment=liability.assess(newest, facts, terms, at=at),
    )


def case_for_act(*, actor: Actor, case_id: UUID, act: str, at: datetime) -> CasePage:
    """Return the page of a case for the form of one act.

    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not carry the act's right
    """
    access.refuse_unless_in_case(
        actor=actor, case_id=case_id, permission=Permission(f"case:{act}"), at=at
    )
    return case_page(actor=actor, case_id=case_id, at=at)
