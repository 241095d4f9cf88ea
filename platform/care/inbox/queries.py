"""What waits for a unit, and what has become of what was sent: read from own tables only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum, When
from django.db.models import Case as Pick

from care.cases.queries import Part
from care.identity import units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.units import Address, Watch
from care.inbox import projections, routing
from care.inbox.models import Delivery, Message, WorklistRow
from care.individuals import queries as individuals
from care.law import calendar, discharge
from care.sharing import access, protected
from care.sharing.access import Case
from tenants.models import Unit
from tenants.sorting import sort_key

PAGE = 50


class View(StrEnum):
    """Vy of the worklist."""

    TODO = "todo"
    TO_ACKNOWLEDGE = "to_acknowledge"
    READY = "ready"
    ALL = "all"


class Order(StrEnum):
    """Ordning of the worklist."""

    DEADLINE = "deadline"
    LATEST = "latest"
    NAME = "name"


_DEADLINE_FIRST = (F("due_at").asc(nulls_last=True), F("latest_at").desc(), F("id").asc())
_ORDERS = {
    Order.DEADLINE: _DEADLINE_FIRST,
    Order.LATEST: (F("latest_at").desc(), F("id").asc()),
    # Protected people last: where they stand would tell something of their names.
    Order.NAME: (
        F("case__individual__protection").asc(),
        Pick(When(case__individual__protection="", then=F("case__individual__name_sort"))).asc(),
        *_DEADLINE_FIRST,
    ),
}

_VIEWS = {
    View.TODO: Q(is_open=True) & (Q(unacknowledged__gt=0) | ~Q(due_at=None)),
    View.TO_ACKNOWLEDGE: Q(is_open=True, unacknowledged__gt=0),
    View.READY: Q(is_open=True, state=discharge.State.READY),
    View.ALL: Q(is_open=True),
}


@dataclass(frozen=True)
class Entry:
    """One row of the worklist; of somebody protected without name, number and sender."""

    case_id: UUID
    is_protected: bool
    name: str
    number: str
    age: int | None
    state: str
    latest_act: str
    latest_at: datetime
    latest_unit: str
    unacknowledged: int
    message_id: UUID | None  # to acknowledge
    due_at: datetime | None
    due_rule: str
    is_overdue: bool
    assigned_to: str
    expected_discharge_at: datetime | None


@dataclass(frozen=True)
class Worklist:
    """Arbetslista of a unit, the most overdue first."""

    view: View
    entries: tuple[Entry, ...]
    counts: dict[str, int]  # of each view
    overdue: int
    page: int
    pages: int
    senders: tuple[str, ...]
    tag: str  # what a live list compares


_COLUMNS = (
    "case_id", "case__common_id", "case__individual__given_name",
    "case__individual__family_name", "case__individual__number",
    "case__individual__protection", "state", "latest_act", "latest_at", "latest_unit",
    "unacknowledged", "message_id", "due_at", "due_rule", "assigned_to",
    "case__expected_discharge_at",
)  # fmt: skip


def worklist(
    *,
    actor: Actor,
    view: View = View.TODO,
    state: str = "",
    sender: str = "",
    order: Order = Order.DEADLINE,
    page: int = 1,
    size: int = PAGE,
    at: datetime,
) -> Worklist:
    """Return a page of what waits for the actor's unit; the page shown is logged.

    :param size: rows of a page
    :raises access.NotAllowed: if the role does not read the inbox
    """
    access.refuse_unless(actor, Permission.READ_INBOX)
    mine = _known_to(actor, at=at).filter(is_open=True)
    rows = mine.filter(_VIEWS[view])
    if state:
        rows = rows.filter(state=state)
    if sender:
        rows = rows.filter(latest_unit=sender)
    first = (max(page, 1) - 1) * size
    ordered = rows.order_by(*_ORDERS[order])
    with transaction.atomic():
        # Before the rows: what changes in between is shown again, and never missed.
        counts = mine.aggregate(
            **{name: Count("pk", filter=condition) for name, condition in _VIEWS.items()},
            **_told(at),
        )
        entries = _entries(actor, ordered, first, "list", at, size=size)
    # Where a filter narrows the view, a full page tells that there is another one.
    is_narrowed = bool(state or sender)
    shown = first + len(entries) + (len(entries) == size) if is_narrowed else counts[view]
    return Worklist(
        view=view,
        entries=entries,
        counts={name: counts[name] for name in _VIEWS},
        overdue=counts["overdue"],
        page=max(page, 1),
        pages=max(1, -(-shown // size)),
        senders=tuple(sorted({it.latest_unit for it in entries if it.latest_unit}, key=sort_key)),
        tag=_tag(counts),
    )


def search(*, actor: Actor, text: str, at: datetime) -> tuple[Entry, ...]:
    """Return the cases of the actor's unit, ended ones too, whose person has a name or number.

    :raises access.NotAllowed: if the role does not read the inbox
    """
    access.refuse_unless(actor, Permission.READ_INBOX)
    words = text.split()
    digits = text.replace("-", "").replace(" ", "")
    condition = Q(case__individual__protection="")
    if digits.isdigit():
        condition &= Q(case__individual__number__contains=digits)
    for word in () if digits.isdigit() else words:
        condition &= Q(case__individual__name_sort__contains=sort_key(word))
    if not words:
        return ()
    rows = WorklistRow.objects.filter(condition, unit_id=actor.unit_id)
    with transaction.atomic():
        return _entries(actor, rows.order_by("-is_open", "-latest_at", "id"), 0, "search", at)


def change_tag(*, actor: Actor, at: datetime) -> str:
    """Return what changes whenever the worklist of the actor's unit does: one cheap question.

    A row also changes when its time runs out, without anybody doing anything.
    """
    rows = _known_to(actor, at=at).filter(is_open=True)
    return _tag(rows.aggregate(**_told(at)))


def _known_to(actor: Actor, *, at: datetime) -> "QuerySet[WorklistRow]":
    """Return the rows of the actor's unit of which the actor may know."""
    rows = WorklistRow.objects.filter(unit_id=actor.unit_id)
    hidden = protected.hidden_cases(actor=actor, at=at)
    return rows.exclude(case_id__in=hidden) if hidden else rows


