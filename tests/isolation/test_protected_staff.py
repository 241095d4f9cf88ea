"""Staff with protected identity: the other huvudmän read role and unit, the name nowhere."""

from dataclasses import replace
from uuid import UUID

import doors
import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION
from django.apps import apps
from hired import Hired, hire
from isolation.county import CLASSES, SIGNATORIES, admit, agree, case_at, consent
from onboarded import begin
from people import CASE_OFFICERS, DUTY, HEALTH_CENTRE, HOUR, NURSE, OFFICER, WARD, write_units
from psycopg import sql

from care.discharge import operations as discharge
from care.identity import queries
from care.identity.actors import Actor
from care.identity.models import Staff
from care.identity.permissions import Role
from care.inbox import joining, operations, tasks
from care.inbox.models import Message
from care.sharing.operations import end_agreement
from tenants import isolation, progress
from tenants.context import acting_as
from tenants.onboarding import ContactRole
from tenants.rows import Row

NAME, OFFICERS_NAME = "Hemlighild Namnlösa", "Gömdalinn Namnfri"
SECRET = replace(NURSE, name=NAME, is_protected=True)
OFFICERS_ID = "SE2999999127-GOMD"
SECRET_OFFICER = replace(OFFICER, name=OFFICERS_NAME, hsa_id=OFFICERS_ID, is_protected=True)


def found(dba: psycopg.Connection[object], name: str, *, home: str) -> list[str]:
    """Return the tables outside a huvudman, or that others read of its own, that hold the name."""
    dba.rollback()
    abroad = {
        it._meta.db_table
        for it in apps.get_models()
        if issubclass(it, Row) and it.isolation.abroad is not None
    }
    tables = dba.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' OR schemaname IN"
        " (SELECT schema_name FROM public.tenants_tenant)"
    ).fetchall()
    leaks = []
    for schema, table in tables:
        if schema == home and table not in abroad:
            continue
        # A line of the access log is read abroad only by whose rows it concerns.
        but = " AND owner <> split_part(tableoid::regclass::text, '.', 1)"
        query = "SELECT count(*) FROM {} AS it WHERE it::text LIKE %s"
        query += but if table == "sharing_accesslog" else ""
        place = sql.Identifier(schema, table)
        rows = dba.execute(sql.SQL(query).format(place), [f"%{name}%"]).fetchone()
        if rows[0]:
            leaks.append(f"{schema}.{table}")
    return leaks


