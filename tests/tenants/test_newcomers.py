"""A huvudman with its first administrator, and a whole county from one file."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cast import YEARS_AHEAD
from click.testing import Result
from typer.testing import CliRunner

from care.identity import operations, queries
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.identity.queries import Held
from project import newcomers
from project.cli import app
from tenants import progress
from tenants.context import in_the_name_of
from tenants.models import Tenant

HEAD, *LINES = newcomers.SAMPLE.splitlines()
NEW = ("t_norrby", "t_exempel")
ONE = {
    "schema": "t_norrby", "name": "Norrby kommun", "kind": "municipality", "orgnr": "2999999622",
    "county": "23", "municipality": "2397", "domain": "norrby.localhost",
    "administrator": "SE2999999622-P001", "administrator-name": "Ola Fransson",
    "phone": "090-00 00 01",
}  # fmt: skip


@pytest.fixture(autouse=True)
def environment(
    cluster: dict[str, str],
    migrator: None,
    dba: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Act as the commands do, and take away whoever has joined."""
    monkeypatch.setattr("project.commands.setup.django", lambda **_: None)
    yield
    dba.rollback()
    for schema in NEW:
        dba.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        dba.execute(f"DROP ROLE IF EXISTS {schema}")
    theirs = "SELECT id FROM tenants_tenant WHERE schema_name = ANY(%s)"
    dba.execute(f"DELETE FROM tenants_domain WHERE tenant_id IN ({theirs})", [list(NEW)])
    dba.execute("DELETE FROM tenants_unit WHERE owner = ANY(%s)", [list(NEW)])
    dba.execute("DELETE FROM tenants_onboarding WHERE tenant = ANY(%s)", [list(NEW)])
    dba.execute("DELETE FROM tenants_tenant WHERE schema_name = ANY(%s)", [list(NEW)])
    dba.commit()


def add(**changed: str) -> Result:
    words = [(f"--{name}", value) for name, value in (ONE | changed).items()]
    return CliRunner().invoke(app, ["tenant", "add", *(it for pair in words for it in pair)])


def add_county(tmp_path: Path, text: str | bytes, *options: str) -> Result:
    file = tmp_path / "county.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(app, ["tenant", "add-county", str(file), *options])


def joined() -> set[str]:
    return set(Tenant.objects.filter(schema_name__in=NEW).values_list("schema_name", flat=True))


def administrators() -> tuple[Held, ...]:
    with in_the_name_of("t_norrby"):
        return queries.administrators(at=YEARS_AHEAD)


class TestTheFirstAdministrator:
    def test_can_sign_in_at_once(self) -> None:
        answer = add()

        assert answer.exit_code == 0, answer.output
        assert "Ola Fransson är lokal administratör och kan logga in." in answer.stdout
        (held,) = administrators()
        with in_the_name_of("t_norrby"):
            token = operations.open_session(staff_id=held.staff_id, at=YEARS_AHEAD)
            actor = queries.actor_of(token=token, at=YEARS_AHEAD)
        assert isinstance(actor, Actor)
        assert (actor.name, actor.role, actor.unit_name) == (
            "Ola Fransson", Role.LOCAL_ADMINISTRATOR, "Förvaltningen",
        )  # fmt: skip

    def test_is_let_in_once_and_never_put_back(self) -> None:
        add()
        again = add(**{"administrator": "SE2999999622-P009", "administrator-name": "Någon Annan"})

        assert again.exit_code == 0, again.output
        assert [it.name for it in administrators()] == ["Ola Fransson"]

    @pytest.mark.parametrize(
        ("changed", "advice"),
        [
            ({"administrator": "P001"}, "HSA-id P001 har fel form"),
            ({"administrator-name": ""}, "Skriv förnamn och efternamn"),
            ({"phone": "ring"}, "går inte att ringa"),
        ],
    )
    def test_who_is_entered_wrongly_stops_the_joining(
        self, changed: dict[str, str], advice: str
    ) -> None:
        answer = add(**changed)

        assert (answer.exit_code, joined()) == (2, set())
        assert advice in answer.stderr


