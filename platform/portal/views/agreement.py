"""Kostnadsavtalet: the version that holds, the earlier ones, and a new one."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from billing import agreed, agreeing, parties
from billing.operations import Refused
from care.identity.permissions import Permission
from portal import agreement, idempotent
from portal.access import ActorRequest, needs
from portal.forms.agreement import AgreementForm
from portal.idempotent import Done
from portal.views.costs import FORMS, doer, form_page


@needs(Permission.READ_COSTS)
@require_safe
def show_agreement(request: ActorRequest, version: int | None = None) -> HttpResponse:
    """Show a version of the agreement: the one that is asked for, or that holds today."""
    board, found = parties.board(), agreed.versions()
    today = timezone.localdate(request.at)
    holds = agreed.holding(found, today)
    asked = holds or next(iter(found), None)
    if version is not None:
        asked = next((it for it in found if it.version == version), None)
        if asked is None:
            raise Http404("no such version")
    return render(
        request,
        "portal/costs/agreement.html",
        {
            "shown": agreement.shown(asked, board.municipalities) if asked else None,
            "holds": holds is not None and asked is holds,
            "versions": [agreement.shown(it, board.municipalities) for it in found],
            "may_edit": board.is_hosted_here and request.actor.may(Permission.EDIT_COSTS),
        },
    )


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def write_agreement(request: ActorRequest) -> HttpResponse:
    """Write a new version; what has been computed by an earlier one stays as it is."""
    names = parties.board().municipalities
    newest = next(iter(agreed.versions()), None)
    first = AgreementForm.first(newest.agreed if newest else None, names)
    form = AgreementForm(request.POST or None, names=names, initial=first)
    if form.is_valid() and form.sharing is not None:
        sharing = form.sharing

        def act() -> Done:
            agreeing.write_agreement(sharing, by=doer(request), at=request.at)
            return Done(reverse("portal:cost_agreement"), gettext("Versionen är sparad."))

        try:
            return idempotent.once(request, act)
        except Refused as bad:
            form.add_error(None, str(bad))
    title = gettext("Ny version av kostnadsavtalet")
    return form_page(request, form, title, "portal:cost_agreement")


urlpatterns = [
    path("costs/agreement", show_agreement, name="cost_agreement"),
    path("costs/agreement/new", write_agreement, name="new_cost_agreement"),
    path("costs/agreement/<int:version>", show_agreement, name="cost_agreement_version"),
]
