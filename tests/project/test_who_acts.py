"""Rules R2 to R7 at the door of every request, and what the door answers to those it refuses."""

from datetime import datetime
from uuid import uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.test import Client
from hired import Hired, acting, hire
from people import CASE_OFFICERS, HOUR, WARD

from care.identity import sessions
from care.identity.models import Assignment, SessionEvent, Staff, StaffSession
from care.identity.permissions import Role
from care.sharing.models import AccessLog
from portal.access import COOKIE, NoRule
from tenants.context import acting_as
from tenants.models import Unit
from tests.project.conftest import HOSTS, browser

HTMX = {"hx-request": "true"}


def written() -> bool:
    with acting_as(REGION):
        return Staff.objects.filter(hsa_id="SE2999999119-WRITTEN").exists()


def active(hired: Hired) -> object:
    with acting_as(hired.tenant):
        return StaffSession.objects.values_list("assignment_id", flat=True).get()


class TestChoosing:
    """R2: one is chosen silently, of several the person chooses, without any there is no data."""

    def test_the_only_assignment_is_acted_in_at_once(self, nurse: Hired) -> None:
        page = browser(nurse).get("/tests/acting")

        assert page.content.decode() == "Sara Lindmark, Avdelning 1, ward_nurse, Befattning"

    def test_of_several_the_person_is_led_to_the_choice(self, coordinator: Hired) -> None:
        client = browser(coordinator)

        answer = client.get("/tests/acting")
        assert (answer.status_code, answer["Location"]) == (302, "/assignments")
        assert client.get("/assignments").content.decode().count('name="chosen"') == 2

    def test_the_last_used_stands_first(self, coordinator: Hired) -> None:
        with acting_as(MUNICIPALITY):
            Assignment.objects.filter(pk=coordinator.assignments[1]).update(last_used_at=AT - HOUR)

        text = browser(coordinator).get("/assignments").content.decode()
        first, second = (text.index(str(it)) for it in reversed(coordinator.assignments))
        assert first < second

    def test_without_any_the_page_names_the_administrator(self, units: None) -> None:
        hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))
        lonely = hire(REGION, "Nils Ny", "SE2999999119-P077")
        client = browser(lonely)

        assert client.get("/tests/acting")["Location"] == "/assignments"
        assert "Anna Berg" in client.get("/assignments").content.decode()
        assert client.post("/tests/acting").status_code == 403
        assert not written()


class TestWhereItIsKept:
    """R3: the active assignment is in the session's row only."""

    def test_the_cookie_holds_a_token_and_nothing_else(self, nurse: Hired) -> None:
        client = browser(nurse)
        client.get("/tests/acting")

        (morsel,) = client.cookies.values()
        assert str(nurse.assignments[0]) not in morsel.value
        assert str(nurse.staff_id) not in morsel.value

    @pytest.mark.parametrize("token", ["", "x", "0" * 64, "å", "'; DROP TABLE identity_staff"])
    def test_a_made_up_token_opens_nothing(self, nurse: Hired, token: str) -> None:
        client = browser()
        client.cookies[COOKIE] = token

        assert client.get("/tests/acting").status_code == 302

    def test_a_session_of_one_huvudman_opens_nothing_at_another(self, nurse: Hired) -> None:
        client = browser(nurse)

        answer = client.get("/tests/acting", headers={"host": HOSTS[MUNICIPALITY]})
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


class TestReadAnew:
    """R4: a revoked assignment is refused at the next request, and that is logged."""

    def test_a_revoked_assignment_is_refused(self, nurse: Hired) -> None:
        client = browser(nurse)
        assert client.get("/tests/acting").status_code == 200

        with acting_as(REGION):
            Assignment.objects.update(revoked_at=AT)
        assert client.get("/tests/acting").status_code == 403
        with acting_as(REGION):
            event = SessionEvent.objects.get(what="refused")
        assert event.before == nurse.assignments[0]

    def test_one_at_a_unit_that_was_archived_is_refused(self, nurse: Hired) -> None:
        client = browser(nurse)
        with acting_as(REGION):
            Unit.objects.filter(pk=WARD).update(archived_on=AT.date())

        answer = client.post("/tests/acting", {"assignment": str(nurse.assignments[0])})
        assert answer.status_code == 403
        assert not written()


