"""Take the pictures of the crib sheets: real screens of the demo, in a headless Chromium.

    make demo                                # in another window
    python infra/dev/cribs.py [--port 8000]

They are written where the sheets are composed from (platform/portal/papers/cribs). Look at the
sheets afterwards under Hjälp, and commit what has changed.
"""

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PLACE = Path(__file__).resolve().parents[2] / "platform" / "portal" / "papers" / "cribs"
WIDE, TALL, SHARP = 900, 900, 1.8


@dataclass(frozen=True)
class Screen:
    """A picture: whose, of which page, and how much of it."""

    name: str
    slug: str
    person: str
    unit: str  # chosen where the person has several
    path: str
    height: int
    act: str = ""  # of the first case that stands there; "?": the case itself


CASE = "a.row-link[href^='/cases/']"
HIGH = 640
WARD = ("regionjh", "Sara Lindmark", "Avdelning 202")
PRIMARY = ("regionjh", "Lena Uusitalo", "")
COORDINATOR = ("krokom", "Karin Nyström", "")
OFFICER = ("krokom", "Mikael Hedlund", "")
SCREENS = (
    Screen("ward-new", *WARD, "/?view=all", HIGH),
    Screen("ward-case", *WARD, "/?view=all", HIGH, "/transfer-information"),
    Screen("primary-list", *PRIMARY, "/?view=ready", HIGH),
    Screen("primary-case", *PRIMARY, "/?view=ready", HIGH, "/call-to-planning"),
    Screen("coordinator-list", *COORDINATOR, "/?view=to_acknowledge", HIGH),
    Screen("coordinator-case", *COORDINATOR, "/?view=to_acknowledge", HIGH, "?"),
    Screen("officer-list", *OFFICER, "/?view=ready", HIGH),
    Screen("officer-case", *OFFICER, "/?view=ready", HIGH, "/state-reception"),
)


def take(browser: Browser, screen: Screen, port: int) -> None:
    """Sign in as somebody, go there and keep the upper part of the page's own content."""
    context = browser.new_context(
        viewport={"width": WIDE, "height": TALL}, device_scale_factor=SHARP, locale="sv-SE",
        timezone_id="Europe/Stockholm", color_scheme="light",
    )  # fmt: skip
    page = context.new_page()
    home = f"http://{screen.slug}.localhost:{port}"
    page.goto(f"{home}/sign-in")
    page.get_by_role("button", name=screen.person).first.click()
    if screen.unit:
        page.get_by_role("button", name=screen.unit).click()
    page.goto(f"{home}{screen.path}")
    if screen.act:
        case = page.locator(CASE).first.get_attribute("href") or ""
        page.goto(f"{home}{case.partition('?')[0]}{screen.act}")
    box = page.locator(".sheet-body").bounding_box()
    assert box is not None
    page.screenshot(
        path=PLACE / f"{screen.name}.jpg", type="jpeg", quality=80, full_page=True,
        clip={"x": 0, "y": box["y"], "width": WIDE, "height": min(screen.height, box["height"])},
    )  # fmt: skip
    context.close()


def main() -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    words = parser.parse_args()
    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    PLACE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--lang=sv-SE"],
        )
        for screen in SCREENS:
            take(browser, screen, words.port)
            print(screen.name)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
