"""The joint board's books in words: kinds, methods, states, amounts, days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.dateformat import format as written
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import agreement, allocation, amounts, methods, runs, simulation
from billing.allocation import Bearer
from billing.counts import What
from billing.decisions import Act, Outcome, Standing, State
from billing.funding import Why
from billing.papers.swedish import NO_BREAK, percent
from billing.papers.swedish import kronor as kronor  # one way to write an amount, on page and paper
from billing.papers.swedish import number as number
from billing.papers.swedish import signed as signed
from billing.periods import Period
from billing.queries import CountShown, Listed, PopulationShown, RunShown
from billing.runs import Category, Kind
from billing.simulation import Model
from billing.table import REGION
from portal import parties

KINDS = {
    Kind.MONEY: _("Belopp"),
    Kind.TEXT_ONLY: _("Text utan belopp"),
    Kind.UNKNOWN: _("Belopp ej känt"),
}
CATEGORIES = {
    Category.LICENCE: _("Licens"),
    Category.OPERATION: _("Drift"),
    Category.SUPPORT: _("Support"),
    Category.PROJECT: _("Projekt"),
    Category.TRAVEL: _("Resor"),
    Category.STAFF: _("Personal"),
    Category.OTHER: _("Övrigt"),
}
METHODS = {
    "population@1": _("Efter folkmängd"),
    "equal@1": _("Lika delar"),
    "mixed@1": _("En del lika, resten efter folkmängd"),
    "fixed_shares@1": _("Fasta andelar"),
    "users@1": _("Efter antal användare"),
    "cases@1": _("Efter antal ärenden"),
    "tiers@1": _("Avgift efter storlek"),
    "rebate@1": _("Folkmängd med rabatt för stora"),
    "tax_base@1": _("Folkmängd gånger skattekraft"),
    "manual@1": _("För hand"),
}
# A row was shared before by one that asks for nothing more.
BEFORE = {it: words for it, words in METHODS.items() if not methods.METHODS[it].parameters}
COUNTS = {
    What.USERS: _("Antal användare"),
    What.CASES: _("Antal ärenden"),
    What.TAX_CAPACITY_ORE: _("Skattekraft"),
}
BOUNDS = {
    "floor_ore": _("lägst {each} kr per invånare"),
    "cap_ore": _("högst {each} kr per invånare"),
}
BEARERS = {
    Bearer.OTHERS: _("De övriga kommunerna delar skillnaden"),
    Bearer.HOST: _("Värden bär skillnaden"),
}
WHYS = {
    Why.SPLIT: _("Efter underlaget"),
    Why.BOUNDS: _("Efter tak och golv"),
    Why.DAYS: _("Efter dagarna som parten deltar"),
}
MODELS = {
    "population": _("Efter folkmängd"),
    "equal": _("Lika delar"),
    "mixed:30": _("30 % lika delar, resten efter folkmängd"),
    "mixed:50": _("50 % lika delar, resten efter folkmängd"),
}
COMPARED = {simulation.OWN.name: _("Som raderna säger"), **MODELS}
STATES = {
    State.DRAFT: _("Utkast"),
    State.PROPOSED: _("Föreslagen"),
    State.DECIDED: _("Beslutad"),
    State.ADJUSTED: _("Justerad, inte tillkännagiven av alla"),
    State.ANNOUNCED: _("Tillkännagiven, kan överklagas"),
    State.FINAL: _("Laga kraft"),
    State.SUPERSEDED: _("Ersatt"),
}
STATE_COLORS = {
    State.DRAFT: "neutral",
    State.PROPOSED: "info",
    State.DECIDED: "accent",
    State.ADJUSTED: "warning",
    State.ANNOUNCED: "warning",
    State.FINAL: "success",
    State.SUPERSEDED: "neutral",
}
STEPS = {
    Act.PROPOSE: _("Föreslagen för nämnden"),
    Act.DECIDE: _("Nämnden har beslutat"),
    Act.ADJUST: _("Protokollet är justerat"),
}
STEP_BUTTONS = {
    Act.PROPOSE: _("Föreslå för nämnden"),
    Act.DECIDE: _("Anteckna nämndens beslut"),
    Act.ADJUST: _("Anteckna justeringen"),
}
OUTCOMES = {Outcome.ACCEPTED: _("Godtas"), Outcome.REJECTED: _("Godtas inte")}


@dataclass(frozen=True)
class PartyShare:
    """What one party pays, in words and for a chart."""

    code: str
    name: str
    inhabitants: str
    percent: str
    kronor: str
    per_inhabitant: str
    difference: str
    bar: str  # thousandths of the longest, as an SVG takes them


@dataclass(frozen=True)
class LineShown:
    """A row of the table in words, with what each party pays of it."""

    activity: str
    total: str
    region: str
    municipalities: str
    method: str
    mark: str  # of its footnote
    note: str
    is_unknown: bool
    shares: tuple[str, ...]  # of each municipality, by code


@dataclass(frozen=True)
class PartShown:
    """How a party's share of a part came about, in words."""

    activity: str
    method: str
    amount: str
    weight: str
    weights: str
    quota: str
    fraction: str
    share: str
    has_odd_ore: bool


