"""Sign-ins that something disturbs, by a real browser at the product and the real Keycloak (A1).

Each kind is a function that goes on until somebody waits for a page. Then the person does what the
page offers, and every press beyond the one button and the one card of a good day is counted.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from live import WARD_HOST, Product
from people import HEALTH_CENTRE, WARD
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from integrations.keycloak import sync
from integrations.keycloak.simulated import PASSWORD

PATIENCE = 60_000  # milliseconds, on a machine that is busy
WHO = "nurse"
IN = "h1:text-is('Arbetslista')"
CARD = "#kc-login"
BUTTONS = (
    "a.ds-button:text-is('Försök igen')", "a.ds-button:text-is('Logga in')",
    "a.ds-button:text-is('Logga ut och försök igen')", "#tryAgain", "#loginContinueLink",
    "#loginRestartLink", "#reset-login",
)  # fmt: skip
FAULT = "#kc-error-message, .failure"
SETTLED = ", ".join((IN, CARD, *BUTTONS, FAULT))
MOST_STEPS = 8
SESSIONS = "test_region.identity_staffsession"
ATTEMPTS = "test_region.identity_signinattempt"


@dataclass
class Visit:
    """Somebody at a browser who wants to sign in, and what it has taken so far."""

    product: Product
    context: BrowserContext
    page: Page
    rng: random.Random
    cards: int = 0
    presses: int = 0
    steps: list[str] = field(default_factory=list)

    @property
    def extra(self) -> int:
        """Return how much more it took than one button and one card."""
        return max(0, self.presses - 1) + max(0, self.cards - 1)

    def begin(self, page: Page | None = None) -> Page:
        """Open the first page and press the button, until the card is asked for."""
        page = page or self.page
        page.goto(self.product.url())
        self.press(page, "a.ds-button:text-is('Logga in')")
        page.locator(SETTLED).first.wait_for()
        return page

    def press(self, page: Page, button: str) -> None:
        """Press what a page offers."""
        self.presses += 1
        self.steps.append(button)
        page.locator(button).first.click()

    def press_address(self) -> None:
        """Open the own address again."""
        self.presses += 1
        self.steps.append("address")
        self.page.goto(self.product.url())

    def show_card(self, page: Page | None = None) -> None:
        """Show the card and give its code."""
        page = page or self.page
        self.cards += 1
        self.steps.append("card")
        if page.locator("#username").is_visible():
            page.locator("#username").fill(WHO)
        page.locator("#password").fill(PASSWORD)
        page.locator(CARD).click()

    def wait(self, page: Page | None = None) -> str:
        """Wait until a page asks for something, and return what."""
        page = page or self.page
        page.locator(SETTLED).first.wait_for()
        what = self._asked_by(page)
        if what == FAULT:  # unless the page goes on by itself
            page.wait_for_timeout(1_000)
            page.locator(SETTLED).first.wait_for()
            what = self._asked_by(page)
        return what

    def _asked_by(self, page: Page) -> str:
        for what in (IN, CARD, *BUTTONS, FAULT):
            if page.locator(what).first.is_visible():
                return what
        return ""

    def sign_in(self) -> None:
        """Sign in as on a good day; nothing of it is counted."""
        self.begin()
        if self.wait() == CARD:
            self.show_card()
        self.page.locator(IN).wait_for()
        self.cards = self.presses = 0
        self.steps.clear()


Kind = Callable[[Visit], None]
KINDS: dict[str, Kind] = {}


def kind(do: Kind) -> Kind:
    """Name a disturbance."""
    KINDS[do.__name__] = do
    return do


@kind
def the_attempt_is_too_old(it: Visit) -> None:
    it.begin()
    it.product.sql(f"UPDATE {ATTEMPTS} SET expires_at = now() - interval '1 second'")
    it.show_card()


@kind
def every_row_of_it_is_forgotten(it: Visit) -> None:
    it.begin()
    it.product.sql(f"DELETE FROM {ATTEMPTS}")
    it.show_card()


@kind
def back_from_the_card_and_on_again(it: Visit) -> None:
    it.begin()
    it.page.go_back()
    it.presses -= 1  # the same button, as if for the first time
    it.press(it.page, "a.ds-button:text-is('Logga in')")


@kind
def back_to_the_card_when_in(it: Visit) -> None:
    it.begin()
    it.show_card()
    it.page.locator(IN).wait_for()
    it.page.go_back()


@kind
def two_tabs_the_first_first(it: Visit) -> None:
    _two_tabs(it, first_is_first=True)


@kind
def two_tabs_the_second_first(it: Visit) -> None:
    _two_tabs(it, first_is_first=False)


@kind
def our_cookies_are_gone(it: Visit) -> None:
    it.begin()
    it.context.clear_cookies(domain=WARD_HOST)
    it.show_card()


@kind
def every_cookie_is_gone_when_in(it: Visit) -> None:
    it.sign_in()
    it.context.clear_cookies()
    it.begin()


@kind
def keycloaks_cookies_are_gone_and_our_session_is_over(it: Visit) -> None:
    it.sign_in()
    it.context.clear_cookies(domain="localhost")
    it.product.sql(f"UPDATE {SESSIONS} SET ended_at = now() WHERE ended_at IS NULL")
    it.begin()


@kind
def keycloaks_cookies_are_gone_at_the_card(it: Visit) -> None:
    it.begin()
    it.context.clear_cookies(path="/realms/staff/")
    it.show_card()


@kind
def every_cookie_is_gone_at_the_card(it: Visit) -> None:
    it.begin()
    it.context.clear_cookies()
    it.show_card()


@kind
def the_clock_is_ahead(it: Visit) -> None:
    it.context.clock.install(time=datetime.now(UTC) + timedelta(seconds=120))
    it.begin()
    it.show_card()


@kind
def the_clock_is_behind(it: Visit) -> None:
    it.context.clock.install(time=datetime.now(UTC) - timedelta(seconds=120))
    it.begin()
    it.show_card()


@kind
def the_card_page_answers_500(it: Visit) -> None:
    with _failing(it, "**/broker/inera/login**"):
        _pressed(it)
    it.presses += 1  # reload
    it.page.reload()


@kind
def keycloak_answers_500_about_the_code(it: Visit) -> None:
    _troubled(it, "error")


@kind
def keycloak_is_silent_about_the_code(it: Visit) -> None:
    _troubled(it, "silence")


@kind
def the_line_is_cut_at_the_code(it: Visit) -> None:
    _troubled(it, "cut")


@kind
def keycloak_answers_500_about_a_new_key(it: Visit) -> None:
    it.begin()
    sync.rotate(it.product.realms.admin, "staff", name=f"failing-{time.time_ns()}")
    it.product.trouble.due["/certs"] = "error"
    it.show_card()


@kind
def the_card_is_cancelled(it: Visit) -> None:
    it.begin()
    _refused_by_the_card(it, "access_denied")


@kind
def the_card_service_is_overloaded(it: Visit) -> None:
    it.begin()
    _refused_by_the_card(it, "temporarily_unavailable")


@kind
def the_assignment_changes_meanwhile(it: Visit) -> None:
    it.begin()
    at = it.rng.choice((WARD, HEALTH_CENTRE))
    it.product.sql(
        "UPDATE test_region.identity_assignment SET unit_id = %s WHERE staff_id ="
        " (SELECT id FROM test_region.identity_staff WHERE hsa_id LIKE '%%-NURSE')",
        at,
    )
    it.show_card()


@kind
def the_callback_is_played_again_when_in(it: Visit) -> None:
    callback = _callback(it)
    it.page.goto(callback)


@kind
def the_callback_is_played_again_when_out(it: Visit) -> None:
    callback = _callback(it)
    it.context.clear_cookies(name="samplan_session")
    it.product.sql(f"UPDATE {SESSIONS} SET ended_at = now() WHERE ended_at IS NULL")
    it.page.goto(callback)


@kind
def the_answer_is_lost_on_the_way(it: Visit) -> None:
    it.begin()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    it.page.route("**/sign-in/callback**", lose, times=1)
    it.show_card()
    with _shrugging():
        it.page.wait_for_url("chrome-error://**", timeout=10_000)
    it.presses += 1  # reload
    with _shrugging():
        it.page.reload()


@kind
def the_button_is_pressed_twice(it: Visit) -> None:
    it.page.goto(it.product.url())
    it.presses += 1
    it.page.locator("a.ds-button:text-is('Logga in')").dblclick()


@kind
def the_code_of_the_card_is_wrong_six_times(it: Visit) -> None:
    it.begin()
    for _ in range(6):
        it.page.locator("#username").fill(WHO)
        it.page.locator("#password").fill("fel")
        with it.page.expect_navigation():
            it.page.locator(CARD).click()


@kind
def an_old_session_is_in_the_browser(it: Visit) -> None:
    name, value = "samplan_session", f"{it.rng.getrandbits(200):x}"
    it.context.add_cookies([{"name": name, "value": value, "url": it.product.url()}])
    it.begin()


@kind
def the_card_page_is_a_bookmark(it: Visit) -> None:
    it.begin()
    address = it.page.url
    it.context.clear_cookies()
    it.cards = it.presses = 0
    it.page.goto(address)


@kind
def the_session_at_keycloak_ends_meanwhile(it: Visit) -> None:
    it.sign_in()
    admin = it.product.realms.at("staff")
    for (who,) in it.product.sql(
        f"SELECT DISTINCT subject FROM {SESSIONS} WHERE ended_at IS NULL AND subject <> ''"
    ):
        admin.user_logout(who)
    it.begin()


@kind
def the_key_is_new_at_the_callback(it: Visit) -> None:
    it.begin()
    sync.rotate(it.product.realms.admin, "staff", name=f"new-{time.time_ns()}")
    it.show_card()


@kind
def the_card_page_is_open_over_lunch(it: Visit) -> None:
    with _short_sighted(it):
        it.begin()
        time.sleep(2.5)
        it.show_card()
        it.wait()
    it.steps.append("lunch")


@dataclass(frozen=True)
class Outcome:
    """What one sign-in took."""

    kind: str
    is_in: bool
    extra: int
    steps: tuple[str, ...]
    fault: str = ""


def attempt(name: str, *, product: Product, chromium: Browser, rng: random.Random) -> Outcome:
    """Let one person sign in, disturbed in one way, at a browser of their own."""
    context = chromium.new_context(locale="sv-SE")
    context.set_default_timeout(PATIENCE)
    product.trouble.due.clear()
    visit = Visit(product, context, context.new_page(), rng)
    try:
        KINDS[name](visit)
        is_in = _finish(visit)
        assert not product.trouble.due, "nothing was disturbed"
        return Outcome(name, is_in, visit.extra, tuple(visit.steps), "" if is_in else _seen(visit))
    except Error as error:
        return Outcome(name, False, visit.extra, tuple(visit.steps), f"{error}\n{_seen(visit)}")
    finally:
        context.close()


def plan(wanted: int, *, seed: int) -> list[str]:
    """Return so many kinds: each as often as the others, give or take one, in any order."""
    rng = random.Random(seed)
    names = [
        name for _ in range(-(-wanted // len(KINDS))) for name in rng.sample([*KINDS], len(KINDS))
    ]
    return names[:wanted]


def _finish(it: Visit) -> bool:
    """Do what the pages offer until somebody is in."""
    for _ in range(MOST_STEPS):
        asked = it.wait()
        if asked == IN:
            return True
        if asked == CARD:
            it.show_card()
        elif asked in BUTTONS:
            it.press(it.page, asked)
        else:  # it says to go back to the own address
            it.press_address()
        it.page.wait_for_timeout(100)
        it.page.wait_for_load_state()
    return False


def _two_tabs(it: Visit, *, first_is_first: bool) -> None:
    other = it.context.new_page()
    it.begin()
    it.begin(other)
    it.presses -= 1  # a tab each
    early, late = (it.page, other) if first_is_first else (other, it.page)
    it.show_card(early)
    early.locator(IN).wait_for()
    it.page = late
    late.bring_to_front()
    if late.locator(CARD).is_visible():
        it.cards -= 1
        with _shrugging():
            it.show_card(late)


def _pressed(it: Visit) -> None:
    it.page.goto(it.product.url())
    it.press(it.page, "a.ds-button:text-is('Logga in')")
    it.page.wait_for_url("**/realms/**")
    it.page.wait_for_load_state()


def _troubled(it: Visit, how: str) -> None:
    it.begin()
    it.product.trouble.due["/token"] = how
    it.show_card()


def _refused_by_the_card(it: Visit, error: str) -> None:
    """Come back to the broker as from a card service that says no."""
    asked = dict(re.findall(r"[?&](state|redirect_uri)=([^&]+)", it.page.url))
    if "state" not in asked:
        asked = it.page.evaluate("() => Object.fromEntries(new URLSearchParams(location.search))")
    query = urlencode({"error": error}) + f"&state={asked['state']}"
    it.page.goto(f"{it.product.realms.url}/realms/staff/broker/inera/endpoint?{query}")


def _callback(it: Visit) -> str:
    """Sign in, and return the address that led back to us."""
    seen: list[str] = []
    it.page.on("request", lambda asked: seen.append(asked.url))
    it.begin()
    it.show_card()
    it.page.locator(IN).wait_for()
    return next(url for url in seen if urlsplit(url).path == "/sign-in/callback")


@contextmanager
def _failing(it: Visit, place: str) -> Iterator[None]:
    it.page.route(place, lambda route: route.fulfill(status=500, body="Internal Server Error"))
    yield
    it.page.unroute(place)


@contextmanager
def _short_sighted(it: Visit) -> Iterator[None]:
    """Let both realms forget within two seconds that somebody is on the way."""
    realms = it.product.realms
    for name in ("staff", "inera"):
        realms.at(name).update_realm(name, {"accessCodeLifespanLogin": 2})
    yield
    for name in ("staff", "inera"):
        realms.at(name).update_realm(name, {"accessCodeLifespanLogin": 1800})


@contextmanager
def _shrugging() -> Iterator[None]:
    with suppress(Error):
        yield


def _seen(it: Visit) -> str:
    try:
        return f"{it.page.url}: {it.page.locator('body').inner_text(timeout=5_000)[:600]}"
    except Error as error:
        return str(error)
