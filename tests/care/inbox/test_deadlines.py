"""Deadlines and the loop: each fires once, twice changes nothing, projections can be rebuilt."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from isolation.county import Time, admit, case_at, consent
from people import COORDINATOR, DAY, HOUR, NURSE, OFFICER

from care.cases import operations as cases
from care.cases import projections as case_projections
from care.cases.models import Case, Deadline, Event
from care.discharge import operations as discharge
from care.inbox import operations as inbox
from care.inbox import projections, tasks
from care.inbox.models import Fetched, Message, WorklistRow
from tenants import isolation
from tenants.context import acting_as

TENANTS = (REGION, MUNICIPALITY, STRANGER)


@pytest.fixture
def on_the_way(admitted: UUID, time: Time) -> UUID:
    """Let the case go on to a ready notice, with some deadlines met and some running."""
    consent(case_id=admitted)
    tasks.drain()
    theirs = case_at(MUNICIPALITY).pk
    with acting_as(MUNICIPALITY):
        message_id = Message.objects.get().pk
        inbox.acknowledge_message(actor=OFFICER, message_id=message_id, at=AT + HOUR)
        discharge.start_planning(
            actor=OFFICER, case_id=theirs, contact="Karin", text="Hemtjänst", at=AT + 2 * HOUR
        )
    time.pass_to(AT + 2 * HOUR)
    with acting_as(REGION):
        discharge.notify_ready(
            actor=NURSE, case_id=admitted, physician="Jonas Ek", assessed_at=AT + DAY, at=AT + DAY
        )
    time.pass_to(AT + DAY)
    return admitted


def fired(tenant: str) -> Counter[tuple[str, str]]:
    with acting_as(tenant):
        bodies = Event.objects.filter(act="deadline_passed").values_list("body", flat=True)
        return Counter((body["key"], body["unit_id"]) for body in bodies)


@pytest.mark.parametrize("tenant", [REGION, MUNICIPALITY])
def test_each_deadline_fires_exactly_once_with_two_workers(
    tenant: str, on_the_way: UUID, time: Time, at_once: Callable[..., list[object]]
) -> None:
    time.at = AT + 60 * DAY

    def work() -> int:
        return tasks.act_on_due(at=time.at)

    results = at_once(tenant, work, work)

    assert all(isinstance(it, int) for it in results), results
    with acting_as(tenant):
        due = Deadline.objects.filter(met_at=None, cancelled_at=None)
        expected = Counter((it.key, it.unit_id) for it in due)
        assert not due.filter(acted_at=None).exists()
    assert expected
    assert fired(tenant) == expected


def test_a_deadline_that_is_met_in_time_does_not_fire(on_the_way: UUID, time: Time) -> None:
    with acting_as(REGION):
        discharge.call_to_planning(
            actor=COORDINATOR, case_id=on_the_way, meeting_at=None, form="home", at=AT + DAY + HOUR
        )

    time.pass_to(AT + 60 * DAY)

    assert "call_due:1" not in {key for key, _ in fired(REGION)}
    assert "care_contact_missing:1" in {key for key, _ in fired(REGION)}


def test_a_worker_that_dies_leaves_the_deadline_to_the_next(
    on_the_way: UUID, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*args: object, **words: object) -> None:
        raise MemoryError

    before = fired(REGION)
    with monkeypatch.context() as broken, acting_as(REGION):
        broken.setattr(cases, "record", dies)
        with pytest.raises(MemoryError):
            tasks.act_on_due(at=AT + 60 * DAY)
    assert fired(REGION) == before

    time.pass_to(AT + 60 * DAY)

    assert fired(REGION).total() > before.total()
    assert set(fired(REGION).values()) == {1}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every huvudman; how far a fetch has looked is not what it has done."""
    found = {}
    for tenant in TENANTS:
        with acting_as(tenant):
            for model in isolation.tenant_models():
                if model is not Fetched:
                    rows = model._default_manager.order_by("pk").values()
                    found[f"{tenant} {model._meta.label}"] = list(rows)
    return found


def test_draining_twice_changes_nothing(on_the_way: UUID, time: Time) -> None:
    time.pass_to(AT + 60 * DAY)
    before = everything()

    tasks.drain()

    assert everything() == before
    assert len(before) > len(TENANTS) * 10


def test_whoever_works_alone_does_the_same(on_the_way: UUID, time: Time) -> None:
    time.at = AT + 60 * DAY
    with acting_as(REGION):
        discharge.record_discharge(
            actor=NURSE, case_id=on_the_way, discharged_at=AT + 2 * DAY, destination="home",
            at=AT + 2 * DAY,
        )  # fmt: skip

    while sum(tasks.work_alone(tenant) for tenant in TENANTS):
        pass

    assert case_at(MUNICIPALITY).state == "discharged"
    before = everything()
    tasks.drain()
    assert everything() == before


DEADLINE = ("unit_id", "key", "rule", "statute", "due_at", "met_at", "acted_at", "message_id")


def deadlines(case: Case) -> list[Any]:
    rows = Deadline.objects.filter(case=case).order_by("unit_id", "key")
    return [(*(getattr(it, name) for name in DEADLINE), bool(it.cancelled_at)) for it in rows]


def worklist(case: Case) -> list[Any]:
    columns = [
        field.attname
        for field in WorklistRow._meta.concrete_fields
        if field.attname not in ("id", "changed")
    ]
    return list(WorklistRow.objects.filter(case=case).order_by("unit_id").values_list(*columns))


@pytest.mark.parametrize("tenant", [REGION, MUNICIPALITY])
@pytest.mark.parametrize("days", [1, 60], ids=["running", "overdue"])
def test_projections_are_rebuilt_row_by_row(
    tenant: str, days: int, on_the_way: UUID, time: Time
) -> None:
    with acting_as(REGION):
        discharge.withdraw_ready(
            actor=NURSE, case_id=on_the_way, reason="worse", at=AT + DAY + HOUR
        )
    time.pass_to(AT + days * DAY)
    with acting_as(tenant):
        case = Case.objects.get()
        before = deadlines(case), worklist(case)

        case_projections.rebuild_deadlines(case, at=time.at)
        projections.rebuild(case, at=time.at)

        assert (deadlines(case), worklist(case)) == before


def test_a_deadline_that_the_history_no_longer_gives_never_comes_due(
    on_the_way: UUID, time: Time
) -> None:
    with acting_as(REGION):
        case = Case.objects.get()
        assert Deadline.objects.filter(rule="call_due", met_at=None).exists()
        cases.record(
            case, act="revise_expected_discharge", by=cases.Doer.from_actor(NURSE),
            at=AT + DAY + HOUR, body={"planning_declined": True},
        )  # fmt: skip

    time.pass_to(AT + 60 * DAY)

    assert "call_due:1" not in {key for key, _ in fired(REGION)}


def test_a_unit_that_has_left_has_no_row_and_no_deadline(on_the_way: UUID, time: Time) -> None:
    with acting_as(REGION):
        case = Case.objects.get()
        cases.leave(case, unit_id=COORDINATOR.unit_id, at=AT + 2 * DAY)
        discharge.withdraw_ready(actor=NURSE, case_id=case.pk, reason="worse", at=AT + 2 * DAY)

        assert not WorklistRow.objects.filter(unit_id=COORDINATOR.unit_id).exists()
        running = Deadline.objects.filter(met_at=None, acted_at=None, message_id=None)
        assert not running.filter(unit_id=COORDINATOR.unit_id).exists()


def test_one_admission_is_admitted_once(agreed: None) -> None:
    admit()

    with pytest.raises(cases.IndividualHasOpenCase):
        admit(at=AT + HOUR)
