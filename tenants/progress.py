"""How far each huvudman has come in joining: told by itself, opened by the county's region.

Rows are added and never changed, so that next month's meeting sees what moved.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Model

from tenants import onboarding, registry
from tenants.context import acting_for, in_the_name_of
from tenants.models import (
    Onboarding,
    OnboardingActivity,
    OnboardingContact,
    OnboardingStep,
    Tenant,
)
from tenants.onboarding import ContactRole, Entry, Found, State, Step, Told

REGIONS = (Tenant.Kind.REGION, Tenant.Kind.BOTH)


class CannotOpen(Exception):
    """An onboarding cannot be opened so; the text is Swedish and says what to do."""


class NotOpened(Exception):
    """Nobody has opened an onboarding for this huvudman."""


class WrittenMeanwhile(Exception):
    """Somebody else has written since the form was read; the text is Swedish and says who."""


@dataclass(frozen=True)
class By:
    """Who writes, as the history tells."""

    name: str
    title: str


@dataclass(frozen=True)
class Opened:
    """That a huvudman is joining: since when, in which part of the county, and its wanted start."""

    tenant: str
    delregion: str
    wanted_start_on: date | None
    by: By
    at: datetime
    is_both: bool = False  # region and kommun in one


@dataclass(frozen=True)
class Contact:
    """Kontaktperson: somebody whom a huvudman has named; without a name it is nobody."""

    role: ContactRole
    number: int = 0
    name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Activity:
    """Aktivitet: what is planned beside the eight steps."""

    what: str
    responsible: str = ""
    with_whom: str = ""
    forum: str = ""
    wanted_on: date | None = None
    done_on: date | None = None
    id: UUID = field(default_factory=uuid4)
    number: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a huvudman stands in joining."""

    opened: Opened
    contacts: Mapping[ContactRole, Contact]
    history: tuple[Told, ...]  # the first one first

    @property
    def tenant(self) -> str:
        """Return the schema of the huvudman."""
        return self.opened.tenant

    @cached_property  # every step of a huvudman asks
    def told(self) -> Mapping[Step, Told]:
        """Return what is told of each step now."""
        return {it.entry.step: it for it in self.history}

    @property
    def named(self) -> frozenset[ContactRole]:
        """Return for what somebody is named."""
        return frozenset(role for role, it in self.contacts.items() if it.name)

    @property
    def start_on(self) -> date | None:
        """Return the day of the start: what is told of that step, else what is wanted."""
        start = self.told.get(Step.START)
        return start.entry.due_on if start else self.opened.wanted_start_on

    def contact(self, role: ContactRole) -> Contact:
        """Return who is named for something, or nobody."""
        return self.contacts.get(role, Contact(role))

    def seen(self, step: Step) -> int:
        """Return the number of what was told last of a step, 0 for nothing."""
        return self.told[step].number if step in self.told else 0


def host_of(tenant: str) -> str | None:
    """Return the region of a huvudman's county, which opens its onboarding; None where none is."""
    registered = _registered().get(tenant)
    return registered.host if registered else None


def region_of(municipality_code: str) -> str | None:
    """Return the region whose wards tell a municipality of admissions; None where none is."""
    named = registry.kin().filter(municipality_code=municipality_code)
    tenant = named.values_list("schema_name", flat=True).first()
    return host_of(tenant) if tenant else None


def open_onboarding(
    *, tenant: str, delregion: str, wanted_start_on: date | None, by: By, at: datetime
) -> None:
    """Let a huvudman begin to join, or change where and when. The same twice changes nothing.

    :raises CannotOpen: if the huvudman that acts is not the region of that county
    """
    if host_of(tenant) != acting_for():
        raise CannotOpen(
            "Anslutningen öppnas av regionen i huvudmannens eget län. Kontrollera vilken huvudman"
            " du har valt, och att den är upplagd med samplan tenant add."
        )
    wanted = (delregion.strip(), wanted_start_on)
    rows = Onboarding.objects.filter(owner=acting_for(), tenant=tenant).order_by("-pk")
    if rows.values_list("delregion", "wanted_start_on").first() == wanted:
        return
    Onboarding.objects.create(
        owner=acting_for(),
        tenant=tenant,
        delregion=wanted[0],
        wanted_start_on=wanted_start_on,
        name=by.name,
        title=by.title,
        opened_at=at,
    )


