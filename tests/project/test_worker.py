"""The loop of background work: killed, run twice, without its database, and told to stop."""

import logging
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import IntegrityError, OperationalError, connection
from people import BERIT, HOUR, NURSE, WARD
from pytest_django import Settings

from care.cases import operations as cases
from care.cases.models import Case, Deadline, Event
from care.discharge import operations as discharge
from care.inbox import tasks
from integrations.webhooks import tasks as webhooks
from project import worker
from tenants import clock
from tenants.context import acting_as
from tenants.home.models import Answer
from tests.project.test_personas import PLATFORM

COMMAND = [sys.executable, "-c", "from project.commands.work import work; work({})"]


def never(seconds: float) -> bool:
    return False


def overdue(number: int) -> UUID:
    """Write a case with deadlines whose time is up."""
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT - HOUR,
            need_assessed_at=None, at=AT,
        )  # fmt: skip
        case = Case.objects.get(pk=case_id)
        for it in range(number):
            cases.set_deadline(
                case, unit_id=WARD, key=f"test:{it}", rule="test", statute="rutin", due_at=AT,
                message_id=uuid4(),
            )  # fmt: skip
        return case.common_id


def fired() -> Counter[str]:
    with acting_as(REGION):
        events = Event.objects.filter(act="deadline_passed", body__rule="test")
        return Counter(events.values_list("body__key", flat=True))


def once_each(number: int) -> Counter[str]:
    return Counter({f"test:{it}": 1 for it in range(number)})


