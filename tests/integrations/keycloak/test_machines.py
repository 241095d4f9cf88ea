"""A system of an integrator fetches its token from the real Keycloak, and calls the API with it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import requests
from cast import AT, MUNICIPALITY, REGION
from django.test import Client
from hired import hire
from joserfc import jwt
from joserfc.jwk import ECKey
from people import WARD, write_units
from pytest_django import Settings
from realms import Realms
from visits import HOSTS

from care.identity import clients
from care.identity.permissions import Role
from care.identity.scopes import Scope
from integrations.keycloak import wanted
from tenants.context import acting_as

pytestmark = pytest.mark.timeout(300)
NAME = "journal-of-the-tests"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def mapper(tenant: str) -> dict[str, Any]:
    return {
        "name": "huvudman", "protocol": "openid-connect",
        "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": {
            "claim.name": "samplan_tenant", "claim.value": tenant, "jsonType.label": "String",
            "access.token.claim": "true", "id.token.claim": "false",
        },
    }  # fmt: skip


@pytest.fixture
def key(realms: Realms) -> Iterator[ECKey]:
    """Register a system with a key of its own, in the realm and here."""
    made = ECKey.generate_key("P-256", parameters={"kid": "one", "use": "sig"})
    admin = realms.at("api")
    admin.create_client(
        {
            "clientId": NAME, "serviceAccountsEnabled": True, "standardFlowEnabled": False,
            "directAccessGrantsEnabled": False, "publicClient": False,
            "clientAuthenticatorType": "client-jwt",
            "defaultClientScopes": ["samplan-api", "directory.read"],
            "optionalClientScopes": ["case.read"],
            "protocolMappers": [mapper(REGION)],
            "attributes": {
                "use.jwks.string": "true",
                "jwks.string": json.dumps({"keys": [made.as_dict(private=False)]}),
                "token.endpoint.auth.signing.alg": "ES256",
            },
        }
    )  # fmt: skip
    yield made
    admin = realms.at("api")
    admin.delete_client(admin.get_client_id(NAME))


@pytest.fixture
def system(committed: None, realms: Realms, settings: Settings) -> None:
    """Let the product believe the realm, and know the system."""
    settings.DEMO = False
    settings.API_ISSUER = f"{realms.url}/realms/api"
    settings.OUTGOING = ["localhost@127.0.0.0/8", "127.0.0.1@127.0.0.0/8"]
    write_units()
    hired = hire(REGION, "Journalen", "SE2999999119-F001", (WARD, Role.WARD_NURSE))
    with acting_as(REGION):
        clients.register(
            client_id=NAME, hsa_id=hired.hsa_id, granted=tuple(Scope), by="test", at=AT
        )


def token(realms: Realms, made: ECKey, *scopes: str) -> str:
    """Fetch a token by client_credentials and private_key_jwt (RFC 7523)."""
    issuer = f"{realms.url}/realms/api"
    now = int(datetime.now(UTC).timestamp())
    said = {"iss": NAME, "sub": NAME, "aud": issuer, "iat": now, "exp": now + 60,
            "jti": str(uuid4())}  # fmt: skip
    answer = requests.post(
        f"{issuer}/protocol/openid-connect/token",
        {
            "grant_type": "client_credentials",
            **({"scope": " ".join(scopes)} if scopes else {}),
            "client_assertion_type": ASSERTION,
            "client_assertion": jwt.encode({"alg": "ES256", "kid": "one"}, said, made),
        },
        timeout=30,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def ask(path: str, raw: str, *, host: str = REGION) -> Any:
    told = {"host": HOSTS[host], "authorization": f"Bearer {raw}"}
    return Client().get(f"/api/v1{path}", headers=told, secure=True)


def test_a_system_calls_with_a_key_of_its_own(realms: Realms, key: ECKey, system: None) -> None:
    raw = token(realms, key, "case.read")

    assert ask("/cases", raw).status_code == 200
    assert ask("/assignments", raw).json()["items"][0]["unit_id"] == WARD


def test_a_scope_that_was_not_asked_for_is_not_there(
    realms: Realms, key: ECKey, system: None
) -> None:
    raw = token(realms, key)

    assert ask("/assignments", raw).status_code == 200
    assert ask("/cases", raw).status_code == 403


def test_the_token_is_for_its_huvudman_alone(realms: Realms, key: ECKey, system: None) -> None:
    assert ask("/cases", token(realms, key, "case.read"), host=MUNICIPALITY).status_code == 401


def test_every_scope_of_ours_is_in_the_realm(realms: Realms) -> None:
    (api,) = (it for it in wanted.realms(realms.deployment) if it.name == "api")

    assert set(api.scopes) == {"samplan-api", *Scope}
