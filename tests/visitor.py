"""Somebody who signs in through Keycloak with a plain HTTP client, page by page."""

import base64
import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx

from integrations.keycloak.simulated import PASSWORD

CALLBACK = "http://municipality.localhost:8000/sign-in/callback"
SECRET = "between-samplan-and-keycloak"
FORM = re.compile(r'<form[^>]*\saction="([^"]+)"')
PAGES = 12
SECONDS = 60


@dataclass
class Visitor:
    """A browser that keeps cookies as one does: on localhost also those marked as Secure.

    Python's own cookie jar does not send them over plain HTTP.
    """

    keycloak: str
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def sign_in(self, username: str, *, provider: str = "inera", **asked: str) -> dict[str, Any]:
        """Go the whole way; return the tokens."""
        return self.tokens(self.callback(username, provider=provider, **asked)["code"])

    def callback(self, username: str, *, provider: str = "inera", **asked: str) -> dict[str, str]:
        """Go from the first address to the callback, through the provider; return its query."""
        page = self.get(self.address(kc_idp_hint=provider, **asked))
        for _ in range(PAGES):
            if page.is_redirect:
                target = urljoin(str(page.url), page.headers["location"])
                if target.startswith(CALLBACK):
                    return {key: it[0] for key, it in parse_qs(urlsplit(target).query).items()}
                page = self.get(target)
            elif form := FORM.search(page.text):
                words = {"username": username, "password": PASSWORD}
                page = self.post(html.unescape(form[1]), words)
            else:
                break
        raise AssertionError(f"{page.status_code} {re.sub(r'<[^>]+>', ' ', page.text)[-800:]}")

    def address(self, **asked: str) -> str:
        """Return the address that a sign-in begins at."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "client_id": "samplan", "response_type": "code", "scope": "openid",
            "redirect_uri": CALLBACK, "state": "state", "nonce": "nonce",
            "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        } | asked  # fmt: skip
        return f"{self.keycloak}/realms/staff/protocol/openid-connect/auth?{urlencode(query)}"

    def tokens(self, code: str, **changed: str) -> dict[str, Any]:
        """Exchange a code, as the client does."""
        words = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | changed  # fmt: skip
        return self.token_request(**words)

    def token_request(self, **words: str) -> dict[str, Any]:
        """Ask the token endpoint as the client."""
        place = f"{self.keycloak}/realms/staff/protocol/openid-connect/token"
        given: dict[str, Any] = httpx.post(
            place, data=words, auth=("samplan", SECRET), timeout=SECONDS
        ).json()
        return given

    def get(self, address: str) -> httpx.Response:
        """Open an address."""
        return self._kept(httpx.get(address, headers=self._sent(address), timeout=SECONDS))

    def post(self, address: str, words: dict[str, str]) -> httpx.Response:
        """Send a form."""
        return self._kept(
            httpx.post(address, data=words, headers=self._sent(address), timeout=SECONDS)
        )

    def _sent(self, address: str) -> dict[str, str]:
        path = urlsplit(address).path
        sent = [f"{name}={it}" for (at, name), it in self.cookies.items() if path.startswith(at)]
        return {"Cookie": "; ".join(sent)}

    def _kept(self, page: httpx.Response) -> httpx.Response:
        for line in page.headers.get_list("set-cookie"):
            for name, it in SimpleCookie(line).items():
                key = (it["path"] or "/", name)
                self.cookies[key] = it.coded_value
                if it["max-age"] == "0" or not it.value:
                    del self.cookies[key]
        return page


def read(token: str) -> dict[str, Any]:
    """Return the claims of a token, unchecked."""
    return _part(token, 1)


def header(token: str) -> dict[str, Any]:
    """Return the header of a token."""
    return _part(token, 0)


def _part(token: str, number: int) -> dict[str, Any]:
    part: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[number] + "=="))
    return part
