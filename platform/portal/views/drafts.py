"""Låst skärm och utkast: what a page asks of its session, and what is kept while one types."""

import json

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity import drafts, sessions
from portal.access import COOKIE, ActorRequest, Request, signed_in, with_session

HIDDEN = frozenset({"assignment", "idempotency_key"})  # sent again, and no words of the person's


@require_safe
@with_session
def answer_session(request: Request) -> HttpResponse:
    """Answer without content while the screen is not locked; the door answers when it is."""
    return HttpResponse(status=204)


@require_POST
@with_session
def lock(request: Request) -> HttpResponse:
    """Lås skärmen: leave the desk, and go on here after showing who one is."""
    sessions.lock(request.COOKIES[COOKIE])
    return redirect("portal:home")


@require_http_methods(["GET", "POST"])
@signed_in
def draft(request: ActorRequest) -> HttpResponse:
    """Keep what is typed in a form, or give what was typed in it before."""
    if request.method == "POST":
        path, page, fields = _told(request)
        is_kept = drafts.keep_typed(actor=request.actor, path=path, page=page, fields=fields)
        return HttpResponse(status=204 if is_kept else 413)
    found = drafts.typed(actor=request.actor, path=request.GET.get("path", ""))
    return JsonResponse({"fields": found.fields if found else []})


@require_safe
@signed_in
def show_sent(request: ActorRequest) -> HttpResponse:
    """Show what was sent to a locked screen, to be sent now."""
    kept = [
        (it, [(name, value) for name, value in it.fields if name not in HIDDEN and value])
        for it in drafts.sent(actor=request.actor)
    ]
    if not kept:
        return HttpResponseRedirect("/")
    return render(request, "portal/drafts/sent.html", {"kept": kept})


@require_POST
@signed_in
def forget(request: ActorRequest) -> HttpResponse:
    """Släng: remove a draft."""
    drafts.forget_one(
        staff_id=request.actor.staff_id,
        assignment_id=request.actor.assignment_id,
        path=request.POST.get("path", ""),
    )
    return redirect("portal:drafts")


def _told(request: ActorRequest) -> tuple[str, str, list[tuple[str, str]]]:
    """Return what the page's script tells of a form.

    :raises BadRequest: if it cannot be read
    """
    try:
        told = json.loads(request.body)
        fields = [(str(name), str(value)) for name, value in told["fields"]]
        return str(told["path"]), str(told["page"]), fields
    except (KeyError, TypeError, ValueError) as fault:
        raise BadRequest("no draft") from fault


urlpatterns = [
    path("session", answer_session, name="session"),
    path("session/lock", lock, name="lock"),
    path("drafts", show_sent, name="drafts"),
    path("drafts/typed", draft, name="draft"),
    path("drafts/forget", forget, name="forget_draft"),
]
