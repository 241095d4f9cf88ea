"""Teknisk kontroll: what a browser of a unit measures, what a person tells, and whether it holds.

Pure. What comes from a browser is bounded here: it is what somebody sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

# A deadline is told to the minute, and a sign-in with a card is refused when clocks differ by more
# than a few.
MOST_SECONDS = 60
# Half a second for an answer without content: a page then takes about a second.
MOST_MILLISECONDS = 500
FEWEST_TRIPS, MOST_TRIPS = 3, 9
FURTHEST, SLOWEST = 10**9, 120_000  # what a browser may say at most, in seconds and milliseconds
# What the pages are made with; a browser without them shows them crooked.
FEATURES = ("fetch", "layers", "has", "containers", "subgrid")
BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?/(\d{1,4})")),
    ("Opera", re.compile(r"\bOPR/(\d{1,4})")),
    ("Firefox", re.compile(r"\bFirefox/(\d{1,4})")),
    ("Chrome", re.compile(r"\bChrom(?:e|ium)/(\d{1,4})")),
    ("Safari", re.compile(r"\bVersion/(\d{1,4})[\d.]* (?:Mobile/\w+ )?Safari/")),
)


class Item(StrEnum):
    """Vad som kontrolleras."""

    BROWSER = "browser"
    CLOCK = "clock"
    COOKIES = "cookies"
    NETWORK = "network"
    PRINTING = "printing"
    CARD = "card"


class Outcome(StrEnum):
    """What came of it."""

    WORKS = "works"
    FAILS = "fails"
    NOT_TRIED = "not_tried"
    NOT_USED = "not_used"


@dataclass(frozen=True)
class Measured:
    """Uppmätt och berättat. Without scripts nothing is measured, and a person tells instead."""

    lacks: tuple[str, ...] | None = None  # of `FEATURES`; None: no script has looked
    clock_seconds: int | None = None  # how much the browser's clock is ahead of the server's
    trips_ms: tuple[int, ...] = ()  # to the server and back
    has_cookies: bool = True  # the form came with the session's
    clock: Outcome = Outcome.NOT_TRIED
    network: Outcome = Outcome.NOT_TRIED
    printing: Outcome = Outcome.NOT_TRIED
    card: Outcome = Outcome.NOT_TRIED

    @property
    def median_ms(self) -> int | None:
        """Return the median of the trips, None of too few."""
        return round(median(self.trips_ms)) if len(self.trips_ms) >= FEWEST_TRIPS else None


def judge(measured: Measured) -> Mapping[Item, Outcome]:
    """Return what came of each item. What is measured goes before what somebody tells."""
    trip, seconds, lacks = measured.median_ms, measured.clock_seconds, measured.lacks
    return {
        Item.BROWSER: Outcome.NOT_TRIED if lacks is None else _works(not lacks),
        Item.CLOCK: measured.clock if seconds is None else _works(abs(seconds) <= MOST_SECONDS),
        Item.COOKIES: _works(measured.has_cookies),
        Item.NETWORK: measured.network if trip is None else _works(trip <= MOST_MILLISECONDS),
        Item.PRINTING: measured.printing,
        Item.CARD: measured.card,
    }


def with_outcome(measured: Measured, outcome: Outcome) -> tuple[Item, ...]:
    """Return the items of which one thing came, in their order."""
    return tuple(item for item, it in judge(measured).items() if it is outcome)


def browser_of(user_agent: str) -> str:
    """Return the name and version of a browser, or nothing where it does not say."""
    for name, pattern in BROWSERS:
        if found := pattern.search(user_agent):
            return f"{name} {found[1]}"
    return ""


def features(text: str) -> tuple[str, ...]:
    """Return the known features among those that a browser says it lacks."""
    said = set(text.split(",")) if text else set()
    return tuple(it for it in FEATURES if it in said)


def seconds(text: str) -> int | None:
    """Return a number of seconds that a browser tells, None for what is no such number."""
    number = _number(text)
    return number if number is not None and abs(number) <= FURTHEST else None


def trips(text: str) -> tuple[int, ...]:
    """Return the times in milliseconds that a browser tells; what cannot be is left out."""
    told = (_number(it) for it in text.split(",")[:MOST_TRIPS])
    return tuple(it for it in told if it is not None and 0 <= it <= SLOWEST)


def _works(holds: bool) -> Outcome:
    return Outcome.WORKS if holds else Outcome.FAILS


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,10}", text) else None
