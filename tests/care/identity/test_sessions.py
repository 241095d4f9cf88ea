"""Sessions and the choice of an assignment, by the operations and queries."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hired import Hired, hire
from people import CASE_OFFICERS, DAY, DUTY, HOUR, WARD

from care.identity import operations, queries, sessions
from care.identity.actors import Actor
from care.identity.models import Assignment, DirectoryEvent, SessionEvent, StaffSession
from care.identity.operations import NoSuchStaff, NotACandidate, SignedOut
from care.identity.permissions import Role
from care.identity.queries import NoAssignment
from care.identity.sessions import NoSuchSession
from tenants.context import acting_as
from tenants.models import Unit


def candidates(hired: Hired) -> list[object]:
    with acting_as(hired.tenant):
        held = queries.candidates(staff_id=hired.staff_id, at=AT)
    return [it.assignment_id for it in held]


def change(hired: Hired, **values: object) -> None:
    with acting_as(hired.tenant):
        Assignment.objects.filter(pk=hired.assignments[0]).update(**values)


def actor_of(hired: Hired, token: str, at: datetime = AT) -> Actor | NoAssignment | None:
    with acting_as(hired.tenant):
        return queries.actor_of(token=token, at=at)


class TestCandidates:
    """R1: the person's assignments, in validity, unit not archived, purpose fits."""

    def test_every_assignment_that_holds_is_a_candidate(self, coordinator: Hired) -> None:
        assert set(candidates(coordinator)) == set(coordinator.assignments)

    @pytest.mark.parametrize(
        "values",
        [
            {"valid_from": AT + HOUR},
            {"valid_until": AT},
            {"revoked_at": AT - HOUR},
            {"purpose": "administration"},
            {"unit_id": "SE2999999119-NONE"},
        ],
        ids=["not yet", "no longer", "revoked", "purpose of another role", "no such unit"],
    )
    def test_one_that_does_not_hold_is_none(self, nurse: Hired, values: dict[str, object]) -> None:
        change(nurse, **values)

        assert candidates(nurse) == []

    def test_it_holds_until_its_very_end(self, nurse: Hired) -> None:
        change(nurse, valid_until=AT + timedelta(seconds=1))

        assert candidates(nurse) == list(nurse.assignments)

    def test_one_at_an_archived_unit_is_none_from_its_last_day(self, nurse: Hired) -> None:
        with acting_as(REGION):
            Unit.objects.filter(pk=WARD).update(archived_on=AT.date())

        assert candidates(nurse) == []

    def test_a_unit_that_is_archived_tomorrow_still_counts(self, nurse: Hired) -> None:
        with acting_as(REGION):
            Unit.objects.filter(pk=WARD).update(archived_on=(AT + DAY).date())

        assert candidates(nurse) == list(nurse.assignments)

    def test_the_last_used_stands_first(self, coordinator: Hired) -> None:
        with acting_as(MUNICIPALITY):
            Assignment.objects.filter(unit=DUTY).update(last_used_at=AT - HOUR)
        assert candidates(coordinator) == [coordinator.assignments[1], coordinator.assignments[0]]

    def test_nobody_finds_the_assignments_of_another_huvudman(self, nurse: Hired) -> None:
        with acting_as(STRANGER):
            assert queries.candidates(staff_id=nurse.staff_id, at=AT) == ()


