"""Import of units and assignments: the difference first, then all of it or nothing."""

from dataclasses import replace

import pytest
from cast import AT, MUNICIPALITY
from hired import Hired
from people import CASE_OFFICERS, DAY, DUTY, MUNICIPAL_NURSES, WARD

from care.identity import approving, importing, queries
from care.identity.actors import Actor
from care.identity.importing import (
    ASSIGNMENT_COLUMNS,
    ASSIGNMENTS_SAMPLE,
    UNIT_COLUMNS,
    UNITS_SAMPLE,
    BadFile,
    Change,
    Report,
)
from care.identity.models import Assignment, DirectoryEvent, Staff
from care.identity.operations import NotAdministrator
from care.identity.permissions import Role
from care.law import calendar
from tenants.context import acting_as
from tenants.models import Unit

UNITS_HEADER = ";".join(UNIT_COLUMNS)
OFFICERS = (
    f"{CASE_OFFICERS};Biståndsenheten;Socialtjänst;Omsorg om äldre och personer med"
    f" funktionshinder;063-00 00 00;mån-fre 08:00-16:30;nej;{DUTY};ja"
)
ON_DUTY = f"{DUTY};Socialjouren;social_services;social_care_2022_913;063-00 00 00;alltid;ja;;nej"
NURSES = (
    f"{MUNICIPAL_NURSES};Kommunal hemsjukvård;Kommunal hälso- och sjukvård;Hälso- och"
    " sjukvård;063-00 00 00;alltid;ja;;ja"
)
AS_IT_IS = (OFFICERS, ON_DUTY, NURSES)
NEW_UNIT = (
    "SE2999999127-KVALL;Kvällspatrullen;Kommunal hälso- och sjukvård;Hälso- och sjukvård;+46 63 14;"
    "mån-fre 16:00-22:00, lör 10:00-14:00;nej;;nej"
)
HEADER = ";".join(ASSIGNMENT_COLUMNS)
MINE = f"SE2999999127-P009;Anna Berg;{CASE_OFFICERS};Lokal administratör;Befattning;;"
HERS = f"SE2999999127-P001;Karin Nyström;{CASE_OFFICERS};Koordinator i kommunen;Befattning;;"
HERS_TOO = f"SE2999999127-P001;Karin Nyström;{DUTY};inbox_coordinator;Befattning;;"


def units(actor: Actor, *rows: str, dry_run: bool = False, **more: object) -> Report:
    return units_of(actor, "\n".join([UNITS_HEADER, *rows]).encode(), dry_run=dry_run, **more)


def units_of(actor: Actor, content: bytes, *, dry_run: bool = False, **more: object) -> Report:
    with acting_as(MUNICIPALITY):
        return importing.import_units(actor=actor, content=content, dry_run=dry_run, at=AT, **more)


def assignments(actor: Actor, *rows: str, takes_two: bool = False, dry_run: bool = False) -> Report:
    content = "\n".join([HEADER, *rows]).encode()
    with acting_as(MUNICIPALITY):
        return importing.import_assignments(
            actor=actor, content=content, takes_two=takes_two, dry_run=dry_run, at=AT
        )


def live() -> set[str]:
    with acting_as(MUNICIPALITY):
        rows = Unit.objects.filter(owner=MUNICIPALITY, archived_on=None)
        return set(rows.values_list("hsa_id", flat=True))


def changes(report: Report) -> list[tuple[int | None, Change]]:
    return [(it.line, it.change) for it in report.lines]


