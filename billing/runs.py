"""A run: an allocation as a record that anybody can compute again, to the öre and to the bit.

The record is plain JSON: what was asked (lines, methods, population with the hash of its source)
and what came out (exact quotas, whole öre, who got the odd ones). Its hash is taken over the
canonical form: keys in order, no spaces, UTF-8. Nothing but the record is needed to check it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import Any

from billing import allocation, counts, funding, settlement
from billing.allocation import CannotAllocate, Part
from billing.counts import Count
from billing.files import BadFile
from billing.funding import NO_RULE, Funding, Membership, Rule
from billing.methods import BY_HAND, COUNTED, Basis, Parameters
from billing.periods import Period
from billing.population import Snapshot
from billing.settlement import Carried, Followed
from billing.table import REGION, CostLine

FORMAT = 1

Record = dict[str, Any]


class Kind(StrEnum):
    """Slag av rad. What is not known yet counts as nothing, and a page says so."""

    MONEY = "money"
    TEXT_ONLY = "text_only"
    UNKNOWN = "unknown"


class Category(StrEnum):
    """Kostnadsslag."""

    LICENCE = "licence"
    OPERATION = "operation"
    SUPPORT = "support"
    PROJECT = "project"
    TRAVEL = "travel"
    STAFF = "staff"
    OTHER = "other"


class BadRecord(Exception):
    """What should be a record is none; the message says in Swedish what to do."""


@dataclass(frozen=True)
class Funded:
    """Finansierad rad: a cost line, its kind, and the method by which municipalities share it."""

    line: CostLine
    kind: str = Kind.MONEY
    category: str = Category.OTHER
    method_id: str = "population@1"
    parameters: Parameters = field(default_factory=dict)
    rule: Rule = field(default_factory=dict)  # billing.funding


@dataclass(frozen=True)
class AgreedBy:
    """Avtalsversion: which version of the cost agreement a table is shared by, and its hash."""

    version: int
    hash: str


@dataclass(frozen=True)
class Question:
    """Underlag: the lines of a table, the parties, and the population by which they share."""

    title: str
    period: Period
    lines: Sequence[Funded]
    names: Mapping[str, str]  # of each municipality that takes part, by its code
    region_name: str
    snapshot: Snapshot
    wanted_on: str = ""  # the day that the agreement asks for, where another one stands in
    members: Membership | None = None  # None: all take part all the time
    agreement: AgreedBy | None = None  # None: no version of one is kept
    follows: Followed | None = None  # the run whose outcome is asked for
    carries: Carried | None = None  # the run whose balance is paid with this one
    counts: Mapping[str, Count] = field(default_factory=dict)  # by billing.counts.What


def record(question: Question) -> Record:
    """Return the record of an allocation: what was asked, and what comes out.

    :raises CannotAllocate: if a line cannot be split by its method
    """
    asked = _asked(question)
    return {"format": FORMAT, "asked": asked, "result": _result(asked)}


def hash_of(of: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form of a record, as hexadecimal text."""
    return sha256(canonical(of)).hexdigest()


