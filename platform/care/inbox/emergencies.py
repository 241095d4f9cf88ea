"""Emergency access: stated at home, told by letter, opened by the owner's own worker.

Two steps (2022:913 3 kap. 5-6 §§). First each vårdgivare in the case answers whether it holds data,
blocked or not. Then what is not blocked is read, or the owner is asked to lift its block: nobody
else can. Nothing here reads a row; `sharing.access` shows what has been opened.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from care.cases import operations as cases
from care.cases import queries
from care.cases.operations import Deadline, Doer
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import blocks, letters, projections
from care.inbox.models import Outbox
from care.individuals import queries as individuals
from care.individuals.operations import Block
from care.law import calendar
from care.sharing import access, policy, rls
from care.sharing.access import Case
from care.sharing.emergencies import WAITS_FOR_SECOND
from care.sharing.models import EmergencyAccess, EmergencySetting, EmergencySight
from tenants.context import acting_for

SHORTEST_REASON = 20  # characters
LONGEST = timedelta(minutes=240)
FOLLOW_UP_DAYS = 3  # working days
ALONE_IN_A_DAY = 5  # the next one needs a second person
FOLLOW_UP, LIFT = "emergency_follow_up_due", "lift_request_due"
OF_VARDGIVARE = frozenset({FOLLOW_UP, LIFT})  # an omsorgsgivare is told of none of it
NOBODYS = ""  # no unit follows up: log review does
STATUTE = "lag 2022:913 3 kap. 5–6 §§"

Answer = EmergencySight.Answer


class NotStated(Exception):
    """The ground has not been ticked, or the reason is too short to be reviewed."""


class NoSuchEmergency(Exception):
    """There is no such emergency access of the unit's in the case, or it has ended."""


class NeedsAnother(access.Denied):
    """The second person must be another than the first."""


@transaction.atomic
def open_emergency_access(
    *, actor: Actor, case_id: UUID, ground: str, reason: str, is_stated: bool, at: datetime
) -> UUID:
    """Take the first step: ask which vårdgivare in the case hold data, blocked or not.

    :param is_stated: that there is danger or risk, and the person cannot be asked
    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not carry it, or the unit is no vårdgivare's
    :raises NotStated: if the ground is not stated, or in fewer than twenty characters
    """
    new = uuid4()
    case = access.case_for_emergency(actor=actor, case_id=case_id, emergency_id=new, at=at)
    if not is_stated or len(reason.strip()) < SHORTEST_REASON:
        raise NotStated
    latest = EmergencyAccess.objects.filter(
        staff_id=actor.staff_id, reader=actor.tenant, asked_at__gt=at - timedelta(days=1)
    )
    due_on = calendar.add_working_days(calendar.local_date(at), FOLLOW_UP_DAYS)
    opened = EmergencyAccess.objects.create(
        id=new,
        common_id=case.common_id,
        reader=actor.tenant,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        staff_id=actor.staff_id,
        staff_name=actor.name_abroad,  # the owners are told; the row knows who by staff_id
        title=actor.title,
        ground=ground,
        reason=reason.strip(),
        asked_at=at,
        needs_second=latest.count() >= ALONE_IN_A_DAY,
        follow_up_due_at=calendar.end_of_local_day(due_on),
    )
    _set_follow_up(case, opened)
    _record(case, act="open_emergency_access", actor=actor, opened=opened, at=at)
    if not opened.needs_second:
        _begin(case, opened, at=at)
    projections.refresh(case, at=at)
    return new


@transaction.atomic
def second_emergency_access(
    *, actor: Actor, case_id: UUID, emergency_id: UUID, at: datetime
) -> None:
    """Vouch, as a second person, for somebody who opens often: then the first step is taken.

    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not carry it, or the unit is no vårdgivare's
    :raises NoSuchEmergency: if nothing waits for a second person, or has waited too long
    :raises NeedsAnother: if it is the same person
    """
    case = access.case_for_emergency(actor=actor, case_id=case_id, emergency_id=emergency_id, at=at)
    opened = EmergencyAccess.objects.filter(
        pk=emergency_id, common_id=case.common_id, needs_second=True, opened_at=None,
        asked_at__gt=at - WAITS_FOR_SECOND,
    ).first()  # fmt: skip
    if opened is None:
        raise NoSuchEmergency
    if opened.staff_id == actor.staff_id:
        raise NeedsAnother(
            actor=actor, common_id=case.common_id, reason=policy.Reason.NEEDS_ANOTHER
        )
    opened.second_id, opened.second_name = actor.staff_id, actor.name_abroad
    opened.second_title = actor.title
    _record(case, act="second_emergency_access", actor=actor, opened=opened, at=at)
    _begin(case, opened, at=at)


