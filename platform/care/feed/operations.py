"""Webhooks: made and changed by a machine client, and filled with what happens.

A row is the truth: what has to be sent is a delivery that is due, and when it was sent is written
on it. So a worker may be killed at any time, and two may run. Nothing here calls anybody; whoever
does claims a delivery, calls without a transaction, and records what came of it.
"""

import base64
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from care.cases import happened
from care.cases.happened import Happened, Position
from care.feed import queries, subscriptions
from care.feed.models import Webhook, WebhookDelivery
from care.feed.subscriptions import Subscription
from care.feed.types import TYPES
from care.identity import clients
from care.identity import queries as identity
from care.identity.actors import NOT_ASKED, Actor
from care.identity.permissions import Permission
from care.sharing import access

# How long after each attempt the next one is made, as Standard Webhooks 1.0 recommends: nine
# attempts in a day. Then a delivery is given up, and waits for the client to ask for it again.
BACK_OFF = tuple(timedelta(seconds=it) for it in (5, 60, 300, 1800, 7200, 18000, 28800, 28800))
# Whoever has claimed a delivery has so long to tell what came of it: longer than any call lasts.
LEASE = timedelta(seconds=60)
BOTH_SIGN = timedelta(hours=24)  # after a rotation, so that the receiver need not change at once
KEPT = timedelta(days=60)  # deliveries that are over
SLACK = timedelta(hours=1)  # for what was begun before a webhook was made, and committed after it
MOST_WEBHOOKS = 10  # of a client at a unit
LONGEST_URL = 500
PART = 500  # events of one transaction
VIA = replace(NOT_ASKED, client="webhook")


class TooManyWebhooks(Exception):
    """The client has as many at the unit as it may have."""


class BadTypes(Exception):
    """Some of the types are no acts that are recorded."""

    def __init__(self, types: Collection[str]) -> None:
        super().__init__(", ".join(sorted(types)))


class BadAddress(Exception):
    """The address is longer than one may be."""


class Stale(Exception):
    """The webhook has been changed since the version that the change is for."""


class NoSuchDelivery(Exception):
    """There is no such delivery of the webhook."""


@dataclass(frozen=True)
class Secret:
    """Hemlighet: what signs, shown once, when it is made."""

    webhook: Subscription
    secret: str


@dataclass(frozen=True)
class Claimed:
    """A delivery that one worker has until its lease ends, with all that a call needs."""

    delivery_id: UUID
    webhook_id: UUID
    attempt: int
    url: str
    secrets: tuple[str, ...]
    event_id: int
    type: str
    case_id: UUID
    message_id: UUID | None
    unit_id: str
    happened_at: datetime


@dataclass(frozen=True)
class Outcome:
    """What came of a call: an HTTP status, or in a word why there was none."""

    status: str

    @property
    def is_taken(self) -> bool:
        """Tell whether the receiver has taken it."""
        return len(self.status) == 3 and self.status.startswith("2")

    @property
    def is_gone(self) -> bool:
        """Tell whether the receiver wants no more calls."""
        return self.status == "410"


@transaction.atomic
def subscribe(
    *,
    actor: Actor,
    client: str,
    url: str,
    types: Collection[str] = (),
    after: str = "",
    refuse: Callable[[str], None],
    at: datetime,
) -> Secret:
    """Let an address be called for what happens in the cases of the actor's unit.

    :param types: acts; empty: all of them
    :param after: a cursor of the feed, from which on; empty: from now on
    :param refuse: raises where an address may not be called (`integrations.webhooks`)
    :raises access.NotAllowed: if the role reads neither cases nor the inbox
    :raises BadTypes: if a type is no act
    :raises queries.BadCursor: if the cursor is none of ours
    :raises TooManyWebhooks: if the client has as many as it may have
    """
    queries.refuse_unless_reader(actor)
    _refuse_address(url, refuse)
    position = queries.read_cursor(after) if after else happened.end()
    if subscriptions.of(client, actor.unit_id).count() >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    row = Webhook.objects.create(
        client=client,
        assignment_id=actor.assignment_id,
        unit_id=actor.unit_id,
        url=url,
        event_types=_known(types),
        secret=_new_secret(),
        created_at=at,
        transaction=position.transaction,
        number=position.number,
    )
    return Secret(subscriptions.shown(row), row.secret)


@transaction.atomic
def change(
    *,
    actor: Actor,
    client: str,
    webhook_id: UUID,
    version: int,
    url: str,
    types: Collection[str],
    is_enabled: bool,
    refuse: Callable[[str], None],
    at: datetime,
) -> Subscription:
    """Change a webhook, switch it off, or on again: it goes on from where it was.

    :param version: that the client has read
    :raises subscriptions.NoSuchWebhook: if the client has none such at the unit
    :raises Stale: if it has been changed since
    :raises access.NotAllowed: if the role reads neither cases nor the inbox
    :raises BadTypes: if a type is no act
    """
    queries.refuse_unless_reader(actor)
    row = _locked(actor, client, webhook_id, version)
    _refuse_address(url, refuse)
    row.url, row.event_types = url, _known(types)
    # Whoever changes it answers for it from now on.
    row.assignment_id = actor.assignment_id
    if is_enabled:
        row.disabled_at, row.disabled_because = None, ""
    elif row.disabled_at is None:
        row.disabled_at, row.disabled_because = at, Webhook.Why.BY_CLIENT
    row.version += 1
    row.save()
    return subscriptions.shown(row)


