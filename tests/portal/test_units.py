"""Enheter and medarbetare as the local administrator keeps them."""

from typing import Any
from uuid import uuid4

import pytest
from cast import MUNICIPALITY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hired import Hired, hire
from onboarded import begin
from people import CASE_OFFICERS, DUTY, ELSEWHERE, MUNICIPAL_NURSES
from visits import browser, sent

from care.identity import importing, queries
from care.identity.models import Staff
from care.identity.permissions import Role
from care.identity.units import Address, NoSuchUnit, address
from portal import imports
from tenants import clock
from tenants.context import acting_as
from tenants.models import Unit

PLACE = f"/units/{CASE_OFFICERS}"


@pytest.fixture
def administrator(units: None) -> Hired:
    place = (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009", place)


@pytest.fixture
def client(administrator: Hired) -> Client:
    return browser(administrator)


def unit(hsa_id: str) -> Address:
    """Return a unit as the address book has it."""
    with acting_as(MUNICIPALITY):
        return address(hsa_id)


def typed(**changes: Any) -> dict[str, Any]:
    """Return what is typed in the form of a unit."""
    given = {
        "name": "Biståndsenheten",
        "kind": "social_services",
        "branch": "social_care_2022_913",
        "phone": "063-11 11 11",
        "mon": "08.00-16.30",
        "successor": DUTY,
    }
    return given | changes


class TestWhoWouldGetThis:
    def test_tells_of_the_own_municipality_now(self, client: Client) -> None:
        page = client.get("/units/route").content.decode()

        assert "Folkbokförd i Testkommun" in page
        assert page.index("Biståndsenheten") < page.index("Om avdelningen väljer den")
        assert "Inga. Varje enhet är förvald" in page

    def test_tells_of_a_sunday_night(self, client: Client) -> None:
        asked = {"municipality": "2399", "day": "2026-03-08", "time": "22:00"}

        page = client.get("/units/route", asked).content.decode()

        assert "sön 8 mar 22.00" in page.replace("\xa0", " ")
        row = page[page.index("Hälsocentralen Norr") :]
        assert "Ingen" in row[: row.index("</tr>")]

    def test_names_the_units_that_nothing_reaches(self, client: Client) -> None:
        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=CASE_OFFICERS).update(is_default=False)

        page = client.get("/units/route").content.decode()

        assert "De är varken förvalda eller tar över efter någon." in page
        assert f'href="/units/{DUTY}"' in page

    @pytest.mark.parametrize(
        ("wrong", "advice"),
        [
            ({"time": "sen"}, "Skriv klockslaget"),
            ({"day": "snart"}, "Skriv dagen som"),
            ({"municipality": "0000"}, "0000"),
        ],
    )
    def test_says_what_is_wrong_and_answers_for_now(
        self, client: Client, wrong: dict[str, str], advice: str
    ) -> None:
        asked = {"municipality": "2399", "day": "2026-03-08", "time": "22:00"} | wrong

        answer = client.get("/units/route", asked)

        assert answer.status_code == 422
        assert advice in answer.content.decode()
        assert "Folkbokförd i Testkommun" in answer.content.decode()

    def test_is_refused_to_a_coordinator(self, units: None) -> None:
        coordinator = hire(
            MUNICIPALITY, "Karin Nyström", "K", (CASE_OFFICERS, Role.INBOX_COORDINATOR)
        )
        assert browser(coordinator).get("/units/route").status_code == 403


class TestTheList:
    def test_tells_of_each_own_unit_whether_its_inbox_is_watched(self, client: Client) -> None:
        page = client.get("/units").content.decode()

        assert "Kommunal hemsjukvård" in page
        assert "Bevakas" in page
        assert "Socialjouren" in page

    def test_leaves_out_the_units_of_others(self, client: Client) -> None:
        page = client.get("/units").content.decode()

        assert "Avdelning 1" not in page
        assert ELSEWHERE not in page

    def test_answers_for_anothers_unit_as_for_none(self, client: Client) -> None:
        answers = [client.get(f"/units/{it}") for it in (ELSEWHERE, "SE2999999127-NIX")]

        assert [it.status_code for it in answers] == [404, 404]

    def test_is_refused_to_a_coordinator(self, units: None) -> None:
        place = (CASE_OFFICERS, Role.INBOX_COORDINATOR)
        coordinator = hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001", place)

        assert browser(coordinator).get("/units").status_code == 403


