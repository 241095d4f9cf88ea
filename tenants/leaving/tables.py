"""What a huvudman owns: every table of its schema, and its own rows of the common ones.

Read from PostgreSQL's catalogue, not from the models, so that no table can be forgotten. All of it
is asked in the huvudman's own role: row-level security keeps everybody else's rows out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from tenants import isolation
from tenants.context import acting_as
from tenants.current import connection as current
from tenants.models import Domain, Tenant

OWN, COMMON = "data", "common"  # the folders of the archive
PUBLIC = "public"
# The list of migrations is the product's, not the huvudman's; nobody but the migrator reads it.
NOT_DATA = "django_migrations"
# The same bytes for the same rows, wherever and by whomever they are read.
SAME_EVERYWHERE = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle ="
    " 'iso_8601'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)
BLOCK = 1 << 16  # bytes


@dataclass(frozen=True)
class Column:
    """One column, as PostgreSQL has it, and what its values are where they are few."""

    name: str
    type: str
    collation: str
    is_required: bool
    default: str
    identity: str  # "", or ALWAYS, BY DEFAULT
    values: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """A foreign key; in the database, or (`is_enforced` false) known to the product only."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    is_enforced: bool


@dataclass(frozen=True)
class Table:
    """One table, described so that somebody without the product can read it."""

    folder: str
    schema: str
    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]

    @property
    def place(self) -> str:
        """Return the name that its members in the archive have, without ending."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class Content:
    """How many rows a table has, and the SHA-256 of them as CSV, ordered by primary key."""

    rows: int
    sha256: str


@contextmanager
def as_huvudman(schema: str, *, is_snapshot: bool = False) -> Iterator[Any]:
    """Hold a huvudman's role for one transaction, whoever has logged in; give its cursor.

    :param is_snapshot: everything is seen as it was when the first question was asked, and nothing
        can be written
    """
    with acting_as(schema), transaction.atomic(), connection.cursor() as cursor:
        if is_snapshot:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        hold(cursor, schema)
        cursor.execute(SAME_EVERYWHERE)
        yield cursor


def hold(cursor: Any, role: str) -> None:
    """Hold a role until the transaction ends; the migrator may become any huvudman."""
    cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def described(cursor: Any, schema: str) -> tuple[Table, ...]:
    """Return every table of which a huvudman owns rows: its own, then the common ones."""
    common: list[type[models.Model]] = [Tenant, Domain]
    common += sorted(isolation.common_models(), key=lambda it: it._meta.db_table)
    own = names(cursor, schema)
    with without_path(cursor):
        return (
            *(_described(cursor, OWN, schema, name) for name in own),
            *(_described(cursor, COMMON, PUBLIC, it._meta.db_table) for it in common),
        )


def names(cursor: Any, schema: str) -> list[str]:
    """Return the tables of a huvudman's schema, in order."""
    cursor.execute(_NAMES, [schema, NOT_DATA])
    return [name for (name,) in cursor.fetchall()]


def structure(tables: tuple[Table, ...]) -> str:
    """Return what tells one structure of tables from any other, whatever the schema's name."""
    shapes = [
        (it.folder, it.name, [(c.name, c.type, c.is_required) for c in it.columns], it.key)
        for it in tables
    ]
    return sha256(repr(shapes).encode()).hexdigest()


def rows_as_csv(cursor: Any, table: Table, owner: str) -> Iterator[bytes]:
    """Yield the huvudman's rows of a table as CSV (RFC 4180): NULL is empty, a text is "..." ."""
    return _copied(cursor, table, owner, "{query}", "FORMAT csv, HEADER")


def rows_as_json(cursor: Any, table: Table, owner: str) -> Iterator[bytes]:
    """Yield the huvudman's rows of a table as JSON, one on each line."""
    # JSON holds no control character, so that nothing is quoted by these two.
    how = "FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'"
    return _copied(cursor, table, owner, "SELECT row_to_json(own) FROM ({query}) AS own", how)


def count(cursor: Any, table: Table, owner: str) -> int:
    """Return how many rows of a table are the huvudman's."""
    named = sql.Identifier(table.schema, table.name)
    asked = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(named, _owned(table, owner))
    cursor.execute(asked)
    return int(cursor.fetchone()[0])


def content(cursor: Any, table: Table, owner: str) -> Content:
    """Return how many rows of a table are the huvudman's, and the checksum of them."""
    seen = sha256()
    for block in rows_as_csv(cursor, table, owner):
        seen.update(block)
    return Content(cursor.rowcount, seen.hexdigest())


def as_json(table: Table) -> dict[str, Any]:
    """Return a description as it stands in schema.json."""
    return asdict(table)


