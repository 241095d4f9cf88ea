"""A huvudman is removed: all of it in one transaction, so that whatever fails leaves it as it was.

What the others have got stays theirs. So do the common rows by which they read it: units, which are
archived, agreements and signatures; and its name, in `Departed`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from tenants import agreements
from tenants.context import acting_as
from tenants.leaving import tables
from tenants.leaving.tables import COMMON, OWN
from tenants.leaving.verify import Verified, differences
from tenants.models import (
    Departed,
    Domain,
    ExpertAnswer,
    JointBoard,
    OnboardingActivity,
    OnboardingContact,
    OnboardingStep,
    PackDone,
    StartPlan,
    Tenant,
    TrainingCount,
    TrainingGoal,
    TrainingReset,
    Unit,
    UnitCheck,
)
from tenants.progress import REGIONS

REASON = "Huvudmannen lämnar Samplan."
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SECONDS_TO_WAIT = 10  # for whoever is in the middle of something
# Who somebody's contact was helps nobody to read what is theirs.
FORGOTTEN = (
    OnboardingStep, OnboardingContact, OnboardingActivity, ExpertAnswer, StartPlan, PackDone,
    UnitCheck, TrainingGoal, TrainingCount, TrainingReset,
)  # fmt: skip

Obstacles = Callable[[], Iterable[str]]


class CannotRemove(Exception):
    """The huvudman cannot be removed so; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Ending:
    """An agreement that ends when the huvudman leaves, for the others too."""

    title: str
    others: tuple[str, ...]  # schemas


def obstacles(tenant: Tenant) -> Iterator[str]:
    """Yield why a huvudman cannot leave before others do: it hosts or leads them."""
    hosted = JointBoard.objects.filter(owner=tenant.schema_name).order_by("name")
    for board in hosted:
        yield (
            f"{tenant.name} är värd för {board.name}, vars böcker ligger hos värden. Avsluta"
            " nämnden, eller låt en annan huvudman bli värd, innan den lämnar."
        )
    county = Tenant.objects.filter(county_code=tenant.county_code, training_for="")
    county = county.exclude(pk=tenant.pk)
    if tenant.kind in REGIONS and (left := county.order_by("name_sort").first()):
        yield (
            f"{tenant.name} leder utskrivning och anslutning för {left.name} och"
            f" {county.count() - 1} till. Ta bort länets kommuner först, och regionen sist."
        )


def boards(tenant: Tenant) -> tuple[str, ...]:
    """Return the names of the joint boards that a huvudman is a party of."""
    with tables.as_huvudman(tenant.schema_name):
        found = JointBoard.objects.filter(parties__contains=[tenant.schema_name])
        return tuple(found.order_by("name").values_list("name", flat=True))


def endings(tenant: Tenant, *, at: datetime) -> tuple[Ending, ...]:
    """Return the agreements that end when a huvudman leaves, with who else is bound by each."""
    with tables.as_huvudman(tenant.schema_name):
        return tuple(
            Ending(it.title, tuple(sorted({*it.parties} - {tenant.schema_name})))
            for it in _running(tenant.schema_name, at=at)
        )


def refuse_changed(verified: Verified) -> None:
    """Refuse early, before anybody prepares for it, where the database has changed since.

    :raises CannotRemove: naming what has
    """
    with tables.as_huvudman(verified.tenant, is_snapshot=True) as cursor:
        _refuse_changed(differences(cursor, verified, verified.tenant))


def remove(
    *,
    verified: Verified,
    by: str,
    at: datetime,
    also: Obstacles = lambda: (),
    successors: Mapping[str, str] | None = None,
    tell: Callable[[str], object] = lambda _: None,
) -> Departed:
    """Remove the huvudman of a verified archive, if the database holds precisely that.

    Its agreements are ended in its own name, its units archived; schema, role, login, host names
    and entry in the registry go. Run by the migrator, which alone may.

    :param also: yields what else keeps it here, asked in its own role, behind the lock
    :param successors: by kind of unit the HSA-id of the unit that takes over, if any
    :raises CannotRemove: if something keeps it here; nothing is changed then
    """
    schema = verified.tenant
    with acting_as(schema), _patient(), transaction.atomic(), connection.cursor() as cursor:
        tenant = _locked(cursor, schema)
        tell("Jämför med arkivet")
        with _as(cursor, schema):
            _refuse_changed(differences(cursor, verified, schema, folder=OWN))
        # Others write these too, so they are held for as short as can be.
        _lock(cursor, "SHARE ROW EXCLUSIVE", *((it.schema, it.name) for it in _common(verified)))
        with _as(cursor, schema):
            _refuse_changed(differences(cursor, verified, schema, folder=COMMON))
            if told := [*obstacles(tenant), *also()]:
                raise CannotRemove(" ".join(told))
            tell("Avslutar överenskommelser och enheter")
            _end_agreements(schema, by=by, at=at)
            _archive_units(schema, successors or {}, at=at)
        tell("Tar bort schema, roll och register")
        _remove_training(cursor, schema, at=at)
        _forget(cursor, schema)
        departed = _leave_registry(tenant, at=at, seal=verified.seal)
        _drop(cursor, schema)
        return departed


