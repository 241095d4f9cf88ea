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
        "tenants_jointboard",
        "tenants_signature",
        "tenants_termination",
    ],
    "own": '((owner)::text = ((CURRENT_USER)::text COLLATE "default"))',
}

# The schemas of huvudmän, the roles that the application can hold or log in as, the tables, and
# what anybody but the owner may do with them.
_SCOPE = """
WITH home AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname IN (SELECT schema_name FROM public.tenants_tenant)
),
app AS (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname IN (SELECT nspname FROM home)
       OR rolname IN ('sp_app', 'sp_party', 'sp_registry')
       OR rolname ^@ 'login_'
),
tables AS (
    SELECT c.*, h.nspname FROM pg_class c JOIN home h ON h.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
),
common AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(common)s)
),
rights AS (
    SELECT c.oid, c.nspname, c.nspname || '.' || c.relname AS name, a.grantee, a.privilege_type,
           COALESCE(g.rolname, 'PUBLIC') AS grantee_name
    FROM tables c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> c.relowner
)
"""


@dataclass(frozen=True)
class Question:
    """Something that must not exist; each row of the answer names one fault."""

    forbidden: str
    query: str


QUESTIONS = (
    Question(
        "a huvudman without a schema or a role",
        """SELECT schema_name FROM public.tenants_tenant t WHERE schema_name <> 'public'
           AND (NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = t.schema_name)
                OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = t.schema_name))""",
    ),
    Question(
        "a table without forced row security",
        """SELECT nspname || '.' || relname FROM tables
           WHERE relname <> 'django_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)""",
    ),
    Question(
        "a right that no policy covers",
        """SELECT name || ': ' || privilege_type || ' to ' || grantee_name FROM rights r
           WHERE NOT EXISTS (
             SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND r.grantee = ANY (p.polroles)
             AND p.polcmd IN ('*', CASE r.privilege_type WHEN 'SELECT' THEN 'r'
               WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' WHEN 'DELETE' THEN 'd' END))""",
    ),
    Question(
        "a right for anybody but the huvudman itself, save SELECT for the others",
        """SELECT name || ': ' || privilege_type || ' to ' || grantee_name FROM rights
           WHERE grantee_name <> nspname
             AND NOT (grantee_name = 'sp_party' AND privilege_type = 'SELECT')""",
    ),
    Question(
        "a right on a single column or on a sequence, which the rights of the table do not show",
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
        "a right to empty, reference, trigger or maintain a table",
        """SELECT name || ': ' || privilege_type FROM rights
           WHERE privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')""",
    ),
    Question(
        "a policy that opens rows to others by any other text than the three we have reviewed",
        """SELECT schemaname || '.' || tablename || ': ' || policyname FROM pg_policies
           WHERE schemaname IN (SELECT nspname FROM home) AND NOT (
             (policyname = 'home' AND roles = ARRAY[schemaname] AND permissive = 'PERMISSIVE'
              AND qual = 'true' AND with_check = 'true')
             OR (roles = '{sp_party}' AND cmd = 'SELECT' AND qual = CASE policyname
               WHEN 'disclosed' THEN '((open_to ? (CURRENT_USER)::text) AND '
                 || '(((open_to ->> (CURRENT_USER)::text))::timestamp with time zone > now()))'
               WHEN 'to_recipient' THEN
                 '((recipient)::text = ((CURRENT_USER)::text COLLATE "default"))'
               WHEN 'about_me' THEN '((owner)::text = ((CURRENT_USER)::text COLLATE "default"))'
               END))""",
    ),
    Question(
        "an application role with a power of its own",
        """SELECT r.rolname FROM pg_roles r JOIN app USING (oid)
           WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb
              OR r.rolreplication""",
    ),
    Question(
        "a role without a login of its own that can log in",
        """SELECT r.rolname FROM pg_roles r JOIN app USING (oid)
           WHERE r.rolcanlogin AND r.rolname <> 'sp_app' AND NOT r.rolname ^@ 'login_'""",
    ),
    Question(
        "a login that inherits what it may become, or may pass it on",
        """SELECT l.rolname || ' in ' || m.roleid::regrole
           FROM pg_auth_members m JOIN pg_roles l ON l.oid = m.member
           WHERE l.rolcanlogin AND l.oid IN (SELECT oid FROM app)
             AND (m.inherit_option OR m.admin_option)""",
    ),
    Question(
        "an own login that may become more than one huvudman",
        """SELECT l.rolname FROM pg_auth_members m
           JOIN pg_roles l ON l.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
           WHERE l.rolname ^@ 'login_' AND g.rolname <> 'sp_registry'
           GROUP BY l.rolname HAVING count(*) > 1 OR min('login_' || g.rolname) <> l.rolname""",
    ),
    Question(
        "a login that may become anything but a huvudman or the reader of the registry",
        """SELECT l.rolname || ' in ' || g.rolname FROM pg_auth_members m
           JOIN pg_roles l ON l.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
           WHERE l.rolcanlogin AND l.oid IN (SELECT oid FROM app)
             AND g.rolname <> 'sp_registry' AND g.rolname NOT IN (SELECT nspname FROM home)""",
    ),
    Question(
        "a huvudman that is a member of anything but the party, or that may become the party",
        """SELECT h.nspname || ' in ' || m.roleid::regrole FROM pg_auth_members m
           JOIN pg_roles r ON r.oid = m.member JOIN home h ON h.nspname = r.rolname
           WHERE m.roleid <> 'sp_party'::regrole OR m.set_option OR m.admin_option""",
    ),
    Question(
        "somebody else who may hold the role of a huvudman or of the party",
        """SELECT member.rolname || ' in ' || held.rolname FROM pg_auth_members m
           JOIN pg_roles held ON held.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
           WHERE (held.rolname = 'sp_party' OR held.rolname IN (SELECT nspname FROM home))
             AND member.rolname <> 'sp_migrator'
             AND NOT (member.rolcanlogin AND member.oid IN (SELECT oid FROM app))
             AND NOT (held.rolname = 'sp_party'
                      AND member.rolname IN (SELECT nspname FROM home))""",
    ),
    Question(
        "something owned by an application role",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN app ON app.oid = c.relowner",
    ),
    Question(
        "a place where an application role may create something",
        """SELECT app.rolname || ' in ' || n.nspname FROM app, pg_namespace n
           WHERE n.nspname !~ '^pg_' AND has_schema_privilege(app.oid, n.oid, 'CREATE')
           UNION ALL SELECT app.rolname || ': temporary tables' FROM app
           WHERE has_database_privilege(app.oid, current_database(), 'TEMPORARY')""",
    ),
    Question(
        "a materialized view, which is filled with its owner's sight",
        """SELECT c.oid::regclass::text FROM pg_class c JOIN home h ON h.oid = c.relnamespace
           WHERE c.relkind = 'm'""",
    ),
    Question(
        "a view that is read with its owner's sight",
        """SELECT c.oid::regclass::text FROM pg_class c
           JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND NOT COALESCE(c.reloptions, '{}') @> '{security_invoker=true}'""",
    ),
    Question(
        "a view over the tables of two huvudmän",
        """SELECT v.oid::regclass::text FROM pg_class v JOIN pg_rewrite w ON w.ev_class = v.oid
           JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
           JOIN tables t ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
           WHERE v.relkind IN ('v', 'm')
           GROUP BY v.oid HAVING count(DISTINCT t.relnamespace) > 1""",
    ),
    Question(
        "an extension that nobody has reviewed",
        "SELECT extname FROM pg_extension WHERE extname <> ALL (%(extensions)s)",
    ),
    Question(
        "a function that runs with its owner's rights and has not been reviewed, or can be misled",
        """SELECT p.oid::regprocedure::text FROM pg_proc p
           JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND NOT (p.proname = ANY (%(functions)s)
               AND EXISTS (SELECT FROM unnest(p.proconfig) s
                           WHERE s ~ '^search_path=.*, ?pg_temp$')
               AND NOT has_function_privilege('public', p.oid, 'EXECUTE'))""",
    ),
    Question(
        "a foreign key that leaves the schema",
        """SELECT c.conrelid::regclass::text || ' to ' || c.confrelid::regclass::text
           FROM pg_constraint c
           JOIN tables t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
           WHERE c.contype = 'f' AND f.relnamespace <> t.relnamespace""",
    ),
    Question(
        "a common table that anybody but its owner may write, or that lacks forced row security",
        """SELECT relname FROM common WHERE NOT (relrowsecurity AND relforcerowsecurity)
           UNION ALL
           SELECT tablename || ': ' || policyname FROM pg_policies
           WHERE schemaname = 'public' AND tablename IN (SELECT relname FROM common) AND NOT (
             roles = '{sp_party}' AND (
               (policyname = 'read' AND cmd = 'SELECT' AND qual = 'true')
               OR (policyname = 'write' AND cmd = 'INSERT' AND with_check = %(own)s)
               OR (policyname = 'change' AND cmd = 'UPDATE' AND qual = %(own)s
                   AND with_check = %(own)s)))""",
    ),
    Question(
        "a right in public beyond the registry and the common tables",
        """SELECT c.relname || ': ' || a.privilege_type || ' to '
                  || COALESCE(g.rolname, 'PUBLIC')
           FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
             AND a.grantee <> c.relowner
             AND NOT (a.privilege_type = 'SELECT' AND c.relname IN ('tenants_tenant',
                      'tenants_domain') AND g.rolname IN ('sp_party', 'sp_registry'))
             AND NOT (a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
                      AND c.relname = ANY (%(common)s) AND g.rolname = 'sp_party')""",
    ),
    Question(
        "a trigger or a rule",
        """SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger
           WHERE NOT tgisinternal
             AND tgrelid IN (SELECT oid FROM tables UNION SELECT oid FROM common)
           UNION ALL
           SELECT rulename || ' on ' || ev_class::regclass FROM pg_rewrite
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
        yield from (f"{question.forbidden}: {row[0]}" for row in fetchall())


def faults_seen_by(session: psycopg.Connection[Any]) -> list[str]:
    """Return the faults that another session sees, for instance before it commits."""
    cursor = session.cursor()
    return list(_ask(cursor.execute, cursor.fetchall))
