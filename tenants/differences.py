"""What differs between two texts: line by line, and within a line word by word. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\s+|[^\s]+")
ALIKE = 0.4  # two lines that share less are said to be other lines


class Mark(StrEnum):
    """What has become of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """Some words, and what has become of them."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Line:
    """A line of the text: whole, or in pieces where a part of it is another."""

    pieces: tuple[Piece, ...]

    @property
    def is_kept(self) -> bool:
        """Tell whether the line is as it was."""
        return all(it.mark is Mark.KEPT for it in self.pieces)


def between(before: str, after: str) -> tuple[Line, ...]:
    """Return the lines of both texts in order, each as kept, added, removed or in pieces."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found += [_whole(Mark.KEPT, it) for it in new[c:d]]
        else:
            found += _changed(old[a:b], new[c:d])
    return tuple(found)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Give the lines that were replaced: those alike in pairs, the others by themselves."""
    for was, becomes in zip(old, new, strict=False):
        if SequenceMatcher(None, was, becomes, autojunk=False).ratio() >= ALIKE:
            yield Line(tuple(_pieces(was, becomes)))
        else:
            yield _whole(Mark.REMOVED, was)
            yield _whole(Mark.ADDED, becomes)
    yield from (_whole(Mark.REMOVED, it) for it in old[len(new) :])
    yield from (_whole(Mark.ADDED, it) for it in new[len(old) :])


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = WORDS.findall(before), WORDS.findall(after)
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(Mark.KEPT, "".join(new[c:d]))
            continue
        if b > a:
            yield Piece(Mark.REMOVED, "".join(old[a:b]))
        if d > c:
            yield Piece(Mark.ADDED, "".join(new[c:d]))


def _whole(mark: Mark, line: str) -> Line:
    return Line((Piece(mark, line),))
