"""The archive of a huvudman: a zip whose manifest names every other member with size and SHA-256.

    manifest.json         whose, when, by which version; rows and checksum of each table
    LASMIG.txt            what it holds, in Swedish, for whoever opens it in twenty years
    schema.json           each table and column: type, values, keys, what it means
    schema.sql            the same for PostgreSQL
    data/<table>.csv      every row of the huvudman's own tables, ordered by primary key
    data/<table>.jsonl    the same rows as JSON
    common/<table>.*      its own rows of what all huvudmän read
    records/, elsewhere/  what the layers above add

Written and read as a stream: memory does not grow with the rows. The same rows give the same bytes,
save the moment in the manifest.
"""

import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any

FORMAT = "samplan-tenant-archive/1"
MANIFEST, SCHEMA, DUMP, README = "manifest.json", "schema.json", "schema.sql", "LASMIG.txt"
MADE = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name: members have no time of theirs
OWNER_ONLY = 0o600
BLOCK = 1 << 16
QUOTE = b'"'


class BadArchive(Exception):
    """The file is no whole archive; the text is Swedish and says what is wrong."""


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    bytes: int
    sha256: str


class Writer:
    """Writes members one after another, and the manifest last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # what was cut short is thrown away by who opened it
            self._zip.close()

    def add(self, name: str, blocks: Iterable[bytes]) -> Member:
        """Write a member from its bytes.

        :raises ValueError: if there is one of that name
        """
        if name in self.members:
            raise ValueError(name)
        size, seen = 0, sha256()
        with self._zip.open(_info(name), "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                seen.update(block)
                size += len(block)
        self.members[name] = Member(size, seen.hexdigest())
        return self.members[name]

    def close(self, manifest: Mapping[str, Any]) -> str:
        """Write the manifest, and end; return the checksum of it, which seals everything else."""
        listed = {name: vars(it) for name, it in sorted(self.members.items())}
        written = as_json({"format": FORMAT, **manifest, "members": listed})
        with self._zip.open(_info(MANIFEST), "w") as member:
            member.write(written)
        self._zip.close()  # before the file is moved into its place: what fails here must be heard
        return sha256(written).hexdigest()


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Give a file to write that becomes the target in one step, or leaves nothing at all.

    It lies beside the target, so that the step is within one disk, only its owner may read it, and
    it is on the disk before it gets its name.
    """
    number, name = mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    try:
        with os.fdopen(number, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync(target.parent)


class Reader:
    """Reads an archive alone, without any database."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            written = self._zip.read(MANIFEST)
            self.manifest: dict[str, Any] = json.loads(written)
            self.members = {name: Member(**it) for name, it in self.manifest["members"].items()}
        except OSError as fault:
            raise BadArchive(
                f"{path} går inte att läsa ({fault.strerror}). Kontrollera sökvägen."
            ) from None
        except (
            zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ValueError, TypeError,
            AttributeError, EOFError,
        ):  # fmt: skip
            raise BadArchive(
                f"{path} är inget helt arkiv från samplan tenant export. Använd en annan kopia,"
                " eller exportera igen."
            ) from None
        if self.manifest.get("format") != FORMAT:
            raise BadArchive(
                f"{path} har formatet {self.manifest.get('format')}, och den här versionen läser"
                f" {FORMAT}. Använd den version av Samplan som gjorde arkivet."
            )
        self.seal = sha256(written).hexdigest()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """Return the name of everything in the file, also of what the manifest does not name."""
        return self._zip.namelist()

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a member.

        :raises BadArchive: if it is missing or cannot be unpacked
        """
        try:
            with self._zip.open(name) as member:
                while block := member.read(BLOCK):
                    yield block
        except (KeyError, zipfile.BadZipFile, EOFError, OSError, zlib.error) as fault:
            raise BadArchive(
                f"{name} i arkivet saknas eller är skadad. Använd en annan kopia av filen."
            ) from fault

    def text(self, name: str) -> str:
        """Return a member that is a short text."""
        return b"".join(self.blocks(name)).decode()


def as_json(told: Any) -> bytes:
    """Return JSON as it is written in the archive: readable, in a fixed order."""
    return (json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def loaded(text: str) -> Any:
    """Return JSON that was written in the archive."""
    return json.loads(text)


def json_lines(blocks: Iterable[bytes]) -> int:
    """Count the rows of a JSON Lines file."""
    return sum(block.count(b"\n") for block in blocks)


def csv_rows(blocks: Iterable[bytes]) -> int:
    """Count the rows of a CSV file, its header aside: line ends that stand in no quotation.

    Python's csv would need its limit of a field lifted, which is everybody's in the process.
    """
    rows, is_quoted = 0, False
    for block in blocks:
        for number, part in enumerate(block.split(QUOTE)):
            is_quoted ^= number > 0
            rows += 0 if is_quoted else part.count(b"\n")
    return max(0, rows - 1)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, MADE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | OWNER_ONLY) << 16
    return info


def _sync(folder: Path) -> None:
    """Let the folder's own entry reach the disk."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
