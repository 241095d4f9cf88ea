"""The identity providers of a deployment, as data: where they are, and for whom they may speak."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SIMULATED = Path(__file__).parent / "realms" / "simulated" / "providers.json"
EVERYBODY = "all"
# The flow of the realm that makes the user, or finds the one of the same name: that of the provider
# and of the person there, so never another's. Without the second, a provider that is removed and
# comes back would know nobody.
FIRST_SIGN_IN = "First sign-in"


@dataclass(frozen=True)
class Provider:
    """An identity provider that the realm `staff` trusts, for the organisations that it names."""

    alias: str
    name: str
    names: str  # the tongue of `attributes.json` that it speaks
    issuer: str
    authorization: str
    token: str
    keys: str
    logout: str
    client: str
    scope: str
    hsa_prefixes: tuple[str, ...] | None  # SE and the organisation number; None: for everybody
    acr_values: tuple[str, ...] = ()  # levels of assurance that it is asked for


def load(file: Path, *, keycloak: str = "") -> dict[str, Provider]:
    """Return the providers of a file by alias.

    :param keycloak: the address that stands for {keycloak}, for those that are simulated
    """
    rows: dict[str, dict[str, Any]] = json.loads(
        file.read_text().replace("{keycloak}", keycloak.rstrip("/"))
    )
    return {
        alias: Provider(
            alias=alias, **row | {"hsa_prefixes": _prefixes(row), "acr_values": _levels(row)}
        )
        for alias, row in rows.items()
    }


def _prefixes(row: Mapping[str, Any]) -> tuple[str, ...] | None:
    listed = row["hsa_prefixes"]
    return None if listed == EVERYBODY else tuple(listed)


def _levels(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row.get("acr_values", ()))


def _asking(provider: Provider) -> str:
    """Return where somebody proves who it is, with what the provider is always asked for.

    Keycloak has no setting for it, and adds its own words to those that are there.
    """
    if not provider.acr_values:
        return provider.authorization
    return f"{provider.authorization}?{urlencode({'acr_values': ' '.join(provider.acr_values)})}"


def representation(provider: Provider, *, secret: str) -> dict[str, Any]:
    """Return it as Keycloak writes it."""
    return {
        "alias": provider.alias,
        "displayName": provider.name,
        "providerId": "oidc",
        "enabled": True,
        "trustEmail": False,
        "storeToken": False,
        "linkOnly": False,
        "firstBrokerLoginFlowAlias": FIRST_SIGN_IN,
        "config": {
            "issuer": provider.issuer,
            "authorizationUrl": _asking(provider),
            "tokenUrl": provider.token,
            "jwksUrl": provider.keys,
            "logoutUrl": provider.logout,
            "clientId": provider.client,
            "clientSecret": secret,
            "clientAuthMethod": "client_secret_basic",
            "defaultScope": provider.scope,
            "validateSignature": "true",
            "useJwksUrl": "true",
            "pkceEnabled": "true",
            "pkceMethod": "S256",
            "disableUserInfo": "true",
            "backchannelSupported": "true",
            "passMaxAge": "true",
            "allowedClockSkew": "60",
            "syncMode": "FORCE",
        },
    }
