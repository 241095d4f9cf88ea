"""The checked-in API follows the national REST API profile, and every rule sees what breaks it."""

from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from tests.api.document import CHECKED_IN, Node, resolved, schemas
from tests.api.exemplary import GONE, exemplary, planted
from tests.api.rest_profile import RULES, judge

# The areas and numbers of the profile that a document alone can show, FOR.02 being RAP-LP's own.
CHECKABLE = {
    "DOK": "01 03 06 07 08 09 11 15 17 19 20",
    "DOT": "01 04",
    "RES": "02",
    "UFN": "01 02 05 07 08 09",
    "AME": "01 02 04 05 07",
    "ARQ": "01 03 05",
    "FEL": "01 02",
    "VER": "05 06",
    "FNS": "01 03 05 06 07 08 09",
    "SAK": "01 09 10 15 16 18",
    "FOR": "02",
}

CASES = "paths /cases get"
CASE = "paths /cases/{id} get"
SEARCH = "paths /individuals/search post"
ANSWER = f"{CASE} responses 200"
SCHEMA = "components schemas Case properties"
OAUTH = "components securitySchemes oauth"
NAMED = {"in": "query", "schema": {"type": "string"}}
TEXT = {"type": "string"}

# What is planted into the exemplary document: a rule, a place in it, and what stands there then.
FAULTS: tuple[tuple[str, str, Any], ...] = (
    ("DOK.01", "externalDocs", GONE),
    ("DOK.01", "externalDocs url", " "),
    ("DOK.03", "info termsOfService", GONE),
    ("DOK.03", "info version", GONE),
    ("DOK.03", "info contact", GONE),
    ("DOK.03", "info contact email", ""),
    ("DOK.03", "info license url", GONE),
    ("DOK.06", "info description", "Ett litet API med begränsningar."),
    ("DOK.06", "info description", "A small API, and its limits."),
    ("DOK.07", "info description", GONE),
    ("DOK.08", "info termsOfService", GONE),
    ("DOK.09", "info description", "Ett litet API. A small API with nothing to it."),
    ("DOK.11", "info description", " "),
    ("DOK.11", "info description", 7),
    ("DOK.15", f"{CASES} responses 200 content application/json example", GONE),
    ("DOK.15", f"{ANSWER} content application/json examples", GONE),
    ("DOK.15", "paths /cases/{id} patch requestBody content application/json examples", GONE),
    ("DOK.17", "openapi", "3.1"),
    ("DOK.17", "swagger", "2.0"),
    ("DOK.19", f"{CASES} description", GONE),
    ("DOK.19", "paths /cases parameters", []),
    ("DOK.20", f"{ANSWER} description", ""),
    ("DOK.20", "components responses BadRequest description", ""),
    ("DOK.20", f"{CASE} responses", {}),
    ("DOT.01", f"{SCHEMA} opened_at example", "2026-03-02 08:15:00Z"),
    ("DOT.01", f"{SCHEMA} opened_at example", "2026-02-30T08:15:00Z"),
    ("DOT.01", f"{SCHEMA} closed_at example", GONE),
    ("DOT.01", "components schemas Day example", "2026-3-4"),
    ("DOT.01", "components schemas Day example", "2026-02-30"),
    ("DOT.01", f"{SCHEMA} closed_at", {"oneOf": [{"format": "date-time"}, {"type": "null"}]}),
    ("DOT.04", f"{SCHEMA} opened_at example", "2026-03-02T08:15:00"),
    ("DOT.04", f"{SCHEMA} opened_at example", "2026-03-02T08:15:00+01:00"),
    (
        "DOT.04",
        f"{ANSWER} content application/json examples open value opened_at",
        "2026-03-02T08:15:00+01:00",
    ),
    ("RES.02", f"{CASES} parameters 1 name", "personnummer"),
    ("RES.02", f"{CASES} parameters 1 name", "Personal_Identity-Number"),
    ("RES.02", f"{CASE} parameters 0 name", "pnr"),
    ("RES.02", "paths /individuals/{personnummer}", {}),
    ("RES.02", "paths /individuals/{samordningsnummer}/cases", {}),
    ("UFN.01", "servers", GONE),
    ("UFN.01", "servers 0 url", "https://samplan.example.se/v1"),
    ("UFN.01", "servers 0 url", "https://samplan.example.se/api/v1.2"),
    ("UFN.01", "servers 0 url", "https://samplan.example.se/api/inner/v1"),
    ("UFN.01", "paths /units/", {}),
    ("UFN.02", "servers 0 url", "http://samplan.example.se/api/v1"),
    ("UFN.02", "servers 0 url", "https://samplan.example.se:8443/api/v1"),
    ("UFN.05", f"paths /{'a' * 2048}", {"get": {}}),
    ("UFN.07", "servers 0 url", "https://samplan.example.se/API/v1"),
    ("UFN.07", "paths /ärenden", {}),
    ("UFN.07", "paths /Cases", {}),
    ("UFN.08", "paths /api.info", {}),
    ("UFN.08", "paths /api--info", {}),
    ("UFN.08", "paths /cases/-open", {}),
    ("UFN.09", "servers 0 url", "https://samplan.example.se/sam_plan/v1"),
    ("UFN.09", "paths /cases/{case_id}", {}),
    ("UFN.09", f"{CASE} parameters 0 name", "case_id"),
    ("AME.01", f"{ANSWER} content", {"text/csv": {}}),
    ("AME.01", f"{SEARCH} requestBody content", {"multipart/form-data": {}}),
    ("AME.02", f"{SEARCH} requestBody content", {"application/merge-patch+json": {}}),
    ("AME.04", f"{SCHEMA} OpenedAt", TEXT),
    ("AME.04", f"{SCHEMA} line_1", TEXT),
    ("AME.05", f"{SCHEMA} openedAt", TEXT),
    ("AME.07", f"{SCHEMA} opened-at", TEXT),
    (
        "AME.07",
        f"{CASES} responses 200 content application/json schema properties åtgärd",
        TEXT,
    ),
    ("ARQ.01", f"{SEARCH} requestBody content", {"application/x-www-form-urlencoded": {}}),
    ("ARQ.01", f"{SEARCH} requestBody content", {"application/json; charset=latin-1": {}}),
    ("ARQ.03", f"{CASE} parameters 1 schema enum", []),
    ("ARQ.03", f"{CASE} parameters 2 schema format", GONE),
    ("ARQ.03", f"{CASE} parameters 3 schema enum", ["close"]),
    ("ARQ.03", f"{CASE} parameters 3", {"name": "ETag", "in": "header", "schema": TEXT}),
    ("ARQ.03", f"{CASE} parameters 3", {"name": "session", "in": "cookie", "schema": {}}),
    ("ARQ.03", "components headers ETag schema format", GONE),
    ("ARQ.05", f"{CASE} parameters 1 schema", {"type": "object"}),
    ("ARQ.05", f"{CASE} parameters 1 schema", {"type": "string", "format": "binary"}),
    ("ARQ.05", f"{CASE} parameters 1 content", {"application/json": {}}),
    ("FEL.01", "components schemas Problem properties instance", GONE),
    ("FEL.01", "components schemas Problem type", GONE),
    ("FEL.02", "components responses ServerError content", GONE),
    ("FEL.02", "components responses ServerError content", {"application/json": {}}),
    ("FEL.02", f"{CASE} responses 4XX", {"description": "Fel."}),
    ("FEL.02", f"{CASE} responses default", {"description": "Fel."}),
    ("VER.05", "servers 0 url", "https://v1.samplan.example.se/api"),
    ("VER.06", "paths /api-info", GONE),
    ("FNS.01", f"{CASES} parameters 1 name", "max-count"),
    ("FNS.01", f"{CASES} parameters 1 name", "maxCount"),
    ("FNS.03", f"{CASES} parameters 1 name", "_limit"),
    ("FNS.05", f"{CASES} parameters 2 required", True),
    ("FNS.06", f"{CASES} parameters 1 name", "antal[max]"),
    ("FNS.07", f"{CASES} parameters 1 name", "page_size"),
    ("FNS.07", f"{CASES} parameters", [{**NAMED, "name": "offset"}]),
    ("FNS.08", "components parameters Page schema default", 0),
    ("FNS.08", "components parameters Page schema default", GONE),
    ("FNS.09", f"{CASES} parameters 1 schema default", 50),
    ("FNS.09", f"{CASES} parameters 1 schema default", GONE),
    ("SAK.01", "servers", GONE),
    ("SAK.01", "servers 0 url", "http://samplan.example.se/api/v1"),
    ("SAK.01", "servers 0 url", "/api/v1"),
    ("SAK.09", "components securitySchemes bearer scheme", "Basic"),
    ("SAK.09", "components securitySchemes bearer scheme", "digest"),
    ("SAK.10", "components securitySchemes bearer scheme", "basic"),
    ("SAK.10", "components securitySchemes", {}),
    ("SAK.15", "components securitySchemes key in", "query"),
    ("SAK.16", "components securitySchemes key in", "cookie"),
    ("SAK.18", OAUTH, GONE),
    ("SAK.18", f"{OAUTH} flows clientCredentials tokenUrl", "http://samplan.example.se/token"),
    ("SAK.18", f"{OAUTH} flows clientCredentials refreshUrl", "http://samplan.example.se/token"),
    ("FOR.02", f"{CASE} requestBody", {"content": {}}),
)


