"""Acts of log review: draw a round, decide about an item, follow up an emergency access."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from secrets import token_hex
from uuid import UUID

from django.db import IntegrityError, transaction

from care.identity import queries as identity
from care.identity import units
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import emergencies
from care.law import calendar
from care.review import course, sampling, signs
from care.review.models import ReviewDecision, ReviewItem, ReviewRound
from care.review.occasions import Key, Occasion, gathered
from care.sharing import access, reviewing
from care.sharing import emergencies as opened
from care.sharing.extract import Extract, of
from care.sharing.policy import Reason

Verdict = ReviewDecision.Verdict
DAYS = 10  # working days in which a round is to be read
MOST = 450  # hits in one round; with 50 drawn at random one reads 500 at the most
LARGEST_SAMPLE = 500


class BadReview(Exception):
    """A round cannot be drawn so; the text is Swedish and says what to do."""


class NoSuchReview(Exception):
    """There is no such item here."""


class OwnAccess(access.Denied):
    """Nobody reviews what they have done themselves."""


class NeedsSecondReader(access.Denied):
    """Who has suspected misuse does not judge alone: another person reads next."""


class Settled(Exception):
    """The item has been settled, or somebody decided about it in the same moment."""


@transaction.atomic
def draw_round(
    *, actor: Actor, from_on: date, until_on: date, size: int, seed: str = "", at: datetime
) -> UUID:
    """Draw what is to be reviewed of a period: a sample by a seed, and what signals point at.

    :param until_on: the last day, which has ended: what is still written to cannot be drawn again
    :param seed: of an earlier round, to draw it again; empty: a new one
    :raises access.NotAllowed: if the role does not carry it
    :raises BadReview: if the period or the size is none
    """
    access.refuse_unless(actor, Permission.DRAW_ROUND)
    _judge(from_on, until_on, size, at=at)
    entries = reviewing.entries(
        since=calendar.start_of_local_day(from_on), until=calendar.end_of_local_day(until_on)
    )
    occasions = gathered(entries, roles=identity.roles_of_assignments())
    seed = seed.strip() or token_hex(8)
    sampled = sampling.drawn(occasions, seed=seed, size=size)
    hits, left_out = _hits(occasions)
    read = len({number for it in occasions for number in it.entries})
    made = ReviewRound.objects.create(
        seed=seed,
        from_on=from_on,
        until_on=until_on,
        size=size,
        entries=read,
        occasions=len(occasions),
        left_out=left_out,
        due_on=calendar.add_working_days(calendar.local_date(at), DAYS),
        drawn_by=actor.name,
        staff_id=actor.staff_id,
        at=at,
    )
    first = [it for it in occasions if it.key in hits]
    first.sort(key=lambda it: (-sum(one.strength for one in hits[it.key]), it.first_at))
    others = [it for it in occasions if it.key in sampled and it.key not in hits]
    ReviewItem.objects.bulk_create(
        _item(made, number, it, hits.get(it.key, ()), is_sampled=it.key in sampled)
        for number, it in enumerate((*first, *others), start=1)
    )
    access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=[], rows=read, at=at)
    return made.pk


@transaction.atomic
def decide_item(
    *, actor: Actor, item_id: UUID, verdict: str, comment: str, at: datetime
) -> course.State:
    """Note what a reader found; return where the item stands then.

    :raises access.NotAllowed: if the role does not carry it
    :raises NoSuchReview: if there is none such here
    :raises OwnAccess: if it is the reader's own
    :raises NeedsSecondReader: if the reader has suspected misuse before
    :raises Settled: if nothing is left to decide
    """
    access.refuse_unless(actor, Permission.DECIDE_ITEM)
    item = ReviewItem.objects.filter(pk=item_id).first()
    if item is None:
        raise NoSuchReview
    if item.staff_id == actor.staff_id:
        raise OwnAccess(actor=actor, common_id=None, reason=Reason.OWN_ACCESS)
    before = [course.Reading(it.verdict, it.staff_id) for it in _decisions(item)]
    if course.state(before) is course.State.SETTLED:
        raise Settled
    if not course.may_read(before, actor.staff_id):
        raise NeedsSecondReader(actor=actor, common_id=None, reason=Reason.NEEDS_ANOTHER)
    access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=[item.common_id],
               rows=1, at=at)  # fmt: skip
    try:
        with transaction.atomic():
            ReviewDecision.objects.create(
                item=item, number=len(before) + 1, verdict=verdict, comment=comment,
                made_by=actor.name, title=actor.title, staff_id=actor.staff_id, at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Settled from None
    return course.state([*before, course.Reading(verdict, actor.staff_id)])


@transaction.atomic
def follow_up_emergency(
    *, actor: Actor, emergency_id: UUID, outcome: str, comment: str, at: datetime
) -> None:
    """Note whether an emergency access was justified.

    :raises access.NotAllowed: if the role does not carry it
    :raises emergencies.NoSuchEmergency: if there is none, or it has been followed up
    :raises OwnAccess: if the reader opened it, or agreed to it
    """
    access.refuse_unless(actor, Permission.FOLLOW_UP_EMERGENCY)
    found = opened.one(emergency_id)
    if found is None:
        raise emergencies.NoSuchEmergency
    if actor.staff_id in (found.staff_id, found.second_id):
        raise OwnAccess(actor=actor, common_id=None, reason=Reason.OWN_ACCESS)
    access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=[found.common_id],
               rows=1, at=at, emergency_id=emergency_id)  # fmt: skip
    emergencies.follow_up(
        emergency_id, by=actor.name, outcome=outcome, comment=comment.strip(), at=at
    )


def give_extract(*, actor: Actor, number: str, reason: str, at: datetime) -> Extract:
    """Return everything that is logged about a person, to be given to her; it is logged.

    :param number: any identity that the person has here, twelve characters
    :param reason: why it is taken out: that she has asked for it, and how it reaches her
    :raises access.NotAllowed: if the role does not carry it
    """
    access.refuse_unless(actor, Permission.GIVE_EXTRACT)
    return of(actor=actor, number=number, reason=reason, at=at)


def _judge(from_on: date, until_on: date, size: int, *, at: datetime) -> None:
    if from_on > until_on:
        raise BadReview("Perioden slutar före den börjar. Ändra dagarna.")
    if until_on >= calendar.local_date(at):
        raise BadReview("Perioden ska vara slut. Välj en sista dag som ligger före i dag.")
    if until_on - from_on > timedelta(days=366):
        raise BadReview("Perioden är längre än ett år. Dela den i flera omgångar.")
    if not 1 <= size <= LARGEST_SAMPLE:
        raise BadReview(f"Dra mellan 1 och {LARGEST_SAMPLE} stickprov.")


def _hits(occasions: list[Occasion]) -> tuple[Mapping[Key, tuple[signs.Signal, ...]], int]:
    """Return the signals of what one should look at, the strongest hits that one round holds."""
    cases = reviewing.facts({it.common_id for it in occasions})
    around = signs.surroundings(occasions, cases=cases, hours=_hours(occasions))
    found = [(it, told) for it in occasions if (told := signs.given(it, around))]
    found.sort(key=lambda hit: (-sum(one.strength for one in hit[1]), hit[0].first_at))
    return {it.key: told for it, told in found[:MOST]}, max(0, len(found) - MOST)


def _hours(occasions: list[Occasion]) -> signs.Hours:
    known = units.addresses(sorted({it.unit_id for it in occasions}))

    @cache
    def hours(unit_id: str, day: date) -> tuple[datetime, datetime] | bool | None:
        unit = known.get(unit_id)
        return True if unit is None else units.hours_on(unit, day)

    return hours


def _item(
    made: ReviewRound,
    number: int,
    it: Occasion,
    told: tuple[signs.Signal, ...],
    *,
    is_sampled: bool,
) -> ReviewItem:
    return ReviewItem(
        round=made,
        number=number,
        staff_id=it.staff_id,
        staff_name=it.staff_name,
        title=it.title,
        role=it.role,
        unit_id=it.unit_id,
        unit_name=it.unit_name,
        common_id=it.common_id,
        day=it.day,
        first_at=it.first_at,
        last_at=it.last_at,
        activities=sorted(it.activities),
        entries=it.entries,
        signals=[one.name for one in told],
        is_sampled=is_sampled,
    )


def _decisions(item: ReviewItem) -> list[ReviewDecision]:
    return list(ReviewDecision.objects.filter(item=item).order_by("number"))
