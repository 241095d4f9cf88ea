"""Signing in by a provider in a real browser: in, locked, unlocked with what was typed, and out.

It is served against the tests' own huvudmän, with the provider in its friendly mode.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from cast import REGION
from hired import Hired, hire
from people import WARD, write_units
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from served import axe

from care.identity.permissions import Role
from tests.integrations.oidc import hostile
from tests.integrations.oidc.hostile import CLIENT_ID, CLIENT_SECRET, Hostile, identity_providers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
HOST = "region.localhost"
TYPED = "Expeditionen, dator 2"


@pytest.fixture
def provider() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture
def nurse(committed: None) -> Hired:
    write_units()
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def port(cluster: dict[str, str], nurse: Hired, provider: Hostile, tmp_path: Path) -> Iterator[int]:
    """Serve the tests' huvudmän as the demo is served, with the provider and no personas."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    login = conninfo_to_dict(cluster["sp_app"])
    environment = os.environ | {
        "DATABASE_URL": make_conninfo(**{it: str(told) for it, told in login.items()}),
        "SAMPLAN_DEMO": "1",
        "SAMPLAN_OIDC_ISSUER": provider.issuer,
        "SAMPLAN_OIDC_CLIENT_ID": CLIENT_ID,
        "SAMPLAN_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "SAMPLAN_IDENTITY_PROVIDERS": identity_providers(tmp_path, siths=["SE2999999119"]),
    }
    collect = [sys.executable, str(ROOT / "platform" / "manage.py"), "collectstatic", "--no-input"]
    subprocess.run(collect, env=environment, check=True, capture_output=True)
    granian = Path(sys.executable).with_name("granian")
    words = [str(granian), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "project.wsgi:application"]  # fmt: skip
    with subprocess.Popen(words, env=environment) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def chromium(port: int) -> Iterator[Browser]:
    """Start a Chromium for one test: while its loop runs, Django refuses the database."""
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    assert path, "no Chromium: run infra/dev/browser.sh, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def _wait_for(port: int) -> None:
    for _ in range(400):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/sign-in", headers={"Host": f"{HOST}:{port}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.25)
    raise RuntimeError("the county is not served")


def test_in_locked_unlocked_and_out(port: int, provider: Hostile, chromium: Browser) -> None:
    context = chromium.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900})
    page, violations = context.new_page(), []
    page.on("console", lambda it: violations.append(it.text) if "Policy" in it.text else None)
    home = f"http://{HOST}:{port}"

    # In.
    page.goto(f"{home}/")
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Logga in", exact=True).click()
    expect(page.get_by_role("heading", name="Arbetslista")).to_be_visible()

    # Typed, and kept when the field is left.
    page.goto(f"{home}/onboarding/check")
    page.get_by_label("Vilken dator").fill(TYPED)
    with page.expect_response("**/drafts/typed") as kept:
        page.get_by_label("Vilken dator").blur()
    assert kept.value.status == 204

    # Locked in another tab; this one covers itself when somebody looks at it.
    other = context.new_page()
    other.goto(f"{home}/help")
    other.locator("details.account summary").click()
    other.get_by_role("button", name="Lås skärmen").click()
    expect(other.get_by_role("heading", name="Skärmen är låst")).to_be_visible()
    other.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    lock = page.get_by_role("dialog")
    expect(lock.get_by_role("heading", name="Skärmen är låst")).to_be_visible()
    page.keyboard.press("Escape")
    expect(lock).to_be_visible()
    expect(page.get_by_label("Vilken dator")).to_be_hidden()
    assert axe(page) == []

    # Unlocked, with the words there.
    lock.get_by_role("link", name="Lås upp").click()
    expect(page).to_have_url(f"{home}/onboarding/check")
    expect(page.get_by_label("Vilken dator")).to_have_value(TYPED)
    expect(page.get_by_text("Det du skrev senast är ifyllt igen.")).to_be_visible()
    assert axe(page) == []

    # Out, here and at the provider.
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_text("Du är utloggad, också hos inloggningstjänsten.")).to_be_visible()
    assert not provider.is_signed_in
    assert violations == []
    context.close()


def test_what_a_locked_screen_was_sent_is_shown_as_its_page_called_it(
    port: int, chromium: Browser
) -> None:
    context = chromium.new_context(locale="sv-SE")
    page, home = context.new_page(), f"http://{HOST}:{port}"
    page.goto(f"{home}/sign-in")
    page.get_by_role("link", name="Logga in", exact=True).click()
    page.goto(f"{home}/onboarding/check")
    heading = page.get_by_role("heading", level=1).inner_text()
    page.get_by_label("Vilken dator").fill(TYPED)
    with page.expect_response("**/drafts/typed"):
        page.get_by_label("Vilken dator").blur()
    other = context.new_page()
    other.goto(f"{home}/help")
    other.locator("details.account summary").click()
    other.get_by_role("button", name="Lås skärmen").click()
    other.close()

    page.locator("form[data-guard]").evaluate("it => it.submit()")
    expect(page.get_by_text("sparat som ditt utkast")).to_be_visible()
    page.get_by_role("link", name="Lås upp").click()
    expect(page).to_have_url(f"{home}/drafts")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    line = page.get_by_role("definition").filter(has_text=TYPED)
    expect(line).to_be_visible()
    expect(page.get_by_role("term").filter(has_text="Vilken dator")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Till sidan").click()
    expect(page).to_have_url(f"{home}/onboarding/check")
    context.close()


def test_the_diagnosis_measures_in_the_browser(port: int, chromium: Browser) -> None:
    context = chromium.new_context(locale="sv-SE")
    page = context.new_page()

    page.goto(f"http://{HOST}:{port}/sign-in/diagnosis")
    expect(page.get_by_text("Vår server når inloggningstjänsten.")).to_be_visible()
    expect(page.get_by_text("millisekunder till servern och tillbaka")).to_be_visible()
    expect(page.get_by_text("Datorns klocka skiljer")).to_be_visible()
    assert axe(page) == []
    context.close()
