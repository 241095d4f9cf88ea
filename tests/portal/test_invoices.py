"""Invoices on the pages: terms, a basis that two attest, files, and each party its own."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.test import Client
from hired import Hired, hire
from people import CASE_OFFICERS, ELSEWHERE, WARD, write_units
from visits import browser, post, sent, text

from billing import issued
from billing.invoices import sie
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.billing import bills, books, peppol
from tests.billing.papers.printed import text_of
from tests.billing.peppol import Validator

TERMS = {
    "contract": "GNS-2026-01", "vat_category": "S", "vat_percent": "25", "vat_reason": "",
    "rounding": "krona", "days_to_pay": "30", "bankgiro": "991-2346", "street": "Box 654",
    "postal_code": "831 27", "city": "Exempelstad", "receivable": "1510", "revenue": "3590",
    "vat": "2610", "rounded": "3740", "responsibility": "4100",
}  # fmt: skip
PAYER = {
    "organisation_number": "299999-9127", "street": "Box 1", "postal_code": "83431",
    "city": "Exempelby", "reference": "REF2399", "counterparty": "8399",
}  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with peppol.validator() as ready:
        yield ready


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    write_units()
    books.found_board()


@pytest.fixture
def secretary() -> Hired:
    return hire(REGION, "Gunilla Ås", "SE2999999119-P020", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def controller() -> Hired:
    return hire(REGION, "Kalle Ek", "SE2999999119-P021", (WARD, Role.ECONOMIST))


@pytest.fixture
def economist() -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def other() -> Hired:
    return hire(STRANGER, "Ida Lo", "SE2999999135-P020", (ELSEWHERE, Role.ECONOMIST))


def refused(client: Client, who: Hired, url: str, **fields: object) -> str:
    """Send a form that comes back, and return what it says."""
    response = client.post(url, sent(who, **fields))
    assert response.status_code == 422
    return response.content.decode()


def listed(client: Client, run: UUID) -> list[str]:
    """Return the addresses of a run's invoices, as its page lists them."""
    shown = client.get(f"/costs/runs/{run}").content.decode()
    return re.findall(r'href="(/costs/invoices/[0-9a-f-]+)"', shown)


def test_from_terms_to_invoices_that_two_have_attested(
    secretary: Hired, controller: Hired, economist: Hired
) -> None:
    run = bills.final()
    office, desk = browser(secretary), browser(controller)
    post(office, secretary, "/costs/invoice-terms", **TERMS)
    assert text(office, "/costs/payers").count("Uppgifter saknas") == 2
    for code, number in (("2398", "2999999135"), ("2399", "2999999127")):
        named = {"name": bills.PAYERS[code].name, "organisation_number": number}
        post(office, secretary, f"/costs/payers/{code}", **(PAYER | named))
    basis = post(office, secretary, f"/costs/runs/{run}/basis")
    shown = text(office, basis)
    assert "Främlinge kommun REF2399 700,01 175,00 −0,01 875,00" in shown
    assert "0 av 2 attester" in shown
    assert "Konto för intäkt 3590 4100" in shown

    post(office, secretary, f"{basis}/attest")
    assert "Be en annan person" in text(office, basis)
    assert "redan attesterat" in refused(office, secretary, f"{basis}/attest")
    assert "1 attester" in refused(office, secretary, f"{basis}/issue")
    post(desk, controller, f"{basis}/attest")
    assert post(office, secretary, f"{basis}/issue") == f"/costs/runs/{run}"

    assert len(listed(office, run)) == 2
    assert "Fakturerat." in text(office, basis)
    (own,) = listed(browser(economist), run)
    assert "Projektledare 300,00" in text(browser(economist), own)


def test_before_the_decision_is_final_the_page_says_when(secretary: Hired) -> None:
    bills.write_settings()
    run = books.adjusted()
    client = browser(secretary)

    assert "Fakturor görs när beslutet har fått laga kraft." in text(client, f"/costs/runs/{run}")
    assert "laga kraft" in refused(client, secretary, f"/costs/runs/{run}/basis")


