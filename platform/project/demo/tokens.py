"""Tokens of the demo's machine clients, signed by a key of the demo, where no Keycloak is asked.

Nothing else believes them: they are read with SAMPLAN_DEMO=1 only.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from integrations.oidc import tokens
from integrations.oidc.registration import Registration
from integrations.oidc.tokens import AccessToken

ISSUER = "urn:samplan:demo"
LIVES = timedelta(hours=1)


def issue(*, client_id: str, tenant: str, scopes: tuple[str, ...], at: datetime) -> str:
    """Return a token for a client, for an hour."""
    now = int(at.timestamp())
    key = _key()
    claims = {
        "iss": ISSUER, "aud": settings.API_AUDIENCE, "azp": client_id, "sub": client_id,
        tokens.TENANT: tenant, "scope": " ".join(scopes), "iat": now,
        "exp": now + int(LIVES.total_seconds()),
    }  # fmt: skip
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, claims, key)


def read(raw: str, *, at: datetime) -> AccessToken:
    """Return whom a token was issued to.

    :raises BadToken: if it is not one of the demo's, or has run out
    """
    registration = Registration(ISSUER, settings.API_AUDIENCE, "")
    try:
        return tokens.read_access_token(
            raw, keys=KeySet([_key()]), registration=registration, at=at
        )
    except tokens.UnknownKey:
        raise tokens.BadToken("kid") from None


def _key() -> ECKey:
    """Return the demo's key, made at the first use."""
    file = Path(settings.DEMO_API_KEY)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = ECKey.generate_key("P-256", parameters={"kid": "demo", "use": "sig"})
        file.touch(mode=0o600)
        file.write_text(json.dumps(made.as_dict(private=True)))
    return ECKey.import_key(json.loads(file.read_text()))
