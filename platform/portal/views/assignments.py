"""Byt uppdrag: a person chooses among the assignments that are held, and nothing else (R2, R5)."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from care.identity import drafts, operations, queries, sessions
from care.identity.actors import Actor
from care.identity.permissions import ROLE_LABELS
from care.identity.queries import NoAssignment
from care.identity.sessions import Left
from portal.access import COOKIE, Request, public, with_session


class SessionRequest(Request):
    """A request behind `with_session`: somebody is signed in."""

    staff: Actor | NoAssignment


@with_session
def assignments(request: SessionRequest) -> HttpResponse:
    """Show the assignments that are held, the last used first; take the one that is chosen."""
    if request.method == "POST":
        return _choose(request)
    held = queries.candidates(staff_id=request.staff.staff_id, at=request.at)
    rows = [(it, gettext(ROLE_LABELS[it.role])) for it in held]
    administrators = () if held else queries.administrators(at=request.at)
    return render(
        request,
        "portal/assignments/choose.html",
        {
            "person": request.staff.name,
            "rows": rows,
            "administrators": administrators,
            "active_id": request.staff.assignment_id,
        },
    )


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session and lead to the first page."""
    return end_session(request, lambda _: redirect("portal:home"))


def end_session(request: Request, lead_on: Callable[[Left | None], HttpResponse]) -> HttpResponse:
    """End the session, and let the browser keep nothing of it; every way out goes by here.

    :param lead_on: answers, told what the sign-in service wants to know of the session, if anything
    """
    left = None
    if request.held is not None:
        left = sessions.close(token=request.COOKIES[COOKIE], at=request.at)
    response = lead_on(left)
    response.delete_cookie(COOKIE)
    response["Cache-Control"] = "no-store"
    response["Clear-Site-Data"] = '"storage"'
    return response


def _choose(request: SessionRequest) -> HttpResponse:
    try:
        chosen = UUID(request.POST.get("chosen", ""))
    except ValueError:
        raise BadRequest("no assignment was chosen") from None
    token = request.COOKIES.get(COOKIE, "")
    operations.choose_assignment(token=token, assignment_id=chosen, at=request.at)
    messages.success(request, gettext("Du har bytt uppdrag."))
    waits = drafts.were_sent(staff_id=request.staff.staff_id, assignment_id=chosen)
    return redirect("portal:drafts" if waits else "portal:home")


urlpatterns = [
    path("assignments", assignments, name="assignments"),
    path("sign-out", public(sign_out), name="sign_out"),
]
