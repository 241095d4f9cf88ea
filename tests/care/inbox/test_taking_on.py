"""What a receiving unit does with a message, and who is first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import case_at
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    DUTY,
    ELSEWHERE,
    HOUR,
    MUNICIPAL_NURSE,
    NURSE,
    OFFICER,
    ON_DUTY,
    actor,
)

from care.cases import queries
from care.cases.models import Case, Deadline, Event
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import operations as inbox
from care.inbox import queries as inbox_queries
from care.inbox import tasks
from care.inbox.models import Delivery, Message, Outbox, WorklistRow
from care.law import history
from care.law.discharge import Act
from care.sharing.access import NotVisible
from tenants.context import acting_as

COLLEAGUE = actor("Eva Sund", Role.INBOX_COORDINATOR, "Koordinator", CASE_OFFICERS)


@pytest.fixture
def message_id(theirs: Case) -> UUID:
    with acting_as(MUNICIPALITY):
        found: UUID = Message.objects.get().pk
        return found


def delivery_at(unit_id: str = CASE_OFFICERS) -> Delivery:
    with acting_as(MUNICIPALITY):
        return Delivery.objects.get(unit_id=unit_id)


def do(act: str, *, by: Any = OFFICER, at: datetime = AT + HOUR, **words: Any) -> Any:
    with acting_as(by.tenant):
        return getattr(inbox, act)(actor=by, at=at, **words)


def row(unit_id: str = CASE_OFFICERS) -> WorklistRow:
    with acting_as(MUNICIPALITY):
        return WorklistRow.objects.get(unit_id=unit_id)


def clock_of(unit_id: str = CASE_OFFICERS) -> Deadline:
    with acting_as(MUNICIPALITY):
        return Deadline.objects.exclude(message_id=None).get(unit_id=unit_id)


def test_of_two_that_acknowledge_at_once_exactly_one_has_it(
    message_id: UUID, at_once: Callable[..., list[object]]
) -> None:
    results = at_once(
        MUNICIPALITY,
        *(
            lambda who=who: inbox.acknowledge_message(  # type: ignore[misc]
                actor=who, message_id=message_id, at=AT + HOUR
            )
            for who in (OFFICER, COLLEAGUE)
        ),
    )

    lost = [it for it in results if isinstance(it, inbox.TakenBefore)]
    assert len(lost) == 1
    assert delivery_at().acknowledged_by == lost[0].by
    with acting_as(MUNICIPALITY):
        assert Event.objects.filter(act="acknowledge_message").count() == 1


def test_whoever_is_second_is_told_by_whom_and_when(message_id: UUID) -> None:
    do("acknowledge_message", message_id=message_id)

    with pytest.raises(inbox.TakenBefore) as verdict:
        do("acknowledge_message", by=COLLEAGUE, message_id=message_id, at=AT + 2 * HOUR)

    assert (verdict.value.by, verdict.value.at) == (OFFICER.name, AT + HOUR)
    assert delivery_at().acknowledged_at == AT + HOUR


def test_an_acknowledged_message_waits_no_longer(message_id: UUID) -> None:
    assert (row().unacknowledged, row().message_id) == (1, message_id)

    do("acknowledge_message", message_id=message_id)

    assert (row().unacknowledged, row().message_id, row().assigned_to) == (0, None, OFFICER.name)
    assert clock_of().met_at == AT + HOUR


@pytest.mark.parametrize("by", [MUNICIPAL_NURSE, ON_DUTY], ids=lambda it: it.unit_id)
@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("acknowledge_message", {}),
        ("hand_back_message", {}),
        ("forward_message", {"to_unit": CASE_OFFICERS}),
        ("reject_message", {"reason": "wrong_unit"}),
    ],
)
def test_a_message_of_another_unit_is_not_there(
    message_id: UUID, by: Any, act: str, words: dict[str, str]
) -> None:
    verdicts = []
    for it in (message_id, uuid4()):
        with pytest.raises(NotVisible) as verdict:
            do(act, by=by, message_id=it, **words)
        verdicts.append(str(verdict.value))

    assert verdicts[0] == verdicts[1]


def test_a_message_is_handed_back_and_its_time_begins_anew(message_id: UUID) -> None:
    do("acknowledge_message", message_id=message_id)

    do("hand_back_message", message_id=message_id, at=AT + 2 * HOUR)

    waiting = delivery_at()
    assert (waiting.acknowledged_at, waiting.acknowledged_by, waiting.assigned_to) == (None, "", "")
    assert (clock_of().met_at, clock_of().due_at) == (None, AT + 6 * HOUR)
    assert row().unacknowledged == 1
    do("acknowledge_message", by=COLLEAGUE, message_id=message_id, at=AT + 3 * HOUR)
    assert delivery_at().acknowledged_by == COLLEAGUE.name


def test_the_sender_sees_that_a_message_was_handed_back(message_id: UUID) -> None:
    do("acknowledge_message", message_id=message_id)
    tasks.drain()
    do("hand_back_message", message_id=message_id, at=AT + 2 * HOUR)
    tasks.drain()

    with acting_as(REGION):
        seen = Delivery.objects.get(message=message_id, unit_id=CASE_OFFICERS)
    assert (seen.acknowledged_at, seen.acknowledged_by) == (None, "")


def test_what_nobody_has_taken_on_cannot_be_handed_back(message_id: UUID) -> None:
    with pytest.raises(inbox.NotThere):
        do("hand_back_message", message_id=message_id)


def test_a_message_is_given_to_a_named_colleague(message_id: UUID) -> None:
    do("assign_message", message_id=message_id, to_name=COLLEAGUE.name)

    assert (delivery_at().assigned_to, row().assigned_to) == (COLLEAGUE.name, COLLEAGUE.name)
    assert delivery_at().acknowledged_at is None


def test_who_at_the_unit_has_a_message_is_not_told_outside_it(message_id: UUID) -> None:
    with acting_as(MUNICIPALITY):
        before = Outbox.objects.count()

    do("assign_message", message_id=message_id, to_name=COLLEAGUE.name)

    with acting_as(MUNICIPALITY):
        assert Outbox.objects.count() == before


def test_a_message_is_forwarded_to_a_unit_at_home(message_id: UUID) -> None:
    do("forward_message", message_id=message_id, to_unit=DUTY)

    assert (delivery_at().forwarded_to, delivery_at().forwarded_by) == (DUTY, OFFICER.name)
    assert row().unacknowledged == 0
    assert (row(DUTY).unacknowledged, row(DUTY).message_id) == (1, message_id)
    assert clock_of().met_at == AT + HOUR
    assert clock_of(DUTY).due_at == AT + 5 * HOUR
    do("acknowledge_message", by=ON_DUTY, message_id=message_id, at=AT + 2 * HOUR)


@pytest.mark.parametrize("to_unit", [ELSEWHERE, NURSE.unit_id, CASE_OFFICERS, "SE-NOWHERE"])
def test_a_message_goes_to_no_other_huvudman_and_not_to_oneself(
    message_id: UUID, to_unit: str
) -> None:
    with pytest.raises(inbox.NoReceiver):
        do("forward_message", message_id=message_id, to_unit=to_unit)

    assert delivery_at().forwarded_at is None


def test_a_message_that_is_forwarded_back_waits_again(message_id: UUID) -> None:
    do("forward_message", message_id=message_id, to_unit=DUTY)
    do(
        "forward_message",
        by=ON_DUTY,
        message_id=message_id,
        to_unit=CASE_OFFICERS,
        at=AT + 2 * HOUR,
    )

    assert (delivery_at().forwarded_at, row().unacknowledged) == (None, 1)
    assert (clock_of().met_at, clock_of().due_at) == (None, AT + 6 * HOUR)
    assert row(DUTY).unacknowledged == 0
    tasks.drain()
    with acting_as(REGION):
        seen = Delivery.objects.get(message=message_id, unit_id=CASE_OFFICERS)
        assert (seen.forwarded_at, seen.forwarded_to) == (None, "")
    do("acknowledge_message", message_id=message_id, at=AT + 3 * HOUR)


def test_what_a_colleague_has_taken_on_is_not_forwarded_over_her_head(message_id: UUID) -> None:
    do("acknowledge_message", message_id=message_id)

    with pytest.raises(inbox.TakenBefore):
        do("forward_message", by=COLLEAGUE, message_id=message_id, to_unit=DUTY)

    do("forward_message", message_id=message_id, to_unit=DUTY, at=AT + 2 * HOUR)  # she may herself


def test_a_colleague_of_the_same_name_is_somebody_else(message_id: UUID) -> None:
    namesake = replace(OFFICER, staff_id=uuid4(), assignment_id=uuid4())
    do("acknowledge_message", message_id=message_id)

    with pytest.raises(inbox.TakenBefore):
        do("forward_message", by=namesake, message_id=message_id, to_unit=DUTY)

    renamed = replace(OFFICER, name="Karin Berg", assignment_id=uuid4())
    do("forward_message", by=renamed, message_id=message_id, to_unit=DUTY, at=AT + 2 * HOUR)


def test_a_message_is_refused_with_a_reason(message_id: UUID) -> None:
    do("reject_message", message_id=message_id, reason="wrong_unit")

    assert (delivery_at().rejected_because, row().unacknowledged) == ("wrong_unit", 0)
    with pytest.raises(inbox.TakenBefore):
        do("acknowledge_message", by=COLLEAGUE, message_id=message_id, at=AT + 2 * HOUR)


def test_what_has_been_taken_on_is_not_refused(message_id: UUID) -> None:
    do("acknowledge_message", message_id=message_id)

    with pytest.raises(inbox.TakenBefore):
        do("reject_message", by=COLLEAGUE, message_id=message_id, reason="wrong_unit")


def test_whoever_answers_has_taken_it_on(message_id: UUID, theirs: Case) -> None:
    with acting_as(MUNICIPALITY):
        discharge.answer_admission(
            actor=OFFICER, case_id=theirs.pk, answer="known", contact="Karin", at=AT + HOUR
        )

    answered = delivery_at()
    assert (answered.answered_at, answered.acknowledged_by) == (AT + HOUR, OFFICER.name)
    assert clock_of().met_at == AT + HOUR


def corrected(admitted: UUID, message_id: UUID) -> Message:
    found: Message = do(
        "replace_message", by=NURSE, message_id=message_id,
        core={"admitted_at": (AT - 2 * HOUR).isoformat(),
              "expected_discharge_at": (AT + 9 * DAY).isoformat(),
              "liable_municipality": BERIT.registered_municipality},
        extension={}, ground="", at=AT + 5 * HOUR,
    )  # fmt: skip
    tasks.drain()
    return found


def test_a_correction_changes_the_facts_and_not_the_legal_time(
    admitted: UUID, message_id: UUID
) -> None:
    corrected(admitted, message_id)

    for tenant in (REGION, MUNICIPALITY):
        case = case_at(tenant)
        with acting_as(tenant):
            notice = history.of(queries.facts(case), Act.NOTIFY_ADMISSION)[0]
        assert notice.at == AT
        assert notice.moment("admitted_at") == AT - 2 * HOUR
        assert case.expected_discharge_at == AT + 9 * DAY
        assert case.state == "admitted"


def test_both_the_message_and_its_correction_stay_readable(
    admitted: UUID, message_id: UUID
) -> None:
    correction = corrected(admitted, message_id)

    case = case_at(MUNICIPALITY)
    with acting_as(MUNICIPALITY):
        newest, earlier = inbox_queries.messages(case)
    assert (newest.id, newest.replaces) == (correction.pk, message_id)
    assert (earlier.id, earlier.replaced_by) == (message_id, correction.pk)
    assert earlier.core["admitted_at"] == (AT - HOUR).isoformat()


def test_only_the_unit_that_sent_a_message_corrects_it(message_id: UUID) -> None:
    with pytest.raises(NotVisible):
        do("replace_message", message_id=message_id, core={}, extension={}, ground="")
