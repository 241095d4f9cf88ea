"""At the door of every request: whose host it is, who acts, and what became of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

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

from care.identity import drafts, operations, queries, sessions
from care.identity.actors import Actor, Via
from care.identity.approving import OwnRequest
from care.identity.operations import NotAdministrator
from care.identity.queries import NoAssignment, Session
from care.sharing import access as doors
from care.sharing.access import Denied, NotAllowed, ReasonNeeded
from care.sharing.policy import Reason
from portal import access, errors, texts
from project import clients
from project.sign_in import watch
from project.sign_in.addresses import page_before
from tenants import clock
from tenants.context import acting_for
from tenants.middleware import ActForHost as ActForHuvudman

GetResponse = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TAKEN = frozenset({302, 303})  # how a form answers that has taken effect
SIGN_IN, CHOOSE = "/sign-in", "/assignments"
# What a page asks without anybody having done anything.
BY_ITSELF = ("X-Samplan-By-Itself", "HX-Request")
OF_THE_SESSION = ("/session", "/drafts")  # nobody has typed what is sent there
DATABASE_LOST = (OperationalError, InterfaceError)
PORTAL = "portal"  # the client, as the access log tells
MOST_OF_A_DEVICE = 200  # characters of what a browser calls itself
NOBODY = "public"  # the schema while nobody is acted for


class Edge:
    """Take the methods that pages and calls have, and let no other origin load what we answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, for pages of this origin; TRACE would tell a script what it may not read."""
        known = request.method in METHODS
        response = self.get_response(request) if known else HttpResponseNotAllowed(METHODS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class ActForHost(ActForHuvudman):
    """Act for the huvudman whose host was asked for; on the public host, for nobody."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a host that belongs to nobody gets a page that says so."""
        try:
            if request.get_host().partition(":")[0] == settings.PUBLIC_HOST:
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
        request.held = request.staff = request.actor = None
        request.is_sign_in_away = bool(settings.OIDC_ISSUER) and watch.is_away()
        request.at = datetime.now(UTC)  # for the page that says the database cannot be reached
        try:
            request.at = clock.moment()
            request.held = _held(request)
        except DATABASE_LOST as lost:
            return _answer(request, lost)
        if request.held is not None and not request.held.is_locked:
            request.staff = request.held.who
        if isinstance(request.staff, Actor):
            request.staff = request.actor = replace(request.staff, via=_via(request))
        response = self.get_response(request)
        _forget_draft(request, response)
        if isinstance(response, HttpResponseNotAllowed):
            response = errors.not_by_address(request, response)
        if request.held is not None:
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
        # The pages of signing in have ways of their own out of whatever comes.
        if request.held is not None and _has_nul(request):
            return errors.refuse(request, texts.BAD_REQUEST)
        if not rule.needs_session:
            return None
        if acting_for() == NOBODY:
            return errors.refuse(request, texts.NOT_FOUND)
        if request.staff is None:
            return _locked(request) if request.held else _signed_out(request)
        if rule.needs_assignment and isinstance(request.staff, NoAssignment):
            return _without_assignment(request, request.staff)
        if _is_from_elsewhere(request, rule):
            return _stale(request, request.staff)
        try:
            if request.actor is not None:
                access.refuse_unless_permitted(request.actor, rule)
        except Denied as denied:
            return _translated(request, denied)
        if rule.needs_fresh and not (request.held and request.held.is_fresh):
            return _asked_again(request)
        return None


def _has_nul(request: HttpRequest) -> bool:
    """Tell whether something holds the character that no text of PostgreSQL can; nobody types it.

    Forms refuse it by themselves; what a view reads without one would be a fault.
    """
    sent = (it for told in (request.GET, request.POST) for _, them in told.lists() for it in them)
    return "\0" in request.path or any("\0" in str(it) for it in sent)


def _held(request: access.Request) -> Session | None:
    token = request.COOKIES.get(access.COOKIE, "")
    if not token or acting_for() == NOBODY:
        return None
    held = queries.session_of(token=token, at=request.at)
    # Only what somebody does keeps a session awake: htmx asks for lists by itself, and what is
    # typed or clicked is told of by the page's own script.
    if held and held.is_drowsy and not any(it in request.headers for it in BY_ITSELF):
        sessions.keep_awake(token)
    return held


