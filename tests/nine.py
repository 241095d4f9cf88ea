"""Nine huvudmän in a database of their own: two regions and seven municipalities that share cases.

Roles are the cluster's, so who leaves here has joined here alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import psycopg
from cast import AT, MUNICIPALITY, REGION, STRANGER, TENANTS, YEARS_AHEAD
from conftest import log_in
from people import COORDINATOR, HOUR, NAMESPACE, NURSE, WEEKDAYS, write_units
from psycopg import sql
from stdnum import luhn

from care.cases.models import Case
from care.discharge import operations as discharge
from care.discharge import queries as discharge_queries
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import consents, operations, tasks
from care.inbox.models import Message
from care.individuals.operations import Person
from care.individuals.trial_identities import NUMBERS
from infra.dev import postgres
from tenants import agreements, apart, joining, migrating
from tenants.context import acting_as
from tenants.models import ExpertAnswer, JointBoard, OnboardingContact, StartPlan, Unit
from tenants.sorting import sort_key

DATABASE = "test_nine"
LEAVERS = tuple(f"test_n{number}" for number in range(4, 9))
OTHER_REGION = "test_n9"
ALL = (REGION, MUNICIPALITY, STRANGER, *LEAVERS, OTHER_REGION)
LATER = AT + 2 * HOUR
NOTE = "Kommunen har ett korttidsboende"


def code(schema: str) -> str:
    """Return the municipality code of one that may leave."""
    return f"234{schema[-1]}"


def name(schema: str) -> str:
    """Return its name, which is not its schema."""
    return f"Kommun {schema[-1]} i norr"


def unit(schema: str, local_id: str = "BIST") -> str:
    """Return the HSA-id of a unit of one that may leave."""
    return f"SE{_number(schema)}-{local_id}"


def officer(schema: str) -> Actor:
    """Return who takes on messages there."""
    return Actor(
        tenant=schema,
        staff_id=uuid5(NAMESPACE, schema),
        name="Karin Nyström",
        assignment_id=uuid5(NAMESPACE, f"{schema} assignment"),
        role=Role.INBOX_COORDINATOR,
        title="Koordinator",
        purpose="care",
        unit_id=unit(schema),
        unit_name="Biståndsenheten",
        unit_kind="social_services",
        branch="social_care_2022_913",
    )


def ward_nurse(schema: str) -> Actor:
    """Return who admits at the ward of the other region."""
    at = {"unit_id": unit(schema, "AVD"), "unit_name": "Avdelningen", "unit_kind": "ward"}
    told = {"role": Role.WARD_NURSE, "branch": "health_care", "title": "Sjuksköterska"}
    return Actor(**vars(officer(schema)) | at | told)


def joined(schema: str) -> dict[str, str]:
    """Return what a huvudman joins with."""
    is_region = schema == OTHER_REGION
    values = {
        "schema_name": schema,
        "name": "Region Väst" if is_region else name(schema),
        "kind": "region" if is_region else "municipality",
        "organisation_number": _number(schema),
        "county_code": "22" if is_region else "23",
        "domain": f"{schema.replace('_', '-')}.localhost",
    }
    return values if is_region else values | {"municipality_code": code(schema)}


@contextmanager
def county(cluster: dict[str, str]) -> Iterator[dict[str, str]]:
    """Make the database and what runs in it; give the URL of each login."""
    urls = postgres.prepare(cluster["superuser"], name=DATABASE, passwords={})
    try:
        log_in(urls["sp_migrator"], assume_role=False)
        migrating.migrate_public()
        for tenant in (*TENANTS, *map(joined, (*LEAVERS, OTHER_REGION))):
            joining.join(joining.Newcomer(**tenant))
        log_in(urls["sp_app"], assume_role=True)
        _fill()
        yield urls
    finally:
        log_in(cluster["sp_app"], assume_role=True)
        with psycopg.connect(cluster["superuser"], autocommit=True) as superuser:
            superuser.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
            for schema in (*LEAVERS, OTHER_REGION):
                superuser.execute(f"DROP ROLE IF EXISTS login_{schema}")
                superuser.execute(f"DROP ROLE IF EXISTS {schema}")
            for schema in (REGION, *LEAVERS):
                superuser.execute(f"DROP ROLE IF EXISTS {apart.schema_of(schema)}")


def prints(superuser: psycopg.Connection[Any], *schemas: str) -> dict[str, str]:
    """Return the checksum of every table of some huvudmän, or all, and of their common rows."""
    wanted = list(schemas or ALL)
    own = superuser.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY (%s)", [wanted]
    ).fetchall()
    common = [
        (table, column)
        for table, column in superuser.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('owner', 'schema_name')"
        ).fetchall()
    ]
    asked = [(schema, f"{schema}.{table}", schema, table, "true") for schema, table in own]
    asked += [
        (schema, f"{schema}: {table}", "public", table, f"{column} = '{schema}'")
        for table, column in common
        for schema in wanted
    ]
    found = {}
    for _, key, schema, table, condition in asked:
        query = sql.SQL(
            "SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t WHERE " + condition
        ).format(sql.Identifier(schema, table))
        found[key] = str(superuser.execute(query).fetchall())
    superuser.rollback()
    return found


def of(schema: str, found: dict[str, str]) -> dict[str, str]:
    """Return what belongs to one huvudman."""
    return {it: found[it] for it in found if it.startswith((f"{schema}.", f"{schema}:"))}


def case_of(schema: str) -> Case:
    """Return the case that a municipality shares with the region, at the region."""
    with acting_as(REGION):
        found: Case = Case.objects.select_related("individual").get(
            individual__number=NUMBERS[int(schema[-1])]
        )
    return found


def _number(schema: str) -> str:
    nine = f"29999993{schema[-1]}"
    return nine + luhn.calc_check_digit(nine)


def _fill() -> None:
    write_units()
    for schema in LEAVERS:
        _enter(schema, unit(schema), "Biståndsenheten", "social_services", "social_care_2022_913")
        agree(f"Samverkan med {name(schema)}", REGION, schema)
        _share(schema)
    _enter(OTHER_REGION, unit(OTHER_REGION, "AVD"), "Avdelningen", "ward", "health_care")
    with acting_as(OTHER_REGION):
        _open(ward_nurse(OTHER_REGION), NUMBERS[9])
    parties = [REGION, MUNICIPALITY, LEAVERS[0]]
    with acting_as(REGION):
        JointBoard.objects.create(owner=REGION, name="Gemensamma nämnden", parties=parties)
    with acting_as(LEAVERS[0]):
        _join_by_name()
    tasks.drain()


def _join_by_name() -> None:
    """Tell of joining, with somebody's name in it: what is forgotten when a huvudman leaves."""
    named = {"name": "Ida Norberg", "title": "Chef"}
    OnboardingContact.objects.create(
        owner=LEAVERS[0], role="contact_1", number=1, contact_name="Anna Ek", named_at=AT, **named
    )
    ExpertAnswer.objects.create(
        owner=LEAVERS[0], field="it", number=1, reply="takes_part", expert_name="Anna Ek",
        answered_at=AT, **named,
    )  # fmt: skip
    StartPlan.objects.create(owner=LEAVERS[0], number=1, days={}, planned_at=AT, **named)


