"""The outcome of a budget: beside it, what is left to pay or pay back, and what is carried on."""

from datetime import date
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import balances, issued, issuing, operations, outcomes, queries, runs, settlement
from billing.decisions import Act
from billing.invoices.allocated import Terms
from billing.invoices.model import Rounding, Vat, VatCategory
from billing.invoices.texts import CannotInvoice
from billing.invoices.ubl import ubl
from billing.models import Run
from billing.operations import Doer, Line, NotTheHost, Refused
from billing.periods import Period
from billing.runs import Kind
from billing.settlement import Compared, PartyBalance
from tenants.context import acting_as
from tests.billing import bills, books, peppol
from tests.billing.bills import GUNILLA, LATER
from tests.billing.books import SECRETARY

LEADER = "Projektledare"  # 1 000,01 of it was budgeted, 700,01 and 300,00


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


def follow(run: UUID) -> UUID:
    with acting_as(REGION):
        return outcomes.follow(run_id=run, by=SECRETARY, at=LATER)


def write(table: UUID, activity: str, ore: int, region_ore: int = 0) -> None:
    """Let the secretary write what an activity cost."""
    with acting_as(REGION):
        row = next((it for it in queries.table(table).rows if it.activity == activity), None)
        line = Line(activity, Kind.MONEY, "other", "", region_ore, ore)
        operations.write_line(line, table_id=table, row_id=row.id if row else None)


def allocate(table: UUID, **how: UUID) -> UUID:
    with acting_as(REGION):
        return operations.allocate(table_id=table, by=SECRETARY, at=LATER, **how).pk  # type: ignore[arg-type]


def decide(run: UUID) -> UUID:
    """Let a run become final at LATER."""
    for act in Act:
        books.step(run, act)
    books.announce(run, REGION, MUNICIPALITY, STRANGER)
    return run


def outcome(run: UUID, ore: int) -> UUID:
    """Return the final outcome of a run, of which the municipalities pay so much."""
    table = follow(run)
    write(table, LEADER, ore)
    write(table, "Licens", 0, 900_00)
    return decide(allocate(table))


def shown(run: UUID) -> queries.RunShown:
    with acting_as(REGION):
        return queries.run(run, at=LATER)


def due(run: UUID) -> dict[str, int]:
    found: dict[str, int] = shown(run).record["result"]["due_ore"]
    return found


def left(run: UUID) -> tuple[str, ...]:
    with acting_as(REGION):
        return issued.not_invoiced(shown(run))


def test_the_table_of_an_outcome_has_the_budgets_rows_and_waits_for_amounts() -> None:
    run = bills.final()
    table = follow(run)
    with acting_as(REGION):
        made = queries.table(table)

    assert [it.activity for it in made.rows] == ["Licens", LEADER, "Utbildning"]
    assert (made.title, made.total_ore, made.follows) == (
        "Utfall Samplan 2026",
        0,
        shown(run).table,
    )
    with acting_as(REGION):
        assert list(balances.budget(made, at=LATER).values()) == [1_000_00, 1_000_01, 0]
        with pytest.raises(Refused, match="redan en tabell"):
            outcomes.follow(run_id=run, by=SECRETARY, at=LATER)


def test_only_the_host_follows_and_only_what_is_decided() -> None:
    run = books.allocated()
    with acting_as(REGION), pytest.raises(Refused, match="har beslutat"):
        outcomes.follow(run_id=run, by=SECRETARY, at=AT)
    with acting_as(MUNICIPALITY), pytest.raises(NotTheHost):
        outcomes.follow(run_id=run, by=SECRETARY, at=AT)


