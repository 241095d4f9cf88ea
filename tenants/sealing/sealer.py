"""The sealer: what can no longer change becomes leaves of the tree, and is signed.

A row is taken when every transaction that could still come before it has ended; which row is which
leaf is written with the checkpoint, in one transaction. So no row is skipped or taken twice, a
sealer may be killed at any time, and two may run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from psycopg import sql

from tenants.context import acting_for
from tenants.home.models import Checkpoint, SealAlarm, SealedLeaf
from tenants.registry import kin_names
from tenants.sealing import journal, keys, witnesses
from tenants.seals import notes, tree
from tenants.seals.tree import Range

BATCH = 10_000  # rows of one checkpoint
OPEN_TO_WITNESSES = timedelta(days=3653)  # longer than a log is kept


@dataclass(frozen=True)
class Log:
    """A log that is sealed: its name in the origin, and where its rows are."""

    name: str
    model: type[models.Model]

    @property
    def table(self) -> str:
        """Return the table of its rows."""
        return self.model._meta.db_table


def seal(log: Log, *, at: datetime, is_whole: bool = False) -> int:
    """Seal every row of the acting huvudman's log that is final; return how many there were.

    :param is_whole: look through the whole log, also where every row should be a leaf: whoever
        writes a row may say that its transaction was an earlier one
    :raises keys.NoKey: if there is nothing to sign with; nothing is sealed then
    """
    done = 0
    for since in (None, 0) if is_whole else (None,):
        while some := _seal_some(log, since=since, at=at):
            done += some
            if some < BATCH:
                break
    _write_outside(log, at=at)
    return done


def _seal_some(log: Log, *, since: int | None, at: datetime) -> int:
    with transaction.atomic():
        if not _is_alone(log):
            return 0
        last = Checkpoint.objects.filter(log=log.name).order_by("-size").first()
        whole, growth = _ranges(last)
        since = last.horizon if last and since is None else 0
        leaves, horizon = _take(log, since=since, number=whole.end)
        if not leaves:
            return 0
        for leaf in leaves:
            whole.append(leaf)
            growth.append(leaf)
        _sign(log, whole, growth, horizon=horizon, is_first=last is None, at=at)
    return len(leaves)


def _is_alone(log: Log) -> bool:
    """Let another sealer finish; the unique numbers would refuse the second one anyhow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [notes.origin(acting_for(), log.name)],
        )
        return bool(cursor.fetchone()[0])


def _ranges(last: Checkpoint | None) -> tuple[Range, Range]:
    """Return the range of the whole tree, and that since the checkpoint of the last hour."""
    if last is None:
        return Range(), Range()
    whole = tree.from_bytes(0, last.size, bytes(last.frontier))
    if last.is_hourly:
        return whole, Range(last.size, last.size)
    return whole, tree.from_bytes(last.since, last.size, bytes(last.growth))


def _take(log: Log, *, since: int, number: int) -> tuple[list[bytes], int]:
    """Number the next final rows; return their hashes, and the transaction to look from next."""
    with connection.cursor() as cursor:
        # Asked before the rows are read: whatever ends meanwhile waits for the next time.
        cursor.execute(_RUNNING)
        oldest, following, _ = cursor.fetchone()
        # After a move to another cluster transaction numbers begin anew: then look at all rows,
        # and those that no transaction of this cluster can have written are final.
        since = since if since <= oldest else 0
        cursor.execute(
            sql.SQL(_TAKE).format(table=sql.Identifier(log.table), canonical=sql.SQL(CANONICAL)),
            {"log": log.name, "number": number, "since": since, "oldest": oldest,
             "following": following, "most": BATCH},
        )  # fmt: skip
        taken = sorted(cursor.fetchall())
        if len(taken) < BATCH:
            return [bytes(it) for _, it, _ in taken], oldest
        cursor.execute(
            sql.SQL("SELECT transaction FROM {} WHERE id = %s").format(sql.Identifier(log.table)),
            [taken[-1][2]],
        )
        return [bytes(it) for _, it, _ in taken], min(cursor.fetchone()[0], oldest)


