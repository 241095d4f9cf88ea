"""Beside the eight steps on the pages: experts, the units' own days, the map, the files."""

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.test import Client
from hired import Hired, hire
from onboarded import ANNA, begin
from people import CASE_OFFICERS, DUTY, HEALTH_CENTRE, MUNICIPAL_NURSES, WARD
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from tenants import clock, experts, starts
from tenants.context import acting_as
from tenants.experts import Field

PLACE = f"/onboarding/{MUNICIPALITY}"
ASK, ANSWER = f"{PLACE}/experts/it/ask", f"{PLACE}/experts/it/answer"
QUESTION: dict[str, Any] = {
    "seen": 0, "purpose": "Arbetsgrupp teknik", "asked_on": "2026-03-02", "answer_by": "2026-03-01",
}  # fmt: skip
REPLY: dict[str, Any] = {
    "seen": 0, "reply": "takes_part", "name": "Eva Holm", "title": "It-strateg",
    "from_on": "2026-03-09", "reason": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch, units: None) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)
    begin()


@pytest.fixture
def operator() -> Hired:
    return hire(REGION, "Ola Drift", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))


@pytest.fixture
def anna() -> Hired:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


def refused(who: Hired, url: str, **fields: Any) -> str:
    """Send a form that cannot be and return the words of the page."""
    answer = browser(who).post(url, sent(who, **fields))
    assert answer.status_code == 422
    return words(answer.content)


class TestAnExpert:
    def test_is_asked_for_by_the_region_and_answered_by_the_municipality(
        self, operator: Hired, anna: Hired
    ) -> None:
        post(browser(operator), operator, ASK, **QUESTION)
        assert "0 av 1 deltar Försenad 1 utan svar" in text(browser(anna), "/onboarding")
        page = text(browser(anna), PLACE)
        assert "Arbetsgrupp teknik, efterfrågad i dag" in page
        assert "Inget svar Försenad svar senast sön 1 mar" in page

        post(browser(anna), anna, ANSWER, **REPLY)

        assert "1 av 1 deltar" in text(browser(operator), "/onboarding")
        assert "Deltar Eva Holm, It-strateg, från mån 9 mar" in text(browser(operator), PLACE)

    def test_may_be_declined_with_a_reason(self, operator: Hired, anna: Hired) -> None:
        post(browser(operator), operator, ASK, **QUESTION)
        fields = REPLY | {"reply": "declines"}
        assert "Skriv varför ingen kan delta" in refused(anna, ANSWER, **fields)

        post(browser(anna), anna, ANSWER, **fields | {"reason": "Vakant tjänst"})

        page = text(browser(operator), PLACE)
        assert "Avböjer Vakant tjänst" in page
        assert "Eva Holm" not in page

    @pytest.mark.parametrize(
        ("fields", "advice"),
        [
            ({"name": "", "title": ""}, "Skriv vem som deltar"),
            ({"from_on": ""}, "Välj dagen då personen börjar delta."),
            ({"reply": ""}, "Välj om någon deltar."),
        ],
    )
    def test_is_refused_with_advice_and_nothing_is_lost(
        self, operator: Hired, anna: Hired, fields: dict[str, str], advice: str
    ) -> None:
        post(browser(operator), operator, ASK, **QUESTION)

        answer = browser(anna).post(ANSWER, sent(anna, **REPLY | {"name": "Kim Ny"} | fields))

        assert answer.status_code == 422
        assert advice in words(answer.content)
        assert "2026-03-09" in answer.content.decode() or "from_on" in fields

    def test_that_somebody_else_has_changed_is_read_first(self, operator: Hired) -> None:
        post(browser(operator), operator, ASK, **QUESTION)

        said = refused(operator, ASK, **QUESTION | {"purpose": "Annat"})

        assert "Ola Drift har skrivit här sedan du öppnade sidan" in said
        post(browser(operator), operator, ASK, **QUESTION | {"seen": 1, "is_withdrawn": "on"})
        assert "Ingen efterfrågad" in text(browser(operator), "/onboarding")
        page = browser(operator).get(ASK).content.decode()
        assert 'name="is_withdrawn"' in page
        assert "checked" not in page

    def test_is_asked_for_and_answered_by_whom_it_concerns_alone(
        self, operator: Hired, anna: Hired
    ) -> None:
        begin(STRANGER)
        assert browser(anna).get(ASK).status_code == 403
        assert browser(operator).get(ANSWER).status_code == 403
        assert browser(anna).get(ANSWER).status_code == 404  # nobody has asked
        elsewhere = f"/onboarding/{STRANGER}/experts/it/answer"
        post(browser(operator), operator, f"/onboarding/{STRANGER}/experts/it/ask", **QUESTION)
        assert browser(anna).get(elsewhere).status_code == 403
        assert browser(anna).post(elsewhere, sent(anna, **REPLY)).status_code == 403
        assert browser(operator).get(f"{PLACE}/experts/nothing/ask").status_code == 404
        with acting_as(STRANGER):
            (asked,) = experts.of(STRANGER)
            assert (asked.asked.field, asked.answered) == (Field.IT, None)


