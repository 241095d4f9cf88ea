"""Invoices in the books: two attest, numbers without gaps, each party its own, nothing changed."""

from datetime import timedelta
from hashlib import sha256
from threading import Event as Signal
from threading import Thread
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import IntegrityError, connection, transaction

from billing import issued, issuing, operations, queries
from billing.decisions import Act
from billing.invoices import accounting, content, sie
from billing.invoices.model import Rounding
from billing.invoices.parties import Buyer
from billing.invoices.status import Status
from billing.invoices.texts import CannotInvoice
from billing.invoices.ubl import ubl
from billing.issuing import NoSuchPayer, Series
from billing.models import BasisAttest, InvoiceBasis, IssuedInvoice, NumberSeries
from billing.operations import Doer, NotTheHost, Refused
from tenants.context import acting_as
from tests.billing import bills, books
from tests.billing.bills import ADDRESS, GUNILLA, KALLE, LATER

OWN_BOOKS = (
    "payer", "numberseries", "invoicebasis", "basisattest", "siebatch", "batchedinvoice",
)  # fmt: skip
KEPT = (
    "issuedinvoice", "invoiceevent", "invoicebasis", "basisattest", "invoiceterms", "siebatch",
    "batchedinvoice",
)  # fmt: skip


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


def numbers() -> list[str]:
    return [it.invoice.number for it in bills.seen(REGION)]


# A basis


def test_no_basis_is_made_before_the_decision_is_final() -> None:
    bills.write_settings()
    run = bills.final()
    with acting_as(REGION), pytest.raises(Refused, match="laga kraft"):
        issuing.make_basis(run_id=run, by=GUNILLA, at=LATER - timedelta(days=30))

    assert bills.basis(run)


def test_a_basis_holds_the_invoices_that_will_be_sent() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    with acting_as(REGION):
        shown = issued.basis(made)

    drafts = shown.drafts.invoices
    assert {code: it.net_ore for code, it in drafts.items()} == {"2398": 70_001, "2399": 30_000}
    # 700,01 and 25 %: 875,01, in whole kronor 875.
    assert drafts["2398"].payable_ore == 875_00
    assert drafts["2399"].decision == "Gemensamma nämnden 2026-03-02 § 41 dnr GN 2026/12"
    assert shown.attests == ()


def test_a_basis_lacks_nothing_that_the_invoices_need() -> None:
    run = bills.final()
    with acting_as(REGION):
        with pytest.raises(Refused, match="villkoren saknas"):
            issuing.make_basis(run_id=run, by=GUNILLA, at=LATER)
        issuing.write_terms(bills.agreed(), by=GUNILLA, at=AT)
        with pytest.raises(CannotInvoice, match="Köparuppgifter saknas för Främlinge kommun"):
            issuing.make_basis(run_id=run, by=GUNILLA, at=LATER)
        assert not InvoiceBasis.objects.exists()


def test_what_was_attested_is_what_is_issued_whatever_the_books_say_later() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    bills.attest(made, GUNILLA, KALLE)
    with acting_as(REGION):
        moved = Buyer("Testkommun", "2999999127", ADDRESS, reference="NY")
        issuing.write_payer(moved, code="2399", by=GUNILLA, at=LATER)
        issuing.write_terms(bills.agreed(Rounding.ORE), by=GUNILLA, at=LATER)
        issuing.issue(basis_id=made, by=GUNILLA, at=LATER)

    mine = bills.seen(MUNICIPALITY)[0].invoice
    assert (mine.buyer.reference, mine.rounding) == ("REF2399", Rounding.KRONA)


def test_a_basis_that_is_made_anew_takes_the_place_of_the_one_before() -> None:
    bills.write_settings()
    run = bills.final()
    old = bills.basis(run)
    bills.attest(old, GUNILLA, KALLE)
    new = bills.basis(run)

    with acting_as(REGION):
        with pytest.raises(Refused, match="ersatt"):
            issuing.issue(basis_id=old, by=GUNILLA, at=LATER)
        with pytest.raises(Refused, match="0 attester"):
            issuing.issue(basis_id=new, by=GUNILLA, at=LATER)
    assert len(bills.issue(new)) == 2


# Two attest


def test_the_same_person_does_not_attest_twice() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    bills.attest(made, GUNILLA)
    in_another_role = Doer("Gunilla Ås", "Ekonom", GUNILLA.staff_id)
    with pytest.raises(Refused, match="redan attesterat"):
        bills.attest(made, in_another_role)
    with acting_as(REGION), pytest.raises(Refused, match="1 attester"):
        issuing.issue(basis_id=made, by=GUNILLA, at=LATER)

    assert numbers() == []


