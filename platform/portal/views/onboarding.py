"""Anslutning: the county's board of readiness, and the eight steps of each huvudman that joins."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from care.identity.permissions import Permission
from care.inbox import joining as acts
from care.inbox import preparing, readiness
from care.inbox.readiness import Joining
from care.law import calendar
from portal import cells, decision, idempotent, onboarding, paces, parties, tiles
from portal.access import ActorRequest, needs
from portal.answering import answered, hand_out
from portal.forms.onboarding import (
    ActivityForm,
    ContactForm,
    OpenForm,
    SeenForm,
    SinceForm,
    StepForm,
)
from portal.idempotent import Done
from portal.papers import readiness as papers
from tenants import progress, routines
from tenants.onboarding import CONTACTS, ContactRole, Step, current
from tenants.progress import Activity, CannotOpen

FORMS = ["GET", "HEAD", "POST"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.READ_ONBOARDING)
@require_safe
def show_board(request: ActorRequest) -> HttpResponse:
    """Show how far each huvudman has come, and what has moved since a day."""
    everybody = readiness.everybody(at=request.at)
    form = SinceForm(request.GET, at=request.at)
    since = calendar.start_of_local_day(form.day)
    groups = onboarding.board(everybody, at=request.at)
    return render(
        request,
        "portal/onboarding/board.html",
        {
            "groups": groups,
            "counts": onboarding.counts(groups),
            "titles": [onboarding.title(it) for it in Step],
            "columns": len(Step) + 3,
            "region": _region(request),
            "map": tiles.of(groups),
            "form": form,
            "since": onboarding.day(form.day, at=request.at),
            "since_on": form.day.isoformat(),
            "moved": onboarding.moved(everybody, since=since, at=request.at),
            "own": request.actor.tenant,
            "may_open": request.actor.may(Permission.OPEN_ONBOARDING),
        },
        status=422 if form.errors else 200,
    )


@paces.hands_out
@needs(Permission.READ_ONBOARDING)
@require_safe
def board_paper(request: ActorRequest) -> HttpResponse:
    """Hand out the board as a PDF for the steering group, with what has moved since a day."""
    form = SinceForm(request.GET, at=request.at)
    paper = papers.paper(
        readiness.everybody(at=request.at),
        owner=parties.name(request.actor.tenant),
        region=readiness.units_of_region(request.actor.tenant),
        since=calendar.start_of_local_day(form.day),
        at=request.at,
    )
    return hand_out(paper, "application/pdf", "beredskapstavla.pdf")


@paces.hands_out
@needs(Permission.READ_ONBOARDING)
@require_safe
def board_workbook(request: ActorRequest) -> HttpResponse:
    """Hand out the board as a workbook, with every step as a row."""
    form = SinceForm(request.GET, at=request.at)
    workbook = papers.workbook(
        readiness.everybody(at=request.at),
        region=readiness.units_of_region(request.actor.tenant),
        since=calendar.start_of_local_day(form.day),
        at=request.at,
    )
    return hand_out(workbook, EXCEL, "beredskapstavla.xlsx")


@needs(Permission.READ_ONBOARDING)
@require_safe
def show_joining(request: ActorRequest, schema: str) -> HttpResponse:
    """Show the eight steps of a huvudman: what is told, what is computed, and what is missing."""
    joining = readiness.one(schema, at=request.at)
    now = current(joining.standing.told)
    is_own = schema == request.actor.tenant
    advice = _advice(request, joining)
    holding = routines.holding(at=request.at)
    steps = onboarding.steps(joining, at=request.at, advice=advice, holding=holding)
    asks = request.actor.may(Permission.ASK_EXPERT)
    return render(
        request,
        "portal/onboarding/show.html",
        {
            "joining": joining,
            "opened": joining.standing.opened,
            "name": parties.name(schema),
            "facts": onboarding.facts(joining, at=request.at),
            "steps": steps,
            "course": onboarding.course(steps, now),
            "done": sum(it.cell.color == "success" for it in steps),
            "next": next((it for it in steps if it.step is now), None),
            "contacts": onboarding.contacts(joining),
            "activities": onboarding.activities(progress.activities(schema), at=request.at),
            "may_plan": is_own and request.actor.may(Permission.PLAN_ACTIVITY),
            "history": onboarding.history(joining, at=request.at),
            "units": onboarding.units(joining.units, joining.standing.start_on, at=request.at),
            "waves": cells.waves(joining.units, joining.standing.start_on, at=request.at),
            "experts": onboarding.experts(joining, at=request.at, asks=asks),
            "may_ask": asks,
            "may_answer": is_own and request.actor.may(Permission.ANSWER_EXPERT),
            "may_plan_starts": is_own and request.actor.may(Permission.PLAN_STARTS),
            "may_read_pack": is_own and request.actor.may(Permission.READ_PACK),
            "pack": cells.beside(joining, at=request.at)[-1],
            "pack_counts": decision.counts(joining.pack.counts) if joining.pack.done_on else [],
            "may_record": is_own and request.actor.may(Permission.RECORD_STEP),
            "may_name": is_own and request.actor.may(Permission.NAME_CONTACT),
            "may_open": request.actor.may(Permission.OPEN_ONBOARDING),
        },
    )


@needs(Permission.RECORD_STEP)
@require_http_methods(FORMS)
def record_step(request: ActorRequest, schema: str, step: str) -> HttpResponse:
    """Tell of a step of our own."""
    if step not in set(Step):
        raise Http404("no such step")
    it = Step(step)
    joining = _own(request, schema)
    form = StepForm(request.POST or None, joining=joining, step=it)

    def act() -> Done:
        acts.record_step(
            actor=request.actor, entry=form.entry, seen=form.cleaned_data["seen"], at=request.at
        )
        told = gettext("Steget {step} är antecknat.").format(step=onboarding.title(it))
        return Done(f"{_url(schema)}#{it}", told)

    answer = _answered(request, form, act, seen=lambda now: now.standing.seen(it))
    if answer is not None:
        return answer
    # What somebody else has written meanwhile is read anew.
    joining = _own(request, schema) if form.errors else joining
    return _form(
        request,
        form,
        "portal/onboarding/step.html",
        schema,
        {
            "shown": onboarding.shown(
                joining,
                it,
                at=request.at,
                advice=_advice(request, joining),
                holding=routines.holding(at=request.at),
            ),
            "has_contacts": any(role in CONTACTS for role in joining.standing.named),
        },
    )


@needs(Permission.NAME_CONTACT)
@require_http_methods(FORMS)
def name_contact(request: ActorRequest, schema: str, role: str) -> HttpResponse:
    """Name somebody for our own huvudman."""
    if role not in set(ContactRole):
        raise Http404("no such contact")
    it = ContactRole(role)
    form = ContactForm(request.POST or None, contact=_own(request, schema).standing.contact(it))

    def act() -> Done:
        acts.name_contact(
            actor=request.actor,
            contact=form.contact,
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(f"{_url(schema)}#contacts", gettext("Kontakten är sparad."))

    answer = _answered(request, form, act, seen=lambda now: now.standing.contact(it).number)
    if answer is not None:
        return answer
    return _form(
        request,
        form,
        "portal/onboarding/contact.html",
        schema,
        {
            "title": onboarding.ROLES[it],
            "contact": _own(request, schema).standing.contact(it) if form.errors else None,
        },
    )


@needs(Permission.PLAN_ACTIVITY)
@require_http_methods(FORMS)
def plan_activity(
    request: ActorRequest, schema: str, activity_id: UUID | None = None
) -> HttpResponse:
    """Plan an activity beside the eight steps of our own, or change or finish one."""
    _own(request, schema)
    planned = _activity(schema, activity_id) if activity_id else None
    form = ActivityForm(request.POST or None, activity=planned)

    def act() -> Done:
        acts.plan_activity(
            actor=request.actor,
            activity=form.activity(activity_id or uuid4()),
            seen=form.cleaned_data["seen"],
            at=request.at,
        )
        return Done(f"{_url(schema)}#activities", gettext("Aktiviteten är sparad."))

    answer = _answered(request, form, act, seen=lambda now: planned.number if planned else 0)
    if answer is not None:
        return answer
    shown = onboarding.activities([planned] if planned else [], at=request.at)
    more: dict[str, object] = {"planned": next(iter(shown), None)}
    return _form(request, form, "portal/onboarding/activity.html", schema, more)


@needs(Permission.OPEN_ONBOARDING)
@require_http_methods(FORMS)
def open_onboarding(request: ActorRequest, schema: str = "") -> HttpResponse:
    """Let a huvudman begin to join, or change its part of the county and its wanted start."""
    opened = progress.standing(schema).opened if schema else None
    form = OpenForm(request.POST or None, joinable=onboarding.joinable(), opened=opened)
    done = gettext("Anslutningen är ändrad.") if schema else gettext("Anslutningen är öppnad.")

    def act() -> Done:
        told = form.cleaned_data
        tenant = schema or told["tenant"]
        acts.open_onboarding(
            actor=request.actor,
            tenant=tenant,
            delregion=told["delregion"],
            wanted_start_on=told["wanted_start_on"],
            at=request.at,
        )
        return Done(_url(tenant), done)

    if form.is_valid():
        try:
            return idempotent.once(request, act)
        except CannotOpen as refused:
            form.add_error(None, str(refused))
    return _form(request, form, "portal/onboarding/open.html", schema, {})


def _answered(
    request: ActorRequest,
    form: SeenForm,
    act: Callable[[], Done],
    *,
    seen: Callable[[Joining], int],
) -> HttpResponse | None:
    """Act on a form of our own joining; None where it is to be shown again."""
    return answered(
        request,
        form,
        act,
        seen=lambda: seen(readiness.one(request.actor.tenant, at=request.at)),
    )


def _form(
    request: ActorRequest, form: object, template: str, schema: str, more: dict[str, object]
) -> HttpResponse:
    return render(
        request,
        template,
        {
            "form": form,
            "schema": schema,
            "name": parties.name(schema),
            "key": idempotent.key_for(request),
            **more,
        },
        status=422 if getattr(form, "errors", None) else 200,
    )


def _advice(request: ActorRequest, joining: Joining) -> onboarding.Advice:
    """Return what our own decision pack lacks, for who may read it."""
    actor = request.actor
    if joining.standing.tenant != actor.tenant or not actor.may(Permission.READ_PACK):
        return {}
    return preparing.advice(
        preparing.read_pack(actor=actor),
        joining.units,
        first_on=joining.standing.start_on,
        at=request.at,
    )


def _region(request: ActorRequest) -> dict[str, object] | None:
    """Return which units of the county's region start when, or are checked."""
    found = readiness.units_of_region(request.actor.tenant)
    if found is None:
        return None
    host, units = found
    told = [it for it in units if it.starts_on or it.checked]
    return {
        "may_plan": host == request.actor.tenant and request.actor.may(Permission.PLAN_STARTS),
        "waves": cells.waves(units, None, at=request.at),
        "units": onboarding.units(told, None, at=request.at),
    }


