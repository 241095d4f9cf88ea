"""Blocks: placed and lifted here, on what is held here, and effective in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases import operations as cases
from care.cases.operations import Doer
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import consents
from care.individuals import operations as individuals
from care.individuals.operations import Block
from care.sharing import access, policy
from care.sharing.access import Case


class GuardianMayNotBlock(Exception):
    """A guardian may not block a child's data (2022:913 2 kap. 3 §; PDL 4 kap. 4 §)."""


class NothingToBlock(Exception):
    """The branch takes no part in what the block would close, so there is nothing to block."""


class NoSuchBlock(Exception):
    """There is no such block here that runs, or it is not the actor's branch's to lift."""


@transaction.atomic
def place_block(
    *,
    actor: Actor,
    case_id: UUID,
    type_: str,
    info_classes: Sequence[str],
    asked_by_guardian: bool = False,
    at: datetime,
) -> UUID:
    """Block at once what the actor's branch or unit holds of the person, in every case of hers.

    :param info_classes: empty for everything
    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not place blocks
    :raises GuardianMayNotBlock: if it is not the person herself who asks
    :raises NothingToBlock: if the branch is outside the Act, or an inner one is no health care
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.PLACE_BLOCK, at=at
    )
    if asked_by_guardian:
        raise GuardianMayNotBlock
    is_inner = type_ == Block.Type.INNER_BLOCK
    if actor.branch not in ({policy.HEALTH_CARE} if is_inner else policy.WITHIN_2022_913):
        raise NothingToBlock
    block = individuals.place_block(
        individual=case.individual,
        common_id=case.common_id,
        type_=type_,
        unit_id=actor.unit_id if is_inner else "",
        info_classes=info_classes,
        actor=actor,
        at=at,
    )
    _follow(case, block, act="place_block", actor=actor, at=at)
    return block.id


@transaction.atomic
def lift_block(*, actor: Actor, case_id: UUID, block_id: UUID, at: datetime) -> None:
    """Lift a block at the person's request; what it closed opens as far as consent goes.

    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not lift blocks
    :raises NoSuchBlock: if it does not run, or is another branch's or another person's
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.LIFT_BLOCK, at=at
    )
    block = case.individual.blocks.filter(pk=block_id, branch=actor.branch, lifted_at=None).first()
    if block is None:
        raise NoSuchBlock
    individuals.lift_block(block, actor=actor, at=at)
    _follow(case, block, act="lift_block", actor=actor, at=at)


def _follow(case: Case, block: Block, *, act: str, actor: Actor, at: datetime) -> None:
    cases.record(
        case,
        act=act,
        by=Doer.from_actor(actor),
        at=at,
        body={"type": block.type, "branch": block.branch, "info_classes": block.info_classes},
    )
    # The block is the person's: it closes what is held of her in every case here.
    for each in access.cases_of(case.individual_id):
        consents.tell_blocks(each, at=at)
