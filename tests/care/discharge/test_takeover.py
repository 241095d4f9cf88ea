"""Coming from an old system: the whole file or nothing, every fault with its row, no call lost."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import old_system
import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from isolation.county import Time, agree
from old_system import DAY, HOUR, SYSTEM, case, cases, file_of, with_faults, written
from people import (
    CASE_OFFICERS,
    COORDINATOR,
    HEALTH_CENTRE,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    STRANGER_OFFICER,
    WARD,
    actor,
    write_units,
)

from care.cases.models import Case, Deadline, Event
from care.discharge import operations as discharge
from care.discharge import queries
from care.discharge.models import TakenOverCase
from care.discharge.takeover import entries, importing, reading
from care.discharge.takeover.importing import BadFile, Outcome, Refused, Report
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.identity.units import Address
from care.inbox import tasks
from care.inbox.models import Delivery, Message, Outbox, WorklistRow
from care.individuals import operations as individuals
from care.individuals.models import Individual
from care.individuals.operations import Person
from care.law.discharge import Act
from care.law.terms import ReceiptTime, Terms
from care.sharing import access
from care.sharing.models import AccessLog
from tenants import clock
from tenants.context import acting_as

ROOT = Path(__file__).resolve().parents[3]
RECEIPTS = Terms(receipt_times={Act.NOTIFY_ADMISSION: ReceiptTime(hours=4)})
ADMINISTRATOR = actor("Anna Berg", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)


def import_(
    rows: "list[dict[str, str]] | bytes", *, by: Actor = ADMINISTRATOR, dry_run: bool = False,
    at: Any = AT, system: str = SYSTEM,
) -> Report:  # fmt: skip
    content = rows if isinstance(rows, bytes) else file_of(rows)
    with acting_as(by.tenant):
        return importing.import_cases(
            actor=by, system=system, content=content, dry_run=dry_run, at=at
        )


def checksums(dba: psycopg.Connection[Any]) -> dict[str, str]:
    """Return what every table of the huvudmän holds, save the log of who has read what."""
    dba.rollback()
    tables = dba.execute(
        "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname = ANY (%s) AND tablename <> 'sharing_accesslog'",
        [[REGION, MUNICIPALITY, STRANGER]],
    ).fetchall()
    return {
        name: str(
            dba.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t")
            .fetchone()
        )
        for (name,) in tables
    }  # fmt: skip


def faults(report: Report) -> set[tuple[int, str]]:
    return {(it.line, it.column) for it in report.of(Outcome.REFUSED)}


@pytest.fixture(autouse=True)
def time(committed: None, monkeypatch: pytest.MonkeyPatch) -> Time:
    write_units()
    now = Time()
    monkeypatch.setattr(clock, "moment", lambda: now.at)
    return now


class TestFiveHundred:
    """The whole of it, once: 40 faults in 500 open cases, then the mended file."""

    @pytest.mark.timeout(600)  # five hundred cases in three schemas, on whatever machine
    def test_every_fault_has_its_row_then_all_arrive_with_their_calls(
        self, dba: psycopg.Connection[Any]
    ) -> None:
        rows = cases(500)
        import_(rows[: old_system.EACH])  # open here, and soon closed there
        tasks.drain()
        mixed, planted = with_faults(rows)
        before = checksums(dba)

        refused = import_(mixed)

        assert len(planted) == 40
        assert faults(refused) == {(it.line, it.column) for it in planted}
        assert not refused.is_written
        assert checksums(dba) == before
        assert import_(mixed, dry_run=True) == refused

        mended = import_(rows)

        assert mended.is_written
        assert len(mended.of(Outcome.ADDED)) == 496
        assert len(mended.of(Outcome.UNCHANGED)) == 4
        tasks.drain()
        calls = {it["referens"]: it["möte"] for it in rows if "möte" in it}
        assert len(calls) == 250
        assert self.calls(REGION, at_home=HEALTH_CENTRE) == calls
        assert self.calls(MUNICIPALITY, at_home=CASE_OFFICERS) == calls
        for schema in (REGION, MUNICIPALITY):
            with acting_as(schema):
                assert Case.objects.filter(is_open=True, expected_discharge_at=None).count() == 0
                assert not Event.objects.filter(act="deadline_passed").exists()
                assert not WorklistRow.objects.exclude(unacknowledged=0).exists()
        with acting_as(REGION):
            assert Delivery.objects.filter(delivered_at=None).count() == 0

        before = checksums(dba)
        again = import_(rows)
        tasks.drain()

        assert {it.outcome for it in again.lines} == {Outcome.UNCHANGED}
        assert checksums(dba) == before

    def calls(self, schema: str, *, at_home: str) -> dict[str, str]:
        """Return the time of the meeting of every call, by the old number, as a unit has it."""
        with acting_as(schema):
            sent = Message.objects.filter(act="call_to_planning")
            if schema == MUNICIPALITY:
                sent = sent.filter(deliveries__unit_id=at_home)
            return {
                it.core["taken_over"].removeprefix(f"{SYSTEM}, "): written(
                    datetime.fromisoformat(it.core["meeting_at"])
                )
                for it in sent
            }


def here(reference: str, *, schema: str = REGION) -> Case:
    with acting_as(REGION):
        common_id = TakenOverCase.objects.get(reference=reference).common_id
    with acting_as(schema):
        return Case.objects.get(common_id=common_id)


def events(reference: str) -> list[tuple[str, str]]:
    with acting_as(REGION):
        rows = Event.objects.filter(common_id=here(reference).common_id).order_by("at", "id")
        return [(it.act, written(it.at)) for it in rows]


class TestATakenOverCase:
    def test_stands_in_the_state_it_had_with_the_times_it_had(self) -> None:
        row = case(0)
        import_([row])
        tasks.drain()

        for schema in (REGION, MUNICIPALITY):
            assert here("M-1001", schema=schema).state == "ready"
        assert events("M-1001") == [
            ("open_case", row["inskriven"]),
            ("notify_admission", row["inskrivningsmeddelande"]),
            ("answer_admission", row["besvarad"]),
            ("name_care_contact", row["vårdkontakt_utsedd"]),
            ("call_to_planning", row["kallelse_skickad"]),
            ("notify_ready", row["utskrivningsklar"]),
        ]

    def test_says_where_it_comes_from_and_who_acted_there(self) -> None:
        import_([case(0)])
        tasks.drain()

        with acting_as(MUNICIPALITY):
            case_id = here("M-1001", schema=MUNICIPALITY).pk
            page = queries.case_page(actor=OFFICER, case_id=case_id, at=AT)
        call = next(it for it in page.messages if it.act == "call_to_planning")
        answer = next(it for it in page.messages if it.act == "answer_admission")

        assert call.core["taken_over"] == "Meddix, M-1001"
        assert (call.sender_name, call.sender_unit) == ("Lena Uusitalo", HEALTH_CENTRE)
        assert call.core["place"] == "Hälsocentralen Norr, rum 3"
        assert answer.core["acted_for"] == MUNICIPALITY
        opened = next(it for it in page.happenings if it.act == "answer_admission")
        assert (opened.origin, opened.unit_id) == (MUNICIPALITY, CASE_OFFICERS)

    def test_goes_on_here_as_any_other(self) -> None:
        import_([case(0)])
        tasks.drain()
        with acting_as(REGION):
            case_id = here("M-1001").pk
            discharge.record_discharge(
                actor=NURSE, case_id=case_id, discharged_at=AT + HOUR, destination="home",
                at=AT + HOUR,
            )  # fmt: skip
        tasks.drain()

        assert here("M-1001", schema=MUNICIPALITY).state == "discharged"

    def test_what_was_not_receipted_there_is_to_be_receipted_here(self) -> None:
        import_([case(0, kallelse_kvitterad="")])
        tasks.drain()

        with acting_as(MUNICIPALITY):
            waiting = Delivery.objects.filter(acknowledged_at=None, message__act="call_to_planning")
            assert {it.unit_id for it in waiting} == {CASE_OFFICERS, MUNICIPAL_NURSES}
            rows = WorklistRow.objects.filter(unacknowledged=1)
            assert {it.unit_id for it in rows} == {CASE_OFFICERS, MUNICIPAL_NURSES}

    def test_no_clock_for_a_receipt_runs_while_the_old_system_is_open(self, time: Time) -> None:
        agree(terms=RECEIPTS.to_json())
        import_([case(0, inskrivning_kvitterad="", besvarad="", besvarad_av="")])
        time.pass_to(AT + 2 * DAY)

        with acting_as(MUNICIPALITY):
            assert not Deadline.objects.filter(rule="admission_receipt_due").exists()
            assert not Delivery.objects.exclude(forwarded_at=None).exists()

    def test_a_person_that_came_back_is_two_cases(self) -> None:
        left = written(AT - 3 * DAY)
        first = case(1, utskriven=left, utskriven_till="hemmet", utskrivning_kvitterad=left)
        second = first | case(
            2, referens="M-2", personnummer=first["personnummer"], efternamn=first["efternamn"]
        )

        report = import_([second, first])

        assert report.is_written
        assert here("M-1002").state == "discharged"
        assert here("M-2").individual_id == here("M-1002").individual_id

    def test_a_protected_person_has_no_address_anywhere(self) -> None:
        import_([case(0, skydd="Sekretessmarkering")])
        tasks.drain()

        for schema in (REGION, MUNICIPALITY):
            with acting_as(schema):
                known = Individual.objects.get()
                assert (known.protection, known.registered_address) == ("flagged", "")

    def test_what_is_known_here_of_a_person_is_not_lost_by_a_file_that_lacks_it(self) -> None:
        row = case(0)
        with acting_as(REGION):
            individuals.know(
                Person(
                    kind="personnummer", number=row["personnummer"], given_name="Åsa",
                    family_name="Öberg", registered_municipality="2399",
                    registered_address="Storgatan 1", interpreter="arabiska",
                )
            )  # fmt: skip

        import_([row | {"adress": ""}])

        with acting_as(REGION):
            known = Individual.objects.get()
            assert (known.registered_address, known.interpreter) == ("Storgatan 1", "arabiska")
            assert known.family_name == "Öberg 0"

    def test_the_write_stands_in_the_access_log_by_who_imported(self) -> None:
        import_(cases(2))

        with acting_as(REGION):
            line = AccessLog.objects.get(activity="write")
            assert (line.staff_name, line.rows, len(line.common_ids)) == ("Anna Berg", 2, 2)


class TestParallelRun:
    def test_what_has_been_done_there_since_is_added_with_its_time(self) -> None:
        import_([case(1)])
        row = case(1) | {
            it: case(0)[it]
            for it in ("kallelse_skickad", "kallelse_enhet", "kallelse_av", "möte", "mötesplats")
        }

        report = import_([row], at=AT + HOUR)
        tasks.drain()

        assert [(it.outcome, it.text) for it in report.lines] == [
            (Outcome.CHANGED, "Nytt sedan sist: kallelse till samordnad individuell planering.")
        ]
        assert ("call_to_planning", row["kallelse_skickad"]) in events("M-1002")
        with acting_as(MUNICIPALITY):
            assert Message.objects.filter(act="call_to_planning").count() == 1
        assert {it.outcome for it in import_([row], at=AT + 2 * HOUR).lines} == {Outcome.UNCHANGED}

    def test_a_receipt_that_has_come_there_since_is_kept_here_and_there(self) -> None:
        import_([case(0, kallelse_kvitterad="")])
        tasks.drain()

        import_([case(0)], at=AT + HOUR)
        tasks.drain()

        for schema in (REGION, MUNICIPALITY):
            with acting_as(schema):
                calls = Delivery.objects.filter(message__act="call_to_planning")
                assert {it.acknowledged_by for it in calls} == {SYSTEM}
                assert not WorklistRow.objects.exclude(unacknowledged=0).exists()

    def test_a_new_estimate_is_stated_anew(self) -> None:
        import_([case(0)])
        later = written(AT + 5 * DAY)

        import_([case(0, beräknad_utskrivning=later)], at=AT + HOUR)

        assert ("revise_expected_discharge", written(AT + HOUR)) in events("M-1001")
        expected = here("M-1001").expected_discharge_at
        assert expected is not None
        assert written(expected) == later

    def test_ready_again_after_a_withdrawal_is_a_new_period(self) -> None:
        row = case(3, klar_återtagen=written(AT - DAY))
        import_([row])
        again = row | {
            "utskrivningsklar": written(AT - HOUR), "klar_bedömd": "", "klar_återtagen": "",
            "klar_kvitterad": "", "återtagande_kvitterat": "",
        }  # fmt: skip

        report = import_([again], at=AT + HOUR)

        assert [it.outcome for it in report.lines] == [Outcome.CHANGED]
        assert here("M-1004").state == "ready"
        assert [act for act, _ in events("M-1004")][-2:] == ["withdraw_ready", "notify_ready"]

    def test_what_contradicts_our_rows_is_left_to_a_person_each_time(self) -> None:
        import_([case(0)])
        before = events("M-1001")
        moved = case(0, möte=written(AT + 2 * DAY), utskrivningsklar=written(AT - 3 * DAY))

        for hours in (1, 2):
            report = import_([moved], at=AT + hours * HOUR)

            assert [it.outcome for it in report.lines] == [Outcome.TO_DECIDE]
            assert "möte, utskrivningsklar" in report.lines[0].text
        assert events("M-1001") == before

    def test_what_was_done_here_by_hand_is_not_done_once_more(self) -> None:
        import_([case(1)])
        tasks.drain()
        with acting_as(REGION):
            discharge.call_to_planning(
                actor=COORDINATOR, case_id=here("M-1002").pk, meeting_at=AT + DAY, form="home",
                at=AT,
            )  # fmt: skip
        row = case(1) | {it: case(0)[it] for it in ("kallelse_enhet", "möte")}
        row["kallelse_skickad"] = written(AT + timedelta(minutes=5))

        report = import_([row], at=AT + HOUR)

        assert [it.outcome for it in report.lines] == [Outcome.TO_DECIDE]
        with acting_as(REGION):
            assert Message.objects.filter(act="call_to_planning").count() == 1

    def test_a_case_that_was_opened_here_by_hand_is_not_doubled(self) -> None:
        import_([case(0)])

        report = import_([case(0, referens="M-9")], system="Lifecare")

        assert faults(report) == {(2, "personnummer")}

    def test_what_is_closed_there_is_closed_here_by_a_person(self) -> None:
        import_([case(0)])
        closed = case(0, status="avslutad")
        assert faults(import_([closed])) == {(2, "status")}
        assert here("M-1001").is_open
        with acting_as(REGION):
            discharge.abort_case(
                actor=NURSE, case_id=here("M-1001").pk, reason="no_need", at=AT + HOUR
            )

        report = import_([closed], at=AT + 2 * HOUR)

        assert [it.outcome for it in report.lines] == [Outcome.UNCHANGED]
        assert faults(import_([case(5, status="avslutad")])) == {(2, "status")}

    def test_a_system_has_one_name_however_it_is_spelt(self) -> None:
        import_([case(0)])

        assert {it.outcome for it in import_([case(0)], system=" meddix ").lines} == {
            Outcome.UNCHANGED
        }


class TestBadInput:
    def test_cp1252_with_merged_cells_is_refused_in_plain_swedish(
        self, dba: psycopg.Connection[Any]
    ) -> None:
        rows = cases(3)
        # A spreadsheet keeps the value of merged cells in the first of them.
        merged = {"mottagande_enheter": MUNICIPAL_NURSES, "mötesplats": "Åsgården"}
        before = checksums(dba)

        report = import_(file_of([rows[0], merged, *rows[1:]], encoding="cp1252"))

        told = {it.line: it.text for it in report.lines if it.outcome is Outcome.REFUSED}
        assert set(told) == {1, 3}
        assert "cp1252" in told[1]
        assert "CSV UTF-8" in told[1]
        assert "sammanslagna med rad 2" in told[3]
        assert "mottagande_enheter, mötesplats" in told[3]
        assert checksums(dba) == before

    def test_it_is_read_when_it_has_been_saved_anew(self) -> None:
        content = b"\xef\xbb\xbf" + file_of(cases(3))

        assert import_(content).is_written

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "tom"),
            (b"\xff\xfer\x00e\x00f\x00", "Unicode-text"),
            (b"referens;status\n", "Kolumner saknas: personnummer"),
            (file_of([case(0)]).replace(b"referens", b"referens;namn", 1), "nummer 2"),
            (file_of([case(0)]).replace(b"skydd", b"adress", 1), "två gånger: adress"),
            (file_of([case(0, adress="a\0b")]), "inte är text"),
            (file_of([]) + b'"M-1;\xc3\xa5', "citattecknen"),
            (file_of([case(0)], encoding="cp1252").replace("Åsa".encode("cp1252"), b"\x81"),
             "UTF-8"),
        ],
    )  # fmt: skip
    def test_a_file_that_cannot_be_read_says_what_to_do(self, content: bytes, told: str) -> None:
        with pytest.raises(BadFile, match=told):
            import_(content)

    @pytest.mark.parametrize(
        ("column", "other"),
        [
            ("status", {"status": "pågår"}),
            ("folkbokföringskommun", {"folkbokföringskommun": "Krokom"}),
            ("förnamn", {"förnamn": "Å" * 61}),
            ("efternamn", {"efternamn": "=1+1"}),
            ("skydd", {"skydd": "ja"}),
            ("vårdform", {"vårdform": "gyn"}),
            ("behov", {"behov": "hemtjänst"}),
            ("utskriven_till", {"utskriven": written(AT), "utskriven_till": "hem"}),
            ("utskriven", {"utskriven_till": "hemmet"}),
            ("besvarad_av", {"besvarad_av": ""}),
            ("besvarad", {"besvarad": ""}),
            ("vårdkontakt_enhet", {"vårdkontakt_enhet": ""}),
            ("kallelse_enhet", {"kallelse_enhet": "SE2999999127-NIX"}),
            ("klar_bedömd", {"klar_bedömd": written(AT + HOUR)}),
            ("möte", {"möte": "den 3 mars kl 9"}),
            ("möte", {"möte": "2026-02-30 09:00"}),
            ("möte", {"möte": written(AT - 30 * DAY)}),
            ("beräknad_utskrivning", {"beräknad_utskrivning": "2026-10-25 02:30"}),
            ("beräknad_utskrivning", {"beräknad_utskrivning": "2026-03-29 02:30"}),
            ("klar_återtagen", {"klar_återtagen": written(AT - 5 * DAY)}),
            ("klar_läkare", {"klar_läkare": ""}),
            ("referens", {"referens": "19400405-7032"}),
            ("avdelning", {"avdelning": "SE2999999135-BIST"}),
        ],
    )  # fmt: skip
    def test_a_cell_that_cannot_be_is_told_by_its_row_and_column(
        self, column: str, other: dict[str, str]
    ) -> None:
        report = import_([case(6), case(0, **other), case(12)])

        assert faults(report) == {(3, column)}
        assert not report.is_written

    def test_the_hour_that_comes_twice_is_read_when_it_is_named(self) -> None:
        import_([case(0, beräknad_utskrivning="2026-10-25 02:30 +01:00")])

        expected = here("M-1001").expected_discharge_at
        assert expected is not None
        assert f"{expected:%H:%M}" == "01:30"

    def test_a_report_never_quotes_a_name_or_a_number(self) -> None:
        shifted = case(0, möte="19400405-7032", status="Åsa", besvarad_av="Åsa Öberg")
        report = import_([shifted, case(1, referens="194004057032"), case(2), case(2)])

        told = " ".join(f"{it.reference} {it.text}" for it in report.lines)
        assert report.is_refused
        assert "19400405-7032" not in told
        assert "194004057032" not in told
        assert "Åsa" not in told
        assert "Öberg" not in told


class TestWho:
    @pytest.mark.parametrize("who", [NURSE, COORDINATOR, OFFICER, STRANGER_OFFICER])
    def test_whoever_is_no_administrator_may_not(self, who: Actor) -> None:
        with pytest.raises(access.NotAllowed):
            import_([case(0)], by=who)

    def test_another_huvudman_cannot_take_over_cases_of_this_ones_wards(self) -> None:
        theirs = actor("Olle Adm", Role.LOCAL_ADMINISTRATOR, "Administratör", CASE_OFFICERS)

        report = import_([case(0)], by=theirs)

        assert faults(report) == {(2, "avdelning")}

    def test_whoever_has_no_part_in_the_cases_gets_nothing(self) -> None:
        import_(cases(2))
        tasks.drain()

        with acting_as(STRANGER):
            assert not Case.objects.exists()
            assert not Message.objects.exists()

    def test_only_the_lead_tells_what_a_case_was(self) -> None:
        import_([case(0)])
        tasks.drain()
        with acting_as(REGION):
            letter = Outbox.objects.filter(kind="takeover", recipient=MUNICIPALITY).get().body
        for it in letter["messages"]:
            it["id"] = str(uuid4())
        with acting_as(STRANGER):
            Outbox.objects.create(
                recipient=MUNICIPALITY, kind="takeover", at=AT, body=letter,
                common_id=letter["case"]["common_id"],
            )  # fmt: skip
        with acting_as(MUNICIPALITY):
            before = Message.objects.count()

        tasks.drain()

        with acting_as(MUNICIPALITY):
            assert Message.objects.count() == before
            assert not Message.objects.filter(sender=STRANGER).exists()

    def test_a_system_must_have_a_name(self) -> None:
        with pytest.raises(Refused):
            import_([case(0)], system=" ")


class TestDocumentation:
    text = (ROOT / "docs" / "anvandare" / "byta-system.md").read_text("utf-8")

    def test_describes_every_column_and_no_other(self) -> None:
        described = re.findall(r"^\| `(\w+)` \|", self.text, flags=re.MULTILINE)

        assert tuple(described) == reading.COLUMNS

    def test_shows_a_file_that_can_be_read(self) -> None:
        shown = re.findall(r"^```text\n(.*?)^```", self.text, flags=re.DOTALL | re.MULTILINE)

        assert shown == [reading.SAMPLE]
        rows, wrong = reading.read(reading.SAMPLE.encode())
        named = {it: address(it) for it in entries.hsa_ids(rows)}
        judged = [entries.entry_of(row, book=named, home=REGION, at=AT + 30 * DAY) for row in rows]
        assert (wrong, [faults for _, faults in judged]) == ([], [[], []])


def address(hsa_id: str) -> Address:
    """Return an entry of the address book for a unit of the sample."""
    kinds = {"1001": "ward", "1002": "primary_care", "BIST": "social_services"}
    kind = kinds[hsa_id.partition("-")[2]]
    return Address(hsa_id, hsa_id, kind, "health_care", REGION, "", {}, False, "", False)
