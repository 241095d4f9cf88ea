"""The outcome of a decided budget: the table that holds it, and the balance that is carried on."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from billing import balances, outcomes, queries
from billing.operations import Refused
from care.identity.permissions import Permission
from portal import idempotent
from portal.access import ActorRequest, needs
from portal.forms.costs import CarryForm
from portal.idempotent import Done
from portal.views.costs import FORMS, doer, form_page


@needs(Permission.EDIT_COSTS)
@require_POST
def follow(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Make the table of a decided run's outcome."""

    def act() -> Done:
        made = outcomes.follow(run_id=run_id, by=doer(request), at=request.at)
        said = gettext("Tabellen är gjord. Skriv vad varje rad kostade.")
        return Done(reverse("portal:table", args=[made]), said)

    return idempotent.once(request, act)


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def carry(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Let a table carry the balance of a decided outcome, or none."""
    table = queries.table(table_id)
    form = CarryForm(
        request.POST or None,
        outcomes=balances.to_carry(table_id, at=request.at),
        initial={"carries": table.carries or ""},
    )
    if form.is_valid():

        def act() -> Done:
            outcomes.carry(table_id=table_id, outcome=form.outcome, at=request.at)
            return Done(reverse("portal:table", args=[table_id]), gettext("Valet är sparat."))

        try:
            return idempotent.once(request, act)
        except Refused as bad:
            form.add_error(None, str(bad))
    return form_page(request, form, gettext("För över en avstämning"), "portal:table", [table_id])


urlpatterns = [
    path("costs/runs/<uuid:run_id>/follow", follow, name="follow_run"),
    path("costs/tables/<uuid:table_id>/carry", carry, name="carry_balance"),
]