def test_the_database_refuses_a_second_attest_of_the_same_person_and_a_third_of_anybody() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    bills.attest(made, GUNILLA)

    def row(number: int, staff: object) -> None:
        with acting_as(REGION), transaction.atomic():
            BasisAttest.objects.create(
                basis_id=made, number=number, staff=staff, made_by="A", made_by_title="B", at=LATER
            )

    with pytest.raises(IntegrityError, match="attest_person_once"):
        row(2, GUNILLA.staff_id)
    with pytest.raises(IntegrityError, match="attest_first_second"):
        row(3, uuid4())


def test_two_who_attest_at_once_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    with acting_as(REGION):
        before = issued.basis(made)
    bills.attest(made, GUNILLA)
    monkeypatch.setattr(issued, "basis", lambda _: before)  # what the second one read

    with pytest.raises(Refused, match="samtidigt"):
        bills.attest(made, KALLE)


def test_an_attest_is_a_persons() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    with pytest.raises(Refused, match="Logga in"):
        bills.attest(made, Doer("Ett program", ""))


def test_two_attests_are_enough() -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    bills.attest(made, GUNILLA, KALLE)
    with pytest.raises(Refused, match="redan attesterat"):
        bills.attest(made, Doer("Tredje Person", "Ekonom", uuid4()))


# Numbers


def test_invoices_come_with_the_numbers_that_follow() -> None:
    _, made = bills.invoiced()
    bills.issue(bills.credit(made[0], 70_001))

    assert numbers() == ["2026-0001", "2026-0002", "2026-0003"]


def test_a_basis_is_invoiced_once() -> None:
    bills.write_settings()
    run = bills.final()
    made = bills.basis(run)
    bills.issue(made)
    with acting_as(REGION):
        with pytest.raises(Refused, match="redan fakturerat"):
            issuing.issue(basis_id=made, by=GUNILLA, at=LATER)
        with pytest.raises(Refused, match="redan fakturerat"):
            issuing.attest(basis_id=made, by=KALLE, at=LATER)
        with pytest.raises(Refused, match="fått sin faktura"):
            issuing.make_basis(run_id=run, by=GUNILLA, at=LATER)

    assert numbers() == ["2026-0001", "2026-0002"]


class Undone(Exception):
    """Something fails after the numbers are taken."""


@pytest.mark.parametrize("fails", [False, True])
def test_two_who_issue_at_once_leave_no_gap_and_share_no_number(fails: bool) -> None:
    _, (one, other) = bills.invoiced()
    first, second = bills.credit(one, 70_001), bills.credit(other, 30_000)
    bills.attest(first, GUNILLA, KALLE)
    bills.attest(second, GUNILLA, KALLE)
    has_written, may_end, second_ended = Signal(), Signal(), Signal()

    def slowly() -> None:
        try:
            with acting_as(REGION), transaction.atomic():
                issuing.issue(basis_id=first, by=GUNILLA, at=LATER)
                has_written.set()
                may_end.wait(20)
                if fails:
                    raise Undone
        except Undone:
            pass
        finally:
            connection.close()

    def meanwhile() -> None:
        with acting_as(REGION):
            issuing.issue(basis_id=second, by=KALLE, at=LATER)
        connection.close()
        second_ended.set()

    threads = [Thread(target=slowly), Thread(target=meanwhile)]
    threads[0].start()
    assert has_written.wait(20)
    threads[1].start()
    assert not second_ended.wait(0.3)  # it waits for the series
    may_end.set()
    for it in threads:
        it.join(20)

    expected = ["2026-0001", "2026-0002", "2026-0003", *([] if fails else ["2026-0004"])]
    assert numbers() == expected


def test_a_failure_in_the_middle_leaves_no_invoice_and_no_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bills.write_settings()
    made = bills.basis(bills.final())
    bills.attest(made, GUNILLA, KALLE)

    def breaks(invoice: object) -> bytes:
        if "Testkommun" in str(invoice):
            raise Undone
        return b"<Invoice/>"

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "ubl", breaks)
        with acting_as(REGION), pytest.raises(Undone):
            issuing.issue(basis_id=made, by=GUNILLA, at=LATER)
    assert numbers() == []
    with acting_as(REGION):
        issuing.issue(basis_id=made, by=GUNILLA, at=LATER)

    assert numbers() == ["2026-0001", "2026-0002"]