def begin(
    *,
    tenant: str,
    delregion: str = "",
    wanted_start_on: date | None = None,
    by: By,
    at: datetime,
) -> bool:
    """Let a municipality that has been entered begin, in the name of its county's region.

    For the migrator, who takes the region's role. One that has begun is left as it is. Returns
    whether it has begun; a region does not, nor does anybody whose county has none.
    """
    host = host_of(tenant)
    if host is None or Tenant.objects.filter(schema_name=tenant, kind=Tenant.Kind.REGION).exists():
        return False
    with in_the_name_of(host):
        if not Onboarding.objects.filter(owner=host, tenant=tenant).exists():
            open_onboarding(
                tenant=tenant, delregion=delregion, wanted_start_on=wanted_start_on, by=by, at=at
            )
    return True


def record_step(
    entry: Entry, *, standing: Standing, found: Found, seen: int, by: By, at: datetime
) -> None:
    """Tell of a step, for the huvudman that acts; what was told before stays in the history.

    :param seen: the number of what was told last when the form was read
    :raises onboarding.CannotRecord: if something is missing
    :raises WrittenMeanwhile: if somebody has told of the step since
    """
    if standing.seen(entry.step) != seen:
        raise written_meanwhile(standing.told[entry.step].by)
    onboarding.check(entry, found=found, told=standing.told)
    row = OnboardingStep(
        owner=acting_for(),
        step=entry.step,
        number=seen + 1,
        state=entry.state,
        responsible=entry.responsible,
        due_on=entry.due_on,
        reason=entry.reason,
        evidence=entry.evidence,
        people=found.people,
        name=by.name,
        title=by.title,
        told_at=at,
    )
    add(row)


def name_contact(contact: Contact, *, standing: Standing, seen: int, by: By, at: datetime) -> None:
    """Name somebody, or nobody, for the huvudman that acts.

    :param seen: the number of who was named last when the form was read
    :raises onboarding.CannotRecord: if nobody would be named for what somebody must be
    :raises WrittenMeanwhile: if somebody has been named since
    """
    if not contact.name and contact.role in _needed(standing):
        raise onboarding.CannotRecord(
            "name", "Skriv ett namn. Här behövs alltid någon, eller så är någon ansvarig för steg."
        )
    if standing.contact(contact.role).number != seen:
        raise written_meanwhile("")
    row = OnboardingContact(
        owner=acting_for(),
        role=contact.role,
        number=seen + 1,
        contact_name=contact.name,
        contact_title=contact.title,
        email=contact.email,
        phone=contact.phone,
        name=by.name,
        title=by.title,
        named_at=at,
    )
    add(row)


def plan_activity(activity: Activity, *, seen: int, by: By, at: datetime) -> None:
    """Plan an activity, or change or finish one, for the huvudman that acts.

    :param seen: the number of the row that was there when the form was read, 0 for a new one
    :raises NotOpened: if nobody has let the huvudman begin
    :raises WrittenMeanwhile: if somebody has changed the activity since
    """
    standing(acting_for())
    rows = OnboardingActivity.objects.filter(owner=acting_for(), activity=activity.id)
    last = rows.order_by("-number").values("number", "name").first()
    if last is not None and last["number"] != seen:
        raise written_meanwhile(last["name"])
    row = OnboardingActivity(
        owner=acting_for(),
        activity=activity.id,
        number=seen + 1,
        what=activity.what,
        responsible=activity.responsible,
        with_whom=activity.with_whom,
        forum=activity.forum,
        wanted_on=activity.wanted_on,
        done_on=activity.done_on,
        name=by.name,
        title=by.title,
        planned_at=at,
    )
    add(row)


def activities(tenant: str) -> tuple[Activity, ...]:
    """Return what a huvudman plans: what is left by its wanted day, then what is done."""
    rows = OnboardingActivity.objects.filter(owner=tenant).order_by("number")
    newest = {it.activity: _activity(it) for it in rows}
    return tuple(sorted(newest.values(), key=_by_day))


def standings() -> tuple[Standing, ...]:
    """Return where everybody who joins stands, in Swedish order, in four questions."""
    return _standings(None)


def standing(tenant: str) -> Standing:
    """Return where a huvudman stands.

    :raises NotOpened: if nobody has let it begin
    """
    found = _standings(tenant)
    if not found:
        raise NotOpened
    return found[0]