class TestACountyFromAFile:
    def test_joins_region_first_with_administrators_and_onboarding(self, tmp_path: Path) -> None:
        answer = add_county(tmp_path, "\n".join([HEAD, LINES[1], LINES[0]]))

        assert answer.exit_code == 0, answer.output
        assert answer.stdout.endswith("2 huvudmän är anslutna.\n")
        assert joined() == set(NEW)
        with in_the_name_of("t_exempel"):
            opened = progress.standing("t_norrby").opened
        assert (opened.delregion, opened.wanted_start_on) == ("Norra", date(2027, 3, 1))
        assert opened.by.name == "samplan tenant add-county"

    def test_changes_nothing_the_second_time(self, tmp_path: Path) -> None:
        add_county(tmp_path, newcomers.SAMPLE)
        before = list(Tenant.objects.order_by("pk").values())

        again = add_county(tmp_path, newcomers.SAMPLE)

        assert again.stdout.count("Oförändrad") == 2
        assert list(Tenant.objects.order_by("pk").values()) == before

    def test_tells_what_a_changed_line_does(self, tmp_path: Path) -> None:
        add_county(tmp_path, newcomers.SAMPLE)

        told = add_county(tmp_path, newcomers.SAMPLE.replace("Norrby kommun", "Nya Norrby kommun"))

        assert "Ändras: rad 3, Nya Norrby kommun." in told.stdout
        assert Tenant.objects.get(schema_name="t_norrby").name == "Nya Norrby kommun"

    def test_shows_first_what_it_would_do(self, tmp_path: Path) -> None:
        told = add_county(tmp_path, newcomers.SAMPLE, "--dry-run")

        assert (told.exit_code, told.stdout.count("Tillkommer"), joined()) == (0, 2, set())

    @pytest.mark.parametrize(
        ("found", "put", "advice"),
        [
            ("t_norrby", "t-norrby", "Skriv små bokstäver"),
            ("t_norrby", "none", "går inte att använda"),
            ("norrby.localhost", "norrby-.localhost", "små bokstäver, utan http"),
            ("2999999622;", "2999999623;", "Kontrollera de tio siffrorna"),
            ("2999999622;", "2999999119;", "hör redan till en annan huvudman"),
            ("2999999622;", "2999999614;", "står på rad 2 också"),
            (";Kommun;", ";Kommmun;", "Skriv en av: Region, Kommun, Region och kommun"),
            (";Norrby kommun;", ";;", "sammanslagna i kalkylbladet"),
            ("2027-03-01", "mars", "Skriv den som 2027-03-01"),
            ("2401", "2301", "börjar med länskoden"),
            ("090-00 00 01", "ring", "går inte att ringa"),
        ],
    )
    def test_is_refused_with_its_line_and_nobody_joins(
        self, tmp_path: Path, found: str, put: str, advice: str
    ) -> None:
        broken = "\n".join([HEAD, LINES[0], LINES[1].replace(found, put, 1)])

        answer = add_county(tmp_path, broken)

        assert (answer.exit_code, joined()) == (2, set())
        assert "Går inte: rad 3," in answer.stdout
        assert advice in answer.stdout
        assert "Ingen är ansluten" in answer.stderr

    def test_tells_every_fault_at_once(self, tmp_path: Path) -> None:
        text = newcomers.SAMPLE.replace("2999999614", "2999999615").replace("2401", "24")

        assert add_county(tmp_path, text).stdout.count("Går inte") == 2

    @pytest.mark.parametrize(
        ("content", "advice"),
        [
            (newcomers.SAMPLE.encode("cp1252"), "inte i UTF-8"),
            (f"{HEAD}\n".encode(), "Filen har ingen huvudman"),
            (b"schema;namn\n", "rubriken ska vara"),
        ],
    )
    def test_that_cannot_be_read_is_refused_with_what_to_do(
        self, tmp_path: Path, content: bytes, advice: str
    ) -> None:
        answer = add_county(tmp_path, content)

        assert (answer.exit_code, joined()) == (2, set())
        assert advice in answer.stderr


def test_a_name_that_is_a_login_in_the_database_is_refused(
    dba: psycopg.Connection[Any],
) -> None:
    (name,) = dba.execute("SELECT current_user").fetchone() or ()

    answer = add(schema=name)

    assert answer.exit_code == 2
    assert "är redan en inloggning i databasen" in answer.stderr
    assert not Tenant.objects.filter(schema_name=name).exists()
