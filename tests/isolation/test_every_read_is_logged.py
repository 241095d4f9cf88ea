"""No read without its row in the access log, and nothing shown whose row could not be written.

What the database was asked is held against what the log says, over many requests of many kinds.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import DatabaseError, connection
from django.test import Client
from hired import hire
from isolation.county import admit, case_at
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from pytest_django import Settings
from visits import browser

from care.identity.permissions import Role
from care.inbox import tasks
from care.sharing.models import AccessLog

# What tells of a person or of a case; a page that shows any of it must be logged.
TELLS = ("individuals_individual", "inbox_worklistrow", "cases_contribution", "inbox_message")
LOG = AccessLog._meta.db_table
NAME = "Åkerlund"  # of the person in every case
FEW, MANY = 200, 10_000
BROKEN = 0.1  # of the requests: the row of the log cannot be written

Run = Callable[[Any, Any, bool, Any], Any]


class Watched:
    """What one request asked the database."""

    def __init__(self, *, is_broken: bool) -> None:
        self.is_broken = is_broken
        self.reads = self.rows = 0

    def __call__(self, execute: Any, query: str, params: Any, many: bool, context: Any) -> Any:
        """Count what tells of somebody, and what is logged; break the log where asked to."""
        told = query.lstrip()
        if told.startswith("INSERT") and f'"{LOG}"' in told:
            if self.is_broken:
                raise DatabaseError("the log is full")
            self.rows += 1
        answer = execute(query, params, many, context)
        if told.startswith("SELECT") and any(f'"{it}"' in told for it in TELLS):
            self.reads += max(0, context["cursor"].rowcount)
        return answer


@pytest.fixture
def visitors(committed: None, settings: Settings, tmp_path: Path) -> list[Client]:
    """Let a nurse, an officer, a stranger and nobody visit; give a case that three know of."""
    settings.STATIC_ROOT = tmp_path
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    write_units()
    return [
        browser(it, raise_request_exception=False)
        for it in (
            hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE)),
            hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001",
                 (CASE_OFFICERS, Role.INBOX_COORDINATOR)),
            hire(STRANGER, "Olle Ström", "SE2999999135-P001",
                 (ELSEWHERE, Role.INBOX_COORDINATOR)),
            None,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    "count",
    [FEW, pytest.param(MANY, marks=[pytest.mark.long, pytest.mark.timeout(3600)])],
)
def test_no_read_without_its_row(visitors: list[Client], count: int) -> None:
    cases = _cases()
    random = Random(count)
    shown = broken = 0
    for number in range(count):
        client, path = random.choice(visitors), random.choice(_paths(cases))
        watched = Watched(is_broken=random.random() < BROKEN)
        with connection.execute_wrapper(watched):
            answer = client.get(path)
        is_shown = NAME in answer.content.decode("utf-8", "replace")
        shown += is_shown
        broken += watched.is_broken and watched.reads > 0
        assert not (watched.is_broken and is_shown), (number, path)
        if answer.status_code == 200 and (watched.reads or is_shown):
            assert watched.rows, (number, path, watched.reads)
    assert shown > count / 20
    assert broken > count / 100


def _cases() -> list[UUID]:
    at_region = admit()
    tasks.drain()
    return [at_region, case_at(MUNICIPALITY).pk, uuid4()]


def _paths(cases: list[UUID]) -> list[str]:
    pages = [
        f"/cases/{it}{more}" for it in cases for more in ("", "/record-consent", "/notify-ready")
    ]
    return ["/", "/?view=all", "/?view=closed", "/?q=berit", *pages]
