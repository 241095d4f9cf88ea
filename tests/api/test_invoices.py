"""The joint board's invoices and SIE batches as systems of the host and of a party have them."""

from base64 import b64decode
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from machines import Machine, installed
from people import CASE_OFFICERS, ELSEWHERE, WARD
from pytest_django import Settings

from billing import issued, issuing
from care.identity.permissions import Role
from care.identity.scopes import Scope
from tenants.context import acting_as
from tests.api.test_the_door import type_of
from tests.billing import bills, books, liabilities

NOTHING = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def board(units: None) -> None:
    books.found_board()


@pytest.fixture
def host(board: None) -> Machine:
    return installed(REGION, "Ekonomin", "SE2999999119-F004", (WARD, Role.ECONOMIST))


@pytest.fixture
def party(board: None) -> Machine:
    return installed(MUNICIPALITY, "Ekonomin", "SE2999999127-F004", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def other(board: None) -> Machine:
    return installed(STRANGER, "Ekonomin", "SE2999999135-F004", (ELSEWHERE, Role.ECONOMIST))


def batched(run: UUID) -> UUID:
    """Return the batch of a run's invoices."""
    with acting_as(REGION):
        return issuing.make_batch(run_id=run, by=bills.GUNILLA, at=bills.LATER)


class TestInvoices:
    def test_the_host_lists_all_and_each_party_its_own(
        self, host: Machine, party: Machine, other: Machine
    ) -> None:
        run, _ = bills.invoiced()

        told = {it.tenant: it.get("/invoices").json()["items"] for it in (host, party, other)}

        year = bills.LATER.year
        assert {it: [row["number"] for row in rows] for it, rows in told.items()} == {
            REGION: [f"{year}-0001", f"{year}-0002"], MUNICIPALITY: [f"{year}-0002"],
            STRANGER: [f"{year}-0001"],
        }  # fmt: skip
        (row,) = told[MUNICIPALITY]
        assert (row["kind"], row["status"], row["allocation_id"]) == ("invoice", "issued", str(run))
        assert (row["payable_ore"], row["left_ore"]) == (375_00, 375_00)
        assert (row["buyer"], row["buyer_code"]) == ("Testkommun", "2399")

    def test_one_has_its_lines_and_sums(self, party: Machine) -> None:
        _, (_, own) = bills.invoiced()

        told = party.get(f"/invoices/{own}").json()

        assert told["lines"] == [
            {"text": told["lines"][0]["text"], "amount_ore": 300_00, "vat_category": "S",
             "vat_percent": 25}
        ]  # fmt: skip
        assert "Projektledare" in told["lines"][0]["text"]
        assert (told["net_ore"], told["vat_ore"], told["rounding_ore"]) == (300_00, 75_00, 0)
        assert (told["seller"], told["seller_number"]) == ("Region Test", "2999999119")
        assert (told["buyer_number"], told["reference"]) == ("2999999127", "REF2399")
        assert "§ 41" in told["decision"]
        assert (told["first_on"], told["last_on"]) == ("2026-01-01", "2026-12-31")

    def test_what_is_credited_and_paid_is_told(self, host: Machine, party: Machine) -> None:
        run, (_, own) = bills.invoiced()
        (note,) = bills.issue(bills.credit(own, 100_00))
        with acting_as(REGION):
            issuing.record_payment(
                invoice_id=own, on=bills.LATER.date(), by=bills.GUNILLA, at=bills.LATER
            )

        told = party.get(f"/invoices/{own}").json()
        back = party.get(f"/invoices/{note}").json()

        assert (told["status"], told["payable_ore"], told["left_ore"]) == ("paid", 375_00, 250_00)
        assert [it["payable_ore"] for it in told["credit_notes"]] == [125_00]
        assert told["events"][-1] == {
            "what": "paid", "on": str(bills.LATER.date()), "made_by": "Gunilla Ås"
        }  # fmt: skip
        assert (back["kind"], back["credits"], back["net_ore"]) == (
            "credit_note", str(own), 100_00
        )  # fmt: skip
        assert len(host.get(f"/invoices?allocation_id={run}").json()["items"]) == 3
        assert host.get(f"/invoices?allocation_id={NOTHING}").json()["items"] == []

    def test_the_file_is_as_it_was_made(self, party: Machine) -> None:
        _, (_, own) = bills.invoiced()

        told = party.get(f"/invoices/{own}/ubl").json()

        with acting_as(MUNICIPALITY):
            assert issued.ubl(own) == (told["number"], told["ubl"].encode())
        assert sha256(told["ubl"].encode()).hexdigest() == told["hash"]
        assert told["ubl"].startswith("<?xml")

    def test_anothers_is_not_found(self, party: Machine) -> None:
        _, (others, _) = bills.invoiced()

        for it in (others, NOTHING):
            assert type_of(party.get(f"/invoices/{it}")) == "not-found"
            assert type_of(party.get(f"/invoices/{it}/ubl")) == "not-found"

    def test_one_of_payment_liability_names_its_settlement(
        self, host: Machine, party: Machine, settings: Settings
    ) -> None:
        settings.LIABILITY_SOURCE = liabilities.SOURCE
        liabilities.collect()
        settlement = liabilities.settle()
        bills.write_settings()
        liabilities.invoice(settlement)
        with acting_as(REGION):
            issuing.make_batch(settlement_id=settlement, by=bills.GUNILLA, at=bills.LATER)

        (row,) = host.get("/invoices").json()["items"]
        (batch,) = host.get("/sie-batches").json()["items"]

        assert (row["allocation_id"], row["settlement_id"]) == (None, str(settlement))
        assert party.get("/invoices").json()["items"] == [row]
        assert batch["invoices"] == [row["number"]]


class TestBatches:
    def test_the_host_gets_the_very_file(self, host: Machine) -> None:
        run, _ = bills.invoiced()
        batch = batched(run)

        (row,) = host.get("/sie-batches").json()["items"]
        told = host.get(f"/sie-batches/{batch}").json()

        file = told.pop("file")
        assert told == row
        assert row["number"] == 1
        assert row["invoices"] == [it["number"] for it in host.get("/invoices").json()["items"]]
        with acting_as(REGION):
            assert issued.sie(batch) == (1, b64decode(file))
        assert row["control_number"].encode() in b64decode(file)
        assert host.get(f"/sie-batches?allocation_id={run}").json()["items"] == [row]
        assert host.get(f"/sie-batches?allocation_id={uuid4()}").json()["items"] == []

    def test_a_party_has_none(self, party: Machine) -> None:
        run, _ = bills.invoiced()
        batch = batched(run)

        assert party.get("/sie-batches").json()["items"] == []
        assert type_of(party.get(f"/sie-batches/{batch}")) == "not-found"

    def test_nor_has_a_reader_who_issues_no_invoices(self, board: None) -> None:
        run, _ = bills.invoiced()
        batch = batched(run)
        reader = installed(REGION, "Läsaren", "SE2999999119-F005", (WARD, Role.BOARD_MEMBER))

        assert len(reader.get("/invoices").json()["items"]) == 2
        assert type_of(reader.get("/sie-batches")) == "not-allowed"
        assert type_of(reader.get(f"/sie-batches/{batch}")) == "not-allowed"


def test_role_scope_and_parameters_are_asked_for(host: Machine, ward: Machine) -> None:
    _, (first, _) = bills.invoiced()

    for path in ("/invoices", f"/invoices/{first}", f"/invoices/{first}/ubl", "/sie-batches"):
        assert type_of(ward.get(path)) == "not-allowed"
        assert type_of(host.within(Scope.AGREEMENT_READ).get(path)) == "not-allowed"
        assert host.within(Scope.COST_READ).get(path).status_code == 200
    for path in ("/invoices", "/sie-batches"):
        assert type_of(host.get(f"{path}?allocation_id=x")) == "invalid"
        assert type_of(host.get(f"{path}?page=x")) == "invalid"
