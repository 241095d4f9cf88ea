"""The names of the huvudmän, from the registry, read once a minute as the host names are.

Who has left is chosen no more, and still named where something of it is kept.
"""

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic

from django.db import InterfaceError, OperationalError

from tenants.apart import are_apart
from tenants.models import Departed, Tenant

MINUTE = 60


def names() -> Mapping[str, str]:
    """Return the name of each huvudman that has joined by its schema, in Swedish order."""
    return _names(monotonic() // MINUTE)


def others(tenant: str) -> Mapping[str, str]:
    """Return whom a huvudman can choose: the others that have joined, real or training as it is."""
    return {it: name for it, name in names().items() if it != tenant and not are_apart(it, tenant)}


def name(schema_name: str) -> str:
    """Return the name of a huvudman, also of one that has left.

    It is the schema's own while the database is away.
    """
    try:
        known = _name(schema_name)
        if known is None:  # it has joined or left within the minute
            _names.cache_clear()
            _departed.cache_clear()
            known = _name(schema_name)
        return known or schema_name
    except (OperationalError, InterfaceError):
        return schema_name


def _name(schema_name: str) -> str | None:
    return names().get(schema_name) or _departed(monotonic() // MINUTE).get(schema_name)


@lru_cache(maxsize=1)
def _names(now: float) -> Mapping[str, str]:
    return dict(
        Tenant.objects.exclude(schema_name="public")
        .order_by("name_sort")
        .values_list("schema_name", "name")
    )


@lru_cache(maxsize=1)
def _departed(now: float) -> Mapping[str, str]:
    return dict(Departed.objects.values_list("schema_name", "name"))