def test_a_series_goes_on_over_the_new_year() -> None:
    _, made = bills.invoiced()
    basis = bills.credit(made[1], 30_000)
    bills.attest(basis, GUNILLA, KALLE)
    with acting_as(REGION):
        issuing.issue(basis_id=basis, by=GUNILLA, at=LATER + timedelta(days=300))

    assert numbers()[-1] == "2027-0003"


def corrected(run: UUID, *acts: Act) -> UUID:
    """Return a run that takes the place of another, as far as some steps."""
    with acting_as(REGION):
        new = operations.allocate(
            table_id=queries.run(run, at=LATER).table,
            population_id=queries.populations()[0].id,
            by=GUNILLA, at=LATER, supersedes=run, reason="Fel rad",
        ).pk  # fmt: skip
    for act in acts:
        books.step(new, act)
    return new


def test_a_run_that_has_been_replaced_is_not_invoiced() -> None:
    bills.write_settings()
    run = bills.final()
    made = bills.basis(run)
    bills.attest(made, GUNILLA, KALLE)
    corrected(run, Act.PROPOSE, Act.DECIDE)

    with acting_as(REGION), pytest.raises(Refused, match="ersatt"):
        issuing.issue(basis_id=made, by=GUNILLA, at=LATER)


def test_a_correction_charges_nobody_twice() -> None:
    run, made = bills.invoiced()
    new = corrected(run, *Act)
    books.announce(new, REGION, MUNICIPALITY, STRANGER)
    with acting_as(REGION), pytest.raises(Refused, match="Kreditera den som är fel först"):
        issuing.make_basis(run_id=new, by=GUNILLA, at=LATER)
    bills.issue(bills.credit(made[1], 30_000))
    bills.issue(bills.basis(new))

    assert [(it.code, it.run) for it in bills.seen(REGION)][2:] == [("2399", run), ("2399", new)]


# What an invoice keeps


def test_an_invoice_keeps_its_content_its_file_and_the_hash_of_it() -> None:
    _, made = bills.invoiced()
    with acting_as(REGION):
        row = IssuedInvoice.objects.get(pk=made[0])
        _, file = issued.ubl(made[0])

    assert ubl(content.invoice(row.content)) == file
    assert row.sha256 == sha256(file).hexdigest()
    assert (row.net_ore, row.vat_ore, row.payable_ore) == (70_001, 17_500, 875_00)
    assert row.due_on - row.issued_on == timedelta(days=30)


def test_the_invoices_are_together_what_the_municipalities_pay() -> None:
    run, _ = bills.invoiced()
    with acting_as(REGION):
        result = queries.run(run, at=LATER).record["result"]

    assert sum(it.invoice.net_ore for it in bills.seen(REGION)) == result["municipalities_ore"]


# A credit note


def test_a_credit_note_takes_a_whole_invoice_back() -> None:
    _, made = bills.invoiced()
    bills.issue(bills.credit(made[1], 30_000))
    _, whole, note = bills.seen(REGION)

    assert (whole.status, whole.left_ore) == (Status.CREDITED, 0)
    assert note.credits == whole.id
    assert note.invoice.credits is not None
    assert note.invoice.credits.number == "2026-0002"
    assert [it.id for it in bills.seen(MUNICIPALITY)] == [whole.id, note.id]


def test_parts_are_credited_until_nothing_is_left() -> None:
    _, made = bills.invoiced()
    bills.issue(bills.credit(made[1], 10_000))
    part = bills.seen(REGION)[1]
    assert (part.status, part.left_ore) == (Status.ISSUED, 375_00 - 125_00)

    with pytest.raises(CannotInvoice, match="Minska beloppet"):
        bills.credit(made[1], 20_001)
    bills.issue(bills.credit(made[1], 20_000))
    assert bills.seen(REGION)[1].status is Status.CREDITED


def test_two_credit_bases_are_together_no_more_than_the_invoice() -> None:
    _, made = bills.invoiced()
    first = bills.credit(made[1], 20_000)
    bills.attest(first, GUNILLA, KALLE)
    with acting_as(REGION):
        second = issuing.make_credit_basis(
            invoice_id=made[1], amounts_ore=[20_000], reason="Fel", by=KALLE, at=LATER
        )
    bills.issue(second)
    with acting_as(REGION), pytest.raises(Refused, match="ersatt"):
        issuing.issue(basis_id=first, by=GUNILLA, at=LATER)
    with pytest.raises(CannotInvoice, match="Minska beloppet"):
        bills.credit(made[1], 20_000)