@contextmanager
def started(cluster: dict[str, str], arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command as a process of its own, and end it whatever happens."""
    command = [*COMMAND[:2], COMMAND[2].format(arguments)]
    with TemporaryDirectory() as seals:
        environment = {
            "PYTHONPATH": f"{PLATFORM}:{PLATFORM.parent}", "DATABASE_URL": cluster["sp_app"],
            "SAMPLAN_SEAL_KEYS": seals, "SAMPLAN_CHECKPOINTS": seals,
        }  # fmt: skip
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def no_subscribers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody be told beside the loop, where it is looked at alone."""
    monkeypatch.setattr(worker, "tell", lambda tenants: 0)


class TestRunTwice:
    def test_each_deadline_fires_once(self, units: None) -> None:
        overdue(20)

        def run() -> None:
            worker.run(once=True, interval=0, pause=never)
            connection.close()

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert fired() == once_each(20)

    def test_a_second_round_does_nothing(self, units: None) -> None:
        overdue(3)
        worker.run(once=True, interval=0, pause=never)

        assert worker.work([REGION, MUNICIPALITY, STRANGER], {}) == 0
        assert fired() == once_each(3)


class TestKilled:
    def test_what_was_begun_is_undone_and_found_again(
        self, units: None, cluster: dict[str, str]
    ) -> None:
        overdue(60)
        with started(cluster, "") as process:
            until = time.monotonic() + 30
            while not fired() and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert fired()

        worker.run(once=True, interval=0, pause=never)
        assert fired() == once_each(60)
        with acting_as(REGION):
            assert not Deadline.objects.filter(rule="test", acted_at=None).exists()

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_told_to_stop_it_ends_after_its_round(
        self, units: None, cluster: dict[str, str], number: signal.Signals
    ) -> None:
        overdue(5)
        with started(cluster, "interval=60") as process:
            until = time.monotonic() + 30
            while not fired() and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(timeout=20) == 0
        assert fired() == once_each(5)


class TestFailing:
    def test_a_huvudman_that_fails_does_not_stop_the_others(
        self,
        units: None,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        overdue(2)
        follow = tasks.follow_agreements

        def fail(*, tenant: str) -> int:
            if tenant == MUNICIPALITY:
                raise IntegrityError("Key (family_name)=(Åkerlund) already exists.")
            return follow(tenant=tenant)

        monkeypatch.setattr(tasks, "follow_agreements", fail)
        with caplog.at_level(logging.ERROR, logger="project.worker"):
            worker.run(once=True, interval=0, pause=never)

        assert fired() == once_each(2)
        (line,) = [it.getMessage() for it in caplog.records if it.name == "project.worker"]
        assert line.startswith(f"{MUNICIPALITY}: IntegrityError in ")
        assert "Åkerlund" not in line

    def test_a_lock_that_was_not_got_is_no_lost_database(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def locked(*, tenant: str) -> int:
            raise OperationalError("canceling statement due to lock timeout")

        clock.moment()
        monkeypatch.setattr(tasks, "follow_agreements", locked)
        assert worker.work([REGION], {}) == 0


@pytest.mark.usefixtures("no_subscribers")
class TestDatabaseAway:
    def test_it_is_tried_again_at_longer_intervals(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pauses: list[float] = []
        moment, failures = clock.moment, iter(range(7))

        def away() -> Any:
            if next(failures, None) is None:
                return moment()
            connection.close()
            raise OperationalError("connection refused")

        monkeypatch.setattr(clock, "moment", away)
        worker.run(once=True, interval=9, pause=lambda seconds: bool(pauses.append(seconds)))
        assert pauses == [1, 2, 4, 8, 16, 30, 30]

    def test_a_connection_that_was_cut_is_made_anew(
        self, units: None, dba: psycopg.Connection[Any]
    ) -> None:
        overdue(2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        dba.execute("SELECT pg_terminate_backend(%s)", [pid])
        dba.commit()

        pauses: list[float] = []
        worker.run(once=True, interval=9, pause=lambda seconds: bool(pauses.append(seconds)))
        assert pauses == [1]
        assert fired() == once_each(2)


@pytest.mark.usefixtures("no_subscribers")
def test_every_letter_is_asked_for_and_what_is_old_forgotten_at_the_start_and_nightly(
    units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = iter([AT, AT + 2 * HOUR, AT + 24 * HOUR])
    seen: list[bool] = []
    forgotten: list[int] = []

    def work(tenants: list[str], memory: dict[str, tasks.Seen], *, alone: bool) -> int:
        seen.append(not memory)
        memory["somebody"] = tasks.Seen(horizon=7)
        return 0

    monkeypatch.setattr(clock, "moment", lambda: next(days))
    monkeypatch.setattr(worker, "work", work)
    monkeypatch.setattr(worker, "forget", lambda _: forgotten.append(len(seen)))
    worker.run(once=False, interval=0, pause=lambda seconds: len(seen) == 3)
    assert seen == [True, False, True]
    assert forgotten == [1, 3]  # after the letters, for which somebody waits


def test_the_loop_forgets_what_is_old(units: None) -> None:
    with acting_as(REGION):
        for at in (AT, clock.moment()):
            Answer.objects.create(
                client="portal", key=str(at), body_hash="", status=303, body={}, at=at
            )

    worker.run(once=True, interval=0, pause=never)

    with acting_as(REGION):
        assert Answer.objects.count() == 1


@pytest.mark.usefixtures("no_subscribers")
@pytest.mark.parametrize(("interval", "longest"), [(60, 59.9), (0.05, 0)])
def test_the_interval_is_counted_from_the_beginning_of_a_round(
    units: None, monkeypatch: pytest.MonkeyPatch, interval: float, longest: float
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(worker, "work", lambda *_, **__: time.sleep(0.1))

    worker.run(once=False, interval=interval, pause=lambda seconds: not pauses.append(seconds))

    assert 0 <= pauses[0] <= longest


def test_a_pinned_process_works_for_its_huvudman_only(settings: Settings) -> None:
    settings.TENANT_PINNED = REGION

    assert worker._tenants() == [REGION]


class TestSubscribers:
    """They are called beside the loop, so that no letter waits for one of them."""

    def test_one_that_does_not_answer_keeps_no_deadline_waiting(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        overdue(3)
        is_called, answers = Signal(), Signal()

        def tell(*, tenant: str) -> int:
            is_called.set()
            answers.wait(20)
            return 0

        monkeypatch.setattr(webhooks, "tell", tell)

        def pause(seconds: float) -> bool:
            assert is_called.wait(20)
            is_done = fired() == once_each(3)
            answers.set()
            return is_done

        worker.run(once=False, interval=0, pause=pause)

        assert fired() == once_each(3)

    def test_they_are_told_again_after_the_database_was_away_and_after_any_fault(
        self, units: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        faults: list[Exception | None] = [worker.DatabaseLost(), ValueError("Åkerlund"), None]
        is_told = Signal()

        def tell(tenants: list[str]) -> int:
            if fault := faults.pop(0):
                raise fault
            is_told.set()
            faults.append(None)
            return 0

        monkeypatch.setattr(worker, "FIRST_WAIT", 0.01)
        monkeypatch.setattr(worker, "tell", tell)
        worker.run(once=False, interval=0.01, pause=lambda _: is_told.wait(20))

        assert is_told.is_set()
        lines = [it.getMessage() for it in caplog.records if it.name == "project.worker"]
        assert any(it.startswith("webhooks: ValueError") for it in lines)
        assert "Åkerlund" not in " ".join(lines)

    def test_a_single_round_tells_them_too(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(webhooks, "tell", lambda *, tenant: told.append(tenant) or 0)

        worker.run(once=True, interval=0, pause=never)

        assert {REGION, MUNICIPALITY, STRANGER} <= set(told)
