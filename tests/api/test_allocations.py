"""The joint board's allocations as a party's system has them: figures, reasons, what if."""

from dataclasses import replace
from typing import Any

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from machines import Machine, installed
from people import CASE_OFFICERS, ELSEWHERE, WARD

from billing import agreeing, operations, queries
from billing.agreement import FOLLOWS_INDEX
from billing.allocation import Bearer
from billing.models import Run
from billing.operations import Line
from care.identity.permissions import Role
from care.identity.scopes import Scope
from tenants.context import acting_as
from tenants.models import JointBoard
from tests.api.test_the_door import type_of
from tests.billing import bills, books, test_outcome
from tests.billing.books import SECRETARY
from tests.billing.test_agreement import INDEX, SHARING

NOTHING = "00000000-0000-4000-8000-000000000000"
SIMULATE = "/allocations/simulate"


@pytest.fixture
def board(units: None) -> None:
    books.found_board()


@pytest.fixture
def host(board: None) -> Machine:
    return installed(REGION, "Ekonomin", "SE2999999119-F004", (WARD, Role.BOARD_SECRETARY))


@pytest.fixture
def party(board: None) -> Machine:
    return installed(MUNICIPALITY, "Ekonomin", "SE2999999127-F004", (CASE_OFFICERS, Role.ECONOMIST))


@pytest.fixture
def other(board: None) -> Machine:
    return installed(STRANGER, "Ekonomin", "SE2999999135-F004", (ELSEWHERE, Role.ECONOMIST))


def shares(told: dict[str, Any]) -> dict[str, int]:
    """Return what each party pays, by its code."""
    return {it["party"]: it["share_ore"] for it in told["shares"]}


def simulated(machine: Machine, run: object, *models: str, **more: Any) -> Any:
    return machine.post(SIMULATE, {"allocation_id": str(run), "models": models, **more})


class TestReading:
    def test_every_party_lists_what_is_computed_with_its_own_share(
        self, host: Machine, party: Machine, other: Machine
    ) -> None:
        run = books.adjusted()

        told = {it.tenant: it.get("/allocations").json()["items"] for it in (host, party, other)}

        assert {it: rows[0]["own_ore"] for it, rows in told.items()} == {
            REGION: 1_000_00, MUNICIPALITY: 300_00, STRANGER: 700_01
        }  # fmt: skip
        (row,) = told[MUNICIPALITY]
        assert (row["id"], row["total_ore"]) == (str(run), 2_000_01)
        assert row["standing"] == {
            "state": "adjusted", "final_on": None,
            "missing": [MUNICIPALITY, REGION, STRANGER],
        }  # fmt: skip

    def test_one_has_the_figures_and_the_decision_of_the_page(self, party: Machine) -> None:
        run = bills.final()

        told = party.get(f"/allocations/{run}").json()

        assert shares(told) == {"2398": 700_01, "2399": 300_00, "REGION": 1_000_00}
        assert (told["total_ore"], told["region_ore"], told["municipalities_ore"]) == (
            2_000_01, 1_000_00, 1_000_01
        )  # fmt: skip
        assert [(it["activity"], it["kind"], shares(it)["2399"]) for it in told["lines"]] == [
            ("Licens", "money", 0), ("Projektledare", "money", 300_00),
            ("Utbildning", "text_only", 0),
        ]  # fmt: skip
        assert [(it["act"], it["paragraph"]) for it in told["steps"]] == [
            ("propose", "41"), ("decide", "41"), ("adjust", "41")
        ]  # fmt: skip
        assert told["population"]["on"] == "2025-11-01"
        assert told["population"]["wanted_on"] is None
        assert (told["standing"]["state"], told["standing"]["final_on"]) == ("final", "2026-03-24")
        assert [it["tenant"] for it in told["announcements"]] == [MUNICIPALITY, REGION, STRANGER]
        with acting_as(REGION):
            assert told["hash"] == queries.run(run, at=AT).hash

    def test_an_outcome_tells_what_is_left_to_pay_and_to_pay_back(self, party: Machine) -> None:
        run = test_outcome.outcome(bills.final(), 900_00)

        told = party.get(f"/allocations/{run}").json()

        assert {it["party"]: it["due_ore"] for it in told["shares"]} == {
            "2398": 630_00, "2399": 270_00, "REGION": None
        }  # fmt: skip
        assert [it["is_outcome"] for it in party.get("/allocations").json()["items"]] == [
            True, False
        ]  # fmt: skip

    def test_the_populations_are_everybodys(self, party: Machine) -> None:
        books.prepared()

        (told,) = party.get("/population-snapshots").json()["items"]

        assert (told["on"], told["source"]) == ("2025-11-01", "SCB")
        assert (told["municipalities"], told["inhabitants"]) == (2, 10_000)
        assert len(told["hash"]) == 64


