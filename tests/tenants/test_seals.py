"""The tree, the notes and the proofs, without any database; pymerkle computes the same roots."""

from hashlib import sha256
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tenants.seals import notes, tree
from tenants.seals.notes import BadKey, BadNote, Checkpoint, UnknownKey, Vouched
from tenants.seals.tree import NotAdjacent, Range

NAME = notes.key_name("t_krokom")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
POINT = Checkpoint(notes.origin("t_krokom", "access"), 7, bytes(32), "2026-03-02T08:00:00+00:00")


def leaves(count: int) -> list[bytes]:
    return [b"%d" % it for it in range(count)]


def ranged(begin: int, end: int) -> Range:
    found = Range(begin, begin)
    for it in leaves(end)[begin:]:
        found.append(tree.leaf_hash(it))
    return found


@pytest.mark.parametrize("count", [*range(70), 1000, 4097])
def test_the_root_is_that_of_another_implementation(count: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for it in leaves(count):
        oracle.append_entry(it)

    found = tree.root_of([tree.leaf_hash(it) for it in leaves(count)])
    assert found == (oracle.get_root() if count else sha256(b"").digest())


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_ranges_that_meet_are_one(one: int, another: int, third: int) -> None:
    first, second, end = sorted([one, another, third])
    whole = ranged(0, first)
    between = ranged(first, second)
    between.join(ranged(second, end))
    whole.join(tree.from_bytes(first, end, between.to_bytes()))

    assert whole == ranged(0, end)


def test_ranges_apart_are_not_joined() -> None:
    with pytest.raises(NotAdjacent):
        ranged(0, 3).join(ranged(4, 5))
    with pytest.raises(NotAdjacent):
        tree.from_bytes(0, 5, bytes(32))
    with pytest.raises(NotAdjacent):
        ranged(2, 5).root()


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    note = notes.write(POINT, name=NAME, key=KEY)

    assert note.startswith(
        f"samplan/t_krokom/access\n7\n{'A' * 43}=\n{POINT.at}\n\n— samplan/t_krokom "
    )
    assert notes.read(note, [notes.verifying_key(NAME, KEY)]) == POINT


def test_no_changed_character_of_a_checkpoint_is_believed() -> None:
    note, key = notes.write(POINT, name=NAME, key=KEY), notes.verifying_key(NAME, KEY)
    random = Random(1)
    for place in range(len(note) - 1):
        changed = note[:place] + random.choice("ab1\n— ") + note[place + 1 :]
        if changed != note:
            with pytest.raises(BadNote):
                notes.read(changed, [key])


def test_a_signature_has_one_way_of_being_written() -> None:
    note, key = notes.write(POINT, name=NAME, key=KEY), notes.verifying_key(NAME, KEY)
    foreign = notes.write(POINT, name="samplan/t_ragunda", key=OTHER).rpartition("\n\n")[2]
    text, _, signature = note.rpartition("\n\n")
    # 68 bytes leave two bits of the last character without a meaning.
    last = note[-3]
    for it in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        if it != last:
            with pytest.raises(BadNote):
                notes.read(f"{note[:-3]}{it}=\n", [key])
    for others in (foreign + signature, signature + foreign, signature * 2, f"{signature}\n"):
        with pytest.raises(BadNote):
            notes.read(f"{text}\n\n{others}", [key])


def test_a_checkpoint_of_another_key_is_not_believed() -> None:
    with pytest.raises(UnknownKey):
        notes.read(notes.write(POINT, name=NAME, key=OTHER), [notes.verifying_key(NAME, KEY)])


def test_a_verifying_key_is_read_as_it_is_written() -> None:
    key = notes.verifying_key(NAME, KEY)

    assert notes.read_key(str(key)) == key
    for text in ("", "x", str(key)[:-4], str(key).replace("krokom", "ragunda"), f"{key}===="):
        with pytest.raises(BadKey):
            notes.read_key(text)


def test_a_key_is_believed_that_an_earlier_one_vouches_for() -> None:
    first, second = notes.verifying_key(NAME, KEY), notes.verifying_key(NAME, OTHER)
    endorsement = notes.endorsed(second, by=KEY)

    assert notes.believed([Vouched(str(first)), Vouched(str(second), endorsement)], name=NAME) == (
        first,
        second,
    )
    third = notes.verifying_key(NAME, Ed25519PrivateKey.generate())
    chain = [Vouched(str(first)), Vouched(str(second)), Vouched(str(third),
             notes.endorsed(third, by=OTHER))]  # fmt: skip
    assert notes.parted(chain, name=NAME) == ((first,), (second, third))
    assert notes.parted(chain, name=NAME, known=[second]) == ((second, first, third), ())
    for by_nobody in ("", notes.endorsed(second, by=OTHER), notes.endorsed(first, by=KEY)):
        with pytest.raises(BadKey):
            notes.believed([Vouched(str(first)), Vouched(str(second), by_nobody)], name=NAME)
    with pytest.raises(BadKey):
        notes.believed([Vouched(str(first))], name=notes.key_name("t_ragunda"))
