"""Signing in to the demo as one of its people, and not at all without the demo."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cast import AT, MUNICIPALITY, REGION
from django.test import Client
from hired import Hired, hire
from people import WARD
from pytest_django import Settings

from care.identity.models import Assignment
from care.identity.permissions import Role
from portal.access import COOKIE
from project.demo import Persona, county
from tenants.context import acting_as
from tests.project.conftest import browser

PLATFORM = Path(__file__).resolve().parents[2] / "platform"
PEOPLE = (
    Persona("Region Test", "region.localhost", "SE2999999119-P001", "Sara Lindmark",
            "Sjuksköterska", "Avdelning 1", "Skriver in."),
    Persona("Region Test", "region.localhost", "SE2999999119-P002", "Jonas Ek",
            "Läkare", "Avdelning 1", "Bedömer."),
    Persona("Testkommun", "municipality.localhost", "SE2999999127-P001", "Karin Nyström",
            "Koordinator", "Biståndsenheten", "Tar emot."),
)  # fmt: skip


@pytest.fixture(autouse=True)
def people(demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(county, "PERSONAS", PEOPLE)


def test_the_front_host_lists_everybody_by_huvudman(units: None) -> None:
    text = Client(headers={"host": "localhost:8123"}).get("/personas").content.decode()

    assert "Region Test" in text
    assert "Testkommun" in text
    assert "http://region.localhost:8123/sign-in?persona=SE2999999119-P001" in text


def test_a_huvudmans_host_lists_its_own(units: None) -> None:
    text = browser().get("/sign-in").content.decode()

    assert "Sara Lindmark" in text
    assert "Karin Nyström" not in text


def test_who_has_been_entered_since_stands_there_too(nurse: Hired) -> None:
    hire(REGION, "Ida Norberg", "P077", (WARD, Role.LOCAL_ADMINISTRATOR))
    left = hire(REGION, "Ola Fransson", "P078", (WARD, Role.WARD_NURSE))
    with acting_as(REGION):
        Assignment.objects.filter(staff_id=left.staff_id).update(revoked_at=AT)

    text = browser().get("/sign-in").content.decode()

    assert "Ida Norberg" in text
    assert "Ola Fransson" not in text
    assert text.count("Sara Lindmark") == 1


def test_the_chosen_person_is_the_first_button(units: None) -> None:
    text = browser().get("/sign-in", {"persona": "SE2999999119-P002"}).content.decode()

    assert text.index("Jonas Ek") < text.index("Sara Lindmark")


def test_opening_the_page_signs_nobody_in(nurse: Hired) -> None:
    client = browser(tenant=REGION)

    client.get("/sign-in", {"persona": nurse.hsa_id})
    assert COOKIE not in client.cookies


def test_a_person_with_one_assignment_acts_at_once(nurse: Hired) -> None:
    client = browser(tenant=REGION)

    answer = client.post("/sign-in", {"persona": nurse.hsa_id})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "Sara Lindmark" in client.get("/tests/acting").content.decode()


def test_a_person_with_several_chooses_first(coordinator: Hired) -> None:
    client = browser(tenant=MUNICIPALITY)

    answer = client.post("/sign-in", {"persona": coordinator.hsa_id}, follow=True)
    assert urlsplit(answer.redirect_chain[-1][0]).path == "/assignments"


def test_the_cookie_belongs_to_this_host_and_no_script(nurse: Hired) -> None:
    client = browser(tenant=REGION)

    client.post("/sign-in", {"persona": nurse.hsa_id})
    cookie = client.cookies[COOKIE]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")
    assert (cookie["secure"], cookie["max-age"], cookie["path"]) == ("", "", "/")


def test_a_new_sign_in_ends_the_one_before(nurse: Hired) -> None:
    client = browser(nurse)
    before = client.cookies[COOKIE].value

    client.post("/sign-in", {"persona": nurse.hsa_id})
    after = client.cookies[COOKIE].value
    client.cookies[COOKIE] = before
    assert after != before
    assert client.get("/tests/acting").status_code == 302


def test_it_takes_a_form_of_our_own(nurse: Hired) -> None:
    client = browser(tenant=REGION, enforce_csrf_checks=True)

    assert client.post("/sign-in", {"persona": nurse.hsa_id}).status_code == 403


@pytest.mark.parametrize("persona", ["", "SE2999999127-P001", "SE2999999119-NONE"])
def test_nobody_else_can_sign_in(coordinator: Hired, persona: str) -> None:
    client = browser(tenant=REGION)

    answer = client.post("/sign-in", {"persona": persona})
    assert answer.status_code == 422
    assert "Personen arbetar inte här" in answer.content.decode()
    assert COOKIE not in client.cookies


def test_the_backend_knows_nobody_without_the_demo(nurse: Hired, settings: Settings) -> None:
    from project.demo.personas import PersonaBackend

    with acting_as(REGION):
        assert PersonaBackend().authenticate(None, persona=nurse.hsa_id) is not None
        settings.DEMO = False
        assert PersonaBackend().authenticate(None, persona=nurse.hsa_id) is None


@pytest.mark.parametrize(("demo_switch", "mounted"), [("1", True), ("", False)])
def test_its_pages_and_its_code_are_there_in_the_demo_only(demo_switch: str, mounted: bool) -> None:
    words = (
        "import sys, django; django.setup(); from project import urls;"
        "from django.conf import settings;"
        "print(any('project.demo' in name for name in sys.modules),"
        " bool(settings.AUTHENTICATION_BACKENDS))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "SAMPLAN_DEMO": demo_switch,
        "PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}",
        "DATABASE_URL": "postgresql:///none",
    }
    said = subprocess.run(
        [sys.executable, "-c", words], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [str(mounted)] * 2


def test_a_character_that_no_text_can_hold_is_nobody(units: None) -> None:
    client = Client(headers={"host": "region.localhost"})

    assert client.post("/sign-in", {"persona": "a\0"}).status_code == 422
