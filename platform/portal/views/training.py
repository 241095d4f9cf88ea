"""Utbildning: scenarios at a training huvudman; who has been trained, and the survey, at a real."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care.identity.permissions import Permission
from care.training import counting, operations, queries, scenarios, surveying
from care.training.counting import GROUPS
from care.training.survey import Round
from care.training.surveying import AlreadyAnswered, CannotOpenRound
from portal import idempotent, parties, training
from portal.access import ActorRequest, needs, signed_in
from portal.forms.training import RoundForm, SurveyForm, TrainedForm
from portal.idempotent import Done
from tenants.apart import is_training
from tenants.progress import WrittenMeanwhile

FORMS = ["GET", "HEAD", "POST"]


@signed_in
@require_safe
def show_training(request: ActorRequest) -> HttpResponse:
    """Show what there is to practise, or at a real huvudman where one practises."""
    if not is_training(request.actor.tenant):
        opened = surveying.to_answer(actor=request.actor, at=request.at)
        where = {"place": _training_place(request), "survey": opened}
        return render(request, "portal/training/elsewhere.html", where)
    operations.note_finished(staff_id=request.actor.staff_id, at=request.at)
    found = training.shown(queries.practised(actor=request.actor), at=request.at)
    page = {"scenarios": found, "finished": sum(bool(it.finished) for it in found)}
    return render(request, "portal/training/scenarios.html", page)


@needs(Permission.PRACTISE_TRAINING)
@require_safe
def show_scenario(request: ActorRequest, name: str) -> HttpResponse:
    """Show a scenario: what to do, hints, and what the log of acts says is done."""
    operations.refuse_unless_training()
    operations.note_finished(staff_id=request.actor.staff_id, at=request.at)
    found = (it for it in queries.practised(actor=request.actor) if it.scenario.name == name)
    if (practised := next(found, None)) is None:
        raise operations.NoSuchScenario
    return render(
        request,
        "portal/training/scenario.html",
        {
            "it": training.scenario(practised, at=request.at),
            "identities": training.identities(practised.scenario),
            "key": idempotent.new_key(),
        },
    )


@needs(Permission.PRACTISE_TRAINING)
@require_POST
def start_scenario(request: ActorRequest, name: str) -> HttpResponse:
    """Begin a scenario, or begin it again."""

    def act() -> Done:
        operations.start_scenario(actor=request.actor, name=name, at=request.at)
        title = gettext(scenarios.BY_NAME[name].title)
        told = gettext("Du har börjat: {title}.").format(title=title)
        return Done(reverse("portal:training_scenario", args=[name]), told)

    return idempotent.once(request, act)


@needs(Permission.READ_TRAINING)
@require_safe
def show_goals(request: ActorRequest) -> HttpResponse:
    """Show how many have been trained of how many, for each huvudman and for the county."""
    standings = counting.standings()
    staff, trainers = training.sums(standings)
    own = next(it for it in standings if it.tenant == request.actor.tenant)
    opened = surveying.rounds()
    return render(
        request,
        "portal/training/goals.html",
        {
            "rows": training.rows(standings),
            "sums": (staff, trainers),
            "own": request.actor.tenant,
            "own_name": parties.name(request.actor.tenant),
            "roles": training.of_roles(own),
            "may_record": request.actor.may(Permission.RECORD_TRAINING),
            "may_open": request.actor.may(Permission.OPEN_SURVEY),
            "rounds": training.rounds(opened, at=request.at),
            "survey": surveying.to_answer(actor=request.actor, at=request.at),
            "place": _training_place(request),
        },
    )


@needs(Permission.RECORD_TRAINING)
@require_http_methods(FORMS)
def record_training(request: ActorRequest, role: str) -> HttpResponse:
    """Tell how many of a role shall be trained, and how many have been."""
    if role not in GROUPS:
        raise Http404("no such role")
    now = counting.standing(request.actor.tenant).roles[role]
    form = TrainedForm(request.POST or None, trained=now)

    def act() -> Done:
        told = form.cleaned_data
        counting.record_training(
            actor=request.actor,
            role=role,
            goal=told["goal"],
            trained=told["trained"],
            seen=told["seen"],
            at=request.at,
        )
        return Done(reverse("portal:training_goals"), gettext("Antalen är sparade."))

    if form.is_valid():
        try:
            return idempotent.once(request, act)
        except WrittenMeanwhile as refused:
            form.read_again(refused, seen=now.number)
    page = {"form": form, "title": training.label(role), "now": now if form.errors else None}
    return _form(request, form, "portal/training/goal.html", page)


@signed_in
@require_http_methods(FORMS)
def answer_survey(request: ActorRequest) -> HttpResponse:
    """Ask how ready one is for the change; once, and without anybody knowing who has said what.

    The form has no one-time key: the answer that is stored with a key holds the print of what was
    sent beside who sent it, and so few answers are possible that it could be found out. That
    somebody has answered already is a row of its own.
    """
    opened = surveying.to_answer(actor=request.actor, at=request.at)
    form = SurveyForm(request.POST or None)
    if opened is not None and form.is_valid():
        try:
            surveying.answer(
                actor=request.actor, which=opened.which, values=form.values, at=request.at
            )
        except AlreadyAnswered:
            messages.info(request, gettext("Du har redan svarat."))
        else:
            messages.success(request, gettext("Tack, ditt svar är räknat."))
        return _see_other(reverse("portal:survey"))
    page = {"form": form, "opened": opened, "threshold": settings.SURVEY_THRESHOLD}
    return _form(request, form, "portal/training/survey.html", page)


@needs(Permission.READ_TRAINING)
@require_safe
def show_results(request: ActorRequest) -> HttpResponse:
    """Show the means before and after, of those who are many enough."""
    found = surveying.results(at=request.at)
    roles = [
        (training.label(role), training.means(surveying.compared(found, role)))
        for role in surveying.roles_shown(found)
    ]
    return render(
        request,
        "portal/training/results.html",
        {
            "rounds": training.rounds(surveying.rounds(), at=request.at),
            "has_ended": bool(found),
            "is_shown": any(it.is_shown for it in found.values()),
            "means": training.means(surveying.compared(found)),
            "roles": roles,
            "threshold": settings.SURVEY_THRESHOLD,
        },
    )


@needs(Permission.OPEN_SURVEY)
@require_http_methods(FORMS)
def open_round(request: ActorRequest, which: str) -> HttpResponse:
    """Open a round of the survey, or change its last day."""
    if which not in set(Round):
        raise Http404("no such round")
    it = Round(which)
    running = surveying.rounds().get(it)
    form = RoundForm(request.POST or None, closes_on=running.closes_on if running else None)

    def act() -> Done:
        day = form.cleaned_data["closes_on"]
        surveying.open_round(actor=request.actor, which=it, closes_on=day, at=request.at)
        return Done(reverse("portal:training_goals"), gettext("Mätningen är öppen."))

    if form.is_valid():
        try:
            return idempotent.once(request, act)
        except CannotOpenRound as refused:
            form.add_error("closes_on", str(refused))
    page = {"form": form, "label": training.ROUNDS[it], "is_opened": running is not None}
    return _form(request, form, "portal/training/round.html", page)


def _training_place(request: ActorRequest) -> str:
    """Return the address of the own training huvudman, or nothing where there is none."""
    host = queries.training_host()
    _, port = split_domain_port(request.get_host())
    if not host:
        return ""
    return f"{request.scheme}://{host}:{port}/" if port else f"{request.scheme}://{host}/"


def _form(
    request: ActorRequest, form: object, template: str, page: Mapping[str, object]
) -> HttpResponse:
    return render(
        request,
        template,
        {"key": idempotent.new_key(), **page},
        status=422 if getattr(form, "errors", None) else 200,
    )


def _see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


urlpatterns = [
    path("training", show_training, name="training"),
    path("training/goals", show_goals, name="training_goals"),
    path("training/goals/<str:role>", record_training, name="record_training"),
    path("training/scenarios/<str:name>", show_scenario, name="training_scenario"),
    path("training/scenarios/<str:name>/start", start_scenario, name="start_scenario"),
    path("training/survey", answer_survey, name="survey"),
    path("training/survey/results", show_results, name="survey_results"),
    path("training/survey/<str:which>", open_round, name="open_round"),
]