def at_home(dba: psycopg.Connection[object], name: str, schema: str) -> int:
    """Return how many events of a huvudman name somebody."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE actor_name = %s")
    table = sql.Identifier(schema, "cases_event")
    return dba.execute(query.format(table), [name]).fetchone()[0]


@pytest.fixture
def case_id(committed: None) -> UUID:
    """A case in which a nurse with protected identity has done what a nurse does."""
    write_units()
    agree()
    case_id = admit(by=SECRET, to=[HEALTH_CENTRE, CASE_OFFICERS])
    consent(by=SECRET, case_id=case_id)
    tasks.drain()
    at = AT + 2 * HOUR
    with acting_as(REGION):
        discharge.submit_planning_basis(
            actor=SECRET, case_id=case_id, info_class="planning", text="Behöver stöd.", at=at
        )
        discharge.send_general_message(
            actor=SECRET, case_id=case_id, subject="Fråga", text="Hej", ground="consent",
            recipients=[CASE_OFFICERS], at=at,
        )  # fmt: skip
        discharge.revise_expected_discharge(
            actor=SECRET, case_id=case_id, expected_discharge_at=AT + 100 * HOUR, at=at
        )
    tasks.drain()
    return case_id


class TestNothingLeaves:
    def test_of_what_a_nurse_sends_and_writes(
        self, case_id: UUID, dba: psycopg.Connection[object]
    ) -> None:
        assert found(dba, NAME, home=REGION) == []
        assert at_home(dba, NAME, REGION) > 0  # the own huvudman knows who it was

    def test_of_who_takes_a_message_on_hands_it_back_and_passes_it_on(
        self, case_id: UUID, dba: psycopg.Connection[object]
    ) -> None:
        at = AT + 3 * HOUR
        with acting_as(MUNICIPALITY):
            first, second = Message.objects.order_by("sent_at").values_list("pk", flat=True)[:2]
            operations.open_message(actor=SECRET_OFFICER, message_id=first, at=at)
            operations.acknowledge_message(actor=SECRET_OFFICER, message_id=first, at=at)
            operations.forward_message(actor=SECRET_OFFICER, message_id=second, to_unit=DUTY, at=at)
            discharge.start_planning(
                actor=SECRET_OFFICER, case_id=case_at(MUNICIPALITY).pk, contact="Enheten",
                text="Vi planerar.", at=at,
            )  # fmt: skip
        tasks.drain()

        for secret in (OFFICERS_NAME, OFFICERS_ID):
            assert found(dba, secret, home=MUNICIPALITY) == []
        assert at_home(dba, OFFICERS_NAME, MUNICIPALITY) > 0

    def test_of_who_reads_in_place(self, case_id: UUID, dba: psycopg.Connection[object]) -> None:
        case = case_at(MUNICIPALITY)
        with acting_as(MUNICIPALITY):
            seen, _ = doors.contributions(actor=SECRET_OFFICER, case=case, at=AT + 3 * HOUR)

        assert [it.author for it in seen if it.owner == REGION] == ["Sjuksköterska, Avdelning 1"]
        dba.rollback()
        log = sql.SQL("SELECT staff_name, staff_hsa_id FROM {} WHERE owner = %s AND channel = 'B'")
        rows = dba.execute(
            log.format(sql.Identifier(MUNICIPALITY, "sharing_accesslog")), [REGION]
        ).fetchall()
        assert rows == [("Koordinator, Biståndsenheten", "")]

    def test_of_who_signs_ends_and_tells_in_common_rows(
        self, committed: None, dba: psycopg.Connection[object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_units()
        begin(MUNICIPALITY)
        for tenant, who in list(SIGNATORIES.items()):
            monkeypatch.setitem(SIGNATORIES, tenant, replace(who, name=NAME, is_protected=True))
        agreed = agree(classes=CLASSES)
        boss = replace(SECRET_OFFICER, role=Role.LOCAL_ADMINISTRATOR)
        with acting_as(MUNICIPALITY):
            end_agreement(
                actor=SIGNATORIES[MUNICIPALITY], agreement=agreed.id, reason="Slut", at=AT
            )
            joining.name_contact(
                actor=boss, contact=progress.Contact(ContactRole.CONTACT_2, name="Ida Norberg"),
                seen=0, at=AT,
            )  # fmt: skip

        assert found(dba, NAME, home="") + found(dba, OFFICERS_NAME, home="") == []


class TestWhatIsShown:
    @pytest.mark.parametrize("by", ["is_protected", "is_protected_here"])
    def test_who_is_protected_is_read_with_the_session(self, committed: None, by: str) -> None:
        write_units()
        hired: Hired = hire(REGION, NAME, "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        with acting_as(REGION):
            Staff.objects.update(**{by: True})
            actor = queries.actor_of(token=hired.sign_in(), at=AT)

        assert isinstance(actor, Actor)
        assert (actor.name, actor.name_abroad) == (NAME, "Befattning, Avdelning 1")

    def test_others_keep_their_names(self) -> None:
        assert NURSE.name_abroad == NURSE.name


def test_every_kind_of_row_that_others_read_is_looked_through() -> None:
    """What is in public is looked through whole; of a huvudman's own, what has a policy abroad."""
    assert isolation.common_models()
    assert {it for it in apps.get_models() if issubclass(it, Row) and it.isolation.abroad}
