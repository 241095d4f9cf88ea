"""Both logs are sealed: nothing is skipped or taken twice, and nothing can be changed unseen."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.conf import settings
from django.db import connection
from people import HOUR, NURSE
from psycopg import sql
from pytest_django import Settings

from care.cases.models import Event
from care.sharing import access, sealing
from care.sharing.models import AccessLog
from project import worker
from tenants.context import acting_as
from tenants.home.models import Checkpoint, SealAlarm, SealedLeaf, WitnessedCheckpoint
from tenants.sealing import journal, keys, sealer, witnesses
from tenants.seals import notes, tree
from tenants.window import looking_into

Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]
TENANTS = (REGION, MUNICIPALITY, STRANGER)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def place(committed: None, settings: Settings, tmp_path: Path) -> Path:
    """Keep keys and checkpoints in a folder of the test."""
    settings.SEAL_KEYS = str(tmp_path / "keys")
    settings.CHECKPOINTS = str(tmp_path / "checkpoints")
    return tmp_path


def read(rows: int = 1) -> None:
    with acting_as(REGION):
        for _ in range(rows):
            access.log(actor=NURSE, owner=REGION, activity="read", common_ids=[uuid4()], rows=1,
                       at=AT)  # fmt: skip


def seal(at: Any = AT) -> int:
    with acting_as(REGION):
        return sealing.seal(at=at)


def witness(at: Any = AT) -> None:
    for it in TENANTS:
        with acting_as(it):
            witnesses.witness_all(at=at)


def alarms(tenant: str) -> list[tuple[str, str]]:
    with acting_as(tenant):
        return [(it.owner, it.kind) for it in witnesses.alarms()]


def copied() -> list[tuple[int, bool]]:
    with acting_as(MUNICIPALITY):
        copies = WitnessedCheckpoint.objects.order_by("id")
        return list(copies.values_list("size", "is_proven"))


def rows_of_leaves() -> list[int]:
    with acting_as(REGION):
        leaves = SealedLeaf.objects.filter(log="access").order_by("number")
        assert [it.number for it in leaves] == list(range(len(leaves)))
        return [it.row for it in leaves]


def last() -> Checkpoint:
    with acting_as(REGION):
        return Checkpoint.objects.filter(log="access").latest("size")


@pytest.fixture
def as_superuser(dba: psycopg.Connection[Any]) -> Callable[[str], None]:
    """Give a way to do in the region's schema what nobody may."""

    def run(statement: str) -> None:
        dba.execute(sql.SQL(statement).format(sql.Identifier(REGION)))  # type: ignore[arg-type]
        dba.commit()

    return run


def test_every_row_becomes_a_leaf_of_a_signed_tree() -> None:
    read(5)
    assert seal() == 5
    read(2)
    assert seal() == 2

    point = last()
    with acting_as(REGION):
        hashes = SealedLeaf.objects.order_by("number").values_list("hash", flat=True)
        root = tree.root_of([bytes(it) for it in hashes])
        key = notes.believed(keys.public_keys(REGION), name=notes.key_name(REGION))
    assert rows_of_leaves() == sorted(rows_of_leaves())
    assert point.root == root.hex()
    assert notes.read(point.note, key) == notes.Checkpoint(
        f"samplan/{REGION}/access", 7, root, AT.isoformat()
    )


def test_the_event_log_is_sealed_too() -> None:
    with acting_as(REGION):
        Event.objects.create(common_id=uuid4(), act="admit", at=AT, origin=REGION)
    assert seal() == 1
    with acting_as(REGION):
        assert Checkpoint.objects.get().log == "event"


def test_a_row_of_a_transaction_held_open_over_a_sealing_is_not_skipped(session: Session) -> None:
    with session("sp_app") as late, late.transaction():
        late.execute(f"SET LOCAL ROLE {REGION}")
        _insert(late)
        read(3)
        assert seal() == 0  # an earlier row may come still
    assert seal() == 4
    assert len(set(rows_of_leaves())) == 4


def test_a_row_of_a_later_transaction_that_commits_first_is_not_skipped(session: Session) -> None:
    read(2)
    with session("sp_app") as late, late.transaction():
        late.execute(f"SET LOCAL ROLE {REGION}")
        _insert(late)
        assert seal() == 2
        read(1)
        assert seal() == 0
    read(1)
    assert seal() == 3
    assert len(set(rows_of_leaves())) == 5


