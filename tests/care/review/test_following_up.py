"""Emergency accesses are followed up by another person, in time or told late; months in numbers."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from cast import AT, REGION
from people import DAY, HOUR, NURSE, WARD

from care.cases.models import Case
from care.identity.actors import Actor
from care.inbox.emergencies import NoSuchEmergency
from care.review import operations, queries, reports
from care.sharing import access
from care.sharing.models import AccessLog, EmergencyAccess
from tenants.context import acting_as

MARCH = date(2026, 3, 1)


@pytest.fixture
def emergency_id(case_id: UUID) -> UUID:
    """Return an emergency access of the nurse's in Berit's case, due in three working days."""
    with acting_as(REGION):
        made = EmergencyAccess.objects.create(
            id=uuid4(), common_id=Case.objects.get().common_id, reader=REGION, unit_id=WARD,
            unit_name="Avdelning 1", staff_id=NURSE.staff_id, staff_name=NURSE.name,
            title=NURSE.title, ground="danger_to_life", reason="Medvetslös på golvet i hallen.",
            asked_at=AT, follow_up_due_at=AT + 3 * DAY,
        )  # fmt: skip
        return made.pk


def follow_up(who: Actor, emergency_id: UUID, *, after: timedelta = HOUR) -> None:
    with acting_as(REGION):
        operations.follow_up_emergency(
            actor=who, emergency_id=emergency_id, outcome="justified", comment=" Läst. ",
            at=AT + after,
        )  # fmt: skip


def test_it_is_followed_up_once_and_the_look_is_logged(emergency_id: UUID, reviewer: Actor) -> None:
    follow_up(reviewer, emergency_id)

    with pytest.raises(NoSuchEmergency):
        follow_up(reviewer, emergency_id)
    with acting_as(REGION):
        found = EmergencyAccess.objects.get()
        assert (found.followed_up_by, found.comment) == (reviewer.name, "Läst.")
        assert AccessLog.objects.get(activity="review").emergency_id == emergency_id


def test_neither_who_opened_it_nor_another_role_follows_it_up(
    emergency_id: UUID, reviewer: Actor
) -> None:
    also = Actor(**{**vars(reviewer), "staff_id": NURSE.staff_id})

    with pytest.raises(operations.OwnAccess):
        follow_up(also, emergency_id)
    with pytest.raises(access.NotAllowed):
        follow_up(NURSE, emergency_id)
    with acting_as(REGION):
        assert not queries.emergency(
            actor=also, emergency_id=emergency_id, at=AT + HOUR
        ).may_follow_up
        assert EmergencyAccess.objects.get().followed_up_at is None


def test_who_agreed_to_it_does_not_follow_it_up_either(emergency_id: UUID, reviewer: Actor) -> None:
    with acting_as(REGION):
        EmergencyAccess.objects.update(second_id=reviewer.staff_id)

    with pytest.raises(operations.OwnAccess):
        follow_up(reviewer, emergency_id)


def test_a_month_counts_what_was_in_time_and_what_was_late(
    emergency_id: UUID, reviewer: Actor
) -> None:
    def line(after: timedelta) -> tuple[int, int, int]:
        with acting_as(REGION):
            found = reports.month(actor=reviewer, first_day=MARCH, at=AT + after).total
        return found.emergencies, found.followed_up, found.late

    assert line(DAY) == (1, 0, 0)
    assert line(4 * DAY) == (1, 0, 1)
    follow_up(reviewer, emergency_id, after=4 * DAY)
    assert line(90 * DAY) == (1, 1, 1)
    with acting_as(REGION):
        april = reports.month(actor=reviewer, first_day=date(2026, 4, 1), at=AT + 60 * DAY)
    assert april.total.emergencies == 0
    assert april.units == ()


def test_a_month_counts_the_decisions_of_its_rounds_by_unit(
    case_id: UUID, reviewer: Actor, second: Actor
) -> None:
    day = AT.date()
    with acting_as(REGION):
        round_id = operations.draw_round(
            actor=reviewer, from_on=day, until_on=day, size=5, at=AT + 2 * DAY
        )
        item = queries.round_page(
            actor=reviewer, round_id=round_id, is_settled=False, page=1, at=AT + 2 * DAY
        ).items[0]
        for who in (reviewer, second):
            before = reports.month(actor=reviewer, first_day=MARCH, at=AT + 40 * DAY)
            operations.decide_item(
                actor=who, item_id=item.id, verdict="misuse_suspected", comment="Ingen relation.",
                at=AT + 2 * DAY,
            )  # fmt: skip
        after = reports.month(actor=reviewer, first_day=MARCH, at=AT + 40 * DAY)

    assert (before.total.waiting, before.total.suspected, before.total.overdue) == (1, 0, 1)
    assert (after.total.waiting, after.total.suspected, after.total.overdue) == (0, 1, 0)
    assert [it.unit_name for it in after.units] == ["Avdelning 1"]
