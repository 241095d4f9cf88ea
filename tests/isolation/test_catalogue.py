"""The catalogue lint finds nothing here, and would find each fault."""

from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, STRANGER

from tenants import catalogue

TABLE = f"{REGION}.cases_contribution"
WHOSE = "owner = current_user::text"

# What a question forbids, and ways of doing it.
PLANTED = [
    ("a huvudman without a schema", "INSERT INTO public.tenants_tenant (schema_name, name,"
     " name_sort, kind, organisation_number, county_code, municipality_code, fingerprint)"
     " VALUES ('x', 'x', 'x', 'region', 'x', 'x', '', '')"),
    ("without forced row security", f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY"),
    ("without forced row security", f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"),
    ("without forced row security", f"CREATE TABLE {REGION}.forgotten ()"),
    ("no policy covers", f"DROP POLICY disclosed ON {TABLE}"),
    ("anybody but the huvudman itself", f"GRANT INSERT ON {TABLE} TO {STRANGER}"),
    ("anybody but the huvudman itself", f"GRANT SELECT ON {TABLE} TO PUBLIC"),
    ("anybody but the huvudman itself", f"GRANT UPDATE ON {TABLE} TO sp_party"),
    ("on a single column or on a sequence", f"GRANT UPDATE (text) ON {TABLE} TO {STRANGER}"),
    ("on a single column or on a sequence", f"GRANT INSERT (act) ON {REGION}.cases_event"
     f" TO {REGION}"),
    ("on a single column or on a sequence", "GRANT UPDATE (text) ON public.tenants_agreementtext"
     " TO sp_party"),
    ("on a single column or on a sequence", f"GRANT ALL ON SEQUENCE {REGION}.cases_event_id_seq"
     " TO PUBLIC"),
    ("empty, reference, trigger", f"GRANT TRUNCATE ON {TABLE} TO {REGION}"),
    ("any other text", f"CREATE POLICY kind ON {TABLE} TO sp_party USING (true)"),
    ("any other text", f"ALTER POLICY disclosed ON {TABLE} USING (open_to ? current_user::text)"),
    ("any other text", f"ALTER POLICY home ON {TABLE} TO PUBLIC"),
    ("a power of its own", "ALTER ROLE sp_app BYPASSRLS"),
    ("a power of its own", f"ALTER ROLE {REGION} CREATEROLE"),
    ("that can log in", f"ALTER ROLE {REGION} LOGIN"),
    ("that can log in", "ALTER ROLE sp_party LOGIN"),
    ("inherits what it may become", f"GRANT {REGION} TO sp_app WITH INHERIT TRUE"),
    ("inherits what it may become", f"GRANT {REGION} TO sp_app WITH ADMIN TRUE"),
    ("more than one huvudman", f"CREATE ROLE login_{REGION} LOGIN;"
     f" GRANT {STRANGER} TO login_{REGION} WITH INHERIT FALSE"),
    ("the reader of the registry", "GRANT pg_monitor TO sp_app WITH INHERIT FALSE"),
    ("anything but the party", f"GRANT {MUNICIPALITY} TO {REGION}"),
    ("may become the party", f"GRANT sp_party TO {REGION} WITH SET TRUE"),
    ("somebody else who may hold", f"CREATE ROLE visitor LOGIN; GRANT {REGION} TO visitor"),
    ("somebody else who may hold", f"GRANT {REGION} TO sp_registry"),
    ("somebody else who may hold", "CREATE ROLE visitor LOGIN; GRANT sp_party TO visitor"),
    ("owned by an application role", f"ALTER TABLE {TABLE} OWNER TO {REGION}"),
    ("may create something", f"GRANT CREATE ON SCHEMA {REGION} TO {REGION}"),
    ("may create something", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ("temporary tables", "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',"
     " current_database()); END $$"),
    ("a materialized view", f"CREATE MATERIALIZED VIEW {REGION}.m AS SELECT FROM {TABLE}"),
    ("a view that is read", f"CREATE VIEW {REGION}.v AS SELECT * FROM {TABLE}"),
    ("the tables of two huvudmän", "CREATE VIEW public.v WITH (security_invoker = true) AS"
     f" SELECT FROM {TABLE}, {STRANGER}.cases_contribution"),
    ("an extension", "CREATE EXTENSION vector"),
    ("its owner's rights", f"CREATE FUNCTION {REGION}.f() RETURNS int LANGUAGE sql"
     " SECURITY DEFINER AS 'SELECT 1'"),
    ("leaves the schema", f"ALTER TABLE {REGION}.cases_event ADD CONSTRAINT f"
     f" FOREIGN KEY (message_id) REFERENCES {STRANGER}.inbox_message (id)"),
    ("a common table", "ALTER TABLE public.tenants_signature NO FORCE ROW LEVEL SECURITY"),
    ("a common table", "ALTER POLICY write ON public.tenants_signature WITH CHECK (true)"),
    ("a common table", "ALTER POLICY change ON public.tenants_unit USING (true)"),
    ("a common table", "CREATE POLICY extra ON public.tenants_unit FOR DELETE TO sp_party"
     f" USING ({WHOSE})"),
    ("a right in public", "GRANT UPDATE ON public.tenants_tenant TO sp_party"),
    ("a right in public", "GRANT DELETE ON public.tenants_unit TO sp_party"),
    ("a right in public", "GRANT SELECT ON public.django_migrations TO PUBLIC"),
    ("a trigger or a rule", f"CREATE TRIGGER t BEFORE INSERT ON {TABLE} FOR EACH ROW"
     " EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
    ("a trigger or a rule", f"CREATE RULE r AS ON INSERT TO {REGION}.cases_event DO INSTEAD"
     " NOTHING"),
    ("a trigger or a rule", "CREATE TRIGGER t BEFORE UPDATE ON public.tenants_unit FOR EACH ROW"
     " EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
]  # fmt: skip


def test_the_catalogue_has_no_fault_and_the_migrator_can_ask_it(migrator: None) -> None:
    assert catalogue.faults() == []


def test_a_superuser_sees_no_fault_either(dba: psycopg.Connection[Any]) -> None:
    assert catalogue.faults_seen_by(dba) == []


@pytest.mark.parametrize(("forbidden", "fault"), PLANTED)
def test_each_planted_fault_is_found(
    dba: psycopg.Connection[Any], forbidden: str, fault: str
) -> None:
    dba.execute(fault)
    found = catalogue.faults_seen_by(dba)
    assert any(forbidden in line for line in found), found


def test_every_question_has_a_planted_fault() -> None:
    words = {forbidden for forbidden, _ in PLANTED}
    for question in catalogue.QUESTIONS:
        assert any(word in question.forbidden or word in question.query for word in words), (
            question.forbidden
        )
