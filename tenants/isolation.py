"""Roles, grants and row-level security, derived from the kind of each model.

Idempotent. Run after every migration of a schema, by name, in the same command: a table without
grants is invisible, so forgetting fails closed, and the catalogue lint finds it.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from tenants.rows import OWN, POLICIES, Common, Isolation

PARTY = "sp_party"
REGISTRY = "sp_registry"
SHARED_LOGIN = "sp_app"
MIGRATOR = "sp_migrator"
# Written by the migrator, read by everybody, also while no huvudman has been chosen.
REGISTERED = ("tenants_tenant", "tenants_domain", "tenants_departed")


def tenant_models() -> Iterator[type[models.Model]]:
    """Yield the models whose tables every huvudman has."""
    for name in settings.TENANT_APPS:
        yield from apps.get_app_config(name.rpartition(".")[2]).get_models()


def kind_of(model: type[models.Model]) -> Isolation:
    """Return the kind of rows that a model holds.

    :raises AttributeError: if the model has not said it
    """
    kind: Isolation = model.isolation  # type: ignore[attr-defined]
    return kind


def apply(schema: str) -> None:
    """Give a schema its role, its grants and its policies."""
    with transaction.atomic():
        if not _exists(schema):
            _run("CREATE ROLE {role} NOLOGIN", role=schema)
        # What the others open is read as oneself: nobody can become the party, which is nobody.
        _run(
            "GRANT {party} TO {role} WITH INHERIT TRUE, SET FALSE, ADMIN FALSE",
            role=schema,
            party=PARTY,
        )
        # The migrator may become the huvudman too: data migrations run as it, since FORCE hides
        # every row from the owner.
        for member in (SHARED_LOGIN, MIGRATOR):
            _run(
                "GRANT {role} TO {member} WITH INHERIT FALSE, SET TRUE", role=schema, member=member
            )
        _run("REVOKE ALL ON SCHEMA {role} FROM PUBLIC", role=schema)
        _run("GRANT USAGE ON SCHEMA {role} TO {role}, {party}", role=schema, party=PARTY)
        for model in tenant_models():
            _apply_to_table(kind_of(model), role=schema, table=model._meta.db_table, party=PARTY)


def _apply_to_table(kind: Isolation, **names: str) -> None:
    _run("REVOKE ALL ON {role}.{table} FROM PUBLIC, {role}, {party}", **names)
    _run("ALTER TABLE {role}.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", **names)
    for name in ("home", *(policy.name for policy in POLICIES)):
        _run("DROP POLICY IF EXISTS {policy} ON {role}.{table}", policy=name, **names)
    _run(f"GRANT {kind.at_home} ON {{role}}.{{table}} TO {{role}}", **names)
    _run("CREATE POLICY home ON {role}.{table} TO {role} USING (true) WITH CHECK (true)", **names)
    if kind.abroad:
        _run("GRANT SELECT ON {role}.{table} TO {party}", **names)
        _run(
            "CREATE POLICY {policy} ON {role}.{table} FOR SELECT TO {party}"
            f" USING ({kind.abroad.condition})",
            policy=kind.abroad.name,
            **names,
        )


def common_models() -> Iterator[type[models.Model]]:
    """Yield the models in public that every huvudman reads and their owner writes."""
    return (
        model for model in apps.get_app_config("tenants").get_models() if issubclass(model, Common)
    )


def apply_to_public() -> None:
    """Let everybody read the registry and the common rows, and nobody create anything aside."""
    with transaction.atomic():
        _run(
            "REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC",
            name=connection.settings_dict["NAME"],
        )
        _run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        _run("GRANT USAGE ON SCHEMA public TO {party}, {registry}", party=PARTY, registry=REGISTRY)
        for table in REGISTERED:
            _run("GRANT SELECT ON {t} TO {party}, {reg}", t=table, party=PARTY, reg=REGISTRY)
        for model in common_models():
            _apply_to_common(kind_of(model), table=model._meta.db_table)


def _apply_to_common(kind: Isolation, *, table: str) -> None:
    names = {"table": table, "party": PARTY}
    _run("REVOKE ALL ON public.{table} FROM PUBLIC, {party}", **names)
    _run("ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", **names)
    for name in ("read", "write", "change"):
        _run("DROP POLICY IF EXISTS {policy} ON public.{table}", policy=name, **names)
    _run(f"GRANT {kind.at_home} ON public.{{table}} TO {{party}}", **names)
    _run("CREATE POLICY read ON public.{table} FOR SELECT TO {party} USING (true)", **names)
    _run(
        f"CREATE POLICY write ON public.{{table}} FOR INSERT TO {{party}} WITH CHECK ({OWN})",
        **names,
    )
    if "UPDATE" in kind.at_home:
        _run(
            "CREATE POLICY change ON public.{table} FOR UPDATE TO {party}"
            f" USING ({OWN}) WITH CHECK ({OWN})",
            **names,
        )


def give_own_login(schema: str) -> None:
    """Create the login of the stricter tier: it can become this huvudman and nobody else.

    Its password or certificate is set by the operator, outside the application.
    """
    login = f"login_{schema}"
    with transaction.atomic():
        if not _exists(login):
            _run("CREATE ROLE {login} LOGIN NOINHERIT", login=login)
        for role in (schema, REGISTRY):
            _run("GRANT {role} TO {login} WITH INHERIT FALSE, SET TRUE", role=role, login=login)


def _exists(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        return bool(cursor.fetchone()[0])


def _run(statement: str, **names: str) -> None:
    identifiers = {key: sql.Identifier(value) for key, value in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**identifiers))
