"""Coming from an old system: the whole file or nothing, every fault with its row, no call lost."""

from datetime import datetime
from typing import Any

import old_system
import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from isolation.county import Time
from old_system import SYSTEM, cases, file_of, with_faults, written
from people import (
    CASE_OFFICERS,
    HEALTH_CENTRE,
    WARD,
    actor,
    write_units,
)

from care.cases.models import Case, Event
from care.discharge.takeover import importing
from care.discharge.takeover.importing import Outcome, Report
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import tasks
from care.inbox.models import Delivery, Message, WorklistRow
from tenants import clock
from tenants.context import acting_as

ADMINISTRATOR = actor("Anna Berg", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)


def import_(
    rows: "list[dict[str, str]] | bytes", *, by: Actor = ADMINISTRATOR, dry_run: bool = False,
    at: Any = AT, system: str = SYSTEM,
) -> Report:  # fmt: skip
    content = rows if isinstance(rows, bytes) else file_of(rows)
    with acting_as(by.tenant):
        return importing.import_cases(
            actor=by, system=system, content=content, dry_run=dry_run, at=at
        )


def checksums(dba: psycopg.Connection[Any]) -> dict[str, str]:
    """Return what every table of the huvudmän holds, save the log of who has read what."""
    dba.rollback()
    tables = dba.execute(
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname = ANY (%s) AND tablename <> 'sharing_accesslog'",
        [[REGION, MUNICIPALITY, STRANGER]],
    ).fetchall()
    return {
        name: str(
            dba.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t")
            .fetchone()
        )
        for (name,) in tables
    }  # fmt: skip


def faults(report: Report) -> set[tuple[int, str]]:
    return {(it.line, it.column) for it in report.of(Outcome.REFUSED)}


@pytest.fixture(autouse=True)
def time(committed: None, monkeypatch: pytest.MonkeyPatch) -> Time:
    write_units()
    now = Time()
    monkeypatch.setattr(clock, "moment", lambda: now.at)
    return now


class TestFiveHundred:
    """The whole of it, once: 40 faults in 500 open cases, then the mended file."""

    @pytest.mark.timeout(300)  # five hundred cases in three schemas, on whatever machine
    def test_every_fault_has_its_row_then_all_arrive_with_their_calls(
        self, dba: psycopg.Connection[Any]
    ) -> None:
        rows = cases(500)
        import_(rows[: old_system.EACH])  # open here, and soon closed there
        tasks.drain()
        mixed, planted = with_faults(rows)
        before = checksums(dba)

        refused = import_(mixed)

        assert len(planted) == 40
        assert faults(refused) == {(it.line, it.column) for it in planted}
        assert not refused.is_written
        assert checksums(dba) == before
        assert import_(mixed, dry_run=True) == refused

        mended = import_(rows)

        assert mended.is_written
        assert len(mended.of(Outcome.ADDED)) == 496
        assert len(mended.of(Outcome.UNCHANGED)) == 4
        tasks.drain()
        calls = {it["referens"]: it["möte"] for it in rows if "möte" in it}
        assert len(calls) == 250
        assert self.calls(REGION, at_home=HEALTH_CENTRE) == calls
        assert self.calls(MUNICIPALITY, at_home=CASE_OFFICERS) == calls
        for schema in (REGION, MUNICIPALITY):
            with acting_as(schema):
                assert Case.objects.filter(is_open=True, expected_discharge_at=None).count() == 0
                assert not Event.objects.filter(act="deadline_passed").exists()
                assert not WorklistRow.objects.exclude(unacknowledged=0).exists()
        with acting_as(REGION):
            assert Delivery.objects.filter(delivered_at=None).count() == 0

        before = checksums(dba)
        again = import_(rows)
        tasks.drain()

        assert {it.outcome for it in again.lines} == {Outcome.UNCHANGED}
        assert checksums(dba) == before

    def calls(self, schema: str, *, at_home: str) -> dict[str, str]:
        """Return the time of the meeting of every call, by the old number, as a unit has it."""
        with acting_as(schema):
            sent = Message.objects.filter(act="call_to_planning")
            if schema == MUNICIPALITY:
                sent = sent.filter(deliveries__unit_id=at_home)
            return {
                it.core["taken_over"].removeprefix(f"{SYSTEM}, "): written(
                    datetime.fromisoformat(it.core["meeting_at"])
                )
                for it in sent
            }