def _locked(request: access.Request) -> HttpResponse:
    """Let the screen be unlocked in place; what was sent is kept on the server meanwhile."""
    if not _is_form(request) or request.held is None:
        return errors.refuse(request, texts.LOCKED)
    kept_for = _keep(request, request.held)
    if kept_for is None:
        return errors.refuse(request, texts.LOCKED_NOT_KEPT)
    is_here = kept_for == request.held.who.assignment_id
    return errors.refuse(request, texts.LOCKED_AND_KEPT if is_here else texts.LOCKED_KEPT_ELSEWHERE)


def _asked_again(request: access.Request) -> HttpResponse:
    """Ask who it is once more; what was sent is kept on the server meanwhile."""
    if not _is_form(request) or request.held is None:
        return errors.refuse(request, texts.PROVE_AGAIN)
    is_kept = _keep(request, request.held) is not None
    return errors.refuse(request, texts.PROVE_AGAIN_KEPT if is_kept else texts.PROVE_AGAIN_NOT_KEPT)


def _is_form(request: access.Request) -> bool:
    """Tell whether somebody has sent something that is worth to be sent again."""
    return bool(request.POST or request.FILES) and not request.path.startswith(OF_THE_SESSION)


def _keep(request: access.Request, held: Session) -> UUID | None:
    """Keep a form as a draft of the person and the assignment that it was made for (R7).

    Return that assignment, or None: it was not kept. A draft has no files, so a form with one is
    not kept: sent again, it would be another.
    """
    told = _told(request)
    if len(told) != 1 or request.FILES:
        return None
    theirs = queries.candidates(staff_id=held.who.staff_id, at=request.at)
    named = next((it.assignment_id for it in theirs if str(it.assignment_id) in told), None)
    if named is None:
        return None
    is_kept = drafts.keep_sent(
        staff_id=held.who.staff_id,
        assignment_id=named,
        path=request.path,
        page=page_before(request),
        fields=_fields(request),
    )
    return named if is_kept else None


def _fields(request: access.Request) -> list[tuple[str, str]]:
    return [(name, str(it)) for name, them in request.POST.lists() for it in them]


def _forget_draft(request: access.Request, response: HttpResponse) -> None:
    """Let a draft go when the form that it was for has been taken."""
    if request.actor is None or request.method in SAFE or response.status_code not in TAKEN:
        return
    drafts.forget_taken(actor=request.actor, path=request.path, fields=_fields(request))


def _via(request: access.Request) -> Via:
    return Via(
        client=PORTAL,
        ip=str(address) if (address := clients.address_of(request)) else None,
        device=request.headers.get("User-Agent", "")[:MOST_OF_A_DEVICE],
        request_id=uuid4(),
        start_at=request.at,
    )


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
    told = _told(request)
    if not told:
        return rule.needs_assignment
    return told != {str(request.staff.assignment_id)}


def _told(request: access.Request) -> set[str]:
    """Return the assignment that a form says it was made for, by field and by header."""
    return {request.headers.get(access.HEADER, ""), request.POST.get(access.FIELD, "")} - {""}


def _stale(request: access.Request, staff: Actor | NoAssignment) -> HttpResponse:
    active = staff.assignment_id
    told = _told(request) - {str(active)}
    operations.note_stale(
        staff_id=staff.staff_id, active=active, told=next(iter(told), ""), at=request.at
    )
    return errors.refuse(request, texts.OTHER_ASSIGNMENT)


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
    # That nobody decides about their own has words of its own.
    is_own = isinstance(exception, OwnRequest)
    return errors.answer(request, exception if is_own else denied)


def _as_denied(exception: Exception) -> Denied | None:
    if isinstance(exception, NotAdministrator):
        reason = Reason.OWN_REQUEST if isinstance(exception, OwnRequest) else Reason.NOT_IN_ROLE
        return NotAllowed(actor=exception.actor, common_id=None, reason=reason)
    return exception if isinstance(exception, Denied) else None


def _answer(request: HttpRequest, exception: Exception) -> HttpResponse:
    answer = errors.answer(request, exception)
    if answer is None:
        raise exception
    return answer