def test_a_row_that_names_an_earlier_transaction_is_sealed_when_all_are_looked_at(
    session: Session,
) -> None:
    read(4)
    seal()
    with session("sp_app") as late, late.transaction():
        late.execute(f"SET LOCAL ROLE {REGION}")
        _insert(late, transaction=1)
    read(1)
    assert seal() == 1

    assert seal(AT + SECOND) == 0
    with acting_as(REGION):
        assert sealing.seal(at=AT + SECOND, is_whole=True) == 1
    assert len(set(rows_of_leaves())) == 6
    read(2)
    assert seal(AT + 2 * SECOND) == 2


def test_the_loop_looks_through_the_whole_log_daily(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    monkeypatch.setattr(
        worker.tasks, "seal", lambda *, tenant, is_whole: looks.append(is_whole) or 0
    )
    done: dict[str, float] = {}
    day = worker.SEAL_WHOLE_EVERY
    for now in (0.0, 10.0, 20.0, day, day + 10):
        worker.seal([REGION], done, now=now)

    assert looks == [True, False, False, True, False]


def test_two_sealers_at_once_number_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 7)
    read(50)

    def run() -> None:
        seal()
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    seal()

    assert len(set(rows_of_leaves())) == 50


def test_a_sealer_killed_before_its_commit_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    read(3)
    with monkeypatch.context() as patch:
        patch.setattr(notes, "write", _killed)
        with pytest.raises(KeyboardInterrupt):
            seal()
    assert rows_of_leaves() == []

    assert seal() == 3
    assert len(rows_of_leaves()) == 3


def test_a_sealer_killed_after_its_commit_leaves_the_file_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read(3)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "add", _killed)
        with pytest.raises(KeyboardInterrupt):
            seal()
    assert journal.last_size(REGION, "access") == 0

    read(2)
    seal()
    assert [it["size"] for it in _journal()] == [3, 5]


def test_a_sealer_that_is_overtaken_adds_no_checkpoint_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It has looked into the file; before it adds to it, another seals more and adds it all.
    add = journal.add

    def overtaken(*late: Any) -> None:
        monkeypatch.setattr(journal, "add", add)
        read(2)
        assert seal() == 2
        add(*late)

    monkeypatch.setattr(journal, "add", overtaken)
    read(3)
    seal()

    assert [it["size"] for it in _journal()] == [3, 5]


def test_a_half_written_line_of_the_file_spoils_no_other() -> None:
    read(1)
    seal()
    with journal.place_of(REGION, "access").open("a") as file:
        file.write('{"origin": "samp')
    read(1)
    seal()

    assert journal.last_size(REGION, "access") == 2


def test_a_key_that_has_signed_is_not_replaced_in_silence(place: Path) -> None:
    read(1)
    seal()
    (place / "keys" / REGION / keys.PRIVATE).unlink()
    read(1)

    with pytest.raises(keys.NoKey):
        seal()
    assert len(rows_of_leaves()) == 1


def test_only_the_worker_may_read_the_private_key(place: Path) -> None:
    read(1)
    seal()
    private = place / "keys" / REGION / keys.PRIVATE
    assert os.stat(private).st_mode & 0o777 == 0o600  # noqa: PTH116 - the mode, not the path


def test_a_key_is_rotated_and_the_old_one_verifies_still() -> None:
    read(1)
    seal()
    first = last()
    keys.rotate(REGION)
    read(1)
    seal()

    known = keys.public_keys(REGION)
    believed = notes.believed(known, name=notes.key_name(REGION))
    assert len(believed) == 2
    for point, key in ((first, believed[0]), (last(), believed[1])):
        assert notes.read(point.note, [key]).size == point.size


def test_two_witnesses_copy_the_checkpoint_of_each_hour() -> None:
    for hours in range(3):
        read(3)
        seal(AT + hours * HOUR)
        read(2)
        seal(AT + hours * HOUR + SECOND)
        witness(AT + hours * HOUR)

    for it in (MUNICIPALITY, STRANGER):
        with acting_as(it):
            copies = WitnessedCheckpoint.objects.order_by("size")
            assert [(row.size, row.is_proven) for row in copies] == [
                (3, False), (8, True), (13, True),
            ]  # fmt: skip
        assert alarms(it) == []


