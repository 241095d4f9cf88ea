"""A nurse, a coordinator with two units, and a local administrator, each with rows of their own."""

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, acting, hire
from people import CASE_OFFICERS, DUTY, WARD, write_units

from care.identity.actors import Actor
from care.identity.permissions import Role


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


@pytest.fixture
def administrator(units: None) -> Actor:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    hired = hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)
    return acting(hired, Role.LOCAL_ADMINISTRATOR, CASE_OFFICERS)
