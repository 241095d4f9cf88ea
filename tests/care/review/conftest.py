"""A ward's case of Berit, and who reviews the log of the region."""

from uuid import UUID

import pytest
from isolation.county import admit
from people import WARD, actor, write_units

from care.identity.actors import Actor
from care.identity.permissions import Role

REVIEWER = actor("Gun Granskare", Role.LOG_REVIEWER, "Säkerhetssamordnare", WARD)
SECOND = actor("Bo Bedömare", Role.LOG_REVIEWER, "Jurist", WARD)


@pytest.fixture
def case_id(committed: None) -> UUID:
    """Return the id of Berit's case at the region."""
    write_units()
    return admit()


@pytest.fixture
def reviewer() -> Actor:
    return REVIEWER


@pytest.fixture
def second() -> Actor:
    return SECOND