class TestChangingAUnit:
    def test_keeps_what_was_typed(self, client: Client, administrator: Hired) -> None:
        fields = typed(tue="7:30–12.00", watches_red_days="on")

        answer = client.post(f"{PLACE}/change", sent(administrator, **fields), follow=True)

        assert "Enheten är sparad." in answer.content.decode()
        kept = unit(CASE_OFFICERS)
        assert kept.opening_hours == {"mon": ["08:00", "16:30"], "tue": ["07:30", "12:00"]}
        assert kept.phone == "063-11 11 11"
        assert kept.watches_red_days

    @pytest.mark.parametrize(
        ("fields", "advice"),
        [
            ({"name": ""}, "Skriv enhetens namn."),
            ({"phone": "ring mig"}, "går inte att ringa"),
            ({"mon": "förmiddag"}, "Skriv öppettiden som 08.00-16.30"),
            ({"mon": "16.00-08.00"}, "Öppettiden för måndag"),
            ({"mon": "", "successor": ""}, "Ingen skulle bevaka enhetens inkorg"),
            ({"sun": "00.00-24.00"}, "Söndagens tider gäller bara med ett kryss här."),
            ({"kind": ""}, "Välj vad enheten är."),
            ({"branch": ""}, "Välj verksamhetsgren."),
        ],
    )
    def test_gives_back_what_cannot_be_with_advice(
        self, client: Client, administrator: Hired, fields: dict[str, Any], advice: str
    ) -> None:
        answer = client.post(f"{PLACE}/change", sent(administrator, **typed(**fields)))

        assert answer.status_code == 422
        assert advice in answer.content.decode()

    def test_shows_no_hours_on_a_sunday_that_do_not_count(self, client: Client) -> None:
        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=DUTY).update(watches_red_days=True)
        assert client.get(f"/units/{DUTY}").content.decode().count("00.00–24.00") == 7

        with acting_as(MUNICIPALITY):
            Unit.objects.filter(pk=DUTY).update(watches_red_days=False)

        assert client.get(f"/units/{DUTY}").content.decode().count("00.00–24.00") == 6

    def test_adds_a_new_one(self, client: Client, administrator: Hired) -> None:
        fields = typed(hsa_id="SE2999999127-NY", name="Nya enheten")

        client.post("/units/new", sent(administrator, **fields))

        assert unit("SE2999999127-NY").owner == MUNICIPALITY

    def test_refuses_an_hsa_id_that_belongs_to_another(
        self, client: Client, administrator: Hired
    ) -> None:
        answer = client.post("/units/new", sent(administrator, **typed(hsa_id=ELSEWHERE)))

        assert answer.status_code == 422
        assert "hör till en annan huvudman" in answer.content.decode()


class TestEndingAUnit:
    def test_needs_somebody_who_takes_over_from_one_that_others_trust(
        self, client: Client, administrator: Hired
    ) -> None:
        answer = client.post(f"/units/{DUTY}/archive", sent(administrator))

        assert answer.status_code == 422
        assert "Välj vilken enhet som tar över" in answer.content.decode()

    def test_hands_over_and_leaves_the_address_book(
        self, client: Client, administrator: Hired
    ) -> None:
        form = sent(administrator, successor=MUNICIPAL_NURSES)

        answer = client.post(f"/units/{DUTY}/archive", form, follow=True)

        assert "Enheten är avslutad." in answer.content.decode()
        assert unit(CASE_OFFICERS).successor == MUNICIPAL_NURSES
        assert client.get(f"/units/{DUTY}").status_code == 404


class TestAssignments:
    @pytest.fixture(autouse=True)
    def joining(self, units: None) -> None:
        """Until the start is told one person gives an assignment alone."""
        begin(MUNICIPALITY)

    def fields(self, **changes: Any) -> dict[str, Any]:
        given = {
            "hsa_id": "SE2999999127-P020",
            "name": "Per Ek",
            "role": "inbox_coordinator",
            "title": "Koordinator",
        }
        return given | changes

    def test_are_added_at_the_unit(self, client: Client, administrator: Hired) -> None:
        form = sent(administrator, **self.fields())

        page = client.post(f"{PLACE}/assignments/new", form, follow=True).content.decode()

        assert "Per Ek har fått uppdraget." in page
        assert "Koordinator i kommunen" in page
        assert "Per Ek" in client.get("/staff").content.decode()

    def test_that_are_held_already_are_refused(self, client: Client, administrator: Hired) -> None:
        client.post(f"{PLACE}/assignments/new", sent(administrator, **self.fields()))

        answer = client.post(f"{PLACE}/assignments/new", sent(administrator, **self.fields()))

        assert answer.status_code == 422
        assert "har redan uppdraget" in answer.content.decode()

    def test_are_revoked(self, client: Client, administrator: Hired) -> None:
        client.post(f"{PLACE}/assignments/new", sent(administrator, **self.fields()))
        with acting_as(MUNICIPALITY):
            held = queries.staff_list(at=clock.moment())[-1].assignments[0]

        place = f"{PLACE}/assignments/{held.assignment_id}/revoke"
        answer = client.post(place, sent(administrator), follow=True)

        assert "Uppdraget är avslutat." in answer.content.decode()
        assert "Per Ek" not in client.get(PLACE).content.decode()

    def test_of_another_unit_are_not_found_here(self, client: Client, administrator: Hired) -> None:
        place = f"/units/{DUTY}/assignments/{administrator.assignments[0]}/revoke"

        assert client.post(place, sent(administrator)).status_code == 404


