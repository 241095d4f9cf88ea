"""Ready to start? What can be computed of a huvudman that joins, and the acts of joining.

Of another huvudman only common rows are read: units, agreements, what it has told. What lies in its
own schema is computed when it tells of a step itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import F

from care.cases import queries as cases
from care.identity import queries, units
from care.identity.units import Address
from care.inbox import routing
from care.inbox.models import Delivery
from care.individuals import trial_identities
from care.law import calendar
from tenants import agreements, checks, experts, onboarding, pack, progress, starts
from tenants.checks import Checked
from tenants.context import acting_for
from tenants.experts import Expert
from tenants.models import Unit
from tenants.onboarding import Found, Inbox, Missing, State, Step
from tenants.pack import Done
from tenants.progress import Standing
from tenants.starts import Starts

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
class _Book:
    """What the address book and the plans of starts say of some huvudmän."""

    owned: Mapping[str, Sequence[Address]]
    planned: Mapping[str, Starts]


@dataclass(frozen=True)
class UnitReady:
    """A unit that receives: its own day to start, None with its huvudman, and its last check."""

    hsa_id: str
    name: str
    starts_on: date | None
    checked: Checked | None


@dataclass(frozen=True)
class Joining:
    """A huvudman that joins: what it has told, and what can be computed."""

    standing: Standing
    found: Found
    units: tuple[UnitReady, ...]
    experts: tuple[Expert, ...]
    pack: Done

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
    book = _book([it.tenant for it in standings])
    known = _found_in(book, standings, at=at)
    return _beside(book, [(it, known[it.tenant]) for it in standings])


def one(tenant: str, *, at: datetime) -> Joining:
    """Return a huvudman that joins; of the own one all that can be computed.

    :raises progress.NotOpened: if nobody has let it begin
    """
    standing = progress.standing(tenant)
    is_own = tenant == acting_for()
    known = found_at_home(standing, at=at) if is_own else found([standing], at=at)[tenant]
    return _beside(_book([tenant]), [(standing, known)])[0]


def found(
    standings: Sequence[Standing], *, at: datetime, first_on: date | None = None
) -> dict[str, Found]:
    """Return what common rows tell of each huvudman, in a fixed number of questions.

    :param first_on: the day of the start that is being told; None: the one that is known
    """
    book = _book([it.tenant for it in standings])
    return _found_in(book, standings, at=at, first_on=first_on)


def _book(tenants: Sequence[str]) -> _Book:
    owned: dict[str, list[Address]] = {it: [] for it in tenants}
    for unit in units.receiving(owners=tenants, kinds=RECEIVING):
        owned[unit.owner].append(unit)
    return _Book(owned, starts.everybody())


def _found_in(
    book: _Book, standings: Sequence[Standing], *, at: datetime, first_on: date | None = None
) -> dict[str, Found]:
    bound = agreements.bound(at=at)
    known: Gaps = {}
    owned, planned = book.owned, book.planned
    return {
        it.tenant: _found(
            it,
            owned[it.tenant],
            _starting(it, owned[it.tenant], planned.get(it.tenant, Starts()), first_on, at=at),
            known,
            has_agreement=it.tenant in bound,
            at=at,
        )
        for it in standings
    }


def found_at_home(standing: Standing, *, at: datetime, first_on: date | None = None) -> Found:
    """Return what can be computed of the huvudman we act for, its assignments among it.

    :param first_on: as of `found`
    """
    held = [it for member in queries.staff_list(at=at) for it in member.assignments]
    staffed = {it.unit_id for it in held}
    own = units.receiving(owners=[standing.tenant], kinds=RECEIVING)
    asked = _starting(standing, own, starts.of(standing.tenant), first_on, at=at)
    tested = _tested(since=standing.opened.at, within=standing.opened.is_both)
    return replace(
        found([standing], at=at, first_on=first_on)[standing.tenant],
        people=len({it.staff_id for it in held}),
        unstaffed=tuple(it.name for it in asked if it.hsa_id not in staffed),
        untested=tuple(it.name for it in asked if it.hsa_id not in tested),
    )


def units_of(tenants: Sequence[str]) -> dict[str, tuple[UnitReady, ...]]:
    """Return the units of some huvudmän that receive: when each starts, and its last check."""
    return _units_in(_book(tenants))


def _units_in(book: _Book) -> dict[str, tuple[UnitReady, ...]]:
    checked = checks.last(list(book.owned))
    return {
        tenant: tuple(
            UnitReady(
                it.hsa_id,
                it.name,
                book.planned.get(tenant, Starts()).days.get(it.hsa_id),
                checked.get((tenant, it.hsa_id)),
            )
            for it in own
        )
        for tenant, own in book.owned.items()
    }


def units_of_region(tenant: str) -> tuple[str, tuple[UnitReady, ...]] | None:
    """Return the region of a huvudman's county and its units, for a pilot has wards; None: none."""
    host = progress.host_of(tenant)
    return None if host is None else (host, units_of([host])[host])


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


def _beside(book: _Book, known: Sequence[tuple[Standing, Found]]) -> tuple[Joining, ...]:
    """Return the huvudmän with what is known beside the steps, in a fixed number of questions."""
    own = _units_in(book)
    asked, done = experts.everybody(), pack.everybody_done()
    return tuple(
        Joining(
            standing,
            computed,
            units=own[standing.tenant],
            experts=asked.get(standing.tenant, ()),
            pack=done.get(standing.tenant, Done()),
        )
        for standing, computed in known
    )


def _found(
    standing: Standing,
    own: Sequence[Address],
    asked: Sequence[Address],
    known: Gaps,
    *,
    has_agreement: bool,
    at: datetime,
) -> Found:
    # Who takes over may itself start later: it is in the address book, and receives.
    by_id = {it.hsa_id: it for it in own}
    return Found(
        named=standing.named,
        has_agreement=has_agreement,
        inboxes=tuple(_inbox(it, units.line(it, by_id), known, at=at) for it in asked),
        left_out=tuple(it.name for it in routing.left_out(own) if it in asked),
        later=tuple(it.name for it in own if it not in asked),
        is_both=standing.opened.is_both,
    )


def _starting(
    standing: Standing,
    own: Sequence[Address],
    planned: Starts,
    first_on: date | None,
    *,
    at: datetime,
) -> list[Address]:
    """Return the units that start on the first day, or have by now."""
    first, today = first_on or standing.start_on, calendar.local_date(at)
    days = planned.days
    return [it for it in own if onboarding.starts(days.get(it.hsa_id), first_on=first, today=today)]


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
