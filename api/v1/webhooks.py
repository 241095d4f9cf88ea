"""Webhooks: addresses of the client that are called when something happens, and what came of it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api import paging
from api.fields import CODE, HSA_ID, Flag, Line, Moment, SomeWords, Values, Word
from api.operation import Call, address, operation, refuse_unless_matched
from api.v1.events import CURSOR, LONGEST_CURSOR
from api.v1.examples import CASE, INSTANT, MESSAGE, UNIT
from api.v1.rows import listed, page_of
from care.feed import operations, subscriptions
from care.feed.types import TYPES
from care.identity.scopes import Scope

HOOK = "1f6f0b6e-5b5e-4f0e-9f39-6a3b8e0f7d04"
DELIVERY = "9a1d1c7c-84b5-46a7-8f1a-30a2a6c41c05"
LONGEST_URL = 500
WHY = ("", "by_client", "gone", "exhausted", "unassigned")


class Webhook(Values):
    """Webhook: adressen, vad den får veta och om den är på."""

    example = {
        "id": HOOK, "url": "https://journal.example.se/samplan", "types": [],
        "created_at": INSTANT, "disabled_at": None, "disabled_because": "", "version": 1,
    }  # fmt: skip

    id = serializers.UUIDField(source="webhook_id")
    url = serializers.URLField(max_length=LONGEST_URL)
    types = SomeWords(TYPES)
    created_at = Moment()
    disabled_at = Moment(allow_null=True)
    disabled_because = Word(WHY, allow_blank=True)
    version = serializers.IntegerField(min_value=1)


class NewWebhook(Values):
    """Ny webhook. Utan `after` börjar den nu."""

    example = {"url": "https://journal.example.se/samplan", "types": [], "after": ""}

    url = serializers.URLField(max_length=LONGEST_URL)
    types = SomeWords(TYPES, required=False, default=list)
    after = Line(length=LONGEST_CURSOR, required=False)


class WithSecret(Values):
    """Webhook med sin hemlighet, som bara visas nu."""

    example = {
        "webhook": Webhook.example,
        "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }

    webhook = Webhook()
    secret = Line(length=80)


class Change(Values):
    """Vad en webhook ändras till."""

    example = {"url": "https://journal.example.se/samplan", "types": [], "is_enabled": True}

    url = serializers.URLField(max_length=LONGEST_URL)
    types = SomeWords(TYPES)
    is_enabled = Flag()


class Delivery(Values):
    """Anrop till en webhook, och vad som blev av det."""

    example = {
        "id": DELIVERY, "event_id": 4711, "type": "notify_admission", "case_id": CASE,
        "message_id": MESSAGE, "unit_id": UNIT, "happened_at": INSTANT, "attempts": 1,
        "due_at": None, "delivered_at": INSTANT, "given_up_at": None, "last_status": "204",
    }  # fmt: skip

    id = serializers.UUIDField(source="delivery_id")
    event_id = serializers.IntegerField(min_value=1, max_value=2**53 - 1)
    type = Line(length=CODE)
    case_id = serializers.UUIDField()
    message_id = serializers.UUIDField(allow_null=True)
    unit_id = Line(length=HSA_ID, allow_blank=True)
    happened_at = Moment()
    attempts = serializers.IntegerField(min_value=0, max_value=100)
    due_at = Moment(allow_null=True)
    delivered_at = Moment(allow_null=True)
    given_up_at = Moment(allow_null=True)
    last_status = Line(length=20, allow_blank=True)


class Since(Values):
    """Varifrån allt skickas om: en `cursor` ur händelseflödet."""

    example = {"after": CURSOR}

    after = Line(length=LONGEST_CURSOR)


class Resent(Values):
    """Hur många anrop som görs om."""

    example = {"count": 3}

    count = serializers.IntegerField(min_value=0)


class Nothing(Values):
    """Inget innehåll."""

    example: dict[str, Any] = {}


OURS: dict[str, Any] = {"tag": "webhooks", "scope": Scope.EVENT_READ}


@operation("GET", **OURS, answers=listed(Webhook), parameters=paging.PAGED)
def list_webhooks(request: Call) -> dict[str, Any]:
    """Lista klientens webhooks vid enheten.

    The webhooks of the client at the unit, without their secrets.
    """
    page, limit = paging.asked(request.query_params)
    found = subscriptions.webhooks(actor=request.actor, client=request.client_id)
    rows = paging.cut(found, page, limit)
    return page_of(rows, page, limit, has_more=len(found) > page * limit)


@operation("POST", **OURS, takes=NewWebhook, answers=WithSecret, status=201, has_key=True)
def subscribe_webhook(request: Call, sent: dict[str, Any]) -> Any:
    """Låt en adress anropas när något händer i enhetens ärenden.

    Calls are thin and signed (Standard Webhooks 1.0). The address must be one that the operator
    has listed. Keep the secret: it is shown now only.
    """
    return operations.subscribe(
        actor=request.actor,
        client=request.client_id,
        refuse=request.refuse_unless_callable,
        at=request.at,
        **sent,
    )


@operation("GET", **OURS, answers=Webhook)
def read_webhook(request: Call, id: UUID) -> Any:
    """Läs en webhook.

    One webhook; `disabled_because` says why it is off.
    """
    return _webhook(request, id)


@operation("PATCH", **OURS, takes=Change, answers=Webhook)
def change_webhook(request: Call, id: UUID, sent: dict[str, Any]) -> Any:
    """Ändra en webhook, stäng av den eller sätt på den igen.

    Switched on again it goes on from where it was, so that nothing is lost.
    """
    return operations.change(
        actor=request.actor,
        client=request.client_id,
        webhook_id=id,
        version=_version(request, id),
        refuse=request.refuse_unless_callable,
        at=request.at,
        **sent,
    )


@operation("DELETE", **OURS, answers=None, status=204)
def remove_webhook(request: Call, id: UUID) -> None:
    """Ta bort en webhook med allt som väntar.

    Remove a webhook with everything that waits for it.
    """
    operations.remove(
        actor=request.actor,
        client=request.client_id,
        webhook_id=id,
        version=_version(request, id),
    )


@operation("POST", **OURS, takes=Nothing, answers=WithSecret, has_key=True)
def rotate_webhook_secret(request: Call, id: UUID, sent: dict[str, Any]) -> Any:
    """Byt hemlighet; i ett dygn signerar också den förra.

    A new secret; for a day the former one signs as well.
    """
    return operations.rotate_secret(
        actor=request.actor,
        client=request.client_id,
        webhook_id=id,
        version=_webhook(request, id).version,
        at=request.at,
    )


@operation(
    "GET", **OURS, answers=listed(Delivery),
    parameters=(
        OpenApiParameter("given_up", str, enum=["true", "false"],
                         description="Bara de som har getts upp. / Only those given up."),
        *paging.PAGED,
    ),
)  # fmt: skip
def list_webhook_deliveries(request: Call, id: UUID) -> dict[str, Any]:
    """Lista anropen till en webhook, det nyaste först.

    The calls of a webhook and what came of them.
    """
    page, limit = paging.asked(request.query_params)
    chosen = paging.chosen(request.query_params, "given_up", ("true", "false"), "false")
    rows, more = (
        subscriptions.deliveries(
            actor=request.actor,
            client=request.client_id,
            webhook_id=id,
            only_given_up=chosen == "true",
            page=it,
            limit=limit,
        )
        for it in (page, page + 1)
    )
    return page_of(rows, page, limit, has_more=bool(more))


@operation("POST", **OURS, takes=Since, answers=Resent, has_key=True)
def resend_webhook(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Skicka om allt sedan en punkt i händelseflödet.

    Send everything since a cursor again, each with the id that it had.
    """
    count = operations.resend_since(
        actor=request.actor,
        client=request.client_id,
        webhook_id=id,
        at=request.at,
        **sent,
    )
    return {"count": count}


@operation("POST", **OURS, takes=Nothing, answers=None, status=204, has_key=True)
def resend_webhook_delivery(request: Call, id: UUID, delivery: UUID, sent: dict[str, Any]) -> None:
    """Skicka om ett anrop, med samma id.

    Send one call again, with the id that it had.
    """
    operations.resend(
        actor=request.actor,
        client=request.client_id,
        webhook_id=id,
        delivery_id=delivery,
        at=request.at,
    )


def _webhook(request: Call, webhook_id: UUID) -> subscriptions.Subscription:
    return subscriptions.webhook(
        actor=request.actor, client=request.client_id, webhook_id=webhook_id
    )


def _version(request: Call, webhook_id: UUID) -> int:
    """Return the version of the webhook that the request has read, as its If-Match says."""
    found = _webhook(request, webhook_id)
    refuse_unless_matched(request, Webhook(found).data)
    return found.version


webhooks = address(get=list_webhooks, post=subscribe_webhook)
webhook = address(get=read_webhook, patch=change_webhook, delete=remove_webhook)
secret = address(post=rotate_webhook_secret)
deliveries = address(get=list_webhook_deliveries)
resending = address(post=resend_webhook)
resending_one = address(post=resend_webhook_delivery)
