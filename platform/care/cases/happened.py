"""The log of acts in the order in which its rows became final: what is followed to its end.

`id > last` would lose rows: one with a smaller id may be committed later. So a row is told of when
every transaction that could still come before it has ended, and the order is that of transactions.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

LARGEST = 2**63 - 1
MOST_LOOKED_AT = 1_000  # rows of the log for one answer, also where few of them are the unit's


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log: right after a row, by its transaction and its number."""

    transaction: int = 0
    number: int = 0


@dataclass(frozen=True)
class Happened:
    """Händelse, by the ids that tell nothing of its person."""

    position: Position
    act: str
    at: datetime
    recorded_at: datetime
    case_id: UUID
    common_id: UUID
    message_id: UUID | None
    unit_id: str


@dataclass(frozen=True)
class Stretch:
    """A part of the log: what a unit may be told of, how far it goes, whether there may be more."""

    rows: tuple[Happened, ...]
    until: Position
    has_more: bool


def since(
    position: Position, *, unit_id: str, branch: str, hidden: Collection[UUID], limit: int
) -> Stretch:
    """Return what is final after a position, of the cases in which a unit takes part.

    One statement, whose cost is bounded by the rows that it looks at, wherever in the log they are.
    A stretch may be empty although there is more.

    After a move to another cluster transaction numbers begin anew: a position of the earlier one
    goes on to the end of the rows from there, and then begins with all there are.

    :param branch: what one branch has blocked is told to no other
    :param hidden: cases, by our own ids, of which nothing is told
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _SINCE,
            {
                "transaction": position.transaction,
                "number": position.number,
                "unit": unit_id,
                "branch": branch,
                "hidden": list(hidden),
                "most": MOST_LOOKED_AT,
                "limit": limit,
            },
        )
        found = cursor.fetchall()
    looked_at, following = found[0][-2:]
    if not looked_at:
        is_elsewhere = position.transaction >= following
        return Stretch((), Position() if is_elsewhere else position, is_elsewhere)
    is_full = len(found) > limit
    told = [Happened(Position(*it[:2]), *it[2:-2]) for it in found[:limit] if it[5] is not None]
    until = Position(*found[limit - 1 if is_full else -1][:2])
    return Stretch(tuple(told), until, is_full or looked_at == MOST_LOOKED_AT)


def is_anything_after(position: Position) -> bool:
    """Tell whether the log has a row after a position, final or not, or begins anew there."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_ANY, {"transaction": position.transaction, "number": position.number})
        return bool(cursor.fetchone()[0])


def end() -> Position:
    """Return the position before which everything is final, and after which all else will come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
        return Position(cursor.fetchone()[0], LARGEST)


# The last row that was looked at is always among the answers, without a case where it is not told
# of: it says how far we have come.
_SINCE = """
WITH now AS MATERIALIZED (
    SELECT pg_snapshot_xmin(it)::text::bigint AS oldest,
           pg_snapshot_xmax(it)::text::bigint AS following
    FROM pg_current_snapshot() AS it
), looked AS MATERIALIZED (
    SELECT id, transaction, common_id, act, at, recorded_at, message_id, unit_id,
           body ->> 'branch' AS branch
    FROM cases_event
    WHERE (transaction, id) > (%(transaction)s::bigint, %(number)s::bigint)
      AND transaction < (
          SELECT CASE WHEN %(transaction)s::bigint < following THEN oldest
                      ELSE 9223372036854775807 END FROM now)
    ORDER BY transaction, id LIMIT %(most)s
)
SELECT looked.transaction, looked.id, looked.act, looked.at, looked.recorded_at, own.id,
       looked.common_id, looked.message_id, looked.unit_id,
       (SELECT count(*) FROM looked), now.following
FROM now LEFT JOIN looked ON true LEFT JOIN cases_case AS own
    ON own.common_id = looked.common_id
   AND COALESCE(looked.branch, %(branch)s) = %(branch)s
   AND own.id <> ALL (%(hidden)s::uuid[])
   AND EXISTS (SELECT FROM cases_participation AS part WHERE part.case_id = own.id
               AND part.unit_id = %(unit)s AND part.until_at IS NULL)
WHERE looked.id IS NULL OR own.id IS NOT NULL OR (looked.transaction, looked.id) =
      (SELECT transaction, id FROM looked ORDER BY transaction DESC, id DESC LIMIT 1)
ORDER BY looked.transaction, looked.id LIMIT %(limit)s + 1
"""
_IS_ANY = """
SELECT EXISTS (SELECT FROM cases_event
               WHERE (transaction, id) > (%(transaction)s::bigint, %(number)s::bigint))
    OR %(transaction)s::bigint >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
