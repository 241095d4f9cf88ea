"""Upgrades over many schemas, and what FORCE ROW LEVEL SECURITY means for them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tenants import catalogue, isolation, joining, migrating, recorder
from tenants.context import acting_as
from tenants.models import Tenant

CAST = (REGION, MUNICIPALITY, STRANGER)


def test_who_is_in_line_is_skipped_by_one_query_however_many_there_are(
    migrator: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    Tenant.objects.count()  # sets the schema
    with django_assert_num_queries(1):
        assert migrating.migrate_all() == []


def test_only_who_is_behind_is_brought_in_line_and_told_of(migrator: None) -> None:
    told: list[tuple[str, int, int]] = []
    Tenant.objects.filter(schema_name=STRANGER).update(fingerprint="older")

    behind = migrating.migrate_all(tell=lambda *words: told.append(words))

    assert behind == [STRANGER]
    assert told == [("Främlinge kommun", 0, 1)]
    assert migrating.migrate_all() == []


def test_migrating_and_applying_again_changes_nothing(migrator: None) -> None:
    migrating.migrate_public()
    for schema_name in CAST:
        migrating.migrate_one(schema_name)
    assert catalogue.faults() == []


def test_what_rights_are_made_of_is_part_of_the_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = migrating.fingerprint()
    assert before == migrating.fingerprint()
    monkeypatch.setattr(isolation, "kind_of", lambda _: migrating.rows.APPEND_ONLY)
    assert migrating.fingerprint() != before


def test_a_right_that_was_lost_is_found_and_given_back(migrator: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {REGION}.home_answer DISABLE ROW LEVEL SECURITY")
    (fault,) = catalogue.faults()
    assert fault.startswith(f"En tabell utan tvingande radsäkerhet: {REGION}.home_answer. Töm")
    isolation.apply(REGION)
    assert catalogue.faults() == []


def test_a_data_migration_as_the_owner_would_change_nothing_and_say_nothing(
    migrator: None, common_id: UUID
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{REGION}"')
        cursor.execute(
            f"INSERT INTO {REGION}.home_answer (client, key, body_hash, status, body, at)"
            " VALUES ('c', 'k', '', 200, '{}', now())"
        )
        cursor.execute("RESET ROLE")
        cursor.execute(f"UPDATE {REGION}.home_answer SET status = 201")
        assert cursor.rowcount == 0  # the trap
        cursor.execute(f'SET ROLE "{REGION}"')
        cursor.execute(f"UPDATE {REGION}.home_answer SET status = 201")
        assert cursor.rowcount == 1  # the cure: as the huvudman
        cursor.execute("RESET ROLE")


def test_the_table_of_migrations_is_asked_for_by_name_alone(
    migrator: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    recorder.install()
    with acting_as(REGION):
        connection.ensure_connection()
        with django_assert_num_queries(2) as seen:  # the schema; the question
            assert MigrationRecorder(connection).has_table()
    assert "to_regclass" in seen.captured_queries[-1]["sql"]


def test_a_schema_without_its_own_table_of_migrations_is_not_taken_for_one_with(
    migrator: None,
) -> None:
    # public has such a table and is in the search_path too.
    recorder.install()
    with acting_as("test_without_a_schema"):
        assert not MigrationRecorder(connection).has_table()


def test_a_cluster_from_before_there_was_training_gets_its_party_role(
    migrator: None, dba: psycopg.Connection[Any]
) -> None:
    dba.execute("DROP OWNED BY sp_training")
    dba.execute("DROP ROLE sp_training")
    dba.commit()

    migrating.migrate_public()
    migrating.migrate_public()

    assert catalogue.faults() == []
    powers = dba.execute(
        "SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'sp_training'"
    ).fetchone()
    assert powers == (False, False, False)
    joining.join(joining.Newcomer(
        schema_name="training_x", name="x", kind="region", organisation_number="",
        county_code="23", domain="x.localhost", training_for="t_x",
    ))  # fmt: skip
    assert catalogue.faults() == []
    dba.execute("DROP SCHEMA training_x CASCADE")
    dba.execute("DROP ROLE training_x")
    dba.execute("DELETE FROM tenants_domain WHERE domain = 'x.localhost'")
    dba.execute("DELETE FROM tenants_tenant WHERE schema_name = 'training_x'")
    dba.commit()
