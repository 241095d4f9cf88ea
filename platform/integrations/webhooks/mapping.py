"""A delivery as Standard Webhooks 1.0 writes it: body and headers; pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from care.feed.operations import Claimed


def body(claimed: Claimed) -> str:
    """Return what is sent; the same bytes at every attempt."""
    told = {
        "type": claimed.type,
        "timestamp": _utc(claimed.happened_at),
        "data": {
            "event_id": claimed.event_id,
            "case_id": str(claimed.case_id),
            "message_id": str(claimed.message_id) if claimed.message_id else None,
            "unit_id": claimed.unit_id,
        },
    }
    return json.dumps(told, separators=(",", ":"))


def headers(claimed: Claimed, text: str, *, at: datetime) -> Mapping[str, str]:
    """Return the headers of a call; after a rotation both secrets sign.

    :param at: the real time of the attempt: a receiver refuses what was signed long ago
    """
    name, moment = str(claimed.delivery_id), at.astimezone(UTC)
    signatures = [Webhook(it).sign(name, moment, text) for it in claimed.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Samplan",
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