@dataclass(frozen=True)
class OutcomeShown:
    """A model's outcome in words: of each party its share, per inhabitant, and the difference."""

    model: Model
    label: str
    cells: Mapping[str, tuple[str, str, str, str]]
    total: str


def day(on: date | str | None) -> str:
    """Return a day as "1 november 2025"."""
    if not on:
        return ""
    moment = date.fromisoformat(on) if isinstance(on, str) else on
    return written(moment, "j F Y").replace(" ", NO_BREAK)


def state(standing: Standing) -> str:
    """Return what a state is called."""
    return str(STATES[standing.state])


def method(method_id: str, parameters: Mapping[str, Any]) -> str:
    """Return what a method is called."""
    match method_id:
        case "mixed@1":
            return _mixed(parameters["parts"])
        case "rebate@1":
            return gettext("Efter folkmängd, med {rebate} % rabatt över {over} invånare").format(
                rebate=amounts.in_percent(Fraction(parameters["rebate"])),
                over=number(parameters["over"]),
            )
        case "tiers@1":
            steps = [
                gettext("från {people} invånare {fee} kr").format(
                    people=number(it["from"]), fee=kronor(it["fee_ore"])
                )
                for it in parameters["bands"]
            ]
            return gettext("Avgift efter storlek: {steps}").format(steps=", ".join(steps))
        case "manual@1":
            return gettext("För hand: {reason}").format(reason=parameters["reason"])
    return str(METHODS[method_id])


def _mixed(parts: Sequence[Mapping[str, Any]]) -> str:
    if [it["method"] for it in parts] == ["equal@1", "population@1"]:
        share = amounts.in_percent(Fraction(str(parts[0]["share"])))
        return gettext("{share} % lika delar, resten efter folkmängd").format(share=share)
    return ", ".join(_part(it) for it in parts)


def _part(it: Mapping[str, Any]) -> str:
    """Return what a part of a mixed method is called: "30 % lika delar", "resten efter …"."""
    words = method(it["method"], it.get("parameters", {}))
    words = words[0].lower() + words[1:]
    if it["share"] == methods.REST:
        return gettext("resten {method}").format(method=words)
    share = amounts.in_percent(Fraction(str(it["share"])))
    return gettext("{share} % {method}").format(share=share, method=words)


