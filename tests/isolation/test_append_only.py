"""History can be added to; it is neither changed nor emptied, not even by its own huvudman."""

from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION
from psycopg import errors, sql

from tenants import isolation

APPEND_ONLY = sorted(
    model._meta.db_table
    for model in isolation.tenant_models()
    if "UPDATE" not in isolation.kind_of(model).at_home
)
COMMON_APPEND_ONLY = ["tenants_agreementtext", "tenants_signature", "tenants_termination"]


def test_the_logs_the_letters_and_the_messages_are_append_only() -> None:
    history = {"cases_event", "sharing_accesslog", "inbox_outbox", "inbox_message"}
    assert history <= set(APPEND_ONLY)


@pytest.mark.parametrize("role", [REGION, MUNICIPALITY])
@pytest.mark.parametrize(
    ("schema", "table"),
    [*((REGION, table) for table in APPEND_ONLY), *(("public", it) for it in COMMON_APPEND_ONLY)],
)
def test_no_huvudman_changes_removes_or_empties(
    dba: psycopg.Connection[Any], role: str, schema: str, table: str
) -> None:
    column = dba.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE (table_schema, table_name) = (%s, %s) AND is_identity = 'NO' LIMIT 1",
        [schema, table],
    ).fetchone()
    assert column is not None
    names = {"table": sql.Identifier(schema, table), "column": sql.Identifier(column[0])}
    dba.execute(f"SET ROLE {role}")
    for statement in (
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} DROP COLUMN {column}",
        "DROP TABLE {table}",
    ):
        with pytest.raises(errors.InsufficientPrivilege), dba.transaction():
            dba.execute(sql.SQL(statement).format(**names))


def test_history_gives_no_right_to_change_it_to_anybody(dba: psycopg.Connection[Any]) -> None:
    rights = dba.execute(
        "SELECT table_schema, table_name, grantee, privilege_type"
        " FROM information_schema.role_table_grants"
        " WHERE table_name = ANY (%s) AND privilege_type NOT IN ('SELECT', 'INSERT')"
        " AND grantee <> 'sp_migrator'",
        [[*APPEND_ONLY, *COMMON_APPEND_ONLY]],
    ).fetchall()
    assert rights == []
