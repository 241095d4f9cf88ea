"""One part of a case at a time, for a system that asks for no more than that.

Each opens the door, which judges and logs, and reads what it tells of in the same transaction. What
a page shows of a case at once is `queries.case_page`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases import queries as cases
from care.cases.queries import Due, Happening, Part
from care.discharge import queries
from care.identity.actors import Actor
from care.inbox import queries as inbox
from care.inbox.queries import Sent
from care.individuals import queries as individuals
from care.individuals.queries import Shown
from care.law import calendar, history
from care.sharing import access
from care.sharing.access import Seen


@dataclass(frozen=True)
class CaseCore:
    """Ärende: whom it is about, where it stands, who takes part, what the role may do now."""

    case_id: UUID
    version: int
    lead: str
    variant: str
    state: str
    state_at: datetime
    is_open: bool
    individual: Shown
    sending_unit: str
    admitted_at: datetime | None
    expected_discharge_at: datetime | None
    parts: tuple[Part, ...]
    acts: tuple[str, ...]


@transaction.atomic
def core(*, actor: Actor, case_id: UUID, at: datetime) -> CaseCore:
    """Return a case without what has been said in it.

    :raises access.NotVisible: if the actor may not see the case
    """
    case = access.case_for_reading(actor=actor, case_id=case_id, at=at)
    parts = tuple(cases.parts(case))
    kinds = {part.unit_id: part.kind for part in parts}
    facts = cases.facts_of(cases.happenings(case), kinds=kinds)
    return CaseCore(
        case_id=case.pk,
        version=case.version,
        lead=case.lead,
        variant=case.variant,
        state=case.state,
        state_at=case.state_at,
        is_open=case.is_open,
        individual=individuals.shown(case.individual, on=calendar.local_date(at)),
        sending_unit=case.sending_unit.name,
        admitted_at=history.stated_time(facts, "admitted_at"),
        expected_discharge_at=case.expected_discharge_at,
        parts=parts,
        acts=queries.acts_offered(actor, case, facts),
    )


@transaction.atomic
def timeline(*, actor: Actor, case_id: UUID, at: datetime) -> tuple[Happening, ...]:
    """Return what has happened in a case and the actor is told, the first of it first.

    :raises access.NotVisible: if the actor may not see the case
    """
    case = access.case_for_reading(actor=actor, case_id=case_id, at=at)
    return queries.told_to(actor, cases.happenings(case))


@transaction.atomic
def deadlines(*, actor: Actor, case_id: UUID, at: datetime) -> tuple[Due, ...]:
    """Return the deadlines of a case that the actor is told of, the next one first.

    :raises access.NotVisible: if the actor may not see the case
    """
    case = access.case_for_reading(actor=actor, case_id=case_id, at=at)
    return queries.dues_for(actor, case)


@transaction.atomic
def messages(*, actor: Actor, case_id: UUID, at: datetime) -> tuple[Sent, ...]:
    """Return the messages of a case that are here, the newest first.

    :raises access.NotVisible: if the actor may not see the case
    """
    return inbox.messages(access.case_for_reading(actor=actor, case_id=case_id, at=at))


@transaction.atomic
def contributions(*, actor: Actor, case_id: UUID, at: datetime) -> tuple[Seen, ...]:
    """Return what the units have written in a case and is open to the actor.

    :raises access.NotVisible: if the actor may not see the case
    """
    case = access.case_for_reading(actor=actor, case_id=case_id, at=at)
    seen, _hidden = access.contributions(
        actor=actor,
        case=case,
        parties=cases.branches(cases.parts(case)),
        consents=individuals.consents(case.common_id),
        blocks=individuals.blocks(case.individual_id),
        at=at,
    )
    return seen
