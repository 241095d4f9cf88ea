"""Scenarios: finished when the log of acts says so, and by nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION
from people import BERIT, HOUR, WARD

from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.identity.models import Assignment
from care.identity.operations import NotAdministrator
from care.identity.permissions import ROLES, Permission, Role
from care.inbox import consents, tasks
from care.inbox import operations as inbox
from care.inbox.models import Delivery
from care.law.discharge import Act
from care.training import operations, queries, resetting, scenarios
from care.training.models import TrainingRun
from care.training.operations import NoSuchScenario, NotTraining
from care.training.scenarios import Did
from tenants import apart
from tenants.context import acting_as
from tenants.models import TrainingCount, Unit
from tests.care.training.conftest import TRAINING_MUNICIPALITY, TRAINING_REGION, learner

BESIDE = {
    scenarios.ACKNOWLEDGE: Permission.ACKNOWLEDGE_MESSAGE,
    scenarios.ASSIGN: Permission.ASSIGN_MESSAGE,
    scenarios.CONSENT: Permission.RECORD_CONSENT,
}


def as_learner(name: str, role: Role, tenant: str) -> Actor:
    """Return somebody who practises, in the assignment at the training huvudman."""
    hired = learner(name, tenant)
    with acting_as(tenant):
        unit = Assignment.objects.get(pk=hired.assignments[0]).unit
        assert isinstance(unit, Unit)
    return Actor(
        tenant=tenant, staff_id=hired.staff_id, name=name, assignment_id=hired.assignments[0],
        role=role, title="Befattning", purpose="care", unit_id=unit.hsa_id, unit_name=unit.name,
        unit_kind=unit.kind, branch=unit.branch,
    )  # fmt: skip


@pytest.fixture
def sara(filled: None) -> Actor:
    return as_learner("Sara Lindmark", Role.WARD_NURSE, TRAINING_REGION)


@pytest.fixture
def mikael(filled: None) -> Actor:
    tasks.drain()
    return as_learner("Mikael Hedlund", Role.CASE_OFFICER, TRAINING_MUNICIPALITY)


def admit(who: Actor, at: datetime) -> UUID:
    with acting_as(who.tenant):
        person = replace(BERIT, number="200510162381")
        case_id = discharge.open_case(
            actor=who, person=person, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=who, case_id=case_id, recipients=["SE0999999127-BIST"], admitted_at=at - HOUR,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=at + 24 * HOUR,
            needs=["social_services"], at=at,
        )  # fmt: skip
    return case_id


def consent(who: Actor, case_id: UUID, at: datetime) -> None:
    with acting_as(who.tenant):
        consents.record_consent(
            actor=who, case_id=case_id, type_="planning", value="yes", info_classes=["planning"],
            given_how="oral", expires_at=at + 24 * HOUR, at=at,
        )  # fmt: skip


def done_of(who: Actor, name: str) -> list[str]:
    with acting_as(who.tenant):
        found = {it.scenario.name: it for it in queries.practised(actor=who)}
    return sorted(found[name].progress.done)


def start(who: Actor, name: str, at: datetime = AT) -> None:
    with acting_as(who.tenant):
        operations.start_scenario(actor=who, name=name, at=at)


def note(who: Actor, at: datetime) -> int:
    with acting_as(who.tenant):
        return operations.note_finished(staff_id=who.staff_id, at=at)


class TestTheTable:
    @pytest.mark.parametrize("it", scenarios.SCENARIOS, ids=lambda it: it.name)
    def test_a_role_may_do_every_act_of_its_scenarios(self, it: scenarios.Scenario) -> None:
        rights = {BESIDE.get(task.act) or Permission(f"case:{Act(task.act)}") for task in it.tasks}

        assert rights <= ROLES[it.role]
        assert len({task.act for task in it.tasks}) == len(it.tasks)

    def test_the_four_roles_of_a_training_day_have_scenarios(self) -> None:
        wanted = {Role.WARD_NURSE, Role.CARE_COORDINATOR, Role.INBOX_COORDINATOR,
                  Role.CASE_OFFICER}  # fmt: skip

        practised = {it.role for it in scenarios.SCENARIOS}
        assert wanted <= practised
        assert len(scenarios.BY_NAME) == len(scenarios.SCENARIOS)
        may = {role for role in Role if Permission.PRACTISE_TRAINING in ROLES[role]}
        assert may == practised


class TestProgress:
    it = scenarios.BY_NAME["homecoming"]

    def did(self, case: UUID, *acts: str) -> list[Did]:
        return [Did(case, act, AT + number * HOUR) for number, act in enumerate(acts)]

    def test_is_counted_in_the_one_case_that_has_come_furthest(self) -> None:
        one, other = uuid4(), uuid4()
        acts = [
            *self.did(one, "notify_ready", "transfer_information"),
            *self.did(other, "inform_individual", "record_discharge", "notify_ready"),
        ]

        found = scenarios.progress(self.it, acts)

        assert len(found.done) == 3
        assert not found.is_finished
        assert found.finished_at is None
        assert "transfer_information" not in found.done

    def test_is_finished_in_any_order_at_the_last_act_and_the_first_time_counts(self) -> None:
        acts = self.did(
            uuid4(), "record_discharge", "inform_individual", "notify_ready",
            "transfer_information", "notify_ready", "send_general_message",
        )  # fmt: skip

        found = scenarios.progress(self.it, acts)

        assert found.finished_at == AT + 3 * HOUR
        assert found.done["notify_ready"] == AT + 2 * HOUR

    def test_of_nothing_is_nothing(self) -> None:
        assert scenarios.progress(self.it, []).done == {}


class TestARun:
    def test_is_finished_by_the_acts_and_by_nothing_before_them(self, sara: Actor) -> None:
        start(sara, "admission")
        assert note(sara, AT) == 0

        case_id = admit(sara, AT + HOUR)
        assert done_of(sara, "admission") == ["notify_admission", "open_case"]
        assert note(sara, AT + HOUR) == 0
        consent(sara, case_id, AT + 2 * HOUR)

        assert note(sara, AT + 3 * HOUR) == 1
        assert note(sara, AT + 3 * HOUR) == 0
        with acting_as(TRAINING_REGION):
            assert TrainingRun.objects.get().finished_at == AT + 2 * HOUR

    def test_counts_what_is_done_after_it_began_only(self, sara: Actor) -> None:
        admit(sara, AT)

        start(sara, "admission", AT + HOUR)

        assert done_of(sara, "admission") == []

    def test_counts_what_the_person_has_done_and_nobody_else(
        self, sara: Actor, practising: None
    ) -> None:
        start(sara, "admission")
        somebody = replace(sara, assignment_id=uuid4(), staff_id=uuid4(), name="Någon annan")

        admit(somebody, AT + HOUR)

        assert done_of(sara, "admission") == []

    def test_of_a_case_officer_is_finished_with_what_waits_there(self, mikael: Actor) -> None:
        start(mikael, "planning")
        with acting_as(TRAINING_MUNICIPALITY):
            waiting = Delivery.objects.filter(
                unit_id=mikael.unit_id, acknowledged_at=None, message__act="notify_admission"
            )
            message_id = waiting.values_list("message", flat=True).first()
            assert message_id is not None
            case = inbox.acknowledge_message(actor=mikael, message_id=message_id, at=AT + HOUR)
            discharge.answer_admission(
                actor=mikael, case_id=case.pk, answer="known", contact="Mikael", at=AT + HOUR
            )
            discharge.start_planning(
                actor=mikael, case_id=case.pk, contact="Mikael", text="Hemtjänst.", at=AT + HOUR
            )

        assert note(mikael, AT + HOUR) == 1

    def test_that_is_begun_again_leaves_the_first_and_keeps_what_was_finished(
        self, sara: Actor
    ) -> None:
        start(sara, "admission")
        consent(sara, admit(sara, AT + HOUR), AT + HOUR)
        note(sara, AT + HOUR)

        start(sara, "admission", AT + 2 * HOUR)
        start(sara, "admission", AT + 3 * HOUR)

        with acting_as(TRAINING_REGION):
            assert TrainingRun.objects.count() == 2
            (first, *_) = queries.practised(actor=sara)
        assert first.finished_at == AT + HOUR
        assert first.running_since == AT + 3 * HOUR
        assert first.progress.done == {}

    def test_that_is_finished_is_noted_before_the_night_empties_the_cases(
        self, sara: Actor
    ) -> None:
        start(sara, "admission")
        consent(sara, admit(sara, AT + HOUR), AT + HOUR)

        resetting.reset(at=AT + timedelta(days=1))

        with acting_as(TRAINING_REGION):
            assert TrainingRun.objects.get().finished_at == AT + HOUR

    def test_is_another_roles_or_a_real_huvudmans_never(self, sara: Actor) -> None:
        with pytest.raises(NoSuchScenario):
            start(sara, "planning")
        with pytest.raises(NoSuchScenario):
            start(sara, "nothing")
        with pytest.raises(NotAdministrator):
            start(replace(sara, role=Role.TREATING_PHYSICIAN), "admission")
        real = replace(sara, tenant=REGION, unit_id=WARD)
        with pytest.raises(NotTraining):
            start(real, "admission")
        with acting_as(REGION):
            assert not TrainingRun.objects.exists()


class TestTheCount:
    def test_is_told_without_names_when_every_scenario_of_the_role_is_finished(
        self, sara: Actor
    ) -> None:
        start(sara, "admission")
        case_id = admit(sara, AT + HOUR)
        consent(sara, case_id, AT + HOUR)
        note(sara, AT + HOUR)
        with acting_as(REGION):
            assert not TrainingCount.objects.exists()

        start(sara, "homecoming", AT + 2 * HOUR)
        late = AT + 3 * HOUR
        with acting_as(TRAINING_REGION):
            discharge.notify_ready(
                actor=sara, case_id=case_id, physician="Jonas Ek", assessed_at=AT, at=late
            )
            discharge.transfer_information(
                actor=sara, case_id=case_id, content={"stay": "x"}, ground="consent", at=late
            )
            discharge.inform_individual(actor=sara, case_id=case_id, how="written", at=late)
            discharge.record_discharge(
                actor=sara, case_id=case_id, discharged_at=late, destination="home", at=late
            )
        note(sara, late)
        note(sara, late)

        with acting_as(MUNICIPALITY):  # any real one reads it
            (told,) = TrainingCount.objects.all()
        assert (told.owner, told.role, told.people) == (TRAINING_REGION, "ward_nurse", 1)


def test_the_numbers_of_training_units_are_told_apart() -> None:
    assert apart.unit_id_of("SE165565594230-1000") == "SE065565594230-1000"
    assert apart.schema_of("t_krokom") == "training_krokom"
    assert not apart.are_apart("t_krokom", "t_are")
    assert apart.are_apart("t_krokom", "training_krokom")
