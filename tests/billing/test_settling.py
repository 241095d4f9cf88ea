"""Payment liability in the books: whose list it is, each step once, frozen, invoiced, credited."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from billing import issued, issuing, months, runs
from billing.decisions import NotNow
from billing.invoices import sie
from billing.invoices.status import Status
from billing.invoices.texts import CannotInvoice
from billing.issued import NoSuchInvoice
from billing.liability import operations, queries
from billing.liability.course import DaySums, ItemState, ObjectionReason, Verdict
from billing.liability.port import BadHandover
from billing.liability.queries import NoSuchItem, NoSuchList, NoSuchSettlement
from billing.models import InvoiceBasis, LiabilityList, LiabilitySettlement, SieBatch
from billing.months import Month
from billing.operations import NotTheHost, Refused
from tenants.context import acting_as
from tests.billing import bills, books, liabilities, peppol
from tests.billing.bills import GUNILLA, KALLE, LATER
from tests.billing.liabilities import CLOSED, ECONOMIST, FEBRUARY
from tests.billing.peppol import Validator

KEPT = (
    "liabilitylist", "liabilityobjection", "liabilityreply", "liabilityescalation",
    "liabilitydecision", "liabilitysettlement",
)  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Iterator[Validator]:
    with peppol.validator() as ready:
        yield ready


@pytest.fixture(autouse=True)
def board(committed: None, settings: LazySettings) -> None:
    settings.LIABILITY_SOURCE = liabilities.SOURCE
    books.found_board()


def state(number: int) -> ItemState:
    return liabilities.of("2399").item(number).course.state


# Collecting


def test_a_month_is_collected_for_every_municipality_and_once() -> None:
    liabilities.collect()
    mine = liabilities.of("2399")

    assert [it.code for it in _month(REGION)] == ["2398", "2399"]
    assert (mine.record["days"], mine.record["amount_ore"]) == (16, 16_000_00)
    assert mine.hash == runs.hash_of(mine.record)
    assert mine.objections_until.isoformat() == "2026-03-16"
    with pytest.raises(Refused, match="Februari 2026 är redan hämtad"):
        liabilities.collect()


def test_a_month_that_has_not_ended_is_not_collected() -> None:
    with acting_as(REGION), pytest.raises(Refused, match="Mars 2026 är inte slut"):
        operations.collect(Month(2026, 3), by=KALLE, at=AT)
    assert operations.last_month(AT) == FEBRUARY


def test_a_year_whose_rate_nobody_has_verified_is_refused_and_nothing_is_kept() -> None:
    with acting_as(REGION):
        with pytest.raises(BadHandover, match="2025 är inte kontrollerat mot sin källa"):
            operations.collect(Month(2025, 12), by=KALLE, at=AT)
        assert not LiabilityList.objects.exists()


def test_without_a_source_it_is_said_what_to_do(settings: LazySettings) -> None:
    settings.LIABILITY_SOURCE = ""
    with acting_as(REGION), pytest.raises(Refused, match="Ingen källa"):
        operations.collect(FEBRUARY, by=KALLE, at=AT)


def _month(schema: str) -> tuple[queries.ListShown, ...]:
    with acting_as(schema):
        return queries.month(FEBRUARY).lists


# Who sees what


def test_a_municipality_sees_its_own_list_and_nobody_elses() -> None:
    liabilities.collect()
    mine, other = liabilities.of("2399"), liabilities.of("2398")

    assert [it.id for it in _month(MUNICIPALITY)] == [mine.id]
    with acting_as(MUNICIPALITY):
        assert queries.shown(mine.id).hash == mine.hash
        assert queries.listed_months() == (FEBRUARY,)
        with pytest.raises(NoSuchList):
            queries.shown(other.id)
        with pytest.raises(NoSuchList):
            operations.object_to_item(
                ObjectionReason.OTHER, list_id=other.id, number=1, text="", by=ECONOMIST, at=AT
            )


def test_an_objection_is_read_by_the_two_parties_alone() -> None:
    liabilities.collect()
    liabilities.object_to(1)
    liabilities.answer(1, Verdict.REJECTED)
    liabilities.escalate(1)
    liabilities.decide(1, 2)

    for reader in (REGION, MUNICIPALITY):
        told = liabilities.of("2399", seen_by=reader).item(1).objection
        assert told is not None
        assert told.answer is not None
        assert told.escalation is not None
        assert told.decision is not None
        assert (told.text, told.answer.text, told.decision.text) == (
            "Ingen kallelse kom", "Se tiderna", "Delat",
        )  # fmt: skip
    assert [it.code for it in _month(STRANGER)] == ["2398"]


def test_a_settlement_is_opened_to_its_municipality_alone() -> None:
    liabilities.collect()
    settlement = liabilities.settle()

    with acting_as(MUNICIPALITY):
        assert queries.list_of(settlement).settlement(settlement).number == 1
    with acting_as(STRANGER), pytest.raises(NoSuchSettlement):
        queries.list_of(settlement)


@pytest.mark.parametrize("table", KEPT)
def test_the_database_opens_a_row_to_nobody_but_the_other_party(
    table: str, dba: psycopg.Connection[tuple[int]]
) -> None:
    _everything()
    owner, other = (
        (MUNICIPALITY, REGION)
        if table in {"liabilityobjection", "liabilityescalation"}
        else (REGION, MUNICIPALITY)
    )

    def seen(reader: str) -> int:
        with dba.transaction(force_rollback=True):
            dba.execute(f"SET LOCAL ROLE {reader}")
            row = dba.execute(
                f"SELECT count(*) FROM {owner}.billing_{table} WHERE made_by <> 'x'"  # type: ignore[arg-type]
            ).fetchone()
        assert row is not None
        return row[0]

    theirs = 1 if table == "liabilitylist" else 0  # the stranger's own list
    assert seen(other) > 0
    assert seen(STRANGER) == theirs


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", ["UPDATE {} SET made_by = 'Någon'", "DELETE FROM {}"])
def test_what_is_kept_is_never_changed(
    table: str, change: str, dba: psycopg.Connection[tuple[int]]
) -> None:
    _everything()
    owner = MUNICIPALITY if table in {"liabilityobjection", "liabilityescalation"} else REGION
    with dba.transaction(force_rollback=True):
        dba.execute(f"SET LOCAL ROLE {owner}")  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            dba.execute(change.format(f"{owner}.billing_{table}"))  # type: ignore[arg-type]


def _everything() -> None:
    """Write a row of each kind."""
    liabilities.collect()
    liabilities.object_to(1)
    liabilities.answer(1, Verdict.REJECTED)
    liabilities.escalate(1)
    liabilities.decide(1, 2)
    liabilities.settle()


# Objection, answer, steering group


def test_the_time_to_object_ends_after_ten_working_days() -> None:
    liabilities.collect()
    liabilities.object_to(1, at=AT + timedelta(days=14))
    with pytest.raises(NotNow, match="senast 2026-03-16"):
        liabilities.object_to(2, at=CLOSED)
    with pytest.raises(NotNow, match="redan invänt"):
        liabilities.object_to(1)


def test_an_item_goes_from_the_list_to_the_decision() -> None:
    liabilities.collect()
    told = [state(2)]
    liabilities.object_to(2)
    told.append(state(2))
    liabilities.answer(2, Verdict.CORRECTED, 6)
    told.append(state(2))
    liabilities.escalate(2)
    told.append(state(2))
    liabilities.decide(2, 3)
    told.append(state(2))

    assert told == [
        ItemState.PRELIMINARY, ItemState.OBJECTED, ItemState.CORRECTED, ItemState.ESCALATED,
        ItemState.DECIDED,
    ]  # fmt: skip
    assert liabilities.of("2399").item(2).amount_ore == 3_000_00


def test_a_text_that_names_a_person_is_refused() -> None:
    liabilities.collect()
    person = "Gäller 196404153832"
    with pytest.raises(Refused, match="personnummer"):
        liabilities.object_to(1, person)
    liabilities.object_to(1)
    with acting_as(REGION), pytest.raises(Refused, match="personnummer"):
        operations.answer_item(
            Verdict.REJECTED,
            list_id=liabilities.ours(), number=1, days=None, text=person, by=KALLE, at=AT,
        )  # fmt: skip


def test_each_one_does_what_is_its_own() -> None:
    liabilities.collect()
    ours = liabilities.ours()
    with acting_as(MUNICIPALITY):
        for act in (
            lambda: operations.collect(FEBRUARY, by=ECONOMIST, at=AT),
            lambda: operations.settle(list_id=ours, by=ECONOMIST, at=CLOSED),
            lambda: operations.answer_item(
                Verdict.ACCEPTED, list_id=ours, number=1, days=None, text="", by=ECONOMIST, at=AT
            ),
            lambda: operations.record_item_decision(
                list_id=ours, number=1, days=0, on=AT.date(), text="", by=ECONOMIST, at=AT
            ),
            lambda: operations.make_basis(settlement_id=ours, by=ECONOMIST, at=AT),
            lambda: operations.make_credit_basis(settlement_id=ours, by=ECONOMIST, at=AT),
        ):
            with pytest.raises(NotTheHost):
                act()
    with acting_as(REGION), pytest.raises(Refused, match="kommunen som listan gäller"):
        operations.object_to_item(
            ObjectionReason.OTHER, list_id=ours, number=1, text="", by=KALLE, at=AT
        )


def test_the_day_of_the_decision_lies_between_the_escalation_and_today() -> None:
    liabilities.collect()
    liabilities.object_to(1)
    liabilities.answer(1, Verdict.REJECTED)
    liabilities.escalate(1, at=AT + timedelta(days=2))
    for days in (1, 3):
        with acting_as(REGION), pytest.raises(NotNow):
            operations.record_item_decision(
                list_id=liabilities.ours(), number=1, days=0,
                on=AT.date() + timedelta(days=days), text="", by=KALLE, at=AT + timedelta(days=2),
            )  # fmt: skip


def test_what_is_not_there_is_not_found() -> None:
    liabilities.collect()
    with acting_as(REGION):
        with pytest.raises(NoSuchList):
            queries.shown(UUID(int=7))
        with pytest.raises(NoSuchItem):
            queries.shown(liabilities.ours()).item(9)
        with pytest.raises(NoSuchSettlement):
            operations.make_basis(settlement_id=UUID(int=7), by=KALLE, at=AT)


# Freezing


def test_what_is_undisputed_is_frozen_and_the_rest_comes_later() -> None:
    liabilities.collect()
    liabilities.object_to(1)
    liabilities.object_to(2)
    liabilities.answer(1, Verdict.ACCEPTED)
    with pytest.raises(Refused, match="till och med 2026-03-16"):
        liabilities.settle(at=AT)
    liabilities.settle()
    first = liabilities.of("2399")

    assert first.sums == DaySums(handed_over=16, charged=2, struck=4, held=10)
    assert (first.settlements[0].record["held"], first.charged_ore) == ([2], 2_000_00)
    with pytest.raises(Refused, match="väntar på ett ord"):
        liabilities.settle()

    liabilities.answer(2, Verdict.CORRECTED, 7, at=CLOSED)
    liabilities.settle()
    both = liabilities.of("2399")
    assert both.sums == DaySums(handed_over=16, charged=9, struck=7, held=0)
    assert [it.number for it in both.settlements] == [1, 2]
    assert both.settlements[0].hash == first.settlements[0].hash
    assert [it.settled_in for it in both.items] == [1, 2, 1]


def test_two_who_freeze_at_once_freeze_once(monkeypatch: pytest.MonkeyPatch) -> None:
    liabilities.collect()
    before = liabilities.of("2399")
    liabilities.settle()
    monkeypatch.setattr(queries, "shown", lambda _: before)  # what the second one read

    with acting_as(REGION):
        with pytest.raises(Refused, match="hann före"):
            operations.settle(list_id=before.id, by=GUNILLA, at=CLOSED)
        assert LiabilitySettlement.objects.count() == 1


# Invoices


def test_undisputed_days_are_invoiced_and_disputed_ones_are_held() -> None:
    bills.write_settings()
    liabilities.collect()
    liabilities.object_to(2)
    made = liabilities.invoice(liabilities.settle())
    (mine,) = bills.seen(MUNICIPALITY)

    assert mine.id == made
    assert [(it.text, it.amount_ore) for it in mine.invoice.lines] == [
        ("Betalningsansvar februari 2026, 6 vårddygn", 6_000_00)
    ]
    assert mine.invoice.decision == "Lag (2017:612) 5 kap., avräkning 1 av februari 2026"
    assert mine.invoice.period == FEBRUARY.period
    assert bills.seen(STRANGER) == ()


def test_two_persons_attest_and_a_settlement_is_invoiced_once() -> None:
    bills.write_settings()
    liabilities.collect()
    settlement = liabilities.settle()
    with acting_as(REGION):
        basis = operations.make_basis(settlement_id=settlement, by=KALLE, at=LATER)
    bills.attest(basis, KALLE)
    with pytest.raises(Refused, match="redan attesterat"):
        bills.attest(basis, KALLE)
    with acting_as(REGION), pytest.raises(Refused, match="1 attester"):
        issuing.issue(basis_id=basis, by=KALLE, at=LATER)
    bills.attest(basis, GUNILLA)
    with acting_as(REGION):
        issuing.issue(basis_id=basis, by=KALLE, at=LATER)
        with pytest.raises(Refused, match="redan fakturerad"):
            operations.make_basis(settlement_id=settlement, by=KALLE, at=LATER)


def test_an_invoice_lacks_nothing_that_it_needs() -> None:
    liabilities.collect()
    settlement = liabilities.settle()
    with acting_as(REGION):
        with pytest.raises(Refused, match="villkoren saknas"):
            operations.make_basis(settlement_id=settlement, by=KALLE, at=LATER)
        issuing.write_terms(bills.agreed(), by=GUNILLA, at=AT)
        with pytest.raises(CannotInvoice, match="Köparuppgifter saknas för Testkommun"):
            operations.make_basis(settlement_id=settlement, by=KALLE, at=LATER)


def test_a_settlement_without_a_day_is_not_invoiced() -> None:
    bills.write_settings()
    liabilities.collect()
    for number in (1, 2, 3):
        liabilities.object_to(number)
        liabilities.answer(number, Verdict.ACCEPTED)
    settlement = liabilities.settle()

    with acting_as(REGION), pytest.raises(CannotInvoice, match="inga dygn"):
        operations.make_basis(settlement_id=settlement, by=KALLE, at=LATER)


def test_days_that_are_struck_after_the_invoice_are_credited_to_the_ore() -> None:
    bills.write_settings()
    liabilities.collect()
    liabilities.object_to(2)
    liabilities.answer(2, Verdict.REJECTED)
    settlement = liabilities.settle()
    made = liabilities.invoice(settlement)
    liabilities.escalate(2)
    with acting_as(REGION), pytest.raises(Refused, match="kvar att kreditera"):
        operations.make_credit_basis(settlement_id=settlement, by=KALLE, at=LATER)

    liabilities.decide(2, 3)
    assert state(2) is ItemState.DECIDED
    with acting_as(REGION):
        basis = operations.make_credit_basis(settlement_id=settlement, by=KALLE, at=LATER)
        assert issued.basis(basis).reason == (
            "Styrgruppen har strukit dygn i februari 2026, post 2: 7 dygn"
        )
    bills.issue(basis)
    invoice, note = bills.seen(MUNICIPALITY)
    assert (note.credits, note.invoice.net_ore) == (made, 7_000_00)
    assert invoice.invoice.net_ore - note.invoice.net_ore == (4 + 3 + 2) * 1_000_00
    assert invoice.status is Status.ISSUED
    with acting_as(REGION), pytest.raises(Refused, match="kvar att kreditera"):
        operations.make_credit_basis(settlement_id=settlement, by=KALLE, at=LATER)


def test_the_files_pass_the_rules_of_peppol(validator: Validator) -> None:
    bills.write_settings()
    liabilities.collect()
    liabilities.object_to(2)
    liabilities.answer(2, Verdict.REJECTED)
    settlement = liabilities.settle()
    made = liabilities.invoice(settlement)
    liabilities.escalate(2)
    liabilities.decide(2, 3)
    with acting_as(REGION):
        basis = operations.make_credit_basis(settlement_id=settlement, by=KALLE, at=LATER)
    (note,) = bills.issue(basis)

    for pk in (made, note):
        with acting_as(MUNICIPALITY):
            _, file = issued.ubl(pk)
        assert validator.broken(file) == set()
        assert "Betalningsansvar februari 2026, 16 vårddygn" in file.decode()
        with acting_as(STRANGER), pytest.raises(NoSuchInvoice):
            issued.ubl(pk)


def test_the_vouchers_go_to_the_ledger_once() -> None:
    bills.write_settings()
    liabilities.collect()
    settlement = liabilities.settle()
    liabilities.invoice(settlement)
    with acting_as(REGION):
        batch = issuing.make_batch(settlement_id=settlement, by=KALLE, at=LATER)
        _, file = issued.sie(batch)
        (basis,) = issued.bases(settlement)
        told = issued.accounting_basis(basis.id)
        with pytest.raises(Refused, match="redan i en SIE-fil"):
            issuing.make_batch(settlement_id=settlement, by=KALLE, at=LATER)

    assert told.title == "Betalningsansvar februari 2026, Testkommun"
    assert [it.text for it in told.vouchers] == ["Faktura 2026-0001 Testkommun"]
    text = file.decode(sie.ENCODING)
    assert "Betalningsansvar februari 2026, 16 vårddygn" in text
    assert "-16000.00" in text


def test_a_batch_of_nothing_is_refused() -> None:
    with acting_as(REGION), pytest.raises(Refused, match="redan i en SIE-fil"):
        issuing.make_batch(by=KALLE, at=LATER)


@pytest.mark.parametrize(
    "of", [{"run": None, "settlement": None}, {"run": uuid4(), "settlement": uuid4()}]
)
def test_an_invoice_comes_from_a_run_or_a_settlement_and_the_database_sees_to_it(
    of: dict[str, UUID | None],
) -> None:
    with acting_as(REGION):
        with pytest.raises(IntegrityError, match="basis_of_one"), transaction.atomic():
            InvoiceBasis.objects.create(number=1, content={}, hash="", made_by="A", at=AT, **of)
        with pytest.raises(IntegrityError, match="batch_of_one"), transaction.atomic():
            SieBatch.objects.create(
                number=1, control_number="1", file=b"", made_by="A", at=AT, **of
            )


# The board


def test_the_board_sees_sums_and_no_small_counts() -> None:
    liabilities.collect()
    with acting_as(REGION):
        shown = queries.month(FEBRUARY)

    # Both municipalities have fewer than five: their counts, but not their days, are hidden.
    assert shown.counts.by_code == {"2398": None, "2399": None}
    assert shown.counts.total == 4
    assert months.read(str(shown.month)) == FEBRUARY
