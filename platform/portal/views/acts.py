"""One form for each act of a case: what is sent, to whom, and whether anybody watches there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from care.discharge import operations, queries
from care.discharge.queries import CasePage
from care.identity.permissions import Permission
from care.inbox import queries as inbox
from care.inbox.operations import NoReceiver
from care.law import explain
from care.law.calendar import STOCKHOLM
from care.law.discharge import PROCESS, Act, State
from care.law.machine import NotPermitted
from care.law.terms import Terms
from portal import idempotent, labels, shown, times
from portal.access import ActorRequest, needs
from portal.forms import ActForm
from portal.forms.acts import FORMS
from portal.idempotent import Done
from portal.views.cases import receiver
from tenants import routines

# Each act is the operation of its own name.
DO: dict[str, Callable[..., object]] = {act: getattr(operations, act) for act in FORMS}
# What is kept in the case and sent to nobody.
SENT_TO_NOBODY = {
    Act.SUBMIT_PLANNING_BASIS: _(
        "Underlaget skickas inte. De som överenskommelse och samtycke öppnar det för läser det på"
        " plats."
    ),
    Act.INFORM_INDIVIDUAL: _("Anteckningen stannar hos er. Ingen mottagare får ett meddelande."),
    Act.CLOSE_CASE: _("De andra ser att ärendet är avslutat. Ingen behöver kvittera."),
}
CHOSEN_RECEIVERS = frozenset({Act.NOTIFY_ADMISSION, Act.SEND_GENERAL_MESSAGE})
MINUTE = timedelta(minutes=1)


@needs(Permission.READ_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: ActorRequest, case_id: UUID, act: str) -> HttpResponse:
    """Show the form of an act, and carry the act out."""
    name = act.replace("-", "_")
    if name not in FORMS or "_" in act:
        raise Http404
    page = queries.case_for_act(actor=request.actor, case_id=case_id, act=name, at=request.at)
    form = _form(request, name, page)
    if form.is_valid():
        try:
            return idempotent.once(request, lambda: _done(request, name, case_id, form))
        except NoReceiver:
            form.add_error(
                None, gettext("Ingen annan enhet deltar i ärendet. Lägg till en mottagare först.")
            )
    elif not form.is_bound:
        _refuse_impossible(page, name)
    return _show(request, name, page, form)


def _form(request: ActorRequest, name: str, page: CasePage) -> ActForm:
    data = request.POST if request.method == "POST" else None
    if name not in CHOSEN_RECEIVERS:
        return FORMS[name](data).for_branch(request.actor.branch)
    watches = [(it.unit, it) for it in page.before_sending.watches]
    if name == Act.NOTIFY_ADMISSION:
        code = page.individual.registered_municipality
        watches = list(
            inbox.receivers_for(municipality_code=code, actor=request.actor, at=request.at)
        )
    initial = {
        "admitted_at": page.admitted_at,
        "expected_discharge_at": page.expected_discharge_at,
    }
    is_protected = page.individual.is_protected
    receivers = [
        receiver(unit, watch, request, is_protected=is_protected) for unit, watch in watches
    ]
    kind: Callable[..., ActForm] = FORMS[name]
    form = kind(data, receivers=receivers, initial=initial)
    return form.for_branch(request.actor.branch)


def _done(request: ActorRequest, name: str, case_id: UUID, form: ActForm) -> Done:
    DO[name](actor=request.actor, case_id=case_id, at=request.at, **form.arguments())
    return Done(reverse("portal:case", args=[case_id]), str(labels.DONE[Act(name)]))


def _refuse_impossible(page: CasePage, name: str) -> None:
    """Say before the form is filled in that the act cannot be in this state.

    :raises NotPermitted: with its paragraph
    """
    state, act = State(page.state), Act(name)
    if not PROCESS.permits(state, act):
        raise NotPermitted(state, act, PROCESS.statute(act))


def _show(request: ActorRequest, name: str, page: CasePage, form: ActForm) -> HttpResponse:
    at = request.at
    statute = PROCESS.statute(Act(name))
    watches = () if name in SENT_TO_NOBODY else page.before_sending.watches
    context: dict[str, Any] = {
        "page": page,
        "about": shown.about(page, at=at),
        "form": form,
        "title": labels.DO[Act(name)],
        "submit": labels.SUBMIT.get(Act(name), labels.DO[Act(name)]),
        "are_chosen": name in CHOSEN_RECEIVERS,
        "act": name,
        "statute": "" if statute == "rutin" else statute,
        "key": idempotent.key_for(request),
        "sent_to_nobody": SENT_TO_NOBODY.get(Act(name), ""),
        "watches": [shown.watch(it, at=at) for it in watches],
        "noon": noon(page.terms, at=at) if name == Act.NOTIFY_READY else None,
        "applying": [it for it in routines.holding(at=at) if it.wording.act == name],
        "is_grave": name in (Act.ABORT_CASE, Act.CLOSE_CASE),
    }
    return render(request, "portal/acts/form.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Noon:
    """Klockan 12.00: what the time of sending means for the payment liability (5 kap. 4 §)."""

    cutoff: str
    is_after: bool
    before: str  # liable from, sent before
    after: str  # liable from, sent after


def noon(terms: Terms, *, at: datetime) -> Noon:
    """Return the two dates that a ready notice today leads to, before and after the cut-off."""
    today = at.astimezone(STOCKHOLM).date()
    cutoff = datetime.combine(today, terms.cutoff_time, STOCKHOLM)
    before, after = (
        explain.ready(it, terms).liable_from for it in (cutoff - MINUTE, cutoff + MINUTE)
    )
    return Noon(times.clock(cutoff), at > cutoff, times.day(before, at=at), times.day(after, at=at))


urlpatterns = [path("cases/<uuid:case_id>/<slug:act>", act, name="act")]
