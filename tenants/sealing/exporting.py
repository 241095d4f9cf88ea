"""Writing the logs of a huvudman as files that can be judged without us (`tenants.seals`)."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from psycopg import sql

from tenants.home.models import Checkpoint, WitnessedCheckpoint
from tenants.leaving.tables import as_huvudman
from tenants.sealing import keys, sealer
from tenants.sealing.sealer import CANONICAL, Log
from tenants.seals import exported, notes

FOLDER, FILE = 0o700, 0o600  # the event log holds what is secret
Tell = Callable[[str, int], object]


def export(
    *, tenant: str, logs: Iterable[Log], to: Path, at: datetime, tell: Tell = lambda *_: None
) -> dict[str, int]:
    """Write the logs of a huvudman to a new folder, as of one moment; return the rows of each.

    :param tell: called now and then, with the log and how many rows have been written
    :raises FileExistsError: if the folder is there already
    """
    to.mkdir(mode=FOLDER)
    named = list(logs)
    with as_huvudman(tenant, is_snapshot=True) as cursor:
        written = {it.name: _write_log(cursor, it, to, tell) for it in named}
    with _new(to, exported.KEYS) as file:
        file.writelines(exported.line(asdict(it)) for it in keys.public_keys(tenant))
    with _new(to, exported.README) as file:
        file.write(_readme(tenant, at, written).encode())
    with _new(to, exported.EXPORT) as file:  # last: without it there is no export
        told = {"format": exported.FORMAT, "tenant": tenant, "logs": [it.name for it in named]}
        file.write(exported.line(told))
    return written


def export_copies(*, witness: str, of: str, to: Path) -> int:
    """Write what a witness has copied of another's logs; return how many checkpoints it is.

    :raises FileExistsError: if the file is there already
    """
    with as_huvudman(witness, is_snapshot=True), _new(to.parent, to.name) as file:
        rows = WitnessedCheckpoint.objects.filter(owner=of).order_by("log", "size", "id")
        count = 0
        asked = rows.values_list("log", "size", "root", "note", "keys")
        for log, size, root, note, known in asked.iterator():
            file.write(
                exported.line(
                    {
                        "origin": notes.origin(of, log),
                        "size": size,
                        "root": root,
                        "note": note,
                        "keys": known,
                    }
                )
            )
            count += 1
    return count


def _write_log(cursor: Any, log: Log, to: Path, tell: Tell) -> int:
    names = {"table": sql.Identifier(log.table), "canonical": sql.SQL(CANONICAL),
             "log": sql.Literal(log.name)}  # fmt: skip
    count = 0
    with _new(to, f"{log.name}.{exported.ROWS}") as rows, \
            _new(to, f"{log.name}.{exported.LEAVES}") as leaves:  # fmt: skip
        for row, leaf in _copied(cursor, sql.SQL(_SEALED).format(**names)):
            if row is not None:  # a leaf whose row is gone is found by who judges
                rows.write(row.encode() + b"\n")
            leaves.write(leaf.encode() + b"\n")
            count += 1
            if not count % sealer.BATCH:
                tell(log.name, count)
    with _new(to, f"{log.name}.{exported.UNSEALED}") as file:
        for (row,) in _copied(cursor, sql.SQL(_UNSEALED).format(**names)):
            file.write(row.encode() + b"\n")
    with _new(to, f"{log.name}.{exported.CHECKPOINTS}") as file:
        file.writelines(_checkpoints(log))
    return count


def _checkpoints(log: Log) -> Iterator[bytes]:
    """Yield those of each hour, and every one since the last of these."""
    own = Checkpoint.objects.filter(log=log.name)
    hours = own.filter(is_hourly=True)
    last = hours.order_by("-size").values_list("size", flat=True).first() or 0
    for some in (hours, own.filter(size__gt=last)):
        asked = some.order_by("size").values_list("size", "root", "note")
        for size, root, note in asked.iterator():
            yield exported.checkpoint_line(size, root, note)


def _copied(cursor: Any, query: sql.Composable) -> Iterator[tuple[Any, ...]]:
    with cursor.copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copied:
        yield from copied.rows()


def _new(place: Path, name: str) -> IO[bytes]:
    return os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb")


def _readme(tenant: str, at: datetime, written: dict[str, int]) -> str:
    rows = ", ".join(f"{name} {count} rader" for name, count in written.items())
    return f"""Förseglade loggar ur Samplan: {tenant}

Skrivet {at.isoformat()}: {rows}.

access är åtkomstloggen (vem som har tagit del av vad), event är händelseloggen (vad som är gjort).
Händelseloggen har sekretessbelagda uppgifter om enskilda: förvara mappen så.

Pröva den med samplan audit verify, eller utan Samplan: ta mappen tenants/seals ur den publicerade
källkoden, Python och paketet cryptography, och kör python -m tenants.seals MAPPEN --witness FIL där
FIL är de kontrollpunkter som har förvarats utanför databasen, eller ett vittnes kopior. Utan sådana
syns inte om någon med huvudmannens nyckel har skrivit om allt, eller tagit bort slutet.

Rad n i *.rows.jsonl är blad n i trädet (från 0). Bladets hash är SHA-256 av en nollbyte och raden
utan radslut (RFC 6962). *.unsealed.jsonl är de senaste sekundernas rader, som ingen har förseglat.
En nyckel som har ersatt en förlorad prövas först när du själv nämner den med --key.
"""


_SEALED = """
SELECT {canonical}, encode(leaf.hash, 'hex')
FROM home_sealedleaf AS leaf LEFT JOIN {table} AS it ON it.id = leaf."row"
WHERE leaf.log = {log} ORDER BY leaf.number
"""
_UNSEALED = """
SELECT {canonical} FROM {table} AS it
WHERE NOT EXISTS (SELECT FROM home_sealedleaf WHERE log = {log} AND "row" = it.id)
ORDER BY it.transaction, it.id
"""
