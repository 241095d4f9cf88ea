"""What the sender reads at a glance of a message: acknowledged by all, returned, or neither."""

from collections.abc import Callable
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, hire
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    DUTY,
    HOUR,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    ON_DUTY,
    WARD,
)
from visits import browser, sent

from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import operations as inbox
from care.inbox import tasks
from care.inbox.models import Message
from tenants import clock
from tenants.context import acting_as

SUCCESS, DANGER = 'data-color="success"', 'data-color="danger"'


@pytest.fixture
def case_id(units: None) -> UUID:
    at = clock.moment()
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[CASE_OFFICERS, MUNICIPAL_NURSES],
            admitted_at=at - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services"], at=at,
        )  # fmt: skip
    tasks.drain()
    return case_id


@pytest.fixture
def summary(case_id: UUID) -> Callable[[], str]:
    """Give a way to read the line of the message as the ward sees it."""
    nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

    def read() -> str:
        tasks.drain()
        page = browser(nurse).get(f"/cases/{case_id}?view=messages").content.decode()
        return page.partition('class="message-summary"')[2].partition("</p>")[0]

    return read


def message_id() -> UUID:
    found: UUID = Message.objects.get().pk
    return found


def test_one_that_somebody_returns_is_not_acknowledged_by_all(
    summary: Callable[[], str],
) -> None:
    with acting_as(MUNICIPALITY):
        at = clock.moment()
        inbox.reject_message(
            actor=OFFICER, message_id=message_id(), reason="not_registered_here", at=at
        )
        inbox.acknowledge_message(actor=MUNICIPAL_NURSE, message_id=message_id(), at=at)

    line = summary()

    assert "Returnerat" in line
    assert DANGER in line
    assert SUCCESS not in line


def test_one_that_is_forwarded_waits_for_the_unit_that_got_it(summary: Callable[[], str]) -> None:
    with acting_as(MUNICIPALITY):
        at = clock.moment()
        inbox.acknowledge_message(actor=MUNICIPAL_NURSE, message_id=message_id(), at=at)
        inbox.forward_message(actor=OFFICER, message_id=message_id(), to_unit=DUTY, at=at)

    waiting = summary()
    with acting_as(MUNICIPALITY):
        inbox.acknowledge_message(actor=ON_DUTY, message_id=message_id(), at=clock.moment())
    taken = summary()

    assert "1 av 2 har kvitterat" in waiting
    assert SUCCESS not in waiting
    assert "Kvitterat av alla" in taken
    assert SUCCESS in taken


def test_one_that_is_assigned_promises_nothing_about_the_sender(case_id: UUID) -> None:
    officer: Hired = hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )
    with acting_as(MUNICIPALITY):
        place = f"/messages/{message_id()}/assign-message"

    page = browser(officer).get(place).content.decode()
    done = browser(officer).post(place, sent(officer, to_name="Karin Nyström"))

    assert "Enheten ser namnet i arbetslistan." in page
    assert "Avsändaren ser det" not in page
    assert done.status_code == 303
