"""One Keycloak for all tests that sign in through it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from realms import Realms, back_channel, realms_of

from infra.dev import keycloak


@pytest.fixture(scope="session")
def realms() -> Iterator[Realms]:
    """Start it, bring its realms in line, and listen at the back channel; or skip, loudly."""
    with TemporaryDirectory(prefix="samplan-") as place, back_channel() as (public, told):
        try:
            with keycloak.running(Path(place) / "keycloak") as server:
                made = realms_of(server, public, told)
                made.sync()
                yield made
        except keycloak.NotFetched as missing:
            pytest.skip(f"{keycloak.LEFT_OUT} {missing}")
