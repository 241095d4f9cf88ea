"""The provider that the settings name, and how its identity providers are kept to their own."""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

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


def may_assert(identity_provider: str, hsa_ids: Iterable[str]) -> bool:
    """Tell whether an identity provider may speak of every one of some HSA-ids (prefix rule).

    One that no prefixes are entered for may speak of none.
    """
    prefixes = frozenset(settings.OIDC_PREFIXES.get(identity_provider, ()))
    return all(it.partition("-")[0] in prefixes for it in hsa_ids)


@lru_cache(maxsize=4)
def _provider(registration: Registration) -> Provider:
    return Provider(registration)
