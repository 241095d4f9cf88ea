"""The first page: what Samplan is on the public host, and a role's own first page elsewhere."""

from typing import TypeGuard

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.i18n import set_language

from care.identity import operations
from care.identity.permissions import Permission
from care.identity.queries import NoAssignment
from portal import context, errors, texts
from portal.access import ActorRequest, Request, public
from portal.views import worklist
from tenants.context import acting_for


@public
def home(request: Request) -> HttpResponse:
    """Show what Samplan is, or the first page of the role to a person who is signed in."""
    if acting_for() == "public":
        return render(
            request,
            "portal/start/start.html",
            {"has_demo": settings.DEMO, "has_cards": bool(settings.OIDC_ISSUER)},
        )
    if isinstance(request.staff, NoAssignment) and request.staff.assignment_id:
        operations.note_refusal(request.staff, at=request.at)
        return errors.refuse(request, texts.NO_ASSIGNMENT)
    if not _somebody_acts(request):
        return redirect("portal:assignments")  # which leads on to the sign-in
    if request.actor.may(Permission.READ_INBOX):
        return worklist.worklist(request)
    return redirect(context.navigation(request.actor, request.path)[0].url)


def _somebody_acts(request: Request) -> TypeGuard[ActorRequest]:
    return request.actor is not None


urlpatterns = [
    path("", home, name="home"),
    path("language", public(set_language), name="set_language"),
]