def _standings(tenant: str | None) -> tuple[Standing, ...]:
    of = {"owner": tenant} if tenant else {}
    contacts: dict[str, dict[ContactRole, Contact]] = defaultdict(dict)
    for named in OnboardingContact.objects.filter(**of).order_by("owner", "number"):
        contacts[named.owner][ContactRole(named.role)] = _contact(named)
    history: dict[str, list[Told]] = defaultdict(list)
    for told in OnboardingStep.objects.filter(**of).order_by("owner", "pk"):
        history[told.owner].append(_told(told))
    return tuple(
        Standing(it, contacts[it.tenant], tuple(history[it.tenant])) for it in _opened(tenant)
    )


def _opened(tenant: str | None) -> tuple[Opened, ...]:
    """Return who has been let begin. Anybody can write such a row: the county's region's counts."""
    registered = _registered()
    asked = {"tenant": tenant} if tenant else {}
    counted: dict[str, list[Onboarding]] = defaultdict(list)
    for it in Onboarding.objects.filter(**asked).order_by("pk"):
        if it.tenant in registered and it.owner == registered[it.tenant].host:
            counted[it.tenant].append(it)
    return tuple(
        _as_opened(counted[name], is_both=it.is_both)
        for name, it in registered.items()
        if name in counted
    )


def _as_opened(rows: Sequence[Onboarding], *, is_both: bool) -> Opened:
    first, last = rows[0], rows[-1]
    return Opened(
        tenant=last.tenant,
        delregion=last.delregion,
        wanted_start_on=last.wanted_start_on,
        by=By(first.name, first.title),
        at=first.opened_at,
        is_both=is_both,
    )


def hosts() -> dict[str, str | None]:
    """Return the region of each huvudman's county, in Swedish order of the huvudmän."""
    return {name: it.host for name, it in _registered().items()}


@dataclass(frozen=True)
class _Registered:
    """A huvudman of the registry: the region of its county, and whether it is both in one."""

    host: str | None
    is_both: bool


def _registered() -> dict[str, _Registered]:
    """Return every huvudman, in Swedish order."""
    rows = list(
        registry.kin()
        .order_by("name_sort", "name")
        .values_list("schema_name", "county_code", "kind")
    )
    regions = {county: name for name, county, kind in rows if kind in REGIONS}
    return {
        name: _Registered(regions.get(county), kind == Tenant.Kind.BOTH)
        for name, county, kind in rows
    }


def _by_day(it: Activity) -> tuple[date, date, str]:
    return it.done_on or date.min, it.wanted_on or date.max, it.what


def _needed(standing: Standing) -> frozenset[ContactRole]:
    left = (it.entry for it in standing.told.values() if it.entry.state is not State.DONE)
    return frozenset(onboarding.REQUIRED) | {it.responsible for it in left}


def add(row: Model) -> None:
    """Add a row that follows on the last one.

    :raises WrittenMeanwhile: if another row has come in its place
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise written_meanwhile("") from None


def written_meanwhile(who: str) -> WrittenMeanwhile:
    """Return what is told to somebody who has not seen the last row; empty: not whose it is."""
    return WrittenMeanwhile(
        f"{who or 'Någon annan'} har skrivit här sedan du öppnade sidan. Läs vad som står nu,"
        " och spara igen om det du har skrivit ska ersätta det."
    )


def _contact(row: OnboardingContact) -> Contact:
    return Contact(
        role=ContactRole(row.role),
        number=row.number,
        name=row.contact_name,
        title=row.contact_title,
        email=row.email,
        phone=row.phone,
    )


def _activity(row: OnboardingActivity) -> Activity:
    return Activity(
        what=row.what,
        responsible=row.responsible,
        with_whom=row.with_whom,
        forum=row.forum,
        wanted_on=row.wanted_on,
        done_on=row.done_on,
        id=row.activity,
        number=row.number,
    )


def _told(row: OnboardingStep) -> Told:
    return Told(
        tenant=row.owner,
        number=row.number,
        entry=Entry(
            step=Step(row.step),
            state=State(row.state),
            responsible=ContactRole(row.responsible),
            due_on=row.due_on,
            reason=row.reason,
            evidence=row.evidence,
        ),
        people=row.people,
        by=row.name,
        title=row.title,
        at=row.told_at,
    )
