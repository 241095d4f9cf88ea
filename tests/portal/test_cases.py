"""Ärendet as a browser gets it: the next step, four views, a new case, consents."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hired import Hired, hire
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    MUNICIPAL_NURSES,
    NURSE,
    OFFICER,
    WARD,
)
from visits import browser, sent

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import operations as inbox
from care.inbox import tasks
from care.inbox.models import Delivery, Message
from care.law.calendar import STOCKHOLM
from tenants import clock
from tenants.context import acting_as
from tenants.models import Unit

NUMBER = "19400405-7032"


@pytest.fixture
def officer(units: None) -> Hired:
    return hire(
        MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
    )


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def case_id(units: None) -> UUID:
    """Give the ward's case of Berit, who has been admitted and is being planned for."""
    at = clock.moment() - 2 * DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id,
            recipients=[HEALTH_CENTRE, CASE_OFFICERS, MUNICIPAL_NURSES],
            admitted_at=at - HOUR, need_assessed_at=None, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services", "outpatient_care"],
            at=at,
        )  # fmt: skip
        discharge.submit_planning_basis(
            actor=NURSE, case_id=case_id, info_class="health_care", text="Går med rollator.", at=at
        )
    tasks.drain()
    return case_id


def test_a_unit_that_has_become_administration_keeps_nobody_from_the_case(
    nurse: Hired, case_id: UUID
) -> None:
    with acting_as(MUNICIPALITY):
        Unit.objects.filter(hsa_id=CASE_OFFICERS).update(kind=Unit.Kind.ADMINISTRATION)
    for view in ("lanes", "timeline", "messages", "history"):
        assert browser(nurse).get(f"/cases/{case_id}?view={view}").status_code == 200


@pytest.fixture
def theirs(case_id: UUID) -> UUID:
    """Give the municipality's row of the same case."""
    with acting_as(MUNICIPALITY):
        found: UUID = Case.objects.get().pk
        return found


def typed(when: Any) -> str:
    """Return a moment as a browser sends it."""
    return f"{when.astimezone(STOCKHOLM):%Y-%m-%dT%H:%M}"


def person(**changes: Any) -> dict[str, Any]:
    """Return what the first step of a new case sends."""
    told = {
        "step": "person",
        "number": NUMBER,
        "given_name": "Berit",
        "family_name": "Åkerlund",
        "registered_address": "Storgatan 1, 999 99 Testköping",
        "registered_municipality": "2399",
    }
    return told | changes


def admission(**changes: Any) -> dict[str, Any]:
    """Return what the second step sends."""
    now = clock.moment()
    told = {
        "step": "admission",
        "variant": "somatic",
        "admitted_at": typed(now - HOUR),
        "physician": "Jonas Ek",
        "expected_discharge_at": typed(now + 3 * DAY),
        "needs": ["social_services", "outpatient_care"],
        "recipients": [CASE_OFFICERS, HEALTH_CENTRE],
    }
    return person(**told) | changes


