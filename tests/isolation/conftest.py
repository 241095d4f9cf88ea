"""The migrator's login, and a moment at which every clock stands."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from conftest import log_in
from django.db import connection
from people import write_units

from tenants import clock


@pytest.fixture
def migrator(cluster: dict[str, str], committed: None) -> Iterator[None]:
    """Log in as the one who migrates, and back as the application."""
    log_in(cluster["sp_migrator"], assume_role=False)
    yield
    log_in(cluster["sp_app"], assume_role=True)


@pytest.fixture
def now(db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Return the transaction's now(), at which the worker's clock stands too."""
    write_units()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        at: datetime = cursor.fetchone()[0]
    monkeypatch.setattr(clock, "moment", lambda: at)
    return at
