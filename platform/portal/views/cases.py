"""Ärendet: its page with four views, a new one, and what the person consents to."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.cases.operations import IndividualHasOpenCase
from care.discharge import operations, queries
from care.discharge.queries import CasePage
from care.identity.permissions import Permission
from care.identity.units import Watch
from care.inbox import consents
from care.inbox import queries as inbox
from care.individuals.operations import Person
from care.individuals.queries import written
from care.law.discharge import Act, State
from care.sharing.access import Denied, refuse_unless_in_case
from portal import errors, idempotent, labels, parties, places, shown, texts
from portal.access import ActorRequest, needs
from portal.forms.cases import ConsentForm, NewCaseForm, PersonForm
from portal.idempotent import Done
from portal.views.worklist import Tab

VIEWS = {
    "lanes": _("Per huvudman"),
    "timeline": _("Tidslinje"),
    "messages": _("Meddelanden"),
    "history": _("Historik och åtkomst"),
}


@needs(Permission.READ_CASE)
@require_safe
def case(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Show a case: the next step first, then one of four views."""
    view = _view(request)
    page = queries.case_page(
        actor=request.actor, case_id=case_id, at=request.at, with_readings=view == "history"
    )
    return render(request, "portal/cases/page.html", _context(request, page, view))


@needs(Permission.OPEN_CASE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Begin a case in two steps: whom it is about, then the admission and who is told."""
    if request.method != "POST":
        return _ask(request, PersonForm())
    form = PersonForm(request.POST)
    if not form.is_valid() or request.POST.get("step") == "back":
        return _ask(request, form)
    if request.POST.get("step") != "admission":
        _refuse_second(request, form.person())
        return _ask_more(request, form)
    return _admitted(request, form)


@needs(Permission.RECORD_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def record_consent(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Write down what the person has answered."""
    page = queries.case_page(actor=request.actor, case_id=case_id, at=request.at)
    others = {it.tenant: parties.name(it.tenant) for it in page.parts}
    others.pop(request.actor.tenant, None)
    form = ConsentForm(request.POST or None, at=request.at, others=others)
    if form.is_valid():

        def act() -> Done:
            told = form.arguments()
            consents.record_consent(actor=request.actor, case_id=case_id, at=request.at, **told)
            return Done(_url(case_id), gettext("Personens svar är antecknat."))

        return idempotent.once(request, act)
    return _form_page(request, "portal/cases/consent.html", form, page=page)


@needs(Permission.WITHDRAW_CONSENT)
@require_POST
def withdraw_consent(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Withdraw a consent: what it opened is closed at once."""

    def act() -> Done:
        consents.withdraw_consent(
            actor=request.actor, case_id=case_id, type_=request.POST.get("type", ""), at=request.at
        )
        return Done(
            _url(case_id), gettext("Samtycket är återtaget. Det som det öppnade är stängt.")
        )

    return idempotent.once(request, act)


def _url(case_id: UUID) -> str:
    return reverse("portal:case", args=[case_id])


def _view(request: ActorRequest) -> str:
    asked = request.GET.get("view", "lanes")
    return asked if asked in VIEWS else "lanes"


def _context(request: ActorRequest, page: CasePage, view: str) -> dict[str, Any]:
    actor, at = request.actor, request.at
    names = shown.names_of(page)
    messages = shown.messages(page.messages, actor=actor, names=names, at=at)
    step = shown.next_step(page, messages, names=names, at=at)
    others = shown.acts(page)
    return {
        "page": page,
        "about": shown.about(page, at=at),
        "step": step,
        "others": [it for it in others if not (step and step.act and it.act == step.act.act)],
        "stages": shown.stages(page, at=at),
        "tabs": _tabs(page, view, len(messages)),
        "view": view,
        "lanes": shown.lanes(page, messages, at=at) if view == "lanes" else (),
        "messages_shown": messages,
        "timeline": shown.timeline(page, names=names, at=at) if view == "timeline" else (),
        "dues": shown.dues(page, names=names, at=at),
        "checks": shown.checks(page.checks),
        "findings": shown.findings(page),
        "reckoning": shown.reckoning(page.reckoning, at=at),
        "consents": shown.consents(page, actor=actor, at=at),
        "may_record_consent": page.is_open and actor.may(Permission.RECORD_CONSENT),
        "may_open_emergency": shown.may_open_emergency(actor),
        "emergencies": shown.emergencies(page, actor=actor, at=at),
        "own_hidden": shown.own_hidden(page),
        "readings": shown.readings(page, at=at),
        "key": idempotent.new_key(),
        "may_reject": actor.may(Permission.REJECT_MESSAGE),
        "may_forward": actor.may(Permission.FORWARD_MESSAGE),
        "may_assign": actor.may(Permission.ASSIGN_MESSAGE),
    }


def _tabs(page: CasePage, view: str, messages: int) -> tuple[Tab, ...]:
    counts = {"messages": messages}
    return tuple(
        Tab(str(label), f"{_url(page.case_id)}?view={name}", name == view, counts.get(name))
        for name, label in VIEWS.items()
    )


def _ask(request: ActorRequest, form: PersonForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/cases/new_person.html", {"form": form}, status=status)


def _refuse_second(request: ActorRequest, person: Person) -> None:
    """Refuse where the unit has an open case of the person; the operation asks the whole huvudman.

    :raises IndividualHasOpenCase: with the case to go on with
    """
    ended = {State.CLOSED, State.ABORTED}
    for it in inbox.search(actor=request.actor, text=person.number, at=request.at):
        if it.number == written(person.number) and it.state not in ended:
            raise IndividualHasOpenCase(it.case_id)


def _receivers(request: ActorRequest, person: Person) -> list[Watch]:
    """Return how each unit is watched that an admission of the person can be told to."""
    code = person.registered_municipality
    found = inbox.receivers_for(municipality_code=code, actor=request.actor, at=request.at)
    return [watch for _address, watch in found]


def receiver(
    unit: Any, watch: Any, request: ActorRequest, *, is_protected: bool = False
) -> tuple[str, str, str, bool]:
    """Return a unit as a choice: HSA-id, name, how it is watched, whether it is chosen.

    Where the person is protected nothing is: where she is registered may be a decoy.
    """
    told = shown.watch(watch, at=request.at)
    now = gettext("Bevakas nu.") if told.is_watched else gettext("Bevakas inte nu.")
    return unit.hsa_id, told.unit, f"{now} {told.text}", unit.is_default and not is_protected


def _ask_more(
    request: ActorRequest, person: PersonForm, form: NewCaseForm | None = None
) -> HttpResponse:
    told = person.person()
    watches = _receivers(request, told)
    is_protected = bool(told.protection)
    receivers = [receiver(it.unit, it, request, is_protected=is_protected) for it in watches]
    context = {
        "person": told,
        "number": written(told.number),
        "protection": labels.PROTECTIONS.get(told.protection, ""),
        "protection_means": labels.PROTECTION_MEANS.get(told.protection, ""),
        "town": places.name(told.registered_municipality),
        "person_form": person,
        "form": (form or NewCaseForm(receivers=receivers)).for_branch(request.actor.branch),
        "has_municipal_receiver": any(it.unit.owner != request.actor.tenant for it in watches),
        "key": idempotent.key_of(request) if form else idempotent.new_key(),
    }
    status = 422 if form else 200
    return render(request, "portal/cases/new_admission.html", context, status=status)


def _admitted(request: ActorRequest, person: PersonForm) -> HttpResponse:
    told = person.person()
    receivers = [receiver(it.unit, it, request) for it in _receivers(request, told)]
    form = NewCaseForm(request.POST, receivers=receivers).for_branch(request.actor.branch)
    if not form.is_valid():
        return _ask_more(request, person, form)

    def act() -> Done:
        case_id = _open_and_notify(request, told, form)
        return Done(_url(case_id), str(labels.DONE[Act.NOTIFY_ADMISSION]))

    try:
        return idempotent.once(request, act)
    except IndividualHasOpenCase as running:
        if _is_ours(request, running.case_id):
            raise
        return errors.refuse(request, texts.HAS_CASE_ELSEWHERE, exception=running)


def _is_ours(request: ActorRequest, case_id: UUID) -> bool:
    """Tell whether the actor's unit takes part in a case, so that a link to it leads somewhere."""
    try:
        refuse_unless_in_case(
            actor=request.actor, case_id=case_id, permission=Permission.READ_CASE, at=request.at
        )
    except Denied:
        return False
    return True


def _open_and_notify(request: ActorRequest, person: Person, form: NewCaseForm) -> UUID:
    """Open the case, send the notice and record what the person said, in one transaction."""
    actor, at = request.actor, request.at
    case_id = operations.open_case(
        actor=actor,
        person=person,
        variant=form.cleaned_data["variant"],
        admitted_at=form.cleaned_data["admitted_at"],
        need_assessed_at=form.cleaned_data["need_assessed_at"],
        at=at,
    )
    operations.notify_admission(actor=actor, case_id=case_id, at=at, **form.arguments())
    answer = form.consent(at=at)
    if answer:
        consents.record_consent(actor=actor, case_id=case_id, at=at, **answer)
    return case_id


def _form_page(
    request: ActorRequest, template: str, form: ConsentForm, *, page: CasePage
) -> HttpResponse:
    key = idempotent.key_for(request)
    about = shown.about(page, at=request.at)
    context = {"form": form, "page": page, "about": about, "key": key}
    return render(request, template, context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("cases/new", new, name="new_case"),
    path("cases/<uuid:case_id>", case, name="case"),
    path("cases/<uuid:case_id>/record-consent", record_consent, name="record_consent"),
    path("cases/<uuid:case_id>/withdraw-consent", withdraw_consent, name="withdraw_consent"),
]
