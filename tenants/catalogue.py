"""The catalogue lint: questions to PostgreSQL's own catalogue whose only right answer is no row.

What a developer believes about isolation is in the code; what is true is in the catalogue. Run it
after every migration, in the tests, and against production.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

# What somebody has read with care: SECURITY DEFINER functions, extensions, the tables in public
# that every huvudman reads, and the text of the policy under which their owner writes them.
REVIEWED = {
    "functions": [],
    "extensions": ["plpgsql"],
    "common": [
        "tenants_unit",
        "tenants_agreementtext",
        "tenants_commentanswer",
        "tenants_consultationround",
        "tenants_expertanswer",
        "tenants_expertrequest",
        "tenants_jointboard",
        "tenants_onboarding",
        "tenants_onboardingactivity",
        "tenants_onboardingcontact",
        "tenants_onboardingstep",
        "tenants_partydecision",
        "tenants_roundcomment",
        "tenants_routinetext",
        "tenants_packdone",
        "tenants_signature",
        "tenants_startplan",
        "tenants_termination",
        "tenants_unitcheck",
        "tenants_trainingcount",
        "tenants_traininggoal",
        "tenants_trainingreset",
    ],
    # Those of them that real and training huvudmän read of one another: counts without a name.
    "told_to_all": ["tenants_trainingcount"],
    "own": '((owner)::text = ((CURRENT_USER)::text COLLATE "default"))',
}

# The schemas of huvudmän, the roles that the application can hold or log in as, the tables, and
# what anybody but the owner may do with them.
_SCOPE = """
WITH home AS (
    SELECT oid, nspname,
           CASE WHEN nspname ^@ 'training_' THEN 'sp_training' ELSE 'sp_party' END AS party
    FROM pg_namespace
    WHERE nspname IN (SELECT schema_name FROM public.tenants_tenant)
),
app AS (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname IN (SELECT nspname FROM home)
       OR rolname IN ('sp_app', 'sp_party', 'sp_training', 'sp_registry')
       OR rolname ^@ 'login_'
),
tables AS (
    SELECT c.*, h.nspname, h.party FROM pg_class c JOIN home h ON h.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
),
common AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(common)s)
),
rights AS (
    SELECT c.oid, c.nspname, c.party, c.nspname || '.' || c.relname AS name, a.grantee,
           a.privilege_type,
           COALESCE(g.rolname, 'PUBLIC') AS grantee_name
    FROM tables c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> c.relowner
)
"""


@dataclass(frozen=True)
class Question:
    """Something that must not exist; each row of the answer names one fault.

    An operator reads what it is and how it is mended: in Swedish, as all commands speak.
    """

    forbidden: str
    mend: str
    query: str


REVOKE = "Ta bort den med REVOKE."
MEMBER = "Ta bort medlemskapet med REVOKE."
# A schema whose fingerprint is in line is skipped.
REMAKE = (
    "Töm kolumnen fingerprint för huvudmannen i tenants_tenant och kör samplan tenant migrate, som"
    " gör rättigheter och policyer på nytt."
)

QUESTIONS = (
    Question(
        "En huvudman utan schema eller roll",
        "Kör samplan tenant add en gång till med huvudmannens uppgifter.",
        """SELECT schema_name FROM public.tenants_tenant t WHERE schema_name <> 'public'
           AND (NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = t.schema_name)
                OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = t.schema_name))""",
    ),
    Question(
        "En tabell utan tvingande radsäkerhet",
        REMAKE,
        """SELECT nspname || '.' || relname FROM tables
           WHERE relname <> 'django_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)""",
    ),
    Question(
        "En rättighet som ingen policy omfattar",
        REMAKE,
        """SELECT name || ': ' || privilege_type || ' till ' || grantee_name FROM rights r
           WHERE NOT EXISTS (
             SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND r.grantee = ANY (p.polroles)
             AND p.polcmd IN ('*', CASE r.privilege_type WHEN 'SELECT' THEN 'r'
               WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' WHEN 'DELETE' THEN 'd' END))""",
    ),
    Question(
        "En rättighet för någon annan än huvudmannen själv, utöver SELECT för de andra",
        REVOKE,
        """SELECT name || ': ' || privilege_type || ' till ' || grantee_name FROM rights
           WHERE grantee_name <> nspname
             AND NOT (grantee_name = party AND privilege_type = 'SELECT')""",
    ),
    Question(
        "En rättighet på en enstaka kolumn eller en sekvens, som tabellens rättigheter inte visar",
        REVOKE,
        """SELECT c.oid::regclass || '.' || a.attname FROM pg_attribute a
           JOIN (SELECT oid FROM tables UNION SELECT oid FROM common) c ON c.oid = a.attrelid
           WHERE a.attacl IS NOT NULL
           UNION ALL
           SELECT s.oid::regclass || ': ' || r.privilege_type
           FROM pg_class s, aclexplode(s.relacl) r
           WHERE s.relkind = 'S' AND r.grantee <> s.relowner
             AND s.relnamespace IN (SELECT oid FROM home UNION SELECT 'public'::regnamespace)""",
    ),
    Question(
        "En rättighet att tömma, referera till, sätta utlösare på eller underhålla en tabell",
        REVOKE,
        """SELECT name || ': ' || privilege_type FROM rights
           WHERE privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')""",
    ),
    Question(
        "En policy som öppnar rader för andra med en annan text än de tre granskade",
        f"Ta bort den med DROP POLICY. {REMAKE}",
        """SELECT schemaname || '.' || tablename || ': ' || policyname
           FROM pg_policies JOIN home ON nspname = schemaname
           WHERE NOT (
             (policyname = 'home' AND roles = ARRAY[schemaname] AND permissive = 'PERMISSIVE'
              AND qual = 'true' AND with_check = 'true')
             OR (roles = ARRAY[party]::name[] AND cmd = 'SELECT' AND qual = CASE policyname
               WHEN 'disclosed' THEN '((open_to ? (CURRENT_USER)::text) AND '
                 || '(((open_to ->> (CURRENT_USER)::text))::timestamp with time zone > now()))'
               WHEN 'to_recipient' THEN
                 '((recipient)::text = ((CURRENT_USER)::text COLLATE "default"))'
               WHEN 'about_me' THEN '((owner)::text = ((CURRENT_USER)::text COLLATE "default"))'
               END))""",
    ),
    Question(
        "En applikationsroll med egna maktmedel",
        "Ta bort dem med ALTER ROLE: NOSUPERUSER, NOBYPASSRLS, NOCREATEROLE, NOCREATEDB,"
        " NOREPLICATION.",
        """SELECT r.rolname FROM pg_roles r JOIN app USING (oid)
           WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
              OR r.rolreplication""",
    ),
    Question(
        "En roll utan egen inloggning som kan logga in",
        "Sätt NOLOGIN med ALTER ROLE.",
        """SELECT r.rolname FROM pg_roles r JOIN app USING (oid)
           WHERE r.rolcanlogin AND r.rolname <> 'sp_app' AND NOT r.rolname ^@ 'login_'""",
    ),
    Question(
        "En inloggning som ärver det den får bli, eller får ge det vidare",
        "Ge om medlemskapet med GRANT och WITH INHERIT FALSE, ADMIN FALSE.",
        """SELECT l.rolname || ' i ' || m.roleid::regrole
           FROM pg_auth_members m JOIN pg_roles l ON l.oid = m.member
           WHERE l.rolcanlogin AND l.oid IN (SELECT oid FROM app)
             AND (m.inherit_option OR m.admin_option)""",
    ),
    Question(
        "En huvudmans egen inloggning som får bli en annan huvudman",
        MEMBER,
        """SELECT l.rolname FROM pg_auth_members m
           JOIN pg_roles l ON l.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
           WHERE l.rolname ^@ 'login_' AND g.rolname <> 'sp_registry'
           GROUP BY l.rolname HAVING count(*) > 1 OR min('login_' || g.rolname) <> l.rolname""",
    ),
    Question(
        "En inloggning som får bli något annat än en huvudman eller registrets läsare",
        MEMBER,
        """SELECT l.rolname || ' i ' || g.rolname FROM pg_auth_members m
           JOIN pg_roles l ON l.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
           WHERE l.rolcanlogin AND l.oid IN (SELECT oid FROM app)
             AND g.rolname <> 'sp_registry' AND g.rolname NOT IN (SELECT nspname FROM home)""",
    ),
    Question(
        "En huvudman som är medlem i något annat än sp_party, eller en övningshuvudman i annat än"
        " sp_training, eller någon som får bli en av dem",
        f"{MEMBER} {REMAKE}",
        """SELECT h.nspname || ' i ' || m.roleid::regrole FROM pg_auth_members m
           JOIN pg_roles r ON r.oid = m.member JOIN home h ON h.nspname = r.rolname
           WHERE m.roleid <> h.party::regrole OR m.set_option OR m.admin_option""",
    ),
    Question(
        "Någon annan som får bära en huvudmans roll, sp_party eller sp_training",
        MEMBER,
        """SELECT member.rolname || ' i ' || held.rolname FROM pg_auth_members m
           JOIN pg_roles held ON held.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
           WHERE (held.rolname IN ('sp_party', 'sp_training')
                  OR held.rolname IN (SELECT nspname FROM home))
             AND member.rolname <> 'sp_migrator'
             AND NOT (member.rolcanlogin AND member.oid IN (SELECT oid FROM app))
             AND NOT (held.rolname IN ('sp_party', 'sp_training')
                      AND member.rolname IN (SELECT nspname FROM home))""",
    ),
    Question(
        "Något som ägs av en applikationsroll",
        "Ge det till sp_migrator med ALTER och OWNER TO.",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN app ON app.oid = c.relowner",
    ),
    Question(
        "En plats där en applikationsroll får skapa något",
        "Ta bort rättigheten med REVOKE CREATE eller REVOKE TEMPORARY, också från PUBLIC.",
        """SELECT app.rolname || ' i ' || n.nspname FROM app, pg_namespace n
           WHERE n.nspname !~ '^pg_' AND has_schema_privilege(app.oid, n.oid, 'CREATE')
           UNION ALL SELECT app.rolname || ': tillfälliga tabeller' FROM app
           WHERE has_database_privilege(app.oid, current_database(), 'TEMPORARY')""",
    ),
    Question(
        "En materialiserad vy, som fylls med det som ägaren ser",
        "Ta bort den med DROP MATERIALIZED VIEW.",
        """SELECT c.oid::regclass::text FROM pg_class c JOIN home h ON h.oid = c.relnamespace
           WHERE c.relkind = 'm'""",
    ),
    Question(
        "En vy som läses med det som ägaren ser",
        "Ta bort den med DROP VIEW, eller sätt security_invoker = true med ALTER VIEW.",
        """SELECT c.oid::regclass::text FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND NOT COALESCE(c.reloptions, '{}') @> '{security_invoker=true}'""",
    ),
    Question(
        "En vy över två huvudmäns tabeller",
        "Ta bort den med DROP VIEW.",
        """SELECT v.oid::regclass::text FROM pg_class v JOIN pg_rewrite w ON w.ev_class = v.oid
           JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
           JOIN tables t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
           WHERE v.relkind IN ('v', 'm')
           GROUP BY v.oid HAVING count(DISTINCT t.relnamespace) > 1""",
    ),
    Question(
        "Ett tillägg som ingen har granskat",
        "Ta bort det med DROP EXTENSION, eller granska det och för in det i tenants/catalogue.py.",
        "SELECT extname FROM pg_extension WHERE extname <> ALL (%(extensions)s)",
    ),
    Question(
        "En funktion som körs med ägarens rättigheter och inte är granskad, eller kan vilseledas",
        "Ta bort den med DROP FUNCTION.",
        """SELECT p.oid::regprocedure::text FROM pg_proc p
           JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND NOT (p.proname = ANY (%(functions)s)
               AND EXISTS (SELECT FROM unnest(p.proconfig) s
                           WHERE s ~ '^search_path=.*, ?pg_temp$')
               AND NOT has_function_privilege('public', p.oid, 'EXECUTE'))""",
    ),
    Question(
        "En främmande nyckel som lämnar schemat",
        "Ta bort den med ALTER TABLE och DROP CONSTRAINT.",
        """SELECT c.conrelid::regclass::text || ' till ' || c.confrelid::regclass::text
           FROM pg_constraint c
           JOIN tables t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
           WHERE c.contype = 'f' AND f.relnamespace <> t.relnamespace""",
    ),
    Question(
        "En gemensam tabell som andra än ägaren får skriva i, eller utan tvingande radsäkerhet",
        "Ta bort varje policy som heter något annat än read, write, change eller ett av dem med"
        " _training efter, och kör samplan tenant migrate.",
        """SELECT relname FROM common WHERE NOT (relrowsecurity AND relforcerowsecurity)
           UNION ALL
           SELECT tablename || ': ' || policyname FROM pg_policies
           WHERE schemaname = 'public' AND tablename IN (SELECT relname FROM common) AND NOT (
             roles = CASE WHEN policyname ~ '_training$' THEN '{sp_training}'
                          ELSE '{sp_party}' END::name[]
             AND CASE replace(policyname, '_training', '')
               WHEN 'read' THEN cmd = 'SELECT' AND qual = CASE
                 WHEN tablename = ANY (%(told_to_all)s) THEN 'true'
                 WHEN policyname = 'read' THEN '(NOT ((owner)::text ^@ ''training_''::text))'
                 ELSE '((owner)::text ^@ ''training_''::text)' END
               WHEN 'write' THEN cmd = 'INSERT' AND with_check = %(own)s
               WHEN 'change' THEN cmd = 'UPDATE' AND qual = %(own)s AND with_check = %(own)s
               ELSE false END)""",
    ),
    Question(
        "En rättighet i public utöver registret och de gemensamma tabellerna",
        REVOKE,
        """SELECT c.relname || ': ' || a.privilege_type || ' till '
                  || COALESCE(g.rolname, 'PUBLIC')
           FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
             AND a.grantee <> c.relowner
             AND NOT (a.privilege_type = 'SELECT' AND c.relname IN ('tenants_tenant',
                      'tenants_domain', 'tenants_departed')
                      AND g.rolname IN ('sp_party', 'sp_training', 'sp_registry'))
             AND NOT (a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
                      AND c.relname = ANY (%(common)s)
                      AND g.rolname IN ('sp_party', 'sp_training'))""",
    ),
    Question(
        "En utlösare eller en regel",
        "Ta bort den med DROP TRIGGER eller DROP RULE.",
        """SELECT tgname || ' på ' || tgrelid::regclass FROM pg_trigger
           WHERE NOT tgisinternal
             AND tgrelid IN (SELECT oid FROM tables UNION SELECT oid FROM common)
           UNION ALL
           SELECT rulename || ' på ' || ev_class::regclass FROM pg_rewrite
           WHERE ev_class IN (SELECT oid FROM tables UNION SELECT oid FROM common)""",
    ),
)


def faults() -> list[str]:
    """Return every fault in the database we are connected to, as one readable line each."""
    with connection.cursor() as cursor:
        return list(_ask(cursor.execute, cursor.fetchall))


def _ask(
    execute: Callable[[str, dict[str, Any]], object], fetchall: Callable[[], list[Any]]
) -> Iterator[str]:
    for question in QUESTIONS:
        execute(_SCOPE + question.query, REVIEWED)
        yield from (f"{question.forbidden}: {row[0]}. {question.mend}" for row in fetchall())


def faults_seen_by(session: psycopg.Connection[Any]) -> list[str]:
    """Return the faults that another session sees, for instance before it commits."""
    cursor = session.cursor()
    return list(_ask(cursor.execute, cursor.fetchall))
