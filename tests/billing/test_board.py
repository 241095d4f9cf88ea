"""The board's books: each party reads its own and everybody's shares, and nobody changes a run."""

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER

from billing import operations, parties, queries, runs
from billing.decisions import Act, NotNow, Outcome, State
from billing.files import BadFile
from billing.models import CostRow, Run
from billing.operations import Line
from billing.table import REGION as REGION_CODE
from tenants.context import acting_as
from tenants.models import JointBoard
from tests.billing import books
from tests.billing.books import ECONOMIST, PEOPLE, SECRETARY, TODAY


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


def seen_by(schema: str, run: object) -> queries.RunShown:
    with acting_as(schema):
        return queries.run(run, at=AT)  # type: ignore[arg-type]


def test_a_run_is_computed_to_the_ore_and_every_party_sees_all_shares() -> None:
    run = books.allocated()

    for schema in (REGION, MUNICIPALITY, STRANGER):
        shown = seen_by(schema, run)
        assert shown.record["result"]["shares_ore"] == {
            "2398": 70_001, "2399": 30_000, REGION_CODE: 100_000,
        }  # fmt: skip
        assert queries.recomputed(shown) == shown.hash


def test_a_party_finds_its_own_share_in_the_list() -> None:
    run = books.allocated()
    with acting_as(MUNICIPALITY):
        (it,) = queries.listed(at=AT)

    assert (it.id, it.own_ore, it.total_ore) == (run, 30_000, 200_001)
    assert it.standing.state is State.DRAFT


def test_a_huvudman_outside_the_board_has_no_books() -> None:
    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION, STRANGER])
    with acting_as(MUNICIPALITY), pytest.raises(parties.NoBoard):
        queries.listed(at=AT)


def test_only_the_host_keeps_the_books() -> None:
    table, people = books.prepared()
    with acting_as(MUNICIPALITY):
        with pytest.raises(operations.NotTheHost):
            operations.import_population(PEOPLE, on=TODAY, source="", by=ECONOMIST, at=AT)
        with pytest.raises(operations.NotTheHost):
            operations.allocate(table_id=table, population_id=people, by=ECONOMIST, at=AT)
        with pytest.raises(operations.NotTheHost):
            operations.record_step(Act.DECIDE, run_id=uuid4(), on=TODAY, by=ECONOMIST, at=AT)


def test_from_proposal_to_final_with_every_partys_notice_board() -> None:
    run = books.adjusted()
    books.announce(run, REGION, STRANGER)
    waiting = seen_by(STRANGER, run).standing
    assert (waiting.state, waiting.missing) == (State.ADJUSTED, (MUNICIPALITY,))

    books.announce(run, MUNICIPALITY)
    for schema in (REGION, MUNICIPALITY):
        told = seen_by(schema, run)
        assert told.standing.state is State.ANNOUNCED
        assert set(told.announced) == {REGION, MUNICIPALITY, STRANGER}
    with acting_as(MUNICIPALITY):
        later = queries.run(run, at=AT + timedelta(days=40))
    assert later.standing.is_billable


def test_a_party_announces_once() -> None:
    run = books.adjusted()
    books.announce(run, MUNICIPALITY)
    with pytest.raises(NotNow, match="redan"):
        books.announce(run, MUNICIPALITY)


def test_a_step_out_of_order_is_refused_and_leaves_nothing() -> None:
    run = books.allocated()
    with pytest.raises(NotNow):
        books.step(run, Act.DECIDE)
    assert seen_by(REGION, run).steps == ()


def test_a_decision_is_read_with_its_paragraph() -> None:
    run = books.adjusted()
    decided = seen_by(MUNICIPALITY, run).step(Act.DECIDE)

    assert decided is not None
    assert (decided.paragraph, decided.diary_number) == ("41", "GN 2026/12")
    assert decided.made_by == SECRETARY.name