def agree(title: str, *parties: str) -> UUID:
    """Let some huvudmän agree to read each other's rows."""
    with acting_as(parties[0]):
        drafted = agreements.draft(
            title=title, text="Vi delar.", parties=parties, valid_from=date(2020, 1, 1),
            valid_until=date(2089, 12, 31),
            channels=dict.fromkeys(("planning", "health_care", "social_care"), ("A", "B")),
            terms={}, at=AT,
        )  # fmt: skip
    for party in parties:
        with acting_as(party):
            agreements.sign(
                agreement=drafted.id, text_hash=drafted.text_hash, name="Eva", title="Chef", at=AT
            )
    return drafted.id


def _enter(owner: str, hsa_id: str, called: str, kind: str, branch: str) -> None:
    with acting_as(owner):
        Unit.objects.create(
            hsa_id=hsa_id, owner=owner, name=called, name_sort=sort_key(called), kind=kind,
            branch=branch, phone="063-00 00 00", opening_hours=WEEKDAYS, is_default=True,
        )  # fmt: skip


def _share(schema: str) -> None:
    """Let the region admit somebody and both write for the common view."""
    with acting_as(REGION):
        case_id = _open(NURSE, NUMBERS[int(schema[-1])])
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[unit(schema), COORDINATOR.unit_id],
            admitted_at=AT - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=None, needs=["social_services"], at=AT,
        )  # fmt: skip
    tasks.drain()
    with acting_as(REGION):
        consents.record_consent(
            actor=NURSE, case_id=case_id, type_="coordinated_record", value="yes",
            info_classes=["planning", "health_care", "social_care"], given_how="oral",
            expires_at=YEARS_AHEAD, at=AT + HOUR,
        )  # fmt: skip
    tasks.drain()
    with acting_as(schema):
        own = Case.objects.get()
        waiting = Message.objects.get(act="notify_admission")
        operations.acknowledge_message(actor=officer(schema), message_id=waiting.pk, at=LATER)
        discharge.submit_planning_basis(
            actor=officer(schema), case_id=own.pk, info_class="social_care", text=NOTE, at=LATER
        )
    with acting_as(REGION):
        discharge.submit_planning_basis(
            actor=COORDINATOR, case_id=case_id, info_class="health_care", text="Vård", at=LATER
        )
    tasks.drain()
    with acting_as(schema):
        page = discharge_queries.case_page(actor=officer(schema), case_id=own.pk, at=LATER)
        assert {it.text for it in page.contributions} == {NOTE, "Vård"}


def _open(by: Actor, number: str) -> UUID:
    person = Person(
        kind="personnummer", number=number, given_name="Berit", family_name="Åkerlund",
        registered_municipality="2399", registered_address="Storgatan 1, 999 99 Testköping",
    )  # fmt: skip
    return discharge.open_case(
        actor=by, person=person, variant="somatic", admitted_at=AT - HOUR, need_assessed_at=None,
        at=AT,
    )  # fmt: skip
