"""A subscriber is called: thin, signed, again where it does not take it, and nowhere forbidden."""

import time
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from cast import AT, REGION
from django.db import connection
from isolation.county import admit
from people import BERIT, NURSE, WARD
from pytest_django import Settings
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError
from subscriber import Call, Subscriber

from care.cases.models import Event
from care.feed import operations, subscriptions
from care.feed.operations import BACK_OFF, Secret
from care.feed.subscriptions import Subscription
from care.identity.actors import Actor
from integrations.outgoing import Refused
from integrations.webhooks import client, tasks
from tenants import clock
from tenants.context import acting_as
from tests.integrations.webhooks.conftest import later, subscribe

DAY = timedelta(days=1)


def deliveries(nurse: Actor, made: Secret, **more: Any) -> tuple[subscriptions.Call, ...]:
    with acting_as(REGION):
        return subscriptions.deliveries(
            actor=nurse, client="journal", webhook_id=made.webhook.webhook_id, **more
        )


def now(nurse: Actor, made: Secret) -> Subscription:
    with acting_as(REGION):
        return subscriptions.webhook(
            actor=nurse, client="journal", webhook_id=made.webhook.webhook_id
        )


def verify(secret: str, call: Call) -> Any:
    return Verifier(secret).verify(call.body, call.headers)