def test_an_outcome_is_shared_as_its_budget_whatever_has_come_since() -> None:
    run, _ = bills.invoiced()
    with acting_as(REGION):
        operations.import_population(
            "kommunkod;kommun;folkmängd\n2398;Främlinge;1\n2399;Testkommun;9999\n".encode(),
            on=date(2026, 11, 1), source="SCB", by=SECRETARY, at=AT,
        )  # fmt: skip
    made = shown(outcome(run, 500_00))

    assert made.record["asked"]["population"] == shown(run).record["asked"]["population"]
    assert made.record["result"]["shares_ore"] == {
        "2398": 350_00, "2399": 150_00, "REGION": 900_00,
    }  # fmt: skip
    assert due(made.id) == {"2398": 350_00 - 700_01, "2399": 150_00 - 300_00}
    assert runs.hash_of(runs.computed_again(made.record)) == made.hash


def test_the_outcome_stands_beside_the_budget_activity_by_activity() -> None:
    run, _ = bills.invoiced()
    table = follow(run)
    write(table, "Resor", 50_00)
    write(table, "Licens", 0, 900_00)
    made = shown(allocate(table))

    lines = settlement.compared(made.record)
    assert lines == (
        Compared("Licens", 1000_00, 900_00, -100_00, 0),
        Compared(LEADER, 1_000_01, 0, 0, -1_000_01),
        Compared("Resor", 0, 50_00, 0, 50_00),
    )
    assert settlement.together(lines).difference_ore == 950_00 - 2_000_01
    assert settlement.balances(made.record)[0] == PartyBalance(
        "2398", 700_01, 35_00, 0, 700_01, 35_00 - 700_01
    )
    assert settlement.compared(shown(run).record) == settlement.balances(shown(run).record) == ()


def test_who_paid_too_much_has_a_credit_note_of_the_budgets_invoice() -> None:
    run, invoices = bills.invoiced()
    made = outcome(run, 500_00)
    notes = bills.issue(bills.basis(made))
    with acting_as(REGION):
        note, budget = issued.invoice(notes[0]), issued.invoice(invoices[0])

    assert note.credits == budget.id
    assert note.invoice.credits is not None
    assert note.invoice.credits.number == budget.invoice.number
    assert [(it.text, it.amount_ore) for it in note.invoice.lines] == [
        (f"Utfall, {LEADER}", -350_00),
        ("Fakturerat tidigare", 700_01),
    ]
    assert note.invoice.net_ore == 350_01
    assert budget.notes == (note.invoice,)
    with peppol.validator() as validator:
        assert validator.broken(ubl(note.invoice)) == set()
    with acting_as(MUNICIPALITY):
        assert [it.credits is None for it in issued.invoices()] == [True, False]
    assert left(made) == ()


def test_who_paid_too_little_has_an_invoice_of_the_rest() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_500_00)
    found = bills.issue(bills.basis(made))
    with acting_as(REGION):
        first = issued.invoice(found[0])

    assert (first.credits, first.invoice.net_ore) == (None, 1_050_00 - 700_01)
    with peppol.validator() as validator:
        assert validator.broken(ubl(first.invoice)) == set()


def test_what_was_credited_of_the_budget_counts_as_not_invoiced() -> None:
    run, invoices = bills.invoiced()
    bills.issue(bills.credit(invoices[0], 100_00))

    assert due(outcome(run, 1_000_01)) == {"2398": 100_00, "2399": 0}


def test_a_balance_of_nothing_is_no_invoice() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_000_01)

    assert due(made) == {"2398": 0, "2399": 0}
    assert left(made) == ()


def test_an_outcome_is_not_invoiced_once_the_budget_has_other_invoices() -> None:
    run, invoices = bills.invoiced()
    made = outcome(run, 1_500_00)
    drafted = bills.basis(made)
    bills.issue(bills.credit(invoices[0], 100_00))

    with pytest.raises(Refused, match="sedan avstämningen räknades"):
        bills.basis(made)
    bills.attest(drafted, GUNILLA, bills.KALLE)
    with acting_as(REGION), pytest.raises(Refused, match="sedan avstämningen räknades"):
        issuing.issue(basis_id=drafted, by=GUNILLA, at=LATER)


