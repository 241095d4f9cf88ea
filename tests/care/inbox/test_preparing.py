"""The acts before the decision are refused to who may not, also where no page stands before."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import acting, hire
from onboarded import begin
from people import CASE_OFFICERS, ELSEWHERE, HEALTH_CENTRE, write_units

from care.identity.actors import Actor
from care.identity.operations import NotAdministrator
from care.identity.permissions import Role
from care.identity.units import NoSuchUnit
from care.inbox import joining as acts
from care.inbox import preparing
from tenants import checks, pack
from tenants.context import acting_as
from tenants.decision import Benefit, Part
from tenants.experts import Answered, Asked, Field, Reply
from tenants.technical import Measured

ADMIN = Role.LOCAL_ADMINISTRATOR
DAY = date(2026, 3, 2)
BENEFIT = Benefit("Färre dygn", "Patienten", "Dygn", "", "1,5", None)
DECLINES = Answered(Field.IT, Reply.DECLINES, reason="Vakant")
ACTS: dict[str, Callable[[Actor], object]] = {
    "read_pack": lambda who: preparing.read_pack(actor=who),
    "write_row": lambda who: preparing.write_row(
        actor=who, content=BENEFIT, part=Part.BENEFIT, entry=uuid4(), seen=0, at=AT
    ),
    "declare_pack": lambda who: preparing.declare_pack(actor=who, is_done=True, seen=0, at=AT),
    "plan_starts": lambda who: acts.plan_starts(
        actor=who, days={CASE_OFFICERS: DAY}, seen=0, at=AT
    ),
    "answer_expert": lambda who: acts.answer_expert(actor=who, answered=DECLINES, seen=0, at=AT),
}


@pytest.fixture(autouse=True)
def joining(committed: None) -> None:
    write_units()
    begin()
    with acting_as(REGION):
        acts.ask_expert(
            actor=operator(), tenant=MUNICIPALITY, asked=Asked(Field.IT, DAY, "x"), seen=0, at=AT
        )


def operator() -> Actor:
    hired = hire(REGION, "Ola", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))
    return acting(hired, Role.OPERATOR, HEALTH_CENTRE)


def municipal(role: Role) -> Actor:
    return acting(
        hire(MUNICIPALITY, "Anna", f"A-{role}", (CASE_OFFICERS, role)), role, CASE_OFFICERS
    )


def stranger() -> Actor:
    return acting(hire(STRANGER, "Eva", "E", (ELSEWHERE, ADMIN)), ADMIN, ELSEWHERE)


@pytest.mark.parametrize("act", ACTS)
def test_an_administrator_does_it_and_nobody_else(act: str) -> None:
    for who in (municipal(Role.ECONOMIST), stranger()):
        with acting_as(MUNICIPALITY), pytest.raises(NotAdministrator):
            ACTS[act](who)
    with acting_as(MUNICIPALITY):
        assert pack.own().rows == ()

        ACTS[act](municipal(ADMIN))


def test_an_expert_is_asked_for_by_the_operator_alone() -> None:
    asked = Asked(Field.LAW, DAY, "x")
    with acting_as(MUNICIPALITY), pytest.raises(NotAdministrator):
        acts.ask_expert(actor=municipal(ADMIN), tenant=MUNICIPALITY, asked=asked, seen=0, at=AT)


def test_a_check_is_of_a_unit_of_ones_own_huvudman() -> None:
    with acting_as(MUNICIPALITY):
        with pytest.raises(NoSuchUnit):
            preparing.record_check(
                actor=stranger(), measured=Measured(), place="", browser="", at=AT
            )
        assert checks.last([MUNICIPALITY, STRANGER]) == {}

        preparing.record_check(
            actor=municipal(Role.INBOX_COORDINATOR), measured=Measured(), place="", browser="",
            at=AT,
        )  # fmt: skip
        assert set(checks.last([MUNICIPALITY])) == {(MUNICIPALITY, CASE_OFFICERS)}
