"""Cloud costs on the pages: a file, where its charges go, its invoices, and a run with its sums."""

import html
import re
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hired import Hired, hire
from people import CASE_OFFICERS, WARD, write_units
from visits import browser, post, sent, text, words

from billing import cloud_books, queries
from care.identity.permissions import Role
from tenants.context import acting_as
from tests.billing import books, clouds
from tests.billing.clouds import JANUARY


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


@pytest.fixture
def prepared() -> tuple[UUID, UUID]:
    return books.prepared()


@pytest.fixture
def page(prepared: tuple[UUID, UUID]) -> str:
    return f"/costs/tables/{prepared[0]}/cloud-cost"


def focus_file(content: bytes = JANUARY) -> SimpleUploadedFile:
    return SimpleUploadedFile("januari.csv", content, "text/csv")


def bring(table: UUID, content: bytes = JANUARY) -> None:
    with acting_as(REGION):
        cloud_books.import_cloud_cost(
            content, table_id=table, name="januari.csv", by=books.SECRETARY, at=AT
        )


def field(client: Client, page: str, label: str) -> str:
    """Return the name of the field that a label speaks of."""
    shown = html.unescape(client.get(page).content.decode())
    (name,) = re.findall(rf'for="id_(\w+)">{re.escape(label)}', shown)
    return str(name)


def option(client: Client, page: str, row: str) -> str:
    """Return the value of a row in the lists of rows."""
    shown = client.get(page).content.decode()
    return re.findall(rf'<option value="(\d+)"[^>]*>{row}<', shown)[0]


def choose(client: Client, who: Hired, page: str, **more: str) -> None:
    """Let every group of January go somewhere."""
    targets = {
        field(client, page, "Kostnadsrad för Beräkning, kostnadsbarare=lank"): option(
            client, page, "Licens"
        ),
        field(client, page, "Kostnadsrad för Lagring"): option(client, page, "Projektledare"),
    }
    post(client, who, f"{page}/rows", **targets, **more)


def refused(client: Client, who: Hired, url: str, **fields: object) -> str:
    response = client.post(url, sent(who, **fields))
    assert response.status_code == 422
    return words(response.content)


def test_from_a_file_to_a_run_with_the_sums_of_the_page(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    client = browser(secretary)
    table = f"/costs/tables/{prepared[0]}"
    assert f'href="{page}"' in client.get(table).content.decode()
    assert "Ingen fil är inläst" in text(client, page)
    assert post(client, secretary, f"{page}/files", file=focus_file()) == page
    shown = text(client, page)
    assert "1 januari 2026 – 31 januari 2026" in shown
    assert "5 debiteringar, tillsammans 1 810,01 kr, hör inte till någon rad." in shown
    assert "Utan rad: 1 810,01 kr" in shown
    assert "hör inte till någon rad" in refused(client, secretary, table, population=prepared[1])

    choose(client, secretary, page)
    shown = text(client, page)
    assert "Utan rad" not in shown
    assert "egen rad: −40,00 kr" in shown
    assert "Stämmer inte" in shown
    invoices = {
        field(client, page, "Faktura F-1 utan moms, kr"): "1 710,01",
        field(client, page, "Faktura F-2 utan moms, kr"): "100",
    }
    post(client, secretary, f"{page}/invoices", **invoices)
    assert "Klart att fördela." in text(client, page)

    run = post(client, secretary, table, population=prepared[1])
    shown = text(client, run)
    assert re.search(r"Licens .{,40}1 500,01 1 500,01 0,00", shown)
    assert re.search(r"Licens, rättelse av tidigare perioder .{,40}−40,00 −40,00 0,00", shown)
    assert re.search(r"Projektledare .{,40}350,00 0,00 350,00", shown)
    assert "1 810,01" in shown


def test_a_run_is_not_replaced_while_a_charge_is_open_and_what_was_typed_stays(
    secretary: Hired,
) -> None:
    run = books.allocated()
    client = browser(secretary)
    with acting_as(REGION):
        shown = queries.run(run, at=AT)
        people = queries.populations()[0].id
    bring(shown.table)
    answer = client.post(
        f"/costs/runs/{run}/correct", sent(secretary, population=people, reason="Molnet kom till")
    )

    assert answer.status_code == 422
    assert "hör inte till någon rad" in words(answer.content)
    assert 'value="Molnet kom till"' in answer.content.decode()


def test_unmapped_charges_stand_first(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0])
    client = browser(secretary)
    choose(client, secretary, page)
    lank = field(client, page, "Kostnadsrad för Beräkning, kostnadsbarare=lank")
    storage = field(client, page, "Kostnadsrad för Lagring")
    kept = {lank: option(client, page, "Licens"), storage: ""}
    shares = {
        field(client, page, f"Regionens del av {it}, %"): "50" for it in ("Licens", "Projektledare")
    }
    post(client, secretary, f"{page}/rows", **kept, **shares)

    shown = text(client, page)
    assert shown.index("Lagring Utan rad – 2 350,00") < shown.index("Beräkning lank 3 1 500,01")
    assert "Licens Rättelse" in shown
    assert "1 500,01 750,01 750,00" in shown


