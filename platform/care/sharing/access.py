"""The doors to a case. There is no other way in, and each writes down who went through.

A door takes the actor, judges, logs, and hands out the case or refuses: NotVisible (404, the same
words as for an id that does not exist) or NotAllowed (403, with the reason). One condition on each
line, so that coverage shows the case that was forgotten.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Value

from care.cases.models import Case as Case  # what the doors hand out
from care.cases.models import Contribution, Participation
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.individuals.queries import BlockShown, ConsentShown
from care.sharing import policy, protected, rls
from care.sharing.models import AccessLog, EmergencySight, ProviderOf
from care.sharing.policy import EmergencyOpened
from care.sharing.policy import Ground as Ground
from care.sharing.policy import GroundKind as GroundKind
from care.sharing.policy import Reason as Reason
from tenants import agreements
from tenants.agreements import Agreement, InfoClass
from tenants.context import acting_for
from tenants.window import looking_into

ShownVersion = tuple[str, str, int]  # the kind of object, its identity, its version
SYSTEM = "Samplan"  # as StoreLog names the system
ABOUT_THE_LOG = ("review", "extract")  # looks at the log itself, and not at the case


class Denied(Exception):
    """A refusal, with what the access log needs to know of it."""

    def __init__(self, *, actor: Actor, common_id: UUID | None, reason: Reason) -> None:
        super().__init__(reason)
        self.actor = actor
        self.common_id = common_id
        self.reason = reason


class NotVisible(Denied):
    """The case does not exist for this actor."""


class NotAllowed(Denied):
    """The actor sees the case, but the role does not carry the right."""


class ReasonNeeded(Exception):
    """The person has protected identity, and whoever opens the case must say why first."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__(str(case_id))
        self.case_id = case_id


@dataclass(frozen=True)
class Seen:
    """One contribution as it is shown, and why it is."""

    owner: str
    info_class: str
    kind: str
    unit_id: str
    unit_name: str
    text: str
    author: str
    author_title: str
    at: datetime
    agreement: Agreement | None  # None: our own row
    ground: Ground | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Hidden:
    """What another huvudman may hold and we do not see, and why."""

    owner: str
    info_class: str
    reason: Reason


def case_for_reading(*, actor: Actor, case_id: UUID, at: datetime, activity: str = "read") -> Case:
    """Return a case that the actor's unit takes part in; the read is logged.

    :raises NotVisible: if there is none such for this actor
    :raises NotAllowed: if the role does not read cases
    :raises ReasonNeeded: if the person is protected, and the actor has not said why
    """
    with transaction.atomic(savepoint=False):
        case = _judged(actor, case_id, Permission.READ_CASE, lock=False, at=at)
        stated = _stated(actor, case, at=at)
        if stated == "":
            raise ReasonNeeded(case.pk)
        log(actor=actor, owner=actor.tenant, activity=activity, common_ids=[case.common_id],
            rows=1, at=at, shown=[_as_shown(case)], reason_text=stated or "")  # fmt: skip
        return case


def case_for_writing(*, actor: Actor, case_id: UUID, permission: Permission, at: datetime) -> Case:
    """Return a case, locked until the transaction ends, for one act.

    :raises NotVisible: if there is none such for this actor
    :raises NotAllowed: if the role does not carry the right
    """
    case = _judged(actor, case_id, permission, lock=True, at=at)
    log(actor=actor, owner=actor.tenant, activity="write", common_ids=[case.common_id],
        rows=1, at=at, shown=[_as_shown(case)],
        reason_text=_stated(actor, case, at=at) or "")  # fmt: skip
    return case


def case_for_emergency(
    *, actor: Actor, case_id: UUID, emergency_id: UUID | None, at: datetime
) -> Case:
    """Return a case, locked, for opening what others hold of it in an emergency; it is logged.

    :param emergency_id: None: nothing is opened yet, so that only who may is asked
    :raises NotVisible: if there is none such for this actor
    :raises NotAllowed: if the role does not carry the right, or the branch is no vårdgivare
    """
    case = _judged(
        actor, case_id, Permission.OPEN_EMERGENCY_ACCESS, lock=emergency_id is not None, at=at
    )
    decision = policy.emergency(role_permits=True, unit_takes_part=True, branch=actor.branch)
    if not decision.is_granted:
        raise NotAllowed(actor=actor, common_id=case.common_id, reason=decision.reason)
    if emergency_id:
        log(actor=actor, owner=actor.tenant, activity="emergency", common_ids=[case.common_id],
            rows=0, at=at, ground="emergency", emergency_id=emergency_id)  # fmt: skip
    return case


