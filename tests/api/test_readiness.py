"""The board of readiness as systems of the region and of who joins have it."""

from datetime import date

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from machines import Machine, installed
from onboarded import ANNA, OLA, begin
from people import CASE_OFFICERS, HEALTH_CENTRE, MUNICIPAL_NURSES

from care.identity.permissions import Role
from care.identity.scopes import Scope
from care.inbox import readiness
from tenants import agreements, checks, experts, pack, progress
from tenants.context import acting_as
from tenants.experts import Answered, Asked, Field, Reply
from tenants.onboarding import ContactRole, Entry, State, Step
from tenants.technical import Measured, Outcome
from tests.api.test_agreements import drafted, sign
from tests.api.test_the_door import type_of

WORKS = Outcome.WORKS
HOLDS = Measured((), 0, (10, 10, 10, 10, 10), True, WORKS, WORKS, WORKS, WORKS)
FAILS = Measured(("css",))
DUE = date(2026, 4, 13)


@pytest.fixture
def operator(units: None) -> Machine:
    return installed(REGION, "Driften", "SE2999999119-F003", (HEALTH_CENTRE, Role.OPERATOR))


@pytest.fixture
def joining(units: None) -> Machine:
    begin()
    held = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return installed(MUNICIPALITY, "Projektet", "SE2999999127-F003", held)


def tell(step: Step, state: State, reason: str = "") -> None:
    with acting_as(MUNICIPALITY):
        standing = progress.standing(MUNICIPALITY)
        progress.record_step(
            Entry(step, state, ContactRole.CONTACT_1, DUE, reason=reason), standing=standing,
            found=readiness.found_at_home(standing, at=AT), seen=0, by=ANNA, at=AT,
        )  # fmt: skip


def test_everybody_who_may_reads_how_far_each_has_come(operator: Machine, joining: Machine) -> None:
    begin(STRANGER, "Söder")

    told = operator.get("/readiness").json()["items"]

    assert told == joining.get("/readiness").json()["items"]
    assert [(it["tenant"], it["name"], it["delregion"]) for it in told] == [
        (STRANGER, "Främlinge kommun", "Söder"), (MUNICIPALITY, "Testkommun", "Norr"),
    ]  # fmt: skip
    assert (told[1]["wanted_start_on"], told[1]["start_on"]) == ("2026-05-04", "2026-05-04")
    assert [it["step"] for it in told[1]["steps"]] == [it.value for it in Step]
    assert {it["state"] for it in told[1]["steps"]} == {"not_begun"}
    assert told[1]["units"] == 3
    assert operator.get("/readiness?limit=1").json()["has_more"]


def test_a_step_says_who_when_and_whether_it_is_late_or_doubtful(joining: Machine) -> None:
    agreement = drafted()
    sign(agreement, REGION, MUNICIPALITY)
    tell(Step.AGREEMENTS, State.DONE)
    tell(Step.UNITS, State.STOPPED, reason="Ingen tid")
    with acting_as(MUNICIPALITY):
        agreements.end(agreement=agreement.id, reason="Ny lag", name="Olof Sund", at=AT)

    (told,) = joining.get("/readiness").json()["items"]

    steps = {it["step"]: it for it in told["steps"]}
    assert steps["agreements"] == {
        "step": "agreements", "state": "done", "responsible": "Karin Nyström",
        "due_on": "2026-04-13", "told_at": "2026-03-02T08:00:00Z", "is_overdue": False,
        "is_doubtful": True,
    }  # fmt: skip
    assert (steps["units"]["state"], steps["units"]["is_overdue"]) == ("stopped", True)
    assert steps["start"]["due_on"] is None


def test_what_is_known_beside_the_steps_is_counted(operator: Machine, joining: Machine) -> None:
    with acting_as(MUNICIPALITY):
        for unit, measured in ((CASE_OFFICERS, HOLDS), (MUNICIPAL_NURSES, FAILS)):
            checks.record(measured, unit_id=unit, place="", browser="", by=ANNA, at=AT)
        pack.declare(DUE, seen=0, by=ANNA, at=AT)
    with acting_as(REGION):
        for field in (Field.INPATIENT_CARE, Field.IT):
            experts.ask(Asked(field, DUE, "Rutiner"), tenant=MUNICIPALITY, seen=0, by=OLA, at=AT)
    with acting_as(MUNICIPALITY):
        answer = Answered(Field.INPATIENT_CARE, Reply.TAKES_PART, name="Per Ek", from_on=DUE)
        experts.answer(answer, seen=0, by=ANNA, at=AT)

    (told,) = operator.get("/readiness").json()["items"]

    assert (told["units_checked"], told["units_failing"]) == (1, 1)
    assert (told["experts_asked"], told["experts_taking_part"]) == (2, 1)
    assert told["pack_done_on"] == "2026-04-13"


def test_role_scope_and_parameters_are_asked_for(operator: Machine, ward: Machine) -> None:
    assert type_of(ward.get("/readiness")) == "not-allowed"
    assert type_of(operator.within(Scope.DIRECTORY_READ).get("/readiness")) == "not-allowed"
    assert operator.within(Scope.AGREEMENT_READ).get("/readiness").json()["items"] == []
    assert type_of(operator.get("/readiness?page=0")) == "invalid"
