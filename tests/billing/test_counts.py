"""What is counted and handed in: no file with a hole is kept, and a record says what it used."""

import hashlib
import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from cast import AT, MUNICIPALITY, REGION
from hypothesis import given
from hypothesis import strategies as st

from billing import counts, operations, queries, runs
from billing.allocation import CannotAllocate
from billing.counts import Count, What
from billing.files import BadFile
from billing.operations import Line, Refused
from billing.runs import Funded
from billing.table import CostLine
from tenants.context import acting_as
from tests.billing import books
from tests.billing.books import SECRETARY
from tests.billing.test_runs import question
from tests.billing.vectors import JAMTLAND

HEAD = "kommunkod;kommun;antal\n"
USERS = (HEAD + "2398;Främlinge;30\n2399;Testkommun;10\n").encode()
DAY = date(2025, 11, 1)
COUNTED = Count(date(2017, 12, 31), "SITHS", "a" * 64, dict.fromkeys(JAMTLAND, 5) | {"2303": 1})
# Of records that were kept before there were counts: they must be computed again to the bit.
HASH_OF_LINK2 = "49590c4a79d55f6e8c4288fedc815d1ac9a9e8742f6c7bb3ed60169dab6d5bdd"


def read(*rows: str, what: str = What.USERS, head: str = HEAD) -> Count:
    content = (head + "\n".join(rows)).encode()
    return counts.count(content, what=what, on=DAY, source="SITHS")


def test_a_count_keeps_its_day_its_source_and_the_hash_of_what_was_read() -> None:
    taken = counts.count(USERS, what=What.USERS, on=DAY, source="SITHS")
    assert (taken.on, taken.source) == (DAY, "SITHS")
    assert taken.sha256 == hashlib.sha256(USERS).hexdigest()
    assert taken.counts == {"2398": 30, "2399": 10}


def test_nobody_and_thousands_are_counted_too() -> None:
    assert read("2380;Östersund;1 200", "2303;Ragunda;0").counts == {"2303": 0, "2380": 1200}


def test_tax_capacity_is_kronor_per_inhabitant_and_is_kept_in_ore() -> None:
    head = "kommunkod;kommun;skattekraft\n"
    taken = read("2380;Östersund;215 432,50", what=What.TAX_CAPACITY_ORE, head=head)
    assert taken.counts == {"2380": 21_543_250}


@pytest.mark.parametrize(
    ("rows", "advice"),
    [
        ([], "Ingen kommun står i filen"),
        (["2303;Ragunda;5", "2303;Ragunda;6"], "rad 3: kommunkoden 2303 står redan"),
        (["2303;Ragunda;"], "rad 2: antal saknas för 2303"),
        (
            ["2303;Ragunda;-5"],
            "rad 2: antal för 2303: ”-5” är inget antal. Skriv ett heltal från 0",
        ),
        (["2303;Ragunda;många"], "inget antal"),
        (["2303;Ragunda;1,5"], "inget antal"),
        (["23;Länet;5"], "Skriv fyra siffror.*summor tar du bort"),
    ],
)
def test_a_count_that_cannot_be_is_refused_with_line_and_advice(
    rows: list[str], advice: str
) -> None:
    with pytest.raises(BadFile, match=advice):
        read(*rows)


def test_skattekraft_in_the_column_of_how_many_is_refused() -> None:
    with pytest.raises(BadFile, match="skattekraft saknas"):
        read("2303;Ragunda;5", what=What.TAX_CAPACITY_ORE)


def line(method: str = "users@1", **more: Any) -> Funded:
    return Funded(CostLine("Support", 0, 100_000, "", is_text=False), method_id=method, **more)


def test_an_old_question_has_the_hash_that_it_had() -> None:
    assert runs.hash_of(runs.record(question())) == HASH_OF_LINK2
    # A count that no line needs is not part of what is asked.
    assert runs.record(question(counts={"users": COUNTED})) == runs.record(question())


def test_a_record_keeps_the_counts_that_a_line_needs_and_is_computed_again_from_them() -> None:
    made = runs.record(question(lines=[line()], counts={"users": COUNTED, "cases": COUNTED}))
    stored = json.loads(json.dumps(made))

    assert made["asked"]["counts"] == {
        "users": {
            "on": "2017-12-31", "source": "SITHS", "sha256": "a" * 64,
            "counts": dict(COUNTED.counts),
        }
    }  # fmt: skip
    assert runs.hash_of(runs.computed_again(stored)) == runs.hash_of(made)
    assert made["result"]["shares_ore"]["2303"] == 100_000 // 36
    stored["asked"]["counts"]["users"]["counts"]["2303"] = 2
    assert runs.hash_of(runs.computed_again(stored)) != runs.hash_of(made)


