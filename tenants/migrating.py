"""Bringing every huvudman's schema in line, and skipping those that already are.

Run by the migrator's login. A fingerprint of the migrations and of the kinds of rows is kept in the
registry, so that a deployment with nothing to do costs one query, however many huvudmän there are.
"""

from collections.abc import Callable
from hashlib import sha256

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenants import isolation, recorder, rows
from tenants.context import acting_as
from tenants.models import Tenant


def migrate_public() -> None:
    """Bring the registry and the common rows in line."""
    recorder.install()
    call_command("migrate_schemas", schema_name="public", verbosity=0, interactive=False)
    isolation.apply_to_public()


def migrate_all(*, tell: Callable[[str], object] = lambda _: None) -> list[str]:
    """Bring every schema in line; return the names of those that were not.

    :param tell: called with the name of each huvudman before its turn
    """
    wanted = fingerprint()
    behind = list(Tenant.objects.exclude(fingerprint=wanted).order_by("schema_name"))
    for tenant in behind:
        tell(tenant.name)
        migrate_one(tenant, wanted)
    return [tenant.schema_name for tenant in behind]


def migrate_one(tenant: Tenant, wanted: str) -> None:
    """Bring one schema in line: tables, then role, grants and policies, then the fingerprint."""
    recorder.install()
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{tenant.schema_name}"')
    call_command("migrate_schemas", schema_name=tenant.schema_name, verbosity=0, interactive=False)
    with acting_as("public"):
        isolation.apply(tenant.schema_name)
        Tenant.objects.filter(pk=tenant.pk).update(fingerprint=wanted)


def fingerprint() -> str:
    """Return what a schema that is in line has been made from."""
    labels = {model._meta.app_label for model in isolation.tenant_models()}
    migrations = sorted(key for key in MigrationLoader(None).disk_migrations if key[0] in labels)
    kinds = sorted(
        (model._meta.label, isolation.kind_of(model).at_home, str(isolation.kind_of(model).abroad))
        for model in isolation.tenant_models()
    )
    policies = [policy.condition for policy in rows.POLICIES]
    return sha256(repr((migrations, kinds, policies)).encode()).hexdigest()
