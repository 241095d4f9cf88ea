"""Webhooks and their deliveries, as the client that has made them is shown them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from care.cases.happened import Position
from care.feed import queries
from care.feed.models import Webhook, WebhookDelivery
from care.identity.actors import Actor

PAGE = 100


class NoSuchWebhook(Exception):
    """The client has no such webhook at the unit."""


@dataclass(frozen=True)
class Subscription:
    """Prenumeration, without its secret."""

    webhook_id: UUID
    url: str
    types: tuple[str, ...]  # empty: all
    created_at: datetime
    disabled_at: datetime | None
    disabled_because: str
    cursor: str  # how far the log has been read for it
    version: int


@dataclass(frozen=True)
class Call:
    """Leverans: an event to a webhook, and what has become of it."""

    delivery_id: UUID
    event_id: int
    type: str
    case_id: UUID
    message_id: UUID | None
    unit_id: str
    happened_at: datetime
    attempts: int
    due_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None
    last_status: str


def webhooks(*, actor: Actor, client: str) -> tuple[Subscription, ...]:
    """Return the webhooks of a client at the actor's unit, the oldest first."""
    return tuple(map(shown, of(client, actor.unit_id).order_by("created_at", "id")))


def webhook(*, actor: Actor, client: str, webhook_id: UUID) -> Subscription:
    """Return one webhook.

    :raises NoSuchWebhook: if the client has none such at the unit
    """
    return shown(find(actor, client, webhook_id))


def deliveries(
    *,
    actor: Actor,
    client: str,
    webhook_id: UUID,
    only_given_up: bool = False,
    page: int = 1,
    limit: int = PAGE,
) -> tuple[Call, ...]:
    """Return a page of the deliveries of a webhook, the newest first.

    :raises NoSuchWebhook: if the client has none such at the unit
    """
    rows = find(actor, client, webhook_id).deliveries.order_by("-transaction", "-event_id")
    if only_given_up:
        rows = rows.filter(given_up_at__isnull=False)
    first = (max(page, 1) - 1) * limit
    return tuple(map(_call, rows[first : first + limit]))


def find(actor: Actor, client: str, webhook_id: UUID, *, is_locked: bool = False) -> Webhook:
    """Return the row of a client's webhook at the actor's unit.

    :raises NoSuchWebhook: if there is none such
    """
    rows = of(client, actor.unit_id)
    row = (rows.select_for_update() if is_locked else rows).filter(pk=webhook_id).first()
    if row is None:
        raise NoSuchWebhook
    return row


def of(client: str, unit_id: str) -> "QuerySet[Webhook]":
    """Return the rows of a client at a unit."""
    return Webhook.objects.filter(client=client, unit_id=unit_id)


def shown(row: Webhook) -> Subscription:
    """Return a webhook as its client is shown it."""
    return Subscription(
        webhook_id=row.pk,
        url=row.url,
        types=tuple(row.event_types),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_because=row.disabled_because,
        cursor=queries.write_cursor(Position(row.transaction, row.number)),
        version=row.version,
    )


def _call(row: WebhookDelivery) -> Call:
    return Call(
        delivery_id=row.pk,
        event_id=row.event_id,
        type=row.type,
        case_id=row.case_id,
        message_id=row.message_id,
        unit_id=row.unit_id,
        happened_at=row.happened_at,
        attempts=row.attempts,
        due_at=row.due_at,
        delivered_at=row.delivered_at,
        given_up_at=row.given_up_at,
        last_status=row.last_status,
    )
