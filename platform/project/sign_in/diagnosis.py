"""Diagnos: what of a sign-in works on this computer, and what the last attempt has told."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from care.identity import attempts, queries
from portal import access, sign_in, times
from project.sign_in import watch
from project.sign_in.addresses import BROWSER, browser_of, remember
from project.sign_in.starting import refuse_without_huvudman
from tenants.technical import MOST_SECONDS
from tenants.technical import browser_of as named


@require_safe
@never_cache
@access.public
def show(request: access.Request) -> HttpResponse:
    """Show card, clock, cookies, browser, network and assignment, and the code to read out."""
    refuse_without_huvudman()
    browser = request.COOKIES.get(BROWSER, "")
    failure = attempts.last_failure(browser=browser, at=request.at)
    known = queries.member_known_as([failure.hsa_id]) if failure and failure.hsa_id else None
    staff_id = request.staff.staff_id if request.staff else known
    page = {
        "failure": failure,
        "cause": sign_in.CAUSES[failure.why] if failure else None,
        "browser": named(request.headers.get("User-Agent", "")),
        "has_cookie": bool(browser),
        "now": times.absolute(datetime.now(UTC), at=request.at),
        "most_seconds": MOST_SECONDS,
        "is_reached": not watch.is_away(),
        "is_known": staff_id is not None,
        "held": queries.candidates(staff_id=staff_id, at=request.at) if staff_id else (),
        "administrators": sign_in.turned_to(
            queries.administrators(at=request.at), is_signed_in=request.staff is not None
        ),
    }
    response = render(request, "portal/sign_in/diagnosis.html", page)
    remember(response, BROWSER, browser_of(request))  # so that the next look tells of cookies
    return response


@require_safe
@never_cache
@access.public
def answer_pulse(request: access.Request) -> HttpResponse:
    """Answer without content: the page times it, and reads the time of its Date header."""
    return HttpResponse(status=204)
