"""Is the archive whole, and is it what the database holds now?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tenants.leaving import archive, tables
from tenants.leaving.archive import BadArchive, Member, Reader
from tenants.leaving.tables import Content, Table


@dataclass(frozen=True)
class Verified:
    """What an archive holds that is whole."""

    tenant: str
    name: str
    made_at: str
    rows: int
    tables: tuple[Table, ...]
    contents: dict[str, Content]  # by the place of the table
    structure: str
    seal: str


def verify(path: Path, *, tell: Callable[[str], object] = lambda _: None) -> Verified:
    """Read a whole archive alone and return what it holds.

    :param tell: called before each member, with its name
    :raises BadArchive: naming everything that is not as the manifest says
    """
    with Reader(path) as read:
        if faults := list(_faults(read, tell)):
            raise BadArchive(f"{path} är inte helt: {' '.join(faults)}")
        return _verified(read)


# Copies of the others' checkpoints come each hour, and say nothing of its own.
NOT_COMPARED = frozenset({"data/home_witnessedcheckpoint", "data/home_sealalarm"})


def differences(cursor: Any, verified: Verified, schema: str, *, folder: str = "") -> list[str]:
    """Return which tables of a huvudman are no longer as in an archive, in Swedish.

    :param cursor: one that holds the huvudman's role
    :param folder: compare the tables of one folder of the archive only
    """
    found = {it.place: it for it in tables.described(cursor, schema)}
    told = []
    places = {*found, *verified.contents} - NOT_COMPARED
    for place in sorted(it for it in places if it.startswith(folder)):
        kept = verified.contents.get(place)
        now = tables.content(cursor, found[place], schema) if place in found else None
        if kept != now:
            told.append(f"{place} ({_rows(kept)} i arkivet, {_rows(now)} nu)")
    return told


def _rows(content: Content | None) -> str:
    return f"{content.rows} rader" if content else "saknas"


def _faults(read: Reader, tell: Callable[[str], object]) -> Iterator[str]:
    named = {*read.members, archive.MANIFEST}
    there = read.names
    for name in sorted(set(there) - named):
        yield f"{name} nämns inte i manifestet."
    for name in sorted({it for it in there if there.count(it) > 1}):
        yield f"{name} finns två gånger."
    for name, wanted in sorted(read.members.items()):
        tell(name)
        try:
            rows = _rows_of(read, name, wanted)
        except BadArchive as fault:
            yield str(fault)
            continue
        if rows is None:
            yield f"{name} har en annan kontrollsumma."
        else:
            yield from _miscounted(read, name, rows)
    for place in read.manifest.get("tables", {}):
        for name in (f"{place}.csv", f"{place}.jsonl"):
            if name not in read.members:
                yield f"{name} saknas."


def _rows_of(read: Reader, name: str, wanted: Member) -> int | None:
    """Return how many rows a member has, 0 for one that has none; None where it is another."""
    size, seen = 0, sha256()

    def passing() -> Iterator[bytes]:
        nonlocal size
        for block in read.blocks(name):
            size += len(block)
            seen.update(block)
            yield block

    count = {".csv": archive.csv_rows, ".jsonl": archive.json_lines}.get(Path(name).suffix)
    rows = count(passing()) if count else sum(0 for _ in passing())
    return rows if Member(size, seen.hexdigest()) == wanted else None


def _miscounted(read: Reader, name: str, rows: int) -> Iterator[str]:
    place, _, ending = name.rpartition(".")
    table = read.manifest.get("tables", {}).get(place)
    if table is None:
        return
    if rows != table["rows"]:
        yield f"{name} har {rows} rader, och manifestet säger {table['rows']}."
    if ending == "csv" and read.members[name].sha256 != table["sha256"]:
        yield f"{name} har en annan kontrollsumma än tabellen i manifestet."


def _verified(read: Reader) -> Verified:
    told = read.manifest
    try:
        described = tuple(tables.from_json(it) for it in archive.loaded(read.text(archive.SCHEMA)))
        contents = {place: Content(**it) for place, it in told["tables"].items()}
        found = Verified(
            tenant=told["tenant"]["schema"],
            name=told["tenant"]["name"],
            made_at=told["made_at"],
            rows=sum(it.rows for it in contents.values()),
            tables=described,
            contents=contents,
            structure=told["structure"],
            seal=read.seal,
        )
    except (KeyError, TypeError, ValueError):
        raise BadArchive(
            "Manifestet eller schema.json saknar något. Använd en annan kopia av filen."
        ) from None
    if {it.place for it in described} != set(contents):
        raise BadArchive("schema.json beskriver andra tabeller än manifestet räknar upp.")
    if tables.structure(described) != found.structure:
        raise BadArchive("schema.json är inte den som arkivet gjordes med.")
    return found
