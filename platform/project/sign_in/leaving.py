"""Logga ut: here and at the provider, from our page or from the provider's side."""

import logging
from datetime import UTC, datetime
from enum import Enum, auto
from secrets import compare_digest, token_urlsafe

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from care.identity import sessions
from care.identity.sessions import Left, NoticeSeen
from care.inbox import tasks
from integrations.oidc.client import Unreachable
from integrations.oidc.tokens import BadToken, LogoutToken
from portal import access
from portal.views import start as first_page
from portal.views.assignments import end_session
from project.sign_in import watch
from project.sign_in.addresses import LEFT, OFFERED, origin, remember
from project.sign_in.provider import provider
from tenants.context import acting_as

logger = logging.getLogger(__name__)


@require_POST
@access.public
def sign_out(request: access.Request) -> HttpResponse:
    """End the session here, and lead on to where the provider ends its own."""

    def lead_on(left: Left | None) -> HttpResponse:
        if left is None:
            return HttpResponseRedirect("/sign-in")
        return _lead_out(request, left.id_token, token_urlsafe(16))

    return end_session(request, lead_on)


@access.public
def front(request: access.Request) -> HttpResponse:
    """Show the first page; to who comes back from the provider, whether it has signed them out."""
    offered = request.COOKIES.get(OFFERED, "") if "state" in request.GET else ""
    asked = request.COOKIES.get(LEFT, "") or offered
    if not asked:
        return first_page.home(request)
    response = first_page.home(request) if request.held is not None else _told(request, asked)
    forget_leaving(response)
    return response


def _told(request: access.Request, asked: str) -> HttpResponse:
    if compare_digest(request.GET.get("state", "").encode(), asked.encode()):
        messages.success(request, gettext("Du är utloggad, också hos inloggningstjänsten."))
    else:
        messages.warning(
            request,
            gettext(
                "Du är utloggad här. Inloggningstjänsten svarade inte att den loggade ut dig: ta"
                " ut kortet, och stäng webbläsaren om andra använder datorn."
            ),
        )
    return HttpResponseRedirect("/sign-in")


@csrf_exempt
@require_POST
@never_cache
@access.public
def end_sessions(request: access.Request) -> HttpResponse:
    """End the sessions that the provider's logout token names (Back-Channel Logout 1.0, 2.7).

    A provider tells of it at one address, so they end at every huvudman that is served here, each
    in a transaction of its own. Where one fails the others end all the same, and the provider is
    told, so that it sends the token again.
    """
    raw = request.POST.get("logout_token", "")
    try:
        told = provider().logout_token(raw, at=datetime.now(UTC))
    except BadToken:
        return _refused()
    except Unreachable:
        return HttpResponse(status=504)
    served = [settings.TENANT_PINNED] if settings.TENANT_PINNED else tasks.all_tenants()
    became = {_ended(told, tenant, request.at) for tenant in served}
    if Ended.FAILED in became:
        return HttpResponse(status=500)
    # One that was cut short goes on where it had come to; played again to the end it is refused.
    return HttpResponse(status=200) if Ended.NOW in became else _refused()


class Ended(Enum):
    """What became of a logout at a huvudman."""

    NOW = auto()
    BEFORE = auto()  # the same token has come before
    FAILED = auto()


def _ended(told: LogoutToken, tenant: str, at: datetime) -> Ended:
    try:
        with acting_as(tenant):
            sessions.end_all(
                issuer=told.issuer, sid=told.sid, subject=told.subject, jti=told.jti, at=at
            )
    except NoticeSeen:
        return Ended.BEFORE
    except Exception as fault:  # whatever it is, nobody may stay signed in elsewhere for it
        logger.error("sign-in: a logout failed at %s: %s", tenant, type(fault).__qualname__)
        return Ended.FAILED
    return Ended.NOW


def forget_leaving(response: HttpResponse) -> None:
    """Let the browser forget that it has left the provider, or was offered to."""
    response.delete_cookie(LEFT)
    response.delete_cookie(OFFERED)


def _refused() -> HttpResponse:
    return JsonResponse({"error": "invalid_request"}, status=400)


def way_out(request: access.Request, id_token: str, state: str) -> str:
    """Return where the provider ends its session and leads back to us; empty if it is away."""
    if watch.is_away():
        return ""
    try:
        return provider().logout_url(id_token=id_token, state=state, leads_to=f"{origin(request)}/")
    except Unreachable:
        return ""


def _lead_out(request: access.Request, id_token: str, state: str) -> HttpResponse:
    """Lead to the provider by a page, since no form of ours may lead to another host (CSP)."""
    url = way_out(request, id_token, state)
    response = render(request, "portal/sign_in/leaving.html", {"url": url})
    response["Cache-Control"] = "no-store"
    if url:
        remember(response, LEFT, state)
    return response
