"""What if: a table by two to four models side by side. Nothing is kept, and no decision changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from billing import allocation, methods, runs
from billing.allocation import CannotAllocate
from billing.methods import Parameters
from billing.runs import Question
from billing.table import REGION

LEAST_MODELS, MOST_MODELS = 2, 4
TRANSITION = ("from", "step", "steps")
MIXED = re.compile(r"mixed:([1-9][0-9]?)")
CHOICES = "population (folkmängd), equal (lika delar) eller mixed:30 (30 % lika, resten folkmängd)"


@dataclass(frozen=True)
class Model:
    """Modell: a method with its parameters, and the name by which it is asked for."""

    name: str
    label_sv: str
    method_id: str
    parameters: Parameters


# No model in the place of what each row says.
OWN = Model("own", "Som raderna säger", "", {})


@dataclass(frozen=True)
class Outcome:
    """Utfall av en modell: what each party pays, per inhabitant, and against the first model."""

    model: Model
    shares_ore: Mapping[str, int]
    per_inhabitant_ore: Mapping[str, int]
    difference_ore: Mapping[str, int]


def model(name: str) -> Model:
    """Return the model of a name: population, equal, or mixed:30.

    :raises CannotAllocate: if there is none of that name
    """
    if name in {"population", "equal"}:
        method = methods.METHODS[f"{name}@1"]
        return Model(name, method.label_sv, method.id, {})
    mixed = MIXED.fullmatch(name)
    if mixed is None:
        raise CannotAllocate(f"Modellen kan inte vara ”{name}”. Ange {CHOICES}.")
    parts = [
        {"share": f"{mixed[1]}/100", "method": "equal@1"},
        {"share": methods.REST, "method": "population@1"},
    ]
    label = f"{mixed[1]} % lika delar, resten efter folkmängd"
    return Model(name, label, "mixed@1", {"parts": parts})


def models(names: Sequence[str], *, with_own: bool = False) -> tuple[Model, ...]:
    """Return two to four models by their names.

    :param with_own: whether "own" is one of them: each row as it says itself
    :raises CannotAllocate: if they are fewer, more, or one stands twice
    """
    if not LEAST_MODELS <= len(set(names)) == len(names) <= MOST_MODELS:
        raise CannotAllocate("Välj två till fyra olika modeller.")
    return tuple(OWN if with_own and name == OWN.name else model(name) for name in names)


def by(question: Question, chosen: Model) -> Question:
    """Return what is asked, with every line shared by one model; by `OWN` it is what it was.

    Caps and floors stay; a transition is from one method to another, and goes with them.
    """
    if chosen is OWN:
        return question
    lines = [
        replace(
            it,
            method_id=chosen.method_id,
            parameters=chosen.parameters,
            rule={key: value for key, value in it.rule.items() if key not in TRANSITION},
        )
        for it in question.lines
    ]
    return replace(question, lines=lines)


def without(question: Question, codes: Sequence[str]) -> Question:
    """Return what is asked, when some municipalities do not take part: the others pay it all."""
    names = {code: name for code, name in question.names.items() if code not in codes}
    return replace(question, names=names)


def simulate(question: Question, chosen: Sequence[Model]) -> tuple[Outcome, ...]:
    """Return the outcome of each model; differences are against the first.

    :raises CannotAllocate: if a line cannot be split
    """
    outcomes = [runs.record(by(question, it)) for it in chosen]
    first = outcomes[0]["result"]["shares_ore"]
    return tuple(
        Outcome(
            chosen_model,
            shares,
            per_inhabitant(shares, made["asked"]["population"]["inhabitants"]),
            {party: share - first[party] for party, share in shares.items()},
        )
        for chosen_model, made in zip(chosen, outcomes, strict=True)
        for shares in (made["result"]["shares_ore"],)
    )


def per_inhabitant(shares: Mapping[str, int], inhabitants: Mapping[str, int]) -> dict[str, int]:
    """Return öre per inhabitant, a half up; the region's are everybody's and left out."""
    return {
        party: allocation.half_up(Fraction(shares[party], inhabitants[party]))
        for party in shares
        if party != REGION and inhabitants[party]
    }