def _told(at: datetime) -> dict[str, Aggregate]:
    return {
        "count": Count("pk"),
        "changes": Sum("changed"),
        "overdue": Count("pk", filter=Q(due_at__lt=at)),
    }


def _tag(told: dict[str, int | None]) -> str:
    return f"{told['count']}-{told['changes'] or 0}-{told['overdue']}"


def busy_units() -> frozenset[str]:
    """Return the HSA-ids of the units here whose worklist holds cases that run.

    Somebody must take over from such a unit before it ends. Nothing of a case is read.
    """
    return frozenset(
        WorklistRow.objects.filter(is_open=True).values_list("unit_id", flat=True).distinct()
    )


def _entries(
    actor: Actor,
    rows: "QuerySet[WorklistRow]",
    first: int,
    activity: str,
    at: datetime,
    *,
    size: int = PAGE,
) -> tuple[Entry, ...]:
    found = list(rows.values_list(*_COLUMNS)[first : first + size])
    access.log(actor=actor, owner=actor.tenant, activity=activity,
               common_ids=[row[1] for row in found], rows=len(found), at=at)  # fmt: skip
    today = calendar.local_date(at)
    return tuple(_entry(row, today, at) for row in found)


def _entry(row: tuple[Any, ...], today: Any, at: datetime) -> Entry:
    case_id, _, given, family, number, protection, state, act, latest_at, unit, *rest = row
    unacknowledged, message_id, due_at, rule, assigned, expected = rest
    return Entry(
        case_id=case_id,
        is_protected=bool(protection),
        name="" if protection else f"{given} {family}",
        number="" if protection else individuals.written(number),
        age=None if protection else individuals.age(number, on=today),
        state=state,
        latest_act=act,
        latest_at=latest_at,
        latest_unit="" if protection else unit,
        unacknowledged=unacknowledged,
        message_id=message_id,
        due_at=due_at,
        due_rule=rule,
        is_overdue=due_at is not None and due_at < at,
        assigned_to=assigned,
        expected_discharge_at=expected,
    )


@dataclass(frozen=True)
class Receipt:
    """Kvittens: how one delivery stands."""

    unit_id: str
    unit_name: str
    tenant: str
    delivered_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledged_title: str
    answered_at: datetime | None
    rejected_at: datetime | None
    rejected_because: str
    forwarded_at: datetime | None
    forwarded_to: str
    forwarded_by: str
    receipt_due_at: datetime | None
    assigned_to: str

    @property
    def is_waiting(self) -> bool:
        """Tell whether nobody has dealt with it."""
        return not (self.acknowledged_at or self.rejected_at or self.forwarded_at)


