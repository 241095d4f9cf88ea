"""What HSA says: read, mapped, compared; told before it is done, and done as it was told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from cast import AT, MUNICIPALITY, REGION
from hired import Hired, acting, hire
from people import CASE_OFFICERS, DAY, HEALTH_CENTRE, MUNICIPAL_NURSES, WARD

from care.identity import approving, operations, queries
from care.identity.actors import Actor
from care.identity.hsa import mapping, reading, sample
from care.identity.hsa.importing import import_hsa
from care.identity.importing import BadFile, Change, Report
from care.identity.models import Assignment, DirectoryEvent, Staff
from care.identity.operations import NotAdministrator
from care.identity.permissions import Role
from tenants.context import acting_as
from tenants.models import Unit

SARA = "SE2999999119-P501"


def commission(unit_id: str = WARD, **changes: str) -> str:
    """Return a commission at a unit."""
    told = {
        "commissionName": "VoB", "commissionHsaId": f"C-{unit_id}",
        "commissionPurpose": "Vård och behandling",
        "commissionRight": (
            "<activity>Läsa</activity><informationClass>alla</informationClass><scope>VE</scope>"
        ),
        "healthCareUnitHsaId": unit_id, "healthCareProviderHsaId": "SE2999999119-VG",
        "healthCareProviderName": "Region Test",
    } | changes  # fmt: skip
    inner = "".join(
        f"<{name}>{value if name == 'commissionRight' else escape(value)}</{name}>"
        for name, value in told.items()
        if value
    )
    return f"<commission>{inner}</commission>"


def person(hsa_id: str = SARA, *inside: str, **changes: str) -> str:
    """Return the credentials of somebody."""
    told = {
        "givenName": "Sara", "middleAndSurName": "Lindmark", "personHsaId": hsa_id,
        "healthCareProfessionalLicence": "Sjuksköterska",
    } | changes  # fmt: skip
    fields = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items() if value)
    return f"<credentialInformation>{fields}{''.join(inside)}</credentialInformation>"


def role(name: str, system: str = "SAMPLAN") -> str:
    return f"<hsaSystemRole><systemId>{system}</systemId><role>{name}</role></hsaSystemRole>"


def batch(*people: str, made: datetime = AT) -> bytes:
    return f'<hsaBatch made="{made.isoformat()}">{"".join(people)}</hsaBatch>'.encode()


@pytest.fixture
def boss(units: None) -> Actor:
    hired = hire(REGION, "Rut Ek", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))
    return acting(hired, Role.LOCAL_ADMINISTRATOR, WARD)


@pytest.fixture
def run(boss: Actor) -> Callable[..., Report]:
    """Import a batch, and see first that what is told is what is done."""

    def act(content: bytes, *, at: datetime = AT) -> Report:
        with acting_as(REGION):
            told = import_hsa(actor=boss, content=content, takes_two=False, dry_run=True, at=at)
            before = list(Assignment.objects.order_by("pk").values())
            assert list(Assignment.objects.order_by("pk").values()) == before
            done = import_hsa(actor=boss, content=content, takes_two=False, dry_run=False, at=at)
        assert told.lines == done.lines
        assert (told.is_written, done.is_written) == (False, True)
        return done

    return act


def held(hsa_id: str = SARA, *, at: datetime = AT) -> list[queries.Held]:
    with acting_as(REGION):
        return [
            it for who in queries.staff_list(at=at) if who.hsa_id == hsa_id
            for it in who.assignments
        ]  # fmt: skip


def counts(report: Report) -> dict[str, int]:
    return {it.value: len(report.of(it)) for it in Change if report.of(it)}


class TestReading:
    def test_the_sample_of_the_documentation_is_read(self) -> None:
        (told,) = reading.read(sample.BATCH.encode()).credentials

        assert (told.name, told.is_protected, told.licences) == (
            "Sara Lindmark", True, ("Sjuksköterska",),
        )  # fmt: skip
        assert told.commissions[0].rights == ("Läsa;alla;VE",)
        assert told.system_roles[0].role == "ekonom:SE2321000214-1001"

    def test_namespaces_make_no_difference(self) -> None:
        space = sample.BATCH.replace("<credentialInformation>", '<credentialInformation xmlns="x">')

        assert len(reading.read(space.encode()).credentials) == 1

    @pytest.mark.parametrize(
        ("content", "advice"),
        [
            (b"", "inte hel XML"),
            (b"<hsaBatch made='2026-01-01'>", "inte hel XML"),
            (b"<other made='2026-01-01'/>", "inget uttag"),
            (b"<hsaBatch/>", "inget uttag"),
            (b"<hsaBatch made='igen'/>", "igen"),
            (b"<!DOCTYPE x [<!ENTITY a 'b'>]><hsaBatch made='2026-01-01'/>", "dokumenttyp"),
            (batch(person("fel")), "HSA-id"),
            (batch(person(), person()), "två gånger"),
            (batch(person(SARA, commission(healthCareUnitEndDate="snart"))), "snart"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused_with_advice(self, content: bytes, advice: str) -> None:
        with pytest.raises(BadFile, match=advice):
            reading.read(content)


class TestTheTable:
    def test_it_names_only_roles_that_there_are_and_no_operator(self) -> None:
        text = (mapping.HERE / "roles.csv").read_text("utf-8")
        named = {line.rsplit(";", 1)[1] for line in text.splitlines()[1:]}

        assert named <= {it.value for it in Role}
        assert Role.OPERATOR not in named

    def test_it_names_only_kinds_of_units_that_there_are(self) -> None:
        text = (mapping.HERE / "roles.csv").read_text("utf-8")

        assert {it.split(";")[2] for it in text.splitlines()[1:]} <= {*Unit.Kind.values, "*"}

    def test_what_it_lacks_gives_no_role(self, run: Callable[..., Report]) -> None:
        report = run(batch(person(SARA, commission(), healthCareProfessionalLicence="Logoped")))

        assert counts(report) == {"left_out": 1}
        assert "tabellen har ingen roll för Logoped" in report.lines[0].text


class TestAdding:
    def test_a_commission_gives_the_role_of_the_table(self, run: Callable[..., Report]) -> None:
        report = run(batch(person(SARA, commission(), commission(HEALTH_CENTRE))))

        assert counts(report) == {"added": 2}
        assert {(it.unit_id, it.role, it.kind) for it in held()} == {
            (WARD, Role.WARD_NURSE, "hsa_commission"),
            (HEALTH_CENTRE, Role.CARE_COORDINATOR, "hsa_commission"),
        }
        with acting_as(REGION):
            row = Assignment.objects.get(unit=WARD, staff__hsa_id=SARA)
        assert (row.source, row.provider_id, row.rights, row.confirmed_at) == (
            f"C-{WARD}", "SE2999999119-VG", ["Läsa;alla;VE"], AT,
        )  # fmt: skip

    def test_a_system_role_names_its_unit(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, role(f"medicinsk-sekreterare:{WARD}"), role("x", "ANNAT"))))

        assert [(it.role, it.kind) for it in held()] == [
            (Role.MEDICAL_SECRETARY, "hsa_system_role")
        ]

    def test_the_title_is_that_of_its_code(self, run: Callable[..., Report]) -> None:
        doctor = person(
            SARA, commission(), healthCareProfessionalLicence="Läkare", paTitleCode="201010"
        )
        run(batch(doctor))

        assert [(it.role, it.title) for it in held()] == [(Role.TREATING_PHYSICIAN, "Överläkare")]

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"commissionPurpose": "Statistik"}, "ändamålet är Statistik"),
            ({"commissionRight": ""}, "saknar rättigheten Läsa"),
            ({"healthCareUnitHsaId": ""}, "direkt under vårdgivaren"),
            ({"healthCareUnitHsaId": CASE_OFFICERS}, "finns inte i adressboken"),
            ({"healthCareUnitHsaId": "SE2999999119-NY"}, "finns inte i adressboken"),
            ({"feignedCommission": "true"}, "fingerad"),
            ({"feignedHealthCareProvider": "true"}, "fingerad"),
            ({"archivedHealthCareProvider": "true"}, "vårdgivaren är arkiverad"),
            ({"archivedHealthCareUnit": "true"}, "enheten är arkiverad"),
            ({"healthCareUnitEndDate": "2026-03-01T00:00:00"}, "enheten har slutat"),
            ({"healthCareUnitStartDate": "2026-04-01T00:00:00"}, "enheten har inte börjat"),
            ({"healthCareProviderEndDate": "2026-03-01T00:00:00"}, "vårdgivaren har slutat"),
        ],
    )
    def test_what_gives_nothing_is_left_out_and_told_why(
        self, run: Callable[..., Report], changes: dict[str, str], why: str
    ) -> None:
        report = run(batch(person(SARA, commission(**changes))))

        assert held() == []
        assert any(why in it.text for it in report.of(Change.LEFT_OUT))

    def test_a_feigned_person_gets_nothing(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, commission(), feignedPerson="true")))

        assert held() == []


class TestAgain:
    def test_the_second_time_nothing_changes(self, run: Callable[..., Report]) -> None:
        content = batch(person(SARA, commission(), protectedPerson="true"))
        run(content)
        with acting_as(REGION):
            events = DirectoryEvent.objects.count()

        assert counts(run(content, at=AT + DAY)) == {"unchanged": 1}
        with acting_as(REGION):
            assert DirectoryEvent.objects.count() == events
            assert Assignment.objects.get(staff__hsa_id=SARA).confirmed_at == AT

    def test_what_differs_is_told_and_done(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, commission(), commission(HEALTH_CENTRE))))
        later = person(
            SARA, commission(commissionHsaId="C-2"), middleAndSurName="Berg", protectedPerson="true"
        )
        report = run(batch(later, made=AT + DAY), at=AT + DAY)

        assert counts(report) == {"changed": 2, "ended": 1}
        told = " ".join(it.text for it in report.lines)
        assert f"uppdrag i HSA: C-{WARD} → C-2" in told
        assert "namn: Sara Lindmark → Sara Berg; får skyddade personuppgifter" in told
        assert "HSA har det inte längre" in told
        with acting_as(REGION):
            assert Staff.objects.get(hsa_id=SARA).is_protected
        assert [it.unit_id for it in held(at=AT + DAY)] == [WARD]

    def test_an_older_batch_is_refused(self, run: Callable[..., Report], boss: Actor) -> None:
        run(batch(person(SARA, commission())))

        with acting_as(REGION), pytest.raises(BadFile, match="äldre"):
            import_hsa(
                actor=boss, content=batch(made=AT - DAY), takes_two=False, dry_run=False, at=AT
            )
        assert len(held()) == 1

    @pytest.mark.parametrize(
        ("made", "advice"),
        [
            (AT + timedelta(minutes=6), "Kontrollera klockan"),
            (datetime.fromisoformat("9999-12-31T23:59:59-12:00"), "Kontrollera klockan"),
            (AT - 7 * DAY, "gäller i sju dagar"),
        ],
    )
    def test_one_of_another_time_is_refused_and_blocks_none(
        self, run: Callable[..., Report], boss: Actor, made: datetime, advice: str
    ) -> None:
        content = batch(person(SARA, commission()), made=made)
        for dry_run in (True, False):
            with acting_as(REGION), pytest.raises(BadFile, match=advice):
                import_hsa(actor=boss, content=content, takes_two=False, dry_run=dry_run, at=AT)

        assert counts(run(batch(person(SARA, commission())))) == {"added": 1}

    def test_clocks_differ_by_minutes(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, commission()), made=AT + timedelta(minutes=5)))

        assert len(held()) == 1

    def test_local_assignments_stay(self, run: Callable[..., Report]) -> None:
        hire(REGION, "Eva Lok", "SE2999999119-P600", (WARD, Role.WARD_NURSE))
        run(batch())

        assert len(held("SE2999999119-P600")) == 1

    def test_a_local_one_that_hsa_has_too_follows_hsa(self, run: Callable[..., Report]) -> None:
        hire(REGION, "Sara Lindmark", SARA, (WARD, Role.WARD_NURSE))
        report = run(batch(person(SARA, commission())))

        assert "Lokalt uppdrag → Medarbetaruppdrag i HSA" in report.of(Change.CHANGED)[0].text
        assert [it.kind for it in held()] == ["hsa_commission"]


class TestPeople:
    """Who is protected is so whatever else the batch says of them."""

    def test_who_has_a_local_assignment_only_is_protected_too(
        self, run: Callable[..., Report]
    ) -> None:
        hire(REGION, "Sara Lindmark", SARA, (WARD, Role.CARE_COORDINATOR))
        report = run(batch(person(SARA, protectedPerson="true", middleAndSurName="Berg")))

        assert counts(report) == {"changed": 1}
        assert "får skyddade personuppgifter" in report.lines[0].text
        with acting_as(REGION):
            sara = Staff.objects.get(hsa_id=SARA)
            event = DirectoryEvent.objects.get(what="change_staff")
        assert (sara.name, sara.is_protected) == ("Sara Berg", True)
        assert event.after == {"name": "Sara Berg", "is_protected": True}

    def test_what_an_administrator_protects_here_hsa_lifts_not(
        self, run: Callable[..., Report], boss: Actor
    ) -> None:
        sara = hire(REGION, "Sara Lindmark", SARA, (WARD, Role.WARD_NURSE))
        with acting_as(REGION):
            for _ in range(2):
                operations.protect_staff(
                    actor=boss, staff_id=sara.staff_id, is_protected=True, at=AT
                )
            event = DirectoryEvent.objects.get()
        assert (event.what, event.subject, event.after) == (
            "change_staff", SARA, {"is_protected_here": True},
        )  # fmt: skip
        run(batch(person(SARA, commission(), protectedPerson="true")))
        run(batch(person(SARA, commission())))

        with acting_as(REGION):
            person_here = queries.member(staff_id=sara.staff_id, at=AT)
        assert person_here is not None
        assert (person_here.is_protected, person_here.is_protected_here) == (False, True)

    def test_who_is_unknown_or_feigned_changes_nothing(self, run: Callable[..., Report]) -> None:
        hire(REGION, "Sara Lindmark", SARA, (WARD, Role.WARD_NURSE))
        feigned = person(SARA, protectedPerson="true", feignedPerson="true")
        run(batch(feigned, person("SE2999999119-P502", protectedPerson="true")))

        with acting_as(REGION):
            assert not Staff.objects.filter(is_protected=True).exists()


class TestUploadedWhereItTakesTwo:
    """Whoever uploads a batch may have written it: nothing is given, prolonged or lifted alone."""

    @pytest.fixture
    def upload(self, boss: Actor) -> Callable[..., Report]:
        def act(content: bytes, *, at: datetime = AT) -> Report:
            with acting_as(REGION):
                told, done = (
                    import_hsa(actor=boss, content=content, takes_two=True, dry_run=dry_run, at=at)
                    for dry_run in (True, False)
                )
            assert told.lines == done.lines
            return done

        return act

    def test_what_is_new_is_asked_for_once(
        self, upload: Callable[..., Report], boss: Actor
    ) -> None:
        content = batch(person(SARA, commission(), role(f"lokal-administrator:{WARD}")))

        assert counts(upload(content)) == {"asked": 2}
        assert held() == []
        assert counts(upload(content)) == {"left_out": 2}
        with acting_as(REGION):
            waiting = approving.waiting(actor=boss)
        assert {(it.hsa_id, it.role, it.is_own) for it in waiting} == {
            (SARA, Role.WARD_NURSE, True), (SARA, Role.LOCAL_ADMINISTRATOR, True),
        }  # fmt: skip

    def test_what_another_approves_is_hsas_after_the_operators_batch(
        self, upload: Callable[..., Report], run: Callable[..., Report]
    ) -> None:
        content = batch(person(SARA, commission()))
        upload(content)
        hired = hire(REGION, "Olle Vik", "SE2999999119-P010", (WARD, Role.SIGNATORY))
        other = acting(hired, Role.SIGNATORY, WARD)
        with acting_as(REGION):
            (asked,) = approving.waiting(actor=other)
            approving.approve(actor=other, request_id=asked.id, at=AT)
        assert [it.kind for it in held()] == ["local"]

        run(content)
        assert [it.kind for it in held()] == ["hsa_commission"]

    def test_nothing_is_confirmed_changed_or_ended(
        self, upload: Callable[..., Report], run: Callable[..., Report]
    ) -> None:
        hire(REGION, "Eva Lok", "SE2999999119-P600", (WARD, Role.WARD_NURSE))
        run(batch(person(SARA, commission(), commission(HEALTH_CENTRE))))
        with acting_as(REGION):
            before = list(Assignment.objects.order_by("pk").values())
        local = person("SE2999999119-P600", commission(), givenName="Eva", middleAndSurName="Lok")
        sara = person(SARA, commission(feignedHealthCareUnit="true"))
        report = upload(batch(sara, local, made=AT + DAY), at=AT + DAY)

        assert counts(report) == {"awaited": 3, "left_out": 1}
        with acting_as(REGION):
            assert list(Assignment.objects.order_by("pk").values()) == before
            assert not Unit.objects.get(pk=WARD).is_feigned

    def test_a_protection_is_put_on_and_not_lifted(
        self, upload: Callable[..., Report], run: Callable[..., Report]
    ) -> None:
        run(batch(person(SARA, commission())))
        upload(batch(person(SARA, commission(), protectedPerson="true")))
        report = upload(batch(person(SARA, commission(), middleAndSurName="Berg")))

        assert "har inte längre skyddade" in report.of(Change.AWAITED)[0].text
        with acting_as(REGION):
            sara = Staff.objects.get(hsa_id=SARA)
        assert (sara.name, sara.is_protected) == ("Sara Berg", True)

    def test_who_is_new_and_protected_is_so_before_anybody_approves(
        self, upload: Callable[..., Report]
    ) -> None:
        upload(batch(person(SARA, commission(), protectedPerson="true")))

        with acting_as(REGION):
            assert Staff.objects.get(hsa_id=SARA).is_protected
            assert DirectoryEvent.objects.get(what="change_staff").subject == SARA
        assert held() == []


class TestClosedHere:
    """An administrator's no holds at once, and the next import does not undo it."""

    @pytest.fixture
    def closed(self, run: Callable[..., Report], boss: Actor) -> Assignment:
        run(batch(person(SARA, commission())))
        with acting_as(REGION):
            row = Assignment.objects.get(staff__hsa_id=SARA)
            operations.revoke_assignment(actor=boss, assignment_id=row.pk, at=AT)
        return row

    def test_it_is_not_given_back(self, run: Callable[..., Report], closed: Assignment) -> None:
        assert held() == []
        report = run(batch(person(SARA, commission()), made=AT + DAY), at=AT + DAY)

        assert held(at=AT + DAY) == []
        assert "avslutat här" in report.of(Change.LEFT_OUT)[0].text

    def test_it_is_given_back_when_the_administrator_lets_hsa_hold(
        self, run: Callable[..., Report], closed: Assignment, boss: Actor
    ) -> None:
        with acting_as(REGION):
            operations.follow_hsa_again(actor=boss, assignment_id=closed.pk, at=AT)
        run(batch(person(SARA, commission()), made=AT + DAY), at=AT + DAY)

        assert len(held(at=AT + DAY)) == 1


