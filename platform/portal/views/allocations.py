"""En fördelning: its figures, how each share came about, and the board's decision on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import operations, queries, runs
from billing.allocation import CannotAllocate
from billing.decisions import FOLLOWS, Act, NotNow, Outcome, State
from billing.operations import Refused
from billing.papers import board as papers
from billing.papers import workbook as workbooks
from billing.papers.board import BoardPaper, Decision, Officer
from billing.queries import Listed, RunShown
from billing.table import REGION
from care.identity.permissions import Permission
from portal import costs, idempotent, invoices, outcomes, paces
from portal.access import ActorRequest, needs
from portal.answering import hand_out
from portal.forms.costs import AnswerForm, ObjectionForm, StepForm
from portal.idempotent import Done
from portal.views.costs import allocate_form, doer

FORMS = ["GET", "HEAD", "POST"]
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKED = {
    Act.PROPOSE: ("on", "diary_number", "note"),
    Act.DECIDE: ("on", "paragraph", "note"),
    Act.ADJUST: ("on",),
}
ANNOUNCE = _("Anteckna tillkännagivandet")


@needs(Permission.READ_COSTS)
@require_safe
def show_run(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Show a run: what each party pays, row by row, and where the decision stands."""
    shown = queries.run(run_id, at=request.at)
    before = queries.in_force(shown, at=request.at)
    return render(request, "portal/costs/run.html", _context(request, shown, before))


@needs(Permission.READ_COSTS)
@require_safe
def explain(request: ActorRequest, run_id: UUID, code: str) -> HttpResponse:
    """Show how a municipality's share came about, down to the exact quota and the odd öre."""
    shown = queries.run(run_id, at=request.at)
    names = costs.municipalities(shown.record)
    if code not in names:
        raise Http404("no such party")
    parts = costs.explained(shown.record, code)
    return render(
        request,
        "portal/costs/explanation.html",
        {
            "shown": shown,
            "name": names[code],
            "basis": costs.basis(shown.record),
            "parts": parts,
            "ruled": costs.ruled(shown.record, code),
            "sum": costs.kronor(shown.record["result"]["shares_ore"][code]),
            "odd": sum(it.has_odd_ore for it in parts),
            "decided": shown.step(Act.DECIDE),
            "balance": next(
                (it for it in outcomes.balance(shown.record).get("rows", ()) if it["code"] == code),
                None,
            ),
            "own": shown.board.codes.get(request.actor.tenant) == code,
            "may_object": _may_object(request, shown),
        },
    )


@paces.hands_out
@needs(Permission.READ_COSTS)
@require_safe
def record(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Hand out the record as it is hashed, to be computed again by anybody."""
    shown = queries.run(run_id, at=request.at)
    record = runs.canonical(shown.record)
    return hand_out(record, "application/json", f"fordelning-{shown.number}.json")


@paces.hands_out
@needs(Permission.READ_COSTS)
@require_safe
def board_paper(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Hand out the board's paper: a tjänsteskrivelse with the allocation as its appendix."""
    shown = queries.run(run_id, at=request.at)
    paper = papers.board_paper(shown.record, _paper(request, shown))
    return hand_out(paper, "application/pdf", f"tjansteskrivelse-{shown.number}.pdf")


@paces.hands_out
@needs(Permission.READ_COSTS)
@require_safe
def workbook(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Hand out the allocation as a workbook whose checks show 0."""
    shown = queries.run(run_id, at=request.at)
    return hand_out(workbooks.workbook(shown.record), EXCEL, f"fordelning-{shown.number}.xlsx")


@needs(Permission.READ_COSTS)
@require_POST
def check(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Räkna om och jämför: compute the record again and tell whether it is the same."""
    shown = queries.run(run_id, at=request.at)
    is_same = queries.recomputed(shown) == shown.hash
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"hash": shown.hash, "is_same": is_same})
    before = queries.in_force(shown, at=request.at)
    checked = {"checked": True, "is_same": is_same}
    return render(request, "portal/costs/run.html", _context(request, shown, before) | checked)


@needs(Permission.RECORD_DECISION)
@require_http_methods(FORMS)
def record_step(request: ActorRequest, run_id: UUID, act: str) -> HttpResponse:
    """Record a step of the board's decision."""
    if act not in set(Act):
        raise Http404("no such step")
    step = Act(act)
    return _step(
        request,
        run_id,
        title=str(costs.STEP_BUTTONS[step]),
        asked=ASKED[step],
        done=str(costs.STEPS[step]),
        act=lambda told: operations.record_step(
            step, run_id=run_id, by=doer(request), at=request.at, **told
        ),
    )


