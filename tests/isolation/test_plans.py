"""The policies are answered by their indexes: a reader pays for what is opened, not for what is."""

from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION


@pytest.mark.parametrize(
    ("table", "index", "columns", "values"),
    [
        (
            "cases_contribution",
            "contribution_open_to",
            "id, common_id, info_class, branch, unit_id, unit_name, kind, text, author,"
            " author_title, at, open_to",
            "gen_random_uuid(), gen_random_uuid(), 'planning', '', '', '', '', 'x', '', '', now(),"
            " jsonb_build_object(reader, 'infinity')",
        ),
        (
            "inbox_outbox",
            "outbox_recipient",
            "recipient, kind, common_id, body, at",
            "reader, 'message', gen_random_uuid(), '{}', now()",
        ),
        (
            "sharing_accesslog",
            "access_log_owner",
            "owner, activity, common_ids, staff_id, staff_name, assignment_id, title, unit_id,"
            " unit_name, purpose, channel, ground, reason, rows, at",
            "reader, 'read', '[]', gen_random_uuid(), '', gen_random_uuid(), '', '', '', '', '',"
            " '', '', 1, now()",
        ),
    ],
)
def test_the_policy_alone_is_answered_by_the_index(
    dba: psycopg.Connection[Any], table: str, index: str, columns: str, values: str
) -> None:
    dba.execute(
        f"INSERT INTO {REGION}.{table} ({columns}) SELECT {values} FROM ("
        f"SELECT CASE WHEN n % 50 = 0 THEN '{MUNICIPALITY}' ELSE 'test_' || n % 50 END AS reader"
        " FROM generate_series(1, 5000) n)"
    )
    dba.execute(f"ANALYZE {REGION}.{table}")
    dba.execute(f"SET ROLE {MUNICIPALITY}")

    plan = dba.execute(f"EXPLAIN (COSTS OFF) SELECT * FROM {REGION}.{table}").fetchall()

    assert any(index in line for (line,) in plan), plan
    assert dba.execute(f"SELECT count(*) FROM {REGION}.{table}").fetchone() == (100,)


def test_who_has_read_a_case_is_answered_by_the_index(dba: psycopg.Connection[Any]) -> None:
    dba.execute(
        f"INSERT INTO {REGION}.sharing_accesslog (owner, activity, common_ids, staff_id,"
        " staff_name, assignment_id, title, unit_id, unit_name, purpose, channel, ground, reason,"
        " rows, at) SELECT '', 'read', jsonb_build_array('case ' || n), gen_random_uuid(), '',"
        " gen_random_uuid(), '', '', '', '', '', '', '', 1, now() FROM generate_series(1, 5000) n"
    )
    # What the vacuum does meanwhile: new entries wait in a list, which makes the index look dear.
    dba.execute("SELECT gin_clean_pending_list(%s)", [f"{REGION}.access_log_case"])
    dba.execute(f"ANALYZE {REGION}.sharing_accesslog")
    dba.execute(f"SET ROLE {REGION}")

    plan = dba.execute(
        f"EXPLAIN (COSTS OFF) SELECT * FROM {REGION}.sharing_accesslog"
        """ WHERE common_ids @> '["case 7"]'"""
    ).fetchall()

    assert any("access_log_case" in line for (line,) in plan), plan


def test_at_home_the_policy_is_planned_away(dba: psycopg.Connection[Any]) -> None:
    dba.execute(f"SET ROLE {REGION}")
    plan = dba.execute(f"EXPLAIN (COSTS OFF) SELECT * FROM {REGION}.cases_event").fetchall()
    assert plan == [("Seq Scan on cases_event",)]
