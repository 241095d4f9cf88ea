"""Skyddade personuppgifter as a browser gets them, without any script."""

import re
from uuid import UUID, uuid4

import pytest
from cast import MUNICIPALITY, REGION
from django.test import Client
from hired import Hired, acting, hire
from isolation.county import admit, case_at
from people import BERIT, CASE_OFFICERS, WARD
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from care.inbox import tasks
from care.individuals.models import Individual
from care.individuals.operations import Person
from care.sharing.models import AccessLog
from tenants.context import acting_as

PROTECTED = Person(
    **{**vars(BERIT), "protection": "protected_registration", "registered_address": ""}
)

STEP = {
    "step": "person",
    "number": "19400405-7032",
    "given_name": "Berit",
    "family_name": "Åkerlund",
    "registered_municipality": "2399",
}
ADMISSION = {
    "step": "admission",
    "variant": "somatic",
    "admitted_at": "2026-03-02T08:00",
    "physician": "Jonas Ek",
    "expected_discharge_at": "2026-03-05T10:00",
    "needs": ["social_services"],
    "recipients": [CASE_OFFICERS],
}


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


@pytest.fixture
def colleague(units: None) -> Hired:
    return hire(REGION, "Olga Dahl", "SE2999999119-P002", (WARD, Role.WARD_NURSE))


@pytest.fixture
def case_id(nurse: Hired) -> UUID:
    return admit(by=acting(nurse, Role.WARD_NURSE, WARD), person=PROTECTED)


def opened(nurse: Hired, case_id: UUID) -> Client:
    """Return a browser in which somebody has said why."""
    client = browser(nurse)
    place = f"/cases/{case_id}"
    assert post(client, nurse, f"{place}/state-reason", reason="handles", to=place) == place
    return client


def test_the_page_asks_why_first_and_keeps_the_answer(nurse: Hired, case_id: UUID) -> None:
    client = browser(nurse)
    place = f"/cases/{case_id}"

    asked = client.get(f"{place}?view=history")
    assert asked.status_code == 302
    page = client.get(asked["Location"])
    assert "Varför öppnar du ärendet?" in words(page.content)
    assert "Åkerlund" not in page.content.decode()
    leads = post(client, nurse, f"{place}/state-reason", reason="other", text="Tillsyn",
                 to=f"{place}?view=history")  # fmt: skip

    assert leads == f"{place}?view=history"
    assert "Åkerlund" in text(client, leads)
    with acting_as(REGION):
        entry = AccessLog.objects.filter(activity="read").latest("id")
    assert entry.reason_text == "Tillsyn"


def test_a_reason_is_not_empty_and_names_nobody(nurse: Hired, case_id: UUID) -> None:
    client = browser(nurse)
    for fields, problem in (
        ({}, "Välj varför du öppnar ärendet."),
        ({"reason": "other"}, "Skriv skälet."),
        ({"reason": "other", "text": "Berit ringde"}, "Ta bort personens namn och nummer"),
    ):
        answer = client.post(f"/cases/{case_id}/state-reason", sent(nurse, **fields))
        assert answer.status_code == 422
        assert problem in words(answer.content)


def test_the_way_on_leads_nowhere_else(nurse: Hired, case_id: UUID) -> None:
    client = browser(nurse)
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/"):
        leads = post(client, nurse, f"/cases/{case_id}/state-reason", reason="handles",
                     to=elsewhere)  # fmt: skip
        assert leads == f"/cases/{case_id}"


def test_the_kind_and_what_it_means_stand_on_the_page(nurse: Hired, case_id: UUID) -> None:
    page = text(opened(nurse, case_id), f"/cases/{case_id}")

    assert "Skyddade personuppgifter: Skyddad folkbokföring" in page
    assert "Den verkliga adressen finns inte i folkbokföringen" in page


def test_a_colleague_who_is_not_on_the_list_gets_the_words_for_what_does_not_exist(
    case_id: UUID, colleague: Hired
) -> None:
    client = browser(colleague)

    unseen = _without_reference(text(client, f"/cases/{uuid4()}", 404))
    for page in ("", "/state-reason", "/readers", "/register", "/notify-ready"):
        assert _without_reference(text(client, f"/cases/{case_id}{page}", 404)) == unseen


def test_who_is_put_on_the_list_opens_the_case_and_who_is_taken_off_does_not(
    nurse: Hired, case_id: UUID, colleague: Hired
) -> None:
    client, place = opened(nurse, case_id), f"/cases/{case_id}"
    assert "Olga Dahl" in text(client, f"{place}/readers")

    post(client, nurse, f"{place}/add-reader", staff_id=colleague.staff_id)
    assert "Åkerlund" in text(opened(colleague, case_id), place)

    post(client, nurse, f"{place}/remove-reader", staff_id=colleague.staff_id)
    text(browser(colleague), place, 404)
    last = client.post(f"{place}/remove-reader", sent(nurse, staff_id=nurse.staff_id))
    assert last.status_code == 409
    assert "Någon måste stå kvar på listan" in words(last.content)


def test_the_row_in_the_worklist_names_nobody(nurse: Hired, case_id: UUID) -> None:
    page = text(browser(nurse), "/?view=all")

    assert "Skyddade personuppgifter Öppna för att se vem det gäller" in page
    assert "Åkerlund" not in page


