"""Sign-ins that something disturbs (A1): each kind once, or as many as SAMPLAN_SIGN_INS says."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict

import disturbed
import pytest
from disturbed import KINDS, Outcome
from live import ROOT, Product
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(900)]
SEED = 612
WANTED = int(os.environ.get("SAMPLAN_SIGN_INS", "0")) or len(KINDS)
FILE = ROOT / ".samplan" / "sign_ins.json"


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[Outcome]]:
    """Keep what each one took; at the end it is written down."""
    outcomes: list[Outcome] = []
    yield outcomes
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([asdict(it) for it in outcomes], ensure_ascii=False, indent=1))


@pytest.mark.parametrize(
    ("number", "kind"), list(enumerate(disturbed.plan(WANTED, seed=SEED))), ids=str
)
def test_a_disturbed_sign_in_needs_at_most_one_press_more(
    number: int, kind: str, product: Product, chromium: Browser, outcomes: list[Outcome]
) -> None:
    rng = random.Random(f"{SEED} {number}")

    outcome = disturbed.attempt(kind, product=product, chromium=chromium, rng=rng)

    outcomes.append(outcome)
    assert outcome.is_in, outcome
    assert outcome.extra <= 1, outcome


def test_there_are_as_many_kinds_as_promised() -> None:
    assert len(KINDS) >= 24
