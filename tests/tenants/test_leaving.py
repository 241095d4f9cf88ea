"""A huvudman takes everything of its own with it, and nothing of anybody else's."""

import csv
import errno
import io
import json
import os
import resource
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from conftest import DATABASE, empty, log_in
from django.db import connection
from isolation.county import admit, agree, case_at, consent
from people import CASE_OFFICERS, COORDINATOR, HOUR, OFFICER, write_units
from psycopg import sql
from psycopg.conninfo import make_conninfo
from typer import Typer
from typer.testing import CliRunner, Result

from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.inbox import tasks
from infra.dev import postgres
from project import leaving as project
from project.commands import leaving as commands
from tenants import isolation
from tenants.context import acting_as
from tenants.home.models import Answer, Export
from tenants.leaving import archive
from tenants.leaving.archive import BadArchive
from tenants.leaving.export import Exported, export
from tenants.leaving.restore import CannotRestore, restore
from tenants.leaving.tables import as_huvudman
from tenants.leaving.verify import differences, verify

EMPTY = "test_restored"
LATER = AT + 2 * HOUR  # the consent holds from the hour before
Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]
OURS = 'Hemtjänst två gånger om dagen, "dörren" öppnas.\nNyckel; finns, \\N och å\u2028slut'
THEIRS = "Regionens egen anteckning"


@pytest.fixture
def county(committed: None) -> None:
    """Fill the database with what `made` was made of."""
    fill()


def fill() -> None:
    """Let a case run between the region and the municipality, and something lie at everybody's."""
    write_units()
    agree()
    case_id = admit()
    tasks.drain()
    consent(case_id=case_id)
    tasks.drain()
    write_in_common(COORDINATOR, case_id, "health_care", THEIRS)
    own = case_at(MUNICIPALITY).pk
    write_in_common(OFFICER, own, "social_care", OURS)
    with acting_as(MUNICIPALITY):
        discharge.start_planning(actor=OFFICER, case_id=own, contact="Karin", text=OURS, at=LATER)
        keep_an_answer("ours")
    tasks.drain()
    with acting_as(STRANGER):
        keep_an_answer("theirs")


def write_in_common(actor: Actor, case_id: UUID, info_class: str, text: str) -> None:
    with acting_as(actor.tenant):
        discharge.submit_planning_basis(
            actor=actor, case_id=case_id, info_class=info_class, text=text, at=LATER
        )


def keep_an_answer(client: str) -> None:
    body = {"text": OURS, "nothing": None}
    Answer.objects.create(client=client, key="k", body_hash="", status=200, body=body, at=AT)


@dataclass(frozen=True)
class Made:
    """An archive that was made once, and what the database had then."""

    exported: Exported
    rows: dict[str, set[str]]
    abroad: list[str]  # what the huvudman reads where another has it

    @property
    def path(self) -> Path:
        return self.exported.path