@pytest.mark.parametrize("role", [REGION, MUNICIPALITY])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {schema}.billing_run SET hash = ''",
        "DELETE FROM {schema}.billing_run",
        "UPDATE {schema}.billing_step SET paragraph = '42'",
        "DELETE FROM {schema}.billing_announcement",
        "UPDATE {schema}.billing_populationsnapshot SET inhabitants = '{{}}'",
        "TRUNCATE {schema}.billing_run",
    ],
)
def test_nobody_changes_what_has_been_computed_or_decided(
    dba: psycopg.Connection[object], role: str, statement: str
) -> None:
    books.adjusted()
    dba.execute(f"SET ROLE {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        dba.execute(statement.format(schema=REGION))


def test_a_run_that_was_changed_past_every_right_is_found_by_computing_again(
    dba: psycopg.Connection[object],
) -> None:
    run = books.allocated()
    dba.execute(
        f"UPDATE {REGION}.billing_run SET record ="
        " jsonb_set(record, '{asked,population,inhabitants,2399}', '2999')"
    )
    dba.commit()
    shown = seen_by(REGION, run)
    assert queries.recomputed(shown) != shown.hash
    assert runs.hash_of(shown.record) != shown.hash


def test_a_correction_takes_the_place_of_the_one_before_with_its_reason() -> None:
    first = books.allocated()
    table, people = (seen_by(REGION, first).table, _people())
    with acting_as(REGION):
        second = operations.allocate(
            table_id=table, population_id=people, by=SECRETARY, at=AT, supersedes=first,
            reason="Ny folkmängd",
        ).pk  # fmt: skip

    old, new = seen_by(MUNICIPALITY, first), seen_by(MUNICIPALITY, second)
    assert (old.standing.state, old.superseded_by) == (State.SUPERSEDED, second)
    assert (new.supersedes, new.reason, new.number) == (first, "Ny folkmängd", 2)


def test_what_is_decided_holds_until_its_correction_is_decided_too() -> None:
    first = books.adjusted()
    table, people = seen_by(REGION, first).table, _people()
    with acting_as(REGION):
        second = operations.allocate(
            table_id=table, population_id=people, by=SECRETARY, at=AT, supersedes=first,  # type: ignore[arg-type]
            reason="Ny folkmängd",
        ).pk  # fmt: skip
    assert seen_by(MUNICIPALITY, first).standing.state is State.ADJUSTED
    for act in (Act.PROPOSE, Act.DECIDE):
        books.step(second, act)

    assert seen_by(MUNICIPALITY, first).standing.state is State.SUPERSEDED
    with acting_as(STRANGER):
        states = {it.id: it.standing.state for it in queries.listed(at=AT)}
    assert states == {first: State.SUPERSEDED, second: State.DECIDED}


def _people() -> object:
    with acting_as(REGION):
        return queries.populations()[0].id


def test_an_objection_is_between_the_party_and_the_host() -> None:
    run = books.adjusted()
    with acting_as(MUNICIPALITY):
        operations.object_to(run_id=run, text="Fel folkmängd", by=ECONOMIST, at=AT)
    (objected,) = seen_by(REGION, run).objections
    with acting_as(REGION):
        operations.answer_objection(
            run_id=run, objection_id=objected.id, outcome=Outcome.REJECTED,
            text="Folkmängden är SCB:s", by=SECRETARY, at=AT,
        )  # fmt: skip

    (own,) = seen_by(MUNICIPALITY, run).objections
    assert own.answer is not None
    assert (own.text, own.answer.text) == ("Fel folkmängd", "Folkmängden är SCB:s")
    assert seen_by(STRANGER, run).objections == ()
    with acting_as(REGION), pytest.raises(operations.Refused):
        operations.answer_objection(
            run_id=run, objection_id=objected.id, outcome=Outcome.ACCEPTED, text="",
            by=SECRETARY, at=AT,
        )  # fmt: skip


def test_another_municipality_cannot_answer_or_read_an_objection() -> None:
    run = books.adjusted()
    with acting_as(MUNICIPALITY):
        operations.object_to(run_id=run, text="Fel folkmängd", by=ECONOMIST, at=AT)
    (objected,) = seen_by(MUNICIPALITY, run).objections
    with acting_as(STRANGER):
        with pytest.raises(queries.NoSuchObjection):
            queries.run(run, at=AT).objection(objected.id)
        with pytest.raises(operations.NotTheHost):
            operations.answer_objection(
                run_id=run, objection_id=objected.id, outcome="accepted", text="", by=ECONOMIST,
                at=AT,
            )  # fmt: skip


def test_a_draft_is_not_objected_to() -> None:
    run = books.allocated()
    with acting_as(MUNICIPALITY), pytest.raises(operations.Refused):
        operations.object_to(run_id=run, text="Fel", by=ECONOMIST, at=AT)


def test_a_table_is_worked_on_and_a_run_keeps_its_own_copy() -> None:
    run = books.allocated()
    table = seen_by(REGION, run).table
    with acting_as(REGION):
        row = operations.write_line(Line("Support", municipalities_ore=500), table_id=table)
        operations.write_line(
            Line("Support", municipalities_ore=700, method_id="equal@1"),
            table_id=table,
            row_id=row.pk,
        )
        first = queries.table(table).rows[0]
        operations.remove_line(table_id=table, row_id=first.id)
        now = queries.table(table)

    assert [it.activity for it in now.rows] == ["Projektledare", "Utbildning", "Support"]
    assert (now.region_ore, now.municipalities_ore) == (0, 100_701)
    assert len(seen_by(REGION, run).record["asked"]["lines"]) == 3


def test_a_row_of_another_table_is_not_written_or_removed() -> None:
    one, _ = books.prepared()
    with acting_as(REGION):
        other = operations.make_table(
            title="B", period=queries.table(one).period, content=b"", by=SECRETARY, at=AT
        ).pk
        row = queries.table(one).rows[0].id
        for act in (
            lambda: operations.write_line(Line("X"), table_id=other, row_id=row),
            lambda: operations.remove_line(table_id=other, row_id=row),
        ):
            with pytest.raises(operations.NoSuchRow):
                act()
        assert CostRow.objects.count() == 3


def test_a_population_with_a_wrong_sum_is_refused_and_nothing_is_kept() -> None:
    wrong = PEOPLE + "23;Länet;10001\n".encode()
    with acting_as(REGION):
        with pytest.raises(BadFile, match="tillsammans"):
            operations.import_population(wrong, on=TODAY, source="SCB", by=SECRETARY, at=AT)
        assert queries.populations() == ()


def test_the_same_population_is_kept_once() -> None:
    with acting_as(REGION):
        for moment in (AT, AT + timedelta(hours=1)):
            try:
                operations.import_population(
                    PEOPLE, on=date(2025, 11, 1), source="SCB", by=SECRETARY, at=moment
                )
            except operations.Refused:
                assert moment > AT
        assert len(queries.populations()) == 1


def test_a_run_that_is_not_there_is_not_found() -> None:
    for schema in (REGION, MUNICIPALITY):
        with acting_as(schema), pytest.raises(queries.NoSuchRun):
            queries.run(uuid4(), at=AT)
    assert not _any_runs()


def _any_runs() -> bool:
    with acting_as(REGION):
        return Run.objects.exists()