@pytest.fixture(scope="module")
def ours() -> Node:
    """Return the API as it is checked in."""
    document: Node = yaml.safe_load(CHECKED_IN.read_text())
    return document


def test_every_checkable_rule_is_judged() -> None:
    numbers = [f"{area}.{it}" for area, them in CHECKABLE.items() for it in them.split()]

    assert sorted(RULES) == sorted(numbers)


@pytest.mark.parametrize("rule", RULES)
def test_the_api_follows(rule: str, ours: Node) -> None:
    assert judge(ours, rule) == []


def test_the_api_is_openapi(ours: Node) -> None:
    validate(ours)


@pytest.mark.parametrize("rule", RULES)
def test_the_exemplary_api_follows(rule: str) -> None:
    assert judge(exemplary(), rule) == []


def test_the_exemplary_api_is_openapi() -> None:
    validate(exemplary())


def test_every_rule_has_a_fault_that_it_must_see() -> None:
    assert {rule for rule, _, _ in FAULTS} == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "place", "value"),
    FAULTS,
    ids=[f"{rule}-{place.replace(' ', '.')[:60]}" for rule, place, _ in FAULTS],
)
def test_what_breaks_a_rule_is_found(rule: str, place: str, value: Any) -> None:
    found = judge(planted((place, value)), rule)

    assert found
    assert {it.rule for it in found} == {rule}


def test_a_reference_hides_what_stands_beside_it() -> None:
    media = f"{ANSWER} content application/json"
    beside = {"schema": {"$ref": "#/components/schemas/Case", "example": {"id": "1"}}}
    behind = {"schema": {"$ref": "#/components/schemas/Day"}}

    assert judge(planted((media, beside)), "DOK.15")
    assert judge(planted((media, behind)), "DOK.15") == []


@pytest.mark.parametrize("place", ["info x-sla", "externalDocs description"])
def test_the_level_of_service_may_stand_in_three_places(place: str) -> None:
    level = {"availability": "99,9 %", "responseTime": "300 ms", "support": "vardagar"}
    document = planted(
        ("info termsOfService", GONE),
        (place, level if place == "info x-sla" else "Servicenivå (SLA)"),
    )

    assert judge(document, "DOK.08") == []


def test_a_schema_may_hold_itself() -> None:
    document = planted((f"{SCHEMA} parent", {"$ref": "#/components/schemas/Case"}))

    found = dict(schemas(resolved(document)))
    case = found["components.schemas.Case"]

    assert case["properties"]["parent"] is case
    assert judge(document) == []
