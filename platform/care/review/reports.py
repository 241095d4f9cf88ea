"""Månadsrapport: what was reviewed of a month, in numbers, for the huvudman and unit by unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.law import calendar
from care.review import course
from care.review.course import State, Verdict
from care.review.models import ReviewDecision, ReviewItem, ReviewRound
from care.sharing import access
from care.sharing import emergencies as opened
from care.sharing.emergencies import EmergencyShown

Decided = tuple[ReviewItem, Sequence[ReviewDecision]]


@dataclass(frozen=True)
class Line:
    """A unit of a month's report, or the whole huvudman: items of rounds drawn then."""

    unit_name: str  # empty: the huvudman
    items: int
    in_order: int
    asked: int
    suspected: int
    waiting: int  # for a first or a second reader
    overdue: int
    emergencies: int  # asked for in the month
    followed_up: int
    late: int  # followed up after three working days, or not at all in time


@dataclass(frozen=True)
class Report:
    """Månadsrapport."""

    first_day: date
    rounds: int
    total: Line
    units: tuple[Line, ...]


def month(*, actor: Actor, first_day: date, at: datetime) -> Report:
    """Return the report of a month; that it was read is logged.

    :raises access.NotAllowed: if the role does not carry it
    """
    access.refuse_unless(actor, Permission.READ_REPORTS)
    since, until = _bounds(first_day)
    with transaction.atomic(savepoint=False):
        rounds = ReviewRound.objects.filter(at__gte=since, at__lt=until)
        items = list(
            ReviewItem.objects.select_related("round")
            .filter(round__at__gte=since, round__at__lt=until)
            .order_by("unit_name", "number")
        )
        decisions: dict[object, list[ReviewDecision]] = {it.pk: [] for it in items}
        for it in ReviewDecision.objects.filter(item__in=rounds.values("items")).order_by("number"):
            decisions[it.item_id].append(it)
        emergencies = opened.between(since, until)
        access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=[],
                   rows=len(items), at=at)  # fmt: skip
        decided = [(it, decisions[it.pk]) for it in items]
        return Report(
            first_day,
            rounds.count(),
            _line("", decided, emergencies, at=at),
            tuple(_by_unit(decided, emergencies, at=at)),
        )


def _bounds(first_day: date) -> tuple[datetime, datetime]:
    after = date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
    return calendar.start_of_local_day(first_day), calendar.start_of_local_day(after)


def _by_unit(
    decided: Sequence[Decided], emergencies: Sequence[EmergencyShown], *, at: datetime
) -> Iterable[Line]:
    names = {it.unit_id: it.unit_name for it in emergencies}
    names |= {it.unit_id: it.unit_name for it, _ in decided}
    for unit_id, name in sorted(names.items(), key=lambda it: (it[1], it[0])):
        yield _line(
            name,
            [it for it in decided if it[0].unit_id == unit_id],
            [it for it in emergencies if it.unit_id == unit_id],
            at=at,
        )


def _line(
    unit_name: str,
    decided: Sequence[Decided],
    emergencies: Sequence[EmergencyShown],
    *,
    at: datetime,
) -> Line:
    today = calendar.local_date(at)
    of = [
        (it, [course.Reading(one.verdict, one.staff_id) for one in decisions])
        for it, decisions in decided
    ]
    states = [(it, readings, course.state(readings)) for it, readings in of]
    settled = [readings for _, readings, state in states if state is State.SETTLED]
    return Line(
        unit_name=unit_name,
        items=len(states),
        in_order=sum(it[-1].verdict == Verdict.IN_ORDER for it in settled),
        asked=sum(state is State.ASKED for *_, state in states),
        suspected=sum(it[-1].verdict == Verdict.MISUSE_SUSPECTED for it in settled),
        waiting=sum(state in (State.WAITING, State.SECOND_READER) for *_, state in states),
        overdue=sum(
            state is not State.SETTLED and it.round.due_on < today for it, _, state in states
        ),
        emergencies=len(emergencies),
        followed_up=sum(it.followed_up_at is not None for it in emergencies),
        late=sum((it.followed_up_at or at) > it.follow_up_due_at for it in emergencies),
    )
