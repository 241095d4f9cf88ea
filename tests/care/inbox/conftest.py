"""An admission of Monday 09.00 that the municipality has fetched, and a clock that is moved."""

from collections.abc import Callable
from threading import Thread
from uuid import UUID

import pytest
from cast import MUNICIPALITY
from django.db import connection
from isolation.county import Time, admit, agree, case_at
from people import write_units

from care.cases.models import Case
from care.inbox import tasks
from care.law.discharge import Act
from care.law.terms import ReceiptTime, Terms
from tenants import clock
from tenants.context import acting_as

TERMS = Terms(receipt_times={Act.NOTIFY_ADMISSION: ReceiptTime(hours=4)})


@pytest.fixture
def time(committed: None, monkeypatch: pytest.MonkeyPatch) -> Time:
    now = Time()
    monkeypatch.setattr(clock, "moment", lambda: now.at)
    return now


@pytest.fixture
def agreed(time: Time) -> None:
    """Agree on a receipt for an admission within four hours."""
    write_units()
    agree(terms=TERMS.to_json())


@pytest.fixture
def admitted(agreed: None) -> UUID:
    """Return the case's id at the region."""
    case_id = admit()
    tasks.drain()
    return case_id


@pytest.fixture
def theirs(admitted: UUID) -> Case:
    """Return the municipality's row of the case."""
    return case_at(MUNICIPALITY)


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Give a way to do several things at the same time, each on a connection of its own."""

    def run(tenant: str, *works: Callable[[], object]) -> list[object]:
        results: list[object] = [None] * len(works)

        def one(number: int) -> None:
            try:
                with acting_as(tenant):
                    results[number] = works[number]()
            except Exception as verdict:
                results[number] = verdict
            finally:
                connection.close()

        threads = [Thread(target=one, args=(number,)) for number in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return results

    return run
