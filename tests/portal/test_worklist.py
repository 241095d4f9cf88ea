"""Arbetslistan as a browser gets it: live, searched, acknowledged."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hired import Hired, hire
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    DUTY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    WARD,
)
from pytest_django import Settings
from visits import browser, sent

from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import operations as inbox
from care.inbox import tasks
from care.inbox.models import Delivery, Message, WorklistRow
from care.sharing.models import AccessLog
from tenants import clock
from tenants.context import acting_as

HTMX = {"hx-request": "true"}


@pytest.fixture
def officer(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )


@pytest.fixture
def client(officer: Hired) -> Client:
    return browser(officer)


@pytest.fixture
def admitted(units: None) -> UUID:
    """Give the message by which the ward tells that Berit is admitted."""
    at = clock.moment()
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id,
            recipients=[HEALTH_CENTRE, CASE_OFFICERS, MUNICIPAL_NURSES],
            admitted_at=at - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services", "outpatient_care"],
            at=at,
        )  # fmt: skip
        message_id = Message.objects.get().pk
    tasks.drain()
    return message_id


def hire_a_stranger() -> Hired:
    return hire(STRANGER, "Olle Ström", "SE2999999135-P001", (ELSEWHERE, Role.INBOX_COORDINATOR))


def acknowledged_by() -> str:
    with acting_as(MUNICIPALITY):
        return Delivery.objects.get(unit_id=CASE_OFFICERS).acknowledged_by


def readings() -> int:
    with acting_as(MUNICIPALITY):
        return AccessLog.objects.filter(activity="list").count()


class TestTheList:
    def test_shows_who_waits_with_the_event_its_sender_and_a_button(
        self, client: Client, admitted: UUID
    ) -> None:
        page = client.get("/").content.decode()

        for word in ("Berit Åkerlund", "19400405-7032", "Inskrivningsmeddelande", "Avdelning 1"):
            assert word in page
        assert f'action="/messages/{admitted}/acknowledge-message"' in page

    def test_has_no_name_in_its_title_or_addresses(self, client: Client, admitted: UUID) -> None:
        page = client.get("/").content.decode()

        assert "<title>Arbetslista – Samplan</title>" in page
        assert "=Berit" not in page
        assert "/194004057032" not in page

    def test_takes_six_queries(self, client: Client, admitted: UUID) -> None:
        client.get("/")  # the names of the huvudmän are read once a minute

        with CaptureQueriesContext(connection) as asked:
            client.get("/")

        told = [it["sql"] for it in asked if it["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
        assert len(told) <= 6, told

    def test_is_empty_with_a_word_on_what_goes_on(self, client: Client) -> None:
        assert "Inget att göra just nu" in client.get("/").content.decode()

    def test_shows_nothing_to_a_stranger(self, admitted: UUID) -> None:
        stranger = browser(hire_a_stranger())

        assert "Berit" not in stranger.get("/?view=all").content.decode()

    @pytest.mark.parametrize(
        "query",
        ["?view=ready", "?view=all&order=name", "?state=admitted", "?sender=Avdelning+1",
         "?view=nonsense&page=-1&order=;", "?page=99999999999999999999"],
    )  # fmt: skip
    def test_answers_every_choice_and_what_is_none(
        self, client: Client, admitted: UUID, query: str
    ) -> None:
        assert client.get(f"/{query}").status_code == 200

    def test_filters_by_state(self, client: Client, admitted: UUID) -> None:
        page = client.get("/?view=all&state=discharged").content.decode()

        assert "Berit" not in page
        assert "Inga ärenden passar urvalet" in page

    def test_offers_a_new_case_to_the_ward_alone(self, client: Client, units: None) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        assert "/cases/new" in browser(nurse).get("/").content.decode()
        assert "/cases/new" not in client.get("/").content.decode()


class TestThePoll:
    def test_is_answered_304_without_a_read_when_nothing_is_new(
        self, client: Client, admitted: UUID
    ) -> None:
        tag = client.get("/", headers=HTMX).headers["HX-PTag"]
        before = readings()

        with CaptureQueriesContext(connection) as asked:
            again = client.get("/", headers={**HTMX, "hx-ptag": tag})

        told = [it["sql"] for it in asked if it["sql"].startswith("SELECT")]
        assert len(told) == 4, told  # the moment, the session, what is not to be known, the tag
        assert (again.status_code, again.content) == (304, b"")
        assert readings() == before

    def test_brings_the_fragment_when_something_is(self, client: Client, admitted: UUID) -> None:
        tag = client.get("/", headers=HTMX).headers["HX-PTag"]
        with acting_as(MUNICIPALITY):
            inbox.acknowledge_message(actor=OFFICER, message_id=admitted, at=clock.moment())

        again = client.get("/", headers={**HTMX, "hx-ptag": tag})

        assert again.status_code == 200
        assert "<html" not in again.content.decode()
        assert again.headers["HX-PTag"] != tag

    def test_brings_the_fragment_when_time_alone_has_run_out(
        self, client: Client, admitted: UUID, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CLOCK_OFFSET_FILE = tmp_path / "offset"
        with acting_as(MUNICIPALITY):
            WorklistRow.objects.update(due_at=clock.moment() + HOUR)
        first = client.get("/", headers=HTMX)
        clock.move(2 * HOUR)

        again = client.get("/", headers={**HTMX, "hx-ptag": first.headers["HX-PTag"]})

        assert "Tiden har gått ut" not in first.content.decode()
        assert again.status_code == 200
        assert "Tiden har gått ut" in again.content.decode()


class TestTheSearch:
    @pytest.mark.parametrize("text", ["åker", "Berit", "19400405-7032", "7032"])
    def test_finds_by_name_and_by_number(
        self, client: Client, officer: Hired, admitted: UUID, text: str
    ) -> None:
        page = client.post("/search", sent(officer, text=text)).content.decode()

        assert "Berit Åkerlund" in page

    def test_says_so_when_nobody_is_found(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        page = client.post("/search", sent(officer, text="Nilsson")).content.decode()

        assert "Ingen träff hos er enhet" in page

    def test_is_never_an_address(self, client: Client) -> None:
        assert client.get("/search?text=Berit").status_code == 405


class TestAcknowledging:
    def test_is_done_without_scripts_and_can_be_undone(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        place = f"/messages/{admitted}/acknowledge-message"

        answer = client.post(place, sent(officer, **{"from": "todo"}), follow=True)

        page = answer.content.decode()
        assert acknowledged_by() == "Karin Nyström"
        assert "Kvitterat. Avsändaren ser ditt namn." in page
        assert f"/messages/{admitted}/hand-back-message" in page
        client.post(f"/messages/{admitted}/hand-back-message", sent(officer))
        assert acknowledged_by() == ""

    def test_pressed_twice_happens_once(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        form = sent(officer, idempotency_key=str(uuid4()))

        first = client.post(f"/messages/{admitted}/acknowledge-message", form)
        second = client.post(f"/messages/{admitted}/acknowledge-message", form)

        assert (first.status_code, first.headers["Location"]) == (
            second.status_code,
            second.headers["Location"],
        )
        assert acknowledged_by() == "Karin Nyström"

    def test_by_two_people_tells_the_second_who_was_first(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        colleague = hire(
            MUNICIPALITY, "Lars Olsson", "SE2999999127-P002", (CASE_OFFICERS, Role.CASE_OFFICER)
        )
        other = browser(colleague)
        other.post(f"/messages/{admitted}/acknowledge-message", sent(colleague))

        answer = client.post(f"/messages/{admitted}/acknowledge-message", sent(officer))

        assert answer.status_code == 409
        assert "Lars Olsson har redan kvitterat" in answer.content.decode()

    def test_a_message_of_somebody_else_is_as_unknown_as_none(
        self, client: Client, admitted: UUID
    ) -> None:
        olle = hire_a_stranger()
        stranger = browser(olle)
        theirs = stranger.post(f"/messages/{admitted}/acknowledge-message", sent(olle))
        nobodys = stranger.post(f"/messages/{uuid4()}/acknowledge-message", sent(olle))

        assert theirs.status_code == nobodys.status_code == 404

    def test_without_a_key_is_refused(self, client: Client, officer: Hired, admitted: UUID) -> None:
        form = sent(officer)
        del form["idempotency_key"]

        answer = client.post(f"/messages/{admitted}/acknowledge-message", form)

        assert answer.status_code == 400
        assert acknowledged_by() == ""


class TestTheMenuOfARow:
    def test_assigns_to_a_colleague(self, client: Client, officer: Hired, admitted: UUID) -> None:
        place = f"/messages/{admitted}/assign-message"
        assert "Karin Nyström" in client.get(place).content.decode()

        client.post(place, sent(officer, to_name="Karin Nyström"))

        assert "Karin Nyström" in client.get("/").content.decode()

    def test_forwards_within_the_huvudman(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        place = f"/messages/{admitted}/forward-message"
        assert "Socialjouren" in client.get(place).content.decode()

        answer = client.post(place, sent(officer, to_unit=DUTY))

        assert answer.status_code == 303
        with acting_as(MUNICIPALITY):
            assert Delivery.objects.get(unit_id=CASE_OFFICERS).forwarded_to == DUTY

    def test_never_forwards_abroad(self, client: Client, officer: Hired, admitted: UUID) -> None:
        place = f"/messages/{admitted}/forward-message"

        assert client.post(place, sent(officer, to_unit=WARD)).status_code == 422

    def test_returns_what_was_sent_wrong_with_a_reason(
        self, client: Client, officer: Hired, admitted: UUID
    ) -> None:
        place = f"/messages/{admitted}/reject-message"

        missing = client.post(place, sent(officer))
        client.post(place, sent(officer, reason="not_registered_here"))

        assert missing.status_code == 422
        assert "Välj varför meddelandet går tillbaka." in missing.content.decode()
        tasks.drain()
        with acting_as(REGION):
            told = Delivery.objects.get(unit_id=CASE_OFFICERS)
            assert told.rejected_because == "not_registered_here"
