"""People whom a simulated identity provider legitimates: for development and tests only.

Such a provider is a realm of its own, which plays the national one or a municipality's. Nobody has
a card, so everybody has the same password.
"""

import json
from dataclasses import dataclass
from typing import Any

from integrations.keycloak.names import Name

PASSWORD = "legitimera"  # noqa: S105 - no secret: it opens nothing but a realm that is simulated
STRONG = "http://id.sambi.se/loa/loa3"


@dataclass(frozen=True)
class Person:
    """Somebody with a card."""

    username: str
    given_name: str
    family_name: str
    hsa_ids: tuple[str, ...]
    commissions: tuple[dict[str, str], ...] = ()
    acr: str = STRONG
    amr: tuple[str, ...] = ("urn:ietf:rfc:8705",)

    def representation(self, names: tuple[Name, ...]) -> dict[str, Any]:
        """Return the person as Keycloak writes a user, in the attributes of a tongue."""
        known = {
            "acr": [self.acr],
            "amr": list(self.amr),
            "employee_hsa_id": [self.hsa_ids[0]],
            "all_employee_hsa_ids": list(self.hsa_ids),
            "all_commissions": [_json(it) for it in self.commissions],
        }
        return {
            "username": self.username,
            "enabled": True,
            "firstName": self.given_name,
            "lastName": self.family_name,
            "attributes": {it.attribute: known[it.ours] for it in names if known.get(it.ours)},
        }


def _json(commission: dict[str, str]) -> str:
    return json.dumps(commission, ensure_ascii=False, sort_keys=True)
