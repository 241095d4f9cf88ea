"""The board of readiness and the eight steps, as the operator and the municipality meet them."""

import io
import re
from datetime import date
from typing import Any
from uuid import uuid4

import openpyxl
import pypdf
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hired import Hired, hire
from isolation.county import admit
from people import (
    CASE_OFFICERS,
    DUTY,
    ELSEWHERE,
    HEALTH_CENTRE,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    OFFICER,
    ON_DUTY,
)
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from care.inbox import operations as inbox
from care.inbox import tasks
from care.inbox.models import Message
from care.individuals import trial_identities
from tenants import agreements, clock, progress
from tenants.context import acting_as
from tenants.models import Unit
from tenants.onboarding import ContactRole, Entry, State, Step
from tenants.progress import By, Contact, Standing

PLACE = f"/onboarding/{MUNICIPALITY}"
UNITS = f"{PLACE}/steps/units"
ADMINISTRATOR = Role.LOCAL_ADMINISTRATOR


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)


@pytest.fixture
def operator(units: None) -> Hired:
    return hire(REGION, "Ola Drift", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))


@pytest.fixture
def anna(units: None) -> Hired:
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", (CASE_OFFICERS, ADMINISTRATOR))


@pytest.fixture
def bo(units: None) -> Hired:
    return hire(MUNICIPALITY, "Bo Ek", "SE2999999127-P010", (CASE_OFFICERS, ADMINISTRATOR))


def begin(tenant: str = MUNICIPALITY, delregion: str = "Norr") -> None:
    """Let a huvudman begin to join."""
    with acting_as(REGION):
        progress.open_onboarding(
            tenant=tenant, delregion=delregion, wanted_start_on=date(2026, 5, 4),
            by=By("Ola Drift", "Drift"), at=AT,
        )  # fmt: skip


def name(*roles: ContactRole, tenant: str = MUNICIPALITY) -> None:
    """Name somebody for each role."""
    for role in roles:
        with acting_as(tenant):
            progress.name_contact(
                Contact(role, name="Karin Nyström"), standing=progress.standing(tenant), seen=0,
                by=By("Anna Berg", "Systemförvaltare"), at=AT,
            )  # fmt: skip


def standing() -> Standing:
    with acting_as(MUNICIPALITY):
        return progress.standing(MUNICIPALITY)


@pytest.fixture
def begun(units: None) -> None:
    begin()
    name(ContactRole.CONTACT_1)


@pytest.fixture
def agreed(units: None) -> None:
    with acting_as(REGION):
        drafted = agreements.draft(
            title="x", text="x", parties=[REGION, MUNICIPALITY], channels={}, terms={},
            valid_from=date(2026, 1, 1), valid_until=date(2089, 1, 1), at=AT,
        )  # fmt: skip
    for party in (REGION, MUNICIPALITY):
        with acting_as(party):
            agreements.sign(
                agreement=drafted.id, text_hash=drafted.text_hash, name="x", title="x", at=AT
            )


def typed(**changes: Any) -> dict[str, Any]:
    """Return what is typed in the form of a step."""
    return {
        "seen": 0, "state": "ongoing", "responsible": "contact_1", "due_on": "2026-04-01",
        "reason": "", "evidence": "",
    } | changes  # fmt: skip


def refused(client: Client, who: Hired, url: str, **fields: Any) -> str:
    """Send a form that cannot be and return the words of the page."""
    answer = client.post(url, sent(who, **fields))
    assert answer.status_code == 422
    return words(answer.content)


