"""A subscriber's own server, on loopback: what it was called with, and what it answers."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Return its `webhook-id`."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        """Return what it says."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    @property
    def event_id(self) -> int:
        """Return which event it tells of."""
        return int(self.told["data"]["event_id"])


@dataclass
class Subscriber:
    """The server: an answer for each call, by how many there have been."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    taken: Counter[int] = field(default_factory=Counter)  # events that were answered with 2xx
    answer: Callable[[int], int] = lambda number: 204
    location: str = ""
    lock: Lock = field(default_factory=Lock)

    def take(self, call: Call) -> int:
        """Note a call; return the status of the answer."""
        with self.lock:
            self.calls.append(call)
            number = len(self.calls)
        status = self.answer(number)
        with self.lock:
            if 200 <= status < 300:
                self.taken[call.event_id] += 1
        return status


@contextmanager
def listening() -> Iterator[Subscriber]:
    """Let a subscriber listen."""
    subscriber = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = subscriber.take(Call(headers, body))
            try:
                self.send_response(status)
                if subscriber.location:
                    self.send_header("Location", subscriber.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                return  # whoever called has hung up, or is dead

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of those who have hung up."""

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    subscriber.url = f"http://127.0.0.1:{server.server_port}/events"
    yield subscriber
    server.shutdown()
    server.server_close()