class TestUnits:
    def test_the_same_list_changes_nothing(self, administrator: Actor) -> None:
        report = units(administrator, *AS_IT_IS)

        assert changes(report) == [(number, Change.UNCHANGED) for number in (2, 3, 4)]
        with acting_as(MUNICIPALITY):
            assert not DirectoryEvent.objects.exists()

    def test_added_changed_and_ended_are_told_and_done(self, administrator: Actor) -> None:
        renamed = OFFICERS.replace("063-00 00 00", "063-14 75 00")
        report = units(administrator, renamed, ON_DUTY, NEW_UNIT)

        assert changes(report) == [
            (2, Change.CHANGED),
            (3, Change.UNCHANGED),
            (4, Change.ADDED),
            (None, Change.ENDED),
        ]
        assert "telefon: 063-00 00 00 → 063-14 75 00" in report.lines[0].text
        assert live() == {CASE_OFFICERS, DUTY, "SE2999999127-KVALL"}
        assert changes(units(administrator, renamed, ON_DUTY, NEW_UNIT)) == [
            (number, Change.UNCHANGED) for number in (2, 3, 4)
        ]

    def test_opening_hours_are_read_as_they_are_written(self, administrator: Actor) -> None:
        units(administrator, *AS_IT_IS, NEW_UNIT)

        with acting_as(MUNICIPALITY):
            hours = Unit.objects.get(pk="SE2999999127-KVALL").opening_hours
        assert hours["fri"] == ["16:00", "22:00"]
        assert hours["sat"] == ["10:00", "14:00"]
        assert "sun" not in hours

    def test_what_differs_is_told_in_swedish_in_the_order_of_the_week(
        self, administrator: Actor
    ) -> None:
        units(administrator, *AS_IT_IS, NEW_UNIT)
        changed = NEW_UNIT.replace("mån-fre 16:00-22:00, lör 10:00-14:00", "sön 09:00-12:00")
        changed = changed.replace(";Hälso- och sjukvård;", ";Övrig socialtjänst;")
        report = units(administrator, *AS_IT_IS, changed, dry_run=True)

        (line,) = report.of(Change.CHANGED)
        assert "verksamhetsgren: Hälso- och sjukvård → Övrig socialtjänst" in line.text
        week = ", ".join(f"{day} 16:00-22:00" for day in ("mån", "tis", "ons", "tor", "fre"))
        assert f"öppettider: {week}, lör 10:00-14:00 → sön 09:00-12:00" in line.text

    def test_a_dry_run_writes_nothing(self, administrator: Actor) -> None:
        before = live()
        report = units(administrator, *AS_IT_IS, NEW_UNIT, dry_run=True)

        assert report.of(Change.ADDED)
        assert not report.is_written
        assert live() == before

    def test_one_refused_row_stops_them_all(self, administrator: Actor) -> None:
        before = live()
        bad = NEW_UNIT.replace("SE2999999127-KVALL", "SE2999999127-FEL").replace("+46 63 14", "x")
        report = units(administrator, *AS_IT_IS, NEW_UNIT, bad)

        assert report.is_refused
        assert not report.is_written
        assert [it.line for it in report.of(Change.REFUSED)] == [6]
        assert live() == before

    def test_a_unit_that_somebody_relies_on_cannot_be_left_out(self, administrator: Actor) -> None:
        report = units(administrator, OFFICERS, NURSES)

        (refused,) = report.of(Change.REFUSED)
        assert refused.line == 2
        assert "kan inte ta över" in refused.text

    def test_nor_one_whose_cases_run(self, administrator: Actor) -> None:
        report = units(administrator, OFFICERS, ON_DUTY, busy=[MUNICIPAL_NURSES])

        (refused,) = report.of(Change.REFUSED)
        assert (refused.line, refused.subject) == (None, MUNICIPAL_NURSES)
        assert "ärenden som pågår" in refused.text

    def test_one_whose_cases_run_may_go_when_its_successor_stays(
        self, administrator: Actor
    ) -> None:
        report = units(administrator, ON_DUTY, NURSES, busy=[CASE_OFFICERS])

        assert report.is_written
        assert live() == {DUTY, MUNICIPAL_NURSES}

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("SE2999999127-KVALL", "SE2999999127", "HSA-id SE2999999127 har fel form"),
            ("SE2999999127-KVALL", WARD, "hör till en annan huvudman"),
            ("Kvällspatrullen", "=HYPERLINK(1)", "formel"),
            ("Kvällspatrullen", "@summa", "formel"),
            ("Kvällspatrullen", "-1", "formel"),
            ("Kommunal hälso- och sjukvård;", "Klinik;", "Välj en av: Avdelning"),
            ("mån-fre 16:00-22:00", "vardagar", "mån-fre 08:00-16:30"),
            ("mån-fre 16:00-22:00", "mån-fre 16-22", "måndag"),
            (";nej;;nej", ";kanske;;nej", "Skriv ja eller nej"),
            (";nej;;nej", ";nej;SE2999999127-NONE;nej", "kan inte ta över"),
            (";nej;;nej", ";nej;;nej;extra", "10 fält men ska ha 9"),
            (";nej;;nej", ";nej", "7 fält men ska ha 9"),
        ],
    )
    def test_a_wrong_row_is_refused_with_its_reason(
        self, administrator: Actor, old: str, new: str, says: str
    ) -> None:
        report = units(administrator, *AS_IT_IS, NEW_UNIT.replace(old, new))

        (refused,) = report.of(Change.REFUSED)
        assert refused.line == 5
        assert says in refused.text

    def test_the_same_row_twice_is_refused(self, administrator: Actor) -> None:
        report = units(administrator, *AS_IT_IS, OFFICERS)

        (refused,) = report.of(Change.REFUSED)
        assert (refused.line, refused.text) == (5, "Samma som rad 2. Ta bort en av raderna.")


class TestTheFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    @pytest.mark.parametrize("separator", [";", ","])
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_every_spreadsheet_may_have_saved_it(
        self, administrator: Actor, encoding: str, separator: str, ending: str
    ) -> None:
        text = ending.join([UNITS_HEADER, *AS_IT_IS, ""]).replace(";", separator)

        report = units_of(administrator, text.encode(encoding))
        assert len(report.of(Change.UNCHANGED)) == 3

    def test_a_cell_in_quotation_marks_may_hold_the_separator(self, administrator: Actor) -> None:
        row = NEW_UNIT.replace(";", ",").replace(
            "mån-fre 16:00-22:00, lör 10:00-14:00", '"mån-fre 16:00-22:00, lör 10:00-14:00"'
        )
        rows = [it.replace(";", ",") for it in (UNITS_HEADER, *AS_IT_IS)]

        report = units_of(administrator, "\n".join([*rows, row]).encode())
        assert len(report.of(Change.ADDED)) == 1

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "Filen är tom"),
            (b"hsa_id;namn\n", "Rad 1 har fel rubriker"),
            (UNITS_HEADER.replace("namn", "name").encode(), "Skriv dem så här"),
            (f"{UNITS_HEADER}\n{OFFICERS}".encode("latin-1"), "Rad 1 är inte skriven i UTF-8"),
            (f"{UNITS_HEADER}\n".encode() + OFFICERS.encode("latin-1"), "Rad 2 är inte skriven"),
            (f"{UNITS_HEADER}\n{OFFICERS}\n\0".encode(), "Rad 3 innehåller tecken"),
            (f'{UNITS_HEADER}\n{OFFICERS}\n"half'.encode(), "Rad 3 går inte att läsa"),
            (b"PK\x03\x04\xff\xfe", "CSV UTF-8"),
        ],
    )
    def test_one_that_cannot_be_read_is_refused_with_its_line(
        self, administrator: Actor, content: bytes, says: str
    ) -> None:
        before = live()
        with pytest.raises(BadFile, match=says):
            units_of(administrator, content)
        assert live() == before

    def test_empty_lines_are_no_rows(self, administrator: Actor) -> None:
        report = units(administrator, OFFICERS, "", ON_DUTY, ";;;;;;;;", NURSES)

        assert [it.line for it in report.lines] == [2, 4, 6]

    @pytest.mark.parametrize(
        ("sample", "columns"),
        [(UNITS_SAMPLE, UNIT_COLUMNS), (ASSIGNMENTS_SAMPLE, ASSIGNMENT_COLUMNS)],
    )
    def test_the_sample_of_the_documentation_can_be_read(
        self, sample: str, columns: tuple[str, ...]
    ) -> None:
        rows = list(importing._read(sample.encode(), columns))
        assert [len(cells) for _, cells in rows] == [len(columns)] * 2