def test_the_file_from_the_page_passes_the_rules_and_is_named_by_its_number(
    validator: Validator, economist: Hired, secretary: Hired
) -> None:
    _, made = bills.invoiced()
    (note,) = bills.issue(bills.credit(made[1], 10_000))
    client = browser(economist)
    for invoice, number in ((made[1], "2026-0002"), (note, "2026-0003")):
        response = client.get(f"/costs/invoices/{invoice}/invoice.xml")

        assert response["Content-Disposition"] == f'attachment; filename="faktura-{number}.xml"'
        assert validator.broken(response.content) == set()
        assert secretary.name.encode() not in response.content


def test_a_municipality_sees_its_own_invoices_and_nobody_elses(
    economist: Hired, other: Hired
) -> None:
    run, (strangers, ours) = bills.invoiced()
    client = browser(economist)

    assert "Fakturor till oss" in text(client, "/costs")
    assert "2026-0002" in text(client, "/costs")
    assert "2026-0001" not in text(client, "/costs") + text(client, f"/costs/runs/{run}")
    assert "Testkommun" in text(client, f"/costs/invoices/{ours}")
    for url in (f"/costs/invoices/{strangers}", f"/costs/invoices/{strangers}/invoice.xml"):
        text(client, url, status=404)
        text(browser(other), url)
    basis = basis_of(run)
    for end in ("", "/accounting.csv", "/accounting.pdf"):
        url = f"/costs/bases/{basis}{end}"
        text(client, url, status=404)


def basis_of(run: UUID) -> UUID:
    with acting_as(REGION):
        return issued.bases(run)[0].id


def test_a_partys_economist_neither_attests_nor_credits(economist: Hired) -> None:
    run, (_, ours) = bills.invoiced()
    client = browser(economist)
    shown = text(client, f"/costs/invoices/{ours}")
    assert "Kreditera" not in shown
    for url, fields in (
        (f"/costs/bases/{basis_of(run)}/attest", {}),
        (f"/costs/runs/{run}/basis", {}),
        (f"/costs/runs/{run}/batch", {}),
        (f"/costs/invoices/{ours}/payment", {"on": "2026-04-11"}),
    ):
        assert client.post(url, sent(economist, **fields)).status_code == 403
    text(client, "/costs/payers", status=403)


def test_an_invoice_is_credited_in_part_by_a_note_that_two_attest(
    secretary: Hired, controller: Hired, economist: Hired
) -> None:
    run, (_, ours) = bills.invoiced()
    office, desk = browser(secretary), browser(controller)
    url = f"/costs/invoices/{ours}/credit"
    assert 'value="300,00"' in office.get(url).content.decode()
    assert "mer än den var på" in refused(office, secretary, url, line_0="300,01", reason="Fel")
    assert "Skriv varför" in refused(office, secretary, url, line_0="100,00", reason="")
    basis = post(office, secretary, url, line_0="100,00", reason="En månad för mycket")
    shown = text(desk, basis)
    assert "Krediterar faktura 2026-0002: En månad för mycket" in shown
    assert "Testkommun Projektledare 100,00" in shown
    post(office, secretary, f"{basis}/attest")
    post(desk, controller, f"{basis}/attest")
    post(desk, controller, f"{basis}/issue")

    shown = text(browser(economist), f"/costs/invoices/{ours}")
    assert re.search(r"Kreditfaktura \d{4}-0003 −125,00 Kvar 250,00", shown)
    assert "Kreditfaktura, avser 2026-0002" in text(office, f"/costs/runs/{run}")


def test_a_payment_is_recorded_and_the_municipality_sees_it(
    secretary: Hired, economist: Hired
) -> None:
    _, (_, ours) = bills.invoiced()
    client, url = browser(secretary), f"/costs/invoices/{ours}"
    assert "Ändra dagen" in refused(client, secretary, f"{url}/payment", on="2099-01-01")
    post(client, secretary, f"{url}/payment", on=bills.LATER.date().isoformat())

    assert "Betald 11 april 2026" in text(browser(economist), url)
    assert "Anteckna betalning" not in text(client, url)