class TestProtecting:
    def test_is_put_on_and_taken_off_by_the_administrator(
        self, client: Client, administrator: Hired
    ) -> None:
        place = f"/staff/{administrator.staff_id}/protect"
        assert "Skydda namnet" in client.get("/staff").content.decode()
        assert "Sätt skydd här" in client.get(place).content.decode()

        page = client.post(place, sent(administrator, is_protected="yes"), follow=True)
        assert "Skyddet är satt." in page.content.decode()
        assert "Skyddade personuppgifter" in client.get("/staff").content.decode()
        assert "Ta bort skyddet härifrån" in client.get(place).content.decode()

        page = client.post(place, sent(administrator, is_protected="no"), follow=True)
        assert "Skyddet är borttaget." in page.content.decode()
        assert "Skyddade personuppgifter" not in client.get("/staff").content.decode()

    def test_by_hsa_is_told_and_not_taken_off_here(
        self, client: Client, administrator: Hired
    ) -> None:
        with acting_as(MUNICIPALITY):
            Staff.objects.update(is_protected=True)
        page = client.get(f"/staff/{administrator.staff_id}/protect").content.decode()

        assert "Det ändras i HSA." in page
        assert "Ta bort skyddet" not in page

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_of_nobody_is_not_found(
        self, client: Client, administrator: Hired, method: str
    ) -> None:
        place = f"/staff/{uuid4()}/protect"
        answer = getattr(client, method)(place, sent(administrator, is_protected="yes"))

        assert answer.status_code == 404


class TestImport:
    header = ";".join(importing.UNIT_COLUMNS)
    row = (
        "SE2999999127-NY;Nya enheten;Socialtjänst;Omsorg om äldre och personer med"
        " funktionshinder;063-11 11 11;alltid;ja;;nej"
    )

    def upload(self, client: Client, hired: Hired, *rows: str) -> Any:
        content = "\n".join([self.header, *rows]).encode()
        form = sent(hired, file=SimpleUploadedFile("units.csv", content))
        return client.post("/units/import", form)

    def test_shows_the_differences_first_and_writes_nothing(
        self, client: Client, administrator: Hired
    ) -> None:
        page = self.upload(client, administrator, self.row).content.decode()

        assert "Nytt: 1" in page
        assert "Avslutas: 3" in page
        with pytest.raises(NoSuchUnit):
            unit("SE2999999127-NY")

    def test_takes_the_same_file_over_when_it_is_confirmed(
        self, client: Client, administrator: Hired
    ) -> None:
        shown = self.upload(client, administrator, self.row)

        form = sent(administrator, packed=shown.context["packed"])
        answer = client.post("/units/import", form, follow=True)

        assert "Enheterna är inlästa." in answer.content.decode()
        assert unit("SE2999999127-NY").name == "Nya enheten"

    def test_refuses_a_row_with_its_number_and_what_to_do(
        self, client: Client, administrator: Hired
    ) -> None:
        answer = self.upload(client, administrator, self.row, self.row)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Samma som rad 2. Ta bort en av raderna." in page
        assert 'name="packed"' not in page

    def test_refuses_a_file_that_is_none(self, client: Client, administrator: Hired) -> None:
        form = sent(administrator, file=SimpleUploadedFile("units.csv", b"\xff\xfe"))

        answer = client.post("/units/import", form)

        assert answer.status_code == 422
        assert "inte skriven i UTF-8" in answer.content.decode()

    @pytest.mark.parametrize("packed", ["", "x", "AAAA", imports._packed(b"x")[:-8]])
    def test_refuses_what_was_not_packed_by_the_page(
        self, client: Client, administrator: Hired, packed: str
    ) -> None:
        answer = client.post("/units/import", sent(administrator, packed=packed))

        assert answer.status_code == 400

    def test_of_a_batch_of_hsa_asks_for_what_is_new_where_it_takes_two(
        self, client: Client, administrator: Hired
    ) -> None:
        """Nobody gives anybody a role by a file that they have written themselves."""
        made = clock.moment().isoformat()
        content = (
            f'<hsaBatch made="{made}"><credentialInformation><givenName>Per</givenName>'
            "<middleAndSurName>Ek</middleAndSurName><personHsaId>SE2999999127-P020</personHsaId>"
            "<hsaSystemRole><systemId>SAMPLAN</systemId>"
            f"<role>lokal-administrator:{CASE_OFFICERS}</role></hsaSystemRole>"
            "</credentialInformation></hsaBatch>"
        ).encode()
        form = sent(administrator, file=SimpleUploadedFile("hsa.xml", content))
        shown = client.post("/staff/import-hsa", form)
        assert "Begärs, någon annan godkänner: 1" in shown.content.decode()

        form = sent(administrator, packed=shown.context["packed"])
        answer = client.post("/staff/import-hsa", form, follow=True)

        page = answer.content.decode()
        assert "Det som är nytt i uttaget är begärt. Någon annan godkänner det." in page
        assert "1 uppdrag väntar på att godkännas" in page
        assert "Per Ek" not in page

    def test_of_assignments_shows_the_differences_too(
        self, client: Client, administrator: Hired
    ) -> None:
        content = importing.ASSIGNMENTS_SAMPLE.encode()
        form = sent(administrator, file=SimpleUploadedFile("staff.csv", content))

        answer = client.post("/staff/import", form)

        assert answer.status_code == 422  # the sample's units are another huvudman's
        assert "Kan inte läsas in: " in answer.content.decode()