class TestThePage:
    @pytest.mark.parametrize("view", ["", "?view=timeline", "?view=messages", "?view=history"])
    def test_has_four_views_without_scripts(self, officer: Hired, theirs: UUID, view: str) -> None:
        answer = browser(officer).get(f"/cases/{theirs}{view}")

        page = answer.content.decode()
        assert answer.status_code == 200
        assert NUMBER in page
        assert "<title>Ärende – Samplan</title>" in page
        assert f'href="/cases/{theirs}?view=timeline"' in page

    def test_begins_with_the_next_step(self, officer: Hired, theirs: UUID) -> None:
        page = browser(officer).get(f"/cases/{theirs}").content.decode()

        main = page.partition("<main")[2]
        assert "Kvittera: Inskrivningsmeddelande" in main
        assert main.index("Ditt nästa steg") < main.index("Tidsfrister") < main.index("Slutenvård")

    def test_has_four_lanes_and_who_has_acknowledged(self, nurse: Hired, case_id: UUID) -> None:
        with acting_as(MUNICIPALITY):
            message_id = Message.objects.get().pk
            inbox.acknowledge_message(actor=OFFICER, message_id=message_id, at=clock.moment())
        tasks.drain()

        page = browser(nurse).get(f"/cases/{case_id}").content.decode()

        for lane in ("inpatient_care", "outpatient_care", "social_services"):
            assert f'id="lane-{lane}"' in page
        assert 'id="lane-municipal_health_care"' in page
        assert "1 av 3 har kvitterat" in page

    def test_says_what_is_not_shown_and_how_to_ask_for_it(
        self, officer: Hired, theirs: UUID
    ) -> None:
        page = browser(officer).get(f"/cases/{theirs}").content.decode()

        assert "Går med rollator." not in page
        assert "Du ser inte vad Region Test har skrivit om" in page
        assert "ingen gällande överenskommelse" in page

    def test_counts_time_with_the_paragraph_behind_it(self, nurse: Hired, case_id: UUID) -> None:
        at = clock.moment()
        with acting_as(REGION):
            discharge.notify_ready(
                actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=at - HOUR, at=at
            )

        page = browser(nurse).get(f"/cases/{case_id}").content.decode()

        assert "Så räknas tiden" in page
        assert "5 kap. 4 §" in page
        assert "Betalningsansvar tidigast" in page

    def test_tells_who_has_read(self, officer: Hired, theirs: UUID) -> None:
        client = browser(officer)
        client.get(f"/cases/{theirs}")

        page = client.get(f"/cases/{theirs}?view=history").content.decode()

        assert "Läste ärendet" in page
        assert "Så uppfylls lagens krav" in page

    def test_of_somebody_else_is_as_unknown_as_none(self, case_id: UUID, theirs: UUID) -> None:
        olle = hire(
            STRANGER, "Olle Ström", "SE2999999135-P001", (ELSEWHERE, Role.INBOX_COORDINATOR)
        )
        client = browser(olle)

        answers = [client.get(f"/cases/{it}") for it in (case_id, theirs, uuid4())]

        assert [it.status_code for it in answers] == [404, 404, 404]
        said = [it.content.decode().partition("<h1>")[2].partition("Kod ")[0] for it in answers]
        assert said[0] == said[1] == said[2] != ""

    def test_takes_a_fixed_number_of_queries(self, nurse: Hired, case_id: UUID) -> None:
        client = browser(nurse)

        def asked() -> int:
            client.get(f"/cases/{case_id}")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/cases/{case_id}")
            reads = ("SELECT", "INSERT", "UPDATE")
            return len([it for it in queries if it["sql"].startswith(reads)])

        before = asked()
        for number in range(3):
            with acting_as(REGION):
                discharge.send_general_message(
                    actor=NURSE, case_id=case_id, subject="Fråga", text=f"Nummer {number}",
                    ground="consent", recipients=[CASE_OFFICERS], at=clock.moment(),
                )  # fmt: skip

        assert asked() == before


