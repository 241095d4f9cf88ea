"""Nödöppning: the ground is stated, the owners answer, and what is not blocked is read."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from care.discharge import queries
from care.identity.permissions import Permission
from care.inbox import emergencies
from care.sharing.access import case_for_emergency
from portal import idempotent, labels, shown
from portal.access import ActorRequest, needs
from portal.forms import Words
from portal.forms.blocks import EmergencyForm
from portal.idempotent import Done


@needs(Permission.OPEN_EMERGENCY_ACCESS)
@require_http_methods(["GET", "HEAD", "POST"])
def open_emergency_access(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """State the ground; or go on with what the unit has opened."""
    actor, at = request.actor, request.at
    case_for_emergency(actor=actor, case_id=case_id, emergency_id=None, at=at)
    form = EmergencyForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            told = form.cleaned_data
            emergencies.open_emergency_access(actor=actor, case_id=case_id, at=at, **told)
            return Done(_url(case_id), gettext("Nödöppningen är begärd. De andra svarar genast."))

        return idempotent.once(request, act)
    page = queries.case_page(actor=actor, case_id=case_id, at=at)
    context = {
        "form": form,
        "page": page,
        "about": shown.about(page, at=at),
        "running": shown.running_emergency(page, actor=actor, at=at),
        "minutes": emergencies.minutes(),
        "key": idempotent.key_for(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "portal/register/emergency.html", context, status=status)


def _second(request: ActorRequest, case_id: UUID, emergency_id: UUID) -> None:
    emergencies.second_emergency_access(
        actor=request.actor, case_id=case_id, emergency_id=emergency_id, at=request.at
    )


def _read(request: ActorRequest, case_id: UUID, emergency_id: UUID) -> None:
    emergencies.read_in_emergency(
        actor=request.actor, case_id=case_id, emergency_id=emergency_id,
        owners=request.POST.getlist("owner"), at=request.at,
    )  # fmt: skip


def _ask(request: ActorRequest, case_id: UUID, emergency_id: UUID) -> None:
    emergencies.request_lift(
        actor=request.actor, case_id=case_id, emergency_id=emergency_id,
        owner=request.POST.get("owner", ""), at=request.at,
    )  # fmt: skip


def _close(request: ActorRequest, case_id: UUID, emergency_id: UUID) -> None:
    emergencies.close_emergency_access(
        actor=request.actor, case_id=case_id, emergency_id=emergency_id, at=request.at
    )


STEPS: dict[str, tuple[Callable[[ActorRequest, UUID, UUID], None], Words]] = {
    "second-emergency-access": (
        _second,
        _("Du har gått med på nödöppningen. De andra svarar genast."),
    ),
    "read-in-emergency": (_read, _("Uppgifterna öppnas inom några sekunder.")),
    "request-lift": (_ask, _("Ägaren är ombedd att häva spärren. Ring också.")),
    "close-emergency-access": (_close, _("Nödöppningen är stängd.")),
}


@needs(Permission.OPEN_EMERGENCY_ACCESS)
@require_POST
def step(request: ActorRequest, case_id: UUID, emergency_id: UUID, step: str) -> HttpResponse:
    """Take a further step in an emergency access."""
    take, said = STEPS[step]

    def act() -> Done:
        take(request, case_id, emergency_id)
        url = (
            _url(case_id) if step != "read-in-emergency" else reverse("portal:case", args=[case_id])
        )
        return Done(url, str(said))

    return idempotent.once(request, act)


@needs(Permission.LIFT_BLOCK)
@require_POST
def answer_lift_request(request: ActorRequest, case_id: UUID, emergency_id: UUID) -> HttpResponse:
    """Answer, at the owner, whether the block is lifted."""
    answer = request.POST.get("answer", "")
    if answer not in labels.LIFT_ANSWERS:
        raise Http404

    def act() -> Done:
        emergencies.answer_lift_request(
            actor=request.actor, case_id=case_id, emergency_id=emergency_id, answer=answer,
            at=request.at,
        )  # fmt: skip
        return Done(reverse("portal:register", args=[case_id]), gettext("Ditt svar är skickat."))

    return idempotent.once(request, act)


def _url(case_id: UUID) -> str:
    return reverse("portal:open_emergency_access", args=[case_id])


urlpatterns = [
    path(
        "cases/<uuid:case_id>/open-emergency-access",
        open_emergency_access,
        name="open_emergency_access",
    ),
    path(
        "cases/<uuid:case_id>/emergencies/<uuid:emergency_id>/answer-lift-request",
        answer_lift_request,
        name="answer_lift_request",
    ),
    *(
        path(
            f"cases/<uuid:case_id>/emergencies/<uuid:emergency_id>/{name}",
            step,
            {"step": name},
            name=name.replace("-", "_"),
        )
        for name in STEPS
    ),
]
