"""What a huvudman can do in another's schema: read what is opened to it, and nothing else."""

from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from psycopg import errors

from tenants import catalogue, isolation
from tenants.rows import SHAREABLE, Isolation

OPENED = f"""
INSERT INTO {REGION}.cases_contribution (id, common_id, info_class, branch, unit_id, unit_name,
    kind, text, author, author_title, at, open_to)
SELECT gen_random_uuid(), gen_random_uuid(), 'planning', 'health_care', 'u', 'u', 'k', text, 'a',
    't', now(), open_to::jsonb
FROM (VALUES
    ('open', '{{"{MUNICIPALITY}": "2090-01-01T00:00:00+00:00"}}'),
    ('expired', '{{"{MUNICIPALITY}": "2020-01-01T00:00:00+00:00"}}'),
    ('closed', '{{}}'),
    ('open to another', '{{"{STRANGER}": "2090-01-01T00:00:00+00:00"}}')
) AS rows (text, open_to)
"""


@pytest.fixture
def municipality(dba: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Let the region hold four rows, and act for the municipality, looking into its schema."""
    dba.execute(f"SET ROLE {REGION}")
    dba.execute(OPENED)
    dba.execute(f"SET ROLE {MUNICIPALITY}")
    dba.execute(f"SET search_path = {REGION}, public")
    return dba


def test_a_row_is_seen_by_whom_it_is_opened_to_until_it_closes(
    municipality: psycopg.Connection[Any],
) -> None:
    assert municipality.execute("SELECT text FROM cases_contribution").fetchall() == [("open",)]
    municipality.execute(f"SET ROLE {STRANGER}")
    assert municipality.execute("SELECT text FROM cases_contribution").fetchall() == [
        ("open to another",)
    ]
    municipality.execute(f"SET ROLE {REGION}")
    assert municipality.execute("SELECT count(*) FROM cases_contribution").fetchone() == (4,)


def test_a_withdrawal_takes_effect_at_once(municipality: psycopg.Connection[Any]) -> None:
    municipality.execute(f"SET ROLE {REGION}")
    municipality.execute(f"UPDATE cases_contribution SET open_to = open_to - '{MUNICIPALITY}'")
    municipality.execute(f"SET ROLE {MUNICIPALITY}")
    assert municipality.execute("SELECT count(*) FROM cases_contribution").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_contribution SET text = 'x'",
        'UPDATE cases_contribution SET open_to = \'{"test_municipality": "infinity"}\'',
        "DELETE FROM cases_contribution",
        "SELECT FROM cases_contribution FOR UPDATE",
        "INSERT INTO cases_event DEFAULT VALUES",
        "INSERT INTO inbox_outbox (recipient, kind, common_id, body, at)"
        " VALUES ('test_stranger', 'message', gen_random_uuid(), '{}', now())",
        "INSERT INTO sharing_opening (viewer, common_id, info_class, closes_at, agreement,"
        " agreement_version, ground, ground_id, unit_id) VALUES ('test_municipality',"
        " gen_random_uuid(), 'planning', 'infinity', gen_random_uuid(), 1, 'consent',"
        " gen_random_uuid(), 'u')",
        "INSERT INTO sharing_accesslog DEFAULT VALUES",
        "MERGE INTO cases_contribution c USING (VALUES (1)) v ON false WHEN NOT MATCHED THEN"
        " INSERT DEFAULT VALUES",
        "TRUNCATE cases_contribution",
        "LOCK cases_contribution IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE cases_contribution DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE cases_contribution OWNER TO test_municipality",
        "DROP TABLE cases_contribution",
        "DROP POLICY disclosed ON cases_contribution",
        "CREATE POLICY wide ON cases_contribution USING (true)",
        "CREATE TRIGGER t BEFORE INSERT ON cases_contribution FOR EACH ROW EXECUTE FUNCTION"
        " suppress_redundant_updates_trigger()",
        "CREATE INDEX ON cases_contribution (text)",
        "CREATE TABLE foothold ()",
        "CREATE TABLE public.foothold ()",
        "CREATE TEMP TABLE foothold ()",
        "CREATE VIEW foothold AS SELECT 1",
        "CREATE FUNCTION foothold() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA foothold",
        "SELECT setval('sharing_accesslog_id_seq', 1)",
        "COPY cases_contribution TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_writing_forging_and_making_things_abroad_is_refused(
    municipality: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege), municipality.transaction():
        municipality.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE cases_contribution",
        "CREATE TABLE foothold ()",
        "CREATE TEMP TABLE foothold ()",
        "ALTER TABLE cases_contribution NO FORCE ROW LEVEL SECURITY",
        "DROP TABLE cases_contribution",
        "CREATE POLICY wide ON cases_contribution USING (true)",
    ],
)
def test_at_home_too_a_huvudman_makes_and_empties_nothing(
    municipality: psycopg.Connection[Any], statement: str
) -> None:
    municipality.execute(f"SET ROLE {REGION}")
    with pytest.raises(errors.InsufficientPrivilege), municipality.transaction():
        municipality.execute(statement)


def test_what_one_may_not_give_is_not_given(municipality: psycopg.Connection[Any]) -> None:
    # PostgreSQL warns only; what counts is that nothing was granted.
    for role in (MUNICIPALITY, REGION):
        municipality.execute(f"SET ROLE {role}")
        municipality.execute("GRANT SELECT ON cases_contribution TO PUBLIC")
    municipality.execute("RESET ROLE")
    assert catalogue.faults_seen_by(municipality) == []


def test_row_security_cannot_be_switched_off_by_who_it_binds(
    municipality: psycopg.Connection[Any],
) -> None:
    municipality.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege, match="affected by row-level security"):
        municipality.execute("SELECT text FROM cases_contribution")


def test_every_model_says_which_kind_of_rows_it_holds() -> None:
    models = [*isolation.tenant_models(), *isolation.common_models()]
    assert models
    for model in models:
        assert isinstance(isolation.kind_of(model), Isolation), model


def test_of_every_table_the_others_read_what_its_kind_opens_and_nothing_more(
    municipality: psycopg.Connection[Any],
) -> None:
    for model in isolation.tenant_models():
        table = model._meta.db_table
        if isolation.kind_of(model).abroad is None:
            with pytest.raises(errors.InsufficientPrivilege), municipality.transaction():
                municipality.execute(f"SELECT FROM {table}")
        else:
            seen = municipality.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert seen == (int(isolation.kind_of(model) is SHAREABLE),), table
