"""Each method that parties may agree on, by its name and version."""

import pytest

from billing import allocation, methods
from billing.allocation import CannotAllocate
from billing.methods import METHODS, Basis, Parameters
from tests.billing.vectors import JAMTLAND, worked

THREE = Basis(
    parties=("0001", "0002", "0003"),
    population={"0001": 300_000, "0002": 100_000, "0003": 5_000, "0009": 1},
    users={"0001": 10, "0002": 10, "0003": 20},
    cases={"0001": 1, "0002": 1, "0003": 2},
    tax_capacity_ore={"0001": 20_000_000, "0002": 25_000_000, "0003": 30_000_000},
)
BANDS = [
    {"from": 0, "fee_ore": 1_000},
    {"from": 10_000, "fee_ore": 3_000},
    {"from": 200_000, "fee_ore": 6_000},
]
COUNTY = Basis(parties=tuple(JAMTLAND), population=JAMTLAND)


@pytest.mark.parametrize(
    ("method", "parameters", "total", "shares"),
    [
        ("population@1", {}, 405_000, (300_000, 100_000, 5_000)),
        ("equal@1", {}, 100, (34, 33, 33)),
        ("users@1", {}, 400, (100, 100, 200)),
        ("cases@1", {}, 400, (100, 100, 200)),
        (
            "fixed_shares@1",
            {"shares": {"0001": "1/2", "0002": "0.3", "0003": "1/5"}},
            1_001,
            (501, 300, 200),
        ),
        ("tiers@1", {"bands": BANDS}, 10_000, (6_000, 3_000, 1_000)),
        ("tiers@1", {"bands": BANDS}, 1_000, (600, 300, 100)),
        ("rebate@1", {"over": 200_000, "rebate": "1/10"}, 375_000, (270_000, 100_000, 5_000)),
        ("rebate@1", {"over": 300_000, "rebate": "1/10"}, 405_000, (300_000, 100_000, 5_000)),
        ("tax_base@1", {}, 8_650, (6_000, 2_500, 150)),
        (
            "manual@1",
            {"amounts_ore": {"0001": 1, "0002": 0, "0003": 9}, "reason": "Enligt § 41."},
            10,
            (1, 0, 9),
        ),
    ],
)  # fmt: skip
def test_a_method_splits_by_what_it_says(
    method: str, parameters: Parameters, total: int, shares: tuple[int, ...]
) -> None:
    assert tuple(methods.allocate(method, total, THREE, parameters).values()) == shares


def test_a_third_in_equal_shares_and_the_rest_by_population_comes_out_to_the_ore() -> None:
    parts = [
        {"share": "30/100", "method": "equal@1"},
        {"share": "rest", "method": "population@1"},
    ]

    shares = methods.allocate("mixed@1", 56_500_000, COUNTY, {"parts": parts})

    assert shares == worked("C-30-70")


def test_the_parts_of_a_mixed_method_make_up_the_amount_and_the_last_takes_the_rest() -> None:
    parts = [
        {"share": "1/3", "method": "equal@1"},
        {"share": "1/3", "method": "rebate@1", "parameters": {"over": 0, "rebate": "1/2"}},
        {"share": "rest", "method": "users@1"},
    ]

    found = methods.parts_of("mixed@1", -100, THREE, {"parts": parts})

    assert [it.total_ore for it in found] == [-33, -33, -34]


def test_who_is_no_party_gets_nothing_though_it_is_counted() -> None:
    assert set(methods.allocate("population@1", 100, THREE)) == set(THREE.parties)


def test_amounts_by_hand_can_be_taken_back() -> None:
    by_hand = {"amounts_ore": {"0001": 1, "0002": 0, "0003": 9}, "reason": "Enligt § 41."}

    assert methods.allocate("manual@1", -10, THREE, by_hand) == {"0001": -1, "0002": 0, "0003": -9}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_nothing_to_pay_is_nothing_for_everybody(method: str) -> None:
    parameters: dict[str, Parameters] = {
        "fixed_shares@1": {"shares": {"0001": 1, "0002": 0, "0003": 0}},
        "tiers@1": {"bands": BANDS},
        "rebate@1": {"over": 200_000, "rebate": "1/10"},
        "manual@1": {"amounts_ore": dict.fromkeys(THREE.parties, 0), "reason": "Enligt § 41."},
        "mixed@1": {"parts": [{"share": "rest", "method": "equal@1"}]},
    }

    shares = methods.allocate(method, 0, THREE, parameters.get(method, {}))

    assert shares == dict.fromkeys(THREE.parties, 0)


