"""The survey of readiness for change: anonymous by what is kept, not by what is hidden."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import Hired, acting, hire
from people import CASE_OFFICERS, WARD, write_units

from care.identity.actors import Actor
from care.identity.operations import NotAdministrator
from care.identity.permissions import Role
from care.training import survey, surveying
from care.training.models import SurveyParticipation, SurveyTally
from care.training.survey import NAMES, VALUES, Round
from care.training.surveying import AlreadyAnswered, CannotOpenRound, NotOpen, Unanswered
from tenants.context import acting_as

DAY = timedelta(days=1)
CLOSES = AT.date() + 10 * DAY
AFTERWARDS = AT + 12 * DAY


@pytest.fixture
def anna(committed: None) -> Actor:
    write_units()
    who = hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P900",
               (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip
    return acting(who, Role.LOCAL_ADMINISTRATOR, CASE_OFFICERS)


@pytest.fixture
def before(anna: Actor) -> None:
    opened(anna)


def opened(anna: Actor, which: Round = Round.BEFORE, **changes: Any) -> None:
    words = {"actor": anna, "which": which, "closes_on": CLOSES, "at": AT} | changes
    with acting_as(MUNICIPALITY):
        surveying.open_round(**words)


def answered(role: Role, number: int, value: int = 3, which: Round = Round.BEFORE) -> Hired:
    """Let somebody new in a role answer the same value everywhere."""
    who = hire(MUNICIPALITY, f"{role} {number}", f"SE2999999127-Q{uuid4().hex[:8]}",
               (CASE_OFFICERS, role))  # fmt: skip
    answer(acting(who, role, CASE_OFFICERS), dict.fromkeys(NAMES, value), which)
    return who


def answer(who: Actor, values: Mapping[str, int], which: Round = Round.BEFORE) -> None:
    with acting_as(who.tenant):
        surveying.answer(actor=who, which=which, values=values, at=AT)


def tally() -> dict[tuple[str, str, int], int]:
    with acting_as(MUNICIPALITY):
        rows = SurveyTally.objects.values_list("role", "statement", "value", "people")
        return {(role, name, value): people for role, name, value, people in rows if people}


class TestWhatMayBeShown:
    @pytest.mark.parametrize(
        ("people", "shown"),
        [
            ({}, None),
            ({"a": 4}, None),
            ({"a": 2, "b": 2}, None),
            ({"a": 5}, {"a"}),
            ({"a": 5, "b": 5}, {"a", "b"}),
            # Of six the sixth would be known by taking the five away.
            ({"a": 5, "b": 1}, set()),
            ({"a": 9, "b": 6, "c": 1}, {"a"}),
            ({"a": 9, "b": 4, "c": 1}, {"a"}),
            ({"a": 9, "b": 4}, set()),
            ({"a": 20, "b": 7, "c": 2, "d": 2}, {"a"}),
            ({"a": 20, "b": 7, "c": 3, "d": 2}, {"a", "b"}),
        ],
    )
    def test_hides_whom_the_rest_would_give_away(
        self, people: dict[str, int], shown: set[str] | None
    ) -> None:
        assert survey.shown(people, at_least=5) == shown

    def test_leaves_nobody_fewer_than_the_threshold_in_any_case(self) -> None:
        for a in range(12):
            for b in range(12):
                for c in range(12):
                    people = {"a": a, "b": b, "c": c}
                    groups = survey.shown(people, at_least=5)
                    if groups is None:
                        assert a + b + c < 5
                        continue
                    assert all(people[it] >= 5 for it in groups)
                    hidden = sum(people.values()) - sum(people[it] for it in groups)
                    assert hidden == 0 or hidden >= 5

    def test_a_mean_has_one_decimal(self) -> None:
        assert survey.mean({1: 1, 2: 1, 5: 1}) == 2.7
        assert survey.mean({1: 0}) is None


class TestAnAnswer:
    def test_is_counted_and_kept_nowhere(self, before: None) -> None:
        answered(Role.CASE_OFFICER, 1, 4)
        answered(Role.CASE_OFFICER, 2, 4)
        answered(Role.CASE_OFFICER, 3, 2)

        assert tally() == {
            ("case_officer", name, value): people
            for name in NAMES
            for value, people in ((4, 2), (2, 1))
        }
        # No column of either table refers to the other, and none tells when.
        columns = {
            it: {field.name for field in it._meta.concrete_fields}
            for it in (SurveyTally, SurveyParticipation)
        }
        assert columns == {
            SurveyTally: {"id", "which", "role", "statement", "value", "people"},
            SurveyParticipation: {"id", "which", "staff"},
        }

    def test_cannot_be_told_by_the_transactions_of_the_rows(
        self, before: None, dba: psycopg.Connection[Any]
    ) -> None:
        answered(Role.CASE_OFFICER, 1, 4)
        answered(Role.CASE_OFFICER, 2, 2)

        written = dba.execute(
            f"SELECT DISTINCT xmin::text FROM {MUNICIPALITY}.training_surveytally"
        ).fetchall()

        rows = dba.execute(f"SELECT count(*) FROM {MUNICIPALITY}.training_surveytally").fetchone()
        assert len(written) == 1
        assert rows == (len(NAMES) * len(VALUES),)

    def test_is_given_once(self, before: None) -> None:
        who = answered(Role.CASE_OFFICER, 1, 4)
        again = acting(who, Role.CASE_OFFICER, CASE_OFFICERS)
        before_it = tally()

        with pytest.raises(AlreadyAnswered):
            answer(again, dict.fromkeys(NAMES, 1))

        assert tally() == before_it
        with acting_as(MUNICIPALITY):
            assert surveying.to_answer(actor=again, at=AT) is None

    def test_says_something_of_every_statement(self, before: None, anna: Actor) -> None:
        for wrong in ({}, dict.fromkeys(NAMES, 6), dict.fromkeys([*NAMES, "more"], 1)):
            with pytest.raises(Unanswered):
                answer(anna, wrong)
        assert tally() == {}

    def test_is_taken_while_the_round_is_open_only(self, before: None, anna: Actor) -> None:
        values = dict.fromkeys(NAMES, 3)
        with pytest.raises(NotOpen):
            answer(anna, values, Round.AFTER)
        with acting_as(MUNICIPALITY):
            for at in (AT - DAY, AFTERWARDS):
                with pytest.raises(NotOpen):
                    surveying.answer(actor=anna, which=Round.BEFORE, values=values, at=at)
                assert surveying.to_answer(actor=anna, at=at) is None
            assert surveying.to_answer(actor=anna, at=AT) is not None

    def test_of_another_huvudman_is_not_taken(self, before: None, anna: Actor) -> None:
        with acting_as(STRANGER), pytest.raises(NotOpen):
            surveying.answer(actor=anna, which=Round.BEFORE, values=dict.fromkeys(NAMES, 3), at=AT)


class TestARound:
    def test_is_opened_by_an_administrator_alone(self, anna: Actor) -> None:
        nurse = hire(REGION, "Sara", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        who = acting(nurse, Role.WARD_NURSE, WARD)
        with acting_as(REGION), pytest.raises(NotAdministrator):
            surveying.open_round(actor=who, which=Round.BEFORE, closes_on=CLOSES, at=AT)
        with acting_as(REGION), pytest.raises(NotAdministrator):
            surveying.open_round(actor=anna, which=Round.BEFORE, closes_on=CLOSES, at=AT)

    def test_is_changed_while_it_runs_and_never_opened_again(
        self, before: None, anna: Actor
    ) -> None:
        opened(anna, closes_on=CLOSES + DAY, at=AT + DAY)
        with acting_as(MUNICIPALITY):
            held = surveying.rounds()[Round.BEFORE]
        assert (held.opens_on, held.closes_on) == (AT.date(), CLOSES + DAY)

        with pytest.raises(CannotOpenRound, match="är avslutad"):
            opened(anna, closes_on=CLOSES + 30 * DAY, at=AFTERWARDS)
        with pytest.raises(CannotOpenRound, match="har passerat"):
            opened(anna, Round.AFTER, closes_on=AT.date() - DAY)


class TestTheResult:
    def test_waits_until_the_round_has_ended(self, before: None) -> None:
        for number in range(6):
            answered(Role.CASE_OFFICER, number)

        with acting_as(MUNICIPALITY):
            assert surveying.results(at=AT) == {}
            found = surveying.results(at=AFTERWARDS)[Round.BEFORE]
        assert found.is_shown
        assert found.people == 6

    def test_of_too_few_is_not_shown(self, before: None) -> None:
        for number in range(4):
            answered(Role.CASE_OFFICER, number)

        with acting_as(MUNICIPALITY):
            found = surveying.results(at=AFTERWARDS)
        assert not found[Round.BEFORE].is_shown
        assert surveying.roles_shown(found) == ()
        assert all(it.before is None for it in surveying.compared(found))

    def test_compares_before_with_after_of_all_and_of_the_roles_that_are_many(
        self, before: None, anna: Actor
    ) -> None:
        opened(anna, Round.AFTER)
        for number in range(5):
            answered(Role.CASE_OFFICER, number, 2)
            answered(Role.INBOX_COORDINATOR, number, 4)
            answered(Role.CASE_OFFICER, number, 4, Round.AFTER)
        answered(Role.MUNICIPAL_NURSE, 1, 5, Round.AFTER)

        with acting_as(MUNICIPALITY):
            found = surveying.results(at=AFTERWARDS)
        (line, *_) = surveying.compared(found)
        (officers, *_) = surveying.compared(found, Role.CASE_OFFICER)
        assert (line.before, line.after) == (3.0, 4.2)
        # Of six after, five officers would give the one nurse away.
        assert (officers.before, officers.after) == (2.0, None)
        assert surveying.roles_shown(found) == (Role.INBOX_COORDINATOR, Role.CASE_OFFICER)
