"""What if: an allocation by other models, or without some parties. Nothing is stored."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.fields import Line, Swedish, Values
from api.operation import Call, address, operation
from api.v1.allocations import ALLOCATION, Share, municipalities
from api.v1.costs import MUNICIPALITY, READS, ore
from billing import queries, runs, simulation
from billing.counts import Count
from billing.periods import Period
from billing.population import Population, Snapshot
from billing.runs import Funded, Kind, Question
from billing.simulation import LEAST_MODELS, MOST_MODELS
from billing.table import REGION, CostLine

MODEL = "^(own|population|equal|mixed:[1-9][0-9]?)$"
MOST_PARTIES = 300
SWEDISH = Swedish.default_error_messages


def _some(pattern: str, length: int, **more: Any) -> Any:
    """Return a field of some words of one form."""
    child = serializers.RegexField(pattern, max_length=length, error_messages=SWEDISH)
    return serializers.ListField(child=child, error_messages=SWEDISH, **more)


class Simulation(Values):
    """Vilken fördelning, efter vilka modeller, och vilka kommuner som inte är med."""

    example = {"allocation_id": ALLOCATION, "models": ["own", "mixed:30"], "without": []}

    allocation_id = serializers.UUIDField(error_messages=SWEDISH)
    models = _some(MODEL, 10, min_length=LEAST_MODELS, max_length=MOST_MODELS)
    without = _some(MUNICIPALITY, 4, max_length=MOST_PARTIES, required=False, default=list)


class SimulatedShare(Share):
    """Vad en part skulle betala, och skillnaden mot den första modellen."""

    example = {
        **Share.example, "name": "Testkommun", "per_inhabitant_ore": 10, "difference_ore": 0,
    }  # fmt: skip

    name = Line(length=100)
    per_inhabitant_ore = ore(allow_null=True)
    difference_ore = ore()


class Outcome(Values):
    """Utfall av en modell."""

    example = {
        "model": "mixed:30", "label": "30 % lika delar, resten efter folkmängd",
        "total_ore": 200001, "shares": [SimulatedShare.example],
    }  # fmt: skip

    model = Line(length=10)
    label = Line()
    total_ore = ore()
    shares = SimulatedShare(many=True)


class Simulated(Values):
    """Utfallen, i modellernas ordning. Inget är sparat."""

    example = {"outcomes": [Outcome.example]}

    outcomes = Outcome(many=True)


@operation("POST", **READS, takes=Simulation, answers=Simulated)
def simulate_allocation(request: Call, sent: dict[str, Any]) -> dict[str, Any]:
    """Räkna en fördelning efter andra modeller. Inget sparas.

    What each party would pay by two to four models: `own` (as the rows say), `population`, `equal`
    or `mixed:30` (30 % in equal parts). Nothing is stored, so no Idempotency-Key is needed.
    """
    record = queries.run(sent["allocation_id"], at=request.at).record
    _refuse_unknown(sent["without"], record)
    question = simulation.without(_question(record), sent["without"])
    chosen = simulation.models(sent["models"], with_own=True)
    names = record["asked"]["names"]
    return {"outcomes": [_outcome(it, names) for it in simulation.simulate(question, chosen)]}


def _question(record: Mapping[str, Any]) -> Question:
    """Return what an allocation was computed from, so that something else can be asked of it."""
    asked = record["asked"]
    found = asked["population"]
    names = municipalities(record)
    return Question(
        title=asked["title"],
        period=Period.of(asked["period"]),
        lines=[_funded(it) for it in asked["lines"]],
        names=names,
        region_name=asked["names"][REGION],
        snapshot=Snapshot(
            date.fromisoformat(found["on"]),
            found["source"],
            found["sha256"],
            Population(found["inhabitants"], names, {}),
        ),
        members=runs.membership(asked),
        counts={
            what: Count(date.fromisoformat(it["on"]), it["source"], it["sha256"], it["counts"])
            for what, it in asked.get("counts", {}).items()
        },
    )


def _funded(line: Mapping[str, Any]) -> Funded:
    # A rule is applied anew, to what was written before it.
    own = [line["region_ore"], line["municipalities_ore"]]
    region_ore, municipalities_ore = line.get("written_ore", own)
    is_text = line["kind"] != Kind.MONEY
    return Funded(
        CostLine(line["activity"], region_ore, municipalities_ore, line["note"], is_text),
        line["kind"],
        line["category"],
        line["method"],
        line["parameters"],
        line.get("rule", {}),
    )


def _refuse_unknown(codes: Sequence[str], record: Mapping[str, Any]) -> None:
    """Refuse a municipality that is no party: who leaves it out would read the figures wrong.

    :raises ValidationError: with who is
    """
    known = municipalities(record)
    if not set(codes) <= set(known):
        raise ValidationError({"without": [f"Välj bland: {', '.join(known)}."]})


def _outcome(of: simulation.Outcome, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "model": of.model.name,
        "label": of.model.label_sv,
        "total_ore": sum(of.shares_ore.values()),
        "shares": [
            {
                "party": code,
                "name": names[code],
                "share_ore": ore,
                "per_inhabitant_ore": of.per_inhabitant_ore.get(code),
                "difference_ore": of.difference_ore[code],
            }
            for code, ore in sorted(of.shares_ore.items())
        ],
    }


simulations = address(post=simulate_allocation)