def test_a_witness_sees_no_other_checkpoint_and_no_leaf() -> None:
    read(3)
    seal()
    read(1)
    seal(AT + SECOND)
    with acting_as(MUNICIPALITY), looking_into(REGION):
        assert list(Checkpoint.objects.values_list("size", flat=True)) == [3]
    with acting_as(MUNICIPALITY), looking_into(REGION), pytest.raises(Exception, match="denied"):
        list(SealedLeaf.objects.values_list("number"))


def test_there_are_two_witnesses_and_few_change_when_somebody_joins() -> None:
    county = [f"t_{it:02}" for it in range(50)]
    chosen = {it: witnesses.witnesses_of(it, county) for it in county}
    assert all(len(set(them)) == 2 and it not in them for it, them in chosen.items())

    more = {it: witnesses.witnesses_of(it, [*county, "t_new"]) for it in county}
    assert sum(chosen[it] != more[it] for it in county) <= 10


def test_a_history_that_shrinks_is_alarmed(as_superuser: Callable[[str], None]) -> None:
    _three_hours()
    as_superuser("DELETE FROM {0}.home_checkpoint WHERE size > 2; "
                 "DELETE FROM {0}.home_sealedleaf WHERE number >= 2; "
                 "DELETE FROM {0}.sharing_accesslog WHERE id > 2")  # fmt: skip
    witness(AT + 4 * HOUR)

    assert alarms(MUNICIPALITY) == alarms(STRANGER) == [(REGION, "shrunk")]
    assert alarms(REGION) == [(REGION, "shrunk")]


def test_a_history_that_is_made_anew_is_alarmed(as_superuser: Callable[[str], None]) -> None:
    _three_hours()
    as_superuser("DELETE FROM {0}.home_checkpoint; DELETE FROM {0}.home_sealedleaf; "
                 "UPDATE {0}.sharing_accesslog SET staff_name = 'Ingen' WHERE id = 2")  # fmt: skip
    journal.place_of(REGION, "access").unlink()
    for hours in range(4):
        if hours < 3:
            seal(AT + hours * HOUR)
    read(1)
    seal(AT + 5 * HOUR)
    witness(AT + 5 * HOUR)

    assert alarms(MUNICIPALITY) == alarms(STRANGER) == [(REGION, "changed")]
    assert (REGION, "changed") in alarms(REGION)


def test_a_tree_that_does_not_begin_with_what_was_is_alarmed(
    as_superuser: Callable[[str], None],
) -> None:
    _three_hours()
    # The checkpoints stand, and what follows is built on another history.
    false = tree.Range()
    for _ in range(6):
        false.append(bytes(32))
    as_superuser(
        f"UPDATE {{0}}.home_checkpoint SET frontier = '\\x{false.to_bytes().hex()}' WHERE size = 6"
    )
    read(1)
    seal(AT + 5 * HOUR)
    witness(AT + 5 * HOUR)

    assert alarms(MUNICIPALITY) == alarms(STRANGER) == [(REGION, "changed")]


def test_a_checkpoint_signed_by_a_stranger_is_alarmed(place: Path) -> None:
    _three_hours()
    for it in (keys.PRIVATE, keys.PUBLIC):
        (place / "keys" / REGION / it).unlink()
    with acting_as(REGION):
        keys.ring(REGION, may_make=True)
    read(1)
    seal(AT + 5 * HOUR)
    witness(AT + 5 * HOUR)

    assert alarms(MUNICIPALITY) == [(REGION, "unsigned")]


def test_after_a_stranger_the_witness_goes_on_from_what_there_is(place: Path) -> None:
    test_a_checkpoint_signed_by_a_stranger_is_alarmed(place)
    for hours in (6, 7):
        read(1)
        seal(AT + hours * HOUR)
        witness(AT + hours * HOUR)

    assert copied()[-3:] == [(7, False), (8, True), (9, True)]
    assert alarms(MUNICIPALITY) == alarms(STRANGER) == [(REGION, "unsigned")]


