"""A training huvudman begins anew each night, and a real one never can."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.conf import settings as product
from isolation.county import admit
from psycopg import errors
from pytest_django import Settings
from typer.testing import CliRunner

from care.cases.happened import Position
from care.cases.models import Case, Event
from care.discharge import operations as discharge
from care.discharge.models import CutOver
from care.feed import operations as feed
from care.feed.models import WebhookDelivery
from care.feed.queries import write_cursor
from care.identity.models import Assignment, Staff
from care.identity.permissions import Role
from care.inbox import tasks
from care.inbox.models import Message, Outbox, Received, WorklistRow
from care.individuals import trial_identities
from care.individuals.models import Identity
from care.training import operations, people, resetting, seeding
from care.training.models import TrainingRun
from care.training.operations import NotTraining
from project import worker
from project.commands import training as command
from tenants.context import acting_as
from tenants.models import Tenant, TrainingReset, Unit
from tests.care.training.conftest import PAIR, TRAINING_MUNICIPALITY, TRAINING_REGION, learner
from tests.care.training.test_scenarios import as_learner

NIGHT = date(2026, 3, 2)


def counts(tenant: str) -> dict[str, int]:
    with acting_as(tenant):
        return {
            it.__name__: it._default_manager.count()
            for it in (Case, Event, Message, Outbox, Received, WorklistRow, CutOver)
        }


class TestAReset:
    def test_fills_the_region_with_people_who_are_nobody(self, filled: None) -> None:
        with acting_as(TRAINING_REGION):
            states = sorted(Case.objects.values_list("state", flat=True))
            numbers = set(Identity.objects.values_list("value", flat=True))

        assert states == ["admitted", "admitted", "discharged", "ready"]
        assert numbers < set(trial_identities.NUMBERS)
        assert not numbers & set(people.free())
        assert len(people.free()) >= 10

    def test_lets_the_municipality_have_messages_to_take_on(self, filled: None) -> None:
        tasks.drain()

        with acting_as(TRAINING_MUNICIPALITY):
            units = set(WorklistRow.objects.values_list("unit_id", flat=True))
            waiting = WorklistRow.objects.filter(unacknowledged__gt=0).count()
        assert {"SE0999999127-BIST", "SE0999999127-HSL"} <= units
        assert waiting >= 4

    def test_forgets_what_was_done_and_begins_alike(self, filled: None) -> None:
        tasks.drain()
        first = {it: counts(it) for it in PAIR}
        with acting_as(TRAINING_REGION):
            was = set(Case.objects.values_list("common_id", flat=True))
            # Who practises the change of systems may do it once more the next day.
            counted = dict.fromkeys(
                (f"{what}_{where}" for what in ("open", "calls", "estimates")
                 for where in ("there", "here")), 0,
            )  # fmt: skip
            CutOver.objects.create(
                system="Meddix", at=AT, staff_id=uuid4(), staff_name="x", assignment_id=uuid4(),
                **counted,
            )  # fmt: skip

        resetting.reset(at=AT)
        tasks.drain()

        assert {it: counts(it) for it in PAIR} == first
        with acting_as(TRAINING_REGION):
            now = set(Case.objects.values_list("common_id", flat=True))
        with acting_as(TRAINING_MUNICIPALITY):
            theirs = set(Case.objects.values_list("common_id", flat=True))
        assert not was & now
        assert theirs == now

    def test_keeps_staff_assignments_and_runs(self, filled: None) -> None:
        sara = learner("Sara Lindmark", TRAINING_REGION)
        with acting_as(TRAINING_REGION):
            TrainingRun.objects.create(
                staff_id=sara.staff_id, role="ward_nurse", scenario="admission", started_at=AT
            )
            before = Staff.objects.count(), Assignment.objects.count()

            resetting.reset(at=AT + timedelta(days=1))

            assert (Staff.objects.count(), Assignment.objects.count()) == before
            assert TrainingRun.objects.count() == 1

    def test_keeps_webhooks_and_removes_what_they_were_to_be_sent(self, filled: None) -> None:
        sara = as_learner("Sara Lindmark", Role.WARD_NURSE, TRAINING_REGION)
        with acting_as(TRAINING_REGION):
            feed.subscribe(
                actor=sara, client="journal", url="https://journal.example/",
                after=write_cursor(Position(1, 1)), refuse=str, at=AT,
            )  # fmt: skip
            feed.pump(at=AT)
            assert WebhookDelivery.objects.exists()

            resetting.reset(at=AT + timedelta(days=1))

            assert not WebhookDelivery.objects.exists()
            # It goes on with what happens now: the persons of the new day.
            assert feed.pump(at=AT + timedelta(days=1)) > 0

    def test_leaves_the_real_ones_as_they_are(self, filled: None) -> None:
        admit()
        tasks.drain()
        before = {it: counts(it) for it in (REGION, MUNICIPALITY, STRANGER)}

        resetting.reset(at=AT + timedelta(days=1))
        tasks.drain()

        assert {it: counts(it) for it in before} == before
        assert before[MUNICIPALITY]["Message"] == 1

    def test_is_completed_by_the_next_call_when_it_is_cut_short(
        self, filled: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tasks.drain()
        # A message from the municipality carries the core of its case: fetched again, after the
        # region has forgotten it, it would bring the case back there.
        karin = as_learner("Karin Nyström", Role.INBOX_COORDINATOR, TRAINING_MUNICIPALITY)
        with acting_as(TRAINING_MUNICIPALITY):
            case_id = Case.objects.filter(state="admitted").values_list("pk", flat=True)[0]
            discharge.answer_admission(
                actor=karin, case_id=case_id, answer="known", contact="Karin", at=AT
            )
        tasks.drain()
        begin, calls = resetting._begin_anew, []

        def cut_short(**words: Any) -> bool:
            calls.append(words)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return begin(**words)

        with monkeypatch.context() as broken:
            broken.setattr(resetting, "_begin_anew", cut_short)
            with pytest.raises(KeyboardInterrupt):
                resetting.reset(at=AT, night=NIGHT)
        # The loop of another process carries letters meanwhile: nothing old comes back.
        tasks.drain()
        assert resetting.reset(at=AT, night=NIGHT) == [TRAINING_MUNICIPALITY]
        tasks.drain()

        assert resetting.reset(at=AT, night=NIGHT) == []
        cases = {}
        for name in PAIR:
            with acting_as(name):
                cases[name] = set(Case.objects.values_list("common_id", flat=True))
        assert cases[TRAINING_REGION] == cases[TRAINING_MUNICIPALITY]
        assert len(cases[TRAINING_REGION]) == len(seeding.STAGES)


class TestARealHuvudman:
    def test_is_refused_by_the_function(self, practising: None) -> None:
        admit()
        for tenant in (REGION, MUNICIPALITY):
            with acting_as(tenant):
                with pytest.raises(NotTraining):
                    resetting.empty()
                with pytest.raises(NotTraining):
                    operations.note_finished(at=AT)
        assert counts(REGION)["Case"] == 1

    @pytest.mark.parametrize(
        "table", ["inbox_message", "inbox_outbox", "cases_event", "sharing_accesslog"]
    )
    def test_is_refused_by_the_database_whatever_the_code_believes(
        self, practising: None, dba: psycopg.Connection[Any], table: str
    ) -> None:
        dba.execute(f"SET ROLE {REGION}")
        for schema, why in ((REGION, "table"), (TRAINING_REGION, "schema")):
            with pytest.raises(errors.InsufficientPrivilege, match=why), dba.transaction():
                dba.execute(f"DELETE FROM {schema}.{table}")

    def test_has_what_a_training_one_may_forget(
        self, filled: None, dba: psycopg.Connection[Any]
    ) -> None:
        dba.execute(f"SET ROLE {TRAINING_REGION}")

        removed = dba.execute(f"DELETE FROM {TRAINING_REGION}.sharing_accesslog")

        assert removed.rowcount > 0


class TestTheNight:
    @pytest.mark.parametrize(
        ("at", "night"),
        [
            (datetime(2026, 3, 2, 0, 59, tzinfo=UTC), date(2026, 3, 1)),  # 01.59 in Sweden
            (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), date(2026, 3, 2)),
            (datetime(2026, 3, 2, 22, 59, tzinfo=UTC), date(2026, 3, 2)),
            (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),  # 02 becomes 03
            (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # 02.30, twice
            (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),
        ],
    )
    def test_begins_at_two(self, at: datetime, night: date) -> None:
        assert resetting.night_of(at) == night

    def test_the_loop_begins_anew_once_and_when_somebody_has_come(self, practising: None) -> None:
        names = [*PAIR, REGION]

        done = worker.reset_training(names, done=None)
        again = worker.reset_training(names, done=None)  # another loop, or after a restart

        assert done == again == (NIGHT, frozenset(PAIR))
        with acting_as(TRAINING_REGION):
            rows = list(TrainingReset.objects.order_by("pk").values_list("owner", "night"))
        assert rows == [(TRAINING_REGION, NIGHT), (TRAINING_MUNICIPALITY, NIGHT)]
        assert worker.reset_training([REGION], done=None) is None

    def test_a_pinned_loop_leaves_it_to_the_shared_one(
        self, practising: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(product, "TENANT_PINNED", TRAINING_REGION)

        assert worker.reset_training([TRAINING_REGION], done=None) is None

    def test_a_fault_keeps_nothing_from_the_real_ones(
        self, practising: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(**_: object) -> list[str]:
            raise ZeroDivisionError("Berit Åkerlund")

        monkeypatch.setattr(resetting, "reset", broken)

        assert worker.reset_training(list(PAIR), done=None) is None
        assert "training: ZeroDivisionError" in caplog.text
        assert "Berit" not in caplog.text

    def test_the_command_begins_anew_at_any_time(self, practising: None) -> None:
        for _ in range(2):
            answer = CliRunner().invoke(command.app, ["reset"])
            assert answer.stdout.splitlines() == [
                f"{name}: tömd och fylld på nytt" for name in PAIR
            ]


class TestWhoIsTold:
    def test_is_every_ward_and_health_centre_and_no_person_twice(
        self, practising: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with acting_as(TRAINING_REGION):
            home = Tenant.objects.get(schema_name=TRAINING_REGION)
            Unit.objects.bulk_create(
                Unit(
                    hsa_id=f"SE0999999119-{kind[:4]}{number}", owner=TRAINING_REGION, name="x",
                    name_sort="x", kind=kind, branch="health_care", phone="1",
                )
                for kind, many in (("ward", 2), ("primary_care", 5))
                for number in range(many)
            )  # fmt: skip
            monkeypatch.setattr(seeding, "MOST_OF_EACH", 12)

            (only,) = Tenant.objects.filter(schema_name=TRAINING_MUNICIPALITY)
            cases = seeding.cases(home, [only])

        at: dict[str, set[int]] = defaultdict(set)
        for told in cases:
            at[told.ward.hsa_id].add(len(told.stage))
            for unit in told.receivers:
                at[unit.hsa_id].add(len(told.stage))
        centres = [it for it in at if "-prim" in it or it.endswith("HC1")]
        assert len({it.person.number for it in cases}) == len(cases) == 12
        assert len([it for it in at if "-ward" in it or it.endswith("AVD1")]) == 3
        assert len(centres) == 6
        assert all(len(stages) >= 2 for stages in at.values()), at

    def test_is_no_more_than_there_are_people_who_are_nobody(
        self, practising: None, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        with acting_as(TRAINING_REGION):
            home = Tenant.objects.get(schema_name=TRAINING_REGION)
            homes = [Tenant.objects.get(schema_name=TRAINING_MUNICIPALITY)] * 49
            monkeypatch.setattr(seeding, "MOST_OF_EACH", 12)

            assert len(seeding.cases(home, homes)) == people.MOST_SEEDED
            settings.TEST_IDENTITIES = [people.free()[-1]]
            assert len(seeding.cases(home, homes)) == people.MOST_SEEDED + 1
