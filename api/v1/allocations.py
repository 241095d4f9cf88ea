"""Fördelningar: what each party pays, how each share came about, and where the decision stands."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api import paging
from api.fields import CODE, Line, Moment, Prose, Values, Word
from api.operation import Call, address, operation
from api.v1.costs import EXAMPLE_HASH, HASH, MOST_PEOPLE, MUNICIPALITY, PARTY, READS, ore
from api.v1.examples import INSTANT
from api.v1.rows import listed
from api.v1.tenants import SCHEMA
from api.v1.whole import cut
from billing import queries, runs
from billing.decisions import Act, State
from billing.funding import Why
from billing.queries import RunShown
from billing.runs import Category, Kind
from billing.table import REGION

ALLOCATION = "8a7d5b0c-1f4e-4c63-9d28-3b6e5f7a9c05"
FRACTION = 1000  # characters of an exact number, "300003/10"
MOST = 100_000  # of runs of a table


class Standing(Values):
    """Var nämndens beslut står."""

    example = {"state": "adjusted", "final_on": None, "missing": ["krokom"]}

    state = Word([it.value for it in State])
    final_on = serializers.DateField(allow_null=True)
    missing = serializers.ListField(child=Line(length=SCHEMA))


class AllocationRow(Values):
    """Fördelning av en kostnadstabell, med egen andel i hela ören."""

    example = {
        "id": ALLOCATION, "number": 1, "title": "Samplan 2026", "made_at": INSTANT,
        "is_outcome": False, "total_ore": 200001, "own_ore": 30000,
        "standing": Standing.example,
    }  # fmt: skip

    id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1, max_value=MOST)
    title = Line()
    made_at = Moment(source="at")
    is_outcome = serializers.BooleanField()
    total_ore = ore()
    own_ore = ore()
    standing = Standing()


class Share(Values):
    """Vad en part betalar."""

    example = {"party": "2399", "share_ore": 30000}

    party = Line(length=PARTY)
    share_ore = ore()


class PartyShare(Share):
    """Vad en part betalar av alla rader; `due_ore` är vad som är kvar i en avstämning."""

    example = {
        **Share.example, "name": "Testkommun", "inhabitants": 3000, "due_ore": None,
    }  # fmt: skip

    name = Line(length=100)
    inhabitants = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, allow_null=True)
    due_ore = ore(allow_null=True)


class AllocationLine(Values):
    """Rad i kostnadstabellen, och vad varje part betalar av den."""

    example = {
        "activity": "Projektledare", "kind": "money", "category": "other", "note": "60 %",
        "method": "population@1", "region_ore": 0, "municipalities_ore": 100001,
        "shares": [Share.example],
    }  # fmt: skip

    activity = Line()
    kind = Word([it.value for it in Kind])
    category = Word([it.value for it in Category])
    note = Line(length=500, allow_blank=True)
    method = Line(length=CODE)
    region_ore = ore()
    municipalities_ore = ore()
    shares = Share(many=True)


class Basis(Values):
    """Folkmängden som fördelningen räknades efter; `wanted_on` är dagen som avtalet säger."""

    example = {"on": "2025-11-01", "wanted_on": None, "source": "SCB", "hash": EXAMPLE_HASH}

    on = serializers.DateField()
    wanted_on = serializers.DateField(allow_null=True)
    source = Line()
    hash = Line(length=HASH)


class DecisionStep(Values):
    """Steg i nämndens beslut."""

    example = {
        "act": "decide", "on": "2026-03-02", "paragraph": "41", "diary_number": "",
        "note": "", "made_by": "Gunilla Ås", "made_by_title": "Nämndsekreterare",
    }  # fmt: skip

    act = Word([it.value for it in Act])
    on = serializers.DateField()
    paragraph = Line(length=20, allow_blank=True)
    diary_number = Line(length=60, allow_blank=True)
    note = Prose(allow_blank=True)
    made_by = Line(length=100)
    made_by_title = Line(length=60, allow_blank=True)


class Announcement(Values):
    """Tillkännagivande på en parts anslagstavla."""

    example = {"tenant": "regionjh", "on": "2026-03-02"}

    tenant = Line(length=SCHEMA)
    on = serializers.DateField()


class Allocation(Values):
    """Fördelning: raderna, vad varje part betalar, underlaget och nämndens beslut."""

    example = {
        "id": ALLOCATION, "number": 1, "title": "Samplan 2026", "made_at": INSTANT,
        "made_by": "Gunilla Ås", "first_on": "2026-01-01", "last_on": "2026-12-31",
        "hash": EXAMPLE_HASH, "code_version": "0.1.0", "supersedes": None, "reason": "",
        "superseded_by": None, "total_ore": 200001, "region_ore": 100000,
        "municipalities_ore": 100001, "shares": [PartyShare.example],
        "lines": [AllocationLine.example], "population": Basis.example,
        "standing": Standing.example, "steps": [DecisionStep.example],
        "announcements": [Announcement.example],
    }  # fmt: skip

    id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1, max_value=MOST)
    title = Line()
    made_at = Moment()
    made_by = Line(length=100)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    hash = Line(length=HASH)
    code_version = Line(length=40)
    supersedes = serializers.UUIDField(allow_null=True)
    reason = Line(length=500, allow_blank=True)
    superseded_by = serializers.UUIDField(allow_null=True)
    total_ore = ore()
    region_ore = ore()
    municipalities_ore = ore()
    shares = PartyShare(many=True)
    lines = AllocationLine(many=True)
    population = Basis()
    standing = Standing()
    steps = DecisionStep(many=True)
    announcements = Announcement(many=True)


class ExplainedPart(Values):
    """Del av en rad: vikten, den exakta kvoten i ören som bråk, och om parten fick ett udda öre."""

    example = {
        "total_ore": 100001, "weight": "3000", "weights": "10000", "quota": "300003/10",
        "share_ore": 30000, "has_odd_ore": False,
    }  # fmt: skip

    total_ore = ore()
    weight = Line(length=FRACTION)
    weights = Line(length=FRACTION)
    quota = Line(length=FRACTION, source="quota_ore")
    share_ore = ore()
    has_odd_ore = serializers.BooleanField()


class ExplainedRule(Values):
    """Regel som kom efter delningen, och vad parten betalar med den."""

    example = {"rule": "bounds", "share_ore": 30000}

    rule = Word([it.value for it in Why])
    share_ore = ore()


class ExplainedLine(Values):
    """Hur en parts andel av en rad blev till."""

    example = {
        "activity": "Projektledare", "method": "population@1", "municipalities_ore": 100001,
        "share_ore": 30000, "parts": [ExplainedPart.example], "rules": [ExplainedRule.example],
    }  # fmt: skip

    activity = Line()
    method = Line(length=CODE)
    municipalities_ore = ore()
    share_ore = ore()
    parts = ExplainedPart(many=True)
    rules = ExplainedRule(many=True)


class Explanation(Values):
    """Hur en kommuns andel blev till, rad för rad, och beslutet som den vilar på."""

    example = {
        "allocation_id": ALLOCATION, "party": "2399", "name": "Testkommun", "share_ore": 30000,
        "lines": [ExplainedLine.example], "decided": DecisionStep.example,
    }  # fmt: skip

    allocation_id = serializers.UUIDField()
    party = Line(length=PARTY)
    name = Line(length=100)
    share_ore = ore()
    lines = ExplainedLine(many=True)
    decided = DecisionStep(allow_null=True)


@operation("GET", **READS, answers=listed(AllocationRow), parameters=paging.PAGED)
def list_allocations(request: Call) -> dict[str, Any]:
    """Lista fördelningarna i den gemensamma nämnden.

    The allocations that are open to the party, the newest first. Amounts are whole öre.
    """
    return cut(request, queries.listed(at=request.at))


@operation("GET", **READS, answers=Allocation)
def read_allocation(request: Call, id: UUID) -> dict[str, Any]:
    """Läs en fördelning: vad varje part betalar, och var beslutet står.

    One allocation, row by row; a party is named by its municipality code, the region by `REGION`.
    """
    shown = queries.run(id, at=request.at)
    asked, result = shown.record["asked"], shown.record["result"]
    first_on, last_on = asked["period"]
    return {
        "id": shown.id,
        "number": shown.number,
        "title": shown.title,
        "made_at": shown.at,
        "made_by": shown.made_by,
        "first_on": first_on,
        "last_on": last_on,
        "hash": shown.hash,
        "code_version": shown.code_version,
        "supersedes": shown.supersedes,
        "reason": shown.reason,
        "superseded_by": shown.superseded_by,
        "total_ore": result["total_ore"],
        "region_ore": result["region_ore"],
        "municipalities_ore": result["municipalities_ore"],
        "shares": _shares(shown.record),
        "lines": [_line(*it) for it in zip(asked["lines"], result["lines"], strict=True)],
        "population": _basis(asked["population"]),
        "standing": shown.standing,
        "steps": shown.steps,
        "announcements": [
            {"tenant": schema, "on": on} for schema, on in sorted(shown.announced.items())
        ],
    }


@operation(
    "GET", **READS, answers=Explanation,
    parameters=(
        OpenApiParameter(
            "party", {"type": "string", "maxLength": 4, "pattern": MUNICIPALITY},
            description="Kommunkod; annars den egna kommunens. / Municipality code, or your own.",
        ),
    ),
)  # fmt: skip
def explain_allocation(request: Call, id: UUID) -> dict[str, Any]:
    """Läs hur en kommuns andel blev till, ned till den exakta kvoten och det udda öret.

    How the share of a municipality came about: weights, the exact quota as a fraction of öre, and
    whether it got an odd one. The region says which `party`.
    """
    shown = queries.run(id, at=request.at)
    names = municipalities(shown.record)
    party = paging.chosen(request.query_params, "party", names, _own(shown, request))
    return {
        "allocation_id": shown.id,
        "party": party,
        "name": names[party],
        "share_ore": shown.record["result"]["shares_ore"].get(party, 0),
        "lines": [
            it | {"rules": [{"rule": why, "share_ore": ore} for why, ore in it["steps"]]}
            for it in runs.explanation(shown.record, party)
        ],
        "decided": shown.step(Act.DECIDE),
    }


def municipalities(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of the municipalities of a record by their codes."""
    names = record["asked"]["names"]
    return {code: names[code] for code in sorted(names) if code != REGION}


def _own(shown: RunShown, request: Call) -> str:
    return shown.board.codes[request.actor.tenant]


def _shares(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    asked, result = record["asked"], record["result"]
    inhabitants, due = asked["population"]["inhabitants"], result.get("due_ore", {})
    return [
        {
            "party": code,
            "name": name,
            "inhabitants": inhabitants.get(code),
            "share_ore": result["shares_ore"].get(code, 0),
            "due_ore": due.get(code),
        }
        for code, name in sorted(asked["names"].items())
    ]


def _line(asked: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    paid = result["shares_ore"]
    return {
        **asked,
        # What the region pays, also where it bears what another party does not.
        "region_ore": paid[REGION],
        "municipalities_ore": sum(paid.values()) - paid[REGION],
        "shares": [{"party": code, "share_ore": ore} for code, ore in sorted(paid.items())],
    }


def _basis(population: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "on": population["on"],
        "wanted_on": population["wanted_on"] or None,
        "source": population["source"],
        "hash": population["sha256"],
    }


allocations = address(get=list_allocations)
allocation = address(get=read_allocation)
explanation = address(get=explain_allocation)
