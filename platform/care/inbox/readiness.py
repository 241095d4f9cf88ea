"""Ready to start? What can be computed of a huvudman that joins, and the acts of joining.

Of another huvudman only common rows are read: units, agreements, what it has told. What lies in its
own schema is computed when it tells of a step itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import F

from care.cases import queries as cases
from care.identity import operations, queries, units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.units import Address
from care.inbox import routing
from care.inbox.models import Delivery
from care.individuals import trial_identities
from care.law import calendar
from tenants import agreements, onboarding, progress
from tenants.context import acting_for
from tenants.models import Unit
from tenants.onboarding import Entry, Found, Inbox, Missing, State, Step
from tenants.progress import Activity, By, Contact, Standing

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# An administration has no inbox: nobody sends to it about a person.
RECEIVING = tuple(it for it in Unit.Kind.values if it != Unit.Kind.ADMINISTRATION)


@dataclass(frozen=True)
class Gap:
    """A time in which nobody watches an inbox, and nobody takes over."""

    begins: datetime
    ends: datetime


Gaps = dict[str, tuple[Gap, ...]]  # by the hours of whoever watches an inbox, and takes over


@dataclass(frozen=True)
class Joining:
    """A huvudman that joins: what it has told, and what can be computed."""

    standing: Standing
    found: Found

    def lacking(self, step: Step) -> tuple[Missing, ...]:
        """Return what stands against a step being done, as far as can be computed here."""
        return onboarding.lacking(step, found=self.found, told=self.standing.told)

    def is_doubtful(self, step: Step) -> bool:
        """Tell whether a step was told done, and what can be computed says otherwise now."""
        told = self.standing.told.get(step)
        is_done = told is not None and told.entry.state is State.DONE
        return is_done and bool(self.lacking(step))


def everybody(*, at: datetime) -> tuple[Joining, ...]:
    """Return everybody who joins, in Swedish order, in a fixed number of questions."""
    standings = progress.standings()
    known = found(standings, at=at)
    return tuple(Joining(it, known[it.tenant]) for it in standings)


def one(tenant: str, *, at: datetime) -> Joining:
    """Return a huvudman that joins; of the own one all that can be computed.

    :raises progress.NotOpened: if nobody has let it begin
    """
    standing = progress.standing(tenant)
    if tenant == acting_for():
        return Joining(standing, found_at_home(standing, at=at))
    return Joining(standing, found([standing], at=at)[tenant])


def found(standings: Sequence[Standing], *, at: datetime) -> dict[str, Found]:
    """Return what common rows tell of each huvudman, in a fixed number of questions."""
    bound = agreements.bound(at=at)
    known: Gaps = {}
    owned: dict[str, list[Address]] = {it.tenant: [] for it in standings}
    for unit in units.receiving(owners=list(owned), kinds=RECEIVING):
        owned[unit.owner].append(unit)
    return {
        it.tenant: Found(
            named=it.named,
            has_agreement=it.tenant in bound,
            inboxes=_inboxes(owned[it.tenant], known, at=at),
            is_both=it.opened.is_both,
            left_out=tuple(unit.name for unit in routing.left_out(owned[it.tenant])),
        )
        for it in standings
    }


def found_at_home(standing: Standing, *, at: datetime) -> Found:
    """Return what can be computed of the huvudman we act for, its assignments among it."""
    held = [it for member in queries.staff_list(at=at) for it in member.assignments]
    staffed = {it.unit_id for it in held}
    own = units.receiving(owners=[standing.tenant], kinds=RECEIVING)
    tested = _tested(since=standing.opened.at, within=standing.opened.is_both)
    return replace(
        found([standing], at=at)[standing.tenant],
        people=len({it.staff_id for it in held}),
        unstaffed=tuple(it.name for it in own if it.hsa_id not in staffed),
        untested=tuple(it.name for it in own if it.hsa_id not in tested),
    )


def _tested(*, since: datetime, within: bool) -> frozenset[str]:
    """Return the units where a person has taken on another's message about a test person.

    What nobody but the product has taken on, or forwarded, is not taken on.

    :param within: whether the other may be a unit of the same huvudman, where that is the region
    """
    taken_on = Delivery.objects.filter(
        message__common_id__in=cases.of_identities(trial_identities.known()),
        acknowledged_at__gte=since,
        acknowledged_staff_id__isnull=False,
    )
    if within:
        from_another = taken_on.exclude(message__sender_unit=F("unit_id"))
    else:
        from_another = taken_on.exclude(message__sender=acting_for())
    return frozenset(from_another.values_list("unit_id", flat=True))


def gaps(unit: Address, line: Sequence[Address], *, at: datetime) -> tuple[Gap, ...]:
    """Return when in the coming week neither a unit nor whoever takes over watches its inbox.

    :param line: who takes over, and who takes over from that one
    """
    begins = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    until = begins + WEEK
    left = []
    for opens, closes in sorted(_watched((unit, *line), begins, until)):
        if opens > begins:
            left.append(Gap(begins, min(opens, until)))
        begins = max(begins, closes)
    if begins < until:
        left.append(Gap(begins, until))
    return tuple(left)


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
        found=found_at_home(standing, at=at),
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


def _by(actor: Actor) -> By:
    return By(actor.name, actor.title)


def _inboxes(own: Sequence[Address], known: Gaps, *, at: datetime) -> tuple[Inbox, ...]:
    by_id = {it.hsa_id: it for it in own}
    return tuple(_inbox(it, units.line(it, by_id), known, at=at) for it in own)


def _inbox(unit: Address, line: Sequence[Address], known: Gaps, *, at: datetime) -> Inbox:
    # A county has hundreds of inboxes and a handful of opening hours.
    hours = repr([(it.opening_hours, it.watches_red_days) for it in (unit, *line)])
    if hours not in known:
        known[hours] = gaps(unit, line, at=at)
    left = known[hours]
    # Part of an hour counts as one: a message that comes then waits.
    unwatched = -(-sum((it.ends - it.begins for it in left), timedelta()) // HOUR)
    return Inbox(
        name=unit.name,
        takes_over=line[0].name if line else "",
        unwatched_hours=unwatched,
        unwatched_from=left[0].begins if left else None,
    )


def _watched(
    line: Sequence[Address], begins: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    days = calendar.dates_between(calendar.local_date(begins), calendar.local_date(until) + DAY)
    for unit in line:
        for day in days:
            hours = units.hours_on(unit, day)
            if hours and hours[1] > begins and hours[0] < until:
                # In UTC, where the difference of two instants is the time that passes.
                yield hours[0].astimezone(UTC), hours[1].astimezone(UTC)
