"""Enheter: the huvudman's part of the address book, and who may act at each unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from care.identity import approving, importing, operations, queries, units
from care.identity.entries import BadEntry
from care.identity.permissions import ROLE_LABELS, Permission, Role
from care.identity.units import Address
from care.inbox import routing
from care.inbox.queries import busy_units
from portal import imports, places, times
from portal.access import ActorRequest, needs
from portal.forms.units import DAY_LABELS, ArchiveForm, AssignmentForm, RouteForm, UnitForm
from portal.idempotent import Done, key_for, new_key, once
from tenants.models import Unit


@dataclass(frozen=True)
class Hours:
    """When a unit is open on a day of the week."""

    day: str
    times: str


@needs(Permission.ADMINISTER_UNITS)
def list_units(request: ActorRequest) -> HttpResponse:
    """Show our units, and whether anybody watches each inbox now."""
    own = _own(request)
    watched = units.watches([it.hsa_id for it in own], at=request.at)
    rows = [(it, Unit.Kind(it.kind).label, watched[it.hsa_id]) for it in own]
    has_wards = any(it.kind == Unit.Kind.WARD for it in own)
    return render(request, "portal/units/list.html", {"rows": rows, "has_wards": has_wards})


@needs(Permission.ADMINISTER_UNITS)
def show_unit(request: ActorRequest, hsa_id: str) -> HttpResponse:
    """Show a unit: when it is watched, who takes over, and who may act there."""
    unit = _unit(request, hsa_id)
    held = queries.assignments_of_unit(unit_id=hsa_id, at=request.at)
    return render(
        request,
        "portal/units/show.html",
        {
            "unit": unit,
            "kind": Unit.Kind(unit.kind).label,
            "branch": Unit.Branch(unit.branch).label,
            "hours": _hours(unit),
            "watch": units.watches([hsa_id], at=request.at)[hsa_id],
            "held": [(it, gettext(ROLE_LABELS[it.role]), new_key()) for it in held],
            "closed": [
                (it, gettext(ROLE_LABELS[Role(it.role)]), new_key())
                for it in queries.closed_here(unit_id=hsa_id)
            ],
            "may_assign": request.actor.may(Permission.ADMINISTER_ASSIGNMENTS),
        },
    )


@needs(Permission.ADMINISTER_UNITS)
@require_safe
def ask_route(request: ActorRequest) -> HttpResponse:
    """Show who would get it: where an admission goes, and who looks into each inbox then."""
    own = _own(request)
    form = RouteForm(
        request.GET,
        municipalities=places.municipalities(),
        own_code=places.code_of(request.actor.tenant),
        at=request.at,
    )
    routes = routing.asked(municipality_code=form.municipality_code, at=form.moment)
    return render(
        request,
        "portal/units/route.html",
        {
            "form": form,
            "place": places.name(form.municipality_code),
            "when": times.absolute(form.moment, at=request.at),
            "routes": [(it, Unit.Kind(it.unit.kind).label) for it in routes],
            "left_out": routing.left_out(own),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.ADMINISTER_UNITS, fresh=True)
def write_unit(request: ActorRequest, hsa_id: str | None = None) -> HttpResponse:
    """Enter a unit in the address book, or change it."""
    unit = _unit(request, hsa_id) if hsa_id else None
    form = UnitForm(request.POST or None, own=_own(request), unit=unit)
    if form.is_valid():
        entry = form.entry

        def act() -> Done:
            operations.write_unit(actor=request.actor, entry=entry, at=request.at)
            return Done(_address(entry.hsa_id), gettext("Enheten är sparad."))

        try:
            return once(request, act)
        except BadEntry as bad:
            form.refuse(bad)
    return render(
        request,
        "portal/units/write.html",
        {"form": form, "unit": unit, "key": key_for(request)},
        status=422 if form.errors else 200,
    )


@needs(Permission.ADMINISTER_UNITS, fresh=True)
def archive_unit(request: ActorRequest, hsa_id: str) -> HttpResponse:
    """Say what follows when a unit ends, and end it."""
    own = _own(request)
    unit = next((it for it in own if it.hsa_id == hsa_id), None)
    form = ArchiveForm(request.POST or None, own=own, unit=unit)
    if request.method == "POST" and form.is_valid():

        def act() -> Done:
            _unit(request, hsa_id)
            operations.archive_unit(
                actor=request.actor,
                hsa_id=hsa_id,
                has_open_cases=hsa_id in busy_units(),
                successor=form.cleaned_data["successor"],
                at=request.at,
            )
            return Done(reverse("portal:units"), gettext("Enheten är avslutad."))

        try:
            return once(request, act)
        except BadEntry as bad:
            form.refuse(bad)
    if unit is None:  # another's, or one that has ended
        raise Http404("no such unit")
    return render(
        request,
        "portal/units/archive.html",
        {"form": form, "unit": unit, "is_busy": hsa_id in busy_units(), "key": key_for(request)},
        status=422 if form.errors else 200,
    )


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
def add_assignment(request: ActorRequest, hsa_id: str) -> HttpResponse:
    """Let a person act at a unit."""
    unit = _unit(request, hsa_id)
    form = AssignmentForm(request.POST or None, initial=_like(request, hsa_id))
    if form.is_valid():
        entry = form.entry(unit_id=hsa_id, at=request.at)

        def act() -> Done:
            is_given = approving.ask(actor=request.actor, entry=entry, at=request.at)
            told = (
                gettext("{name} har fått uppdraget.")
                if is_given
                else gettext("Uppdraget för {name} är begärt. Någon annan godkänner det.")
            )
            return Done(_address(hsa_id), told.format(name=entry.name))

        try:
            return once(request, act)
        except BadEntry as bad:
            form.refuse(bad)
    return render(
        request,
        "portal/units/assign.html",
        {
            "form": form,
            "unit": unit,
            "is_alone_enough": approving.is_alone_enough(actor=request.actor, at=request.at),
            "key": key_for(request),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
def revoke_assignment(request: ActorRequest, hsa_id: str, assignment_id: UUID) -> HttpResponse:
    """End an assignment at a unit; who acts in it is refused at the next click."""

    def act() -> Done:
        held = queries.assignments_of_unit(unit_id=hsa_id, at=request.at)
        if assignment_id not in {it.assignment_id for it in held}:
            raise operations.NoSuchAssignment
        operations.revoke_assignment(
            actor=request.actor, assignment_id=assignment_id, at=request.at
        )
        return Done(_address(hsa_id), gettext("Uppdraget är avslutat."))

    return once(request, act)


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
@require_POST
def follow_hsa(request: ActorRequest, hsa_id: str, assignment_id: UUID) -> HttpResponse:
    """Let HSA hold again for an assignment that was ended here."""

    def act() -> Done:
        closed = queries.closed_here(unit_id=_unit(request, hsa_id).hsa_id)
        if assignment_id not in {it.assignment_id for it in closed}:
            raise operations.NoSuchAssignment
        operations.follow_hsa_again(actor=request.actor, assignment_id=assignment_id, at=request.at)
        return Done(_address(hsa_id), gettext("HSA gäller igen från nästa inläsning."))

    return once(request, act)


@needs(Permission.ADMINISTER_UNITS, fresh=True)
def import_units(request: ActorRequest) -> HttpResponse:
    """Compare a file with our units; take it over when somebody has read what it changes."""
    return imports.answer(
        request,
        what=imports.UNITS,
        act=lambda content, dry_run: importing.import_units(
            actor=request.actor,
            content=content,
            busy=busy_units(),
            dry_run=dry_run,
            at=request.at,
        ),
    )


def _like(request: ActorRequest, hsa_id: str) -> dict[str, str]:
    """Return what an assignment at the unit says, to be asked for anew, or nothing."""
    held = queries.assignments_of_unit(unit_id=hsa_id, at=request.at)
    asked = request.GET.get("like", "")
    like = next((it for it in held if str(it.assignment_id) == asked), None)
    if like is None:
        return {}
    return {"hsa_id": like.hsa_id, "name": like.name, "role": like.role, "title": like.title}


def _own(request: ActorRequest) -> Sequence[Address]:
    return units.receiving(owners=[request.actor.tenant], kinds=Unit.Kind.values)


def _unit(request: ActorRequest, hsa_id: str) -> Address:
    """Return one of our units; another's is not found, like one that does not exist."""
    try:
        unit = units.address(hsa_id)
    except units.NoSuchUnit:
        raise Http404("no such unit") from None
    if unit.owner != request.actor.tenant:
        raise Http404("no such unit")
    return unit


