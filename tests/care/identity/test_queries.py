"""What is read of assignments, people and sessions: whole, in order, and only what holds."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION
from hired import Hired, hire
from people import CASE_OFFICERS, DAY, DUTY, HOUR, WARD

from care.identity import operations, queries, sessions
from care.identity.actors import Actor
from care.identity.models import Assignment, Staff, StaffSession
from care.identity.permissions import ROLES, Permission, Role
from care.identity.queries import Closed, Held, Member, NoAssignment
from tenants.context import acting_as
from tenants.models import Unit

HSA = {"kind": "hsa_commission", "confirmed_at": AT}
ANNA, BO = "SE2999999127-P011", "SE2999999127-P012"


def change(hired: Hired, number: int = 0, **values: object) -> None:
    with acting_as(hired.tenant):
        Assignment.objects.filter(pk=hired.assignments[number]).update(**values)


def candidates(hired: Hired) -> list[UUID]:
    with acting_as(hired.tenant):
        return [it.assignment_id for it in queries.candidates(staff_id=hired.staff_id, at=AT)]


def feign(unit: str = WARD) -> None:
    with acting_as(REGION):
        Unit.objects.filter(pk=unit).update(is_feigned=True)


def session_of(hired: Hired, token: str) -> queries.Session | None:
    with acting_as(hired.tenant):
        return queries.session_of(token=token, at=AT)


class TestWhatHolds:
    """R1, at its edges."""

    def test_from_its_very_first_moment(self, nurse: Hired) -> None:
        change(nurse, valid_from=AT)

        assert candidates(nurse) == [*nurse.assignments]

    @pytest.mark.parametrize("kind", ["hsa_commission", "hsa_system_role"])
    @pytest.mark.parametrize(
        ("said", "holds"),
        [
            (AT, True),
            (AT - 7 * DAY + timedelta(microseconds=1), True),
            (AT - 7 * DAY, False),
            (AT - 30 * DAY, False),
            (None, False),
        ],
        ids=str,
    )
    def test_what_hsa_has_said_for_seven_days(
        self, nurse: Hired, kind: str, said: object, holds: bool
    ) -> None:
        change(nurse, kind=kind, confirmed_at=said)

        assert candidates(nurse) == ([*nurse.assignments] if holds else [])

    def test_a_local_one_without_being_said(self, nurse: Hired) -> None:
        change(nurse, kind="local", confirmed_at=AT - 30 * DAY)

        assert candidates(nurse) == [*nurse.assignments]

    def test_none_at_a_unit_that_hsa_has_feigned(self, nurse: Hired) -> None:
        feign()

        assert candidates(nurse) == []

    def test_one_at_a_feigned_unit_where_everything_is_training(
        self, nurse: Hired, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feign()
        monkeypatch.setattr("care.identity.queries.is_training", lambda tenant: tenant == REGION)

        assert candidates(nurse) == [*nurse.assignments]

    def test_of_the_used_the_last_and_then_the_never_used(self, units: None) -> None:
        places = [(CASE_OFFICERS, Role.CASE_OFFICER), (DUTY, Role.CASE_OFFICER),
                  (CASE_OFFICERS, Role.INBOX_COORDINATOR)]  # fmt: skip
        karin = hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", *places)
        never, lately, long_ago = karin.assignments
        change(karin, 1, last_used_at=AT - HOUR)
        change(karin, 2, last_used_at=AT - DAY)

        assert candidates(karin) == [lately, long_ago, never]


class TestHeld:
    """An assignment as it is listed."""

    def test_it_tells_everything_of_person_and_unit(self, nurse: Hired) -> None:
        change(nurse, valid_until=AT + DAY, last_used_at=AT - HOUR, title="Sjuksköterska", **HSA)
        expected = Held(
            assignment_id=nurse.assignments[0],
            staff_id=nurse.staff_id,
            hsa_id=nurse.hsa_id,
            name="Sara Lindmark",
            role=Role.WARD_NURSE,
            title="Sjuksköterska",
            unit_id=WARD,
            unit_name="Avdelning 1",
            valid_from=AT - DAY,
            valid_until=AT + DAY,
            last_used_at=AT - HOUR,
            kind="hsa_commission",
            confirmed_at=AT,
            is_protected=False,
        )

        with acting_as(REGION):
            (held,) = queries.assignments_of_unit(unit_id=WARD, at=AT)
        assert held == expected
        assert isinstance(held.role, Role)
        assert held.shown_as == "Sara Lindmark"
        assert replace(held, is_protected=True).shown_as == "Sjuksköterska"

    @pytest.mark.parametrize("by", ["is_protected", "is_protected_here"])
    def test_a_person_is_protected_by_either(self, nurse: Hired, by: str) -> None:
        with acting_as(REGION):
            Staff.objects.update(**{by: True})
            (held,) = queries.assignments_of_unit(unit_id=WARD, at=AT)
            actor = queries.actor_of(token=nurse.sign_in(), at=AT)

        assert held.is_protected is True
        assert isinstance(actor, Actor)
        assert actor.is_protected is True

    def test_people_stand_in_order_and_so_do_their_units_and_roles(self, units: None) -> None:
        places = ((DUTY, Role.CASE_OFFICER), (CASE_OFFICERS, Role.INBOX_COORDINATOR),
                  (CASE_OFFICERS, Role.CASE_OFFICER))  # fmt: skip
        hire(MUNICIPALITY, "Bo Ek", ANNA, *places)  # a name is before a number
        hire(MUNICIPALITY, "Anna Ek", BO, *places[:1])
        hire(MUNICIPALITY, "Anna Ek", "SE2999999127-P010", *places)

        with acting_as(MUNICIPALITY):
            held = queries.held_locally(at=AT)
        in_order = [
            (CASE_OFFICERS, Role.CASE_OFFICER), (CASE_OFFICERS, Role.INBOX_COORDINATOR),
            (DUTY, Role.CASE_OFFICER),
        ]  # fmt: skip
        assert [(it.hsa_id, it.unit_id, it.role) for it in held] == [
            *(("SE2999999127-P010", *it) for it in in_order),
            (BO, DUTY, Role.CASE_OFFICER),
            *((ANNA, *it) for it in in_order),
        ]

    def test_those_at_two_units_of_one_name_stand_in_a_fixed_order(self, units: None) -> None:
        karin = hire(MUNICIPALITY, "Karin Nyström", ANNA)
        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=DUTY).update(
                name_sort=Unit.objects.get(pk=CASE_OFFICERS).name_sort
            )
            for number, unit in ((2, CASE_OFFICERS), (1, DUTY)):
                Assignment.objects.create(
                    id=UUID(int=number), staff_id=karin.staff_id, unit_id=unit,
                    role=Role.CASE_OFFICER, title="Handläggare", valid_from=AT,
                )  # fmt: skip
            held = queries.held_locally(at=AT)

        assert [it.assignment_id.int for it in held] == [1, 2]

    def test_those_that_the_huvudman_has_given_itself(self, coordinator: Hired) -> None:
        change(coordinator, 0, **HSA)

        with acting_as(MUNICIPALITY):
            (local,) = queries.held_locally(at=AT)
        assert local.assignment_id == coordinator.assignments[1]


class TestPeople:
    def test_a_member_is_told_with_what_holds_now(self, coordinator: Hired) -> None:
        change(coordinator, 0, revoked_at=AT)
        with acting_as(MUNICIPALITY):
            Staff.objects.update(is_protected=True)
            held = queries.candidates(staff_id=coordinator.staff_id, at=AT)
            member = queries.member(staff_id=coordinator.staff_id, at=AT)
            hire(MUNICIPALITY, "Bo Ek", BO, (DUTY, Role.CASE_OFFICER))
            others = queries.staff_list(at=AT)
            stranger = queries.member(staff_id=uuid4(), at=AT)

        assert len(held) == 1
        assert member == Member(
            coordinator.staff_id, coordinator.hsa_id, "Karin Nyström", True, False, held
        )
        assert [it.is_protected for it in others] == [False, True]
        assert others[1] == member
        assert stranger is None

    def test_one_protected_here_alone_is_told_so(self, coordinator: Hired) -> None:
        with acting_as(MUNICIPALITY):
            Staff.objects.update(is_protected_here=True)
            member = queries.member(staff_id=coordinator.staff_id, at=AT)

        assert member is not None
        assert (member.is_protected, member.is_protected_here) == (False, True)

    def test_two_of_one_name_stand_by_number(self, units: None) -> None:
        for number in (BO, ANNA):
            hire(MUNICIPALITY, "Anna Ek", number)

        with acting_as(MUNICIPALITY):
            assert [it.hsa_id for it in queries.staff_list(at=AT)] == [ANNA, BO]

    def test_of_several_numbers_the_first_that_is_known_counts(self, nurse: Hired) -> None:
        other = hire(REGION, "Sara Lindmark", "SE2999999119-P002")
        unknown = "SE2999999119-P999"

        with acting_as(REGION):
            known = queries.member_known_as
            assert known([unknown, nurse.hsa_id, other.hsa_id]) == nurse.staff_id
            assert known([other.hsa_id, nurse.hsa_id]) == other.staff_id
            assert known([unknown]) is None
            assert known([]) is None

    def test_who_approves_is_whoever_has_the_right(self, administrator: Actor) -> None:
        may = [it for it, rights in ROLES.items() if Permission.APPROVE_ASSIGNMENT in rights]
        may_not = [it for it in Role if it not in may]
        hire(MUNICIPALITY, "Bo Ek", BO, (DUTY, may_not[0]))

        with acting_as(MUNICIPALITY):
            roles = {it.role for it in queries.approvers(at=AT)}
        assert roles == {Role.LOCAL_ADMINISTRATOR}
        assert roles <= {*may}

    def test_the_roles_of_all_assignments_also_of_those_that_ended(
        self, coordinator: Hired
    ) -> None:
        change(coordinator, 0, revoked_at=AT, role=Role.CASE_OFFICER)

        with acting_as(MUNICIPALITY):
            roles = queries.roles_of_assignments()
        assert roles == dict(
            zip(coordinator.assignments, (Role.CASE_OFFICER, Role.INBOX_COORDINATOR), strict=True)
        )


def test_what_is_closed_here_though_hsa_has_it_is_told_the_last_first(units: None) -> None:
    closed = {"revoked_at": AT, **HSA}
    people = [
        hire(MUNICIPALITY, name, f"SE2999999127-P01{number}", (DUTY, Role.CASE_OFFICER))
        for number, name in enumerate(("Anna Ek", "Bo Ek", "Cia Ek", "Dan Ek", "Eva Ek"))
    ]
    anna, bo, cia, dan, _ = people
    change(anna, **closed, closed_here_at=AT - DAY)
    change(bo, **closed, closed_here_at=AT - HOUR)
    change(cia, closed_here_at=AT)  # its own: nothing that HSA would give back
    change(dan, **closed)
    elsewhere = hire(
        MUNICIPALITY, "Fia Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.CASE_OFFICER)
    )
    change(elsewhere, **closed, closed_here_at=AT)

    with acting_as(MUNICIPALITY):
        assert queries.closed_here(unit_id=DUTY) == (
            Closed(bo.assignments[0], "Bo Ek", Role.CASE_OFFICER, AT - HOUR),
            Closed(anna.assignments[0], "Anna Ek", Role.CASE_OFFICER, AT - DAY),
        )


def test_those_closed_stand_by_moment_and_of_one_moment_in_a_fixed_order(units: None) -> None:
    karin = hire(MUNICIPALITY, "Karin Nyström", ANNA)
    moments = [AT - HOUR, AT - HOUR, AT, AT - DAY]
    with acting_as(MUNICIPALITY):
        for number, moment in zip((3, 2, 4, 1), moments, strict=True):
            Assignment.objects.create(
                id=UUID(int=number), staff_id=karin.staff_id, unit_id=DUTY, role=Role.CASE_OFFICER,
                title="Handläggare", valid_from=AT, revoked_at=AT, closed_here_at=moment, **HSA,
            )  # fmt: skip
        told = [it.assignment_id.int for it in queries.closed_here(unit_id=DUTY)]

    assert told == [4, 2, 3, 1]


class TestSession:
    def test_the_actor_is_everything_that_person_and_assignment_say(self, nurse: Hired) -> None:
        change(nurse, title="Sjuksköterska", **HSA)

        session = session_of(nurse, nurse.sign_in())

        assert session is not None
        assert session.who == Actor(
            tenant=REGION,
            staff_id=nurse.staff_id,
            name="Sara Lindmark",
            assignment_id=nurse.assignments[0],
            role=Role.WARD_NURSE,
            title="Sjuksköterska",
            purpose="care",
            unit_id=WARD,
            unit_name="Avdelning 1",
            unit_kind="ward",
            branch="health_care",
            hsa_id=nurse.hsa_id,
            is_protected=False,
            confirmed_at=AT,
        )

    def test_a_local_assignment_is_confirmed_by_nobody(self, nurse: Hired) -> None:
        change(nurse, confirmed_at=AT)

        session = session_of(nurse, nurse.sign_in())

        assert session is not None
        assert isinstance(session.who, Actor)
        assert session.who.confirmed_at is None

    def test_one_that_does_not_hold_is_nobodys(self, nurse: Hired) -> None:
        token = nurse.sign_in()
        change(nurse, kind="hsa_commission", confirmed_at=None)

        session = session_of(nurse, token)

        assert session is not None
        assert session.who == NoAssignment(nurse.staff_id, "Sara Lindmark", nurse.assignments[0])

    def test_nor_is_one_at_a_unit_that_is_not_there(self, nurse: Hired) -> None:
        token = nurse.sign_in()
        change(nurse, unit_id="SE2999999119-NONE")

        session = session_of(nurse, token)

        assert session is not None
        assert isinstance(session.who, NoAssignment)

    @pytest.mark.parametrize(
        ("left", "locked", "drowsy"),
        [
            (timedelta(minutes=30), False, False),
            (timedelta(minutes=29, seconds=30), False, False),
            (timedelta(minutes=28, seconds=30), False, True),
            (timedelta(minutes=1), False, True),
            (-timedelta(minutes=1), True, False),
        ],
        ids=str,
    )
    def test_it_is_noted_once_a_minute_and_locked_after_thirty(
        self, nurse: Hired, left: timedelta, locked: bool, drowsy: bool
    ) -> None:
        token = nurse.sign_in()
        with acting_as(REGION):
            begun = StaffSession.objects.get()
            StaffSession.objects.update(
                idle_expires_at=begun.idle_expires_at - timedelta(minutes=30) + left
            )

        session = session_of(nurse, token)

        assert session is not None
        assert (session.is_locked, session.is_drowsy) == (locked, drowsy)
        with acting_as(REGION):
            assert (queries.actor_of(token=token, at=AT) is None) is locked

    @pytest.mark.parametrize("fresh", [True, False])
    def test_a_proof_is_fresh_until_it_is_told_not_to_be(self, nurse: Hired, fresh: bool) -> None:
        token = nurse.sign_in()
        if not fresh:
            with acting_as(REGION):
                begun = StaffSession.objects.get()
                StaffSession.objects.update(fresh_until=begun.fresh_until - sessions.LONGEST)

        session = session_of(nurse, token)

        assert session is not None
        assert session.is_fresh is fresh


class TestSignIns:
    def test_only_the_persons_own_that_still_run_are_told(self, nurse: Hired) -> None:
        other = hire(REGION, "Nils Ny", "SE2999999119-P077")
        other.sign_in()
        mine, ended, over = nurse.sign_in(), nurse.sign_in(), nurse.sign_in()
        with acting_as(REGION):
            sessions.close(token=ended, at=AT)
            gone = StaffSession.objects.filter(token_hash=sessions.token_hash(over))
            gone.update(expires_at=gone.get().expires_at - sessions.LONGEST)
            shown = queries.sign_ins(staff_id=nurse.staff_id, token=mine, at=AT)

        assert [it.name for it in shown] == [sessions.name_of(sessions.token_hash(mine))]
        assert shown[0].is_this is True

    def test_those_of_one_moment_stand_in_a_fixed_order(self, nurse: Hired) -> None:
        hashes = [sessions.token_hash(nurse.sign_in()) for _ in range(6)]

        with acting_as(REGION):
            shown = queries.sign_ins(staff_id=nurse.staff_id, at=AT)
        assert [it.name for it in shown] == [sessions.name_of(it) for it in sorted(hashes)]

    def test_asked_without_a_session_none_is_this_one(self, nurse: Hired) -> None:
        nurse.sign_in()
        with acting_as(REGION):
            operations.open_session(staff_id=nurse.staff_id, at=AT)
            shown = queries.sign_ins(staff_id=nurse.staff_id, at=AT)

        assert [it.is_this for it in shown] == [False, False]