@transaction.atomic
def remove(*, actor: Actor, client: str, webhook_id: UUID, version: int) -> None:
    """Remove a webhook with everything that waits for it.

    :raises subscriptions.NoSuchWebhook: if the client has none such at the unit
    :raises Stale: if it has been changed since
    """
    _locked(actor, client, webhook_id, version).delete()


@transaction.atomic
def rotate_secret(
    *, actor: Actor, client: str, webhook_id: UUID, version: int, at: datetime
) -> Secret:
    """Give a webhook a new secret; for a day the former one signs too.

    :raises subscriptions.NoSuchWebhook: if the client has none such at the unit
    :raises Stale: if it has been changed since
    """
    row = _locked(actor, client, webhook_id, version)
    row.former_secret, row.former_until = row.secret, at + BOTH_SIGN
    row.secret = _new_secret()
    row.version += 1
    row.save()
    return Secret(subscriptions.shown(row), row.secret)


@transaction.atomic
def resend(*, actor: Actor, client: str, webhook_id: UUID, delivery_id: UUID, at: datetime) -> None:
    """Send one delivery again, with the same id, whatever has become of it.

    :raises subscriptions.NoSuchWebhook: if the client has none such at the unit
    :raises NoSuchDelivery: if the webhook has none such
    """
    webhook = subscriptions.find(actor, client, webhook_id)
    if not _make_due(webhook.deliveries.filter(pk=delivery_id), at=at):
        raise NoSuchDelivery


@transaction.atomic
def resend_since(*, actor: Actor, client: str, webhook_id: UUID, after: str, at: datetime) -> int:
    """Send everything since a cursor again; return how many deliveries there were already.

    What has none yet, because it was of another type then or older than the webhook, gets one.

    :raises subscriptions.NoSuchWebhook: if the client has none such at the unit
    :raises queries.BadCursor: if the cursor is none of ours
    """
    position = queries.read_cursor(after)
    row = _locked(actor, client, webhook_id)
    if position < Position(row.transaction, row.number):
        row.transaction, row.number = position.transaction, position.number
        row.told_before = None
        row.save(update_fields=["transaction", "number", "told_before"])
    later = row.deliveries.filter(transaction__gte=position.transaction).exclude(
        transaction=position.transaction, event_id__lte=position.number
    )
    return _make_due(later, at=at)


def pump(*, at: datetime) -> int:
    """Turn what has happened into deliveries, for every live webhook; return how many there are."""
    done = 0
    for pk in Webhook.objects.filter(disabled_at=None).values_list("pk", flat=True):
        has_more = True
        while has_more:
            made, has_more = _fill(pk, at=at)
            done += made
    return done


def claim(*, besides: Collection[UUID] = (), at: datetime) -> Claimed | None:
    """Take the next delivery that is due; nobody else gets it before the lease has ended.

    What its webhook may no longer know of is dropped instead.

    :param besides: webhooks whose receivers do not take anything just now
    """
    while True:
        with transaction.atomic():
            row = (
                WebhookDelivery.objects.select_related("webhook")
                .select_for_update(of=("self",), skip_locked=True)
                .filter(due_at__lte=at, webhook__disabled_at=None)
                .exclude(webhook__in=besides)
                .order_by("due_at", "transaction", "event_id")
                .first()
            )
            if row is None:
                return None
            if not _may_know(row, at=at):
                row.delete()
                continue
            row.attempts, row.due_at = row.attempts + 1, at + LEASE
            row.save(update_fields=["attempts", "due_at"])
            return _claimed(row, at=at)


@transaction.atomic
def record_outcome(claimed: Claimed, outcome: Outcome, *, at: datetime) -> None:
    """Write down what came of a call, and when the next one is."""
    row = WebhookDelivery.objects.select_for_update().filter(pk=claimed.delivery_id).first()
    if row is None or (row.attempts != claimed.attempt and not outcome.is_taken):
        return  # removed meanwhile, or asked for again: it is no longer this call that counts
    row.last_status = outcome.status
    if outcome.is_taken:
        row.delivered_at, row.given_up_at, row.due_at = at, None, None
    elif outcome.is_gone:
        row.due_at = at
        _disable(row.webhook_id, Webhook.Why.GONE, at=at)
    elif row.attempts <= len(BACK_OFF):
        row.due_at = at + BACK_OFF[row.attempts - 1]
    else:
        row.given_up_at, row.due_at = at, None
        taken = WebhookDelivery.objects.filter(
            webhook=row.webhook_id, delivered_at__gte=row.created_at
        )
        if not taken.exists():
            _disable(row.webhook_id, Webhook.Why.EXHAUSTED, at=at)
    row.save()


