"""The one place of the API that turns an exception into a problem (RFC 9457).

Neither the log nor the answer says anything of the request or of a patient.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.encoding import escape_uri_path
from rest_framework import exceptions as drf

from api import problems
from api.problems import Problem
from billing.allocation import CannotAllocate
from billing.issued import NoSuchBatch, NoSuchInvoice
from billing.parties import NoBoard
from billing.queries import NoSuchRun
from care.cases.operations import IndividualHasOpenCase
from care.feed.operations import (
    BadAddress,
    BadTypes,
    NoSuchDelivery,
    Stale,
    TooManyWebhooks,
)
from care.feed.queries import BadCursor
from care.feed.subscriptions import NoSuchWebhook
from care.identity.clients import ChooseAssignment, NoSuchCaller, UnknownClient
from care.identity.units import NoSuchUnit
from care.inbox.operations import GroundMissing, NoReceiver, NotThere, TakenBefore
from care.individuals.operations import BadIdentity
from care.law.guards import Incomplete
from care.law.machine import NotPermitted
from care.sharing import access
from care.sharing.access import Denied, NotAllowed, NotVisible, ReasonNeeded
from tenants.agreements import NotAParty
from tenants.idempotency import InFlight, KeyReused
from tenants.reference import new_reference

logger = logging.getLogger(__name__)

PLACE = "/api/v1"
CONTENT_TYPE = "application/problem+json"
SOON, LATER = "1", "60"  # seconds
Told = Mapping[str, Any]


class Refused(Exception):
    """A door of the API says no, by one of the problems."""

    def __init__(self, problem: Problem, **more: Any) -> None:
        super().__init__(problem.name)
        self.problem = problem
        self.more = more


def answer(request: HttpRequest, exception: BaseException) -> JsonResponse:
    """Return the problem that an exception stands for; what is not known is a fault of ours.

    A denial is kept in the access log (R12); the transaction that it undid has ended by now.
    """
    if isinstance(exception, Denied):
        try:
            access.log_denial(exception, at=request.at)  # type: ignore[attr-defined]
        except DATABASE_LOST as lost:
            exception = lost
    for kind in type(exception).__mro__:
        if kind in VERDICTS:
            verdict = VERDICTS[kind]
            if callable(verdict):
                problem, more = verdict(exception)
            else:
                problem, more = verdict, {}
            return refuse(request, problem, exception=exception, **more)
    return refuse(request, problems.FAULT, exception=exception)


def refuse(
    request: HttpRequest,
    problem: Problem,
    *,
    exception: BaseException | None = None,
    **more: Any,
) -> JsonResponse:
    """Return a problem, with a reference that is also in the log."""
    reference = new_reference()
    kind = type(exception).__qualname__ if exception else problem.name
    level = logging.ERROR if problem is problems.FAULT else logging.INFO
    logger.log(level, "%s %s", reference, kind)
    told = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        # Only an address of ours is said again: anything may stand in another.
        "instance": escape_uri_path(request.path) if request.resolver_match else PLACE,
        "reference": reference,
        **more,
    }
    response = JsonResponse(told, status=problem.status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if problem is problems.IN_FLIGHT:
        response["Retry-After"] = SOON
    if problem.status == 503:
        response["Retry-After"] = LATER
    return response


def _invalid(exception: drf.ValidationError) -> tuple[Problem, Told]:
    return problems.INVALID, {"errors": list(_flat(exception.detail))}


def _flat(told: Any, pointer: str = "") -> Any:
    """Yield where in the content something is wrong, as a JSON pointer, and what to do."""
    if isinstance(told, dict):
        for name, it in told.items():
            own = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            yield from _flat(it, own)
    elif isinstance(told, list) and any(isinstance(it, dict | list) for it in told):
        for number, it in enumerate(told):
            yield from _flat(it, f"{pointer}/{number}")
    else:
        for it in told:
            yield {"pointer": f"#{pointer}", "detail": str(it)}


def _says(exception: Exception) -> tuple[Problem, Told]:
    # Its own words say what to do.
    return problems.INVALID, {"errors": [{"pointer": "#", "detail": str(exception)}]}


def _incomplete(exception: Incomplete) -> tuple[Problem, Told]:
    missing = [{"pointer": "#", "detail": it.text_sv} for it in exception.guards]
    return problems.INVALID, {"errors": missing, "statute": exception.guards[0].statute}


def _not_permitted(exception: NotPermitted) -> tuple[Problem, Told]:
    return problems.NOT_PERMITTED, {"statute": exception.statute, "state": str(exception.state)}


def _choose(exception: ChooseAssignment) -> tuple[Problem, Told]:
    return problems.CHOOSE_ASSIGNMENT, {"assignments": [str(it) for it in exception.choices]}


def _refused(exception: Refused) -> tuple[Problem, Told]:
    return exception.problem, exception.more


VERDICTS: Mapping[type[BaseException], Problem | Callable[[Any], tuple[Problem, Told]]] = {
    Refused: _refused,
    Http404: problems.NOT_FOUND,
    NotVisible: problems.NOT_FOUND,
    NoSuchUnit: problems.NOT_FOUND,
    NotThere: problems.NOT_FOUND,
    NotAParty: problems.NOT_FOUND,
    NoBoard: problems.NOT_FOUND,
    NoSuchRun: problems.NOT_FOUND,
    NoSuchInvoice: problems.NOT_FOUND,
    NoSuchBatch: problems.NOT_FOUND,
    NotAllowed: problems.NOT_ALLOWED,
    ReasonNeeded: problems.REASON_NEEDED,
    UnknownClient: problems.BAD_TOKEN,
    NoSuchCaller: problems.NO_ASSIGNMENT,
    ChooseAssignment: _choose,
    NotPermitted: _not_permitted,
    Incomplete: _incomplete,
    TakenBefore: problems.TAKEN_BEFORE,
    IndividualHasOpenCase: problems.HAS_OPEN_CASE,
    InFlight: problems.IN_FLIGHT,
    KeyReused: problems.KEY_REUSED,
    GroundMissing: problems.GROUND_MISSING,
    NoReceiver: problems.NO_RECEIVER,
    BadIdentity: _says,
    CannotAllocate: _says,
    NoSuchWebhook: problems.NOT_FOUND,
    NoSuchDelivery: problems.NOT_FOUND,
    Stale: problems.STALE,
    TooManyWebhooks: problems.TOO_MANY_WEBHOOKS,
    BadTypes: problems.INVALID,
    BadAddress: problems.INVALID,
    BadCursor: problems.INVALID,
    drf.ValidationError: _invalid,
    drf.ParseError: problems.MALFORMED,
    drf.UnsupportedMediaType: problems.UNSUPPORTED,
    drf.NotAcceptable: problems.NOT_ACCEPTABLE,
    drf.MethodNotAllowed: problems.METHOD_NOT_ALLOWED,
    BadRequest: problems.MALFORMED,
    RequestDataTooBig: problems.TOO_LARGE,
    SuspiciousOperation: problems.MALFORMED,
    UnicodeDecodeError: problems.MALFORMED,
    OperationalError: problems.UNAVAILABLE,
    InterfaceError: problems.UNAVAILABLE,
}
DATABASE_LOST = (OperationalError, InterfaceError)
