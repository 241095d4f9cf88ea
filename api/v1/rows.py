"""Lists: a page of rows, which page it is, and whether there is another one."""

from functools import cache
from typing import Any

from rest_framework import serializers

from api.fields import Values


@cache
def listed(row: type[Values]) -> type[Values]:
    """Return what answers a page of rows; the same one for the same rows."""

    class Rows(Values):
        example = {"items": [row.example], "page": 1, "limit": 20, "has_more": False}

        items = row(many=True)
        page = serializers.IntegerField(min_value=1, max_value=10_000)
        limit = serializers.IntegerField(min_value=1, max_value=100)
        has_more = serializers.BooleanField()

    Rows.__name__ = Rows.__qualname__ = f"{row.__name__}List"
    Rows.__doc__ = f"En sida. {row.__doc__}"
    return Rows


def page_of(rows: Any, page: int, limit: int, *, has_more: bool) -> dict[str, Any]:
    """Return one page."""
    return {"items": rows, "page": page, "limit": limit, "has_more": has_more}
