"""What is in the database is what the export says, and what a superuser does to it is found."""

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION
from django.db import connection
from people import NURSE
from psycopg import sql
from pytest_django import Settings

from care.cases.models import Event
from care.sharing import access, sealing
from tenants.context import acting_as
from tenants.leaving import tables
from tenants.leaving.verify import NOT_COMPARED
from tenants.sealing import exporting, journal, keys, witnesses
from tenants.seals import exported, judging, notes
from tenants.seals.verdicts import Fault, Kind


@pytest.fixture(autouse=True)
def sealed(committed: None, settings: Settings, tmp_path: Path) -> Path:
    """Seal twelve reads and three events, in two hours; two reads are too young."""
    settings.SEAL_KEYS = str(tmp_path / "keys")
    settings.CHECKPOINTS = str(tmp_path / "checkpoints")
    with acting_as(REGION):
        for hour in range(2):
            _read(6)
            sealing.seal(at=AT.replace(hour=8 + hour))
        for _ in range(3):
            Event.objects.create(common_id=uuid4(), act="admit", at=AT, origin=REGION,
                                 body={"text": "Å\nä\\t", "empty": "", "none": None})  # fmt: skip
        sealing.seal(at=AT.replace(hour=9))
        _read(2)
    with acting_as(MUNICIPALITY):
        witnesses.witness_all(at=AT)
    return tmp_path


@pytest.fixture
def as_superuser(dba: psycopg.Connection[Any]) -> Callable[[str], None]:
    """Give a way to do in the region's schema what nobody may."""

    def run(statement: str) -> None:
        dba.execute(sql.SQL(statement).format(sql.Identifier(REGION)))  # type: ignore[arg-type]
        dba.commit()

    return run


def judged(place: Path, *kept: Path, known: str = "") -> list[Fault | None]:
    exporting.export(tenant=REGION, logs=sealing.LOGS, to=place / "export", at=AT)
    keys = [notes.read_key(known)] if known else []
    return [it.fault for it in judging.judge(place / "export", witnesses=kept, known=keys)]


def test_an_export_is_whole_and_agrees_with_its_witnesses(sealed: Path) -> None:
    exporting.export(tenant=REGION, logs=sealing.LOGS, to=sealed / "export", at=AT)
    count = exporting.export_copies(witness=MUNICIPALITY, of=REGION, to=sealed / "copies.jsonl")
    kept = [sealed / "copies.jsonl", *(sealed / "checkpoints").iterdir()]

    access_log, events = judging.judge(sealed / "export", witnesses=kept)
    assert access_log.fault is events.fault is None
    assert (access_log.leaves, access_log.checkpoints, access_log.witnessed) == (12, 2, 4)
    assert (events.leaves, access_log.unsealed, count) == (3, 2, 3)


def test_every_sealed_log_is_expected_of_an_export() -> None:
    assert tuple(it.name for it in sealing.LOGS) == exported.LOGS


def test_what_an_export_holds_is_for_its_owner_alone(sealed: Path) -> None:
    exporting.export(tenant=REGION, logs=sealing.LOGS, to=sealed / "export", at=AT)

    assert (sealed / "export").stat().st_mode & 0o077 == 0
    assert all(it.stat().st_mode & 0o077 == 0 for it in (sealed / "export").iterdir())


@pytest.mark.parametrize(
    ("statement", "kind", "leaf"),
    [
        ("UPDATE {0}.sharing_accesslog SET staff_name = 'Ingen' WHERE id = 5", "row_changed", 4),
        ("DELETE FROM {0}.sharing_accesslog WHERE id = 5", "row_deleted", 4),
        ("DELETE FROM {0}.sharing_accesslog WHERE id > 9", "tail_cut", 9),
        ("DELETE FROM {0}.home_checkpoint", "row_added", 0),
    ],
)  # fmt: skip
def test_what_a_superuser_does_to_the_rows_is_found(
    sealed: Path, as_superuser: Callable[[str], None], statement: str, kind: str, leaf: int
) -> None:
    as_superuser(statement)
    fault, _ = judged(sealed)

    assert fault is not None
    assert (fault.kind, fault.leaf) == (kind, leaf)


