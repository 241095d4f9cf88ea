"""The decision pack on the pages: written by its huvudman, read by nobody else, one PDF."""

import io
import re
from typing import Any

import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import Hired, hire
from onboarded import begin
from people import CASE_OFFICERS, ELSEWHERE, HEALTH_CENTRE
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from tenants import clock, pack
from tenants.context import acting_as
from tests.billing import books

PAGE = "/onboarding/decision"
ADMINISTRATOR = Role.LOCAL_ADMINISTRATOR
ROWS: dict[str, dict[str, Any]] = {
    "recommendation": {
        "body": "VästKoms styrelse", "stance": "recommends", "on": "2019-06-18", "paragraph": "15",
        "diary_number": "2019-00338", "text": "att avropa option 1 som ett steg på vägen",
    },
    "benefit": {
        "benefit": "Färre dygn på sjukhus", "who_gains": "Patienten",
        "measured_by": "Dygn från utskrivningsklar till utskriven", "baseline": "3,1 (2025)",
        "wanted": "1,5", "follow_up_on": "2027-01-31",
    },
    "risk": {
        "risk": "Ingen bevakar inkorgen i helgen", "consequence": "Hemgång utan insats",
        "severity": "4", "likelihood": "3", "measure": "Socialjouren tar över",
        "responsible": "Enhetschefen", "follow_up_on": "2026-03-01", "status": "open",
    },
    "power_of_attorney": {
        "giver": "Kommunstyrelsen", "receiver": "Regionen", "what": "Att upphandla för kommunen",
        "valid_from": "2026-01-01", "valid_until": "", "signed_on": "2026-01-02",
        "diary_number": "KS 2026:1",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch, units: None) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)
    begin()


@pytest.fixture
def anna() -> Hired:
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", (CASE_OFFICERS, ADMINISTRATOR))


def write(who: Hired, *parts: str) -> None:
    """Write a row of each part."""
    for part in parts or ROWS:
        post(browser(who), who, f"{PAGE}/{part}/new", seen=0, **ROWS[part])


def link(who: Hired, part: str) -> str:
    """Return where a row of a part is changed."""
    page = browser(who).get(PAGE).content.decode()
    (found,) = re.findall(rf'href="({PAGE}/{part}/[0-9a-f-]{{36}})"', page)
    return str(found)


class TestThePack:
    def test_holds_every_part_and_says_what_is_missing(self, anna: Hired) -> None:
        page = text(browser(anna), PAGE)
        assert "Inget beslut är antecknat i kedjan" in page
        assert "Nyttoanalysen är tom." in page

        write(anna)

        page = text(browser(anna), PAGE)
        for expected in (
            "VästKoms styrelse Rekommenderar att avropa option 1", "Paragraf § 15",
            "Diarienummer 2019-00338", "Mäts med Dygn från utskrivningsklar till utskriven",
            "Stor, 12 Uppföljningen är försenad Hemgång utan insats", "Ansvarig Enhetschefen",
            "Att upphandla för kommunen Gäller", "Skrivet av Anna Berg, Befattning, i dag 09.00",
        ):  # fmt: skip
            assert expected in page
        assert "Nyttoanalysen är tom." not in page
        assert "Inget beslut är antecknat i kedjan" in page  # it is recommended, not decided

    def test_is_advice_at_the_steps_and_stops_none(self, anna: Hired) -> None:
        page = text(browser(anna), f"/onboarding/{MUNICIPALITY}")

        assert "Råd ur beslutsunderlaget, det hindrar inte steget: Inget beslut" in page
        fields = {
            "seen": 0, "state": "done", "responsible": "contact_1", "due_on": "2026-04-01",
            "reason": "", "evidence": "VON 2026:87",
        }  # fmt: skip
        post(browser(anna), anna, f"/onboarding/{MUNICIPALITY}/steps/routines", **fields)
        step = text(browser(anna), f"/onboarding/{MUNICIPALITY}/steps/routines")
        assert "Risk- och konsekvensanalysen är tom." in step

    def test_changes_and_strikes_its_rows(self, anna: Hired) -> None:
        write(anna, "risk")
        path = link(anna, "risk")

        post(browser(anna), anna, path, seen=1, **ROWS["risk"] | {"status": "done"})
        assert "Läge Åtgärdad" in text(browser(anna), PAGE)
        post(browser(anna), anna, path, seen=2, is_struck="on", **ROWS["risk"])

        assert "Ingen bevakar inkorgen" not in text(browser(anna), PAGE)
        assert browser(anna).get(path).status_code == 404

    def test_lets_nobody_write_over_what_is_unread(self, anna: Hired) -> None:
        write(anna, "risk")
        path = link(anna, "risk")
        bo = hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P010", (CASE_OFFICERS, ADMINISTRATOR))
        changed = ROWS["risk"] | {"measure": "Två bevakar"}
        post(browser(bo), bo, path, seen=1, **changed)

        answer = browser(anna).post(
            path, sent(anna, seen=1, **ROWS["risk"] | {"measure": "Min åtgärd"})
        )

        page = words(answer.content)
        assert answer.status_code == 422
        assert "Bo Ek har skrivit här" in page
        assert "Åtgärd: Två bevakar" in page
        assert "Min åtgärd" in page

    @pytest.mark.parametrize(
        ("part", "fields", "advice"),
        [
            ("recommendation", {"body": ""}, "Skriv vem som rekommenderar"),
            ("recommendation", {"stance": "asks"}, "Välj vad organet gör."),
            ("benefit", {"measured_by": ""}, "Skriv med vilket mått det mäts."),
            ("risk", {"severity": "5"}, "Välj hur allvarlig konsekvensen är."),
            ("risk", {"follow_up_on": ""}, "Välj dagen då risken följs upp."),
            ("power_of_attorney", {"valid_until": "2025-12-31"}, "Sista dagen ligger före"),
        ],
    )
    def test_refuses_what_cannot_be_with_advice(
        self, anna: Hired, part: str, fields: dict[str, str], advice: str
    ) -> None:
        answer = browser(anna).post(f"{PAGE}/{part}/new", sent(anna, seen=0, **ROWS[part] | fields))

        assert answer.status_code == 422
        assert advice in words(answer.content)
        assert browser(anna).get(f"{PAGE}/nothing/new").status_code == 404

    def test_puts_the_risks_in_a_matrix(self, anna: Hired) -> None:
        write(anna, "risk")
        small = {"risk": "Liten risk", "severity": "1", "likelihood": "1"}
        post(browser(anna), anna, f"{PAGE}/risk/new", seen=0, **ROWS["risk"] | small)

        page = text(browser(anna), f"{PAGE}/risks")

        assert "3 Stor Liten Måttlig Stor Stor 1" in page
        assert "1 Mycket liten Liten 2 Liten" in page
        assert "Liten risk Liten, 1" in page

    def test_is_told_done_to_everybody_by_its_counts(self, anna: Hired) -> None:
        write(anna)
        client = browser(anna)

        post(client, anna, f"{PAGE}/done", seen=0, done="yes")

        operator = hire(REGION, "Ola", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))
        joining = text(browser(operator), f"/onboarding/{MUNICIPALITY}")
        assert "Risk- och konsekvensanalys: 1" in joining
        assert "Ingen bevakar inkorgen" not in joining
        answer = client.post(f"{PAGE}/done", sent(anna, seen=0, done="no"))
        assert answer.status_code == 422
        assert "har skrivit här" in words(answer.content)
        post(client, anna, f"{PAGE}/done", seen=1, done="no")
        with acting_as(MUNICIPALITY):
            assert pack.done_of(MUNICIPALITY).done_on is None


