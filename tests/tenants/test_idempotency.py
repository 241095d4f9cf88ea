"""Same key, same body: same answer, one effect."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import AT, REGION, STRANGER

from care.cases.models import Event
from tenants import idempotency
from tenants.context import acting_as
from tenants.home.models import Answer
from tenants.idempotency import InFlight, KeyReused, Reply, once

Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]


def request(
    common_id: UUID, *, body: bytes = b"{}", key: str = "k1", client: str = "journal"
) -> Reply:
    def act() -> Reply:
        Event.objects.create(common_id=common_id, act="notify_ready", origin=REGION, at=AT)
        return 201, {"state": "ready"}

    return once(client=client, key=key, body=body, act=act, at=AT)


@pytest.mark.django_db
def test_a_repeated_request_gets_the_same_answer_and_has_one_effect(common_id: UUID) -> None:
    with acting_as(REGION):
        assert request(common_id) == request(common_id) == (201, {"state": "ready"})
        assert Event.objects.count() == 1


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_time_and_then_removed(common_id: UUID) -> None:
    with acting_as(REGION):
        request(common_id)

        assert idempotency.forget(at=AT + idempotency.KEPT) == 0
        assert idempotency.forget(at=AT + idempotency.KEPT + timedelta(seconds=1)) == 1
        assert not Answer.objects.exists()


@pytest.mark.django_db
def test_a_key_is_known_to_one_huvudman_and_one_client_only(common_id: UUID) -> None:
    for tenant in (REGION, STRANGER):
        with acting_as(tenant):
            request(common_id)
            request(common_id, client="another")
            assert Event.objects.count() == 2


@pytest.mark.django_db
def test_a_key_with_another_body_is_refused_and_has_no_effect(common_id: UUID) -> None:
    with acting_as(REGION):
        request(common_id)
        with pytest.raises(KeyReused):
            request(common_id, body=b'{"other": 1}')
        assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_request_that_is_still_being_answered_is_not_done_again(
    common_id: UUID, session: Session
) -> None:
    with session("sp_app") as first, first.transaction():
        first.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{REGION}/journal/k1"]
        )
        with acting_as(REGION), pytest.raises(InFlight):
            request(common_id)


def test_an_effect_whose_answer_cannot_be_stored_does_not_happen(
    committed: None, common_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise OSError

    with acting_as(REGION):
        monkeypatch.setattr(Answer.objects, "create", broken)
        with pytest.raises(OSError):  # noqa: PT011 - ours
            request(common_id)
        assert not Event.objects.exists()
        monkeypatch.undo()
        assert request(common_id)[0] == 201


def test_an_act_that_fails_leaves_no_answer_and_can_be_tried_again(
    committed: None, common_id: UUID
) -> None:
    def fail() -> Reply:
        Event.objects.create(common_id=common_id, act="notify_ready", origin=REGION, at=AT)
        raise ZeroDivisionError

    with acting_as(REGION):
        with pytest.raises(ZeroDivisionError):
            once(client="journal", key="k1", body=b"{}", act=fail, at=AT)
        assert not Event.objects.exists()
        assert not Answer.objects.exists()
        assert request(common_id) == (201, {"state": "ready"})
