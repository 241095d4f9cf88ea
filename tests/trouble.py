"""What lies between the product and Keycloak: a proxy that lets all through, or makes trouble.

The product reaches it by `SAMPLAN_OUTGOING_PROXY`; so what it asks behind the browser's back goes
wrong as it does in a network, and Keycloak itself stays well.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from infra.dev.keycloak import free_port

HOP = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "host"})
SLOW = 7.0  # seconds; the product waits for four


@dataclass
class Trouble:
    """What goes wrong with the next request whose path ends so: `error`, `silence` or `cut`."""

    address: str = ""
    due: dict[str, str] = field(default_factory=dict)

    def take(self, path: str) -> str:
        """Return what goes wrong with a request, once."""
        found = next((it for it in self.due if urlsplit(path).path.endswith(it)), "")
        return self.due.pop(found, "")


class _Between(BaseHTTPRequestHandler):
    trouble: Trouble

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        kind = self.trouble.take(self.path)
        if kind == "error":
            self.send_error(500)
            return
        if kind == "silence":
            time.sleep(SLOW)
        if kind:
            self.close_connection = True
            return
        self._ask()

    def _ask(self) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {key: it for key, it in self.headers.items() if key.lower() not in HOP}
        connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.request(
                self.command, f"{place.path}?{place.query}" if place.query else place.path,
                body, headers | {"Host": place.netloc},
            )  # fmt: skip
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            self.close_connection = True  # nobody is there: cut, as it would be without us
            return
        finally:
            connection.close()
        self.send_response(answer.status)
        for key, it in answer.getheaders():
            if key.lower() not in HOP | {"content-length"}:
                self.send_header(key, it)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def between() -> Iterator[Trouble]:
    """Serve the proxy on loopback."""
    trouble = Trouble()
    handler = type("Between", (_Between,), {"trouble": trouble})
    with ThreadingHTTPServer(("127.0.0.1", free_port()), handler) as server:
        trouble.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield trouble
        finally:
            server.shutdown()
            thread.join()