@dataclass(frozen=True)
class Sent:
    """Meddelande, as it was sent, with what has become of it."""

    id: UUID
    act: str
    sender: str
    sender_unit: str
    sender_unit_name: str
    sender_unit_kind: str
    sender_name: str
    sender_title: str
    sent_at: datetime
    core: dict[str, Any]
    extension: dict[str, Any]
    secrecy_ground: str
    statute: str
    replaces: UUID | None
    replaced_by: UUID | None
    receipts: tuple[Receipt, ...]

    @property
    def is_receipted(self) -> bool:
        """Tell whether it is one of the messages that a receiver acknowledges."""
        return self.act in projections.RECEIPTED

    def waits_for(self, unit_id: str) -> bool:
        """Tell whether a unit has still to deal with it."""
        return self.is_receipted and any(
            it.unit_id == unit_id and it.is_waiting for it in self.receipts
        )


_RECEIPT = (
    "unit_id", "unit_name", "tenant", "delivered_at", "opened_at", "acknowledged_at",
    "acknowledged_by", "acknowledged_title", "answered_at", "rejected_at", "rejected_because",
    "forwarded_at", "forwarded_to", "forwarded_by", "receipt_due_at", "assigned_to",
)  # fmt: skip


def messages(case: Case) -> tuple[Sent, ...]:
    """Return every message of a case that is here, the newest first, in two queries."""
    rows = list(Message.objects.filter(common_id=case.common_id).order_by("-sent_at", "-id"))
    receipts: dict[UUID, list[Receipt]] = {row.id: [] for row in rows}
    deliveries = Delivery.objects.filter(message__common_id=case.common_id).order_by("id")
    for message_id, *values in deliveries.values_list("message_id", *_RECEIPT):
        receipts[message_id].append(Receipt(*values))
    replaced = {row.replaces: row.id for row in rows if row.replaces}
    return tuple(
        Sent(
            id=row.id,
            act=row.act,
            sender=row.sender,
            sender_unit=row.sender_unit,
            sender_unit_name=row.sender_unit_name,
            sender_unit_kind=row.sender_unit_kind,
            sender_name=row.sender_name,
            sender_title=row.sender_title,
            sent_at=row.sent_at,
            core=row.core,
            extension=row.extension,
            secrecy_ground=row.secrecy_ground,
            statute=row.statute,
            replaces=row.replaces,
            replaced_by=replaced.get(row.id),
            receipts=tuple(receipts[row.id]),
        )
        for row in rows
    )


def case_id_of_message(*, actor: Actor, message_id: UUID) -> UUID:
    """Return which case here a message belongs to; the case's door judges who may read it.

    :raises access.NotVisible: if there is no such message here
    """
    common_id = Message.objects.filter(pk=message_id).values_list("common_id", flat=True).first()
    if common_id is None:
        raise access.NotVisible(
            actor=actor, common_id=None, reason=access.Reason.UNIT_TAKES_NO_PART
        )
    return access.case_id_of(common_id)


@dataclass(frozen=True)
class BeforeSending:
    """What the sender sees before sending: who would get it, and whether anybody watches."""

    watches: tuple[Watch, ...]

    @property
    def unwatched(self) -> tuple[Watch, ...]:
        """Return the receivers that nobody watches now."""
        return tuple(it for it in self.watches if not it.is_watched)


def before_sending(*, parts: Iterable[Part], actor: Actor, at: datetime) -> BeforeSending:
    """Return how the inboxes of the other units in a case are watched at this moment."""
    others = [it.unit_id for it in parts if it.unit_id != actor.unit_id]
    return BeforeSending(tuple(units.watches(others, at=at).values()))


def receivers_for(
    *, municipality_code: str, actor: Actor, at: datetime
) -> tuple[tuple[Address, Watch], ...]:
    """Return the units an admission can be told to: own health centres and the municipality's.

    Default units of the registered municipality come first, with how they are watched now.
    """
    told = routing.receivers(region=actor.tenant, municipality_code=municipality_code)
    found = [it for it in told if it.hsa_id != actor.unit_id]
    watched = units.watches([it.hsa_id for it in found], at=at)
    return tuple((it, watched[it.hsa_id]) for it in found)


def forwardable(*, actor: Actor) -> Sequence[Address]:
    """Return the units of the own huvudman that a message can be forwarded to."""
    besides = {Unit.Kind.WARD, Unit.Kind.ADMINISTRATION}
    kinds = [it for it in Unit.Kind.values if it not in besides]
    found = units.receiving(owners=[actor.tenant], kinds=kinds)
    return [it for it in found if it.hsa_id != actor.unit_id]