def test_a_method_is_named_by_its_name_and_version() -> None:
    assert all(key == f"{it.name}@{it.version}" for key, it in METHODS.items())


SHARES = {"0001": "1/2", "0002": "1/4"}
BY_HAND = {"0001": 5, "0002": 3, "0003": 2}


@pytest.mark.parametrize(
    ("method", "parameters", "advice"),
    [
        ("inhabitants@1", {}, "finns inte. Välj en av cases@1, equal@1"),
        ("population@2", {}, "finns inte"),
        ("equal@1", {"shares": {}}, "fick parametrarna shares. Ange inga"),
        ("rebate@1", {"over": 1}, "Ange over, rebate"),
        ("fixed_shares@1", {"shares": SHARES}, "se över 0003"),
        ("fixed_shares@1", {"shares": SHARES | {"0003": "1/8"}}, "87,5 procent. De ska vara 100"),
        ("fixed_shares@1", {"shares": SHARES | {"0003": 0.25}}, "0.25. Ange ett bråk"),
        ("fixed_shares@1", {"shares": SHARES | {"0003": "1/0"}}, "Ange ett bråk"),
        ("fixed_shares@1", {"shares": SHARES | {"0003": "-1/4"}}, "Ange ett bråk"),
        ("fixed_shares@1", {"shares": "lika"}, "Ange namn med värden"),
        ("tiers@1", {"bands": []}, "lista med minst en del"),
        ("tiers@1", {"bands": [{"from": 0}]}, "fee_ore saknas i bands"),
        ("tiers@1", {"bands": [{"from": 9_000, "fee_ore": 1}]}, "0003 har 5000 .* steg från 0"),
        ("tiers@1", {"bands": [{"from": 0, "fee_ore": 1.5}]}, "Ange ett heltal från 0"),
        ("tiers@1", {"bands": [BANDS[0], BANDS[0]]}, "Två steg i bands börjar lika"),
        ("rebate@1", {"over": 1, "rebate": "3/2"}, "från 0 till 1"),
        ("manual@1", {"amounts_ore": BY_HAND, "reason": " "}, "Skriv varför"),
        (
            "manual@1",
            {"amounts_ore": BY_HAND | {"0003": 1}, "reason": "x"},
            "0,09 kr och ska .* 0,10",
        ),
        ("manual@1", {"amounts_ore": BY_HAND | {"0004": 1}, "reason": "x"}, "se över 0004"),
        ("mixed@1", {"parts": [{"share": "1/2", "method": "equal@1"}]}, "andelen ”rest”"),
        (
            "mixed@1",
            {
                "parts": [
                    {"share": "3/2", "method": "equal@1"},
                    {"share": "rest", "method": "equal@1"},
                ]
            },
            "högst 1",
        ),
        ("mixed@1", {"parts": [{"share": "rest", "method": "x"}]}, "finns inte"),
    ],
)
def test_what_a_method_cannot_do_is_refused_with_advice(
    method: str, parameters: Parameters, advice: str
) -> None:
    with pytest.raises(CannotAllocate, match=advice):
        methods.allocate(method, 10, THREE, parameters)


@pytest.mark.parametrize(
    ("method", "counted"),
    [
        ("population@1", "Folkmängd"), ("users@1", "Antal användare"), ("cases@1", "Antal ärenden"),
        ("tax_base@1", "Skattekraft"),
    ],
)  # fmt: skip
def test_a_party_that_nobody_has_counted_is_named(method: str, counted: str) -> None:
    with pytest.raises(CannotAllocate, match=f"{counted} saknas för 0001, 0002. Lägg till"):
        methods.allocate(method, 10, Basis(parties=("0001", "0002")))


def test_the_parts_carry_the_weights_that_explain_the_shares() -> None:
    (part,) = methods.parts_of("tax_base@1", 8_650, THREE)

    assert [it.share_ore for it in allocation.explain(part)] == [6_000, 2_500, 150]
