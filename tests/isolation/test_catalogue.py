"""The catalogue lint finds nothing here, and would find each fault."""

import re
from typing import Any

import psycopg
import pytest
from cast import MUNICIPALITY, REGION, STRANGER

from tenants import catalogue

TABLE = f"{REGION}.cases_contribution"
WHOSE = "owner = current_user::text"

# What a question forbids, and ways of doing it.
PLANTED = [
    ("En huvudman utan schema", "INSERT INTO public.tenants_tenant (schema_name, name,"
     " name_sort, kind, organisation_number, county_code, municipality_code, fingerprint)"
     " VALUES ('x', 'x', 'x', 'region', 'x', 'x', '', '')"),
    ("En tabell utan tvingande", f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY"),
    ("En tabell utan tvingande", f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"),
    ("En tabell utan tvingande", f"CREATE TABLE {REGION}.forgotten ()"),
    ("ingen policy omfattar", f"DROP POLICY disclosed ON {TABLE}"),
    ("någon annan än huvudmannen", f"GRANT INSERT ON {TABLE} TO {STRANGER}"),
    ("någon annan än huvudmannen", f"GRANT SELECT ON {TABLE} TO PUBLIC"),
    ("någon annan än huvudmannen", f"GRANT UPDATE ON {TABLE} TO sp_party"),
    ("på en enstaka kolumn", f"GRANT UPDATE (text) ON {TABLE} TO {STRANGER}"),
    ("på en enstaka kolumn", f"GRANT INSERT (act) ON {REGION}.cases_event"
     f" TO {REGION}"),
    ("på en enstaka kolumn", "GRANT UPDATE (text) ON public.tenants_agreementtext"
     " TO sp_party"),
    ("på en enstaka kolumn", f"GRANT ALL ON SEQUENCE {REGION}.cases_event_id_seq"
     " TO PUBLIC"),
    ("att tömma, referera", f"GRANT TRUNCATE ON {TABLE} TO {REGION}"),
    ("en annan text", f"CREATE POLICY kind ON {TABLE} TO sp_party USING (true)"),
    ("en annan text", f"ALTER POLICY disclosed ON {TABLE} USING (open_to ? current_user::text)"),
    ("en annan text", f"ALTER POLICY home ON {TABLE} TO PUBLIC"),
    ("egna maktmedel", "ALTER ROLE sp_app BYPASSRLS"),
    ("egna maktmedel", f"ALTER ROLE {REGION} CREATEROLE"),
    ("som kan logga in", f"ALTER ROLE {REGION} LOGIN"),
    ("som kan logga in", "ALTER ROLE sp_party LOGIN"),
    ("som ärver det den får bli", f"GRANT {REGION} TO sp_app WITH INHERIT TRUE"),
    ("som ärver det den får bli", f"GRANT {REGION} TO sp_app WITH ADMIN TRUE"),
    ("får bli en annan huvudman", f"CREATE ROLE login_{REGION} LOGIN;"
     f" GRANT {STRANGER} TO login_{REGION} WITH INHERIT FALSE"),
    ("registrets läsare", "GRANT pg_monitor TO sp_app WITH INHERIT FALSE"),
    ("något annat än sp_party", f"GRANT {MUNICIPALITY} TO {REGION}"),
    ("som får bli en av dem", f"GRANT sp_party TO {REGION} WITH SET TRUE"),
    ("något annat än sp_party", f"GRANT sp_training TO {REGION} WITH SET FALSE"),
    ("någon annan än huvudmannen", f"GRANT SELECT ON {TABLE} TO sp_training"),
    ("en annan text", f"ALTER POLICY disclosed ON {TABLE} TO sp_training"),
    ("Någon annan som får bära", f"CREATE ROLE visitor LOGIN; GRANT {REGION} TO visitor"),
    ("Någon annan som får bära", f"GRANT {REGION} TO sp_registry"),
    ("Någon annan som får bära", "CREATE ROLE visitor LOGIN; GRANT sp_party TO visitor"),
    ("ägs av en applikationsroll", f"ALTER TABLE {TABLE} OWNER TO {REGION}"),
    ("får skapa något", f"GRANT CREATE ON SCHEMA {REGION} TO {REGION}"),
    ("får skapa något", "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    ("tillfälliga", "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC',"
     " current_database()); END $$"),
    ("En materialiserad vy", f"CREATE MATERIALIZED VIEW {REGION}.m AS SELECT FROM {TABLE}"),
    ("En vy som läses", f"CREATE VIEW {REGION}.v AS SELECT * FROM {TABLE}"),
    ("två huvudmäns tabeller", "CREATE VIEW public.v WITH (security_invoker = true) AS"
     f" SELECT FROM {TABLE}, {STRANGER}.cases_contribution"),
    ("Ett tillägg", "CREATE EXTENSION vector"),
    ("ägarens rättigheter", f"CREATE FUNCTION {REGION}.f() RETURNS int LANGUAGE sql"
     " SECURITY DEFINER AS 'SELECT 1'"),
    ("lämnar schemat", f"ALTER TABLE {REGION}.cases_event ADD CONSTRAINT f"
     f" FOREIGN KEY (message_id) REFERENCES {STRANGER}.inbox_message (id)"),
    ("En gemensam tabell", "ALTER TABLE public.tenants_signature NO FORCE ROW LEVEL SECURITY"),
    ("En gemensam tabell", "ALTER POLICY write ON public.tenants_signature WITH CHECK (true)"),
    ("En gemensam tabell", "ALTER POLICY read ON public.tenants_unit USING (true)"),
    ("En gemensam tabell", "ALTER POLICY read_training ON public.tenants_unit TO sp_party"),
    ("En gemensam tabell", "ALTER POLICY change ON public.tenants_unit USING (true)"),
    ("En gemensam tabell", "CREATE POLICY extra ON public.tenants_unit FOR DELETE TO sp_party"
     f" USING ({WHOSE})"),
    ("En rättighet i public", "GRANT UPDATE ON public.tenants_tenant TO sp_party"),
    ("En rättighet i public", "GRANT DELETE ON public.tenants_unit TO sp_party"),
    ("En rättighet i public", "GRANT SELECT ON public.django_migrations TO PUBLIC"),
    ("En utlösare", f"CREATE TRIGGER t BEFORE INSERT ON {TABLE} FOR EACH ROW"
     " EXECUTE FUNCTION suppress_redundant_updates_trigger()"),
    ("En utlösare", f"CREATE RULE r AS ON INSERT TO {REGION}.cases_event DO INSTEAD"
     " NOTHING"),
    ("En utlösare", "CREATE TRIGGER t BEFORE UPDATE ON public.tenants_unit FOR EACH ROW"
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


@pytest.mark.parametrize("question", catalogue.QUESTIONS, ids=lambda it: it.forbidden)
def test_every_fault_is_told_in_swedish_with_what_to_do(question: catalogue.Question) -> None:
    words = f"{question.forbidden}. {question.mend}"

    assert re.search(r"\b(Ta bort|Kör|Töm|Sätt|Ge)\b", question.mend)
    assert not re.search(r"\b(a|an|the|that|of|which|may|than)\b", words)
