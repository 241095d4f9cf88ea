"""Fields of what is sent and answered: each with its bounds, so that the description has them."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

NAME = re.compile(r"[a-z_]{1,60}")
EARLIEST, LATEST = 1900, 2199
LINE, PROSE, CODE, HSA_ID = 200, 4000, 60, 32  # characters
MOST = 1000  # things in a list


class Swedish:
    """What a field says when something is wrong with what was sent: plain, and what to do."""

    default_error_messages: ClassVar[dict[str, str]] = {
        "required": "Fältet krävs. Skicka det.",
        "null": "Fältet får inte vara null.",
        "blank": "Fältet får inte vara tomt.",
        "invalid": "Skicka ett värde av den typ som beskrivningen anger.",
        "max_length": "Korta det till högst {max_length}.",
        "min_length": "Skicka minst {min_length}.",
        "empty": "Välj minst ett värde.",
        "invalid_choice": "Värdet finns inte bland valen i beskrivningen.",
        "not_a_list": "Skicka en lista.",
        "surrogate_characters_not_allowed": "Ta bort tecknet som inte är Unicode.",
        "null_characters_not_allowed": "Ta bort det osynliga tecknet.",
    }


class Flag(Swedish, serializers.BooleanField):
    """Yes or no."""


class Values(Swedish, serializers.Serializer):
    """What an address takes or gives. A field that is not known is refused, never left unread."""

    example: dict[str, Any]

    def to_internal_value(self, data: Any) -> Any:
        """Return what was sent, if nothing else was."""
        if isinstance(data, dict):
            unknown = {str(it) for it in set(data) - set(self.fields)}
            if unknown:
                # What is no name is not said again: anything may stand there.
                named = sorted({it if NAME.fullmatch(it) else "" for it in unknown})
                raise serializers.ValidationError(
                    {it or "non_field_errors": ["Fältet finns inte. Ta bort det."] for it in named}
                )
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(Swedish, serializers.Field):
    """A moment as RFC 3339 writes it: any offset is taken, UTC is given."""

    default_error_messages: ClassVar[dict[str, str]] = {
        **Swedish.default_error_messages,
        "invalid": "Skriv tidpunkten enligt RFC 3339 med tidszon, till exempel"
        " 2026-03-02T08:15:00Z.",
        "year": "Kontrollera årtalet.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Return the moment; one without a zone could be two."""
        try:
            moment = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise serializers.ValidationError(self.error_messages["invalid"])
        if not EARLIEST <= moment.year <= LATEST:
            raise serializers.ValidationError(self.error_messages["year"])
        return moment

    def to_representation(self, value: datetime) -> str:
        """Return it in UTC."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Line(Swedish, serializers.CharField):
    """A line of text."""

    def __init__(self, *, length: int = LINE, **more: Any) -> None:
        if more.get("required") is False and not more.get("read_only"):
            more.setdefault("allow_blank", True)
            more.setdefault("default", "")
            del more["required"]
        super().__init__(max_length=length, **more)


class Prose(Line):
    """Text of several lines."""

    def __init__(self, **more: Any) -> None:
        super().__init__(length=PROSE, **more)


class Word(Swedish, serializers.ChoiceField):
    """One of some words."""

    def __init__(self, words: Iterable[str], **more: Any) -> None:
        if more.get("required") is False and more.get("default", empty) is empty:
            more.update(allow_blank=True, default="")
            del more["required"]
        super().__init__(choices=[(it, it) for it in words], **more)


class Words(Swedish, serializers.MultipleChoiceField):
    """Some of some words, in their order."""

    def __init__(self, words: Iterable[str], **more: Any) -> None:
        super().__init__(choices=[(it, it) for it in words], **more)

    def to_internal_value(self, data: Any) -> list[str]:
        """Return them in the order of the list of words."""
        chosen = super().to_internal_value(data)
        return [it for it in self.choices if it in chosen]


class HsaIds(Swedish, serializers.ListField):
    """HSA-ids of units."""

    def __init__(self, **more: Any) -> None:
        super().__init__(child=Line(length=HSA_ID), max_length=100, **more)


class SomeWords(Swedish, serializers.ListField):
    """Any of some words; none may mean all."""

    def __init__(self, words: Iterable[str], **more: Any) -> None:
        super().__init__(child=Word(sorted(words)), max_length=100, **more)
