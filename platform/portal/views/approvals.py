"""Uppdrag att godkänna: what one person has asked for, another approves or refuses."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity import approving
from care.identity.permissions import ROLE_LABELS, Permission
from portal.access import ActorRequest, needs
from portal.forms.units import RefuseForm
from portal.idempotent import Done, key_for, new_key, once


@needs(Permission.APPROVE_ASSIGNMENT)
@require_safe
def list_requests(request: ActorRequest) -> HttpResponse:
    """Show what waits for a decision, and what has been decided."""
    waiting = [
        (it, _role(it), it.valid_from > request.at, new_key())
        for it in approving.waiting(actor=request.actor)
    ]
    decided = [(it, _role(it)) for it in approving.decided(actor=request.actor)]
    return render(
        request,
        "portal/assignments/requests.html",
        {"waiting": waiting, "decided": decided},
    )


@needs(Permission.APPROVE_ASSIGNMENT, fresh=True)
@require_POST
def approve_assignment(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Approve what somebody else has asked for: the assignment holds from now on."""

    def act() -> Done:
        approving.approve(actor=request.actor, request_id=request_id, at=request.at)
        return Done(reverse("portal:assignment_requests"), gettext("Uppdraget är godkänt."))

    return once(request, act)


@needs(Permission.APPROVE_ASSIGNMENT, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_assignment(request: ActorRequest, request_id: UUID) -> HttpResponse:
    """Refuse what somebody else has asked for, with the reason."""
    form = RefuseForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            reason = form.cleaned_data["reason"]
            approving.refuse(
                actor=request.actor, request_id=request_id, reason=reason, at=request.at
            )
            return Done(reverse("portal:assignment_requests"), gettext("Begäran är avslagen."))

        return once(request, act)
    asked = approving.asked(actor=request.actor, request_id=request_id)
    return render(
        request,
        "portal/assignments/refuse.html",
        {"form": form, "it": asked, "role": _role(asked), "key": key_for(request)},
        status=422 if form.errors else 200,
    )


def _role(asked: approving.Request) -> str:
    return gettext(ROLE_LABELS[asked.role])


urlpatterns = [
    path("approvals", list_requests, name="assignment_requests"),
    path("approvals/<uuid:request_id>/approve", approve_assignment, name="approve_assignment"),
    path("approvals/<uuid:request_id>/refuse", refuse_assignment, name="refuse_assignment"),
]
