"""What the loop remembers from round to round: where nothing has changed it asks little."""

from uuid import uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION
from isolation.county import Time, agree
from people import DAY

from care.inbox import delivery, tasks
from care.inbox.models import Outbox, Received
from tenants.context import acting_as

PARTIES = [REGION, MUNICIPALITY]


@pytest.fixture
def followed(agreed: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give those whose agreements have been followed, in turn."""
    names: list[str] = []
    follow = tasks.follow_agreements

    def noted(*, tenant: str) -> int:
        names.append(tenant)
        done: int = follow(tenant=tenant)
        return done

    monkeypatch.setattr(tasks, "follow_agreements", noted)
    return names


def test_agreements_are_followed_once_where_none_changes(followed: list[str]) -> None:
    memory: dict[str, tasks.Seen] = {}

    for _ in range(3):
        tasks.work(PARTIES, memory)

    assert followed == PARTIES


def test_a_signature_lets_agreements_be_followed_again(followed: list[str]) -> None:
    memory: dict[str, tasks.Seen] = {}
    tasks.work(PARTIES, memory)

    agree()
    tasks.work(PARTIES, memory)

    assert followed == PARTIES * 2


def test_a_day_that_begins_lets_agreements_be_followed_again(
    followed: list[str], time: Time
) -> None:
    memory: dict[str, tasks.Seen] = {}
    tasks.work(PARTIES, memory)

    time.at += DAY
    tasks.work(PARTIES, memory)

    assert followed == PARTIES * 2


def test_a_loop_that_fails_follows_them_the_next_time(
    followed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory: dict[str, tasks.Seen] = {}
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "follow_agreements", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.work(PARTIES, memory)

    tasks.work(PARTIES, memory)

    assert followed == PARTIES


def test_more_letters_than_a_round_takes_are_all_fetched_without_a_new_one(
    agreed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MOST_AT_ONCE", 2)
    with acting_as(REGION):
        Outbox.objects.bulk_create(
            Outbox(recipient=MUNICIPALITY, kind="state", common_id=uuid4(), body={}, at=AT)
            for _ in range(5)
        )

    tasks.drain()

    with acting_as(MUNICIPALITY):
        assert Received.objects.count() == 5
