"""Whose host it is, and what a request gets when something is refused, wrong or away."""

import logging
from typing import Any

import psycopg
import pytest
from cast import REGION
from django.db import OperationalError, connection
from django.test import Client
from hired import Hired

from care.sharing.models import AccessLog
from portal.access import COOKIE
from tenants import clock
from tenants.context import acting_as
from tests.project.conftest import browser

FRONT = {"host": "localhost:8000"}


class TestHosts:
    @pytest.mark.parametrize("host", ["nowhere.localhost", "example.org", "localhost", "[::1]"])
    def test_a_host_that_belongs_to_nobody_says_so_in_swedish(self, units: None, host: str) -> None:
        answer = Client(headers={"host": host}).get("/tests/open")

        assert answer.status_code == 404
        assert "Adressen hör inte till någon ansluten huvudman" in answer.content.decode()

    def test_an_address_that_nothing_has_says_so_too(self, nurse: Hired) -> None:
        answer = browser(nurse).get("/no/such/page")

        assert answer.status_code == 404
        assert "Sidan finns inte" in answer.content.decode()

    @pytest.mark.usefixtures("demo")
    def test_the_front_host_of_the_demo_has_pages_for_anybody(self, units: None) -> None:
        assert Client(headers=FRONT).get("/tests/open").status_code == 200

    @pytest.mark.usefixtures("demo")
    @pytest.mark.parametrize("page", ["session", "acting", "administrators"])
    def test_but_none_for_those_who_are_signed_in(self, nurse: Hired, page: str) -> None:
        client = Client(headers=FRONT)
        client.cookies[COOKIE] = nurse.sign_in()

        assert client.get(f"/tests/{page}").status_code == 404
        assert client.post(f"/tests/{page}").status_code == 404

    def test_the_front_host_is_there_in_the_demo_only(self, units: None) -> None:
        assert Client(headers=FRONT).get("/tests/open").status_code == 404


class TestDatabaseAway:
    def test_a_view_that_loses_it_says_so(self, units: None) -> None:
        answer = browser().get("/tests/broken")

        assert answer.status_code == 503
        assert answer["Retry-After"]

    def test_what_a_form_has_sent_is_given_back(
        self, nurse: Hired, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = browser(nurse)

        def away() -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr(clock, "moment", away)
        answer = client.post("/tests/acting", {"text": "Hjälp vid dusch"})
        assert answer.status_code == 503
        assert "Hjälp vid dusch" in answer.content.decode()

    def test_nobody_knows_whose_host_it_is_either(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(host: str) -> str:
            raise OperationalError("connection refused")

        monkeypatch.setattr("tenants.middleware.schema_of", away)
        assert browser().get("/tests/open").status_code == 503

    def test_what_was_sent_then_is_sent_again_from_the_page_that_says_so(
        self, nurse: Hired, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = browser(nurse, enforce_csrf_checks=True)
        form = {"assignment": nurse.assignments[0], "text": "Hjälp vid dusch"}

        def away(host: str) -> str:
            raise OperationalError("connection refused")

        with monkeypatch.context() as patched:
            patched.setattr("tenants.middleware.schema_of", away)
            page = client.post("/tests/acting", form, headers={"accept-language": "en"})
        token = str(page.context["csrf_token"])
        again = client.post("/tests/acting", form | {"csrfmiddlewaretoken": token})

        assert (page.status_code, page["Content-Language"]) == (503, "en")
        assert again.status_code == 200

    def test_a_connection_that_was_cut_costs_one_answer(
        self, nurse: Hired, dba: psycopg.Connection[Any]
    ) -> None:
        client = browser(nurse)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        dba.execute("SELECT pg_terminate_backend(%s)", [pid])
        dba.commit()

        assert client.get("/tests/acting").status_code == 503
        connection.close_if_unusable_or_obsolete()  # as Django does when a request has ended
        assert client.get("/tests/acting").status_code == 200


class TestFaults:
    def test_a_fault_says_nothing_of_what_was_at_hand(
        self, units: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR, logger="portal.errors"):
            answer = browser(raise_request_exception=False).get("/tests/faulty")

        assert answer.status_code == 500
        assert "Åkerlund" not in answer.content.decode()
        assert "Åkerlund" not in "".join(
            it.getMessage() for it in caplog.records if it.name == "portal.errors"
        )


def test_an_operation_that_refuses_is_logged_as_a_denial(nurse: Hired) -> None:
    answer = browser(nurse).get("/tests/refused")

    assert answer.status_code == 403
    with acting_as(REGION):
        denied = AccessLog.objects.get(activity="denied")
    assert (denied.staff_id, denied.reason) == (nurse.staff_id, "not_in_role")


@pytest.mark.parametrize(
    ("path", "form"),
    [("/search", {"text": "a\0"}), ("/?sender=a%00", None), ("/units/route?unit=a%00", None)],
)
def test_a_character_that_no_text_can_hold_is_the_senders_fault(
    nurse: Hired, path: str, form: dict[str, str] | None
) -> None:
    client = browser(nurse)

    answer = client.post(path, form) if form else client.get(path)

    assert answer.status_code == 400
