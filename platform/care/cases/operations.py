"""What happens to a case: it is opened or received, units join, acts are recorded."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from care.cases import projections, queries
from care.cases.models import Case, Event, Participation
from care.cases.models import Deadline as Deadline
from care.identity.actors import Actor
from care.individuals.models import Individual
from care.law import discharge, guards, history
from care.law.history import Fact
from care.law.machine import NotPermitted
from tenants.context import acting_for


class IndividualHasOpenCase(Exception):
    """The person is in hospital here already; a second case would divide the history."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__(str(case_id))
        self.case_id = case_id


@dataclass(frozen=True)
class Doer:
    """Who has acted: here, or where the letter comes from; without a name, the system."""

    origin: str
    unit_id: str = ""
    name: str = ""
    title: str = ""
    assignment_id: UUID | None = None
    staff_id: UUID | None = None
    unit_kind: str = ""
    name_abroad: str = ""  # what other huvudmän read in the place of the name

    @classmethod
    def from_actor(cls, actor: Actor) -> "Doer":
        """Return the doer that an actor is."""
        return cls(
            actor.tenant,
            actor.unit_id,
            actor.name,
            actor.title,
            actor.assignment_id,
            actor.staff_id,
            actor.unit_kind,
            actor.name_abroad,
        )


@dataclass(frozen=True)
class Past:
    """What was done before the case came here: by whom, when, and with which content."""

    act: str
    by: Doer
    at: datetime
    body: Mapping[str, Any]
    message_id: UUID | None


def open_case(
    *,
    individual: Individual,
    unit_id: str,
    variant: str,
    terms: Mapping[str, Any],
    by: Doer,
    body: Mapping[str, Any],
    besides: Collection[UUID] = (),
    at: datetime,
) -> Case:
    """Open a case here: this huvudman leads it.

    :param besides: cases that whoever opens it may not know of, so that they hinder nothing
    :raises IndividualHasOpenCase: if the person has not left the hospital since an earlier one
    """
    # Who has left the hospital may come back to it: a new stay is a new case.
    stays = Case.objects.filter(individual=individual, is_open=True, lead=acting_for())
    stays = stays.exclude(state=discharge.State.DISCHARGED)
    running = stays.exclude(pk__in=besides).first()
    if running is not None:
        raise IndividualHasOpenCase(running.pk)
    case = Case.objects.create(
        lead=acting_for(),
        individual=individual,
        variant=variant,
        sending_unit_id=unit_id,
        state_at=at,
        opened_at=at,
        terms=dict(terms),
    )
    join(case, unit_id=unit_id, tenant=acting_for(), at=at)
    record(case, act=discharge.Act.OPEN_CASE, by=by, at=at, body=body)
    return case


def receive_case(
    *,
    common_id: UUID,
    lead: str,
    individual: Individual,
    variant: str,
    sending_unit_id: str,
    opened_at: datetime,
    terms: Mapping[str, Any],
    at: datetime,
) -> Case:
    """Return our own row of a case that another huvudman leads, made at the first letter."""
    case, _ = Case.objects.get_or_create(
        common_id=common_id,
        defaults={
            "lead": lead,
            "individual": individual,
            "variant": variant,
            "sending_unit_id": sending_unit_id,
            "state_at": at,
            "opened_at": opened_at,
            "version": 0,
            "terms": dict(terms),
        },
    )
    return Case.objects.select_for_update().get(pk=case.pk)


def join(case: Case, *, unit_id: str, tenant: str, at: datetime) -> None:
    """Let a unit take part in a case; a unit that does already stays as it is."""
    try:
        with transaction.atomic():
            Participation.objects.create(case=case, unit_id=unit_id, tenant=tenant, from_at=at)
    except IntegrityError:
        return  # it takes part


def join_all(case: Case, units: Mapping[str, str], *, at: datetime) -> None:
    """Let units take part in a case, by HSA-id and huvudman; asked once, since most do already."""
    known = set(
        Participation.objects.filter(case=case, until_at=None).values_list("unit", flat=True)
    )
    new = [
        Participation(case=case, unit_id=unit_id, tenant=tenant, from_at=at)
        for unit_id, tenant in units.items()
        if unit_id not in known
    ]
    if new:
        Participation.objects.bulk_create(new, ignore_conflicts=True)  # one may join meanwhile


def leave(case: Case, *, unit_id: str, at: datetime) -> None:
    """Let a unit's part in a case end."""
    Participation.objects.filter(case=case, unit=unit_id, until_at=None).update(until_at=at)


