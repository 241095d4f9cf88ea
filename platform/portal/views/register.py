"""Samtycken och spärrar: the register of a case, and the acts on it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.discharge import queries
from care.identity.permissions import Permission
from care.inbox import blocks
from portal import idempotent, shown
from portal.access import ActorRequest, needs
from portal.forms.blocks import BlockForm
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


def _url(case_id: UUID) -> str:
    return reverse("portal:register", args=[case_id])


urlpatterns = [
    path("cases/<uuid:case_id>/register", register, name="register"),
    path("cases/<uuid:case_id>/place-block", place_block, name="place_block"),
    path("cases/<uuid:case_id>/blocks/<uuid:block_id>/lift-block", lift_block, name="lift_block"),
]
