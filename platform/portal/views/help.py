"""Help, and the accessibility statement: pages that everybody may read."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from care.identity import queries
from care.law import disclosure
from portal import cribs, glossary, labels, paces, parties
from portal.access import Request, public
from portal.forms.secrecy import DisclosureForm
from tenants.context import acting_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

YEAR = 365 * 24 * 3600
ASSESSED_ON = date(2026, 11, 24)


@dataclass(frozen=True)
class Fault:
    """A known fault of accessibility, as the statement lists it."""

    what: "str | Words"
    whom: "str | Words"
    criterion: str


KNOWN_FAULTS = (
    Fault(
        _(
            "Tjänsten är inte provad av personer som använder skärmläsare, förstoring eller"
            " röststyrning."
        ),
        _("Det kan finnas hinder som våra egna prov inte har hittat."),
        "",
    ),
    Fault(
        _("På engelska visas en del av lagens förklaringar och vissa felmeddelanden på svenska."),
        _("Den som läser med engelsk talsyntes hör de meningarna uttalade fel."),
        "WCAG 3.1.2",
    ),
)


@public
def help_page(request: Request) -> HttpResponse:
    """Explain the words, the common tasks and the keys, and say whom to ask."""
    signed_in = request.staff is not None
    return render(
        request,
        "portal/help/help.html",
        {
            "words": glossary.WORDS,
            "cribs": cribs.CRIBS,
            "administrators": queries.administrators(at=request.at) if signed_in else (),
        },
    )


@public
@require_safe
def what_may_be_told(request: Request) -> HttpResponse:
    """Guide through secrecy: who may tell whom what, on which grounds (OSL)."""
    form = DisclosureForm(request.GET or None, initial=_asked_by(request))
    advice = disclosure.advise(form.situation()) if form.is_valid() else None
    return render(
        request,
        "portal/help/disclosure.html",
        {
            "form": form,
            "advice": advice,
            "answer": labels.MAY_BE_TOLD[advice.answer] if advice else "",
            "color": labels.MAY_BE_TOLD_COLORS[advice.answer] if advice else "",
        },
    )


def _asked_by(request: Request) -> dict[str, str]:
    return {"teller": disclosure.teller_of(request.actor.branch)} if request.actor else {}


@paces.hands_out
@public
@require_safe
def crib(request: Request, name: str) -> HttpResponse:
    """Hand out the crib sheet of a role."""
    if name not in cribs.BY_NAME:
        raise Http404("no such sheet")
    response = HttpResponse(cribs.sheet(name), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="lathund-{name}.pdf"'
    return response


@public
@require_POST
def switch_keys(request: Request) -> HttpResponse:
    """Switch the single-letter keys on or off in this browser (WCAG 2.1.4)."""
    turn = "off" if request.POST.get("keys") == "off" else "on"
    said = gettext("Tangenterna är avstängda.") if turn == "off" else gettext("Tangenterna är på.")
    messages.success(request, said)
    response = redirect("portal:help")
    response.set_cookie(
        settings.KEYS_COOKIE_NAME,
        turn,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=not settings.DEMO,
    )
    return response


@public
def accessibility(request: Request) -> HttpResponse:
    """Say how accessible the service is, by the template of Digg (lag 2018:1937)."""
    schema_name = acting_for()
    return render(
        request,
        "portal/help/accessibility.html",
        {
            "who": parties.name(schema_name) if schema_name != "public" else "",
            "faults": KNOWN_FAULTS,
            "assessed_on": ASSESSED_ON,
        },
    )


urlpatterns = [
    path("help", help_page, name="help"),
    path("help/disclosure", what_may_be_told, name="disclosure"),
    path("help/crib/<str:name>.pdf", crib, name="crib"),
    path("help/keys", switch_keys, name="switch_keys"),
    path("accessibility", accessibility, name="accessibility"),
]
