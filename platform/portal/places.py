"""The municipalities by their code, from the registry, read once a minute as the host names are."""

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic

from django.utils.translation import gettext

from tenants.models import Departed, Tenant

MINUTE = 60


def municipalities() -> Mapping[str, str]:
    """Return the name of each municipality that has joined by its code, in Swedish order."""
    return _municipalities(monotonic() // MINUTE)


def name(code: str) -> str:
    """Return the name of a municipality, or where it never joined, its code in words."""
    named = municipalities().get(code) or _departed(monotonic() // MINUTE).get(code)
    return named or gettext("kommun {code}").format(code=code)


def code_of(schema_name: str) -> str:
    """Return the code of a huvudman that is a municipality, or nothing for a region."""
    codes = Tenant.objects.filter(schema_name=schema_name).values_list(
        "municipality_code", flat=True
    )
    return codes.first() or ""


@lru_cache(maxsize=1)
def _municipalities(now: float) -> Mapping[str, str]:
    # A training municipality has the code of the real one, and is no other place.
    joined = Tenant.objects.exclude(municipality_code="").filter(training_for="")
    joined = joined.order_by("name_sort")
    return dict(joined.values_list("municipality_code", "name"))


@lru_cache(maxsize=1)
def _departed(now: float) -> Mapping[str, str]:
    left = Departed.objects.exclude(municipality_code="").order_by("left_at")
    return dict(left.values_list("municipality_code", "name"))