class TestHolding:
    """What HSA has confirmed last holds seven days, and no longer."""

    def test_it_holds_seven_days(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, commission())))

        assert len(held(at=AT + 7 * DAY - timedelta(seconds=1))) == 1
        assert held(at=AT + 7 * DAY) == []

    def test_they_count_from_when_hsa_was_asked(self, run: Callable[..., Report]) -> None:
        content = batch(person(SARA, commission()))
        run(content, at=AT + 2 * DAY)
        run(content, at=AT + 6 * DAY)

        assert held(at=AT + 7 * DAY) == []


class TestUnits:
    def test_one_that_is_feigned_is_marked(self, run: Callable[..., Report]) -> None:
        run(batch(person(SARA, commission(feignedHealthCareUnit="true"))))

        with acting_as(REGION):
            assert Unit.objects.get(pk=WARD).is_feigned

    def test_one_that_has_ended_or_is_called_otherwise_is_told(
        self, run: Callable[..., Report]
    ) -> None:
        said = commission(healthCareUnitName="Ettan", archivedHealthCareUnit="true")
        report = run(batch(person(SARA, said)))

        told = " ".join(it.text for it in report.of(Change.LEFT_OUT))
        assert "har slutat enligt HSA. Avsluta den under Enheter" in told
        assert "heter Ettan i HSA" in told
        with acting_as(REGION):
            assert Unit.objects.get(pk=WARD).archived_on is None


def test_nobody_but_an_administrator_imports(units: None) -> None:
    nurse: Hired = hire(
        MUNICIPALITY, "Eva Ek", "SE2999999127-P030", (MUNICIPAL_NURSES, Role.MUNICIPAL_NURSE)
    )
    actor = acting(nurse, Role.MUNICIPAL_NURSE, MUNICIPAL_NURSES)

    with acting_as(MUNICIPALITY), pytest.raises(NotAdministrator):
        import_hsa(actor=actor, content=batch(), takes_two=False, dry_run=True, at=AT)


def test_the_documentation_shows_the_sample() -> None:
    page = Path("docs/hsa.md").read_text("utf-8")

    assert sample.BATCH.strip() in page
