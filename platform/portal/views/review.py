"""Logggranskning: the queue, a round, an item, an emergency, a person's extract, the reports."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity.permissions import Permission
from care.law import calendar
from care.review import operations, queries, reports
from care.review.course import State
from care.sharing import audit_events, storelog
from care.sharing.extract import Extract
from portal import idempotent, paces, parties, reviewing
from portal.access import ActorRequest, needs
from portal.answering import hand_out
from portal.forms.review import DecisionForm, ExtractForm, FollowUpForm, MonthForm, RoundForm
from portal.idempotent import Done
from portal.papers import accesses

FIRST_YEAR = 2000  # no log is older
Rendered = tuple[Callable[[Extract], bytes], str, str]
FORMATS: Mapping[str, Rendered] = {
    "pdf": (accesses.paper, "application/pdf", "loggutdrag.pdf"),
    "xml": (
        lambda it: storelog.xml(it, names=dict(parties.names())),
        "application/xml",
        "loggutdrag.xml",
    ),
    "json": (
        lambda it: audit_events.bundle(it, names=dict(parties.names())),
        "application/fhir+json",
        "loggutdrag.json",
    ),
}


@needs(Permission.READ_REVIEW)
@require_safe
def queue(request: ActorRequest) -> HttpResponse:
    """Show the emergency accesses that wait, and the rounds."""
    found = queries.queue(actor=request.actor, at=request.at)
    context = {
        "emergencies": [reviewing.emergency(it, at=request.at) for it in found.emergencies],
        "rounds": [reviewing.round_(it, at=request.at) for it in found.rounds],
        "may_draw": request.actor.may(Permission.DRAW_ROUND),
    }
    return render(request, "portal/review/queue.html", context)


@needs(Permission.DRAW_ROUND, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def draw_round(request: ActorRequest) -> HttpResponse:
    """Draw a round of a period."""
    form = RoundForm(request.POST or None, initial=reviewing.last_month(request.at))
    if form.is_valid():

        def act() -> Done:
            made = operations.draw_round(actor=request.actor, at=request.at, **form.cleaned_data)
            return Done(_round_url(made), gettext("Omgången är dragen."))

        try:
            return idempotent.once(request, act)
        except operations.BadReview as bad:
            form.add_error(None, str(bad))
    context = {"form": form, "key": idempotent.key_for(request)}
    return render(request, "portal/review/draw.html", context, status=422 if form.is_bound else 200)


@needs(Permission.READ_REVIEW)
@require_safe
def show_round(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """Show the items of a round: who, when and at which unit, not whose case."""
    is_settled = request.GET.get("show") == "settled"
    page = request.GET.get("page", "")
    found = queries.round_page(
        actor=request.actor, round_id=round_id, is_settled=is_settled,
        page=int(page) if page.isdecimal() and len(page) < 6 else 1, at=request.at,
    )  # fmt: skip
    return render(
        request,
        "portal/review/round.html",
        {
            "round": reviewing.round_(found.round, at=request.at),
            "items": [reviewing.item(it, at=request.at) for it in found.items],
            "is_settled": is_settled,
            "tabs": reviewing.tabs(_round_url(round_id), found.round, is_settled=is_settled),
            "pages": reviewing.pages(_round_url(round_id), found, is_settled=is_settled),
        },
    )


@needs(Permission.READ_REVIEW, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Show an item and the name of the person; decide about it."""
    form = DecisionForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            state = operations.decide_item(
                actor=request.actor, item_id=item_id, at=request.at, **form.cleaned_data
            )
            told = gettext("Beslutet är sparat.")
            if state is State.SECOND_READER:
                told = gettext("Beslutet är sparat. En annan granskare läser nu samma rad.")
            return Done(reverse("portal:review_item", args=[item_id]), told)

        return idempotent.once(request, act)
    found = queries.item(actor=request.actor, item_id=item_id, at=request.at)
    context = {
        "found": found,
        "item": reviewing.item(found.item, at=request.at),
        "form": form,
        "key": idempotent.key_for(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/review/item.html", context, status=status)


@needs(Permission.FOLLOW_UP_EMERGENCY, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_emergency(request: ActorRequest, emergency_id: UUID) -> HttpResponse:
    """Show an emergency access, why it was opened and what was read; follow it up."""
    form = FollowUpForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            operations.follow_up_emergency(
                actor=request.actor, emergency_id=emergency_id, at=request.at, **form.cleaned_data
            )
            return Done(reverse("portal:review"), gettext("Nödöppningen är uppföljd."))

        return idempotent.once(request, act)
    found = queries.emergency(actor=request.actor, emergency_id=emergency_id, at=request.at)
    context = {
        "found": found,
        "emergency": reviewing.emergency(found.it, at=request.at),
        "form": form,
        "key": idempotent.key_for(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/review/emergency.html", context, status=status)


@needs(Permission.GIVE_EXTRACT, fresh=True)
@paces.looks_up
@require_http_methods(["GET", "HEAD", "POST"])
def give_extract(request: ActorRequest) -> HttpResponse:
    """Give out a person's extract; the number travels in the form, never in an address."""
    form = ExtractForm(request.POST or None)
    if form.is_valid():
        extract = operations.give_extract(
            actor=request.actor,
            number=form.cleaned_data["number"],
            reason=form.cleaned_data["reason"],
            at=request.at,
        )
        if extract.accesses:
            rendered, kind, name = FORMATS[form.cleaned_data["form"]]
            return hand_out(rendered(extract), kind, name)
        form.add_error(
            "number", gettext("Ingenting är loggat om personen hos er. Kontrollera numret.")
        )
    return render(
        request, "portal/review/extract.html", {"form": form}, status=422 if form.is_bound else 200
    )


@needs(Permission.READ_REPORTS)
@require_safe
def report(request: ActorRequest) -> HttpResponse:
    """Show what was reviewed of a month."""
    first_day = _month(request.GET.get("month", ""), request)
    found = reports.month(actor=request.actor, first_day=first_day, at=request.at)
    return render(
        request,
        "portal/review/report.html",
        {
            "report": found,
            "month": f"{first_day:%Y-%m}",
            "name": reviewing.month_name(first_day),
            "form": MonthForm(
                initial={"month": f"{first_day:%Y-%m}"}, months=reviewing.months(request.at)
            ),
            "lines": [(parties.name(request.actor.tenant), found.total)]
            + [(it.unit_name, it) for it in found.units],
        },
    )


@paces.hands_out
@needs(Permission.READ_REPORTS, fresh=True)
@require_safe
def report_file(request: ActorRequest, month: str) -> HttpResponse:
    """Hand out a month's report as CSV."""
    first_day = _month(month, request)
    found = reports.month(actor=request.actor, first_day=first_day, at=request.at)
    text = StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow([str(it) for it in ("månad", *reviewing.COLUMNS)])
    for line in (found.total, *found.units):
        name, *numbers = astuple(line)
        name = name or parties.name(request.actor.tenant)
        rows.writerow([f"{first_day:%Y-%m}", _plain(name), *numbers])
    content = b"\xef\xbb\xbf" + text.getvalue().encode()
    return hand_out(content, "text/csv; charset=utf-8", f"logggranskning-{first_day:%Y-%m}.csv")


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _month(text: str, request: ActorRequest) -> date:
    today: date = calendar.local_date(request.at)
    if not text:
        return today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404("no such month") from None
    if not FIRST_YEAR <= found.year <= today.year:
        raise Http404("no such month")
    return found


def _round_url(round_id: UUID) -> str:
    return reverse("portal:review_round", args=[round_id])


urlpatterns: list[Any] = [
    path("review", queue, name="review"),
    path("review/rounds/draw-round", draw_round, name="draw_round"),
    path("review/rounds/<uuid:round_id>", show_round, name="review_round"),
    path("review/items/<uuid:item_id>", item, name="review_item"),
    path("review/emergencies/<uuid:emergency_id>", follow_up_emergency, name="follow_up_emergency"),
    path("review/extract", give_extract, name="give_extract"),
    path("review/reports", report, name="review_reports"),
    path("review/reports/<str:month>.csv", report_file, name="review_report_file"),
]
