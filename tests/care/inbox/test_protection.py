"""Protected identity that is learnt while a case runs: at home at once, elsewhere by letter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import transaction
from hired import working
from isolation.county import admit, case_at
from people import BERIT, CASE_OFFICERS, ELSEWHERE, HEALTH_CENTRE, HOUR, WARD, write_units

from care.cases.models import Case, Event
from care.discharge import operations as discharge
from care.discharge import queries
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import protection, tasks
from care.inbox import queries as inbox
from care.inbox.models import Outbox
from care.individuals.models import Individual
from care.sharing import access, protected, readers
from tenants.context import acting_as

T1, T2, T3, T4 = (AT + it * HOUR for it in (1, 2, 3, 4))
FLAGGED, REGISTRATION, ASSUMED = "flagged", "protected_registration", "assumed_identity"
LIVES = replace(BERIT, registered_address="Ekgatan 5")
BECAUSE = "Fel person markerades."


def person(name: str, number: int, role: Role, unit: str, tenant: str = REGION) -> Actor:
    return working(tenant, name, number, role, unit)


@pytest.fixture
def nurse(committed: None) -> Actor:
    """Give who opens the case."""
    write_units()
    return person("Sara Lindmark", 1, Role.WARD_NURSE, WARD)


@pytest.fixture
def colleague(nurse: Actor) -> Actor:
    return person("Olga Dahl", 2, Role.WARD_NURSE, WARD)


@pytest.fixture
def coordinator(nurse: Actor) -> Actor:
    return person("Karin Nyström", 3, Role.INBOX_COORDINATOR, CASE_OFFICERS, MUNICIPALITY)


@pytest.fixture
def officer(nurse: Actor) -> Actor:
    return person("Nils Ros", 4, Role.CASE_OFFICER, CASE_OFFICERS, MUNICIPALITY)


@pytest.fixture
def case_id(nurse: Actor, coordinator: Actor, officer: Actor) -> UUID:
    found = admit(by=nurse, person=LIVES, to=[CASE_OFFICERS])
    tasks.drain()
    return found


@pytest.fixture
def theirs(case_id: UUID) -> UUID:
    """Give the same case, as the municipality has it."""
    pk: UUID = case_at(MUNICIPALITY).pk
    return pk


def mark(actor: Actor, case_id: UUID, kind: str = FLAGGED, at: datetime = T1) -> None:
    with acting_as(actor.tenant):
        protection.mark_protected(actor=actor, case_id=case_id, protection=kind, at=at)


def lift(actor: Actor, case_id: UUID, *, is_checked: bool = True, reason: str = BECAUSE,
         at: datetime = T2) -> None:  # fmt: skip
    with acting_as(actor.tenant):
        protection.lift_protection(
            actor=actor, case_id=case_id, reason=reason, is_checked=is_checked, at=at
        )


def kept(tenant: str) -> tuple[str, str]:
    with acting_as(tenant):
        return Individual.objects.values_list("protection", "registered_address").get()


def read(actor: Actor, case_id: UUID, at: datetime = T4) -> queries.CasePage:
    with acting_as(actor.tenant):
        if Individual.objects.exclude(protection="").exists():
            readers.state_reason(actor=actor, case_id=case_id, text="Handlägger", at=at)
        return queries.case_page(actor=actor, case_id=case_id, at=at)


def names(actor: Actor, case_id: UUID) -> Sequence[str]:
    with acting_as(actor.tenant):
        common_id = Case.objects.get(pk=case_id).common_id
        return [it.name for it in protected.lists([common_id], actor=actor, at=T4)[common_id]]


def events(tenant: str, act: str) -> list[Event]:
    with acting_as(tenant):
        return list(Event.objects.filter(act=act).order_by("id"))


def letters(tenant: str) -> list[Outbox]:
    with acting_as(tenant):
        return list(Outbox.objects.filter(kind="protection").order_by("id"))


class TestMarkedHere:
    @pytest.mark.parametrize("kind", [FLAGGED, REGISTRATION, ASSUMED])
    def test_it_holds_at_once_for_whoever_is_not_on_the_list(
        self, case_id: UUID, nurse: Actor, colleague: Actor, kind: str
    ) -> None:
        read(colleague, case_id)
        mark(nurse, case_id, kind)

        assert kept(REGION) == (kind, "")
        with pytest.raises(access.NotVisible):
            read(colleague, case_id)
        with acting_as(REGION):
            shown = inbox.worklist(actor=colleague, view=inbox.View.ALL, at=T4)
            assert inbox.search(actor=colleague, text="Åkerlund", at=T4) == ()
        assert (shown.entries, set(shown.counts.values())) == ((), {0})
        assert read(nurse, case_id).individual.protection == kind

    def test_whoever_marks_is_on_the_list_beside_whom_it_begins_with(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        mark(colleague, case_id)

        assert names(colleague, case_id) == [nurse.name, colleague.name]
        read(colleague, case_id)

    def test_whoever_marks_is_on_a_list_that_begins_full(self, case_id: UUID, nurse: Actor) -> None:
        unit = [person(f"Samordnare {it}", 20 + it, Role.CARE_COORDINATOR, HEALTH_CENTRE)
                for it in range(13)]  # fmt: skip
        admit_id = admit(by=nurse, person=replace(LIVES, number="197802022385"),
                         to=[HEALTH_CENTRE])  # fmt: skip
        mark(unit[-1], admit_id)

        assert len(names(unit[-1], admit_id)) == protected.MOST
        assert unit[-1].name in names(unit[-1], admit_id)

    def test_it_is_in_the_history_with_the_kind(self, case_id: UUID, nurse: Actor) -> None:
        mark(nurse, case_id, REGISTRATION)

        (event,) = events(REGION, "mark_protected")
        assert (event.actor_name, event.body) == (nurse.name, {"protection": REGISTRATION})

    def test_a_second_time_changes_nothing_and_is_told_to_nobody(
        self, case_id: UUID, nurse: Actor
    ) -> None:
        mark(nurse, case_id, REGISTRATION)
        mark(nurse, case_id, REGISTRATION, at=T2)
        mark(nurse, case_id, FLAGGED, at=T3)

        assert kept(REGION)[0] == REGISTRATION
        assert len(events(REGION, "mark_protected")) == len(letters(REGION)) == 1

    def test_a_stricter_kind_takes_its_place(self, case_id: UUID, nurse: Actor) -> None:
        mark(nurse, case_id, FLAGGED)
        mark(nurse, case_id, ASSUMED, at=T2)

        assert kept(REGION)[0] == ASSUMED

    def test_it_asks_for_the_right(self, case_id: UUID) -> None:
        physician = person("Jonas Ek", 9, Role.TREATING_PHYSICIAN, WARD)

        with pytest.raises(access.NotAllowed):
            mark(physician, case_id)
        assert kept(REGION)[0] == ""

    def test_whoever_is_not_on_the_list_can_neither_mark_nor_lift(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        mark(nurse, case_id)

        for act in (mark, lift):
            with acting_as(REGION), transaction.atomic(), pytest.raises(access.NotVisible):
                act(colleague, case_id)
        assert kept(REGION)[0] == FLAGGED

    def test_another_case_of_hers_tells_neither_where_she_is_nor_why(
        self, case_id: UUID, nurse: Actor
    ) -> None:
        with acting_as(REGION):
            discharge.record_discharge(
                actor=nurse, case_id=case_id, discharged_at=AT, destination="home", at=AT
            )
        elsewhere = person("Eva Ask", 30, Role.WARD_NURSE, WARD)
        new = admit(by=elsewhere, person=LIVES, to=[CASE_OFFICERS])
        with acting_as(REGION):
            here = Case.objects.get(pk=new).common_id
        mark(elsewhere, new)
        lift(elsewhere, new)

        for event in events(REGION, "mark_protected") + events(REGION, "lift_protection"):
            told = (event.actor_name, event.unit_id, event.body.get("reason", ""))
            is_here = event.common_id == here
            reason = BECAUSE if is_here and event.act == "lift_protection" else ""
            assert told == ((elsewhere.name, WARD, reason) if is_here else ("", "", ""))
        assert len(events(REGION, "mark_protected")) == 2
        assert {it.body["told"]["unit_id"] for it in letters(REGION)} == {"", WARD}


class TestToldByLetter:
    def test_the_others_do_the_same_at_their_next_fetch(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor, officer: Actor
    ) -> None:
        assert kept(MUNICIPALITY) == ("", "Ekgatan 5")
        read(officer, theirs)
        mark(nurse, case_id, REGISTRATION)
        tasks.drain()

        assert kept(MUNICIPALITY) == (REGISTRATION, "")
        with pytest.raises(access.NotVisible):
            read(officer, theirs)
        assert names(coordinator, theirs) == [coordinator.name]
        assert read(coordinator, theirs).individual.protection == REGISTRATION
        (event,) = events(MUNICIPALITY, "mark_protected")
        assert (event.origin, event.actor_name) == (REGION, nurse.name)

    def test_the_lead_learns_it_from_who_receives(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        mark(coordinator, theirs)
        tasks.drain()

        assert kept(REGION) == (FLAGGED, "")
        assert read(nurse, case_id).individual.protection == FLAGGED
        assert letters(REGION) == []  # to whom the writer knows, it has told it itself

    def test_the_lead_passes_it_on_to_whom_its_writer_does_not_know_of(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        with acting_as(REGION):
            discharge.send_general_message(
                actor=nurse, case_id=case_id, subject="Flytt", text="Flyttar", ground="consent",
                recipients=[ELSEWHERE], at=AT,
            )  # fmt: skip
        tasks.drain()
        mark(coordinator, theirs)
        lift(coordinator, theirs)
        tasks.drain()

        assert kept(STRANGER) == (FLAGGED, "")
        told = events(STRANGER, "mark_protected") + events(STRANGER, "lift_protection")
        assert [it.origin for it in told] == [MUNICIPALITY, MUNICIPALITY]

    def test_a_letter_never_lowers_it(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        mark(coordinator, theirs, ASSUMED)
        mark(nurse, case_id, FLAGGED, at=T2)
        tasks.drain()

        assert kept(MUNICIPALITY)[0] == kept(REGION)[0] == ASSUMED

    @pytest.mark.parametrize(
        ("origin", "act"), [(MUNICIPALITY, "lift_protection"), (STRANGER, "lift_protection"),
                            (REGION, "start_planning")],
    )  # fmt: skip
    def test_nobody_speaks_for_the_receiver_or_does_another_act(
        self, case_id: UUID, nurse: Actor, origin: str, act: str
    ) -> None:
        mark(nurse, case_id)
        with acting_as(REGION):
            letter = Outbox.objects.get(kind="protection")
            told = {**letter.body["told"], "origin": origin, "act": act}
            Outbox.objects.create(
                recipient=MUNICIPALITY, kind="protection", common_id=letter.common_id,
                body={"told": told}, at=T2,
            )  # fmt: skip
        tasks.drain()

        # The lead may pass on what a third has told.
        assert len(events(MUNICIPALITY, act)) == (origin == STRANGER)


class TestLifted:
    def test_the_case_is_everybodys_at_the_unit_again_and_the_list_ends(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        mark(colleague, case_id)
        lift(colleague, case_id)
        third = person("Eva Ask", 30, Role.WARD_NURSE, WARD)

        assert kept(REGION) == ("", "")
        read(third, case_id)
        (event,) = events(REGION, "lift_protection")
        assert (event.actor_name, event.body) == (colleague.name, {"reason": BECAUSE})
        mark(nurse, case_id, at=T3)
        assert names(nurse, case_id) == [nurse.name]

    @pytest.mark.parametrize("missing", [{"is_checked": False}, {"reason": " "}])
    def test_it_asks_for_the_register_and_the_reason(
        self, case_id: UUID, nurse: Actor, missing: dict[str, object]
    ) -> None:
        mark(nurse, case_id)

        with pytest.raises(protection.NotChecked):
            lift(nurse, case_id, **missing)  # type: ignore[arg-type]
        assert kept(REGION)[0] == FLAGGED

    def test_what_is_not_marked_is_not_lifted(self, case_id: UUID, nurse: Actor) -> None:
        with pytest.raises(protection.NothingToLift):
            lift(nurse, case_id)

    def test_it_asks_for_the_right(self, case_id: UUID, nurse: Actor) -> None:
        physician = person("Jonas Ek", 9, Role.TREATING_PHYSICIAN, WARD)
        mark(nurse, case_id)
        with acting_as(REGION):
            readers.add_reader(actor=nurse, case_id=case_id, staff_id=physician.staff_id, at=T1)

        with pytest.raises(access.NotAllowed):
            lift(physician, case_id)

    def test_the_others_are_told_and_keep_theirs_until_they_lift_it(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        mark(nurse, case_id)
        tasks.drain()
        assert read(coordinator, theirs).lift_told is None
        lift(nurse, case_id)
        tasks.drain()

        assert kept(MUNICIPALITY)[0] == FLAGGED
        told = read(coordinator, theirs).lift_told
        assert told is not None
        assert (told.origin, told.body) == (REGION, {})  # and not why
        assert read(nurse, case_id).lift_told is None
        lift(coordinator, theirs, at=T3)
        assert kept(MUNICIPALITY)[0] == ""
        assert read(coordinator, theirs).lift_told is None

    def test_no_letter_of_who_keeps_it_brings_it_back(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        mark(nurse, case_id)
        tasks.drain()
        lift(nurse, case_id)
        tasks.drain()
        with acting_as(MUNICIPALITY):
            discharge.send_general_message(
                actor=coordinator, case_id=theirs, subject="Hemtjänst", text="Klart",
                ground="consent", recipients=[WARD], at=T3,
            )  # fmt: skip
        tasks.drain()

        assert kept(REGION)[0] == ""

    def test_whoever_knows_better_marks_anew_and_that_is_told(
        self, case_id: UUID, theirs: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        mark(nurse, case_id)
        tasks.drain()
        lift(nurse, case_id)
        tasks.drain()
        mark(coordinator, theirs, at=T3)
        tasks.drain()

        assert kept(REGION)[0] == kept(MUNICIPALITY)[0] == FLAGGED
        assert read(coordinator, theirs).lift_told is None

    def test_a_new_admission_that_tells_of_it_brings_it_back(
        self, case_id: UUID, nurse: Actor
    ) -> None:
        mark(nurse, case_id)
        lift(nurse, case_id)
        with acting_as(REGION):
            discharge.record_discharge(
                actor=nurse, case_id=case_id, discharged_at=AT, destination="home", at=T3
            )
        admit(by=nurse, person=replace(LIVES, protection=REGISTRATION), at=T4)

        assert kept(REGION) == (REGISTRATION, "")
