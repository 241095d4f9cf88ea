"""The files of an export of the logs: written by `samplan audit export`, read by whoever judges.

    export.json               which huvudman, and its logs: always both
    keys.jsonl                the verifying keys, each vouched for by the one before
    access.rows.jsonl         the rows, one on each line: line n is leaf n
    access.leaves.txt         the hash of each leaf as it was sealed
    access.checkpoints.jsonl  the signed checkpoints of each hour, and all since
    access.unsealed.jsonl     rows too young to be sealed; each tells when it was recorded
    event.*                   the same of the event log

Every line that is judged has one way of being written, so that no bit of it can differ.
"""

import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from tenants.seals import notes
from tenants.seals.notes import BadKey, BadNote, UnknownKey, VerifyingKey, Vouched
from tenants.seals.verdicts import Fault, Kind

FORMAT = "samplan-log-export/1"
# Both are judged, whatever the export says of itself: nobody has signed that.
LOGS = ("access", "event")
EXPORT, KEYS, README = "export.json", "keys.jsonl", "LASMIG.txt"
ROWS, LEAVES, CHECKPOINTS, UNSEALED = (
    "rows.jsonl", "leaves.txt", "checkpoints.jsonl", "unsealed.jsonl",
)  # fmt: skip


@dataclass(frozen=True)
class Export:
    """An export, and the keys by which it is judged."""

    place: Path
    tenant: str
    keys: tuple[VerifyingKey, ...]
    unvouched: tuple[VerifyingKey, ...]  # that the huvudman names and nobody vouches for

    def opened(self, log: str, what: str) -> IO[bytes]:
        """Open a file of a log.

        :raises Fault: if it cannot be
        """
        name = f"{log}.{what}"
        try:
            return (self.place / name).open("rb", buffering=1 << 20)
        except OSError:
            raise Fault(Kind.UNREADABLE, 0, file=name) from None


@dataclass(frozen=True)
class Point:
    """A checkpoint that is compared with the tree of the rows."""

    size: int
    root: bytes
    is_witness: bool
    file: str


def line(told: Any) -> bytes:
    """Return the one way in which something is written on a line."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def read(place: Path, *, known: Iterable[VerifyingKey] = ()) -> Export:
    """Read what an export is of, and its keys.

    :param known: keys that whoever judges vouches for
    :raises Fault: if it is none, or its keys are not each other's
    """
    try:
        told = json.loads((place / EXPORT).read_bytes())
        tenant = str(told["tenant"])
        expected = line({"format": FORMAT, "tenant": tenant, "logs": LOGS})
        is_whole = (place / EXPORT).read_bytes() == expected
    except (OSError, ValueError, KeyError, TypeError):
        is_whole, tenant = False, ""
    if not is_whole:
        raise Fault(Kind.UNREADABLE, 0, file=EXPORT)
    try:
        listed = _vouched(place / KEYS)
        keys, unvouched = notes.parted(listed, name=notes.key_name(tenant), known=known)
    except OSError:
        raise Fault(Kind.UNREADABLE, 0, file=KEYS) from None
    except (BadKey, ValueError, KeyError, TypeError):
        raise Fault(Kind.KEY_SWAPPED, 0, file=KEYS) from None
    return Export(place, tenant, keys, unvouched)


def checkpoints(export: Export, log: str) -> Generator[Point, None, None]:
    """Yield the export's own checkpoints of a log, in order.

    :raises Fault: if one is not what was signed
    """
    before = 0
    with export.opened(log, CHECKPOINTS) as file:
        for written in file:
            point = _own(export, log, written, before=before)
            yield point
            before = point.size


def witnessed(export: Export, log: str, place: Path) -> Generator[Point, None, None]:
    """Yield what a file of checkpoints kept elsewhere has of a log, in order.

    Lines of other huvudmän are left out.

    :raises Fault: if it is damaged, or signed by a key that the export does not have
    """
    origin, before = notes.origin(export.tenant, log), 0
    origins = {notes.origin(export.tenant, it) for it in LOGS}
    ours = {str(it) for it in (*export.keys, *export.unvouched)}
    try:
        with place.open("rb") as file:
            for written in file:
                told = json.loads(written)
                if told["origin"] != origin:
                    is_other = not told["origin"].startswith(notes.origin(export.tenant, ""))
                    if is_other or told["origin"] in origins:
                        continue
                    raise Fault(Kind.WITNESS_BROKEN, before, file=place.name)
                if not {it["key"] for it in told["keys"]} <= ours:
                    raise Fault(Kind.KEY_SWAPPED, before, file=place.name)
                point = _signed(export, told["note"], before=before, file=place.name)
                if point.origin != origin or point.size < before:
                    raise Fault(Kind.WITNESS_BROKEN, before, file=place.name)
                yield Point(point.size, point.root, is_witness=True, file=place.name)
                before = point.size
    except OSError:
        raise Fault(Kind.UNREADABLE, 0, file=place.name) from None
    except UnknownKey:
        raise Fault(Kind.KEY_SWAPPED, before, file=place.name) from None
    except (BadNote, ValueError, KeyError, TypeError, AttributeError):
        raise Fault(Kind.WITNESS_BROKEN, before, file=place.name) from None


def unsealed(export: Export, log: str) -> Generator[datetime, None, None]:
    """Yield when each row was recorded that was too young to be sealed.

    :raises Fault: if one does not tell
    """
    with export.opened(log, UNSEALED) as file:
        for row in file:
            yield recorded_at(row, file=f"{log}.{UNSEALED}")


def recorded_at(row: bytes, *, file: str) -> datetime:
    """Return when a row was recorded.

    :raises Fault: if it does not tell
    """
    try:
        return datetime.fromisoformat(json.loads(row)["recorded_at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise Fault(Kind.UNREADABLE, 0, file=file) from None


def _vouched(place: Path) -> Iterator[Vouched]:
    found = [json.loads(it) for it in place.read_bytes().splitlines()]
    if place.read_bytes() != b"".join(map(line, found)) or not found:
        raise ValueError(place.name)
    return (Vouched(str(it["key"]), str(it["endorsement"])) for it in found)


def _own(export: Export, log: str, written: bytes, *, before: int) -> Point:
    name = f"{log}.{CHECKPOINTS}"
    try:
        told = json.loads(written)
        point = _signed(export, told["note"], before=before, file=name)
    except UnknownKey:
        raise Fault(Kind.KEY_SWAPPED, before, file=name) from None
    except (BadNote, ValueError, KeyError, TypeError, AttributeError):
        raise Fault(Kind.SIGNATURE_BROKEN, before, file=name) from None
    again = checkpoint_line(point.size, point.root.hex(), told["note"])
    is_next = point.origin == notes.origin(export.tenant, log) and point.size > before
    if written != again or not is_next:
        raise Fault(Kind.SIGNATURE_BROKEN, before, file=name)
    return Point(point.size, point.root, is_witness=False, file=name)


def _signed(export: Export, note: str, *, before: int, file: str) -> notes.Checkpoint:
    try:
        return notes.read(note, export.keys)
    except UnknownKey:
        notes.read(note, export.unvouched)
    raise Fault(Kind.KEY_UNVOUCHED, before, file=file)


def checkpoint_line(size: int, root: str, note: str) -> bytes:
    """Return a checkpoint as the export writes it."""
    return line({"size": size, "root": root, "note": note})
