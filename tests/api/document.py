"""An OpenAPI document as its readers see it: operations, parameters, media types, schemas."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Node = dict[str, Any]

CHECKED_IN = Path(__file__).parents[2] / "api" / "openapi.yaml"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def resolved(document: Node) -> Node:
    """Return the document with each `$ref` replaced by what it names, as Spectral does it.

    What is named twice is there once; a schema that holds itself does so still.
    """
    known: dict[int, Node] = {}

    def follow(node: Any) -> Any:
        if isinstance(node, list):
            return [follow(it) for it in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return follow(named(document, node["$ref"]))
        if id(node) not in known:
            known[id(node)] = {}
            known[id(node)].update({str(key): follow(it) for key, it in node.items()})
        return known[id(node)]

    followed: Node = follow(document)
    return followed


def named(document: Node, pointer: str) -> Any:
    """Return what a reference names."""
    found: Any = document
    for step in pointer.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield where each operation stands, its path and itself."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"paths.{path}.{method}", path, operation


def parameters(document: Node, *places: str) -> Iterator[tuple[str, Node]]:
    """Yield the parameters of every operation that stand in one of the places, or in any."""
    for place, path, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        for it in [*shared, *operation.get("parameters", [])]:
            if not places or it["in"] in places:
                yield f"{place}.parameters.{it['name']}", it


def lists_of_parameters(document: Node) -> Iterator[tuple[str, dict[str, Node]]]:
    """Yield the query parameters of every operation, by name."""
    for place, path, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        together = [*shared, *operation.get("parameters", [])]
        yield place, {it["name"]: it for it in together if it["in"] == "query"}


def bodies(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield the content of every request."""
    for place, _, operation in operations(document):
        if "requestBody" in operation:
            yield f"{place}.requestBody", operation["requestBody"].get("content", {})


def responses(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield where each response stands, its status and itself."""
    for place, _, operation in operations(document):
        for status, response in operation.get("responses", {}).items():
            yield f"{place}.responses.{status}", str(status), response


def is_error(status: str) -> bool:
    """Tell whether a status is 400 or more, in figures or as a class, or stands for all."""
    return status == "default" or status[:1] in {"4", "5"}


def urls(document: Node) -> Iterator[tuple[str, str]]:
    """Yield the address of every server."""
    for number, server in enumerate(document.get("servers", [])):
        yield f"servers.{number}.url", str(server.get("url", ""))


def schemes(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield every security scheme."""
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        yield f"components.securitySchemes.{name}", scheme


def schemas(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield every schema once: the components', and those that stand where they are used."""
    seen: set[int] = set()
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield from _below(f"components.schemas.{name}", schema, seen)
    contents = [*bodies(document)]
    contents += [(place, it.get("content", {})) for place, _, it in responses(document)]
    for place, content in contents:
        for kind, media in content.items():
            yield from _below(f"{place}.{kind}", media.get("schema"), seen)


def _below(place: str, schema: Any, seen: set[int]) -> Iterator[tuple[str, Node]]:
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    yield place, schema
    inner = [(f"properties.{name}", it) for name, it in schema.get("properties", {}).items()]
    inner += [(key, schema.get(key)) for key in ("items", "additionalProperties", "not")]
    for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        inner += [(f"{key}.{number}", it) for number, it in enumerate(schema.get(key, []))]
    for step, it in inner:
        yield from _below(f"{place}.{step}", it, seen)


def properties(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield where each property of a schema stands, its name and its schema."""
    for place, schema in schemas(document):
        for name, it in schema.get("properties", {}).items():
            yield f"{place}.properties.{name}", name, it


def dated(document: Node) -> Iterator[tuple[str, str, object]]:
    """Yield where each property that is a date or a moment stands, its format and its example.

    One that may be null may say so by alternatives; its example stands beside or in them.
    """
    for place, _, it in properties(document):
        alternatives = [it, *it.get("oneOf", []), *it.get("anyOf", []), *it.get("allOf", [])]
        for kind in ("date", "date-time"):
            if any(other.get("format") == kind for other in alternatives):
                examples = (other["example"] for other in alternatives if "example" in other)
                yield place, kind, next(examples, None)


def examples(media: Node) -> Iterator[object]:
    """Yield the examples of a media type."""
    if "example" in media:
        yield media["example"]
    for it in media.get("examples", {}).values():
        yield it.get("value")


def leaves(value: object) -> Iterator[object]:
    """Yield what a value of JSON holds that holds nothing itself."""
    if isinstance(value, Mapping):
        for it in value.values():
            yield from leaves(it)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for it in value:
            yield from leaves(it)
    else:
        yield value
