"""Samtycken och spärrar: the register of a case, and the acts on it; protected identity too."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.discharge import queries
from care.discharge.queries import CasePage
from care.identity.permissions import Permission
from care.inbox import blocks, protection
from care.inbox.protection import NothingToLift
from portal import idempotent, labels, shown
from portal.access import ActorRequest, needs
from portal.forms.blocks import BlockForm
from portal.forms.readers import LiftForm, MarkForm
from portal.idempotent import Done


@needs(Permission.READ_CASE)
@require_safe
def register(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show what the person has answered and blocked, what it opens and what it does not."""
    actor, at = request.actor, request.at
    page = queries.case_page(actor=actor, case_id=case_id, at=at)
    context: dict[str, Any] = {
        "page": page,
        "about": shown.about(page, at=at),
        "consents": shown.consents(page, actor=actor, at=at),
        "blocks": shown.blocks(page, actor=actor, at=at),
        "emergencies": shown.emergencies(page, actor=actor, at=at),
        "unanswered": shown.unanswered(page, at=at),
        "hidden": shown.hidden_texts(page),
        "may_record": page.is_open and actor.may(Permission.RECORD_CONSENT),
        "may_block": actor.may(Permission.PLACE_BLOCK),
        "may_mark": actor.may(Permission.MARK_PROTECTED) and bool(_kinds(page)),
        "may_lift": actor.may(Permission.LIFT_PROTECTION),
    }
    return render(request, "portal/register/page.html", context)


@needs(Permission.PLACE_BLOCK)
@require_http_methods(["GET", "HEAD", "POST"])
def place_block(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Block what the unit's branch, or the unit, holds of the person."""
    form = BlockForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            told = form.arguments()
            blocks.place_block(actor=request.actor, case_id=case_id, at=request.at, **told)
            return Done(_url(case_id), gettext("Uppgifterna är spärrade. Det gäller genast."))

        return idempotent.once(request, act)
    page = queries.case_page(actor=request.actor, case_id=case_id, at=request.at)
    context = {
        "form": form,
        "page": page,
        "about": shown.about(page, at=request.at),
        "key": idempotent.key_for(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/register/block.html", context, status=status)


@needs(Permission.LIFT_BLOCK)
@require_POST
def lift_block(request: ActorRequest, case_id: UUID, block_id: UUID) -> HttpResponse:
    """Lift a block at the person's request."""

    def act() -> Done:
        blocks.lift_block(actor=request.actor, case_id=case_id, block_id=block_id, at=request.at)
        return Done(_url(case_id), gettext("Spärren är hävd."))

    return idempotent.once(request, act)


@needs(Permission.MARK_PROTECTED)
@require_http_methods(["GET", "HEAD", "POST"])
def mark_protected(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Mark the person as protected, and lead on to the list of who sees the case from then on."""
    form = MarkForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            kind = form.cleaned_data["protection"]
            protection.mark_protected(
                actor=request.actor, case_id=case_id, protection=kind, at=request.at
            )
            told = gettext("Skyddade personuppgifter är markerade. Bara de på listan ser ärendet.")
            return Done(reverse("portal:readers", args=[case_id]), told)

        return idempotent.once(request, act)
    page = queries.case_page(actor=request.actor, case_id=case_id, at=request.at)
    return _asked(request, "portal/register/mark.html", form.offer(_kinds(page)), page)


@needs(Permission.LIFT_PROTECTION)
@require_http_methods(["GET", "HEAD", "POST"])
def lift_protection(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Take the protection off that is marked here; the others are told."""
    form = LiftForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            told = form.cleaned_data
            protection.lift_protection(actor=request.actor, case_id=case_id, at=request.at, **told)
            return Done(_url(case_id), gettext("Skyddet är hävt hos er."))

        return idempotent.once(request, act)
    page = queries.case_page(actor=request.actor, case_id=case_id, at=request.at)
    if not page.individual.is_protected:
        raise NothingToLift
    return _asked(request, "portal/register/lift.html", form, page)


def _asked(
    request: ActorRequest, template: str, form: MarkForm | LiftForm, page: CasePage
) -> HttpResponse:
    context = {
        "form": form,
        "page": page,
        "about": shown.about(page, at=request.at),
        "key": idempotent.key_for(request),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


def _kinds(page: CasePage) -> Sequence[str]:
    """Return the kinds that the person can be marked as: stricter ones, or the same anew."""
    kinds = list(labels.PROTECTIONS)
    if not page.individual.is_protected:
        return kinds
    return kinds[kinds.index(page.individual.protection) + (page.lift_told is None) :]


def _url(case_id: UUID) -> str:
    return reverse("portal:register", args=[case_id])


urlpatterns = [
    path("cases/<uuid:case_id>/register", register, name="register"),
    path("cases/<uuid:case_id>/place-block", place_block, name="place_block"),
    path("cases/<uuid:case_id>/blocks/<uuid:block_id>/lift-block", lift_block, name="lift_block"),
    path("cases/<uuid:case_id>/mark-protected", mark_protected, name="mark_protected"),
    path("cases/<uuid:case_id>/lift-protection", lift_protection, name="lift_protection"),
]
