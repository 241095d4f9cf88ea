"""Units and assignments, as a local administrator changes them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cast import AT, MUNICIPALITY, REGION
from hired import Hired, acting
from people import ALWAYS, CASE_OFFICERS, DAY, DUTY, MUNICIPAL_NURSES, WARD, WEEKDAYS

from care.identity import operations, queries
from care.identity.actors import Actor
from care.identity.entries import AssignmentEntry, BadEntry, UnitEntry
from care.identity.models import Assignment, DirectoryEvent, Staff
from care.identity.operations import NoSuchAssignment, NotAdministrator
from care.identity.permissions import Role
from care.identity.units import NoSuchUnit
from tenants.context import acting_as
from tenants.models import Unit

EVENING = UnitEntry(
    hsa_id="SE2999999127-KVALL",
    name="Kvällspatrullen",
    kind="municipal_health_care",
    branch="health_care",
    phone="063-14 75 00",
    opening_hours={"mon": ["16:00", "24:00"]},
    successor=DUTY,
)
NEW = AssignmentEntry(
    hsa_id="SE2999999127-P050",
    name="Nina Ny",
    unit_id=CASE_OFFICERS,
    role=Role.CASE_OFFICER,
    title="Biståndshandläggare",
    valid_from=AT,
    valid_until=AT + 300 * DAY,
)


def write(actor: Actor, entry: UnitEntry = EVENING, **values: object) -> None:
    with acting_as(MUNICIPALITY):
        operations.write_unit(actor=actor, entry=replace(entry, **values), at=AT)


def archive(actor: Actor, hsa_id: str, *, busy: bool = False, successor: str = "") -> None:
    with acting_as(MUNICIPALITY):
        operations.archive_unit(
            actor=actor, hsa_id=hsa_id, has_open_cases=busy, successor=successor, at=AT
        )


def unit(hsa_id: str) -> Unit:
    with acting_as(MUNICIPALITY):
        return Unit.objects.get(pk=hsa_id)


class TestWritingAUnit:
    def test_a_new_unit_stands_in_everybodys_address_book(self, administrator: Actor) -> None:
        write(administrator)

        with acting_as(REGION):
            entered = Unit.objects.get(pk=EVENING.hsa_id)
        assert (entered.owner, entered.name, entered.successor) == (
            MUNICIPALITY,
            "Kvällspatrullen",
            DUTY,
        )

    def test_the_change_is_logged_from_and_to(self, administrator: Actor) -> None:
        write(administrator)
        write(administrator, phone="063-14 75 99")

        with acting_as(MUNICIPALITY):
            event = DirectoryEvent.objects.order_by("id").last()
        assert event is not None
        assert event.before["phone"] == "063-14 75 00"
        assert event.after["phone"] == "063-14 75 99"
        assert event.staff_name == "Anna Berg"

    @pytest.mark.parametrize(
        ("values", "field", "says"),
        [
            ({"hsa_id": "2999999127-X"}, "hsa_id", "har fel form"),
            ({"hsa_id": WARD}, "hsa_id", "hör till en annan huvudman"),
            ({"name": " "}, "name", "Skriv enhetens namn"),
            ({"name": "x" * 101}, "name", "100 tecken"),
            ({"kind": "clinic"}, "kind", "Välj en av: Avdelning"),
            ({"branch": "police"}, "branch", "Välj en av"),
            ({"phone": "ring oss"}, "phone", "063-14 75 00"),
            ({"successor": "SE2999999127-NONE"}, "successor", "Välj en annan"),
            ({"successor": WARD}, "successor", "egna enheter"),
            ({"successor": EVENING.hsa_id}, "successor", "Välj en annan"),
            ({"opening_hours": {}, "successor": ""}, "opening_hours", "Ange öppettider"),
            ({"opening_hours": {"mon": ["16:30", "08:00"]}}, "opening_hours", "måndag"),
            ({"opening_hours": {"mon": ["8", "16"]}}, "opening_hours", "08:00-16:30"),
            ({"opening_hours": {"sun": ["08:00"]}}, "opening_hours", "söndag"),
            ({"opening_hours": {"mon": "08:00"}}, "opening_hours", "måndag"),
            ({"opening_hours": {"tue": ["08:00", "25:00"]}}, "opening_hours", "tisdag"),
            ({"opening_hours": {"mån": ["08:00", "16:00"]}}, "opening_hours", "veckodag"),
        ],
    )
    def test_a_wrong_field_is_refused_by_name(
        self, administrator: Actor, values: dict[str, object], field: str, says: str
    ) -> None:
        with pytest.raises(BadEntry, match=says) as refused:
            write(administrator, **values)
        assert refused.value.field == field
        with acting_as(MUNICIPALITY):
            assert not Unit.objects.filter(pk=EVENING.hsa_id).exists()
            assert not DirectoryEvent.objects.exists()

    def test_a_unit_that_was_archived_comes_back(self, administrator: Actor) -> None:
        write(administrator)
        archive(administrator, EVENING.hsa_id)
        write(administrator)

        assert unit(EVENING.hsa_id).archived_on is None


class TestArchivingAUnit:
    def test_one_that_nobody_needs_is_archived(self, administrator: Actor) -> None:
        archive(administrator, MUNICIPAL_NURSES)

        assert unit(MUNICIPAL_NURSES).archived_on == AT.date()

    def test_one_that_takes_over_from_another_needs_a_successor(self, administrator: Actor) -> None:
        with pytest.raises(BadEntry, match="Välj vilken enhet som tar över"):
            archive(administrator, DUTY)
        assert unit(DUTY).archived_on is None

    def test_one_with_cases_that_run_needs_a_successor(self, administrator: Actor) -> None:
        with pytest.raises(BadEntry, match="ärenden som pågår"):
            archive(administrator, MUNICIPAL_NURSES, busy=True)

    def test_the_successor_takes_over_from_everybody(self, administrator: Actor) -> None:
        archive(administrator, DUTY, busy=True, successor=MUNICIPAL_NURSES)

        assert unit(CASE_OFFICERS).successor == MUNICIPAL_NURSES
        assert unit(DUTY).successor == MUNICIPAL_NURSES

    def test_the_heir_never_takes_over_from_itself(self, administrator: Actor) -> None:
        archive(administrator, DUTY, successor=CASE_OFFICERS)

        assert unit(CASE_OFFICERS).successor == ""

    @pytest.mark.parametrize("heir", [WARD, DUTY, "SE2999999127-NONE"])
    def test_only_another_own_unit_can_take_over(self, administrator: Actor, heir: str) -> None:
        with pytest.raises(BadEntry, match="kan inte ta över"):
            archive(administrator, DUTY, successor=heir)

    @pytest.mark.parametrize("hsa_id", [WARD, "SE2999999127-NONE"])
    def test_another_huvudmans_unit_does_not_exist_here(
        self, administrator: Actor, hsa_id: str
    ) -> None:
        with pytest.raises(NoSuchUnit):
            archive(administrator, hsa_id)


class TestAssignments:
    def test_somebody_new_may_act_at_once(self, administrator: Actor) -> None:
        with acting_as(MUNICIPALITY):
            added = operations.add_assignment(actor=administrator, entry=NEW, at=AT)
            staff = Staff.objects.get(hsa_id=NEW.hsa_id)
            held = queries.candidates(staff_id=staff.pk, at=AT)
            assert [it.assignment_id for it in held] == [added]
            assert Assignment.objects.get(pk=added).purpose == "care"

    def test_an_administrator_is_for_administration(self, administrator: Actor) -> None:
        entry = replace(NEW, role=Role.LOCAL_ADMINISTRATOR)
        with acting_as(MUNICIPALITY):
            added = operations.add_assignment(actor=administrator, entry=entry, at=AT)
            assert Assignment.objects.get(pk=added).purpose == "administration"

    def test_the_same_twice_is_refused(self, administrator: Actor) -> None:
        with acting_as(MUNICIPALITY):
            operations.add_assignment(actor=administrator, entry=NEW, at=AT)
            with pytest.raises(BadEntry, match="har redan uppdraget"):
                operations.add_assignment(actor=administrator, entry=NEW, at=AT)

    def test_one_that_has_run_out_can_be_given_again(self, administrator: Actor) -> None:
        later = AT + 301 * DAY
        with acting_as(MUNICIPALITY):
            operations.add_assignment(actor=administrator, entry=NEW, at=AT)
            again = replace(NEW, valid_from=later, valid_until=None)
            operations.add_assignment(actor=administrator, entry=again, at=later)
            assert Assignment.objects.filter(revoked_at=None, role=Role.CASE_OFFICER).count() == 1

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"hsa_id": "nej"}, "hsa_id"),
            ({"name": ""}, "name"),
            ({"unit_id": WARD}, "unit_id"),
            ({"role": "chief"}, "role"),
            ({"title": ""}, "title"),
            ({"valid_until": AT}, "valid_until"),
        ],
    )
    def test_a_wrong_field_is_refused_by_name(
        self, administrator: Actor, values: dict[str, object], field: str
    ) -> None:
        with acting_as(MUNICIPALITY), pytest.raises(BadEntry) as refused:
            operations.add_assignment(actor=administrator, entry=replace(NEW, **values), at=AT)
        assert refused.value.field == field
        with acting_as(MUNICIPALITY):
            assert not Staff.objects.filter(hsa_id=NEW.hsa_id).exists()

    def test_a_revoked_one_is_no_candidate_any_more(
        self, administrator: Actor, coordinator: Hired
    ) -> None:
        first, second = coordinator.assignments
        with acting_as(MUNICIPALITY):
            operations.revoke_assignment(actor=administrator, assignment_id=first, at=AT)
            held = queries.candidates(staff_id=coordinator.staff_id, at=AT)
            assert [it.assignment_id for it in held] == [second]
            with pytest.raises(NoSuchAssignment):
                operations.revoke_assignment(actor=administrator, assignment_id=first, at=AT)

    def test_another_huvudmans_assignment_does_not_exist_here(
        self, administrator: Actor, nurse: Hired
    ) -> None:
        with acting_as(MUNICIPALITY), pytest.raises(NoSuchAssignment):
            operations.revoke_assignment(
                actor=administrator, assignment_id=nurse.assignments[0], at=AT
            )


def _write_unit(actor: Actor) -> None:
    operations.write_unit(actor=actor, entry=EVENING, at=AT)


def _archive_unit(actor: Actor) -> None:
    operations.archive_unit(actor=actor, hsa_id=DUTY, has_open_cases=False, at=AT)


def _add_assignment(actor: Actor) -> None:
    operations.add_assignment(actor=actor, entry=NEW, at=AT)


def _revoke_assignment(actor: Actor) -> None:
    operations.revoke_assignment(actor=actor, assignment_id=actor.assignment_id, at=AT)


def _protect_staff(actor: Actor) -> None:
    operations.protect_staff(actor=actor, staff_id=actor.staff_id, is_protected=True, at=AT)


def _end_sessions(actor: Actor) -> None:
    operations.end_sessions(actor=actor, staff_id=actor.staff_id, at=AT)


ACTS = [
    _write_unit, _archive_unit, _add_assignment, _revoke_assignment, _protect_staff, _end_sessions,
]  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_nobody_but_an_administrator_changes_anything(
    coordinator: Hired, act: Callable[[Actor], None]
) -> None:
    officer = acting(coordinator, Role.INBOX_COORDINATOR, CASE_OFFICERS)

    with acting_as(MUNICIPALITY), pytest.raises(NotAdministrator):
        act(officer)


@pytest.mark.parametrize("act", ACTS)
def test_an_administrator_of_another_huvudman_changes_nothing(
    administrator: Actor, act: Callable[[Actor], None]
) -> None:
    with acting_as(REGION), pytest.raises(NotAdministrator):
        act(administrator)


def test_weekday_hours_are_kept_as_entered(administrator: Actor) -> None:
    write(administrator, opening_hours=WEEKDAYS | {"sat": ALWAYS["sat"]})

    assert unit(EVENING.hsa_id).opening_hours["sat"] == ["00:00", "24:00"]
