"""At the door of every request: whose host it is, who acts, and what became of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from care.identity import operations, queries
from care.identity.actors import Actor, Via
from care.identity.operations import NotAdministrator
from care.identity.queries import NoAssignment
from care.sharing import access as doors
from care.sharing.access import Denied, NotAllowed, ReasonNeeded
from care.sharing.policy import Reason
from portal import access, errors, texts
from tenants import clock
from tenants.context import acting_for
from tenants.middleware import ActForHost as ActForHuvudman

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_IN, CHOOSE = "/sign-in", "/assignments"
FRONT_HOST = "localhost"  # of the demo; it belongs to no huvudman
DATABASE_LOST = (OperationalError, InterfaceError)
PORTAL = "portal"  # the client, as the access log tells
MOST_OF_A_DEVICE = 200  # characters of what a browser calls itself
NOBODY = "public"  # the schema while nobody is acted for


class ActForHost(ActForHuvudman):
    """Act for the huvudman whose host was asked for; on the demo's front host, for nobody."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a host that belongs to nobody gets a page that says so."""
        try:
            if settings.DEMO and request.get_host().partition(":")[0] == FRONT_HOST:
                return self.get_response(request)
            return super().__call__(request)
        except (Http404, DisallowedHost):
            return errors.refuse(request, texts.UNKNOWN_HOST)
        except DATABASE_LOST as lost:
            return _answer(request, lost)


class Translate:
    """Turn what a view raises into an answer, and keep every denial in the access log (R12)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on: verdicts come by way of process_exception."""
        return self.get_response(request)

    def process_exception(
        self, request: access.Request, exception: Exception
    ) -> HttpResponse | None:
        """Answer a verdict of the domain; the transaction that it undid has ended by now."""
        return _translated(request, exception)


class WhoActs:
    """Take the moment, read who acts (R3, R4), and keep each view's rule (R7)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: access.Request) -> HttpResponse:
        """Answer on behalf of whoever is signed in."""
        request.staff = request.actor = None
        request.at = datetime.now(UTC)  # for the page that says the database cannot be reached
        try:
            request.at = clock.moment()
            request.staff = _who(request)
        except DATABASE_LOST as lost:
            return _answer(request, lost)
        if isinstance(request.staff, Actor):
            request.staff = request.actor = replace(request.staff, via=_via(request))
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = errors.not_by_address(request, response)
        if request.staff is not None:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self,
        request: access.Request,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Let the view be called, or answer in its place."""
        rule = access.rule_of(view)
        if not rule.needs_session:
            return None
        if acting_for() == NOBODY:
            return errors.refuse(request, texts.NOT_FOUND)
        if request.staff is None:
            return _signed_out(request)
        if rule.needs_assignment and isinstance(request.staff, NoAssignment):
            return _without_assignment(request, request.staff)
        if _is_from_elsewhere(request, rule):
            return errors.refuse(request, texts.OTHER_ASSIGNMENT)
        try:
            if request.actor is not None:
                access.refuse_unless_permitted(request.actor, rule)
        except Denied as denied:
            return _translated(request, denied)
        return None


def _who(request: access.Request) -> Actor | NoAssignment | None:
    token = request.COOKIES.get(access.COOKIE, "")
    if not token or acting_for() == NOBODY:
        return None
    return queries.actor_of(token=token, at=request.at)


def _via(request: access.Request) -> Via:
    return Via(
        client=PORTAL,
        ip=_address(request),
        device=request.headers.get("User-Agent", "")[:MOST_OF_A_DEVICE],
        request_id=uuid4(),
        start_at=request.at,
    )


def _address(request: HttpRequest) -> str | None:
    """Return where a request came from; None where that is no address."""
    told: str = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_GATEWAY:
        # What our own gateway has added comes last; all before it anybody may have written.
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
    try:
        return str(ip_address(told.strip()))
    except ValueError:
        return None


def _signed_out(request: access.Request) -> HttpResponse:
    """Lead to the sign-in; what a form has sent is given back with the answer."""
    if request.method not in SAFE:
        return errors.refuse(request, texts.SIGNED_OUT)
    # Nothing of the address that was asked for goes along: it may name a case.
    return _lead(request, SIGN_IN)


def _without_assignment(request: access.Request, nobody: NoAssignment) -> HttpResponse:
    if nobody.assignment_id is None and request.method in SAFE:
        return _lead(request, CHOOSE)
    if nobody.assignment_id is not None:
        operations.note_refusal(nobody, at=request.at)
    return errors.refuse(request, texts.NO_ASSIGNMENT)


def _is_from_elsewhere(request: access.Request, rule: access.Rule) -> bool:
    """Tell whether a form was made for another assignment than the active one (R7).

    A form that does not say is refused too where somebody must act.
    """
    if request.method in SAFE or request.staff is None:
        return False
    told = {request.headers.get(access.HEADER, ""), request.POST.get(access.FIELD, "")} - {""}
    if not told:
        return rule.needs_assignment
    return told != {str(request.staff.assignment_id)}


def _lead(request: access.Request, place: str) -> HttpResponse:
    # A fragment cannot be replaced by a whole page: htmx is told to go there instead.
    if request.htmx:
        return HttpResponseClientRedirect(place)
    return HttpResponseRedirect(place)


def _translated(request: access.Request, exception: Exception) -> HttpResponse | None:
    if isinstance(exception, ReasonNeeded) and request.method in SAFE:
        # The address that was asked for names a case by our own id, and nobody.
        asked = urlencode({"to": request.get_full_path()})
        place = reverse("portal:state_reason", args=[exception.case_id])
        return _lead(request, f"{place}?{asked}")
    denied = _as_denied(exception)
    if denied is None:
        return errors.answer(request, exception)
    try:
        doors.log_denial(denied, at=request.at)
    except DATABASE_LOST as lost:
        return _answer(request, lost)
    return errors.answer(request, denied)


def _as_denied(exception: Exception) -> Denied | None:
    if isinstance(exception, NotAdministrator):
        return NotAllowed(actor=exception.actor, common_id=None, reason=Reason.NOT_IN_ROLE)
    return exception if isinstance(exception, Denied) else None


def _answer(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = errors.answer(request, exception)
    if answer is None:
        raise exception
    return answer