def _hours(unit: Address) -> list[Hours]:
    return [
        Hours(str(label), "–".join(unit.opening_hours[day]).replace(":", "."))
        if unit.opening_hours.get(day) and (day != "sun" or unit.watches_red_days)
        else Hours(str(label), gettext("Bevakas inte"))
        for day, label in DAY_LABELS.items()
    ]


def _address(hsa_id: str) -> str:
    return reverse("portal:unit", args=[hsa_id])


urlpatterns = [
    path("units", list_units, name="units"),
    path("units/new", write_unit, name="new_unit"),
    path("units/route", ask_route, name="ask_route"),
    path("units/import", import_units, name="import_units"),
    path("units/<str:hsa_id>", show_unit, name="unit"),
    path("units/<str:hsa_id>/change", write_unit, name="change_unit"),
    path("units/<str:hsa_id>/archive", archive_unit, name="archive_unit"),
    path("units/<str:hsa_id>/assignments/new", add_assignment, name="add_assignment"),
    path(
        "units/<str:hsa_id>/assignments/<uuid:assignment_id>/revoke",
        revoke_assignment,
        name="revoke_assignment",
    ),
    path(
        "units/<str:hsa_id>/assignments/<uuid:assignment_id>/follow-hsa",
        follow_hsa,
        name="follow_hsa",
    ),
]