@pytest.mark.parametrize("amount", [30_001, -1])
def test_a_line_is_not_credited_beyond_what_it_was(amount: int) -> None:
    _, made = bills.invoiced()
    with pytest.raises(Refused, match="Projektledare"):
        bills.credit(made[1], amount)


def test_a_credit_of_nothing_of_a_credit_note_or_without_a_reason_is_refused() -> None:
    _, made = bills.invoiced()
    with pytest.raises(CannotInvoice, match="inga rader"):
        bills.credit(made[1], 0)
    (note,) = bills.issue(bills.credit(made[1], 30_000))
    with pytest.raises(CannotInvoice, match="kan inte krediteras"):
        bills.credit(note, 30_000)
    with acting_as(REGION), pytest.raises(CannotInvoice, match="Skälet"):
        issuing.make_credit_basis(
            invoice_id=made[0], amounts_ore=[1], reason=" ", by=GUNILLA, at=LATER
        )


def test_who_has_been_credited_can_be_invoiced_anew_and_nobody_else() -> None:
    run, made = bills.invoiced()
    bills.issue(bills.credit(made[1], 30_000))
    bills.issue(bills.basis(run))

    assert [(it.code, it.status) for it in bills.seen(REGION)] == [
        ("2398", Status.ISSUED), ("2399", Status.CREDITED), ("2399", Status.ISSUED),
        ("2399", Status.ISSUED),
    ]  # fmt: skip


# Payment


def test_an_invoice_is_paid_once() -> None:
    _, made = bills.invoiced()
    day = LATER.date()
    with acting_as(REGION):
        for on in (day - timedelta(days=1), day + timedelta(days=1)):
            with pytest.raises(Refused, match="Ändra dagen"):
                issuing.record_payment(invoice_id=made[1], on=on, by=KALLE, at=LATER)
        issuing.record_payment(invoice_id=made[1], on=day, by=KALLE, at=LATER)
        with pytest.raises(Refused, match="en gång"):
            issuing.record_payment(invoice_id=made[1], on=day, by=KALLE, at=LATER)

    (mine,) = bills.seen(MUNICIPALITY)
    assert (mine.status, mine.events[Status.PAID]) == (Status.PAID, (day, KALLE.name))


# Into the books


def test_a_batch_holds_what_has_not_gone_to_the_ledger_and_each_invoice_once() -> None:
    run, made = bills.invoiced()
    with acting_as(REGION):
        first = issuing.make_batch(run_id=run, by=KALLE, at=LATER)
        with pytest.raises(Refused, match="redan i en SIE-fil"):
            issuing.make_batch(run_id=run, by=KALLE, at=LATER)
    bills.issue(bills.credit(made[1], 30_000))
    with acting_as(REGION):
        issuing.make_batch(run_id=run, by=KALLE, at=LATER)
        shown = issued.batches(run)
        number, file = issued.sie(first)

    assert [it.invoices for it in shown] == [("2026-0001", "2026-0002"), ("2026-0003",)]
    assert len({it.control_number for it in shown}) == 2
    assert number == 1
    assert f"kontrollnummer {shown[0].control_number}" in file.decode(sie.ENCODING)
    assert "Faktura 2026-0001 Främlinge kommun" in file.decode(sie.ENCODING)


def test_the_database_keeps_an_invoice_in_one_batch(dba: psycopg.Connection[object]) -> None:
    run, _ = bills.invoiced()
    with acting_as(REGION):
        issuing.make_batch(run_id=run, by=KALLE, at=LATER)
    with pytest.raises(psycopg.errors.UniqueViolation):
        dba.execute(
            f"INSERT INTO {REGION}.billing_batchedinvoice (batch_id, invoice_id)"
            f" SELECT batch_id, invoice_id FROM {REGION}.billing_batchedinvoice"
        )


def test_the_accounting_basis_names_the_titles_of_those_who_attested_and_nobodys_name() -> None:
    bills.invoiced()
    with acting_as(REGION):
        basis = InvoiceBasis.objects.get().pk
        found = issued.accounting_basis(basis)
    text = accounting.basis(found.vouchers, found.attests).decode("utf-8-sig")

    assert found.number == 1
    assert "Nämndsekreterare;2026-04-11" in text
    assert "Controller" in text
    assert GUNILLA.name not in text
    assert "2026-0002;2026-04-11;1510;;;;;8399;375,00;" in text


