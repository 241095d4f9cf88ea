"""The feed: thin, of the unit's own cases, complete, and as cheap at its end as at its start."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hired import working
from isolation.county import admit, agree, case_at
from people import (
    BERIT,
    COORDINATOR,
    HOUR,
    MUNICIPAL_NURSE,
    NURSE,
    OFFICER,
    STRANGER_OFFICER,
    WARD,
    actor,
    write_units,
)

from care.cases import happened
from care.cases.happened import LARGEST, Position
from care.cases.models import Case, Event, Participation
from care.discharge import operations as discharge
from care.feed import queries
from care.feed.queries import BadCursor, Page
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import blocks, tasks
from care.inbox.models import Message
from care.sharing import access
from care.sharing.models import AccessLog
from tenants.context import acting_as

Session = Callable[[str], AbstractContextManager[psycopg.Connection[Any]]]
MANY = 100_000


@pytest.fixture(autouse=True)
def units(committed: None) -> None:
    write_units()


def read(who: Actor, after: str = "", **more: Any) -> Page:
    with acting_as(who.tenant):
        return queries.events(actor=who, after=after, at=AT + HOUR, **more)


def whole(who: Actor, after: str = "", **more: Any) -> list[tuple[int, str]]:
    """Follow the feed to its end."""
    found = []
    while True:
        page = read(who, after, **more)
        found += [(it.event_id, it.type) for it in page.events]
        after = page.cursor
        if not page.has_more:
            return found


def types(page: Page) -> list[str]:
    return [it.type for it in page.events]


def logged(tenant: str) -> list[tuple[str, int, list[str]]]:
    with acting_as(tenant):
        rows = AccessLog.objects.filter(activity="list").order_by("id")
        return list(rows.values_list("unit_id", "rows", "common_ids"))


class TestAnEvent:
    def test_tells_what_was_done_in_which_case_and_by_whom(self) -> None:
        case_id = admit()
        opened, admitted = read(NURSE).events

        assert (opened.type, opened.message_id) == ("open_case", None)
        assert (admitted.type, admitted.case_id) == ("notify_admission", case_id)
        with acting_as(REGION):
            event = Event.objects.get(act="notify_admission")
        assert admitted.event_id == event.pk
        assert admitted.message_id == event.message_id
        assert (admitted.unit_id, admitted.at) == (WARD, AT)
        assert admitted.recorded_at == event.recorded_at

    def test_has_nothing_of_the_person_and_nothing_of_the_content(self) -> None:
        admit()

        told = repr(read(NURSE).events)

        for it in (BERIT.number, BERIT.family_name, BERIT.given_name, "Jonas Ek", "Sara Lindmark"):
            assert it not in told

    def test_names_the_receivers_own_case(self) -> None:
        admit()
        tasks.drain()

        (received,) = read(OFFICER).events

        assert received.case_id == case_at(MUNICIPALITY).pk
        with acting_as(MUNICIPALITY):
            assert received.message_id == Message.objects.get().pk

    def test_is_read_on_from_a_cursor(self) -> None:
        case_id = admit()
        seen = read(NURSE)
        assert (read(NURSE, seen.cursor).events, seen.has_more) == ((), False)

        with acting_as(REGION):
            discharge.notify_ready(
                actor=NURSE, case_id=case_id, physician="Jonas Ek", assessed_at=AT, at=AT + HOUR
            )

        assert "notify_ready" in types(read(NURSE, seen.cursor))
        assert len(whole(NURSE, limit=1)) == len(whole(NURSE)) == len(set(whole(NURSE)))


class TestWhoIsTold:
    def test_a_stranger_sees_nothing(self) -> None:
        admit()
        tasks.drain()

        assert read(STRANGER_OFFICER).events == ()
        assert read(MUNICIPAL_NURSE).events == ()  # of the same huvudman, and not in the case
        assert logged(STRANGER) == []

    def test_whose_part_has_ended_is_told_no_more(self) -> None:
        admit()
        assert read(COORDINATOR).events

        with acting_as(REGION):
            Participation.objects.filter(unit=COORDINATOR.unit_id).update(until_at=AT)

        assert read(COORDINATOR).events == ()

    def test_of_a_protected_person_only_who_is_on_the_list(self) -> None:
        opener = working(REGION, "Sara Lindmark", 1, Role.WARD_NURSE, WARD)
        colleague = working(REGION, "Eva Ek", 2, Role.WARD_NURSE, WARD)
        admit(by=opener, person=replace(BERIT, protection="protected_registration"))

        assert read(opener).events
        hidden = read(colleague)
        assert (hidden.events, hidden.has_more) == ((), False)
        assert len(logged(REGION)) == 1

    def test_that_a_branch_has_blocked_is_told_to_no_other(self) -> None:
        agree()
        admit()
        tasks.drain()
        with acting_as(MUNICIPALITY):
            case = Case.objects.get()
            Participation.objects.create(
                case=case, unit_id=MUNICIPAL_NURSE.unit_id, tenant=MUNICIPALITY, from_at=AT
            )
            blocks.place_block(
                actor=OFFICER, case_id=case.pk, type_="outer_block", info_classes=(), at=AT
            )

        assert "place_block" in types(read(OFFICER))
        assert "place_block" not in types(read(MUNICIPAL_NURSE))

    def test_whoever_reads_neither_cases_nor_the_inbox_is_refused(self) -> None:
        administrator = actor("Anna Berg", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)

        with pytest.raises(access.NotAllowed):
            read(administrator)

    def test_what_is_told_is_logged_and_an_empty_page_is_not(self) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id

        page = read(NURSE)
        read(NURSE, page.cursor)

        assert logged(REGION) == [(WARD, 2, [str(common_id)])]


@contextmanager
def transaction_of(session: Session) -> Iterator[psycopg.Connection[Any]]:
    """Give a transaction of the region's on a connection of its own."""
    with session("sp_app") as other, other.transaction():
        other.execute("SET LOCAL ROLE test_region")
        other.execute("SET LOCAL search_path TO test_region")
        yield other