@transaction.atomic
def read_in_emergency(
    *, actor: Actor, case_id: UUID, emergency_id: UUID, owners: Collection[str], at: datetime
) -> None:
    """Take the second step: open, until the time is up, what these hold and have not blocked.

    At home it lets the unit read past the inner blocks of other units (PDL 4 kap. 5 §).

    :raises NoSuchEmergency: if it has ended, is another unit's, or none of them has answered that
        it holds anything to read
    """
    case, opened = _running(actor, case_id, emergency_id, at=at)
    sights = _sights(opened, owners)
    able = [it for it in sights if it.has_unblocked or (it.has_blocked and _is_own(it))]
    if not able:
        raise NoSuchEmergency
    assert opened.closes_at is not None
    for sight in able:
        EmergencySight.objects.filter(pk=sight.pk, read_at=None).update(read_at=at)
        _post(opened, sight.owner, "read", {"closes_at": opened.closes_at.isoformat()}, at=at)
    told = {"owners": sorted(it.owner for it in able)}
    _record(case, act="read_in_emergency", actor=actor, opened=opened, told=told, at=at)


@transaction.atomic
def request_lift(
    *, actor: Actor, case_id: UUID, emergency_id: UUID, owner: str, at: datetime
) -> None:
    """Ask the owner to lift its block: only the owner can (2022:913 3 kap. 5 §).

    :raises NoSuchEmergency: if it has ended, or that one holds nothing blocked
    """
    case, opened = _running(actor, case_id, emergency_id, at=at)
    blocked = [it for it in _sights(opened, [owner]) if it.has_blocked and not _is_own(it)]
    if not blocked:
        raise NoSuchEmergency
    EmergencySight.objects.filter(pk=blocked[0].pk).update(lift_asked_at=at, lift_answer="")
    _post(opened, owner, "ask_lift", {}, at=at)
    _record(case, act="request_lift", actor=actor, opened=opened, told={"owner": owner}, at=at)


@transaction.atomic
def answer_lift_request(
    *, actor: Actor, case_id: UUID, emergency_id: UUID, answer: str, at: datetime
) -> None:
    """Answer, at the owner, whether the block is lifted; the reader is told, and why not is not.

    :raises access.NotVisible: if the actor may not see the case
    :raises access.NotAllowed: if the role does not lift blocks
    :raises NoSuchEmergency: if nobody has asked, or it is answered
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.LIFT_BLOCK, at=at
    )
    asked = EmergencySight.objects.select_related("access").filter(
        access=emergency_id, access__common_id=case.common_id, owner=actor.tenant,
        lift_asked_at__isnull=False, lift_answer="",
    )  # fmt: skip
    sight = asked.first()
    if sight is None or actor.branch != policy.HEALTH_CARE:
        raise NoSuchEmergency
    if answer == Answer.LIFTED:
        for block in _outer(case):
            blocks.lift_block(actor=actor, case_id=case_id, block_id=block, at=at)
    by = f"{actor.name_abroad}, {actor.title}"
    asked.update(lift_answer=answer, lift_answered_at=at, lift_answered_by=by)
    told = {"answer": answer, "by": by, **_holds(case)}
    _post(sight.access, sight.access.reader, "answer_lift", told, at=at)
    Deadline.objects.filter(case=case, key=f"lift:{emergency_id}", met_at=None).update(met_at=at)
    _record(
        case,
        act="answer_lift_request",
        actor=actor,
        opened=sight.access,
        told={"lift_answer": answer},
        at=at,
    )
    projections.refresh(case, at=at)


@transaction.atomic
def close_emergency_access(
    *, actor: Actor, case_id: UUID, emergency_id: UUID, at: datetime
) -> None:
    """Close before the time is up, once nothing more is needed.

    :raises NoSuchEmergency: if it has ended or is another unit's
    """
    case, opened = _running(actor, case_id, emergency_id, at=at)
    EmergencyAccess.objects.filter(pk=opened.pk).update(closes_at=at)
    for owner in opened.sights.exclude(read_at=None).values_list("owner", flat=True):
        _post(opened, owner, "close", {"closes_at": at.isoformat()}, at=at)
    _record(case, act="close_emergency_access", actor=actor, opened=opened, at=at)


@transaction.atomic
def follow_up(
    emergency_id: UUID, *, by: str, outcome: str, comment: str = "", at: datetime
) -> None:
    """Note, at one of the two huvudmän, what its log review found; its door is the review's queue.

    :raises NoSuchEmergency: if there is none, or it has been followed up
    """
    waiting = EmergencyAccess.objects.filter(pk=emergency_id, followed_up_at=None)
    if not waiting.update(followed_up_at=at, followed_up_by=by, outcome=outcome, comment=comment):
        raise NoSuchEmergency
    Deadline.objects.filter(key=f"emergency:{emergency_id}", met_at=None).update(met_at=at)


def time_is_up(deadline: Deadline, *, at: datetime) -> None:
    """Note that nobody has followed up in time: from then on it is the chief's."""
    if deadline.rule == FOLLOW_UP:
        emergency_id = UUID(deadline.key.partition(":")[2])
        waiting = EmergencyAccess.objects.filter(pk=emergency_id, followed_up_at=None)
        waiting.update(overdue_at=at)


