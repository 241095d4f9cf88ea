"""The technical check on the pages: by hand without scripts, bounded with them, a flag for all."""

from typing import Any

import pytest
from cast import AT, MUNICIPALITY, REGION
from hired import Hired, hire
from onboarded import begin
from people import CASE_OFFICERS, HEALTH_CENTRE
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from tenants import checks, clock
from tenants.context import acting_as
from tenants.technical import Item, Measured, Outcome

PAGE = "/onboarding/check"
BY_HAND: dict[str, Any] = {
    "place": "Expeditionen, dator 2", "clock": "works", "network": "works", "printing": "works",
    "card": "not_used", "lacks": "", "clock_seconds": "", "trips": "", "cookies": "",
}  # fmt: skip
MEASURED = BY_HAND | {
    "clock": "not_tried", "network": "not_tried", "clock_seconds": "-2", "trips": "40,41,300",
    "cookies": "yes",
}  # fmt: skip
EDGE = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.1"}


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch, units: None) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)
    begin()


@pytest.fixture
def karin() -> Hired:
    place = (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    return hire(MUNICIPALITY, "Per Lind", "SE2999999127-P001", place)


@pytest.fixture
def anna() -> Hired:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


def made() -> Measured:
    """Return what the last check of the unit measured."""
    with acting_as(MUNICIPALITY):
        return checks.made([CASE_OFFICERS])[0].measured


def test_anybody_at_the_unit_makes_it_and_everybody_sees_whether_it_holds(
    karin: Hired, anna: Hired
) -> None:
    client = browser(karin)
    assert "Teknisk kontroll" in text(client, "/help")

    response = client.post(PAGE, sent(karin, **MEASURED), headers=EDGE)

    assert response.status_code == 303
    operator = hire(REGION, "Ola", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))
    assert "1 av 3 enheter" in text(browser(operator), "/onboarding")
    page = text(browser(operator), f"/onboarding/{MUNICIPALITY}")
    assert "Biståndsenheten mån 4 maj Allt fungerar i dag" in page
    assert "Per Lind" not in page
    own = text(browser(anna), "/onboarding/decision")
    assert "Expeditionen, dator 2, Edge 141 Per Lind, Befattning, i dag 09.00" in own
    assert "Nät Fungerar 41 ms till servern och tillbaka" in own
    assert "Klocka Fungerar skiljer 2 s mot servern" in own


def test_without_scripts_a_person_tells(karin: Hired) -> None:
    post(browser(karin), karin, PAGE, **BY_HAND | {"network": "fails"})

    assert made().network is Outcome.FAILS
    with acting_as(MUNICIPALITY):
        seen = checks.last([MUNICIPALITY])[MUNICIPALITY, CASE_OFFICERS]
    assert (seen.failed, seen.untried) == ((Item.NETWORK,), (Item.BROWSER,))
    assert "Nät Fungerar inte" in text(browser(karin), PAGE)


@pytest.mark.parametrize(
    ("sent_", "kept"),
    [
        ({"clock_seconds": "1e99"}, Measured(lacks=(), trips_ms=(40, 41, 300))),
        ({"trips": "x" * 5000}, Measured(lacks=(), clock_seconds=-2)),
        ({"lacks": "<script>,has"}, Measured(("has",), -2, (40, 41, 300))),
        ({"cookies": "no"}, Measured((), -2, (40, 41, 300), has_cookies=False)),
    ],
)
def test_what_a_browser_sends_is_bounded(
    karin: Hired, sent_: dict[str, str], kept: Measured
) -> None:
    post(browser(karin), karin, PAGE, **MEASURED | sent_)

    told = made()
    assert (told.lacks, told.clock_seconds, told.trips_ms, told.has_cookies) == (
        kept.lacks, kept.clock_seconds, kept.trips_ms, kept.has_cookies,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"printing": "perhaps"}, "Välj hur det gick."),
        ({"clock": "not_used"}, "Välj hur det gick."),
        ({"place": "x" * 101}, "Korta den till högst 100 tecken."),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_advice(
    karin: Hired, fields: dict[str, str], advice: str
) -> None:
    answer = browser(karin).post(PAGE, sent(karin, **BY_HAND | fields))

    assert answer.status_code == 422
    assert advice in words(answer.content)
    with acting_as(MUNICIPALITY):
        assert checks.made([CASE_OFFICERS]) == ()


def test_nobody_makes_it_who_is_not_signed_in() -> None:
    client = browser(tenant=MUNICIPALITY)

    for path in (PAGE, f"{PAGE}/print", f"{PAGE}/pulse"):
        assert client.get(path).status_code in {302, 303, 401, 403}
    assert "Teknisk kontroll" not in text(client, "/help")


def test_the_pulse_answers_at_once_and_is_never_kept(karin: Hired) -> None:
    answer = browser(karin).get(f"{PAGE}/pulse")

    assert answer.status_code == 204
    assert "no-store" in answer["Cache-Control"]


def test_the_page_to_print_says_what_to_look_for(karin: Hired) -> None:
    assert "Ramen är hel på alla fyra sidor." in text(browser(karin), f"{PAGE}/print")
