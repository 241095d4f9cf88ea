"""A form that is sent twice takes effect once and is answered alike, also where it ends a thing."""

from typing import Any
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import Hired, hire
from people import BERIT, CASE_OFFICERS, DAY, DUTY, HOUR, MUNICIPAL_NURSES, NURSE, WARD
from visits import browser, sent

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import consents
from care.inbox.models import Message
from tenants import clock
from tenants.context import acting_as

WHEN = "2026-11-20T06:30"


@pytest.fixture
def administrator(units: None) -> Hired:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


def pressed_twice(client: Client, place: str, form: dict[str, Any]) -> None:
    answers = [client.post(place, form) for _ in range(2)]

    assert [it.status_code for it in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]


def test_an_assignment_is_revoked(administrator: Hired) -> None:
    officer = hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )
    place = f"/units/{CASE_OFFICERS}/assignments/{officer.assignments[0]}/revoke"
    client = browser(administrator)

    pressed_twice(client, place, sent(administrator))

    assert client.post(place, sent(administrator)).status_code == 404


def test_each_row_of_a_unit_has_a_key_of_its_own(administrator: Hired) -> None:
    hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )

    page = browser(administrator).get(f"/units/{CASE_OFFICERS}")

    keys = [key for _it, _role, key in page.context["held"]]
    assert len(keys) == len(set(keys)) == 2
    assert all(f'name="idempotency_key" value="{it}"' in page.content.decode() for it in keys)


def test_a_unit_is_ended(administrator: Hired) -> None:
    client, place = browser(administrator), f"/units/{DUTY}/archive"

    pressed_twice(client, place, sent(administrator, successor=MUNICIPAL_NURSES))

    assert client.get(place).status_code == 404
    again = client.post(place, sent(administrator, successor=MUNICIPAL_NURSES))
    assert again.status_code == 404


@pytest.mark.parametrize("hsa_id", [WARD, "SE2999999127-NIX"])
def test_a_unit_of_another_is_no_more_ended_than_none(administrator: Hired, hsa_id: str) -> None:
    answer = browser(administrator).post(f"/units/{hsa_id}/archive", sent(administrator))

    assert answer.status_code == 404


@pytest.fixture
def notice(units: None) -> UUID:
    at = clock.moment() - DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[CASE_OFFICERS], admitted_at=at - HOUR,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=at + 3 * DAY,
            needs=["social_services"], at=at,
        )  # fmt: skip
        ready = discharge.notify_ready(
            actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=at, at=at
        )
        message_id: UUID = ready.pk
        return message_id


def test_a_message_is_corrected(notice: UUID) -> None:
    nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
    client, place = browser(nurse), f"/messages/{notice}/replace-message"
    fields = {"physician": "Anna Holm", "assessed_at": WHEN}

    pressed_twice(client, place, sent(nurse, **fields))

    with acting_as(REGION):
        assert Message.objects.filter(replaces=notice).count() == 1
    assert client.get(place).status_code == 404
    assert client.post(place, sent(nurse, **fields)).status_code == 404


def test_each_consent_that_can_be_withdrawn_has_a_key_of_its_own(notice: UUID) -> None:
    nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
    at = clock.moment()
    with acting_as(REGION):
        case_id = Case.objects.get().pk
        for type_ in ("coordinated_record", "planning"):
            consents.record_consent(
                actor=NURSE, case_id=case_id, type_=type_, value="yes", info_classes=["planning"],
                given_how="oral", expires_at=at + 30 * DAY, at=at,
            )  # fmt: skip

    page = browser(nurse).get(f"/cases/{case_id}")

    keys = [it.key for it in page.context["consents"] if it.can_withdraw]
    assert len(keys) == len(set(keys)) == 2
    assert all(f'name="idempotency_key" value="{it}"' in page.content.decode() for it in keys)