class TestAssignments:
    def test_the_same_list_changes_nothing(self, administrator: Actor, coordinator: Hired) -> None:
        report = assignments(administrator, MINE, HERS, HERS_TOO)

        assert [it.change for it in report.lines] == [Change.UNCHANGED] * 3

    def test_added_changed_and_ended_are_told_and_done(
        self, administrator: Actor, coordinator: Hired
    ) -> None:
        new = f"SE2999999127-P010;Åke Ny;{DUTY};Handläggare;Handläggare;2026-03-02;2026-12-31"
        promoted = HERS.replace("Befattning", "Enhetschef")
        report = assignments(administrator, MINE, promoted, new)

        assert changes(report) == [
            (2, Change.UNCHANGED),
            (3, Change.CHANGED),
            (4, Change.ADDED),
            (None, Change.ENDED),
        ]
        assert "befattning: Befattning → Enhetschef" in report.lines[1].text
        with acting_as(MUNICIPALITY):
            added = Assignment.objects.get(staff__hsa_id="SE2999999127-P010")
            held = queries.candidates(staff_id=coordinator.staff_id, at=AT)
            assert DirectoryEvent.objects.count() == 3
        assert added.valid_until.isoformat() == "2026-12-31T23:00:00+00:00"
        assert [it.unit_id for it in held] == [CASE_OFFICERS]

    def test_the_second_time_nothing_changes(self, administrator: Actor) -> None:
        new = f"SE2999999127-P010;Åke Ny;{DUTY};Handläggare;Handläggare;2026-03-02;2026-12-31"
        assignments(administrator, MINE, new)

        report = assignments(administrator, MINE, new)
        assert [it.change for it in report.lines] == [Change.UNCHANGED] * 2

    def test_what_differs_is_told_in_swedish_in_the_order_of_the_week(
        self, administrator: Actor
    ) -> None:
        units(administrator, *AS_IT_IS, NEW_UNIT)
        changed = NEW_UNIT.replace("mån-fre 16:00-22:00, lör 10:00-14:00", "sön 09:00-12:00")
        changed = changed.replace(";Hälso- och sjukvård;", ";Övrig socialtjänst;")
        report = units(administrator, *AS_IT_IS, changed, dry_run=True)

        (line,) = report.of(Change.CHANGED)
        assert "verksamhetsgren: Hälso- och sjukvård → Övrig socialtjänst" in line.text
        week = ", ".join(f"{day} 16:00-22:00" for day in ("mån", "tis", "ons", "tor", "fre"))
        assert f"öppettider: {week}, lör 10:00-14:00 → sön 09:00-12:00" in line.text

    def test_a_dry_run_writes_nothing(self, administrator: Actor, coordinator: Hired) -> None:
        report = assignments(administrator, MINE, dry_run=True)

        assert len(report.of(Change.ENDED)) == 2
        with acting_as(MUNICIPALITY):
            assert not Assignment.objects.exclude(revoked_at=None).exists()

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            (CASE_OFFICERS, WARD, "Lägg först upp enheten"),
            (CASE_OFFICERS, "SE2999999127-NONE", "Lägg först upp enheten"),
            ("Koordinator i kommunen", "Chef", "Välj en av: Sjuksköterska på avdelning"),
            ("Befattning;;", "Befattning;igår;", "Skriv dagen som 2026-01-31"),
            ("Befattning;;", "Befattning;2026-03-02;2026-03-01", "slutar innan det börjar"),
            ("Befattning", "", "saknar befattning"),
            ("Karin", "=Karin", "formel"),
            (";Befattning;;", "", "4 fält men ska ha 7"),
        ],
    )
    def test_a_wrong_row_is_refused_with_its_reason(
        self, administrator: Actor, coordinator: Hired, old: str, new: str, says: str
    ) -> None:
        report = assignments(administrator, MINE, HERS.replace(old, new), HERS_TOO)

        (refused,) = report.of(Change.REFUSED)
        assert refused.line == 3
        assert says in refused.text
        assert not report.is_written

    def test_one_person_has_one_name(self, administrator: Actor, coordinator: Hired) -> None:
        report = assignments(administrator, MINE, HERS, HERS_TOO.replace("Karin", "Carin"))

        (refused,) = report.of(Change.REFUSED)
        assert refused.line == 4
        assert "Karin Nyström på rad 3" in refused.text

    def test_whoever_imports_cannot_end_the_own_assignment(
        self, administrator: Actor, coordinator: Hired
    ) -> None:
        report = assignments(administrator, HERS, HERS_TOO)

        (refused,) = report.of(Change.REFUSED)
        assert "Ditt eget uppdrag saknas" in refused.text

    def test_a_new_name_is_taken_over(self, administrator: Actor, coordinator: Hired) -> None:
        rows = [it.replace("Nyström", "Ek") for it in (HERS, HERS_TOO)]
        assignments(administrator, MINE, *rows)

        with acting_as(MUNICIPALITY):
            assert Staff.objects.get(hsa_id="SE2999999127-P001").name == "Karin Ek"

    def test_many_are_written_in_few_queries(
        self, administrator: Actor, django_assert_max_num_queries: object
    ) -> None:
        rows = [
            f"SE2999999127-Q{number:04d};Namn {number};{DUTY};Handläggare;Handläggare;;"
            for number in range(2000)
        ]
        with django_assert_max_num_queries(20):
            report = assignments(administrator, MINE, *rows)
        assert len(report.of(Change.ADDED)) == 2000


