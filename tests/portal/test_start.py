"""The first pages: what Samplan is, which assignment, help, and how accessible it is."""

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import Hired, hire
from people import CASE_OFFICERS, DUTY, WARD
from pytest_django import Settings
from visits import browser, sent

from care.identity.permissions import Role


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = settings.PERSONAS = True
    settings.PUBLIC_HOST = "localhost"


@pytest.fixture
def coordinator(units: None) -> Hired:
    held = ((CASE_OFFICERS, Role.INBOX_COORDINATOR), (DUTY, Role.INBOX_COORDINATOR))
    return hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", *held)


@pytest.fixture
def administrator(units: None) -> Hired:
    return hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))


class TestThePublicHost:
    @pytest.fixture
    def public(self, demo: None, committed: None) -> Client:
        return Client(headers={"host": "localhost"})

    def test_says_what_samplan_is_and_leads_to_the_personas(self, public: Client) -> None:
        page = public.get("/").content.decode()

        assert "mellan region och kommun" in page
        assert 'href="/personas"' in page

    def test_shows_nothing_that_belongs_to_a_huvudman(self, public: Client) -> None:
        answer = public.get("/units")

        assert answer.status_code == 404
        assert "Sidan finns inte" in answer.content.decode()

    def test_has_help_and_the_accessibility_statement(self, public: Client) -> None:
        assert "Vad orden betyder" in public.get("/help").content.decode()
        assert "delvis förenlig" in public.get("/accessibility").content.decode()


class TestTheFirstPage:
    def test_of_a_role_without_an_inbox_is_the_first_of_its_menu(
        self, administrator: Hired
    ) -> None:
        answer = browser(administrator).get("/")

        assert answer.headers["Location"] == "/units"

    def test_of_a_role_with_an_inbox_is_the_worklist(self, units: None) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        page = browser(nurse).get("/").content.decode()

        assert "Arbetslista" in page

    def test_leads_who_is_not_signed_in_to_the_sign_in(self, units: None) -> None:
        answer = browser().get("/", follow=True)

        assert [place for place, _ in answer.redirect_chain] == ["/assignments", "/sign-in"]


class TestTheMenu:
    def test_holds_what_the_role_may_do_and_nothing_else(self, administrator: Hired) -> None:
        page = browser(administrator).get("/units").content.decode()

        assert 'href="/staff">Medarbetare' in page
        assert "Arbetslista" not in page

    def test_marks_the_current_page(self, administrator: Hired) -> None:
        page = browser(administrator).get("/units").content.decode()

        assert '<a href="/units" aria-current="page">' in page
        assert page.count('aria-current="page"') == 1

    def test_says_in_which_assignment_one_acts(self, administrator: Hired) -> None:
        page = browser(administrator).get("/units").content.decode()

        assert "Region Test" in page
        assert "Lokal administratör" in page


class TestChoosingAnAssignment:
    def test_lists_those_that_are_held(self, coordinator: Hired) -> None:
        page = browser(coordinator).get("/assignments").content.decode()

        assert "Biståndsenheten" in page
        assert "Socialjouren" in page
        assert "Avdelning 1" not in page

    def test_takes_the_one_that_is_chosen(self, coordinator: Hired) -> None:
        client = browser(coordinator)

        client.post("/assignments", {"chosen": coordinator.assignments[1]})

        page = client.get("/assignments").content.decode()
        assert "Socialjouren · Koordinator i kommunen" in " ".join(page.split())

    def test_refuses_one_that_is_somebody_elses(
        self, coordinator: Hired, administrator: Hired
    ) -> None:
        form = {"chosen": administrator.assignments[0]}

        answer = browser(coordinator).post("/assignments", form)

        assert answer.status_code == 403
        assert "Uppdraget är inte ditt" in answer.content.decode()

    def test_refuses_what_is_no_choice(self, coordinator: Hired) -> None:
        assert browser(coordinator).post("/assignments", {"chosen": "x"}).status_code == 400

    def test_names_the_administrator_where_there_is_none(self, administrator: Hired) -> None:
        nobody = hire(REGION, "Sara Lindmark", "SE2999999119-P001")

        page = browser(nobody).get("/assignments").content.decode()

        assert "Du har inget uppdrag här" in page
        assert "Anna Berg, Avdelning 1" in page


def test_signing_out_ends_the_session(administrator: Hired) -> None:
    client = browser(administrator)

    client.post("/sign-out")

    assert client.get("/units").headers["Location"] == "/sign-in"


def test_help_names_the_local_administrator(administrator: Hired) -> None:
    assert "Anna Berg, Avdelning 1" in browser(administrator).get("/help").content.decode()


def test_the_statement_names_the_huvudman_and_what_has_not_been_tested(units: None) -> None:
    page = browser().get("/accessibility").content.decode()

    assert "Tillgänglighet för Samplan hos Region Test" in page
    assert "Ingen person som använder skärmläsare" in page
    assert "https://www.digg.se/tdosanmalan" in page


def test_single_letter_keys_can_be_switched_off_and_on(administrator: Hired) -> None:
    client = browser(administrator)
    assert 'data-keys="on"' in client.get("/help").content.decode()

    client.post("/help/keys", sent(administrator, keys="off"))
    assert 'data-keys="off"' in client.get("/help").content.decode()

    client.post("/help/keys", sent(administrator, keys="on"))
    assert 'data-keys="on"' in client.get("/help").content.decode()
