"""Does a checkpoint follow on the one that is held? What a witness asks, each hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from tenants.seals import notes, tree
from tenants.seals.notes import BadKey, BadNote, Vouched
from tenants.seals.tree import NotAdjacent


class Key(TypedDict):
    """A verifying key as it is written down."""

    key: str
    endorsement: str


@dataclass(frozen=True)
class Held:
    """The last checkpoint that a witness has copied."""

    size: int
    root: str
    frontier: bytes
    keys: Sequence[Key]


@dataclass(frozen=True)
class Offered:
    """A checkpoint of another, with what proves that it follows."""

    size: int
    root: str
    note: str
    frontier: bytes
    since: int
    growth: bytes
    keys: Sequence[Key]
    at: str


class Broken(Exception):
    """The log is not a continuation of what is held."""


class Changed(Broken):
    """The tree does not begin with the one that is held."""


class Unsigned(Broken):
    """It is not signed by a key that is known, or that a known one vouches for."""


def refuse_unless_grown(it: Offered, held: Held | None) -> bool:
    """Let a checkpoint through whose tree has only grown; tell whether it was proven to.

    It cannot be proven for the first, nor where the one before was opened to another witness.

    :raises Changed: if it does not begin with the one that is held
    """
    try:
        whole = tree.from_bytes(0, it.size, it.frontier)
    except NotAdjacent:
        raise Changed from None
    if whole.root().hex() != it.root:
        raise Changed
    if held is None:
        return False
    if it.size <= held.size:
        if (it.size, it.root) != (held.size, held.root):
            raise Changed
        return True
    if it.since != held.size:
        return False
    try:
        grown = tree.from_bytes(0, held.size, held.frontier)
        grown.join(tree.from_bytes(it.since, it.size, it.growth))
    except NotAdjacent:
        raise Changed from None
    if grown.root().hex() != it.root:
        raise Changed
    return True


def refuse_unsigned(it: Offered, held: Held | None, *, owner: str, log: str) -> None:
    """Let a checkpoint through that is signed by a key that is held, or that one vouches for.

    What is held is not asked again who vouches for it: the alarm has been raised.

    :raises Unsigned: if it is not
    """
    try:
        before = [*held.keys] if held else []
        if [*it.keys[: len(before)]] != before:
            raise Unsigned
        known = [notes.read_key(key["key"]) for key in before]
        keys = [Vouched(**key) for key in it.keys]
        told = notes.read(it.note, notes.believed(keys, name=notes.key_name(owner), known=known))
    except (BadKey, BadNote, KeyError, TypeError):  # a superuser may have written anything
        raise Unsigned from None
    if (told.origin, told.size, told.at) != (notes.origin(owner, log), it.size, it.at):
        raise Unsigned
    if told.root.hex() != it.root:
        raise Unsigned