@pytest.fixture(scope="module")
def made(
    cluster: dict[str, str],
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:
    """Return an archive of the municipality; the database is emptied again."""
    superuser = make_conninfo(cluster["superuser"], dbname=DATABASE)
    with django_db_blocker.unblock(), psycopg.connect(superuser) as dba:
        try:
            fill()
            path = tmp_path_factory.mktemp("made") / "kommun.zip"
            extras = partial(project.extras, at=LATER)
            exported = export(schema=MUNICIPALITY, to=path, by="test", at=AT, extras=extras)
            with as_huvudman(MUNICIPALITY) as cursor:
                cursor.execute(f"SELECT text FROM {REGION}.cases_contribution")
                abroad = [text for (text,) in cursor.fetchall()]
            return Made(exported, rows_of(dba, MUNICIPALITY), abroad)
        finally:
            connection.close()
            empty(dba)


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Path:
    """Return a copy of the archive that may be damaged."""
    return Path(shutil.copy(made.path, tmp_path / "kommun.zip"))


@pytest.fixture
def empty_database(cluster: dict[str, str], django_db_setup: None) -> Iterator[str]:
    """Give the name of a database without a table; the migrator is logged in to it."""
    urls = postgres.prepare(cluster["superuser"], name=EMPTY, passwords={})
    log_in(urls["sp_migrator"], assume_role=False)
    yield EMPTY
    log_in(cluster["sp_app"], assume_role=True)
    with psycopg.connect(cluster["superuser"], autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")


def rows_of(superuser: psycopg.Connection[Any], schema: str) -> dict[str, set[str]]:
    """Return every row that a huvudman owns, by table, as a superuser reads it."""
    found = {}
    own = superuser.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <>"
        " 'django_migrations'", [schema]
    ).fetchall()  # fmt: skip
    asked = {f"data/{name}": (schema, name, "true") for (name,) in own}
    for model in isolation.common_models():
        name = model._meta.db_table
        asked[f"common/{name}"] = ("public", name, f"owner = '{schema}'")
    asked["common/tenants_tenant"] = ("public", "tenants_tenant", f"schema_name = '{schema}'")
    for place, (of, name, condition) in asked.items():
        query = sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE " + condition)
        found[place] = {
            row for (row,) in superuser.execute(query.format(sql.Identifier(of, name))).fetchall()
        }
    return found


def text_of(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as read:
        return read.read(name).decode()


class TestAnExport:
    def test_holds_every_row_of_the_huvudman(self, made: Made) -> None:
        told = json.loads(text_of(made.path, "manifest.json"))

        counts = {place: len(rows) for place, rows in made.rows.items()}
        listed = {place: it["rows"] for place, it in told["tables"].items()}
        assert listed == counts | {"common/tenants_domain": 1}
        for place in ("cases_event", "inbox_message", "inbox_delivery", "sharing_accesslog",
                      "cases_contribution", "home_answer", "home_export"):  # fmt: skip
            assert counts[f"data/{place}"], place
        assert made.exported.rows == sum(listed.values())

    def test_holds_nothing_of_anybody_elses_also_where_it_is_open_to_read(self, made: Made) -> None:
        with zipfile.ZipFile(made.path) as read:
            tables = [it for it in read.namelist() if it.endswith(".jsonl")]
            rows = {it: read.read(it).decode().split("\n")[:-1] for it in tables}

        owners = {
            json.loads(row)["owner"]
            for name, lines in rows.items()
            if name.startswith("common/") and "tenants_tenant" not in name
            for row in lines
            if "owner" in row
        }
        assert owners == {MUNICIPALITY}
        assert [json.loads(it)["client"] for it in rows["data/home_answer.jsonl"]] == ["ours"]
        assert made.abroad == [THEIRS]  # open to read, where it lies
        assert not any(THEIRS in row for lines in rows.values() for row in lines)
        texts = {json.loads(it)["unit_id"] for it in rows["data/cases_contribution.jsonl"]}
        assert texts == {CASE_OFFICERS}

    def test_says_what_every_table_and_column_is(self, made: Made) -> None:
        described = {it["name"]: it for it in json.loads(text_of(made.path, "schema.json"))}

        message = described["inbox_message"]
        assert message["about"].startswith("Meddelande: as it was sent.")
        assert {it["name"]: it["type"] for it in message["columns"]}["sent_at"] == (
            "timestamp with time zone"
        )
        assert message["key"] == ["id"]
        assert described["inbox_delivery"]["references"][0]["table"] == "inbox_message"
        states = {it["name"]: it["values"] for it in described["cases_case"]["columns"]}["state"]
        assert "admitted" in states
        public = [it for it in described["cases_case"]["references"] if not it["is_enforced"]]
        assert [it["table"] for it in public] == ["tenants_unit"]
        assert all(it["about"] and it["key"] for it in described.values())

    def test_is_noted_at_the_huvudman_before_it_is_taken(self, made: Made) -> None:
        (noted,) = text_of(made.path, "data/home_export.jsonl").split("\n")[:-1]

        assert json.loads(noted)["by"] == "test"
        assert json.loads(noted)["rows"] == made.exported.rows

    def test_of_the_same_rows_has_the_same_bytes(self, county: None, tmp_path: Path) -> None:
        first, second = (
            export(schema=MUNICIPALITY, to=tmp_path / name, by="test", at=AT)
            for name in ("one.zip", "two.zip")
        )

        with zipfile.ZipFile(first.path) as first, zipfile.ZipFile(second.path) as second:
            assert first.namelist() == second.namelist()
            changed = {it for it in first.namelist() if first.read(it) != second.read(it)}
        assert changed == {
            "data/home_export.csv", "data/home_export.jsonl", "manifest.json", "LASMIG.txt"
        }  # fmt: skip

    def test_is_of_one_moment(self, county: None, session: Session, tmp_path: Path) -> None:
        def write(name: str) -> None:
            if name == "data/billing_basisattest":
                with session("sp_app") as other:
                    other.execute(f"SET ROLE {MUNICIPALITY}")
                    other.execute(
                        f"INSERT INTO {MUNICIPALITY}.home_answer (client, key, body_hash, status,"
                        " body, at) VALUES ('late', 'k', '', 200, '{}', now())"
                    )

        made = export(schema=MUNICIPALITY, to=tmp_path / "one.zip", by="test", at=AT, tell=write)

        assert "late" not in text_of(made.path, "data/home_answer.csv")
        with acting_as(MUNICIPALITY):
            assert Answer.objects.filter(client="late").exists()

    def test_can_be_read_by_its_owner_alone(self, made: Made) -> None:
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


class TestTheRecords:
    def test_of_each_case_are_a_tagged_pdf_to_keep(self, made: Made) -> None:
        with zipfile.ZipFile(made.path) as read:
            names = [it for it in read.namelist() if it.startswith("records/")]
            (content,) = (read.read(it) for it in names)
        (case,) = (json.loads(it) for it in made.rows["data/cases_case"])

        printed = pypdf.PdfReader(io.BytesIO(content))

        assert names == [f"records/{case['common_id']}.pdf"]
        kept = printed.xmp_metadata
        assert kept is not None
        assert b"<pdfaid:part>2</pdfaid:part>" in kept.stream.get_data()
        assert b"<pdfaid:conformance>A</pdfaid:conformance>" in kept.stream.get_data()
        assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]

    def test_hold_what_the_huvudman_has_of_the_case_and_no_more(self, made: Made) -> None:
        with zipfile.ZipFile(made.path) as read:
            (name,) = (it for it in read.namelist() if it.startswith("records/"))
            printed = pypdf.PdfReader(io.BytesIO(read.read(name)))
        text = " ".join("".join(page.extract_text() for page in printed.pages).split())

        for word in ("Testkommun", "Berit Åkerlund", "19400405-7032",
                     "Utskrivning från Avdelning 1",
                     "Leds av Region Test", "Inskrivningsmeddelande", "Hälsocentralen Norr",
                     "Hemtjänst två gånger om dagen", "mån 2 mar 2026 09.00",
                     "Läsa varandras uppgifter", "Planeringen påbörjades."):  # fmt: skip
            assert word in text, word
        assert THEIRS not in text


class TestWhatOthersHave:
    def test_is_named_and_not_included(self, made: Made) -> None:
        rows = [
            json.loads(it) for it in text_of(made.path, "elsewhere/messages.jsonl").splitlines()
        ]

        assert {it["tenant"] for it in rows} == {REGION}
        assert {it["act"] for it in rows} == {"start_planning"}
        assert all(it["delivered_at"] for it in rows)
        assert {*rows[0]} == {
            "message_id", "common_id", "act", "sent_at", "tenant", "unit_id", "unit_name",
            "delivered_at",
        }  # fmt: skip
        lines = list(csv.DictReader(io.StringIO(text_of(made.path, "elsewhere/messages.csv"))))
        assert [it["message_id"] for it in lines] == [it["message_id"] for it in rows]


class TestAFailingDisk:
    def test_that_is_full_leaves_no_file_and_the_huvudman_as_it_was(
        self, county: None, tmp_path: Path, dba: psycopg.Connection[Any]
    ) -> None:
        before = rows_of(dba, MUNICIPALITY)
        dba.commit()
        target, limit = tmp_path / "kommun.zip", resource.getrlimit(resource.RLIMIT_FSIZE)
        target.write_bytes(b"an earlier one")

        # A real refusal of the kernel: no file of this process may grow beyond this.
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                export(schema=MUNICIPALITY, to=target, by="test", at=AT)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)

        assert [it.name for it in tmp_path.iterdir()] == ["kommun.zip"]
        assert target.read_bytes() == b"an earlier one"
        after = rows_of(dba, MUNICIPALITY)
        assert len(after.pop("data/home_export")) == 1  # that one was begun
        assert after == {key: it for key, it in before.items() if key != "data/home_export"}

    def test_at_the_last_moment_leaves_no_file_either(
        self, county: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(archive.os, "fsync", full)

        with pytest.raises(OSError, match="No space"):
            export(schema=MUNICIPALITY, to=tmp_path / "kommun.zip", by="test", at=AT)

        assert list(tmp_path.iterdir()) == []


class TestRestoring:
    def test_an_archive_alone_gives_the_same_rows(
        self,
        made: Made,
        empty_database: str,
        cluster: dict[str, str],
    ) -> None:
        found = restore(made.path)

        there = make_conninfo(cluster["superuser"], dbname=empty_database)
        with psycopg.connect(there) as other:
            restored, theirs = rows_of(other, MUNICIPALITY), rows_of(other, REGION)
            schemas = other.execute("SELECT schema_name FROM tenants_tenant").fetchall()
            nobody = other.execute("SELECT FROM tenants_unit WHERE owner <> %s", [MUNICIPALITY])
            assert nobody.fetchall() == []
        assert restored == made.rows
        assert restored["data/cases_contribution"]
        assert schemas == [(MUNICIPALITY,)]
        assert not any(theirs.values())
        assert found.rows == made.exported.rows

    def test_lets_the_huvudman_go_on_under_row_level_security(
        self, made: Made, empty_database: str
    ) -> None:
        from tenants import catalogue

        restore(made.path)

        # Roles are the cluster's: those of the others are still here, and have no schema there.
        others = (REGION, STRANGER)
        assert [it for it in catalogue.faults() if not any(of in it for of in others)] == []
        with as_huvudman(MUNICIPALITY):
            last = Export.objects.latest("pk").pk
            keep_an_answer("new")
            assert Export.objects.create(by="x", at=AT, rows=1).pk == last + 1

    def test_needs_no_product(
        self,
        made: Made,
        empty_database: str,
        cluster: dict[str, str],
    ) -> None:
        there = make_conninfo(cluster["superuser"], dbname=empty_database)
        with psycopg.connect(there) as plain, zipfile.ZipFile(made.path) as read:
            plain.execute(read.read("schema.sql"))
            for table in json.loads(read.read("schema.json")):
                copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv, HEADER)")
                named = sql.Identifier(table["schema"], table["name"])
                with plain.cursor().copy(copy.format(named)) as rows:
                    rows.write(read.read(f"{table['folder']}/{table['name']}.csv"))
            plain.commit()
            assert rows_of(plain, MUNICIPALITY) == made.rows

    def test_is_refused_where_somebody_is(self, made: Made, migrator: None) -> None:
        with pytest.raises(CannotRestore, match="Databasen är inte tom"):
            restore(made.path)

    def test_is_not_needed_to_read_the_json(self, made: Made) -> None:
        (ours,) = text_of(made.path, "data/home_answer.jsonl").split("\n")[:-1]
        assert json.loads(ours)["body"] == {"text": OURS, "nothing": None}


