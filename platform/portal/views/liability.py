"""Betalningsansvar: a month's sums, and between the two parties the items of a list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import issuing, months, parties
from billing.decisions import NotNow
from billing.liability import operations, queries, source
from billing.liability.course import ObjectionReason, Verdict
from billing.liability.port import BadHandover
from billing.liability.queries import ListShown
from billing.months import Month
from billing.operations import Refused
from care.identity.permissions import Permission
from portal import costs, idempotent, liability
from portal.access import ActorRequest, needs
from portal.forms.liability import (
    CollectForm,
    EscalationForm,
    ItemAnswerForm,
    ItemDecisionForm,
    ItemObjectionForm,
)
from portal.idempotent import Done
from portal.views.costs import doer

FORMS = ["GET", "HEAD", "POST"]
MONTHS_BACK = 12


@needs(Permission.READ_COSTS)
@require_safe
def list_months(request: ActorRequest) -> HttpResponse:
    """Show the sums: at the host a month of all municipalities, elsewhere one's own months."""
    board = parties.board()
    if not board.is_hosted_here:
        rows = liability.own_rows(request.actor, queries.own_lists())
        return render(request, "portal/costs/liability/months.html", {"board": board, "rows": rows})
    listed = queries.listed_months()
    chosen = _chosen(request, listed)
    return render(
        request,
        "portal/costs/liability/months.html",
        {
            "board": board,
            "is_host": True,
            "months": [
                {"label": liability.name(it), "url": f"?month={it}", "is_current": it == chosen}
                for it in listed
            ],
            **(_month(request, chosen) if chosen else {}),
            "has_source": source.connected() is not None,
            "may_collect": request.actor.may(Permission.COLLECT_LIABILITY),
        },
    )


@needs(Permission.COLLECT_LIABILITY)
@require_http_methods(FORMS)
def collect(request: ActorRequest) -> HttpResponse:
    """Collect a month from the source, and list it to the municipalities."""
    listed = set(queries.listed_months())
    form = CollectForm(
        request.POST or None, months=[it for it in _past(request) if it not in listed]
    )

    def act() -> Done:
        month = months.read(form.cleaned_data["month"])
        operations.collect(month, by=doer(request), at=request.at)
        url = f"{reverse('portal:liability')}?month={month}"
        return Done(url, gettext("Månaden är hämtad. Kommunerna ser sina listor."))

    return _answer(request, form, act, title=gettext("Hämta en månad"))


