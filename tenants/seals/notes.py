"""Signed checkpoints: C2SP tlog-checkpoint in a C2SP signed-note, and the keys that sign them.

A checkpoint says: the log of this origin has so many leaves, and this is the root of their tree.

    samplan/t_krokom/access
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    2026-03-02T08:00:00+00:00

    — samplan/t_krokom Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhc...
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRODUCT = "samplan"
ED25519 = b"\x01"  # the kind of signature, in the C2SP's list
MARK = "— "  # begins a signature line


class BadNote(ValueError):
    """The text is no signed checkpoint, or not signed by a key that is believed."""


class UnknownKey(BadNote):
    """It is signed, but by none of the keys that are believed."""


class BadKey(ValueError):
    """The text is no verifying key, or nobody who is believed has vouched for it."""


@dataclass(frozen=True)
class Checkpoint:
    """What a huvudman has signed of one of its logs."""

    origin: str
    size: int
    root: bytes
    at: str  # ISO 8601, UTC: an extension line, so that the time is signed too


@dataclass(frozen=True)
class VerifyingKey:
    """Verifieringsnyckel: who it is, and what proves that it has signed."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return sha256(named).digest()[:4]

    def __str__(self) -> str:
        """Write it as C2SP does: name, id, kind and key."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def has_signed(self, text: bytes, signature: bytes) -> bool:
        """Tell whether this key has signed a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Vouched:
    """A verifying key, and the note by which an earlier one vouches for it; the first has none."""

    key: str
    endorsement: str = ""


def key_name(tenant: str) -> str:
    """Return the name of a huvudman's keys."""
    return f"{PRODUCT}/{tenant}"


def origin(tenant: str, log: str) -> str:
    """Return the name of a log: which huvudman, and which of its logs."""
    return f"{key_name(tenant)}/{log}"


def verifying_key(name: str, private: Ed25519PrivateKey) -> VerifyingKey:
    """Return the key that verifies what a private key signs."""
    return VerifyingKey(name, private.public_key().public_bytes_raw())


def read_key(text: str) -> VerifyingKey:
    """Read a verifying key.

    :raises BadKey: if it is none
    """
    # Base64 has + too, so the name and the id end at the first two.
    name, _, rest = text.partition("+")
    encoded = rest.partition("+")[2]
    try:
        key = VerifyingKey(name, b64decode(encoded, validate=True)[1:])
        Ed25519PublicKey.from_public_bytes(key.public)
    except (NotBase64, ValueError):
        raise BadKey(text) from None
    if str(key) != text:  # its kind and id too
        raise BadKey(text)
    return key


def believed(
    keys: Iterable[Vouched], *, name: str, known: Iterable[VerifyingKey] = ()
) -> tuple[VerifyingKey, ...]:
    """Return the keys of a huvudman, each vouched for by one before it.

    :param known: keys that are believed already
    :raises BadKey: if one is no key, is somebody else's, or nobody before it vouches for it
    """
    found, others = parted(keys, name=name, known=known)
    if others:
        raise BadKey(str(others[0]))
    return found


def parted(
    keys: Iterable[Vouched], *, name: str, known: Iterable[VerifyingKey] = ()
) -> tuple[tuple[VerifyingKey, ...], tuple[VerifyingKey, ...]]:
    """Return the keys of a huvudman that may be believed, and those that nobody vouches for.

    The first cannot prove itself: whoever holds an older copy compares it.

    :param known: keys that are believed already
    :raises BadKey: if one is no key, or somebody else's
    """
    found = [*known]
    others: list[VerifyingKey] = []
    for number, it in enumerate(keys):
        key = read_key(it.key)
        if key.name != name:
            raise BadKey(it.key)
        if key in found:
            continue
        is_believed = number == 0 or _is_vouched_for(it, key, found)
        (found if is_believed else others).append(key)
    return tuple(found), tuple(others)


def endorsed(key: VerifyingKey, *, by: Ed25519PrivateKey) -> str:
    """Return the note by which a key vouches for the one that comes after it."""
    return _signed(_endorsement(key), key.name, by)


def write(checkpoint: Checkpoint, *, name: str, key: Ed25519PrivateKey) -> str:
    """Return a checkpoint as a signed note."""
    return _signed(_body(checkpoint), name, key)


def read(note: str, keys: Iterable[VerifyingKey]) -> Checkpoint:
    """Read a checkpoint that one of the keys has signed.

    :raises UnknownKey: if none of them is named by a signature
    :raises BadNote: if it is no checkpoint, or the signature is not of this text
    """
    text, _, lines = note.partition("\n\n")
    refuse_unsigned(f"{text}\n", lines, keys)
    try:
        named, size, root, at = text.split("\n")
        found = Checkpoint(named, int(size), b64decode(root, validate=True), at)
    except ValueError:
        raise BadNote(note) from None
    if _body(found) != f"{text}\n":
        raise BadNote(note)
    return found


def refuse_unsigned(text: str, lines: str, keys: Iterable[VerifyingKey]) -> None:
    """Let a text through that one of the keys has signed, and nobody else.

    C2SP lets others sign too; ours have one signature, written in one way.

    :raises UnknownKey: if the signature names none of them
    :raises BadNote: if it is not of this text, or not written as it would be
    """
    by_name = {(it.name, it.id): it for it in keys}
    name, _, encoded = lines.removeprefix(MARK).removesuffix("\n").partition(" ")
    try:
        signature = b64decode(encoded, validate=True)
    except (NotBase64, ValueError):
        raise BadNote(lines) from None
    if lines != _signature_line(name, signature):
        raise BadNote(lines)
    key = by_name.get((name, signature[:4]))
    if key is None:
        raise UnknownKey(lines)
    if not key.has_signed(text.encode(), signature[4:]):
        raise BadNote(lines)


def _is_vouched_for(it: Vouched, key: VerifyingKey, earlier: Iterable[VerifyingKey]) -> bool:
    text, _, lines = it.endorsement.partition("\n\n")
    if f"{text}\n" != _endorsement(key):
        return False
    try:
        refuse_unsigned(f"{text}\n", lines, earlier)
    except BadNote:
        return False
    return True


def _endorsement(key: VerifyingKey) -> str:
    return f"{key.name} key\n{key}\n"


def _body(it: Checkpoint) -> str:
    return f"{it.origin}\n{it.size}\n{b64encode(it.root).decode()}\n{it.at}\n"


def _signed(text: str, name: str, key: Ed25519PrivateKey) -> str:
    signature = verifying_key(name, key).id + key.sign(text.encode())
    return f"{text}\n{_signature_line(name, signature)}"


def _signature_line(name: str, signature: bytes) -> str:
    return f"{MARK}{name} {b64encode(signature).decode()}\n"
