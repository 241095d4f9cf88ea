"""The one place that turns an exception into an answer in plain Swedish.

`answer` knows the verdicts of the domain; whatever it does not know is a fault (`unexpected`). A
page says what happened, what it means and what you do, with a reference that is also in the log.
Neither the log nor the page of a fault says anything of the request or of a patient.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext

from billing import files
from billing.allocation import CannotAllocate
from billing.cloud_books import NoSuchCloudFile
from billing.decisions import NotNow
from billing.invoices.texts import CannotInvoice
from billing.issued import NoSuchBasis, NoSuchBatch, NoSuchInvoice
from billing.issuing import NoSuchPayer
from billing.liability.port import BadHandover
from billing.liability.queries import NoSuchItem, NoSuchList, NoSuchSettlement
from billing.operations import NoSuchRow, NotTheHost, Refused
from billing.options import NoSuchOffer
from billing.parties import NoBoard
from billing.queries import (
    NoSuchCount,
    NoSuchObjection,
    NoSuchPopulation,
    NoSuchRun,
    NoSuchTable,
)
from billing.runs import BadRecord
from care.cases.operations import IndividualHasOpenCase
from care.identity.approving import AlreadyDecided, NoSuchRequest, OwnRequest
from care.identity.entries import BadEntry
from care.identity.importing import BadFile
from care.identity.operations import (
    NoSuchAssignment,
    NoSuchStaff,
    NotACandidate,
    NotAdministrator,
    SignedOut,
)
from care.identity.sessions import NoSuchSession
from care.identity.units import NoSuchUnit
from care.inbox.blocks import GuardianMayNotBlock, NoSuchBlock, NothingToBlock
from care.inbox.emergencies import NeedsAnother, NoSuchEmergency, NotStated
from care.inbox.operations import GroundMissing, NoReceiver, NotThere, TakenBefore
from care.inbox.protection import NotChecked, NothingToLift
from care.individuals.operations import BadIdentity
from care.law import discharge
from care.law.guards import Incomplete
from care.law.machine import NotPermitted
from care.law.terms import BadTerms
from care.review.operations import BadReview, NeedsSecondReader, NoSuchReview, OwnAccess, Settled
from care.sharing.access import Denied, NotAllowed, NotVisible, ReasonNeeded
from care.sharing.policy import Reason
from care.sharing.readers import LastReader, ListIsFull, NoSuchReader, NotProtected
from care.training.operations import NoSuchScenario, NotTraining
from care.training.surveying import NotOpen
from portal import texts
from portal.texts import Text
from tenants import clock
from tenants.agreements import AlreadyEnded, AlreadySigned, BadAgreement, NotAParty
from tenants.idempotency import InFlight, KeyReused
from tenants.identifiers import BadIdentifier
from tenants.onboarding import CannotRecord
from tenants.progress import CannotOpen, NotOpened, WrittenMeanwhile
from tenants.reference import new_reference
from tenants.rounds import BadRound, NoSuchRound, NotTheirText
from tenants.routines import NoSuchRoutine, NotTheWriter

logger = logging.getLogger(__name__)

NOT_KEPT = frozenset({"csrfmiddlewaretoken"})
ROUTINE_ONLY = frozenset({"", discharge.ROUTINE})


@dataclass(frozen=True)
class Failure:
    """What an error page shows."""

    happened: str
    means: str
    action: str
    reference: str
    at: datetime
    url: str = ""
    link: str = ""
    paragraph: str = ""
    # What was typed, to be sent again by the button named `retry`.
    kept: tuple[tuple[str, str], ...] = ()
    retry: str = ""
    lost_files: bool = False


@dataclass(frozen=True)
class Verdict:
    """An exception in words: the text, what fills its braces, and where its link leads."""

    text: Text
    values: Mapping[str, object] = field(default_factory=dict)
    paragraph: str = ""
    url: str = ""


def answer(request: HttpRequest, exception: BaseException) -> HttpResponse | None:
    """Return the answer to a verdict of the domain, or None for what is no verdict but a fault."""
    for kind in type(exception).__mro__:
        if kind in VERDICTS:
            return refuse(request, VERDICTS[kind](exception), exception=exception)
    return None


def refuse(
    request: HttpRequest, verdict: Verdict | Text, *, exception: BaseException | None = None
) -> HttpResponse:
    """Return the page of a verdict, or its fragment to htmx."""
    if isinstance(verdict, Text):
        verdict = Verdict(verdict)
    text = verdict.text
    failure = _failure(request, verdict)
    level = logging.WARNING if text.status >= 500 else logging.INFO
    name = type(exception).__qualname__ if exception else str(text.status)
    logger.log(level, "%s %s", failure.reference, name)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "portal/error.html#fragment" if is_fragment else "portal/error.html"
    response = render(request, template, {"error": failure}, status=text.status)
    response["Cache-Control"] = "no-store"
    if text.status == 503:
        response["Retry-After"] = "60"
    return response


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; what was typed comes back with a fresh one."""
    return refuse(request, texts.FORM_EXPIRED)


