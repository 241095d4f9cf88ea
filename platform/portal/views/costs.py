"""Nämndens kostnader: the lists, the tables that are worked on, populations, what if."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import agreed, balances, cloud, issued, operations, parties, queries, simulation
from billing.allocation import CannotAllocate
from billing.counts import What
from billing.files import BadFile
from billing.operations import Doer, Refused
from billing.parties import NoBoard
from billing.queries import TableShown
from billing.runs import Kind
from care.identity.permissions import Permission
from portal import costs, idempotent, invoices, outcomes
from portal.access import ActorRequest, needs
from portal.forms.costs import (
    AllocateForm,
    CompareForm,
    CountForm,
    LineForm,
    PopulationForm,
    TableForm,
)
from portal.idempotent import Done

FORMS = ["GET", "HEAD", "POST"]
USUAL = ["population", "equal"]


@needs(Permission.READ_COSTS)
@require_safe
def list_costs(request: ActorRequest) -> HttpResponse:
    """Show what has been computed and decided; to the board's secretary, the tables too."""
    try:
        board = parties.board()
    except NoBoard:
        return render(request, "portal/costs/list.html", {"board": None})
    may_edit = board.is_hosted_here and request.actor.may(Permission.EDIT_COSTS)
    runs = [
        {
            "it": it,
            "url": reverse("portal:run", args=[it.id]),
            "state": costs.state(it.standing),
            "color": costs.STATE_COLORS[it.standing.state],
            "total": costs.kronor(it.total_ore),
            "own": costs.kronor(it.own_ore),
        }
        for it in queries.listed(at=request.at)
    ]
    tables = [
        {"it": it, "total": costs.kronor(it.total_ore), "period": _period(it)}
        for it in (queries.tables() if may_edit else ())
    ]
    return render(
        request,
        "portal/costs/list.html",
        {
            "board": board,
            "host": costs.who(board.host),
            "runs": runs,
            "tables": tables,
            "may_edit": may_edit,
            "invoices": [
                invoices.row(it) for it in (() if board.is_hosted_here else issued.invoices())
            ],
        },
    )


