"""The same change sent many times, some of them at once: one effect for each key (D5)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from uuid import UUID

import pytest
from cast import REGION
from django.db import connections
from machines import Machine
from people import HEALTH_CENTRE

from care.inbox.models import Message
from project import machines
from tenants.context import acting_as
from tenants.pace import Pace
from tests.api.test_a_discharge_by_two_vendors import admission, opened

AT_ONCE = 4


@pytest.mark.parametrize(
    ("keys", "times"),
    [(10, 20), pytest.param(50, 100, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
)
def test_each_key_takes_effect_once(
    ward: Machine, keys: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "MACHINE", Pace("machine", burst=100_000, seconds=0.0001))
    case = opened(ward)
    told = admission(recipients=[HEALTH_CENTRE])
    assert ward.post(f"/cases/{case}/notify-admission", told).status_code == 201

    def send(key: int) -> tuple[int, int, str]:
        body = {
            "recipients": [HEALTH_CENTRE], "subject": f"Nummer {key}", "text": "Hej",
            "ground": "consent",
        }  # fmt: skip
        named = {"Idempotency-Key": str(UUID(int=key))}
        try:
            answer = ward.post(f"/cases/{case}/send-general-message", body, **named)
        finally:
            connections.close_all()
        return key, answer.status_code, answer.content.decode() if answer.status_code < 300 else ""

    sent = [key for key in range(keys) for _ in range(times)]
    Random(1).shuffle(sent)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, sent))

    statuses = Counter(status for _, status, _ in answers)
    assert set(statuses) <= {201, 409}, statuses
    assert len({(key, text) for key, status, text in answers if status == 201}) == keys
    with acting_as(REGION):
        subjects = Counter(
            it.extension["subject"] for it in Message.objects.filter(act="send_general_message")
        )
    assert subjects == Counter({f"Nummer {key}": 1 for key in range(keys)})
    print(f"{len(sent)} sent with {keys} keys: {dict(statuses)}, {sum(subjects.values())} effects")