def _sign(
    log: Log, whole: Range, growth: Range, *, horizon: int, is_first: bool, at: datetime
) -> None:
    ring = keys.ring(acting_for(), may_make=is_first and not _has_signed())
    origin = notes.origin(acting_for(), log.name)
    root = whole.root()
    is_hourly = _is_first_of_hour(log, since=growth.begin, at=at)
    chosen = witnesses.witnesses_of(acting_for(), kin_names()) if is_hourly else ()
    until = (at + OPEN_TO_WITNESSES).isoformat()
    Checkpoint.objects.create(
        log=log.name,
        size=whole.end,
        root=root.hex(),
        note=notes.write(
            notes.Checkpoint(origin, whole.end, root, _told(at)), name=ring.name, key=ring.private
        ),
        frontier=whole.to_bytes(),
        since=growth.begin,
        growth=growth.to_bytes(),
        horizon=horizon,
        is_hourly=is_hourly,
        keys=[vars(it) for it in ring.public] if is_hourly else [],
        at=at,
        open_to=dict.fromkeys(chosen, until),
    )


def _told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _has_signed() -> bool:
    return Checkpoint.objects.exists()


def _is_first_of_hour(log: Log, *, since: int, at: datetime) -> bool:
    """Tell whether the last checkpoint of an hour, by its size, is of an earlier hour."""
    last = Checkpoint.objects.filter(log=log.name, size=since).values_list("at", flat=True).first()
    return last is None or last < at.replace(minute=0, second=0, microsecond=0)


def _write_outside(log: Log, *, at: datetime) -> None:
    """Add what the file does not have yet; also what a killed sealer has left out."""
    tenant = acting_for()
    known = journal.last_size(tenant, log.name)
    if known > sealed(log):
        witnesses.alarm(tenant, log.name, SealAlarm.Kind.SHRUNK, size=known, at=at)
    newer = Checkpoint.objects.filter(log=log.name, size__gt=known).order_by("size")
    lines = list(_lines(tenant, log.name, newer))
    if lines:
        journal.add(tenant, log.name, lines)


def _lines(
    tenant: str, log: str, checkpoints: "models.QuerySet[Checkpoint]"
) -> Iterator[dict[str, Any]]:
    asked = checkpoints.values_list("size", "root", "note", "keys")
    for size, root, note, known in asked.iterator():
        yield {
            "origin": notes.origin(tenant, log), "size": size, "root": root, "note": note,
            "keys": known,
        }  # fmt: skip


def sealed(log: Log) -> int:
    """Return how many rows of the acting huvudman's log are sealed."""
    leaves = SealedLeaf.objects.filter(log=log.name).order_by("-number")
    last = leaves.values_list("number", flat=True).first()
    return 0 if last is None else last + 1


# One way of writing a row, for the seal and for the export: what is empty is left out, so that a
# column which comes later, null or '' in the rows there are, changes none that has been sealed (0
# and false would). PostgreSQL orders the keys.
CANONICAL = """
(SELECT jsonb_object_agg(key, value)::text FROM jsonb_each(to_jsonb(it))
 WHERE value NOT IN ('null', '""', '[]', '{}'))
"""
_RUNNING = """
SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint,
       set_config('timezone', 'UTC', true)
FROM pg_current_snapshot() AS now
"""
_TAKE = """
INSERT INTO home_sealedleaf (log, number, "row", hash)
SELECT %(log)s, %(number)s - 1 + row_number() OVER (ORDER BY transaction, id), id,
       sha256('\\x00'::bytea || convert_to(row, 'UTF8'))
FROM (
    SELECT id, transaction, {canonical} AS row FROM {table} AS it
    WHERE transaction >= %(since)s AND (transaction < %(oldest)s OR transaction >= %(following)s)
      AND NOT EXISTS (SELECT FROM home_sealedleaf WHERE log = %(log)s AND "row" = it.id)
    ORDER BY transaction, id LIMIT %(most)s
) AS final
RETURNING number, hash, "row"
"""
