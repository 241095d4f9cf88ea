"""Budget and outcome on the pages: the secretary writes it, every party reads what it leaves."""

import re
from io import BytesIO
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, hire
from openpyxl import load_workbook
from people import CASE_OFFICERS, WARD, write_units
from pypdf import PdfReader
from visits import browser, post, sent, text

from billing import queries
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.billing import bills, books, test_outcome


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    write_units()
    books.found_board()


@pytest.fixture
def secretary() -> Hired:
    return hire(REGION, "Gunilla Ås", "SE2999999119-P020", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def economist() -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P020", (CASE_OFFICERS, Role.ECONOMIST))


def row_of(table: str, activity: str) -> str:
    with acting_as(REGION):
        rows = queries.table(UUID(table.rsplit("/", 1)[-1])).rows
    return f"{table}/lines/{next(it.id for it in rows if it.activity == activity)}"


def test_an_outcome_is_written_row_by_row_and_shows_what_is_left(
    secretary: Hired, economist: Hired
) -> None:
    run, _ = bills.invoiced()
    office = browser(secretary)
    assert "Skriv utfallet" in text(office, f"/costs/runs/{run}")
    table = post(office, secretary, f"/costs/runs/{run}/follow")
    page = text(office, table)
    assert "Utfall Samplan 2026" in page
    assert "Budget, kr" in page
    assert "1 000,01" in page
    assert "Befolkningsunderlag" not in page
    assert "Pröva modeller" not in page
    written = {"kind": "money", "method_id": "population@1", "category": "other"}
    post(office, secretary, row_of(table, "Projektledare"), activity="Projektledare",
         municipalities_ore="500", **written)  # fmt: skip
    # Nothing at all is an outcome too.
    post(office, secretary, row_of(table, "Licens"), activity="Licens", **written)
    made = post(office, secretary, table)

    for page in (text(office, made), text(browser(economist), made)):
        assert "Budget och utfall" in page
        assert "−1 000,00" in page
        assert "−500,01" in page
        assert "Gällande beslut: Samplan 2026" in page
        assert "Avstämning" in page
        assert "−350,01" in page
        assert "−150,00" in page
    own = text(browser(economist), f"{made}/parties/2399")
    assert "Fakturerat tidigare, räknas av" in own
    assert "300,00" in own
    assert "−150,00" in own
    assert "Öppna utfallet" in text(office, f"/costs/runs/{run}")
    assert "Skriv utfallet" not in text(browser(economist), f"/costs/runs/{run}")


def test_paper_and_workbook_say_the_same(secretary: Hired) -> None:
    run, _ = bills.invoiced()
    made = test_outcome.outcome(run, 500_00)
    office = browser(secretary)
    pdf = PdfReader(BytesIO(office.get(f"/costs/runs/{made}/board-paper.pdf").content))
    paper = " ".join(it.extract_text() for it in pdf.pages).replace("\xa0", " ")
    assert "Budget och utfall" in paper
    assert "Avstämning" in paper
    assert "−350,01" in paper
    book = load_workbook(
        BytesIO(office.get(f"/costs/runs/{made}/workbook.xlsx").content), data_only=True
    )
    sheet = book["Avstämning"]
    assert [it.value for it in sheet[5]][:9] == [
        "2398", "Främlinge kommun", 700.01, 350, 0, -700.01, -350.01, -350.01, 0,
    ]  # fmt: skip


def test_an_outcome_is_replaced_without_a_choice_of_population(secretary: Hired) -> None:
    run, _ = bills.invoiced()
    made = test_outcome.outcome(run, 500_00)
    office = browser(secretary)
    page = text(office, f"/costs/runs/{made}/correct")
    assert "Varför den ersätter den förra" in page
    assert "Befolkningsunderlag" not in page
    second = post(office, secretary, f"/costs/runs/{made}/correct", reason="Fel belopp")
    assert "Ersätter en tidigare fördelning" in text(office, second)


def test_a_balance_is_carried_on_by_choice(secretary: Hired) -> None:
    run, _ = bills.invoiced()
    made = test_outcome.outcome(run, 500_00)
    table = f"/costs/tables/{test_outcome.next_budget(carries=None)}"
    office = browser(secretary)
    assert "kan föras över hit" in text(office, table)
    post(office, secretary, f"{table}/carry", carries=str(test_outcome.shown(made).table))
    assert "Utfall Samplan 2026" in text(office, table)
    following = post(office, secretary, table, population=str(test_outcome.people()))

    page = text(office, following)
    assert "Överfört från Utfall Samplan 2026" in page
    assert "349,99" in page
    refused = office.post(
        f"{table}/carry", sent(secretary, carries=str(test_outcome.shown(run).table))
    )
    assert refused.status_code == 422
    # What the board has decided on cannot be chosen anew, and the outcome says where it went.
    test_outcome.decide(UUID(following.rsplit("/", 1)[-1]))
    page = text(office, table)
    assert "valet ligger fast" in page
    assert "Välj avstämning" not in page
    page = text(office, f"/costs/runs/{made}")
    assert "är överförd till Samplan 2027 och faktureras där" in page
    assert "Gör fakturaunderlag" not in page


def test_the_invoice_of_an_outcome_can_be_credited_as_its_form_opens(secretary: Hired) -> None:
    run, _ = bills.invoiced()
    invoice = bills.issue(bills.basis(test_outcome.outcome(run, 1_500_00)))[0]
    office = browser(secretary)
    form = office.get(f"/costs/invoices/{invoice}/credit").content.decode()
    held = dict(re.findall(r'name="(line_\d)" value="([^"]*)"', form))
    assert held["line_1"].endswith("700,01")

    basis = post(office, secretary, f"/costs/invoices/{invoice}/credit", reason="Fel", **held)
    assert "349,99" in text(office, basis)


def test_the_boards_proposal_says_which_way_the_money_goes(secretary: Hired) -> None:
    run, _ = bills.invoiced()
    made = test_outcome.outcome(run, 500_00)
    carried = test_outcome.carried_on(made)
    office = browser(secretary)

    def paper(of: UUID) -> str:
        pdf = PdfReader(BytesIO(office.get(f"/costs/runs/{of}/board-paper.pdf").content))
        return " ".join(pdf.pages[0].extract_text().replace("\xa0", " ").split())

    assert "tillsammans 500,01 kronor, betalas tillbaka till kommunerna" in paper(made)
    assert "Överskottet från Utfall Samplan 2026, 500,01 kronor, räknas av" in paper(carried)


def test_a_municipality_neither_follows_nor_carries(economist: Hired) -> None:
    run, _ = bills.invoiced()
    for url in (f"/costs/runs/{run}/follow", f"/costs/tables/{run}/carry"):
        assert browser(economist).post(url, sent(economist)).status_code == 403
