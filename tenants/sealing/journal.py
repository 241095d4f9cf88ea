"""The file outside the database to which every checkpoint is added, and never changed.

    <SAMPLAN_CHECKPOINTS>/t_krokom.access.jsonl

It is written after the commit, so it never holds a checkpoint that was undone; what a killed worker
has left out is added by the next one.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

TAIL = 1 << 14  # bytes; a line is far shorter


def place_of(tenant: str, log: str) -> Path:
    """Return the file of a log."""
    return Path(settings.CHECKPOINTS) / f"{tenant}.{log}.jsonl"


def last_size(tenant: str, log: str) -> int:
    """Return the size of the newest checkpoint in the file of a log."""
    try:
        with place_of(tenant, log).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return 0
    return next((size for it in reversed(lines) if (size := _size(it)) is not None), 0)


def add(tenant: str, log: str, checkpoints: Iterable[dict[str, Any]]) -> None:
    """Add checkpoints to the file of a log; they are on the disk when this returns."""
    place = place_of(tenant, log)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # A line that a power cut has left half is ended, so that the next begins anew.
        begun = b"\n" if file.tell() and not _ends_whole(place) else b""
        file.write(begun + b"".join(json.dumps(it).encode() + b"\n" for it in checkpoints))
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(place: Path) -> bool:
    with place.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _size(line: bytes) -> int | None:
    try:
        return int(json.loads(line)["size"])
    except (ValueError, KeyError, TypeError):
        return None
