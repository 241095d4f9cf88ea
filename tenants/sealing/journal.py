"""The file outside the database to which every checkpoint is added, and never changed.

    <SAMPLAN_CHECKPOINTS>/t_krokom.access.jsonl

It is written after the commit, so it never holds a checkpoint that was undone; what a killed worker
has left out is added by the next one. Two may add at once: sizes only grow.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings

TAIL = 1 << 14  # bytes; a line is far shorter


def place_of(tenant: str, log: str) -> Path:
    """Return the file of a log."""
    return Path(settings.CHECKPOINTS) / f"{tenant}.{log}.jsonl"


def last_size(tenant: str, log: str) -> int:
    """Return the size of the newest checkpoint in the file of a log."""
    try:
        with place_of(tenant, log).open("rb") as file:
            return _last_size(file)
    except FileNotFoundError:
        return 0


def add(tenant: str, log: str, checkpoints: Iterable[dict[str, Any]]) -> None:
    """Add those checkpoints that the file of a log does not reach to; when done, they are on disk.

    :param checkpoints: by size
    """
    place = place_of(tenant, log)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # Asked behind the lock: another sealer may have added them since they were looked for.
        last = _last_size(file)
        lines = [json.dumps(it).encode() + b"\n" for it in checkpoints if it["size"] > last]
        if not lines:
            return
        # A line that a power cut has left half is ended, so that the next begins anew.
        begun = b"" if _ends_whole(file) else b"\n"
        file.write(begun + b"".join(lines))
        file.flush()
        os.fsync(file.fileno())


def _last_size(file: IO[bytes]) -> int:
    file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
    sizes = map(_size, reversed(file.read().splitlines()))
    return next((it for it in sizes if it is not None), 0)


def _ends_whole(file: IO[bytes]) -> bool:
    if not file.seek(0, os.SEEK_END):
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _size(line: bytes) -> int | None:
    try:
        return int(json.loads(line)["size"])
    except (ValueError, KeyError, TypeError):
        return None
