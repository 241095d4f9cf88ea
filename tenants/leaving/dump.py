"""The structure of a huvudman's tables as SQL, for who has PostgreSQL and not the product."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from tenants import ddl
from tenants.leaving.tables import Table, without_path

HEAD = """\
-- Tables of a huvudman of Samplan, as PostgreSQL has them. Run it in an empty database, and then
-- COPY <table> FROM 'data/<table>.csv' (FORMAT csv, HEADER) in one transaction, in any order:
-- foreign keys are judged when it ends. Rows of common/ belong to tables in the schema public.

"""


def schema_sql(cursor: Any, tables: Sequence[Table]) -> str:
    """Return the statements that make the tables, their keys and their indexes."""
    schemas = [
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {};").format(sql.Identifier(it))
        for it in sorted({table.schema for table in tables})
    ]
    lines = [it.as_string(cursor.connection) for it in schemas]
    with without_path(cursor):
        lines += ddl.statements(cursor, [(it.schema, it.name) for it in tables])
    return HEAD + "\n".join(lines) + "\n"