def test_an_old_row_that_is_not_sealed_is_found(
    sealed: Path, as_superuser: Callable[[str], None]
) -> None:
    as_superuser(
        "UPDATE {0}.sharing_accesslog SET transaction = 1, recorded_at = recorded_at - interval"
        " '2 hours' WHERE id = (SELECT max(id) FROM {0}.sharing_accesslog)"
    )
    fault, _ = judged(sealed)

    assert fault is not None
    assert (fault.kind, fault.leaf, fault.file) == (Kind.ROW_OVERDUE, 12, "access.unsealed.jsonl")


def test_a_history_built_anew_with_the_key_is_found_by_the_file_outside(
    sealed: Path, as_superuser: Callable[[str], None]
) -> None:
    kept = sealed / "kept.jsonl"
    journal.place_of(REGION, "access").rename(kept)
    as_superuser(
        "DELETE FROM {0}.home_checkpoint; DELETE FROM {0}.home_sealedleaf;"
        "UPDATE {0}.sharing_accesslog SET staff_name = 'Ingen' WHERE id = 9"
    )
    with acting_as(REGION):
        sealing.seal(at=AT)

    fault, _ = judged(sealed, kept)
    assert fault is not None
    assert (fault.kind, fault.leaf, fault.until) == (Kind.TREE_REBUILT, 6, 12)


def test_a_column_that_comes_later_changes_no_sealed_row(
    sealed: Path, as_superuser: Callable[[str], None]
) -> None:
    as_superuser("ALTER TABLE {0}.sharing_accesslog ADD COLUMN later text NOT NULL DEFAULT ''")
    try:
        assert judged(sealed) == [None, None]
    finally:
        connection.close()
        as_superuser("ALTER TABLE {0}.sharing_accesslog DROP COLUMN later")


def test_a_rotated_key_verifies_what_it_has_signed(sealed: Path) -> None:
    keys.rotate(REGION)
    with acting_as(REGION):
        sealing.seal(at=AT.replace(hour=11))

    assert judged(sealed, *(sealed / "checkpoints").iterdir()) == [None, None]


def test_a_key_that_nobody_vouches_for_is_named_where_it_begins(sealed: Path) -> None:
    made = keys.rotate(REGION, is_lost=True)
    with acting_as(REGION):
        sealing.seal(at=AT.replace(hour=11))
    kept = [*(sealed / "checkpoints").iterdir()]

    fault, events = judged(sealed, *kept)
    assert fault is not None
    assert (fault.kind, fault.leaf, events) == (Kind.KEY_UNVOUCHED, 12, None)

    # Whoever knows that it is the huvudman's says so, and the rest is judged.
    (sealed / "export").rename(sealed / "former")
    assert judged(sealed, *kept, known=made) == [None, None]


def test_who_knows_the_old_key_judges_also_where_the_list_of_keys_is_lost(sealed: Path) -> None:
    (old,) = keys.public_keys(REGION)
    rmtree(sealed / "keys")
    keys.rotate(REGION, is_lost=True)
    with acting_as(REGION):
        sealing.seal(at=AT.replace(hour=11))
    kept = [*(sealed / "checkpoints").iterdir()]

    assert [it and it.kind for it in judged(sealed, *kept)] == [Kind.KEY_SWAPPED] * 2
    (sealed / "export").rename(sealed / "former")
    assert judged(sealed, *kept, known=old.key) == [None, None]


def test_who_leaves_takes_leaves_and_checkpoints_along(sealed: Path) -> None:
    with tables.as_huvudman(REGION) as cursor:
        owned = {it.place for it in tables.described(cursor, REGION)}

    assert {"data/home_sealedleaf", "data/home_checkpoint"} <= owned
    # What it witnesses comes each hour: it would keep an archive from ever being up to date.
    assert owned >= NOT_COMPARED


def test_an_export_is_never_written_over(sealed: Path) -> None:
    (sealed / "export").mkdir()
    with pytest.raises(FileExistsError):
        judged(sealed)
    assert not (sealed / "export" / exported.EXPORT).exists()


def _read(rows: int) -> None:
    for _ in range(rows):
        access.log(actor=NURSE, owner=REGION, activity="read", common_ids=[uuid4()], rows=1,
                   at=AT)  # fmt: skip