@needs(Permission.ANNOUNCE)
@require_http_methods(FORMS)
def announce(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Record that our own notice board has told of the adjusted minutes."""
    return _step(
        request,
        run_id,
        title=str(ANNOUNCE),
        asked=("on",),
        done=gettext("Tillkännagivandet är antecknat."),
        act=lambda told: operations.announce(
            run_id=run_id, by=doer(request), at=request.at, **told
        ),
    )


@needs(Permission.ALLOCATE)
@require_http_methods(FORMS)
def correct(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Compute the table anew, in the place of a run, with the reason."""
    shown = queries.run(run_id, at=request.at)
    form = allocate_form(request, queries.table(shown.table), supersedes=True)
    if form.is_valid():

        def act() -> Done:
            made = operations.allocate(
                table_id=shown.table,
                supersedes=run_id,
                by=doer(request),
                at=request.at,
                **form.arguments,
            )
            return Done(_url(made.pk), gettext("Den nya fördelningen ersätter den förra."))

        try:
            return idempotent.once(request, act)
        except (CannotAllocate, Refused) as bad:
            form.add_error(None, str(bad))
    return _form(request, form, shown, gettext("Ersätt fördelningen"))


@needs(Permission.OBJECT)
@require_http_methods(FORMS)
def object_to(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Object to a run: the board's secretary answers."""
    shown = queries.run(run_id, at=request.at)
    form = ObjectionForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            operations.object_to(
                run_id=run_id, text=form.cleaned_data["text"], by=doer(request), at=request.at
            )
            return Done(_url(run_id), gettext("Invändningen är lämnad till nämnden."))

        return idempotent.once(request, act)
    return _form(request, form, shown, gettext("Invänd mot fördelningen"))


@needs(Permission.ANSWER_OBJECTION)
@require_http_methods(FORMS)
def answer_objection(request: ActorRequest, run_id: UUID, objection_id: UUID) -> HttpResponse:
    """Answer a party's objection."""
    shown = queries.run(run_id, at=request.at)
    objection = shown.objection(objection_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            operations.answer_objection(
                run_id=run_id,
                objection_id=objection_id,
                by=doer(request),
                at=request.at,
                **form.cleaned_data,
            )
            return Done(_url(run_id), gettext("Svaret är lämnat till parten."))

        return idempotent.once(request, act)
    said = gettext("{party} skriver: {text}").format(
        party=costs.who(objection.party), text=objection.text
    )
    return _form(request, form, shown, gettext("Svara på invändningen"), said=said)


def _step(
    request: ActorRequest,
    run_id: UUID,
    *,
    title: str,
    asked: tuple[str, ...],
    done: str,
    act: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    shown = queries.run(run_id, at=request.at)
    form = StepForm(request.POST or None, asked=asked)
    if form.is_valid():

        def take() -> Done:
            act(form.arguments)
            return Done(_url(run_id), done)

        try:
            return idempotent.once(request, take)
        except NotNow as refused:
            form.add_error(None, str(refused))
    return _form(request, form, shown, title)


def _form(
    request: ActorRequest, form: Any, shown: RunShown, title: str, *, said: str = ""
) -> HttpResponse:
    key = idempotent.key_for(request)
    return render(
        request,
        "portal/costs/form.html",
        {
            "form": form,
            "title": title,
            "back": _url(shown.id),
            "about": shown.title,
            "said": said,
            "key": key,
        },
        status=422 if form.errors else 200,
    )


def _context(request: ActorRequest, shown: RunShown, before: Listed | None) -> dict[str, Any]:
    result = shown.record["result"]
    lines = costs.lines(shown.record)
    return {
        "shown": shown,
        "state": costs.state(shown.standing),
        "color": costs.STATE_COLORS[shown.standing.state],
        "basis": costs.basis(shown.record),
        "agreement": shown.record["asked"].get("agreement", {}).get("version"),
        "members": costs.members(shown.record),
        "lines": lines,
        "footnotes": costs.footnotes(lines),
        "shares": costs.shares(shown, before),
        "before": before,
        "names": list(costs.municipalities(shown.record).values()),
        "total": costs.kronor(result["total_ore"]),
        "region": costs.kronor(result["region_ore"]),
        "region_name": shown.record["asked"]["names"][REGION],
        "municipalities": costs.kronor(result["municipalities_ore"]),
        "at_once": costs.at_once(shown.record),
        "has_unknown": any(
            it["kind"] == runs.Kind.UNKNOWN for it in shown.record["asked"]["lines"]
        ),
        "steps": [
            {
                "label": costs.STEPS[it.act],
                "it": it,
                "on": costs.day(it.on),
            }
            for it in shown.steps
        ],
        "announcements": [
            {"party": costs.who(schema), "on": costs.day(shown.announced.get(schema))}
            for schema in sorted(shown.board.codes, key=lambda it: shown.board.codes[it])
        ],
        "final_on": costs.day(shown.standing.final_on),
        "own_code": shown.board.codes.get(request.actor.tenant, ""),
        "next_acts": _next_acts(request, shown),
        "may_object": _may_object(request, shown),
        "may_correct": _is_secretary(request, shown, Permission.ALLOCATE)
        and shown.superseded_by is None,
        "may_answer": _is_secretary(request, shown, Permission.ANSWER_OBJECTION),
        "objections": [
            {
                "it": it,
                "party": costs.who(it.party),
                "outcome": costs.OUTCOMES[Outcome(it.answer.outcome)] if it.answer else "",
            }
            for it in shown.objections
        ],
        "invoices": invoices.card(request.actor, shown, at=request.at),
        "compared": outcomes.compared(shown.record),
        "balance": outcomes.balance(shown.record),
        "outcome": outcomes.acts(request.actor, shown),
        "key": idempotent.new_key(),
    }


def _paper(request: ActorRequest, shown: RunShown) -> BoardPaper:
    proposed, decided = shown.step(Act.PROPOSE), shown.step(Act.DECIDE)
    total = costs.kronor(shown.record["result"]["municipalities_ore"])
    # The paper is Swedish in every language of the page: it is the board's own document.
    return BoardPaper(
        board=shown.board.name,
        officer=Officer(proposed.made_by, proposed.made_by_title)
        if proposed
        else Officer(request.actor.name_abroad, request.actor.title),
        on=proposed.on if proposed else timezone.localdate(request.at),
        diary_number=proposed.diary_number if proposed else "",
        proposals=_proposals(shown, total),
        summary=proposed.note
        if proposed and proposed.note
        else "Kostnaderna fördelas mellan regionen och kommunerna. Varje kommuns andel, och hur den"
        " har räknats, framgår av bilagan.",
        record_sha256=shown.hash,
        decision=Decision(decided.on, f"§ {decided.paragraph}") if decided else None,
    )


def _proposals(shown: RunShown, total: str) -> tuple[str, ...]:
    first = (
        f"Nämnden beslutar att kommunernas del av kostnaderna för {shown.title}, {total} kronor,"
        " fördelas enligt bilagan."
    )
    asked, result = shown.record["asked"], shown.record["result"]
    if "follows" in asked:
        due = sum(result["due_ore"].values())
        way = "betalas tillbaka till" if due < 0 else "betalas av"
        told = f"Avstämningen, tillsammans {costs.kronor(abs(due))} kronor, {way} kommunerna enligt"
        return (first, f"{told} tabellen Avstämning, om den inte förs över till nästa budget.")
    if "carries" in asked:
        balance = sum(asked["carries"]["balance_ore"].values())
        kind, way = ("Överskottet", "räknas av") if balance < 0 else ("Underskottet", "läggs till")
        told = f"{kind} från {asked['carries']['title']}, {costs.kronor(abs(balance))} kronor"
        return (first, f"{told}, {way} enligt tabellen Avstämning.")
    return (first,)


def _next_acts(request: ActorRequest, shown: RunShown) -> list[dict[str, str]]:
    """Return the step that comes next, where the actor is the one to record it."""
    found = []
    if _is_secretary(request, shown, Permission.RECORD_DECISION):
        found = [
            {
                "url": reverse("portal:record_step", args=[shown.id, act.value]),
                "label": str(costs.STEP_BUTTONS[act]),
            }
            for act in Act
            if shown.standing.state is FOLLOWS[act]
        ]
    waits = request.actor.tenant in shown.standing.missing
    if waits and request.actor.may(Permission.ANNOUNCE):
        url = reverse("portal:announce", args=[shown.id])
        found.append({"url": url, "label": str(ANNOUNCE)})
    return found


def _is_secretary(request: ActorRequest, shown: RunShown, permission: Permission) -> bool:
    return shown.board.is_hosted_here and request.actor.may(permission)


def _may_object(request: ActorRequest, shown: RunShown) -> bool:
    is_open = shown.standing.state not in {State.DRAFT, State.SUPERSEDED}
    return is_open and request.actor.may(Permission.OBJECT)


def _url(run_id: UUID) -> str:
    return reverse("portal:run", args=[run_id])


urlpatterns = [
    path("costs/runs/<uuid:run_id>", show_run, name="run"),
    path("costs/runs/<uuid:run_id>/parties/<str:code>", explain, name="explain_share"),
    path("costs/runs/<uuid:run_id>/record.json", record, name="run_record"),
    path("costs/runs/<uuid:run_id>/board-paper.pdf", board_paper, name="board_paper"),
    path("costs/runs/<uuid:run_id>/workbook.xlsx", workbook, name="run_workbook"),
    path("costs/runs/<uuid:run_id>/check", check, name="check_run"),
    path("costs/runs/<uuid:run_id>/steps/<str:act>", record_step, name="record_step"),
    path("costs/runs/<uuid:run_id>/announce", announce, name="announce"),
    path("costs/runs/<uuid:run_id>/correct", correct, name="correct_run"),
    path("costs/runs/<uuid:run_id>/object", object_to, name="object_to_run"),
    path(
        "costs/runs/<uuid:run_id>/objections/<uuid:objection_id>",
        answer_objection,
        name="answer_objection",
    ),
]
