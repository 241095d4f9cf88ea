"""Funding rules: how the parties have agreed that a line is paid, beyond the method that splits it.

A rule is plain JSON, so that it can be stored and hashed as it was agreed, and each of its keys may
be left out. Fractions are text. They apply in this order, and each leaves whole öre:

1. `region_share`: what the region pays of the line, before the municipalities share the rest
2. `index`: the amounts follow an index from the prices of a base year (billing.indexation)
3. `from`, `step`, `steps`: the weights are on their way from an older method (billing.transition)
4. `gap` "others": weights count as many days as a party takes part (billing.membership)
5. `cap_ore`, `floor_ore` per inhabitant, `excess`: the most and the least (billing.bounds)
6. `gap` "host": a party pays its days of its share, and the host what is left

A bound holds for the whole period. Where the others bear a gap it shrinks with the days on which a
party takes part: else a newcomer would have the room of a whole period for a few weeks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from billing import allocation, bounds, indexation, membership, methods, transition
from billing.allocation import Bearer, CannotAllocate, Part, Shares
from billing.bounds import Bounds
from billing.indexation import IndexClause
from billing.methods import Basis

Rule = Mapping[str, Any]
NO_RULE: Rule = {}


class Why(StrEnum):
    """Varför en andel blev som den blev: split, moved to a bound, or paid for some of the days."""

    SPLIT = "split"
    BOUNDS = "bounds"
    DAYS = "days"


@dataclass(frozen=True)
class Membership:
    """Deltagande: on how many of the period's days each party takes part, and who is the host."""

    days: Mapping[str, int]
    period_days: int
    host: str

    @property
    def is_whole(self) -> bool:
        """Tell whether every party takes part all the time."""
        return all(days == self.period_days for days in self.days.values())


@dataclass(frozen=True)
class Funding:
    """Finansiering av en rad: the parts that are split, and the shares after each rule."""

    parts: tuple[Part, ...]
    steps: tuple[tuple[Why, Shares], ...]

    @property
    def shares_ore(self) -> Shares:
        """Return what each party pays, and the host what it bears for others."""
        return self.steps[-1][1]


def counted_for(method_id: str, parameters: methods.Parameters, rule: Rule) -> frozenset[str]:
    """Return what must have been counted and handed in for a line (`billing.counts.What`)."""
    old = rule.get("from")
    before = methods.counted_for(old["method"], old["parameters"]) if old else frozenset()
    return methods.counted_for(method_id, parameters) | before


def amounts(written_ore: Sequence[int], rule: Rule) -> tuple[int, int]:
    """Return what the region and the municipalities pay of a line, from what is written of it.

    :raises CannotAllocate: if the region's share cannot be, or a value of the index is missing
    """
    pieces = list(written_ore)
    if "region_share" in rule:
        pieces = list(allocation.split(sum(pieces), [Fraction(rule["region_share"])]))
    if "index" in rule:
        pieces = [_indexed(piece, rule["index"]) for piece in pieces]
    return pieces[0], pieces[1]


def fund(
    method_id: str,
    total_ore: int,
    basis: Basis,
    parameters: methods.Parameters,
    *,
    rule: Rule,
    members: Membership,
) -> Funding:
    """Return how the municipalities pay an amount by a method and a rule; its sum is the amount.

    :raises CannotAllocate: if method, rule or days do not suit the basis
    """
    parts = _on_their_way(
        methods.parts_of(method_id, total_ore, basis, parameters), total_ore, basis, rule
    )
    gap = Bearer(rule.get("gap", Bearer.OTHERS))
    # What is set by hand is what each one pays, whatever the days.
    is_partial = not members.is_whole and method_id != methods.BY_HAND
    shrinks = gap is Bearer.OTHERS and is_partial
    if shrinks:
        parts = tuple(_by_days(part, members) for part in parts)
    steps = [(Why.SPLIT, allocation.allocate_parts(parts))]
    if "cap_ore" in rule or "floor_ore" in rule:
        limits = _limits(rule, basis, members if shrinks else None)
        steps.append((Why.BOUNDS, _bounded(total_ore, parts, limits, rule, members.host)))
    if gap is Bearer.HOST and is_partial:
        steps.append((Why.DAYS, _for_their_days(steps[-1][1], members)))
    return Funding(parts, tuple(steps))


