"""What the pages ask of payment liability: the host all lists, a municipality its own.

Lists and settlements lie at the host and are opened to the municipality that they are about, alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing import issued, months, parties
from billing.invoices import settled
from billing.liability import aggregates, course, disputes
from billing.liability.course import DaySums, ItemCourse
from billing.liability.disputes import ItemObjected
from billing.models import LiabilityList, LiabilitySettlement
from billing.months import Month
from billing.parties import Board, books_of
from billing.runs import Record
from tenants.context import acting_for


class NoSuchList(Exception):
    """There is no such list, or none that is open to us."""


class NoSuchItem(Exception):
    """There is no such item in the list."""


class NoSuchSettlement(Exception):
    """There is no such settlement, or none that is open to us."""


@dataclass(frozen=True)
class ItemShown:
    """Post, med sin gång."""

    number: int
    rate_ore: int
    rate_source: str
    evidence: str
    course: ItemCourse
    objection: ItemObjected | None
    settled_in: int | None  # the number of the settlement

    @property
    def amount_ore(self) -> int:
        """Return what the days that stand cost."""
        return self.course.standing_days * self.rate_ore


@dataclass(frozen=True)
class SettlementShown:
    """Avräkning, som den frystes."""

    id: UUID
    number: int
    record: Record
    hash: str
    made_by: str
    at: datetime


@dataclass(frozen=True)
class ListShown:
    """Preliminär lista, med sina poster och avräkningar."""

    id: UUID
    board: Board
    month: Month
    code: str
    record: Record
    hash: str
    objections_until: date
    made_by: str
    at: datetime
    items: tuple[ItemShown, ...]
    settlements: tuple[SettlementShown, ...]

    @property
    def name(self) -> str:
        """Return the municipality's name."""
        return str(self.record["name"])

    @property
    def party(self) -> str:
        """Return the municipality's schema."""
        return next((it for it, code in self.board.codes.items() if code == self.code), "")

    @property
    def is_ours(self) -> bool:
        """Tell whether we are the municipality that it is about."""
        return self.party == acting_for()

    @property
    def sums(self) -> DaySums:
        """Return what has become of its days."""
        return course.sums(it.course for it in self.items)

    @property
    def charged_ore(self) -> int:
        """Return what has been frozen to be paid."""
        return sum(it.record["amount_ore"] for it in self.settlements)

    @property
    def courses(self) -> dict[int, ItemCourse]:
        """Return what has happened to each item."""
        return {it.number: it.course for it in self.items}

    def settleable(self, today: date) -> dict[int, int]:
        """Return the items that can be frozen on a day, with their days."""
        return course.settleable(self.courses, objections_until=self.objections_until, today=today)

    def item(self, number: int) -> ItemShown:
        """Return an item.

        :raises NoSuchItem: if there is none such in the list
        """
        found = next((it for it in self.items if it.number == number), None)
        if found is None:
            raise NoSuchItem
        return found

    def settlement(self, settlement_id: UUID) -> SettlementShown:
        """Return a settlement of the list."""
        return next(it for it in self.settlements if it.id == settlement_id)


@dataclass(frozen=True)
class MonthShown:
    """Månad, så som nämnden ser den: sums of each municipality, small counts hidden."""

    month: Month
    lists: tuple[ListShown, ...]
    counts: aggregates.Counts


def listed_months() -> tuple[Month, ...]:
    """Return the months that we may see a list of, the newest first."""
    with books_of(parties.board().host):
        found = LiabilityList.objects.order_by("-month").values_list("month", flat=True).distinct()
        return tuple(months.read(it) for it in found)


def month(of: Month) -> MonthShown:
    """Return a month of every municipality that we may see."""
    lists = _lists(Q(month=str(of)))
    counts = aggregates.counts({it.code: len(it.items) for it in lists})
    return MonthShown(of, lists, counts)


def own_lists() -> tuple[ListShown, ...]:
    """Return every list that we may see, the newest month first."""
    return _lists(Q())


def shown(list_id: UUID) -> ListShown:
    """Return a list.

    :raises NoSuchList: if there is none such that is open to us
    """
    found = _lists(Q(pk=list_id))
    if not found:
        raise NoSuchList
    return found[0]


def list_of(settlement_id: UUID) -> ListShown:
    """Return the list that a settlement is of.

    :raises NoSuchSettlement: if there is none such that is open to us
    """
    with books_of(parties.board().host):
        list_id = (
            LiabilitySettlement.objects.filter(pk=settlement_id)
            .values_list("liability_list", flat=True)
            .first()
        )
    if list_id is None:
        raise NoSuchSettlement
    return shown(list_id)


def to_credit_ore(of: ListShown, settlement_id: UUID) -> list[int]:
    """Return what is left to credit of each line of a settlement's invoice; none: no invoice."""
    invoice = issued.standing_invoice(settlement_id)
    if invoice is None:
        return []
    less = {number: it.less_days for number, it in of.courses.items()}
    record = of.settlement(settlement_id).record
    return settled.to_credit_ore(record, less, invoice.invoice, invoice.notes)


def _lists(of: Q) -> tuple[ListShown, ...]:
    board = parties.board()
    with transaction.atomic():
        with books_of(board.host):
            rows = list(LiabilityList.objects.filter(of).order_by("-month", "code").values())
            settlements = list(
                LiabilitySettlement.objects.filter(liability_list__in=[it["id"] for it in rows])
                .order_by("number")
                .values()
            )
        objections = disputes.of_lists({it["id"]: it["code"] for it in rows}, board)
    return tuple(_list(board, it, settlements, objections) for it in rows)


def _list(
    board: Board,
    row: Mapping[str, Any],
    settlements: Collection[Mapping[str, Any]],
    objections: Mapping[tuple[UUID, int], ItemObjected],
) -> ListShown:
    frozen = tuple(
        SettlementShown(it["id"], it["number"], it["record"], it["hash"], it["made_by"], it["at"])
        for it in settlements
        if it["liability_list_id"] == row["id"]
    )
    return ListShown(
        id=row["id"],
        board=board,
        month=months.read(row["month"]),
        code=row["code"],
        record=row["record"],
        hash=row["hash"],
        objections_until=row["objections_until"],
        made_by=row["made_by"],
        at=row["at"],
        items=tuple(
            _item(it, frozen, objections.get((row["id"], it["number"])))
            for it in row["record"]["items"]
        ),
        settlements=frozen,
    )


def _item(
    of: Mapping[str, Any], frozen: Collection[SettlementShown], objection: ItemObjected | None
) -> ItemShown:
    settled_as = {
        it["number"]: (settlement.number, it["days"])
        for settlement in frozen
        for it in settlement.record["items"]
    }
    settled_in, settled_days = settled_as.get(of["number"], (None, None))
    return ItemShown(
        number=of["number"],
        rate_ore=of["rate_ore"],
        rate_source=of["rate_source"],
        evidence=of["evidence"],
        course=_course(of["days"], objection, settled_days),
        objection=objection,
        settled_in=settled_in,
    )


def _course(days: int, of: ItemObjected | None, settled_days: int | None) -> ItemCourse:
    if of is None:
        return ItemCourse(days, settled_days=settled_days)
    return ItemCourse(
        days,
        is_objected=True,
        verdict=of.answer.verdict if of.answer else None,
        answered_days=of.answer.days if of.answer else None,
        answered_on=timezone.localdate(of.answer.at) if of.answer else None,
        is_escalated=of.escalation is not None,
        decided_days=of.decision.days if of.decision else None,
        settled_days=settled_days,
    )