class TestSwitch:
    """R5: by POST with CSRF, to a candidate only."""

    def test_the_chosen_assignment_is_acted_in(self, coordinator: Hired) -> None:
        client = browser(coordinator)

        answer = client.post("/assignments", {"chosen": str(coordinator.assignments[1])})
        assert answer.status_code == 302
        assert "Socialjouren" in client.get("/tests/acting").content.decode()

    def test_the_address_alone_switches_nothing(self, coordinator: Hired) -> None:
        browser(coordinator).get("/assignments", {"chosen": str(coordinator.assignments[1])})

        assert active(coordinator) is None

    def test_a_page_of_somebody_else_switches_nothing(self, coordinator: Hired) -> None:
        client = browser(coordinator, enforce_csrf_checks=True)

        answer = client.post("/assignments", {"chosen": str(coordinator.assignments[1])})
        assert answer.status_code == 403
        assert active(coordinator) is None

    def test_an_assignment_that_is_not_held_is_refused_and_logged(self, coordinator: Hired) -> None:
        colleague = hire(
            MUNICIPALITY, "Per Ek", "SE2999999127-P002", (CASE_OFFICERS, Role.CASE_OFFICER)
        )

        client = browser(coordinator)
        answer = client.post("/assignments", {"chosen": str(colleague.assignments[0])})
        assert answer.status_code == 403
        assert active(coordinator) is None
        with acting_as(MUNICIPALITY):
            event = SessionEvent.objects.get(what="refused")
        assert event.after == colleague.assignments[0]


class TestProfession:
    """R6: nothing that is sent decides in which role or with which title somebody acts."""

    def test_what_is_sent_changes_neither_role_nor_title(self, nurse: Hired) -> None:
        asked = {"role": "treating_physician", "title": "Läkare", "profession": "Läkare"}

        for page in (
            browser(nurse).get("/tests/acting", asked),
            browser(nurse).post("/tests/acting", asked | {"assignment": str(nurse.assignments[0])}),
        ):
            assert page.content.decode().endswith("ward_nurse, Befattning")


