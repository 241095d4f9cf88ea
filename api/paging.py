"""Paging and filters: `page` and `limit` on top of a stable order."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

T = TypeVar("T")
LIMIT, MOST, LAST = 20, 100, 10_000  # rows of a page; the last page that is counted to

PAGE = OpenApiParameter(
    "page",
    {"type": "integer", "default": 1, "minimum": 1, "maximum": LAST},
    description="Sidan, från 1. / The page, from 1.",
)
LIMITED = OpenApiParameter(
    "limit",
    {"type": "integer", "default": LIMIT, "minimum": 1, "maximum": MOST},
    description="Rader på en sida, högst 100. / Rows of a page, 100 at most.",
)
PAGED = (PAGE, LIMITED)


def asked(query: Mapping[str, str]) -> tuple[int, int]:
    """Return which page is asked for, and how many rows of it.

    :raises ValidationError: if either is no number, or out of bounds
    """
    page = _number(query, "page", 1, most=LAST)
    return page, _number(query, "limit", LIMIT, most=MOST)


def chosen(query: Mapping[str, str], name: str, words: Iterable[T], otherwise: T) -> T:
    """Return one of some words that a parameter names.

    :raises ValidationError: if it names another one
    """
    known = {str(it): it for it in words}
    told = query.get(name, str(otherwise))
    if told not in known:
        raise ValidationError({name: [f"Välj något av: {', '.join(known)}."]})
    return known[told]


def cut(rows: "list[Any] | tuple[Any, ...]", page: int, limit: int) -> "list[Any]":
    """Return one page of what has been read whole."""
    return list(rows[(page - 1) * limit : page * limit])


def _number(query: Mapping[str, str], name: str, otherwise: int, *, most: int) -> int:
    told = query.get(name)
    if told is None:
        return otherwise
    if told.isascii() and told.isdigit() and len(told) < 9 and 1 <= int(told) <= most:
        return int(told)
    raise ValidationError({name: [f"Skriv ett helt tal från 1 till {most}."]})
