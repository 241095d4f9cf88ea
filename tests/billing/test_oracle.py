"""Another implementation, of other people, agrees on 20 000 random cases.

`apportionment` hands out seats by the same rule on exact fractions. It breaks ties by the order of
its list, so a tied case is held against the rule itself, written as slowly as it reads.
"""

from fractions import Fraction
from random import Random

from apportionment import methods
from hypothesis import given
from hypothesis import strategies as st

from billing import allocation

CASES = 20_000


def by_apportionment(total: int, weights: dict[str, int]) -> dict[str, int] | None:
    """Return the oracle's shares, or None for a tie."""
    try:
        seats = methods.compute(
            "hamilton", list(weights.values()), total, fractions=True, tiesallowed=False
        )
    except methods.TiesException:
        return None
    return dict(zip(weights, seats, strict=True))


def by_the_rule(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Give an öre at a time to the party that lacks most of its quota, the lowest code first."""
    quotas = {it: Fraction(total * weight, sum(weights.values())) for it, weight in weights.items()}
    shares = {it: int(quota) for it, quota in quotas.items()}
    while sum(shares.values()) < total:
        most = max(quotas[it] - shares[it] for it in shares)
        shares[min(it for it in shares if quotas[it] - shares[it] == most)] += 1
    return shares


def test_an_independent_implementation_agrees_on_random_cases() -> None:
    random = Random(565_000)
    tied = 0
    for _ in range(CASES):
        most = random.choice((5, 100, 70_000))
        weights = {f"{it:04}": random.randint(1, most) for it in range(random.randint(1, 9))}
        total = random.choice((random.randint(1, 50), random.randint(1, 10**9)))
        expected = by_apportionment(total, weights)
        tied += expected is None

        assert allocation.allocate(total, weights) == (expected or by_the_rule(total, weights))

    assert 0 < tied < CASES / 5


@given(
    st.integers(0, 10_000),
    st.dictionaries(st.integers(0, 99).map("{:04}".format), st.integers(1, 12), min_size=1),
)
def test_the_rule_written_slowly_agrees_where_many_are_tied(
    total: int, weights: dict[str, int]
) -> None:
    assert allocation.allocate(total, weights) == by_the_rule(total, weights)
