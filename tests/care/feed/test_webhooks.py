"""Webhooks of machine clients: whose they are, what they are told of, what is sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from architecture.test_glossary import acts_beside_the_process
from cast import AT, MUNICIPALITY, REGION
from hired import ENDINGS, Hired, hire, working
from isolation.county import admit
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    HEALTH_CENTRE,
    HOUR,
    WARD,
    actor,
    write_units,
)

from care.cases.happened import LARGEST, Position
from care.cases.models import Event, Participation
from care.feed import operations, queries, subscriptions, types
from care.feed.models import Webhook, WebhookDelivery
from care.feed.operations import LEASE, MOST_WEBHOOKS, BadTypes, Claimed, Outcome, Secret
from care.feed.subscriptions import NoSuchWebhook
from care.identity.actors import Actor
from care.identity.models import Assignment
from care.identity.permissions import Role
from care.individuals.models import Individual
from care.law.discharge import Act
from care.sharing import access
from care.sharing.models import AccessLog
from tenants.context import acting_as

URL = "https://journal.example/events"


class Refusal(Exception):
    pass


def allow(url: str) -> None:
    """Let every address be called but one."""
    if "evil" in url:
        raise Refusal


@pytest.fixture(autouse=True)
def units(committed: None) -> None:
    write_units()


@pytest.fixture
def nurse() -> Actor:
    return working(REGION, "Sara Lindmark", 1, Role.WARD_NURSE, WARD)


def subscribe(who: Actor, client: str = "journal", **more: Any) -> Secret:
    with acting_as(who.tenant):
        return operations.subscribe(
            actor=who, client=client, **{"url": URL, "refuse": allow, "at": AT, **more}
        )


def change(who: Actor, made: Secret, version: int = 1, client: str = "journal", **more: Any) -> Any:
    with acting_as(who.tenant):
        return operations.change(
            actor=who, client=client, webhook_id=made.webhook.webhook_id, version=version,
            **{"url": URL, "types": (), "is_enabled": True, "refuse": allow, "at": AT, **more},
        )  # fmt: skip


def pump(tenant: str = REGION, at: Any = AT) -> list[str]:
    """Fill the deliveries; return the types of all there are, in order."""
    with acting_as(tenant):
        operations.pump(at=at)
        rows = WebhookDelivery.objects.order_by("transaction", "event_id")
        return list(rows.values_list("type", flat=True))


def claim(at: Any = AT, **more: Any) -> Claimed | None:
    with acting_as(REGION):
        return operations.claim(at=at, **more)


def record(claimed: Claimed | None, status: str, at: Any = AT) -> None:
    assert claimed is not None
    with acting_as(REGION):
        operations.record_outcome(claimed, Outcome(status), at=at)


def row() -> Webhook:
    with acting_as(REGION):
        return Webhook.objects.get()


def row_cursor() -> str:
    found = row()
    return queries.write_cursor(Position(found.transaction, found.number))


def common_id() -> UUID:
    with acting_as(REGION):
        return Event.objects.values_list("common_id", flat=True)[0]


class TestWhose:
    def test_its_secret_is_shown_once_and_signs_by_the_standard(self, nurse: Actor) -> None:
        made = subscribe(nurse)

        assert made.secret.startswith("whsec_")
        assert len(made.secret) == 50
        with acting_as(REGION):
            shown = subscriptions.webhooks(actor=nurse, client="journal")
        assert shown == (made.webhook,)
        assert made.secret not in repr(shown)

    def test_it_is_the_clients_at_the_unit_and_nobody_elses(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        elsewhere = working(REGION, "Lena Uusitalo", 2, Role.CARE_COORDINATOR, HEALTH_CENTRE)

        for who, client in ((nurse, "other"), (elsewhere, "journal")):
            with acting_as(REGION):
                assert subscriptions.webhooks(actor=who, client=client) == ()
                asked: dict[str, Any] = {
                    "actor": who, "client": client, "webhook_id": made.webhook.webhook_id,
                }  # fmt: skip
                for act, more in (
                    (subscriptions.webhook, {}),
                    (subscriptions.deliveries, {}),
                    (operations.remove, {"version": 1}),
                    (operations.rotate_secret, {"version": 1, "at": AT}),
                    (operations.resend, {"delivery_id": uuid4(), "at": AT}),
                    (operations.resend_since, {"after": "", "at": AT}),
                ):
                    with pytest.raises(NoSuchWebhook):
                        act(**asked, **more)  # type: ignore[operator]
            with pytest.raises(NoSuchWebhook):
                change(who, made, client=client)

    def test_only_who_reads_may_subscribe(self) -> None:
        administrator = actor("Anna Berg", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)

        with pytest.raises(access.NotAllowed):
            subscribe(administrator)

    def test_no_address_that_may_not_be_called(self, nurse: Actor) -> None:
        with pytest.raises(Refusal):
            subscribe(nurse, url="https://evil.example/")
        with pytest.raises(operations.BadAddress):
            subscribe(nurse, url=URL + "x" * 500)
        made = subscribe(nurse)
        with pytest.raises(Refusal):
            change(nurse, made, url="https://evil.example/")
        assert row().url == URL

    def test_no_type_that_is_no_act(self, nurse: Actor) -> None:
        with pytest.raises(BadTypes, match="notify_redy"):
            subscribe(nurse, types=["notify_ready", "notify_redy"])

    def test_a_client_has_so_many_and_no_more(self, nurse: Actor) -> None:
        for _ in range(MOST_WEBHOOKS):
            subscribe(nurse)
        with pytest.raises(operations.TooManyWebhooks):
            subscribe(nurse)
        subscribe(nurse, client="other")

    def test_what_has_changed_since_it_was_read_is_not_changed(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        assert change(nurse, made, types=["notify_ready"]).version == 2

        with pytest.raises(operations.Stale):
            change(nurse, made)
        with acting_as(REGION):
            asked = {"actor": nurse, "client": "journal", "webhook_id": made.webhook.webhook_id}
            with pytest.raises(operations.Stale):
                operations.rotate_secret(**asked, version=1, at=AT)
            with pytest.raises(operations.Stale):
                operations.remove(**asked, version=1)
            operations.remove(**asked, version=2)
            assert not Webhook.objects.exists()

    def test_every_act_is_a_type(self) -> None:
        assert acts_beside_the_process() == types.BESIDE
        assert set(Act) <= types.TYPES


class TestWhatItIsToldOf:
    def test_what_happens_from_then_on(self, nurse: Actor) -> None:
        admit(to=[CASE_OFFICERS])
        subscribe(nurse)
        assert pump() == []

        with acting_as(REGION):
            Event.objects.create(common_id=common_id(), act="notify_ready", at=AT, origin=REGION)

        assert pump() == pump() == ["notify_ready"]

    def test_what_has_happened_since_a_cursor(self, nurse: Actor) -> None:
        admit()
        with acting_as(REGION):
            page = queries.events(actor=nurse, limit=1, at=AT)
        subscribe(nurse, after=page.cursor)

        assert pump() == ["notify_admission"]

    def test_only_its_types(self, nurse: Actor) -> None:
        subscribe(nurse, types=["notify_admission"])
        admit()

        assert pump() == ["notify_admission"]

    def test_it_is_logged_as_told_to_whom_it_was_made_for(self, nurse: Actor) -> None:
        subscribe(nurse)
        admit()
        pump()

        with acting_as(REGION):
            line = AccessLog.objects.get(activity="list")
        assert (line.staff_id, line.client, line.rows) == (nurse.staff_id, "webhook", 2)

    def test_nothing_of_a_protected_person_who_is_none_of_theirs(self, nurse: Actor) -> None:
        opener = working(REGION, "Eva Ek", 2, Role.WARD_NURSE, WARD)
        subscribe(nurse)
        admit(by=opener, person=replace(BERIT, protection="protected_registration"))

        assert pump() == []

    def test_a_mark_of_protection_holds_at_once_for_what_waits(self, nurse: Actor) -> None:
        opener = working(REGION, "Eva Ek", 2, Role.WARD_NURSE, WARD)
        subscribe(nurse)
        admit(by=opener)
        assert len(pump()) == 2
        with acting_as(REGION):
            Individual.objects.update(protection="protected_registration")

        assert claim() is None
        assert pump() == []

    def test_whose_part_has_ended_is_sent_nothing_that_waits(self, nurse: Actor) -> None:
        subscribe(nurse)
        admit()
        pump()
        with acting_as(REGION):
            Participation.objects.filter(unit=WARD).update(until_at=AT)

        assert claim() is None

    @pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
    def test_an_assignment_that_ends_ends_it(self, end: Callable[[Hired], None]) -> None:
        hired = hire(REGION, "Sara Lindmark", "SE2999999119-P001", (WARD, Role.WARD_NURSE))
        who = replace(
            actor("Sara Lindmark", Role.WARD_NURSE, "Sjuksköterska", WARD),
            staff_id=hired.staff_id, assignment_id=hired.assignments[0],
        )  # fmt: skip
        subscribe(who)
        admit()
        pump()
        end(hired)

        assert claim(at=AT + HOUR) is None
        pump(at=AT + HOUR)
        assert row().disabled_because == "unassigned"

    def test_a_colleague_takes_up_what_an_ended_assignment_has_left(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        admit()
        with acting_as(REGION):
            Assignment.objects.update(revoked_at=AT)
        pump()

        change(working(REGION, "Eva Ek", 2, Role.WARD_NURSE, WARD), made, version=2)
        assert len(pump()) == 2
        assert claim() is not None

    def test_switched_off_it_is_told_nothing_and_on_again_nothing_is_missing(
        self, nurse: Actor
    ) -> None:
        made = subscribe(nurse)
        change(nurse, made, is_enabled=False)
        change(nurse, made, version=2, is_enabled=False, at=AT + HOUR)
        assert (row().disabled_at, row().disabled_because) == (AT, "by_client")
        admit()
        assert pump() == []

        change(nurse, made, version=3)
        assert len(pump()) == 2

    def test_where_the_log_begins_anew_nothing_is_told_twice_and_nothing_is_missing(
        self, nurse: Actor
    ) -> None:
        admit()
        with acting_as(REGION):
            Event.objects.create(
                common_id=common_id(), act="close_case", at=AT, origin=REGION,
                recorded_at=AT - 300 * DAY,
            )  # fmt: skip
        subscribe(nurse, after=queries.write_cursor(Position(1, 1)), at=AT)
        told = ["open_case", "notify_admission", "close_case"]
        assert pump() == told
        with acting_as(REGION):
            # The cluster is another one, which has not come so far, and long ago is forgotten.
            Webhook.objects.update(transaction=LARGEST, number=LARGEST)
            WebhookDelivery.objects.filter(type="close_case").delete()
            Event.objects.create(common_id=common_id(), act="notify_ready", at=AT, origin=REGION)

        assert pump() == [*told[:2], "notify_ready"]
        assert pump() == [*told[:2], "notify_ready"]


class TestClaiming:
    def test_nobody_else_has_it_until_the_lease_ends(self, nurse: Actor) -> None:
        subscribe(nurse, types=["notify_admission"])
        admit()
        pump()
        first = claim()
        assert first is not None

        assert claim(at=AT + LEASE - timedelta(seconds=1)) is None
        again = claim(at=AT + LEASE)
        assert again is not None
        assert (again.delivery_id, again.attempt) == (first.delivery_id, 2)

    def test_who_answers_late_is_believed_where_it_was_taken_only(self, nurse: Actor) -> None:
        subscribe(nurse, types=["notify_admission"])
        admit()
        pump()
        first = claim()
        second = claim(at=AT + LEASE)
        record(first, "500", at=AT + LEASE)
        with acting_as(REGION):
            assert WebhookDelivery.objects.get().last_status == ""

        record(first, "202", at=AT + LEASE)
        record(second, "500", at=AT + LEASE)
        with acting_as(REGION):
            assert WebhookDelivery.objects.get().delivered_at == AT + LEASE

    def test_not_of_a_webhook_that_rests(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        admit()
        pump()

        assert claim(besides={made.webhook.webhook_id}) is None

    def test_what_was_removed_meanwhile_is_over(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        admit()
        pump()
        claimed = claim()
        with acting_as(REGION):
            operations.remove(
                actor=nurse, client="journal", webhook_id=made.webhook.webhook_id, version=1
            )

        record(claimed, "204")
        assert pump() == []


class TestSentAgain:
    def test_one_delivery(self, nurse: Actor) -> None:
        made = subscribe(nurse)
        admit()
        pump()
        claimed = claim()
        record(claimed, "204")
        assert claimed is not None
        asked: dict[str, Any] = {
            "actor": nurse, "client": "journal", "webhook_id": made.webhook.webhook_id, "at": AT,
        }  # fmt: skip
        with acting_as(REGION):
            operations.resend(**asked, delivery_id=claimed.delivery_id)
            with pytest.raises(operations.NoSuchDelivery):
                operations.resend(**asked, delivery_id=uuid4())

        names = {it.delivery_id for it in (claim(), claim()) if it}
        assert claimed.delivery_id in names
        assert len(names) == 2

    def test_everything_since_a_cursor_also_what_was_never_sent(self, nurse: Actor) -> None:
        admit()
        with acting_as(REGION):
            begun = queries.events(actor=nurse, limit=1, at=AT)
        made = subscribe(nurse)
        with acting_as(REGION):
            Event.objects.create(common_id=common_id(), act="notify_ready", at=AT, origin=REGION)
        pump()
        record(claim(), "204")
        assert claim() is None

        with acting_as(REGION):
            asked: dict[str, Any] = {
                "actor": nurse, "client": "journal", "webhook_id": made.webhook.webhook_id,
                "at": AT,
            }  # fmt: skip
            assert operations.resend_since(**asked, after=row_cursor()) == 0
            assert operations.resend_since(**asked, after=begun.cursor) == 1

        assert pump() == ["notify_admission", "notify_ready"]
        assert {it.type for it in (claim(), claim()) if it} == {"notify_admission", "notify_ready"}


def test_what_has_been_over_for_long_is_forgotten(nurse: Actor) -> None:
    subscribe(nurse)
    admit()
    pump()
    record(claim(), "204")

    with acting_as(REGION):
        assert operations.forget(at=AT + 59 * DAY) == 0
        assert operations.forget(at=AT + 61 * DAY) == 1
        assert WebhookDelivery.objects.count() == 1  # what waits stays


def test_a_huvudman_has_its_own(nurse: Actor) -> None:
    officer = working(MUNICIPALITY, "Karin Nyström", 3, Role.INBOX_COORDINATOR, CASE_OFFICERS)
    subscribe(officer)
    admit()

    assert pump() == []
    assert pump(MUNICIPALITY) == []
