"""Teknisk kontroll: made by anybody who works at a unit, in the browser that is used there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from care.inbox import preparing
from portal import idempotent, technical, times
from portal.access import ActorRequest, signed_in
from portal.forms.technical import CheckForm
from portal.idempotent import Done
from portal.views.onboarding import FORMS
from tenants import checks
from tenants.technical import MOST_MILLISECONDS, MOST_SECONDS, browser_of


@signed_in
@require_http_methods(FORMS)
def check_browser(request: ActorRequest) -> HttpResponse:
    """Check the browser of the unit: the page measures what it can, and a person tells the rest."""
    form = CheckForm(request.POST or None)
    browser = browser_of(request.headers.get("User-Agent", ""))

    def act() -> Done:
        preparing.record_check(
            actor=request.actor,
            measured=form.measured,
            place=form.cleaned_data["place"].strip(),
            browser=browser,
            at=request.at,
        )
        return Done(reverse("portal:check"), gettext("Kontrollen är sparad."))

    if form.is_valid():
        return idempotent.once(request, act)
    last = next(iter(checks.made([request.actor.unit_id])), None)
    return render(
        request,
        "portal/onboarding/check.html",
        {
            "form": form,
            "browser": browser,
            "now": times.absolute(request.at, at=request.at),
            "last": technical.made(last, at=request.at),
            "most_seconds": MOST_SECONDS,
            "most_milliseconds": MOST_MILLISECONDS,
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


@signed_in
@require_safe
def show_print_test(request: ActorRequest) -> HttpResponse:
    """Show a page to print: whether its frame, its letters and its edges come out right."""
    return render(request, "portal/onboarding/print_test.html")


@signed_in
@require_safe
@never_cache
def answer_pulse(request: ActorRequest) -> HttpResponse:
    """Answer without content: the check times it, and reads the time of its Date header."""
    return HttpResponse(status=204)


urlpatterns = [
    path("onboarding/check", check_browser, name="check"),
    path("onboarding/check/print", show_print_test, name="print_test"),
    path("onboarding/check/pulse", answer_pulse, name="check_pulse"),
]