def refuse_unless_in_case(
    *, actor: Actor, case_id: UUID, permission: Permission, at: datetime
) -> None:
    """Let only through who may do something in a case, before a form is shown; nothing is read.

    :raises NotVisible: if there is no such case for this actor
    :raises NotAllowed: if the role does not carry the right
    """
    _judged(actor, case_id, permission, lock=False, at=at)


def case_judged(*, actor: Actor, case_id: UUID, permission: Permission, at: datetime) -> Case:
    """Return a case for what is said of its reading before anything of it is shown.

    :raises NotVisible: if there is no such case for this actor
    :raises NotAllowed: if the role does not carry the right
    """
    return _judged(actor, case_id, permission, lock=False, at=at)


def case_id_of(common_id: UUID) -> UUID:
    """Return the id of our own row of a case; the door that takes it judges who may use it."""
    case_id: UUID = Case.objects.values_list("pk", flat=True).get(common_id=common_id)
    return case_id


def own_case(common_id: UUID) -> Case | None:
    """Return our own row of a case, locked, for what arrives by letter or by the clock.

    No person reads anything here, so there is nobody to judge and nothing to log.
    """
    return (
        Case.objects.select_related("individual", "sending_unit")
        .select_for_update(of=("self",))
        .filter(common_id=common_id)
        .first()
    )


def cases_of(individual_id: UUID) -> list[Case]:
    """Return every case here of a person, locked, for what changes in all of them at once."""
    rows = Case.objects.select_related("individual", "sending_unit").filter(
        individual=individual_id
    )
    return list(rows.select_for_update(of=("self",)).order_by("id"))


def led_cases(*, actor: Actor, permission: Permission, at: datetime) -> list[Case]:
    """Return every open case that this huvudman leads, for who compares them with another list.

    No unit need take part: it is the huvudman's own list. The read is logged as one page.

    :raises NotAllowed: if the role does not carry the right
    """
    refuse_unless(actor, permission)
    with transaction.atomic(savepoint=False):
        open_ones = Case.objects.select_related("individual").filter(lead=acting_for())
        found = list(open_ones.filter(is_open=True).order_by("opened_at", "pk"))
        log(actor=actor, owner=actor.tenant, activity="list",
            common_ids=[it.common_id for it in found], rows=len(found), at=at)  # fmt: skip
        return found


def written_by_vardgivare(case: Case) -> list[tuple[str, str]]:
    """Return which units of the health care here have written of which information class.

    Nobody reads it: it is asked in an emergency, to answer that there is something.
    """
    rows = Contribution.objects.filter(common_id=case.common_id, branch=policy.HEALTH_CARE)
    return list(rows.order_by("unit_id").values_list("unit_id", "info_class").distinct())


def all_common_ids() -> list[UUID]:
    """Return the identity of every case here, for the rebuilding of what is computed."""
    return list(Case.objects.order_by("common_id").values_list("common_id", flat=True))


def every_case() -> Iterator[tuple[Case, tuple[Seen, ...]]]:
    """Yield every case here with what our own units have written in it, for the archive.

    One who leaves takes everything of its own; that it did is logged once, by the export.
    """
    here = acting_for()
    cases = Case.objects.select_related("individual", "sending_unit").order_by("opened_at", "id")
    for case in cases.iterator(chunk_size=100):
        rows = Contribution.objects.filter(common_id=case.common_id).order_by("at", "id")
        written: list[Shown] = list(rows.values_list(*SHOWN))
        yield case, tuple(Seen(here, *row, agreement=None) for row in written)


@dataclass(frozen=True)
class Running:
    """An open case here, by the ids that tell nothing of its person."""

    case_id: UUID
    common_id: UUID
    lead: str


def running_with(tenant: str) -> list[Running]:
    """Return the open cases here in which units of a huvudman take part, or that it leads.

    Nobody reads anything of them: it is asked before a huvudman leaves, and after.
    """
    part = Participation.objects.filter(case=OuterRef("pk"), tenant=tenant, until_at=None)
    cases = Case.objects.filter(Q(lead=tenant) | Exists(part), is_open=True).order_by("id")
    return [Running(*row) for row in cases.values_list("id", "common_id", "lead")]


