"""The names of the huvudmän, from the registry, read once a minute as the host names are."""

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic

from django.db import InterfaceError, OperationalError

from tenants.models import Tenant

MINUTE = 60


def names() -> Mapping[str, str]:
    """Return the name of each huvudman by its schema, in Swedish order."""
    return _names(monotonic() // MINUTE)


def name(schema_name: str) -> str:
    """Return the name of a huvudman; the schema's own while the database is away."""
    try:
        if schema_name not in names():
            _names.cache_clear()  # it has joined within the minute, and reads its own pages
        return names().get(schema_name, schema_name)
    except (OperationalError, InterfaceError):
        return schema_name


@lru_cache(maxsize=1)
def _names(now: float) -> Mapping[str, str]:
    return dict(
        Tenant.objects.exclude(schema_name="public")
        .order_by("name_sort")
        .values_list("schema_name", "name")
    )
