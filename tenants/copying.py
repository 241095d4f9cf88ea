"""A new huvudman's tables, made as a copy of one whose schema is in line.

Replaying every migration for each huvudman that joins takes most of a second and grows with each
release; what they end in is the same for all.
"""

from django.db import connection, transaction
from psycopg import sql

from tenants import ddl
from tenants.context import acting_as
from tenants.current import connection as current

MIGRATIONS = "django_migrations"  # the only rows that go along: the list is the product's


def is_there(schema_name: str) -> bool:
    """Tell whether a schema exists, finished or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [f'"{schema_name}"'])
        return bool(cursor.fetchone()[0])


def copy_tables(pattern: str, schema_name: str) -> None:
    """Make a schema with the tables of another and none of its rows, or nothing of it.

    Keys, indexes and what refers to what keep their names, so that later migrations find them.
    Role, grants and policies are isolation's.
    """
    with acting_as("public"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NAMES, [pattern])
        names = [(pattern, name) for (name,) in cursor.fetchall()]
        _mean(cursor, pattern)
        made = list(ddl.statements(cursor, names))
        cursor.execute(f"SELECT app, name, applied FROM {MIGRATIONS} ORDER BY id")  # noqa: S608
        migrations = cursor.fetchall()
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))
        _mean(cursor, schema_name)
        cursor.execute("\n".join(made))
        cursor.executemany(
            f"INSERT INTO {MIGRATIONS} (app, name, applied) VALUES (%s, %s, %s)",  # noqa: S608
            migrations,
        )
        current().search_path_set_schemas = None  # the next statement sets its own again


def _mean(cursor: object, schema_name: str) -> None:
    """Let names without a schema mean one schema, until the transaction ends."""
    path = sql.Identifier(schema_name).as_string()
    cursor.execute("SELECT set_config('search_path', %s, true)", [path])  # type: ignore[attr-defined]


_NAMES = """
SELECT relname FROM pg_catalog.pg_class
WHERE relnamespace = to_regnamespace(quote_ident(%s)) AND relkind = 'r'
ORDER BY relname COLLATE "C"
"""
