"""The same person, met by two at once: one row, and what either has told."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Event as Signal
from typing import Any

import psycopg
import pytest
from cast import AT, REGION
from django.db import connection, transaction
from people import BERIT, HOUR

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


LIVES = replace(BERIT, registered_address="Ekgatan 5")
BEFORE, AFTER = AT - HOUR, AT + HOUR


def know(protection: str, at: datetime | None = None) -> Individual:
    told = at.isoformat() if at else ""
    return individuals.know(replace(LIVES, protection=protection, protected_at=told))


class TestProtection:
    @pytest.fixture(autouse=True)
    def at_home(self, committed: None) -> Iterator[None]:
        with acting_as(REGION), transaction.atomic():
            yield

    @pytest.mark.parametrize("weaker", ["", "flagged", "protected_registration"])
    def test_what_is_told_never_lowers_it(self, weaker: str) -> None:
        know("assumed_identity")
        found = know(weaker)

        assert (found.protection, found.registered_address) == ("assumed_identity", "")

    @pytest.mark.parametrize("at", [None, BEFORE, AT])
    def test_what_was_marked_before_it_was_lifted_does_not_come_back(
        self, at: datetime | None
    ) -> None:
        assert individuals.lift_protection(know("flagged", BEFORE), at=AT)
        found = know("flagged", at)
        individuals.protect(found, replace(LIVES, protection="flagged"))

        assert (found.protection, found.registered_address) == ("", "Ekgatan 5")

    def test_what_was_marked_after_it_was_lifted_holds(self) -> None:
        individuals.lift_protection(know("assumed_identity", BEFORE), at=AT)
        found = know("flagged", AFTER)

        assert (found.protection, found.protected_at, found.registered_address) == (
            "flagged", AFTER, "",
        )  # fmt: skip


def _wait_for_one_who_waits(dba: psycopg.Connection[Any]) -> None:
    dba.autocommit = True
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    for _ in range(PATIENCE * 50):
        if dba.execute(waiting).fetchone():
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
