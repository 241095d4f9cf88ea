"""Refusals as a browser gets them: a link that leads somewhere, and what was typed kept."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import REGION
from hired import Hired, hire
from people import BERIT, CASE_OFFICERS, DAY, HEALTH_CENTRE, HOUR, NURSE, WARD
from visits import browser, sent

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox.models import Message
from care.law.calendar import STOCKHOLM
from care.sharing.models import AccessLog
from tenants import clock
from tenants.context import acting_as


@pytest.fixture
def case_id(units: None) -> UUID:
    """Give the ward's case of Berit, in which the health centre takes no part."""
    at = clock.moment() - DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[CASE_OFFICERS], admitted_at=at - HOUR,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=at + 3 * DAY,
            needs=["social_services"], at=at,
        )  # fmt: skip
    return case_id


def admission(**changes: Any) -> dict[str, Any]:
    """Return what the second step of a new case sends."""
    now = clock.moment().astimezone(STOCKHOLM)
    told = {
        "step": "admission",
        "number": "19400405-7032",
        "given_name": "Berit",
        "family_name": "Åkerlund",
        "registered_municipality": "2399",
        "variant": "somatic",
        "admitted_at": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "physician": "Jonas Ek",
        "expected_discharge_at": f"{now + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "needs": ["social_services"],
        "recipients": [CASE_OFFICERS],
    }
    return told | changes


class TestASecondCase:
    def test_leads_to_the_first_one_where_the_unit_takes_part(self, case_id: UUID) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        answer = browser(nurse).post("/cases/new", sent(nurse, **admission()))

        assert answer.status_code == 409
        assert f'href="/cases/{case_id}"' in answer.content.decode()

    def test_says_where_to_turn_without_a_link_where_it_does_not(self, case_id: UUID) -> None:
        other = hire(REGION, "Eva Norén", "SE2999999119-P003", (HEALTH_CENTRE, Role.WARD_NURSE))

        answer = browser(other).post("/cases/new", sent(other, **admission()))

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "En annan enhet hos er huvudman har ärendet." in page
        assert "Vänd dig till den enheten" in page
        assert str(case_id) not in page
        assert "Avdelning 1" not in page
        with acting_as(REGION):
            assert Case.objects.count() == 1
            assert not AccessLog.objects.filter(activity="denied").exists()


class TestAMessageOfAnotherUnit:
    @pytest.fixture
    def other(self, case_id: UUID) -> Hired:
        return hire(
            REGION, "Lena Uusitalo", "SE2999999119-P003", (HEALTH_CENTRE, Role.CARE_COORDINATOR)
        )

    @pytest.fixture
    def message_id(self, case_id: UUID) -> UUID:
        with acting_as(REGION):
            found: UUID = Message.objects.get().pk
            return found

    @pytest.mark.parametrize("act", ["acknowledge-message", "hand-back-message", "reject-message"])
    def test_is_refused_in_the_words_for_none_and_kept_in_the_access_log(
        self, case_id: UUID, other: Hired, message_id: UUID, act: str
    ) -> None:
        client, pages = browser(other), []
        for it in (message_id, uuid4()):
            answer = client.post(f"/messages/{it}/{act}", sent(other, reason="wrong_unit"))
            pages.append((answer.status_code, main_of(answer.content.decode())))

        assert pages[0] == pages[1]
        assert pages[0][0] == 404
        with acting_as(REGION):
            common_id = str(Case.objects.get().common_id)
            denials = AccessLog.objects.filter(activity="denied").order_by("id")
            found = list(denials.values_list("staff_id", "common_ids", "reason"))
        reason = "not_the_units_message"
        assert found == [
            (other.staff_id, [common_id], reason),
            (other.staff_id, [], reason),
        ]


def main_of(page: str) -> str:
    """Return what a page says, without the reference that each error has of its own."""
    return re.sub(r"Kod \S+ [^<]*", "", page[page.index("<main") : page.index("</main>")])


class TestAFormOfAnotherAssignment:
    def test_keeps_what_was_typed(self, units: None) -> None:
        nurse: Hired = hire(
            REGION,
            "Sara Lindmark",
            "SE2999999119-P001",
            (WARD, Role.WARD_NURSE),
            (HEALTH_CENTRE, Role.WARD_NURSE),
        )
        client = browser(nurse)
        made_for, other = nurse.assignments
        client.post("/assignments", {"chosen": other})
        form = sent(nurse, **admission()) | {"assignment": made_for}

        answer = client.post("/cases/new", form)

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Det du skrev finns kvar" in page
        assert 'name="physician" value="Jonas Ek"' in page
        assert f'name="idempotency_key" value="{form["idempotency_key"]}"' in page
        assert f'name="assignment" value="{made_for}"' in page
        assert "Skicka igen" in page
        assert "Ingenting har sparats" not in page


class TestAnAddressThatOnlyAFormLeadsTo:
    def test_is_answered_by_a_page_of_ours(self, units: None) -> None:
        nurse = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))

        answer = browser(nurse).get("/search")

        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Sidan går inte att öppna direkt" in answer.content.decode()
        assert "Till startsidan" in answer.content.decode()
