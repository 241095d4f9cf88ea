"""Writing the archive: one snapshot, in the huvudman's own role, to a file that is whole."""

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from django.db import connection

from tenants import migrating
from tenants.home.models import Export
from tenants.leaving import archive, tables
from tenants.leaving.archive import Writer
from tenants.leaving.dump import schema_sql
from tenants.leaving.tables import Content, Table
from tenants.models import Tenant

# Members of the layers above, made within the snapshot: name and bytes of each.
Extras = Callable[[], Iterable[tuple[str, Iterable[bytes]]]]


@dataclass(frozen=True)
class Exported:
    """What an export has written."""

    path: Path
    tenant: str
    name: str
    rows: int
    tables: int
    members: int
    seal: str  # SHA-256 of the manifest, which names the checksum of everything else


def export(
    *,
    schema: str,
    to: Path,
    by: str,
    at: datetime,
    extras: Extras = lambda: (),
    tell: Callable[[str], object] = lambda _: None,
) -> Exported:
    """Write everything that is a huvudman's own, and nothing of anybody else's, to one file.

    That it was made is a row of its own before the snapshot is taken, so the archive holds it too.

    :param by: who makes it, as the row tells
    :param extras: what the layers above add
    :param tell: called before each member, with its name
    :raises OSError: if the file cannot be written; nothing is left of it then
    """
    with archive.replacing(to) as file, Writer(file) as writer:
        _note(schema, by=by, at=at)
        with tables.as_huvudman(schema, is_snapshot=True) as cursor:
            owned = tables.described(cursor, schema)
            written = dict(_write_rows(writer, cursor, owned, schema, tell))
            for name, blocks in _described(cursor, owned):
                writer.add(name, blocks)
            for name, blocks in extras():
                tell(name)
                writer.add(name, blocks)
            registered = Tenant.objects.get(schema_name=schema)
            manifest = _manifest(registered, owned, written, by=by, at=at)
        writer.add(archive.README, [_readme(manifest).encode()])
        seal = writer.close(manifest)
    return Exported(
        path=to,
        tenant=schema,
        name=registered.name,
        rows=sum(it.rows for it in written.values()),
        tables=len(owned),
        members=len(writer.members) + 1,
        seal=seal,
    )


def _note(schema: str, *, by: str, at: datetime) -> None:
    """Note at the huvudman, which owns the log, that all of it is handed out."""
    with tables.as_huvudman(schema) as cursor:
        owned = tables.described(cursor, schema)
        rows = sum(tables.count(cursor, it, schema) for it in owned) + 1  # this one too
        Export.objects.create(by=by, at=at, rows=rows)


def _write_rows(
    writer: Writer,
    cursor: Any,
    owned: Iterable[Table],
    schema: str,
    tell: Callable[[str], object],
) -> Iterator[tuple[str, Content]]:
    for table in owned:
        tell(table.place)
        member = writer.add(f"{table.place}.csv", tables.rows_as_csv(cursor, table, schema))
        rows = cursor.rowcount
        writer.add(f"{table.place}.jsonl", tables.rows_as_json(cursor, table, schema))
        yield table.place, Content(rows, member.sha256)


def _described(cursor: Any, owned: tuple[Table, ...]) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield archive.SCHEMA, [archive.as_json([tables.as_json(it) for it in owned])]
    yield archive.DUMP, [schema_sql(cursor, owned).encode()]


def _manifest(
    registered: Tenant,
    owned: tuple[Table, ...],
    written: dict[str, Content],
    *,
    by: str,
    at: datetime,
) -> dict[str, Any]:
    schema = registered.schema_name
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    return {
        "tenant": {
            "schema": schema,
            "name": registered.name,
            "kind": registered.kind,
            "organisation_number": registered.organisation_number,
            "county_code": registered.county_code,
            "municipality_code": registered.municipality_code,
        },
        "made_at": at.isoformat(),
        "made_by": by,
        "made_with": {
            "samplan": metadata.version("samplan"),
            "migrations": migrating.fingerprint(),
            "postgresql": server,
            "python": platform.python_version(),
        },
        "structure": tables.structure(owned),
        "tables": {place: asdict(it) for place, it in sorted(written.items())},
    }


def _readme(manifest: dict[str, Any]) -> str:
    whose, made = manifest["tenant"], manifest["made_with"]
    rows = sum(it["rows"] for it in manifest["tables"].values())
    return f"""Arkiv över {whose["name"]} ur Samplan
{"=" * (len(whose["name"]) + 22)}

Gjort {manifest["made_at"]} av {manifest["made_by"]}, Samplan {made["samplan"]}.
Schemat heter {whose["schema"]}. Arkivet har {rows} rader i {len(manifest["tables"])} tabeller.

Det innehåller allt som är huvudmannens eget och ingenting av någon annans. Ett meddelande som
huvudmannen har tagit emot är dess egen kopia. Det har sekretessbelagda uppgifter om enskilda:
förvara det så.

manifest.json   innehållet i varje fil: storlek och SHA-256, antal rader i varje tabell
schema.json     vad varje tabell och kolumn är: typ, värden, nycklar och vad de hänvisar till
schema.sql      samma för PostgreSQL: tabeller, nycklar och index
data/           huvudmannens egna tabeller, rad för rad i ordning efter primärnyckeln
common/         dess egna rader i det som alla huvudmän läser: registret, enheter, överenskommelser
records/        varje ärende som ett dokument att läsa (PDF/A)
elsewhere/      vad andra huvudmän har fått härifrån: nämnt, men inte med

CSV följer RFC 4180 i UTF-8 med rubrikrad. Ett tomt fält är inget värde; "" är en tom text. JSONL
har en rad JSON för varje rad i tabellen. Tider är ISO 8601 i UTC. SHA-256 av manifest.json är
arkivets sigill, som samplan tenant export och samplan tenant verify skriver ut.

Läs in det igen: samplan tenant restore FIL i en tom databas. Utan Samplan: kör schema.sql i en tom
PostgreSQL och COPY ... FROM 'data/....csv' (FORMAT csv, HEADER) i en transaktion.
"""