class TestOpening:
    def test_is_the_operators_and_leads_to_the_eight_steps(self, operator: Hired) -> None:
        client = browser(operator)
        assert "Ingen anslutning är öppnad ännu" in text(client, "/onboarding")
        fields = {"tenant": MUNICIPALITY, "delregion": "Norr", "wanted_start_on": "2026-05-04"}

        place = post(client, operator, "/onboarding/new", **fields)

        page = text(client, place)
        assert "Anslutningen är öppnad." in page
        assert "0 av 8 steg är klara" in page
        assert "mån 4 maj" in page

    def test_leaves_out_the_region_itself(self, operator: Hired) -> None:
        page = browser(operator).get("/onboarding/new").content.decode()

        assert "Testkommun" in page
        assert f'value="{REGION}"' not in page

    def test_leaves_out_who_has_begun_since_that_is_changed_elsewhere(
        self, operator: Hired, begun: None
    ) -> None:
        page = browser(operator).get("/onboarding/new").content.decode()

        assert f'value="{STRANGER}"' in page
        assert f'value="{MUNICIPALITY}"' not in page

    def test_may_be_changed(self, operator: Hired, begun: None) -> None:
        client = browser(operator)
        assert 'value="Norr"' in client.get(f"{PLACE}/change").content.decode()

        post(client, operator, f"{PLACE}/change", delregion="Söder", wanted_start_on="")

        assert standing().opened.delregion == "Söder"
        assert "Söder" in text(client, "/onboarding")
        post(client, operator, f"{PLACE}/change", delregion="Söder", wanted_start_on="")
        assert "Anslutningen är ändrad." in text(client, PLACE)

    @pytest.mark.parametrize("path", ["/onboarding/new", f"{PLACE}/change"])
    def test_is_refused_to_a_municipality(self, anna: Hired, begun: None, path: str) -> None:
        assert browser(anna).get(path).status_code == 403


class TestRights:
    def test_everybody_with_the_right_reads_every_huvudman(
        self, operator: Hired, anna: Hired, begun: None
    ) -> None:
        begin(STRANGER, "Söder")

        for who in (operator, anna):
            page = text(browser(who), "/onboarding")
            assert "Anslutning" in page
            norr, soder = page.index("Norr"), page.index("Söder")
            assert norr < page.index("Testkommun", norr) < soder < page.index("Främlinge kommun")
            assert "Karin Nyström" in text(browser(who), PLACE)

    @pytest.mark.parametrize(
        "path", ["/steps/units", "/contacts/contact_1"],
    )  # fmt: skip
    def test_another_huvudmans_steps_are_its_own(
        self, operator: Hired, anna: Hired, begun: None, path: str
    ) -> None:
        begin(STRANGER)

        assert browser(anna).get(f"/onboarding/{STRANGER}{path}").status_code == 403
        assert browser(operator).get(f"{PLACE}{path}").status_code == 403

    def test_a_coordinator_does_not_find_it(self, begun: None) -> None:
        place = (CASE_OFFICERS, Role.INBOX_COORDINATOR)
        client = browser(hire(MUNICIPALITY, "Karin", "SE2999999127-P001", place))

        assert client.get("/onboarding").status_code == 403
        assert "Anslutning" not in text(client, "/help")

    def test_what_is_not_there_is_not_found(self, anna: Hired, begun: None) -> None:
        client = browser(anna)

        assert "Anslutningen är inte öppnad" in text(client, f"/onboarding/{STRANGER}", 404)
        for path in ("/steps/nothing", "/contacts/nobody"):
            assert client.get(f"{PLACE}{path}").status_code == 404


class TestContacts:
    def test_are_named_and_shown_to_all(self, anna: Hired, operator: Hired) -> None:
        begin()
        fields = {"seen": 0, "name": "Eva Holm", "title": "Jurist", "email": "eva@krokom.example",
                  "phone": "0640-161 00"}  # fmt: skip

        post(browser(anna), anna, f"{PLACE}/contacts/privacy_officer", **fields)

        page = text(browser(operator), PLACE)
        assert "Dataskyddsombud Eva Holm Jurist eva@krokom.example 0640-161 00" in page

    @pytest.mark.parametrize(
        ("fields", "advice"),
        [
            ({"name": ""}, "Skriv ett namn."),
            ({"name": "Eva", "email": "eva"}, "Skriv adressen som namn@kommunen.se."),
        ],
    )
    def test_are_refused_with_advice(
        self, anna: Hired, begun: None, fields: dict[str, str], advice: str
    ) -> None:
        said = refused(browser(anna), anna, f"{PLACE}/contacts/controller", seen=0, **fields)

        assert advice in said

    def test_whom_somebody_else_has_named_meanwhile_is_read_first(
        self, anna: Hired, begun: None
    ) -> None:
        client, path = browser(anna), f"{PLACE}/contacts/contact_1"

        answer = client.post(path, sent(anna, seen=0, name="Eva Holm"))

        page = words(answer.content)
        assert answer.status_code == 422
        assert "har skrivit här sedan du öppnade sidan" in page
        assert "Nu står Karin Nyström här." in page
        assert 'value="Eva Holm"' in answer.content.decode()
        post(client, anna, path, seen=1, name="Eva Holm")
        assert standing().contact(ContactRole.CONTACT_1).name == "Eva Holm"


