"""The way back from the provider: who it is, whether that is enough, and whether they work here."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from care.identity import attempts, queries
from care.identity.attempts import MOST_SILENT, Attempt, Lost, NotRecognised, Why
from care.identity.sessions import FRESH, Proof, is_locked_or_ended
from integrations.keycloak.prefixes import Kind
from integrations.oidc.client import Refused, Unreachable, Vouched
from integrations.oidc.tokens import BadToken
from portal import access
from project import sessions
from project.sign_in import failing
from project.sign_in.addresses import BROWSER, CALLBACK, browser_of, origin
from project.sign_in.leaving import forget_leaving
from project.sign_in.provider import judge, provider
from project.sign_in.starting import lead, max_age, refuse_without_huvudman

logger = logging.getLogger(__name__)
# What the provider says when somebody closes its page or takes the card out (RFC 6749, 4.1.2.1).
CANCELLED = frozenset({"access_denied", "login_required", "interaction_required"})
ALARMS = {
    Kind.ALIAS: "is none of our identity providers",
    Kind.FORM: "asserts what cannot be read",
    Kind.PREFIX: "asserts an HSA-id of another",
}
AWAY = frozenset({"temporarily_unavailable", "server_error"})


@dataclass
class NotSignedIn(Exception):
    """Nobody is signed in; `vouched` is what the provider has told, if it came so far."""

    why: Why
    detail: str = ""
    vouched: Vouched | None = None


@require_safe
@access.public
def come_back(request: access.Request) -> HttpResponse:
    """Sign in whom the provider has sent back; a way that was lost is begun anew, silently."""
    refuse_without_huvudman()
    state, browser = request.GET.get("state", ""), request.COOKIES.get(BROWSER, "")
    try:
        attempt = attempts.claim(state=state, browser=browser, at=request.at)
    except NotRecognised as lost:
        return _anew(request, lost, browser)
    if request.held is not None and request.held.is_locked and not attempt.is_again:
        # Begun before the screen was locked: an old proof unlocks nothing.
        return lead(request, browser=browser, leads_to=attempt.leads_to, is_again=True)
    try:
        vouched = _vouched(request, attempt)
        staff_id = _known(vouched)
    except NotSignedIn as no:
        return failing.answer(
            request, no.why, detail=no.detail, vouched=no.vouched, browser=browser
        )
    if not attempt.is_again and _opens_what_was_shut(vouched):
        return lead(request, browser=browser, leads_to=attempt.leads_to, is_again=True)
    response = sessions.open_for(
        request, staff_id=staff_id, proof=_proof(vouched), leads_to=attempt.leads_to
    )
    forget_leaving(response)
    return response


def _anew(request: access.Request, lost: NotRecognised, browser: str) -> HttpResponse:
    """Go on where somebody is signed in already, else begin anew; twice, and then say why."""
    if request.staff is not None:
        return HttpResponseRedirect("/")
    if lost.tries > MOST_SILENT:
        without_cookie = lost.why is Lost.OTHER_BROWSER and not browser
        why = Why.NO_COOKIE if without_cookie else Why.TOO_MANY_TRIES
        return failing.answer(request, why, detail=lost.why, browser=browser)
    return lead(
        request,
        browser=browser_of(request),
        leads_to=lost.leads_to,
        is_again=lost.is_again or request.held is not None,
        tries=lost.tries + 1,
    )


def _vouched(request: access.Request, attempt: Attempt) -> Vouched:
    """Return what the provider vouches for.

    :raises NotSignedIn: if it vouches for nobody, or not well enough
    """
    if request.GET.get("iss", provider().registration.issuer) != provider().registration.issuer:
        raise NotSignedIn(Why.NOT_PROVEN, "iss")  # mix-up of providers (RFC 9207)
    if error := request.GET.get("error", ""):
        raise NotSignedIn(_why(error), error if error in CANCELLED | AWAY else "error")
    try:
        vouched = provider().exchange(
            code=request.GET.get("code", ""),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            redirect_uri=origin(request) + CALLBACK,
            max_age=max_age(is_again=attempt.is_again),
            # Tokens run out by the real time, which the demo's clock does not tell.
            at=datetime.now(UTC),
        )
    except Unreachable as away:
        raise NotSignedIn(Why.UNREACHABLE) from away
    except Refused as no:
        raise NotSignedIn(Why.NOT_PROVEN, "code") from no
    except BadToken as bad:
        why = Why.NOT_FRESH if bad.check == "auth_time" else Why.NOT_PROVEN
        raise NotSignedIn(why, bad.check) from bad
    if vouched.who.acr not in provider().registration.acr_values:
        raise NotSignedIn(Why.WEAK, "acr", vouched)
    return vouched


def _known(vouched: Vouched) -> UUID:
    """Return the member of staff that the provider has told of.

    :raises NotSignedIn: if the identity provider names nobody or may not speak of them, or they do
        not work here
    """
    who = vouched.who
    verdict = judge(vouched.claims)
    if verdict.kind is Kind.ABSENT:
        raise NotSignedIn(Why.NO_HSA_ID, Kind.ABSENT, vouched)
    if verdict.kind is not None:
        # An alarm: an identity provider speaks for somebody else's staff, or nobody can tell whom.
        logger.error("sign-in: %r %s", who.identity_provider[:40], ALARMS[verdict.kind])
        raise NotSignedIn(Why.FOREIGN_PREFIX, verdict.kind, vouched)
    staff_id = queries.member_known_as(who.hsa_ids)
    if staff_id is None:
        raise NotSignedIn(Why.UNKNOWN_HERE, "", vouched)
    return staff_id


def _opens_what_was_shut(vouched: Vouched) -> bool:
    """Tell whether an old proof would open what was locked or ended, its cookie being of no use."""
    who, now = vouched.who, datetime.now(UTC)
    if who.authenticated_at is not None and now - who.authenticated_at <= FRESH:
        return False
    issuer = provider().registration.issuer
    return is_locked_or_ended(issuer=issuer, sid=who.sid, subject=who.subject)


def _proof(vouched: Vouched) -> Proof:
    return Proof(
        issuer=provider().registration.issuer,
        subject=vouched.who.subject,
        sid=vouched.who.sid,
        acr=vouched.who.acr,
        authenticated_at=vouched.who.authenticated_at or datetime.now(UTC),
        id_token=vouched.token.raw,
    )


def _why(error: str) -> Why:
    if error in CANCELLED:
        return Why.CANCELLED
    return Why.UNREACHABLE if error in AWAY else Why.NOT_PROVEN
