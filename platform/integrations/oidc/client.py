"""Speaks with the provider: short time-outs, no redirects followed, one way out for all of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc.jwk import KeySet
from requests import RequestException, Response

from integrations import outgoing
from integrations.oidc import mapping, tokens
from integrations.oidc.mapping import Asserted
from integrations.oidc.registration import Registration
from integrations.oidc.tokens import AccessToken, BadToken, IdToken, LogoutToken, UnknownKey

TIMEOUT = (2.0, 4.0)  # seconds to connect, and between two pieces of an answer
METADATA_LIVES = 600.0
METADATA_IS_NEW = 30.0  # nobody asks again whether the provider answers
KEYS_LIVE = 600.0
KEYS_AGAIN = 30.0  # what anybody may send us makes us ask for an unknown key no more often
TOKENS, ABOUT, KEYS, LEAVING = (
    "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint",
)  # fmt: skip
T = TypeVar("T")


class Unreachable(Exception):
    """The provider does not answer, or answers nothing that can be read."""


@dataclass
class Refused(Exception):
    """The provider says no, by one of its own words (`access_denied`, `invalid_grant`)."""

    error: str


@dataclass(frozen=True)
class Vouched:
    """What the provider has vouched for: the token, who it is about, and all that is said."""

    token: IdToken
    who: Asserted
    claims: Mapping[str, Any]


class Provider:
    """One provider, with what it has told of itself."""

    def __init__(
        self, registration: Registration, *, elapsed: Callable[[], float] = monotonic
    ) -> None:
        self.registration = registration
        self._elapsed = elapsed
        self._lock = Lock()
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._sent_to_ask = -KEYS_AGAIN

    def is_reached(self) -> bool:
        """Ask the provider for its metadata, and tell whether it answers."""
        try:
            self._ask_metadata()
        except Unreachable:
            return False
        return True

    def authorization_url(
        self,
        *,
        state: str,
        nonce: str,
        verifier: str,
        redirect_uri: str,
        max_age: int | None = None,
        through: str = "",
    ) -> str:
        """Return where a person proves who it is.

        The provider is asked whether it is there, unless it has told of itself just now.

        Levels of assurance are not asked for here but required of the answer: Keycloak knows none
        of those, and a browser that has a session there would be asked for the card each time. It
        asks the identity provider for them itself.

        :param through: the identity provider to go on to, by Keycloak's alias; empty: its first
        :raises Unreachable: if it is not
        """
        metadata = self._known_metadata(lives=METADATA_IS_NEW)
        url, _ = self._session(redirect_uri).create_authorization_url(
            _text(metadata, "authorization_endpoint"),
            state=state,
            code_verifier=verifier,
            nonce=nonce,
            max_age=max_age,  # what is None is not sent
            kc_idp_hint=through or None,
        )
        return str(url)

    def exchange(
        self,
        *,
        code: str,
        nonce: str,
        verifier: str,
        redirect_uri: str,
        max_age: int | None = None,
        at: datetime,
    ) -> Vouched:
        """Return what a code stands for.

        :param at: the real time, by which tokens run out
        :raises Unreachable: if the provider does not answer
        :raises Refused: if it does not know the code
        :raises BadToken: if what it answers does not hold
        """
        answer = self._token(code, verifier, redirect_uri)
        access_token = answer.get("access_token", "")
        if not isinstance(answer.get("id_token"), str) or not isinstance(access_token, str):
            raise BadToken("id_token")
        token = self._with_keys(
            lambda keys: tokens.read_id_token(
                answer["id_token"],
                keys=keys,
                registration=self.registration,
                nonce=nonce,
                access_token=access_token,
                max_age=max_age,
                at=at,
            )
        )
        if mapping.has_person(token.claims):
            return Vouched(token, mapping.asserted(token.claims), token.claims)
        told = self._userinfo(access_token)
        if told.get("sub") != token.claims["sub"]:
            raise BadToken("userinfo.sub")
        # What the ID token says of the sign-in itself is never replaced.
        claims = {**told, **token.claims}
        return Vouched(token, mapping.asserted(claims), claims)

    def logout_token(self, raw: str, *, at: datetime) -> LogoutToken:
        """Return whose sessions end, as the provider says behind the browser's back.

        :raises Unreachable: if its keys are needed and it does not answer
        :raises BadToken: if the token does not hold
        """
        return self._with_keys(
            lambda keys: tokens.read_logout_token(
                raw, keys=keys, registration=self.registration, at=at
            ),
            is_sent_by_anybody=True,
        )

    def access_token(self, raw: str, *, at: datetime) -> AccessToken:
        """Return which machine client a token was issued to.

        :param at: the real time, by which tokens run out
        :raises Unreachable: if its keys are needed and it does not answer
        :raises BadToken: if the token does not hold
        """
        return self._with_keys(
            lambda keys: tokens.read_access_token(
                raw, keys=keys, registration=self.registration, at=at
            ),
            is_sent_by_anybody=True,
        )

    def logout_url(self, *, id_token: str, state: str, leads_to: str) -> str:
        """Return where a person is signed out at the provider too, and comes back from.

        :raises Unreachable: if it does not answer, or has no such place
        """
        place = _text(self._known_metadata(), LEAVING)
        told = {"id_token_hint": id_token, "client_id": self.registration.client_id,
                "post_logout_redirect_uri": leads_to, "state": state}  # fmt: skip
        return str(add_params_to_uri(place, list(told.items())))

    def _token(self, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        place = _text(self._known_metadata(), TOKENS)
        try:
            return dict(
                self._session(redirect_uri).fetch_token(
                    place, grant_type="authorization_code", code=code, code_verifier=verifier,
                    allow_redirects=False,
                )
            )  # fmt: skip
        except OAuthError as no:
            raise Refused(str(no.error)) from no
        except (RequestException, ValueError, TypeError) as fault:
            raise Unreachable from fault

    def _userinfo(self, access_token: str) -> Mapping[str, Any]:
        place = _text(self._known_metadata(), ABOUT)
        answer = self._get(place, headers={"Authorization": f"Bearer {access_token}"})
        if answer.headers.get("Content-Type", "").startswith("application/jwt"):
            return self._with_keys(
                lambda keys: tokens.read_userinfo(
                    answer.text, keys=keys, registration=self.registration
                )
            )
        return _json(answer)

    def _with_keys(self, read: Callable[[KeySet], T], *, is_sent_by_anybody: bool = False) -> T:
        """Read with the keys that are known, and once more when a new one has come.

        What we fetched from the provider ourselves may always send us to ask: the key may have
        come since the last time, however short ago that was. What anybody can send may not.
        """
        try:
            return read(self._known_keys())
        except UnknownKey:
            pass
        if is_sent_by_anybody:
            self._refuse_to_ask_often()
        try:
            return read(self._ask_keys())
        except UnknownKey:
            raise BadToken("kid") from None

    def _refuse_to_ask_often(self) -> None:
        with self._lock:
            if self._elapsed() - self._sent_to_ask < KEYS_AGAIN:
                raise BadToken("kid")
            self._sent_to_ask = self._elapsed()

    def _known_keys(self) -> KeySet:
        with self._lock:
            known = self._keys
        if known is None or self._elapsed() - known[0] > KEYS_LIVE:
            return self._ask_keys()
        return known[1]

    def _ask_keys(self) -> KeySet:
        place = _text(self._known_metadata(), KEYS)
        keys = tokens.signing_keys(_json(self._get(place)))
        with self._lock:
            self._keys = (self._elapsed(), keys)
        return keys

    def _known_metadata(self, *, lives: float = METADATA_LIVES) -> Mapping[str, Any]:
        with self._lock:
            known = self._metadata
        if known is None or self._elapsed() - known[0] > lives:
            return self._ask_metadata()
        return known[1]

    def _ask_metadata(self) -> Mapping[str, Any]:
        issuer = self.registration.issuer
        told = _json(self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        if told.get("issuer") != issuer:
            raise Unreachable  # somebody else answers there (OpenID Connect Discovery 1.0, 4.3)
        with self._lock:
            self._metadata = (self._elapsed(), told)
        return told

    def _get(self, url: str, **more: Any) -> Response:
        try:
            answer: Response = self._session().get(
                url, withhold_token=True, allow_redirects=False, **more
            )
        except RequestException as fault:
            raise Unreachable from fault
        if answer.status_code != 200:
            raise Unreachable
        return answer

    def _session(self, redirect_uri: str = "") -> OAuth2Session:
        session = OAuth2Session(
            client_id=self.registration.client_id,
            client_secret=self.registration.client_secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the method's name
            code_challenge_method="S256",
            scope=self.registration.scope,
            redirect_uri=redirect_uri,
            default_timeout=TIMEOUT,
        )
        return outgoing.guarded(session)


def _json(answer: Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError as fault:
        raise Unreachable from fault
    if not isinstance(told, dict):
        raise Unreachable
    return told


def _text(metadata: Mapping[str, Any], name: str) -> str:
    """Return an address out of the metadata.

    :raises Unreachable: if it has none
    """
    value = metadata.get(name)
    if not isinstance(value, str) or not value:
        raise Unreachable
    return value