def from_json(told: dict[str, Any]) -> Table:
    """Return a description that stands in schema.json.

    :raises KeyError, TypeError: if it is none
    """
    columns = tuple(Column(**it | {"values": tuple(it["values"])}) for it in told["columns"])
    references = tuple(
        Reference(**it | {"columns": tuple(it["columns"]), "to": tuple(it["to"])})
        for it in told["references"]
    )
    return Table(**told | {"columns": columns, "references": references, "key": tuple(told["key"])})


def _copied(cursor: Any, table: Table, owner: str, form: str, how: str) -> Iterator[bytes]:
    copy = sql.SQL("COPY (" + form + ") TO STDOUT (" + how + ")").format(query=_query(table, owner))
    block = bytearray()
    with cursor.copy(copy) as rows:
        for row in rows:
            block += row
            if len(block) >= BLOCK:
                yield bytes(block)
                block.clear()
    if block:
        yield bytes(block)


def _query(table: Table, owner: str) -> sql.Composed:
    texts = {it.name for it in table.columns if it.collation or it.type.startswith("character")}
    ordered = [
        sql.SQL('{} COLLATE "C"' if it in texts else "{}").format(sql.Identifier(it))
        for it in table.key
    ]
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        sql.SQL(", ").join(sql.Identifier(it.name) for it in table.columns),
        sql.Identifier(table.schema, table.name),
        _owned(table, owner),
        sql.SQL(", ").join(ordered),
    )


def _owned(table: Table, owner: str) -> sql.Composable:
    """Return the condition that makes a row the huvudman's own."""
    if table.folder == OWN:
        return sql.SQL("true")
    if table.name == Tenant._meta.db_table:
        return sql.SQL("schema_name = {}").format(owner)
    if table.name == Domain._meta.db_table:
        own = "tenant_id = (SELECT id FROM public.tenants_tenant WHERE schema_name = {})"
        return sql.SQL(own).format(owner)
    return sql.SQL("owner = {}").format(owner)


@contextmanager
def without_path(cursor: Any) -> Iterator[None]:
    """Let PostgreSQL write every name with its schema."""
    cursor.execute("SELECT set_config('search_path', 'pg_catalog', true)")
    yield
    current().search_path_set_schemas = None  # the next statement sets its own again


def _described(cursor: Any, folder: str, schema: str, name: str) -> Table:
    model = _models().get(name)
    choices = {it.column: _values(it) for it in model._meta.local_fields} if model else {}
    cursor.execute(_COLUMNS, [schema, name])
    columns = tuple(
        Column(column, type_, collation, required, default, identity, choices.get(column, ()))
        for column, type_, collation, required, default, identity in cursor.fetchall()
    )
    cursor.execute(_KEYS, [schema, name])
    found = cursor.fetchall()
    key = next(tuple(columns) for kind, columns, _, _ in found if kind == "p")
    references = [
        Reference(tuple(columns), table, tuple(to), is_enforced=True)
        for kind, columns, table, to in found
        if kind == "f"
    ]
    about = " ".join((model.__doc__ or "").split()) if model else ""
    return Table(folder, schema, name, about, columns, key, (*references, *_known(model)))


def _models() -> dict[str, type[models.Model]]:
    return {it._meta.db_table: it for it in apps.get_models(include_auto_created=True)}


def _values(field: "models.Field[Any, Any]") -> tuple[str, ...]:
    return tuple(str(value) for value, _ in field.flatchoices)


def _known(model: type[models.Model] | None) -> Iterator[Reference]:
    """Yield what refers to a row in public: joined by the product, never constrained."""
    for field in model._meta.local_fields if model else ():
        if isinstance(field, models.ForeignKey) and not getattr(field, "db_constraint", True):
            to = field.target_field
            table = to.model._meta.db_table
            yield Reference((str(field.column),), table, (str(to.column),), is_enforced=False)


_NAMES = """
SELECT relname FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %s)
  AND relkind IN ('r', 'p') AND relname <> %s
ORDER BY relname COLLATE "C"
"""
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation THEN o.collname ELSE '' END, a.attnotnull,
       COALESCE(pg_get_expr(d.adbin, d.adrelid), ''),
       CASE a.attidentity WHEN 'd' THEN 'BY DEFAULT' WHEN 'a' THEN 'ALWAYS' ELSE '' END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation o ON o.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_KEYS = """
SELECT k.contype::text,
       ARRAY(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
             JOIN pg_attribute ON attrelid = k.conrelid AND attnum = number ORDER BY place),
       COALESCE(f.relname::text, ''),
       ARRAY(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
             JOIN pg_attribute ON attrelid = k.confrelid AND attnum = number ORDER BY place)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE n.nspname = %s AND c.relname = %s AND k.contype IN ('p', 'f')
ORDER BY k.contype, k.conname
"""
