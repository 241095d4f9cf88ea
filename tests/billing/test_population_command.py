"""`samplan population import`: from a file or from SCB, checked before anything is kept."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from pytest_django import Settings
from typer.testing import CliRunner, Result

from billing import queries
from project.commands.population import app
from tenants.context import acting_as
from tests.billing import books
from tests.billing.test_pxweb import answer

# Eight municipalities, as Jämtlands län has, those of the tests among them; nobody lives there.
CODES = ("2391", "2392", "2393", "2394", "2395", "2396", "2398", "2399")
FILE = ("import", "--schema", REGION, "--on", "2025-11-01", "--source", "SCB")


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


@pytest.fixture
def scb(settings: Settings) -> Iterator[tuple[str, list[Any]]]:
    """Serve an answer as SCB would, and keep what was asked."""
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8"]
    asked: list[Any] = []
    regions = {"23": "Länet"} | {code: f"Kommun {code}" for code in CODES}
    values = [40, 40, *(5 for _ in range(16))]
    told = answer(dimensions={"Region": regions, "Tid": {"2025": "2025"}}, value=values)

    class Scb(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked.append((self.path, json.loads(self.rfile.read(length))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Scb)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def kept(schema: str = REGION) -> tuple[queries.PopulationShown, ...]:
    with acting_as(schema):
        return queries.populations()


def written(place: Path, content: bytes) -> str:
    file = place / "pop.csv"
    file.write_bytes(content)
    return str(file)


def test_a_file_is_kept_with_its_hash(tmp_path: Path) -> None:
    told = run(*FILE, written(tmp_path, books.PEOPLE))

    assert told.exit_code == 0, told.output
    (it,) = kept()
    assert it.sha256 in told.stdout
    assert (it.municipalities, it.inhabitants) == (2, 10_000)
    assert kept(MUNICIPALITY) == (it,)


def test_scb_is_asked_for_the_county_and_its_answer_is_kept(scb: tuple[str, list[Any]]) -> None:
    server, asked = scb
    told = run("import", "--schema", REGION, "--scb", "2025", "--county", "23", "--server", server)

    assert told.exit_code == 0, told.output
    (path, question), *_ = asked
    assert path == "/tables/TAB1267/data?lang=sv&outputFormat=json-stat2"
    selected = {it["variableCode"]: it["valueCodes"] for it in question["selection"]}
    assert (selected["Region"], selected["Tid"]) == (["23", "23??"], ["2025"])
    (it,) = kept()
    assert (it.on.isoformat(), it.municipalities, it.inhabitants) == ("2025-11-01", 8, 80)


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (books.PEOPLE + "23;Länet;10001\n".encode(), (), "tillsammans 10"),
        (books.PEOPLE, ("--county", "23"), "ska ha 8"),
        ("kommunkod;kommun;folkmängd\n2399;Testkommun;3000\n".encode(), (), "Främlinge"),
        ("kommunkod;kommun;folkmängd\n2399;Testkommun;-3\n".encode(), (), "rad 2"),
        ("kommunkod;kommun;folkmängd\n2399;Testkommun;få\n".encode(), (), "rad 2"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(
    tmp_path: Path, content: bytes, more: tuple[str, ...], words: str
) -> None:
    told = run(*FILE, *more, written(tmp_path, content))

    assert told.exit_code == 2
    assert words in told.stderr
    assert kept() == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--schema", REGION), "antingen en fil eller --scb"),
        (("--schema", REGION, "--scb", "2025"), "--county saknas"),
        (("--schema", REGION, "no.csv"), "--on och --source saknas"),
        ((*FILE[1:], "no.csv"), "går inte att läsa"),
        (("--schema", REGION, "--scb", "2025", "--county", "23", "--server", "http://127.0.0.1:9"),
         "svarar inte"),
        (("--schema", REGION, "--scb", "2025", "--county", "23", "--server", "https://x.example"),
         "SAMPLAN_OUTGOING"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("scb")
def test_a_question_that_cannot_be_answered_says_what_to_do(
    arguments: tuple[str, ...], words: str
) -> None:
    told = run("import", *arguments)

    assert told.exit_code == 2
    assert words in told.stderr


def test_only_the_host_of_a_board_keeps_populations(tmp_path: Path) -> None:
    file = written(tmp_path, books.PEOPLE)
    for schema, words in ((MUNICIPALITY, "ligger inte hos"), ("t_ingen", "inte ansluten")):
        told = run("import", "--schema", schema, "--on", "2025-11-01", "--source", "SCB", file)
        assert (told.exit_code, words in told.stderr) == (2, True), told.stderr
