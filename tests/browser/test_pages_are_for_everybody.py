"""Every page with axe, and the own checks that axe cannot do (320 px, targets, text, keys)."""

import re
from itertools import pairwise
from typing import Any

import pytest
from served import Demo, SignIn, Somebody, axe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
# Who opens which pages: what stands in braces is in PLACES.
PAGES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("", "", "", ("/", "/help", "/accessibility")),
    ("krokom", "", "", ("/sign-in",)),
    (
        "regionjh", "Sara Lindmark", "Avdelning 202",
        ("/", "/?view=all", "/cases/new", "/assignments", "{case}", "{case}?view=timeline",
         "{case}?view=messages", "{case}?view=history", "{case}/notify-ready",
         "{case}/transfer-information", "{case}/record-consent", "{case}/register",
         "{case}/place-block", "{case}/mark-protected", "{case}/open-emergency-access",
         "/cases/nobody"),
    ),
    (
        "krokom", "Karin Nyström", "",
        ("/", "/?view=to_acknowledge", "{case}", "{case}/answer-admission", "/help",
         "/my-sign-ins", "/my-sign-ins/end-others"),
    ),
    ("krokom", "Anna Bergström", "", ("/", "/units", "/units/route", "/agreements", "/staff",
                                         "{sessions}")),
    (
        "krokom", "Per-Olof Lundin", "",
        ("/", "/agreements", "/costs/offers", "{offer}", "{offer}/decide"),
    ),
    (
        "regionjh", "Gunilla Åsberg", "",
        ("/costs", "{run}", "{run}/parties/2380", "{run}/correct", "{table}",
         "{table}/lines/new", "{table}/compare?model=population&model=equal&model=mixed:30",
         "/costs/populations", "/costs/populations/new", "/costs/populations/counts/new",
         "/costs/tables/new", "/costs/agreement", "/costs/agreement/new", "{outcome}",
         "{came_to}", "{next}/carry"),
    ),
    (
        "regionjh", "Gunilla Åsberg", "",
        ("/costs/offers", "{offer}", "{offer}/revise", "{offer}/extend", "/costs/offers/new",
         "/costs/invoice-terms", "/costs/payers", "/costs/payers/2309", "{invoiced}", "{basis}",
         "{invoice}", "{invoice}/credit", "{unpaid}/payment", "{next}", "{next}/cloud-cost",
         "{fed}"),
    ),
    (
        "krokom", "Henrik Sjödin", "",
        ("/costs", "{run}", "{run}/parties/2309", "{run}/object", "/costs/offers", "{offer}",
         "{invoice}", "/costs/liability", "{liability}", "{liability}/items/1/escalate",
         "{liability}/items/1/object"),
    ),
    (
        "regionjh", "Marie Wallgren", "",
        ("/costs/liability", "/costs/liability/collect", "{liability}",
         "{liability}/items/1/answer", "{liability}/items/1/decision"),
    ),
    (
        "regionjh", "Ingrid Forsell", "",
        ("/agreements", "{way}", "{way}/compare", "{way}/forecast", "{way}/sign", "{way}/decide",
         "{way}/revise", "{way}/rounds/new", "{round}", "{round}/change", "{comment}"),
    ),
    (
        "krokom", "Anna Bergström", "",
        ("/agreements", "{asked}", "{asked}/comments/new", "/routines", "{routine}",
         "/routines/new"),
    ),
    (
        "regionjh", "Ola Sandberg", "",
        ("/routines", "{routine}", "{routine}/revise", "{routine}/decide",
         "{routine}/rounds/new"),
    ),
    (
        "regionjh", "Ola Sandberg", "",
        ("/onboarding", "/onboarding/new", "{joining}", "{joining}/change",
         "{joining}/experts/it/ask"),
    ),
    (
        "krokom", "Anna Bergström", "",
        ("/onboarding", "/onboarding/t_krokom", "/onboarding/t_krokom/steps/start",
         "/onboarding/t_krokom/contacts/controller", "/onboarding/t_krokom/activities/new",
         "{activity}", "/onboarding/t_krokom/experts/it/answer", "/onboarding/starts"),
    ),
    (
        "krokom", "Anna Bergström", "",
        ("/onboarding/decision", "/onboarding/decision/risks",
         "/onboarding/decision/recommendation/new", "/onboarding/decision/benefit/new",
         "/onboarding/decision/power_of_attorney/new", "{risk}"),
    ),
    ("krokom", "Karin Nyström", "", ("/onboarding/check", "/onboarding/check/print", "/help")),
    (
        "krokom", "Anna Bergström", "",
        ("/training/goals", "/training/goals/case_officer", "/training/survey",
         "/training/survey/after", "/training/survey/results"),
    ),
    ("krokom", "Karin Nyström", "", ("/training",)),
    (
        "regionjh", "Yvonne Dahlgren", "",
        ("/takeover", "/takeover/import", "/takeover/reconcile"),
    ),
    (
        "regionjh", "Staffan Wedin", "",
        ("/review", "/review/rounds/draw-round", "{reviewed}", "{reviewed}?show=settled", "{item}",
         "/review/extract", "/review/reports"),
    ),
    (
        "ovning-regionjh", "Sara Lindmark", "Avdelning 202",
        ("/training", "/training/scenarios/admission", "/"),
    ),
    (
        "", "", "",
        ("/help/disclosure",
         "/help/disclosure?teller=social_services&receiver=health_care&content=beyond&will=unable"),
    ),
)  # fmt: skip
# Where each is found: the page that links to it, and the link; a page may stand in braces itself.
PLACES = {
    "case": ("/?view=all", "a.row-link"),
    "run": ("/costs", "a.row-link[href^='/costs/runs/']"),
    "table": ("/costs", "a.row-link[href^='/costs/tables/']"),
    "next": ("/costs", "a.row-link[href^='/costs/tables/']:has-text('Samplan')"),
    "sessions": ("/staff", "a.ds-link[href$='/end-sessions']"),
    "fed": ("{next}", "tr:has-text('Ur molnkostnader') a[href*='/lines/']"),
    "offer": ("/costs/offers", "a.row-link[href^='/costs/offers/']"),
    "invoiced": ("/costs", "a.row-link[href^='/costs/runs/']:text('LINK2'):not(:text('Utfall'))"),
    "outcome": ("/costs", "a.row-link[href^='/costs/runs/']:has-text('Utfall')"),
    "came_to": ("/costs", "a.row-link[href^='/costs/tables/']:has-text('Utfall')"),
    "basis": ("{invoiced}", "a.row-link[href$='/accounting.csv']"),
    "invoice": ("{invoiced}", "a.row-link[href^='/costs/invoices/']"),
    "liability": ("/costs/liability", "a.row-link[href^='/costs/liability/']"),
    "activity": ("/onboarding/t_krokom", "a.row-link[href*='/activities/']"),
    "way": ("/agreements", "a.row-link:has-text('Länsgemensam')"),
    "round": ("{way}", "a.ds-link[href^='/rounds/']:has-text('På-titt')"),
    "comment": ("{round}", "a.row-link[href*='/comments/']"),
    "asked": ("/agreements", "a.row-link[href^='/rounds/']"),
    "routine": ("/routines", "a.row-link[href^='/routines/']"),
    "risk": ("/onboarding/decision", "a.row-link[href*='/decision/risk/']"),
    "joining": ("/onboarding", "a.row-link:has-text('Härjedalen')"),
    "reviewed": ("/review", "a.row-link[href^='/review/rounds/']"),
    "item": ("{reviewed}", "a.row-link[href^='/review/items/']"),
    "unpaid": ("{invoiced}", "tr:has-text('Utställd') a.row-link[href^='/costs/invoices/']"),
}
SIZES = {"wide": (1280, 900), "phone": (390, 844)}


