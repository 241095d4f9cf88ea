"""The board's budget, in the browser: entered, compared, decided, announced by nine, invoiced.

Served as `make demo` serves it. With SAMPLAN_PICTURES the same run makes pictures of the docs.
"""

import json
import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from served import BEFORE_EASTER, ROOT, STOCKHOLM, Demo, SignIn, Somebody

from billing import runs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PICTURES = os.environ.get("SAMPLAN_PICTURES")
TITLE = "Gemensam ledning 2028"
COSTS = ROOT / "docs" / "billing" / "link2.csv"
ECONOMISTS = {
    "ragunda": "Lisbeth Norén", "bracke": "Jan-Erik Flod", "krokom": "Henrik Sjödin",
    "stromsund": "Carina Lövgren", "are": "Petra Hallin", "berg": "Stig Engman",
    "harjedalen": "Anneli Bäck", "ostersund": "Magnus Tidholm",
}  # fmt: skip


def picture(page: Page, name: str) -> None:
    """Keep what is seen, for the docs."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def step(who: Somebody, run: str, button: str, **fields: str) -> Page:
    """Take the step that the page of a run offers."""
    page = who.go(run)
    page.get_by_role("link", name=button).click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Spara").click()
    expect(page).to_have_url(re.compile(f"{re.escape(run)}$"))
    return page


def share_of(page: Page, party: str) -> str:
    """Return what a municipality pays, as the page of a run tells."""
    table = page.get_by_role("region", name="Så delar kommunerna")
    cells = table.get_by_role("row", name=re.compile(f"^{party}")).get_by_role("cell")
    return cells.nth(2).inner_text().replace("\xa0", " ")


def test_a_budget_is_entered_decided_and_understood(demo: Demo, somebody: SignIn) -> None:
    demo.at(BEFORE_EASTER)
    secretary = somebody("regionjh", "Gunilla Åsberg")

    # The table of the document goes in as it stands.
    page = secretary.go("/costs/tables/new")
    page.get_by_label("Rubrik").fill(TITLE)
    page.get_by_label("Från och med").fill("2028-01-01")
    page.get_by_label("Till och med").fill("2028-12-31")
    page.locator("input[type=file]").set_input_files(COSTS)
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    total = page.get_by_role("row", name=re.compile("^Totalt")).inner_text().replace("\xa0", " ")
    assert [it for it in re.split(r"\t|\n", total) if it.strip()] == [
        "Totalt", "2 810 000,00", "2 245 000,00", "565 000,00",
    ]  # fmt: skip

    # Models side by side; nothing is decided by looking.
    page.get_by_role("link", name="Pröva modeller").click()
    page.get_by_label("30 % lika delar").check()
    page.get_by_role("button", name="Räkna om").click()
    expect(page.get_by_role("columnheader", name=re.compile("30 %"))).to_be_visible()
    picture(page, "modeller")
    page.get_by_role("link", name=re.compile("Räkna en fördelning: Efter folkmängd")).click()

    # The population of 31 December 2017 stands in for the November that the agreement asks for.
    box = page.get_by_label("Befolkningsunderlag")
    stands_in = box.locator("option", has_text="2017").get_attribute("value")
    box.select_option(stands_in)
    page.get_by_role("button", name="Räkna fördelningen").click()
    expect(page.get_by_text("ersätter 1 november 2027")).to_be_visible()
    run = re.sub(r"^https?://[^/]+", "", page.url)
    shares = {it: share_of(page, it) for it in ("Östersund", "Ragunda", "Bräcke", "Åre")}
    assert shares == {
        "Östersund": "272 480,20", "Ragunda": "23 695,82", "Bräcke": "28 296,57",
        "Åre": "49 045,66",
    }  # fmt: skip

    # The board decides, and every party announces.
    day = BEFORE_EASTER.date().isoformat()
    step(secretary, run, "Föreslå för nämnden", on=day, diary_number="GN 2027/31")
    step(secretary, run, "Anteckna nämndens beslut", on=day, paragraph="17")
    step(secretary, run, "Anteckna justeringen", on=day)
    people = {slug: somebody(slug, name) for slug, name in ECONOMISTS.items()}
    for who in (secretary, *people.values()):
        step(who, run, "Anteckna tillkännagivandet", on=day)
    page = secretary.go(run)
    # Three weeks from 24 March: Wednesday 14 April is the last day, so it is final on the 15th.
    expect(page.get_by_text("Laga kraft 15 april 2027")).to_be_visible()
    expect(page.get_by_text("Tillkännagiven, kan överklagas")).to_be_visible()
    picture(page, "fordelning")

    # An economist finds the share and understands it, down to the quota.
    krokom = people["krokom"]
    page = krokom.go("/costs")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Krokoms kommun").click()
    expect(page.get_by_role("heading", name="Så blev vår andel")).to_be_visible()
    expect(page.get_by_text("§ 17")).to_be_visible()
    expect(page.get_by_text("64 963,29".replace(" ", "\xa0"))).to_be_visible()
    picture(page, "var-andel")

    # An objection is answered; nobody else reads it.
    page = krokom.go(f"{run}/object")
    page.get_by_label("Vad är fel?").fill("Vi saknar novembersiffran.")
    page.get_by_role("button", name="Spara").click()
    page = secretary.go(run)
    page.get_by_role("link", name="Svara", exact=True).click()
    page.get_by_label("Godtas inte").check()
    page.get_by_label("Svar", exact=False).last.fill("Den finns inte; 31 december ersätter den.")
    page.get_by_role("button", name="Spara").click()
    expect(krokom.go(run).get_by_text("31 december ersätter den")).to_be_visible()
    expect(people["are"].go(run).get_by_text("novembersiffran")).to_have_count(0)

    # The record is computed again, on the page and from the file alone.
    page = secretary.go(run)
    page.get_by_role("button", name="Räkna om och jämför").click()
    expect(page.get_by_text("gav samma kontrollsumma")).to_be_visible()
    page = secretary.go(run)
    page.get_by_text("Hämta", exact=True).click()
    with page.expect_download() as told:
        page.get_by_role("link", name="Hela uträkningen (JSON)").click()
    record = json.loads(Path(told.value.path()).read_bytes())
    assert runs.hash_of(runs.computed_again(record)) == runs.hash_of(record)
    assert runs.hash_of(record) in page.content()

    # When nobody has appealed, two people attest, and the invoices go out.
    demo.at(datetime(2027, 4, 15, 10, tzinfo=STOCKHOLM))
    secretary, economist = (somebody("regionjh", it) for it in ("Gunilla Åsberg", "Marie Wallgren"))
    page = secretary.go(run)
    expect(page.get_by_text("Laga kraft", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Gör fakturaunderlag").click()
    expect(page).to_have_url(re.compile("/costs/bases/"))
    basis = re.sub(r"^https?://[^/]+", "", page.url)
    page.get_by_role("button", name="Attestera").click()
    expect(page.get_by_text("Du har attesterat. Be en annan person")).to_be_visible()
    expect(page.locator("details.confirm")).to_have_count(0)
    economist.go(basis).get_by_role("button", name="Attestera").click()
    page = secretary.go(basis)
    page.locator("details.confirm summary").click()
    page.locator(".confirm-panel button").click()
    expect(page.get_by_text("Fakturorna är utställda.")).to_be_visible()

    # Krokom reads its own invoice, and no other; the file is what a ledger reads.
    krokom = somebody("krokom", ECONOMISTS["krokom"])
    page = krokom.go(run)
    own = page.locator("a[href^='/costs/invoices/']")
    expect(own).to_have_count(1)
    own.click()
    invoice = re.sub(r"^https?://[^/]+", "", page.url)
    with page.expect_download() as told:
        page.get_by_role("link", name="Hämta e-faktura (XML)").click()
    xml = Path(told.value.path()).read_text()
    assert ">64963.29</cbc:LineExtensionAmount>" in xml
    assert (
        somebody("are", ECONOMISTS["are"]).go(invoice).get_by_role("heading", level=1).inner_text()
        != page.get_by_role("heading", level=1).inner_text()
    )

    demo.at(BEFORE_EASTER)
    assert [it.violations for it in (secretary, *people.values())] == [[]] * 9
