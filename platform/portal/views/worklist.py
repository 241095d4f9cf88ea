"""Arbetslistan: what waits for a unit, live, and the search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import queries
from care.inbox.queries import Entry, Order, View, Worklist
from portal import addresses, idempotent, labels, paces, times
from portal.access import ActorRequest, needs
from portal.forms.cases import SearchForm, WorklistForm
from portal.times import Limit

TAG = "HX-PTag"
VIEWS = {
    View.TODO: _("Att göra"),
    View.TO_ACKNOWLEDGE: _("Att kvittera"),
    View.READY: _("Utskrivningsklara"),
    View.ALL: _("Alla pågående"),
}
GROUPS = {
    "overdue": _("Tiden har gått ut"),
    "soon": _("Inom ett dygn"),
    "later": _("Senare"),
    "none": _("Utan tidsfrist"),
}


@dataclass(frozen=True)
class ToAcknowledge:
    """The message of a row that waits: where each act on it leads, and the key of its form."""

    acknowledge_url: str
    forward_url: str
    reject_url: str
    assign_url: str
    read_url: str
    key: str


@dataclass(frozen=True)
class Row:
    """One row of the worklist in words."""

    case_id: UUID
    url: str
    name: str
    identity: str  # number and age; nothing of a protected person
    new: int
    event: str
    sender: str
    latest: str
    latest_iso: str
    state: str
    state_label: str
    color: str
    assigned_to: str
    urgency: str
    what: str
    limit: Limit | None
    left: str
    is_reached: bool
    to_acknowledge: ToAcknowledge | None

    @property
    def is_late(self) -> bool:
        """Tell whether time ran out for what somebody had to do."""
        return self.urgency == "overdue" and not self.is_reached


@dataclass(frozen=True)
class Group:
    """Rows with deadlines alike: overdue, within a day, later, none."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tab:
    """A link to one view, with how many it holds."""

    label: str
    url: str
    is_current: bool
    count: int | None = None


@needs(Permission.READ_INBOX)
@require_safe
def worklist(request: ActorRequest) -> HttpResponse:
    """Show what waits for the unit; a poll that finds nothing new is answered without a read."""
    tag = request.headers.get(TAG)
    if request.htmx and tag and tag == queries.change_tag(actor=request.actor, at=request.at):
        return HttpResponseNotModified()
    asked = WorklistForm.asked(request.GET)
    found = queries.worklist(actor=request.actor, at=request.at, **asked)
    template = "portal/worklist/page.html#worklist" if request.htmx else "portal/worklist/page.html"
    response = render(request, template, _context(request, found, asked))
    response[TAG] = found.tag
    return response


@paces.looks_up
@needs(Permission.READ_INBOX)
@require_POST
def search(request: ActorRequest) -> HttpResponse:
    """Show the cases of a person; name and number travel in the form, never in the address."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    found = queries.search(actor=request.actor, text=text, at=request.at)
    rows = [row(it, request.actor, at=request.at) for it in found]
    return render(
        request,
        "portal/worklist/search.html",
        {"form": form, "rows": rows, "is_full": len(rows) >= queries.PAGE},
    )


def row(it: Entry, actor: Actor, *, at: datetime) -> Row:
    """Return one row in words."""
    limit = times.limit(it.due_at, at=at) if it.due_at else None
    is_reached = it.due_rule in labels.REACHED
    waits = it.message_id is not None and actor.may(Permission.ACKNOWLEDGE_MESSAGE)
    return Row(
        case_id=it.case_id,
        url=addresses.of("portal:case", it.case_id),
        name=gettext("Skyddade personuppgifter") if it.is_protected else it.name,
        identity=gettext("Öppna för att se vem det gäller")
        if it.is_protected
        else ", ".join(told for told in (it.number, labels.years(it.age)) if told),
        new=it.unacknowledged,
        event=labels.act(it.latest_act),
        sender=it.latest_unit,
        latest=times.absolute(it.latest_at, at=at),
        latest_iso=times.iso(it.latest_at),
        state=it.state,
        state_label=labels.state(it.state),
        color=labels.state_color(it.state),
        assigned_to=it.assigned_to,
        urgency=limit.state if limit else "none",
        what=labels.due(it.due_rule) if limit else "",
        limit=limit,
        left=labels.left(limit, is_reached=is_reached) if limit else "",
        is_reached=is_reached,
        to_acknowledge=_to_acknowledge(it.message_id) if it.message_id and waits else None,
    )


def _to_acknowledge(message_id: UUID) -> ToAcknowledge:
    return ToAcknowledge(
        acknowledge_url=addresses.of("portal:acknowledge_message", message_id),
        forward_url=addresses.of("portal:forward_message", message_id),
        reject_url=addresses.of("portal:reject_message", message_id),
        assign_url=addresses.of("portal:assign_message", message_id),
        read_url=addresses.of("portal:message", message_id),
        key=idempotent.new_key(),
    )


def _context(request: ActorRequest, found: Worklist, asked: dict[str, Any]) -> dict[str, Any]:
    actor, at = request.actor, request.at
    rows = [row(it, actor, at=at) for it in found.entries]
    form = WorklistForm(
        initial={**asked, "view": asked["view"].value, "order": asked["order"].value},
        senders=sorted({*found.senders, asked["sender"]} - {""}),
    )
    return {
        "found": found,
        "groups": _groups(rows, asked["order"]),
        "rows": rows,
        "tabs": _tabs(found, asked),
        "view_label": VIEWS[found.view],
        "form": form,
        "is_filtered": bool(asked["state"] or asked["sender"]),
        "first_overdue": next((it for it in rows if it.urgency == "overdue"), None),
        "next_limit": next((it for it in rows if it.limit), None),
        "address": _address(asked),
        "pages": _pages(found, asked),
        "clock": times.clock(at),
        "may_open": actor.may(Permission.OPEN_CASE),
        "may_assign": actor.may(Permission.ASSIGN_MESSAGE),
        "may_forward": actor.may(Permission.FORWARD_MESSAGE),
        "may_reject": actor.may(Permission.REJECT_MESSAGE),
        "done": _uuid(request.GET.get("done", "")),
        "undo_key": idempotent.new_key(),
    }


def _groups(rows: Iterable[Row], order: Order) -> tuple[Group, ...]:
    """Return rows under headings by deadline; in another order they stand in one row."""
    if order is not Order.DEADLINE:
        return (Group("", tuple(rows)),)
    return tuple(
        Group(str(GROUPS[urgency]), tuple(group))
        for urgency, group in groupby(rows, key=lambda it: it.urgency)
    )


def _tabs(found: Worklist, asked: dict[str, Any]) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            str(label),
            _address({**asked, "view": view, "page": 1}),
            view == found.view,
            found.counts[view],
        )
        for view, label in VIEWS.items()
    )


def _pages(found: Worklist, asked: dict[str, Any]) -> tuple[Tab, ...]:
    if found.pages < 2:
        return ()
    return tuple(
        Tab(
            gettext("Sida {number}").format(number=number),
            _address({**asked, "page": number}),
            number == found.page,
        )
        for number in range(1, found.pages + 1)
    )


def _address(asked: dict[str, Any]) -> str:
    """Return the address of a view of the list: it names units and states, never a person."""
    standard: dict[str, Any] = {
        "view": View.TODO,
        "order": Order.DEADLINE,
        "page": 1,
        "state": "",
        "sender": "",
    }
    told = {name: str(value) for name, value in asked.items() if value != standard[name]}
    return f"{reverse('portal:home')}?{urlencode(told)}" if told else reverse("portal:home")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [path("search", search, name="search")]
