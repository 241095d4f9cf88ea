"""Requests to the hosts of the huvudmän, as a browser makes them."""

from pathlib import Path
from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import Hired, hire
from people import CASE_OFFICERS, DUTY, WARD, write_units
from pytest_django import Settings

from care.identity.permissions import Role
from portal.access import COOKIE

HOSTS = {REGION: "region.localhost", MUNICIPALITY: "municipality.localhost"}


@pytest.fixture(autouse=True)
def pages(settings: Settings, tmp_path: Path) -> None:
    """Add pages of every rule to the project's; serve files without a manifest."""
    settings.ROOT_URLCONF = "tests.project.pages"
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.DEMO = settings.PERSONAS = True
    settings.PUBLIC_HOST = "localhost"
    settings.AUTHENTICATION_BACKENDS = ["project.demo.personas.PersonaBackend"]


@pytest.fixture
def units(committed: None) -> None:
    write_units()


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def coordinator(units: None) -> Hired:
    return hire(
        MUNICIPALITY,
        "Karin Nyström",
        "SE2999999127-P001",
        (CASE_OFFICERS, Role.INBOX_COORDINATOR),
        (DUTY, Role.INBOX_COORDINATOR),
    )


def browser(hired: Hired | None = None, *, tenant: str = REGION, **more: Any) -> Client:
    """Return a browser at a huvudman's host, signed in as somebody or not."""
    tenant = hired.tenant if hired else tenant
    client = Client(headers={"host": HOSTS[tenant]}, **more)
    if hired is not None:
        client.cookies[COOKIE] = hired.sign_in()
    return client
