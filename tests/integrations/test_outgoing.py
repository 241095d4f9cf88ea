"""The one way out: only to whom the list names, where the list says, and nowhere further."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from pytest_django import Settings
from requests import ReadTimeout, Session
from requests.exceptions import ProxyError

from integrations import outgoing
from integrations.outgoing import Refused

ADDRESSES = {
    "scb.example": ["93.184.216.34"],
    "inside.example": ["10.20.0.7"],
    "both.example": ["93.184.216.34", "192.168.1.1"],
    "mapped.example": ["::ffff:10.20.0.7"],
    "metadata.example": ["169.254.169.254"],
    "many.example": ["224.0.0.1"],
    "here.example": ["127.0.0.1"],
}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Let the names above lead to their addresses."""
    settings.OUTGOING = list(ADDRESSES)

    def found(host: str, port: int, **_: object) -> list[Any]:
        if host not in ADDRESSES:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (it, port)) for it in ADDRESSES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.usefixtures("names")
class TestTheList:
    def test_a_host_of_the_list_may_be_called(self) -> None:
        outgoing.refuse_unless_listed("https://scb.example/api?x=1")
        outgoing.refuse_unless_listed("https://SCB.example:8443/")

    @pytest.mark.parametrize(
        "url",
        [
            "https://other.example/", "https://scb.example.evil.example/", "https:///api",
            "https://scb.example@evil.example/", "file:///etc/passwd", "", "https://93.184.216.34/",
        ],
    )  # fmt: skip
    def test_no_other_host(self, url: str) -> None:
        with pytest.raises(Refused, match="SAMPLAN_OUTGOING"):
            outgoing.refuse_unless_listed(url)

    @pytest.mark.parametrize(
        "host",
        ["inside.example", "both.example", "mapped.example", "metadata.example", "many.example",
         "here.example"],
    )  # fmt: skip
    def test_none_that_leads_into_a_network_of_our_own(self, host: str) -> None:
        with pytest.raises(Refused, match="ett eget nät"):
            outgoing.refuse_unless_listed(f"https://{host}/")

    def test_but_where_the_network_is_named_with_it(self, settings: Settings) -> None:
        settings.OUTGOING = ["inside.example@10.20.0.0/16", "scb.example@10.20.0.0/16"]

        outgoing.refuse_unless_listed("https://inside.example/")
        with pytest.raises(Refused, match="ett eget nät"):
            outgoing.refuse_unless_listed("https://scb.example/")

    def test_nothing_goes_without_tls(self) -> None:
        with pytest.raises(Refused, match="https"):
            outgoing.refuse_unless_listed("http://scb.example/")

    def test_a_name_that_leads_nowhere_is_told(self, settings: Settings) -> None:
        settings.OUTGOING = ["nowhere.example"]

        with pytest.raises(Refused, match="DNS"):
            outgoing.refuse_unless_listed("https://nowhere.example/")


@pytest.fixture
def counterpart(settings: Settings) -> Iterator[str]:
    """Serve pages that lead elsewhere, and one that never answers."""
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8"]

    class Leads(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/silent":
                self.rfile.read(1)
                return
            place = {"/away": "https://evil.example/", "/inside": "http://127.0.0.2/",
                     "/here": "/end"}.get(self.path)  # fmt: skip
            self.send_response(302 if place else 200)
            if place:
                self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Leads)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestASession:
    def test_follows_within_the_host_and_no_further(self, counterpart: str) -> None:
        with outgoing.session() as session:
            assert session.get(f"{counterpart}/here").url.endswith("/end")
            for path in ("/away", "/inside"):
                with pytest.raises(Refused, match="leder vidare"):
                    session.get(f"{counterpart}{path}")

    def test_of_a_library_is_bound_too(self, counterpart: str) -> None:
        class OfALibrary(Session):
            def __init__(self) -> None:
                super().__init__()
                self.mount("https://evil.example/", self.get_adapter("https://"))

        with outgoing.guarded(OfALibrary()) as session:
            assert session.get(counterpart).status_code == 200
            with pytest.raises(Refused, match="SAMPLAN_OUTGOING"):
                session.get("https://evil.example/")

    def test_waits_no_longer_than_said(
        self, counterpart: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outgoing, "SECONDS", (0.1, 0.1))

        with outgoing.session() as session, pytest.raises(ReadTimeout):
            session.get(f"{counterpart}/silent")

    def test_takes_no_proxy_from_the_environment(
        self, counterpart: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

        with outgoing.session() as session:
            assert session.get(counterpart).status_code == 200

    def test_goes_by_the_proxy_that_is_set(self, counterpart: str, settings: Settings) -> None:
        settings.OUTGOING_PROXY = "http://127.0.0.1:9"

        with outgoing.session() as session:
            with pytest.raises(ProxyError):
                session.get(counterpart)
            with pytest.raises(Refused, match="SAMPLAN_OUTGOING"):
                session.get("http://evil.example/")