class TestAStep:
    def test_asks_for_a_contact_first(self, anna: Hired) -> None:
        begin()

        assert "Namnge en kontaktperson först" in text(browser(anna), UNITS)

    def test_is_told_of_and_can_be_left_and_resumed(self, anna: Hired, begun: None) -> None:
        client = browser(anna)

        place = post(client, anna, UNITS, **typed(evidence="Tiderna gås igenom."))

        page = text(client, place.partition("#")[0])
        assert "Steget Enheter och inkorgar är antecknat." in page
        assert "Karin Nyström, klart senast ons 1 apr" in page
        assert "Antecknat av Anna Berg" in page
        assert "Tiderna gås igenom. Antecknat av" in text(client, UNITS)

    def test_that_is_next_is_not_said_to_go_on_before_somebody_tells_of_it(
        self, anna: Hired, begun: None
    ) -> None:
        client = browser(anna)
        assert "Organisation Härnäst" in text(client, PLACE)

        post(client, anna, f"{PLACE}/steps/organisation", **typed())

        assert "Organisation Pågår nu" in text(client, PLACE)

    def test_of_the_trial_names_numbers_that_count(self, anna: Hired, begun: None) -> None:
        for place in (PLACE, f"{PLACE}/steps/test_message"):
            (numbers,) = re.findall(r"Testnummer att skriva in, de är ingens: ([\d, -]+)\.",
                                    text(browser(anna), place))  # fmt: skip
            offered = {it.replace("-", "") for it in numbers.split(", ")}
            assert len(offered) == 3
            assert offered <= trial_identities.known()

    def test_says_when_what_shows_it_is_needed(self, anna: Hired, begun: None) -> None:
        needed = "Behövs när steget är klart."
        assert needed in text(browser(anna), f"{PLACE}/steps/routines")
        assert needed not in text(browser(anna), UNITS)

    def test_takes_effect_once(self, anna: Hired, begun: None) -> None:
        client, key = browser(anna), uuid4()

        answers = [client.post(UNITS, sent(anna, key, **typed())) for _ in range(2)]

        assert [it.status_code for it in answers] == [303, 303]
        assert len(standing().history) == 1

    @pytest.mark.parametrize(
        ("step", "fields", "advice"),
        [
            ("units", {"state": "stopped"}, "Skriv varför steget är stoppat"),
            ("units", {"due_on": ""}, "Välj dagen då steget ska vara klart."),
            ("units", {"state": ""}, "Välj hur långt ni har kommit."),
            ("units", {"responsible": "contact_2"}, "Välj en av era kontaktpersoner."),
            ("units", {"reason": "x" * 501}, "Korta den till högst 500 tecken."),
            ("routines", {"state": "done"}, "Skriv vad som visar att steget är klart"),
            ("organisation", {"state": "done"}, "personuppgiftsansvarig och dataskyddsombud"),
            ("agreements", {"state": "done"}, "Ingen överenskommelse med huvudmannen som part"),
            ("roles", {"state": "done"}, "Ingen har ett uppdrag vid Kommunal hemsjukvård och"),
            ("start", {"state": "done"}, "De här stegen är inte klara: organisation, avtal"),
        ],
    )
    def test_that_cannot_be_is_refused_with_what_is_missing_and_where_it_is_mended(
        self, anna: Hired, begun: None, step: str, fields: dict[str, str], advice: str
    ) -> None:
        said = refused(browser(anna), anna, f"{PLACE}/steps/{step}", **typed(**fields))

        assert advice in said
        assert standing().history == ()

    def test_units_are_done_when_every_hour_is_watched(self, anna: Hired, begun: None) -> None:
        client = browser(anna)
        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=CASE_OFFICERS).update(successor="")
        said = refused(client, anna, UNITS, **typed(state="done"))
        assert "Biståndsenheten bevakas inte" in said
        assert "under Enheter" in said
        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=CASE_OFFICERS).update(successor=DUTY)

        post(client, anna, UNITS, **typed(state="done"))

        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=MUNICIPAL_NURSES).update(watches_red_days=False)
        assert "Brister" in text(client, "/onboarding")
        assert "Kommunal hemsjukvård bevakas inte 24" in text(client, PLACE)

    def test_two_administrators_lose_nothing(self, anna: Hired, bo: Hired, begun: None) -> None:
        post(browser(bo), bo, UNITS, **typed(state="stopped", reason="HSA-id saknas"))
        client = browser(anna)

        answer = client.post(UNITS, sent(anna, **typed(evidence="Mitt underlag")))

        page = words(answer.content)
        assert answer.status_code == 422
        assert "Bo Ek har skrivit här sedan du öppnade sidan" in page
        assert "Stopp: HSA-id saknas" in page
        assert "Mitt underlag" in page
        assert '<input type="hidden" name="seen" value="1"' in answer.content.decode()
        post(client, anna, UNITS, **typed(seen=1, evidence="Mitt underlag"))
        assert [it.by for it in standing().history] == ["Bo Ek", "Anna Berg"]
        assert "HSA-id saknas" in text(client, PLACE)

    def test_that_goes_on_leaves_what_stopped_it_to_its_history(
        self, anna: Hired, begun: None
    ) -> None:
        client = browser(anna)
        stopped = typed(state="stopped", reason="Nämnden har inte beslutat")
        post(client, anna, UNITS, **stopped)
        assert "Stopp: Nämnden har inte beslutat" in text(client, PLACE)

        post(client, anna, UNITS, **stopped | {"seen": 1, "state": "ongoing"})

        page = text(client, PLACE)
        assert "Stopp:" not in page
        assert "Nämnden har inte beslutat" in page

    def test_of_the_start_names_the_start_date(self, anna: Hired, begun: None) -> None:
        client = browser(anna)
        assert "Startdatum" in text(client, f"{PLACE}/steps/start")

        post(client, anna, f"{PLACE}/steps/start", **typed(due_on="2026-06-01"))

        assert "mån 1 jun" in text(client, "/onboarding")

    def test_the_gate_opens_when_everything_holds(
        self, anna: Hired, begun: None, agreed: None
    ) -> None:
        client = browser(anna)
        name(ContactRole.CONTROLLER, ContactRole.PRIVACY_OFFICER)
        for unit in (MUNICIPAL_NURSES, DUTY):
            hire(MUNICIPALITY, "Per", f"P-{unit}", (unit, Role.MUNICIPAL_NURSE))
        try_out()
        for step in list(Step)[:-1]:
            said = refused(client, anna, f"{PLACE}/steps/start", **typed(state="done"))
            assert "Steget kan inte vara klart än" in said
            fields = typed(state="done", evidence="KS 2026:14")
            post(client, anna, f"{PLACE}/steps/{step}", **fields)

        post(client, anna, f"{PLACE}/steps/start", **typed(state="done"))

        page = text(client, PLACE)
        assert "8 av 8 steg är klara" in page
        assert "Alla åtta stegen är klara. Följ det första riktiga ärendet" in page
        assert "3 medarbetare hade uppdrag" in page
        assert "Har startat: 1" in text(client, "/onboarding")


