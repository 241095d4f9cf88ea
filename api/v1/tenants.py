"""Huvudmän: who has joined, for whoever operates Samplan for the county."""

from typing import Any

from api import paging
from api.fields import Line, Values, Word
from api.operation import Call, address, operation
from api.v1.rows import listed
from api.v1.whole import cut
from care.identity.permissions import Role
from care.identity.scopes import Scope
from care.sharing import access
from tenants import registry
from tenants.models import Tenant as TenantRow

SCHEMA = 63  # characters, as PostgreSQL has them


class Tenant(Values):
    """Huvudman som har anslutits."""

    example = {
        "id": "krokom", "name": "Krokoms kommun", "kind": "municipality",
        "organisation_number": "2120002445", "county_code": "23", "municipality_code": "2309",
    }  # fmt: skip

    id = Line(length=SCHEMA, source="schema_name")
    name = Line(length=100)
    kind = Word(TenantRow.Kind.values)
    organisation_number = Line(length=10, allow_blank=True)
    county_code = Line(length=2)
    municipality_code = Line(length=4, allow_blank=True)


@operation("GET", tag="directory", scope=Scope.DIRECTORY_READ, answers=listed(Tenant),
           parameters=paging.PAGED)  # fmt: skip
def list_tenants(request: Call) -> dict[str, Any]:
    """Lista huvudmännen som har anslutits.

    Every care provider here, in Swedish order; for the role `operator`.
    """
    if request.actor.role is not Role.OPERATOR:
        raise access.NotAllowed(
            actor=request.actor, common_id=None, reason=access.Reason.NOT_IN_ROLE
        )
    return cut(request, list(registry.kin().order_by("name_sort", "schema_name")))


def names() -> dict[str, str]:
    """Return the name of each huvudman by its schema."""
    return dict(registry.kin().values_list("schema_name", "name"))


tenants = address(get=list_tenants)
