"""A running Keycloak with its realms as the product wants them, and people with cards."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from keycloak import KeycloakAdmin
from visitor import SECRET

from infra.dev import keycloak as development
from integrations.keycloak import providers, sync, wanted
from integrations.keycloak.drift import Drift
from integrations.keycloak.simulated import Person

REGION, MUNICIPALITY = "SE2999999218", "SE2999999150"
HOSTS = ("region.localhost", "municipality.localhost")


@dataclass
class Realms:
    """The running Keycloak, what is wanted of it, and its administrator."""

    url: str
    admin: KeycloakAdmin
    deployment: wanted.Deployment
    environment: dict[str, str]
    server: development.Server
    told: list[dict[str, str]] = field(default_factory=list)  # what came to the back channel
    # Starts the server again where it was, and stops it at the end of everything.
    again: Callable[[int], development.Server] | None = field(repr=False, default=None)

    def sync(self, *, check: bool = False) -> list[Drift]:
        """Bring the realms in line, or only tell."""
        return sync.synchronise(self.admin, wanted.realms(self.deployment), check=check)

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait(timeout=60)

    def start_again(self) -> None:
        """Start it anew on what the old one has left; return when it answers."""
        assert self.again, "nobody has said how"
        self.server = self.again(urlsplit(self.url).port or 0)

    def at(self, realm: str) -> KeycloakAdmin:
        """Return the administrator at a realm."""
        self.admin.change_current_realm(realm)
        return self.admin


def person(username: str, *units: str, prefix: str = REGION, **other: Any) -> Person:
    """Return somebody with a card, who works at units of one organisation."""
    return Person(
        username, username.title(), "Test", (f"{prefix}-{username.upper()}",),
        tuple(_commission(prefix, unit) for unit in units), **other,
    )  # fmt: skip


def _commission(prefix: str, unit: str) -> dict[str, str]:
    return {
        "commissionHsaId": f"{prefix}-U{unit}", "commissionName": f"Enhet {unit}, åäö",
        "healthCareUnitHsaId": f"{prefix}-{unit}", "healthCareProviderHsaId": f"{prefix}-VG",
    }  # fmt: skip


PEOPLE = (
    person("nurse", "AVD1", "AVD2"),
    person("officer", "BIST", prefix=MUNICIPALITY),
    person("weak", "AVD1", acr="http://id.sambi.se/loa/loa2"),
    person("odd", "AVD1", acr="urn:made:up"),
)


@contextmanager
def running(place: Path) -> Iterator[Realms]:
    """Start a Keycloak, bring its realms in line, and listen at the back channel.

    :raises NotFetched: where Keycloak cannot be had
    """
    with ExitStack() as stack:
        public, told = stack.enter_context(back_channel())

        def start(port: int) -> development.Server:
            return stack.enter_context(development.running(place / "keycloak", port=port))

        made = realms_of(start(0), public, told)
        made.again = start
        made.sync()
        yield made


def realms_of(server: development.Server, public: str, told: list[dict[str, str]]) -> Realms:
    deployment = wanted.Deployment(
        keycloak=server.url,
        origins=tuple(f"http://{host}:8000" for host in HOSTS),
        public=public,
        secret=SECRET,
        providers=providers.load(providers.SIMULATED, keycloak=server.url),
        secrets={"inera": "one", "kommun": "another"},
        simulated=PEOPLE,
    )
    admin = KeycloakAdmin(
        server_url=server.url, username=development.ADMIN, password=server.password,
        realm_name="master", user_realm_name="master",
    )  # fmt: skip
    return Realms(server.url, admin, deployment, server.environment, server, told)


@contextmanager
def back_channel() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Keep what Keycloak posts to us; give our address, and what has come."""
    told: list[dict[str, str]] = []
    with HTTPServer(("127.0.0.1", development.free_port()), _keeper(told.append)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", told
        server.shutdown()


def _keeper(keep: Callable[[dict[str, str]], None]) -> type[BaseHTTPRequestHandler]:
    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            keep({key: it[0] for key, it in parse_qs(body).items()} | {"path": self.path})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Keeper