def try_out() -> None:
    """Let the region send a message about a test person, and every unit take it on."""
    admit(to=(CASE_OFFICERS, MUNICIPAL_NURSES, DUTY))
    tasks.drain()
    with acting_as(MUNICIPALITY):
        (message,) = Message.objects.values_list("pk", flat=True)
        for who in (OFFICER, MUNICIPAL_NURSE, ON_DUTY):
            inbox.acknowledge_message(actor=who, message_id=message, at=AT)


class Tells:
    """Tells of steps as a municipality does."""

    def tell(self, tenant: str, *told: Entry) -> None:
        by = By("Anna Berg", "Systemförvaltare")
        with acting_as(tenant):
            for it in told:
                standing = progress.standing(tenant)
                progress.record_step(
                    it, standing=standing, seen=standing.seen(it.step), by=by, at=AT,
                    found=progress.Found(standing.named, True, ()),
                )  # fmt: skip


class TestTheBoard(Tells):
    def test_flags_what_is_stopped_and_what_is_late(self, anna: Hired, begun: None) -> None:
        late, due = date(2026, 3, 1), ContactRole.CONTACT_1
        self.tell(
            MUNICIPALITY,
            Entry(Step.UNITS, State.ONGOING, due, late),
            Entry(Step.ROLES, State.STOPPED, due, date(2026, 4, 1), reason="Personal saknas"),
        )

        page = text(browser(anna), "/onboarding")

        assert "Har något stoppat: 1" in page
        assert "Pågår Försenad Karin Nyström sön 1 mar" in page
        assert "från inte börjat till stoppad, klart senast ons 1 apr" in page
        assert "Personal saknas" in page

    def test_tells_what_has_moved_since_a_chosen_day(self, anna: Hired, begun: None) -> None:
        client = browser(anna)
        contact = ContactRole.CONTACT_1
        self.tell(MUNICIPALITY, Entry(Step.UNITS, State.ONGOING, contact, date(2026, 4, 1)))

        assert "Har ändrats sedan lör 31 jan" in text(client, "/onboarding")
        assert "Inget steg har ändrats" in text(client, "/onboarding?since=2026-03-03")
        assert "Skriv dagen som 2026-11-01" in text(client, "/onboarding?since=mars", 422)

    def test_asks_as_many_questions_for_many_as_for_one(self, anna: Hired, begun: None) -> None:
        client = browser(anna)

        def once() -> int:
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/onboarding").status_code == 200
            return len(queries)

        def asked() -> int:
            # The names of the huvudmän are read anew each minute: once of two they are not.
            return min(once(), once())

        alone = asked()
        begin(STRANGER)
        name(ContactRole.CONTACT_1, tenant=STRANGER)
        due = date(2026, 4, 1)
        for tenant in (MUNICIPALITY, STRANGER):
            self.tell(
                tenant,
                *(Entry(it, State.ONGOING, ContactRole.CONTACT_1, due) for it in Step),
            )
        with acting_as(STRANGER):
            Unit.objects.filter(pk=ELSEWHERE).update(name="Ny")

        assert asked() == alone


