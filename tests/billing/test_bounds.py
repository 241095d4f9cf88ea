"""Nobody pays more than its cap or less than its floor, and nothing is lost on the way."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from billing import bounds
from billing.allocation import Bearer, CannotAllocate
from billing.bounds import Bounds
from tests.billing.vectors import JAMTLAND, given, worked

HOST = "VÄRD"
PARTIES = st.dictionaries(
    st.integers(0, 99).map("{:04d}".format),
    st.tuples(
        st.integers(0, 1_000), st.integers(0, 500), st.one_of(st.none(), st.integers(0, 3_000))
    ),
    min_size=1,
    max_size=8,
).filter(lambda it: any(weight for weight, _, _ in it.values()))


@pytest.mark.parametrize(
    ("name", "excess"),
    [("G-tak-omfördela", Bearer.OTHERS), ("G-tak-värd", Bearer.HOST)],
)
def test_worked_caps_come_out_to_the_ore(name: str, excess: Bearer) -> None:
    caps = bounds.per_inhabitant(500, JAMTLAND)

    shares = bounds.allocate(
        56_500_000, given(name)["weights"], Bounds(caps_ore=caps), excess=excess, host=HOST
    )

    assert caps == given(name)["cap_ore"]
    assert shares == worked(name)


def test_what_nobody_can_take_goes_to_the_host() -> None:
    caps = Bounds(caps_ore={"0001": 10, "0002": 20})

    shares = bounds.allocate(100, {"0001": 1, "0002": 1}, caps, excess=Bearer.OTHERS, host=HOST)

    assert shares == {"0001": 10, "0002": 20, HOST: 70}


def test_a_floor_lifts_one_and_lightens_the_others() -> None:
    floors = Bounds(floors_ore={"0001": 40})

    shares = bounds.allocate(
        100, {"0001": 1, "0002": 4, "0003": 5}, floors, excess=Bearer.OTHERS, host=HOST
    )

    assert shares == {"0001": 40, "0002": 27, "0003": 33}


def test_a_floor_may_lighten_the_host_instead() -> None:
    floors = Bounds(floors_ore={"0001": 40})

    shares = bounds.allocate(100, {"0001": 1, "0002": 9}, floors, excess=Bearer.HOST, host=HOST)

    assert shares == {"0001": 40, "0002": 90, HOST: -30}


def test_a_cap_that_only_a_floor_had_broken_does_not_bind() -> None:
    # At first 0002 gets 60 and is over its cap of 55, but then the floor takes 30 from it.
    both = Bounds(caps_ore={"0002": 55}, floors_ore={"0001": 60})

    shares = bounds.allocate(
        100, {"0001": 20, "0002": 60, "0003": 20}, both, excess=Bearer.OTHERS, host=HOST
    )

    assert shares == {"0001": 60, "0002": 30, "0003": 10}


def test_who_weighs_nothing_pays_its_floor() -> None:
    shares = bounds.allocate(
        100, {"0001": 0, "0002": 1}, Bounds(floors_ore={"0001": 5}), excess=Bearer.OTHERS, host=HOST
    )

    assert shares == {"0001": 5, "0002": 95}


def test_a_bound_per_inhabitant_is_in_whole_ore_and_a_half_goes_up() -> None:
    assert bounds.per_inhabitant(Fraction(1, 2), {"0001": 5, "0002": 4}) == {"0001": 3, "0002": 2}


@pytest.mark.parametrize(
    ("which", "advice"),
    [
        (Bounds(caps_ore={"0009": 1}), "satt för 0009, som inte delar kostnaden"),
        (Bounds(caps_ore={"0001": 1}, floors_ore={"0001": 2}), "Golvet för 0001 är högre"),
        (Bounds(caps_ore={"0001": -1}), "negativt"),
        (Bounds(floors_ore={"0001": -1}), "negativt"),
        (Bounds(floors_ore={"0001": 60, "0002": 41}), "tillsammans 101 öre, mer än beloppet 100"),
    ],
)
def test_bounds_that_cannot_be_kept_are_refused_with_advice(which: Bounds, advice: str) -> None:
    for excess in Bearer:
        with pytest.raises(CannotAllocate, match=advice):
            bounds.allocate(100, {"0001": 1, "0002": 1}, which, excess=excess, host=HOST)


def test_bounds_without_anything_to_split_by_are_refused() -> None:
    with pytest.raises(CannotAllocate, match="inget att fördela efter"):
        bounds.allocate(100, {"0001": 0}, Bounds(), excess=Bearer.OTHERS, host=HOST)


@each(PARTIES, st.integers(0, 10_000), st.sampled_from(Bearer))
def test_bounds_are_kept_and_the_sum_is_the_total(
    parties: Mapping[str, tuple[int, int, int | None]], extra: int, excess: Bearer
) -> None:
    weights, which, total = _of(parties, extra)

    shares = bounds.allocate(total, weights, which, excess=excess, host=HOST)

    assert sum(shares.values()) == total
    for party in weights:
        least = which.floors_ore[party]
        assert least <= shares[party] <= which.caps_ore.get(party, max(total, least))
    mirrored = bounds.allocate(-total, weights, which, excess=excess, host=HOST)
    assert mirrored == {party: -share for party, share in shares.items()}


@each(PARTIES, st.integers(0, 10_000))
def test_who_is_not_at_a_bound_pays_by_weight_and_a_bound_binds_for_a_reason(
    parties: Mapping[str, tuple[int, int, int | None]], extra: int
) -> None:
    weights, which, total = _of(parties, extra)

    shares = bounds.allocate(total, weights, which, excess=Bearer.OTHERS, host=HOST)

    free = {
        it
        for it in weights
        if which.floors_ore[it] < shares[it] < which.caps_ore.get(it, total + 1)
    }
    if not free:
        return
    price = Fraction(sum(shares[it] for it in free), sum(weights[it] for it in free))
    for party, weight in weights.items():
        if party in free:
            assert abs(shares[party] - price * weight) < len(weights)
        elif shares[party] == which.caps_ore.get(party):
            assert (
                price * weight > shares[party] - len(weights)
                or shares[party] == which.floors_ore[party]
            )
        else:
            assert price * weight < shares[party] + len(weights)


def _of(
    parties: Mapping[str, tuple[int, int, int | None]], extra: int
) -> tuple[dict[str, int], Bounds, int]:
    """Return weights, bounds that can be kept, and a total that is enough for the floors."""
    floors = {party: floor for party, (_, floor, _) in parties.items()}
    caps = {
        party: floors[party] + room for party, (_, _, room) in parties.items() if room is not None
    }
    weights = {party: weight for party, (weight, _, _) in parties.items()}
    return weights, Bounds(caps_ore=caps, floors_ore=floors), sum(floors.values()) + extra
