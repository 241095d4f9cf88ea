"""Everything is killed, again and again: nothing that has happened is lost on either way.

Two loops that tell subscribers are killed in the middle of their calls, while acts are recorded in
transactions that overlap, and the subscriber fails now and then.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import AT, REGION
from django.conf import settings
from django.db import connection
from isolation.county import admit
from subscriber import Subscriber

from care.cases.models import Case, Event
from care.feed import queries
from care.feed.operations import LEASE, Secret
from care.identity.actors import Actor
from integrations.webhooks import tasks
from tenants.context import acting_as
from tests.integrations.webhooks.conftest import later, subscribe
from tests.project.test_personas import PLATFORM

Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]
COMMAND = [sys.executable, "-c", "from project.commands.work import work; work(interval=0.05)"]
LEAST, SECONDS = 4, 15  # kills, and for how long at the least they go on
DAY = timedelta(days=1)
INSERT = (
    "INSERT INTO cases_event (common_id, act, at, origin, unit_id, actor_name, actor_title, body,"
    " is_flagged) VALUES (%s, 'notify_ready', now(), 'test_region', '', '', '', '{}', false)"
)


@contextmanager
def loop(cluster: dict[str, str], seals: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `samplan work` as a process of its own."""
    environment = {
        "PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}", "DATABASE_URL": cluster["sp_app"],
        "SAMPLAN_SEAL_KEYS": str(seals), "SAMPLAN_CHECKPOINTS": str(seals), "SAMPLAN_DEMO": "1",
        "SAMPLAN_CLOCK_OFFSET_FILE": str(settings.CLOCK_OFFSET_FILE),
        "SAMPLAN_OUTGOING": "127.0.0.1@127.0.0.0/8",
    }  # fmt: skip
    process = subprocess.Popen(COMMAND, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def write(session: Session, common_id: UUID, seed: int, is_over: Signal) -> None:
    """Record acts in transactions that stay open for a while, some of which are undone."""
    random = Random(seed)
    with session("sp_app") as own:
        own.execute("SET ROLE test_region")
        own.execute("SET search_path TO test_region")
        while not is_over.is_set():
            with own.transaction():
                for _ in range(random.randint(1, 3)):
                    own.execute(INSERT, [common_id])
                    time.sleep(random.random() / 4)
                if random.random() < 0.1:
                    raise psycopg.Rollback
            time.sleep(random.random() / 4)


def follow(nurse: Actor, told: list[int], is_over: Signal) -> None:
    """Follow the feed, as a client does that keeps its cursor with what it has read."""
    cursor = ""
    while True:
        was_over = is_over.is_set()
        with acting_as(REGION):
            page = queries.events(actor=nurse, after=cursor, limit=20, at=AT)
        told += [it.event_id for it in page.events]
        cursor = page.cursor
        if was_over and not page.has_more:
            break
        time.sleep(0.01)
    connection.close()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_whatever_is_killed_every_event_arrives(
    nurse: Actor, subscribed: Secret, subscriber: Subscriber, session: Session,
    cluster: dict[str, str], tmp_path: Path,
) -> None:  # fmt: skip
    random = Random(7)

    def answer(_: int) -> int:
        time.sleep(0.01)  # so that whoever calls is killed in the middle of it
        return 503 if random.random() < 0.05 else 204

    subscriber.answer = answer
    subscribe(nurse, f"{subscriber.url}/second")
    admit(by=nurse)
    with acting_as(REGION):
        common_id = Case.objects.get().common_id
    told: list[int] = []
    is_over, is_written = Signal(), Signal()
    writers = [Thread(target=write, args=(session, common_id, seed, is_over)) for seed in range(3)]
    follower = Thread(target=follow, args=(nurse, told, is_written))
    for it in (*writers, follower):
        it.start()
    begun = time.monotonic()
    kills = 0
    while kills < LEAST or time.monotonic() - begun < SECONDS:
        before = len(subscriber.calls)
        with loop(cluster, tmp_path) as one, loop(cluster, tmp_path) as two:
            wanted, until = before + random.randint(3, 25), time.monotonic() + 20
            while len(subscriber.calls) < wanted:
                assert time.monotonic() < until, "nobody was called"
                time.sleep(0.001)
            for process in (one, two):
                process.kill()
                kills += 1
        later(LEASE)  # what they had claimed comes due again
    is_over.set()
    for it in writers:
        it.join()
    is_written.set()
    follower.join()
    subscriber.answer = lambda _: 204
    later(DAY)
    tasks.drain()

    with acting_as(REGION):
        everything = set(Event.objects.values_list("pk", flat=True))
    assert len(everything) > 50
    assert Counter(told) == Counter(everything)  # the feed: each exactly once
    # The webhooks: each at least once, and a repetition has the name of the first.
    names = {it.name: it.event_id for it in subscriber.calls}
    assert subscriber.taken.keys() == everything
    assert Counter(names.values()) == Counter(dict.fromkeys(everything, 2))
    taken = sum(subscriber.taken.values())
    print(
        f"{kills} kills in {time.monotonic() - begun:.0f} s, {len(everything)} events,"
        f" {len(subscriber.calls)} calls, {taken - 2 * len(everything)} of them twice"
    )
