"""Protected identity: only those on the list know of the case, and each says why."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION
from django.db import transaction
from hired import working
from isolation.county import admit, agree, case_at
from people import BERIT, CASE_OFFICERS, DAY, HOUR, MUNICIPAL_NURSES, WARD, write_units

from care.cases.models import Event
from care.cases.operations import IndividualHasOpenCase
from care.discharge import operations as discharge
from care.discharge import queries
from care.identity.actors import Actor
from care.identity.models import Assignment
from care.identity.permissions import Permission, Role
from care.inbox import emergencies, tasks
from care.inbox import queries as inbox
from care.inbox.models import Outbox
from care.individuals.models import Individual
from care.sharing import access, protected, readers
from care.sharing.access import Reason
from care.sharing.models import AccessLog
from tenants import clock
from tenants.context import acting_as

LATER = AT + 2 * HOUR
PROTECTED = replace(BERIT, protection="flagged", registered_address="")
KINDS = ("flagged", "protected_registration", "assumed_identity")


def person(name: str, number: int, role: Role, unit: str) -> Actor:
    return working(REGION if unit == WARD else MUNICIPALITY, name, number, role, unit)


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
    return person("Karin Nyström", 3, Role.INBOX_COORDINATOR, CASE_OFFICERS)


@pytest.fixture
def officer(nurse: Actor) -> Actor:
    return person("Nils Ros", 4, Role.CASE_OFFICER, CASE_OFFICERS)


@pytest.fixture
def case_id(nurse: Actor) -> UUID:
    return admit(by=nurse, person=PROTECTED)


def say(actor: Actor, case_id: UUID, text: str = "Jag handlägger ärendet") -> None:
    with acting_as(actor.tenant):
        readers.state_reason(actor=actor, case_id=case_id, text=text, at=LATER)


def read(actor: Actor, case_id: UUID) -> None:
    with acting_as(actor.tenant):
        access.case_for_reading(actor=actor, case_id=case_id, at=LATER)


def add(actor: Actor, case_id: UUID, other: Actor) -> None:
    with acting_as(actor.tenant):
        readers.add_reader(actor=actor, case_id=case_id, staff_id=other.staff_id, at=LATER)


def remove(actor: Actor, case_id: UUID, other: Actor) -> None:
    with acting_as(actor.tenant):
        readers.remove_reader(actor=actor, case_id=case_id, staff_id=other.staff_id, at=LATER)


def names(actor: Actor, case_id: UUID) -> Sequence[str]:
    common_id = case_at(actor.tenant).common_id
    with acting_as(actor.tenant):
        return [it.name for it in protected.lists([common_id], actor=actor, at=LATER)[common_id]]


class TestWhoMayKnow:
    def test_whoever_opened_the_case_is_on_its_list_alone(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        assert names(nurse, case_id) == [nurse.name]
        say(nurse, case_id)
        read(nurse, case_id)
        with pytest.raises(access.NotVisible) as refusal:
            read(colleague, case_id)
        assert refusal.value.reason is Reason.NOT_ON_LIST

    def test_nobody_else_can_act_open_a_form_or_say_why(
        self, case_id: UUID, colleague: Actor
    ) -> None:
        with acting_as(REGION), transaction.atomic(), pytest.raises(access.NotVisible):
            access.case_for_writing(
                actor=colleague, case_id=case_id, permission=Permission.NOTIFY_READY, at=LATER
            )
        with acting_as(REGION), pytest.raises(access.NotVisible):
            queries.case_for_act(actor=colleague, case_id=case_id, act="notify_ready", at=LATER)
        with acting_as(REGION), pytest.raises(access.NotVisible):
            access.case_for_emergency(actor=colleague, case_id=case_id, emergency_id=None, at=LATER)
        with pytest.raises(access.NotVisible):
            say(colleague, case_id)
        with pytest.raises(access.NotVisible):
            add(colleague, case_id, colleague)

    def test_a_receiving_units_list_begins_with_its_coordinator(
        self, case_id: UUID, coordinator: Actor, officer: Actor
    ) -> None:
        tasks.drain()
        theirs = case_at(MUNICIPALITY).pk

        assert names(officer, theirs) == [coordinator.name]
        say(coordinator, theirs)
        read(coordinator, theirs)
        with pytest.raises(access.NotVisible):
            read(officer, theirs)

    def test_no_case_is_visible_to_nobody(self, case_id: UUID, officer: Actor) -> None:
        """A unit without a coordinator: who acknowledges its messages may know."""
        tasks.drain()

        assert names(officer, case_at(MUNICIPALITY).pk) == [officer.name]

    def test_whoever_is_named_and_leaves_is_followed_by_those_who_share_out(
        self, case_id: UUID, coordinator: Actor, officer: Actor
    ) -> None:
        tasks.drain()
        theirs = case_at(MUNICIPALITY).pk
        add(coordinator, theirs, officer)
        remove(coordinator, theirs, coordinator)
        assert names(officer, theirs) == [officer.name]

        with acting_as(MUNICIPALITY):
            Assignment.objects.filter(staff=officer.staff_id).update(revoked_at=AT)

        assert names(coordinator, theirs) == [coordinator.name]

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_kind_is_kept_from_the_others(
        self, nurse: Actor, colleague: Actor, kind: str
    ) -> None:
        case_id = admit(by=nurse, person=replace(PROTECTED, protection=kind))

        with pytest.raises(access.NotVisible):
            read(colleague, case_id)

    def test_of_anybody_else_the_whole_unit_knows(self, nurse: Actor, colleague: Actor) -> None:
        read(colleague, admit(by=nurse))


class TestTheList:
    def test_whoever_is_put_on_it_reads_and_it_is_in_the_history(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        add(nurse, case_id, colleague)
        add(nurse, case_id, colleague)

        assert names(nurse, case_id) == [nurse.name, colleague.name]
        say(colleague, case_id)
        read(colleague, case_id)
        with acting_as(REGION):
            event = Event.objects.get(act="add_reader")
        assert (event.actor_name, event.body["name"]) == (nurse.name, colleague.name)

    def test_whoever_is_taken_off_it_knows_nothing_from_then_on(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        add(nurse, case_id, colleague)
        say(colleague, case_id)
        remove(nurse, case_id, colleague)

        with pytest.raises(access.NotVisible):
            read(colleague, case_id)
        with acting_as(REGION):
            assert Event.objects.filter(act="remove_reader").count() == 1

    def test_somebody_stays(self, case_id: UUID, nurse: Actor) -> None:
        with pytest.raises(readers.LastReader):
            remove(nurse, case_id, nurse)

    def test_twelve_are_the_most(self, case_id: UUID, nurse: Actor) -> None:
        more = [person(f"Kollega {it}", 20 + it, Role.WARD_NURSE, WARD) for it in range(12)]
        for it in more[:11]:
            add(nurse, case_id, it)

        with pytest.raises(readers.ListIsFull):
            add(nurse, case_id, more[11])

    def test_only_colleagues_at_the_unit_come_on_it(
        self, case_id: UUID, nurse: Actor, coordinator: Actor
    ) -> None:
        with pytest.raises(readers.NoSuchReader):
            add(nurse, case_id, coordinator)
        with pytest.raises(readers.NoSuchReader):
            remove(nurse, case_id, coordinator)

    def test_only_a_role_with_the_right_changes_it(self, case_id: UUID, nurse: Actor) -> None:
        physician = person("Jonas Ek", 9, Role.TREATING_PHYSICIAN, WARD)
        add(nurse, case_id, physician)

        with pytest.raises(access.NotAllowed):
            remove(physician, case_id, nurse)

    def test_a_case_of_anybody_else_has_none(self, nurse: Actor, colleague: Actor) -> None:
        with pytest.raises(readers.NotProtected):
            add(nurse, admit(by=nurse), colleague)


class TestTheReason:
    def test_nothing_is_read_before_it_is_said(self, case_id: UUID, nurse: Actor) -> None:
        with pytest.raises(access.ReasonNeeded):
            read(nurse, case_id)

    def test_it_is_kept_with_each_read_that_follows(self, case_id: UUID, nurse: Actor) -> None:
        say(nurse, case_id, "Jag ersätter en kollega")
        read(nurse, case_id)

        with acting_as(REGION):
            entry = AccessLog.objects.order_by("id").last()
        assert entry is not None
        assert (entry.activity, entry.reason_text) == ("read", "Jag ersätter en kollega")

    def test_it_is_asked_again_after_half_an_hour(self, case_id: UUID, nurse: Actor) -> None:
        say(nurse, case_id)

        with acting_as(REGION), pytest.raises(access.ReasonNeeded):
            access.case_for_reading(actor=nurse, case_id=case_id, at=LATER + protected.OPENED_FOR)

    def test_it_does_not_tell_who_the_person_is(self, case_id: UUID, nurse: Actor) -> None:
        for text in ("Ringt av Berit", "åkerlund ringde", "Gäller 400405-7032"):
            with pytest.raises(readers.NamesThePerson):
                say(nurse, case_id, text)


class TestLists:
    def test_a_row_has_no_name_and_only_those_on_the_list_have_it(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        with acting_as(REGION):
            mine = inbox.worklist(actor=nurse, view=inbox.View.ALL, at=LATER)
            others = inbox.worklist(actor=colleague, view=inbox.View.ALL, at=LATER)

        assert [(it.is_protected, it.name, it.number, it.age) for it in mine.entries] == [
            (True, "", "", None)
        ]
        assert (others.entries, set(others.counts.values())) == ((), {0})

    def test_the_live_list_of_others_tells_of_no_change(
        self, nurse: Actor, colleague: Actor
    ) -> None:
        with acting_as(REGION):
            before = inbox.change_tag(actor=colleague, at=LATER)
        admit(by=nurse, person=PROTECTED)
        with acting_as(REGION):
            assert inbox.change_tag(actor=colleague, at=LATER) == before

    def test_no_search_finds_her(self, case_id: UUID, nurse: Actor) -> None:
        with acting_as(REGION):
            for text in ("Åkerlund", PROTECTED.number):
                assert inbox.search(actor=nurse, text=text, at=AT + DAY) == ()


class TestWhereSheIs:
    def test_a_second_case_is_not_refused_for_one_that_may_not_be_known(
        self, case_id: UUID, nurse: Actor, colleague: Actor
    ) -> None:
        """A refusal would tell that she is in hospital."""
        with pytest.raises(IndividualHasOpenCase):
            admit(by=nurse, person=PROTECTED)

        assert admit(by=colleague, person=replace(PROTECTED, protection="")) != case_id
        with pytest.raises(access.NotVisible):
            read(colleague, case_id)

    def test_an_address_is_neither_kept_nor_sent_nor_opened_in_an_emergency(
        self, nurse: Actor, coordinator: Actor
    ) -> None:
        agree()
        told = replace(PROTECTED, registered_address="Ekgatan 5")
        at_region = admit(by=nurse, person=told, to=[CASE_OFFICERS, MUNICIPAL_NURSES])
        tasks.drain()
        theirs = case_at(MUNICIPALITY).pk
        municipal = person("Per Ek", 5, Role.MUNICIPAL_NURSE, MUNICIPAL_NURSES)
        with acting_as(MUNICIPALITY):
            discharge.submit_planning_basis(
                actor=municipal, case_id=theirs, info_class="health_care", text="Sår", at=LATER
            )
        with acting_as(REGION):
            emergency_id = emergencies.open_emergency_access(
                actor=nurse, case_id=at_region, ground="danger_to_life",
                reason="Medvetslös på golvet, blodtryckskris.", is_stated=True, at=clock.moment(),
            )  # fmt: skip
        tasks.drain()
        with acting_as(REGION):
            emergencies.read_in_emergency(
                actor=nurse, case_id=at_region, emergency_id=emergency_id,
                owners=[MUNICIPALITY], at=clock.moment(),
            )  # fmt: skip
        tasks.drain()

        for tenant, actor, case_id in (
            (REGION, nurse, at_region), (MUNICIPALITY, coordinator, theirs),
        ):  # fmt: skip
            now = clock.moment()
            with acting_as(tenant):
                readers.state_reason(actor=actor, case_id=case_id, text="Nödläge", at=now)
                page = queries.case_page(actor=actor, case_id=case_id, at=now)
                kept = [str(it) for it in Individual.objects.values_list("registered_address")]
                letters = [str(it) for it in Outbox.objects.values_list("body")]
            assert "Ekgatan" not in f"{page} {kept} {letters}"
            if tenant == REGION:  # the emergency has opened what it may
                assert [it.text for it in page.contributions] == ["Sår"]
