"""The demo itself, served as `make demo` serves it, and a real Chromium to use it with.

The clock of the demo stands on the Wednesday before Easter, so that red days lie ahead.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
BEFORE_EASTER = datetime(2027, 3, 24, 9, 30, tzinfo=STOCKHOLM)
PEOPLE = 16
AXE = ROOT / "platform" / "portal" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SWEDISH = AXE.parent / "locales" / "sv.json"


@dataclass
class Demo:
    """The running demo: where it is, and what time it is there."""

    port: int
    clock: Path
    now: datetime = field(default=BEFORE_EASTER)

    def url(self, slug: str, path: str = "/") -> str:
        """Return the address of a page at a huvudman, or at the public host."""
        host = f"{slug}.localhost" if slug else "localhost"
        return f"http://{host}:{self.port}{path}"

    def at(self, moment: datetime) -> None:
        """Move the clock."""
        self.now = moment
        self.clock.write_text(str((moment - datetime.now(UTC)).total_seconds()))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start the demo with its own PostgreSQL, and stop everything at the end."""
    place = tmp_path_factory.mktemp("demo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = Demo(port, place / "clock")
    served.at(BEFORE_EASTER)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "SAMPLAN_DEMO": "1",
        "SAMPLAN_PORT": str(port),
        "SAMPLAN_CLOCK_OFFSET_FILE": str(served.clock),
    }
    samplan = Path(sys.executable).with_name("samplan")
    log = (place / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "infra/dev/postgres.py", "--data", str(place / "postgres"), "--",
         str(samplan), "demo", "--people", str(PEOPLE)],
        cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _wait_for(served, process, place / "log")
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(served: Demo, process: "subprocess.Popen[bytes]", log: Path) -> None:
    # By number, with the name in the header: Python does not resolve *.localhost.
    front = Request(
        f"http://127.0.0.1:{served.port}/", headers={"Host": f"localhost:{served.port}"}
    )
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            urlopen(front, timeout=5).close()
        except (URLError, TimeoutError):
            time.sleep(0.25)
        else:
            return
    raise RuntimeError(log.read_text())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, or the one that CHROMIUM names."""
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    assert path, "no Chromium: run infra/dev/browser.sh, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        yield browser
        browser.close()


@dataclass
class Somebody:
    """A person at a browser of their own, signed in at one huvudman."""

    demo: Demo
    slug: str
    context: BrowserContext
    page: Page
    violations: list[str]

    def go(self, path: str) -> Page:
        """Open a page of the own huvudman."""
        self.page.goto(self.demo.url(self.slug, path))
        return self.page


@pytest.fixture
def somebody(demo: Demo, chromium: Browser) -> Iterator["SignIn"]:
    """Give a way to sign in as a persona of the demo."""
    sign_in = SignIn(demo, chromium)
    yield sign_in
    for context in sign_in.contexts:
        context.close()


class SignIn:
    """Signs people in through the picker, each in a browser of their own."""

    def __init__(self, demo: Demo, chromium: Browser) -> None:
        self.demo, self.chromium = demo, chromium
        self.contexts: list[BrowserContext] = []

    def __call__(self, slug: str, name: str, **options: object) -> Somebody:
        """Sign in as somebody at a huvudman."""
        words = {"viewport": {"width": 1280, "height": 900}, "locale": "sv-SE",
                 "timezone_id": "Europe/Stockholm", **options}  # fmt: skip
        context = self.chromium.new_context(**words)  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        violations: list[str] = []
        page.on(
            "console",
            lambda told: (
                violations.append(told.text) if "Content Security Policy" in told.text else None
            ),
        )
        page.goto(self.demo.url(slug, "/sign-in"))
        page.get_by_role("button", name=name).click()
        return Somebody(self.demo, slug, context, page, violations)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
