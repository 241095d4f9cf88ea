"""`samplan cost`: the board's table in, every party's öre out, or a reason in plain Swedish."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from architecture import house
from typer.testing import CliRunner, Result

from billing import runs
from project.commands.cost import app
from tests.billing.test_runs import question
from tests.billing.vectors import JAMTLAND, worked

EXAMPLES = house.DOCS / "billing"
TABLE = str(EXAMPLES / "link2.csv")
POPULATION = str(EXAMPLES / "jamtland-2017-12-31.csv")
HEAD = "aktivitet;totalt;region;kommuner;anmärkning\n"
PEOPLE = "kommunkod;kommun;folkmängd\n2303;Ragunda;5444\n2305;Bräcke;6501\n"
MODELS = ("--method", "population", "--method", "equal", "--method", "mixed:30")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def answer(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_budget_is_split_line_by_line_as_json() -> None:
    found = answer("allocate", TABLE, "--population", POPULATION)

    assert (found["total_ore"], found["region_ore"]) == (281_000_000, 224_500_000)
    assert found["municipalities_ore"] == 56_500_000
    shares = {it: found["shares_ore"][it] for it in ("2303", "2305", "2321", "2380", "REGION")}
    assert shares == {
        "2303": 2_369_582,
        "2305": 2_829_657,
        "2321": 4_904_566,
        "2380": 27_248_020,
        "REGION": 224_500_000,
    }
    assert len(found["lines"]) == 9
    assert [it["is_text"] for it in found["lines"]] == [False] * 7 + [True] * 2
    for line in (*found["lines"], found):
        assert line["total_ore"] == line["region_ore"] + line["municipalities_ore"]
        assert line["total_ore"] == sum(line["shares_ore"].values())
        assert line["region_ore"] == line["shares_ore"]["REGION"]


def test_the_text_says_the_same_as_the_json() -> None:
    result = run("allocate", TABLE, "--population", POPULATION)

    assert result.exit_code == 0
    rows = result.stdout.splitlines()
    assert "Summa  2 810 000,00  2 245 000,00  565 000,00" in [
        re.sub(r" {2,}", "  ", row) for row in rows
    ]
    assert any(re.fullmatch(r"2380 Östersund +62 601 +272 480,20", row) for row in rows)
    assert any("LINK-modulen, licenskostnad: ** Kostnad som Region" in row for row in rows)
    assert rows[-1] == (
        "Fördelas summan i stället på en gång: 2305 Bräcke 28 296,58, 2321 Åre 49 045,65."
    )


def test_another_method_may_be_asked_for() -> None:
    equal = answer("allocate", TABLE, "--population", POPULATION, "--method", "equal")

    assert equal["method"] == "equal@1"
    assert {equal["shares_ore"][party] for party in JAMTLAND} == {7_062_500}


def test_models_stand_side_by_side() -> None:
    found = answer("simulate", TABLE, "--population", POPULATION, *MODELS)

    population, equal, mixed = found["models"]
    assert [it["method"] for it in found["models"]] == ["population@1", "equal@1", "mixed@1"]
    assert not any(population["difference_ore"].values())
    assert equal["difference_ore"]["2380"] == 7_062_500 - 27_248_020
    assert equal["per_inhabitant_ore"]["2303"] == 1_297
    assert "REGION" not in equal["per_inhabitant_ore"]
    off = [mixed["shares_ore"][it] - worked("C-30-70")[it] for it in JAMTLAND]
    assert max(map(abs, off)) <= 1  # the worked one splits the sum at once
    assert all(sum(it["shares_ore"].values()) == 281_000_000 for it in found["models"])


def test_models_are_compared_in_kronor_for_people_to_read() -> None:
    result = run("simulate", TABLE, "--population", POPULATION)

    assert result.exit_code == 0
    ostersund = next(it for it in result.stdout.splitlines() if "Östersund" in it)
    assert re.sub(r" {2,}", "|", ostersund) == (
        "2380 Östersund|272 480,20|4,35|0,00|70 625,00|1,13|-201 855,20"
    )


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ((), "TABLE.csv saknas. Ange"),
        ((TABLE,), "--population saknas. Ange"),
        (("saknas.csv", "--population", POPULATION), "saknas.csv går inte att läsa. Kontrollera"),
        ((TABLE, "--population", str(EXAMPLES)), "går inte att läsa"),
        ((TABLE, "--population", TABLE), "link2.csv: rad 1: rubriken ska vara kommunkod;"),
        ((TABLE, "--population", POPULATION, "--method", "users"), "kan inte vara ”users”. Ange"),
        ((TABLE, "--population", POPULATION, "--method", "mixed:0"), "mixed:30 "),
    ],
)
def test_a_wrong_value_is_refused_with_advice(arguments: tuple[str, ...], advice: str) -> None:
    refused(run("allocate", *arguments), advice)


@pytest.mark.parametrize(
    ("table", "people", "advice"),
    [
        ("Resor;2;1;1;\nMöten;50;25;24;\n", PEOPLE, "table.csv: rad 3: totalt är 50,00"),
        ("Resor;-2;-1;-1;\n", PEOPLE, "table.csv: rad 2: totalt: ”-2” är negativt"),
        ("Resor;två;1;1;\n", PEOPLE, "table.csv: rad 2: totalt: ”två” är inget belopp"),
        ("Resor;2;1;1;\n", PEOPLE + "2303;Ragunda;1\n", "people.csv: rad 4: .* står redan"),
        ("Resor;2;1;1;\n", PEOPLE + "2309;Krokom;\n", "people.csv: rad 4: folkmängden saknas"),
        ("Resor;2;1;1;\n", "kommunkod;kommun;folkmängd\n", "people.csv: Ingen kommun står i filen"),
    ],
)
def test_a_file_that_cannot_be_is_refused_by_name_line_and_advice(
    tmp_path: Path, table: str, people: str, advice: str
) -> None:
    (tmp_path / "table.csv").write_text(HEAD + table, "utf-8")
    (tmp_path / "people.csv").write_text(people, "utf-8")

    for command in ("allocate", "simulate"):
        result = run(
            command, str(tmp_path / "table.csv"), "--population", str(tmp_path / "people.csv")
        )
        refused(result, advice)


@pytest.mark.parametrize(
    "names",
    [("equal",), ("equal", "equal"), ("equal", "population", *(f"mixed:{it}" for it in (1, 2, 3)))],
)
def test_two_to_four_models_are_compared(names: tuple[str, ...]) -> None:
    asked = [word for name in names for word in ("--method", name)]

    result = run("simulate", TABLE, "--population", POPULATION, *asked)

    refused(result, "Välj två till fyra olika modeller")


def refused(result: Result, advice: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Fel: ")
    assert re.search(advice, result.stderr)


def test_the_command_needs_no_django() -> None:
    program = (
        "import sys; sys.modules['django'] = None; "
        f"from project.commands.cost import app; app(['allocate', {TABLE!r}, "
        f"'--population', {POPULATION!r}])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=house.ROOT / "platform",
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ".:..", "PYTHONUTF8": "1", "PATH": ""},
    )

    assert done.returncode == 0, done.stderr
    assert "272 480,20" in done.stdout


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A run as its page hands it out."""
    file = tmp_path / "run.json"
    file.write_bytes(runs.canonical(runs.record(question())))
    return file


def test_a_run_is_verified_from_its_file_alone(record: Path) -> None:
    found = answer("verify", str(record))

    assert found["is_same"]
    assert found["hash"] == found["computed_hash"]
    assert found["hash"] in run("verify", str(record), "--hash", found["hash"]).stdout
    other = run("verify", str(record), "--hash", "0" * 64)
    assert (other.exit_code, "beslutet har" in other.stderr) == (1, True)


def test_a_run_that_somebody_has_changed_is_told(record: Path) -> None:
    changed = json.loads(record.read_bytes())
    changed["result"]["shares_ore"]["2303"] -= 1
    record.write_text(json.dumps(changed))
    told = run("verify", str(record))

    assert told.exit_code == 1
    assert "Stämmer inte" in told.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', "inget"])
def test_what_is_no_run_is_refused(record: Path, content: str) -> None:
    record.write_text(content)
    told = run("verify", str(record))

    assert told.exit_code == 2
    assert "Hämta den på nytt" in told.stderr