def refuse_unless(actor: Actor, permission: Permission) -> None:
    """Let only a role with the right through, where there is no case yet.

    :raises NotAllowed: if the role does not carry it
    """
    if not actor.may(permission):
        raise NotAllowed(actor=actor, common_id=None, reason=Reason.NOT_IN_ROLE)


def contributions(
    *,
    actor: Actor,
    case: Case,
    parties: Mapping[str, Collection[str]],
    consents: Sequence[ConsentShown],
    blocks: Sequence[BlockShown],
    at: datetime,
) -> tuple[tuple[Seen, ...], tuple[Hidden, ...]]:
    """Return what each huvudman in a case has opened to us, and what is not; the read is logged.

    The reads and their log entries are one transaction: if an entry cannot be written, nothing is
    shown. One statement for each schema; no statement joins two of them. The agreement is asked
    again here, so that nothing is shown after its end even where a stamp is late. What an owner has
    blocked is as if it were not there: who has blocked is nobody's to know (2022:913 2 kap. 5 §).

    :param parties: the huvudmän whose units take part, and the branches of those units
    :param consents: everything that the person has answered in the case, the newest first
    :param blocks: every block of the person here
    """
    holding = rls.holding(consents)
    with transaction.atomic(savepoint=False):
        opened = emergencies_of(actor, case.common_id, at=at)
        seen, hidden = _own(case, actor, holding, rls.placed(blocks), opened, at)
        others = {it: parties[it] for it in sorted(parties) if it != actor.tenant}
        in_force = agreements.in_force(actor.tenant, at=at) if others else ()
        lines = []
        for owner, branches in others.items():
            decisions = {
                (branch, info_class): policy.direct_access(
                    branch=branch,
                    info_class=info_class,
                    viewer=actor.tenant,
                    viewer_branches=[actor.branch],
                    agreements=[it for it in in_force if owner in it.parties],
                    consents=holding,
                    emergencies=[opened[owner]] if owner in opened else (),
                    at=at,
                )
                for branch in sorted(policy.WITHIN_2022_913.union(branches))
                for info_class in agreements.InfoClass
            }
            hidden += _refused(owner, branches, decisions)
            rows = _abroad(owner, case.common_id, decisions)
            seen += rows
            for ground in sorted({it.ground for it in decisions.values() if it.ground}, key=str):
                read = sum(1 for it in rows if it.ground == ground)
                lines.append(
                    _line(actor=actor, owner=owner, common_ids=[case.common_id], rows=read, at=at,
                          channel="B", shown=[_as_shown(case)], **_logged(ground))
                )  # fmt: skip
        lines += _lines_of_inner(actor, case, seen, at)
        AccessLog.objects.bulk_create(lines)
        return tuple(sorted(seen, key=lambda it: (it.at, it.unit_id))), tuple(hidden)


# By branch and information class.
Decisions = Mapping[tuple[str, InfoClass], policy.DirectAccess]


def _refused(owner: str, branches: Collection[str], decisions: Decisions) -> list[Hidden]:
    """Return what the units of an owner that take part may hold and we may not read."""
    found = {
        Hidden(owner, info_class, it.reason): None
        for (branch, info_class), it in decisions.items()
        if branch in branches and it.reason is not Reason.GRANTED
    }
    return list(found)


def _logged(ground: Ground) -> dict[str, Any]:
    """Return what the access log says of a read on some ground."""
    in_emergency = ground.kind is GroundKind.EMERGENCY
    return {
        "activity": "emergency" if in_emergency else "read",
        "ground": str(ground.kind),
        "ground_id": ground.id,
        "emergency_id": ground.id if in_emergency else None,
    }


def _lines_of_inner(
    actor: Actor, case: Case, seen: Sequence[Seen], at: datetime
) -> list[AccessLog]:
    """Return the entry of a read of our own rows past an inner block (PDL 4 kap. 5 §)."""
    past = [it.ground for it in seen if it.owner == actor.tenant and it.ground]
    return [
        _line(actor=actor, owner=actor.tenant, common_ids=[case.common_id], rows=len(past), at=at,
              shown=[_as_shown(case)], **_logged(ground))
        for ground in past[:1]
    ]  # fmt: skip