def record(
    case: Case,
    *,
    act: str,
    by: Doer,
    at: datetime,
    body: Mapping[str, Any] | None = None,
    message_id: UUID | None = None,
    is_letter: bool = False,
) -> None:
    """Record an act, and at the lead compute the state that follows.

    Acts of the process are judged by the law's table when they are done here. What comes by letter
    has happened: it is kept, and flagged where the table has no place for it, so that a fetch
    never fails on content.

    :raises NotPermitted: if an act that is done here cannot be in the case's state
    :raises guards.Incomplete: if it lacks what it cannot be without, such as the physician
    """
    leads = case.lead == acting_for()
    is_step = act in set(discharge.Act)
    state = discharge.State(case.state)
    if is_step and not is_letter and not discharge.PROCESS.permits(state, discharge.Act(act)):
        raise NotPermitted(state, discharge.Act(act), discharge.PROCESS.statute(discharge.Act(act)))
    if is_step and not is_letter:
        guards.refuse_incomplete(Fact(discharge.Act(act), at, body or {}))
    flagged = is_step and discharge.PROCESS.follow(state, discharge.Act(act), body or {})[1]
    version = case.version + 1 if leads and (is_step or act == queries.REPLACE) else None
    Event.objects.create(
        common_id=case.common_id,
        act=act,
        at=at,
        origin=by.origin,
        message_id=message_id,
        unit_id=by.unit_id,
        unit_kind=by.unit_kind,
        actor_name=by.name,
        actor_title=by.title,
        assignment_id=by.assignment_id,
        body=dict(body or {}),
        is_flagged=flagged,
        version=version,
    )
    if not is_step and act != queries.REPLACE:
        return  # what units do with messages sets no clock of the law going
    facts = queries.facts(case)
    if version:
        _compute(case, facts, version)
    projections.refresh_deadlines(case, facts=facts, at=at)


def record_past(case: Case, past: Sequence[Past], *, at: datetime) -> None:
    """Record what was done in another system, each act at its own time, and compute what follows.

    It has happened, so nothing of it is judged: what the table has no place for is flagged. State
    and deadlines are computed once, from all of it, so that no deadline runs that was met there.
    """
    leads = case.lead == acting_for()
    state, version = discharge.State(case.state), case.version
    events = []
    for it in past:
        state, is_flagged = discharge.PROCESS.follow(state, discharge.Act(it.act), it.body)
        version += leads
        events.append(
            Event(
                common_id=case.common_id,
                act=it.act,
                at=it.at,
                origin=it.by.origin,
                message_id=it.message_id,
                unit_id=it.by.unit_id,
                unit_kind=it.by.unit_kind,
                actor_name=it.by.name,
                actor_title=it.by.title,
                assignment_id=it.by.assignment_id,
                body=dict(it.body),
                is_flagged=is_flagged,
                version=version if leads else None,
            )
        )
    Event.objects.bulk_create(events)
    facts = queries.facts(case)
    if leads:
        _compute(case, facts, version)
    projections.refresh_deadlines(case, facts=facts, at=at)


def show(
    case: Case, *, state: str, state_at: datetime, version: int, expected: datetime | None
) -> None:
    """Show the state that a letter from the lead carries, unless a newer one is shown already."""
    Case.objects.filter(pk=case.pk, version__lt=version).update(
        state=state,
        state_at=state_at,
        version=version,
        expected_discharge_at=expected,
        is_open=state not in discharge_ended(),
    )
    case.refresh_from_db()


def discharge_ended() -> frozenset[str]:
    """Return the states in which a case is no longer open."""
    return frozenset({discharge.State.CLOSED, discharge.State.ABORTED})


def _compute(case: Case, facts: Sequence[Fact], version: int) -> None:
    state = history.state(facts)
    expected = history.expected_discharges(facts)
    values: dict[str, Any] = {
        "state": state,
        "version": version,
        "is_open": state not in discharge_ended(),
        "expected_discharge_at": expected[-1].expected_at if expected else None,
    }
    if state != case.state:
        values["state_at"] = history.state_since(facts) or case.state_at
    Case.objects.filter(pk=case.pk).update(**values)  # whoever records holds the lock of the case
    case.refresh_from_db()


def set_deadline(
    case: Case,
    *,
    unit_id: str,
    key: str,
    rule: str,
    statute: str,
    due_at: datetime,
    message_id: UUID | None = None,
) -> None:
    """Set a deadline running at a unit; one that ran before begins anew."""
    Deadline.objects.update_or_create(
        case=case,
        unit_id=unit_id,
        key=key,
        defaults={
            "rule": rule,
            "statute": statute,
            "due_at": due_at,
            "message_id": message_id,
            "met_at": None,
            "acted_at": None,
            "cancelled_at": None,
        },
    )


def meet_deadline(case: Case, *, unit_id: str, key: str, at: datetime) -> None:
    """Note that what a deadline waits for has been done."""
    Deadline.objects.filter(case=case, unit_id=unit_id, key=key, met_at=None).update(met_at=at)


def act_on_next_deadline(*, at: datetime, act: Callable[[Deadline], object]) -> bool:
    """Act on the deadline that is most overdue; tell whether there was one.

    The claim, the act and its event are one transaction: if the worker dies, all of it is undone
    and the next worker finds the row again. So no lease and no time-out is needed.
    """
    with transaction.atomic():
        running = Deadline.objects.filter(acted_at=None, met_at=None, cancelled_at=None)
        deadline = running.filter(due_at__lte=at).order_by("due_at", "id").first()
        if deadline is None:
            return False
        # The case first, as everybody who writes does: two orders of locking could wait for one
        # another.
        Case.objects.select_for_update().get(pk=deadline.case_id)
        # Another worker may have seen the same row, or a person may have met it. Only the one whose
        # update changes it may act.
        if running.filter(pk=deadline.pk).update(acted_at=at) == 1:
            act(deadline)
        return True