def _indexed(amount_ore: int, clause: Mapping[str, Any]) -> int:
    return indexation.indexed(
        amount_ore,
        {int(year): Fraction(value) for year, value in clause["values"].items()},
        IndexClause(
            base_year=clause["base_year"],
            lag_years=clause["lag_years"],
            cap=Fraction(clause["cap"]) if clause.get("cap") else None,
            rounding_ore=clause.get("rounding_ore", 1),
        ),
        year=clause["year"],
    )


def _on_their_way(
    parts: tuple[Part, ...], total_ore: int, basis: Basis, rule: Rule
) -> tuple[Part, ...]:
    if "from" not in rule or rule["step"] >= rule["steps"] or not total_ore:
        return parts
    old = methods.parts_of(rule["from"]["method"], total_ore, basis, rule["from"]["parameters"])
    weights = transition.weights(_exact(old), _exact(parts), step=rule["step"], steps=rule["steps"])
    return (Part(total_ore, weights),)


def _exact(parts: Sequence[Part]) -> dict[str, Fraction]:
    """Return what each party weighs for in all parts: the exact quotas, without a sign."""
    sums: dict[str, Fraction] = {}
    for part in parts:
        for party, quota in allocation.quotas(part).items():
            sums[party] = sums.get(party, Fraction(0)) + abs(quota)
    return sums


def _by_days(part: Part, members: Membership) -> Part:
    return Part(part.total_ore, {it: ore * members.days[it] for it, ore in part.weights.items()})


def _limits(rule: Rule, basis: Basis, members: Membership | None) -> Bounds:
    found: dict[str, dict[str, int]] = {}
    for name in ("cap_ore", "floor_ore"):
        if name not in rule:
            found[name] = {}
            continue
        each = Fraction(rule[name])
        found[name] = {
            party: allocation.half_up(
                each
                * inhabitants
                * (Fraction(members.days[party], members.period_days) if members else 1)
            )
            for party, inhabitants in basis.of("population").items()
        }
    return Bounds(caps_ore=found["cap_ore"], floors_ore=found["floor_ore"])


def _bounded(
    total_ore: int, parts: Sequence[Part], limits: Bounds, rule: Rule, host: str
) -> Shares:
    # An amount in several parts has one weight for each party there: its exact part of them all.
    weights = parts[0].weights if len(parts) == 1 else _exact(parts)
    excess = Bearer(rule.get("excess", Bearer.OTHERS))
    return bounds.allocate(total_ore, weights, limits, excess=excess, host=host)


def _for_their_days(full: Shares, members: Membership) -> Shares:
    whole = dict.fromkeys(full, members.period_days) | dict(members.days)
    parts = [Part(share, {party: 1}) for party, share in full.items()]
    return membership.allocate(
        parts,
        active_days=whole,
        period_days=members.period_days,
        gap=Bearer.HOST,
        host=members.host,
    )


def refuse_unfit(rule: Rule) -> None:
    """Refuse a rule that could not be kept; what depends on a year is found out in its run.

    :raises CannotAllocate: with what to do
    """
    if "region_share" in rule and not 0 <= Fraction(rule["region_share"]) <= 1:
        raise CannotAllocate("Regionens andel är mer än hela raden. Ange 0 till 100 procent.")
    floor, cap = (Fraction(rule.get(name, 0)) for name in ("floor_ore", "cap_ore"))
    if "cap_ore" in rule and floor > cap:
        raise CannotAllocate("Golvet är högre än taket. Sänk golvet eller höj taket.")
    if "from" in rule and rule["steps"] < 1:
        raise CannotAllocate("Övergången har inga steg. Ange på hur många år den sker.")
