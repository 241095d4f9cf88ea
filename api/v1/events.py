"""Händelseflödet: what has happened in the cases of the unit, and none of it is missed."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api import paging
from api.fields import CODE, HSA_ID, Flag, Line, Moment, Values
from api.operation import Call, address, operation
from api.v1.examples import CASE, INSTANT, MESSAGE, UNIT
from care.feed import queries
from care.identity.scopes import Scope

CURSOR = "AAAAAAAAAAEAAAAAAAAAAQ"
LONGEST_CURSOR = 100


class Event(Values):
    """Händelse: vad, i vilket ärende och när. Inget om personen."""

    example = {
        "event_id": 4711, "type": "notify_admission", "case_id": CASE, "message_id": MESSAGE,
        "unit_id": UNIT, "at": INSTANT, "recorded_at": INSTANT,
    }  # fmt: skip

    event_id = serializers.IntegerField(min_value=1, max_value=2**53 - 1)
    type = Line(length=CODE)
    case_id = serializers.UUIDField()
    message_id = serializers.UUIDField(allow_null=True)
    unit_id = Line(length=HSA_ID, allow_blank=True)
    at = Moment()
    recorded_at = Moment()


class EventPage(Values):
    """En sträcka av flödet, och var nästa börjar."""

    example = {"items": [Event.example], "cursor": CURSOR, "has_more": False}

    items = Event(many=True, source="events")
    cursor = Line(length=LONGEST_CURSOR)
    has_more = Flag()


@operation(
    "GET", tag="events", scope=Scope.EVENT_READ, answers=EventPage,
    parameters=(
        OpenApiParameter("after", {"type": "string", "maxLength": LONGEST_CURSOR},
                         description="`cursor` i ditt förra svar. / `cursor` of your last answer."),
        paging.LIMITED,
    ),
)  # fmt: skip
def list_events(request: Call) -> Any:
    """Läs vad som har hänt i enhetens ärenden sedan förra gången.

    Oldest first, from the beginning where `after` is left out. Keep `cursor` and ask on from it,
    also after an empty page: no event is ever missed, and none comes twice.
    """
    _page, limit = paging.asked(request.query_params)
    after = request.query_params.get("after", "")
    try:
        return queries.events(actor=request.actor, after=after, limit=limit, at=request.at)
    except queries.BadCursor:
        raise ValidationError({"after": ["Skicka cursor ur ett tidigare svar."]}) from None


events = address(get=list_events)
