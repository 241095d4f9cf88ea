"""Reads the tokens that a provider has signed; pure, so that each check can be tried by itself.

Authlib's claims and joserfc's signatures do the work; what is here is what we ask beyond them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from integrations.oidc.registration import Registration

ALGORITHMS = ("ES256", "PS256")  # nothing symmetric, nothing that PKCS #1 v1.5 signs, never none
LEEWAY = 60  # seconds that two clocks may differ
TENANT = "samplan_tenant"  # the claim of an access token that says for which huvudman
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_LIVES = 300  # seconds that a logout token is believed after it was issued
REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


@dataclass
class BadToken(Exception):
    """A token is refused; `check` names the check that it failed, and no value out of it."""

    check: str


class UnknownKey(Exception):
    """A token names a key that the provider did not publish when it was last asked."""


@dataclass(frozen=True)
class IdToken:
    """ID-token: its claims, all checks passed, and the token itself as a hint for leaving."""

    claims: Mapping[str, Any]
    raw: str


@dataclass(frozen=True)
class LogoutToken:
    """Utloggningsbesked: whose sessions end."""

    issuer: str
    sid: str
    subject: str
    jti: str


def read_id_token(
    raw: str,
    *,
    keys: KeySet,
    registration: Registration,
    nonce: str,
    access_token: str,
    max_age: int | None = None,
    at: datetime,
) -> IdToken:
    """Return an ID token of which everything holds (OpenID Connect Core 1.0, 3.1.3.7).

    :raises BadToken: if anything does not
    :raises UnknownKey: if its key is not among `keys`
    """
    token = _decoded(raw, keys)
    if token.header.get("typ", "JWT") not in ("JWT", "ID"):
        raise BadToken("typ")
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            # Authlib asks for these, sub, exp and iat by itself.
            "iss": {"value": registration.issuer},
            "aud": {"value": registration.client_id},
            # Optional in the code flow; ours always sends it, so a token without it is not ours.
            "at_hash": {"essential": True},
            "nonce": {"essential": True},
        },
        {
            "nonce": nonce,
            "client_id": registration.client_id,
            "access_token": access_token,
        },
    )
    now = int(at.timestamp())
    _refuse_unless(lambda: claims.validate(now=now, leeway=LEEWAY))
    _refuse_unless_text(claims, "sub")
    if max_age is not None:
        # Authlib asks for it only where more than nought seconds are asked for.
        proved_at = claims.get("auth_time")
        if not isinstance(proved_at, int | float) or proved_at + max_age + LEEWAY < now:
            raise BadToken("auth_time")
    return IdToken(claims=dict(claims), raw=raw)


def read_logout_token(
    raw: str, *, keys: KeySet, registration: Registration, at: datetime
) -> LogoutToken:
    """Return whose sessions a logout token ends (Back-Channel Logout 1.0, 2.6).

    :raises BadToken: if anything of it does not hold
    :raises UnknownKey: if its key is not among `keys`
    """
    token = _decoded(raw, keys)
    if str(token.header.get("typ", "jwt")).lower() not in ("jwt", "logout+jwt"):
        raise BadToken("typ")  # an ID token or an access token in its place
    now = int(at.timestamp())
    registry = JWTClaimsRegistry(
        now,
        LEEWAY,
        iss={"essential": True, "value": registration.issuer},
        aud={"essential": True, "value": registration.client_id},
        iat={"essential": True},
        events={"essential": True},
    )
    claims = token.claims
    _refuse_unless(lambda: registry.validate(claims))
    if claims["iat"] + LOGOUT_LIVES + LEEWAY < now:
        raise BadToken("iat")
    if not isinstance(claims["events"], dict) or not isinstance(claims["events"].get(LOGOUT), dict):
        raise BadToken("events")
    if "nonce" in claims:
        raise BadToken("nonce")  # it would be an ID token
    _refuse_unless_text(claims, "jti")
    named = {it: claims.get(it, "") for it in ("sid", "sub")}
    if not all(isinstance(it, str) for it in named.values()) or not any(named.values()):
        raise BadToken("sub")
    return LogoutToken(registration.issuer, named["sid"], named["sub"], claims["jti"])


@dataclass(frozen=True)
class AccessToken:
    """Åtkomsttoken: which machine client may call for which huvudman, within which scopes."""

    client_id: str
    tenant: str
    scopes: tuple[str, ...]


def read_access_token(
    raw: str, *, keys: KeySet, registration: Registration, at: datetime
) -> AccessToken:
    """Return whom an access token was issued to, and for what (RFC 9068, 4; RFC 8725).

    :param registration: the issuer, and in `client_id` the audience that the API is known by
    :raises BadToken: if anything of it does not hold
    :raises UnknownKey: if its key is not among `keys`
    """
    token = _decoded(raw, keys)
    if str(token.header.get("typ", "")).lower() not in ("jwt", "at+jwt"):
        raise BadToken("typ")
    registry = JWTClaimsRegistry(
        int(at.timestamp()),
        LEEWAY,
        iss={"essential": True, "value": registration.issuer},
        aud={"essential": True, "value": registration.client_id},
        iat={"essential": True},
        exp={"essential": True},
    )
    claims = token.claims
    _refuse_unless(lambda: registry.validate(claims))
    if claims.get("typ", "Bearer") != "Bearer":
        raise BadToken("typ")  # Keycloak's refresh and ID tokens say so here
    if "act" in claims:
        raise BadToken("act")  # exchanged: somebody else than the client would act
    for name in ("azp", TENANT):
        _refuse_unless_text(claims, name)
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise BadToken("scope")
    return AccessToken(claims["azp"], claims[TENANT], tuple(scope.split()))


def read_userinfo(raw: str, *, keys: KeySet, registration: Registration) -> Mapping[str, Any]:
    """Return the claims of a signed answer about a person (OpenID Connect Core 1.0, 5.3.2).

    :raises BadToken: if it is not this provider's, for us
    :raises UnknownKey: if its key is not among `keys`
    """
    token = _decoded(raw, keys)
    registry = JWTClaimsRegistry(
        iss={"essential": True, "value": registration.issuer},
        aud={"essential": True, "value": registration.client_id},
    )
    _refuse_unless(lambda: registry.validate(token.claims))
    return token.claims


def signing_keys(published: Mapping[str, Any]) -> KeySet:
    """Return the keys that sign, of those that a provider publishes; others encrypt.

    :raises BadToken: if they cannot be read
    """
    try:
        keys = [it for it in published["keys"] if it.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": [it for it in keys if it.get("kty") != "oct"]})
    except (JoseError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadToken("jwks") from fault


def _decoded(raw: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(raw, keys, registry=REGISTRY)
    except InvalidKeyIdError as fault:
        if _names_a_key(raw):
            raise UnknownKey from fault
        raise BadToken("kid") from fault  # several keys, and none is named
    except (JoseError, ValueError, TypeError) as fault:
        raise BadToken("signature") from fault


def _names_a_key(raw: str) -> bool:
    return bool(jws.extract_compact(raw.encode()).headers().get("kid"))


def _refuse_unless(validate: Any) -> None:
    try:
        validate()
    except ClaimError as fault:
        raise BadToken(fault.claim) from fault
    except (JoseError, TypeError, ValueError, KeyError) as fault:
        raise BadToken("claims") from fault


def _refuse_unless_text(claims: Mapping[str, Any], name: str) -> None:
    if not isinstance(claims.get(name), str) or not claims[name]:
        raise BadToken(name)
