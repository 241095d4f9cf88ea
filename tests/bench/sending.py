"""Sending messages and watching for them, while the loop runs in another process."""

import time
from datetime import datetime
from random import Random
from uuid import UUID

import county

from care.cases.models import Case
from care.discharge import operations as discharge
from care.inbox import queries
from care.inbox.queries import Order, View
from tenants import clock
from tenants.context import acting_as

LOOK, LONGEST = 0.02, 120.0  # seconds: between two looks, and until we give up

Key = tuple[int, datetime]  # to which municipality, and when


def send_and_watch(count: int) -> list[float]:
    """Send messages at odd moments; return how many seconds each took to show in its worklist.

    One more goes ahead and is not counted: when it has arrived, the loop has begun.
    """
    first, *cases = _cases(count + 1)
    _watch([first])
    return _watch(cases)


def _watch(waiting: list[tuple[int, UUID]]) -> list[float]:
    random = Random(len(waiting))
    awaited = len(waiting)
    sent: dict[Key, float] = {}
    seconds: list[float] = []
    tags: dict[int, str] = {}
    next_at = time.perf_counter()
    until = next_at + LONGEST
    while len(seconds) < awaited:
        assert time.perf_counter() < until, f"{len(sent)} messages never arrived"
        if waiting and time.perf_counter() >= next_at:
            number, case_id = waiting.pop()
            at = _send(number, case_id)
            sent[number, at] = time.perf_counter()
            next_at = time.perf_counter() + random.uniform(0.1, 0.5)
        seconds += [time.perf_counter() - sent.pop(key) for key in _arrived(sent, tags)]
        time.sleep(LOOK)
    return seconds


def _cases(count: int) -> list[tuple[int, UUID]]:
    """Return cases of the ward, each with the municipality that takes part."""
    with acting_as(county.REGION):
        rows = Case.objects.filter(sending_unit=county.NURSE.unit_id, is_open=True)
        told = rows.values_list("individual__registered_municipality", "pk")
        return [(int(code[2:]), case_id) for code, case_id in told.order_by("pk")[:count]]


def _send(number: int, case_id: UUID) -> datetime:
    at = clock.moment()
    with acting_as(county.REGION):
        discharge.send_general_message(
            actor=county.NURSE, case_id=case_id, subject="Hemgång", text="Hon åker klockan tre.",
            ground="consent", recipients=[county.officer(number).unit_id], at=at,
        )  # fmt: skip
    return at


def _arrived(sent: dict[Key, float], tags: dict[int, str]) -> list[Key]:
    """Return what the worklists of the receivers have begun to show."""
    found: list[Key] = []
    for number in sorted({number for number, _ in sent}):
        officer = county.officer(number)
        with acting_as(officer.tenant):
            tag = queries.change_tag(actor=officer, at=clock.moment())
            if tag != tags.get(number):
                tags[number] = tag
                shown = queries.worklist(
                    actor=officer, view=View.TO_ACKNOWLEDGE, order=Order.LATEST, at=clock.moment()
                )
                moments = {entry.latest_at for entry in shown.entries}
                found += [key for key in sent if key[0] == number and key[1] in moments]
    return found
