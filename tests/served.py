"""The demo as it is served, and people who use it, each in a browser of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).parents[1]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
BEFORE_EASTER = datetime(2027, 3, 24, 9, 30, tzinfo=STOCKHOLM)
AXE = ROOT / "platform" / "portal" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
SWEDISH = AXE.parent / "locales" / "sv.json"
STOPPED = "stopped by the policy:"
TELLS = f"""document.addEventListener("securitypolicyviolation", (it) =>
  console.error("{STOPPED}", it.effectiveDirective, it.blockedURI, it.sourceFile));"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Demo:
    """The running demo: where it is, and what time it is there."""

    port: int
    clock: Path
    postgres: Path
    now: datetime = field(default=BEFORE_EASTER)

    def url(self, slug: str, path: str = "/") -> str:
        """Return the address of a page at a huvudman, or at the public host."""
        host = f"{slug}.localhost" if slug else "localhost"
        return f"http://{host}:{self.port}{path}"

    def samplan(self, *words: str) -> str:
        """Run a command as the operator does; return what it says."""
        login = {
            f"DATABASE_{name}URL": make_conninfo(
                host=str(self.postgres), user=user, dbname="samplan"
            )
            for name, user in (("", "sp_app"), ("MIGRATOR_", "sp_migrator"))
        }
        environment = (
            os.environ
            | login
            | {
                "SAMPLAN_DEMO": "1",
                "SAMPLAN_CLOCK_OFFSET_FILE": str(self.clock),
            }
        )
        command = [Path(sys.executable).with_name("samplan"), *words]
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def at(self, moment: datetime) -> None:
        """Move the clock."""
        self.now = moment
        self.clock.write_text(str((moment - datetime.now(UTC)).total_seconds()))


@contextmanager
def serving(place: Path, *, people: int) -> Iterator[Demo]:
    """Serve the demo as `make demo` does, with its own PostgreSQL, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = Demo(port, place / "clock", place / "postgres")
    served.at(BEFORE_EASTER)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "SAMPLAN_DEMO": "1",
        "SAMPLAN_PORT": str(port),
        "SAMPLAN_CLOCK_OFFSET_FILE": str(served.clock),
        # A seal belongs to its database: this one begins anew.
        "SAMPLAN_SEAL_KEYS": str(place / "keys"),
        "SAMPLAN_CHECKPOINTS": str(place / "checkpoints"),
    }
    samplan = Path(sys.executable).with_name("samplan")
    words = [sys.executable, "infra/dev/postgres.py", "--data", str(place / "postgres"), "--",
             str(samplan), "demo", "--people", str(people)]  # fmt: skip
    with (
        (place / "log").open("w") as log,
        subprocess.Popen(
            words, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_for(served, process, place / "log")
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


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


class SignIn:
    """Signs people in through the picker, each in a browser of their own."""

    def __init__(self, demo: Demo, chromium: Browser) -> None:
        self.demo, self.chromium = demo, chromium
        self.contexts: list[BrowserContext] = []
        self.violations: list[str] = []

    def __call__(self, slug: str, name: str, **options: object) -> Somebody:
        """Sign in as somebody at a huvudman."""
        who = self.open(slug, **options)
        who.go("/sign-in").get_by_role("button", name=name).click()
        return who

    def open(self, slug: str, **options: object) -> Somebody:
        """Open a browser at a huvudman, in which nobody has signed in."""
        words = {"viewport": {"width": 1280, "height": 900}, "locale": "sv-SE",
                 "timezone_id": "Europe/Stockholm", **options}  # fmt: skip
        context = self.chromium.new_context(**words)  # type: ignore[arg-type]
        self.contexts.append(context)
        # Of every page and frame of this browser: what the policy has stopped, as the page is told
        # and as the console says.
        context.add_init_script(TELLS)
        context.on("console", self._note)
        return Somebody(self.demo, slug, context, context.new_page(), self.violations)

    def _note(self, told: ConsoleMessage) -> None:
        if "Content Security Policy" in told.text or told.text.startswith(STOPPED):
            self.violations.append(told.text)


def axe(page: Page) -> list[str]:
    """Return what axe finds wrong with a page."""
    page.evaluate(AXE.read_text())
    page.evaluate(f"axe.configure({{locale: {json.dumps(json.loads(SWEDISH.read_text()))}}})")
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        f"{it['id']}: {it['help']} ({node['html'][:120]})"
        for it in found["violations"]
        for node in it["nodes"]
    ]