def way(method_id: str, parameters: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """Return how a line is shared: the method, and what its rule says besides."""
    told = [method(method_id, parameters), *_amounts(rule)]
    for name, words in BOUNDS.items():
        if name in rule:
            each = kronor(allocation.half_up(Fraction(rule[name])))
            told.append(words.format(each=each))
    if "cap_ore" in rule or "floor_ore" in rule:
        told.append(str(BEARERS[Bearer(rule.get("excess", Bearer.OTHERS))]).lower())
    if "from" in rule:
        told.append(
            gettext("övergång från ”{method}”, steg {step} av {steps}").format(
                method=method(rule["from"]["method"], rule["from"]["parameters"]).lower(),
                step=rule["step"],
                steps=rule["steps"],
            )
        )
    return ", ".join(told)


def _amounts(rule: Mapping[str, Any]) -> list[str]:
    """Return what a rule says of how the amounts came about."""
    told = []
    if "region_share" in rule:
        part = amounts.in_percent(Fraction(rule["region_share"]))
        told.append(gettext("regionen betalar {part} % av raden").format(part=part))
    if rule.get(agreement.FOLLOWS_INDEX):
        told.append(gettext("följer avtalets index"))
    if "index" in rule:
        words = gettext("omräknat med {name} från {base} till {year} års priser")
        index = rule["index"]
        told.append(words.format(name=index["name"], base=index["base_year"], year=index["year"]))
    return told


def members(record: Mapping[str, Any]) -> list[str]:
    """Return who takes part on some of the days only, and who bears the gap."""
    asked = record["asked"]
    if "members" not in asked:
        return []
    days, whole = asked["members"]["days"], Period.of(asked["period"]).days
    words = gettext("{name} är med {days} av {whole} dagar.")
    told = [
        words.format(name=asked["names"][code], days=number(its), whole=number(whole))
        for code, its in days.items()
        if its != whole
    ]
    is_host = any(it.get("rule", {}).get("gap") == Bearer.HOST for it in asked["lines"])
    bearer = gettext("Värden betalar det som saknas.")
    return [*told, bearer if is_host else gettext("De andra kommunerna betalar det som saknas.")]


def population_label(it: PopulationShown) -> str:
    """Return a population as a list names it."""
    people = number(it.inhabitants)
    return gettext("{day}, {people} invånare ({source})").format(
        day=day(it.on), people=people, source=it.source
    )


def count_label(it: CountShown) -> str:
    """Return a count as a list of its kind names it."""
    return gettext("{day} ({source})").format(day=day(it.on), source=it.source)


def count_sum(it: CountShown) -> str:
    """Return what is counted in all; skattekraft, which is per inhabitant, has no sum."""
    return "" if it.what == What.TAX_CAPACITY_ORE else number(sum(it.counts.values()))


def basis(record: Mapping[str, Any]) -> str:
    """Return by which population and counts a run is shared, and which day one stands in for."""
    counted = [
        gettext("{what} {day} ({source})").format(
            what=COUNTS[What(what)], day=day(it["on"]), source=it["source"]
        )
        for what, it in record["asked"].get("counts", {}).items()
    ]
    return ". ".join([_population(record["asked"]["population"]), *counted])


def _population(found: Mapping[str, Any]) -> str:
    told = gettext("Folkmängd {day} ({source})").format(
        day=day(found["on"]), source=found["source"]
    )
    if not found["wanted_on"]:
        return told
    instead = gettext("ersätter {day}, som avtalet säger").format(day=day(found["wanted_on"]))
    return f"{told}, {instead}"


def municipalities(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the municipalities of a run, by code."""
    return {code: it for code, it in record["asked"]["names"].items() if code != REGION}


def lines(record: Mapping[str, Any]) -> tuple[LineShown, ...]:
    """Return the rows of a run; footnotes are numbered as they come."""
    asked, result = record["asked"], record["result"]
    codes = sorted(municipalities(record))
    marks: dict[str, str] = {}
    made = []
    for line, shares in zip(asked["lines"], result["lines"], strict=True):
        is_money = line["kind"] == Kind.MONEY
        # Asterisks of the document that it was copied from give way to numbers.
        note = line["note"].lstrip("* ")
        paid = shares["shares_ore"]
        total, region = sum(paid.values()), paid[REGION]
        made.append(
            LineShown(
                activity=line["activity"],
                total=kronor(total) if is_money else "",
                region=kronor(region) if is_money else "",
                municipalities=kronor(total - region) if is_money else "",
                method=way(line["method"], line["parameters"], line.get("rule", {}))
                if line["municipalities_ore"]
                else "",
                mark=marks.setdefault(note, str(len(marks) + 1)) if note and is_money else "",
                note=note,
                is_unknown=line["kind"] == Kind.UNKNOWN,
                shares=tuple(kronor(shares["shares_ore"].get(code, 0)) for code in codes),
            )
        )
    return tuple(made)


def footnotes(rows: Sequence[LineShown]) -> dict[str, str]:
    """Return the footnotes by their marks, each once."""
    return {it.mark: it.note for it in rows if it.mark}


def shares(shown: RunShown, before: Listed | None) -> tuple[PartyShare, ...]:
    """Return what each municipality pays, beside the decision that holds."""
    result = shown.record["result"]
    inhabitants = shown.record["asked"]["population"]["inhabitants"]
    each = simulation.per_inhabitant(result["shares_ore"], inhabitants)
    people = sum(inhabitants.values())
    longest = max((result["shares_ore"][code] for code in inhabitants), default=0)
    earlier = before.shares_ore if before else {}
    return tuple(
        PartyShare(
            code=code,
            name=name,
            inhabitants=number(inhabitants[code]),
            percent=percent(Fraction(inhabitants[code], people)),
            kronor=kronor(result["shares_ore"][code]),
            per_inhabitant=kronor(each[code]),
            difference=signed(result["shares_ore"][code] - earlier[code])
            if code in earlier
            else "",
            bar=_thousandths(result["shares_ore"][code], longest),
        )
        for code, name in municipalities(shown.record).items()
    )


def at_once(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return who would pay another öre if the sum were split once, and what."""
    once = runs.at_once(record)
    paid = record["result"]["shares_ore"]
    names = record["asked"]["names"]
    return tuple(
        (names[code], kronor(ore)) for code, ore in (once or {}).items() if ore != paid[code]
    )


def explained(record: Mapping[str, Any], code: str) -> tuple[PartShown, ...]:
    """Return how each part of a municipality's share came about."""
    # Days of membership and steps of a transition turn weights into mere proportions.
    is_plain = "members" not in record["asked"]
    return tuple(
        PartShown(
            activity=line["activity"],
            method=words,
            amount=kronor(part["total_ore"]),
            weight=weighed(part["weight"]),
            weights=weighed(part["weights"]),
            quota=_quota(Fraction(part["quota_ore"])),
            fraction=part["quota_ore"],
            share=kronor(part["share_ore"]),
            has_odd_ore=part["has_odd_ore"],
        )
        for line in runs.explanation(record, code)
        for part, (method_id, words) in zip(line["parts"], _split_by(line), strict=True)
        for weighed in (_weighed(method_id if is_plain and "from" not in line["rule"] else ""),)
    )


def _split_by(line: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the method and its words for each part of an explained line."""
    parts = line["parameters"].get("parts", ())
    if parts and len(parts) == len(line["parts"]):
        told = [(it["method"], _part(it)) for it in parts]
        return [(method_id, words[0].upper() + words[1:]) for method_id, words in told]
    whole = (line["method"], method(line["method"], line["parameters"]))
    return [whole] * len(line["parts"])


def _weighed(method_id: str) -> Callable[[str], str]:
    """Return how a weight of a method is written: a share, kronor, or a number."""
    return WEIGHTS.get(method_id, _number)


def ruled(record: Mapping[str, Any], code: str) -> tuple[tuple[str, str, str], ...]:
    """Return the lines whose rule moves a municipality's share: which, why, to what."""
    return tuple(
        (line["activity"], str(WHYS[Why(why)]), kronor(share_ore))
        for line in runs.explanation(record, code)
        for why, share_ore in line["steps"]
    )


def outcomes(
    found: Sequence[simulation.Outcome], names: Mapping[str, str]
) -> tuple[OutcomeShown, ...]:
    """Return the outcome of each model, with a bar for each party."""
    longest = max(
        (share for it in found for code, share in it.shares_ore.items() if code != REGION),
        default=0,
    )
    return tuple(
        OutcomeShown(
            it.model,
            str(COMPARED.get(it.model.name, it.model.label_sv)),
            {
                code: (
                    kronor(it.shares_ore[code]),
                    kronor(it.per_inhabitant_ore[code]) if code in it.per_inhabitant_ore else "",
                    signed(it.difference_ore[code]),
                    _thousandths(it.shares_ore[code], longest),
                )
                for code in names
                if code in it.shares_ore
            },
            kronor(sum(share for code, share in it.shares_ore.items() if code in names)),
        )
        for it in found
    )


def who(schema: str) -> str:
    """Return the name of a party by its schema."""
    return parties.name(schema)


def _quota(ore: Fraction) -> str:
    """Return an exact quota with four decimals of an öre, rounded down."""
    ten_thousandths = int(ore * 10_000)
    whole, rest = divmod(ten_thousandths, 10_000)
    return f"{number(whole)},{rest:04}"


def _number(text: str) -> str:
    value = Fraction(text)
    if value.denominator != 1:
        return text
    return number(value.numerator)


def _percent(text: str) -> str:
    return f"{amounts.in_percent(Fraction(text))}{NO_BREAK}%"


def _kronor(text: str) -> str:
    return f"{kronor(int(Fraction(text)))}{NO_BREAK}kr"


# What is no number of people or cases: tax capacity of all inhabitants is kronor too.
WEIGHTS: Mapping[str, Callable[[str], str]] = {
    "fixed_shares@1": _percent,
    "tiers@1": _kronor,
    "manual@1": _kronor,
    "tax_base@1": _kronor,
}


def _thousandths(ore: int, longest: int) -> str:
    # Text: a template would write a number of thousands with a space, which no SVG reads.
    return str(max(0, ore * 1000 // longest)) if longest > 0 else "0"
