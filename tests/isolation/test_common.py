"""Common rows in public: everybody reads them, and each huvudman writes its own."""

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from people import ELSEWHERE, WARD, write_units
from psycopg import errors

from tenants import agreements, isolation
from tenants.context import acting_as
from tenants.models import Unit

ROWS = {
    "tenants_unit": "(owner, hsa_id, name, name_sort, kind, branch, phone, opening_hours,"
    " watches_red_days, successor, is_default) VALUES ('{}', 'SE2999999119-X', 'x', 'x', 'ward',"
    " 'health_care', '', '{{}}', false, '', false)",
    "tenants_jointboard": "(owner, id, name, parties) VALUES ('{}', gen_random_uuid(), 'x', '[]')",
    "tenants_agreementtext": "(owner, id, agreement, version, title, text, parties, valid_from,"
    " valid_until, channels, terms, text_hash, written_at) VALUES ('{}', gen_random_uuid(),"
    " gen_random_uuid(), 1, 'x', 'x', '[]', now(), now(), '{{}}', '{{}}', 'x', now())",
    "tenants_signature": "(owner, agreement, text_hash, name, title, signed_at)"
    " VALUES ('{}', gen_random_uuid(), 'x', 'x', 'x', now())",
    "tenants_termination": "(owner, agreement, reason, name, ended_at)"
    " VALUES ('{}', gen_random_uuid(), 'x', 'x', now())",
    "tenants_consultationround": "(owner, round, number, kind, subject, text_hash, from_on,"
    " until_on, tenants, others, name, title, opened_at) VALUES ('{}', gen_random_uuid(), 1,"
    " 'preview', gen_random_uuid(), 'x', now(), now(), '[]', '[]', 'x', 'x', now())",
    "tenants_roundcomment": "(owner, id, round, body, section, comment, proposal, name, title,"
    " written_at) VALUES ('{}', gen_random_uuid(), gen_random_uuid(), 'x', '', 'x', '', 'x', 'x',"
    " now())",
    "tenants_commentanswer": "(owner, comment, number, verdict, reason, name, title, answered_at)"
    " VALUES ('{}', gen_random_uuid(), 1, 'partly', 'x', 'x', 'x', now())",
    "tenants_partydecision": "(owner, subject, text_hash, number, board, decided_on, paragraph,"
    " diary_number, is_approved, name, title, told_at) VALUES ('{}', gen_random_uuid(), 'x', 1,"
    " 'x', now(), '', '', true, 'x', 'x', now())",
    "tenants_routinetext": "(owner, id, routine, version, kind, heading, text, step, act,"
    " valid_from, text_hash, name, title, written_at) VALUES ('{}', gen_random_uuid(),"
    " gen_random_uuid(), 1, 'routine', 'x', 'x', '', '', now(), 'x', 'x', 'x', now())",
    "tenants_onboarding": "(owner, tenant, delregion, name, title, opened_at)"
    " VALUES ('{}', 'x', '', 'x', 'x', now())",
    "tenants_onboardingactivity": "(owner, activity, number, what, responsible, with_whom, forum,"
    " name, title, planned_at)"
    " VALUES ('{}', gen_random_uuid(), 1, 'x', '', '', '', 'x', 'x', now())",
    "tenants_onboardingstep": "(owner, step, number, state, responsible, due_on, reason, evidence,"
    " name, title, told_at) VALUES ('{}', 'units', 1, 'done', 'contact_1', now(), '', '', 'x', 'x',"
    " now())",
    "tenants_expertrequest": "(owner, tenant, field, number, asked_on, purpose, is_withdrawn, name,"
    " title, asked_at) VALUES ('{}', 'x', 'it', 1, now(), 'x', false, 'x', 'x', now())",
    "tenants_expertanswer": "(owner, field, number, reply, expert_name, expert_title, reason, name,"
    " title, answered_at) VALUES ('{}', 'it', 1, 'declines', '', '', 'x', 'x', 'x', now())",
    "tenants_startplan": "(owner, number, days, name, title, planned_at)"
    " VALUES ('{}', 1, '{{}}', 'x', 'x', now())",
    "tenants_unitcheck": "(owner, unit_id, failed, untried, checked_at)"
    " VALUES ('{}', 'x', '[]', '[]', now())",
    "tenants_packdone": "(owner, number, counts, name, title, declared_at)"
    " VALUES ('{}', 1, '{{}}', 'x', 'x', now())",
    "tenants_onboardingcontact": "(owner, role, number, contact_name, contact_title, email, phone,"
    " name, title, named_at) VALUES ('{}', 'contact_1', 1, 'x', 'x', '', '', 'x', 'x', now())",
    "tenants_trainingreset": "(owner, night, reset_at) VALUES ('{}', now(), now())",
    "tenants_trainingcount": "(owner, role, people, counted_at)"
    " VALUES ('{}', 'ward_nurse', 1, now())",
    "tenants_traininggoal": "(owner, role, number, goal, trained, name, title, told_at)"
    " VALUES ('{}', 'ward_nurse', 1, 1, 1, 'x', 'x', now())",
}


