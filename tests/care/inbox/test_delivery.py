"""Letters: none lost, none twice, none that stops the post, and nobody speaks for another."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection, transaction
from isolation.county import case_at
from people import (
    CASE_OFFICERS,
    DAY,
    DUTY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    NURSE,
    OFFICER,
)

from care.cases.models import Case, Event, Participation
from care.discharge import operations as discharge
from care.inbox import delivery, tasks
from care.inbox import operations as inbox
from care.inbox.models import Delivery, Fetched, Message, Outbox, Received
from tenants.context import acting_as


def letter(kind: str, body: dict[str, Any], *, recipient: str) -> Outbox:
    """Put a letter in the outbox of the huvudman that acts."""
    common_id = Case.objects.get().common_id if Case.objects.exists() else uuid4()
    return Outbox.objects.create(
        recipient=recipient, kind=kind, common_id=common_id, body=body, at=AT
    )


def state_letter(state: str, version: int) -> dict[str, Any]:
    return {
        "state": state,
        "state_at": AT.isoformat(),
        "version": version,
        "expected_discharge_at": None,
    }


def fetch(recipient: str, sender: str) -> int:
    with acting_as(recipient):
        return delivery.fetch(sender=sender, at=AT + HOUR)


def received(sender: str) -> set[int]:
    with acting_as(MUNICIPALITY):
        return set(Received.objects.filter(sender=sender).values_list("outbox_id", flat=True))


def test_a_letter_that_is_committed_late_is_not_lost(admitted: UUID) -> None:
    written, may_commit = Signal(), Signal()
    ids: dict[str, int] = {}

    def slowly() -> None:
        with acting_as(REGION), transaction.atomic():
            ids["slow"] = letter("state", state_letter("admitted", 1), recipient=MUNICIPALITY).pk
            written.set()
            may_commit.wait(20)
        connection.close()

    slow = Thread(target=slowly)
    slow.start()
    assert written.wait(20)
    with acting_as(REGION):
        ids["quick"] = letter("state", state_letter("admitted", 1), recipient=MUNICIPALITY).pk
    first = fetch(MUNICIPALITY, REGION)
    before = received(REGION)
    may_commit.set()
    slow.join(20)
    second = fetch(MUNICIPALITY, REGION)

    assert ids["slow"] < ids["quick"]  # "whatever is newer than the last one" would pass it by
    assert (first, second) == (1, 1)
    assert ids["slow"] not in before
    assert set(ids.values()) <= received(REGION)
    assert fetch(MUNICIPALITY, REGION) == 0


def test_a_letter_arrives_once_however_often_it_is_fetched(theirs: Case) -> None:
    assert [fetch(MUNICIPALITY, REGION) for _ in range(3)] == [0, 0, 0]
    with acting_as(MUNICIPALITY):
        assert Message.objects.count() == 1


def test_a_letter_arrives_once_when_two_fetch_at_the_same_time(
    admitted: UUID, at_once: Callable[..., list[object]]
) -> None:
    with acting_as(REGION):
        discharge.send_general_message(
            actor=NURSE, case_id=admitted, subject="Hej", text="Ring oss.", ground="consent",
            recipients=[CASE_OFFICERS], at=AT + HOUR,
        )  # fmt: skip

    def work() -> int:
        return delivery.fetch(sender=REGION, at=AT + HOUR)

    assert sorted(map(str, at_once(MUNICIPALITY, work, work))) == ["0", "1"]
    with acting_as(MUNICIPALITY):
        assert Message.objects.filter(act="send_general_message").count() == 1


def test_a_message_that_comes_in_two_letters_is_one(theirs: Case) -> None:
    with acting_as(REGION):
        again = Outbox.objects.filter(recipient=MUNICIPALITY, kind="message").get()
        letter("message", again.body, recipient=MUNICIPALITY)

    assert fetch(MUNICIPALITY, REGION) == 1

    with acting_as(MUNICIPALITY):
        assert Message.objects.count() == Event.objects.count() == 1


def forged(act: str, **content: Any) -> dict[str, Any]:
    """Return a message of the officers to the ward, as their huvudman would write it."""
    case = Case.objects.get()
    core = inbox.letters.case_core(case)
    return {
        "case": core,
        "message": {
            "id": str(uuid4()), "act": act, "sender_unit": CASE_OFFICERS,
            "sender_unit_name": "Biståndsenheten", "sender_unit_kind": "social_services",
            "sender_name": "Karin Nyström", "sender_title": "Koordinator",
            "sent_at": (AT + 3 * DAY).isoformat(), "core": content, "extension": {},
            "secrecy_ground": "", "statute": "", "recipients": [NURSE.unit_id], "replaces": None,
        },
    }  # fmt: skip


def test_an_admission_that_comes_after_the_discharge_leaves_discharged(
    admitted: UUID, theirs: Case
) -> None:
    with acting_as(REGION):
        discharge.record_discharge(
            actor=NURSE, case_id=admitted, discharged_at=AT + DAY, destination="home", at=AT + DAY
        )
    with acting_as(MUNICIPALITY):
        letter("message", forged("notify_admission"), recipient=REGION)

    assert fetch(REGION, MUNICIPALITY) > 0

    with acting_as(REGION):
        assert Case.objects.get().state == "discharged"
        kept = Event.objects.get(act="notify_admission", origin=MUNICIPALITY)
        assert kept.is_flagged
        assert Message.objects.filter(pk=kept.message_id).exists()


CONTENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("state_availability", {"status": 7, "starts_at": "igår", "is_cause": "ja"}),
    ("notify_admission", {"expected_discharge_at": "2026-13-41", "needs": "allt"}),
    ("record_discharge", {"discharged_at": None}),
    ("answer_admission", {"answer": ["rejected"]}),
    ("return_case", {}),
    ("correct_case", {"discharged_at": "0001-01-01T00:00:00+00:00"}),
    ("an_act_of_a_later_version", {"what": "unknown"}),
)


@pytest.mark.parametrize(("act", "content"), CONTENTS, ids=[act for act, _ in CONTENTS])
def test_a_fetch_never_fails_on_content(theirs: Case, act: str, content: dict[str, Any]) -> None:
    with acting_as(MUNICIPALITY):
        letter("message", forged(act, **content), recipient=REGION)

    assert fetch(REGION, MUNICIPALITY) > 0

    with acting_as(REGION):
        assert Event.objects.filter(act=act, origin=MUNICIPALITY).exists()


# What is long ago is forgotten, and arrives no second time.

LONG = delivery.KEPT + 2 * DAY


def forget(tenant: str = MUNICIPALITY, at: datetime = AT + LONG) -> int:
    with acting_as(tenant):
        return delivery.forget(at=at)


def note(case_id: UUID, at: datetime) -> None:
    with acting_as(REGION):
        discharge.send_general_message(
            actor=NURSE, case_id=case_id, subject="Hej", text="Ring oss.", ground="consent",
            recipients=[CASE_OFFICERS], at=at,
        )  # fmt: skip
    with acting_as(MUNICIPALITY):
        delivery.fetch(sender=REGION, at=at)


def test_notes_of_letters_are_kept_for_a_time_and_then_removed(
    admitted: UUID, theirs: Case
) -> None:
    note(admitted, AT + LONG)
    new = max(received(REGION))

    assert forget(at=AT + delivery.KEPT) == 0
    assert forget() == 1
    assert received(REGION) == {new}
    assert forget() == 0


def test_what_is_forgotten_is_not_received_again_when_everything_is_asked_for(
    admitted: UUID, theirs: Case
) -> None:
    note(admitted, AT + LONG)
    forget()
    with acting_as(MUNICIPALITY):  # as after a move to another cluster
        Fetched.objects.update(horizon=0)

    assert fetch(MUNICIPALITY, REGION) == 0

    note(admitted, AT + LONG + HOUR)
    with acting_as(MUNICIPALITY):
        assert Message.objects.count() == Event.objects.count() == 3


def test_a_letter_that_has_failed_for_long_is_still_received(admitted: UUID, theirs: Case) -> None:
    with acting_as(REGION):
        failing = letter("state", {}, recipient=MUNICIPALITY)
    note(admitted, AT + HOUR)

    assert failing.pk < max(received(REGION))
    assert forget() == 0
    assert failing.pk not in received(REGION)
    with acting_as(MUNICIPALITY):
        assert Fetched.objects.get(pk=REGION).forgotten == 0


# Receipts travel back.


def at_the_ward(unit: str = CASE_OFFICERS) -> Delivery:
    tasks.drain()
    with acting_as(REGION):
        return Delivery.objects.get(message__act="notify_admission", unit_id=unit)


@pytest.fixture
def message_id(theirs: Case) -> UUID:
    with acting_as(MUNICIPALITY):
        found: UUID = Message.objects.get().pk
        return found


def test_the_sender_sees_that_it_was_delivered(message_id: UUID) -> None:
    assert at_the_ward().delivered_at == AT
    assert at_the_ward().opened_at is None


def test_the_sender_sees_that_it_was_opened_and_by_whom_it_was_taken_on(message_id: UUID) -> None:
    with acting_as(MUNICIPALITY):
        inbox.open_message(actor=OFFICER, message_id=message_id, at=AT + HOUR)
        inbox.open_message(actor=OFFICER, message_id=message_id, at=AT + 2 * HOUR)
    assert at_the_ward().opened_at == AT + HOUR
    assert at_the_ward().acknowledged_at is None

    with acting_as(MUNICIPALITY):
        inbox.acknowledge_message(actor=OFFICER, message_id=message_id, at=AT + 3 * HOUR)

    seen = at_the_ward()
    assert (seen.acknowledged_at, seen.acknowledged_by) == (AT + 3 * HOUR, OFFICER.name)
    assert (seen.acknowledged_title, seen.opened_at) == (OFFICER.title, AT + HOUR)


def test_the_sender_sees_a_refusal_with_its_reason(message_id: UUID) -> None:
    with acting_as(MUNICIPALITY):
        inbox.reject_message(
            actor=OFFICER, message_id=message_id, reason="wrong_unit", at=AT + HOUR
        )

    seen = at_the_ward()
    assert (seen.rejected_at, seen.rejected_because) == (AT + HOUR, "wrong_unit")


def test_the_sender_sees_to_whom_it_was_forwarded(message_id: UUID) -> None:
    with acting_as(MUNICIPALITY):
        inbox.forward_message(actor=OFFICER, message_id=message_id, to_unit=DUTY, at=AT + HOUR)

    seen = at_the_ward()
    assert (seen.forwarded_to, seen.forwarded_by) == (DUTY, OFFICER.name)
    assert at_the_ward(DUTY).delivered_at == AT + HOUR


# Each for itself.


def receipt(message_id: UUID, unit_id: str, tenant: str) -> dict[str, Any]:
    words = dict.fromkeys(inbox.letters.WORDS, "")
    facts = dict.fromkeys(inbox.letters.FACTS, AT.isoformat())
    said = {"unit_id": unit_id, "unit_name": "Enhet", "tenant": tenant, "acknowledged_by": "X"}
    return {"message_id": str(message_id), **facts, **words, **said}


@pytest.mark.parametrize(
    ("speaker", "unit_id", "tenant"),
    [
        (STRANGER, CASE_OFFICERS, MUNICIPALITY),
        (STRANGER, CASE_OFFICERS, STRANGER),
        (STRANGER, ELSEWHERE, STRANGER),  # never got it
        (MUNICIPALITY, HEALTH_CENTRE, MUNICIPALITY),
        (MUNICIPALITY, HEALTH_CENTRE, REGION),
        (MUNICIPALITY, ELSEWHERE, MUNICIPALITY),
    ],
)
def test_a_huvudman_speaks_of_its_own_deliveries_only(
    message_id: UUID, speaker: str, unit_id: str, tenant: str
) -> None:
    with acting_as(REGION):
        before = list(Delivery.objects.order_by("id").values())
    with acting_as(speaker):
        letter("receipt", receipt(message_id, unit_id, tenant), recipient=REGION)

    fetch(REGION, speaker)

    with acting_as(REGION):
        assert list(Delivery.objects.order_by("id").values()) == before


@pytest.mark.parametrize(
    "part", [["SE-NOWHERE", MUNICIPALITY], [ELSEWHERE, MUNICIPALITY], [DUTY, "nowhere"]]
)
def test_a_letter_lets_nobody_take_part_whom_the_address_book_does_not_know(
    theirs: Case, part: list[str]
) -> None:
    with acting_as(MUNICIPALITY):
        body = forged("send_general_message")
        body["case"]["parts"].append(part)
        letter("message", body, recipient=REGION)
        letter("message", forged("send_general_message"), recipient=REGION)

    fetch(REGION, MUNICIPALITY)

    with acting_as(REGION):
        assert Message.objects.filter(sender=MUNICIPALITY).count() == 1  # the second
        assert not Participation.objects.filter(unit=part[0]).exists()


def test_only_the_lead_says_which_state_a_case_is_in(theirs: Case) -> None:
    with acting_as(MUNICIPALITY):
        letter("state", state_letter("closed", 99), recipient=REGION)
    with acting_as(STRANGER):
        Outbox.objects.create(
            recipient=MUNICIPALITY, kind="state", common_id=theirs.common_id,
            body=state_letter("closed", 99), at=AT,
        )  # fmt: skip

    fetch(REGION, MUNICIPALITY)
    fetch(MUNICIPALITY, STRANGER)

    assert case_at(REGION).state == case_at(MUNICIPALITY).state == "admitted"


def test_a_letter_of_another_carries_no_state_either(theirs: Case) -> None:
    with acting_as(MUNICIPALITY):
        body = forged("send_general_message")
        body["case"] |= state_letter("closed", 99)
        letter("message", body, recipient=REGION)

    fetch(REGION, MUNICIPALITY)

    assert case_at(REGION).state == "admitted"


@pytest.mark.parametrize("seed", range(3))
def test_an_older_state_never_replaces_a_newer(theirs: Case, seed: int) -> None:
    states = ["planning", "ready", "planning", "ready", "discharged"]
    told = [state_letter(state, 10 + number) for number, state in enumerate(states)]
    Random(seed).shuffle(told)
    with acting_as(REGION):
        for body in told:
            letter("state", body, recipient=MUNICIPALITY)

    assert fetch(MUNICIPALITY, REGION) == len(states)

    shown = case_at(MUNICIPALITY)
    assert (shown.state, shown.version) == ("discharged", 14)
