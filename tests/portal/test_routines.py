"""Rutiner as people meet them: written, sent out, decided, and found where they apply."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from hired import Hired, hire
from isolation.county import admit
from people import CASE_OFFICERS, ELSEWHERE, HEALTH_CENTRE, WARD
from visits import browser, post, sent, text, words

from care.identity.permissions import Role
from tenants import clock, progress
from tenants.context import acting_as
from tenants.progress import By


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "moment", lambda: AT)


@pytest.fixture
def operator(units: None) -> Hired:
    return hire(REGION, "Ola Drift", "SE2999999119-P009", (HEALTH_CENTRE, Role.OPERATOR))


@pytest.fixture
def anna(units: None) -> Hired:
    return hire(MUNICIPALITY, "Anna Berg", "SE2999999127-P009",
                (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))  # fmt: skip


@pytest.fixture
def nurse(units: None) -> Hired:
    return hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))


def wording(**changes: Any) -> dict[str, Any]:
    return {
        "seen": 0, "kind": "routine", "heading": "Kvittera meddelanden",
        "text": "Kvittera inom två timmar.", "step": "routines", "act": "notify_ready",
        "valid_from": "2026-03-01", "valid_until": "",
    } | changes  # fmt: skip


def decision(**changes: Any) -> dict[str, Any]:
    return {
        "seen": 0, "is_approved": "yes", "board": "Länsledningen", "decided_on": "2026-02-27",
        "paragraph": "12", "diary_number": "LL 2026/9",
    } | changes  # fmt: skip


@pytest.fixture
def routine(operator: Hired) -> str:
    """Return the place of a routine that is a draft."""
    place = post(browser(operator), operator, "/routines/new", **wording())
    return place.split("?", 1)[0]


@pytest.fixture
def decided(routine: str, operator: Hired) -> str:
    """Return the place of a routine that holds."""
    post(browser(operator), operator, f"{routine}/decide", **decision())
    return routine


class TestThePage:
    def test_holds_the_law_and_who_decided_what(self, decided: str, nurse: Hired) -> None:
        answer = browser(nurse).get("/routines")

        page = words(answer.content)
        assert "4 kap. 4 § Gemensamma riktlinjer" in page
        assert "sfs-2017-612/#K4P4" in answer.content.decode()
        assert "Kvittera meddelanden Version 1, Region Test Gäller" in page
        assert "Länsledningen fre 27 feb, § 12, dnr LL 2026/9" in page
        assert "Ny rutin" not in page

    def test_of_a_draft_says_that_it_does_not_hold(self, routine: str, nurse: Hired) -> None:
        assert "Gäller inte ännu. Inget beslut" in text(browser(nurse), routine)

    def test_with_nothing_in_it_says_who_writes(self, nurse: Hired) -> None:
        assert "Länet har inga rutiner här ännu" in text(browser(nurse), "/routines")


class TestAVersion:
    def test_that_is_new_replaces_the_one_that_holds_when_it_is_decided(
        self, decided: str, operator: Hired, nurse: Hired
    ) -> None:
        client = browser(operator)
        post(client, operator, f"{decided}/revise", **wording(seen=1, text="Inom en timme."))
        still = text(browser(nurse), decided)
        post(client, operator, f"{decided}/decide", **decision())

        page = text(browser(nurse), decided)
        assert "Kvittera inom två timmar." in still
        assert "Inom en timme." in page
        assert "Version 1 Ersatt" in page
        compared = words(client.get(f"{decided}/compare").content)
        assert "Tillagt:" in compared
        assert "Borttaget:" in compared

    def test_that_was_not_approved_does_not_hold(self, routine: str, operator: Hired) -> None:
        post(browser(operator), operator, f"{routine}/decide", **decision(is_approved="no"))

        assert "Inte godkänd" in text(browser(operator), routine)

    def test_that_cannot_be_is_given_back_with_advice(self, operator: Hired) -> None:
        form = sent(operator, **wording(valid_until="2026-02-01"))

        answer = browser(operator).post("/routines/new", form)

        assert answer.status_code == 422
        assert "Sista dagen ligger före den första." in words(answer.content)
        assert "Kvittera inom två timmar." in words(answer.content)

    def test_of_another_huvudman_is_not_ours_to_write_nor_to_send_out(
        self, routine: str, anna: Hired
    ) -> None:
        client = browser(anna)

        assert client.post(f"{routine}/revise", sent(anna, **wording(seen=1))).status_code == 403
        asked = {
            "seen": 0, "kind": "preview", "from_on": "2026-03-01", "until_on": "2026-03-10",
            "tenants": [STRANGER], "others": "",
        }  # fmt: skip
        assert client.post(f"{routine}/rounds/new", sent(anna, **asked)).status_code == 403
        post(client, anna, f"{routine}/decide", **decision(board="Socialnämnden"))
        assert "Gäller inte ännu." in text(client, routine)  # only its writer's decision counts

    def test_is_not_for_a_nurse_to_write(self, routine: str, nurse: Hired) -> None:
        client = browser(nurse)

        for place in ("/routines/new", f"{routine}/revise", f"{routine}/decide",
                      f"{routine}/rounds/new"):  # fmt: skip
            assert client.get(place).status_code == 403

    def test_passes_the_same_round_as_an_agreement(
        self, routine: str, operator: Hired, anna: Hired
    ) -> None:
        place = post(
            browser(operator), operator, f"{routine}/rounds/new", seen=0, kind="preview",
            from_on="2026-03-01", until_on="2026-03-10", tenants=[MUNICIPALITY], others="",
        )  # fmt: skip

        listed = text(browser(anna), "/routines")
        post(
            browser(anna), anna, f"{place}/comments/new", body="Hemsjukvården", section="",
            comment="Vem på natten?", proposal="",
        )  # fmt: skip

        assert "Ni är tillfrågade På-titt: Kvittera meddelanden, version 1" in listed
        assert "1 synpunkt, 0 besvarade" in text(browser(operator), routine)


class TestWhereItApplies:
    def test_it_is_linked_from_the_step_of_joining(self, decided: str, anna: Hired) -> None:
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=MUNICIPALITY, delregion="", wanted_start_on=date(2026, 5, 4),
                by=By("Ola Drift", "Drift"), at=AT,
            )  # fmt: skip
        client = browser(anna)

        for place in (f"/onboarding/{MUNICIPALITY}", f"/onboarding/{MUNICIPALITY}/steps/routines"):
            page = client.get(place).content.decode()
            assert f'href="{decided}">Rutin: Kvittera meddelanden</a>' in page
        units = client.get(f"/onboarding/{MUNICIPALITY}/steps/units").content.decode()
        assert "Rutin: Kvittera" not in units

    def test_it_is_linked_from_the_act(self, decided: str, nurse: Hired) -> None:
        case_id = admit()
        client = browser(nurse)

        page = client.get(f"/cases/{case_id}/notify-ready").content.decode()

        assert f'href="{decided}">Rutin: Kvittera meddelanden</a>' in page
        other = client.get(f"/cases/{case_id}/transfer-information").content.decode()
        assert "Rutin: Kvittera" not in other

    def test_a_draft_is_linked_from_nowhere(self, routine: str, nurse: Hired) -> None:
        page = browser(nurse).get(f"/cases/{admit()}/notify-ready").content.decode()

        assert "Rutin: Kvittera" not in page


def test_a_stranger_in_the_county_reads_routines_and_nobody_without_an_assignment(
    routine: str, units: None
) -> None:
    stranger = hire(STRANGER, "Ulf Ek", "SE2999999135-P010", (ELSEWHERE, Role.CASE_OFFICER))

    assert browser(stranger).get(routine).status_code == 200
    assert browser().get(routine).status_code in (302, 401)
    assert browser(stranger).get(f"/routines/{UUID(int=1)}").status_code == 404
