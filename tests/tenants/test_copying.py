"""Who joins gets the tables that every migration would have made, and none of anybody's rows."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from cast import REGION
from django.db import DatabaseError
from django.db.migrations import Migration

from tenants import copying, ddl, migrating

MADE, COPIED = "test_made", "test_copied"


@pytest.fixture
def both(migrator: None, dba: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Give two new schemas, one by every migration and one as a copy, to be read by anybody."""
    migrating.make_tables(MADE)
    copying.copy_tables(REGION, COPIED)
    yield dba
    dba.rollback()
    dba.execute(f"DROP SCHEMA {MADE} CASCADE; DROP SCHEMA {COPIED} CASCADE")
    dba.commit()


def names(dba: psycopg.Connection[Any], schema: str) -> list[str]:
    found = dba.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"
        ' ORDER BY relname COLLATE "C"',
        [schema],
    )
    return [name for (name,) in found]


def test_a_copy_has_the_very_tables_keys_and_indexes_that_the_migrations_make(
    both: psycopg.Connection[Any],
) -> None:
    def structure(schema: str) -> list[str]:
        both.execute(f"SET search_path = {schema}")
        return list(ddl.statements(both.cursor(), [(schema, it) for it in names(both, schema)]))

    made = structure(MADE)
    assert len(made) > 100
    assert not any(MADE in it or REGION in it for it in made)
    assert structure(COPIED) == made


def test_the_catalogue_tells_a_copy_from_the_original_by_its_name_alone(
    both: psycopg.Connection[Any],
) -> None:
    # Asked of the catalogue itself, so that what `ddl` does not know of is seen too.
    def told(schema: str) -> list[tuple[Any, ...]]:
        return both.execute(
            "SELECT c.relname::text, c.relkind, c.relpersistence, c.reloptions, c.relreplident,"
            " a.attname::text, a.atttypid, a.atttypmod, a.attnotnull, a.attcollation,"
            " a.attidentity, a.attgenerated, a.attstorage, a.attcompression,"
            " a.attstattarget, a.attoptions, pg_get_expr(d.adbin, d.adrelid)"
            " FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
            " AND NOT a.attisdropped"
            " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
            " WHERE c.relnamespace = %s::regnamespace"
            ' ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"',
            [schema],
        ).fetchall()  # fmt: skip

    both.execute(f"SET search_path = {MADE}")
    made = told(MADE)
    both.execute(f"SET search_path = {COPIED}")
    assert told(COPIED) == made


def test_a_copy_has_no_row_but_the_list_of_migrations_and_no_migration_leaves_any(
    both: psycopg.Connection[Any],
) -> None:
    for schema in (MADE, COPIED):
        filled = {
            it: found[0]
            for it in names(both, schema)
            if (found := both.execute(f"SELECT count(*) FROM {schema}.{it}").fetchone())
            and found[0]
        }
        assert set(filled) == {"django_migrations"}
    listed = [
        both.execute(f"SELECT app, name FROM {it}.django_migrations ORDER BY app, name").fetchall()
        for it in (MADE, COPIED)
    ]
    assert listed[0] == listed[1]


def test_a_copy_has_nothing_to_migrate(
    both: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Migration, "apply", pytest.fail)
    migrating.make_tables(COPIED)


def test_a_copy_that_fails_leaves_nothing(
    migrator: None, dba: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ddl.statements
    monkeypatch.setattr(ddl, "statements", lambda *it: [*whole(*it), "SELECT 1 / 0;"])

    with pytest.raises(DatabaseError):
        copying.copy_tables(REGION, COPIED)

    assert not copying.is_there(COPIED)