INSERT = """
INSERT INTO cases_event (common_id, act, at, origin, unit_id, actor_name, actor_title, body,
                         is_flagged)
SELECT %s, %s, now(), 'test_region', '', '', '', '{}', false FROM generate_series(1, %s)
"""


class TestNothingIsLost:
    def test_a_row_that_commits_late_is_told_after_a_later_one_was_there(
        self, session: Session
    ) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id
        before = read(NURSE)
        with transaction_of(session) as slow:
            slow.execute(INSERT, [common_id, "late", 1])
            with transaction_of(session) as quick:
                quick.execute(INSERT, [common_id, "early", 1])

            # The row with the smaller number is not there yet, and the other one waits for it.
            meanwhile = read(NURSE, before.cursor)
            assert (meanwhile.events, meanwhile.has_more) == ((), False)

        assert types(read(NURSE, meanwhile.cursor)) == ["late", "early"]

    def test_a_transaction_that_began_earlier_and_wrote_later_too(self, session: Session) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id
        before = read(NURSE)
        with transaction_of(session) as slow:
            slow.execute("SELECT pg_current_xact_id()")
            with transaction_of(session) as quick:
                quick.execute(INSERT, [common_id, "early", 1])
            slow.execute(INSERT, [common_id, "late", 1])
            assert read(NURSE, before.cursor).events == ()

        assert sorted(types(read(NURSE, before.cursor))) == ["early", "late"]

    def test_what_was_undone_holds_nothing_up(self, session: Session) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id
        with transaction_of(session) as undone:
            undone.execute(INSERT, [common_id, "undone", 1])
            raise psycopg.Rollback

        assert "undone" not in types(read(NURSE))
        assert read(NURSE, read(NURSE).cursor).events == ()

    def test_the_place_to_begin_at_is_before_all_that_will_come(self, session: Session) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id
        with transaction_of(session) as slow:
            slow.execute(INSERT, [common_id, "late", 1])
            with acting_as(REGION):
                begun = queries.write_cursor(happened.end())
        assert types(read(NURSE, begun)) == ["late"]

        with acting_as(REGION):
            begun = queries.write_cursor(happened.end())
        page = read(NURSE, begun)
        assert (page.events, page.has_more, page.cursor) == ((), False, begun)

    def test_a_cursor_from_another_cluster_goes_on_and_then_begins_anew(self) -> None:
        admit()
        with acting_as(REGION):
            common_id = Case.objects.get().common_id
            for number in (LARGEST // 2, LARGEST // 2 + 1):
                Event.objects.create(
                    common_id=common_id, act=f"old_{number % 2}", at=AT, origin=REGION,
                    transaction=number,
                )  # fmt: skip
        page = read(NURSE, queries.write_cursor(Position(LARGEST // 2, LARGEST)))

        assert len(page.events) == 1
        begun = read(NURSE, page.cursor)
        assert (begun.events, begun.has_more) == ((), True)
        again = read(NURSE, begun.cursor)
        assert types(again) == ["open_case", "notify_admission"]
        # It is at the end now, and does not go round.
        assert read(NURSE, again.cursor).has_more is False


class TestCursor:
    @pytest.mark.parametrize(
        "cursor",
        ["x", "åäö", "MS4", "LTEuMQ", "MS4y\n", "MS4yLjM", "9" * 200,
         queries.write_cursor(Position(LARGEST + 1, 0)), queries.write_cursor(Position(1, -2))],
    )  # fmt: skip
    def test_that_is_none_of_ours_is_refused(self, cursor: str) -> None:
        with pytest.raises(BadCursor):
            read(NURSE, cursor)

    def test_says_where_it_was(self) -> None:
        for it in (Position(), Position(7, 8), Position(LARGEST, LARGEST)):
            assert queries.read_cursor(queries.write_cursor(it)) == it


def fill(dba: psycopg.Connection[Any], own: UUID, *, every: int) -> None:
    """Write a deep log, in one transaction as an import does; of a case of ours one row in some."""
    dba.execute("SET LOCAL search_path TO test_region")
    dba.execute(
        "INSERT INTO cases_event (common_id, act, at, origin, unit_id, actor_name, actor_title,"
        " body, is_flagged) SELECT CASE WHEN n %% %s = 0 THEN %s::uuid ELSE gen_random_uuid() END,"
        " 'notify_ready', now(), 'test_region', '', '', '', '{}', false"
        " FROM generate_series(1, %s) AS n",
        [every, own, MANY],
    )
    dba.commit()
    dba.execute("ANALYZE test_region.cases_event")
    dba.commit()


def cost(page: Callable[[], Page]) -> tuple[int, float]:
    """Return how many questions a page asks, and in how many seconds it is there at best."""
    with acting_as(REGION), CaptureQueriesContext(connection) as asked:
        page()
    return len(asked), min(_timed(page) for _ in range(5))


def _timed(page: Callable[[], Page]) -> float:
    begun = perf_counter()
    page()
    return perf_counter() - begun


@pytest.mark.parametrize("every", [1, 50, 5_000])  # one row in so many is of the unit's cases
def test_a_page_costs_the_same_at_the_end_of_a_hundred_thousand_as_at_the_beginning(
    dba: psycopg.Connection[Any], every: int
) -> None:
    admit()
    with acting_as(REGION):
        common_id = Case.objects.get().common_id
    fill(dba, common_id, every=every)
    with acting_as(REGION):
        last = Event.objects.order_by("-transaction", "-id")[1_500]
        end = queries.write_cursor(Position(last.transaction, last.pk))

    first = cost(lambda: read(NURSE))
    at_end = cost(lambda: read(NURSE, end))

    assert at_end[0] <= first[0] <= 6
    assert at_end[1] < 3 * first[1] + 0.01
    assert len(whole(NURSE, limit=500)) == MANY // every + 2
