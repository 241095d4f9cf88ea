"""The worked allocations, by their ids."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "vectors.json"
VECTORS: Mapping[str, dict[str, Any]] = {it["id"]: it for it in json.loads(FILE.read_text("utf-8"))}
JAMTLAND: dict[str, int] = VECTORS["A-kommunandel"]["input"]["weights"]
BRACKE, ARE = "2305", "2321"


def given(name: str) -> dict[str, Any]:
    """Return what goes in."""
    found: dict[str, Any] = VECTORS[name]["input"]
    return found


def worked(name: str) -> dict[str, int]:
    """Return what comes out, in öre."""
    found: dict[str, int] = VECTORS[name]["result_ore"]
    return found
