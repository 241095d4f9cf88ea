"""Keycloak dies while people work, and its word ends sessions (A3, A4)."""

import os
import time

import pytest
import staying
from live import Product
from playwright.sync_api import Browser, Page

from tests.integrations.keycloak.test_product import expect_in, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(900)]
WITHIN = 30.0  # seconds
AWAY = float(os.environ.get("SAMPLAN_AWAY", "0"))  # seconds that it stays dead at least
LOGOUTS = int(os.environ.get("SAMPLAN_SIGN_INS", "0")) or 3


def test_a_killed_keycloak_stops_nobody_and_lets_people_in_again_at_once(
    page: Page, product: Product, chromium: Browser
) -> None:
    sign_in(page, product)
    expect_in(page)
    sent = staying.cookies(page.context)

    with staying.working(product, [sent] * 3) as answers:
        product.realms.kill()
        try:
            told = seconds_until_told(product, sent)
            time.sleep(max(0.0, AWAY - told))
        finally:
            product.realms.start_again()
        returned = time.monotonic()
        newcomer = chromium.new_page(locale="sv-SE")
        sign_in(newcomer, product)
        expect_in(newcomer)
        took = time.monotonic() - returned
        newcomer.close()

    assert answers.asked >= 20
    assert answers.failed == []
    assert told <= WITHIN
    assert took <= WITHIN
    print(f"{answers.asked} requests, told after {told:.1f} s, in {took:.1f} s after the return")


def seconds_until_told(product: Product, sent: str) -> float:
    """Return how long it takes until a page tells that nobody can sign in just now."""
    begun = time.monotonic()
    while staying.AWAY not in product.ask(cookies=sent)[1]:
        assert time.monotonic() - begun < 2 * WITHIN, "nobody is told"
        time.sleep(0.5)
    return time.monotonic() - begun


def test_who_is_signed_out_at_keycloak_is_refused_within_two_seconds(
    page: Page, product: Product
) -> None:
    figures = []
    for _ in range(LOGOUTS):
        sign_in(page, product)
        expect_in(page)
        figures.append(staying.seconds_to_refusal(product, page))

    assert staying.percentile(figures) <= 2.0, figures