def emergencies_of(actor: Actor, common_id: UUID, *, at: datetime) -> Mapping[str, EmergencyOpened]:
    """Return by owner what somebody may read now of a case in an emergency.

    It is for those of the unit that opened it whose role carries the right, and for nobody else.
    """
    if not policy.emergency(
        role_permits=actor.may(Permission.OPEN_EMERGENCY_ACCESS),
        unit_takes_part=True,
        branch=actor.branch,
    ).is_granted:
        return {}
    sights = EmergencySight.objects.filter(
        access__common_id=common_id,
        access__reader=actor.tenant,
        access__unit_id=actor.unit_id,
        access__closes_at__gt=at,
        read_at__isnull=False,
    )
    rows = sights.order_by("access__closes_at").values_list(
        "owner", "access_id", "access__closes_at"
    )
    return {
        owner: EmergencyOpened(access_id, actor.tenant, closes_at)
        for owner, access_id, closes_at in rows
        if closes_at  # always: it is filtered by
    }


def log(
    *,
    actor: Actor,
    owner: str,
    activity: str,
    common_ids: Iterable[UUID],
    rows: int,
    at: datetime,
    reason: Reason = Reason.GRANTED,
    shown: Sequence[ShownVersion] = (),
    ground: str = "",
    emergency_id: UUID | None = None,
    reason_text: str = "",
) -> None:
    """Write down who went through a door, in the transaction of what was done there.

    :param shown: what was shown, and in which version, so that it can be told later
    :param reason_text: why, as whoever opens the case of a protected person has stated it
    """
    line = _line(
        actor=actor,
        owner=owner,
        activity=activity,
        common_ids=common_ids,
        rows=rows,
        at=at,
        reason=reason,
        shown=shown,
        ground=ground,
        emergency_id=emergency_id,
        reason_text=reason_text,
    )
    AccessLog.objects.bulk_create([line])


def _line(
    *,
    actor: Actor,
    owner: str,
    activity: str,
    common_ids: Iterable[UUID],
    rows: int,
    at: datetime,
    channel: str = "",
    ground: str = "",
    ground_id: UUID | None = None,
    emergency_id: UUID | None = None,
    reason: Reason = Reason.GRANTED,
    shown: Sequence[ShownVersion] = (),
    reason_text: str = "",
) -> AccessLog:
    return AccessLog(
        owner_provider=ProviderOf(Value(owner)),
        staff_provider=ProviderOf(Value(actor.tenant)),
        staff_hsa_id="" if actor.is_protected else actor.hsa_id,
        level="direct_access" if channel == "B" else "own",
        decision="granted" if reason is Reason.GRANTED else "denied",
        ground_id=ground_id,
        shown=list(shown) or None,
        system=SYSTEM,
        client=actor.via.client,
        ip=actor.via.ip,
        device=actor.via.device,
        request_id=actor.via.request_id,
        start_at=actor.via.start_at,
        owner=owner,
        activity=activity,
        common_ids=[str(it) for it in common_ids],
        staff_id=actor.staff_id,
        # Whose rows were read may read the line where it lies; who it was the id tells at home.
        staff_name=actor.name if owner == actor.tenant else actor.name_abroad,
        assignment_id=actor.assignment_id,
        title=actor.title,
        unit_id=actor.unit_id,
        unit_name=actor.unit_name,
        purpose=actor.purpose,
        channel=channel,
        ground=ground,
        reason=reason,
        reason_text=reason_text,
        rows=rows,
        emergency_id=emergency_id,
        at=at,
    )


def _stated(actor: Actor, case: Case, *, at: datetime) -> str | None:
    """Return why the actor opens the case; empty: not stated; None: it need not be."""
    if not case.individual.protection:
        return None
    return protected.stated(case.common_id, assignment_id=actor.assignment_id, at=at)


def _as_shown(case: Case) -> ShownVersion:
    return ("case", str(case.common_id), case.version)


