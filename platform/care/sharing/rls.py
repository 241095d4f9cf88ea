"""Writing the decision on the rows, where row-level security finds it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import product
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, JSONField, Q, TextField, Value
from django.db.models.functions import Cast

from care.cases.models import Case
from care.individuals import queries as individuals
from care.individuals.models import Block, Consent
from care.individuals.queries import BlockShown, ConsentShown
from care.sharing import policy
from care.sharing.models import EmergencySight, Opening, Stamped
from care.sharing.policy import BlockPlaced, EmergencyOpened
from tenants import agreements, isolation
from tenants.agreements import Agreement
from tenants.context import acting_for
from tenants.rows import SHAREABLE

Stamp = dict[str, str]

FIRST = UUID(int=0)  # before every case
# The rules by which rows are stamped: other rules, and every case is decided anew.
RULES = "by branch, ground and block"
AT_ONCE = 100  # cases, before it is asked again which agreements are in force


def stamp(common_id: UUID, info_class: str, branch: str, *, at: datetime) -> Stamp:
    """Return who may read a new row of a case, and until when.

    The openings are locked until the row is committed: whoever closes them meanwhile waits, and
    then finds the row that was born with them.
    """
    if branch not in policy.WITHIN_2022_913:
        return {}
    running = Opening.objects.select_for_update().filter(
        common_id=common_id, branch=branch, info_class=info_class, closes_at__gt=at
    )
    return _stamp(running)


def _stamp(openings: Iterable[Opening]) -> Stamp:
    return {it.viewer: it.closes_at.astimezone(UTC).isoformat() for it in openings}


def restamp(case: Case, *, at: datetime, in_force: Sequence[Agreement] | None = None) -> None:
    """Decide anew who may read a case, and bring every row in line. Call it after any change.

    The lock on the case orders this against whoever is adding a row, who takes the same lock before
    reading the decisions. Without it, a row added with a stamp read before a withdrawal would stay
    open after it.

    :param in_force: the agreements that name us, where many cases are restamped at once
    """
    Case.objects.select_for_update().get(pk=case.pk)
    openings = _openings(case, in_force, at=at)
    known = Opening.objects.filter(common_id=case.common_id)
    if {it.key for it in known} != {it.key for it in openings}:
        known.delete()
        Opening.objects.bulk_create(openings)
    for model in shareable():
        # Rows of other branches are born closed and stay so.
        rows = model._default_manager.filter(
            common_id=case.common_id, branch__in=policy.WITHIN_2022_913
        )
        told = rows.values_list("pk", "branch", "info_class", "open_to")
        for pk, branch, info_class, open_to in list(told):
            about = branch, info_class
            wanted = _stamp(it for it in openings if (it.branch, it.info_class) == about)
            if wanted != open_to:
                rows.filter(pk=pk).update(open_to=wanted)


def close_to(viewers: Iterable[str]) -> None:
    """Close every row at home to some huvudmän, in one statement for each shareable table."""
    # Whoever is following the agreements as they were opens nothing after us.
    Stamped.objects.filter(pk=1).update(following="")
    for viewer in viewers:
        Opening.objects.filter(viewer=viewer).delete()
        for model in shareable():
            model._default_manager.filter(open_to__has_key=viewer).update(
                open_to=Func(
                    F("open_to"),
                    Cast(Value(viewer), TextField()),
                    template="%(expressions)s",
                    arg_joiner=" - ",
                    output_field=JSONField(),
                )
            )


def follow_agreements(*, at: datetime) -> int:
    """Restamp some of what is at home when other agreements are in force; return how many cases.

    Every case with a consent is decided anew, also one without rows yet: its openings are what its
    first row will be born with; and so is one that is open in an emergency. Each is a transaction
    of its own, in the order of their ids: nobody waits for more than one of them, nor we while we
    hold another, and whoever is cut short goes on from there. Call it until it returns 0.
    """
    print_now = agreements_print(at=at)
    stamped, _ = Stamped.objects.get_or_create(pk=1)
    if stamped.agreements == print_now:
        return 0
    if stamped.following != print_now:
        Stamped.objects.filter(pk=1).update(following=print_now, followed=FIRST)
    in_force = agreements.in_force(acting_for(), at=at)
    done = 0
    while done < AT_ONCE and _follow_in_next(print_now, in_force, at=at):
        done += 1
    return done


@transaction.atomic
def _follow_in_next(print_now: str, in_force: Sequence[Agreement], *, at: datetime) -> bool:
    """Restamp the next case; tell whether there was one."""
    stamped = Stamped.objects.select_for_update().get(pk=1)
    if stamped.following != print_now:
        return False  # another worker has done the rest, or others are in force meanwhile
    consented = Consent.objects.filter(type=Consent.Type.COORDINATED_RECORD).values("common_id")
    emergency = _running(at=at).values("access__common_id")
    waiting = Case.objects.filter(
        Q(common_id__in=consented) | Q(common_id__in=emergency), id__gt=stamped.followed
    )
    case = waiting.order_by("id").first()
    if case is None:
        Stamped.objects.filter(pk=1).update(agreements=print_now, following="")
        return False
    restamp(case, at=at, in_force=in_force)
    Stamped.objects.filter(pk=1).update(followed=case.pk)
    return True


def agreements_print(*, at: datetime) -> str:
    """Return what tells one standing of the agreements that name us from any other.

    An agreement's state goes only forward, so a print never comes back: one that was signed and
    ended since we last looked shows, and so does a period that has begun or run out. What is in
    force is told apart: a version that leaves us out ends ours without changing its state.
    """
    me = acting_for()
    known = sorted((it.text_hash, it.state(at)) for it in agreements.concerning(me))
    in_force = sorted(it.text_hash for it in agreements.in_force(me, at=at))
    return sha256(repr((RULES, known, in_force)).encode()).hexdigest()


def holding(consents: Sequence[ConsentShown]) -> list[policy.ConsentGiven]:
    """Return what holds of the consents to direct access in a case: the person's last word.

    Letters may bring answers of several huvudmän in any order. The newest answer counts, unless any
    of them has been withdrawn since.

    :param consents: everything that has been answered in the case, the newest first
    """
    answers = [it for it in consents if it.type == Consent.Type.COORDINATED_RECORD]
    withdrawn = [it.withdrawn_at for it in answers if it.withdrawn_at]
    return [
        policy.ConsentGiven(
            id=it.id,
            value=it.value,
            info_classes=frozenset(it.info_classes),
            recipients=frozenset(it.recipients),
            valid_from=it.valid_from,
            expires_at=it.expires_at,
            withdrawn_at=it.withdrawn_at,
            is_clarified=it.is_clarified,
        )
        for it in answers[:1]
        if all(it.valid_from >= moment for moment in withdrawn)
    ]


def placed(blocks: Sequence[BlockShown]) -> list[BlockPlaced]:
    """Return the blocks that run."""
    return [
        BlockPlaced(
            is_inner=it.type == Block.Type.INNER_BLOCK,
            branch=it.branch,
            unit_id=it.unit_id,
            info_classes=frozenset(it.info_classes),
        )
        for it in blocks
        if it.lifted_at is None
    ]


def emergencies(common_id: UUID, *, at: datetime) -> list[EmergencyOpened]:
    """Return what others read here of a case in an emergency that runs."""
    rows = _running(at=at).filter(access__common_id=common_id).order_by("access")
    return [
        EmergencyOpened(*it)
        for it in rows.values_list("access_id", "access__reader", "access__closes_at")
    ]


def _running(*, at: datetime) -> Any:
    return EmergencySight.objects.filter(
        owner=acting_for(), read_at__isnull=False, access__closes_at__gt=at
    )


@dataclass(frozen=True)
class Known:
    """What is known of a case at home, from which it is decided who may read it."""

    common_id: UUID
    units: Mapping[str, str]  # of each huvudman that takes part, a unit that does
    branches: Mapping[str, frozenset[str]]  # of the units of each that take part
    consents: Sequence[ConsentShown]  # everything that has been answered, the newest first
    blocks: Sequence[BlockShown] = ()
    emergencies: Sequence[EmergencyOpened] = ()


Seat = tuple[str, str, str]  # huvudman, unit, branch


def seated(seats: Iterable[Seat]) -> tuple[Mapping[str, str], Mapping[str, frozenset[str]]]:
    """Return of each huvudman the unit that came first, and the branches of all of its units."""
    units: dict[str, str] = {}
    branches: dict[str, set[str]] = defaultdict(set)
    for tenant, unit_id, branch in seats:
        units.setdefault(tenant, unit_id)
        branches[tenant].add(branch)
    return units, {it: frozenset(found) for it, found in branches.items()}


def _openings(case: Case, in_force: Sequence[Agreement] | None, *, at: datetime) -> list[Opening]:
    consents = individuals.consents(case.common_id)
    opened = emergencies(case.common_id, at=at)
    if not holding(consents) and not opened:
        return []
    if in_force is None:
        in_force = agreements.in_force(acting_for(), at=at)
    rows = case.participations.filter(until_at=None).order_by("from_at", "id")
    units, branches = seated(rows.values_list("tenant", "unit_id", "unit__branch"))
    blocks = individuals.blocks(case.individual_id)
    known = Known(case.common_id, units, branches, consents, blocks, opened)
    return openings(known, in_force=in_force, at=at)


def openings(known: Known, *, in_force: Sequence[Agreement], at: datetime) -> list[Opening]:
    """Return who may read what of a case, decided and not written.

    :param in_force: the agreements that name us
    """
    held, blocks, me = holding(known.consents), placed(known.blocks), acting_for()
    made = []
    for viewer, branches in sorted(known.branches.items()):
        if viewer == me:
            continue
        agreed = [it for it in in_force if viewer in it.parties]
        # Rows of a branch outside the Act are born closed and stay so.
        for branch, info_class in product(sorted(policy.WITHIN_2022_913), agreements.InfoClass):
            decision = policy.direct_access(
                branch=branch,
                info_class=info_class,
                viewer=viewer,
                viewer_branches=branches,
                agreements=agreed,
                consents=held,
                blocks=blocks,
                emergencies=known.emergencies,
                at=at,
            )
            if decision.closes_at and decision.agreement and decision.ground:
                made.append(
                    Opening(
                        common_id=known.common_id,
                        viewer=viewer,
                        branch=branch,
                        info_class=info_class,
                        closes_at=decision.closes_at,
                        agreement=decision.agreement.id,
                        agreement_version=decision.agreement.version,
                        ground=decision.ground.kind,
                        ground_id=decision.ground.id,
                        unit_id=known.units[viewer],
                    )
                )
    return made


def shareable() -> list[Any]:
    """Return the models whose rows can be opened; each has common_id, info_class and branch."""
    return [model for model in isolation.tenant_models() if isolation.kind_of(model) is SHAREABLE]
