"""Every öre has its place, and it is the same place for whoever computes it."""

from fractions import Fraction

import pytest

from billing import allocation
from billing.allocation import CannotAllocate, Part
from tests.billing import vectors
from tests.billing.vectors import ARE, BRACKE, JAMTLAND, given, worked

SPLIT_BY_WEIGHTS = [
    name for name in vectors.VECTORS if name[0] in "ABDE" or name == "F-tillträde-omfördela"
]


@pytest.mark.parametrize("name", SPLIT_BY_WEIGHTS)
def test_worked_allocations_come_out_to_the_ore(name: str) -> None:
    shares = allocation.allocate(given(name)["total_ore"], given(name)["weights"])

    assert shares == worked(name)


def test_line_by_line_two_municipalities_differ_an_ore_from_the_total_at_once() -> None:
    lines = [name for name in vectors.VECTORS if name.startswith("A-rad-")]

    by_line = allocation.allocate_parts(Part(given(it)["total_ore"], JAMTLAND) for it in lines)
    at_once = worked("A-kommunandel")

    assert (by_line[BRACKE], by_line[ARE]) == (2829657, 4904566)
    assert (at_once[BRACKE], at_once[ARE]) == (2829658, 4904565)
    assert {it for it in by_line if by_line[it] != at_once[it]} == {BRACKE, ARE}
    assert sum(by_line.values()) == sum(at_once.values())


def test_a_tie_goes_to_the_lowest_code_whatever_stands_first() -> None:
    assert allocation.allocate(10, {"0003": 1, "0001": 1, "0002": 1}) == {
        "0001": 4, "0002": 3, "0003": 3,
    }  # fmt: skip


def test_the_shares_stand_by_ascending_code() -> None:
    assert list(allocation.allocate(10, {"2380": 1, "REGION": 1, "2303": 1})) == [
        "2303", "2380", "REGION",
    ]  # fmt: skip


def test_a_credit_mirrors_its_invoice() -> None:
    assert allocation.allocate(-10, {"0001": 1, "0002": 1, "0003": 1}) == {
        "0001": -4, "0002": -3, "0003": -3,
    }  # fmt: skip


def test_a_party_without_weight_gets_nothing_and_never_the_odd_ore() -> None:
    assert allocation.allocate(1, {"0001": 0, "0002": 1, "0003": 1}) == {
        "0001": 0, "0002": 1, "0003": 0,
    }  # fmt: skip


def test_an_ore_more_may_give_a_party_an_ore_less() -> None:
    before = allocation.allocate(13, JAMTLAND)
    after = allocation.allocate(14, JAMTLAND)

    assert (before["2303"], after["2303"]) == (1, 0)


def test_a_share_says_why_it_is_what_it_is() -> None:
    ragunda, *_, ostersund = allocation.explain(Part(14, JAMTLAND))

    assert (ragunda.party, ragunda.weight) == ("2303", 5444)
    assert ragunda.quota_ore == Fraction(14 * 5444, 129806)
    assert (ragunda.share_ore, ragunda.has_odd_ore) == (0, False)
    assert (ostersund.share_ore, ostersund.has_odd_ore) == (7, True)


def test_a_quota_without_a_remainder_has_no_odd_ore() -> None:
    shares = allocation.explain(Part(-8, {"0001": 1, "0002": 3}))

    assert [(it.share_ore, it.has_odd_ore) for it in shares] == [(-2, False), (-6, False)]


def test_the_last_piece_takes_the_rest() -> None:
    thirds = [Fraction(1, 3), Fraction(1, 3)]

    assert allocation.split(100, thirds) == (33, 33, 34)
    assert allocation.split(-100, thirds) == (-33, -33, -34)
    assert allocation.split(100, []) == (100,)


def test_a_half_goes_away_from_zero() -> None:
    halves = [Fraction(5, 2), Fraction(-5, 2), Fraction(12, 5), Fraction(0)]

    assert [allocation.half_up(it) for it in halves] == [3, -3, 2, 0]


@pytest.mark.parametrize(
    ("total", "weights", "advice"),
    [
        (100, {}, "inget att fördela efter"),
        (100, {"0001": 0}, "inget att fördela efter"),
        (100, {"0001": -1, "0002": 2}, "0001 är negativt .* Ange ett tal från 0"),
        (100, {"0001": 0.5}, "0001 är inget exakt tal. Ange ett heltal eller ett bråk"),
        (100.0, {"0001": 1}, "inte hela ören. Ange det i hela ören"),
    ],
)
def test_what_cannot_be_split_is_refused_with_advice(
    total: int, weights: dict[str, int], advice: str
) -> None:
    with pytest.raises(CannotAllocate, match=advice):
        allocation.allocate(total, weights)


@pytest.mark.parametrize("fractions", [[Fraction(2, 3), Fraction(1, 2)], [Fraction(-1, 3)]])
def test_pieces_that_are_more_than_the_whole_are_refused(fractions: list[Fraction]) -> None:
    with pytest.raises(CannotAllocate, match="högst 1"):
        allocation.split(100, fractions)