def test_the_bookkeeper_gets_a_sie_file_and_a_table(controller: Hired) -> None:
    run, _ = bills.invoiced()
    client = browser(controller)
    post(client, controller, f"/costs/runs/{run}/batch")
    shown = client.get(f"/costs/runs/{run}").content.decode()
    (batch,) = re.findall(r"/costs/batches/[0-9a-f-]+/batch.si", shown)
    (table,) = re.findall(r"/costs/bases/[0-9a-f-]+/accounting.csv", shown)

    response = client.get(batch)
    assert response["Content-Disposition"] == 'attachment; filename="bunt-1.si"'
    assert response.content.decode(sie.ENCODING).count("#VER") == 2
    csv = client.get(table)
    assert csv["Content-Disposition"] == 'attachment; filename="bokforingsunderlag-1.csv"'
    assert "Nämndsekreterare" in csv.content.decode("utf-8-sig")
    paper = client.get(table.replace(".csv", ".pdf"))
    assert f'href="{table.replace(".csv", ".pdf")}"' in shown
    assert paper["Content-Disposition"] == 'attachment; filename="bokforingsunderlag-1.pdf"'
    printed = text_of(paper.content)
    assert "Gunilla Ås Nämndsekreterare" in printed
    assert "1510 1 250,00 0,00" in printed
    assert "redan i en SIE-fil" in refused(client, controller, f"/costs/runs/{run}/batch")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bankgiro": "991-2345"}, "Bankgirot 9912345"),
        ({"vat_percent": ""}, "Momssatsen 0 %"),
        ({"vat_category": "O"}, "Skälet till att fakturan är utan moms saknas"),
        ({"days_to_pay": "många"}, "till exempel 30"),
        ({"receivable": "femton"}, "Kontot ”femton”"),
        ({"postal_code": "831"}, "Postnumret ”831”"),
        ({"contract": "Anna 196404153832"}, "personnummer"),
    ],
)
def test_terms_that_cannot_be_come_back_with_what_to_do(
    secretary: Hired, fields: dict[str, str], words: str
) -> None:
    answer = refused(browser(secretary), secretary, "/costs/invoice-terms", **(TERMS | fields))

    assert words in answer
    assert 'value="4100"' in answer


def test_terms_are_shown_again_as_they_are_kept(secretary: Hired) -> None:
    client = browser(secretary)
    post(client, secretary, "/costs/invoice-terms", **TERMS)
    shown = client.get("/costs/invoice-terms").content.decode()

    for value in ("GNS-2026-01", "9912346", "83127", "4100", "3740"):
        assert f'value="{value}"' in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"organisation_number": "2999999128"}, "kontrollsiffran"),
        ({"organisation_number": "640415-3832"}, "personnummer"),
        ({"reference": ""}, "varken referenskod eller ordernummer"),
        ({"reference": "Anna Andersson"}, "utan någons namn"),
    ],
)
def test_a_payer_that_cannot_be_comes_back_with_what_to_do(
    secretary: Hired, fields: dict[str, str], words: str
) -> None:
    given = PAYER | {"name": "Testkommun"} | fields
    answer = refused(browser(secretary), secretary, "/costs/payers/2399", **given)

    assert words in answer
    assert "Exempelby" in answer


def test_a_payer_begins_with_what_the_registry_says(secretary: Hired) -> None:
    shown = browser(secretary).get("/costs/payers/2399").content.decode()

    assert 'value="2999999127"' in shown
    assert 'value="Testkommun"' in shown
    text(browser(secretary), "/costs/payers/0180", status=404)


def test_a_form_sent_twice_issues_once(secretary: Hired) -> None:
    bills.write_settings()
    basis = bills.basis(bills.final())
    bills.attest(basis, bills.GUNILLA, bills.KALLE)
    client, fields = browser(secretary), sent(secretary)
    answers = [client.post(f"/costs/bases/{basis}/issue", fields) for _ in range(2)]

    assert [it.status_code for it in answers] == [303, 303]
    assert len(bills.seen(REGION)) == 2


def test_what_is_not_there_is_not_found(secretary: Hired) -> None:
    client = browser(secretary)
    for url in (
        f"/costs/invoices/{UUID(int=7)}",
        f"/costs/bases/{UUID(int=7)}",
        f"/costs/batches/{UUID(int=7)}/batch.si",
    ):
        text(client, url, status=404)
