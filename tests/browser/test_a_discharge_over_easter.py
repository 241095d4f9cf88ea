"""The whole way home, in the browser: three people, three units, two huvudmän, a red day between.

Served as `make demo` serves it; letters travel by the background loop. With SAMPLAN_PICTURES the
same run makes the pictures of README and docs.
"""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from served import BEFORE_EASTER, STOCKHOLM, Demo, SignIn, Somebody

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
# One of Skatteverket's published test numbers that the demo's own people do not use here.
NUMBER, GIVEN, FAMILY = "19971018-2396", "Nils-Erik", "Sandström"
NAME = f"{GIVEN} {FAMILY}"
PICTURES = os.environ.get("SAMPLAN_PICTURES")
PATIENCE = 120  # times half a second, until the loop has brought a letter on a busy machine


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time in March 2027: långfredagen is the 26th, annandag påsk the 29th."""
    return datetime(2027, 3, day, hour, minute, tzinfo=STOCKHOLM)


def written(moment: datetime) -> str:
    """Return a moment as a date and time field takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M")


def picture(page: Page, name: str) -> None:
    """Keep what is seen, for README and docs."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def case_of(who: Somebody) -> str:
    """Return the path of the case at somebody's unit, found in the worklist once it has arrived."""
    page = who.go("/?view=all")
    link = page.get_by_role("link", name=NAME)
    for _ in range(PATIENCE):
        if link.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    path = link.first.get_attribute("href")
    assert path
    return path


def see(who: Somebody, path: str, text: str | re.Pattern[str]) -> None:
    """Read a page again until the loop has brought what is looked for."""
    page = who.go(path)
    for _ in range(PATIENCE):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"{text} is not seen on {path}")


def acknowledge(who: Somebody, path: str, text: str) -> None:
    """Take on the message that waits, and see the own name as its receipt."""
    see(who, path, text)
    while who.page.get_by_role("button", name="Kvittera mottagandet").count():
        who.page.get_by_role("button", name="Kvittera mottagandet").first.click()
        who.go(path)