def test_a_budget_is_not_invoiced_once_its_outcome_is() -> None:
    bills.write_settings()
    run = bills.final()
    made = outcome(run, 800_00)
    assert due(made) == {"2398": 560_00, "2399": 240_00}
    bills.issue(bills.basis(made))

    with pytest.raises(Refused, match="Utfallet är redan fakturerat"):
        bills.basis(run)


def test_who_never_paid_is_paid_nothing_back() -> None:
    bills.write_settings()
    run = bills.final()
    with pytest.raises(CannotInvoice, match="har ingen faktura att kreditera"):
        bills.basis(outcome(run, -100_00))


def test_an_outcome_that_is_corrected_takes_off_what_the_first_one_charged() -> None:
    run, _ = bills.invoiced()
    first = outcome(run, 1_500_00)
    bills.issue(bills.basis(first))
    table = shown(first).table
    write(table, LEADER, 1_400_00)
    with acting_as(REGION):
        second = operations.allocate(
            table_id=table, by=SECRETARY, at=LATER, supersedes=first, reason="En faktura för mycket"
        ).pk
    decide(second)

    assert due(second) == {"2398": -70_00, "2399": -30_00}
    notes = bills.issue(bills.basis(second))
    with acting_as(REGION):
        assert issued.invoice(notes[0]).invoice.net_ore == 70_00


# Carried on


def next_budget(*, carries: UUID | None, title: str = "Samplan 2027") -> UUID:
    """Return the table of the next year, of which the municipalities pay 1 000,00."""
    with acting_as(REGION):
        table = operations.make_table(
            title=title,
            period=Period(date(2027, 1, 1), date(2027, 12, 31)),
            content=b"",
            by=SECRETARY,
            at=LATER,
        ).pk
    write(table, "Drift", 1_000_00)
    if carries:
        carry(table, carries)
    return table


def carry(table: UUID, outcome: UUID | None) -> None:
    """Let the secretary choose what a table carries, by a run of the outcome."""
    with acting_as(REGION):
        chosen = shown(outcome).table if outcome else None
        outcomes.carry(table_id=table, outcome=chosen, at=LATER)


def people() -> UUID:
    with acting_as(REGION):
        return queries.populations()[0].id


def test_a_balance_is_carried_into_the_next_budget_and_charged_there() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 500_00)
    table = next_budget(carries=made)
    following = decide(allocate(table, population_id=people()))

    assert due(following) == {"2398": 700_00 - 350_01, "2399": 300_00 - 150_00}
    found = bills.issue(bills.basis(following))
    with acting_as(REGION):
        lines = issued.invoice(found[0]).invoice.lines
    assert [(it.text, it.amount_ore) for it in lines] == [
        ("Drift", 700_00),
        ("Överfört från Utfall Samplan 2026", -350_01),
    ]
    with pytest.raises(Refused, match="överförd till Samplan 2027"):
        bills.basis(made)


def test_what_the_budget_carried_belongs_to_what_its_outcome_leaves() -> None:
    run, _ = bills.invoiced()
    following = decide(allocate(next_budget(carries=outcome(run, 500_00)), population_id=people()))
    bills.issue(bills.basis(following))
    table = follow(following)
    write(table, "Drift", 1_000_00)

    # As budgeted: what was carried has been charged, and nothing is left.
    assert due(allocate(table)) == {"2398": 0, "2399": 0}


def test_a_balance_is_carried_once_and_not_when_it_is_invoiced() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_500_00)
    table = next_budget(carries=made)
    with acting_as(REGION):
        assert [it.table for it in balances.to_carry(table, at=LATER)] == [shown(made).table]
    with pytest.raises(Refused, match="varken är fakturerat"):
        next_budget(carries=made)
    carry(table, None)
    bills.issue(bills.basis(made))
    for other in (made, run):
        with pytest.raises(Refused, match="varken är fakturerat"):
            carry(table, other)


def test_only_the_host_carries() -> None:
    with acting_as(MUNICIPALITY), pytest.raises(NotTheHost):
        outcomes.carry(table_id=UUID(int=1), outcome=None, at=LATER)
    with acting_as(REGION), pytest.raises(queries.NoSuchTable):
        outcomes.carry(table_id=UUID(int=1), outcome=None, at=LATER)


