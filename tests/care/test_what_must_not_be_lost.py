"""What would be lost, or be seen, if nobody had thought of it: one scenario a test."""

from datetime import timedelta

import pytest
from cast import AT, MUNICIPALITY, REGION
from people import (
    BERIT,
    CASE_OFFICERS,
    COORDINATOR,
    DAY,
    DUTY,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    ON_DUTY,
    write_units,
)

from care.cases.models import Case
from care.discharge import operations as discharge
from care.discharge import queries
from care.inbox import consents, tasks
from care.inbox import operations as inbox
from care.inbox.models import Delivery, Message
from care.individuals import operations as individuals
from care.individuals.models import Individual
from care.individuals.operations import Person
from care.sharing.policy import Reason
from tenants import agreements
from tenants.context import acting_as
from tenants.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units(committed: None) -> None:
    write_units()


def admitted(*receivers: str) -> object:
    """Let the ward admit Berit and tell some units; return the region's id of the case."""
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT, need_assessed_at=None,
            at=AT,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=receivers, admitted_at=AT,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=AT + 2 * DAY,
            needs=["social_services", "outpatient_care"], at=AT,
        )  # fmt: skip
    tasks.drain()
    return case_id


def test_what_goes_to_an_archived_unit_goes_to_its_heir() -> None:
    case_id = admitted(HEALTH_CENTRE, CASE_OFFICERS)
    with acting_as(MUNICIPALITY):
        Unit.objects.filter(pk=CASE_OFFICERS).update(archived_on=AT.date())

    with acting_as(REGION):
        discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT, at=AT + HOUR
        )
    tasks.drain()

    with acting_as(MUNICIPALITY):
        message = Message.objects.get(act="notify_ready")
        assert [it.unit_id for it in message.deliveries.all()] == [DUTY]
        inbox.acknowledge_message(actor=ON_DUTY, message_id=message.pk, at=AT + 2 * HOUR)


def test_a_letter_that_arrives_after_the_archiving_finds_the_heir() -> None:
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT, need_assessed_at=None,
            at=AT,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[CASE_OFFICERS], admitted_at=AT,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=AT + 2 * DAY,
            needs=["social_services"], at=AT,
        )  # fmt: skip
    with acting_as(MUNICIPALITY):
        Unit.objects.filter(pk=CASE_OFFICERS).update(archived_on=AT.date())

    tasks.drain()

    with acting_as(MUNICIPALITY):
        assert Delivery.objects.get().unit_id == DUTY


def test_a_discharge_is_recorded_also_where_nobody_has_been_told() -> None:
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT, need_assessed_at=None,
            at=AT,
        )  # fmt: skip

        discharge.record_discharge(
            actor=NURSE, case_id=case_id, discharged_at=AT + HOUR, destination="home", at=AT + HOUR
        )

        assert Case.objects.get().state == "discharged"


def test_who_is_protected_stays_so_when_a_form_is_left_empty() -> None:
    with acting_as(REGION):
        individuals.know(Person(**{**vars(BERIT), "protection": "flagged"}))

        again = individuals.know(BERIT)

        assert (again.protection, again.registered_address) == ("flagged", "")


def test_protection_that_comes_by_a_later_letter_is_kept() -> None:
    case_id = admitted(HEALTH_CENTRE, CASE_OFFICERS)
    with acting_as(REGION):
        Individual.objects.update(protection="protected_registration")
        discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT, at=AT + HOUR
        )
    tasks.drain()

    with acting_as(MUNICIPALITY):
        known = Individual.objects.get()
        assert (known.protection, known.registered_address) == ("protected_registration", "")


def test_who_has_gone_home_can_be_admitted_again() -> None:
    first = admitted(HEALTH_CENTRE, CASE_OFFICERS)
    with acting_as(REGION):
        discharge.record_discharge(
            actor=NURSE, case_id=first, discharged_at=AT + DAY, destination="home", at=AT + DAY
        )

        second = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT + 3 * DAY,
            need_assessed_at=None, at=AT + 3 * DAY,
        )  # fmt: skip

    assert second != first


