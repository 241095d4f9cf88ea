"""What a reviewer sees: rounds, items, and one item with its person. Each look is logged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox.emergencies import NoSuchEmergency
from care.law import calendar
from care.review import course
from care.review.course import State
from care.review.models import ReviewDecision, ReviewItem, ReviewRound
from care.review.operations import NoSuchReview
from care.sharing import access, reviewing
from care.sharing import emergencies as opened
from care.sharing.emergencies import EmergencyShown
from care.sharing.reviewing import Concerned

PAGE = 50


@dataclass(frozen=True)
class RoundShown:
    """Granskningsomgång, and how far it has come."""

    id: UUID
    seed: str
    from_on: date
    until_on: date
    size: int
    entries: int
    occasions: int
    left_out: int
    due_on: date
    drawn_by: str
    at: datetime
    items: int
    open: int
    second: int  # wait for a second reader
    is_overdue: bool


@dataclass(frozen=True)
class DecisionShown:
    """Granskningsbeslut, as it was made."""

    verdict: str
    comment: str
    made_by: str
    title: str
    at: datetime


@dataclass(frozen=True)
class ItemShown:
    """Tillfälle att granska, without the person whose case it is."""

    id: UUID
    round_id: UUID
    number: int
    staff_id: UUID
    staff_name: str
    title: str
    role: str
    unit_name: str
    day: date
    first_at: datetime
    last_at: datetime
    activities: tuple[str, ...]
    entries: tuple[int, ...]
    signals: tuple[str, ...]
    is_sampled: bool
    due_on: date
    state: State
    decisions: tuple[DecisionShown, ...]
    is_overdue: bool


@dataclass(frozen=True)
class Opened:
    """An item that is read: whose case it is, and whether the reader may decide."""

    item: ItemShown
    person: Concerned
    may_decide: bool
    is_own: bool


@dataclass(frozen=True)
class Queue:
    """Granskningskö: what is to be done, the emergencies first."""

    emergencies: tuple[EmergencyShown, ...]
    rounds: tuple[RoundShown, ...]


@dataclass(frozen=True)
class RoundPage:
    """A page of the items of a round."""

    round: RoundShown
    items: tuple[ItemShown, ...]
    page: int
    pages: int


def queue(*, actor: Actor, at: datetime) -> Queue:
    """Return the emergencies that wait and every round, the newest first; the look is logged.

    :raises access.NotAllowed: if the role does not carry it
    """
    access.refuse_unless(actor, Permission.READ_REVIEW)
    with transaction.atomic(savepoint=False):
        waiting = opened.to_follow_up()
        # As of a round's items: whose cases they are is shown on their own pages.
        _log(actor, (), rows=len(waiting), at=at)
        rounds = ReviewRound.objects.order_by("-at", "-id")
        return Queue(waiting, tuple(_round(it, _items(it, at=at), at=at) for it in rounds))


def round_page(
    *, actor: Actor, round_id: UUID, is_settled: bool, page: int, at: datetime
) -> RoundPage:
    """Return the items of a round that are open, or those that are settled; the look is logged.

    :raises access.NotAllowed: if the role does not carry it
    :raises NoSuchReview: if there is no such round here
    """
    access.refuse_unless(actor, Permission.READ_REVIEW)
    with transaction.atomic(savepoint=False):
        found = ReviewRound.objects.filter(pk=round_id).first()
        if found is None:
            raise NoSuchReview
        items = _items(found, at=at)
        asked = [it for it in items if (it.state is State.SETTLED) == is_settled]
        pages = max(1, -(-len(asked) // PAGE))
        page = min(max(page, 1), pages)
        shown = asked[(page - 1) * PAGE : page * PAGE]
        # Whose cases they are is not shown, so that no person's extract tells of it.
        _log(actor, (), rows=len(shown), at=at)
        return RoundPage(_round(found, items, at=at), tuple(shown), page, pages)


def item(*, actor: Actor, item_id: UUID, at: datetime) -> Opened:
    """Return an item with the name of the person whose case it is; the look is logged.

    :raises access.NotAllowed: if the role does not carry it
    :raises NoSuchReview: if there is none such here
    """
    access.refuse_unless(actor, Permission.READ_REVIEW)
    with transaction.atomic(savepoint=False):
        found = ReviewItem.objects.select_related("round").filter(pk=item_id).first()
        if found is None:
            raise NoSuchReview
        person = reviewing.person_of(
            actor=actor, permission=Permission.READ_REVIEW, common_id=found.common_id, at=at
        )
        decisions = list(ReviewDecision.objects.filter(item=found).order_by("number"))
        shown = _item(found, decisions, found.round.due_on, at=at)
        is_own = found.staff_id == actor.staff_id
        may_decide = (
            actor.may(Permission.DECIDE_ITEM)
            and not is_own
            and shown.state is not State.SETTLED
            and course.may_read(_readings(decisions), actor.staff_id)
        )
        return Opened(shown, person, may_decide, is_own)


@dataclass(frozen=True)
class EmergencyOpened:
    """An emergency access that is followed up, and whose case it is."""

    it: EmergencyShown
    person: Concerned
    may_follow_up: bool


def emergency(*, actor: Actor, emergency_id: UUID, at: datetime) -> EmergencyOpened:
    """Return an emergency access with the name of the person; the look is logged.

    :raises access.NotAllowed: if the role does not carry it
    :raises NoSuchEmergency: if there is none such here
    """
    access.refuse_unless(actor, Permission.FOLLOW_UP_EMERGENCY)
    with transaction.atomic(savepoint=False):
        found = opened.one(emergency_id)
        if found is None:
            raise NoSuchEmergency
        person = reviewing.person_of(
            actor=actor, permission=Permission.FOLLOW_UP_EMERGENCY, common_id=found.common_id,
            at=at,
        )  # fmt: skip
        is_own = actor.staff_id in (found.staff_id, found.second_id)
        return EmergencyOpened(found, person, found.followed_up_at is None and not is_own)


def _log(actor: Actor, common_ids: Iterable[UUID], *, rows: int, at: datetime) -> None:
    access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=common_ids,
               rows=rows, at=at)  # fmt: skip


def _items(found: ReviewRound, *, at: datetime) -> list[ItemShown]:
    rows = ReviewItem.objects.filter(round=found).order_by("number")
    decided: dict[UUID, list[ReviewDecision]] = {}
    for it in ReviewDecision.objects.filter(item__round=found).order_by("number"):
        decided.setdefault(it.item_id, []).append(it)
    return [_item(it, decided.get(it.pk, []), found.due_on, at=at) for it in rows]


def _item(
    it: ReviewItem, decisions: Sequence[ReviewDecision], due_on: date, *, at: datetime
) -> ItemShown:
    state = course.state(_readings(decisions))
    return ItemShown(
        id=it.pk,
        round_id=it.round_id,
        number=it.number,
        staff_id=it.staff_id,
        staff_name=it.staff_name,
        title=it.title,
        role=it.role,
        unit_name=it.unit_name,
        day=it.day,
        first_at=it.first_at,
        last_at=it.last_at,
        activities=tuple(it.activities),
        entries=tuple(it.entries),
        signals=tuple(it.signals),
        is_sampled=it.is_sampled,
        due_on=due_on,
        state=state,
        decisions=tuple(
            DecisionShown(one.verdict, one.comment, one.made_by, one.title, one.at)
            for one in decisions
        ),
        is_overdue=state is not State.SETTLED and due_on < calendar.local_date(at),
    )


def _readings(decisions: Iterable[ReviewDecision]) -> list[course.Reading]:
    return [course.Reading(it.verdict, it.staff_id) for it in decisions]


def _round(it: ReviewRound, items: Sequence[ItemShown], *, at: datetime) -> RoundShown:
    left = [one for one in items if one.state is not State.SETTLED]
    return RoundShown(
        id=it.pk,
        seed=it.seed,
        from_on=it.from_on,
        until_on=it.until_on,
        size=it.size,
        entries=it.entries,
        occasions=it.occasions,
        left_out=it.left_out,
        due_on=it.due_on,
        drawn_by=it.drawn_by,
        at=it.at,
        items=len(items),
        open=len(left),
        second=sum(one.state is State.SECOND_READER for one in left),
        is_overdue=bool(left) and it.due_on < calendar.local_date(at),
    )
