"""The same rules held against vectors that others made, where they are at hand.

`SAMPLAN_VECTORS` names the folder with test_vectors_betalningsansvar.json. Our own vectors in
test_liability.py cover the same ground without it.
"""

import json
import os
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from care.law import history, liability
from care.law.calendar import STOCKHOLM
from care.law.discharge import Act
from care.law.history import Fact
from care.law.terms import STATUTORY

BESIDE = Path(__file__).parents[4] / "shared" / "data"
FILE = Path(os.environ.get("SAMPLAN_VECTORS", BESIDE)) / "test_vectors_betalningsansvar.json"
RATES = {2019: 780_000, 2022: 930_000}
BLOCKS: dict[str, dict[str, object]] = {
    "P5": {"needs": ["social_services", "outpatient_care"]},
    "P6": {"status": "not_available", "is_cause": True},
}

pytestmark = pytest.mark.skipif(
    not FILE.exists(),
    reason=f"SKIPPED: {FILE} is not here; set SAMPLAN_VECTORS to the folder that holds it",
)


def vectors(letter: str) -> list[dict[str, object]]:
    """Return the vectors whose id begins with a letter."""
    if not FILE.exists():
        return []
    return [row for row in json.loads(FILE.read_text("utf-8")) if row["id"].startswith(letter)]


@pytest.mark.parametrize("vector", vectors("P"), ids=lambda vector: vector["id"])
def test_an_outside_vector_of_the_act_comes_out_the_same(vector: dict[str, object]) -> None:
    sent_at = datetime.fromisoformat(str(vector["sent"])).replace(tzinfo=STOCKHOLM)
    home = datetime.fromisoformat(f"{vector['discharge']}T10:00").replace(tzinfo=STOCKHOLM)
    body = BLOCKS.get(str(vector["id"]), {})
    facts = [
        Fact(Act.NOTIFY_ADMISSION, sent_at, {"liable_municipality": "2309", **body}),
        Fact(Act.STATE_AVAILABILITY, sent_at, {"status": "available", **body}),
        Fact(Act.NOTIFY_READY, sent_at),
        Fact(Act.RECORD_DISCHARGE, home),
    ]
    (period,) = history.ready_periods(facts)

    assessment = liability.assess(period, facts, STATUTORY, day_rates_ore=RATES, at=home)

    expected_from, expected_sek = vector["liability_from"], vector["amount_kr"]
    assert assessment.liable_from == (
        None if expected_from is None else date.fromisoformat(str(expected_from))
    )
    assert len(assessment.days) == vector["billable_days"]
    assert assessment.amount_ore == (None if expected_sek is None else int(str(expected_sek)) * 100)


@pytest.mark.parametrize("vector", vectors("M"), ids=lambda vector: vector["id"])
def test_an_outside_vector_of_the_mean_comes_out_the_same(vector: dict[str, object]) -> None:
    days = vector["days_per_patient"]
    assert isinstance(days, list)

    settled = liability.mean_settlement(days, Fraction(str(vector["threshold"])))

    assert settled.mean == Fraction(str(vector["mean"]))
    assert settled.is_liable == vector["liable"]
    assert settled.by_mean == Fraction(str(vector["excess_days_if_settled_on_mean"]))
