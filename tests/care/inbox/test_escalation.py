"""A message that nobody takes on goes to who takes over, and the sender sees it."""

from uuid import UUID

from cast import AT, MUNICIPALITY, REGION
from isolation.county import Time, admit, case_at
from people import (
    CASE_OFFICERS,
    DAY,
    DUTY,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    ON_DUTY,
    write_units,
)

from care.cases import queries as cases
from care.cases.models import Deadline, Event
from care.inbox import operations as inbox
from care.inbox import queries
from care.inbox.models import Delivery, Message
from tenants.context import acting_as
from tenants.models import Unit

SATURDAY = AT - 2 * DAY


def seen_by_the_sender(unit_id: str) -> Delivery:
    with acting_as(REGION):
        return Delivery.objects.get(message__act="notify_admission", unit_id=unit_id)


def passed() -> int:
    with acting_as(MUNICIPALITY):
        return Event.objects.filter(act="deadline_passed").count()


def change(unit_id: str, **values: object) -> None:
    with acting_as(MUNICIPALITY):
        assert Unit.objects.filter(pk=unit_id).update(**values) == 1


def test_an_inbox_that_nobody_watches_hands_over_at_once(agreed: None, time: Time) -> None:
    time.at = SATURDAY
    admit(at=SATURDAY)

    time.pass_to(SATURDAY)

    handed_over = seen_by_the_sender(CASE_OFFICERS)
    assert (handed_over.forwarded_to, handed_over.forwarded_by) == (DUTY, "")
    assert handed_over.forwarded_at == SATURDAY
    assert seen_by_the_sender(DUTY).delivered_at == SATURDAY
    with acting_as(MUNICIPALITY):
        entry = queries.worklist(actor=ON_DUTY, at=SATURDAY).entries[0]
        assert (entry.unacknowledged, entry.is_overdue) == (1, False)


def test_an_inbox_that_is_watched_hands_over_after_the_agreed_time(
    admitted: UUID, time: Time
) -> None:
    time.pass_to(AT + 4 * HOUR - HOUR / 3600)
    before = seen_by_the_sender(CASE_OFFICERS).forwarded_to

    time.pass_to(AT + 4 * HOUR)

    assert (before, seen_by_the_sender(CASE_OFFICERS).forwarded_to) == ("", DUTY)
    assert passed() == 1


def test_a_message_taken_on_in_time_stays(admitted: UUID, time: Time) -> None:
    with acting_as(MUNICIPALITY):
        message_id = Message.objects.get().pk
        inbox.acknowledge_message(actor=OFFICER, message_id=message_id, at=AT + HOUR)

    time.pass_to(AT + DAY)

    assert seen_by_the_sender(CASE_OFFICERS).forwarded_to == ""


def test_without_a_successor_it_stays_overdue_and_seen(agreed: None, time: Time) -> None:
    admit(to=[HEALTH_CENTRE, MUNICIPAL_NURSES])
    time.pass_to(AT)

    time.pass_to(AT + DAY)
    time.pass_to(AT + 2 * DAY)

    seen = seen_by_the_sender(MUNICIPAL_NURSES)
    assert (seen.forwarded_to, seen.acknowledged_at) == ("", None)
    with acting_as(MUNICIPALITY):
        entry = queries.worklist(actor=MUNICIPAL_NURSE, at=AT + 2 * DAY).entries[0]
        assert (entry.unacknowledged, entry.is_overdue) == (1, True)
        assert Deadline.objects.exclude(message_id=None).get().acted_at == AT + DAY
    assert passed() == 1
    with acting_as(MUNICIPALITY):  # late is possible still
        inbox.acknowledge_message(actor=MUNICIPAL_NURSE, message_id=entry.message_id, at=time.at)


def test_two_that_take_over_from_one_another_do_not_hand_to_and_fro(
    agreed: None, time: Time
) -> None:
    change(DUTY, successor=CASE_OFFICERS, opening_hours={})
    time.at = SATURDAY
    admit(at=SATURDAY)

    time.pass_to(SATURDAY)
    time.pass_to(SATURDAY + 30 * DAY)

    with acting_as(MUNICIPALITY):
        assert Event.objects.filter(act="forward_message").count() == 1
        entry = queries.worklist(actor=ON_DUTY, at=SATURDAY).entries[0]
        assert entry.unacknowledged == 1


def test_the_office_on_duty_gives_it_back_in_the_morning(agreed: None, time: Time) -> None:
    time.at = SATURDAY
    admit(at=SATURDAY)
    time.pass_to(SATURDAY)
    with acting_as(MUNICIPALITY):
        message_id = Message.objects.get().pk
        inbox.forward_message(
            actor=ON_DUTY, message_id=message_id, to_unit=CASE_OFFICERS, at=AT - HOUR
        )

    time.pass_to(AT)

    assert seen_by_the_sender(CASE_OFFICERS).forwarded_to == ""
    with acting_as(MUNICIPALITY):
        entry = queries.worklist(actor=OFFICER, at=AT).entries[0]
        assert (entry.message_id, entry.is_overdue) == (message_id, False)


def test_a_successor_that_has_left_takes_over_nothing(agreed: None, time: Time) -> None:
    change(DUTY, archived_on=AT.date() - DAY)
    admit()
    time.pass_to(AT)

    time.pass_to(AT + DAY)

    assert seen_by_the_sender(CASE_OFFICERS).forwarded_to == ""
    assert passed() == 1


def test_without_an_agreed_time_nothing_is_handed_over(committed: None, time: Time) -> None:
    write_units()
    admit()
    time.pass_to(AT)

    time.pass_to(AT + 30 * DAY)

    assert seen_by_the_sender(CASE_OFFICERS).forwarded_to == ""


def test_the_sender_is_told_before_sending_who_takes_over(admitted: UUID, time: Time) -> None:
    case = case_at(REGION)
    with acting_as(REGION):
        parts = cases.parts(case)
        watched = queries.before_sending(parts=parts, actor=NURSE, at=AT)
        on_saturday = queries.before_sending(parts=parts, actor=NURSE, at=SATURDAY)

    assert watched.unwatched == ()
    assert [it.unit.hsa_id for it in on_saturday.unwatched] == [HEALTH_CENTRE, CASE_OFFICERS]
    officers = on_saturday.unwatched[1]
    assert officers.takes_over is not None
    assert (officers.takes_over.hsa_id, officers.takes_over_is_watched) == (DUTY, True)
