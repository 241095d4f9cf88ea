"""The demo itself, served as `make demo` serves it, and a real Chromium to use it with.

The clock of the demo stands on the Wednesday before Easter, so that red days lie ahead.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, sync_playwright
from served import Demo, SignIn, serving

PEOPLE = 16


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """Start the demo with its own PostgreSQL, and stop everything at the end."""
    with TemporaryDirectory(prefix="samplan-") as place:
        Path(place).chmod(0o755)  # PostgreSQL does not run as root
        with serving(Path(place), people=PEOPLE) as served:
            yield served


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
