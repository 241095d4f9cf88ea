"""An exported log is judged without Django and without a database, and each tamper is named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from project.cli import app
from tenants import seals
from tenants.seals import exported, judging, notes, tree
from tenants.seals.notes import Vouched
from tenants.seals.verdicts import Fault, Kind

ROWS, HOUR = 240, 20  # a checkpoint for so many rows
TENANT, LOG, OTHER = "t_krokom", "access", "event"
NAME = notes.key_name(TENANT)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))

Tamper = Callable[[Random, Path], tuple[set[Kind], int, int]]  # kinds; first bad leaf: from, to


def rows() -> list[bytes]:
    return [
        exported.line({"id": it, "staff_name": f"Namn {it * 7919 % 101}", "at": it})
        for it in range(ROWS)
    ]


def events() -> list[bytes]:
    return [exported.line({"id": it, "act": "admit"}) for it in range(2 * HOUR)]


def write(place: Path, written: list[bytes], *, key: Ed25519PrivateKey = KEY) -> None:
    """Write an export of rows as whoever holds the key would; the other log is whole."""
    place.mkdir(exist_ok=True)
    told = {"format": exported.FORMAT, "tenant": TENANT, "logs": [LOG, OTHER]}
    (place / exported.EXPORT).write_bytes(exported.line(told))
    (place / exported.KEYS).write_bytes(b"".join(map(exported.line, known(key))))
    write_log(place, LOG, written, key=key)
    write_log(place, OTHER, events(), key=key)


def write_log(place: Path, log: str, written: list[bytes], *, key: Ed25519PrivateKey) -> None:
    leaves = [tree.leaf_hash(it[:-1]) for it in written]
    (place / f"{log}.{exported.ROWS}").write_bytes(b"".join(written))
    (place / f"{log}.{exported.UNSEALED}").write_bytes(b"")
    (place / f"{log}.{exported.LEAVES}").write_bytes(
        b"".join(f"{it.hex()}\n".encode() for it in leaves)
    )
    (place / f"{log}.{exported.CHECKPOINTS}").write_bytes(
        b"".join(
            exported.checkpoint_line(it["size"], it["root"], it["note"])
            for it in points(leaves, key=key, log=log)
        )
    )


def known(key: Ed25519PrivateKey) -> list[dict[str, str]]:
    return [asdict(Vouched(str(notes.verifying_key(NAME, key))))]


def points(
    leaves: list[bytes], *, key: Ed25519PrivateKey, log: str = LOG, step: int = HOUR
) -> Iterator[dict[str, Any]]:
    origin = notes.origin(TENANT, log)
    for size in sorted({*range(step, len(leaves), step), len(leaves)} - {0}):
        root = tree.root_of(leaves[:size])
        point = notes.Checkpoint(origin, size, root, "2026-03-02T08:00:00+00:00")
        note = notes.write(point, name=NAME, key=key)
        yield {"origin": origin, "size": size, "root": root.hex(), "note": note,
               "keys": known(key)}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a whole export, and the checkpoints that a witness has copied."""
    place = tmp_path_factory.mktemp("export")
    write(place / "whole", rows())
    with (place / "witness.jsonl").open("w") as file:
        for log, written in ((LOG, rows()), (OTHER, events())):
            leaves = [tree.leaf_hash(it[:-1]) for it in written]
            for it in points(leaves, key=KEY, log=log, step=HOUR // 2):
                file.write(json.dumps(it) + "\n")
    return place


def judged(place: Path, *witnesses: Path) -> Fault | None:
    reports = judging.judge(place, witnesses=witnesses)
    return next((it.fault for it in reports if it.fault), None)


def bit(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Change one bit of a row, wherever: also its end."""
    written = rows()
    at = random.randrange(ROWS)
    row = bytearray(written[at])
    row[random.randrange(len(row))] ^= 1 << random.randrange(8)
    written[at] = bytes(row)
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(written))
    return {Kind.ROW_CHANGED, Kind.TAIL_CUT}, at, at


def deleted(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    written = rows()
    at = random.randrange(ROWS - 1)
    del written[at]
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(written))
    return {Kind.ROW_DELETED}, at, at


def added(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    written = rows()
    at = random.randrange(1, ROWS + 1)
    is_copy = random.random() < 0.5
    written.insert(at, written[random.randrange(at)] if is_copy else exported.line({"id": -1}))
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(written))
    return {Kind.ROW_ADDED}, at, at


def reordered(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    written = rows()
    first, second = sorted(random.sample(range(ROWS), 2))
    written[first], written[second] = written[second], written[first]
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(written))
    return {Kind.ROWS_REORDERED}, first, first


def key_swapped(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Sign with one's own key: the file of keys alone, everything anew, or as one key of two."""
    how = random.randrange(3)
    if how:
        write(place, rows(), key=STRANGER)
    if how == 2:
        both = [*known(KEY), *known(STRANGER)]
        random.shuffle(both)
        (place / exported.KEYS).write_bytes(b"".join(map(exported.line, both)))
        return {Kind.KEY_UNVOUCHED}, 0, 0
    if not how:
        lines = b"".join(map(exported.line, known(STRANGER)))
        (place / exported.KEYS).write_bytes(lines)
    return {Kind.KEY_SWAPPED}, 0, 0


def tail_cut(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Cut the rows; the leaves too; or the checkpoints too, with the key at hand."""
    kept = random.randrange(1, ROWS)
    how = random.randrange(3)
    if how == 2:
        write(place, rows()[:kept])
        return {Kind.TAIL_CUT}, kept, kept
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(rows()[:kept]))
    if how == 1:
        leaves = (place / f"{LOG}.{exported.LEAVES}").read_bytes().splitlines(keepends=True)
        (place / f"{LOG}.{exported.LEAVES}").write_bytes(b"".join(leaves[:kept]))
    return {Kind.TAIL_CUT}, kept, kept


def rebuilt(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Change a row and build everything on it anew, with the key at hand."""
    written = rows()
    at = random.randrange(ROWS)
    written[at] = exported.line({"id": at, "staff_name": "Ingen", "at": at})
    write(place, written)
    return {Kind.TREE_REBUILT}, at - at % (HOUR // 2), at


def leaves_too(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Change a row and its leaf, without the key."""
    written = rows()
    at = random.randrange(ROWS)
    written[at] = exported.line({"id": at, "staff_name": "Ingen", "at": at})
    leaves = [tree.leaf_hash(it[:-1]).hex() + "\n" for it in written]
    (place / f"{LOG}.{exported.ROWS}").write_bytes(b"".join(written))
    (place / f"{LOG}.{exported.LEAVES}").write_text("".join(leaves))
    return {Kind.LEAVES_CHANGED, Kind.TREE_REBUILT}, at - at % (HOUR // 2), at


def signature_rewritten(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Change of a signature what does not keep it from being good, or sign besides."""
    name = f"{LOG}.{exported.CHECKPOINTS}"
    lines = (place / name).read_bytes().splitlines(keepends=True)
    at = random.randrange(len(lines))
    told = json.loads(lines[at])
    note: str = told["note"]
    if random.random() < 0.5:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        # The two lowest bits of the last character before the = are no part of the signature.
        other = alphabet[alphabet.index(note[-3]) ^ random.randrange(1, 4)]
        note = f"{note[:-3]}{other}=\n"
    else:
        text, _, signature = note.rpartition("\n\n")
        point = notes.Checkpoint("", 0, b"", "")
        besides = notes.write(point, name="someone", key=STRANGER).rpartition("\n\n")[2]
        both = [signature, besides]
        random.shuffle(both)
        note = f"{text}\n\n{''.join(both)}"
    lines[at] = exported.checkpoint_line(told["size"], told["root"], note)
    (place / name).write_bytes(b"".join(lines))
    return {Kind.SIGNATURE_BROKEN}, at * HOUR, at * HOUR


def log_dropped(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Leave out a log, or both: of what the export says of itself, its files, or of either."""
    left_out = random.choice([[LOG], [OTHER], [LOG, OTHER]])
    how = random.randrange(3)
    if how != 1:
        kept = [it for it in (LOG, OTHER) if it not in left_out]
        told = {"format": exported.FORMAT, "tenant": TENANT, "logs": kept}
        (place / exported.EXPORT).write_bytes(exported.line(told))
    if how != 0:
        for it in left_out:
            for file in place.glob(f"{it}.*"):
                file.unlink()
    return {Kind.UNREADABLE}, 0, 0


def file_dropped(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    random.choice([*place.iterdir()]).unlink()
    return {Kind.UNREADABLE}, 0, 0


def other_bit(random: Random, place: Path) -> tuple[set[Kind], int, int]:
    """Change one bit of what is beside the rows: hashes, checkpoints, keys, contents."""
    name = random.choice(
        [
            f"{LOG}.{exported.LEAVES}",
            f"{LOG}.{exported.CHECKPOINTS}",
            *(f"{OTHER}.{it}" for it in (exported.ROWS, exported.LEAVES, exported.CHECKPOINTS)),
            exported.KEYS,
            exported.EXPORT,
        ]
    )
    held = bytearray((place / name).read_bytes())
    held[random.randrange(len(held))] ^= 1 << random.randrange(8)
    (place / name).write_bytes(held)
    return set(Kind), 0, ROWS


TAMPERS: tuple[Tamper, ...] = (
    bit, deleted, added, reordered, key_swapped, tail_cut, rebuilt, leaves_too,
    signature_rewritten, log_dropped, file_dropped, other_bit,
)  # fmt: skip


def test_a_whole_export_is_whole(whole: Path) -> None:
    report, other = judging.judge(whole / "whole", witnesses=[whole / "witness.jsonl"])

    assert report.fault is other.fault is None
    assert (report.leaves, report.checkpoints, report.witnessed) == (240, 12, 24)
    assert (other.leaves, other.checkpoints, other.witnessed) == (40, 2, 4)


@pytest.mark.parametrize("part", range(10))
def test_a_thousand_tampers_are_found_and_the_first_bad_leaf_named(
    whole: Path, tmp_path: Path, part: int
) -> None:
    found = 0
    for number in range(part * 100, part * 100 + 100):
        random = Random(number)
        place = tmp_path / "tampered"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(whole / "whole", place)
        tamper = TAMPERS[number % len(TAMPERS)]
        kinds, first, last = tamper(random, place)

        fault = judged(place, whole / "witness.jsonl")
        assert fault is not None, (number, tamper.__name__)
        assert fault.kind in kinds, (number, tamper.__name__, fault)
        assert first <= fault.leaf <= last, (number, tamper.__name__, fault, first, last)
        assert fault.until is None or fault.until > last or tamper is other_bit
        found += 1
    assert found == 100


@pytest.mark.parametrize("tamper", [tail_cut, rebuilt])
def test_who_holds_the_key_is_found_by_a_witness_alone(
    whole: Path, tmp_path: Path, tamper: Tamper
) -> None:
    place = tmp_path / "tampered"
    write(place, rows()[:100] if tamper is tail_cut else [*rows()[:-1], exported.line({"id": 1})])

    assert judged(place) is None
    fault = judged(place, whole / "witness.jsonl")
    assert fault is not None
    assert fault.kind is (Kind.TAIL_CUT if tamper is tail_cut else Kind.TREE_REBUILT)


def test_a_row_that_nobody_has_signed_is_found(tmp_path: Path) -> None:
    write(tmp_path, rows())
    more = exported.line({"id": ROWS})
    with (tmp_path / f"{LOG}.{exported.ROWS}").open("ab") as file:
        file.write(more)
    with (tmp_path / f"{LOG}.{exported.LEAVES}").open("a") as leaves:
        leaves.write(tree.leaf_hash(more[:-1]).hex() + "\n")

    fault = judged(tmp_path)
    assert fault is not None
    assert (fault.kind, fault.leaf) == (Kind.ROW_ADDED, ROWS)


@pytest.mark.parametrize(
    ("unsealed", "kind"),
    [
        ([], None),
        ([61, 120, 500], None),  # minutes; the last one that is sealed was recorded at 120
        ([60], None),
        ([130, 59], Kind.ROW_OVERDUE),
    ],
)
def test_an_unsealed_row_that_is_older_than_the_sealed_is_found(
    tmp_path: Path, unsealed: list[int], kind: Kind | None
) -> None:
    def row(minutes: int) -> bytes:
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=minutes)
        return exported.line({"recorded_at": at.isoformat()})

    write(tmp_path, [row(it) for it in (0, 60, 120)])
    (tmp_path / f"{LOG}.{exported.UNSEALED}").write_bytes(b"".join(map(row, unsealed)))
    fault = judged(tmp_path)
    assert (fault and fault.kind) is kind
    for damaged in (b"{}\n", b"x", exported.line({"recorded_at": "nyss"})):
        (tmp_path / f"{LOG}.{exported.UNSEALED}").write_bytes(damaged)
        fault = judged(tmp_path)
        assert fault is not None
        assert fault.kind is Kind.UNREADABLE


def test_a_damaged_file_of_a_witness_is_no_witness(whole: Path, tmp_path: Path) -> None:
    lines = (whole / "witness.jsonl").read_text().splitlines(keepends=True)
    text = "".join(lines)
    for changed in (text.replace("\\n20\\n", "\\n21\\n"), "".join(reversed(lines)), "{",
                    text.replace(f'{TENANT}/{OTHER}"', f'{TENANT}/evemt"')):  # fmt: skip
        (tmp_path / "witness.jsonl").write_text(changed)
        fault = judged(whole / "whole", tmp_path / "witness.jsonl")
        assert fault is not None
        assert fault.kind is Kind.WITNESS_BROKEN


def test_a_missing_file_is_told(whole: Path, tmp_path: Path) -> None:
    place = tmp_path / "export"
    shutil.copytree(whole / "whole", place)
    for it in sorted(place.iterdir()):
        kept = it.read_bytes()
        it.unlink()
        fault = judged(place)
        assert fault is not None
        assert fault.kind is Kind.UNREADABLE
        it.write_bytes(kept)


class TestTheCommand:
    def test_tells_what_is_whole_and_what_only_a_witness_shows(self, whole: Path) -> None:
        answer = CliRunner().invoke(app, ["audit", "verify", str(whole / "whole")])

        assert answer.exit_code == 0
        assert "access: 240 rader är hela; 12 kontrollpunkter och 0 hos vittnen" in answer.stdout
        assert f"{LOG}: inget vittne" in answer.stdout
        assert f"{OTHER}: inget vittne" in answer.stdout

    def test_tells_of_each_log_that_no_witness_was_compared_with(
        self, whole: Path, tmp_path: Path
    ) -> None:
        kept = (whole / "witness.jsonl").read_text().splitlines(keepends=True)
        (tmp_path / "one.jsonl").write_text("".join(it for it in kept if f"/{LOG}" in it))
        words = ["audit", "verify", str(whole / "whole"), "--witness", str(tmp_path / "one.jsonl")]
        answer = CliRunner().invoke(app, words)

        assert answer.exit_code == 0
        assert f"{LOG}: inget vittne" not in answer.stdout
        assert f"{OTHER}: inget vittne" in answer.stdout

    def test_names_the_first_bad_leaf_and_fails(self, whole: Path, tmp_path: Path) -> None:
        place = tmp_path / "export"
        shutil.copytree(whole / "whole", place)
        _, at, _ = reordered(Random(1), place)
        words = ["audit", "verify", str(place), "--witness", str(whole / "witness.jsonl")]
        answer = CliRunner().invoke(app, words)

        assert answer.exit_code == 1
        assert f"Blad {at}: raderna står i en annan ordning" in answer.stderr

    def test_asks_for_a_key_that_nobody_vouches_for(self, whole: Path, tmp_path: Path) -> None:
        write(tmp_path, rows(), key=STRANGER)
        both = [*known(KEY), *known(STRANGER)]
        (tmp_path / exported.KEYS).write_bytes(b"".join(map(exported.line, both)))
        words = ["audit", "verify", str(tmp_path), "--witness", str(whole / "witness.jsonl")]

        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == 1
        assert "--key" in answer.stderr
        assert CliRunner().invoke(app, [*words, "--key", both[1]["key"]]).exit_code == 0
        assert CliRunner().invoke(app, [*words, "--key", "x"]).exit_code == 2


class TestWithoutUs:
    """The folder, Python and `cryptography`: nothing else can be imported."""

    ALONE = """
import os, sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg", "rich", "typer", "care", "project"}:
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
others = [it for it in sys.path if not os.path.isdir(os.path.join(it, "tenants"))]
sys.path[:] = [sys.argv.pop(1), *others]
import tenants.seals.__main__ as it
code = it.main()
assert not {"django", "psycopg"} & {name.partition(".")[0] for name in sys.modules}
sys.exit(code)
"""

    def judge(self, tmp_path: Path, *words: Path | str) -> "subprocess.CompletedProcess[str]":
        # No __init__.py above it: whoever has this folder has nothing else of ours.
        alone = tmp_path / "alone"
        shutil.copytree(Path(seals.__file__).parent, alone / "tenants" / "seals")
        return subprocess.run(
            [sys.executable, "-I", "-c", self.ALONE, alone, *words],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip

    def test_a_whole_export_is_whole(self, whole: Path, tmp_path: Path) -> None:
        answer = self.judge(tmp_path, whole / "whole", "--witness", whole / "witness.jsonl")

        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout == "access: 240 rader är hela.\nevent: 40 rader är hela.\n"

    def test_each_log_that_no_witness_was_compared_with_is_told(
        self, whole: Path, tmp_path: Path
    ) -> None:
        answer = self.judge(tmp_path, whole / "whole")

        assert answer.returncode == 0
        assert answer.stdout.count("inget vittne är jämfört") == 2

    def test_the_first_bad_leaf_is_named(self, whole: Path, tmp_path: Path) -> None:
        place = tmp_path / "export"
        shutil.copytree(whole / "whole", place)
        _, at, _ = deleted(Random(1), place)
        answer = self.judge(tmp_path, place)

        assert answer.returncode == 1
        assert answer.stdout.startswith(
            f"access: Blad {at}: raden är borttagen (access.rows.jsonl).\nevent: 40 rader"
        )
