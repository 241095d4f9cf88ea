"""The provider that the settings name, and how its identity providers are kept to their own."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from integrations.keycloak import prefixes, providers
from integrations.keycloak.prefixes import Verdict
from integrations.oidc.client import Provider
from integrations.oidc.registration import Registration


def provider() -> Provider:
    """Return the provider; what it has told of itself is remembered by the process."""
    return _provider(
        Registration(
            issuer=settings.OIDC_ISSUER,
            client_id=settings.OIDC_CLIENT_ID,
            client_secret=settings.OIDC_CLIENT_SECRET,
            acr_values=tuple(settings.OIDC_ACR_VALUES),
        )
    )


def judge(claims: Mapping[str, Any]) -> Verdict:
    """Tell whether an identity provider may speak of every HSA-id in some claims (prefix rule).

    One that is not among the deployment's own may speak of none.
    """
    alias = str(claims.get("identity_provider", ""))
    return prefixes.judge(alias, claims, providers=_trusted(settings.IDENTITY_PROVIDERS))


@lru_cache(maxsize=4)
def _trusted(file: str) -> Mapping[str, providers.Provider]:
    return providers.load(Path(file)) if file else {}


@lru_cache(maxsize=4)
def _provider(registration: Registration) -> Provider:
    return Provider(registration)
