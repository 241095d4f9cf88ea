"""Payment liability on the pages: the two parties' items, the board's sums, and nobody else's."""

import re
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from hired import Hired, hire
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from visits import browser, post, sent, text

from billing.liability.course import Verdict
from care.identity.permissions import Role
from tenants import clock
from tests.billing import bills, books, liabilities

OBJECTION = {"reason": "no_call_to_planning", "text": "Ingen kallelse kom"}


@pytest.fixture(autouse=True)
def board(committed: None, settings: LazySettings) -> None:
    settings.LIABILITY_SOURCE = liabilities.SOURCE
    write_units()
    books.found_board()


@pytest.fixture
def controller() -> Hired:
    return hire(REGION, "Kalle Ek", "SE2999999119-P021", (WARD, Role.ECONOMIST))


@pytest.fixture
def secretary() -> Hired:
    return hire(REGION, "Gunilla Ås", "SE2999999119-P020", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def member() -> Hired:
    return hire(REGION, "Rut Al", "SE2999999119-P022", (WARD, Role.BOARD_MEMBER))


@pytest.fixture
def economist() -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def signatory() -> Hired:
    return hire(MUNICIPALITY, "Pia Al", "SE2999999127-P021", (CASE_OFFICERS, Role.SIGNATORY))


@pytest.fixture
def other() -> Hired:
    return hire(STRANGER, "Ida Lo", "SE2999999135-P020", (ELSEWHERE, Role.ECONOMIST))


def refused(client: Client, who: Hired, url: str, **fields: object) -> str:
    """Send a form that comes back, and return what it says."""
    response = client.post(url, sent(who, **fields))
    assert response.status_code == 422
    return response.content.decode()


def url_of(code: str) -> str:
    return f"/costs/liability/{liabilities.of(code).id}"


def settlement_of(page: str) -> str:
    (found,) = set(re.findall(r"/costs/liability/settlements/[0-9a-f-]+", page))
    return str(found)


# Collecting


def test_the_economist_collects_a_month_and_every_municipality_has_its_list(
    controller: Hired, economist: Hired
) -> None:
    client = browser(controller)
    assert "Ingen månad är hämtad" in text(client, "/costs/liability")
    assert "Betalningsansvar" in text(client, "/costs")
    url = "/costs/liability/collect"
    assert "Välj en månad" in refused(client, controller, url, month="1999-01")
    told = re.findall(r'<option value="(\d{4}-\d{2})"', client.get(url).content.decode())
    assert len(told) == 12
    assert post(client, controller, url, month=told[0]) == f"/costs/liability?month={told[0]}"

    assert told[0] not in client.get(url).content.decode()
    assert "Testkommun" in text(client, "/costs/liability")
    own = text(browser(economist), "/costs/liability")
    assert "16" in own
    assert "Främlinge" not in own


def test_a_year_whose_rate_nobody_has_verified_is_refused_in_words(
    controller: Hired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liabilities, "RATE", bad_rate())
    client = browser(controller)
    page = client.get("/costs/liability/collect").content.decode()
    newest = re.findall(r'<option value="(\d{4}-\d{2})"', page)[0]
    answer = refused(client, controller, "/costs/liability/collect", month=newest)

    assert "inte över noll" in answer
    assert f'value="{newest}" selected' in answer


def bad_rate() -> object:
    return type(liabilities.RATE)(2026, 0, "Ingen", "Kalle Ek", AT.date())


def test_without_a_source_the_page_says_so(controller: Hired, settings: LazySettings) -> None:
    settings.LIABILITY_SOURCE = ""
    shown = text(browser(controller), "/costs/liability")

    assert "Ingen källa är ansluten." in shown
    assert "Hämta en månad" not in shown


# Who sees what


def test_a_municipality_reads_its_own_list_and_another_does_not_exist(
    controller: Hired, economist: Hired, other: Hired
) -> None:
    liabilities.collect()
    ours, strangers = url_of("2399"), url_of("2398")
    client = browser(economist)

    assert "Februari 2026, Testkommun" in text(client, ours)
    assert "Februari 2026, Testkommun" in text(browser(controller), ours)
    text(client, strangers, status=404)
    text(browser(other), ours, status=404)
    for act in ("object", "escalate", "answer", "decision"):
        text(browser(other), f"{ours}/items/1/{act}", status=404)
    answer = browser(other).post(f"{ours}/items/1/object", sent(other, **OBJECTION))
    assert answer.status_code == 404
    text(client, f"{ours}/items/9/object", status=404)
    text(client, f"/costs/liability/{UUID(int=7)}", status=404)
    text(browser(controller), "/costs/liability?month=1999-01", status=404)


def test_the_board_sees_sums_without_small_counts_and_no_item(
    secretary: Hired, member: Hired, signatory: Hired, controller: Hired
) -> None:
    liabilities.collect()
    for who in (secretary, member):
        client = browser(who)
        shown = text(client, "/costs/liability")

        # Both have fewer than five items: the counts are hidden, and the days are not.
        assert "Testkommun Visas inte 16 16 0 0,00" in shown
        assert "Kommunerna tillsammans 4 21 21 0 0,00" in shown
        assert "/costs/liability/" not in client.get("/costs/liability").content.decode()
        text(client, url_of("2399"), status=403)
        text(client, "/costs/liability/collect", status=403)
    assert "Testkommun 3 16 16 0 0,00" in text(browser(controller), "/costs/liability")
    own = text(browser(signatory), "/costs/liability")
    assert "Februari 2026 Visas inte 16 16 0 0,00" in own
    text(browser(signatory), url_of("2399"), status=403)


def test_who_is_not_the_host_neither_answers_nor_freezes(economist: Hired) -> None:
    liabilities.collect()
    liabilities.object_to(1)
    client, url = browser(economist), url_of("2399")
    settlement = liabilities.settle()
    for act, fields in (
        ("items/1/answer", {"verdict": "accepted", "text": "Ja"}),
        ("items/1/decision", {"days": "0", "on": "2026-03-02", "text": "Ja"}),
        ("settle", {}),
    ):
        assert client.post(f"{url}/{act}", sent(economist, **fields)).status_code == 403
    for act in ("basis", "credit", "batch"):
        address = f"/costs/liability/settlements/{settlement}/{act}"
        assert client.post(address, sent(economist)).status_code == 403
    assert "Avräkna " not in text(client, url)


# A dispute


def test_an_objection_is_made_answered_and_decided(controller: Hired, economist: Hired) -> None:
    desk, client = browser(controller), browser(economist)
    page = desk.get("/costs/liability/collect").content.decode()
    newest = re.findall(r'<option value="(\d{4}-\d{2})"', page)[0]
    post(desk, controller, "/costs/liability/collect", month=newest)
    (url,) = set(
        re.findall(
            r"/costs/liability/[0-9a-f-]{36}", client.get("/costs/liability").content.decode()
        )
    )

    shown = text(client, f"{url}/items/2/object")
    assert "Post 2: 10 dygn à 1 000,00 kr." in shown
    assert "Skriv inga personuppgifter" in shown
    assert "Välj vad som är fel" in refused(client, economist, f"{url}/items/2/object", reason="")
    wordless = refused(client, economist, f"{url}/items/2/object", reason="other", text="")
    assert "Skriv vad som är fel" in wordless
    assert 'value="other" ' in wordless
    person = OBJECTION | {"text": "Anna 196404153832"}
    named = refused(client, economist, f"{url}/items/2/object", **person)
    assert "personnummer" in named
    assert named.count("Rätta ett fel innan du går vidare") == 1
    assert "Anna 196404153832" in named  # what was typed is there to be changed
    assert post(client, economist, f"{url}/items/2/object", **OBJECTION) == url
    assert "redan invänt" in refused(client, economist, f"{url}/items/2/object", **OBJECTION)

    assert "1 väntar på besked" in text(desk, "/costs/liability")
    answering = text(desk, f"{url}/items/2/answer")
    assert "Kallelse till samordnad planering saknas. Ingen kallelse kom" in answering
    form = {"verdict": "corrected", "text": "Två dagar kom för tidigt"}
    for days, words in (("", "hur många dygn"), ("10", "färre dygn än 10"), ("x", "siffror")):
        assert words in refused(desk, controller, f"{url}/items/2/answer", **form, days=days)
    post(desk, controller, f"{url}/items/2/answer", **form, days="8")
    assert "Rättas: några dygn står kvar (8 dygn). Två dagar kom för tidigt" in text(client, url)

    assert "inte är överens" in refused(client, economist, f"{url}/items/2/escalate", text="")
    post(client, economist, f"{url}/items/2/escalate", text="Kallelsen kom aldrig")
    assert "Hos styrgruppen" in text(desk, url)
    decision = {"on": timezone.localdate(clock.moment()).isoformat(), "text": "Fem dygn"}
    assert "0 till 8 dygn" in refused(
        desk, controller, f"{url}/items/2/decision", **decision, days="9"
    )
    post(desk, controller, f"{url}/items/2/decision", **decision, days="5")
    shown = text(client, url)
    assert "Avgjord av styrgruppen" in shown
    assert "(5 dygn). Fem dygn" in shown
    assert "Tidslinje Hämtad" in shown


# Freezing and invoicing


def test_what_is_frozen_is_attested_by_two_invoiced_and_credited(
    controller: Hired, secretary: Hired, economist: Hired
) -> None:
    bills.write_settings()
    liabilities.collect()
    liabilities.object_to(2)
    liabilities.answer(2, Verdict.REJECTED)
    desk, office, client = browser(controller), browser(secretary), browser(economist)
    url = url_of("2399")
    assert "Avräkna" in text(desk, url)
    post(desk, controller, f"{url}/settle")
    assert "väntar på ett ord" in refused(desk, controller, f"{url}/settle")
    page = desk.get(url).content.decode()
    settlement = settlement_of(page)
    basis = post(desk, controller, f"{settlement}/basis")

    # The secretary attests what says no more than the sums do.
    assert "Underlag 1, Testkommun 0 av 2 attester" in text(office, "/costs/liability")
    shown = text(office, basis)
    assert "Betalningsansvar februari 2026, 16 vårddygn" in shown
    assert 'href="/costs/liability"' in office.get(basis).content.decode()
    post(office, secretary, f"{basis}/attest")
    assert "redan attesterat" in refused(office, secretary, f"{basis}/attest")
    post(desk, controller, f"{basis}/attest")
    assert post(desk, controller, f"{basis}/issue") == url
    assert "redan fakturerad" in refused(desk, controller, f"{settlement}/basis")

    own = client.get(url).content.decode()
    (invoice,) = set(re.findall(r"/costs/invoices/[0-9a-f-]+", own))
    assert f'href="{url}"' in client.get(invoice).content.decode()
    assert "Betalningsansvar februari 2026, 16 vårddygn" in text(client, invoice)

    liabilities.escalate(2)
    liabilities.decide(2, 3)
    assert "Kreditera strukna dygn" in text(desk, url)
    credit = post(desk, controller, f"{settlement}/credit")
    assert "post 2: 7 dygn" in text(desk, credit)
    post(office, secretary, f"{credit}/attest")
    post(desk, controller, f"{credit}/attest")
    post(desk, controller, f"{credit}/issue")
    assert "Kreditera strukna dygn" not in text(desk, url)
    assert "kvar att kreditera" in refused(desk, controller, f"{settlement}/credit")
    assert "Kreditfaktura, avser" in text(client, url)

    post(desk, controller, f"{settlement}/batch")
    assert "SIE-fil, bunt 1" in text(desk, url)
    assert "redan i en SIE-fil" in refused(desk, controller, f"{settlement}/batch")


def test_a_form_sent_twice_takes_effect_once(controller: Hired) -> None:
    liabilities.collect()
    client, fields = browser(controller), sent(controller)
    url = url_of("2399")
    answers = [client.post(f"{url}/settle", fields) for _ in range(2)]

    assert [it.status_code for it in answers] == [303, 303]
    assert len(liabilities.of("2399").settlements) == 1


def test_a_foreign_municipality_reads_neither_basis_nor_invoice(other: Hired) -> None:
    bills.write_settings()
    liabilities.collect()
    made = liabilities.invoice(liabilities.settle())
    client = browser(other)

    for url in (f"/costs/invoices/{made}", f"/costs/invoices/{made}/invoice.xml"):
        text(client, url, status=404)
    assert str(made) not in client.get("/costs").content.decode()
