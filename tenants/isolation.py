"""Roles, grants and row-level security, derived from the kind of each model.

Idempotent. Run after every migration of a schema, by name, in the same command: a table without
grants is invisible, so forgetting fails closed, and the catalogue lint finds it.

Training huvudmän are members of a party of their own: neither kind may so much as use the schemas
of the other.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql

from tenants.apart import is_training
from tenants.rows import OF_REAL, OF_TRAINING, OWN, POLICIES, Common, Isolation

PARTY = "sp_party"
TRAINING_PARTY = "sp_training"
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


def case_models() -> Iterator[type[models.Model]]:
    """Yield the models of what is known of people and their cases: what a reset empties."""
    for name in settings.CASE_APPS:
        yield from apps.get_app_config(name.rpartition(".")[2]).get_models()


def party_of(schema: str) -> str:
    """Return the role by which a huvudman reads what others of its kind have opened."""
    return TRAINING_PARTY if is_training(schema) else PARTY


def apply(schema: str) -> None:
    """Give a schema its role, its grants and its policies."""
    party = party_of(schema)
    with transaction.atomic():
        if not _exists(schema):
            _run("CREATE ROLE {role} NOLOGIN", role=schema)
        # What the others open is read as oneself: nobody can become the party, which is nobody.
        _run(
            "GRANT {party} TO {role} WITH INHERIT TRUE, SET FALSE, ADMIN FALSE",
            role=schema,
            party=party,
        )
        # The migrator may become the huvudman too: data migrations run as it, since FORCE hides
        # every row from the owner.
        for member in (SHARED_LOGIN, MIGRATOR):
            _run(
                "GRANT {role} TO {member} WITH INHERIT FALSE, SET TRUE", role=schema, member=member
            )
        _run("REVOKE ALL ON SCHEMA {role} FROM PUBLIC", role=schema)
        _run("GRANT USAGE ON SCHEMA {role} TO {role}, {party}", role=schema, party=party)
        for model in tenant_models():
            _apply_to_table(kind_of(model), role=schema, table=model._meta.db_table, party=party)
        if is_training(schema):
            # Here alone what happened may be forgotten: a real one has no right to remove a message
            # or an event, whatever the code believes that it is.
            for model in case_models():
                _run("GRANT DELETE ON {role}.{t} TO {role}", role=schema, t=model._meta.db_table)


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
        _make_training_party()
        _run(
            "REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC",
            name=connection.settings_dict["NAME"],
        )
        _run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for reader in (PARTY, TRAINING_PARTY, REGISTRY):
            _run("GRANT USAGE ON SCHEMA public TO {reader}", reader=reader)
            for table in REGISTERED:
                _run("GRANT SELECT ON {t} TO {reader}", t=table, reader=reader)
        for model in common_models():
            _apply_to_common(kind_of(model), table=model._meta.db_table)


def _make_training_party() -> None:
    """Make the role that clusters lack whose roles were made before there was training."""
    if not _exists(TRAINING_PARTY):
        _run("CREATE ROLE {party} NOLOGIN", party=TRAINING_PARTY)


def _apply_to_common(kind: Isolation, *, table: str) -> None:
    _run(
        "REVOKE ALL ON public.{table} FROM PUBLIC, {party}, {training}",
        table=table, party=PARTY, training=TRAINING_PARTY,
    )  # fmt: skip
    _run(
        "ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        table=table,
    )
    for party, of_kind, more in ((PARTY, OF_REAL, ""), (TRAINING_PARTY, OF_TRAINING, "_training")):
        read = kind.abroad.condition if kind.abroad else of_kind.condition
        names = {"table": table, "party": party}
        policies = {"read": f"FOR SELECT TO {{party}} USING ({read})",
                    "write": f"FOR INSERT TO {{party}} WITH CHECK ({OWN})"}  # fmt: skip
        if "UPDATE" in kind.at_home:
            policies["change"] = f"FOR UPDATE TO {{party}} USING ({OWN}) WITH CHECK ({OWN})"
        _run(f"GRANT {kind.at_home} ON public.{{table}} TO {{party}}", **names)
        for name in ("read", "write", "change"):
            policy = f"{name}{more}"
            _run("DROP POLICY IF EXISTS {policy} ON public.{table}", policy=policy, **names)
            if name in policies:
                _run(
                    f"CREATE POLICY {{policy}} ON public.{{table}} {policies[name]}",
                    policy=policy,
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
