"""The migrator's login, and what the database says of the one in use."""

from collections.abc import Iterator

import pytest
from conftest import log_in


@pytest.fixture
def migrator(cluster: dict[str, str], committed: None) -> Iterator[None]:
    """Log in as the one who migrates, and back as the application."""
    log_in(cluster["sp_migrator"], assume_role=False)
    yield
    log_in(cluster["sp_app"], assume_role=True)
