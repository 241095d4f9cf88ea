"""A correction holds what its act holds: no more, and nothing that has been taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from cast import MUNICIPALITY, REGION
from hired import Hired, hire
from people import BERIT, CASE_OFFICERS, DAY, HEALTH_CENTRE, HOUR, NURSE, WARD
from visits import browser, sent

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import tasks
from care.inbox.models import Message
from portal.forms.acts import FORMS
from tenants import clock
from tenants.context import acting_as

WHEN = "2026-11-20T06:30"
GROUND = {"ground": "consent"}


@pytest.fixture
def people(units: None) -> Mapping[str, Hired]:
    return {
        "ward": hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE)),
        "open": hire(
            REGION, "Lena Uusitalo", "SE2999999119-P002", (HEALTH_CENTRE, Role.CARE_COORDINATOR)
        ),
        "municipality": hire(
            MUNICIPALITY,
            "Karin Nyström",
            "SE2999999127-P001",
            (CASE_OFFICERS, Role.INBOX_COORDINATOR),
        ),
    }


@pytest.fixture
def cases(units: None) -> Mapping[str, UUID]:
    """Give Berit's case as each huvudman has it, by its schema."""
    at = clock.moment() - DAY
    with acting_as(REGION):
        case_id = discharge.open_case(
            actor=NURSE, person=BERIT, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=NURSE, case_id=case_id, recipients=[HEALTH_CENTRE, CASE_OFFICERS],
            admitted_at=at - HOUR, need_assessed_at=at - HOUR, physician="Jonas Ek",
            expected_discharge_at=at + 3 * DAY, needs=["social_services"], reason="Fall",
            preliminary_needs="Hjälp hemma", ground="consent", at=at,
        )  # fmt: skip
    tasks.drain()
    with acting_as(MUNICIPALITY):
        return {REGION: case_id, MUNICIPALITY: Case.objects.get().pk}


# Who does each act that is a message, with every field of its form filled in.
ACTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "notify-admission": ("ward", {
        "recipients": [CASE_OFFICERS], "admitted_at": WHEN, "need_assessed_at": WHEN,
        "physician": "Jonas Ek", "expected_discharge_at": WHEN, "needs": ["social_services"],
        "reason": "Fall", "preliminary_needs": "Hjälp hemma", **GROUND,
    }),
    "revise-expected-discharge": (
        "ward", {"expected_discharge_at": WHEN, "reason": "Feber", **GROUND},
    ),
    "notify-ready": (
        "ward", {"physician": "Jonas Ek", "assessed_at": WHEN, "note": "Stabil", **GROUND},
    ),
    "withdraw-ready": ("ward", {"reason": "worse", "occurred_at": WHEN}),
    "transfer-information": ("ward", {"medicines": "Alvedon", "stay": "Opererad", **GROUND}),
    "record-discharge": ("ward", {"discharged_at": WHEN, "destination": "home"}),
    "send-general-message": ("ward", {
        "subject": "Fråga", "text": "Ring mig.", "recipients": [CASE_OFFICERS], **GROUND,
    }),
    "abort-case": ("ward", {"reason": "no_need"}),
    "name-care-contact": (
        "open", {"name": "Lena", "title": "Distriktssköterska", "phone": "063-1"},
    ),
    "state-availability": ("open", {
        "status": "not_available", "is_cause": "yes", "starts_at": WHEN, "reason": "Plats saknas",
        **GROUND,
    }),
    "call-to-planning": (
        "open", {"form": "home", "meeting_at": WHEN, "question": "Behov", **GROUND},
    ),
    "answer-admission": ("municipality", {
        "answer": "known", "contact": "Karin", "current_interventions": "Hemtjänst", **GROUND,
    }),
    "start-planning": ("municipality", {"contact": "Karin", "text": "Hemtjänst varje dag"}),
    "answer-call": ("municipality", {"answer": "propose", "proposal": "torsdag"}),
    "state-reception": (
        "municipality", {"can_receive": "no", "from_at": WHEN, "reason": "Säng", **GROUND},
    ),
    "confirm-homecoming": ("municipality", {"home_at": WHEN, "note": "Möttes", **GROUND}),
}  # fmt: skip
KEPT_HERE = {"submit_planning_basis", "inform_individual", "close_case"}  # sent to nobody


def test_every_act_that_is_a_message_is_tried() -> None:
    assert {it.replace("-", "_") for it in ACTS} | KEPT_HERE == set(FORMS)


class Sender:
    """Who does an act and corrects it."""

    def __init__(self, hired: Hired, case_id: UUID, act: str) -> None:
        self.hired, self.case_id, self.act = hired, case_id, act
        self.client = browser(hired)

    def send(self, **fields: Any) -> Message:
        if self.act == "notify-admission":  # sent already, with as much
            return self.newest()
        if self.act == "withdraw-ready":
            ready = {"physician": "Jonas Ek", "assessed_at": WHEN}
            self.client.post(f"/cases/{self.case_id}/notify-ready", sent(self.hired, **ready))
        answer = self.client.post(f"/cases/{self.case_id}/{self.act}", sent(self.hired, **fields))
        assert answer.status_code == 303
        return self.newest()

    def newest(self) -> Message:
        with acting_as(self.hired.tenant):
            return Message.objects.filter(act=self.act.replace("-", "_")).latest("sent_at")

    def place(self, first: Message) -> str:
        return f"/messages/{first.pk}/replace-message"

    def correct(self, first: Message, **fields: Any) -> Message:
        answer = self.client.post(self.place(first), sent(self.hired, **fields))
        assert answer.status_code == 303
        with acting_as(self.hired.tenant):
            return Message.objects.get(replaces=first.pk)


@pytest.fixture
def sender(people: Mapping[str, Hired], cases: Mapping[str, UUID], act: str) -> Sender:
    hired = people[ACTS[act][0]]
    return Sender(hired, cases[hired.tenant], act)


@pytest.mark.parametrize("act", list(ACTS))
def test_a_correction_has_no_more_in_its_core_than_the_act_could_have(
    sender: Sender, act: str
) -> None:
    _who, fields = ACTS[act]
    first = sender.send(**fields)

    second = sender.correct(first, **fields)

    assert set(second.core) - {"corrects"} == set(first.core)
    assert set(second.extension) == set(first.extension)


@pytest.mark.parametrize("act", ["start-planning"])
def test_what_is_planned_is_neither_asked_for_again_nor_sent(sender: Sender) -> None:
    _who, fields = ACTS["start-planning"]
    first = sender.send(**fields)

    page = sender.client.get(sender.place(first)).content.decode()
    second = sender.correct(first, **fields | {"contact": "Lars"})

    assert 'name="text"' not in page
    assert second.core == {"contact": "Lars", "corrects": "start_planning"}
    assert second.extension == {}


@pytest.mark.parametrize(
    ("act", "emptied"),
    [
        ("state-availability", "is_cause"),
        ("state-availability", "starts_at"),
        ("withdraw-ready", "occurred_at"),
        ("notify-admission", "need_assessed_at"),
        ("state-reception", "from_at"),
        ("call-to-planning", "meeting_at"),
    ],
)
def test_an_answer_that_is_emptied_is_taken_back(sender: Sender, act: str, emptied: str) -> None:
    _who, fields = ACTS[act]
    first = sender.send(**fields)

    second = sender.correct(first, **fields | {emptied: ""})

    assert emptied in first.core
    assert emptied not in second.core
    assert second.core.keys() == (first.core.keys() | {"corrects"}) - {emptied}
