"""Rounds: drawn by a seed, with what signals point at; decided, and read twice where it matters."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import pytest
from cast import AT, REGION
from people import COORDINATOR, DAY, HOUR, NURSE, WARD, actor

from care.cases.models import Case
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.individuals.models import Individual
from care.review import operations, queries
from care.review.course import State
from care.review.models import ReviewDecision, ReviewItem
from care.sharing import access
from care.sharing.models import AccessLog
from care.sharing.policy import Reason
from tenants.context import acting_as

SOMEBODY = actor("Sven Åkerlund", Role.WARD_NURSE, "Sjuksköterska", WARD)
MONDAY = date(2026, 3, 2)
LATER = AT + 3 * DAY


def read(case_id: UUID, who: Actor = NURSE, *, at: datetime = AT + HOUR) -> None:
    with acting_as(REGION):
        access.case_for_reading(actor=who, case_id=case_id, at=at)


def draw(reviewer: Actor, **more: object) -> UUID:
    told: dict[str, object] = {"from_on": MONDAY, "until_on": MONDAY, "size": 5, "at": LATER}
    with acting_as(REGION):
        return operations.draw_round(actor=reviewer, **{**told, **more})  # type: ignore[arg-type]


def items(round_id: UUID) -> Mapping[str, ReviewItem]:
    with acting_as(REGION):
        return {it.staff_name: it for it in ReviewItem.objects.filter(round=round_id)}


def decide(item: ReviewItem, who: Actor, verdict: str, *, at: datetime = LATER) -> State:
    with acting_as(REGION):
        return operations.decide_item(
            actor=who, item_id=item.pk, verdict=verdict, comment="Frågat.", at=at
        )


def logged(activity: str = "review") -> list[AccessLog]:
    with acting_as(REGION):
        return list(AccessLog.objects.filter(activity=activity).order_by("id"))


def test_what_one_did_with_a_case_in_a_day_is_one_item(case_id: UUID, reviewer: Actor) -> None:
    read(case_id)
    read(case_id, at=AT + 2 * HOUR)

    found = items(draw(reviewer))
    assert list(found) == [NURSE.name]
    assert found[NURSE.name].is_sampled
    assert found[NURSE.name].signals == []
    assert len(found[NURSE.name].entries) >= 3
    assert set(found[NURSE.name].activities) == {"read", "write"}


def test_a_relative_by_name_comes_first_with_its_signal(case_id: UUID, reviewer: Actor) -> None:
    read(case_id, SOMEBODY)

    found = items(draw(reviewer))
    assert found[SOMEBODY.name].signals == ["same_surname"]
    assert found[SOMEBODY.name].number == 1


def test_the_same_seed_and_period_draw_the_same_rows(case_id: UUID, reviewer: Actor) -> None:
    for number in range(20):
        somebody = actor(f"Ann Ask{number}", Role.WARD_NURSE, "Sjuksköterska", WARD)
        read(case_id, somebody)
    first = draw(reviewer, seed="abc")
    read(case_id, at=AT + 2 * DAY)  # after the period

    again, another = draw(reviewer, seed="abc"), draw(reviewer, seed="abd")
    assert list(items(first)) == list(items(again))
    assert set(items(first)) != set(items(another))


def test_a_period_that_has_not_ended_cannot_be_drawn(case_id: UUID, reviewer: Actor) -> None:
    with pytest.raises(operations.BadReview, match="före i dag"):
        draw(reviewer, at=AT)


def test_nobody_else_draws_or_reads_and_a_reviewer_reads_no_case(
    case_id: UUID, reviewer: Actor
) -> None:
    with pytest.raises(access.NotAllowed):
        draw(COORDINATOR)
    with acting_as(REGION), pytest.raises(access.NotAllowed):
        queries.queue(actor=NURSE, at=LATER)
    with acting_as(REGION), pytest.raises(access.NotAllowed):
        access.case_for_reading(actor=reviewer, case_id=case_id, at=LATER)


def test_each_look_is_logged_and_only_an_item_tells_the_person(
    case_id: UUID, reviewer: Actor
) -> None:
    round_id = draw(reviewer)
    with acting_as(REGION):
        common_id = Case.objects.get().common_id
        page = queries.round_page(
            actor=reviewer, round_id=round_id, is_settled=False, page=1, at=LATER
        )
        before = logged()
        opened = queries.item(actor=reviewer, item_id=page.items[0].id, at=LATER)

    assert "Berit" not in str(page)
    assert opened.person.name == "Berit Åkerlund"
    assert [it.common_ids for it in before] == [[], []]
    assert [it.common_ids for it in logged()[len(before) :]] == [[str(common_id)]]


def test_a_person_with_protected_identity_is_not_named(case_id: UUID, reviewer: Actor) -> None:
    item = items(draw(reviewer))[NURSE.name]
    with acting_as(REGION):
        Individual.objects.update(protection="secrecy_marking")
        person = queries.item(actor=reviewer, item_id=item.id, at=LATER).person

    assert (person.name, person.is_protected) == ("", True)


def test_what_is_in_order_is_settled_at_once(case_id: UUID, reviewer: Actor) -> None:
    item = items(draw(reviewer))[NURSE.name]

    assert decide(item, reviewer, "ask_head") is State.ASKED
    assert decide(item, reviewer, "in_order") is State.SETTLED
    with pytest.raises(operations.Settled):
        decide(item, reviewer, "in_order")


def test_misuse_is_judged_by_another_person_too(
    case_id: UUID, reviewer: Actor, second: Actor
) -> None:
    item = items(draw(reviewer))[NURSE.name]

    assert decide(item, reviewer, "misuse_suspected") is State.SECOND_READER
    with pytest.raises(operations.NeedsSecondReader):
        decide(item, reviewer, "in_order")
    assert decide(item, second, "ask_head") is State.ASKED
    with pytest.raises(operations.NeedsSecondReader):
        decide(item, reviewer, "misuse_suspected")
    assert decide(item, second, "misuse_suspected") is State.SETTLED
    with acting_as(REGION):
        assert [it.made_by for it in ReviewDecision.objects.order_by("number")] == [
            reviewer.name, second.name, second.name,
        ]  # fmt: skip


def test_nobody_decides_about_what_they_did_themselves(case_id: UUID, reviewer: Actor) -> None:
    item = items(draw(reviewer))[NURSE.name]
    also = Actor(**{**vars(reviewer), "staff_id": NURSE.staff_id})

    with pytest.raises(operations.OwnAccess) as refusal:
        decide(item, also, "in_order")
    assert isinstance(refusal.value, access.Denied)  # and so stands in the access log
    assert refusal.value.reason is Reason.OWN_ACCESS


def test_a_round_is_overdue_after_ten_working_days(case_id: UUID, reviewer: Actor) -> None:
    draw(reviewer)
    with acting_as(REGION):
        soon = queries.queue(actor=reviewer, at=LATER + 14 * DAY).rounds[0]
        late = queries.queue(actor=reviewer, at=LATER + 15 * DAY).rounds[0]

    assert (soon.is_overdue, late.is_overdue) == (False, True)