def _somebody(somebody: SignIn, slug: str, name: str, unit: str, **options: Any) -> Somebody:
    if not name:
        return somebody.open(slug, **options)
    who = somebody(slug, name, **options)
    if unit:
        who.page.get_by_role("button", name=re.compile(unit)).click()
    return who


def _paths(who: Somebody, paths: tuple[str, ...]) -> list[str]:
    found: dict[str, str] = {}

    def filled(path: str) -> str:
        for name in re.findall(r"{(\w+)}", path):
            if name not in found:
                on, link = PLACES[name]
                page = who.go(filled(on))
                address = page.locator(link).first.get_attribute("href") or ""
                found[name] = address.removesuffix("/accounting.csv")
        return path.format(**found)

    return [filled(path) for path in paths]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize(("slug", "name", "unit", "paths"), PAGES)
def test_axe_finds_nothing(
    somebody: SignIn, slug: str, name: str, unit: str, paths: tuple[str, ...], size: str,
    scheme: str,
) -> None:  # fmt: skip
    width, height = SIZES[size]
    who = _somebody(
        somebody, slug, name, unit, viewport={"width": width, "height": height},
        color_scheme=scheme,
    )  # fmt: skip
    found = {}
    for path in _paths(who, paths):
        page = who.go(path)
        if violations := axe(page):
            found[path] = violations
    assert found == {}
    assert who.violations == []