def act(who: Somebody, path: str, name: str, /, **fields: str) -> Page:
    """Fill the form of an act and send it."""
    page = who.go(f"{path}/{name}")
    for field, value in fields.items():
        box = page.locator(f"[name={field}]")
        kind = box.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.locator(f"[name={field}][value={value}]").check()
        elif box.first.evaluate("it => it.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)
    page.locator("form[data-guard] button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(f"{re.escape(path)}$"))
    return page


def test_a_person_goes_home_over_easter(demo: Demo, somebody: SignIn) -> None:
    demo.at(BEFORE_EASTER)
    nurse = somebody("regionjh", "Sara Lindmark")
    nurse.page.get_by_role("button", name=re.compile("Avdelning 202")).click()
    coordinator = somebody("regionjh", "Lena Uusitalo")
    officer = somebody("krokom", "Karin Nyström")
    on_duty = somebody("krokom", "Tomas Viklund")
    picture(nurse.go("/"), "arbetslista-avdelning")

    # Wednesday: the ward admits, and sees before sending who watches.
    page = nurse.go("/cases/new")
    page.get_by_label("Personnummer, samordningsnummer").fill(NUMBER)
    page.get_by_label("Förnamn").fill(GIVEN)
    page.get_by_label("Efternamn").fill(FAMILY)
    page.get_by_label("Folkbokföringsadress").fill("Bygatan 4, Krokom")
    page.get_by_label("Folkbokföringskommun").select_option(label="Krokoms kommun")
    page.get_by_role("button", name="Fortsätt till inskrivningen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inskrivningsmeddelande")
    expect(page.get_by_text(re.compile("Biståndsenheten Krokom")).first).to_be_visible()
    page.locator("[name=admitted_at]").fill(written(at(24, 6, 30)))
    page.locator("[name=physician]").fill("Jonas Ek")
    page.locator("[name=expected_discharge_at]").fill(written(at(29, 11)))
    for need in ("social_services", "municipal_health_care", "outpatient_care"):
        page.locator(f"[name=needs][value={need}]").check()
    page.locator("[name=recipients][value$=HC2309]").check()
    page.locator("[name=consent_value]").select_option("yes")
    for info_class in ("planning", "health_care", "social_care"):
        page.locator(f"[name=consent_classes][value={info_class}]").check()
    page.locator("[name=consent_how]").select_option("oral")
    picture(page, "inskrivning")
    page.get_by_role("button", name="Skicka inskrivningsmeddelandet").click()
    expect(page.get_by_text("Inskrivningsmeddelandet är skickat.")).to_be_visible()

    # The municipality and primary care take it on, answer, plan.
    theirs, centres, wards = case_of(officer), case_of(coordinator), case_of(nurse)
    picture(officer.go("/"), "arbetslista-kommun")
    acknowledge(officer, theirs, "Inskrivningsmeddelande")
    acknowledge(coordinator, centres, "Inskrivningsmeddelande")
    act(officer, theirs, "answer-admission", answer="known", contact="Karin Nyström")
    act(officer, theirs, "start-planning", contact="Mikael Hedlund", text="Hemtjänst två besök.")
    act(
        coordinator, centres, "name-care-contact", name="Lena Uusitalo",
        title="Distriktssköterska", phone="063-00 11 22",
    )  # fmt: skip
    act(coordinator, centres, "state-availability", status="available", is_cause="no")
    see(nurse, wards, "Hemtjänst två besök.")
    see(nurse, f"{wards}?view=messages", "Karin Nyström")

    # Thursday: ready, and withdrawn again.
    demo.at(at(25, 10, 30))
    act(nurse, wards, "notify-ready", physician="Jonas Ek", assessed_at=written(at(25, 10)))
    acknowledge(officer, theirs, "Underrättelse om utskrivningsklar")
    acknowledge(coordinator, centres, "Underrättelse om utskrivningsklar")
    demo.at(at(25, 15, 10))
    act(nurse, wards, "withdraw-ready", reason=_first_reason(nurse, wards))
    acknowledge(officer, theirs, "Återtagande av utskrivningsklar")
    acknowledge(coordinator, centres, "Återtagande av utskrivningsklar")
    see(nurse, wards, "Planering")

    # Långfredagen: ready anew. The office is closed; who takes over is said before sending.
    demo.at(at(26, 11))
    page = nurse.go(f"{wards}/notify-ready")
    expect(page.get_by_text(re.compile("långfredagen", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_text(re.compile("Socialjouren Krokom")).first).to_be_visible()
    picture(page, "utskrivningsklar-rod-dag")
    act(nurse, wards, "notify-ready", physician="Jonas Ek", assessed_at=written(at(26, 10, 30)))
    duty = case_of(on_duty)
    acknowledge(on_duty, duty, "Underrättelse om utskrivningsklar")
    act(on_duty, duty, "state-reception", can_receive="yes", from_at=written(at(30, 9)))
    see(nurse, f"{wards}?view=messages", "Tomas Viklund")
    act(
        coordinator, centres, "call-to-planning", meeting_at=written(at(31, 13)), form="home"
    )  # fmt: skip
    acknowledge(on_duty, duty, "Kallelse till samordnad individuell planering")
    act(on_duty, duty, "answer-call", answer="accept")

    # Tuesday after Easter: home. The information goes the same day.
    demo.at(at(30, 10))
    act(
        nurse, wards, "transfer-information", medicines="Ny läkemedelslista.", ground="consent"
    )  # fmt: skip
    act(nurse, wards, "inform-individual", how="written")
    act(nurse, wards, "record-discharge", discharged_at=written(at(30, 10)), destination="home")
    acknowledge(officer, theirs, "Utskriven")
    acknowledge(coordinator, centres, "Utskriven")
    demo.at(at(30, 13, 30))
    act(officer, theirs, "confirm-homecoming", home_at=written(at(30, 13)))

    # The dates, explained: Friday before noon gives Monday, annandag påsk or not; one day.
    see(nurse, f"{wards}?view=timeline", re.compile("[Hh]emkomst"))
    page = nurse.go(wards)
    for part in page.locator("details:has-text('Så räknas tiden')").all():
        part.evaluate("it => it.open = true")
    told = page.locator("main").inner_text()
    assert re.search(r"betalningsansvar inträder måndag(en)? (den )?29 mars 2027", told), told
    assert "5 kap. 4 §".replace(" ", "\u00a0") in told or "5 kap. 4 §" in told
    assert re.search("helg", told)
    picture(page, "arende")
    picture(officer.go(theirs), "arende-kommun")

    # Every message of the ward was receipted by a named person in each municipal unit that got it.
    page = nurse.go(f"{wards}?view=messages")
    assert "Karin Nyström" in page.locator("main").inner_text()
    for who in (nurse, coordinator, officer, on_duty):
        assert who.violations == []


def _first_reason(who: Somebody, path: str) -> str:
    """Return the first reason that the form of a withdrawal offers."""
    page = who.go(f"{path}/withdraw-ready")
    value = page.locator("[name=reason] option").nth(1).get_attribute("value")
    assert value
    return value
