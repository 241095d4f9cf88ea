"""The event feed and webhooks as a vendor's system has them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cast import REGION
from machines import Machine
from pytest_django import Settings
from standardwebhooks import Webhook
from subscriber import Subscriber, listening

from care.identity import clients
from care.inbox import tasks
from integrations.webhooks import tasks as calls
from tenants.context import acting_as
from tests.api.test_a_discharge_by_two_vendors import admission, opened

ADDRESS = "https://127.0.0.1/samplan"


@pytest.fixture
def listed(settings: Settings) -> None:
    settings.OUTGOING = ["127.0.0.1@127.0.0.0/8"]


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with listening() as it:
        yield it


def made(machine: Machine, url: str = ADDRESS, **more: Any) -> dict[str, Any]:
    answer = machine.post("/webhooks", {"url": url, **more})
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


class TestEvents:
    def test_what_has_happened_is_told_once_and_in_order(
        self, ward: Machine, municipality: Machine, stranger: Machine
    ) -> None:
        case = opened(ward)
        ward.post(f"/cases/{case}/notify-admission", admission())
        tasks.drain()

        first = ward.get("/events?limit=1").json()
        rest = ward.get(f"/events?after={first['cursor']}").json()
        nothing = ward.get(f"/events?after={rest['cursor']}").json()

        types = [it["type"] for it in (*first["items"], *rest["items"])]
        assert types[:2] == ["open_case", "notify_admission"]
        assert first["has_more"]
        assert nothing["items"] == []
        assert nothing["cursor"] == rest["cursor"]
        assert municipality.get("/events").json()["items"][0]["type"] == "notify_admission"
        assert stranger.get("/events").json()["items"] == []

    def test_nothing_of_the_person_is_told(self, ward: Machine) -> None:
        opened(ward)

        told = ward.get("/events").content.decode()

        assert "Åkerlund" not in told
        assert "19400107" not in told

    def test_a_cursor_of_nobodys_says_so(self, ward: Machine) -> None:
        assert ward.get("/events?after=xyz").status_code == 422


class TestWebhooks:
    def test_a_change_says_what_it_changes(self, ward: Machine, listed: None) -> None:
        path = f"/webhooks/{made(ward)['webhook']['id']}"
        body = {"url": ADDRESS, "types": ["notify_ready"], "is_enabled": True}
        tag = ward.get(path)["ETag"]

        unsaid = ward.sent("PATCH", path, body)
        done = ward.sent("PATCH", path, body, **{"If-Match": tag})
        late = ward.sent("PATCH", path, body, **{"If-Match": tag})

        assert [it.status_code for it in (unsaid, done, late)] == [428, 200, 412]
        assert ward.get(path).json()["types"] == ["notify_ready"]

    def test_it_is_the_clients_own(
        self, ward: Machine, municipality: Machine, listed: None
    ) -> None:
        path = f"/webhooks/{made(ward)['webhook']['id']}"

        assert municipality.get(path).status_code == 404
        assert municipality.get("/webhooks").json()["items"] == []

    def test_it_is_removed(self, ward: Machine, listed: None) -> None:
        path = f"/webhooks/{made(ward)['webhook']['id']}"

        gone = ward.sent("DELETE", path, "", **{"If-Match": ward.get(path)["ETag"]})

        assert gone.status_code == 204
        assert ward.get(path).status_code == 404

    @pytest.mark.parametrize(
        "url",
        [
            "https://elsewhere.example.se/",
            "ftp://127.0.0.1/",
            "https://a:b@127.0.0.1/",
        ],
    )
    def test_only_a_listed_address_is_called(self, ward: Machine, listed: None, url: str) -> None:
        answer = ward.post("/webhooks", {"url": url})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "#/url"

    def test_the_secret_is_shown_once_and_can_be_changed(self, ward: Machine, listed: None) -> None:
        first = made(ward)
        path = f"/webhooks/{first['webhook']['id']}"

        second = ward.post(f"{path}/rotate-secret").json()

        assert second["secret"] != first["secret"]
        assert "secret" not in ward.get(path).json()

    def test_a_call_is_signed_thin_and_can_be_had_again(
        self, ward: Machine, listed: None, subscriber: Subscriber
    ) -> None:
        told = made(ward, subscriber.url)
        path = f"/webhooks/{told['webhook']['id']}"
        opened(ward)
        calls.drain()

        (call,) = subscriber.calls
        assert Webhook(told["secret"]).verify(call.body, call.headers)["type"] == "open_case"
        assert b"kerlund" not in call.body
        (delivery,) = ward.get(f"{path}/deliveries").json()["items"]
        assert (delivery["attempts"], delivery["last_status"][:1]) == (1, "2")

        assert ward.post(f"{path}/deliveries/{delivery['id']}/resend").status_code == 204
        calls.drain()

        assert [it.name for it in subscriber.calls] == [call.name, call.name]

    def test_a_client_that_has_been_ended_is_told_no_more(
        self, ward: Machine, listed: None, subscriber: Subscriber
    ) -> None:
        made(ward, subscriber.url)
        opened(ward)
        with acting_as(REGION):
            clients.end(client_id=ward.client_id, at=datetime.now(UTC))

        calls.drain()

        assert subscriber.calls == []
