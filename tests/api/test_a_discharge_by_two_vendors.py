"""A discharge from admission to home, driven by the systems of a ward and of a municipality."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from cast import AT, MUNICIPALITY
from hired import hire
from machines import Machine
from people import CASE_OFFICERS

from care.identity.permissions import Role
from care.inbox import tasks

DAY = timedelta(days=1)
PERSON = {
    "number": "19400107-9120", "given_name": "Tilda", "family_name": "Åkerlund",
    "registered_municipality": "2303", "registered_address": "Storgatan 1",
}  # fmt: skip


def moment(days: float) -> str:
    return (AT + days * DAY).isoformat()


def opened(ward: Machine) -> str:
    body = {"person": PERSON, "variant": "somatic", "admitted_at": moment(-0.1)}
    answer = ward.post("/cases", body)
    assert answer.status_code == 201, answer.content
    case: str = answer.json()["id"]
    return case


def admission(**more: Any) -> dict[str, Any]:
    return {
        "recipients": [CASE_OFFICERS], "admitted_at": moment(-0.1), "physician": "Jonas Ek",
        "expected_discharge_at": moment(4), "needs": ["social_services"], **more,
    }  # fmt: skip


def test_a_person_comes_home(ward: Machine, municipality: Machine) -> None:
    karin = hire(MUNICIPALITY, "Karin Nyström", "SE2999999127-P001",
                 (CASE_OFFICERS, Role.INBOX_COORDINATOR))  # fmt: skip
    case = opened(ward)
    assert ward.post(f"/cases/{case}/notify-admission", admission()).status_code == 201
    tasks.drain()

    rows = municipality.get("/cases?view=to_acknowledge").json()["items"]
    assert [it["name"] for it in rows] == ["Tilda Åkerlund"]
    here, message = rows[0]["id"], rows[0]["message_id"]
    refused = municipality.post(f"/messages/{message}/acknowledge-message")
    assert refused.json()["type"] == "urn:samplan:problem:end-user-needed"
    taken = municipality.used_by(karin).post(f"/messages/{message}/acknowledge-message")
    assert taken.json() == {"case_id": here}
    told = municipality.post(
        f"/cases/{here}/answer-admission", {"answer": "known", "contact": "Karin, 0640-1"}
    )
    assert told.status_code == 201, told.content
    assert (
        municipality.post(f"/cases/{here}/start-planning", {"contact": "Karin"}).status_code == 201
    )
    tasks.drain()
    ready = {"physician": "Jonas Ek", "assessed_at": moment(0)}
    assert ward.post(f"/cases/{case}/notify-ready", ready).status_code == 201
    tasks.drain()
    assert municipality.get(f"/cases/{here}").json()["state"] == "ready"
    home = {"discharged_at": moment(0), "destination": "home"}
    assert ward.post(f"/cases/{case}/record-discharge", home).status_code == 201
    tasks.drain()
    met = municipality.post(f"/cases/{here}/confirm-homecoming", {"home_at": moment(0)})
    assert met.status_code == 201, met.content
    tasks.drain()

    assert ward.post(f"/cases/{case}/close-case", {"planning": "not_needed"}).status_code == 204
    tasks.drain()
    assert ward.get(f"/cases/{case}").json()["state"] == "closed"
    assert municipality.get(f"/cases/{here}").json()["state"] == "closed"
    acts = [it["act"] for it in ward.get(f"/cases/{case}/timeline?limit=100").json()["items"]]
    assert {"notify_admission", "answer_admission", "notify_ready", "confirm_homecoming"} <= set(
        acts
    )
    receipt = ward.get(f"/messages/{message}").json()["receipts"][0]
    assert receipt["acknowledged_by"] == "Karin Nyström"


def test_the_same_key_takes_effect_once(ward: Machine) -> None:
    case = opened(ward)
    key = str(uuid4())

    first = ward.post(f"/cases/{case}/notify-admission", admission(), **{"Idempotency-Key": key})
    again = ward.post(f"/cases/{case}/notify-admission", admission(), **{"Idempotency-Key": key})
    other = ward.post(
        f"/cases/{case}/notify-admission", admission(reason="x"), **{"Idempotency-Key": key}
    )

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert other.status_code == 422
    assert len(ward.get(f"/cases/{case}/messages").json()["items"]) == 1