class TestANewCase:
    def test_shows_before_sending_who_watches(self, nurse: Hired) -> None:
        page = browser(nurse).post("/cases/new", sent(nurse, **person())).content.decode()

        assert "Steg 2 av 2" in page
        assert "Kommunal hemsjukvård, Testkommun" in page
        assert "Bevakas nu. Hela dygnet." in page
        assert "Berit" not in page.partition("</title>")[0]

    def test_opens_and_tells_everybody_chosen(self, nurse: Hired) -> None:
        answer = browser(nurse).post("/cases/new", sent(nurse, **admission()))

        tasks.drain()
        with acting_as(REGION):
            case = Case.objects.get()
        assert answer.headers["Location"] == f"/cases/{case.pk}"
        with acting_as(MUNICIPALITY):
            assert Delivery.objects.filter(unit_id=CASE_OFFICERS).exists()

    def test_sent_twice_opens_one(self, nurse: Hired) -> None:
        client, form = browser(nurse), sent(nurse, **admission())

        answers = [client.post("/cases/new", form) for _ in range(2)]

        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        with acting_as(REGION):
            assert Message.objects.count() == 1

    def test_records_what_the_person_has_consented_to(self, nurse: Hired) -> None:
        form = admission(consent_value="yes", consent_classes=["planning"], consent_how="oral")

        answer = browser(nurse).post("/cases/new", sent(nurse, **form), follow=True)

        assert "Gäller planering" in answer.content.decode()

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"number": "194004057033"}, "kontrollsiffran eller datumet är fel"),
            ({"number": "4004057032"}, "tolv siffror"),
            ({"number": ""}, "Skriv personnumret med tolv siffror"),
            ({"registered_municipality": "0180"}, "Välj den kommun där personen är folkbokförd."),
        ],
    )
    def test_asks_again_for_a_person_that_cannot_be(
        self, nurse: Hired, changes: dict[str, str], says: str
    ) -> None:
        answer = browser(nurse).post("/cases/new", sent(nurse, **person(**changes)))

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "ds-error-summary" in page
        assert says in page
        assert "Åkerlund" in page  # what was typed is kept

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"recipients": []}, "Välj minst en enhet som ska få meddelandet."),
            ({"recipients": [ELSEWHERE]}, "Välj minst en enhet"),
            ({"physician": ""}, "Skriv namnet på den läkare"),
            ({"admitted_at": "i går"}, "Skriv datum och tid"),
            ({"admitted_at": "2026-03-29T02:30"}, "Klockan ställs om då."),
            ({"reason": "Höftfraktur"}, "Välj sekretessgrund för ”Inskrivningsorsak”"),
            ({"consent_value": "yes"}, "Välj vilka uppgifter personen har sagt ja till."),
        ],
    )
    def test_asks_again_for_what_is_missing(
        self, nurse: Hired, changes: dict[str, Any], says: str
    ) -> None:
        answer = browser(nurse).post("/cases/new", sent(nurse, **admission(**changes)))

        assert answer.status_code == 422
        assert says in answer.content.decode()
        with acting_as(REGION):
            assert not Case.objects.exists()

    def test_is_never_refused_for_being_late(self, nurse: Hired) -> None:
        form = admission(admitted_at=typed(clock.moment() - timedelta(days=9)))

        answer = browser(nurse).post("/cases/new", sent(nurse, **form), follow=True)

        assert answer.status_code == 200
        assert "Inskrivningsmeddelandet är skickat." in answer.content.decode()

    def test_leads_to_the_open_case_of_the_person(self, nurse: Hired, case_id: UUID) -> None:
        answer = browser(nurse).post("/cases/new", sent(nurse, **person()))

        assert answer.status_code == 409
        assert f'href="/cases/{case_id}"' in answer.content.decode()

    def test_is_for_the_ward_alone(self, officer: Hired) -> None:
        assert browser(officer).get("/cases/new").status_code == 403


class TestConsents:
    def test_are_written_down_and_taken_back(self, officer: Hired, theirs: UUID) -> None:
        client = browser(officer)
        last = f"{clock.moment().astimezone(STOCKHOLM).date() + timedelta(days=30)}"
        answer = {
            "type_": "coordinated_record",
            "value": "yes",
            "info_classes": ["planning"],
            "given_how": "oral",
            "expires_on": last,
        }

        page = client.post(
            f"/cases/{theirs}/record-consent", sent(officer, **answer), follow=True
        ).content.decode()
        back = client.post(
            f"/cases/{theirs}/withdraw-consent",
            sent(officer, type="coordinated_record"),
            follow=True,
        ).content.decode()

        assert "Gäller planering" in page
        assert "Samtycket är återtaget." in back
        assert "Gäller inte längre" in back

    def test_a_yes_is_to_something(self, officer: Hired, theirs: UUID) -> None:
        answer = browser(officer).post(
            f"/cases/{theirs}/record-consent", sent(officer, type_="planning", value="yes")
        )

        assert answer.status_code == 422
        assert "Välj vilka uppgifter personen har sagt ja till." in answer.content.decode()