def test_every_common_table_is_among_those_tried_here() -> None:
    assert {model._meta.db_table for model in isolation.common_models()} == set(ROWS)


@pytest.mark.parametrize("table", ROWS)
def test_everybody_reads_a_row_and_its_owner_alone_writes_it(
    dba: psycopg.Connection[Any], table: str
) -> None:
    dba.execute(f"SET ROLE {REGION}")
    dba.execute(f"INSERT INTO public.{table} " + ROWS[table].format(REGION))
    for reader in (REGION, MUNICIPALITY, STRANGER):
        dba.execute(f"SET ROLE {reader}")
        assert dba.execute(f"SELECT owner FROM public.{table}").fetchall() == [(REGION,)]
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"), dba.transaction():
        dba.execute(f"INSERT INTO public.{table} " + ROWS[table].format(REGION))


def test_a_unit_is_changed_by_its_owner_alone_and_never_given_away(
    dba: psycopg.Connection[Any],
) -> None:
    dba.execute(f"SET ROLE {REGION}")
    dba.execute("INSERT INTO public.tenants_unit " + ROWS["tenants_unit"].format(REGION))
    rename = "UPDATE public.tenants_unit SET name = 'y'"
    dba.execute(f"SET ROLE {STRANGER}")
    assert dba.execute(rename).rowcount == 0
    dba.execute(f"SET ROLE {REGION}")
    assert dba.execute(rename).rowcount == 1
    for statement in (
        f"UPDATE public.tenants_unit SET owner = '{STRANGER}'",
        "DELETE FROM public.tenants_unit",
        "TRUNCATE public.tenants_unit",
    ):
        with pytest.raises(errors.InsufficientPrivilege), dba.transaction():
            dba.execute(statement)


@pytest.mark.django_db
def test_through_django_another_huvudmans_unit_is_not_changed_either() -> None:
    write_units()
    with acting_as(STRANGER):
        assert Unit.objects.filter(hsa_id=WARD).update(name="Kapad") == 0
        assert Unit.objects.filter(hsa_id=ELSEWHERE).update(phone="112") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE public.tenants_tenant SET fingerprint = ''",
        "INSERT INTO public.tenants_domain (domain, is_primary, tenant_id) VALUES ('x', true, 1)",
        "DELETE FROM public.tenants_domain",
        "SELECT FROM public.django_migrations",
        "CREATE TABLE public.foothold ()",
    ],
)
def test_the_registry_is_written_by_no_huvudman(
    dba: psycopg.Connection[Any], statement: str
) -> None:
    dba.execute(f"SET ROLE {REGION}")
    with pytest.raises(errors.InsufficientPrivilege):
        dba.execute(statement)


def test_a_text_that_somebody_edits_past_every_right_is_no_longer_signed(
    committed: None, dba: psycopg.Connection[Any]
) -> None:
    with acting_as(REGION):
        draft = agreements.draft(
            title="x", text="x", parties=[REGION, MUNICIPALITY], channels={}, terms={},
            valid_from=date(2026, 1, 1), valid_until=date(2089, 1, 1), at=AT,
        )  # fmt: skip
    for party in draft.parties:
        with acting_as(party):
            agreements.sign(
                agreement=draft.id, text_hash=draft.text_hash, name="x", title="x", at=AT
            )
    later = datetime(2089, 6, 1, tzinfo=UTC)
    with acting_as(REGION):
        assert agreements.in_force(REGION, at=AT)
        dba.execute("UPDATE public.tenants_agreementtext SET valid_until = '2099-01-01'")
        dba.commit()
        assert not agreements.in_force(REGION, at=AT)
        assert not agreements.in_force(REGION, at=later)
