"""Beslutsunderlag: what our own huvudman decides by, on one page and as one PDF."""

from datetime import date
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity.permissions import Permission
from care.inbox import preparing, readiness
from care.inbox.readiness import UnitReady
from portal import cells, decision, idempotent, paces, parties, technical
from portal.access import ActorRequest, needs
from portal.answering import answered, hand_out
from portal.forms.decision import FORMS as PART_FORMS
from portal.forms.onboarding import SeenForm
from portal.idempotent import Done
from portal.papers import decision as papers
from portal.views.onboarding import FORMS
from tenants import checks, pack, progress
from tenants.decision import Part, Row
from tenants.onboarding import Step
from tenants.progress import NotOpened


@needs(Permission.READ_PACK)
@require_safe
def show_decision(request: ActorRequest) -> HttpResponse:
    """Show our own decision pack: benefits beside costs, risks, powers, and the chain."""
    return _page(request)


@needs(Permission.READ_PACK)
@require_safe
def show_risks(request: ActorRequest) -> HttpResponse:
    """Show our own risks in a matrix of severity and likelihood."""
    own = preparing.read_pack(actor=request.actor)
    return render(
        request,
        "portal/onboarding/risks.html",
        {
            "matrix": decision.matrix(own),
            "severities": decision.SEVERITIES.values(),
            "lines": [decision.line(it, at=request.at) for it in own.of(Part.RISK)],
            "may_write": request.actor.may(Permission.WRITE_PACK),
        },
    )


@paces.hands_out
@needs(Permission.READ_PACK)
@require_safe
def decision_paper(request: ActorRequest) -> HttpResponse:
    """Hand out our own decision pack as a PDF."""
    units = _units(request)
    paper = papers.paper(
        preparing.read_pack(actor=request.actor),
        owner=parties.name(request.actor.tenant),
        offered=decision.costs_of_offers(),
        units=_checks(units),
        done=pack.done_of(request.actor.tenant),
        at=request.at,
    )
    return hand_out(paper, "application/pdf", "beslutsunderlag.pdf")


@needs(Permission.WRITE_PACK)
@require_http_methods(FORMS)
def write_row(request: ActorRequest, part: str, entry: UUID | None = None) -> HttpResponse:
    """Write a row of our own pack, change it, or strike it."""
    if part not in set(Part):
        raise Http404("no such part")
    it = Part(part)
    row = _row(request, it, entry) if entry else None
    form = PART_FORMS[it](request.POST or None, row=row)
    fresh = entry or uuid4()

    def act() -> Done:
        preparing.write_row(
            actor=request.actor,
            content=form.content,
            part=it,
            entry=fresh,
            seen=form.cleaned_data["seen"],
            struck=form.cleaned_data.get("is_struck", False),
            at=request.at,
        )
        return Done(f"{reverse('portal:decision')}#{it}", gettext("Raden är sparad."))

    def seen() -> int:
        return _row(request, it, fresh).number if row else 0

    answer = answered(request, form, act, seen=seen)
    if answer is not None:
        return answer
    now = _row(request, it, fresh) if row and form.errors else None
    return render(
        request,
        "portal/onboarding/row.html",
        {
            "form": form,
            "title": decision.ONE[it],
            "is_new": row is None,
            "part": it,
            "now": decision.line(now, at=request.at) if now else None,
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.WRITE_PACK)
@require_POST
def declare_pack(request: ActorRequest) -> HttpResponse:
    """Tell everybody that our own pack is done, or open again."""
    form = SeenForm(request.POST)
    is_done = request.POST.get("done") == "yes"

    def act() -> Done:
        preparing.declare_pack(
            actor=request.actor, is_done=is_done, seen=form.cleaned_data["seen"], at=request.at
        )
        told = gettext("Underlaget är antecknat som klart.")
        return Done(
            reverse("portal:decision"),
            told if is_done else gettext("Underlaget är öppet igen."),
        )

    answer = answered(request, form, act, seen=lambda: pack.done_of(request.actor.tenant).number)
    return answer or _page(request, form=form)


def _page(request: ActorRequest, form: SeenForm | None = None) -> HttpResponse:
    own = preparing.read_pack(actor=request.actor)
    done = pack.done_of(request.actor.tenant)
    units = _units(request)
    advice = preparing.advice(own, units, first_on=_first_on(request), at=request.at)
    return render(
        request,
        "portal/onboarding/decision.html",
        {
            "form": form,
            "sections": decision.sections(own, at=request.at),
            "offers": decision.costs_of_offers(),
            "missing": advice[Step.START],
            "checks": [
                (it.name, cells.check(it, at=request.at), technical.made(made, at=request.at))
                for it, made in _checks(units)
            ],
            "done": done,
            "is_changed": done.at is not None and any(it.at > done.at for it in own.rows),
            "may_write": request.actor.may(Permission.WRITE_PACK),
            "key": idempotent.new_key(),
        },
        status=422 if form else 200,
    )


def _units(request: ActorRequest) -> tuple[UnitReady, ...]:
    own = request.actor.tenant
    return readiness.units_of([own])[own]


def _checks(units: tuple[UnitReady, ...]) -> list[tuple[UnitReady, checks.CheckMade | None]]:
    made = {it.unit_id: it for it in checks.made([it.hsa_id for it in units])}
    return [(it, made.get(it.hsa_id)) for it in units]


def _first_on(request: ActorRequest) -> date | None:
    try:
        return progress.standing(request.actor.tenant).start_on
    except NotOpened:
        return None


def _row(request: ActorRequest, part: Part, entry: UUID) -> Row:
    own = preparing.read_pack(actor=request.actor)
    found = next((it for it in own.of(part) if it.entry == entry), None)
    if found is None:
        raise Http404("no such row")
    return found


urlpatterns = [
    path("onboarding/decision", show_decision, name="decision"),
    path("onboarding/decision/risks", show_risks, name="decision_risks"),
    path("onboarding/decision.pdf", decision_paper, name="decision_paper"),
    path("onboarding/decision/done", declare_pack, name="declare_pack"),
    path("onboarding/decision/<str:part>/new", write_row, name="new_pack_row"),
    path("onboarding/decision/<str:part>/<uuid:entry>", write_row, name="change_pack_row"),
]
