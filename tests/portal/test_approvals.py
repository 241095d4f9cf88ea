"""Uppdrag att godkänna, as a browser shows it to one who asks and one who decides."""

from datetime import timedelta
from uuid import UUID

import pytest
from cast import MUNICIPALITY
from hired import Hired, acting, hire
from people import CASE_OFFICERS, DAY, DUTY
from visits import browser, sent

from care.identity import approving
from care.identity.entries import AssignmentEntry
from care.identity.permissions import Role
from care.sharing.models import AccessLog
from tenants import clock
from tenants.context import acting_as

PAGE = "/approvals"


@pytest.fixture
def anna(units: None) -> Hired:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


@pytest.fixture
def signe(units: None) -> Hired:
    return hire(MUNICIPALITY, "Signe Ask", "SE2999999127-P011", (DUTY, Role.SIGNATORY))


def asked(anna: Hired, *, begins: timedelta = timedelta(0)) -> UUID:
    """Let Anna ask for an assignment for Per, and return the request."""
    actor, at = acting(anna, Role.LOCAL_ADMINISTRATOR, CASE_OFFICERS), clock.moment()
    entry = AssignmentEntry(
        hsa_id="SE2999999127-P020", name="Per Ek", unit_id=CASE_OFFICERS, role=Role.CASE_OFFICER,
        title="Handläggare", valid_from=at + begins,
    )  # fmt: skip
    with acting_as(MUNICIPALITY):
        assert not approving.ask(actor=actor, entry=entry, at=at)
        return approving.waiting(actor=actor)[0].id


def test_what_begins_now_is_told_from_the_next_sign_in(anna: Hired, signe: Hired) -> None:
    asked(anna)

    page = browser(signe).get(PAGE).content.decode()
    assert "Per Ek kan arbeta vid Biståndsenheten från nästa inloggning." in page


def test_what_begins_later_is_told_by_its_day(anna: Hired, signe: Hired) -> None:
    asked(anna, begins=40 * DAY)

    page = browser(signe).get(PAGE).content.decode()
    assert "från nästa inloggning" not in page
    assert f"från {clock.moment() + 40 * DAY:%-d} " in page.split("kan arbeta vid")[1]


@pytest.mark.parametrize("sends", [False, True])
def test_what_was_decided_meanwhile_is_told_as_such(anna: Hired, signe: Hired, sends: bool) -> None:
    request_id = asked(anna)
    client = browser(signe)
    client.post(f"{PAGE}/{request_id}/approve", sent(signe))

    place = f"{PAGE}/{request_id}/refuse"
    answer = client.post(place, sent(signe)) if sends else client.get(place)
    assert answer.status_code == 409
    assert "Sidan finns inte" not in answer.content.decode()


def test_the_form_to_refuse_is_shown_while_it_waits(anna: Hired, signe: Hired) -> None:
    page = browser(signe).get(f"{PAGE}/{asked(anna)}/refuse").content.decode()

    assert "Per Ek: Handläggare, Biståndsenheten" in page


@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_ones_own_request_is_refused_and_logged_for_that_reason(anna: Hired, act: str) -> None:
    request_id = asked(anna)

    answer = browser(anna).post(f"{PAGE}/{request_id}/{act}", sent(anna, reason="Nej"))

    assert answer.status_code == 403
    with acting_as(MUNICIPALITY):
        assert AccessLog.objects.get(activity="denied").reason == "own_request"
