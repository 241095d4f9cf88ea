"""Meddelanden: read one, and what a receiving unit does with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import serializers

from api import problems
from api.errors import Refused
from api.fields import CODE, HSA_ID, Line, Moment, Values, Word
from api.operation import Call, Operation, address, operation
from api.v1.examples import CASE, INSTANT, MESSAGE, UNIT
from care.discharge import reads
from care.identity.permissions import Permission
from care.identity.scopes import Scope
from care.inbox import operations, queries

REJECTION_REASONS = ("missent", "not_registered_here", "wrong_unit", "not_concerned")


class Receipt(Values):
    """Kvittens: hur en mottagare står."""

    example = {
        "unit_id": UNIT, "unit_name": "Biståndsenheten", "owner": "krokom",
        "delivered_at": INSTANT, "opened_at": INSTANT, "acknowledged_at": INSTANT,
        "acknowledged_by": "Karin Nyström", "acknowledged_title": "Koordinator",
        "answered_at": None, "rejected_at": None, "rejected_because": "", "forwarded_at": None,
        "forwarded_to": "", "receipt_due_at": INSTANT, "assigned_to": "Karin Nyström",
    }  # fmt: skip

    unit_id = Line(length=HSA_ID)
    unit_name = Line(length=100)
    owner = Line(length=63, source="tenant")
    delivered_at = Moment(allow_null=True)
    opened_at = Moment(allow_null=True)
    acknowledged_at = Moment(allow_null=True)
    acknowledged_by = Line(length=100, allow_blank=True)
    acknowledged_title = Line(length=CODE, allow_blank=True)
    answered_at = Moment(allow_null=True)
    rejected_at = Moment(allow_null=True)
    rejected_because = Line(length=CODE, allow_blank=True)
    forwarded_at = Moment(allow_null=True)
    forwarded_to = Line(length=HSA_ID, allow_blank=True)
    receipt_due_at = Moment(allow_null=True)
    assigned_to = Line(length=100, allow_blank=True)


class Message(Values):
    """Meddelande, som det skickades, och vad som har blivit av det."""

    example = {
        "id": MESSAGE, "act": "notify_admission", "sender": "regionjh", "sender_unit": UNIT,
        "sender_unit_name": "Avdelning 41", "sender_name": "Sara Lindmark",
        "sender_title": "Sjuksköterska", "sent_at": INSTANT,
        "core": {"physician": "Jonas Ek", "needs": ["social_services"]}, "extension": {},
        "secrecy_ground": "", "statute": "2 kap. 1 §", "replaces": None, "replaced_by": None,
        "receipts": [Receipt.example],
    }  # fmt: skip

    id = serializers.UUIDField()
    act = Line(length=CODE)
    sender = Line(length=63)
    sender_unit = Line(length=HSA_ID)
    sender_unit_name = Line(length=100)
    sender_name = Line(length=100)
    sender_title = Line(length=CODE)
    sent_at = Moment()
    core = serializers.DictField()
    extension = serializers.DictField()
    secrecy_ground = Line(length=CODE, allow_blank=True)
    statute = Line(length=CODE, allow_blank=True)
    replaces = serializers.UUIDField(allow_null=True)
    replaced_by = serializers.UUIDField(allow_null=True)
    receipts = Receipt(many=True)


class InCase(Values):
    """Det ärende som meddelandet hör till."""

    example = {"case_id": CASE}

    case_id = serializers.UUIDField()


class Sent(Values):
    """Det meddelande som skickades."""

    example = {"message_id": MESSAGE}

    message_id = serializers.UUIDField()


class Nothing(Values):
    """Inget innehåll."""

    example: dict[str, Any] = {}


class Rejection(Values):
    """Varför meddelandet går tillbaka."""

    example = {"reason": "missent"}

    reason = Word(REJECTION_REASONS)


class Forwarding(Values):
    """Vilken egen enhet som får det i stället."""

    example = {"to_unit": UNIT}

    to_unit = Line(length=HSA_ID)


class AssignedTo(Values):
    """Vem på enheten som har det."""

    example = {"to_name": "Karin Nyström"}

    to_name = Line(length=100)


@operation("GET", tag="messages", scope=Scope.MESSAGE_READ,
           needs=(Permission.READ_CASE, Permission.READ_INBOX), answers=Message)  # fmt: skip
def read_message(request: Call, id: UUID) -> Any:
    """Läs ett meddelande som enheten har skickat eller fått.

    A message with its receipts. It is noted as opened only by `open-message`.
    """
    case_id = queries.case_id_of_message(actor=request.actor, message_id=id)
    found = reads.messages(actor=request.actor, case_id=case_id, at=request.at)
    return next(it for it in found if it.id == id)


ACTS: dict[str, Any] = {"tag": "messages", "scope": Scope.INBOX_ACK, "has_key": True}


@operation("POST", **ACTS, needs=(Permission.READ_INBOX,), takes=Nothing, answers=None, status=204)
def open_message(request: Call, id: UUID, sent: dict[str, Any]) -> None:
    """Anteckna att enheten har öppnat meddelandet.

    Note that the unit has opened a message; the first time counts.
    """
    operations.open_message(actor=request.actor, message_id=id, at=request.at)


@operation("POST", **ACTS, needs=(Permission.ACKNOWLEDGE_MESSAGE,), takes=Nothing, answers=InCase)
def acknowledge_message(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Kvittera ett meddelande, med namn.

    Take a message on. A receipt is a person's: X-Samplan-End-User is required.
    """
    if not request.actor.is_asserted:
        raise Refused(problems.END_USER_NEEDED)
    return _done(request, operations.acknowledge_message, id)


@operation("POST", **ACTS, needs=(Permission.ACKNOWLEDGE_MESSAGE,), takes=Nothing, answers=InCase)
def hand_back_message(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Lämna tillbaka ett meddelande till enhetens inkorg.

    Give a message back that somebody at the unit had taken on.
    """
    return _done(request, operations.hand_back_message, id)


@operation("POST", **ACTS, needs=(Permission.ASSIGN_MESSAGE,), takes=AssignedTo, answers=InCase)
def assign_message(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Fördela ett meddelande till en medarbetare.

    Let a named colleague at the unit have a message.
    """
    return _done(request, operations.assign_message, id, **sent)


@operation("POST", **ACTS, needs=(Permission.FORWARD_MESSAGE,), takes=Forwarding, answers=InCase)
def forward_message(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Vidaresänd ett meddelande inom den egna huvudmannen.

    Let another unit of the same care provider receive a message instead.
    """
    return _done(request, operations.forward_message, id, **sent)


@operation("POST", **ACTS, needs=(Permission.REJECT_MESSAGE,), takes=Rejection, answers=InCase)
def reject_message(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    """Returnera ett meddelande som är felsänt.

    Refuse a message with a reason; the sender sees it.
    """
    return _done(request, operations.reject_message, id, **sent)


def _done(
    request: Call, operation: Callable[..., Any], message_id: UUID, **more: Any
) -> dict[str, Any]:
    case = operation(actor=request.actor, message_id=message_id, at=request.at, **more)
    return {"case_id": case.pk}


message = address(get=read_message)
DONE: tuple[Operation, ...] = (
    open_message, acknowledge_message, hand_back_message, assign_message, forward_message,
    reject_message,
)  # fmt: skip