class TestExplaining:
    def test_a_municipality_reads_how_its_own_share_came_about(self, party: Machine) -> None:
        run = books.adjusted()

        told = party.get(f"/allocations/{run}/explanation").json()

        assert (told["party"], told["name"], told["share_ore"]) == ("2399", "Testkommun", 300_00)
        (line,) = told["lines"]
        assert line["parts"] == [
            {"total_ore": 1_000_01, "weight": "3000", "weights": "10000", "quota": "300003/10",
             "share_ore": 300_00, "has_odd_ore": False}
        ]  # fmt: skip
        assert told["decided"]["paragraph"] == "41"

    def test_and_anothers_when_it_asks(self, party: Machine, host: Machine) -> None:
        place = f"/allocations/{books.allocated()}/explanation"

        told = party.get(f"{place}?party=2398").json()

        assert told["lines"][0]["parts"][0]["has_odd_ore"]
        assert told["decided"] is None
        assert host.get(f"{place}?party=2398").json() == told

    def test_the_region_says_whose(self, host: Machine) -> None:
        place = f"/allocations/{books.allocated()}/explanation"

        for wrong in ("", "?party=0180", "?party=REGION", "?party="):
            answer = host.get(f"{place}{wrong}")
            assert type_of(answer) == "invalid"
            assert answer.json()["errors"][0]["detail"] == "Välj något av: 2398, 2399."

    def test_a_rule_that_moved_the_share_is_named(self, party: Machine) -> None:
        with acting_as(REGION):
            agreeing.write_agreement(replace(SHARING, gap=Bearer.HOST), by=SECRETARY, at=AT)
        run = books.allocated()

        told = party.get(f"/allocations/{run}/explanation").json()

        assert told["lines"][0]["rules"] == [{"rule": "days", "share_ore": 150_41}]
        # The region pays the rest of it beside its own line.
        assert party.get(f"/allocations/{run}").json()["lines"][1]["region_ore"] == 149_59