def test_a_lost_key_is_alarmed_once_and_the_new_one_is_witnessed(place: Path) -> None:
    _three_hours()
    (place / "keys" / REGION / keys.PRIVATE).unlink()
    keys.rotate(REGION, is_lost=True)
    for hours in (5, 6, 7):
        read(1)
        seal(AT + hours * HOUR)
        witness(AT + hours * HOUR)

    assert copied() == [(2, False), (4, True), (6, True), (7, False), (8, True), (9, True)]
    assert alarms(MUNICIPALITY) == alarms(STRANGER) == [(REGION, "unsigned")]


def test_what_is_neither_signed_nor_grown_is_alarmed_as_both(
    as_superuser: Callable[[str], None],
) -> None:
    _three_hours()
    read(1)
    seal(AT + 5 * HOUR)
    as_superuser(
        """UPDATE {0}.home_checkpoint SET root = 'none', keys = '[{{"it": 1}}]' WHERE size = 7"""
    )
    witness(AT + 5 * HOUR)

    assert sorted(alarms(MUNICIPALITY)) == [(REGION, "changed"), (REGION, "unsigned")]


def test_a_rotated_key_raises_no_alarm() -> None:
    _three_hours()
    keys.rotate(REGION)
    keys.rotate(REGION)
    read(1)
    seal(AT + 5 * HOUR)
    witness(AT + 5 * HOUR)

    assert alarms(MUNICIPALITY) == alarms(REGION) == []


def test_a_file_that_knows_more_than_the_database_raises_the_alarm() -> None:
    read(1)
    seal()
    journal.add(REGION, "access", [{"size": 99}])
    seal()

    assert alarms(REGION) == [(REGION, "shrunk")]


def test_a_training_huvudman_is_not_sealed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its logs tell of nobody, and are emptied each night.
    monkeypatch.setattr(sealing, "is_training", lambda schema: schema == REGION)
    read(1)

    assert seal() == 0
    assert not (place / "keys").exists()
    reset = {it.rpartition(".")[2] for it in settings.CASE_APPS}
    assert SealedLeaf._meta.app_label not in reset  # and a real one's seal is never emptied


def test_a_row_is_sealed_within_ten_seconds_of_its_commit() -> None:
    done: dict[str, float] = {}
    waiting: list[int] = []
    lags = []
    for now in range(100):
        if now % 3 == 0:
            read(1)
            waiting.append(now)
        sealed = worker.seal([REGION], done, now=float(now))
        lags += [now - waiting.pop(0) for _ in range(sealed)]

    assert len(lags) > 25
    assert max(lags) <= worker.SEAL_EVERY


def test_an_alarm_is_raised_once(as_superuser: Callable[[str], None]) -> None:
    _three_hours()
    as_superuser("DELETE FROM {0}.home_checkpoint WHERE size > 2")
    for _ in range(3):
        witness(AT + 4 * HOUR)
    with acting_as(MUNICIPALITY):
        assert SealAlarm.objects.count() == 1


def test_rows_from_another_cluster_are_sealed(as_superuser: Callable[[str], None]) -> None:
    read(2)
    seal()
    read(2)
    # There its transactions had come much further than here.
    as_superuser("UPDATE {0}.sharing_accesslog SET transaction = transaction + 1000000000; "
                 "UPDATE {0}.home_checkpoint SET horizon = horizon + 1000000000")  # fmt: skip
    read(1)
    assert seal() == 3
    read(1)
    assert seal() == 1
    with acting_as(REGION):
        assert AccessLog.objects.count() == 6
    assert len(set(rows_of_leaves())) == 6


def _three_hours() -> None:
    for hours in range(3):
        read(2)
        seal(AT + hours * HOUR)
        witness(AT + hours * HOUR)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def _journal() -> Iterator[dict[str, Any]]:
    with journal.place_of(REGION, "access").open() as file:
        yield from map(json.loads, file.readlines())


def _insert(other: psycopg.Connection[Any], **more: int) -> None:
    """Write a row of the access log in another session."""
    named = "".join(f", {it}" for it in more)
    values = "".join(f", {it}" for it in more.values())
    other.execute(
        f"INSERT INTO {REGION}.sharing_accesslog (owner, activity, common_ids, staff_id,"
        " staff_name, assignment_id, title, unit_id, unit_name, purpose, channel, ground, reason,"
        f" rows, at{named}) VALUES ('{REGION}', 'read', '[]', %(id)s, 'x', %(id)s, 'x',"
        f" 'x', 'x', 'x', '', '', 'granted', 1, now(){values})",
        {"id": uuid4()},
    )