def minutes() -> int:
    """Return how long an emergency access lasts here."""
    found = EmergencySetting.objects.values_list("minutes", flat=True).first()
    return 60 if found is None else found


def set_minutes(many: int) -> None:
    """Let every emergency access from now on last so long; the database asks for 15 to 240."""
    EmergencySetting.objects.update_or_create(pk=1, defaults={"minutes": many})


# What the letters carry, and what their receiver does.


def receive(sender: str, letter: dict[str, Any], at: datetime) -> None:
    """Do what a letter about an emergency asks for; one from who has no say changes nothing."""
    case = access.own_case(letter["common_id"])
    if case is None:
        return
    body = letter["body"]
    step = body["step"]
    if step == "ask":
        _asked(case, sender, body["access"], at=at)
        return
    opened = EmergencyAccess.objects.filter(pk=body["id"], common_id=case.common_id).first()
    if opened is None:
        return
    if step in ("answer", "answer_lift") and opened.reader == acting_for():
        _answered(opened, sender, body, at=at)
    elif opened.reader == sender and step in OWNERS:
        OWNERS[step](case, opened, body, at)
    projections.refresh(case, at=at)


def _asked(case: Case, sender: str, told: dict[str, Any], *, at: datetime) -> None:
    """Keep what the reader states, for our own log review, and answer what we hold."""
    if policy.HEALTH_CARE not in queries.branches(queries.parts(case)).get(sender, ()):
        return
    moments = {name: letters.moment(told[name]) for name in MOMENTS}
    opened, is_new = EmergencyAccess.objects.get_or_create(
        id=told["id"],
        defaults={
            "common_id": case.common_id,
            "reader": sender,
            **{name: told[name] for name in WORDS},
            **moments,
        },
    )
    if not is_new:
        return
    EmergencySight.objects.create(access=opened, owner=acting_for(), answered_at=at, **_holds(case))
    cases.record(
        case,
        act="open_emergency_access",
        by=Doer(sender, opened.unit_id, opened.staff_name, opened.title),
        at=opened.asked_at,
        body={"ground": opened.ground, "branch": policy.HEALTH_CARE},
    )
    _set_follow_up(case, opened)
    _post(opened, sender, "answer", _holds(case), at=at)


def _answered(opened: EmergencyAccess, sender: str, told: dict[str, Any], *, at: datetime) -> None:
    values: dict[str, Any] = {name: told[name] for name in ("has_unblocked", "has_blocked")}
    values["answered_at"] = at
    if told["step"] == "answer_lift":
        values |= {"lift_answer": told["answer"], "lift_answered_by": told["by"]}
        values["lift_answered_at"] = at
    EmergencySight.objects.filter(access=opened, owner=sender).update(**values)


def _read(case: Case, opened: EmergencyAccess, told: dict[str, Any], at: datetime) -> None:
    """Open what is not blocked until the reader's time is up, and never longer than the longest."""
    _end(opened, told)
    EmergencySight.objects.filter(access=opened, owner=acting_for()).update(read_at=at)
    rls.restamp(case, at=at)


def _close(case: Case, opened: EmergencyAccess, told: dict[str, Any], at: datetime) -> None:
    _end(opened, told)
    rls.restamp(case, at=at)


def _end(opened: EmergencyAccess, told: dict[str, Any]) -> None:
    """Let it end when the letter says: no later than it was to end, nor than the longest here."""
    sight = EmergencySight.objects.get(access=opened, owner=acting_for())
    assert sight.answered_at is not None  # `_asked` answers at once
    ends = [datetime.fromisoformat(told["closes_at"]), sight.answered_at + LONGEST]
    if opened.closes_at:
        ends.append(opened.closes_at)
    EmergencyAccess.objects.filter(pk=opened.pk).update(closes_at=min(ends))