def test_the_same_file_twice_and_what_is_no_file_come_back_with_what_to_do(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0])
    client, url = browser(secretary), f"{page}/files"

    assert "redan inläst" in refused(client, secretary, url, file=focus_file())
    assert "ingen FOCUS 1.2" in refused(client, secretary, url, file=focus_file(b"a,b\n"))
    assert "Välj en fil." in refused(client, secretary, url)


def test_what_is_typed_wrong_stays_with_what_to_do(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0])
    bring(prepared[0], clouds.file(clouds.row("1", BillingCurrency="USD")))
    client = browser(secretary)
    choose(client, secretary, page)
    invoice = field(client, page, "Faktura F-1 utan moms, kr")
    answer = client.post(f"{page}/invoices", sent(secretary, **{invoice: "tusen"}))
    assert answer.status_code == 422
    assert 'value="tusen"' in answer.content.decode()
    assert "är inget belopp" in words(answer.content)
    share = field(client, page, "Regionens del av Licens, %")
    for typed in ("101", "-1", "hälften", "1e999999", ""):
        assert re.search(
            "från 0 till 100|till exempel 33,5",
            refused(client, secretary, f"{page}/rows", **{share: typed}),
        )
    for typed in ("0", "tio", "1,1234567", "Infinity"):
        assert re.search(
            "till exempel 10,4321|till exempel 33,5",
            refused(client, secretary, f"{page}/rates", USD=typed),
        )
    group = field(client, page, "Kostnadsrad för Lagring")
    assert "Välj en rad i listan." in refused(client, secretary, f"{page}/rows", **{group: "0"})


def test_a_rate_and_a_credited_invoice_are_written_as_swedes_write(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0], clouds.file(clouds.row("-10.10", BillingCurrency="USD", InvoiceId="K-1")))
    client = browser(secretary)
    assert "belopp i USD" in text(client, page)
    post(client, secretary, f"{page}/rates", USD="10,4321")
    assert 'value="10,4321"' in client.get(page).content.decode()
    name = field(client, page, "Faktura K-1 utan moms, kr")
    post(client, secretary, f"{page}/invoices", **{name: "−105,36"})

    assert "−105,36" in text(client, page)
    assert "Stämmer inte" not in text(client, page)


def test_a_fed_row_says_so_and_its_amount_is_not_asked_for(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0])
    client = browser(secretary)
    choose(client, secretary, page)
    table = f"/costs/tables/{prepared[0]}"
    assert text(client, table).count("Ur molnkostnader") == 3
    line = f"{table}/lines/{option(client, page, 'Licens')}"
    shown = client.get(line).content.decode()
    assert 'name="region_ore"' not in shown
    assert 'name="method_id"' in shown
    post(
        client, secretary, line, activity="Licens, moln", method_id="equal@1", category="operation"
    )

    assert "Licens, moln" in text(client, table)
    assert "1 500,01" in text(client, table)
    assert "Koppla loss" in refused(client, secretary, f"{line}/remove")


def test_a_file_is_removed_and_the_rows_follow(
    secretary: Hired, prepared: tuple[UUID, UUID], page: str
) -> None:
    bring(prepared[0])
    client = browser(secretary)
    choose(client, secretary, page)
    (url,) = re.findall(r'action="([^"]+/remove)"', client.get(page).content.decode())
    post(client, secretary, url)

    assert "ingen fil är inläst" in text(client, page)
    assert client.post(url, sent(secretary)).status_code == 404


def test_a_form_sent_twice_brings_one_file(secretary: Hired, page: str) -> None:
    client, key = browser(secretary), UUID(int=7)
    answers = [
        client.post(f"{page}/files", sent(secretary, key, file=focus_file())) for _ in range(2)
    ]

    assert [it.status_code for it in answers] == [303, 303]
    assert text(client, page).count("januari.csv") == 2  # its name, and in the question


def test_only_the_boards_secretary_may(economist: Hired, page: str) -> None:
    client = browser(economist)

    text(client, page, status=403)
    for end in ("files", "rows", "invoices", "rates"):
        assert client.post(f"{page}/{end}", sent(economist)).status_code == 403


def test_what_is_not_there_is_not_found(secretary: Hired) -> None:
    text(browser(secretary), f"/costs/tables/{UUID(int=7)}/cloud-cost", status=404)
