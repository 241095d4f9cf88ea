"""Reading an archive into an empty database: the registry, the common rows and that one schema."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tenants import isolation, migrating
from tenants.leaving import tables
from tenants.leaving.archive import BadArchive, Reader
from tenants.leaving.tables import Table
from tenants.leaving.verify import Verified, differences, verify
from tenants.models import Tenant


class CannotRestore(Exception):
    """The archive cannot be read in here; the text is Swedish and says what to do."""


def restore(path: Path, *, tell: Callable[[str], object] = lambda _: None) -> Verified:
    """Read an archive in where nobody is yet, and compare every table with it.

    Run by the migrator. Rows are loaded before row-level security is switched on, in one
    transaction: a failure leaves tables without a row and a registry without the huvudman.

    :raises BadArchive: if the archive is not whole
    :raises CannotRestore: if somebody is here, or the tables are of another version
    """
    found = verify(path, tell=tell)
    migrating.make_public_tables()
    if Tenant.objects.exists():
        raise CannotRestore(
            "Databasen är inte tom: det finns redan huvudmän här. Skapa en ny databas som ägs av"
            " sp_migrator, och läs in arkivet där."
        )
    migrating.make_tables(found.tenant)
    _refuse_other_tables(found)
    with Reader(path) as read, transaction.atomic(), connection.cursor() as cursor:
        for table in found.tables:
            tell(table.place)
            _load(cursor, table, read)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table is changed when nothing waits
        isolation.apply_to_public()
        isolation.apply(found.tenant)
    Tenant.objects.filter(schema_name=found.tenant).update(fingerprint=migrating.fingerprint())
    _refuse_differences(found)
    return found


def _refuse_other_tables(found: Verified) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        here = tables.structure(tables.described(cursor, found.tenant))
    if here != found.structure:
        raise CannotRestore(
            "Arkivet är gjort med en annan version av Samplan, vars tabeller ser annorlunda ut."
            " Läs in det med den versionen, som står i manifest.json, och uppgradera sedan."
        )


def _load(cursor: Any, table: Table, read: Reader) -> None:
    named = sql.Identifier(table.schema, table.name)
    columns = sql.SQL(", ").join(sql.Identifier(it.name) for it in table.columns)
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)").format(named, columns)
    with cursor.copy(copy) as rows:
        for block in read.blocks(f"{table.place}.csv"):
            rows.write(block)
    for column in table.columns:
        if column.identity:
            _continue_numbers(cursor, table, column.name)


def _continue_numbers(cursor: Any, table: Table, column: str) -> None:
    """Let the next row get the number after the last one."""
    cursor.execute(
        sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, {}), GREATEST(max({}), 1), max({}) IS NOT"
            " NULL) FROM {}"
        ).format(
            f'"{table.schema}"."{table.name}"',
            column,
            sql.Identifier(column),
            sql.Identifier(column),
            sql.Identifier(table.schema, table.name),
        )
    )


def _refuse_differences(found: Verified) -> None:
    with tables.as_huvudman(found.tenant) as cursor:
        if told := differences(cursor, found, found.tenant):
            raise BadArchive(
                f"Det som lästes in är inte det som arkivet har: {', '.join(told)}. Ta bort"
                " databasen, och försök igen med en annan kopia av filen."
            )