class TestMadeForAnotherAssignment:
    """R7: a form that was made for another assignment than the active one writes nothing."""

    def test_a_form_of_the_active_assignment_is_taken(self, nurse: Hired) -> None:
        mine = str(nurse.assignments[0])

        assert browser(nurse).post("/tests/acting", {"assignment": mine}).status_code == 200
        assert written()

    def test_the_header_of_htmx_says_the_same(self, nurse: Hired) -> None:
        headers = {"x-samplan-assignment": str(nurse.assignments[0])}

        assert browser(nurse).post("/tests/acting", headers=headers).status_code == 200

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_a_stale_tab_is_refused_whatever_the_method(self, nurse: Hired, method: str) -> None:
        headers = {"x-samplan-assignment": str(uuid4())}

        answer = getattr(browser(nurse), method)("/tests/acting", headers=headers)
        assert answer.status_code == 409
        assert "annan flik" in answer.content.decode()
        assert not written()

    @pytest.mark.parametrize("told", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
    def test_a_form_that_does_not_say_is_refused(self, nurse: Hired, told: str) -> None:
        assert browser(nurse).post("/tests/acting", {"assignment": told}).status_code == 409
        assert not written()

    def test_field_and_header_must_both_be_right(self, nurse: Hired) -> None:
        mine = str(nurse.assignments[0])
        headers = {"x-samplan-assignment": mine}

        answer = browser(nurse).post("/tests/acting", {"assignment": str(uuid4())}, headers=headers)
        assert answer.status_code == 409
        assert not written()

    def test_after_a_switch_the_old_tab_is_stale(self, coordinator: Hired) -> None:
        first, second = map(str, coordinator.assignments)
        client = browser(coordinator)
        client.post("/assignments", {"chosen": first})
        client.post("/assignments", {"chosen": second, "assignment": first})

        assert client.post("/tests/acting", {"assignment": first}).status_code == 409
        assert client.post("/tests/acting", {"assignment": second}).status_code == 200


class TestSignedOut:
    def test_a_page_leads_to_the_sign_in_and_keeps_nothing(self, units: None) -> None:
        answer = browser().get("/tests/acting", {"case": "2f1c"})

        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")

    def test_a_fragment_leads_the_whole_page_there(self, units: None) -> None:
        answer = browser().get("/tests/acting", headers=HTMX)

        assert answer["HX-Redirect"] == "/sign-in"

    def test_what_a_form_has_sent_is_given_back(self, units: None) -> None:
        answer = browser().post("/tests/acting", {"text": "Behöver hjälp på morgonen"})

        assert answer.status_code == 401
        assert "Behöver hjälp på morgonen" in answer.content.decode()

    def test_a_session_that_was_closed_is_nobodys(self, nurse: Hired) -> None:
        client = browser(nurse)
        with acting_as(REGION):
            sessions.close(token=client.cookies[COOKIE].value, at=AT)

        assert client.get("/tests/acting").status_code == 302

    def test_signing_out_ends_the_session(self, nurse: Hired) -> None:
        client = browser(nurse)
        token = client.cookies[COOKIE].value

        client.post("/sign-out")
        client.cookies[COOKIE] = token
        assert client.get("/tests/acting").status_code == 302


class TestRules:
    def test_a_page_for_anybody_needs_no_session(self, units: None) -> None:
        assert browser().get("/tests/open").status_code == 200

    def test_the_moment_is_taken_once(self, units: None) -> None:
        text = browser().get("/tests/open").content.decode()
        assert datetime.fromisoformat(text.removeprefix("open at ")).utcoffset() is not None

    def test_a_page_that_needs_a_session_needs_no_assignment(self, coordinator: Hired) -> None:
        page = browser(coordinator).get("/tests/session")

        assert page.content.decode() == "Karin Nyström"

    def test_a_role_without_the_right_is_refused_and_logged(self, nurse: Hired) -> None:
        answer = browser(nurse).get("/tests/administrators")

        assert answer.status_code == 403
        with acting_as(REGION):
            denied = AccessLog.objects.get(activity="denied")
        assert (denied.staff_id, denied.reason) == (nurse.staff_id, "not_in_role")

    def test_a_role_with_the_right_is_let_in(self, units: None) -> None:
        boss = hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))

        assert browser(boss).get("/tests/administrators").status_code == 200

    def test_a_page_without_a_rule_is_refused(self, nurse: Hired) -> None:
        with pytest.raises(NoRule, match="page_without_a_rule"):
            browser(nurse).get("/tests/no-rule")

        client = browser(nurse, raise_request_exception=False)
        assert client.get("/tests/no-rule").status_code == 500

    def test_what_a_signed_in_person_sees_stays_in_no_cache(self, nurse: Hired) -> None:
        assert browser(nurse).get("/tests/acting")["Cache-Control"] == "no-store"


def test_a_denial_is_kept_though_what_it_stopped_is_undone(nurse: Hired) -> None:
    answer = browser(nurse).get("/tests/hidden")

    assert answer.status_code == 404
    assert not written()
    with acting_as(REGION):
        denied = AccessLog.objects.get(activity="denied")
    assert denied.reason == "unit_takes_no_part"


def test_a_stranger_cannot_use_a_session_that_was_stolen_from_another_host(nurse: Hired) -> None:
    stolen = browser(nurse).cookies[COOKIE].value

    thief = Client(headers={"host": "stranger.localhost"})
    thief.cookies[COOKIE] = stolen
    assert thief.get("/tests/acting")["Location"] == "/sign-in"
    with acting_as(STRANGER):
        assert not StaffSession.objects.exists()


def test_the_actor_of_a_request_is_the_one_of_its_rows(nurse: Hired) -> None:
    page = browser(nurse).get("/tests/acting")

    actor = acting(nurse, Role.WARD_NURSE, WARD)
    words = f"{actor.name}, {actor.unit_name}, {actor.role}, {actor.title}"
    assert page.content.decode() == words
