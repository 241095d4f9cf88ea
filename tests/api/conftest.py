"""Machine clients at the tests' huvudmän: the vendors of a ward and of a municipality."""

from pathlib import Path

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from machines import Machine, installed
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from pytest_django import Settings

from care.identity.permissions import Role


@pytest.fixture
def units(committed: None, settings: Settings, tmp_path: Path) -> None:
    """Let the units be there, and the demo's own key sign the tokens."""
    settings.DEMO = True
    settings.API_ISSUER = ""
    settings.DEMO_API_KEY = tmp_path / "key.json"
    write_units()


@pytest.fixture
def ward(units: None) -> Machine:
    """Return the record system of the ward."""
    return installed(REGION, "Journalen", "SE2999999119-F001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def municipality(units: None) -> Machine:
    """Return the case system of the municipality."""
    return installed(
        MUNICIPALITY, "Verksamhetssystemet", "SE2999999127-F001",
        (CASE_OFFICERS, Role.INBOX_COORDINATOR),
    )  # fmt: skip


@pytest.fixture
def stranger(units: None) -> Machine:
    """Return the case system of another municipality."""
    return installed(
        STRANGER, "Främlingen", "SE2999999135-F001", (ELSEWHERE, Role.INBOX_COORDINATOR)
    )
