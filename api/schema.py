"""The description of the API, OpenAPI 3.1: what is read off the operations, completed.

What the national REST API profile and OWASP's rules ask of every response, header and value is
added here in one place, so that no operation can forget it.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml
from drf_spectacular.generators import SchemaGenerator

from api import problems
from api.operation import IF_MATCH, IF_NONE_MATCH, KEY
from api.problems import Problem

Node = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
INSTANT, DAY = "2026-03-02T08:15:00Z", "2026-03-02"
LENGTHS = {"uuid": 36, "date": 10, "date-time": 35, "time": 15, "email": 254, "uri": 2048}
LONGEST, MOST_ITEMS, INT32 = 4000, 1000, 2_147_483_647
ALWAYS = (problems.MALFORMED, problems.BAD_TOKEN, problems.NOT_ALLOWED, problems.NOT_ACCEPTABLE,
          problems.TOO_OFTEN, problems.FAULT, problems.UNAVAILABLE)  # fmt: skip
OPEN = (problems.NOT_ACCEPTABLE, problems.MALFORMED, problems.BAD_TOKEN, problems.TOO_OFTEN,
        problems.FAULT, problems.UNAVAILABLE)  # fmt: skip
OF_CHANGES = (problems.IN_FLIGHT, problems.UNSUPPORTED, problems.INVALID, problems.TOO_LARGE)
OF_VERSIONS = (problems.STALE, problems.IF_MATCH_MISSING)

HEADERS: Node = {
    "RateLimit": {
        "description": "Hur många anrop som är kvar och när fler finns. / Calls that are left.",
        "schema": {"type": "string", "maxLength": 100, "pattern": '^"client";r=[0-9]+;t=[0-9]+$'},
    },
    "RateLimit-Policy": {
        "description": "Takten för klienten. / The pace of the client.",
        "schema": {"type": "string", "maxLength": 100, "pattern": '^"client";q=[0-9]+;w=[0-9]+$'},
    },
    "Access-Control-Allow-Origin": {
        "description": "Huvudmannens egen adress: API:et anropas av system och inte från andra"
        " webbplatser. / The host's own origin.",
        "schema": {"type": "string", "maxLength": 300, "pattern": "^https?://.+$"},
    },
}
HSA_ID = "^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
WHICH = "Vilken, som en lista eller en händelse har namngett den. / Which, as a list has named it."
# What the headers that are asked for look like.
PATTERNS = {
    KEY: "^[!-~]{8,100}$",
    IF_MATCH: '^(\\*|"[!-~]+")$',
    IF_NONE_MATCH: '^(\\*|(W/)?"[!-~]+")$',
    "X-Samplan-Assignment": "^[0-9A-Fa-f-]{32,36}$",
    "X-Samplan-End-User": "^[A-Z0-9-]{1,32}$",
}
ETAG: Node = {
    "description": "Svarets version, för If-None-Match och If-Match. / The version of the answer.",
    "schema": {"type": "string", "format": "etag", "maxLength": 80},
}
RETRY_AFTER: Node = {
    "description": "Sekunder att vänta. / Seconds to wait.",
    "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400},
}


def document() -> Node:
    """Return the whole description."""
    generator: Any = SchemaGenerator
    return dict(generator(urlconf="api.urls").get_schema(request=None, public=True))


def written() -> str:
    """Return it as the file api/openapi.yaml has it."""
    told = json.loads(json.dumps(document(), default=str))
    return str(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100))


def complete(result: Node, generator: Any, request: Any, public: bool) -> Node:
    """Add to what drf-spectacular has made what every operation of ours has."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _problem()
    components["headers"] = {**deepcopy(HEADERS), "ETag": deepcopy(ETAG)}
    by_status: dict[int, list[Problem]] = {}
    for it in problems.ALL:
        by_status.setdefault(it.status, []).append(it)
    components["responses"] = {_of(code): _response(them) for code, them in by_status.items()}
    components["responses"]["Problem"] = _response([problems.FAULT])
    for path, item in result["paths"].items():
        for method in METHODS:
            if method in item:
                _complete_operation(path, method, item[method])
    for schema in components["schemas"].values():
        _illustrate(schema)
    for node in _schemas(result):
        _bound(node)
    return result


