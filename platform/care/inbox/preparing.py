"""Before the decision: the acts of a decision pack and of a technical check, and what is missing.

The pack is its huvudman's own, also of a huvudman that does not join: the region has risks too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from care.identity import operations, units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.units import NoSuchUnit
from care.inbox.readiness import UnitReady
from care.law import calendar
from tenants import checks, decision, onboarding, pack
from tenants.context import acting_for
from tenants.decision import Content, Pack, Part
from tenants.onboarding import Missing, Step
from tenants.progress import By
from tenants.technical import Measured


def read_pack(*, actor: Actor) -> Pack:
    """Return the decision pack of the own huvudman.

    :raises operations.NotAdministrator: if the actor may not
    """
    operations.refuse_unless_administrator(actor, Permission.READ_PACK)
    return pack.own()


def write_row(
    *,
    actor: Actor,
    content: Content,
    part: Part,
    entry: UUID,
    seen: int,
    struck: bool = False,
    at: datetime,
) -> None:
    """Write a row of the own pack, change it, or strike it.

    :param seen: the number of the row that was there when the form was read, 0 for a new one
    :raises operations.NotAdministrator: if the actor may not
    :raises onboarding.CannotRecord: if something cannot be
    :raises progress.WrittenMeanwhile: if somebody has changed it since
    """
    operations.refuse_unless_administrator(actor, Permission.WRITE_PACK)
    pack.write(content, part=part, entry=entry, seen=seen, struck=struck, by=_by(actor), at=at)


def declare_pack(*, actor: Actor, is_done: bool, seen: int, at: datetime) -> None:
    """Tell everybody that the own pack is done today, or open again.

    :param seen: the number of what was told last when the page was read, 0 for nothing
    :raises operations.NotAdministrator: if the actor may not
    :raises progress.WrittenMeanwhile: if somebody has told since
    """
    operations.refuse_unless_administrator(actor, Permission.WRITE_PACK)
    done_on = calendar.local_date(at) if is_done else None
    pack.declare(done_on, seen=seen, by=_by(actor), at=at)


def record_check(
    *, actor: Actor, measured: Measured, place: str, browser: str, at: datetime
) -> None:
    """Keep a technical check of the unit where the actor works: everybody there may make it.

    :raises NoSuchUnit: if the unit is not the huvudman's that we act for
    """
    if units.owners([actor.unit_id]).get(actor.unit_id) != acting_for():
        raise NoSuchUnit(actor.unit_id)
    checks.record(
        measured, unit_id=actor.unit_id, place=place, browser=browser, by=_by(actor), at=at
    )


def advice(
    own: Pack, units_: tuple[UnitReady, ...], *, first_on: date | None, at: datetime
) -> Mapping[Step, tuple[Missing, ...]]:
    """Return what is missing in the own pack, at the steps that it concerns.

    :param first_on: the day on which the huvudman starts; units that start later are not asked
    """
    today = calendar.local_date(at)
    asked = [it for it in units_ if onboarding.starts(it.starts_on, first_on=first_on, today=today)]
    return decision.advice(
        own,
        unchecked=[it.name for it in asked if it.checked is None],
        failing=[it.name for it in asked if it.checked and not it.checked.holds],
        today=today,
    )


def _by(actor: Actor) -> By:
    return By(actor.name_abroad, actor.title)
