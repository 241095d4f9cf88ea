"""The same person, met by two at once: one row, and what either has told."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event as Signal
from typing import Any

import psycopg
import pytest
from cast import REGION
from django.db import connection, transaction
from people import BERIT

from care.individuals import operations as individuals
from care.individuals.models import Identity, Individual
from tenants.context import acting_as

PATIENCE = 20  # seconds


def on_a_connection_of_its_own(work: Callable[[], Any]) -> Any:
    try:
        with acting_as(REGION), transaction.atomic():
            return work()
    finally:
        connection.close()


@pytest.mark.parametrize("is_known", [False, True], ids=["for the first time", "again"])
def test_two_at_once_have_one_row_and_nothing_is_undone(
    committed: None, dba: psycopg.Connection[Any], is_known: bool
) -> None:
    if is_known:
        with acting_as(REGION):
            individuals.know(BERIT)
    written, may_commit = Signal(), Signal()

    def first() -> Any:
        known = individuals.know(replace(BERIT, protection="flagged"))
        written.set()
        assert may_commit.wait(PATIENCE)
        return known.pk

    def second() -> Any:
        assert written.wait(PATIENCE)
        return individuals.know(BERIT).pk

    with ThreadPoolExecutor(2) as both:
        told = [both.submit(on_a_connection_of_its_own, it) for it in (first, second)]
        _wait_for_one_who_waits(dba)
        may_commit.set()
        ids = [it.result(PATIENCE) for it in told]

    assert ids[0] == ids[1]
    with acting_as(REGION):
        assert (Individual.objects.count(), Identity.objects.count()) == (1, 1)
        kept = Individual.objects.get()
    assert (kept.protection, kept.registered_address) == ("flagged", "")


def _wait_for_one_who_waits(dba: psycopg.Connection[Any]) -> None:
    dba.autocommit = True
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(PATIENCE * 50):
        if dba.execute(waiting).fetchone():
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
