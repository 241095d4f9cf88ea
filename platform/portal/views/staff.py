"""Medarbetare: who works here, and in which assignments."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from care.identity import approving, importing, operations, queries
from care.identity.hsa import importing as hsa
from care.identity.permissions import ROLE_LABELS, Permission
from portal import imports
from portal.access import ActorRequest, needs
from portal.idempotent import Done, new_key, once


@needs(Permission.ADMINISTER_ASSIGNMENTS)
def list_staff(request: ActorRequest) -> HttpResponse:
    """Show everybody who works here, with the assignments that hold now."""
    people = [
        (it, [(held, gettext(ROLE_LABELS[held.role])) for held in it.assignments])
        for it in queries.staff_list(at=request.at)
    ]
    ending = [(it, gettext(ROLE_LABELS[it.role])) for it in approving.ending(at=request.at)]
    return render(
        request,
        "portal/assignments/staff.html",
        {
            "people": people,
            "ending": ending,
            "waiting": len(approving.waiting(actor=request.actor)),
        },
    )


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def protect_staff(request: ActorRequest, staff_id: UUID) -> HttpResponse:
    """Show by whom somebody is protected; put protection on here, or take off what was put here."""
    if request.method != "POST":
        person = queries.member(staff_id=staff_id, at=request.at)
        if person is None:
            raise operations.NoSuchStaff
        context = {"person": person, "key": new_key()}
        return render(request, "portal/assignments/protect.html", context)
    is_protected = request.POST.get("is_protected") == "yes"

    def act() -> Done:
        operations.protect_staff(
            actor=request.actor, staff_id=staff_id, is_protected=is_protected, at=request.at
        )
        told = gettext("Skyddet är satt.") if is_protected else gettext("Skyddet är borttaget.")
        return Done(reverse("portal:staff"), told)

    return once(request, act)


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_sessions(request: ActorRequest, staff_id: UUID) -> HttpResponse:
    """Show in how many places somebody is signed in here; end them all."""
    if request.method != "POST":
        person = queries.member(staff_id=staff_id, at=request.at)
        if person is None:
            raise operations.NoSuchStaff
        open_ = len(queries.sign_ins(staff_id=staff_id, at=request.at))
        context = {"person": person, "open": open_, "key": new_key()}
        return render(request, "portal/assignments/end_sessions.html", context)

    def act() -> Done:
        operations.end_sessions(actor=request.actor, staff_id=staff_id, at=request.at)
        return Done(reverse("portal:staff"), gettext("Inloggningarna är avslutade."))

    return once(request, act)


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
def import_assignments(request: ActorRequest) -> HttpResponse:
    """Compare a file with our assignments; take it over when what it changes has been read."""
    return imports.answer(
        request,
        what=imports.ASSIGNMENTS,
        act=lambda content, dry_run: importing.import_assignments(
            actor=request.actor,
            content=content,
            takes_two=not approving.is_alone_enough(actor=request.actor, at=request.at),
            dry_run=dry_run,
            at=request.at,
        ),
    )


@needs(Permission.ADMINISTER_ASSIGNMENTS, fresh=True)
def import_hsa(request: ActorRequest) -> HttpResponse:
    """Compare a batch of HSA with our assignments; take it over, or ask for what is new in it."""
    takes_two = not approving.is_alone_enough(actor=request.actor, at=request.at)
    return imports.answer(
        request,
        what=imports.HSA_BY_TWO if takes_two else imports.HSA,
        act=lambda content, dry_run: hsa.import_hsa(
            actor=request.actor,
            content=content,
            takes_two=takes_two,
            dry_run=dry_run,
            at=request.at,
        ),
    )


urlpatterns = [
    path("staff", list_staff, name="staff"),
    path("staff/import-hsa", import_hsa, name="import_hsa"),
    path("staff/<uuid:staff_id>/protect", protect_staff, name="protect_staff"),
    path("staff/<uuid:staff_id>/end-sessions", end_sessions, name="end_sessions"),
    path("staff/import", import_assignments, name="import_assignments"),
]
