"""A region and a municipality that share a case: agreed, admitted, consented, fetched."""

from uuid import UUID

import pytest
from cast import MUNICIPALITY
from isolation.county import admit, agree, case_at, consent
from people import write_units

from care.inbox import tasks
from tenants.agreements import Agreement


@pytest.fixture
def agreement(committed: None) -> Agreement:
    """Return the agreement in force between the region and the municipality."""
    write_units()
    return agree()


@pytest.fixture
def shared(agreement: Agreement) -> tuple[UUID, UUID]:
    """Return the ids of one case at the region and at the municipality; consent is given."""
    at_region = admit()
    tasks.drain()
    consent(case_id=at_region)
    tasks.drain()
    return at_region, case_at(MUNICIPALITY).pk
