"""Systems of integrators that call the API, for the tests: registered, with tokens."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cast import AT
from django.http import HttpResponse
from django.test import Client
from hired import Hired, hire
from visits import HOSTS

from care.identity import clients
from care.identity.permissions import Role
from care.identity.scopes import Scope
from project.demo import tokens
from tenants.context import acting_as

ALL = tuple(Scope)


@dataclass(frozen=True)
class Machine:
    """A system that is registered at a huvudman, and how it calls."""

    tenant: str
    client_id: str
    hired: Hired
    token: str
    end_user: str = ""

    def get(self, path: str, **headers: str) -> Any:
        """Ask."""
        return self._client().get(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """Change something, by a key of its own unless one is given."""
        return self.sent("POST", path, body or {}, **{"Idempotency-Key": str(uuid4()), **headers})

    def sent(self, method: str, path: str, body: Any, **headers: str) -> HttpResponse:
        """Send what is given."""
        return self._client().generic(
            method, f"/api/v1{path}", _json(body), "application/json",
            headers=self._headers(headers),
        )  # fmt: skip

    def used_by(self, hired: Hired) -> "Machine":
        """Return the system as somebody uses it."""
        return replace(self, end_user=hired.hsa_id)

    def within(self, *scopes: Scope) -> "Machine":
        """Return the system with a token of some scopes only."""
        return replace(self, token=token_of(self.tenant, self.client_id, scopes))

    def _client(self) -> Client:
        return Client(raise_request_exception=False)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        user = {"X-Samplan-End-User": self.end_user} if self.end_user else {}
        return {
            "host": HOSTS[self.tenant], "authorization": f"Bearer {self.token}", **user, **more
        }  # fmt: skip


def installed(tenant: str, name: str, hsa_id: str, *held: tuple[str, Role]) -> Machine:
    """Write a system with assignments at some units, and register it as a client."""
    hired = hire(tenant, name, hsa_id, *held)
    client_id = f"{name.lower()}-{tenant}"
    with acting_as(tenant):
        clients.register(client_id=client_id, hsa_id=hsa_id, granted=ALL, by="test", at=AT)
    return Machine(tenant, client_id, hired, token_of(tenant, client_id, ALL))


def token_of(tenant: str, client_id: str, scopes: tuple[Scope, ...], **more: Any) -> str:
    """Return a token of a client."""
    at = more.pop("at", datetime.now(UTC))
    return tokens.issue(client_id=client_id, tenant=tenant, scopes=scopes, at=at)


def _json(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)
