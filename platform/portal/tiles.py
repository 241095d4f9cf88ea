"""The municipalities of the board as a map of tiles, one for each, in the parts of the county.

The map says nothing that the table beside it does not say: each tile has words, and a pattern that
repeats them without colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from portal.onboarding import Group, Row

WIDTH, HEIGHT, GAP, LABEL = 150, 62, 8, 30  # of a tile, between two, and of a line of words
COLUMNS = 5
LONGEST = 20  # letters of a name that have place


@dataclass(frozen=True)
class Tile:
    """A municipality: where its tile lies, what it is called, and how far it has come."""

    x: int
    y: int
    name: str
    steps: str
    state: str
    pattern: str


@dataclass(frozen=True)
class Label:
    """Delregion: where its name stands."""

    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Map:
    """The whole, with what is read aloud instead of it."""

    width: int
    height: int
    tiles: tuple[Tile, ...]
    labels: tuple[Label, ...]
    description: str


def of(groups: Sequence[Group]) -> Map:
    """Return the map of a board."""
    tiles: list[Tile] = []
    labels, told = [], []
    top = 0
    for group in groups:
        name = group.name or gettext("Ingen delregion")
        labels.append(Label(0, top + LABEL - 10, name))
        top += LABEL
        here = [
            _tile(row, number % COLUMNS * (WIDTH + GAP), top + number // COLUMNS * (HEIGHT + GAP))
            for number, row in enumerate(group.rows)
        ]
        tiles += here
        told.append(f"{name}: " + "; ".join(f"{it.name} {it.steps}, {it.state}" for it in here))
        top += -(-len(group.rows) // COLUMNS) * (HEIGHT + GAP)
    return Map(
        width=COLUMNS * (WIDTH + GAP) - GAP,
        height=max(top - GAP, 0),
        tiles=tuple(tiles),
        labels=tuple(labels),
        description=". ".join(told),
    )


def _tile(row: Row, x: int, y: int) -> Tile:
    pattern, state = _state(row)
    done = sum(cell.color == "success" for cell in row.cells)
    steps = gettext("{done} av {all} steg").format(done=done, all=len(row.cells))
    return Tile(x, y, _short(row.name), steps, state, pattern)


def _state(row: Row) -> tuple[str, str]:
    """Return the pattern and the word: what is wrong goes before how far it has come."""
    if row.cells[-1].color == "success" and not any(it.is_flagged for it in row.cells):
        return "started", gettext("har startat")
    if any(it.color == "danger" for it in row.cells):
        return "stopped", gettext("stoppad")
    if any(it.flag for it in row.cells):
        return "late", gettext("försenad eller brister")
    if all(it.color == "neutral" for it in row.cells):
        return "waiting", gettext("inte börjat")
    return "ongoing", gettext("pågår")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
