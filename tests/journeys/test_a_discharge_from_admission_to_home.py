"""One discharge through the operations, between a region and a municipality."""

import pytest
from cast import AT, MUNICIPALITY, REGION
from people import (
    BERIT,
    CASE_OFFICERS,
    COORDINATOR,
    DAY,
    HEALTH_CENTRE,
    HOUR,
    NURSE,
    OFFICER,
    write_units,
)

from care.cases.models import Case, Event
from care.discharge import operations as discharge
from care.discharge import queries
from care.inbox import operations as inbox
from care.inbox import queries as inbox_queries
from care.inbox import tasks
from care.inbox.models import Delivery, Message
from tenants.context import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units(committed: None) -> None:
    write_units()


def test_a_discharge_goes_from_admission_to_home() -> None:
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT - HOUR,
            need_assessed_at=None, at=AT,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[HEALTH_CENTRE, CASE_OFFICERS],
            admitted_at=AT - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=AT + 3 * DAY, needs=["social_services", "outpatient_care"], at=AT,
        )  # fmt: skip
    tasks.drain()

    with acting_as(MUNICIPALITY):
        theirs = Case.objects.get()
        assert (theirs.state, theirs.lead) == ("admitted", REGION)
        message = Message.objects.get()
        inbox.acknowledge_message(actor=OFFICER, message_id=message.pk, at=AT + HOUR)
        discharge.start_planning(
            actor=OFFICER, case_id=theirs.pk, contact="Karin", text="Hemtjänst", at=AT + 2 * HOUR
        )
    tasks.drain()

    with acting_as(REGION):
        case = Case.objects.get()
        assert case.state == "planning"
        receipt = Delivery.objects.get(message=message.pk, unit_id=CASE_OFFICERS)
        assert receipt.acknowledged_by == "Karin Nyström"
        assert receipt.delivered_at is not None
        discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT + DAY, at=AT + DAY
        )
        discharge.call_to_planning(
            actor=COORDINATOR, case_id=case_id, meeting_at=None, form="home", at=AT + DAY + HOUR
        )
    tasks.drain()
    with acting_as(MUNICIPALITY):
        assert Case.objects.get().state == "ready"
    with acting_as(REGION):
        discharge.record_discharge(
            actor=NURSE, case_id=case_id, discharged_at=AT + 2 * DAY, destination="home",
            at=AT + 2 * DAY,
        )  # fmt: skip
    tasks.drain()
    with acting_as(MUNICIPALITY):
        discharge.confirm_homecoming(
            actor=OFFICER, case_id=theirs.pk, home_at=AT + 2 * DAY + HOUR, at=AT + 2 * DAY + HOUR
        )
        assert Case.objects.get().state == "discharged"
    tasks.drain()
    with acting_as(REGION):
        assert "confirm_homecoming" in Event.objects.values_list("act", flat=True)
        page = queries.case_page(actor=NURSE, case_id=case_id, at=AT + 3 * DAY)
        assert page.state == "discharged"
        assert page.individual.name == "Berit Åkerlund"
        assert page.reckoning is not None
        entries = inbox_queries.worklist(actor=NURSE, at=AT + 3 * DAY).entries
        assert [entry.case_id for entry in entries] == [case_id]