OVERFLOWS = """() => {
  const wide = document.documentElement.scrollWidth;
  return wide > window.innerWidth ? `${wide} px` : "";
}"""
SMALL = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(it => it.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}))
  // A link within a sentence is excepted (WCAG 2.5.8).
  .filter(it => !(it.tagName === "A" && getComputedStyle(it).display === "inline"
                  && it.parentElement.innerText.trim() !== it.innerText.trim()))
  .map(it => [it, (it.closest("label") || it).getBoundingClientRect()])
  .filter(([it, box]) => box.width > 1 && box.height > 1 && (box.width < 23.5 || box.height < 23.5))
  .map(([it, box]) =>
    `${it.outerHTML.slice(0, 90)} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`)
"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5")]
  .filter(it => it.checkVisibility()).map(it => Number(it.tagName[1]))"""
LOOSE = """() => [...document.querySelectorAll("*")]
  .filter(it => [...it.attributes].some(a => /^hx-(get|post)/.test(a.name)))
  .filter(it => it.tagName !== "A" && !it.closest("form") && it.id !== "worklist")
  .map(it => it.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize(("slug", "name", "unit", "paths"), PAGES)
def test_a_page_fits_and_can_be_hit(
    somebody: SignIn, slug: str, name: str, unit: str, paths: tuple[str, ...]
) -> None:
    who = _somebody(somebody, slug, name, unit, viewport={"width": 320, "height": 700})
    faults = []
    for path in _paths(who, paths):
        page = who.go(path)
        if wide := page.evaluate(OVERFLOWS):
            faults.append(f"{path} scrolls sideways at 320 px: {wide}")
        faults += [f"{path}: smaller than 24 px: {it}" for it in page.evaluate(SMALL)]
        levels = page.evaluate(HEADINGS)
        if levels.count(1) != 1:
            faults.append(f"{path} has {levels.count(1)} h1")
        faults += [
            f"{path}: h{before} is followed by h{after}"
            for before, after in pairwise(levels)
            if after > before + 1
        ]
        if page.locator("html").get_attribute("lang") != "sv":
            faults.append(f"{path} does not say its language")
        faults += [f"{path}: hx outside a link or a form: {it}" for it in page.evaluate(LOOSE)]
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if wide := page.evaluate(OVERFLOWS):
            faults.append(f"{path} scrolls sideways with text at 200 %: {wide}")
        page.set_viewport_size({"width": 320, "height": 700})
    assert faults == []


FOCUS = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  // Of a box or a button to choose by, the whole field is marked, whose label is pressed too.
  const field = it.matches("[type=radio], [type=checkbox]") && it.closest(".ds-field");
  const ring = field || it;
  const box = ring.getBoundingClientRect();
  const style = getComputedStyle(ring);
  const at = document.elementFromPoint(
    Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
  const shown = it.checkVisibility({checkVisibilityCSS: true}) && box.width > 0;
  const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
  const clear = at === ring || ring.contains(at) || (at && at.contains(ring));
  return {what: it.outerHTML.slice(0, 90), shown, marked, clear};
}"""


@pytest.mark.parametrize(
    ("slug", "name", "unit", "paths"),
    [
        PAGES[0],
        ("regionjh", "Sara Lindmark", "Avdelning 202", ("/?view=all", "{case}")),
        ("krokom", "Karin Nyström", "", ("/help/disclosure",)),
    ],
)
def test_the_keyboard_reaches_everything_and_sees_where_it_is(
    somebody: SignIn, slug: str, name: str, unit: str, paths: tuple[str, ...]
) -> None:
    who = _somebody(somebody, slug, name, unit, viewport={"width": 1280, "height": 900})
    faults = []
    for path in _paths(who, paths):
        page = who.go(path)
        reached = set()
        for _ in range(200):
            page.keyboard.press("Tab")
            at = page.evaluate(FOCUS)
            if at is None or (at["what"] in reached and len(reached) > 5):
                break
            reached.add(at["what"])
            faults += [
                f"{path}: focus is not {word}: {at['what']}"
                for word in ("shown", "marked", "clear")
                if not at[word]
            ]
        assert len(reached) > 3, path
    assert faults == []


def test_the_main_job_works_without_javascript(demo: Demo, somebody: SignIn) -> None:
    who = somebody("krokom", "Karin Nyström", java_script_enabled=False)
    page = who.go("/?view=to_acknowledge")
    page.locator("a.row-link").first.click()
    page.get_by_role("button", name="Kvittera mottagandet").first.click()
    assert "Karin Nyström" in page.locator("main").inner_text()
    for view in ("timeline", "messages", "history"):
        page.locator(f"a[href*='view={view}']").first.click()
        assert page.locator("h1").count() == 1


def test_the_technical_check_measures_and_says_what_it_cannot(somebody: SignIn) -> None:
    who = somebody("krokom", "Karin Nyström")
    page = who.go("/onboarding/check")
    page.get_by_text("millisekunder till servern och tillbaka").wait_for()

    assert not page.get_by_text("Kommer sidorna utan att du behöver vänta?").is_visible()
    assert page.get_by_text("Sidan kan inte själv läsa ett kort").is_visible()
    page.locator("input[name=printing][value=works]").check()
    page.locator("input[name=card][value=works]").check()
    page.get_by_role("button", name="Spara kontrollen").click()
    said = " ".join(page.locator(".check-items").inner_text().split())
    for expected in ("ms till servern och tillbaka", "s mot servern", "Webbläsare Fungerar"):
        assert expected in said
    assert "Inte prövat" not in said
    assert who.violations == []


def test_the_technical_check_is_made_by_hand_without_scripts(somebody: SignIn) -> None:
    who = somebody("krokom", "Karin Nyström", java_script_enabled=False)
    page = who.go("/onboarding/check")

    assert page.get_by_text("Sidans skript körs inte här").is_visible()
    for name in ("clock", "network", "printing", "card"):
        page.locator(f"input[name={name}][value=works]").check()
    page.get_by_role("button", name="Spara kontrollen").click()
    said = " ".join(page.locator(".check-items").inner_text().split())
    assert "Webbläsare Inte prövat" in said
    assert "Klocka Fungerar" in said


def test_forced_colours_still_tell_where_one_is(somebody: SignIn) -> None:
    who = somebody("krokom", "Karin Nyström", forced_colors="active")
    page = who.go("/")
    current = page.locator("nav a[aria-current]").first
    other = page.locator("nav a:not([aria-current])").first
    weight = "it => getComputedStyle(it).fontWeight"
    assert current.evaluate(weight) != other.evaluate(weight)


def test_what_the_content_policy_stops_would_be_found(somebody: SignIn) -> None:
    who = somebody.open("krokom")
    page = who.go("/help")

    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<style>b {}</style><img src=x onerror=1>')"
    )
    page.wait_for_timeout(300)
    found, who.violations[:] = [*who.violations], []

    assert any("style-src" in it for it in found)
    assert any("script-src" in it for it in found)
