"""The product and the real Keycloak together, as somebody at a browser meets them."""

import time

import pytest
from live import MUNICIPAL_HOST, Product
from playwright.sync_api import Page, expect
from staying import cookies

from integrations.keycloak import sync
from integrations.keycloak.simulated import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PATIENCE = 60_000  # milliseconds, on a machine that is busy


def show_card(page: Page, username: str) -> None:
    """Prove who one is, at a simulated identity provider."""
    page.locator("#kc-login").wait_for(timeout=PATIENCE)
    if page.locator("#username").is_visible():  # whoever is asked anew is known already
        page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("#kc-login").click()


def sign_in(page: Page, product: Product, username: str = "nurse", **at: str) -> None:
    """Go the whole way from the first page."""
    page.goto(product.url("/", **at))
    page.get_by_role("link", name="Logga in", exact=True).click()
    show_card(page, username)


def expect_in(page: Page) -> None:
    """See that somebody is in."""
    expect(page.get_by_role("heading", name="Arbetslista")).to_be_visible(timeout=PATIENCE)


def subject(product: Product) -> str:
    """Return who Keycloak says that the nurse of the last session is."""
    ((found,),) = product.sql(
        "SELECT subject FROM test_region.identity_staffsession ORDER BY authenticated_at DESC"
        " LIMIT 1"
    )
    return str(found)


def test_in_and_out_here_and_at_the_provider(page: Page, product: Product) -> None:
    sign_in(page, product)
    expect_in(page)

    page.locator("details.account summary").click()
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_text("Du är utloggad, också hos inloggningstjänsten.")).to_be_visible(
        timeout=PATIENCE
    )
    assert page.url == product.url("/sign-in")

    # Whoever is out at the provider too is asked for the card.
    page.get_by_role("link", name="Logga in", exact=True).click()
    expect(page.locator("#kc-login")).to_be_visible(timeout=PATIENCE)


def test_a_session_that_keycloak_ends_is_refused_at_the_next_request(
    page: Page, product: Product
) -> None:
    sign_in(page, product)
    expect_in(page)

    product.realms.at("staff").user_logout(subject(product))

    page.goto(product.url("/"))
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible(timeout=PATIENCE)


def test_a_step_up_asks_for_the_card_when_the_proof_is_old(page: Page, product: Product) -> None:
    sign_in(page, product)
    expect_in(page)

    # A proof of the last five minutes is enough.
    page.goto(product.url("/sign-in/start"))
    expect_in(page)

    # An older one is not: eight seconds stand for the five minutes.
    *_, led = product.ask("/sign-in/start", cookies=cookies(page.context))
    assert "max_age=300" in led
    time.sleep(9)
    page.goto(led.replace("max_age=300", "max_age=8"))
    expect(page.locator("#kc-login")).to_be_visible(timeout=PATIENCE)
    show_card(page, "nurse")
    expect_in(page)
    ((is_fresh,),) = product.sql(
        "SELECT fresh_until > now() + interval '4 minutes' FROM test_region.identity_staffsession"
        " WHERE ended_at IS NULL ORDER BY authenticated_at DESC LIMIT 1"
    )
    assert is_fresh


def test_somebody_proves_anew_by_the_provider_of_the_first_time(
    page: Page, product: Product
) -> None:
    page.goto(product.url("/", host=MUNICIPAL_HOST))
    page.get_by_role("link", name="Logga in genom Krokoms kommun (simulerad)").click()
    show_card(page, "officer")
    expect_in(page)

    sent = cookies(page.context, MUNICIPAL_HOST)
    *_, led = product.ask("/sign-in/start", host=MUNICIPAL_HOST, cookies=sent)

    assert "kc_idp_hint=kommun" in led


def test_a_municipality_speaks_for_nobody_elses_staff(page: Page, product: Product) -> None:
    page.goto(product.url("/", host=MUNICIPAL_HOST))
    page.get_by_role("link", name="Logga in genom Krokoms kommun (simulerad)").click()
    show_card(page, "nurse")

    expect(page.get_by_text("Din inloggning har ett HSA-id")).to_be_visible(timeout=PATIENCE)


def test_no_host_offers_a_provider_that_may_not_speak_for_its_staff(
    page: Page, product: Product
) -> None:
    page.goto(product.url("/sign-in"))

    assert page.get_by_role("link", name="Krokoms kommun").count() == 0
    *_, led = product.ask("/sign-in/start?through=kommun")
    assert "kc_idp_hint" not in led


def test_a_new_key_between_start_and_callback_is_believed(page: Page, product: Product) -> None:
    page.goto(product.url("/"))
    page.get_by_role("link", name="Logga in", exact=True).click()
    expect(page.locator("#kc-login")).to_be_visible(timeout=PATIENCE)

    sync.rotate(product.realms.admin, "staff", name=f"between-{time.time_ns()}")

    show_card(page, "nurse")
    expect_in(page)


@pytest.mark.parametrize(
    ("username", "said"),
    [
        ("officer", "men är inte upplagd som medarbetare här"),
        ("weak", "Inloggningen var inte stark nog."),
        ("odd", "Inloggningen var inte stark nog."),
    ],
)
def test_who_may_not_in_is_told_why(page: Page, product: Product, username: str, said: str) -> None:
    sign_in(page, product, username)

    expect(page.get_by_text(said)).to_be_visible(timeout=PATIENCE)
    # Keycloak would vouch for the same person again: the button leads out there first.
    page.get_by_role("link", name="Logga ut och försök igen").click()
    expect(page.get_by_text("Du är utloggad, också hos inloggningstjänsten.")).to_be_visible(
        timeout=PATIENCE
    )
    page.get_by_role("link", name="Logga in", exact=True).click()
    show_card(page, "nurse")
    expect_in(page)