# Who may see and do what


def test_each_party_reads_its_own_invoices_and_nobody_elses() -> None:
    _, (strangers, ours) = bills.invoiced()

    assert [it.id for it in bills.seen(MUNICIPALITY)] == [ours]
    assert [it.id for it in bills.seen(STRANGER)] == [strangers]
    with acting_as(MUNICIPALITY):
        assert issued.ubl(ours)[0] == "2026-0002"
        for act in (issued.ubl, issued.invoice):
            with pytest.raises(issued.NoSuchInvoice):
                act(strangers)


def test_each_party_reads_its_own_rows_by_sql_too(dba: psycopg.Connection[object]) -> None:
    bills.invoiced()
    dba.execute(f"SET ROLE {MUNICIPALITY}")

    for statement, expected in (
        ("SELECT number FROM {}.billing_issuedinvoice", [("2026-0002",)]),
        ("SELECT what FROM {}.billing_invoiceevent", [("issued",)]),
        ("SELECT version FROM {}.billing_invoiceterms", [(1,)]),
    ):
        assert dba.execute(statement.format(REGION)).fetchall() == expected


def test_the_hosts_own_books_are_read_by_no_party(dba: psycopg.Connection[object]) -> None:
    bills.invoiced()
    for table in OWN_BOOKS:
        dba.execute(f"SELECT 1 FROM {REGION}.billing_{table}")
        dba.execute(f"SET ROLE {MUNICIPALITY}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            dba.execute(f"SELECT 1 FROM {REGION}.billing_{table}")
        dba.rollback()


@pytest.mark.parametrize("role", [REGION, MUNICIPALITY])
def test_nobody_changes_or_removes_what_is_kept(dba: psycopg.Connection[object], role: str) -> None:
    bills.invoiced()
    for table in KEPT:
        for statement in (
            f"UPDATE {REGION}.billing_{table} SET id = id",
            f"DELETE FROM {REGION}.billing_{table}",
            f"TRUNCATE {REGION}.billing_{table} CASCADE",
        ):
            dba.execute(f"SET ROLE {role}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                dba.execute(statement)
            dba.rollback()


def test_only_the_host_invoices() -> None:
    run, made = bills.invoiced()
    payer = bills.PAYERS["2399"]
    with acting_as(MUNICIPALITY):
        for act in (
            lambda: issuing.write_terms(bills.agreed(), by=KALLE, at=LATER),
            lambda: issuing.write_payer(payer, code="2399", by=KALLE, at=LATER),
            lambda: issuing.make_basis(run_id=run, by=KALLE, at=LATER),
            lambda: issuing.attest(basis_id=made[0], by=KALLE, at=LATER),
            lambda: issuing.issue(basis_id=made[0], by=KALLE, at=LATER),
            lambda: issuing.record_payment(invoice_id=made[1], on=LATER.date(), by=KALLE, at=LATER),
            lambda: issuing.make_batch(run_id=run, by=KALLE, at=LATER),
        ):
            with pytest.raises(NotTheHost):
                act()


def test_only_a_party_is_a_payer() -> None:
    with acting_as(REGION), pytest.raises(NoSuchPayer):
        issuing.write_payer(bills.PAYERS["2399"], code="0180", by=GUNILLA, at=AT)


def test_terms_have_versions_and_the_newest_holds_for_every_party() -> None:
    with acting_as(REGION):
        issuing.write_terms(bills.agreed(), by=GUNILLA, at=AT)
        issuing.write_terms(bills.agreed(Rounding.ORE), by=GUNILLA, at=AT)
        with pytest.raises(CannotInvoice, match="Bankgirot"):
            issuing.write_terms(bills.agreed(bankgiro="9912345"), by=GUNILLA, at=AT)
    with acting_as(STRANGER):
        held = issued.terms()

    assert held is not None
    assert (held.version, held.agreed) == (2, bills.agreed(Rounding.ORE))


def test_what_is_not_there_is_not_found() -> None:
    with acting_as(REGION):
        for act, verdict in (
            (issued.basis, issued.NoSuchBasis),
            (issued.invoice, issued.NoSuchInvoice),
            (issued.sie, issued.NoSuchBatch),
        ):
            with pytest.raises(verdict):
                act(UUID(int=7))  # type: ignore[operator]
        assert not NumberSeries.objects.filter(name=Series.INVOICE, last__gt=0).exists()