class TestAssignmentsThatTakeTwo:
    new = f"SE2999999127-P010;Åke Ny;{DUTY};Handläggare;Handläggare;2026-04-01;2026-12-31"

    def asked(self, actor: Actor) -> list[str]:
        with acting_as(MUNICIPALITY):
            return sorted(it.hsa_id for it in approving.waiting(actor=actor))

    def test_what_is_new_is_asked_for_once(self, administrator: Actor) -> None:
        first = assignments(administrator, MINE, self.new, takes_two=True)
        other = self.new.replace("P010", "P011")
        again = assignments(administrator, MINE, self.new, other, takes_two=True)

        assert changes(first) == [(2, Change.UNCHANGED), (3, Change.ASKED)]
        assert changes(again) == [(2, Change.UNCHANGED), (3, Change.LEFT_OUT), (4, Change.ASKED)]
        assert "redan begärt för Åke Ny" in again.lines[1].text
        assert self.asked(administrator) == ["SE2999999127-P010", "SE2999999127-P011"]

    @pytest.mark.parametrize("takes_two", [True, False])
    def test_what_hsa_says_is_left_out(
        self, administrator: Actor, coordinator: Hired, takes_two: bool
    ) -> None:
        with acting_as(MUNICIPALITY):
            hers = Assignment.objects.filter(staff=coordinator.staff_id)
            hers.update(kind="hsa_commission", confirmed_at=AT - 9 * DAY)
            before = list(hers.order_by("pk").values())
        renamed = HERS.replace("Nyström", "Ek")
        report = assignments(administrator, MINE, renamed, takes_two=takes_two)

        assert changes(report) == [(2, Change.UNCHANGED), (3, Change.LEFT_OUT)]
        assert "från HSA" in report.lines[1].text
        with acting_as(MUNICIPALITY):
            assert list(hers.order_by("pk").values()) == before
            assert Staff.objects.get(pk=coordinator.staff_id).name == "Karin Nyström"
        assert self.asked(administrator) == []

    def test_none_begins_earlier_by_one(self, administrator: Actor) -> None:
        assignments(administrator, MINE, self.new)
        earlier = self.new.replace("2026-04-01", "2026-03-02")
        report = assignments(administrator, MINE, earlier, takes_two=True)

        (refused,) = report.of(Change.REFUSED)
        assert refused.line == 3
        assert "kan inte börja tidigare" in refused.text
        assert assignments(administrator, MINE, earlier).is_written

    def test_none_lasts_longer_by_one(self, administrator: Actor) -> None:
        assignments(administrator, MINE, self.new)
        longer = self.new.replace("2026-12-31", "2027-01-01")
        report = assignments(administrator, MINE, longer, takes_two=True)

        assert "kan inte förlängas" in report.of(Change.REFUSED)[0].text

    def test_later_and_shorter_it_may_be(self, administrator: Actor) -> None:
        assignments(administrator, MINE, self.new)
        shorter = self.new.replace("2026-04-01;2026-12-31", "2026-05-01;2026-11-30")

        assert assignments(administrator, MINE, shorter, takes_two=True).is_written

    def test_the_day_on_which_it_began_at_some_hour_is_that_day(self, administrator: Actor) -> None:
        with acting_as(MUNICIPALITY):
            row = Assignment.objects.get(pk=administrator.assignment_id)
        day = calendar.local_date(row.valid_from)
        report = assignments(administrator, MINE[:-1] + f"{day};", takes_two=True)

        assert changes(report)[0] == (2, Change.UNCHANGED)


@pytest.mark.parametrize("run", [importing.import_units, importing.import_assignments])
def test_nobody_but_an_administrator_imports(administrator: Actor, run: object) -> None:
    officer = replace(administrator, role=Role.CASE_OFFICER)

    with acting_as(MUNICIPALITY), pytest.raises(NotAdministrator):
        run(actor=officer, content=b"", dry_run=True, at=AT)
