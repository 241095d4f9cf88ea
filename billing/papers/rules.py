"""A funding rule in the words of the paper."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from billing import allocation, amounts, methods
from billing.allocation import Bearer
from billing.papers import swedish


def told(rule: Mapping[str, Any]) -> str:
    """Return what a rule says of a line, as a footnote; empty where it says nothing."""
    limits = [
        f"{word} {swedish.kronor(allocation.half_up(Fraction(rule[name])))} kr per invånare"
        for name, word in (("floor_ore", "lägst"), ("cap_ore", "högst"))
        if name in rule
    ]
    found = []
    if "region_share" in rule:
        part = amounts.in_percent(Fraction(rule["region_share"]))
        found.append(f"Regionen betalar {part} % av raden.")
    if "index" in rule:
        index = rule["index"]
        found.append(
            f"Beloppet är omräknat med {index['name']} från {index['base_year']} till"
            f" {index['year']} års priser."
        )
    if limits:
        found.append(f"Varje kommun betalar {swedish.listed(limits)}; {_bearer(rule)}.")
    if "from" in rule:
        label = methods.METHODS[rule["from"]["method"]].label_sv
        found.append(
            f"Övergång från ”{label[0].lower()}{label[1:]}”, steg {rule['step']} av"
            f" {rule['steps']}."
        )
    return " ".join(found)


def _bearer(rule: Mapping[str, Any]) -> str:
    if rule.get("excess") == Bearer.HOST:
        return "värden bär skillnaden, som ingår i regionens del"
    return "de övriga kommunerna delar skillnaden"