class TestStartsPerUnit:
    def test_show_the_pilot_on_the_board(self, anna: Hired, operator: Hired) -> None:
        fields = {
            "seen": 0, f"day_{CASE_OFFICERS}": "", f"day_{MUNICIPAL_NURSES}": "2026-06-01",
            f"day_{DUTY}": "2026-06-01",
        }  # fmt: skip

        post(browser(anna), anna, "/onboarding/starts", **fields)

        page = text(browser(operator), "/onboarding")
        assert "mån 4 maj 1 av 3 enheter från mån 4 maj 2 av 3 enheter från mån 1 jun" in page
        assert "Socialjouren mån 1 jun Inte gjord" in text(browser(operator), PLACE)
        with acting_as(MUNICIPALITY):
            assert set(starts.of(MUNICIPALITY).days) == {MUNICIPAL_NURSES, DUTY}

    def test_are_not_written_over_unread(self, anna: Hired) -> None:
        with acting_as(MUNICIPALITY):
            starts.plan({DUTY: date(2026, 6, 1)}, seen=0, by=ANNA, at=AT)

        answer = browser(anna).post(
            "/onboarding/starts", sent(anna, seen=0, **{f"day_{CASE_OFFICERS}": "2026-07-01"})
        )

        page = words(answer.content)
        assert answer.status_code == 422
        assert "Anna Berg har skrivit här" in page
        assert "Så står det nu: Socialjouren mån 1 jun." in page
        assert 'value="2026-07-01"' in answer.content.decode()
        assert 'name="seen" value="1"' in answer.content.decode()

    def test_are_days(self, anna: Hired) -> None:
        said = refused(anna, "/onboarding/starts", seen=0, **{f"day_{DUTY}": "i juni"})

        assert "Socialjouren: Skriv dagen som 2026-11-01." in said

    def test_are_the_regions_too_for_its_wards(self, anna: Hired) -> None:
        place = (HEALTH_CENTRE, Role.LOCAL_ADMINISTRATOR)
        eva = hire(REGION, "Eva Ek", "SE2999999119-P010", place)

        post(browser(eva), eva, "/onboarding/starts", seen=0, **{f"day_{WARD}": "2026-05-04"})

        page = text(browser(anna), "/onboarding")
        assert "Avdelning 1 mån 4 maj" in page
        assert "1 av 2 enheter från mån 4 maj" in page
        assert "Ändra våra enheters dagar" in text(browser(eva), "/onboarding")
        assert "Ändra våra enheters dagar" not in page

    def test_are_planned_by_an_administrator(self, operator: Hired) -> None:
        assert browser(operator).get("/onboarding/starts").status_code == 403


class TestTheMap:
    def test_says_in_words_what_each_tile_shows(self, anna: Hired) -> None:
        begin(STRANGER, "")

        page = browser(anna).get("/onboarding").content.decode()

        (svg,) = re.findall(r"<svg class=\"tiles\".*?</svg>", page, flags=re.DOTALL)
        assert 'role="img" aria-labelledby="map-title map-description"' in svg
        assert "Norr: Testkommun 0 av 8 steg, inte börjat. Ingen delregion: Främlinge" in svg
        assert svg.count('class="tile"') == 2
        assert svg.count('fill="url(#tile-waiting)"') == 2
        assert "style=" not in svg


class TestTheFiles:
    def test_name_experts_units_and_what_stands_beside(self, operator: Hired, anna: Hired) -> None:
        post(browser(operator), operator, ASK, **QUESTION | {"purpose": "=1+1 #strong[x]"})
        post(browser(anna), anna, ANSWER, **REPLY)
        with acting_as(MUNICIPALITY):
            starts.plan({DUTY: date(2026, 6, 1)}, seen=0, by=ANNA, at=AT)

        with acting_as(REGION):
            starts.plan({WARD: date(2026, 5, 4)}, seen=0, by=ANNA, at=AT)

        said = printed(browser(operator), "/onboarding/board.pdf")
        answer = browser(operator).get("/onboarding/board.xlsx")

        for expected in (
            "Vid sidan av stegen", "1 av 1 deltar", "0 av 3 enheter", "Inte klart",
            "2 av 3 enheter från mån 4 maj; 1 av 3 enheter från mån 1 jun",
            "Region Test: Avdelning 1 mån 4 maj.", "=1+1 #strong[x], efterfrågad",
            "Eva Holm, It-strateg från",
        ):  # fmt: skip
            assert expected in said
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert list(book["Ämnesexperter"].values)[1][:2] == ("Testkommun", "IT")
        rows = {row[1]: row for row in list(book["Enheter"].values)[1:]}
        assert rows["Socialjouren"][2].date() == date(2026, 6, 1)
        assert rows["Biståndsenheten"][3] == "Inte gjord"
        assert rows["Avdelning 1"][0] == "Region Test"
        assert rows["Avdelning 1"][2].date() == date(2026, 5, 4)
        assert rows["Hälsocentralen Norr"][2] is None
        board = list(book["Beredskapstavla"].values)
        assert board[0][-4:] == (
            "Ämnesexperter", "Teknisk kontroll", "Beslutsunderlag", "Startdatum",
        )  # fmt: skip
        assert board[1][-4] == "1 av 1 deltar"


def printed(client: Client, url: str) -> str:
    """Return the words of a PDF that is asked for."""
    read = pypdf.PdfReader(io.BytesIO(client.get(url).content))
    return re.sub(r"[\s\u200b]+", " ", " ".join(it.extract_text() for it in read.pages))