class TestSimulating:
    def test_models_stand_side_by_side_and_nothing_is_kept(self, party: Machine) -> None:
        run = books.allocated()

        answer = simulated(party, run, "own", "equal", "mixed:30")

        own, equal, mixed = answer.json()["outcomes"]
        assert answer.status_code == 200
        assert shares(own) == {"2398": 700_01, "2399": 300_00, "REGION": 1_000_00}
        assert shares(equal) == {"2398": 500_01, "2399": 500_00, "REGION": 1_000_00}
        assert shares(mixed)["2399"] == 360_00
        assert mixed["label"] == "30 % lika delar, resten efter folkmängd"
        assert {it["total_ore"] for it in (own, equal, mixed)} == {2_000_01}
        share = next(it for it in equal["shares"] if it["party"] == "2399")
        assert (share["difference_ore"], share["per_inhabitant_ore"]) == (200_00, 17)
        assert next(it for it in own["shares"] if it["party"] == "REGION") == {
            "party": "REGION", "name": "Region Test", "share_ore": 1_000_00,
            "per_inhabitant_ore": None, "difference_ore": 0,
        }  # fmt: skip
        with acting_as(REGION):
            assert Run.objects.count() == 1

    def test_no_key_is_asked_for(self, party: Machine) -> None:
        body = {"allocation_id": str(books.allocated()), "models": ["own", "equal"]}

        assert party.sent("POST", SIMULATE, body).status_code == 200

    def test_the_others_pay_for_whoever_is_left_out(self, party: Machine) -> None:
        told = simulated(party, books.allocated(), "own", "equal", without=["2398"]).json()

        assert shares(told["outcomes"][0]) == {"2399": 1_000_01, "REGION": 1_000_00}

    @pytest.mark.parametrize("gap", list(Bearer))
    def test_by_its_own_model_it_is_what_it_was_with_every_rule(
        self, party: Machine, gap: Bearer
    ) -> None:
        sharing = replace(SHARING, gap=gap, index=INDEX)
        with acting_as(REGION):
            agreeing.write_agreement(sharing, by=SECRETARY, at=AT)
        table, people = books.prepared()
        with acting_as(REGION):
            row = next(it for it in queries.table(table).rows if it.activity == "Projektledare")
            rule = {FOLLOWS_INDEX: True, "region_share": "1/4"}
            line = Line(row.activity, municipalities_ore=1_000_00, rule=rule)
            operations.write_line(line, table_id=table, row_id=row.id)
            run = operations.allocate(table_id=table, population_id=people, by=SECRETARY, at=AT).pk

        told = simulated(party, run, "own", "population").json()

        assert shares(told["outcomes"][0]) == shares(party.get(f"/allocations/{run}").json())

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"models": ["own"]}, "#/models"),
            ({"models": ["own", "best"]}, "#/models/1"),
            ({"models": ["own", "own"]}, "#"),
            ({"without": ["0180"]}, "#/without"),
            ({"without": ["2398", "2399"]}, "#"),
            ({"allocation_id": "x"}, "#/allocation_id"),
            ({"table_id": NOTHING}, "#/table_id"),
        ],
    )
    def test_what_cannot_be_is_pointed_at(
        self, party: Machine, wrong: dict[str, Any], pointer: str
    ) -> None:
        body = {"allocation_id": str(books.allocated()), "models": ["own", "equal"]}

        answer = party.post(SIMULATE, body | wrong)

        assert type_of(answer) == "invalid"
        (told,) = answer.json()["errors"]
        assert told["pointer"] == pointer
        assert not {"this", "ensure", "not", "valid"} & set(told["detail"].lower().split())


class TestRefusing:
    def test_what_is_not_there_is_not_found(self, party: Machine) -> None:
        assert type_of(party.get(f"/allocations/{NOTHING}")) == "not-found"
        assert type_of(party.get(f"/allocations/{NOTHING}/explanation")) == "not-found"
        assert type_of(simulated(party, NOTHING, "own", "equal")) == "not-found"

    def test_who_is_in_no_board_sees_nothing_of_it(self, other: Machine) -> None:
        run = books.allocated()
        with acting_as(REGION):
            JointBoard.objects.update(parties=[REGION, MUNICIPALITY])

        for path in ("/allocations", f"/allocations/{run}", "/population-snapshots"):
            assert type_of(other.get(path)) == "not-found"
        assert type_of(simulated(other, run, "own", "equal")) == "not-found"

    def test_role_and_scope_are_both_asked_for(self, party: Machine, ward: Machine) -> None:
        run = books.allocated()

        paths = ("/allocations", f"/allocations/{run}", f"/allocations/{run}/explanation",
                 "/population-snapshots")  # fmt: skip
        for path in paths:
            assert type_of(ward.get(path)) == "not-allowed"
            assert type_of(party.within(Scope.AGREEMENT_READ).get(path)) == "not-allowed"
            assert party.within(Scope.COST_READ).get(path).status_code == 200
        assert type_of(simulated(ward, run, "own", "equal")) == "not-allowed"
        assert type_of(party.get("/allocations?limit=0")) == "invalid"
