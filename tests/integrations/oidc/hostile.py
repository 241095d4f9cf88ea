"""An OpenID provider of our own on loopback, friendly or hostile as it is told.

It speaks HTTP like a real one: discovery, keys, authorization, tokens, userinfo, end of session. A
test changes one thing (`hostile.claims`, `hostile.header`, `hostile.sign_with` ...) and signs in
through the real views; everything else stays right, so that a refusal has one reason.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
CLIENT_ID, CLIENT_SECRET = "samplan", "a secret: with %/+ in it"
LOA3 = "http://id.sambi.se/loa/loa3"


class Absent(Enum):
    """What is left out. A member of an enumeration, so that a test has the same name everywhere."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
ALL = ["ES256", "PS256", "RS256", "HS256", "none"]
Key = ECKey | RSAKey | OctKey
Words = dict[str, Any]


def identity_providers(place: Path, **prefixes: list[str]) -> str:
    """Write a deployment's file of identity providers, and for whom each may speak."""
    unasked = dict.fromkeys(
        ("name", "issuer", "authorization", "token", "keys", "logout", "client", "scope"), ""
    )
    rows = {
        alias: unasked | {"names": "inera", "hsa_prefixes": those}
        for alias, those in prefixes.items()
    }
    file = place / "identity_providers.json"
    file.write_text(json.dumps(rows))
    return str(file)


def half_hash(text: str) -> str:
    half = sha256(text.encode("ascii")).digest()[:16]
    return base64.urlsafe_b64encode(half).decode().rstrip("=")


def unsigned(claims: Words) -> str:
    """Return a token of `alg` none."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    told = [base64.urlsafe_b64encode(json.dumps(it).encode()).decode().rstrip("=") for it in parts]
    return ".".join([*told, ""])


def broken(token: str) -> str:
    """Return a token whose signature is another's."""
    head, body, signature = token.split(".")
    turned = signature[:-8] + ("A" * 8 if not signature.endswith("A" * 8) else "B" * 8)
    return f"{head}.{body}.{turned}"