class TestACall:
    def test_is_thin_and_names_the_event(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        case_id = admit()
        tasks.drain()

        opened, admitted = subscriber.calls
        with acting_as(REGION):
            event = Event.objects.get(act="notify_admission")
        assert opened.told["type"] == "open_case"
        assert admitted.told == {
            "type": "notify_admission",
            "timestamp": AT.isoformat().replace("+00:00", "Z"),
            "data": {
                "event_id": event.pk,
                "case_id": str(case_id),
                "message_id": str(event.message_id),
                "unit_id": WARD,
            },
        }
        for it in (BERIT.number, BERIT.family_name, NURSE.name, "Jonas Ek"):
            assert it not in f"{admitted.headers}{admitted.body.decode()}"

    def test_is_signed_so_that_a_receiver_can_verify_it(
        self, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        admit()
        tasks.drain()

        for call in subscriber.calls:
            assert verify(subscribed.secret, call) == call.told
            changed = Call(call.headers, call.body.replace(b"open", b"shut") + b" ")
            with pytest.raises(WebhookVerificationError):
                verify(subscribed.secret, changed)

    def test_is_signed_by_both_secrets_for_a_day_after_a_rotation(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        with acting_as(REGION):
            new = operations.rotate_secret(
                actor=nurse, client="journal", webhook_id=subscribed.webhook.webhook_id,
                version=1, at=clock.moment(),
            )  # fmt: skip
        admit()
        tasks.drain()
        both = subscriber.calls[-1]
        assert new.secret != subscribed.secret
        assert verify(subscribed.secret, both) == verify(new.secret, both)

        with acting_as(REGION):
            operations.resend(
                actor=nurse, client="journal", webhook_id=subscribed.webhook.webhook_id,
                delivery_id=deliveries(nurse, subscribed)[0].delivery_id, at=later(DAY),
            )  # fmt: skip
        tasks.drain()
        assert verify(new.secret, subscriber.calls[-1])
        with pytest.raises(WebhookVerificationError):
            verify(subscribed.secret, subscriber.calls[-1])


class TestWhatIsNotTaken:
    def test_is_sent_again_with_the_same_id(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        subscriber.answer = lambda number: 500 if number == 1 else 204
        admit()
        tasks.tell(tenant=REGION)
        assert [it.last_status for it in deliveries(nurse, subscribed)] == ["", "500"]

        tasks.drain()
        later(BACK_OFF[0])
        tasks.drain()

        first, *_, again = subscriber.calls
        assert (first.name, first.body) == (again.name, again.body)
        assert len({it.name for it in subscriber.calls}) == 2
        assert {it.last_status for it in deliveries(nurse, subscribed)} == {"204"}

    def test_is_given_up_after_nine_attempts_and_listed(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        subscriber.answer = lambda _: 503
        with acting_as(REGION):
            case_id = admit()
        begun = clock.moment()
        for pause in (timedelta(), *BACK_OFF):
            later(pause + timedelta(seconds=1))
            tasks.drain()
            tasks.drain()

        assert case_id
        assert timedelta(hours=23) < clock.moment() - begun < timedelta(hours=25)
        given_up = deliveries(nurse, subscribed, only_given_up=True)
        assert [(it.attempts, it.last_status) for it in given_up] == [(9, "503")]
        assert now(nurse, subscribed).disabled_because == "exhausted"
        assert max(sum(it.name == one.name for it in subscriber.calls)
                   for one in subscriber.calls) == 9  # fmt: skip

    def test_a_webhook_that_takes_others_stays_when_one_is_given_up(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        admit()
        refused: list[str] = []

        def answer(_: int) -> int:
            name = subscriber.calls[-1].name
            refused[:] = refused or [name]
            return 500 if name in refused else 204

        subscriber.answer = answer
        for pause in (timedelta(), *BACK_OFF):
            later(pause + timedelta(seconds=1))
            tasks.drain()
            tasks.drain()

        assert len(deliveries(nurse, subscribed, only_given_up=True)) == 1
        assert now(nurse, subscribed).disabled_at is None

    def test_410_disables_the_webhook_at_once_and_it_goes_on_where_it_was(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber
    ) -> None:
        subscriber.answer = lambda _: 410
        admit()
        tasks.drain()
        later(DAY)
        tasks.drain()
        assert len(subscriber.calls) == 1
        shown = now(nurse, subscribed)
        assert (shown.disabled_because, shown.version) == ("gone", 2)

        subscriber.answer = lambda _: 204
        with acting_as(REGION):
            operations.change(
                actor=nurse, client="journal", webhook_id=shown.webhook_id, version=2,
                url=shown.url, types=(), is_enabled=True, refuse=client.refuse_unless_callable,
                at=clock.moment(),
            )  # fmt: skip
        tasks.drain()
        assert set(subscriber.taken.values()) == {1}
        assert len(subscriber.taken) == 2

    def test_a_receiver_that_is_silent_is_left_for_the_next_time(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(client, "TIMEOUT", (0.2, 0.2))

        def answer(_: int) -> int:
            time.sleep(0.5)
            return 204

        subscriber.answer = answer
        admit()
        assert tasks.tell(tenant=REGION) == 3  # two deliveries, and one call: the other waits
        assert len(subscriber.calls) == 1
        assert {it.last_status for it in deliveries(nurse, subscribed)} == {"", "timeout"}

    def test_nobody_there(self, nurse: Actor, subscribed: Secret, settings: Settings) -> None:
        with acting_as(REGION):
            operations.change(
                actor=nurse, client="journal", webhook_id=subscribed.webhook.webhook_id, version=1,
                url="http://127.0.0.1:9/", types=(), is_enabled=True,
                refuse=client.refuse_unless_callable, at=clock.moment(),
            )  # fmt: skip
        admit()
        tasks.tell(tenant=REGION)

        assert {it.last_status for it in deliveries(nurse, subscribed)} == {"", "unreachable"}


class TestWhereTo:
    @pytest.mark.parametrize(
        "url",
        ["https://evil.example/", "http://127.0.0.2/", "ftp://127.0.0.1/", "127.0.0.1", "",
         "http://user:word@127.0.0.1/", "http://127.0.0.1/#x", "http://[/"],
    )  # fmt: skip
    def test_no_address_that_may_not_be_called_is_subscribed(self, nurse: Actor, url: str) -> None:
        with pytest.raises(Refused):
            subscribe(nurse, url)

    def test_only_with_tls_outside_the_demo(
        self, nurse: Actor, subscriber: Subscriber, settings: Settings
    ) -> None:
        settings.DEMO = False
        with pytest.raises(Refused, match="https://"):
            subscribe(nurse, subscriber.url)

    def test_a_host_that_is_no_longer_listed_is_not_called(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber, settings: Settings
    ) -> None:
        settings.OUTGOING = []
        admit()
        tasks.drain()

        assert subscriber.calls == []
        assert {it.last_status for it in deliveries(nurse, subscribed)} == {"not_allowed"}

    @pytest.mark.parametrize("to", ["http://127.0.0.2/", "https://evil.example/", "/other"])
    def test_a_redirect_is_not_followed(
        self, nurse: Actor, subscribed: Secret, subscriber: Subscriber, to: str
    ) -> None:
        subscriber.answer, subscriber.location = lambda _: 307, to
        admit()
        tasks.tell(tenant=REGION)

        assert len(subscriber.calls) == 1
        statuses = {it.last_status for it in deliveries(nurse, subscribed)}
        assert statuses == {"", "307" if to == "/other" else "not_allowed"}


def test_two_workers_at_once_send_each_event_once(
    nurse: Actor, subscribed: Secret, subscriber: Subscriber
) -> None:
    other = subscribe(nurse, subscriber.url)
    admit()
    with acting_as(REGION):
        common_id = Event.objects.values_list("common_id", flat=True).first()
        for _ in range(40):
            Event.objects.create(common_id=common_id, act="notify_ready", at=AT, origin=REGION)

    def work() -> None:
        tasks.drain()
        connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for it in workers:
        it.start()
    for it in workers:
        it.join()
    tasks.drain()

    assert len(subscriber.taken) == 42
    assert set(subscriber.taken.values()) == {2}  # once for each webhook
    assert len({it.name for it in subscriber.calls}) == len(subscriber.calls) == 84
    assert len(deliveries(nurse, other)) == 42