def log_denial(denied: Denied, *, at: datetime) -> None:
    """Write down a refusal, after the transaction that it undid (R12)."""
    common_ids = [denied.common_id] if denied.common_id else []
    log(actor=denied.actor, owner=denied.actor.tenant, activity="denied", common_ids=common_ids,
        rows=0, at=at, reason=denied.reason)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One line of the access log, as those who work with the case see it."""

    at: datetime
    tenant: str
    unit_name: str
    staff_name: str
    title: str
    activity: str
    channel: str


def readings(*, case: Case, limit: int = 100) -> Sequence[Reading]:
    """Return who has read the case here, the newest first.

    Not that the log has been reviewed or given out: whoever is reviewed would be the first to know.
    """
    rows = AccessLog.objects.filter(common_ids__contains=[str(case.common_id)]).exclude(
        activity__in=ABOUT_THE_LOG
    )
    here = acting_for()
    return [
        Reading(at, here, *who)
        for at, *who in rows.order_by("-at", "-id").values_list(
            "at", "unit_name", "staff_name", "title", "activity", "channel"
        )[:limit]
    ]


def _judged(
    actor: Actor, case_id: UUID, permission: Permission, *, lock: bool, at: datetime
) -> Case:
    unit = Participation.objects.filter(case=OuterRef("pk"), unit=actor.unit_id, until_at=None)
    cases = Case.objects.select_related("individual", "sending_unit").annotate(
        unit_takes_part=Exists(unit)
    )
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.filter(pk=case_id).first()
    if case is None:
        raise NotVisible(actor=actor, common_id=None, reason=Reason.UNIT_TAKES_NO_PART)
    decision = policy.decide(
        role_permits=actor.may(permission),
        unit_takes_part=case.unit_takes_part,
        is_on_list=not case.individual.protection
        or protected.is_on_list(case.common_id, actor=actor, at=at),
    )
    if decision.reason in (Reason.UNIT_TAKES_NO_PART, Reason.NOT_ON_LIST):
        raise NotVisible(actor=actor, common_id=case.common_id, reason=decision.reason)
    if not decision.is_granted:
        raise NotAllowed(actor=actor, common_id=case.common_id, reason=decision.reason)
    return case


# In the order of Seen: information class, act, unit, its name, text, author, title, when.
SHOWN = ("info_class", "kind", "unit_id", "unit_name", "text", "author", "author_title", "at")
Shown = tuple[str, str, str, str, str, str, str, datetime]


def _own(
    case: Case,
    actor: Actor,
    consents: Sequence[policy.ConsentGiven],
    blocks: Sequence[policy.BlockPlaced],
    opened: Mapping[str, EmergencyOpened],
    at: datetime,
) -> tuple[list[Seen], list[Hidden]]:
    """Return what our own units have written, as far as the actor's unit may read it."""
    here = acting_for()
    rows = Contribution.objects.filter(common_id=case.common_id).order_by("at", "id")
    seen: list[Seen] = []
    hidden: set[Hidden] = set()
    for it in rows.values_list(*SHOWN, "branch"):
        row: Shown = it[:-1]
        judge = partial(
            policy.within_huvudman,
            reader=actor.branch,
            reader_unit=actor.unit_id,
            branch=it[-1],
            unit=row[2],
            info_class=row[0],
            huvudman=actor.tenant,
            consents=consents,
            blocks=blocks,
            at=at,
        )
        reason = judge()
        ground = None
        if reason is Reason.INNER_BLOCK and here in opened:
            reason = judge(inner_is_lifted=True)
            emergency = opened[here]
            ground = Ground(GroundKind.EMERGENCY, emergency.id, emergency.expires_at)
        if reason is Reason.GRANTED:
            closes_at = ground.expires_at if ground else None
            seen.append(Seen(here, *row, agreement=None, ground=ground, closes_at=closes_at))
        elif reason is not Reason.BLOCKED:  # that a branch has blocked is told to no other
            hidden.add(Hidden(here, row[0], reason))
    return seen, sorted(hidden, key=lambda it: (it.info_class, it.reason))


def _abroad(owner: str, common_id: UUID, decisions: Decisions) -> list[Seen]:
    """Return the rows of an owner that are open to us, each with the decision that lets us read."""
    allowed = {key: it for key, it in decisions.items() if it.reason is Reason.GRANTED}
    if not allowed:
        return []
    with looking_into(owner):
        rows = Contribution.objects.filter(
            common_id=common_id, info_class__in={info_class for _, info_class in allowed}
        )
        found = list(rows.order_by("at", "id").values_list(*SHOWN, "branch"))
    seen = []
    for it in found:
        row: Shown = it[:-1]
        decision = allowed.get((it[-1], InfoClass(row[0])))
        if decision:
            seen.append(Seen(owner, *row, decision.agreement, decision.ground, decision.closes_at))
    return seen
