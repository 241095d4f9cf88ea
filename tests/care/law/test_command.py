"""`samplan law ready`: dates with their paragraphs, and errors that say what to do."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from project.commands.law import app

NOON = ("--sent", "2026-03-02T12:00")


def run(*arguments: str) -> Result:
    """Run the command with the arguments."""
    return CliRunner().invoke(app, ["ready", *arguments])


def answer(*arguments: str) -> dict[str, object]:
    """Return the answer of the command as JSON."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output)
    return found


def test_the_dates_stand_first_and_each_line_has_its_paragraph() -> None:
    result = run("--sent", "2026-03-02T12:01", "--discharged", "2026-03-09")

    assert result.exit_code == 0
    rows = result.output.splitlines()
    assert rows[0].endswith("2026-03-05")
    assert rows[1].endswith("2026-03-06")
    assert rows[2].endswith("3")
    assert all(row.endswith(("§]", "st.]")) for row in rows[4:])


def test_noon_itself_is_in_time_and_the_minute_after_is_not() -> None:
    assert answer("--sent", "2026-03-02T12:00")["liable_from"] == "2026-03-05"
    assert answer("--sent", "2026-03-02T12:01")["liable_from"] == "2026-03-06"


def test_the_days_are_a_number_and_a_list_once_the_discharge_is_known() -> None:
    known = answer(*NOON, "--discharged", "2026-03-07")

    assert known["call_due_on"] == "2026-03-05"
    assert known["liable_days"] == 2
    assert known["liable_dates"] == ["2026-03-05", "2026-03-06"]
    assert answer(*NOON)["liable_days"] is None


def test_a_discharge_before_the_start_costs_nothing() -> None:
    assert answer(*NOON, "--discharged", "2026-03-04")["liable_days"] == 0


def test_an_agreement_may_give_other_days_and_another_time() -> None:
    assert answer(*NOON, "--grace-days", "5")["liable_from"] == "2026-03-07"
    assert answer(*NOON, "--cutoff", "10:00")["liable_from"] == "2026-03-06"


def test_an_offset_says_which_of_two_equal_times_is_meant() -> None:
    assert answer("--sent", "2026-10-25T02:30+01:00")["liable_from"] == "2026-10-28"
    assert answer("--sent", "2026-03-02T11:30+00:00")["liable_from"] == "2026-03-06"


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ((), "--sent saknas. Ange"),
        (("--sent", ""), "--sent saknas. Ange"),
        (("--sent", "i går"), "Ange datum och klockslag som 2026-03-02T12:01"),
        (("--sent", "2026-03-02"), "saknar klockslag. Ange"),
        (("--sent", "2026-02-30T12:00"), "Ange datum och klockslag"),
        (("--sent", "2026-03-29T02:30"), "finns inte: .* Ange ett klockslag före 02:00"),
        (("--sent", "2026-10-25T02:30"), r"finns två gånger: .* Lägg till \+02:00"),
        (("--sent", "2017-12-31T23:59"), "från 2018-01-01, då lagen började gälla"),
        (("--sent", "2018-01-01T00:00+05:00"), "från 2018-01-01"),
        (("--sent", "0001-01-01T00:00+14:00"), "från 2018-01-01"),
        (("--sent", "9999-12-31T23:59-14:00"), "till 2099-12-31"),
        ((*NOON, "--grace-days", "tre"), "Ange ett heltal från 0 till 90"),
        ((*NOON, "--grace-days", "-1"), "Ange ett heltal från 0 till 90"),
        ((*NOON, "--grace-days", ""), "Ange ett heltal från 0 till 90"),
        ((*NOON, "--cutoff", "25:00"), "Ange ett klockslag som 12:00"),
        ((*NOON, "--cutoff", ""), "Ange ett klockslag som 12:00"),
        ((*NOON, "--discharged", "snart"), "Ange ett datum som 2026-03-09"),
        ((*NOON, "--discharged", "2026-03-01"), "Ange samma dag eller en senare dag"),
        ((*NOON, "--discharged", "2100-01-01"), "till 2099-12-31"),
    ],
)
def test_a_wrong_value_is_refused_with_advice(arguments: tuple[str, ...], advice: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Fel: ")
    assert re.search(advice, result.stderr)


def test_the_command_needs_no_django() -> None:
    program = (
        "import sys; sys.modules['django'] = None; "
        "from project.commands.law import app; app(['ready', '--sent', '2026-03-02T09:15'])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3] / "platform",
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ".", "PYTHONUTF8": "1", "PATH": ""},
    )

    assert done.returncode == 0, done.stderr
    assert "2026-03-05" in done.stdout
