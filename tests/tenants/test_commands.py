"""`samplan tenant` and `samplan doctor`, as an operator meets them."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from cast import REGION, STRANGER
from typer import Typer
from typer.testing import CliRunner, Result

from project.commands import doctor, tenant
from tenants.models import Domain, Tenant

MIGRATOR = "DATABASE_MIGRATOR_URL"
DOCTOR = Typer()
DOCTOR.command()(doctor.doctor)
ADD_STRANGER = [
    "add", "--schema", STRANGER, "--name", "Främlinge kommun", "--kind", "municipality",
    "--orgnr", "2999999135", "--county", "23", "--municipality", "2398",
    "--domain", "stranger.localhost",
]  # fmt: skip


@pytest.fixture(autouse=True)
def environment(cluster: dict[str, str], migrator: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster["sp_app"])
    monkeypatch.setenv("DATABASE_MIGRATOR_URL", cluster["sp_migrator"])
    monkeypatch.setenv("SAMPLAN_MIGRATING", "1")  # the commands set it; so it is taken back
    monkeypatch.setenv("SAMPLAN_PORT", "1")


def run(app: Typer, *words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def faults() -> list[str]:
    answer = json.loads(run(DOCTOR, "--json").stdout)
    assert answer["is_well"] == (not any(check["faults"] for check in answer["checks"]))
    return [fault for check in answer["checks"] for fault in check["faults"]]


def test_the_same_step_twice_changes_nothing() -> None:
    before = list(Tenant.objects.order_by("pk").values())
    for _ in range(2):
        answer = run(tenant.app, *ADD_STRANGER)
        assert answer.exit_code == 0, answer.output
        assert answer.stdout == (
            "Främlinge kommun är ansluten och nås på stranger.localhost.\n"
            "De åtta stegen är öppnade. De står på beredskapstavlan, under Anslutning.\n"
        )
    assert list(Tenant.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("words", [["tenant", "list"], ["training", "reset"]])
def test_a_database_that_cannot_be_reached_is_told_in_words(
    words: list[str], tmp_path: Path
) -> None:
    away = dict.fromkeys(("DATABASE_URL", MIGRATOR), f"postgresql:///samplan?host={tmp_path}")
    environment = {it: value for it, value in os.environ.items() if it != "SAMPLAN_MIGRATING"}

    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "from project.cli import main; main()", *words],
        env=environment | away, capture_output=True, text=True, check=False,
    )  # fmt: skip

    setting = MIGRATOR if "tenant" in words else "DATABASE_URL"
    assert answer.returncode == 1
    assert f"Fel: Databasen svarar inte. Kontrollera att den är i gång, och att {setting}" in (
        answer.stderr
    )
    assert "Traceback" not in answer.stderr


def test_the_first_step_of_joining_is_done_once_in_the_name_of_the_region(
    dba: psycopg.Connection[Any],
) -> None:
    for _ in range(2):
        run(tenant.app, *ADD_STRANGER)

    rows = dba.execute("SELECT owner, tenant, name FROM public.tenants_onboarding").fetchall()
    assert rows == [(REGION, STRANGER, "samplan tenant add")]


def test_a_region_begins_nothing(dba: psycopg.Connection[Any]) -> None:
    answer = run(
        tenant.app, "add", "--schema", REGION, "--name", "Region Test", "--kind", "region",
        "--orgnr", "2999999119", "--county", "23", "--domain", "region.localhost",
    )  # fmt: skip

    assert answer.stdout == "Region Test är ansluten och nås på region.localhost.\n"
    assert dba.execute("SELECT FROM public.tenants_onboarding").fetchall() == []


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("--orgnr", "2999999136", "Kontrollera de tio siffrorna"),
        ("--schema", "Test Nytt", "Skriv små bokstäver"),
        ("--municipality", "2280", "börjar med länskoden"),
        ("--domain", "region.localhost", "Välj ett annat"),
    ],
)
def test_a_wrong_value_is_told_of_in_swedish_with_what_to_do(
    option: str, value: str, advice: str
) -> None:
    words = [*ADD_STRANGER]
    words[words.index(option) + 1] = value
    answer = run(tenant.app, *words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("Fel: ")
    assert advice in answer.stderr


def test_what_is_missing_is_asked_for_all_at_once() -> None:
    answer = run(tenant.app, "add", "--schema", "test_new", "--name", "Ny")

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == "Fel: Ange också --kind, --orgnr, --county, --domain.\n"


def test_the_list_comes_in_swedish_order_for_people_and_for_programs() -> None:
    rows = json.loads(run(tenant.app, "list", "--json").stdout)
    assert [row["name"] for row in rows] == ["Främlinge kommun", "Region Test", "Testkommun"]
    assert rows[1] == {
        "schema": REGION,
        "name": "Region Test",
        "kind": "region",
        "organisation_number": "2999999119",
        "county_code": "23",
        "municipality_code": "",
        "training_for": "",
        "domains": ["region.localhost"],
        "is_in_line": True,
    }
    table = run(tenant.app, "list").stdout
    assert any("Region Test" in line and "region.localhost" in line for line in table.split("\n"))


def test_an_upgrade_tells_how_many_were_in_line_already() -> None:
    Tenant.objects.filter(schema_name=STRANGER).update(fingerprint="older")
    first, second = run(tenant.app, "migrate"), run(tenant.app, "migrate")
    assert first.stdout.endswith("1 huvudmän uppgraderades, 2 var redan i fas.\n")
    assert second.stdout.endswith("0 huvudmän uppgraderades, 3 var redan i fas.\n")
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_an_upgrade_that_leaves_a_fault_in_the_isolation_fails(
    dba: psycopg.Connection[Any],
) -> None:
    dba.execute(f"ALTER TABLE {REGION}.home_answer NO FORCE ROW LEVEL SECURITY")
    dba.commit()
    answer = run(tenant.app, "migrate")
    dba.execute(f"ALTER TABLE {REGION}.home_answer FORCE ROW LEVEL SECURITY")
    dba.commit()
    assert answer.exit_code == 1
    assert f"{REGION}.home_answer" in answer.stderr


def test_a_login_of_its_own_is_made_for_a_huvudman_that_has_joined(
    dba: psycopg.Connection[Any],
) -> None:
    unknown = run(tenant.app, "login", "--schema", "test_nobody")
    assert (unknown.exit_code, "är inte ansluten" in unknown.stderr) == (2, True)

    made = run(tenant.app, "login", "--schema", STRANGER)

    assert f"SAMPLAN_PINNED={STRANGER}" in made.stdout
    dba.execute(f"DROP ROLE login_{STRANGER}")
    dba.commit()


def test_the_doctor_finds_nothing_wrong_where_nothing_is(tmp_path: Path) -> None:
    answer = run(DOCTOR)
    assert answer.exit_code == 0, answer.output
    assert "Allt är i ordning." in answer.stdout


def test_the_doctor_tells_what_is_missing_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    assert faults() == [
        "DATABASE_URL saknas i miljön. Sätt DATABASE_URL eller DATABASE_URL_FILE och starta igen."
    ]
    assert run(DOCTOR).exit_code == 1


def test_the_doctor_tells_of_a_database_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_MIGRATOR_URL", "postgresql://sp_migrator@127.0.0.1:1/samplan")
    (fault,) = faults()
    assert fault.startswith("Databasen kan inte nås med DATABASE_MIGRATOR_URL")
    assert fault.endswith("Kontrollera att PostgreSQL är igång och att adress, namn och lösenord"
                          " stämmer.")  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "cure", "told"),
    [
        ("ALTER ROLE sp_app CREATEDB", "ALTER ROLE sp_app NOCREATEDB", "sp_app har rolcreatedb"),
        ("ALTER ROLE sp_backup NOBYPASSRLS", "ALTER ROLE sp_backup BYPASSRLS",
         "sp_backup saknar rolbypassrls"),
        ("ALTER ROLE sp_backup RENAME TO away", "ALTER ROLE away RENAME TO sp_backup",
         "sp_backup saknas"),
        (f"ALTER TABLE {REGION}.cases_event NO FORCE ROW LEVEL SECURITY",
         f"ALTER TABLE {REGION}.cases_event FORCE ROW LEVEL SECURITY", f"{REGION}.cases_event"),
    ],
)  # fmt: skip
def test_the_doctor_tells_of_roles_and_isolation(
    dba: psycopg.Connection[Any], plant: str, cure: str, told: str
) -> None:
    dba.execute(plant)
    dba.commit()
    found = faults()
    dba.execute(cure)
    dba.commit()
    assert any(told in fault for fault in found), found
    assert faults() == []


def test_the_doctor_tells_of_a_huvudman_that_is_behind() -> None:
    was = Tenant.objects.get(schema_name=STRANGER).fingerprint
    Tenant.objects.filter(schema_name=STRANGER).update(fingerprint="older")
    found = faults()
    Tenant.objects.filter(schema_name=STRANGER).update(fingerprint=was)
    assert found == ["Främlinge kommun är inte uppgraderad. Kör samplan tenant migrate."]


def test_the_doctor_tells_of_clocks_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(seconds=90)

    monkeypatch.setattr(doctor, "datetime", Slow)
    (fault,) = faults()
    assert fault.startswith("Datorns klocka och databasens skiljer 90 sekunder.")


def test_the_doctor_tells_of_a_demo_that_others_could_reach(settings: Any) -> None:
    settings.DEMO = True
    assert faults() == []
    Domain.objects.filter(domain="stranger.localhost").update(domain="stranger.example")
    found = faults()
    Domain.objects.filter(domain="stranger.example").update(domain="stranger.localhost")
    assert [fault.partition(",")[0] for fault in found] == [
        "SAMPLAN_DEMO=1 tillåter bara värdnamn under .localhost"
    ]


def test_the_doctor_tells_of_files_that_are_missing_or_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "VENDOR", tmp_path)
    assert list(doctor.assets()) == ["Typsnitt, ikoner och stilmallar saknas. Kör make assets."]
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  htmx.min.js\n{'0' * 64}  icons.svg\n")
    (tmp_path / "icons.svg").write_text("<svg/>")
    missing, changed = doctor.assets()
    assert missing == "htmx.min.js saknas. Kör make assets."
    assert changed.startswith("icons.svg är ändrad.")


@pytest.mark.parametrize(("says", "expected"), [("Samplan", 0), ("Någon annan", 1)])
def test_the_doctor_tells_our_own_server_from_another_program(
    monkeypatch: pytest.MonkeyPatch, says: str, expected: int
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(says.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv("SAMPLAN_PORT", str(server.server_port))
        assert len(list(doctor.port())) == expected


def test_the_doctor_tells_of_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLAN_PORT", "åttatusen")
    assert list(doctor.port()) == [
        "SAMPLAN_PORT=åttatusen är inget portnummer. Ange ett heltal, till exempel 8000."
    ]
