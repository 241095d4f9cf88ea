"""På-titt and remiss as people meet them: asked, commented, answered, and the table as files."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import Hired, hire
from people import CASE_OFFICERS, ELSEWHERE, WARD
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from tenants import agreements, clock, rounds
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.rounds import Comment, Round


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)


@pytest.fixture
def writer(units: None) -> Hired:
    return hire(REGION, "Eva Ros", "SE2999999119-P010", (WARD, Role.SIGNATORY))


@pytest.fixture
def party(units: None) -> Hired:
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009",
                (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip


@pytest.fixture
def other(units: None) -> Hired:
    return hire(STRANGER, "Ulf Ek", "SE2999999135-P010", (ELSEWHERE, Role.SIGNATORY))


@pytest.fixture
def agreement(units: None) -> Agreement:
    with acting_as(REGION):
        return agreements.draft(
            title="Samverkan i länet", text="1. Vi kvitterar.\n2. Vi svarar.",
            parties=[REGION, MUNICIPALITY], valid_from=date(2026, 9, 1),
            valid_until=date(2029, 1, 1), channels={"planning": ["A"]}, terms={}, at=AT,
        )  # fmt: skip


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "seen": 0, "kind": "referral", "from_on": "2026-02-20", "until_on": "2026-03-16",
        "tenants": [STRANGER], "others": "Pensionärsrådet\nFunktionsrättsrådet",
    } | changes  # fmt: skip


def remark(**changes: Any) -> dict[str, Any]:
    return {
        "body": "Vård- och omsorgsnämnden", "section": "Punkt 1",
        "comment": "Inom vilken tid?", "proposal": "Vi kvitterar inom två timmar.",
    } | changes  # fmt: skip


def ask(writer: Hired, agreement: Agreement, **changes: Any) -> str:
    """Send the draft out, and return where the round is."""
    return post(
        browser(writer), writer, f"/agreements/{agreement.id}/rounds/new", **asked(**changes)
    )


def the_round(place: str) -> Round:
    with acting_as(REGION):
        return rounds.one(UUID(place.rsplit("/", 1)[1]), reader=REGION)


def said(place: str) -> tuple[Comment, ...]:
    known = the_round(place)
    with acting_as(REGION):
        return rounds.comments(known)


class TestAsking:
    def test_sends_the_text_to_huvudman_and_to_others(
        self, writer: Hired, other: Hired, agreement: Agreement
    ) -> None:
        place = ask(writer, agreement)

        page = text(browser(other), place)
        assert "Remiss: Samverkan i länet, version 1" in page
        assert "Främlinge kommun Pensionärsrådet Funktionsrättsrådet" in page
        assert "1. Vi kvitterar." in page
        assert "Pågår" in page

    def test_shows_those_who_are_asked_that_they_are(
        self, writer: Hired, other: Hired, agreement: Agreement
    ) -> None:
        ask(writer, agreement)

        assert "Ni är tillfrågade Remiss: Samverkan i länet" in text(browser(other), "/agreements")

    def test_is_seen_on_the_way_of_the_agreement(self, writer: Hired, agreement: Agreement) -> None:
        ask(writer, agreement)

        page = text(browser(writer), f"/agreements/{agreement.id}")
        assert "Remiss av version 1 Region Test" in page
        assert "0 synpunkter, 0 besvarade" in page

    @pytest.mark.parametrize(
        ("changes", "advice"),
        [
            ({"tenants": [], "others": " "}, "Ingen är tillfrågad."),
            ({"until_on": "2026-02-19"}, "Sista dagen ligger före den första."),
            ({"kind": ""}, "Välj på-titt eller remiss."),
            ({"until_on": ""}, "Välj sista dagen."),
        ],
    )
    def test_that_cannot_be_is_given_back_with_advice(
        self, writer: Hired, agreement: Agreement, changes: dict[str, Any], advice: str
    ) -> None:
        answer = browser(writer).post(
            f"/agreements/{agreement.id}/rounds/new", sent(writer, **asked(**changes))
        )

        assert answer.status_code == 422
        assert advice in words(answer.content)
        with acting_as(REGION):
            assert rounds.of(agreement.id) == ()

    def test_is_for_the_huvudman_that_wrote_the_text(
        self, party: Hired, agreement: Agreement
    ) -> None:
        answer = browser(party).post(
            f"/agreements/{agreement.id}/rounds/new", sent(party, **asked())
        )

        assert answer.status_code == 403
        assert "Det gör den huvudman som skrev texten" in words(answer.content)

    def test_is_changed_when_the_days_move_and_one_sees_what_another_changed(
        self, writer: Hired, agreement: Agreement
    ) -> None:
        place = ask(writer, agreement)
        client = browser(writer)

        post(client, writer, f"{place}/change", **asked(seen=1, until_on="2026-03-20"))
        again = client.post(f"{place}/change", sent(writer, **asked(seen=1)))

        assert the_round(place).asked.until_on == date(2026, 3, 20)
        assert again.status_code == 422
        assert "Eva Ros har skrivit här" in words(again.content)
        assert 'name="seen" value="2"' in again.content.decode()


class TestCommenting:
    def test_is_for_a_body_and_stands_in_the_table(
        self, writer: Hired, other: Hired, agreement: Agreement
    ) -> None:
        place = ask(writer, agreement)

        post(browser(other), other, f"{place}/comments/new", **remark())

        page = text(browser(writer), place)
        assert "Vård- och omsorgsnämnden, Främlinge kommun" in page
        assert "Punkt 1 Inom vilken tid?" in page
        assert "Förslag: Vi kvitterar inom två timmar." in page
        assert "1 synpunkt, 0 besvarade" in page

    def test_after_the_last_day_is_received_and_marked_as_late(
        self, writer: Hired, party: Hired, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = ask(writer, agreement)
        last_second = AT.replace(day=16, hour=22, minute=59)
        for at in (last_second, last_second + timedelta(minutes=1)):
            monkeypatch.setattr(clock, "moment", lambda at=at: at)
            post(browser(party), party, f"{place}/comments/new", **remark())

        assert [it.is_late for it in said(place)] == [False, True]
        assert text(browser(writer), place).count(" Sen ") == 1

    def test_is_not_for_who_is_not_asked(
        self, writer: Hired, other: Hired, agreement: Agreement
    ) -> None:
        place = ask(writer, agreement, tenants=[])
        client = browser(other)

        assert client.get(place).status_code == 404
        assert client.get(f"{place}/comments.xlsx").status_code == 404
        refused = client.post(f"{place}/comments/new", sent(other, **remark()))
        assert refused.status_code == 404
        assert said(place) == ()

    def test_is_not_for_a_nurse(self, writer: Hired, agreement: Agreement) -> None:
        place = ask(writer, agreement)
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        assert browser(nurse).get(place).status_code == 403
        assert browser(nurse).get(f"{place}/comments/new").status_code == 403

    def test_without_a_word_is_asked_for_one(self, writer: Hired, agreement: Agreement) -> None:
        place = ask(writer, agreement)

        answer = browser(writer).post(
            f"{place}/comments/new", sent(writer, **remark(comment=" ", body="Pensionärsrådet"))
        )

        assert answer.status_code == 422
        assert "Skriv synpunkten." in words(answer.content)
        assert 'value="Pensionärsrådet"' in answer.content.decode()


class TestAnswering:
    @pytest.fixture
    def place(self, writer: Hired, party: Hired, agreement: Agreement) -> str:
        """Return a round in which the municipality has said something."""
        place = ask(writer, agreement)
        post(browser(party), party, f"{place}/comments/new", **remark())
        return place

    def test_says_what_becomes_of_a_comment_and_why(
        self, writer: Hired, party: Hired, place: str
    ) -> None:
        one = f"{place}/comments/{said(place)[0].id}"

        post(browser(writer), writer, one, seen=0, verdict="partly", reason="Två timmar dagtid.")

        page = text(browser(party), place)
        assert "Tillgodoses delvis Två timmar dagtid. Eva Ros" in page
        assert "1 synpunkt, 1 besvarade" in page

    def test_needs_a_reason_unless_it_is_accepted(self, writer: Hired, place: str) -> None:
        one = f"{place}/comments/{said(place)[0].id}"
        client = browser(writer)

        refused = client.post(one, sent(writer, seen=0, verdict="not_accepted", reason=""))
        post(client, writer, one, seen=0, verdict="accepted", reason="")

        assert refused.status_code == 422
        assert "Skriv varför" in words(refused.content)
        answer = said(place)[0].answer
        assert answer is not None
        assert answer.verdict == "accepted"

    def test_is_for_the_huvudman_that_wrote_the_text(self, party: Hired, place: str) -> None:
        one = f"{place}/comments/{said(place)[0].id}"

        answer = browser(party).post(one, sent(party, seen=0, verdict="accepted", reason=""))

        assert answer.status_code == 403
        assert said(place)[0].answer is None

    def test_of_a_comment_of_another_round_is_nothing(
        self, writer: Hired, agreement: Agreement, place: str
    ) -> None:
        elsewhere = ask(writer, agreement, kind="preview")

        assert browser(writer).get(f"{elsewhere}/comments/{said(place)[0].id}").status_code == 404


class TestTheFiles:
    def test_hold_every_comment_and_no_formula(
        self, writer: Hired, party: Hired, agreement: Agreement
    ) -> None:
        place = ask(writer, agreement)
        formula = '=HYPERLINK("http://example.org";"x")'
        post(browser(party), party, f"{place}/comments/new", **remark(comment=formula))

        answer = browser(writer).get(f"{place}/comments.xlsx")

        assert answer["Content-Disposition"] == 'attachment; filename="synpunkter.xlsx"'
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = [[it.value for it in row] for row in sheet.iter_rows()]
        assert rows[0][:5] == ["Nr", "Från", "Huvudman", "Del av texten", "Synpunkt"]
        assert rows[1][:5] == [
            1, "Vård- och omsorgsnämnden", "Testkommun", "Punkt 1", formula
        ]  # fmt: skip
        assert {it.data_type for row in sheet.iter_rows(min_row=2) for it in row} <= {"n", "s", "d"}

    def test_are_also_a_paper(self, writer: Hired, party: Hired, agreement: Agreement) -> None:
        place = ask(writer, agreement)
        post(browser(party), party, f"{place}/comments/new", **remark())

        answer = browser(writer).get(f"{place}/comments.pdf")

        printed = pypdf.PdfReader(io.BytesIO(answer.content))
        page = " ".join(printed.pages[0].extract_text().split())
        assert "Remiss: Samverkan i länet, version 1" in page
        assert "Inom vilken tid?" in page
        assert "Inte besvarad" in page


class TestTheWay:
    def test_shows_what_differs_between_two_versions(
        self, writer: Hired, agreement: Agreement
    ) -> None:
        with acting_as(REGION):
            agreements.draft(
                agreement=agreement.id, title="Samverkan i länet",
                text="1. Vi kvitterar inom två timmar.\n2. Vi svarar.",
                parties=[REGION, MUNICIPALITY, STRANGER], valid_from=date(2026, 9, 1),
                valid_until=date(2029, 1, 1), channels={"planning": ["A", "B"]},
                terms={"grace_days": 5}, at=AT,
            )  # fmt: skip

        answer = browser(writer).get(f"/agreements/{agreement.id}/compare")

        page = words(answer.content)
        assert "Parter Region Test, Testkommun Främlinge kommun, Region Test, Testkommun" in page
        assert "Planering A, utlämnande A, utlämnande; B, direktåtkomst" in page
        assert "Fristdagar 3 5" in page
        assert "Gäller 1" not in page  # the period is the same
        assert "<ins>" in answer.content.decode()
        assert "inom två timmar." in page

    def test_of_one_version_has_nothing_to_compare(
        self, writer: Hired, agreement: Agreement
    ) -> None:
        assert browser(writer).get(f"/agreements/{agreement.id}/compare").status_code == 404

    def test_holds_the_decision_of_each_party(
        self, writer: Hired, party: Hired, agreement: Agreement
    ) -> None:
        decided = {
            "seen": 0, "text_hash": agreement.text_hash, "is_approved": "yes",
            "board": "Kommunstyrelsen", "decided_on": "2026-03-01", "paragraph": "§ 114",
            "diary_number": "KS 2026/114",
        }  # fmt: skip

        post(browser(party), party, f"/agreements/{agreement.id}/decide", **decided)

        page = text(browser(writer), f"/agreements/{agreement.id}")
        assert "Testkommun Godkänd: Kommunstyrelsen sön 1 mar, § 114, dnr KS 2026/114" in page
        assert "Region Test Inget beslut antecknat Har inte skrivit under" in page
        assert "Version 1 godkänd Testkommun" in page

    def test_a_missing_decision_is_said_and_stops_no_signature(
        self, writer: Hired, agreement: Agreement
    ) -> None:
        client, place = browser(writer), f"/agreements/{agreement.id}/sign"

        page = text(client, place)
        post(client, writer, place, text_hash=agreement.text_hash)

        assert "Inget beslut är antecknat. Det hindrar inte underskriften." in page
        with acting_as(REGION):
            assert agreements.versions(agreement.id)[0].missing == (MUNICIPALITY,)

    def test_a_decision_is_for_parties_and_of_a_text_that_is_there(
        self, other: Hired, writer: Hired, agreement: Agreement
    ) -> None:
        place = f"/agreements/{agreement.id}/decide"
        told = {"seen": 0, "is_approved": "no", "board": "x", "decided_on": "2026-03-01"}

        assert browser(other).get(place).status_code == 404
        answer = browser(writer).post(place, sent(writer, text_hash="0" * 64, **told))
        assert answer.status_code == 404