def canonical(of: Mapping[str, Any]) -> bytes:
    """Return the one form in which a record is hashed and compared."""
    text = json.dumps(of, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def computed_again(of: Mapping[str, Any]) -> Record:
    """Return the record that its own question gives today.

    :raises BadRecord: if it is of another format, or lacks what a record has
    :raises CannotAllocate: if its question cannot be computed
    """
    if of.get("format") != FORMAT:
        raise BadRecord(
            f"Körningen har formatet {of.get('format')}, men {FORMAT} kan räknas om. Hämta den på"
            " nytt från sidan för fördelningen."
        )
    try:
        asked = of["asked"] | {"lines": [_agreed(line) for line in of["asked"]["lines"]]}
        return {"format": FORMAT, "asked": asked, "result": _result(asked)}
    except (KeyError, TypeError, AttributeError):
        raise BadRecord(
            "Körningen är inte fullständig. Hämta den på nytt från sidan för fördelningen."
        ) from None


def explanation(of: Mapping[str, Any], party: str) -> list[dict[str, Any]]:
    """Return, for each line that the municipalities share, how a party's share came about.

    A part has the amount, the party's weight and the sum of weights, the exact quota, the whole öre
    below it and whether the party got one of the odd öre. A step is a rule that came after, with
    what the party pays by it.
    """
    asked = of["asked"]
    return [
        {
            "activity": line["activity"],
            "method": line["method"],
            "parameters": line["parameters"],
            "rule": line.get("rule", NO_RULE),
            "municipalities_ore": line["municipalities_ore"],
            "share_ore": shares["shares_ore"].get(party, 0),
            "parts": [_explained(part, party) for part in funded.parts],
            "steps": [[why.value, step.get(party, 0)] for why, step in funded.steps[1:]],
        }
        for line, shares in zip(asked["lines"], of["result"]["lines"], strict=True)
        if line["municipalities_ore"]
        for funded in (_funding(line, asked),)
    ]


def at_once(of: Mapping[str, Any]) -> dict[str, int] | None:
    """Return what each municipality would pay if the sum of the lines were split once.

    None: the lines are split by several methods, by rules or by hand, so their sum is not split by
    any.
    """
    if "members" in of["asked"] or any("rule" in it for it in of["asked"]["lines"]):
        return None
    shared = [line for line in of["asked"]["lines"] if line["municipalities_ore"]]
    if any(it["method"] == BY_HAND for it in shared):
        return None
    if len({json.dumps([it["method"], it["parameters"]], sort_keys=True) for it in shared}) != 1:
        return None
    together = shared[0] | {"municipalities_ore": of["result"]["municipalities_ore"]}
    return _funding(together, of["asked"]).shares_ore


def membership(asked: Mapping[str, Any]) -> Membership:
    """Return on how many days each municipality takes part by what was asked."""
    days = Period.of(asked["period"]).days
    if "members" in asked:
        return Membership(asked["members"]["days"], days, asked["members"]["host"])
    return Membership(dict.fromkeys(asked["population"]["inhabitants"], days), days, REGION)


def _explained(part: Part, party: str) -> dict[str, Any]:
    share = next(it for it in allocation.explain(part) if it.party == party)
    return {
        "total_ore": part.total_ore,
        "weight": str(share.weight),
        "weights": str(sum(part.weights.values(), Fraction(0))),
        "quota_ore": str(share.quota_ore),
        "share_ore": share.share_ore,
        "has_odd_ore": share.has_odd_ore,
    }


def _asked(question: Question) -> Record:
    snapshot = question.snapshot
    members = question.members
    more: Record = settlement.asked(question.follows, question.carries)
    if members and not members.is_whole:
        days = {code: members.days[code] for code in sorted(question.names)}
        more["members"] = {"days": days, "host": members.host}
    if question.agreement:
        more["agreement"] = asdict(question.agreement)
    if counted := _counted(question):
        more["counts"] = counted
    return more | {
        "title": question.title,
        "period": [question.period.first_on.isoformat(), question.period.last_on.isoformat()],
        "level": "line",
        "tie_break": "ascending_code",
        "names": {REGION: question.region_name, **dict(question.names)},
        "population": {
            "on": snapshot.on.isoformat(),
            "wanted_on": question.wanted_on,
            "source": snapshot.source,
            "sha256": snapshot.sha256,
            "inhabitants": _inhabitants(question),
        },
        "lines": [_line(it) for it in question.lines],
    }


def _line(it: Funded) -> Record:
    line = {
        "activity": it.line.activity,
        "kind": it.kind,
        "category": it.category,
        "note": it.line.note,
        "region_ore": it.line.region_ore,
        "municipalities_ore": it.line.municipalities_ore,
        "method": it.method_id,
        "parameters": dict(it.parameters),
    }
    if not it.rule:
        return line
    written = [it.line.region_ore, it.line.municipalities_ore]
    return _agreed(line | {"rule": dict(it.rule), "written_ore": written})


def _agreed(line: Record) -> Record:
    """Return a line with the amounts that its rule makes of what was written."""
    if "rule" not in line:
        return line
    region_ore, municipalities_ore = funding.amounts(line["written_ore"], line["rule"])
    return line | {"region_ore": region_ore, "municipalities_ore": municipalities_ore}


def _inhabitants(question: Question) -> dict[str, int]:
    known = question.snapshot.population.inhabitants
    missing = ", ".join(name for code, name in question.names.items() if code not in known)
    if missing:
        raise CannotAllocate(
            f"Folkmängden saknas för {missing}. Välj ett underlag där alla parter finns."
        )
    return {code: known[code] for code in sorted(question.names)}


def _counted(question: Question) -> Record:
    """Return what the lines are shared by besides the population; most need nothing."""
    needed = [funding.counted_for(it.method_id, it.parameters, it.rule) for it in question.lines]
    return {what: _count(question, what) for what in sorted(frozenset().union(*needed))}


def _count(question: Question, what: str) -> Record:
    found = question.counts.get(what)
    if found is None:
        raise CannotAllocate(
            f"En rad delas efter {COUNTED[what].lower()}, men inget underlag är valt för det. Välj"
            " ett, eller läs in ett under Befolkningsunderlag."
        )
    try:
        handed_in = counts.of_everybody(what, found.counts, question.names)
    except BadFile as bad:
        raise CannotAllocate(str(bad)) from None
    return {
        "on": found.on.isoformat(),
        "source": found.source,
        "sha256": found.sha256,
        "counts": handed_in,
    }


def _result(asked: Mapping[str, Any]) -> Record:
    lines = [_line_result(line, asked) for line in asked["lines"]]
    shares = allocation.add(*(it["shares_ore"] for it in lines)) if lines else {}
    due = settlement.due(asked, shares)
    more = {} if due is None else {"due_ore": due}
    return more | {
        "lines": lines,
        "shares_ore": shares,
        "region_ore": shares.get(REGION, 0),
        "municipalities_ore": sum(shares.values()) - shares.get(REGION, 0),
        "total_ore": sum(shares.values()),
    }


def _line_result(line: Mapping[str, Any], asked: Mapping[str, Any]) -> Record:
    try:
        funded = _funding(line, asked)
    except CannotAllocate as bad:
        raise CannotAllocate(f"Raden ”{line['activity']}”: {bad}") from None
    quotas = [allocation.quotas(part) for part in funded.parts]
    return {
        "shares_ore": allocation.add(funded.shares_ore, {REGION: line["region_ore"]}),
        "quotas_ore": {
            party: str(sum((it[party] for it in quotas), Fraction(0))) for party in quotas[0]
        },
    }


def _funding(line: Mapping[str, Any], asked: Mapping[str, Any]) -> Funding:
    inhabitants = asked["population"]["inhabitants"]
    return funding.fund(
        line["method"],
        line["municipalities_ore"],
        Basis(
            parties=tuple(sorted(inhabitants)),
            population=inhabitants,
            **{what: it["counts"] for what, it in asked.get("counts", {}).items()},
        ),
        line["parameters"],
        rule=line.get("rule", NO_RULE),
        members=membership(asked),
    )
