"""Logggranskning as a browser gets it, without any script."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, hire
from isolation.county import admit, agree
from people import BERIT, DAY, HOUR, MUNICIPAL_NURSE, MUNICIPAL_NURSES, NURSE, WARD
from visits import browser, post, sent, text, words

from care.cases.models import Case, Participation
from care.identity.permissions import Role
from care.inbox import emergencies, tasks
from care.law import calendar
from care.sharing.emergencies import one
from care.sharing.models import AccessLog, EmergencyAccess
from portal import reviewing
from tenants import clock
from tenants.context import acting_as


@pytest.fixture
def case_id(units: None) -> UUID:
    """Give a case of Berit that was admitted ten days ago."""
    agree()
    case_id = admit(at=clock.moment() - 10 * DAY)
    tasks.drain()
    return case_id


@pytest.fixture
def reviewer(units: None) -> Hired:
    return hire(REGION, "Gun Granskare", "SE2999999119-P020", (WARD, Role.LOG_REVIEWER))


@pytest.fixture
def second(units: None) -> Hired:
    return hire(REGION, "Bo Bedömare", "SE2999999119-P021", (WARD, Role.LOG_REVIEWER))


def drawn(who: Hired) -> str:
    """Draw a round of the two weeks before today, and return its address."""
    today = calendar.local_date(clock.moment())
    return post(
        browser(who), who, "/review/rounds/draw-round", from_on=today - 14 * DAY,
        until_on=today - DAY, size=5,
    )  # fmt: skip


def first_item(who: Hired, round_url: str) -> str:
    page = browser(who).get(round_url).content.decode()
    found = re.search(r'href="(/review/items/[^"]+)"', page)
    assert found, words(page.encode())
    return found[1]


def test_a_reviewer_has_a_first_page_and_no_case(reviewer: Hired, case_id: UUID) -> None:
    client = browser(reviewer)

    assert client.get("/")["Location"] == "/review"
    assert "Ingen omgång är dragen" in text(client, "/review")
    assert client.get(f"/cases/{case_id}").status_code == 403


def test_a_round_tells_who_and_when_and_an_item_whose(reviewer: Hired, case_id: UUID) -> None:
    url = drawn(reviewer)
    page = text(browser(reviewer), url)
    opened = text(browser(reviewer), first_item(reviewer, url))

    assert NURSE.name in page
    assert "stickprov" in page
    assert "Berit" not in page
    assert "Berit Åkerlund" in opened
    with acting_as(REGION):
        looks = AccessLog.objects.filter(activity="review").order_by("id")
        assert [bool(it.common_ids) for it in looks] == [False, False, False, True]


def test_misuse_waits_for_somebody_else(reviewer: Hired, second: Hired, case_id: UUID) -> None:
    item = first_item(reviewer, drawn(reviewer))
    told = {"verdict": "misuse_suspected", "comment": "Fanns ingen vårdrelation."}
    without = browser(reviewer).post(item, sent(reviewer, verdict="misuse_suspected"))
    post(browser(reviewer), reviewer, item, **told)

    assert without.status_code == 422
    assert "En andra granskare behövs" in text(browser(reviewer), item)
    refused = browser(reviewer).post(item, sent(reviewer, **told))
    assert refused.status_code == 409
    with acting_as(REGION):
        assert AccessLog.objects.get(activity="denied").reason == "needs_another"
    post(browser(second), second, item, **told)
    assert "Klar" in text(browser(second), item)


def test_an_emergency_is_followed_up_and_a_late_one_is_told(reviewer: Hired, case_id: UUID) -> None:
    nurse = hire(
        MUNICIPALITY, "Rut Granskare", "SE2999999127-P020", (MUNICIPAL_NURSES, Role.LOG_REVIEWER)
    )
    at = clock.moment() - 9 * DAY
    with acting_as(MUNICIPALITY):
        case = Case.objects.get()
        Participation.objects.create(
            case=case, unit_id=MUNICIPAL_NURSES, tenant=MUNICIPALITY, from_at=at - HOUR
        )
        opened = emergencies.open_emergency_access(
            actor=MUNICIPAL_NURSE, case_id=case.pk, ground="danger_to_life",
            reason="Medvetslös på golvet, blodtryckskris.", is_stated=True, at=at,
        )  # fmt: skip
    queue = text(browser(nurse), "/review")
    url = f"/review/emergencies/{opened}"
    page = text(browser(nurse), url)

    with acting_as(MUNICIPALITY):
        looks = AccessLog.objects.filter(activity="review").order_by("id")
        assert [bool(it.common_ids) for it in looks] == [False, True]
    assert "Inte öppnad" not in page
    with acting_as(MUNICIPALITY):
        shown = one(opened)
        assert shown is not None
        waiting = replace(shown, opened_at=None, closes_at=None)
        row = reviewing.emergency(waiting, at=clock.moment())
    assert row.period == "Inte öppnad: en andra person behövs"
    assert "Försenad" in queue
    assert "Säg till verksamhetschefen för Kommunal hemsjukvård, Testkommun" in queue
    assert "blodtryckskris" not in queue
    assert "blodtryckskris" in page
    assert "Berit Åkerlund" in page
    post(browser(nurse), nurse, url, outcome="justified", comment="Läst journalen.")
    assert "Ingen nödöppning väntar" in text(browser(nurse), "/review")
    with acting_as(MUNICIPALITY):
        assert EmergencyAccess.objects.get().followed_up_by == "Rut Granskare"


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF"),
        ("xml", "application/xml", b"<?xml"),
        ("json", "application/fhir+json", b"{"),
    ],
)
def test_a_person_gets_an_extract_and_its_number_stands_in_no_address(
    reviewer: Hired, case_id: UUID, form: str, kind: str, begins: bytes
) -> None:
    given = browser(reviewer).post(
        "/review/extract", sent(reviewer, number="19400405-7032", reason="Dnr 2026/17", form=form)
    )

    assert given.status_code == 200
    assert given["Content-Type"] == kind
    assert given.content.startswith(begins)
    assert BERIT.number not in given["Content-Disposition"]
    with acting_as(REGION):
        line = AccessLog.objects.get(activity="extract")
    assert (line.staff_name, line.reason_text) == ("Gun Granskare", "Dnr 2026/17")


def test_a_number_in_an_address_gives_nothing(reviewer: Hired, case_id: UUID) -> None:
    asked = browser(reviewer).get("/review/extract", {"number": BERIT.number, "form": "pdf"})

    assert asked["Content-Type"].startswith("text/html")
    with acting_as(REGION):
        assert not AccessLog.objects.filter(activity="extract").exists()


def test_a_person_that_is_not_here_has_no_extract(reviewer: Hired, case_id: UUID) -> None:
    given = browser(reviewer).post(
        "/review/extract", sent(reviewer, number="193012299263", reason="Dnr 2026/17", form="pdf")
    )

    assert given.status_code == 422
    assert "Ingenting är loggat om personen hos er" in words(given.content)


def test_a_month_is_reported_as_a_page_and_a_file(reviewer: Hired, case_id: UUID) -> None:
    item = first_item(reviewer, drawn(reviewer))
    post(browser(reviewer), reviewer, item, verdict="in_order", comment="")
    month = f"{calendar.local_date(clock.moment()):%Y-%m}"
    page = text(browser(reviewer), "/review/reports")
    file = browser(reviewer).get(f"/review/reports/{month}.csv")

    assert "1 omgång drogs under månaden. Siffrorna gäller omgången som den står i dag." in page
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("månad;enhet;rader;i sin ordning")
    assert lines[1].startswith(f"{month};Region Test;1;1;0;0;0;0;0;0;0")
    assert browser(reviewer).get("/review/reports/2026-13.csv").status_code == 404


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "1999-12", "2026-13"])
def test_a_month_that_cannot_be_is_not_found(reviewer: Hired, units: None, month: str) -> None:
    for url in (f"/review/reports?month={month}", f"/review/reports/{month}.csv"):
        assert browser(reviewer).get(url).status_code == 404


@pytest.mark.parametrize(
    "url", ["/review", "/review/rounds/draw-round", "/review/extract", "/review/reports"]
)
def test_nobody_else_comes_in(case_id: UUID, url: str) -> None:
    boss = hire(REGION, "Anna Berg", "SE2999999119-P009", (WARD, Role.LOCAL_ADMINISTRATOR))

    assert browser(boss).get(url).status_code == 403


def test_a_round_of_days_that_have_not_passed_is_explained(reviewer: Hired, case_id: UUID) -> None:
    today = calendar.local_date(clock.moment())
    answer = browser(reviewer).post(
        "/review/rounds/draw-round",
        sent(reviewer, from_on=today - timedelta(days=3), until_on=today, size=5),
    )

    assert answer.status_code == 422
    assert "Perioden ska vara slut" in words(answer.content)
