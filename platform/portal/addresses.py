"""The addresses in a list: a pattern is asked of Django once, and not again for each row."""

from functools import lru_cache
from uuid import UUID

from django.urls import reverse

NIL = UUID(int=0)


def of(name: str, pk: UUID) -> str:
    """Return the address of a view that takes one id, such as portal:case."""
    return _pattern(name).replace(str(NIL), str(pk))


@lru_cache(maxsize=64)
def _pattern(name: str) -> str:
    return reverse(name, args=[NIL])
