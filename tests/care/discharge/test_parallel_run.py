"""Both systems run: what is told each day, and that the old one is left only when all agrees."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import Time, agree
from old_system import DAY, HOUR, SYSTEM, Cells, case, cases, file_of, written
from people import (
    BERIT,
    CASE_OFFICERS,
    COORDINATOR,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    WARD,
    actor,
    write_units,
)
from typer.testing import CliRunner, Result

from care.cases.models import Case, Deadline, Event
from care.discharge import operations as discharge
from care.discharge.models import CutOver, Reconciliation, TakenOverCase
from care.discharge.takeover import importing, leaving, reconciling
from care.discharge.takeover.importing import Refused
from care.discharge.takeover.leaving import CannotLeave, Left
from care.discharge.takeover.reconciling import Match
from care.identity.permissions import Role
from care.inbox import tasks
from care.inbox.models import Delivery
from care.law.discharge import Act
from care.law.terms import ReceiptTime, Terms
from care.sharing import access
from project.cli import app
from tenants import clock
from tenants.context import acting_as

RECEIPTS = Terms(receipt_times={Act.NOTIFY_ADMISSION: ReceiptTime(hours=4)})
ADMINISTRATOR = actor("Anna Berg", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)


@pytest.fixture(autouse=True)
def time(committed: None, monkeypatch: pytest.MonkeyPatch) -> Time:
    write_units()
    now = Time()
    monkeypatch.setattr(clock, "moment", lambda: now.at)
    return now


def import_(rows: list[Cells], *, at: datetime = AT) -> None:
    with acting_as(REGION):
        report = importing.import_cases(
            actor=ADMINISTRATOR, system=SYSTEM, content=file_of(rows), dry_run=False, at=at
        )
    assert report.is_written
    tasks.drain()


def reconcile(rows: list[Cells], *, at: datetime = AT) -> reconciling.Result:
    with acting_as(REGION):
        return reconciling.reconcile(
            actor=ADMINISTRATOR, system=SYSTEM, content=file_of(rows), at=at
        )


def cut_over(*, at: datetime = AT) -> Left:
    with acting_as(REGION):
        return leaving.cut_over(actor=ADMINISTRATOR, system=SYSTEM, at=at)


def case_of(reference: str) -> Case:
    with acting_as(REGION):
        row = TakenOverCase.objects.get(reference=reference)
        return Case.objects.get(common_id=row.common_id)


def mixed() -> list[Cells]:
    """Import four cases, and return a file that says something else of three, with a new one."""
    import_(cases(4))
    same, closed, moved, _ = cases(4)
    return [
        same,
        closed | {"status": "avslutad"},
        moved | {"möte": written(AT + 2 * DAY), "mötesplats": "Åsgården"},
        case(9),
    ]


class TestReconciliation:
    def test_each_case_has_its_own_outcome_and_each_field_both_values(self) -> None:
        rows = mixed()

        result = reconcile(rows)

        assert [(it.match, it.reference, it.line) for it in result.cases] == [
            (Match.IN_BOTH, "M-1001", 2),
            (Match.CLOSED_THERE, "M-1002", 3),
            (Match.DIFFERENT, "M-1003", 4),
            (Match.ONLY_THERE, "M-1010", 5),
            (Match.ONLY_HERE, "M-1004", None),
        ]
        assert not result.agrees
        different = result.of(Match.DIFFERENT)[0]
        assert different.case_id == case_of("M-1003").pk
        assert [(it.column, it.there[:16], it.here[:16]) for it in different.differences] == [
            ("möte", written(AT + 2 * DAY), written(AT + DAY)),
            ("mötesplats", "", ""),
        ]

    def test_nothing_of_a_case_is_changed_by_it(self) -> None:
        rows = mixed()
        with acting_as(REGION):
            before = list(Event.objects.values_list("pk", flat=True))

        reconcile(rows)

        with acting_as(REGION):
            assert list(Event.objects.values_list("pk", flat=True)) == before
            assert case_of("M-1002").is_open

    def test_what_was_just_imported_agrees(self) -> None:
        import_(cases(6))

        result = reconcile(cases(6))

        assert result.agrees
        assert len(result.of(Match.IN_BOTH)) == 6
        assert result.there == result.here == reconciling.Counts(6, 3, 6)

    def test_what_was_done_here_only_is_a_difference(self) -> None:
        import_([case(1)])
        with acting_as(REGION):
            discharge.call_to_planning(
                actor=COORDINATOR, case_id=case_of("M-1002").pk, meeting_at=AT + DAY, form="home",
                at=AT,
            )  # fmt: skip

        found = reconcile([case(1)]).of(Match.DIFFERENT)

        assert {"kallelse_skickad", "möte"} <= {it.column for it in found[0].differences}

    def test_a_case_opened_here_by_hand_is_only_here(self) -> None:
        with acting_as(REGION):
            case_id = discharge.open_case(
                actor=NURSE, person=BERIT, variant="somatic", admitted_at=AT,
                need_assessed_at=None, at=AT,
            )  # fmt: skip

        assert [(it.match, it.reference, it.case_id) for it in reconcile([]).cases] == [
            (Match.ONLY_HERE, "", case_id)
        ]

    def test_a_file_with_faults_is_told_and_not_counted(self) -> None:
        import_(cases(2))

        result = reconcile([case(0), case(1, möte="2026-03-03")])

        assert {it.line for it in result.faults} == {3}
        assert not result.agrees
        with acting_as(REGION):
            assert not Reconciliation.objects.exists()

    def test_the_parallel_run_is_followed_by_the_last_comparison_of_each_day(self) -> None:
        rows = mixed()
        reconcile(rows)
        reconcile(cases(4), at=AT + HOUR)
        reconcile(rows, at=AT + DAY)

        with acting_as(REGION):
            days = reconciling.days(actor=ADMINISTRATOR, system=SYSTEM)

        assert [(it.at, it.agrees) for it in days] == [(AT + DAY, False), (AT + HOUR, True)]
        assert days[0].counts[Match.ONLY_HERE] == 1

    def test_no_name_and_no_number_stands_in_what_is_written(self) -> None:
        result = reconcile(mixed())

        for text in (reconciling.as_csv(result), reconciling.as_json(result)):
            assert "M-1003" in text
            assert not any(
                word in text
                for row in cases(10)
                for word in (row["personnummer"], row["efternamn"], "Åsa", "Åsgården", "Jonas")
            )

    def test_it_is_written_for_a_spreadsheet_and_for_a_program(self) -> None:
        result = reconcile(mixed())

        lines = reconciling.as_csv(result).splitlines()
        told = json.loads(reconciling.as_json(result))

        assert lines[0] == "utfall;referens;ärende;rad;fält;där;här"
        assert lines[2].startswith("Avslutat där, öppet här;M-1002;")
        assert told["counts"] == {
            "in_both": 1, "closed_there": 1, "different": 1, "only_there": 1, "only_here": 1,
        }  # fmt: skip
        assert told["cases"][2]["differences"][0]["column"] == "möte"

    def test_whoever_is_no_administrator_may_not(self) -> None:
        with acting_as(REGION), pytest.raises(access.NotAllowed):
            reconciling.reconcile(actor=NURSE, system=SYSTEM, content=file_of([]), at=AT)
        with acting_as(REGION), pytest.raises(access.NotAllowed):
            reconciling.days(actor=NURSE, system=SYSTEM)


class TestCutOver:
    def test_when_everything_agrees_the_old_system_is_left(self) -> None:
        import_(cases(6))
        reconcile(cases(6))

        left = cut_over(at=AT + HOUR)

        assert left.counts == reconciling.Counts(6, 3, 6)
        with acting_as(REGION):
            row = CutOver.objects.get()
            assert (row.staff_name, row.calls_there, row.calls_here) == ("Anna Berg", 3, 3)
            assert leaving.left(actor=ADMINISTRATOR, system=SYSTEM) == left
            with pytest.raises(Refused, match="Övergången från Meddix är gjord"):
                importing.import_cases(
                    actor=ADMINISTRATOR, system=SYSTEM, content=file_of(cases(7)), dry_run=False,
                    at=AT + 2 * HOUR,
                )  # fmt: skip
        with pytest.raises(Refused):
            cut_over(at=AT + 2 * HOUR)

    def test_without_a_comparison_of_today_it_is_not(self) -> None:
        import_(cases(2))
        reconcile(cases(2))

        with pytest.raises(CannotLeave) as refused:
            cut_over(at=AT + DAY)

        assert "i dag" in refused.value.reasons[0]

    def test_with_a_difference_it_is_not_and_every_kind_is_told(self) -> None:
        reconcile(mixed())

        with pytest.raises(CannotLeave) as refused:
            cut_over()

        told = " ".join(refused.value.reasons)
        for word in ("Bara där: 1", "Bara här: 1", "Olika: 1", "Avslutat där, öppet här: 1"):
            assert word in told
        with acting_as(REGION):
            assert not CutOver.objects.exists()

    def test_with_a_call_that_has_come_since_the_comparison_it_is_not(self) -> None:
        import_([case(1)])
        reconcile([case(1)])
        with acting_as(REGION):
            discharge.call_to_planning(
                actor=COORDINATOR, case_id=case_of("M-1002").pk, meeting_at=AT + DAY, form="home",
                at=AT,
            )  # fmt: skip

        with pytest.raises(CannotLeave, match="Kallelser: 0 där, 1 här"):
            cut_over(at=AT + HOUR)

    def test_while_a_municipality_has_not_fetched_its_cases_it_is_not(self) -> None:
        with acting_as(REGION):
            importing.import_cases(
                actor=ADMINISTRATOR, system=SYSTEM, content=file_of([case(0)]), dry_run=False,
                at=AT,
            )  # fmt: skip
        reconcile([case(0)])

        with pytest.raises(CannotLeave, match="Testkommun har inte hämtat"):
            cut_over()
        tasks.drain()

        assert cut_over().counts.open_cases == 1

    def test_clocks_for_receipts_run_from_then_on(self, time: Time) -> None:
        agree(terms=RECEIPTS.to_json())
        rows = [case(0, inskrivning_kvitterad="", besvarad="", besvarad_av="")]
        import_(rows)
        time.at = AT + DAY
        reconcile(rows, at=time.at)
        cut_over(at=time.at)

        tasks.drain()

        with acting_as(MUNICIPALITY):
            due = Delivery.objects.filter(message__act="notify_admission")
            assert {it.unit_id for it in due} == {CASE_OFFICERS, MUNICIPAL_NURSES}
            assert {it.receipt_due_at for it in due} == {AT + DAY + 4 * HOUR}
        time.pass_to(AT + 2 * DAY)
        with acting_as(MUNICIPALITY):
            forwarded = Delivery.objects.exclude(forwarded_at=None)
            assert {it.unit_id for it in forwarded} == {CASE_OFFICERS}
            passed = Deadline.objects.filter(rule="admission_receipt_due", acted_at__isnull=False)
            assert passed.exists()

    def test_whoever_is_no_administrator_may_not(self) -> None:
        for who in (NURSE, OFFICER):
            with acting_as(who.tenant), pytest.raises(access.NotAllowed):
                leaving.cut_over(actor=who, system=SYSTEM, at=AT)


class TestCommand:
    @pytest.fixture(autouse=True)
    def set_up_already(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("project.commands.setup.django", lambda **_: None)

    def run(self, *words: str, schema: str = REGION) -> Result:
        return CliRunner().invoke(app, ["case", *words, "--schema", schema, "--system", SYSTEM])

    def test_from_the_first_file_to_the_cut_over(self, tmp_path: Path) -> None:
        file = tmp_path / "cases.csv"
        file.write_bytes(file_of(cases(3)))

        told = self.run("import", str(file), "--dry-run")

        assert (told.exit_code, "Nytt: rad 2 M-1001" in told.output) == (0, True), told.output
        with acting_as(REGION):
            assert not Case.objects.exists()
        assert "Inläst." in self.run("import", str(file)).output
        tasks.drain()
        agreed = self.run("reconcile", str(file))
        assert (agreed.exit_code, "Med kallelse: 2 där, 2 här" in agreed.output) == (0, True)
        assert "stämmer: avslutat där, öppet här 0" in self.run("days").output
        left = self.run("cut-over")
        assert (left.exit_code, "3 öppna ärenden" in left.output) == (0, True), left.output
        assert self.run("import", str(file)).exit_code == 2

    def test_a_fault_ends_with_two_and_a_difference_with_one(self, tmp_path: Path) -> None:
        file = tmp_path / "cases.csv"
        file.write_bytes(file_of([case(0, möte="")]))

        refused = self.run("import", str(file))

        assert refused.exit_code == 2
        assert "Kan inte läsas in: rad 2 M-1001" in refused.output
        assert "Ingenting är inläst." in refused.output
        assert self.run("reconcile", str(file)).exit_code == 2
        file.write_bytes(file_of([case(0)]))
        different = self.run("reconcile", str(file))
        assert (different.exit_code, "Bara där: M-1001 rad 2" in different.output) == (1, True)
        assert json.loads(self.run("reconcile", str(file), "--format", "json").output)["cases"]
        assert self.run("reconcile", str(file), "--format", "csv").output.startswith("utfall;")
        not_yet = self.run("cut-over")
        assert (not_yet.exit_code, "Bara där: 1" in not_yet.output) == (2, True)

    def test_what_is_not_there_is_told(self, tmp_path: Path) -> None:
        assert "sökvägen" in self.run("import", str(tmp_path / "nix.csv")).output
        nobody = self.run("days", schema="t_nix")
        assert (nobody.exit_code, "inte ansluten" in nobody.output) == (2, True)
