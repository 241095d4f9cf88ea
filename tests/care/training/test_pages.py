"""The pages of training: at a training huvudman, and at a real one."""

import io
import re

import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION
from hired import Hired, hire
from people import CASE_OFFICERS
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from care.inbox import tasks
from care.training.models import SurveyTally, TrainingRun
from care.training.survey import NAMES
from tenants import clock
from tenants.context import acting_as
from tenants.home.models import Answer
from tests.care.training.conftest import TRAINING_MUNICIPALITY, TRAINING_REGION, learner
from tests.care.training.test_scenarios import admit, as_learner, consent

BANNER = "Övningsmiljö: uppdiktade personer. Ingenting härifrån når någon patients ärende."


@pytest.fixture
def sara(filled: None) -> Hired:
    return learner("Sara Lindmark", TRAINING_REGION)


@pytest.fixture
def karin(filled: None) -> Hired:
    tasks.drain()
    return learner("Karin Nyström", TRAINING_MUNICIPALITY)


@pytest.fixture
def anna(nurse: Hired) -> Hired:
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P900",
                (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip


class TestTheBanner:
    def test_stands_on_every_page_of_a_training_huvudman(self, sara: Hired) -> None:
        client = browser(sara)
        case = re.search(r"/cases/[0-9a-f-]{36}", client.get("/?view=all").content.decode())
        assert case is not None
        for page in (
            "/", "/?view=all", case[0], "/cases/new", "/training", "/help", "/accessibility",
            "/assignments", "/training/scenarios/admission",
        ):  # fmt: skip
            assert BANNER in text(client, page), page
        assert BANNER in text(client, "/nothing", 404)
        assert BANNER in text(browser(tenant=TRAINING_REGION), "/help")

    def test_stands_on_what_is_printed(self, sara: Hired) -> None:
        head = browser(sara).get("/").content.decode().split("sheet-head", 1)[1]

        assert "<strong>Övning</strong>" in head.split("sheet-body")[0]

    def test_stands_on_no_page_of_a_real_one(self, practising: None, nurse: Hired) -> None:
        client = browser(nurse)
        for page in ("/", "/help", "/training"):
            found = text(client, page)
            assert "Övningsmiljö:" not in found, page

    def test_stands_on_papers_too(self, filled: None) -> None:
        operator = hire(TRAINING_REGION, "Ola", "SE2999999119-P700",
                        ("SE0999999119-AVD1", Role.OPERATOR))  # fmt: skip
        answer = browser(operator).get("/onboarding/board.pdf")

        (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
        assert "Övning" in page.extract_text()


class TestScenarios:
    def test_are_begun_hinted_at_and_finished_by_the_acts(self, sara: Hired) -> None:
        client = browser(sara)
        listed = text(client, "/training")
        assert "Skriv in en person Inte börjat" in listed
        assert "Du har övat klart 0 av 2 scenarier." in listed

        place = post(client, sara, "/training/scenarios/admission/start")
        page = text(client, place)
        assert "Du har börjat: Skriv in en person." in page
        assert "Ledtråd" in page
        assert "Personnummer att öva med" in page
        assert page.count("Återstår") == 3

        who = as_learner("Sara Lindmark", Role.WARD_NURSE, TRAINING_REGION)
        case_id = admit(who, AT)
        assert text(client, place).count("Återstår") == 1
        assert "Pågår, 2 av 3 moment" in text(client, "/training")
        consent(who, case_id, AT)

        assert "Du övade klart det här" in text(client, place)
        assert "Du har övat klart 1 av 2 scenarier." in text(client, "/training")

    def test_sent_twice_is_begun_once(self, sara: Hired) -> None:
        client = browser(sara)
        form = sent(sara)
        for _ in range(2):
            answer = client.post("/training/scenarios/admission/start", form)
            assert answer.status_code == 303
        with acting_as(TRAINING_REGION):
            assert TrainingRun.objects.count() == 1

    def test_of_another_role_are_not_there(self, karin: Hired) -> None:
        client = browser(karin)
        assert "Ta hand om inkorgen" in text(client, "/training")
        for name in ("admission", "nothing"):
            assert client.get(f"/training/scenarios/{name}").status_code == 404
            answer = client.post(f"/training/scenarios/{name}/start", sent(karin))
            assert answer.status_code == 404

    def test_are_not_there_at_a_real_huvudman(self, practising: None, nurse: Hired) -> None:
        client = browser(nurse)
        assert client.get("/training/scenarios/admission").status_code == 404
        answer = client.post("/training/scenarios/admission/start", sent(nurse))
        assert answer.status_code == 404
        page = client.get("/training").content.decode()
        assert 'href="http://ovning-region.localhost/"' in page
        assert "Skriv in en person" not in page

    def test_a_menu_leads_there_in_training_only(self, sara: Hired, nurse: Hired) -> None:
        menu = browser(sara).get("/").content.decode()
        assert 'href="/training"' in menu
        assert "/training/goals" not in menu
        assert 'href="/training"' not in browser(nurse).get("/").content.decode()


class TestGoals:
    def test_are_told_by_the_administrator_and_summed_for_the_county(self, anna: Hired) -> None:
        client = browser(anna)
        post(client, anna, "/training/goals/case_officer", seen=0, goal=3000, trained=1700)
        post(client, anna, "/training/goals/trainer", seen=0, goal=60, trained=60)

        page = text(client, "/training/goals")

        assert re.search(r"Medarbetare: 1 700 av 3 000 \(56 %\)", page)
        assert "Utbildare: 60 av 60 (100 %)" in page
        assert re.search(r"Länet 1 700 3 000 56 % 60 60", page)

    def test_that_are_wrong_are_refused_and_nothing_is_lost(self, anna: Hired) -> None:
        client = browser(anna)
        url = "/training/goals/case_officer"
        answer = client.post(url, sent(anna, seen=0, goal="många", trained=-1))
        assert answer.status_code == 422
        assert words(answer.content).count("Skriv ett heltal, 0 eller mer.") >= 2
        assert 'value="många"' in answer.content.decode()

        post(client, anna, url, seen=0, goal=10, trained=1)
        answer = client.post(url, sent(anna, seen=0, goal=11, trained=2))
        assert answer.status_code == 422
        assert "10 ska utbildas, 1 har utbildats" in words(answer.content)

    def test_are_refused_to_who_may_not(self, nurse: Hired, anna: Hired) -> None:
        client = browser(nurse)
        for url in ("/training/goals", "/training/survey/results", "/training/survey/before"):
            assert client.get(url).status_code == 403
        answer = client.post("/training/goals/case_officer", sent(nurse, goal=1, trained=1))
        assert answer.status_code == 403
        assert browser(anna).get("/training/goals/nobody").status_code == 404


class TestTheSurvey:
    def test_is_opened_answered_once_and_shown_when_it_has_ended(
        self, anna: Hired, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = browser(anna)
        assert "Det finns ingen enkät att svara på nu" in text(client, "/training/survey")
        post(client, anna, "/training/survey/before", closes_on="2026-03-12")
        fields = dict.fromkeys(NAMES, 4)

        half = client.post("/training/survey", sent(anna, why=4))
        assert half.status_code == 422
        assert "Välj 1 till 5." in words(half.content)
        for _ in range(2):
            client.post("/training/survey", sent(anna, **fields))

        assert "Det finns ingen enkät att svara på nu" in text(client, "/training/survey")
        with acting_as(MUNICIPALITY):
            assert sum(SurveyTally.objects.values_list("people", flat=True)) == len(NAMES)
        assert "1 har svarat" in text(client, "/training/goals")
        assert "Ingen mätning är avslutad" in text(client, "/training/survey/results")
        monkeypatch.setattr(clock, "moment", lambda: AT.replace(day=13))
        assert "För få har svarat" in text(client, "/training/survey/results")

    def test_leaves_no_print_of_the_answer_beside_who_gave_it(self, anna: Hired) -> None:
        client = browser(anna)
        post(client, anna, "/training/survey/before", closes_on="2026-03-12")
        with acting_as(MUNICIPALITY):
            before = Answer.objects.count()

        client.post("/training/survey", sent(anna, **dict.fromkeys(NAMES, 4)))

        with acting_as(MUNICIPALITY):
            assert Answer.objects.count() == before
            assert SurveyTally.objects.exists()

    def test_a_day_that_has_passed_is_refused(self, anna: Hired) -> None:
        answer = browser(anna).post("/training/survey/before", sent(anna, closes_on="2026-03-01"))

        assert answer.status_code == 422
        assert "Sista dagen har passerat" in words(answer.content)
        assert browser(anna).get("/training/survey/never").status_code == 404

    def test_may_be_answered_by_whoever_works_here(self, anna: Hired, nurse: Hired) -> None:
        who = hire(REGION, "Bo", "SE2999999119-P901", ("SE2999999119-AVD1", Role.SIGNATORY))
        assert browser(who).get("/training/survey").status_code == 200
        assert browser(nurse).get("/training/survey").status_code == 200
        assert browser(tenant=REGION).get("/training/survey").status_code == 302