def _ask_lift(case: Case, opened: EmergencyAccess, told: dict[str, Any], at: datetime) -> None:
    """Let the request lie in the list of our health care unit that takes part."""
    del told
    asked = EmergencySight.objects.filter(access=opened, owner=acting_for())
    asked.update(lift_asked_at=at, lift_answer="")
    own = [it for it in queries.parts(case) if it.tenant == acting_for()]
    for part in [it for it in own if it.branch == policy.HEALTH_CARE][:1]:
        due_at = opened.closes_at or at + LONGEST
        cases.set_deadline(
            case,
            unit_id=part.unit_id,
            key=f"lift:{opened.pk}",
            rule=LIFT,
            statute="lag 2022:913 3 kap. 5 §",
            due_at=due_at,
        )


def _set_follow_up(case: Case, opened: EmergencyAccess) -> None:
    """Let log review have its days, at the reader and at each owner."""
    cases.set_deadline(
        case,
        unit_id=NOBODYS,
        key=f"emergency:{opened.pk}",
        rule=FOLLOW_UP,
        statute="lag 2022:913 4 kap. 4 §",
        due_at=opened.follow_up_due_at,
    )


OWNERS = {"read": _read, "close": _close, "ask_lift": _ask_lift}
MOMENTS = ("asked_at", "opened_at", "closes_at", "follow_up_due_at")
WORDS = ("unit_id", "unit_name", "staff_id", "staff_name", "title", "ground", "reason",
         "second_name", "second_title")  # fmt: skip


def _begin(case: Case, opened: EmergencyAccess, *, at: datetime) -> None:
    """Begin the time, answer for ourselves, and ask every other vårdgivare in the case."""
    opened.opened_at, opened.closes_at = at, at + timedelta(minutes=minutes())
    opened.save()
    # What the unit itself has written it reads anyway; what is asked is the other units' here.
    inner = [it for it in rls.placed(individuals.blocks(case.individual_id)) if it.is_inner]
    has_inner = any(
        it.is_about(policy.HEALTH_CARE, info_class) and it.unit_id == unit_id != opened.unit_id
        for unit_id, info_class in access.written_by_vardgivare(case)
        for it in inner
    )
    EmergencySight.objects.create(
        access=opened, owner=acting_for(), has_unblocked=False, has_blocked=has_inner,
        answered_at=at,
    )  # fmt: skip
    told = {
        "id": str(opened.pk),
        **{name: str(getattr(opened, name)) for name in WORDS},
        **{name: getattr(opened, name).isoformat() for name in MOMENTS},
    }
    for owner, branches in sorted(queries.branches(queries.parts(case)).items()):
        if owner != acting_for() and policy.HEALTH_CARE in branches:
            EmergencySight.objects.create(access=opened, owner=owner)
            _post(opened, owner, "ask", {"access": told}, at=at)


def _holds(case: Case) -> dict[str, bool]:
    """Tell whether we hold anything of a case that is not blocked, and anything that is."""
    outer = [it for it in rls.placed(individuals.blocks(case.individual_id)) if not it.is_inner]
    blocked = [
        any(it.is_about(policy.HEALTH_CARE, info_class) for it in outer)
        for _, info_class in access.written_by_vardgivare(case)
    ]
    return {"has_unblocked": not all(blocked), "has_blocked": any(blocked)}


def _outer(case: Case) -> list[UUID]:
    running = case.individual.blocks.filter(
        type=Block.Type.OUTER_BLOCK, branch=policy.HEALTH_CARE, lifted_at=None
    )
    return list(running.values_list("pk", flat=True))


def _running(
    actor: Actor, case_id: UUID, emergency_id: UUID, *, at: datetime
) -> tuple[Case, EmergencyAccess]:
    case = access.case_for_emergency(actor=actor, case_id=case_id, emergency_id=emergency_id, at=at)
    opened = EmergencyAccess.objects.filter(
        pk=emergency_id, common_id=case.common_id, reader=actor.tenant, unit_id=actor.unit_id,
        closes_at__gt=at,
    ).first()  # fmt: skip
    if opened is None:
        raise NoSuchEmergency
    return case, opened


def _sights(opened: EmergencyAccess, owners: Collection[str]) -> Sequence[EmergencySight]:
    return list(opened.sights.filter(owner__in=owners).order_by("owner"))


def _is_own(sight: EmergencySight) -> bool:
    return sight.owner == acting_for()


def _post(
    opened: EmergencyAccess, recipient: str, step: str, told: dict[str, Any], *, at: datetime
) -> None:
    if recipient != acting_for():
        body = {"step": step, "id": str(opened.pk), **told}
        letters.post(opened.common_id, recipient, Outbox.Kind.EMERGENCY, body, at=at)


def _record(
    case: Case,
    *,
    act: str,
    actor: Actor,
    opened: EmergencyAccess,
    told: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    body = {"emergency_id": str(opened.pk), "branch": policy.HEALTH_CARE, **(told or {})}
    cases.record(case, act=act, by=Doer.from_actor(actor), at=at, body=body)
