"""A PostgreSQL with three huvudmän, made as in production: a region, a municipality, a stranger.

sp_migrator migrates, then everything runs as sp_app, which has no right of its own. So a test that
passes has passed through the same roles and policies as a request. Each worker has a cluster.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import hypothesis
import psycopg
import pytest
from cast import TENANTS
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from xdist.scheduler import LoadScopeScheduling

from infra.dev import keycloak, postgres
from tenants import isolation

DATABASE = "test_samplan"
# A busy machine fails no property: what is slow is told by `make bench`.
hypothesis.settings.register_profile("samplan", deadline=None)
hypothesis.settings.load_profile("samplan")
# The tests speak http, as a gateway does that has ended TLS; what the product answers to who comes
# without one is asked by tests/project/test_headers.py.
settings.SECURE_SSL_REDIRECT = False


# What shares something that is dear to start, a demo or a validator, is run by one worker.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/billing/test_ubl.py": "validator",
    "tests/care/training/": "training",
    "tests/integrations/keycloak/": "keycloak",
    "tests/integrations/oidc/": "oidc",
    "tests/portal/test_invoices.py": "validator",
    "tests/project/test_database_lost.py": "database_lost",
    "tests/tenants/test_leaving.py": "leaving",
    "tests/tenants/test_removal.py": "removal",
}


class Together(LoadScopeScheduling):
    """Each test by itself to whichever worker is free, and what belongs together to one.

    xdist has this as groups, which it writes in the ids of tests; pytest 9.2 keeps those to itself.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((it for place, it in TOGETHER.items() if nodeid.startswith(place)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let xdist share the tests out as said above."""
    return Together(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly, at the very end, that nothing has been tried against a real Keycloak."""
    skipped = [it.longrepr[2] for it in terminalreporter.stats.get("skipped", [])]
    if without := [it for it in skipped if keycloak.LEFT_OUT in it]:
        terminalreporter.section("KEYCLOAK IS NOT TESTED", red=True, bold=True)
        terminalreporter.line(f"{len(without)} tests are left out: {without[0]}", red=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[dict[str, str]]:
    """Start the worker's PostgreSQL; return the URLs of its logins and of a superuser."""
    os.environ.pop("DATABASE_URL", None)
    # A folder of its own: PostgreSQL does not run as root, and another run may close pytest's.
    with TemporaryDirectory(prefix="samplan-") as place:
        Path(place).chmod(0o755)
        with postgres.running(Path(place) / "postgres") as url:
            hurry(url)
            yield {"superuser": url, **postgres.prepare(url, name=DATABASE, passwords={})}


def hurry(url: str) -> None:
    """Let no commit wait for the disk: nobody needs the rows of a test after a power cut."""
    with psycopg.connect(url, autocommit=True) as superuser:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            superuser.execute(f"ALTER SYSTEM SET {name} = off")
        superuser.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: dict[str, str], django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Migrate the test database and let the huvudmän join, then step down to the app's login."""
    from tenants import joining, migrating

    with django_db_blocker.unblock():
        log_in(cluster["sp_migrator"], assume_role=False)
        migrating.migrate_public()
        for tenant in TENANTS:
            joining.join(joining.Newcomer(**tenant))
        log_in(cluster["sp_app"], assume_role=True)
        yield
        connection.close()


def log_in(url: str, *, assume_role: bool) -> None:
    """Continue as another login, as a deployment does by its environment."""
    parts = conninfo_to_dict(url)
    connection.set_schema_to_public()
    connection.close()
    connection.settings_dict.update(
        NAME=parts["dbname"], USER=parts["user"], HOST=parts["host"], PORT=parts.get("port", "")
    )
    settings.TENANT_ASSUME_ROLE = assume_role


@pytest.fixture
def dba(cluster: dict[str, str], django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """Give a superuser's connection to the test database; what it has not committed is undone."""
    with psycopg.connect(cluster["superuser"], dbname=DATABASE) as superuser:
        yield superuser
        superuser.rollback()


@pytest.fixture
def session(
    cluster: dict[str, str], django_db_setup: None
) -> Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]:
    """Give a way to open a second session as any login, for instance as an intruder."""

    def open_as(user: str) -> AbstractContextManager[psycopg.Connection[Any]]:
        return psycopg.connect(cluster["superuser"], user=user, dbname=DATABASE, autocommit=True)

    return open_as


@pytest.fixture
def committed(
    django_db_setup: None, django_db_blocker: Any, dba: psycopg.Connection[Any]
) -> Iterator[None]:
    """Let a test commit for real; afterwards every row of the huvudmän is removed."""
    with django_db_blocker.unblock():
        yield
        connection.set_schema_to_public()
        connection.close()
    empty(dba)


def empty(dba: psycopg.Connection[Any]) -> None:
    """Empty every table of the huvudmän and the common rows, as a superuser."""
    dba.rollback()
    tables = dba.execute(
        # A table without a page has no row: most of them, most of the time.
        "SELECT schemaname, tablename FROM pg_tables WHERE tablename <> 'django_migrations' AND"
        " pg_relation_size(format('%%I.%%I', schemaname, tablename)::regclass) > 0 AND"
        " (schemaname IN (SELECT schema_name FROM public.tenants_tenant)"
        " OR (schemaname = 'public' AND tablename = ANY (%s)))",
        [[model._meta.db_table for model in isolation.common_models()]],
    ).fetchall()
    if tables:
        names = sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
        # CASCADE: what refers to a table that is emptied is empty, or is emptied too.
        dba.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
    dba.commit()


@pytest.fixture
def common_id() -> UUID:
    """Return the identity by which every huvudman knows the same case."""
    return uuid4()
