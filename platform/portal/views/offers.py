"""Erbjudanden: options that are offered to the municipalities, and what each one decides."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from billing import calloff, options, parties, queries
from billing.allocation import CannotAllocate
from billing.calloff import Answer
from billing.operations import Refused
from billing.options import OfferShown
from care.identity.permissions import Permission
from portal import costs, idempotent, offers
from portal.access import ActorRequest, needs
from portal.forms.offers import DecisionForm, ExtensionForm, OfferForm
from portal.idempotent import Done
from portal.views.costs import doer

FORMS = ["GET", "HEAD", "POST"]


@needs(Permission.READ_COSTS)
@require_safe
def list_offers(request: ActorRequest) -> HttpResponse:
    """Show every offer: how many have answered what, and what is left of the time."""
    board = parties.board()
    found = [_listed(request, it) for it in options.offers()]
    return render(
        request,
        "portal/costs/offers/list.html",
        {"board": board, "offers": found, "may_offer": _may_offer(request, board)},
    )


@needs(Permission.READ_COSTS)
@require_safe
def show_offer(request: ActorRequest, option: UUID) -> HttpResponse:
    """Show an offer: who has decided what, and what each municipality would pay."""
    shown = options.offer(option)
    own = options.own_code(shown)
    today = timezone.localdate(request.at)
    chosen = offers.scenarios(shown, own)
    is_open = calloff.days_left(shown.last_on, today=today) >= 0
    is_asked = own is not None and request.actor.may(Permission.DECIDE_OPTION)
    return render(
        request,
        "portal/costs/offers/offer.html",
        {
            "shown": shown,
            "content": shown.current.content,
            "terms": offers.terms(shown.current.content),
            "basis": offers.basis(shown),
            "last_on": costs.day(shown.last_on),
            "left": offers.left(shown.last_on, today=today),
            "left_color": offers.left_color(shown.last_on, today=today),
            "host": costs.who(shown.board.host),
            "scenarios": chosen,
            "asked": offers.asked(shown, chosen, today=today),
            "present": bool(shown.present()),
            "sums": offers.sums(shown, chosen),
            "has_cap": shown.current.content.price.cap_ore is not None,
            "counts": _counts(shown),
            "timeline": offers.timeline(shown),
            "earlier": offers.earlier(shown),
            "own_code": own,
            "own_answer": shown.answer_of(own) if own else None,
            "is_open": is_open,
            "may_decide": is_asked and is_open,
            "is_too_late": is_asked and not is_open,
            "may_offer": _may_offer(request, shown.board),
        },
    )


@needs(Permission.OFFER_OPTION)
@require_http_methods(FORMS)
def offer_option(request: ActorRequest) -> HttpResponse:
    """Offer an option to the municipalities."""
    form = OfferForm(
        request.POST or None,
        populations=queries.populations(),
        initial={"model": "population"},
    )

    def act() -> Done:
        made = options.offer_option(form.content, by=doer(request), at=request.at)
        return Done(_url(made.option), gettext("Erbjudandet är lämnat till kommunerna."))

    return _answer(request, form, act, title=gettext("Nytt erbjudande"))


@needs(Permission.OFFER_OPTION)
@require_http_methods(FORMS)
def revise_offer(request: ActorRequest, option: UUID) -> HttpResponse:
    """Make a new version of an offer."""
    shown = options.offer(option)
    first = OfferForm.first(shown.current.content) | {"last_on": shown.last_on}
    form = OfferForm(
        request.POST or None, populations=queries.populations(), is_revision=True, initial=first
    )

    def act() -> Done:
        options.revise_offer(
            form.content,
            option=option,
            reason=form.cleaned_data["reason"],
            by=doer(request),
            at=request.at,
        )
        return Done(_url(option), gettext("Den nya versionen ersätter den förra."))

    return _answer(request, form, act, title=gettext("Ny version"), shown=shown)


@needs(Permission.OFFER_OPTION)
@require_http_methods(FORMS)
def extend_deadline(request: ActorRequest, option: UUID) -> HttpResponse:
    """Move the last day for decisions forward."""
    shown = options.offer(option)
    form = ExtensionForm(request.POST or None)

    def act() -> Done:
        options.extend_deadline(option=option, by=doer(request), at=request.at, **form.cleaned_data)
        return Done(_url(option), gettext("Tiden är förlängd."))

    said = gettext("Sista dag är {day}.").format(day=costs.day(shown.last_on))
    return _answer(request, form, act, title=gettext("Förläng tiden"), shown=shown, said=said)


@needs(Permission.DECIDE_OPTION)
@require_http_methods(FORMS)
def decide_option(request: ActorRequest, option: UUID) -> HttpResponse:
    """Record our own decision on an option."""
    shown = options.offer(option)
    form = DecisionForm(request.POST or None)

    def act() -> Done:
        told = form.cleaned_data
        options.decide_option(
            Answer(told["answer"]),
            option=option,
            on=told["on"],
            paragraph=told["paragraph"],
            note=told["note"],
            by=doer(request),
            at=request.at,
        )
        return Done(_url(option), gettext("Ert besked är antecknat. Alla parter ser det."))

    said = gettext("Ett nytt besked ersätter det förra, som finns kvar att läsa.")
    return _answer(request, form, act, title=gettext("Vårt besked"), shown=shown, said=said)


def _answer(
    request: ActorRequest,
    form: Any,
    act: Callable[[], Done],
    *,
    title: str,
    shown: OfferShown | None = None,
    said: str = "",
) -> HttpResponse:
    """Act on a form, or show it with what is wrong and nothing lost."""
    if form.is_valid():
        try:
            return idempotent.once(request, act)
        except (Refused, CannotAllocate) as refused:
            form.add_error(None, str(refused))
    key = idempotent.key_for(request)
    return render(
        request,
        "portal/costs/form.html",
        {
            "form": form,
            "title": title,
            "back": _url(shown.option) if shown else reverse("portal:offers"),
            "about": shown.current.content.name if shown else "",
            "said": said,
            "key": key,
        },
        status=422 if form.errors else 200,
    )


def _listed(request: ActorRequest, shown: OfferShown) -> dict[str, Any]:
    own = options.own_code(shown)
    today = timezone.localdate(request.at)
    return {
        "name": shown.current.content.name,
        "number": shown.current.number,
        "url": _url(shown.option),
        "last_on": costs.day(shown.last_on),
        "left": offers.left(shown.last_on, today=today),
        "color": offers.left_color(shown.last_on, today=today),
        "counts": _counts(shown),
        "own": offers.answer(shown.answer_of(own)) if own else "",
    }


def _counts(shown: OfferShown) -> list[tuple[str, int, str]]:
    """Return how many have given each answer, and how many none, each with its colour."""
    return [
        (offers.answer(it), len(shown.with_answer(it)), offers.COLORS[it]) for it in (*Answer, None)
    ]


def _may_offer(request: ActorRequest, board: parties.Board) -> bool:
    return board.is_hosted_here and request.actor.may(Permission.OFFER_OPTION)


def _url(option: UUID) -> str:
    return reverse("portal:offer", args=[option])


urlpatterns = [
    path("costs/offers", list_offers, name="offers"),
    path("costs/offers/new", offer_option, name="offer_option"),
    path("costs/offers/<uuid:option>", show_offer, name="offer"),
    path("costs/offers/<uuid:option>/revise", revise_offer, name="revise_offer"),
    path("costs/offers/<uuid:option>/extend", extend_deadline, name="extend_deadline"),
    path("costs/offers/<uuid:option>/decide", decide_option, name="decide_option"),
]