class TestCosts:
    def test_stand_beside_the_benefits_where_the_board_has_made_an_offer(self, anna: Hired) -> None:
        assert "Ingen gemensam nämnd har lämnat ett erbjudande" in text(browser(anna), PAGE)
        books.found_board()
        books.offered()

        page = text(browser(anna), PAGE)

        assert "Ert besked: Inget besked." in page
        assert "Om också vi avropar 750,00 +510,00 500,00" in page
        assert "Om alla avropar 300,00 +60,00 150,00" in page


class TestRights:
    @pytest.mark.parametrize("path", ["", "/risks", ".pdf", "/risk/new"])
    @pytest.mark.parametrize("role", [Role.ECONOMIST, Role.INBOX_COORDINATOR])
    def test_it_is_for_administrators_and_signatories(self, path: str, role: Role) -> None:
        other = hire(MUNICIPALITY, "Per", "SE2999999127-P011", (CASE_OFFICERS, role))
        signatory = hire(MUNICIPALITY, "Siv", "SE2999999127-P012", (CASE_OFFICERS, Role.SIGNATORY))

        assert browser(other).get(f"{PAGE}{path}").status_code == 403
        assert browser(signatory).get(f"{PAGE}{path}").status_code == 200

    def test_another_huvudman_reads_none_of_it(self, anna: Hired) -> None:
        write(anna)
        entry = link(anna, "risk")
        for tenant, unit, number in (
            (STRANGER, ELSEWHERE, "SE2999999135-P009"),
            (REGION, HEALTH_CENTRE, "SE2999999119-P010"),
        ):
            other = hire(tenant, "Eva", number, (unit, ADMINISTRATOR))

            page = text(browser(other), PAGE)

            assert "Ingen bevakar inkorgen" not in page
            assert "VästKoms styrelse" not in page
            assert browser(other).get(entry).status_code == 404
            changed = browser(other).post(entry, sent(other, seen=1, **ROWS["risk"]))
            assert changed.status_code == 404
            assert "Råd ur beslutsunderlaget" not in text(
                browser(other), f"/onboarding/{MUNICIPALITY}"
            )


class TestThePaper:
    def test_holds_the_whole_pack_and_is_tagged(self, anna: Hired) -> None:
        write(anna)
        fields = ROWS["recommendation"] | {"text": "#strong[Avropa] =1+1", "stance": "decides"}
        post(browser(anna), anna, f"{PAGE}/recommendation/new", seen=0, **fields)

        answer = browser(anna).get(f"{PAGE}.pdf")

        assert answer["Content-Type"] == "application/pdf"
        assert "beslutsunderlag.pdf" in answer["Content-Disposition"]
        read = pypdf.PdfReader(io.BytesIO(answer.content))
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
        said = re.sub(r"[\s\u200b]+", " ", " ".join(it.extract_text() for it in read.pages))
        for expected in (
            "Beslutsunderlag", "Testkommun", "VästKoms styrelse: rekommenderar", "§ 15",
            "#strong[Avropa] =1+1", "Färre dygn på sjukhus", "Ingen bevakar inkorgen i helgen",
            "Socialjouren tar över", "Enhetschefen", "Att upphandla", "Teknisk kontroll",
            "Inte gjord", "Ingen gemensam nämnd har lämnat",
        ):  # fmt: skip
            assert expected in said

    def test_of_an_empty_pack_says_so(self, anna: Hired) -> None:
        read = pypdf.PdfReader(io.BytesIO(browser(anna).get(f"{PAGE}.pdf").content))

        assert "Inget är skrivet." in read.pages[0].extract_text()
