"""Byta system: an administrator reads cases in, reconciles and leaves the old system."""

from typing import Any

import pytest
from cast import MUNICIPALITY, REGION
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hired import Hired, hire
from isolation.county import Time
from old_system import SYSTEM, case, cases, file_of
from people import CASE_OFFICERS, WARD
from visits import browser, sent, text, words

from care.cases.models import Case
from care.discharge.models import CutOver, Reconciliation
from care.identity.permissions import Role
from care.inbox import tasks
from tenants import clock
from tenants.context import acting_as


@pytest.fixture(autouse=True)
def time(units: None, monkeypatch: pytest.MonkeyPatch) -> Time:
    now = Time()
    monkeypatch.setattr(clock, "moment", lambda: now.at)
    return now


@pytest.fixture
def administrator(units: None) -> Hired:
    return hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))


def upload(client: Client, who: Hired, place: str, rows: "list[dict[str, str]]") -> Any:
    file = SimpleUploadedFile("cases.csv", file_of(rows))
    return client.post(f"/takeover/{place}", sent(who, system=SYSTEM, file=file))


def test_from_the_first_file_to_the_cut_over(administrator: Hired) -> None:
    client = browser(administrator)
    assert "Inga ärenden är inlästa" in text(client, "/takeover")

    shown = upload(client, administrator, "import", cases(3))

    assert "Nytt: 3" in words(shown.content)
    with acting_as(REGION):
        assert not Case.objects.exists()
    form = sent(administrator, system=SYSTEM, packed=shown.context["packed"])
    done = [client.post("/takeover/import", form) for _ in range(2)]
    assert [it.status_code for it in done] == [303, 303]
    assert "Ärendena är inlästa." in text(client, done[0]["Location"])
    tasks.drain()
    with acting_as(MUNICIPALITY):
        assert Case.objects.count() == 3

    compared = upload(client, administrator, "reconcile", cases(3))

    assert compared.status_code == 200
    assert "Allt stämmer." in words(compared.content)
    assert "Gå över" in text(client, "/takeover")
    form = sent(administrator, system=SYSTEM)
    done = [client.post("/takeover/cut-over", form) for _ in range(2)]
    assert [it.status_code for it in done] == [303, 303]
    assert "3 öppna ärenden, 2 med kallelse" in text(client, "/takeover")
    with acting_as(REGION):
        assert CutOver.objects.count() == 1


def test_what_was_read_before_the_cut_over_is_not_taken_over_after_it(administrator: Hired) -> None:
    client = browser(administrator)
    shown = upload(client, administrator, "import", cases(2))
    with acting_as(REGION):
        CutOver.objects.create(
            system=SYSTEM, at=clock.moment(), staff_id=administrator.staff_id, staff_name="Anna",
            assignment_id=administrator.assignments[0], open_there=0, open_here=0, calls_there=0,
            calls_here=0, estimates_there=0, estimates_here=0,
        )  # fmt: skip

    form = sent(administrator, system=SYSTEM, packed=shown.context["packed"])
    answer = client.post("/takeover/import", form)

    assert answer.status_code == 422
    assert "Övergången från Meddix är gjord." in words(answer.content)
    with acting_as(REGION):
        assert not Case.objects.exists()


def test_a_faulty_row_is_told_with_its_number_and_nothing_can_be_taken_over(
    administrator: Hired,
) -> None:
    answer = upload(browser(administrator), administrator, "import", [case(0), case(1, möte="x")])

    assert answer.status_code == 422
    assert "kallelse_skickad" in words(answer.content)
    assert 'name="packed"' not in answer.content.decode()


def test_the_differences_are_shown_and_the_old_system_cannot_be_left(administrator: Hired) -> None:
    client = browser(administrator)

    page = words(upload(client, administrator, "reconcile", cases(2)).content)

    assert "Bara där: 2" in page
    assert "M-1001" in page
    assert "Gå över" not in text(client, "/takeover")
    refused = client.post("/takeover/cut-over", sent(administrator, system=SYSTEM))
    assert refused.status_code == 422
    assert "Bara där: 2. Rätta dem och stäm av igen." in words(refused.content)
    with acting_as(REGION):
        assert not CutOver.objects.exists()


def test_a_file_that_cannot_be_compared_is_told_and_not_counted(administrator: Hired) -> None:
    client = browser(administrator)

    faulty = upload(client, administrator, "reconcile", [case(0, status="x")])
    unread = client.post(
        "/takeover/reconcile",
        sent(administrator, system=SYSTEM, file=SimpleUploadedFile("a.csv", b"fel;rubrik\n")),
    )

    assert (faulty.status_code, unread.status_code) == (422, 422)
    assert "Fältet status ska vara ett av orden" in words(faulty.content)
    assert "fel rubriker" in words(unread.content)
    with acting_as(REGION):
        assert not Reconciliation.objects.exists()


def test_a_form_without_the_name_of_the_system_is_shown_again(administrator: Hired) -> None:
    client = browser(administrator)
    for place in ("import", "reconcile"):
        answer = client.post(f"/takeover/{place}", sent(administrator))

        assert answer.status_code == 422
        assert "Skriv vad det gamla systemet heter." in words(answer.content)
    nameless = client.post("/takeover/cut-over", sent(administrator))
    assert (nameless.status_code, client.get("/takeover/cut-over").status_code) == (422, 405)


def test_the_way_to_the_page_is_on_the_page_of_units_where_there_are_wards(
    administrator: Hired,
) -> None:
    other = hire(MUNICIPALITY, "Olle", "SE2999999127-P009",
                 (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip

    assert "Byta system" in text(browser(administrator), "/units")
    assert "Byta system" not in text(browser(other), "/units")


@pytest.mark.parametrize("place", ["", "/import", "/reconcile"])
def test_whoever_is_no_administrator_may_not(place: str, units: None) -> None:
    nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

    assert browser(nurse).get(f"/takeover{place}").status_code == 403
    assert browser(nurse).post("/takeover/cut-over", sent(nurse)).status_code == 403