@needs(Permission.READ_LIABILITY)
@require_safe
def show_list(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Show the items of a list, what has been said of them, and what is frozen and invoiced."""
    shown, today = queries.shown(list_id), timezone.localdate(request.at)
    may_settle = shown.board.is_hosted_here and request.actor.may(Permission.SETTLE_LIABILITY)
    return render(
        request,
        "portal/costs/liability/list.html",
        {
            "shown": shown,
            "month": liability.name(shown.month),
            "left": liability.left(shown.objections_until, today=today),
            "is_open": today <= shown.objections_until,
            "items": liability.items(request.actor, shown, today=today),
            "listed": costs.number(shown.sums.handed_over),
            "standing": costs.number(sum(it.course.standing_days for it in shown.items)),
            "amount": costs.kronor(sum(it.amount_ore for it in shown.items)),
            "rates": sorted({it.rate_source for it in shown.items}),
            "disputes": liability.disputes(shown),
            "settlements": liability.settlements(request.actor, shown),
            "sums": liability.sums(shown),
            "timeline": liability.timeline(shown),
            "may_settle": may_settle and bool(shown.settleable(today)),
            "key": idempotent.new_key(),
        },
    )


@needs(Permission.OBJECT_TO_ITEM)
@require_http_methods(FORMS)
def object_to_item(request: ActorRequest, list_id: UUID, number: int) -> HttpResponse:
    """Object to an item of our own list."""
    form = ItemObjectionForm(request.POST or None)

    def act() -> Done:
        operations.object_to_item(
            ObjectionReason(form.cleaned_data["reason"]),
            list_id=list_id,
            number=number,
            text=form.cleaned_data["text"],
            by=doer(request),
            at=request.at,
        )
        return Done(_url(list_id), gettext("Invändningen är lämnad till regionen."))

    shown = queries.shown(list_id)
    said = _item(shown, number)
    return _answer(request, form, act, title=gettext("Invänd"), shown=shown, said=said)


@needs(Permission.ANSWER_ITEM)
@require_http_methods(FORMS)
def answer_item(request: ActorRequest, list_id: UUID, number: int) -> HttpResponse:
    """Answer a municipality's objection to an item."""
    form = ItemAnswerForm(request.POST or None)

    def act() -> Done:
        told = form.cleaned_data
        operations.answer_item(
            Verdict(told["verdict"]),
            list_id=list_id,
            number=number,
            days=told["days"],
            text=told["text"],
            by=doer(request),
            at=request.at,
        )
        return Done(_url(list_id), gettext("Svaret är lämnat till kommunen."))

    shown = queries.shown(list_id)
    said = _item(shown, number)
    return _answer(request, form, act, title=gettext("Svara"), shown=shown, said=said)


@needs(Permission.ESCALATE_ITEM)
@require_http_methods(FORMS)
def escalate_item(request: ActorRequest, list_id: UUID, number: int) -> HttpResponse:
    """Take the region's answer to the steering group."""
    form = EscalationForm(request.POST or None)

    def act() -> Done:
        operations.escalate_item(
            list_id=list_id,
            number=number,
            text=form.cleaned_data["text"],
            by=doer(request),
            at=request.at,
        )
        return Done(_url(list_id), gettext("Posten är lyft till styrgruppen."))

    shown = queries.shown(list_id)
    said = _item(shown, number)
    title = gettext("Lyft till styrgruppen")
    return _answer(request, form, act, title=title, shown=shown, said=said)


@needs(Permission.RECORD_ITEM_DECISION)
@require_http_methods(FORMS)
def record_item_decision(request: ActorRequest, list_id: UUID, number: int) -> HttpResponse:
    """Record what the steering group has decided about an item."""
    form = ItemDecisionForm(request.POST or None)

    def act() -> Done:
        operations.record_item_decision(
            list_id=list_id,
            number=number,
            by=doer(request),
            at=request.at,
            **form.cleaned_data,
        )
        return Done(_url(list_id), gettext("Styrgruppens beslut är antecknat."))

    shown = queries.shown(list_id)
    said = _item(shown, number)
    title = gettext("Anteckna styrgruppens beslut")
    return _answer(request, form, act, title=title, shown=shown, said=said)


@needs(Permission.SETTLE_LIABILITY)
@require_POST
def settle(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Freeze what nobody waits for a word about."""

    def act() -> Done:
        operations.settle(list_id=list_id, by=doer(request), at=request.at)
        return Done(_url(list_id), gettext("Avräkningen är gjord."))

    return idempotent.once(request, act)


@needs(Permission.ISSUE_INVOICES)
@require_POST
def make_settlement_basis(request: ActorRequest, settlement_id: UUID) -> HttpResponse:
    """Draft the invoice of a settlement."""

    def act() -> Done:
        made = operations.make_basis(settlement_id=settlement_id, by=doer(request), at=request.at)
        return Done(_basis_url(made), gettext("Underlaget är gjort. Två personer attesterar det."))

    return idempotent.once(request, act)


@needs(Permission.ISSUE_INVOICES)
@require_POST
def credit_settlement(request: ActorRequest, settlement_id: UUID) -> HttpResponse:
    """Draft the credit note of what has been struck since the freezing."""

    def act() -> Done:
        made = operations.make_credit_basis(
            settlement_id=settlement_id, by=doer(request), at=request.at
        )
        return Done(_basis_url(made), gettext("Krediteringen är gjord. Två attesterar den."))

    return idempotent.once(request, act)


@needs(Permission.ISSUE_INVOICES)
@require_POST
def batch_settlement(request: ActorRequest, settlement_id: UUID) -> HttpResponse:
    """Write the SIE file of a settlement's invoices that have not gone to the ledger."""
    list_id = queries.list_of(settlement_id).id

    def act() -> Done:
        issuing.make_batch(settlement_id=settlement_id, by=doer(request), at=request.at)
        return Done(_url(list_id), gettext("SIE-filen är gjord."))

    return idempotent.once(request, act)


def _answer(
    request: ActorRequest,
    form: Any,
    act: Callable[[], Done],
    *,
    title: str,
    shown: ListShown | None = None,
    said: str = "",
) -> HttpResponse:
    """Act on a form, or show it with what is wrong and nothing lost."""
    if form.is_valid():
        try:
            return idempotent.once(request, act)
        except (Refused, NotNow, BadHandover) as refused:
            form.add_error(None, str(refused))
    return render(
        request,
        "portal/costs/form.html",
        {
            "form": form,
            "title": title,
            "back": _url(shown.id) if shown else reverse("portal:liability"),
            "about": f"{liability.name(shown.month)}, {shown.name}" if shown else "",
            "said": said,
            "key": idempotent.key_for(request),
        },
        status=422 if form.errors else 200,
    )


def _month(request: ActorRequest, chosen: Month) -> dict[str, Any]:
    shown = queries.month(chosen)
    rows, total = liability.of_month(request.actor, shown)
    return {
        "chosen": liability.name(chosen),
        "rows": rows,
        "total": total,
        "waiting": liability.waiting(request.actor, shown),
    }


def _chosen(request: ActorRequest, listed: tuple[Month, ...]) -> Month | None:
    asked = request.GET.get("month")
    if asked is None:
        return listed[0] if listed else None
    found = next((it for it in listed if str(it) == asked), None)
    if found is None:
        raise Http404("no such month")
    return found


def _past(request: ActorRequest) -> list[Month]:
    """Return the months that have ended, the newest first."""
    found = [operations.last_month(request.at)]
    while len(found) < MONTHS_BACK:
        found.append(found[-1].before)
    return found


def _item(shown: ListShown, number: int) -> str:
    """Return what an item is, and what the municipality has said of it."""
    item = shown.item(number)
    said = gettext("Post {number}: {days} à {rate} kr.").format(
        number=number, days=liability.days(item.course.days), rate=costs.kronor(item.rate_ore)
    )
    if item.objection is None:
        return said
    return f"{said} {liability.REASONS[item.objection.reason]}. {item.objection.text}".strip()


def _url(list_id: UUID) -> str:
    return reverse("portal:liability_list", args=[list_id])


def _basis_url(basis_id: UUID) -> str:
    return reverse("portal:invoice_basis", args=[basis_id])


ITEM = "costs/liability/<uuid:list_id>/items/<int:number>"
SETTLEMENT = "costs/liability/settlements/<uuid:settlement_id>"
urlpatterns = [
    path("costs/liability", list_months, name="liability"),
    path("costs/liability/collect", collect, name="collect_liability"),
    path("costs/liability/<uuid:list_id>", show_list, name="liability_list"),
    path("costs/liability/<uuid:list_id>/settle", settle, name="settle_liability"),
    path(f"{ITEM}/object", object_to_item, name="object_to_item"),
    path(f"{ITEM}/answer", answer_item, name="answer_item"),
    path(f"{ITEM}/escalate", escalate_item, name="escalate_item"),
    path(f"{ITEM}/decision", record_item_decision, name="record_item_decision"),
    path(f"{SETTLEMENT}/basis", make_settlement_basis, name="make_settlement_basis"),
    path(f"{SETTLEMENT}/credit", credit_settlement, name="credit_settlement"),
    path(f"{SETTLEMENT}/batch", batch_settlement, name="batch_settlement"),
]
