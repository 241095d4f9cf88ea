"""Acts of joining: the region opens it, each huvudman tells of itself.

What can be computed of a step (`readiness`) is computed now, when it is told.
"""

from collections.abc import Mapping
from datetime import date, datetime

from care.identity import operations, units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import readiness
from tenants import experts, progress, starts
from tenants.experts import Answered, Asked
from tenants.onboarding import Entry, Step
from tenants.progress import Activity, By, Contact


def open_onboarding(
    *, actor: Actor, tenant: str, delregion: str, wanted_start_on: date | None, at: datetime
) -> None:
    """Let a huvudman of the county begin to join, or change where and when.

    :raises operations.NotAdministrator: if the actor may not
    :raises progress.CannotOpen: if the huvudman is of another county
    """
    operations.refuse_unless_administrator(actor, Permission.OPEN_ONBOARDING)
    progress.open_onboarding(
        tenant=tenant, delregion=delregion, wanted_start_on=wanted_start_on, by=_by(actor), at=at
    )


def record_step(*, actor: Actor, entry: Entry, seen: int, at: datetime) -> None:
    """Tell of a step of the own huvudman; what can be computed is computed now.

    :param seen: the number of what was told last when the form was read
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.NotOpened: if nobody has let the huvudman begin
    :raises progress.WrittenMeanwhile: if somebody has told of the step since
    :raises onboarding.CannotRecord: if something is missing
    """
    operations.refuse_unless_administrator(actor, Permission.RECORD_STEP)
    standing = progress.standing(actor.tenant)
    progress.record_step(
        entry,
        standing=standing,
        found=readiness.found_at_home(
            standing, at=at, first_on=entry.due_on if entry.step is Step.START else None
        ),
        seen=seen,
        by=_by(actor),
        at=at,
    )


def name_contact(*, actor: Actor, contact: Contact, seen: int, at: datetime) -> None:
    """Name somebody for the own huvudman, or take back who was named.

    :param seen: the number of who was named last when the form was read
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.NotOpened: if nobody has let the huvudman begin
    :raises progress.WrittenMeanwhile: if somebody has been named since
    :raises onboarding.CannotRecord: if somebody must be named
    """
    operations.refuse_unless_administrator(actor, Permission.NAME_CONTACT)
    progress.name_contact(
        contact, standing=progress.standing(actor.tenant), seen=seen, by=_by(actor), at=at
    )


def plan_activity(*, actor: Actor, activity: Activity, seen: int, at: datetime) -> None:
    """Plan an activity of the own huvudman, or change or finish one.

    :param seen: the number of the row that was there when the form was read, 0 for a new one
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.NotOpened: if nobody has let the huvudman begin
    :raises progress.WrittenMeanwhile: if somebody has changed the activity since
    """
    operations.refuse_unless_administrator(actor, Permission.PLAN_ACTIVITY)
    progress.plan_activity(activity, seen=seen, by=_by(actor), at=at)


def plan_starts(*, actor: Actor, days: Mapping[str, date], seen: int, at: datetime) -> None:
    """Plan which units of the own huvudman start on days of their own; the others start with it.

    :param days: by HSA-id; what is no unit of ours that receives is left out
    :param seen: the number of the plan that was there when the form was read, 0 for none
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.WrittenMeanwhile: if somebody has planned since
    """
    operations.refuse_unless_administrator(actor, Permission.PLAN_STARTS)
    own = {it.hsa_id for it in units.receiving(owners=[actor.tenant], kinds=readiness.RECEIVING)}
    known = {unit: on for unit, on in days.items() if unit in own}
    starts.plan(known, seen=seen, by=_by(actor), at=at)


def ask_expert(*, actor: Actor, tenant: str, asked: Asked, seen: int, at: datetime) -> None:
    """Ask a huvudman of the county that joins for an expert, change what is asked, or take it back.

    :param seen: the number of what was asked last when the form was read, 0 for nothing
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.CannotOpen: if the huvudman is of another county
    :raises progress.NotOpened: if nobody has let the huvudman begin
    :raises progress.WrittenMeanwhile: if somebody has asked since
    """
    operations.refuse_unless_administrator(actor, Permission.ASK_EXPERT)
    experts.ask(asked, tenant=tenant, seen=seen, by=_by(actor), at=at)


def answer_expert(*, actor: Actor, answered: Answered, seen: int, at: datetime) -> None:
    """Answer for the own huvudman who takes part as an expert, or why nobody does.

    :param seen: the number of what was answered last when the form was read, 0 for nothing
    :raises operations.NotAdministrator: if the actor may not
    :raises onboarding.CannotRecord: if nobody has asked, or the answer says too little
    :raises progress.WrittenMeanwhile: if somebody has answered since
    """
    operations.refuse_unless_administrator(actor, Permission.ANSWER_EXPERT)
    experts.answer(answered, seen=seen, by=_by(actor), at=at)


def _by(actor: Actor) -> By:
    return By(actor.name_abroad, actor.title)
