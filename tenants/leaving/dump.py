"""The structure of a huvudman's tables as SQL, for who has PostgreSQL and not the product."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import sql

from tenants.leaving.tables import Column, Table, without_path

HEAD = """\
-- Tables of a huvudman of Samplan, as PostgreSQL has them. Run it in an empty database, and then
-- COPY <table> FROM 'data/<table>.csv' (FORMAT csv, HEADER) in one transaction, in any order:
-- foreign keys are judged when it ends. Rows of common/ belong to tables in the schema public.

"""


def schema_sql(cursor: Any, tables: Sequence[Table]) -> str:
    """Return the statements that make the tables, their keys and their indexes."""
    with without_path(cursor):
        schemas = sorted({it.schema for it in tables})
        lines = [_made("CREATE SCHEMA IF NOT EXISTS {}", cursor, it) for it in schemas]
        lines += [_table(cursor, it) for it in tables]
        rest = [it for table in tables for it in _rest(cursor, table)]
    # What refers to another table comes when all of them are there.
    rest.sort(key=lambda it: it[0] == "f")
    return HEAD + "\n".join([*lines, *(statement for _, statement in rest)]) + "\n"


def _table(cursor: Any, table: Table) -> str:
    columns = ",\n".join(f"    {_column(cursor, it)}" for it in table.columns)
    made = _made("CREATE TABLE {} (", cursor, table.schema, table.name).removesuffix(";")
    return f"{made}\n{columns}\n);"


def _column(cursor: Any, column: Column) -> str:
    parts = [sql.Identifier(column.name).as_string(cursor.connection), column.type]
    if column.collation:
        parts.append(f'COLLATE pg_catalog."{column.collation}"')
    if column.is_required:
        parts.append("NOT NULL")
    if column.identity:
        parts.append(f"GENERATED {column.identity} AS IDENTITY")
    elif column.default:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(parts)


def _rest(cursor: Any, table: Table) -> Iterator[tuple[str, str]]:
    cursor.execute(_CONSTRAINTS, [table.schema, table.name])
    for name, kind, text in cursor.fetchall():
        made = _made("ALTER TABLE {} ADD CONSTRAINT ", cursor, table.schema, table.name)
        named = sql.Identifier(name).as_string(cursor.connection)
        yield kind, f"{made.removesuffix(';')}{named} {text};"
    cursor.execute(_INDEXES, [table.schema, table.name])
    for (text,) in cursor.fetchall():
        yield "i", f"{text};"


def _made(statement: str, cursor: Any, *names: str) -> str:
    made = sql.SQL(statement).format(sql.Identifier(*names))
    return f"{made.as_string(cursor.connection)};"


_CONSTRAINTS = """
SELECT k.conname, k.contype::text, pg_get_constraintdef(k.oid) FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND k.contype IN ('p', 'u', 'c', 'f')
ORDER BY k.contype = 'f', k.contype <> 'p', k.conname
"""
_INDEXES = """
SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY i.indexrelid::regclass::text COLLATE "C"
"""
