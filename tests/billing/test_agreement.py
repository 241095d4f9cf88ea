"""Versions of the cost agreement: who takes part, who bears the gap, which index, which day."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import ProgrammingError, connection

from billing import agreed, agreeing, agreement, operations, queries, runs
from billing.agreement import AgreedSharing, IndexTerms, Participation
from billing.allocation import Bearer, CannotAllocate
from billing.indexation import IndexClause
from billing.operations import Line, NotTheHost, Refused
from billing.periods import DateRule, Period
from tenants.context import acting_as
from tests.billing import books, test_outcome
from tests.billing.books import SECRETARY

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
INDEX = IndexTerms(
    "PKV", IndexClause(2024, 1, rounding_ore=100), {2023: "100", 2024: "104", 2025: "208/2"}
)
SHARING = AgreedSharing(
    contract="GNS-2026-01",
    valid_from=date(2026, 1, 1),
    decision="Gemensamma nämnden 2025-12-01 § 7",
    date_rule=DateRule.BEFORE_AGREEMENT_YEAR,
    members={"2399": Participation(joined_on=date(2026, 7, 2))},
)
CAPPED = replace(INDEX, clause=IndexClause(2024, 1, cap=Fraction(1, 50)))


# What a version says


def test_a_version_is_read_back_as_it_was_written() -> None:
    for sharing in (
        SHARING,
        replace(SHARING, index=CAPPED, gap=Bearer.HOST, exit_terms="Ett år"),
        replace(SHARING, date_rule=DateRule.FIXED_DATE, fixed_on=date(2025, 11, 1)),
    ):
        assert agreement.read(agreement.plain(sharing)) == sharing


def test_who_joins_takes_part_on_the_days_that_are_left() -> None:
    members = SHARING.membership(YEAR, {"2398": "A", "2399": "B"}, REGION)

    assert members.days == {"2398": 365, "2399": 183}
    assert not members.is_whole


@pytest.mark.parametrize(
    ("rule", "fixed_on", "wanted"),
    [
        (DateRule.BEFORE_AGREEMENT_YEAR, None, date(2025, 11, 1)),
        (DateRule.BEFORE_EACH_YEAR, None, date(2025, 11, 1)),
        (DateRule.FIXED_DATE, date(2024, 12, 31), date(2024, 12, 31)),
        (None, None, None),
    ],
)
def test_the_agreement_asks_for_a_days_population(
    rule: DateRule | None, fixed_on: date | None, wanted: date | None
) -> None:
    sharing = replace(SHARING, date_rule=rule, fixed_on=fixed_on)
    assert sharing.wanted_on(YEAR) == wanted


def test_a_period_over_new_year_that_asks_for_two_days_is_two_tables() -> None:
    sharing = replace(SHARING, date_rule=DateRule.BEFORE_EACH_YEAR)
    with pytest.raises(CannotAllocate, match="en för varje år"):
        sharing.wanted_on(Period(date(2026, 9, 1), date(2027, 6, 30)))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(CannotAllocate, match="slutar 2026-01-01"):
        Participation(joined_on=date(2026, 2, 1), left_on=date(2026, 1, 1))
    with pytest.raises(CannotAllocate, match="bestämda dagen saknas"):
        replace(SHARING, date_rule=DateRule.FIXED_DATE)
    with pytest.raises(CannotAllocate, match="följer index, men"):
        SHARING.ruled({agreement.FOLLOWS_INDEX: True}, YEAR)


def test_a_rows_rule_gets_the_index_and_the_gap_and_an_outcome_the_gap_only() -> None:
    sharing = replace(SHARING, index=INDEX, gap=Bearer.HOST)
    asked = {agreement.FOLLOWS_INDEX: True, "cap_ore": "200"}
    ruled = sharing.ruled(asked, YEAR)

    assert (ruled["index"]["year"], ruled["index"]["values"]["2024"]) == (2026, "104")
    assert (ruled["gap"], ruled["cap_ore"]) == ("host", "200")
    assert sharing.ruled(asked, YEAR, is_outcome=True) == {"cap_ore": "200", "gap": "host"}
    assert "gap" not in sharing.ruled({}, Period(date(2027, 1, 1), date(2027, 12, 31)))


# In the books


@pytest.fixture
def board(committed: None) -> None:
    books.found_board()


def write(sharing: AgreedSharing = SHARING) -> int:
    with acting_as(REGION):
        return agreeing.write_agreement(sharing, by=SECRETARY, at=AT)


def record_of(run: UUID) -> runs.Record:
    with acting_as(REGION):
        return queries.run(run, at=AT).record


@pytest.mark.usefixtures("board")
def test_versions_are_numbered_and_every_party_reads_them() -> None:
    assert write() == 1
    assert write(replace(SHARING, exit_terms="Tolv månader")) == 2
    with acting_as(STRANGER):
        newest, first = agreed.versions()

    assert (newest.version, newest.agreed.exit_terms) == (2, "Tolv månader")
    assert first.agreed == SHARING
    assert first.hash == runs.hash_of(agreement.plain(SHARING))


@pytest.mark.usefixtures("board")
def test_only_the_host_writes_and_only_of_who_takes_part() -> None:
    with acting_as(MUNICIPALITY), pytest.raises(NotTheHost):
        agreeing.write_agreement(SHARING, by=SECRETARY, at=AT)
    with pytest.raises(Refused, match="0180 är ingen kommun i nämnden"):
        write(replace(SHARING, members={"0180": Participation()}))


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("change", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_a_version_is_changed_by_nobody(change: str) -> None:
    write()
    with acting_as(REGION), connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(change.format("billing_costagreement"))


@pytest.mark.usefixtures("board")
def test_a_table_is_shared_by_the_version_that_holds_on_its_first_day() -> None:
    write()
    write(replace(SHARING, valid_from=date(2027, 1, 1), members={}))
    record = record_of(books.allocated())
    asked, shares = record["asked"], record["result"]["shares_ore"]

    assert asked["agreement"]["version"] == 1
    assert asked["members"]["days"] == {"2398": 365, "2399": 183}
    # 1 000,01 by 7 000 x 365 and 3 000 x 183 person-days.
    assert (shares["2398"], shares["2399"]) == (823_14, 176_87)
    assert asked["population"]["wanted_on"] == ""  # 1 November 2025 is what it asks for
    assert runs.hash_of(runs.computed_again(record)) == runs.hash_of(record)


@pytest.mark.usefixtures("board")
def test_the_host_may_bear_the_gap() -> None:
    write(replace(SHARING, gap=Bearer.HOST))
    result = record_of(books.allocated())["result"]

    # 300,00 x 183/365 is 150,41; the region bears the rest beside its own 1 000,00.
    assert result["shares_ore"] == {"2398": 700_01, "2399": 150_41, "REGION": 1_149_59}


@pytest.mark.usefixtures("board")
def test_who_joins_after_the_period_is_no_party_of_it() -> None:
    late = {"2399": Participation(joined_on=date(2027, 1, 1))}
    write(replace(SHARING, members=late))
    record = record_of(books.allocated())

    assert "2399" not in record["asked"]["names"]
    assert record["result"]["shares_ore"]["2398"] == 1_000_01
    assert "members" not in record["asked"]


@pytest.mark.usefixtures("board")
def test_a_row_follows_the_agreements_index_and_its_outcome_does_not() -> None:
    write(replace(SHARING, members={}, index=INDEX))
    table, people = books.prepared()
    with acting_as(REGION):
        row = next(it for it in queries.table(table).rows if it.activity == "Projektledare")
        line = Line(row.activity, municipalities_ore=1_000_00, rule={agreement.FOLLOWS_INDEX: True})
        operations.write_line(line, table_id=table, row_id=row.id)
        run = operations.allocate(table_id=table, population_id=people, by=SECRETARY, at=AT).pk
    made = record_of(run)

    line_of = next(it for it in made["asked"]["lines"] if it["activity"] == "Projektledare")
    # From 2023 to 2025 the index goes from 100 to 104: it lags a year.
    assert (line_of["written_ore"], line_of["municipalities_ore"]) == ([0, 1_000_00], 1_040_00)
    assert runs.hash_of(runs.computed_again(made)) == runs.hash_of(made)
    outcome = test_outcome.outcome(test_outcome.decide(run), 900_00)
    assert test_outcome.due(outcome) == {"2398": 630_00, "2399": 270_00}
    with acting_as(REGION):
        assert "index" not in test_outcome.shown(outcome).record["asked"]["lines"][1].get(
            "rule", {}
        )


@pytest.mark.usefixtures("board")
def test_an_outcome_keeps_to_the_version_of_its_budget() -> None:
    write(replace(SHARING, gap=Bearer.HOST))
    run = test_outcome.decide(books.allocated())
    write(replace(SHARING, members={}))
    outcome = record_of(test_outcome.outcome(run, 1_000_01))

    assert outcome["asked"]["agreement"]["version"] == 1
    assert outcome["result"]["shares_ore"]["2399"] == 150_41


@pytest.mark.usefixtures("board")
def test_an_index_that_lacks_a_value_is_asked_for() -> None:
    write(replace(SHARING, index=replace(INDEX, values={2023: "100"})))
    table, people = books.prepared()
    with acting_as(REGION):
        operations.write_line(
            Line("Drift", region_ore=100_00, rule={agreement.FOLLOWS_INDEX: True}), table_id=table
        )
        with pytest.raises(CannotAllocate, match="Index för 2024 saknas"):
            operations.allocate(table_id=table, population_id=people, by=SECRETARY, at=AT)


@pytest.mark.usefixtures("board")
def test_a_version_that_is_written_later_for_an_earlier_day_leaves_the_later_one() -> None:
    write()
    write(replace(SHARING, valid_from=date(2028, 1, 1), exit_terms="2028"))
    write(replace(SHARING, valid_from=date(2027, 1, 1), exit_terms="2027"))
    write(replace(SHARING, valid_from=date(2027, 1, 1), exit_terms="2027, rättad"))
    with acting_as(REGION):
        held = {year: agreed.in_force(date(year, 6, 1)) for year in (2025, 2026, 2027, 2028)}

    assert held[2025] is None
    assert {year: it.agreed.exit_terms for year, it in held.items() if it} == {
        2026: "", 2027: "2027, rättad", 2028: "2028",
    }  # fmt: skip


@pytest.mark.usefixtures("board")
def test_the_agreements_day_goes_before_a_day_that_somebody_writes() -> None:
    write(replace(SHARING, date_rule=DateRule.FIXED_DATE, fixed_on=date(2024, 12, 31)))
    table, people = books.prepared()
    with acting_as(REGION):
        run = operations.allocate(
            table_id=table, population_id=people, wanted_on=date(2023, 1, 1), by=SECRETARY, at=AT
        ).pk

    assert record_of(run)["asked"]["population"]["wanted_on"] == "2024-12-31"


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("gap", Bearer)
def test_what_is_set_by_hand_stands_whatever_the_days(gap: Bearer) -> None:
    write(replace(SHARING, gap=gap))
    table, people = books.prepared()
    by_hand = {"amounts_ore": {"2398": 600_00, "2399": 400_00}, "reason": "Enligt bilaga 2"}
    with acting_as(REGION):
        row = next(it for it in queries.table(table).rows if it.activity == "Projektledare")
        line = Line(
            row.activity, municipalities_ore=1_000_00, method_id="manual@1", parameters=by_hand
        )
        operations.write_line(line, table_id=table, row_id=row.id)
        run = operations.allocate(table_id=table, population_id=people, by=SECRETARY, at=AT).pk
    shares = record_of(run)["result"]["shares_ore"]

    assert (shares["2398"], shares["2399"]) == (600_00, 400_00)
