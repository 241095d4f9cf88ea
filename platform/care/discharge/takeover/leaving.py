"""Övergång: the old system is left, once everything in it is here and counts the same.

At an upgrade in 2018 a region's open cases lost their calls and their planned discharges. So what
is not agreed today, to the case, to the call and to the estimate, is not left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from care.discharge.models import CutOver, Reconciliation, TakenOverCase
from care.discharge.takeover import here, reconciling
from care.discharge.takeover.here import Home
from care.discharge.takeover.importing import known_name, refuse_after_cut_over
from care.discharge.takeover.reconciling import Counts, Day, Match
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import takeovers
from care.law import calendar
from care.sharing import access
from tenants.models import Tenant
from tenants.sorting import sort_key


@dataclass(frozen=True)
class Left:
    """Gjord övergång: when, by whom, and what was counted."""

    system: str
    at: datetime
    by: str
    counts: Counts


class CannotLeave(Exception):
    """The old system cannot be left yet; `reasons` say in Swedish why, and what to do."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def cut_over(*, actor: Actor, system: str, at: datetime) -> Left:
    """Leave an old system: nothing more is imported from it, and clocks for receipts run here.

    :raises CannotLeave: if the last comparison is not of today, or not everything agrees still
    :raises Refused: if the system has been left
    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.CUT_OVER)
    system = known_name(system)
    refuse_after_cut_over(system)
    try:
        with transaction.atomic():
            home = here.look(actor=actor, permission=Permission.CUT_OVER, system=system, at=at)
            row = Reconciliation.objects.filter(system=system).order_by("-at", "-id").first()
            reasons = tuple(_reasons(reconciling.day_of(row) if row else None, home, at))
            if reasons:
                raise CannotLeave(reasons)
            counts = reconciling.counts_here(home)
            CutOver.objects.create(
                system=system,
                at=at,
                **reconciling.counted(counts, counts),
                staff_id=actor.staff_id,
                staff_name=actor.name,
                assignment_id=actor.assignment_id,
            )
            for common_id in home.open_cases:
                case = access.own_case(common_id)
                assert case is not None
                takeovers.end(case, at=at)
    except IntegrityError:
        refuse_after_cut_over(system)
        raise
    return Left(system, at, actor.name, counts)


@dataclass(frozen=True)
class Standing:
    """Hur långt bytet från ett gammalt system har kommit."""

    system: str
    days: tuple[Day, ...]
    left: Left | None


def standings(*, actor: Actor) -> tuple[Standing, ...]:
    """Return how far every change of system has come, by the name of the old one.

    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.RECONCILE_CASES)
    rows = (TakenOverCase.objects, Reconciliation.objects, CutOver.objects)
    named = {it for found in rows for it in found.values_list("system", flat=True).distinct()}
    return tuple(
        Standing(it, reconciling.days(actor=actor, system=it), left(actor=actor, system=it))
        for it in sorted(named, key=sort_key)
    )


def left(*, actor: Actor, system: str) -> Left | None:
    """Return how an old system was left, or None while it has not been.

    :raises access.NotAllowed: if the actor may not
    """
    access.refuse_unless(actor, Permission.RECONCILE_CASES)
    row = CutOver.objects.filter(system=known_name(system)).first()
    if row is None:
        return None
    counts = Counts(row.open_here, row.calls_here, row.estimates_here)
    return Left(row.system, row.at, row.staff_name, counts)


def _reasons(last: Day | None, home: Home, at: datetime) -> Iterator[str]:
    if last is None or calendar.local_date(last.at) != calendar.local_date(at):
        yield "Ingen avstämning är gjord i dag. Läs in dagens fil och stäm av den först."
        return
    for match, number in last.counts.items():
        if number and match is not Match.IN_BOTH:
            yield f"{reconciling.MATCH_LABELS[match]}: {number}. Rätta dem och stäm av igen."
    now = reconciling.counts_here(home)
    for name, there, here_now in (
        ("Öppna ärenden", last.there.open_cases, now.open_cases),
        ("Kallelser", last.there.calls, now.calls),
        ("Beräknade utskrivningar", last.there.estimates, now.estimates),
    ):
        if there != here_now:
            yield f"{name}: {there} där, {here_now} här. Antalen måste vara lika. Stäm av igen."
    for tenant, number in sorted(takeovers.not_fetched().items()):
        yield (
            f"{_name(tenant)} har inte hämtat {number} meddelanden ännu. Se till att"
            " bakgrundsarbetet går (samplan work), vänta och försök igen."
        )


def _name(tenant: str) -> str:
    named = Tenant.objects.filter(schema_name=tenant).values_list("name", flat=True).first()
    return named or tenant
