"""The history as the law reads it: who acted is what the unit was then."""

from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import admit, case_at
from people import COORDINATOR, DAY, HEALTH_CENTRE, write_units

from care.cases import operations as cases
from care.cases import queries
from care.discharge import operations as discharge
from care.inbox import tasks
from care.law import history
from care.law.discharge import Act
from care.law.history import Fact
from tenants.context import acting_as
from tenants.models import Unit


@pytest.fixture
def called(committed: None) -> UUID:
    """Return the region's id of a case in which the health centre has called to planning."""
    write_units()
    case_id = admit()
    with acting_as(REGION):
        discharge.call_to_planning(
            actor=COORDINATOR, case_id=case_id, meeting_at=AT + 2 * DAY, form="video",
            at=AT + DAY,
        )  # fmt: skip
    tasks.drain()
    return case_id


def call_at(tenant: str) -> Fact:
    case = case_at(tenant)
    with acting_as(tenant):
        (call,) = history.of(queries.facts(case), Act.CALL_TO_PLANNING)
    return call


@pytest.mark.parametrize("tenant", [REGION, MUNICIPALITY])
def test_a_unit_that_becomes_another_kind_changes_no_history(called: UUID, tenant: str) -> None:
    with acting_as(REGION):
        Unit.objects.filter(pk=HEALTH_CENTRE).update(kind=Unit.Kind.WARD)

    call = call_at(tenant)

    assert (call.unit_kind, call.by_care_contact) == (Unit.Kind.PRIMARY_CARE, True)


def test_nor_does_one_that_has_left(called: UUID) -> None:
    case = case_at(REGION)
    with acting_as(REGION):
        cases.leave(case, unit_id=HEALTH_CENTRE, at=AT + 2 * DAY)
        parts = queries.parts(case)
        facts = queries.facts_of(queries.happenings(case), kinds={})

    assert HEALTH_CENTRE not in {it.unit_id for it in parts}
    assert history.of(facts, Act.CALL_TO_PLANNING)[0].by_care_contact
