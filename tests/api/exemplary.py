"""A small API that breaks no rule, and what can be planted into it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.api.document import Node

GONE = object()


def exemplary() -> Node:
    """Return the exemplary document, in which nothing is shared that is not referred to."""
    made: Node = json.loads(_text())
    return made


@cache
def _text() -> str:
    return json.dumps(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text()))


def planted(*faults: tuple[str, Any]) -> Node:
    """Return it with something else, or nothing, in the places named."""
    document = exemplary()
    for place, value in faults:
        node: Any = document
        *steps, last = map(_step, place.split(" "))
        for step in steps:
            node = node[step]
        if value is GONE:
            del node[last]
        else:
            node[last] = value
    return document


def _step(word: str) -> str | int:
    """Read the number of something in a list; a number of three figures is a status."""
    return int(word) if word.isdigit() and len(word) < 3 else word
