"""Several identity providers at one host, and the demo's list of who has a card at them."""

from pathlib import Path

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import Hired
from pytest_django import Settings
from visits import HOSTS, text, words

from integrations.keycloak.simulated import PASSWORD
from tests.integrations.oidc.hostile import Hostile, identity_providers
from tests.integrations.oidc.person import Person, asked_of

OF_REGION, OF_MUNICIPALITY = "SE2999999119", "SE2999999127"


@pytest.fixture
def two(hostile: Hostile, nurse: Hired, settings: Settings, tmp_path: Path) -> None:
    """Let the region be spoken for by one provider, and the municipality by both."""
    settings.IDENTITY_PROVIDERS = identity_providers(
        tmp_path, siths=[OF_REGION, OF_MUNICIPALITY], local=[OF_MUNICIPALITY]
    )


def hint(client: Client, address: str = "/sign-in/start") -> str | None:
    """Return the provider that the sign-in service is told to go on to."""
    return asked_of(client.get(address)["Location"]).get("kc_idp_hint")


def test_a_huvudman_is_offered_those_who_may_speak_of_its_staff(two: None) -> None:
    region, municipality = Person(REGION).client, Person(MUNICIPALITY).client

    assert "through=" not in region.get("/sign-in").content.decode()
    offered = municipality.get("/sign-in").content.decode()
    assert "/sign-in/start?through=siths" in offered
    assert "/sign-in/start?through=local" in offered


def test_the_one_that_was_chosen_is_gone_on_to_and_remembered(two: None) -> None:
    client = Person(MUNICIPALITY).client

    assert hint(client) is None
    assert hint(client, "/sign-in/start?through=local") == "local"
    assert hint(client) == "local"
    assert hint(client, "/sign-in/start?through=siths") == "siths"


@pytest.mark.parametrize("asked", ["local", "other", "siths&through=", "%00", "local%20"])
def test_one_that_may_not_speak_there_is_not_gone_on_to(two: None, asked: str) -> None:
    client = Person(REGION).client

    assert hint(client, f"/sign-in/start?through={asked}") is None


def test_the_demo_lists_who_has_a_card_and_where_each_works(hostile: Hostile, nurse: Hired) -> None:
    shown = Client(headers={"host": f"{HOSTS[REGION]}:8107"}).get("/personas")

    assert "http://krokom.localhost:8107/sign-in" in shown.content.decode()
    said = words(shown.content)
    assert "sara.lindmark" in said
    assert PASSWORD in said


def test_nobody_is_signed_in_from_the_list(hostile: Hostile, nurse: Hired) -> None:
    assert Client(headers={"host": HOSTS[REGION]}).post("/personas").status_code == 405
    assert "Logga in" in text(Person().client, "/sign-in")
