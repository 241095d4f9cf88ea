"""Låst skärm och utkast: what a page asks of its session, and what is kept while one types."""

import json
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity import drafts, sessions
from care.identity.drafts import Kept, Word
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
        is_kept = drafts.keep_typed(actor=request.actor, **_told(request))
        return HttpResponse(status=204 if is_kept else 413)
    found = drafts.typed(actor=request.actor, path=request.GET.get("path", ""))
    return JsonResponse({"fields": found.fields if found else []})


@require_safe
@signed_in
def show_sent(request: ActorRequest) -> HttpResponse:
    """Show what was sent to a locked screen, to be sent now."""
    kept = [(it, _lines(it)) for it in drafts.sent(actor=request.actor)]
    if not kept:
        return HttpResponseRedirect("/")
    return render(request, "portal/drafts/sent.html", {"kept": kept})


@require_POST
@signed_in
def forget(request: ActorRequest) -> HttpResponse:
    """Släng: remove something that was sent, or what was typed in a form."""
    if sent := request.POST.get("sent", ""):
        drafts.forget_sent(actor=request.actor, key=_number(sent))
    else:
        drafts.forget_typed(actor=request.actor, path=request.POST.get("path", ""))
    return redirect("portal:drafts")


def _lines(it: Kept) -> list[tuple[str, str]]:
    """Return what a draft says, as its page did: label and words.

    What the page had hidden is left out. A field that the page has not told of stands with its own
    name: nothing is sent that was not shown.
    """
    labels: dict[str, str] = {}
    for word in it.words:
        labels[word.name] = labels.get(word.name) or word.label
    texts = {(word.name, word.value): word.text for word in it.words}
    return [
        (labels.get(name, name), texts.get((name, value)) or value)
        for name, value in it.fields
        if name not in HIDDEN and value and labels.get(name, name)
    ]


def _number(text: str) -> int:
    """Return the number of a draft.

    :raises BadRequest: if it is none
    """
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("no draft")
    return int(text)


def _told(request: ActorRequest) -> dict[str, Any]:
    """Return what the page's script tells of a form.

    :raises BadRequest: if it cannot be read
    """
    try:
        told = json.loads(request.body)
        return {
            "path": str(told["path"]),
            "page": str(told["page"]),
            "heading": str(told.get("heading", "")),
            "fields": [(str(name), str(value)) for name, value in told["fields"]],
            "words": [Word(*map(str, it)) for it in told.get("words", ())],
        }
    except (KeyError, TypeError, ValueError) as fault:
        raise BadRequest("no draft") from fault


urlpatterns = [
    path("session", answer_session, name="session"),
    path("session/lock", lock, name="lock"),
    path("drafts", show_sent, name="drafts"),
    path("drafts/typed", draft, name="draft"),
    path("drafts/forget", forget, name="forget_draft"),
]