class TestTheFiles(Tells):
    @pytest.fixture
    def told(self, begun: None) -> None:
        begin(STRANGER, "")
        self.tell(
            MUNICIPALITY,
            Entry(Step.UNITS, State.ONGOING, ContactRole.CONTACT_1, date(2026, 3, 1)),
            Entry(
                Step.ROLES, State.STOPPED, ContactRole.CONTACT_1, date(2026, 4, 1),
                reason="=1+1 #strong[Personal] saknas",
            ),
        )  # fmt: skip

    def test_the_paper_is_tagged_and_holds_what_the_board_says(
        self, operator: Hired, told: None
    ) -> None:
        answer = browser(operator).get("/onboarding/board.pdf?since=2026-02-01")

        assert answer["Content-Type"] == "application/pdf"
        printed = pypdf.PdfReader(io.BytesIO(answer.content))
        said = " ".join(" ".join(it.extract_text().split()) for it in printed.pages)
        assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]
        for expected in (
            "Beredskapstavla", "Region Test", "Norr", "Testkommun", "Ingen delregion",
            "Främlinge kommun", "Pågår, försenad", "Karin Nyström", "mån 4 maj",
            "Har ändrats sedan söndag 1 februari 2026", "från inte börjat till stoppad",
            "=1+1 #strong[Personal] saknas", "Har något stoppat: 1.",
        ):  # fmt: skip
            assert expected in said

    def test_the_workbook_holds_every_step_as_a_row(self, operator: Hired, told: None) -> None:
        answer = browser(operator).get("/onboarding/board.xlsx")

        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.sheetnames == [
            "Beredskapstavla", "Steg", "Ämnesexperter", "Enheter", "Ändringar",
        ]  # fmt: skip
        board = list(book["Beredskapstavla"].values)
        assert [row[:2] for row in board[1:]] == [
            ("Norr", "Testkommun"), ("", "Främlinge kommun"),
        ]  # fmt: skip
        assert board[1][4] == "Pågår, försenad\nKarin Nyström\nsön\xa01\xa0mar"
        assert board[1][-1].date() == date(2026, 5, 4)
        rows = {row[1:3]: row for row in list(book["Steg"].values)[1:]}
        assert len(rows) == 16
        units = rows["Testkommun", "Enheter och inkorgar"]
        assert units[3:6] == ("Pågår", "Försenad", "Karin Nyström")
        assert units[6].date() == date(2026, 3, 1)
        assert rows["Testkommun", "Roller och uppdrag"][7] == "=1+1 #strong[Personal] saknas"
        assert {row[1] for row in list(book["Ändringar"].values)[1:3]} == {
            "Enheter och inkorgar", "Roller och uppdrag",
        }  # fmt: skip

    def test_the_files_are_refused_to_who_may_not_read(self, begun: None) -> None:
        place = (CASE_OFFICERS, Role.INBOX_COORDINATOR)
        client = browser(hire(MUNICIPALITY, "Karin", "SE2999999127-P001", place))

        for name in ("board.pdf", "board.xlsx"):
            assert client.get(f"/onboarding/{name}").status_code == 403


