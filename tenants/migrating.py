"""Bringing every huvudman's schema in line, and skipping those that already are.

Run by the migrator's login. A fingerprint of the migrations and of the kinds of rows is kept in the
registry, so that a deployment with nothing to do costs one query, however many huvudmän there are.
"""

import inspect
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import quote_schema_name

from tenants import copying, isolation, recorder, rows
from tenants.context import acting_as
from tenants.models import Tenant


def migrate_public() -> None:
    """Bring the registry and the common rows in line."""
    make_public_tables()
    isolation.apply_to_public()


def make_public_tables() -> None:
    """Bring the tables of the registry and the common rows in line, and leave their rights."""
    recorder.install()
    call_command("migrate_schemas", schema_name="public", verbosity=0, interactive=False)


def is_public_in_line() -> bool:
    """Tell whether somebody is in line with this very code, and so public, which goes before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.tenants_tenant') IS NOT NULL")
        (is_there,) = cursor.fetchone()
    return bool(is_there) and Tenant.objects.filter(fingerprint=fingerprint()).exists()


def migrate_all(*, tell: Callable[[str, int, int], object] = lambda *_: None) -> list[str]:
    """Bring every schema in line; return the names of those that were not.

    :param tell: called before each huvudman's turn: its name, how many are done, and of how many
    """
    wanted = fingerprint()
    behind = list(Tenant.objects.exclude(fingerprint=wanted).order_by("schema_name"))
    for done, tenant in enumerate(behind):
        tell(tenant.name, done, len(behind))
        migrate_one(tenant.schema_name)
        Tenant.objects.filter(pk=tenant.pk).update(fingerprint=wanted)
    return [tenant.schema_name for tenant in behind]


def migrate_one(schema_name: str) -> None:
    """Bring one schema in line: tables, then role, grants and policies.

    A new one gets its tables as a copy where somebody is in line.
    """
    in_line = Tenant.objects.filter(fingerprint=fingerprint()).exclude(schema_name=schema_name)
    pattern = in_line.order_by("pk").values_list("schema_name", flat=True).first()
    if pattern and not copying.is_there(schema_name):
        copying.copy_tables(pattern, schema_name)
    else:
        make_tables(schema_name)
    with acting_as("public"):
        isolation.apply(schema_name)


def make_tables(schema_name: str) -> None:
    """Bring the tables of one schema in line, and leave role and rights."""
    recorder.install()
    with acting_as("public"):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_schema_name(schema_name)}")
        call_command("migrate_schemas", schema_name=schema_name, verbosity=0, interactive=False)


def fingerprint() -> str:
    """Return what a schema that is in line has been made from."""
    # Those of public among them: who is in line tells that public is.
    labels = {model._meta.app_label for model in isolation.tenant_models()} | {"tenants"}
    migrations = sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in labels)
    kinds = sorted(
        (model._meta.label, isolation.kind_of(model).at_home, str(isolation.kind_of(model).abroad))
        for model in isolation.tenant_models()
    )
    policies = [policy.condition for policy in rows.POLICIES]
    emptied = settings.CASE_APPS
    # How kinds become grants counts too: a mended grant must reach those who joined before it.
    grants = inspect.getsource(isolation)
    return sha256(repr((migrations, kinds, policies, emptied, grants)).encode()).hexdigest()
