"""The Merkle tree of RFC 6962 (2.1), as compact ranges: what is kept of a tree that only grows.

A range holds the roots of the largest whole subtrees that cover its leaves: about two for each
doubling of its length. Two ranges that meet join into one, so whoever has the range of a tree and
that of what came after can tell that the greater tree begins with the smaller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

SIZE = 32  # bytes of a hash
EMPTY = sha256(b"").digest()


def leaf_hash(row: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + row).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node from those of its two children."""
    return sha256(b"\1" + left + right).digest()


class NotAdjacent(ValueError):
    """Two ranges do not meet, or one has not as many hashes as its length asks for."""


@dataclass
class Range:
    """The leaves from `begin` up to `end`, which is not one of them."""

    begin: int = 0
    end: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf, by its hash."""
        self._push(0, self.end, leaf)
        self.end += 1

    def join(self, following: "Range") -> None:
        """Add the range that begins where this one ends.

        :raises NotAdjacent: if it begins elsewhere, or is none
        """
        places = list(_subtrees(following.begin, following.end))
        if following.begin != self.end or len(places) != len(following.hashes):
            raise NotAdjacent
        for (level, index), it in zip(places, following.hashes, strict=True):
            self._push(level, index, it)
        self.end = following.end

    def root(self) -> bytes:
        """Return the root of the tree of a range that begins with the first leaf.

        :raises NotAdjacent: if it begins later
        """
        if self.begin:
            raise NotAdjacent
        if not self.hashes:
            return EMPTY
        *others, root = self.hashes
        for it in reversed(others):
            root = node_hash(it, root)
        return root

    def copy(self) -> "Range":
        """Return a range of its own with the same leaves."""
        return Range(self.begin, self.end, list(self.hashes))

    def to_bytes(self) -> bytes:
        """Return the hashes one after another."""
        return b"".join(self.hashes)

    def _push(self, level: int, index: int, subtree: bytes) -> None:
        hashes = self.hashes
        hashes.append(subtree)
        while index & 1 and (index - 1) << level >= self.begin:
            right = hashes.pop()
            hashes[-1] = node_hash(hashes[-1], right)
            index >>= 1
            level += 1


def from_bytes(begin: int, end: int, hashes: bytes) -> Range:
    """Return a range from what `to_bytes` has given.

    :raises NotAdjacent: if there are not as many hashes as the length asks for
    """
    found = [bytes(hashes[it : it + SIZE]) for it in range(0, len(hashes), SIZE)]
    if len(hashes) % SIZE or len(found) != sum(1 for _ in _subtrees(begin, end)):
        raise NotAdjacent
    return Range(begin, end, found)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a whole tree, from the hashes of its leaves."""
    whole = Range()
    for it in leaves:
        whole.append(it)
    return whole.root()


def _subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield level and index of the largest whole subtrees that cover a range, from the left."""
    while begin < end:
        fitting = (end - begin).bit_length() - 1
        aligned = (begin & -begin).bit_length() - 1 if begin else fitting
        level = min(fitting, aligned)
        yield level, begin >> level
        begin += 1 << level
