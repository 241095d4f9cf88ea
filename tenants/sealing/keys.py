"""The keys that sign checkpoints: files outside the database, one folder for each huvudman.

<SAMPLAN_SEAL_KEYS>/t_krokom/private.pem    signs; only the worker reads it
<SAMPLAN_SEAL_KEYS>/t_krokom/keys.jsonl     every verifying key, each vouched for by the one
                                            before; may be read by all
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tenants.seals import notes
from tenants.seals.notes import Vouched

PRIVATE, PUBLIC = "private.pem", "keys.jsonl"


class NoKey(Exception):
    """There is no key to sign with; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Ring:
    """The keys of a huvudman."""

    name: str
    private: Ed25519PrivateKey
    public: tuple[Vouched, ...]  # the first first


def ring(tenant: str, *, may_make: bool = False) -> Ring:
    """Return the keys of a huvudman.

    :param may_make: nothing has been signed yet, so a missing key is made
    :raises NoKey: if there is none. One that has signed is never replaced in silence: whoever
        could remove it could then sign another history.
    """
    place = _place(tenant) / PRIVATE
    if not place.exists():
        if not may_make:
            raise NoKey(
                f"{tenant} har undertecknat förut, men {place} saknas. Lägg tillbaka nyckeln från"
                " säkerhetskopian. Är den förlorad: samplan audit rotate med --lost."
            )
        _keep(place, Ed25519PrivateKey.generate(), is_new=True)
    private = _read(place)
    name = notes.key_name(tenant)
    known = public_keys(tenant)
    ours = str(notes.verifying_key(name, private))
    if ours not in {it.key for it in known}:
        if known:
            raise NoKey(
                f"{place} hör inte till nycklarna i {PUBLIC} bredvid. Lägg tillbaka båda från"
                " säkerhetskopian."
            )
        _add(tenant, Vouched(ours))
        known = public_keys(tenant)
    return Ring(name, private, known)


def public_keys(tenant: str) -> tuple[Vouched, ...]:
    """Return the verifying keys of a huvudman, the first first."""
    place = _place(tenant) / PUBLIC
    lines = place.read_text().splitlines() if place.exists() else []
    # Two processes may have noted the first key at once.
    return tuple(dict.fromkeys(Vouched(**json.loads(it)) for it in lines))


def rotate(tenant: str, *, is_lost: bool = False) -> str:
    """Sign with a new key from now on; return it. The old one vouches for it, and is destroyed.

    :param is_lost: the old one is gone: nobody vouches, and every witness raises the alarm
    :raises NoKey: if there is no key to rotate
    """
    private = Ed25519PrivateKey.generate()
    key = notes.verifying_key(notes.key_name(tenant), private)
    endorsement = "" if is_lost else notes.endorsed(key, by=ring(tenant).private)
    # Noted before it is used: what is noted and not used does no harm, the other way round does.
    _add(tenant, Vouched(str(key), endorsement))
    _keep(_place(tenant) / PRIVATE, private, is_new=False)
    return str(key)


def _place(tenant: str) -> Path:
    return Path(settings.SEAL_KEYS) / tenant


def _read(place: Path) -> Ed25519PrivateKey:
    found = serialization.load_pem_private_key(place.read_bytes(), password=None)
    if not isinstance(found, Ed25519PrivateKey):
        raise NoKey(f"{place} är ingen Ed25519-nyckel. Lägg tillbaka den rätta.")
    return found


def _add(tenant: str, key: Vouched) -> None:
    _place(tenant).mkdir(parents=True, exist_ok=True)
    with (_place(tenant) / PUBLIC).open("a") as file:
        file.write(json.dumps(asdict(key)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _keep(place: Path, key: Ed25519PrivateKey, *, is_new: bool) -> None:
    """Write a private key in one step; where another process has made one first, that stands."""
    place.parent.mkdir(parents=True, exist_ok=True)
    number, written = mkstemp(dir=place.parent)  # mode 0600
    with os.fdopen(number, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.flush()
        os.fsync(file.fileno())
    if not is_new:
        Path(written).replace(place)
        return
    with suppress(FileExistsError):
        place.hardlink_to(written)
    Path(written).unlink()
