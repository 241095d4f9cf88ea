"""The real views with a real session table, and a provider of our own to sign in by."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import MUNICIPALITY, REGION
from django.conf import settings as django_settings
from hired import Hired, hire
from people import CASE_OFFICERS, DUTY, WARD, write_units
from pytest_django import Settings

from care.identity.permissions import Role
from project.sign_in import provider as providers
from project.sign_in import watch
from tests.integrations.oidc import hostile as providers_of_ours
from tests.integrations.oidc.hostile import (
    CLIENT_ID,
    CLIENT_SECRET,
    Hostile,
    identity_providers,
)


@pytest.fixture(scope="session")
def served() -> Iterator[Hostile]:
    with providers_of_ours.running() as provider:
        yield provider


@pytest.fixture
def hostile(
    served: Hostile, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hostile]:
    """Give the provider, friendly again, and let the project know no other."""
    served.reset()
    providers._provider.cache_clear()
    settings.OIDC_ISSUER = served.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PUBLIC_HOST = "samplan.localhost"
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8", "localhost@127.0.0.0/8", "localhost@::1/128"]
    settings.IDENTITY_PROVIDERS = identity_providers(
        tmp_path, siths=["SE2999999119", "SE2999999127"]
    )
    monkeypatch.setattr(watch, "_watch", watch.Watch())
    settings.ROOT_URLCONF = "tests.integrations.oidc.addresses"
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = django_settings.STORAGES | {"staticfiles": storage}
    yield served
    providers._provider.cache_clear()


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
