"""Spärr: it closes at once to everybody it should, and stays until it is lifted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import doors
import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import case_at, consent
from people import (
    COORDINATOR,
    DAY,
    HOUR,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
)

from care.cases.models import Case, Contribution, Participation
from care.discharge import operations as discharge
from care.discharge import queries
from care.identity.actors import Actor
from care.inbox import blocks, emergencies, tasks
from care.individuals import queries as individuals
from care.individuals.models import Block, BlockNotice
from care.sharing import access
from care.sharing.policy import Reason
from tenants import clock
from tenants.context import acting_as
from tenants.window import looking_into

OUTER, INNER = Block.Type.OUTER_BLOCK, Block.Type.INNER_BLOCK
Ids = tuple[UUID, UUID]


def write(actor: Actor, case_id: UUID, info_class: str = "planning") -> None:
    with acting_as(actor.tenant):
        discharge.submit_planning_basis(
            actor=actor, case_id=case_id, info_class=info_class, text="Ramlar ofta",
            at=AT + 2 * HOUR,
        )  # fmt: skip


def place(
    actor: Actor, case_id: UUID, type_: str = OUTER, info_classes: Sequence[str] = (),
    at: datetime = AT + 3 * HOUR,
) -> UUID:  # fmt: skip
    with acting_as(actor.tenant):
        return blocks.place_block(
            actor=actor, case_id=case_id, type_=type_, info_classes=info_classes, at=at
        )


def lift(actor: Actor, case_id: UUID, block_id: UUID) -> None:
    with acting_as(actor.tenant):
        blocks.lift_block(actor=actor, case_id=case_id, block_id=block_id, at=AT + 4 * HOUR)


def read_in_place(reader: str, owner: str) -> int:
    with acting_as(reader), looking_into(owner):
        return Contribution.objects.count()


def join(unit_id: str, tenant: str) -> None:
    """Let a further unit take part, as everybody knows it."""
    for home in (REGION, MUNICIPALITY):
        with acting_as(home):
            case = Case.objects.get()
            Participation.objects.create(case=case, unit_id=unit_id, tenant=tenant, from_at=AT)


def seen_by(actor: Actor) -> tuple[list[str], set[Reason]]:
    case = case_at(actor.tenant)
    with acting_as(actor.tenant):
        seen, hidden = doors.contributions(actor=actor, case=case, at=AT + 5 * HOUR)
    return [it.text for it in seen], {it.reason for it in hidden}


def test_an_outer_block_closes_in_the_same_transaction(shared: Ids) -> None:
    write(NURSE, shared[0])
    assert read_in_place(MUNICIPALITY, REGION) == 1

    place(NURSE, shared[0])

    assert read_in_place(MUNICIPALITY, REGION) == 0
    assert seen_by(OFFICER) == ([], set())  # as if it were not there
    assert seen_by(NURSE)[0] == ["Ramlar ofta"]


def test_what_is_written_under_a_block_is_born_closed(shared: Ids) -> None:
    place(NURSE, shared[0])

    write(NURSE, shared[0])

    assert read_in_place(MUNICIPALITY, REGION) == 0


def test_a_block_of_one_information_class_leaves_the_others_open(shared: Ids) -> None:
    for info_class in ("planning", "health_care"):
        write(NURSE, shared[0], info_class)

    place(NURSE, shared[0], info_classes=["health_care"])

    assert read_in_place(MUNICIPALITY, REGION) == 1


def test_a_new_consent_does_not_lift_a_block(shared: Ids) -> None:
    write(NURSE, shared[0])
    place(NURSE, shared[0])

    consent(case_id=shared[0], at=AT + 4 * HOUR)
    tasks.drain()

    assert read_in_place(MUNICIPALITY, REGION) == 0


def test_a_lifted_block_opens_again_what_consent_opens(shared: Ids) -> None:
    write(NURSE, shared[0])

    lift(NURSE, shared[0], place(NURSE, shared[0]))

    assert read_in_place(MUNICIPALITY, REGION) == 1


def test_a_block_is_lifted_once_and_by_its_own_branch(shared: Ids) -> None:
    block = place(NURSE, shared[0])
    with pytest.raises(blocks.NoSuchBlock):
        lift(OFFICER, shared[1], block)
    lift(NURSE, shared[0], block)

    for other in (block, uuid4()):
        with pytest.raises(blocks.NoSuchBlock):
            lift(NURSE, shared[0], other)


def test_a_guardian_may_not_block(shared: Ids) -> None:
    with acting_as(REGION), pytest.raises(blocks.GuardianMayNotBlock):
        blocks.place_block(
            actor=NURSE, case_id=shared[0], type_=OUTER, info_classes=(), asked_by_guardian=True,
            at=AT + 3 * HOUR,
        )  # fmt: skip

    with acting_as(REGION):
        assert not Block.objects.exists()


def test_whoever_takes_no_part_places_no_block(shared: Ids) -> None:
    with acting_as(MUNICIPALITY), pytest.raises(access.NotVisible):
        blocks.place_block(
            actor=MUNICIPAL_NURSE, case_id=shared[1], type_=OUTER, info_classes=(),
            at=AT + 3 * HOUR,
        )  # fmt: skip


def test_there_is_no_inner_block_outside_the_health_care(shared: Ids) -> None:
    with pytest.raises(blocks.NothingToBlock):
        place(OFFICER, shared[1], INNER)


class TestThatBlockedDataExist:
    """2022:913 2 kap. 5 §."""

    def told_to(self, actor: Actor) -> bool:
        case = case_at(actor.tenant)
        with acting_as(actor.tenant):
            page = queries.case_page(actor=actor, case_id=case.pk, at=AT + 5 * HOUR)
        return page.is_blocked_elsewhere

    def test_vardgivare_are_told_and_omsorgsgivare_are_not(self, shared: Ids) -> None:
        join(MUNICIPAL_NURSES, MUNICIPALITY)
        place(NURSE, shared[0])
        tasks.drain()

        told = {it.name: self.told_to(it) for it in (MUNICIPAL_NURSE, OFFICER, NURSE)}

        assert told == {MUNICIPAL_NURSE.name: True, OFFICER.name: False, NURSE.name: False}

    def test_it_is_told_no_more_once_it_is_lifted(self, shared: Ids) -> None:
        join(MUNICIPAL_NURSES, MUNICIPALITY)
        block = place(NURSE, shared[0])
        tasks.drain()

        lift(NURSE, shared[0], block)
        tasks.drain()

        assert not self.told_to(MUNICIPAL_NURSE)

    def lift_asked_for(self, shared: Ids) -> None:
        """Let the region ask, in an emergency, for the block to be lifted; nobody answers."""
        with acting_as(REGION):
            emergency_id = emergencies.open_emergency_access(
                actor=NURSE, case_id=shared[0], ground="danger_to_life", is_stated=True,
                reason="Medvetslös på golvet, blodtryckskris.", at=AT + 3 * HOUR,
            )  # fmt: skip
        tasks.drain()
        with acting_as(REGION):
            emergencies.request_lift(
                actor=NURSE, case_id=shared[0], emergency_id=emergency_id, owner=MUNICIPALITY,
                at=AT + 3 * HOUR,
            )  # fmt: skip
        tasks.drain()
        with acting_as(MUNICIPALITY):
            tasks.act_on_due(at=clock.moment() + 30 * DAY)

    def test_the_letter_says_nothing_of_what_is_blocked(self, shared: Ids) -> None:
        place(NURSE, shared[0], info_classes=["health_care"])
        tasks.drain()

        with acting_as(MUNICIPALITY):
            assert list(BlockNotice.objects.values_list("owner", "is_blocked")) == [(REGION, True)]
            assert not Block.objects.exists()

    def test_a_branch_learns_nothing_of_the_blocks_of_the_other(self, shared: Ids) -> None:
        join(MUNICIPAL_NURSES, MUNICIPALITY)
        write(MUNICIPAL_NURSE, shared[1])
        place(MUNICIPAL_NURSE, shared[1])
        self.lift_asked_for(shared)

        with acting_as(MUNICIPALITY):
            page = queries.case_page(actor=OFFICER, case_id=shared[1], at=AT + 5 * HOUR)
            theirs = queries.case_page(actor=MUNICIPAL_NURSE, case_id=shared[1], at=AT + 5 * HOUR)

        told = ("block", "lift", "emergency", "deadline_passed")
        assert page.blocks == ()
        assert [it.act for it in page.happenings if any(word in it.act for word in told)] == []
        assert [it.rule for it in page.dues if "lift" in it.rule or "emergency" in it.rule] == []
        assert Reason.BLOCKED not in {it.reason for it in page.hidden}
        assert len(theirs.blocks) == 1
        assert {"lift_request_due"} <= {it.rule for it in theirs.dues}
        assert "open_emergency_access" in {it.act for it in theirs.happenings}


class TestAnInnerBlock:
    """PDL 4 kap. 4 §."""

    def test_closes_what_a_unit_has_written_to_the_other_units_and_not_to_itself(
        self, shared: Ids
    ) -> None:
        write(NURSE, shared[0])
        assert seen_by(COORDINATOR) == (["Ramlar ofta"], set())

        place(NURSE, shared[0], INNER)

        assert seen_by(COORDINATOR) == ([], {Reason.INNER_BLOCK})
        assert seen_by(NURSE)[0] == ["Ramlar ofta"]

    def test_is_no_outer_block(self, shared: Ids) -> None:
        write(NURSE, shared[0])

        place(NURSE, shared[0], INNER)

        assert read_in_place(MUNICIPALITY, REGION) == 1
        with acting_as(REGION):
            assert individuals.blocks(Case.objects.get().individual_id)[0].type == INNER


def test_a_block_follows_the_person_into_her_next_case(shared: Ids) -> None:
    place(NURSE, shared[0])
    with acting_as(REGION):
        first = Case.objects.get()
        Case.objects.create(
            common_id=uuid4(), lead=REGION, individual=first.individual,
            sending_unit_id=first.sending_unit_id, state="admitted", state_at=AT, opened_at=AT,
        )  # fmt: skip
        assert len(individuals.blocks(first.individual_id)) == 1
