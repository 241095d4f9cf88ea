"""Logga in, lås upp, visa vem du är: the way to the provider."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from care.identity import attempts, sessions
from integrations.oidc.client import Unreachable
from portal import access
from project.sign_in import watch
from project.sign_in.addresses import (
    BROWSER,
    CALLBACK,
    THROUGH,
    browser_of,
    origin,
    page_before,
    remember,
)
from project.sign_in.provider import provider, ways_in
from tenants.context import acting_for


@require_safe
@access.public
def show(request: access.Request) -> HttpResponse:
    """Show the sign-in page: each identity provider, or that the sign-in service is away."""
    refuse_without_huvudman()
    is_away = watch.is_away()
    return render(
        request,
        "portal/sign_in/provider.html",
        {"is_away": is_away, "ways_in": ways_in(acting_for())},
        status=503 if is_away else 200,
    )


@require_safe
@access.public
def start(request: access.Request) -> HttpResponse:
    """Lead to the provider; who has a session already is asked to prove it anew."""
    refuse_without_huvudman()
    return lead(
        request,
        browser=browser_of(request),
        leads_to=page_before(request),
        is_again=request.held is not None,
    )


def lead(
    request: access.Request, *, browser: str, leads_to: str, is_again: bool, tries: int = 1
) -> HttpResponse:
    """Begin an attempt and lead to the provider with it, or tell that the provider is away.

    That is told at once where the watch has seen it: one that does not even refuse would hold a
    thread for each who waits, and those who are signed in need them.

    On to the identity provider that is named, or else was chosen in this browser the last time:
    who came by one of them proves nothing anew by another.
    """
    if watch.is_away():
        return _away(request)
    through = _chosen(request)
    attempt = attempts.begin(
        browser=browser, leads_to=leads_to, is_again=is_again, tries=tries, at=request.at
    )
    try:
        url = provider().authorization_url(
            state=attempt.state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            redirect_uri=origin(request) + CALLBACK,
            max_age=max_age(is_again=is_again),
            through=through,
        )
    except Unreachable:
        watch.saw(is_away=True)
        return _away(request)
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = "no-store"
    remember(response, BROWSER, browser)
    if through:
        remember(response, THROUGH, through)
    return response


def _away(request: access.Request) -> HttpResponse:
    page = {"is_away": True, "is_begun": True}
    return render(request, "portal/sign_in/provider.html", page, status=503)


def _chosen(request: access.Request) -> str:
    """Return the alias that is asked for or was chosen before; empty: the first of them."""
    asked = request.GET.get("through") or request.COOKIES.get(THROUGH, "")
    return asked if asked in ways_in(acting_for()) else ""


def max_age(*, is_again: bool) -> int | None:
    """Return how old a proof may be, in seconds; None: as old as the provider lets it be."""
    return int(sessions.FRESH.total_seconds()) if is_again else None


def refuse_without_huvudman() -> None:
    """Let nobody sign in at a host that belongs to no huvudman.

    :raises Http404: there
    """
    if acting_for() == "public":
        raise Http404
