"""What holds for every amount and every set of parties."""

import json
from collections.abc import Mapping
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from billing import allocation
from billing.allocation import Part, Shares

TOTALS = st.integers(-(10**15), 10**15)
WEIGHTS = st.dictionaries(
    st.integers(0, 9999).map("{:04d}".format),
    st.one_of(st.integers(0, 10**7), st.fractions(0, 1000, max_denominator=366)),
    min_size=1,
    max_size=12,
).filter(lambda it: any(it.values()))


def as_bytes(shares: Shares) -> bytes:
    return json.dumps(shares).encode()


@given(TOTALS, WEIGHTS)
def test_the_shares_sum_to_the_total(total: int, weights: Mapping[str, int]) -> None:
    assert sum(allocation.allocate(total, weights).values()) == total


@given(TOTALS, WEIGHTS)
def test_no_share_is_a_whole_ore_from_its_quota(total: int, weights: Mapping[str, int]) -> None:
    for share in allocation.explain(Part(total, weights)):
        assert abs(share.share_ore - share.quota_ore) < 1
        assert share.weight or share.share_ore == 0


@given(TOTALS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parties_changes_no_byte_of_the_answer(
    total: int, weights: Mapping[str, int], random: Random
) -> None:
    shuffled = list(weights.items())
    random.shuffle(shuffled)

    answer = as_bytes(allocation.allocate(total, dict(shuffled)))
    assert answer == as_bytes(allocation.allocate(total, weights))


@given(TOTALS, WEIGHTS, st.fractions(Fraction(1, 1000), 1000, max_denominator=1000))
def test_weights_that_are_all_scaled_alike_give_the_same(
    total: int, weights: Mapping[str, int], scale: Fraction
) -> None:
    scaled = {party: weight * scale for party, weight in weights.items()}

    assert allocation.allocate(total, scaled) == allocation.allocate(total, weights)


@given(TOTALS, WEIGHTS)
def test_equal_weights_differ_by_an_ore_at_most(total: int, weights: Mapping[str, int]) -> None:
    shares = allocation.allocate(total, dict.fromkeys(weights, 7)).values()

    assert max(shares) - min(shares) <= 1


@given(TOTALS, WEIGHTS)
def test_a_credit_and_its_invoice_are_nothing_together(
    total: int, weights: Mapping[str, int]
) -> None:
    both = allocation.add(allocation.allocate(total, weights), allocation.allocate(-total, weights))

    assert not any(both.values())