def _complete_operation(path: str, method: str, told: Node) -> None:
    is_open = told.get("security") == [{}]
    wrong = [*(OPEN if is_open else ALWAYS)]
    if "{" in path or not is_open:
        wrong.append(problems.NOT_FOUND)
    parameters = told.setdefault("parameters", [])
    for it in parameters:
        it["description"] = it.get("description") or WHICH
        if it["in"] == "path" and it["schema"].get("format") != "uuid":
            it["schema"] = {"type": "string", "maxLength": 32, "pattern": HSA_ID}
    if method != "get":
        wrong += OF_CHANGES
    if told.pop("x-has-key", False):
        parameters.append(_header(KEY, "Ett nytt UUID för varje ändring, samma när den skickas om."
                                  " / A new UUID for each change, the same at a retry.", 100,
                                  is_required=True))  # fmt: skip
    if method in ("put", "patch", "delete"):
        wrong += OF_VERSIONS
        parameters.append(_header(IF_MATCH, "ETag för det som ändras. / ETag of what is changed.",
                                  80, is_required=True))  # fmt: skip
    if method == "get" and not is_open:
        parameters.append(
            _header(IF_NONE_MATCH, "ETag som du redan har: svaret blir 304 om inget har ändrats."
                    " / The ETag you hold.", 80)
        )  # fmt: skip
    if not is_open:
        parameters += [
            _header("X-Samplan-Assignment", "Uppdraget att agera i, där det finns flera."
                    " / The assignment to act in.", 36),
            _header("X-Samplan-End-User", "HSA-id för personen som använder ert system."
                    " / HSA-id of the person who uses your system.", 32),
        ]  # fmt: skip
    responses = told["responses"]
    for status, response in responses.items():
        response["description"] = response.get("description") or told["summary"]
        response["headers"] = {name: _ref("headers", name) for name in HEADERS}
        if method == "get" and status == "200":
            response["headers"]["ETag"] = _ref("headers", "ETag")
    if method == "get" and not is_open:
        responses["304"] = {
            "description": "Inget har ändrats. / Nothing has changed.",
            "headers": {name: _ref("headers", name) for name in (*HEADERS, "ETag")},
        }
    for code in sorted({it.status for it in wrong}):
        responses[str(code)] = _ref("responses", _of(code))
    responses["default"] = _ref("responses", "Problem")


def _header(name: str, means: str, length: int, *, is_required: bool = False) -> Node:
    schema = {"type": "string", "maxLength": length, "pattern": PATTERNS[name]}
    told: Node = {"in": "header", "name": name, "description": means, "schema": schema}
    return {**told, "required": True} if is_required else told


def _ref(kind: str, name: str) -> Node:
    return {"$ref": f"#/components/{kind}/{name}"}


def _of(status: int) -> str:
    return f"Problem{status}"


def _response(them: list[Problem]) -> Node:
    """Return what answers with one status, with each of its problems as an example."""
    headers = {name: _ref("headers", name) for name in HEADERS}
    if them[0].status in (409, 429, 503):
        headers["Retry-After"] = deepcopy(RETRY_AFTER)
    return {
        "description": " ".join(f"{it.title}." for it in them),
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": _ref("schemas", "Problem"),
                "examples": {it.name: {"value": _example(it)} for it in them},
            }
        },
    }


def _example(problem: Problem) -> Node:
    return {
        "type": problem.type, "title": problem.title, "status": problem.status,
        "detail": problem.detail, "instance": "/api/v1/cases", "reference": "K7PX-4M",
    }  # fmt: skip


def _problem() -> Node:
    fault: Node = {
        "type": "object",
        "properties": {
            "pointer": {"type": "string", "maxLength": 300, "description": "JSON pointer."},
            "detail": {"type": "string", "maxLength": 1000},
        },
        "required": ["pointer", "detail"],
    }
    text: Node = {"type": "string", "maxLength": 1000}
    return {
        "type": "object",
        "description": "Fel enligt RFC 9457. / A problem (RFC 9457).",
        "properties": {
            "type": {"type": "string", "maxLength": 200, "format": "uri"},
            "title": text,
            "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
            "detail": text,
            "instance": {"type": "string", "maxLength": 2048, "format": "uri-reference"},
            "reference": {"type": "string", "maxLength": 20,
                          "description": "Ange den till supporten. / Tell support."},
            "errors": {"type": "array", "maxItems": 200, "items": fault},
            "statute": {"type": "string", "maxLength": 60},
            "state": {"type": "string", "maxLength": 60},
            "assignments": {"type": "array", "maxItems": 200,
                            "items": {"type": "string", "format": "uuid", "maxLength": 36}},
        },
        "required": ["type", "title", "status", "detail", "instance", "reference"],
    }  # fmt: skip


def _illustrate(schema: Node) -> None:
    """Give each moment and day an example of its own (DOT.01, DOT.04)."""
    for told in schema.get("properties", {}).values():
        if told.get("format") in ("date", "date-time"):
            told["example"] = DAY if told["format"] == "date" else INSTANT


def _schemas(node: Any) -> Iterator[Node]:
    """Yield everything in the document that says a type; what stands in examples is none."""
    if isinstance(node, list):
        for it in node:
            yield from _schemas(it)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str | list) and "in" not in node and "value" not in node:
            yield node
        for name, it in node.items():
            if name not in ("example", "examples", "securitySchemes"):
                yield from _schemas(it)


def _bound(node: Node) -> None:
    """Give a value the bounds that it lacks."""
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    if "string" in types and not {"enum", "const", "maxLength"} & set(node):
        node["maxLength"] = LENGTHS.get(node.get("format", ""), LONGEST)
    if "integer" in types and "enum" not in node:
        node.setdefault("format", "int32")
        node.setdefault("minimum", 0)
        node.setdefault("maximum", INT32 if node["format"] == "int32" else 2**53 - 1)
    if "array" in types:
        node.setdefault("maxItems", MOST_ITEMS)
