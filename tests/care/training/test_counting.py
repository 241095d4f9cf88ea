"""Who has been trained: goals and numbers of each huvudman, summed for the county."""

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import acting, hire
from people import CASE_OFFICERS, write_units

from care.identity.actors import Actor
from care.identity.operations import NotAdministrator
from care.identity.permissions import Role
from care.training import counting
from care.training.counting import TRAINERS, Trained
from tenants.context import acting_as
from tenants.models import TrainingCount
from tenants.progress import WrittenMeanwhile
from tests.care.training.conftest import TRAINING_MUNICIPALITY


@pytest.fixture
def anna(committed: None) -> Actor:
    write_units()
    who = hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P900",
               (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip
    return acting(who, Role.LOCAL_ADMINISTRATOR, CASE_OFFICERS)


def told(anna: Actor, role: str, goal: int, trained: int, seen: int = 0) -> None:
    with acting_as(MUNICIPALITY):
        counting.record_training(
            actor=anna, role=role, goal=goal, trained=trained, seen=seen, at=AT
        )


def practised(role: str, people: int) -> None:
    with acting_as(TRAINING_MUNICIPALITY):
        TrainingCount.objects.create(
            owner=TRAINING_MUNICIPALITY, role=role, people=people, counted_at=AT
        )


def test_everybody_of_the_kind_stands_in_the_table_and_nothing_is_nothing(pair: None) -> None:
    with acting_as(REGION):
        found = counting.standings()

    assert [it.tenant for it in found] == [STRANGER, REGION, MUNICIPALITY]
    assert {(it.staff.goal, it.staff.people) for it in found} == {(0, 0)}


def test_what_is_told_last_counts_and_trainers_are_counted_by_themselves(anna: Actor) -> None:
    told(anna, "case_officer", 2000, 900)
    told(anna, "case_officer", 2000, 1000, seen=1)
    told(anna, "municipal_nurse", 1000, 700)
    told(anna, TRAINERS, 60, 48)

    with acting_as(REGION):
        it = counting.standing(MUNICIPALITY)

    # What Gävleborg counted in 2017: 1 700 of 3 000, 60 trainers to be.
    assert (it.staff.people, it.staff.goal) == (1700, 3000)
    assert (it.trainers.people, it.trainers.goal) == (48, 60)


def test_the_larger_of_what_is_told_and_what_is_practised_counts(pair: None, anna: Actor) -> None:
    told(anna, "case_officer", 10, 4)
    told(anna, "municipal_nurse", 10, 4)
    practised("case_officer", 9)
    practised("case_officer", 6)  # told later: the last row counts
    practised("municipal_nurse", 1)

    with acting_as(REGION):
        it = counting.standing(MUNICIPALITY)

    assert (it.roles["case_officer"].practised, it.roles["case_officer"].people) == (6, 6)
    assert it.roles["municipal_nurse"].people == 4
    assert it.staff.people == 10


def test_only_its_administrator_tells_and_nobody_is_written_over_unread(anna: Actor) -> None:
    told(anna, "case_officer", 10, 4)

    with pytest.raises(WrittenMeanwhile, match="Anna Berg har skrivit här"):
        told(anna, "case_officer", 11, 5)
    with acting_as(STRANGER), pytest.raises(NotAdministrator):
        counting.record_training(actor=anna, role="case_officer", goal=1, trained=1, seen=0, at=AT)
    with acting_as(MUNICIPALITY):
        assert counting.standing(MUNICIPALITY).roles["case_officer"].goal == 10


def test_a_sum_adds_what_counts_of_each() -> None:
    rows = [Trained("a", 10, 4, 6), Trained("b", 10, 5, 1)]

    assert counting.total(rows, "").people == 11
