"""A month of payment liability, in the browser: listed, disputed, frozen, invoiced, credited.

Served as `make demo` serves it. With SAMPLAN_PICTURES the same run makes pictures of the pages.
"""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from served import BEFORE_EASTER, STOCKHOLM, Demo, SignIn, Somebody, axe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PICTURES = os.environ.get("SAMPLAN_PICTURES")
# Ten working days from 24 March, with Good Friday and Easter Monday between: 9 April is the last.
CLOSED = datetime(2027, 4, 12, 10, tzinfo=STOCKHOLM)
REGION, SECRETARY, KROKOM, BOARD = (
    ("regionjh", "Marie Wallgren"), ("regionjh", "Gunilla Åsberg"), ("krokom", "Henrik Sjödin"),
    ("are", "Petra Hallin"),
)  # fmt: skip


def seen(page: Page, name: str) -> None:
    """Hold what is seen against axe, and keep a picture of it."""
    assert axe(page) == [], name
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)


def send(page: Page, url: str) -> None:
    """Send the form that is open, which leads to a page."""
    page.get_by_role("button", name="Spara").click()
    expect(page).to_have_url(re.compile(f"{re.escape(url)}$"))


def attested(who: tuple[Somebody, Somebody], basis: str) -> None:
    """Let two attest a basis, and the second one issue it."""
    for it in who:
        it.go(basis).get_by_role("button", name="Attestera").click()
    page = who[1].go(basis)
    page.locator("details.confirm summary").click()
    page.locator(".confirm-panel button").click()
    expect(page.get_by_text("Fakturorna är utställda.")).to_be_visible()


def test_a_month_is_listed_disputed_frozen_invoiced_and_credited(
    demo: Demo, somebody: SignIn
) -> None:
    demo.at(BEFORE_EASTER)
    region, krokom = somebody(*REGION), somebody(*KROKOM)

    # The region collects; the demo has one month already, of which some is disputed.
    page = region.go("/costs")
    page.get_by_role("link", name="Betalningsansvar").click()
    expect(page.get_by_role("heading", name="Januari 2027")).to_be_visible()
    seen(page, "liability-month")
    page.get_by_role("link", name="Hämta en månad").click()
    seen(page, "liability-collect")
    page.get_by_label("Månad").select_option(label="Februari 2027")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("heading", name="Februari 2027")).to_be_visible()
    page.get_by_role("link", name="Krokoms kommun").click()
    url = path_of(page)

    # Krokom finds its list, and objects to two items.
    page = krokom.go("/costs/liability")
    page.get_by_role("link", name="Februari 2027").click()
    assert path_of(page) == url
    expect(page.get_by_text("Invändningar till och med 9 april 2027")).to_be_visible()
    for number in (1, 2):
        page = krokom.go(url)
        page.get_by_role("link", name=f"Invänd (post {number})").click()
        page.get_by_label("Kallelse till samordnad planering saknas").check()
        page.get_by_label("Beskrivning").fill("Anna 196404153832 fick ingen kallelse")
        page.get_by_role("button", name="Spara").click()
        expect(page.get_by_text("ser ut att innehålla ett personnummer").first).to_be_visible()
        seen(page, f"liability-object-{number}")
        page.get_by_label("Beskrivning").fill("Vi har inte fått någon kallelse")
        send(page, url)
    # Åre does not even see that the page is there.
    page = somebody(*BOARD).go(url)
    expect(page.get_by_text("Krokoms kommun")).to_have_count(0)

    # One is answered at once and taken to the steering group, so it is held.
    page = region.go(url)
    page.get_by_role("link", name="Svara (post 1)").click()
    page.get_by_label("Godtas inte").check()
    page.get_by_label("Svar", exact=False).last.fill("Kallelsen är kvitterad.")
    seen(page, "liability-answer")
    send(page, url)
    page = krokom.go(url)
    page.get_by_role("link", name="Lyft till styrgruppen (post 1)").click()
    page.get_by_label("Varför").fill("Kvittensen gäller en annan kallelse.")
    send(page, url)
    seen(page, "liability-list-municipality")

    # When nobody can object any more the rest is frozen, invoiced and read by Krokom.
    demo.at(CLOSED)
    region, secretary, krokom = (somebody(*it) for it in (REGION, SECRETARY, KROKOM))
    page = region.go(url)
    page.get_by_role("link", name="Svara (post 2)").click()
    page.get_by_label("Godtas inte").check()
    page.get_by_label("Svar", exact=False).last.fill("Kallelsen är kvitterad.")
    send(page, url)
    page.locator("details.confirm summary").click()
    page.locator(".confirm-panel button").click()
    expect(page.get_by_role("heading", name="Avräkning 1")).to_be_visible()
    expect(page.get_by_text("Vilade då: post 1.")).to_be_visible()
    page.get_by_role("button", name="Gör fakturaunderlag").click()
    expect(page).to_have_url(re.compile("/costs/bases/"))
    basis = path_of(page)
    office = secretary.go("/costs/liability?month=2027-02")
    expect(office.get_by_role("link", name="Krokoms kommun", exact=True)).to_have_count(0)
    expect(office.get_by_text("Visas inte").first).to_be_visible()
    seen(office, "liability-month-board")
    attested((secretary, region), basis)
    page = krokom.go(url)
    page.get_by_role("region", name="Fakturor").get_by_role("link").first.click()
    line = re.compile(r"Betalningsansvar februari 2027, \d+ vårddygn")
    expect(page.get_by_role("rowheader", name=line)).to_be_visible()
    seen(page, "liability-invoice")

    # The steering group strikes days of both: what is invoiced is credited, what is held is less.
    page = krokom.go(url)
    page.get_by_role("link", name="Lyft till styrgruppen (post 2)").click()
    page.get_by_label("Varför").fill("Vi är inte överens.")
    send(page, url)
    for number in (1, 2):
        page = region.go(url)
        page.get_by_role("link", name=f"Anteckna beslut (post {number})").click()
        page.get_by_label("Dygn som står kvar").fill("0")
        page.get_by_label("Dag för beslutet").fill(CLOSED.date().isoformat())
        page.get_by_label("Beslut", exact=False).last.fill("Dygnen stryks.")
        seen(page, f"liability-decision-{number}")
        send(page, url)
    page.get_by_role("button", name="Kreditera strukna dygn").click()
    expect(page).to_have_url(re.compile("/costs/bases/"))
    expect(page.get_by_text("post 2:")).to_be_visible()
    attested((secretary, region), path_of(page))
    page = region.go(url)
    page.locator("details.confirm summary").click()
    page.locator(".confirm-panel button").click()
    expect(page.get_by_role("heading", name="Avräkning 2")).to_be_visible()
    page.get_by_role("button", name="Gör SIE-fil").first.click()
    expect(page.get_by_text("SIE-fil, bunt")).to_be_visible()
    seen(page, "liability-list-region")
    page = krokom.go(url)
    expect(page.get_by_text("Kreditfaktura, avser")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    seen(page, "liability-list-phone")

    demo.at(BEFORE_EASTER)
    assert [it.violations for it in (region, secretary, krokom)] == [[]] * 3