def test_a_party_reads_the_outcome_and_cannot_follow() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 500_00)
    with acting_as(MUNICIPALITY):
        assert queries.run(made, at=LATER).record["result"]["due_ore"]["2399"] == -150_00
        with pytest.raises(NotTheHost):
            outcomes.follow(run_id=run, by=Doer("A", "B"), at=LATER)


# Nothing is charged twice, whatever is corrected in between


def charged() -> int:
    """Return what 2398 has been charged of all runs, less what was credited."""
    with acting_as(REGION):
        return issued.net_ore(Run.objects.values_list("id", flat=True)).get("2398", 0)


def correct(run: UUID, **how: UUID) -> UUID:
    """Compute a run anew in its place, and let the board decide on it."""
    with acting_as(REGION):
        return decide(
            operations.allocate(
                table_id=shown(run).table, by=SECRETARY, at=LATER, supersedes=run, reason="Fel",
                **how,  # type: ignore[arg-type]
            ).pk
        )  # fmt: skip


def carried_on(made: UUID) -> UUID:
    """Return the final run of the next budget, which carries an outcome."""
    return decide(allocate(next_budget(carries=made), population_id=people()))


@pytest.mark.parametrize("other", [None, "another outcome"])
def test_what_is_carried_is_settled_by_the_boards_decision(other: str | None) -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_500_00)
    following = carried_on(made if other is None else None)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="har beslutat om tabellen"):
        carry(shown(following).table, made if other else None)


def test_an_outcome_that_is_corrected_before_it_is_charged_is_charged_as_corrected() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_500_00)
    following = carried_on(made)
    write(shown(made).table, LEADER, 1_400_00)
    second = correct(made)

    with pytest.raises(Refused, match="faktureras där"):
        bills.basis(second)
    with pytest.raises(Refused, match="har ändrats sedan fördelningen räknades"):
        bills.basis(following)
    bills.issue(bills.basis(correct(following, population_id=people())))
    assert charged() == 980_00 + 700_00


def test_an_outcome_is_not_corrected_once_another_budget_has_charged_it() -> None:
    run, invoices = bills.invoiced()
    made = outcome(run, 1_500_00)
    following = carried_on(made)
    bills.issue(bills.basis(following))

    with pytest.raises(Refused, match="utfallet av Samplan 2027"):
        correct(made)
    with pytest.raises(Refused, match="fakturerad i Samplan 2027"):
        bills.credit(invoices[0], 100_00)
    with pytest.raises(Refused, match="Utfallet är redan fakturerat"):
        bills.basis(run)
    assert charged() == 1_050_00 + 700_00


@pytest.mark.parametrize("change", ["invoiced", "credited"])
def test_a_carried_balance_is_computed_anew_when_its_budget_has_other_invoices(
    change: str,
) -> None:
    bills.write_settings()
    run = bills.final()
    invoices = bills.issue(bills.basis(run)) if change == "credited" else ()
    made = outcome(run, 800_00)
    following = carried_on(made)
    if invoices:
        bills.issue(bills.credit(invoices[0], 100_00))
    else:
        bills.issue(bills.basis(run))

    with pytest.raises(Refused, match="har ändrats sedan fördelningen räknades"):
        bills.basis(following)
    correct(made)
    bills.issue(bills.basis(correct(following, population_id=people())))
    assert charged() == 560_00 + 700_00


def test_a_budget_that_is_corrected_keeps_its_one_outcome() -> None:
    bills.write_settings()
    run = bills.final()
    table = follow(run)
    second = correct(run, population_id=people())
    with pytest.raises(Refused, match="redan en tabell"):
        follow(second)
    write(table, LEADER, 800_00)
    made = decide(allocate(table))
    bills.issue(bills.basis(made))

    with pytest.raises(Refused, match="Utfallet är redan fakturerat"):
        bills.basis(second)
    assert charged() == 560_00


