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
from tenants.models import Tenant


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


def ways_in(tenant: str) -> dict[str, str]:
    """Return the identity providers that may speak of a huvudman's own staff: alias and name.

    The first is the one that a sign-in goes to which names none.
    """
    number = Tenant.objects.values_list("organisation_number", flat=True).get(schema_name=tenant)
    return {
        it.alias: it.name
        for it in _trusted(settings.IDENTITY_PROVIDERS).values()
        if prefixes.may_speak_for(it, number)
    }


def name_of(alias: str) -> str:
    """Return what an identity provider is called; its alias if it is not among our own."""
    known = _trusted(settings.IDENTITY_PROVIDERS).get(alias)
    return known.name if known and known.name else alias


@lru_cache(maxsize=4)
def _trusted(file: str) -> Mapping[str, providers.Provider]:
    return providers.load(Path(file)) if file else {}


@lru_cache(maxsize=4)
def _provider(registration: Registration) -> Provider:
    return Provider(registration)
