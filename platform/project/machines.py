"""The door of the API: whose host it is, which client calls by which token, and at what pace.

It stands before everything that is for browsers: no cookie, no form and no page is met here.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import resolve
from django.urls.exceptions import Resolver404

from api import errors, problems
from api.errors import Refused
from care.identity import clients as callers
from care.identity import scopes
from care.identity.actors import Via
from integrations import outgoing
from integrations.oidc.client import Provider, Unreachable
from integrations.oidc.registration import Registration
from integrations.oidc.tokens import AccessToken, BadToken
from integrations.webhooks import client as webhooks
from project import clients, throttling
from project.demo import tokens as of_demo
from tenants import clock
from tenants.context import acting_as
from tenants.middleware import schema_of
from tenants.pace import Pace, Standing, standing

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
API, URLS = "/api/", "api.urls"
BEARER = "bearer "
LONGEST_TOKEN = 8000  # characters
ASSIGNMENT, END_USER = "X-Samplan-Assignment", "X-Samplan-End-User"
CLIENT = "api"  # as the access log tells
MACHINE = Pace("machine", burst=200, seconds=0.02)  # security document 4.7
WINDOW = ceil(MACHINE.burst * MACHINE.seconds)
LONGEST_CLIENT = 26  # characters of a client's name that the access log has room for


@dataclass(frozen=True)
class Called:
    """Whom an address is for: the view, what the address names, and whether anybody may ask."""

    view: Callable[..., HttpResponse]
    named: Mapping[str, Any]
    is_open: bool


class Door:
    """Answers what is asked of the API, and passes everything else on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not request.path_info.startswith(API):
            return self.get_response(request)
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]
        try:
            tenant = _tenant(request)
        except (DisallowedHost, Http404) as fault:
            return errors.answer(request, fault)
        except errors.DATABASE_LOST as lost:
            return errors.answer(request, lost)
        with acting_as(tenant):
            return _answered(request, tenant)


def _answered(request: HttpRequest, tenant: str) -> HttpResponse:
    told: Standing | None = None
    try:
        request.at = clock.moment()  # type: ignore[attr-defined]
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise Refused(problems.TLS_NEEDED)
        called = _called(request)
        token = None if called.is_open else _token(request, tenant)
        who = token.client_id if isinstance(token, AccessToken) else throttling.address_of(request)
        told = standing(MACHINE, who=who)
        if told.seconds_to_wait:
            response: HttpResponse = errors.refuse(request, problems.TOO_OFTEN)
            response["Retry-After"] = str(told.seconds_to_wait)
        elif isinstance(token, Refused):
            raise token
        else:
            if token:
                _act_as(request, token)
            response = called.view(request, **called.named)
            if hasattr(response, "render"):
                response = response.render()
    except Exception as fault:  # whatever it is, a client is answered by a problem
        response = errors.answer(request, fault)
    return _dressed(request, response, told)


def _tenant(request: HttpRequest) -> str:
    domain, _ = split_domain_port(request.get_host())
    tenant = schema_of(domain)
    if tenant is None:
        raise Http404
    return tenant


def _called(request: HttpRequest) -> Called:
    if "\0" in request.get_full_path():
        raise Refused(problems.MALFORMED)
    try:
        match = request.resolver_match = resolve(request.path_info, URLS)
    except Resolver404:
        raise Http404 from None
    kind = getattr(match.func, "cls", None)  # none: a page about the API itself
    method = "get" if request.method == "HEAD" else (request.method or "").lower()
    named = kind.operations.get(method) if kind else None
    # One that there is no such method of is told so, and nothing else.
    return Called(match.func, match.kwargs, is_open=named.is_open if named else True)


def _token(request: HttpRequest, tenant: str) -> AccessToken | Refused:
    """Return the token, or why there is none that holds: whoever tries keeps a pace too."""
    try:
        return _held(request, tenant)
    except Refused as no:
        return no


def _held(request: HttpRequest, tenant: str) -> AccessToken:
    """Return the token, which must be for the huvudman whose host was asked.

    :raises Refused: if there is none that holds
    """
    told = request.headers.get("Authorization", "")
    raw = told[len(BEARER) :].strip()
    if told[: len(BEARER)].lower() != BEARER or not raw or len(raw) > LONGEST_TOKEN:
        raise Refused(problems.BAD_TOKEN)
    try:
        token = _read(raw)
    except BadToken as bad:
        logger.warning("api: a token is refused: %s", bad.check)
        raise Refused(problems.BAD_TOKEN) from bad
    except Unreachable as away:
        raise Refused(problems.UNAVAILABLE) from away
    if token.tenant != tenant:
        logger.warning("api: a token is refused: tenant")
        raise Refused(problems.BAD_TOKEN)
    return token


def _read(raw: str) -> AccessToken:
    """Read a token with the keys of the realm, or in the demo without one with the demo's own."""
    now = datetime.now(UTC)
    if settings.API_ISSUER:
        registration = Registration(settings.API_ISSUER, settings.API_AUDIENCE, "")
        return _provider(registration).access_token(raw, at=now)
    if settings.DEMO:
        return of_demo.read(raw, at=now)
    raise BadToken("iss")


def _act_as(request: HttpRequest, token: AccessToken) -> None:
    at: datetime = request.at  # type: ignore[attr-defined]
    address = clients.address_of(request)
    request.client_id = token.client_id  # type: ignore[attr-defined]
    request.refuse_unless_callable = _refuse_unless_callable  # type: ignore[attr-defined]
    request.actor = callers.actor_of(  # type: ignore[attr-defined]
        client_id=token.client_id,
        granted=scopes.known(token.scopes),
        assignment_id=_assignment(request),
        end_user=request.headers.get(END_USER, ""),
        via=Via(
            client=f"{CLIENT}:{token.client_id[:LONGEST_CLIENT]}",
            ip=str(address) if address else None,
            device=request.headers.get("User-Agent", "")[:200],
            request_id=uuid4(),
            start_at=at,
        ),
        at=at,
    )


def _refuse_unless_callable(url: str) -> None:
    """Let an address through that a webhook may have.

    :raises Refused: otherwise, with what to do
    """
    try:
        webhooks.refuse_unless_callable(url)
    except outgoing.Refused as no:
        wrong = [{"pointer": "#/url", "detail": str(no)}]
        raise Refused(problems.INVALID, errors=wrong) from no


def _assignment(request: HttpRequest) -> UUID | None:
    told = request.headers.get(ASSIGNMENT, "")
    try:
        return UUID(told) if told else None
    except ValueError:
        raise callers.NoSuchCaller from None


def _dressed(request: HttpRequest, response: HttpResponse, told: Standing | None) -> HttpResponse:
    """Return an answer with what every answer says: the pace, and that nobody keeps it."""
    left = told.left if told else MACHINE.burst
    wait = told.seconds_to_wait if told else 0
    response.headers.setdefault("Cache-Control", "no-store")
    response["RateLimit-Policy"] = f'"client";q={MACHINE.burst};w={WINDOW}'
    response["RateLimit"] = f'"client";r={left};t={wait}'
    scheme = "http" if settings.DEMO and not request.is_secure() else "https"
    response["Access-Control-Allow-Origin"] = f"{scheme}://{request.headers.get('Host', '')}"
    response["Vary"] = "Authorization"
    return response


@lru_cache(maxsize=2)
def _provider(registration: Registration) -> Provider:
    return Provider(registration)
