"""Mina inloggningar: where a person is signed in at this huvudman, and the end of it from here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity import queries, sessions
from care.identity.permissions import ROLE_LABELS
from care.identity.queries import SignIn
from care.identity.sessions import NoSuchSession
from portal import times
from portal.access import COOKIE, ActorRequest, needs, signed_in
from portal.idempotent import Done, new_key, once


@signed_in
@require_safe
def my_sign_ins(request: ActorRequest) -> HttpResponse:
    """Show a person's own sessions here, the one that asks among them."""
    rows = [
        (
            it,
            gettext(ROLE_LABELS[it.role]) if it.role else "",
            times.when(it.opened_at, at=request.at),
            times.when(it.used_at, at=request.at),
        )
        for it in _own(request)
    ]
    has_others = any(not it.is_this for it, *_ in rows)
    return render(request, "portal/sign_ins/list.html", {"rows": rows, "has_others": has_others})


@needs(fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_own(request: ActorRequest, name: str) -> HttpResponse:
    """Show one of the person's other sessions, and end it."""
    if request.method != "POST":
        it = next((it for it in _own(request) if it.name == name and not it.is_this), None)
        if it is None:
            raise NoSuchSession
        since = times.when(it.opened_at, at=request.at)
        context = {"it": it, "since": since, "key": new_key()}
        return render(request, "portal/sign_ins/end.html", context)

    def act() -> Done:
        sessions.end_own(
            staff_id=request.actor.staff_id, token=_token(request), name=name, at=request.at
        )
        return Done(reverse("portal:my_sign_ins"), gettext("Inloggningen är avslutad."))

    return once(request, act)


@needs(fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def end_others(request: ActorRequest) -> HttpResponse:
    """Ask whether every other session of the person is to end, and end them."""
    if request.method != "POST":
        return render(request, "portal/sign_ins/end.html", {"it": None, "key": new_key()})

    def act() -> Done:
        sessions.end_others(staff_id=request.actor.staff_id, token=_token(request), at=request.at)
        told = gettext("Dina andra inloggningar är avslutade.")
        return Done(reverse("portal:my_sign_ins"), told)

    return once(request, act)


def _own(request: ActorRequest) -> tuple[SignIn, ...]:
    return queries.sign_ins(staff_id=request.actor.staff_id, token=_token(request), at=request.at)


def _token(request: ActorRequest) -> str:
    return request.COOKIES[COOKIE]


urlpatterns = [
    path("my-sign-ins", my_sign_ins, name="my_sign_ins"),
    path("my-sign-ins/end-others", end_others, name="end_other_sign_ins"),
    path("my-sign-ins/<str:name>/end", end_own, name="end_own_sign_in"),
]
