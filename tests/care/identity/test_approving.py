"""Local assignments: one asks, another approves; the first ones while joining take one."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import Hired, acting, hire
from onboarded import ANNA, begin
from people import CASE_OFFICERS, DAY, DUTY, WARD

from care.identity import approving, operations, queries
from care.identity.actors import Actor
from care.identity.approving import AlreadyDecided, NoSuchRequest, OwnRequest, Request
from care.identity.entries import AssignmentEntry, BadEntry, latest_end
from care.identity.models import Assignment, AssignmentDecision, DirectoryEvent
from care.identity.operations import NotAdministrator
from care.identity.permissions import ROLES, Permission, Role
from tenants.context import acting_as
from tenants.models import OnboardingStep

PER = "SE2999999127-P020"
ENTRY = AssignmentEntry(
    hsa_id=PER, name="Per Ek", unit_id=CASE_OFFICERS, role=Role.CASE_OFFICER, title="Handläggare",
    valid_from=AT,
)  # fmt: skip
LATEST = latest_end(AT)


@pytest.fixture
def colleague(units: None) -> Actor:
    place = (DUTY, Role.LOCAL_ADMINISTRATOR)
    hired = hire(MUNICIPALITY, "Olle Vik", "SE2999999127-P010", place)
    return acting(hired, Role.LOCAL_ADMINISTRATOR, DUTY)


@pytest.fixture
def signatory(units: None) -> Actor:
    hired = hire(MUNICIPALITY, "Signe Ask", "SE2999999127-P011", (DUTY, Role.SIGNATORY))
    return acting(hired, Role.SIGNATORY, DUTY)


def ask(actor: Actor, entry: AssignmentEntry = ENTRY) -> bool:
    with acting_as(actor.tenant):
        return approving.ask(actor=actor, entry=entry, at=AT)


def asked(actor: Actor, entry: AssignmentEntry = ENTRY) -> UUID:
    """Ask, and return the request."""
    assert not ask(actor, entry)
    with acting_as(actor.tenant):
        return approving.waiting(actor=actor)[-1].id


def approve(actor: Actor, request_id: UUID) -> None:
    with acting_as(actor.tenant):
        approving.approve(actor=actor, request_id=request_id, at=AT)


def held(hsa_id: str = PER) -> list[queries.Held]:
    with acting_as(MUNICIPALITY):
        return [
            it for who in queries.staff_list(at=AT) if who.hsa_id == hsa_id
            for it in who.assignments
        ]  # fmt: skip


def start() -> None:
    """Let the municipality tell that it has started."""
    with acting_as(MUNICIPALITY):
        OnboardingStep.objects.create(
            owner=MUNICIPALITY, step="start", number=1, state="done", responsible="contact_1",
            due_on=date(2026, 5, 4), reason="", evidence="", name=ANNA.name, title=ANNA.title,
            told_at=AT,
        )  # fmt: skip


class TestWhoHasStarted:
    def test_asks_first(self, administrator: Actor) -> None:
        begin(MUNICIPALITY)
        start()

        assert not ask(administrator)
        assert held() == []

    def test_needs_two_where_nobody_has_opened_a_joining(self, administrator: Actor) -> None:
        assert not ask(administrator)

    def test_stays_started_whatever_is_told_afterwards(self, administrator: Actor) -> None:
        begin(MUNICIPALITY)
        start()
        with acting_as(MUNICIPALITY):
            OnboardingStep.objects.create(
                owner=MUNICIPALITY, step="start", number=2, state="ongoing",
                responsible="contact_1", due_on=date(2026, 5, 4), reason="", evidence="",
                name=ANNA.name, title=ANNA.title, told_at=AT,
            )  # fmt: skip

        assert not ask(administrator)


class TestWhoJoins:
    def test_gives_the_first_assignments_alone(self, administrator: Actor) -> None:
        begin(MUNICIPALITY)

        assert ask(administrator)
        assert [it.valid_until for it in held()] == [LATEST]

    @pytest.mark.parametrize("who", ["colleague", "signatory"])
    def test_takes_two_as_soon_as_somebody_else_may_approve(
        self, administrator: Actor, who: str, request: pytest.FixtureRequest
    ) -> None:
        begin(MUNICIPALITY)
        approver: Actor = request.getfixturevalue(who)

        approve(approver, asked(administrator))
        assert len(held()) == 1

    def test_stays_alone_beside_an_approver_who_has_left_and_with_two_roles(
        self, administrator: Actor, signatory: Actor
    ) -> None:
        begin(MUNICIPALITY)
        with acting_as(MUNICIPALITY):
            signed = Assignment.objects.filter(staff=signatory.staff_id)
            signed.update(valid_until=AT)
            operations.add_assignment(
                actor=administrator,
                entry=replace(
                    ENTRY, hsa_id="SE2999999127-P009", name="Anna Berg", role=Role.SIGNATORY
                ),
                at=AT,
            )

        assert ask(administrator)


class TestApproving:
    @pytest.mark.parametrize("who", ["colleague", "signatory"])
    def test_lets_the_person_act(
        self, administrator: Actor, who: str, request: pytest.FixtureRequest
    ) -> None:
        approver: Actor = request.getfixturevalue(who)
        approve(approver, asked(administrator))

        (given,) = held()
        assert (given.role, given.unit_id, given.valid_until) == (
            Role.CASE_OFFICER, CASE_OFFICERS, LATEST,
        )  # fmt: skip
        with acting_as(MUNICIPALITY):
            event = DirectoryEvent.objects.get(what="add_assignment")
            assert approving.waiting(actor=approver) == ()
        assert (event.staff_name, event.after["asked_by"]) == (approver.name, "Anna Berg")

    def test_is_not_done_by_who_has_asked(self, administrator: Actor) -> None:
        request_id = asked(administrator)

        with pytest.raises(OwnRequest):
            approve(administrator, request_id)
        assert held() == []

    def test_is_not_done_by_whom_it_is_for(self, administrator: Actor, colleague: Actor) -> None:
        own = replace(ENTRY, hsa_id="SE2999999127-P010", name="Olle Vik")
        ask(administrator, own)
        with acting_as(MUNICIPALITY):
            (waits,) = approving.waiting(actor=colleague)

        assert waits.is_own
        with pytest.raises(OwnRequest):
            approve(colleague, waits.id)

    def test_is_decided_once(self, administrator: Actor, colleague: Actor) -> None:
        request_id = asked(administrator)
        approve(colleague, request_id)

        with pytest.raises(AlreadyDecided):
            approve(colleague, request_id)
        assert len(held()) == 1

    def test_of_nothing_is_not_found(self, colleague: Actor) -> None:
        with pytest.raises(NoSuchRequest):
            approve(colleague, uuid4())

    def test_lets_nobody_begin_before_it(self, administrator: Actor, colleague: Actor) -> None:
        request_id = asked(administrator)
        with acting_as(MUNICIPALITY):
            approving.approve(actor=colleague, request_id=request_id, at=AT + DAY)

            assert Assignment.objects.get(staff__hsa_id=PER).valid_from == AT + DAY

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.LOCAL_ADMINISTRATOR, Role.SIGNATORY}))
    def test_is_not_of_another_role(self, administrator: Actor, role: Role) -> None:
        request_id = asked(administrator)
        other = replace(administrator, staff_id=uuid4(), role=role)

        with pytest.raises(NotAdministrator):
            approve(other, request_id)
        assert Permission.APPROVE_ASSIGNMENT not in ROLES[role]

    @pytest.mark.parametrize("tenant", [REGION, STRANGER])
    def test_is_not_of_another_huvudman(self, administrator: Actor, tenant: str) -> None:
        request_id = asked(administrator)
        other = replace(administrator, staff_id=uuid4(), tenant=tenant)

        with pytest.raises(NotAdministrator), acting_as(MUNICIPALITY):
            approving.approve(actor=other, request_id=request_id, at=AT)


class TestRefusing:
    def test_tells_who_asked_why(self, administrator: Actor, colleague: Actor) -> None:
        request_id = asked(administrator)
        with acting_as(MUNICIPALITY):
            approving.refuse(actor=colleague, request_id=request_id, reason="Slutar i maj.", at=AT)
            (told,) = approving.decided(actor=administrator)

        assert (told.is_approved, told.reason, told.decided_by) == (
            False, "Slutar i maj.", "Olle Vik",
        )  # fmt: skip
        assert held() == []

    def test_needs_a_reason(self, administrator: Actor, colleague: Actor) -> None:
        request_id = asked(administrator)
        with acting_as(MUNICIPALITY), pytest.raises(BadEntry, match="varför"):
            approving.refuse(actor=colleague, request_id=request_id, reason=" ", at=AT)

        with acting_as(MUNICIPALITY):
            assert not AssignmentDecision.objects.exists()

    def test_lets_it_be_asked_again(self, administrator: Actor, colleague: Actor) -> None:
        request_id = asked(administrator)
        with acting_as(MUNICIPALITY):
            approving.refuse(actor=colleague, request_id=request_id, reason="Nej", at=AT)

        approve(colleague, asked(administrator))
        assert len(held()) == 1


class TestAsking:
    def test_the_same_twice_is_refused(self, administrator: Actor) -> None:
        ask(administrator)

        with pytest.raises(BadEntry, match="redan begärt"):
            ask(administrator)

    @pytest.mark.parametrize("unit_id", [WARD, "SE2999999127-NONE"])
    def test_is_of_own_units_only(self, administrator: Actor, unit_id: str) -> None:
        with pytest.raises(BadEntry) as bad:
            ask(administrator, replace(ENTRY, unit_id=unit_id))
        assert bad.value.field == "unit_id"

    def test_is_of_twelve_months_at_most(self, administrator: Actor) -> None:
        with pytest.raises(BadEntry, match="högst tolv månader") as bad:
            ask(administrator, replace(ENTRY, valid_until=LATEST + timedelta(seconds=1)))
        assert bad.value.field == "valid_until"

    def test_is_not_of_an_assignment_of_hsa(self, administrator: Actor, colleague: Actor) -> None:
        approve(colleague, asked(administrator))
        with acting_as(MUNICIPALITY):
            Assignment.objects.filter(staff__hsa_id=PER).update(
                kind="hsa_commission", confirmed_at=AT
            )

        with pytest.raises(BadEntry, match="har redan uppdraget"):
            ask(administrator, replace(ENTRY, valid_from=AT + DAY))


class TestTheEnd:
    def test_is_put_off_by_two(self, administrator: Actor, colleague: Actor) -> None:
        approve(colleague, asked(administrator))
        later = replace(ENTRY, valid_from=AT + 20 * DAY)
        ask(administrator, later)
        with acting_as(MUNICIPALITY):
            (waits,) = approving.waiting(actor=colleague)
        approve(colleague, waits.id)

        (given,) = held()
        assert given.valid_until == latest_end(later.valid_from)

    def test_is_put_off_with_the_title_that_was_approved_and_logged_as_it_is(
        self, administrator: Actor, colleague: Actor
    ) -> None:
        approve(colleague, asked(administrator))
        later = replace(ENTRY, valid_from=AT + 20 * DAY, title="Enhetschef", name="Per Berg")
        approve(colleague, asked(administrator, later))

        with acting_as(MUNICIPALITY):
            row = Assignment.objects.select_related("staff").get(staff__hsa_id=PER)
            event = DirectoryEvent.objects.get(what="change_assignment")
            written = operations.readable(operations.entry_of(row))
        assert row.title == "Enhetschef"
        assert event.after == written | {"asked_by": "Anna Berg"}
        assert event.before == written | {
            "title": "Handläggare", "valid_until": LATEST.isoformat(),
        }  # fmt: skip

    def test_is_told_of_soonest_first_and_what_has_none_last(self, administrator: Actor) -> None:
        with acting_as(MUNICIPALITY):
            for number, days in enumerate((50, 10, 70)):
                operations.add_assignment(
                    actor=administrator,
                    entry=replace(
                        ENTRY, hsa_id=f"SE2999999127-P03{number}", valid_until=AT + days * DAY
                    ),
                    at=AT,
                )
            told = approving.ending(at=AT)

        assert [(it.hsa_id[-3:], it.valid_until) for it in told] == [
            ("031", AT + 10 * DAY), ("030", AT + 50 * DAY), ("009", None),
        ]  # fmt: skip

    def test_of_the_leap_day_is_the_day_before(self) -> None:
        assert latest_end(AT.replace(year=2028, month=2, day=29)).date() == date(2029, 2, 27)


def test_a_request_tells_nothing_to_another_huvudman(administrator: Actor) -> None:
    ask(administrator)
    elsewhere: Hired = hire(REGION, "Rut Ek", "SE2999999119-P009", (WARD, Role.SIGNATORY))

    with acting_as(REGION):
        found: tuple[Request, ...] = approving.waiting(
            actor=acting(elsewhere, Role.SIGNATORY, WARD)
        )
    assert found == ()