class TestTheActivityPlan:
    def test_is_planned_changed_and_finished_in_sight_of_all(
        self, anna: Hired, operator: Hired, begun: None
    ) -> None:
        client = browser(anna)
        fields = {
            "seen": 0, "what": "Gå igenom rutinen", "responsible": "Karin",
            "with_whom": "Avdelning 1", "forum": "APT", "wanted_on": "2026-03-01",
        }  # fmt: skip
        post(client, anna, f"{PLACE}/activities/new", **fields)
        assert "Gå igenom rutinen Karin Avdelning 1 APT sön 1 mar Försenad" in text(client, PLACE)
        (planned,) = plan()

        path = f"{PLACE}/activities/{planned.id}"
        post(client, anna, path, **fields | {"seen": 1, "done_on": "2026-03-02"})

        assert "sön 1 mar i dag" in text(browser(operator), PLACE)
        assert len(plan()) == 1
        assert path not in browser(operator).get(PLACE).content.decode()

    def test_what_is_left_comes_before_what_is_done(self, anna: Hired, begun: None) -> None:
        client = browser(anna)
        for what, wanted, done in (
            ("Gjort", "2026-03-01", "2026-03-01"), ("Sedan", "2026-04-01", ""), ("Nu", "2026-03-05",
            ""), ("Någon gång", "", ""),
        ):  # fmt: skip
            fields = {"seen": 0, "what": what, "wanted_on": wanted, "done_on": done}
            post(client, anna, f"{PLACE}/activities/new", **fields)

        assert [it.what for it in plan()] == ["Nu", "Sedan", "Någon gång", "Gjort"]

    def test_what_somebody_else_has_changed_is_read_first(
        self, anna: Hired, bo: Hired, begun: None
    ) -> None:
        post(browser(anna), anna, f"{PLACE}/activities/new", seen=0, what="Första")
        path = f"{PLACE}/activities/{plan()[0].id}"
        post(browser(bo), bo, path, seen=1, what="Andra")

        said = refused(browser(anna), anna, path, seen=1, what="Tredje")

        assert "Bo Ek har skrivit här sedan du öppnade sidan" in said
        assert "Andra" in said
        post(browser(anna), anna, path, seen=2, what="Tredje")
        assert [it.what for it in plan()] == ["Tredje"]

    def test_says_what_is_to_be_done(self, anna: Hired, begun: None) -> None:
        client = browser(anna)

        said = refused(client, anna, f"{PLACE}/activities/new", seen=0, what="")

        assert "Skriv vad som ska göras." in said
        assert client.get(f"{PLACE}/activities/{uuid4()}").status_code == 404


def plan() -> tuple[progress.Activity, ...]:
    """Return what the municipality plans."""
    with acting_as(MUNICIPALITY):
        return progress.activities(MUNICIPALITY)
