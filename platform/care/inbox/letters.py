"""Letters: how they are posted, and what they carry as plain JSON, the core of the case always."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from care.cases import queries
from care.inbox.models import Delivery, Message, Outbox
from care.individuals import operations as individuals
from care.sharing.access import Case
from tenants.apart import refuse_apart
from tenants.context import acting_for


def post(common_id: UUID, recipient: str, kind: str, body: dict[str, Any], *, at: datetime) -> None:
    """Put a letter in the outbox, where its recipient fetches it.

    :raises Apart: if one of the two is a training huvudman and the other is not
    """
    refuse_apart(acting_for(), recipient)
    Outbox.objects.create(recipient=recipient, kind=kind, common_id=common_id, body=body, at=at)


def case_core(case: Case) -> dict[str, Any]:
    """Return what a receiver needs to have its own row of the case, and the state as the lead's."""
    return {
        "common_id": str(case.common_id),
        "lead": case.lead,
        "variant": case.variant,
        "sending_unit": case.sending_unit_id,
        "opened_at": case.opened_at.isoformat(),
        "person": asdict(individuals.person(case.individual)),
        "parts": [[part.unit_id, part.tenant] for part in queries.parts(case)],
        **state(case),
    }


def state(case: Case) -> dict[str, Any]:
    """Return the state of a case with its version; only the lead's counts."""
    expected = case.expected_discharge_at
    return {
        "state": case.state,
        "state_at": case.state_at.isoformat(),
        "version": case.version,
        "expected_discharge_at": expected.isoformat() if expected else None,
    }


def message(sent: Message) -> dict[str, Any]:
    """Return a message as it travels."""
    return {
        "id": str(sent.id),
        "act": sent.act,
        "sender_unit": sent.sender_unit,
        "sender_unit_name": sent.sender_unit_name,
        "sender_unit_kind": sent.sender_unit_kind,
        "sender_name": sent.sender_name,
        "sender_title": sent.sender_title,
        "sent_at": sent.sent_at.isoformat(),
        "core": sent.core,
        "extension": sent.extension,
        "secrecy_ground": sent.secrecy_ground,
        "statute": sent.statute,
        "recipients": sent.recipients,
        "replaces": str(sent.replaces) if sent.replaces else None,
    }


FACTS = ("delivered_at", "opened_at", "acknowledged_at", "answered_at", "rejected_at",
         "forwarded_at")  # fmt: skip
WORDS = ("unit_id", "unit_name", "tenant", "acknowledged_by", "acknowledged_title",
         "rejected_because", "forwarded_to", "forwarded_by")  # fmt: skip


def receipt(delivery: Delivery) -> dict[str, Any]:
    """Return how a delivery stands, for its sender: facts with their times, and by whom."""
    moments = {name: _text(getattr(delivery, name)) for name in FACTS}
    return {
        "message_id": str(delivery.message_id),
        **{name: getattr(delivery, name) for name in WORDS},
        **moments,
    }


def moment(text: str | None) -> datetime | None:
    """Return a moment that a letter carries."""
    return datetime.fromisoformat(text) if text else None


def _text(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