def not_found(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """Answer for an address that nothing has: the same words as for a case that is not yours."""
    return refuse(request, texts.NOT_FOUND)


def not_by_address(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """Answer for a page that only a form, or only a link, leads to."""
    response = refuse(request, texts.NOT_BY_ADDRESS)
    response["Allow"] = refused["Allow"]
    return response


def unexpected(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """Answer for a fault: no detail on the page, its class and the reference in the log."""
    exception = exception or sys.exc_info()[1]
    if exception is not None and (known := answer(request, exception)) is not None:
        return known
    reference = new_reference()
    logger.error("%s %s", reference, type(exception).__qualname__)
    failure = _failure(request, Verdict(texts.UNEXPECTED), reference=reference)
    try:
        response = render(request, "portal/error.html", {"error": failure}, status=500)
    except Exception as second:  # the last line: a page that fails must not hide the first fault
        logger.error("%s %s", reference, type(second).__qualname__)
        words = (failure.happened, failure.means, failure.action, reference)
        response = HttpResponse("\n".join(words), "text/plain; charset=utf-8", status=500)
    response["Cache-Control"] = "no-store"
    return response


def _failure(request: HttpRequest, verdict: Verdict, *, reference: str = "") -> Failure:
    text = verdict.text
    values = verdict.values
    return Failure(
        happened=_filled(text.happened, values),
        means=_filled(text.means, values),
        action=_filled(text.action, values),
        reference=reference or new_reference(),
        at=getattr(request, "at", None) or datetime.now(UTC) + clock.offset(),
        url=verdict.url or _destination(text),
        link=str(text.link),
        paragraph="" if verdict.paragraph in ROUTINE_ONLY else verdict.paragraph,
        kept=_kept(request) if text.keeps else (),
        retry=str(text.keeps) if request.method == "POST" else "",
        lost_files=bool(text.keeps and request.method == "POST" and request.FILES),
    )


def _filled(words: object, values: Mapping[str, object]) -> str:
    return str(words).format(**values) if values else str(words)


def _kept(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form as they were sent, repeated ones too, its files never."""
    if request.method != "POST":
        return ()
    return tuple(
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
        for value in values
    )


def _destination(text: Text) -> str:
    if not text.link:
        return ""
    return reverse(text.leads_to) if ":" in text.leads_to else text.leads_to


def _denied(exception: Denied) -> Verdict:
    if exception.reason is Reason.NO_EMERGENCY_FOR_BRANCH:
        return Verdict(texts.EMERGENCY_FOR_HEALTH_CARE)
    role_alone = exception.reason is Reason.NOT_IN_ROLE
    return Verdict(texts.NOT_IN_ROLE if role_alone else texts.NOT_ALLOWED)


def _not_permitted(exception: NotPermitted) -> Verdict:
    act = gettext(discharge.ACT_LABELS[discharge.Act(exception.act)])
    state = gettext(discharge.STATE_LABELS[discharge.State(exception.state)])
    return Verdict(texts.NOT_PERMITTED, {"act": act, "state": state}, paragraph=exception.statute)


def _incomplete(exception: Incomplete) -> Verdict:
    problem = " ".join(guard.text_sv for guard in exception.guards)
    return Verdict(texts.BAD_VALUE, {"problem": problem}, paragraph=exception.guards[0].statute)


def _taken(exception: TakenBefore) -> Verdict:
    if not exception.by or exception.at is None:
        return Verdict(texts.DEALT_WITH_BEFORE)
    at = formats.date_format(timezone.localtime(exception.at), "j F H.i", use_l10n=False)
    return Verdict(texts.TAKEN_BEFORE, {"by": exception.by, "at": at})


def _has_open_case(exception: IndividualHasOpenCase) -> Verdict:
    return Verdict(texts.HAS_OPEN_CASE, url=f"/cases/{exception.case_id}")


def _reason_needed(exception: ReasonNeeded) -> Verdict:
    return Verdict(
        texts.REASON_NEEDED, url=reverse("portal:state_reason", args=[exception.case_id])
    )


def _bad_value(exception: Exception) -> Verdict:
    # Its own words say what to do; they are Swedish in every language, like the law's.
    return Verdict(texts.BAD_VALUE, {"problem": str(exception)})


def _says(text: Text) -> Callable[[Any], Verdict]:
    return lambda exception: Verdict(text)


VERDICTS: Mapping[type[BaseException], Callable[[Any], Verdict]] = {
    Http404: _says(texts.NOT_FOUND),
    NotVisible: _says(texts.NOT_FOUND),
    NotThere: _says(texts.NOT_FOUND),
    NoSuchAssignment: _says(texts.NOT_FOUND),
    NoSuchRequest: _says(texts.NOT_FOUND),
    AlreadyDecided: _says(texts.DECIDED_MEANWHILE),
    OwnRequest: _says(texts.OWN_REQUEST),
    NoSuchStaff: _says(texts.NOT_FOUND),
    NotAllowed: _denied,
    NotAdministrator: _says(texts.NOT_IN_ROLE),
    NoSuchScenario: _says(texts.NOT_FOUND),
    NotOpen: _says(texts.NOT_FOUND),
    NotTraining: _says(texts.NOT_FOUND),
    NotACandidate: _says(texts.NOT_YOUR_ASSIGNMENT),
    SignedOut: _says(texts.SIGNED_OUT),
    NoSuchSession: _says(texts.SESSION_ENDED),
    PermissionDenied: _says(texts.NOT_ALLOWED),
    Incomplete: _incomplete,
    NotPermitted: _not_permitted,
    TakenBefore: _taken,
    IndividualHasOpenCase: _has_open_case,
    KeyReused: _says(texts.KEY_REUSED),
    InFlight: _says(texts.IN_FLIGHT),
    GroundMissing: _says(texts.GROUND_MISSING),
    NoReceiver: _says(texts.NO_RECEIVER),
    GuardianMayNotBlock: _says(texts.GUARDIAN_MAY_NOT_BLOCK),
    NothingToBlock: _says(texts.NOTHING_TO_BLOCK),
    NoSuchBlock: _says(texts.NO_SUCH_BLOCK),
    NothingToLift: _says(texts.NOTHING_TO_LIFT),
    NotChecked: _says(texts.NOT_CHECKED),
    ReasonNeeded: _reason_needed,
    NotProtected: _says(texts.NO_LIST),
    ListIsFull: _says(texts.LIST_IS_FULL),
    LastReader: _says(texts.LAST_READER),
    NoSuchReader: _says(texts.NO_SUCH_READER),
    NotStated: _says(texts.EMERGENCY_NOT_STATED),
    NoSuchEmergency: _says(texts.NO_SUCH_EMERGENCY),
    NeedsAnother: _says(texts.NEEDS_ANOTHER),
    BadReview: _bad_value,
    NoSuchReview: _says(texts.NOT_FOUND),
    OwnAccess: _says(texts.OWN_ACCESS),
    NeedsSecondReader: _says(texts.NEEDS_SECOND_READER),
    Settled: _says(texts.ITEM_SETTLED),
    NoSuchUnit: _says(texts.NO_SUCH_UNIT),
    BadIdentity: _bad_value,
    BadIdentifier: _bad_value,
    BadTerms: _bad_value,
    BadAgreement: _bad_value,
    BadEntry: _bad_value,
    BadFile: _bad_value,
    CannotOpen: _bad_value,
    CannotRecord: _bad_value,
    WrittenMeanwhile: _bad_value,
    NotOpened: _says(texts.NOT_OPENED),
    NotAParty: _says(texts.NOT_A_PARTY),
    NoSuchRound: _says(texts.NO_SUCH_ROUND),
    NoSuchRoutine: _says(texts.NO_SUCH_ROUTINE),
    NotTheirText: _says(texts.NOT_THEIR_TEXT),
    NotTheWriter: _says(texts.NOT_THEIR_TEXT),
    BadRound: _bad_value,
    NoBoard: _says(texts.NO_BOARD),
    NotTheHost: _says(texts.NOT_THE_HOST),
    NoSuchRun: _says(texts.NOT_FOUND),
    NoSuchTable: _says(texts.NOT_FOUND),
    NoSuchRow: _says(texts.NOT_FOUND),
    NoSuchPopulation: _says(texts.NOT_FOUND),
    NoSuchCount: _says(texts.NOT_FOUND),
    NoSuchObjection: _says(texts.NOT_FOUND),
    NoSuchOffer: _says(texts.NOT_FOUND),
    NoSuchBasis: _says(texts.NOT_FOUND),
    NoSuchCloudFile: _says(texts.NOT_FOUND),
    NoSuchInvoice: _says(texts.NOT_FOUND),
    NoSuchBatch: _says(texts.NOT_FOUND),
    NoSuchPayer: _says(texts.NOT_FOUND),
    NoSuchList: _says(texts.NOT_FOUND),
    NoSuchItem: _says(texts.NOT_FOUND),
    NoSuchSettlement: _says(texts.NOT_FOUND),
    BadHandover: _bad_value,
    NotNow: _bad_value,
    Refused: _bad_value,
    CannotAllocate: _bad_value,
    CannotInvoice: _bad_value,
    BadRecord: _bad_value,
    files.BadFile: _bad_value,
    AlreadySigned: _says(texts.ALREADY_SIGNED),
    AlreadyEnded: _says(texts.ALREADY_ENDED),
    BadRequest: _says(texts.BAD_REQUEST),
    RequestDataTooBig: _says(texts.TOO_LARGE),
    SuspiciousOperation: _says(texts.BAD_REQUEST),
    OperationalError: _says(texts.DATABASE_AWAY),
    InterfaceError: _says(texts.DATABASE_AWAY),
}