@needs(Permission.READ_COSTS)
@require_safe
def list_populations(request: ActorRequest) -> HttpResponse:
    """Show the populations by which costs are shared."""
    board = parties.board()
    found = [
        {
            "it": it,
            "on": costs.day(it.on),
            "inhabitants": costs.number(it.inhabitants),
        }
        for it in queries.populations()
    ]
    counted = [
        {
            "it": it,
            "what": costs.COUNTS[What(it.what)],
            "on": costs.day(it.on),
            "sum": costs.count_sum(it),
        }
        for it in queries.counts()
    ]
    may_edit = board.is_hosted_here and request.actor.may(Permission.EDIT_COSTS)
    return render(
        request,
        "portal/costs/populations.html",
        {"populations": found, "counts": counted, "may_edit": may_edit},
    )


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def import_population(request: ActorRequest) -> HttpResponse:
    """Keep a population from a file, once its sums are right."""
    form = PopulationForm(request.POST or None, request.FILES or None)
    if form.is_valid():

        def act() -> Done:
            operations.import_population(
                form.cleaned_data["file"].read(),
                on=form.cleaned_data["on"],
                source=form.cleaned_data["source"],
                by=doer(request),
                at=request.at,
            )
            return Done(reverse("portal:populations"), gettext("Underlaget är sparat."))

        try:
            return idempotent.once(request, act)
        except BadFile as bad:
            form.add_error("file", str(bad))
    return form_page(request, form, gettext("Nytt befolkningsunderlag"), "portal:populations")


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def import_count(request: ActorRequest) -> HttpResponse:
    """Keep what has been counted at each municipality, from a file."""
    form = CountForm(request.POST or None, request.FILES or None)
    if form.is_valid():

        def act() -> Done:
            operations.import_count(
                form.cleaned_data["file"].read(),
                what=form.cleaned_data["what"],
                on=form.cleaned_data["on"],
                source=form.cleaned_data["source"],
                by=doer(request),
                at=request.at,
            )
            return Done(reverse("portal:populations"), gettext("Underlaget är sparat."))

        try:
            return idempotent.once(request, act)
        except (BadFile, Refused) as bad:
            form.add_error("file", str(bad))
    return form_page(request, form, gettext("Nytt räknat underlag"), "portal:populations")


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def new_table(request: ActorRequest) -> HttpResponse:
    """Make a table of costs, from a file or empty."""
    form = TableForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]

        def act() -> Done:
            made = operations.make_table(
                title=form.cleaned_data["title"],
                period=form.period,
                content=file.read() if file else b"",
                by=doer(request),
                at=request.at,
            )
            return Done(_table_url(made.pk), gettext("Kostnadstabellen är sparad."))

        try:
            return idempotent.once(request, act)
        except BadFile as bad:
            form.add_error("file", str(bad))
    return form_page(request, form, gettext("Ny kostnadstabell"), "portal:costs")


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def show_table(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Show a table and its rows; share it by a population."""
    table = queries.table(table_id)
    form = allocate_form(request, table, initial={"model": request.GET.get("model", "")})
    if form.is_valid():

        def act() -> Done:
            made = operations.allocate(
                table_id=table_id, by=doer(request), at=request.at, **form.arguments
            )
            return Done(reverse("portal:run", args=[made.pk]), gettext("Fördelningen är räknad."))

        try:
            return idempotent.once(request, act)
        except (CannotAllocate, Refused) as bad:
            form.add_error(None, str(bad))
    budget = outcomes.budget(table, at=request.at)
    return render(
        request,
        "portal/costs/table.html",
        {
            "table": table,
            "carried": outcomes.carried(table, at=request.at),
            "budget_url": outcomes.budget_of(table, at=request.at),
            "obstacles": cloud.cloud_cost(table_id).obstacles,
            "period": _period(table),
            "rows": [_row(it) | {"budget": budget.get(it.id)} for it in table.rows],
            "total": costs.kronor(table.total_ore),
            "region": costs.kronor(table.region_ore),
            "municipalities": costs.kronor(table.municipalities_ore),
            "form": form,
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def write_line(request: ActorRequest, table_id: UUID, row_id: int | None = None) -> HttpResponse:
    """Write a row of a table."""
    table = queries.table(table_id)
    row = next((it for it in table.rows if it.id == row_id), None)
    if row_id is not None and row is None:
        raise operations.NoSuchRow
    names = balances.names(table, at=request.at)
    form = LineForm(
        request.POST or None,
        initial=LineForm.first(row, names),
        row=row,
        names=names,
        is_outcome=table.follows is not None,
    )
    if form.is_valid():

        def act() -> Done:
            operations.write_line(form.line, table_id=table_id, row_id=row_id)
            return Done(_table_url(table_id), gettext("Raden är sparad."))

        return idempotent.once(request, act)
    title = gettext("Ändra rad") if row else gettext("Ny rad")
    return form_page(request, form, title, "portal:table", [table_id])


@needs(Permission.EDIT_COSTS)
@require_POST
def remove_line(request: ActorRequest, table_id: UUID, row_id: int) -> HttpResponse:
    """Remove a row of a table."""

    def act() -> Done:
        operations.remove_line(table_id=table_id, row_id=row_id)
        return Done(_table_url(table_id), gettext("Raden är borttagen."))

    return idempotent.once(request, act)


@needs(Permission.EDIT_COSTS)
@require_safe
def compare(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Show a table by two to four models side by side; no decision changes."""
    board, populations = parties.board(), queries.populations()
    table = queries.table(table_id)
    form = CompareForm(
        request.GET or None,
        populations=populations,
        municipalities=board.municipalities,
        counts=queries.counts() if table.counted else (),
        counted=table.counted,
        initial={"model": USUAL},
    )
    shown: dict[str, Any] = {}
    if populations and (not form.is_bound or form.is_valid()):
        asked = form.cleaned_data if form.is_bound else {}
        chosen = form.chosen_counts if form.is_bound else {}
        try:
            shown = _compared(table_id, populations[0].id, asked, chosen)
        except CannotAllocate as bad:
            if not form.is_bound:
                raise
            form.add_error(None, str(bad))
    return render(
        request,
        "portal/costs/compare.html",
        {"table": table, "form": form, **shown},
        status=422 if form.errors else 200,
    )


def _compared(
    table_id: UUID, newest: UUID, asked: dict[str, Any], chosen_counts: dict[str, UUID]
) -> dict[str, Any]:
    question = queries.question(
        table_id=table_id,
        population_id=UUID(asked.get("population") or str(newest)),
        wanted_on=None,
        chosen_counts=chosen_counts,
    )
    if asked.get("without"):
        question = simulation.without(question, [asked["without"]])
    chosen = simulation.models(asked.get("model") or USUAL, with_own=True)
    names = {code: question.names[code] for code in sorted(question.names)}
    found = costs.outcomes(simulation.simulate(question, chosen), names)
    inhabitants = question.snapshot.population.inhabitants
    return {
        "outcomes": found,
        "basis": costs.day(question.snapshot.on),
        "parties": [
            {
                "name": name,
                "inhabitants": costs.number(inhabitants[code]),
                "cells": [it.cells[code] for it in found],
            }
            for code, name in names.items()
        ],
    }


def allocate_form(request: ActorRequest, table: TableShown, **more: Any) -> AllocateForm:
    """Return the form of what a table is shared by, with the counts that its rows need.

    An outcome is shared as its budget was, and asks for what that did not need.
    """
    counted = balances.counted(table, at=request.at)
    return AllocateForm(
        request.POST or None,
        populations=queries.populations(),
        is_outcome=table.follows is not None,
        asks_day=agreed.sharing_on(table.period.first_on).date_rule is None,
        counts=queries.counts() if counted else (),
        counted=counted,
        **more,
    )


def doer(request: ActorRequest) -> Doer:
    """Return who does something, as the books tell."""
    return Doer(request.actor.name_abroad, request.actor.title, request.actor.staff_id)


def form_page(
    request: ActorRequest, form: Any, title: str, back: str, args: list[object] | None = None
) -> HttpResponse:
    """Return the page of a form, with its errors and the way back."""
    return render(
        request,
        "portal/costs/form.html",
        {
            "form": form,
            "title": title,
            "back": reverse(back, args=args),
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


def _row(it: queries.RowShown) -> dict[str, Any]:
    is_money = it.kind == Kind.MONEY
    return {
        "it": it,
        "total": costs.kronor(it.total_ore) if is_money else "",
        "region": costs.kronor(it.region_ore) if is_money else "",
        "municipalities": costs.kronor(it.municipalities_ore) if is_money else "",
        "kind": costs.KINDS[Kind(it.kind)],
        "method": costs.way(it.method_id, it.parameters, it.rule) if it.municipalities_ore else "",
    }


def _period(table: TableShown) -> str:
    return f"{costs.day(table.period.first_on)} – {costs.day(table.period.last_on)}"


def _table_url(table_id: UUID) -> str:
    return reverse("portal:table", args=[table_id])


urlpatterns = [
    path("costs", list_costs, name="costs"),
    path("costs/populations", list_populations, name="populations"),
    path("costs/populations/new", import_population, name="import_population"),
    path("costs/populations/counts/new", import_count, name="import_count"),
    path("costs/tables/new", new_table, name="new_table"),
    path("costs/tables/<uuid:table_id>", show_table, name="table"),
    path("costs/tables/<uuid:table_id>/compare", compare, name="compare"),
    path("costs/tables/<uuid:table_id>/lines/new", write_line, name="new_line"),
    path("costs/tables/<uuid:table_id>/lines/<int:row_id>", write_line, name="line"),
    path("costs/tables/<uuid:table_id>/lines/<int:row_id>/remove", remove_line, name="remove_line"),
]
