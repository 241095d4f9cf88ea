"""The page that tells why nobody was signed in, and the row that keeps it."""

import logging
from secrets import token_urlsafe

from django.http import HttpResponse
from django.shortcuts import render

from care.identity import attempts, queries
from care.identity.attempts import Failure, Why
from integrations.oidc.client import Vouched
from portal import access, sign_in
from project.sign_in import leaving
from project.sign_in.addresses import BROWSER, OFFERED, remember
from project.sign_in.provider import name_of
from tenants.reference import new_reference

logger = logging.getLogger(__name__)


def answer(
    request: access.Request,
    why: Why,
    *,
    detail: str = "",
    vouched: Vouched | None = None,
    browser: str,
) -> HttpResponse:
    """Tell why, with a code, the time, the identity provider and one button; keep it in the log.

    Whom the provider has vouched for is signed in there. It would vouch for the same person again
    without asking, so the button leads out there first.
    """
    who = vouched.who if vouched else None
    failure = Failure(
        reference=new_reference(),
        why=why,
        detail=detail,
        identity_provider=who.identity_provider if who else "",
        acr=who.acr if who else "",
        amr=" ".join(who.amr) if who else "",
        hsa_id=who.hsa_ids[0] if who and who.hsa_ids else "",
        at=request.at,
    )
    attempts.fail(failure, browser=browser)
    logger.warning("%s sign-in: %s %s", failure.reference, why.value, detail)
    state = token_urlsafe(16)
    is_unknown = why is Why.UNKNOWN_HERE
    page = {
        "failure": failure,
        "cause": sign_in.CAUSES[why],
        "administrators": (
            sign_in.turned_to(queries.administrators(at=request.at), is_signed_in=False)
            if is_unknown
            else ()
        ),
        "is_unknown": is_unknown,
        "through": name_of(failure.identity_provider),
        "way_out": leaving.way_out(request, vouched.token.raw, state) if vouched else "",
    }
    status = 503 if why is Why.UNREACHABLE else 403
    response = render(request, "portal/sign_in/failed.html", page, status=status)
    response["Cache-Control"] = "no-store"
    if page["way_out"]:
        remember(response, OFFERED, state)
    if browser:
        remember(response, BROWSER, browser)
    return response