def changed(path: Path, target: Path, **members: bytes | None) -> Path:
    """Write a copy of an archive with other members; None leaves one out."""
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(target, "w") as written:
        for name in read.namelist():
            content = members.pop(name, read.read(name))
            if content is not None:
                written.writestr(name, content)
        for name, content in members.items():
            written.writestr(name, content or b"")
    return target


class TestVerifying:
    def test_a_whole_archive_tells_whose_it_is_and_needs_no_database(
        self, made: Made, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            found = verify(made.path)

        assert (found.tenant, found.name) == (MUNICIPALITY, "Testkommun")
        assert (found.rows, found.seal) == (made.exported.rows, made.exported.seal)

    @pytest.mark.parametrize(
        ("members", "told"),
        [
            ({"data/home_answer.csv": b"x\n"}, "data/home_answer.csv har en annan kontrollsumma"),
            ({"data/cases_event.jsonl": b""}, "data/cases_event.jsonl har en annan kontrollsumma"),
            ({"schema.sql": b"DROP"}, "schema.sql har en annan kontrollsumma"),
            ({"data/inbox_message.csv": None}, "data/inbox_message.csv i arkivet saknas"),
            ({"data/of_a_stranger.csv": b"a\n1\n"}, "nämns inte i manifestet"),
            ({"manifest.json": None}, "inget helt arkiv"),
            ({"manifest.json": b"{}"}, "inget helt arkiv"),
        ],
    )
    def test_what_was_changed_is_found(
        self, made: Made, tmp_path: Path, members: dict[str, bytes | None], told: str
    ) -> None:
        with pytest.raises(BadArchive, match=told):
            verify(changed(made.path, tmp_path / "changed.zip", **members))

    def test_a_manifest_that_counts_otherwise_is_found(self, made: Made, tmp_path: Path) -> None:
        told = json.loads(text_of(made.path, "manifest.json"))
        told["tables"]["data/home_answer"]["rows"] = 2
        copy = changed(
            made.path, tmp_path / "x.zip", **{"manifest.json": json.dumps(told).encode()}
        )

        with pytest.raises(BadArchive) as fault:
            verify(copy)

        assert "home_answer.csv har 1 rader, och manifestet säger 2" in str(fault.value)
        assert "home_answer.jsonl har 1 rader, och manifestet säger 2" in str(fault.value)

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
    def test_a_file_that_was_cut_is_found(self, copy: Path, part: float) -> None:
        whole = copy.read_bytes()
        copy.write_bytes(whole[: int(len(whole) * part)])

        with pytest.raises(BadArchive, match="inget helt arkiv"):
            verify(copy)

    @pytest.mark.parametrize("name", ["data/cases_event.csv", "data/inbox_message.jsonl"])
    def test_a_file_with_one_wrong_bit_is_found(self, copy: Path, name: str) -> None:
        with zipfile.ZipFile(copy) as read:
            member = read.getinfo(name)
        place = member.header_offset + 30 + len(name) + member.compress_size // 2
        whole = bytearray(copy.read_bytes())
        whole[place] ^= 1
        copy.write_bytes(whole)

        with pytest.raises(BadArchive, match=name):
            verify(copy)

    def test_what_has_changed_since_in_the_database_is_named(
        self, county: None, tmp_path: Path
    ) -> None:
        made = export(schema=MUNICIPALITY, to=tmp_path / "kommun.zip", by="test", at=AT)
        found = verify(made.path)
        with as_huvudman(MUNICIPALITY) as cursor:
            assert differences(cursor, found, MUNICIPALITY) == []
        with acting_as(MUNICIPALITY):
            Answer.objects.update(status=201)

        with as_huvudman(MUNICIPALITY) as cursor:
            told = differences(cursor, found, MUNICIPALITY)

        assert told == ["data/home_answer (1 rader i arkivet, 1 rader nu)"]


class TestTheCommand:
    APP = Typer()
    APP.command()(commands.export)
    APP.command()(commands.verify)
    APP.command()(commands.restore)

    @pytest.fixture(autouse=True)
    def environment(
        self,
        cluster: dict[str, str],
        county: None,
        migrator: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("SAMPLAN_MIGRATING", "1")

    def run(self, *words: object) -> Result:
        return CliRunner().invoke(self.APP, [str(it) for it in words])

    def test_writes_by_municipality_code_and_verifies_against_the_database(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "kommun.zip"

        written = self.run("export", "2399", "--to", path)
        proved = self.run("verify", path, "--against-database")

        assert (written.exit_code, proved.exit_code) == (0, 0), written.output + proved.output
        assert written.stdout.startswith("Testkommun: ")
        assert "Databasen har precis det som arkivet har." in proved.stdout
        seal = verify(path).seal
        assert seal in written.stdout
        assert seal in proved.stdout

    def test_refuses_what_it_does_not_know_and_what_is_there(self, tmp_path: Path) -> None:
        there = tmp_path / "there.zip"
        there.write_bytes(b"")

        nobody = self.run("export", "9999", "--to", tmp_path / "x.zip")
        twice = self.run("export", MUNICIPALITY, "--to", there)
        nothing = self.run("verify", tmp_path / "nothing.zip")
        nowhere = self.run("export", MUNICIPALITY, "--to", tmp_path / "no" / "x.zip")

        assert (nobody.exit_code, "är inte ansluten" in nobody.stderr) == (2, True)
        assert (twice.exit_code, "finns redan" in twice.stderr) == (2, True)
        assert (nothing.exit_code, "går inte att läsa" in nothing.stderr) == (1, True)
        assert (nowhere.exit_code, "kunde inte skrivas" in nowhere.stderr) == (1, True)

    def test_restores_only_where_nobody_is(self, tmp_path: Path) -> None:
        path = tmp_path / "kommun.zip"
        self.run("export", MUNICIPALITY, "--to", path)

        answer = self.run("restore", path)

        assert (answer.exit_code, "inte tom" in answer.stderr) == (1, True)
