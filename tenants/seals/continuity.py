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


def refuse_unless_follows(it: Offered, held: Held | None, *, owner: str, log: str) -> bool:
    """Let a checkpoint through that follows; tell whether it was proven to.

    It cannot be proven for the first, nor where the one before was opened to another witness.

    :raises Broken: if it does not follow
    """
    _refuse_unsigned(it, held, owner=owner, log=log)
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


def _refuse_unsigned(it: Offered, held: Held | None, *, owner: str, log: str) -> None:
    known = [Vouched(**key) for key in it.keys]
    if held and [*it.keys[: len(held.keys)]] != [*held.keys]:
        raise Unsigned
    try:
        believed = notes.believed(known, name=notes.key_name(owner))
        told = notes.read(it.note, believed)
    except (BadKey, BadNote):
        raise Unsigned from None
    origin = notes.origin(owner, log)
    if told != notes.Checkpoint(origin, it.size, bytes.fromhex(it.root), it.at):
        raise Unsigned
