"""Offers of options on the pages: the host offers, a municipality answers, everybody sees."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.test import Client
from hired import Hired, hire
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from pytest_django import Settings
from visits import browser, post, sent, text, words

from billing import options
from billing.calloff import Answer
from care.identity.permissions import Role
from tenants import clock
from tenants.context import acting_as
from tenants.models import JointBoard
from tests.billing import books
from tests.billing.books import PRICE, SECRETARY


@pytest.fixture(autouse=True)
def board(committed: None, settings: Settings, tmp_path: Path) -> None:
    settings.CLOCK_OFFSET_FILE = tmp_path / "offset"
    clock.move(AT - clock.moment())
    write_units()
    books.found_board()


@pytest.fixture
def secretary() -> Hired:
    return hire(REGION, "Gunilla Ås", "SE2999999119-P020", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def economist() -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def other() -> Hired:
    return hire(STRANGER, "Ida Lo", "SE2999999135-P020", (ELSEWHERE, Role.SIGNATORY))


OFFER = {
    "name": "Option 1 Informationsutbyte", "description": "Samordnad planering och SIP",
    "yearly_ore": "1 000,01", "one_off_ore": "500", "cap_ore": "0,25", "present_ore": "800",
    "model": "population", "last_on": "2026-03-31",
}  # fmt: skip
DECISION = {"answer": "call_off", "on": "2026-03-02", "paragraph": "17", "note": ""}


def refused(client: Client, who: Hired, url: str, **fields: object) -> str:
    """Send a form that comes back with what is wrong."""
    response = client.post(url, sent(who, **fields))
    assert response.status_code == 422
    return words(response.content)


def url_of(option: UUID) -> str:
    return f"/costs/offers/{option}"


def test_from_an_offer_to_what_everybody_pays(
    secretary: Hired, economist: Hired, other: Hired
) -> None:
    population = books.people()
    office = browser(secretary)
    assert "Inga erbjudanden ännu" in text(office, "/costs/offers")
    offer = post(office, secretary, "/costs/offers/new", population=population, **OFFER)

    for who in (secretary, economist, other):
        page = text(browser(who), offer)
        assert "Inget besked 29 dagar kvar" in page
        assert "Samordnad planering och SIP" in page
    post(browser(economist), economist, f"{offer}/decide", **DECISION)

    for who in (secretary, economist, other):
        page = text(browser(who), offer)
        assert "Avropar 2 mars 2026, § 17" in page
        # 3 000 inhabitants and 0,25 kr each: the rest of 1 000,01 is the host's.
        assert "Region Test bär det som är över pristaket 250,01" in page
        assert "Avropar: 1 Avstår: 0" in page


def test_a_municipality_sees_its_share_with_and_without_itself(
    economist: Hired, other: Hired
) -> None:
    option = books.offered(price=replace(PRICE, cap_ore=None))
    books.decide(MUNICIPALITY, option)
    ours, theirs = text(browser(economist), url_of(option)), text(browser(other), url_of(option))

    # The present system, those who have called off, the other way for us, all of them.
    assert "Om vi inte hade avropat" in ours
    assert "§ 17 240,00 1 000,01 +760,01 – 300,00 +60,00" in ours
    assert "Om också vi avropar" in theirs
    assert "§ 17 240,00 1 000,01 +760,01 300,00 +60,00 300,00 +60,00" in theirs
    assert "29 dagar kvar 560,00 – 700,01 +140,01 700,01 +140,01" in theirs


def test_the_host_is_no_municipality_and_has_no_column_of_its_own(secretary: Hired) -> None:
    page = text(browser(secretary), url_of(books.offered()))

    assert "De som har avropat, kr Om alla avropar, kr" in page
    assert "Lämna vårt besked" not in page


def test_the_one_off_price_is_shared_too(economist: Hired) -> None:
    page = text(browser(economist), url_of(books.offered()))

    assert "Testkommun – 500,00 150,00" in page


def test_an_offer_without_cap_and_comparison_says_nothing_of_them(secretary: Hired) -> None:
    page = text(
        browser(secretary),
        url_of(books.offered(price=replace(PRICE, cap_ore=None, present_ore=None))),
    )

    assert "pristaket" not in page
    assert "Dagens system" not in page


def test_a_new_version_and_more_time_stand_on_the_timeline(
    secretary: Hired, economist: Hired
) -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option)
    office, url = browser(secretary), url_of(option)
    form = office.get(f"{url}/revise").content.decode().replace("\xa0", " ")
    assert 'value="1 000,01"' in form
    with acting_as(REGION):
        population = options.offer(option).current.content.population
    changed = OFFER | {"yearly_ore": "900", "reason": "Priset är sänkt"}
    post(office, secretary, f"{url}/revise", population=population, **changed)
    post(office, secretary, f"{url}/extend", last_on="2026-04-30", reason="Tidplanen är flyttad")

    page = text(browser(economist), url)
    assert "Version 2. Sista dag för besked 30 april 2026." in page
    assert "Version 1 2 mars 2026, Gunilla Ås, nämndsekreterare 1 000,01 kr per år" in page
    assert "900,00 kr per år, 500,00 kr en gång Sista dag 31 mars 2026 Priset är sänkt" in page
    assert "Längre tid: till 30 april 2026" in page
    assert "Tidplanen är flyttad" in page
    assert "§ 17 Gäller version 1." in page


def test_a_decision_is_changed_and_the_one_before_is_still_read(
    economist: Hired, other: Hired
) -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option, Answer.DEFER)
    client, url = browser(economist), url_of(option)
    assert "Ändra vårt besked" in text(client, url)
    post(client, economist, f"{url}/decide", **(DECISION | {"answer": "decline", "note": "Nej"}))

    page = text(browser(other), url)
    assert "Avstår 2 mars 2026, § 17 Nej" in page
    assert "Tidigare besked Testkommun Skjuter upp beslutet, 2 mars 2026, § 17" in page


def test_a_form_sent_twice_is_one_decision(economist: Hired) -> None:
    option = books.offered()
    form = sent(economist, **DECISION)
    for _ in range(2):
        assert browser(economist).post(f"{url_of(option)}/decide", form).status_code == 303

    with acting_as(MUNICIPALITY):
        assert len(options.offer(option).decisions["2399"]) == 1


def test_the_list_says_how_many_have_answered_and_what_we_did(
    economist: Hired, other: Hired
) -> None:
    books.decide(MUNICIPALITY, books.offered())

    listed = text(browser(economist), "/costs/offers")
    assert "31 mars 2026 29 dagar kvar Avropar: 1 Avstår: 0" in listed
    assert "Inget besked: 1 Avropar" in listed
    assert "Inget besked: 1 Inget besked" in text(browser(other), "/costs/offers")


def test_after_the_last_day_the_page_says_whom_to_ask(economist: Hired) -> None:
    population = books.people()
    with acting_as(REGION):
        content = books.content(population, last_on=date(2026, 2, 27))
        option = options.offer_option(content, by=SECRETARY, at=AT - timedelta(days=30)).option
    client, url = browser(economist), url_of(option)

    page = text(client, url)
    assert "Tiden har gått ut" in page
    assert "be nämndens sekreterare om längre tid" in page
    assert "Lämna vårt besked" not in page
    answer = refused(client, economist, f"{url}/decide", **(DECISION | {"note": "Ja tack"}))
    assert "Sista dag för besked var 2026-02-27. Be nämndens sekreterare om längre tid" in answer
    assert "Ja tack" in answer


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "Skriv vad optionen heter"),
        ({"yearly_ore": "", "one_off_ore": ""}, "Skriv ett pris per år eller ett engångspris."),
        ({"yearly_ore": "mycket"}, "är inget belopp"),
        ({"last_on": "2026-02-01"}, "har redan varit"),
        ({"last_on": ""}, "Välj den sista dagen."),
        ({"model": "lottning"}, "Välj hur kommunerna delar priset."),
    ],
)
def test_an_offer_that_cannot_be_is_refused_and_nothing_is_lost(
    secretary: Hired, fields: dict[str, str], problem: str
) -> None:
    population = books.people()
    page = refused(
        browser(secretary), secretary, "/costs/offers/new", population=population,
        **(OFFER | fields),
    )  # fmt: skip

    assert problem in page
    assert "Samordnad planering och SIP" in page


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"answer": ""}, "Välj vilket besked ni lämnar."),
        ({"paragraph": ""}, "Skriv paragrafens nummer"),
        ({"on": "2026-03-03"}, "har inte kommit"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    economist: Hired, fields: dict[str, str], problem: str
) -> None:
    url = f"{url_of(books.offered())}/decide"

    assert problem in refused(browser(economist), economist, url, **(DECISION | fields))


def test_less_time_than_was_promised_is_refused(secretary: Hired) -> None:
    url = f"{url_of(books.offered())}/extend"
    page = refused(browser(secretary), secretary, url, last_on="2026-03-30", reason="Bråttom")

    assert "Välj en senare dag." in page
    assert (
        "Bråttom"
        in browser(secretary)
        .post(url, sent(secretary, last_on="2026-03-30", reason="Bråttom"))
        .content.decode()
    )


@pytest.mark.parametrize("path", ["new", "{option}/revise", "{option}/extend"])
def test_a_party_does_not_offer(economist: Hired, path: str) -> None:
    option = books.offered()
    text(browser(economist), f"/costs/offers/{path.format(option=option)}", status=403)


def test_a_secretary_does_not_decide_for_a_municipality(secretary: Hired) -> None:
    text(browser(secretary), f"{url_of(books.offered())}/decide", status=403)


def test_the_regions_economist_is_told_that_the_municipalities_are_asked() -> None:
    economist = hire(REGION, "Eva By", "SE2999999119-P022", (WARD, Role.ECONOMIST))
    url = url_of(books.offered())

    assert "Lämna vårt besked" not in text(browser(economist), url)
    page = refused(browser(economist), economist, f"{url}/decide", **DECISION)
    assert "ställt till kommunerna" in page


def test_somebody_in_care_sees_no_offers(secretary: Hired) -> None:
    nurse = hire(REGION, "Sara Lind", "SE2999999119-P021", (WARD, Role.WARD_NURSE))
    text(browser(nurse), "/costs/offers", status=403)


def test_an_offer_of_nobody_is_not_found(economist: Hired) -> None:
    text(browser(economist), url_of(UUID(int=7)), status=404)


def test_a_huvudman_outside_the_board_is_told_so(economist: Hired) -> None:
    option = books.offered()
    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION, STRANGER])
    for url in ("/costs/offers", url_of(option)):
        assert "inte part i någon gemensam nämnd" in text(browser(economist), url, status=404)