def _activity(schema: str, activity_id: UUID) -> Activity:
    found = (it for it in progress.activities(schema) if it.id == activity_id)
    if (activity := next(found, None)) is None:
        raise Http404("no such activity")
    return activity


def _own(request: ActorRequest, schema: str) -> Joining:
    """Return where our own huvudman stands; another's is read, and told of by itself alone."""
    if schema != request.actor.tenant:
        raise PermissionDenied("another huvudman tells of its own steps")
    return readiness.one(schema, at=request.at)


def _url(schema: str) -> str:
    return reverse("portal:joining", args=[schema])


urlpatterns = [
    path("onboarding", show_board, name="onboarding"),
    path("onboarding/board.pdf", board_paper, name="onboarding_paper"),
    path("onboarding/board.xlsx", board_workbook, name="onboarding_workbook"),
    path("onboarding/new", open_onboarding, name="open_onboarding"),
    path("onboarding/<str:schema>", show_joining, name="joining"),
    path("onboarding/<str:schema>/change", open_onboarding, name="change_onboarding"),
    path("onboarding/<str:schema>/steps/<str:step>", record_step, name="record_onboarding_step"),
    path("onboarding/<str:schema>/activities/new", plan_activity, name="new_activity"),
    path(
        "onboarding/<str:schema>/activities/<uuid:activity_id>", plan_activity, name="plan_activity"
    ),
    path("onboarding/<str:schema>/contacts/<str:role>", name_contact, name="name_contact"),
]