def test_one_branch_reads_another_only_with_consent() -> None:
    admitted(HEALTH_CENTRE, CASE_OFFICERS, MUNICIPAL_NURSES)
    with acting_as(MUNICIPALITY):
        case_id = Case.objects.values_list("pk", flat=True).get()
        discharge.submit_planning_basis(
            actor=MUNICIPAL_NURSE, case_id=case_id, info_class="health_care", text="Sår",
            at=AT + HOUR,
        )  # fmt: skip

        before = queries.case_page(actor=OFFICER, case_id=case_id, at=AT + HOUR)
        consents.record_consent(
            actor=OFFICER, case_id=case_id, type_="coordinated_record", value="yes",
            info_classes=["health_care"], given_how="oral", expires_at=AT + timedelta(days=900),
            at=AT + 2 * HOUR,
        )  # fmt: skip
        after = queries.case_page(actor=OFFICER, case_id=case_id, at=AT + 3 * HOUR)

    assert before.contributions == ()
    assert (MUNICIPALITY, "health_care", Reason.NO_CONSENT) in [
        (it.owner, it.info_class, it.reason) for it in before.hidden
    ]
    assert [it.text for it in after.contributions] == ["Sår"]


def test_a_draft_without_a_party_takes_no_right_from_it() -> None:
    today = AT.date()
    words = {
        "title": "Samverkan", "text": "Text", "channels": {"planning": ["A", "B"]}, "terms": {},
        "valid_from": today, "valid_until": today + timedelta(days=300), "at": AT,
    }  # fmt: skip
    with acting_as(REGION):
        first = agreements.draft(parties=[REGION, MUNICIPALITY], **words)
        agreements.sign(agreement=first.id, text_hash=first.text_hash, name="I", title="D", at=AT)
    with acting_as(MUNICIPALITY):
        agreements.sign(agreement=first.id, text_hash=first.text_hash, name="P", title="C", at=AT)
    with acting_as(REGION):
        agreements.draft(agreement=first.id, parties=[REGION, "test_stranger"], **words)

    with acting_as(MUNICIPALITY):
        assert [it.version for it in agreements.in_force(MUNICIPALITY, at=AT)] == [1]
        agreements.end(agreement=first.id, reason="Slut", name="P", at=AT)
        assert agreements.in_force(MUNICIPALITY, at=AT) == ()


def test_a_correction_has_the_clock_of_what_it_corrects() -> None:
    case_id = admitted(HEALTH_CENTRE, CASE_OFFICERS)
    with acting_as(REGION):
        Case.objects.update(terms={"receipt_times": {"notify_ready": {"hours": 2}}})
        sent = discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT, at=AT + HOUR
        )
        corrected = inbox.replace_message(
            actor=NURSE, message_id=sent.pk, core={**sent.core, "physician": "Eva Ek"},
            extension={}, ground="", at=AT + 2 * HOUR,
        )  # fmt: skip
        due = corrected.deliveries.get(unit_id=HEALTH_CENTRE).receipt_due_at

    assert due == AT + 4 * HOUR
    assert COORDINATOR.unit_id == HEALTH_CENTRE


def test_a_version_that_has_run_out_does_not_bring_an_earlier_one_back() -> None:
    today = AT.date()
    words = {"title": "Samverkan", "text": "Text", "channels": {"planning": ["B"]}, "terms": {}}
    versions = []
    for days in (900, 5):
        with acting_as(REGION):
            drafted = agreements.draft(
                agreement=versions[0].id if versions else None, parties=[REGION, MUNICIPALITY],
                valid_from=today, valid_until=today + timedelta(days=days), at=AT, **words,
            )  # fmt: skip
        versions.append(drafted)
        for party in (REGION, MUNICIPALITY):
            with acting_as(party):
                agreements.sign(
                    agreement=drafted.id, text_hash=drafted.text_hash, name="N", title="T", at=AT
                )

    with acting_as(REGION):
        assert [it.version for it in agreements.in_force(REGION, at=AT)] == [2]
        assert agreements.in_force(REGION, at=AT + 10 * DAY) == ()
