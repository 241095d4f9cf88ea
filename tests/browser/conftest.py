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
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright
from served import BEFORE_EASTER, Demo, SignIn

PEOPLE = 16
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """Start the demo with its own PostgreSQL, and stop everything at the end."""
    with TemporaryDirectory(prefix="samplan-") as place:
        Path(place).chmod(0o755)  # PostgreSQL does not run as root
        yield from _served(Path(place))


def _served(place: Path) -> Iterator[Demo]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = Demo(port, place / "clock", place / "postgres")
    served.at(BEFORE_EASTER)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "SAMPLAN_DEMO": "1",
        "SAMPLAN_PORT": str(port),
        "SAMPLAN_CLOCK_OFFSET_FILE": str(served.clock),
    }
    samplan = Path(sys.executable).with_name("samplan")
    words = [sys.executable, "infra/dev/postgres.py", "--data", str(place / "postgres"), "--",
             str(samplan), "demo", "--people", str(PEOPLE)]  # fmt: skip
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, or the one that CHROMIUM names.

    For a module only: while Playwright's loop runs, Django refuses the database to other tests.
    """
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


@pytest.fixture
def somebody(demo: Demo, chromium: Browser) -> Iterator[SignIn]:
    """Give a way to sign in as a persona of the demo; no page may break the content policy."""
    sign_in = SignIn(demo, chromium)
    yield sign_in
    for context in sign_in.contexts:
        context.close()
    assert sign_in.violations == []
