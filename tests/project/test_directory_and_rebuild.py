"""`samplan directory import` and `samplan rebuild`, as an operator runs them."""

from pathlib import Path

import pytest
from cast import AT, MUNICIPALITY, REGION
from people import BERIT, CASE_OFFICERS, HEALTH_CENTRE, HOUR, NURSE, OFFICER, write_units
from typer.testing import CliRunner

from care.cases.models import Deadline
from care.discharge import operations as discharge
from care.identity import importing, queries
from care.inbox import queries as inbox
from care.inbox import tasks
from care.inbox.models import WorklistRow
from project.cli import app
from tenants.context import acting_as
from tenants.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("project.commands.setup.django", lambda **_: None)
    write_units()


def test_the_operator_reads_in_the_first_units_and_the_first_administrator(tmp_path: Path) -> None:
    units, assignments = tmp_path / "units.csv", tmp_path / "assignments.csv"
    units.write_text(importing.UNITS_SAMPLE)
    assignments.write_text(importing.ASSIGNMENTS_SAMPLE)
    words = ["directory", "import", "--schema", "test_stranger", "--units", str(units)]

    told = CliRunner().invoke(app, [*words, "--dry-run"])

    assert told.exit_code == 0, told.output
    assert "Tillkommer" in told.output
    with acting_as("test_stranger"):
        before = Unit.objects.filter(owner="test_stranger").count()

    read = CliRunner().invoke(app, [*words, "--assignments", str(assignments)])

    assert read.exit_code == 0, read.output
    with acting_as("test_stranger"):
        assert Unit.objects.filter(owner="test_stranger").count() > before
        assert queries.staff_list(at=AT)


def test_a_broken_file_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    broken = tmp_path / "units.csv"
    broken.write_text("fel;rubrik\n1;2\n")

    told = CliRunner().invoke(
        app, ["directory", "import", "--schema", "test_stranger", "--units", str(broken)]
    )

    assert told.exit_code == 2
    assert "Fel:" in told.output


def test_what_is_computed_can_be_dropped_and_built_again() -> None:
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT, need_assessed_at=None,
            at=AT,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[HEALTH_CENTRE, CASE_OFFICERS],
            admitted_at=AT, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=AT + 48 * HOUR, needs=["social_services"], at=AT,
        )  # fmt: skip
    tasks.drain()
    with acting_as(MUNICIPALITY):
        before = inbox.worklist(actor=OFFICER, view=inbox.View.ALL, at=AT).entries
        WorklistRow.objects.update(state="closed", unacknowledged=9)
        Deadline.objects.filter(message_id=None).delete()

    told = CliRunner().invoke(app, ["rebuild"])

    assert told.exit_code == 0, told.output
    assert f"{MUNICIPALITY}: 1 ärenden" in told.output
    with acting_as(MUNICIPALITY):
        assert inbox.worklist(actor=OFFICER, view=inbox.View.ALL, at=AT).entries == before


def test_an_unknown_huvudman_is_said_to_be_unknown() -> None:

    for words in (["rebuild", "--schema", "t_x"], ["directory", "import", "--schema", "t_x"]):
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 2
        assert "inte ansluten" in told.output
