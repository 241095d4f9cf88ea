"""Background work (decision 25): fetching, deadlines, restamping. Safe to kill and to run twice.

Each function is a Celery task, and knows no broker: the loop `samplan work` runs them in process.
The rows are the truth. Nothing rings after a commit yet; the next round finds what was written.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from celery import shared_task

from care.cases import operations as cases
from care.cases.operations import Deadline, Doer
from care.identity import attempts, drafts, sessions
from care.inbox import delivery, emergencies, leaving, operations, projections
from care.inbox.models import Delivery
from care.sharing import access, rls, sealing
from care.sharing.access import Case
from care.sharing.policy import HEALTH_CARE
from tenants import agreements, clock, idempotency, pace, registry
from tenants.context import acting_as, acting_for
from tenants.models import Tenant

logger = logging.getLogger(__name__)


@shared_task
def fetch(*, recipient: str, sender: str) -> int:
    """Fetch, for one huvudman, what another has sent; return how many letters were new."""
    with acting_as(recipient):
        return delivery.fetch(sender=sender, at=clock.moment())


@shared_task
def act_on_deadlines(*, tenant: str) -> int:
    """Act on every deadline of a huvudman whose time is up; return how many there were."""
    with acting_as(tenant):
        return act_on_due(at=clock.moment())


@shared_task
def follow_agreements(*, tenant: str) -> int:
    """Restamp what a huvudman holds when an agreement has changed; return how many cases were."""
    done = 0
    with acting_as(tenant):
        while some := rls.follow_agreements(at=clock.moment()):
            done += some
    return done


@shared_task
def follow_departures(*, tenant: str) -> int:
    """Let the part of every huvudman that has left end in the cases here; return how many did."""
    with acting_as(tenant):
        return sum(leaving.end_part(of=it, at=clock.moment()) for it in leaving.departed())


@shared_task
def forget(*, tenant: str) -> int:
    """Remove, for one huvudman, the notes by which nothing takes effect twice, once they are old.

    So are ways to sign in that are over, and drafts that nobody has come back to.

    What a letter or a form has led to is rows of its case, and stays.
    """
    with acting_as(tenant):
        at = clock.moment()
        return (
            delivery.forget(at=at)
            + idempotency.forget(at=at)
            + attempts.forget(at=at)
            + sessions.forget(at=at)
            + drafts.forget()
            + pace.forget()
        )


@shared_task
def seal(*, tenant: str, is_whole: bool = False) -> int:
    """Seal the logs of a huvudman; return how many rows were sealed.

    :param is_whole: look for rows that were passed by, too
    """
    with acting_as(tenant):
        return sealing.seal(at=clock.moment(), is_whole=is_whole)


@shared_task
def witness(*, tenant: str) -> int:
    """Copy, for a huvudman, the checkpoints that it witnesses; return how many were new."""
    with acting_as(tenant):
        return sealing.witness(at=clock.moment())


def work_alone(tenant: str) -> int:
    """Do one round for a huvudman whose process acts for nobody else; return how much was done.

    Its own letters are fetched by the others' processes; it asks each of them for its own.
    """
    done: int = follow_agreements(tenant=tenant) + follow_departures(tenant=tenant)
    done += act_on_deadlines(tenant=tenant)
    with acting_as(tenant):
        senders = registry.kin_names()
    for sender in senders:
        if sender != tenant:
            done += fetch(recipient=tenant, sender=sender)
    return done


@dataclass
class Seen:
    """What the loop remembers of a huvudman from round to round; nothing is lost without it."""

    horizon: int = 0  # how far its outbox has been looked at
    agreements: str = ""  # agreements.change_tag, when they were followed last
    departed: frozenset[str] = frozenset()  # whose parts have been ended


def work(tenants: Iterable[str], memory: dict[str, Seen]) -> int:
    """Do one round for some huvudmän; return how much was done.

    Letters go first: somebody waits for them. A recipient whose fetch fails keeps nothing from the
    others; what failed is raised at the end and asked for again in the next round.

    :param memory: kept from round to round; an empty one asks everything, as at the start and
        nightly
    """
    done = 0
    with acting_as("public"):
        departed = leaving.departed()
    for tenant in tenants:
        seen = memory.setdefault(tenant, Seen())
        with acting_as(tenant):
            recipients, horizon = delivery.recipients_since(horizon=seen.horizon)
        faults: list[Exception] = []
        fetched = 0
        for recipient in recipients:
            try:
                fetched += fetch(recipient=recipient, sender=tenant)
            except Exception as fault:  # the others' letters, and our own deadlines, come first
                faults.append(fault)
        done += fetched
        with acting_as(tenant):
            tag = agreements.change_tag(at=clock.moment())
            if tag != seen.agreements:
                done += follow_agreements(tenant=tenant)
                seen.agreements = tag
            if departed != seen.departed:
                done += follow_departures(tenant=tenant)
                seen.departed = departed
            done += act_on_deadlines(tenant=tenant)
        if faults:
            raise faults[0]
        if not fetched:  # a recipient may have taken a part of many letters: ask it once more
            seen.horizon = horizon
    return done


def drain() -> None:
    """Work until nothing is left: what tests and a shutdown call."""
    names = all_tenants()
    memory: dict[str, Seen] = {}
    while work(names, memory):
        pass


def all_tenants() -> list[str]:
    """Return the schema of every huvudman, training ones too."""
    with acting_as("public"):
        return list(Tenant.objects.order_by("schema_name").values_list("schema_name", flat=True))


def act_on_due(*, at: datetime) -> int:
    """Act, for the huvudman for whom we act, on every deadline whose time is up."""
    acted = 0
    while cases.act_on_next_deadline(at=at, act=partial(_time_is_up, at=at)):
        acted += 1
    return acted


def _time_is_up(deadline: Deadline, *, at: datetime) -> None:
    """Note that a deadline has passed; a message that nobody took on goes to who takes over."""
    case = access.own_case(deadline.case.common_id)
    assert case is not None
    system = Doer(acting_for())
    cases.record(
        case,
        act="deadline_passed",
        by=system,
        at=at,
        body={
            "rule": deadline.rule,
            "key": deadline.key,
            "unit_id": deadline.unit_id,
            "due_at": deadline.due_at.isoformat(),
            **({"branch": HEALTH_CARE} if deadline.rule in emergencies.OF_VARDGIVARE else {}),
        },
    )
    if deadline.message_id:
        _escalate(case, deadline, system, at)
    emergencies.time_is_up(deadline, at=at)
    projections.refresh(case, at=at)


def _escalate(case: Case, deadline: Deadline, system: Doer, at: datetime) -> None:
    waiting = (
        Delivery.objects.select_related("message")
        .filter(message=deadline.message_id, unit_id=deadline.unit_id)
        .first()
    )
    successor = operations.successor_of(deadline.unit_id)
    if waiting is None or successor is None:
        return
    try:
        operations.pass_on(case, waiting, to_unit=successor, by=system, at=at)
    except (operations.NoReceiver, operations.TakenBefore):
        # Taken on in the same moment, or the successor has left: the row stays overdue and seen.
        logger.warning("deadline %s could not be passed on", deadline.pk)