@contextmanager
def _patient() -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        if not isinstance(fault.__cause__, (errors.LockNotAvailable, errors.DeadlockDetected)):
            raise
        raise CannotRemove(
            "Någon arbetar hos huvudmannen just nu. Stäng dess webbprocess, eller vänta, och"
            " försök igen."
        ) from None


@contextmanager
def _as(cursor: Any, schema: str) -> Iterator[None]:
    """Hold the huvudman's role for a part of the migrator's transaction."""
    tables.hold(cursor, schema)
    yield
    cursor.execute("SET LOCAL ROLE NONE")


def _locked(cursor: Any, schema: str) -> Tenant:
    """Keep everybody out of the schema until the transaction ends, the loop too."""
    cursor.execute(f"SET LOCAL lock_timeout = '{SECONDS_TO_WAIT}s'; {tables.SAME_EVERYWHERE}")
    tenant: Tenant | None
    tenant = Tenant.objects.select_for_update().filter(schema_name=schema).first()
    if tenant is None:
        raise CannotRemove(f"{schema} är inte ansluten. Se namnen med samplan tenant list.")
    training = Tenant.objects.filter(training_for=schema).values_list("schema_name", flat=True)
    for held in (schema, *training):
        names = tables.names(cursor, held)
        _lock(cursor, "ACCESS EXCLUSIVE", *((held, name) for name in names))
    return tenant


def _common(verified: Verified) -> Iterator[tables.Table]:
    return (it for it in verified.tables if it.folder == COMMON)


def _lock(cursor: Any, mode: str, *names: tuple[str, str]) -> None:
    named = sql.SQL(", ").join(sql.Identifier(*it) for it in names)
    cursor.execute(sql.SQL("LOCK TABLE {} IN " + mode + " MODE").format(named))


def _refuse_changed(told: list[str]) -> None:
    if told:
        raise CannotRemove(
            f"Arkivet är inte vad databasen har nu. Ändrat sedan dess: {', '.join(told)}. Stäng"
            " huvudmannens webbprocess, exportera igen, och ta bort med den nya filen."
        )


def _running(schema: str, *, at: datetime) -> tuple[agreements.Agreement, ...]:
    """Return the agreements that bind a huvudman or would, once each."""
    named = [it for it in agreements.concerning(schema) if it.ended_at is None]
    found = {it.id: it for it in (*named, *agreements.in_force(schema, at=at))}
    return tuple(found.values())


def _end_agreements(schema: str, *, by: str, at: datetime) -> None:
    for it in _running(schema, at=at):
        agreements.end(agreement=it.id, reason=REASON, name=by, at=at)


def _archive_units(schema: str, successors: Mapping[str, str], *, at: datetime) -> None:
    """Let no unit receive any more; what is sent to it goes to the one that takes over, if any."""
    today = at.astimezone(STOCKHOLM).date()
    living = Unit.objects.filter(owner=schema, archived_on=None)
    for kind in living.values_list("kind", flat=True).distinct():
        of_kind = living.filter(kind=kind)
        of_kind.update(archived_on=today, is_default=False, successor=successors.get(kind, ""))


def _remove_training(cursor: Any, schema: str, *, at: datetime) -> None:
    """Remove its training huvudman too: nothing there is about anybody, so no archive is asked."""
    for it in Tenant.objects.filter(training_for=schema):
        with _as(cursor, it.schema_name):
            _archive_units(it.schema_name, {}, at=at)
        _forget(cursor, it.schema_name)
        Domain.objects.filter(tenant=it).delete()
        # The row, not the object: its delete() would drop the schema in a way of its own.
        Tenant.objects.filter(pk=it.pk).delete()
        _drop(cursor, it.schema_name)


def _forget(cursor: Any, schema: str) -> None:
    """Remove the rows of joining; nobody has the right to, so the owner of the tables takes it."""
    for model in FORGOTTEN:
        named = sql.Identifier(tables.PUBLIC, model._meta.db_table)
        cursor.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(named))
        model._base_manager.filter(owner=schema).delete()
        cursor.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(named))


def _leave_registry(tenant: Tenant, *, at: datetime, seal: str) -> Departed:
    departed = Departed.objects.create(
        schema_name=tenant.schema_name,
        name=tenant.name,
        name_sort=tenant.name_sort,
        kind=tenant.kind,
        organisation_number=tenant.organisation_number,
        county_code=tenant.county_code,
        municipality_code=tenant.municipality_code,
        left_at=at,
        seal=seal,
    )
    Domain.objects.filter(tenant=tenant).delete()
    Tenant.objects.filter(pk=tenant.pk).delete()
    return departed


def _drop(cursor: Any, schema: str) -> None:
    named = {"schema": sql.Identifier(schema), "login": sql.Identifier(f"login_{schema}")}
    cursor.execute(sql.SQL("DROP SCHEMA {schema} CASCADE").format(**named))
    cursor.execute(sql.SQL("DROP ROLE IF EXISTS {login}").format(**named))
    cursor.execute(sql.SQL("DROP ROLE {schema}").format(**named))