class TestSignIn:
    """R2: one candidate is chosen silently; of several the person chooses; of none, nothing."""

    def test_the_only_candidate_is_chosen_silently(self, nurse: Hired) -> None:
        actor = actor_of(nurse, nurse.sign_in())

        assert isinstance(actor, Actor)
        assert actor.assignment_id == nurse.assignments[0]
        assert (actor.tenant, actor.unit_id, actor.role) == (REGION, WARD, Role.WARD_NURSE)

    def test_of_several_none_is_chosen(self, coordinator: Hired) -> None:
        nobody = actor_of(coordinator, coordinator.sign_in())

        assert nobody == NoAssignment(coordinator.staff_id, "Karin Nyström", None)

    def test_without_any_the_person_is_signed_in_and_acts_in_nothing(self, units: None) -> None:
        lonely = hire(REGION, "Nils Ny", "SE2999999119-P077")

        assert actor_of(lonely, lonely.sign_in()) == NoAssignment(lonely.staff_id, "Nils Ny", None)

    def test_a_stranger_to_the_huvudman_gets_no_session(self, nurse: Hired) -> None:
        with acting_as(MUNICIPALITY), pytest.raises(NoSuchStaff):
            operations.open_session(staff_id=nurse.staff_id, at=AT)


class TestWhereItIsKept:
    """R3: the active assignment is kept in the session's row only."""

    def test_the_token_itself_is_not_kept(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        with acting_as(REGION):
            kept = StaffSession.objects.get()
        assert token not in str(kept.__dict__)
        assert kept.token_hash == sessions.token_hash(token)

    def test_two_sign_ins_have_two_tokens(self, nurse: Hired) -> None:
        assert nurse.sign_in() != nurse.sign_in()

    def test_a_token_opens_nothing_at_another_huvudman(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        with acting_as(MUNICIPALITY):
            assert queries.actor_of(token=token, at=AT) is None

    def test_a_session_ends_after_ten_hours_by_the_real_clock(self, nurse: Hired) -> None:
        token = nurse.sign_in()
        assert isinstance(actor_of(nurse, token, at=AT + 30 * DAY), Actor)

        with acting_as(REGION):
            kept = StaffSession.objects.get()
            StaffSession.objects.update(expires_at=kept.expires_at - timedelta(hours=10))
        assert actor_of(nurse, token) is None

    def test_signing_out_ends_it_and_is_logged_once(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        with acting_as(REGION):
            sessions.close(token=token, at=AT)
            sessions.close(token=token, at=AT)
            assert SessionEvent.objects.filter(what="sign_out").count() == 1
        assert actor_of(nurse, token) is None


class TestEnding:
    """V7.4.5, V7.5.2: by the person from another session, or all of them by an administrator."""

    def test_the_open_ones_are_listed_the_newest_first(self, coordinator: Hired) -> None:
        first = coordinator.sign_in()
        with acting_as(MUNICIPALITY):
            second = operations.open_session(staff_id=coordinator.staff_id, at=AT + HOUR)
            chosen = coordinator.assignments[1]
            operations.choose_assignment(token=second, assignment_id=chosen, at=AT + HOUR)
            newer, older = queries.sign_ins(
                staff_id=coordinator.staff_id, token=first, at=AT + 2 * HOUR
            )

        assert (newer.opened_at, newer.is_this, newer.is_locked) == (AT + HOUR, False, False)
        assert (newer.role, newer.unit_name) == (Role.INBOX_COORDINATOR, "Socialjouren")
        assert (older.opened_at, older.is_this) == (AT, True)
        assert (older.role, older.unit_name) == (None, "")

    @pytest.mark.parametrize(
        ("idle", "is_locked", "unused"), [(10, False, 10), (29, False, 29), (45, True, 15)]
    )
    def test_it_tells_when_it_was_used_and_of_a_locked_one_since_when(
        self, nurse: Hired, idle: int, is_locked: bool, unused: int
    ) -> None:
        nurse.sign_in()
        past = timedelta(minutes=idle)
        with acting_as(REGION):
            kept = StaffSession.objects.get()
            StaffSession.objects.update(idle_expires_at=kept.idle_expires_at - past)
            (shown,) = queries.sign_ins(staff_id=nurse.staff_id, at=AT)

        assert shown.is_locked is is_locked
        assert abs(AT - shown.used_at - timedelta(minutes=unused)) < timedelta(seconds=30)

    def test_the_one_that_is_named_ends_and_keeps_no_token_of_the_provider(
        self, nurse: Hired
    ) -> None:
        mine, named, third = nurse.sign_in(), nurse.sign_in(), nurse.sign_in()
        name = sessions.name_of(sessions.token_hash(named))

        with acting_as(REGION):
            StaffSession.objects.update(id_token="raw")
            sessions.end_own(staff_id=nurse.staff_id, token=mine, name=name, at=AT)
            ended = StaffSession.objects.exclude(ended_at=None).get()
            assert SessionEvent.objects.filter(what="end_own").count() == 1
        assert (ended.token_hash, ended.id_token) == (sessions.token_hash(named), "")
        assert actor_of(nurse, named) is None
        assert isinstance(actor_of(nurse, mine), Actor)
        assert isinstance(actor_of(nurse, third), Actor)

    def test_one_that_is_not_there_ends_nothing(self, nurse: Hired) -> None:
        mine = nurse.sign_in()
        own = sessions.name_of(sessions.token_hash(mine))

        for name in (own, sessions.token_hash(mine), mine, ""):
            with acting_as(REGION), pytest.raises(NoSuchSession):
                sessions.end_own(staff_id=nurse.staff_id, token=mine, name=name, at=AT)
        assert isinstance(actor_of(nurse, mine), Actor)

    def test_all_others_end_once(self, nurse: Hired) -> None:
        mine, _, _ = nurse.sign_in(), nurse.sign_in(), nurse.sign_in()

        with acting_as(REGION):
            assert sessions.end_others(staff_id=nurse.staff_id, token=mine, at=AT) == 2
            assert sessions.end_others(staff_id=nurse.staff_id, token=mine, at=AT) == 0
            assert SessionEvent.objects.filter(what="end_own").count() == 2
        assert isinstance(actor_of(nurse, mine), Actor)

    def test_an_administrator_ends_those_of_one_person(
        self, administrator: Actor, coordinator: Hired
    ) -> None:
        tokens = [coordinator.sign_in(), coordinator.sign_in()]
        colleague = hire(
            MUNICIPALITY, "Per Ek", "SE2999999127-P002", (CASE_OFFICERS, Role.CASE_OFFICER)
        )
        theirs = colleague.sign_in()

        with acting_as(MUNICIPALITY):
            for ended in (2, 0):
                staff_id = coordinator.staff_id
                assert ended == operations.end_sessions(
                    actor=administrator, staff_id=staff_id, at=AT
                )
            assert SessionEvent.objects.filter(what="end_by_administrator").count() == 2
            event = DirectoryEvent.objects.get()  # an end of nothing is no event
        assert (event.what, event.subject, event.after) == (
            "end_sessions", coordinator.hsa_id, {"sessions": 2},
        )  # fmt: skip
        assert event.staff_id == administrator.staff_id
        assert [actor_of(coordinator, it) for it in tokens] == [None, None]
        assert isinstance(actor_of(colleague, theirs), Actor)


class TestReadAnew:
    """R4: every request reads the assignment again, in one indexed query."""

    def test_it_takes_one_query(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        with acting_as(REGION), CaptureQueriesContext(connection) as asked:
            queries.actor_of(token=token, at=AT)
        assert len([it for it in asked if it["sql"].startswith("SELECT")]) == 1

    def test_a_revoked_assignment_is_no_longer_acted_in(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        change(nurse, revoked_at=AT)
        nobody = actor_of(nurse, token)
        assert nobody == NoAssignment(nurse.staff_id, "Sara Lindmark", nurse.assignments[0])

    def test_nor_is_one_at_a_unit_that_was_archived(self, nurse: Hired) -> None:
        token = nurse.sign_in()

        with acting_as(REGION):
            Unit.objects.filter(pk=WARD).update(archived_on=AT.date())
        assert isinstance(actor_of(nurse, token), NoAssignment)


class TestSwitch:
    """R5: to a candidate only, logged from and to."""

    def test_the_chosen_one_is_acted_in(self, coordinator: Hired) -> None:
        token = coordinator.sign_in()

        with acting_as(MUNICIPALITY):
            operations.choose_assignment(
                token=token, assignment_id=coordinator.assignments[1], at=AT
            )
        actor = actor_of(coordinator, token)
        assert isinstance(actor, Actor)
        assert actor.unit_id == DUTY

    def test_it_is_logged_from_and_to(self, coordinator: Hired) -> None:
        first, second = coordinator.assignments
        token = coordinator.sign_in()

        with acting_as(MUNICIPALITY):
            operations.choose_assignment(token=token, assignment_id=first, at=AT)
            operations.choose_assignment(token=token, assignment_id=second, at=AT + HOUR)
            rows = SessionEvent.objects.order_by("id").values_list("what", "before", "after")
            assert list(rows) == [
                ("sign_in", None, None),
                ("choose_assignment", None, first),
                ("choose_assignment", first, second),
            ]

    def test_nobody_switches_to_what_is_not_held(self, coordinator: Hired) -> None:
        colleague = hire(
            MUNICIPALITY, "Per Ek", "SE2999999127-P002", (CASE_OFFICERS, Role.CASE_OFFICER)
        )
        token = coordinator.sign_in()

        for not_held in (colleague.assignments[0], uuid4()):
            with acting_as(MUNICIPALITY), pytest.raises(NotACandidate):
                operations.choose_assignment(token=token, assignment_id=not_held, at=AT)
        assert isinstance(actor_of(coordinator, token), NoAssignment)
        with acting_as(MUNICIPALITY):
            assert SessionEvent.objects.filter(what="refused").count() == 2

    def test_nobody_switches_to_one_that_has_ended(self, coordinator: Hired) -> None:
        token = coordinator.sign_in()
        change(coordinator, revoked_at=AT)

        with acting_as(MUNICIPALITY), pytest.raises(NotACandidate):
            operations.choose_assignment(
                token=token, assignment_id=coordinator.assignments[0], at=AT
            )

    def test_nobody_switches_after_signing_out(self, coordinator: Hired) -> None:
        token = coordinator.sign_in()

        with acting_as(MUNICIPALITY):
            sessions.close(token=token, at=AT)
            with pytest.raises(SignedOut):
                operations.choose_assignment(
                    token=token, assignment_id=coordinator.assignments[0], at=AT
                )


class TestProfession:
    """R6: role and title come with the assignment."""

    def test_the_actor_carries_what_the_assignment_says(self, nurse: Hired) -> None:
        change(nurse, role=Role.MEDICAL_SECRETARY, title="Sekreterare")

        actor = actor_of(nurse, nurse.sign_in())
        assert isinstance(actor, Actor)
        assert (actor.role, actor.title) == (Role.MEDICAL_SECRETARY, "Sekreterare")


def test_the_staff_of_a_huvudman_is_listed_in_swedish_order(coordinator: Hired) -> None:
    for number, name in enumerate(("Örjan Ek", "Åke Ek", "Anna Ek"), 3):
        hire(MUNICIPALITY, name, f"SE2999999127-P00{number}")

    with acting_as(MUNICIPALITY):
        people = queries.staff_list(at=AT)
    assert [it.name for it in people] == ["Anna Ek", "Karin Nyström", "Åke Ek", "Örjan Ek"]
    assert [it.unit_id for it in people[1].assignments] == [CASE_OFFICERS, DUTY]


def test_a_unit_knows_who_holds_an_assignment_there(coordinator: Hired) -> None:
    with acting_as(MUNICIPALITY):
        held = queries.assignments_of_unit(unit_id=DUTY, at=AT)
    assert [(it.name, it.assignment_id) for it in held] == [
        ("Karin Nyström", coordinator.assignments[1])
    ]


def test_a_person_without_assignment_is_told_who_administers(administrator: Actor) -> None:
    with acting_as(MUNICIPALITY):
        assert [it.name for it in queries.administrators(at=AT)] == ["Anna Berg"]
