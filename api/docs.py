"""The page and the file that describe the API, for people who build against it; open to anybody."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api import problems, schema
from api.description import TEXT, VERSION
from api.schema import METHODS

YAML = "application/yaml; charset=utf-8"


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the description as api/openapi.yaml has it."""
    return HttpResponse(_written(), content_type=YAML)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every operation with what it takes and answers, and every problem."""
    told = {
        "version": VERSION,
        "paragraphs": [it.replace("`", "").replace("**", "") for it in TEXT.split("\n\n")],
        "groups": _groups(),
        "problems": problems.ALL,
        "host": request.get_host(),
    }
    return render(request, "api/docs.html", told)


@cache
def _written() -> str:
    return schema.written()


@cache
def _groups() -> list[dict[str, Any]]:
    """Return the operations under their tags, in the order of the addresses."""
    document = schema.document()
    groups: dict[str, list[dict[str, Any]]] = {it["name"]: [] for it in document["tags"]}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                groups[item[method]["tags"][0]].append(_operation(path, method, item[method]))
    means = {it["name"]: it["description"] for it in document["tags"]}
    return [{"name": it, "means": means[it], "operations": groups[it]} for it in groups]


def _operation(path: str, method: str, told: dict[str, Any]) -> dict[str, Any]:
    answered = next(it for it in told["responses"] if it.startswith("2"))
    scopes = [it for way in told["security"] for named in way.values() for it in named]
    return {
        "id": told["operationId"],
        "method": method.upper(),
        "path": path,
        "does": told["summary"],
        "means": told["description"].removeprefix(told["summary"]).replace("`", "").strip(),
        "scope": ", ".join(scopes),
        "parameters": [it for it in told["parameters"] if it["in"] != "header"],
        "headers": [it for it in told["parameters"] if it["in"] == "header"],
        "takes": _example(told.get("requestBody", {})),
        "status": answered,
        "answers": _example(told["responses"][answered]),
        "problems": ", ".join(it for it in told["responses"] if it.isdigit() and it >= "400"),
    }


def _example(told: dict[str, Any]) -> str:
    content = told.get("content", {}).get("application/json", {})
    for it in content.get("examples", {}).values():
        return json.dumps(it["value"], ensure_ascii=False, indent=2)
    return ""
