"""Splitting costs: a whole country for a year, and what if, beside the bare arithmetic."""

import hashlib
import time
from collections.abc import Callable
from datetime import date
from random import Random
from statistics import median

from databases import Databases
from results import Result

from billing import simulation, table
from billing.methods import Basis
from billing.periods import Period
from billing.population import Population, Snapshot
from billing.runs import Funded, Question
from billing.table import CostLine

ROUNDS = 5
COUNTRY, LINES, MONTHS = 290, 100, 12
COUNTY, BUDGET, MODELS = 49, 30, ("population", "equal", "mixed:30", "mixed:50")


def allocation(databases: Databases) -> list[Result]:
    """Measure 290 municipalities, 100 lines and 12 months, exact to the öre."""
    people, lines = _people(COUNTRY), _lines(LINES)
    basis = Basis(parties=tuple(people), population=people)

    def year() -> None:
        for _ in range(MONTHS):
            table.allocate(lines, "population@1", basis)

    def bare() -> None:
        whole = sum(people.values())
        for _ in range(MONTHS):
            for line in lines:
                [divmod(line.municipalities_ore * weight, whole) for weight in people.values()]

    ours, arithmetic = _side_by_side(year, bare)
    what = f"{COUNTRY} municipalities x {LINES} lines x {MONTHS} months, exact to the öre"
    return [
        Result("allocation", f"{what}: CPU", ours, "s", 2),
        Result("allocation_bare", "the same: only the whole öre and remainders", arithmetic, "s"),
    ]


def what_if(databases: Databases) -> list[Result]:
    """Measure 49 municipalities by four models side by side, as the page asks them."""
    people, lines = _people(COUNTY), _lines(BUDGET)
    snapshot = Snapshot(
        date(2025, 11, 1), "invented", hashlib.sha256(b"").hexdigest(),
        Population(people, {code: code for code in people}, {}),
    )  # fmt: skip
    question = Question(
        title="What if",
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        lines=[Funded(it) for it in lines],
        names={code: code for code in people},
        region_name="Region",
        snapshot=snapshot,
    )
    chosen = simulation.models(MODELS)

    def bare() -> None:
        whole = sum(people.values())
        for _ in chosen:
            for line in lines:
                [divmod(line.municipalities_ore * weight, whole) for weight in people.values()]

    ours, arithmetic = _side_by_side(lambda: simulation.simulate(question, chosen), bare)
    what = f"what if: {COUNTY} municipalities x {len(chosen)} models, {BUDGET} lines"
    return [
        Result("what_if", f"{what}: CPU", ours * 1000, "ms", 200),
        Result(
            "what_if_bare", "the same: only the whole öre and remainders", arithmetic * 1000, "ms"
        ),
    ]


def _side_by_side(*acts: Callable[[], object]) -> list[float]:
    """Return the median seconds of CPU of each act, done in turn."""
    found = [[_seconds(act) for act in acts] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*found, strict=True)]


def _seconds(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before


def _people(count: int) -> dict[str, int]:
    random = Random(1)
    return {f"{number:04d}": random.randint(2_000, 980_000) for number in range(1, count + 1)}


def _lines(count: int) -> tuple[CostLine, ...]:
    random = Random(2)
    return tuple(
        CostLine(f"Rad {number}", 0, random.randint(1_000_00, 5_000_000_00), "", is_text=False)
        for number in range(count)
    )
