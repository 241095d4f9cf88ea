"""Beside the eight steps: experts that are asked for and take part, and the units' own days."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from care.identity.permissions import Permission
from care.inbox import joining as acts
from care.inbox import readiness
from portal import idempotent, onboarding, parties
from portal.access import ActorRequest, needs
from portal.answering import answered
from portal.forms.onboarding import SeenForm
from portal.forms.preparing import AnswerForm, AskForm, StartsForm
from portal.idempotent import Done
from portal.views.onboarding import FORMS
from tenants import experts, progress, starts
from tenants.experts import Field
from tenants.progress import CannotOpen


@needs(Permission.ASK_EXPERT)
@require_http_methods(FORMS)
def ask_expert(request: ActorRequest, schema: str, field: str) -> HttpResponse:
    """Ask a huvudman for an expert in a field, change what is asked, or take it back."""
    it = _field(field)
    progress.standing(schema)
    asked = experts.last_asked(schema, it)
    form = AskForm(request.POST or None, asked=asked, today=timezone.localdate(request.at))

    def act() -> Done:
        acts.ask_expert(
            actor=request.actor,
            tenant=schema,
            asked=form.asked(it),
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(_experts_of(schema), gettext("Frågan om en ämnesexpert är sparad."))

    def seen() -> int:
        now = experts.last_asked(schema, it)
        return now.number if now else 0

    try:
        answer = answered(request, form, act, seen=seen)
    except CannotOpen as refused:
        form.add_error(None, str(refused))
        answer = None
    return answer or _form(
        request,
        form,
        title=gettext("Fråga efter en ämnesexpert: {field}").format(field=it.label),
        schema=schema,
        now=asked.purpose if asked and not asked.is_withdrawn else "",
    )


@needs(Permission.ANSWER_EXPERT)
@require_http_methods(FORMS)
def answer_expert(request: ActorRequest, schema: str, field: str) -> HttpResponse:
    """Answer for our own who takes part as an expert, or why nobody does."""
    it = _field(field)
    if schema != request.actor.tenant:
        raise PermissionDenied("another huvudman answers for itself")
    found = {one.asked.field: one for one in experts.of(schema)}.get(it)
    if found is None:
        raise Http404("nobody has asked for it")
    form = AnswerForm(request.POST or None, answered=found.answered)

    def act() -> Done:
        acts.answer_expert(
            actor=request.actor,
            answered=form.answered(it),
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(_experts_of(schema), gettext("Svaret är sparat."))

    def seen() -> int:
        now = next(one for one in experts.of(schema) if one.asked.field == it).answered
        return now.number if now else 0

    answer = answered(request, form, act, seen=seen)
    return answer or _form(
        request,
        form,
        title=gettext("Svara om en ämnesexpert: {field}").format(field=it.label),
        schema=schema,
        now=found.asked.purpose,
    )


@needs(Permission.PLAN_STARTS)
@require_http_methods(FORMS)
def plan_starts(request: ActorRequest) -> HttpResponse:
    """Plan which of our units start on days of their own."""
    own = request.actor.tenant
    units = readiness.units_of([own])[own]
    form = StartsForm(request.POST or None, units=units, planned=starts.of(own))

    def act() -> Done:
        acts.plan_starts(
            actor=request.actor, days=form.days, seen=form.cleaned_data["seen"], at=request.at
        )
        return Done(reverse("portal:plan_starts"), gettext("Enheternas dagar är sparade."))

    answer = answered(request, form, act, seen=lambda: starts.of(own).number)
    if answer is not None:
        return answer
    # What somebody else has planned meanwhile is read anew.
    units = readiness.units_of([own])[own]
    return render(
        request,
        "portal/onboarding/starts.html",
        {
            "form": form,
            "has_units": bool(units),
            "key": idempotent.key_for(request),
            "waves": onboarding.unit_waves(own, units, at=request.at),
            "planned": [
                (it.name, onboarding.day(it.starts_on, at=request.at))
                for it in units
                if it.starts_on
            ],
        },
        status=422 if form.errors else 200,
    )


def _form(
    request: ActorRequest, form: SeenForm, *, title: str, schema: str, now: str
) -> HttpResponse:
    return render(
        request,
        "portal/onboarding/expert.html",
        {
            "form": form,
            "title": title,
            "schema": schema,
            "name": parties.name(schema),
            "now": now,
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


def _field(field: str) -> Field:
    if field not in Field.values:
        raise Http404("no such field")
    return Field(field)


def _experts_of(schema: str) -> str:
    return f"{reverse('portal:joining', args=[schema])}#experts"


urlpatterns = [
    path("onboarding/starts", plan_starts, name="plan_starts"),
    path("onboarding/<str:schema>/experts/<str:field>/ask", ask_expert, name="ask_expert"),
    path("onboarding/<str:schema>/experts/<str:field>/answer", answer_expert, name="answer_expert"),
]
