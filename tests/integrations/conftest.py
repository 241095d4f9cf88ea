"""One Keycloak for all tests that sign in through it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from realms import Realms, running

from infra.dev import keycloak


@pytest.fixture(scope="session")
def realms() -> Iterator[Realms]:
    """Start it, bring its realms in line, and listen at the back channel; or skip, loudly."""
    with TemporaryDirectory(prefix="samplan-") as place:
        try:
            with running(Path(place)) as made:
                yield made
        except keycloak.NotFetched as missing:
            pytest.skip(f"{keycloak.LEFT_OUT} {missing}")
