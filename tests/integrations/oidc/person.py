"""A person at a browser: goes where pages and the provider lead, as a browser does."""

from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

from cast import MUNICIPALITY, REGION
from django.http import HttpResponse
from django.test import Client
from visits import HOSTS, words

from portal.access import COOKIE

BOTH = (REGION, MUNICIPALITY)


def to_provider(url: str) -> str:
    """Go to the provider and return where it leads back to."""
    place = urlsplit(url)
    connection = HTTPConnection(place.netloc, timeout=5)
    connection.request("GET", f"{place.path}?{place.query}")
    answer = connection.getresponse()
    location = answer.headers["Location"]
    connection.close()
    assert answer.status == 302, answer.status
    return str(location)


def asked_of(url: str) -> dict[str, str]:
    """Return what an address asks for."""
    return {name: them[0] for name, them in parse_qs(urlsplit(url).query).items()}


def tell(raw: str, tenant: str = REGION) -> int:
    """Tell of a logout as the provider does: no browser, no cookie, no form token."""
    client = Client(headers={"host": HOSTS[tenant]}, enforce_csrf_checks=True)
    return client.post("/sign-in/back-channel-logout", {"logout_token": raw}).status_code


@dataclass
class Person:
    """Somebody at a browser, at a huvudman's host."""

    tenant: str = REGION
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(headers={"host": HOSTS[self.tenant]})

    def start(self, page: str = "") -> str:
        """Press the button on a page, and return the provider's address that it leads to."""
        before = {"referer": f"http://{HOSTS[self.tenant]}{page}"} if page else {}
        answer = self.client.get("/sign-in/start", headers=before)
        assert answer.status_code == 302, words(answer.content)
        return str(answer["Location"])

    def come_back(self, url: str) -> HttpResponse:
        """Follow the provider's address back to us."""
        place = urlsplit(url)
        return self.client.get(f"{place.path}?{place.query}")

    def sign_in(self, page: str = "") -> HttpResponse:
        """Go all the way; return what the callback answers."""
        return self.come_back(to_provider(self.start(page)))

    @property
    def token(self) -> str:
        morsel = self.client.cookies.get(COOKIE)
        return morsel.value if morsel else ""

    @property
    def is_in(self) -> bool:
        return self.client.get("/tests/session").status_code == 200