def test_no_receiver_is_chosen_beforehand(nurse: Hired) -> None:
    client = browser(nurse)
    for protection, chosen in (("", 3), *((it, 0) for it in ("flagged", "assumed_identity"))):
        answer = client.post("/cases/new", sent(nurse, **STEP, protection=protection))
        boxes = re.findall(r"<input[^>]*name=\"recipients\"[^>]*>", answer.content.decode())
        assert len(boxes) >= 3
        assert sum("checked" in it for it in boxes) == chosen


def test_an_address_that_is_typed_is_not_kept(nurse: Hired) -> None:
    fields = {**STEP, **ADMISSION, "protection": "flagged", "registered_address": "Ekgatan 5"}

    post(browser(nurse), nurse, "/cases/new", **fields)

    with acting_as(REGION):
        known = Individual.objects.get()
    assert (known.protection, known.registered_address) == ("flagged", "")


class TestMarkedWhileTheCaseRuns:
    @pytest.fixture
    def running(self, nurse: Hired) -> UUID:
        return admit(by=acting(nurse, Role.WARD_NURSE, WARD), to=[CASE_OFFICERS])

    def test_whoever_marks_comes_to_the_list_and_a_colleague_sees_nothing_more(
        self, nurse: Hired, colleague: Hired, running: UUID
    ) -> None:
        place = f"/cases/{running}"
        assert "Personen är inte markerad hos er." in text(browser(nurse), f"{place}/register")
        form = text(browser(nurse), f"{place}/mark-protected")
        assert "Ärendet syns sedan bara för dem på enhetens lista." in form
        assert "Åkerlund" in text(browser(colleague), place)

        leads = post(browser(nurse), nurse, f"{place}/mark-protected", protection="flagged",
                     is_understood="on")  # fmt: skip

        assert leads == f"{place}/readers"
        unseen = _without_reference(text(browser(colleague), f"/cases/{uuid4()}", 404))
        for page in ("", "/register", "/mark-protected", "/lift-protection"):
            told = _without_reference(text(browser(colleague), f"{place}{page}", 404))
            assert told == unseen
        assert "Åkerlund" not in text(browser(colleague), "/?view=all")
        assert "Sara Lindmark" in text(opened(nurse, running), leads)
        history = text(opened(nurse, running), f"{place}?view=timeline")
        assert "Skyddade personuppgifter markerades." in history
        assert "Skydd Sekretessmarkering" in history

    @pytest.mark.parametrize(
        "told", [{}, {"protection": "flagged"}, {"protection": "curious", "is_understood": "on"}]
    )
    def test_it_asks_again_for_what_is_missing(
        self, nurse: Hired, running: UUID, told: dict[str, str]
    ) -> None:
        answer = browser(nurse).post(f"/cases/{running}/mark-protected", sent(nurse, **told))

        assert answer.status_code == 422
        with acting_as(REGION):
            assert Individual.objects.get().protection == ""

    def test_only_a_stricter_kind_is_offered_afterwards(self, nurse: Hired, case_id: UUID) -> None:
        page = opened(nurse, case_id).get(f"/cases/{case_id}/mark-protected").content.decode()

        assert re.findall(r'name="protection" value="(\w+)"', page) == ["assumed_identity"]

    def test_it_is_lifted_with_the_reason_and_is_everybodys_again(
        self, nurse: Hired, colleague: Hired, case_id: UUID
    ) -> None:
        client, place = opened(nurse, case_id), f"/cases/{case_id}"
        assert "Häv skyddet" in text(client, f"{place}/register")
        for missing in ({"reason": "Fel person"}, {"is_checked": "on"}):
            asked = client.post(f"{place}/lift-protection", sent(nurse, **missing))
            assert asked.status_code == 422
        post(client, nurse, f"{place}/lift-protection", reason="Fel person", is_checked="on")

        page = text(browser(colleague), f"{place}?view=timeline")
        assert "Skyddet hävdes." in page
        assert "Skäl Fel person" in page
        again = browser(nurse).get(f"{place}/lift-protection")
        assert again.status_code == 409

    def test_the_others_see_that_it_is_said_to_be_lifted(self, nurse: Hired, case_id: UUID) -> None:
        coordinator = hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P003",
                           (CASE_OFFICERS, Role.INBOX_COORDINATOR))  # fmt: skip
        post(opened(nurse, case_id), nurse, f"/cases/{case_id}/lift-protection",
             reason="Fel person", is_checked="on")  # fmt: skip
        tasks.drain()
        theirs = case_at(MUNICIPALITY).pk
        client = opened(coordinator, theirs)

        for page in ("", "/register", "?view=timeline"):
            shown = text(client, f"/cases/{theirs}{page}")
            assert "uppger att skyddet är hävt" in shown
            assert "Fel person" not in shown
        assert "Skyddet gäller fortfarande" in text(client, f"/cases/{theirs}/register")
        post(client, coordinator, f"/cases/{theirs}/mark-protected",
             protection="protected_registration", is_understood="on")  # fmt: skip
        tasks.drain()

        shown = text(client, f"/cases/{theirs}/register")
        assert "Skyddet gäller fortfarande" not in shown
        with acting_as(REGION):
            assert Individual.objects.get().protection == "protected_registration"


def _without_reference(page: str) -> str:
    return re.sub(r"[A-Z2-9]{4}-[A-Z2-9]{2}|\d\d[.:]\d\d(?:[.:]\d\d)?", "", page)