@pytest.mark.parametrize(
    "needing",
    [
        line(),
        line("mixed@1", parameters={"parts": [
            {"share": "1/2", "method": "equal@1"}, {"share": "rest", "method": "users@1"},
        ]}),
        line("equal@1", rule={
            "from": {"method": "users@1", "parameters": {}}, "step": 1, "steps": 2,
        }),
    ],
    ids=["line", "part", "transition"],
)  # fmt: skip
def test_a_line_that_needs_a_count_is_not_split_without_it(needing: Funded) -> None:
    with pytest.raises(CannotAllocate, match="antal användare, men inget underlag är valt"):
        runs.record(question(lines=[needing]))
    assert "counts" in runs.record(question(lines=[needing], counts={"users": COUNTED}))["asked"]


def test_a_count_without_a_municipality_that_takes_part_is_refused_by_its_name() -> None:
    short = Count(DAY, "SITHS", "b" * 64, {"2380": 1})
    with pytest.raises(CannotAllocate, match="Antal användare saknas för Ragunda, "):
        runs.record(question(lines=[line()], counts={"users": short}))


def test_a_line_that_cannot_be_split_is_named() -> None:
    short = line("fixed_shares@1", parameters={"shares": {"2303": "1"}})
    with pytest.raises(CannotAllocate, match="Raden ”Support”: De fasta andelarna ska ha"):
        runs.record(question(lines=[short]))


def test_by_hand_there_is_no_split_at_once() -> None:
    by_hand = {"amounts_ore": dict.fromkeys(JAMTLAND, 12_500), "reason": "Enligt § 41"}
    twice = [line("manual@1", parameters=by_hand)] * 2
    assert runs.at_once(runs.record(question(lines=twice))) is None


@given(st.lists(st.integers(0, 1000), min_size=8, max_size=8).filter(any), st.integers(0, 10**9))
def test_fixed_shares_are_shared_as_they_are_given(parts: list[int], total: int) -> None:
    whole = sum(parts)
    shares = {code: Fraction(it, whole) for code, it in zip(JAMTLAND, parts, strict=True)}
    parameters = {"shares": {code: str(share) for code, share in shares.items()}}
    fixed = Funded(
        CostLine("Support", 0, total, "", is_text=False), method_id="fixed_shares@1",
        parameters=parameters,
    )  # fmt: skip
    made = runs.record(question(lines=[fixed]))
    paid = made["result"]["shares_ore"]

    assert all(abs(paid[code] - total * share) < 1 for code, share in shares.items())
    assert made["result"]["municipalities_ore"] == total
    assert runs.computed_again(json.loads(json.dumps(made))) == made


@pytest.fixture
def board(committed: None) -> None:
    books.found_board()


def handed_in(content: bytes = USERS, what: str = What.USERS) -> Any:
    with acting_as(REGION):
        return operations.import_count(
            content, what=what, on=DAY, source="SITHS", by=SECRETARY, at=AT
        ).pk


@pytest.mark.usefixtures("board")
class TestInTheBooks:
    def test_every_party_sees_what_was_handed_in_and_how_a_line_is_split_by_it(self) -> None:
        table, people = books.prepared()
        count = handed_in()
        with acting_as(REGION):
            operations.write_line(
                Line("Support", municipalities_ore=400, method_id="users@1"), table_id=table
            )
            assert queries.table(table).counted == ("users",)
            run = operations.allocate(
                table_id=table, population_id=people, by=SECRETARY, at=AT,
                chosen_counts={"users": count},
            ).pk  # fmt: skip
        with acting_as(MUNICIPALITY):
            (it,) = queries.counts()
            shown = queries.run(run, at=AT)
        assert (it.what, it.counts) == ("users", {"2398": 30, "2399": 10})
        assert shown.record["result"]["lines"][-1]["shares_ore"] == {
            "2398": 300, "2399": 100, "REGION": 0,
        }  # fmt: skip
        assert queries.recomputed(shown) == shown.hash

    def test_the_same_file_twice_is_refused(self) -> None:
        handed_in()
        with pytest.raises(Refused, match="redan inläst"):
            handed_in()
        handed_in(what=What.CASES)

    def test_a_file_without_a_municipality_of_the_board_is_not_kept(self) -> None:
        with pytest.raises(BadFile, match="saknas för Främlinge kommun"):
            handed_in((HEAD + "2399;Testkommun;10\n").encode())
        with acting_as(REGION):
            assert queries.counts() == ()

    def test_a_count_of_something_else_is_none(self) -> None:
        table, people = books.prepared()
        count = handed_in()
        with acting_as(REGION), pytest.raises(queries.NoSuchCount):
            operations.allocate(
                table_id=table, population_id=people, by=SECRETARY, at=AT,
                chosen_counts={"cases": count},
            )  # fmt: skip

    def test_only_the_host_hands_in(self) -> None:
        with acting_as(MUNICIPALITY), pytest.raises(operations.NotTheHost):
            operations.import_count(USERS, what="users", on=DAY, source="", by=SECRETARY, at=AT)
