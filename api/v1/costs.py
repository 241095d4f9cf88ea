"""Nämndens kostnader: what every resource of them shares, and the populations they are split by."""

from typing import Any

from rest_framework import serializers

from api import paging
from api.fields import Line, Values
from api.operation import Call, address, operation
from api.v1.rows import listed
from api.v1.whole import cut
from billing import queries
from care.identity.permissions import Permission
from care.identity.scopes import Scope

HASH, NUMBER = 64, 20  # characters of a SHA-256, and of an invoice's number
MOST_ORE = 2**53 - 1  # as far as a client in JavaScript counts exactly
MOST_PEOPLE = 100_000_000
MUNICIPALITY = "^[0-9]{4}$"  # kommunkod
PARTY = 6  # characters of a kommunkod, or of REGION
EXAMPLE_HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"

READS: dict[str, Any] = {
    "tag": "costs", "scope": Scope.COST_READ, "needs": (Permission.READ_COSTS,),
}  # fmt: skip


def ore(**more: Any) -> Any:
    """Return a field of an amount in whole öre; what is paid back is negative."""
    return serializers.IntegerField(min_value=-MOST_ORE, max_value=MOST_ORE, **more)


class PopulationSnapshot(Values):
    """Befolkningsunderlag som kostnader fördelas efter."""

    example = {
        "id": "4f6f1f3e-9a55-4b0c-8d0f-2f5ab4c1d704", "on": "2025-11-01", "source": "SCB",
        "hash": EXAMPLE_HASH, "municipalities": 8, "inhabitants": 132054,
    }  # fmt: skip

    id = serializers.UUIDField()
    on = serializers.DateField()
    source = Line()
    hash = Line(length=HASH, source="sha256")
    municipalities = serializers.IntegerField(min_value=0, max_value=1000)
    inhabitants = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE)


@operation("GET", **READS, answers=listed(PopulationSnapshot), parameters=paging.PAGED)
def list_population_snapshots(request: Call) -> dict[str, Any]:
    """Lista befolkningsunderlagen som nämndens kostnader fördelas efter.

    The populations that the board's host keeps, the newest day first; `hash` is of the file.
    """
    return cut(request, queries.populations())


population_snapshots = address(get=list_population_snapshots)