@dataclass
class Hostile:
    """The provider's state, and what it does wrong."""

    issuer: str = ""
    person: Words = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    # What it does wrong.
    claims: Words = field(default_factory=dict)  # laid over the ID token's
    header: Words = field(default_factory=dict)  # laid over its header
    finish: Callable[[str], str] | None = None  # what becomes of a token that is signed
    sign_with: Key | None = None
    answer: Words = field(default_factory=dict)  # laid over the token endpoint's
    metadata: Words = field(default_factory=dict)
    callback: Words = field(default_factory=dict)  # laid over what the browser brings back
    userinfo: Words | str = field(default_factory=dict)
    userinfo_type: str = "application/json"
    ignores_max_age: bool = False
    is_down: bool = False
    delay: float = 0.0
    # What it has seen.
    asked: list[str] = field(default_factory=list)
    authorized: dict[str, Words] = field(default_factory=dict)
    token_requests: list[Words] = field(default_factory=list)
    authenticated_at: int = 0
    sid: str = ""
    is_signed_in: bool = False

    def reset(self) -> None:
        """Become friendly, with one key and nobody signed in."""
        fresh = Hostile(issuer=self.issuer)
        fresh.keys = [new_key("first")]
        self.__dict__.update(fresh.__dict__)
        self.person = {
            "sub": "f:staff:sara",
            "employee_hsa_id": "SE2999999119-P001",
            "all_employee_hsa_ids": ["SE2999999119-P001"],
            "all_commissions": [],
            "identity_provider": "siths",
            "name": "Sara Lindmark",
            "acr": LOA3,
            "amr": ["urn:siths"],
        }

    def token(self, claims: Words, header: Words | None = None) -> str:
        """Return a signed token, as the tests have spoilt it."""
        key = self.sign_with or self.keys[0]
        told = {"alg": "ES256", "kid": key.kid, "typ": "JWT"} | (header or {}) | self.header
        told = {name: it for name, it in told.items() if it is not ABSENT}
        claims = {name: it for name, it in claims.items() if it is not ABSENT}
        if told["alg"] == "none":
            return unsigned(claims)
        registry = JWSRegistry(algorithms=ALL, strict_check_header=False)
        # Not by joserfc's tokens: they say a type of themselves.
        signed = jws.serialize_compact(told, json.dumps(claims), key, registry=registry)
        return self.finish(signed) if self.finish else signed

    def id_token(self, nonce: str, access_token: str) -> str:
        """Return the ID token of who is signed in."""
        now = int(time.time())
        claims = self.person | {
            "iss": self.issuer, "aud": CLIENT_ID, "azp": CLIENT_ID, "exp": now + 300, "iat": now,
            "auth_time": self.authenticated_at, "nonce": nonce, "sid": self.sid,
            "at_hash": half_hash(access_token),
        }  # fmt: skip
        return self.token(claims | self.claims)

    def logout_token(self, **over: Any) -> str:
        """Return a logout token for who is signed in."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": str(uuid4()),
            "sub": self.person["sub"], "sid": self.sid, "events": {LOGOUT: {}},
        }  # fmt: skip
        return self.token(claims | over, {"typ": "logout+jwt"})

    def discovery(self) -> Words:
        """Return the metadata."""
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/keys",
            "end_session_endpoint": f"{at}/leave",
            "id_token_signing_alg_values_supported": ALL,  # what it would like us to believe
        } | self.metadata

    def authorize(self, asked: Words) -> str:
        """Sign the person in, silently where it may, and return where the browser goes."""
        max_age = asked.get("max_age")
        age = time.time() - self.authenticated_at
        is_old = max_age is not None and age > int(max_age) and not self.ignores_max_age
        if not self.is_signed_in or is_old:
            self.authenticated_at, self.sid = int(time.time()), self.sid or str(uuid4())
            self.is_signed_in = True
        code = str(uuid4())
        self.authorized[code] = asked
        told = {"code": code, "state": asked["state"], "iss": self.issuer} | self.callback
        told = {name: it for name, it in told.items() if it is not ABSENT}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def exchange(self, headers: Any, form: Words) -> tuple[int, Words]:
        """Answer for a code, as strictly as a real provider."""
        self.token_requests.append(form | {"authorization": headers.get("Authorization", "")})
        kind, _, basic = headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or not _is_ours(basic):
            return 401, {"error": "invalid_client"}
        asked = self.authorized.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked.get("code_challenge_method") != "S256" or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        access_token = str(uuid4())
        answer = {
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
            "refresh_token": str(uuid4()),
            "id_token": self.id_token(asked.get("nonce", ""), access_token),
        } | self.answer  # fmt: skip
        return 200, {name: it for name, it in answer.items() if it is not ABSENT}


def _is_ours(basic: str) -> bool:
    user, _, secret = base64.b64decode(basic).decode().partition(":")
    # Form-encoded first (RFC 6749, 2.3.1); providers take the plain form too.
    return user == CLIENT_ID and CLIENT_SECRET in (secret, unquote_plus(secret))


def new_key(kid: str, *, kind: str = "EC") -> Key:
    """Return a new key pair."""
    if kind == "RSA":
        return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


class Handler(BaseHTTPRequestHandler):
    """Speaks for the provider."""

    hostile: Hostile
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        place, query = urlsplit(self.path).path, urlsplit(self.path).query
        hostile = self.hostile
        hostile.asked.append(place)
        time.sleep(hostile.delay)
        if hostile.is_down:
            return self._say(503, {})
        asked = {name: them[0] for name, them in parse_qs(query).items()}
        if place == "/.well-known/openid-configuration":
            return self._say(200, hostile.discovery())
        if place == "/keys":
            return self._say(200, {"keys": [it.as_dict(private=False) for it in hostile.keys]})
        if place == "/authorize":
            return self._lead(hostile.authorize(asked))
        if place == "/userinfo":
            return self._say(200, hostile.userinfo, hostile.userinfo_type)
        if place == "/leave":
            hostile.is_signed_in, hostile.sid = False, ""
            told = {"state": asked.get("state", "")} | hostile.callback
            told = {name: it for name, it in told.items() if it is not ABSENT}
            return self._lead(f"{asked['post_logout_redirect_uri']}?{urlencode(told)}")
        return self._say(404, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        body = parse_qs(self.rfile.read(length).decode())
        self.hostile.asked.append(self.path)
        if self.hostile.is_down:
            return self._say(503, {})
        status, answer = self.hostile.exchange(
            self.headers, {name: them[0] for name, them in body.items()}
        )
        return self._say(status, answer)

    def _lead(self, url: str) -> None:
        self.send_response(302)
        self.send_header("Location", url)
        self.end_headers()

    def _say(self, status: int, words: Words | str, kind: str = "application/json") -> None:
        body = words.encode() if isinstance(words, str) else json.dumps(words).encode()
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing: what it has seen is in `asked`."""


@contextmanager
def running(port: int = 0) -> Iterator[Hostile]:
    """Serve a provider on loopback."""
    hostile = Hostile()
    handler = type("Bound", (Handler,), {"hostile": hostile})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    hostile.issuer = f"http://127.0.0.1:{server.server_port}"
    hostile.reset()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hostile
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