def forget(*, at: datetime) -> int:
    """Remove deliveries that have been over for long; return how many there were."""
    over = WebhookDelivery.objects.filter(due_at=None, created_at__lt=at - KEPT)
    return over.delete()[0]


def forget_deliveries() -> None:
    """Remove every delivery, where the cases that they tell of are removed too; webhooks stay."""
    WebhookDelivery.objects.all().delete()


def _fill(webhook_id: UUID, *, at: datetime) -> tuple[int, bool]:
    """Read the log on for one webhook; return how many deliveries, and whether there may be more.

    The cursor and the deliveries are one transaction, in which the row is locked: another worker
    passes by.
    """
    seen = Webhook.objects.filter(pk=webhook_id).first()
    if seen is None or not _has_work(seen, at=at):
        return 0, False
    with transaction.atomic():
        live = Webhook.objects.filter(pk=webhook_id, disabled_at=None)
        row = live.select_for_update(skip_locked=True).first()
        if row is None:
            return 0, False
        actor = _actor(row, at=at)
        if actor is None:
            _disable(row.pk, Webhook.Why.UNASSIGNED, at=at)
            return 0, False
        stretch = queries.told_since(
            Position(row.transaction, row.number), actor=actor, limit=PART, at=at
        )
        made = [_delivery(row, it, at=at) for it in stretch.rows if _wants(row, it)]
        # After a resend from an earlier cursor some of them are there already.
        WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
        row.transaction, row.number = stretch.until.transaction, stretch.until.number
        if stretch.until == Position():
            # Later than that the deliveries themselves tell what there has been.
            row.told_before = max(at - KEPT, row.created_at - SLACK)
        row.save(update_fields=["transaction", "number", "told_before"])
    return len(made), stretch.has_more


def _has_work(row: Webhook, *, at: datetime) -> bool:
    """Tell whether there is something to read, or the webhook to disable, without locking it."""
    if row.disabled_at is not None:
        return False
    position = Position(row.transaction, row.number)
    return happened.is_anything_after(position) or _actor(row, at=at) is None


def _actor(row: Webhook, *, at: datetime) -> Actor | None:
    """Return on whose behalf a webhook is told of anything; None: of nobody who may be."""
    actor = identity.actor_in(assignment_id=row.assignment_id, at=at)
    if actor is None or actor.unit_id != row.unit_id or clients.has_ended(row.client):
        return None
    if not (actor.may(Permission.READ_INBOX) or actor.may(Permission.READ_CASE)):
        return None
    return replace(actor, via=VIA)


def _may_know(row: WebhookDelivery, *, at: datetime) -> bool:
    """Tell whether the webhook may still know of the case: a mark of protection holds at once."""
    actor = _actor(row.webhook, at=at)
    if actor is None:
        return False
    try:
        access.refuse_unless_in_case(
            actor=actor, case_id=row.case_id, permission=Permission.READ_CASE, at=at
        )
    except access.Denied:
        return False
    return True


def _wants(row: Webhook, it: Happened) -> bool:
    if row.told_before is not None and it.recorded_at < row.told_before:
        return False
    return not row.event_types or it.act in row.event_types


def _delivery(row: Webhook, it: Happened, *, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        webhook=row,
        event_id=it.position.number,
        transaction=it.position.transaction,
        type=it.act,
        case_id=it.case_id,
        message_id=it.message_id,
        unit_id=it.unit_id,
        happened_at=it.at,
        created_at=at,
        due_at=at,
    )


def _claimed(row: WebhookDelivery, *, at: datetime) -> Claimed:
    webhook = row.webhook
    is_former = webhook.former_until is not None and at < webhook.former_until
    return Claimed(
        delivery_id=row.pk,
        webhook_id=webhook.pk,
        attempt=row.attempts,
        url=webhook.url,
        secrets=(webhook.secret, *((webhook.former_secret,) if is_former else ())),
        event_id=row.event_id,
        type=row.type,
        case_id=row.case_id,
        message_id=row.message_id,
        unit_id=row.unit_id,
        happened_at=row.happened_at,
    )


def _make_due(rows: "QuerySet[WebhookDelivery]", *, at: datetime) -> int:
    return rows.update(due_at=at, attempts=0, delivered_at=None, given_up_at=None, last_status="")


def _disable(webhook_id: UUID, why: Webhook.Why, *, at: datetime) -> None:
    Webhook.objects.filter(pk=webhook_id, disabled_at=None).update(
        disabled_at=at, disabled_because=why, version=F("version") + 1
    )


def _locked(actor: Actor, client: str, webhook_id: UUID, version: int | None = None) -> Webhook:
    row = subscriptions.find(actor, client, webhook_id, is_locked=True)
    if version is not None and row.version != version:
        raise Stale
    return row


def _refuse_address(url: str, refuse: Callable[[str], None]) -> None:
    if len(url) > LONGEST_URL:
        raise BadAddress
    refuse(url)


def _known(types: Collection[str]) -> Sequence[str]:
    if unknown := set(types) - TYPES:
        raise BadTypes(unknown)
    return sorted(set(types))


def _new_secret() -> str:
    """Return a new secret as Standard Webhooks writes one: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