def test_an_outcome_is_not_invoiced_by_the_key_of_a_budget_that_was_corrected() -> None:
    run, _ = bills.invoiced()
    made = outcome(run, 1_500_00)
    with acting_as(REGION):
        halves = operations.import_population(
            "kommunkod;kommun;folkmängd\n2398;Främlinge;5000\n2399;Testkommun;5000\n".encode(),
            on=date(2025, 11, 2), source="SCB", by=SECRETARY, at=AT,
        ).pk  # fmt: skip
    correct(run, population_id=halves)

    with pytest.raises(Refused, match="eller ersatts sedan avstämningen räknades"):
        bills.basis(made)
    bills.issue(bills.basis(correct(made)))
    assert charged() == 750_00


def test_what_was_charged_without_vat_is_not_paid_back_with_it() -> None:
    bills.write_settings()
    with acting_as(REGION):
        none = Vat(VatCategory.OUTSIDE_SCOPE, reason="Kostnadsdelning")
        terms = bills.agreed(terms=Terms("GNS-2026-01", none, Rounding.KRONA))
        issuing.write_terms(terms, by=GUNILLA, at=AT)
    run = bills.final()
    bills.issue(bills.basis(run))
    bills.write_settings()

    with pytest.raises(Refused, match="en annan moms"):
        bills.basis(outcome(run, 500_00))


def test_more_than_an_invoice_has_left_is_refused_before_anybody_attests() -> None:
    run, invoices = bills.invoiced()
    first = outcome(run, 1_500_00)
    bills.issue(bills.basis(first))
    write(shown(first).table, LEADER, 0, 1_00)
    second = correct(first)
    with pytest.raises(Refused, match="Kreditera fakturorna för sig"):
        bills.basis(second)

    # As the message says: what is credited by hand is taken off when it is computed anew.
    for it in invoices:
        with acting_as(REGION):
            lines = [line.amount_ore for line in issued.invoice(it).invoice.lines]
        bills.issue(bills.credit(it, *lines))
    third = correct(second)
    bills.issue(bills.basis(third))
    assert charged() == 0


def test_a_row_that_the_budget_lacks_may_need_a_count_of_its_own() -> None:
    run, _ = bills.invoiced()
    table = follow(run)
    with acting_as(REGION):
        users = operations.import_count(
            "kommunkod;kommun;antal\n2398;Främlinge;3\n2399;Testkommun;7\n".encode(),
            what="users", on=date(2026, 1, 1), source="IT", by=SECRETARY, at=AT,
        ).pk  # fmt: skip
        line = Line("Support", municipalities_ore=100_00, method_id="users@1")
        operations.write_line(line, table_id=table)
        assert balances.counted(queries.table(table), at=LATER) == ("users",)
        made = operations.allocate(
            table_id=table, by=SECRETARY, at=LATER, chosen_counts={"users": users}
        ).pk

    assert shown(made).record["result"]["shares_ore"]["2399"] == 70_00


def test_two_rows_of_one_activity_meet_the_budgets_rows_in_their_order() -> None:
    bills.write_settings()
    table = next_budget(carries=None)
    with acting_as(REGION):
        operations.write_line(Line("Drift", region_ore=50_00), table_id=table)
    made = follow(decide(allocate(table, population_id=books.people())))
    with acting_as(REGION):
        rows = queries.table(made)
        assert list(balances.budget(rows, at=LATER).values()) == [1_000_00, 50_00]


def test_the_question_of_what_can_be_carried_does_not_grow_with_what_is_settled() -> None:
    run, _ = bills.invoiced()
    first = outcome(run, 500_00)
    bills.issue(bills.basis(first))
    table = next_budget(carries=None)

    def statements() -> int:
        with acting_as(REGION), CaptureQueriesContext(connection) as asked:
            assert balances.to_carry(table, at=LATER) == ()
        return len(asked)

    before = statements()
    correct(first)
    assert statements() == before
