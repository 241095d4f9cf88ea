"""Offers of options: the host offers, a municipality decides at home, everybody sees at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import operations, options, parties, queries
from billing.calloff import Answer
from billing.models import OptionDecision
from tenants.context import acting_as
from tenants.models import JointBoard
from tests.billing import books
from tests.billing.books import ECONOMIST, LAST_ON, PRICE, SECRETARY, TODAY

OURS, THEIRS = "2399", "2398"
THE_LAST_MINUTE = datetime.fromisoformat("2026-03-31T23:59:59+02:00")


@pytest.fixture(autouse=True)
def board(committed: None) -> None:
    books.found_board()


def seen_by(schema: str, option: UUID) -> options.OfferShown:
    with acting_as(schema):
        return options.offer(option)


def revise(
    option: UUID, *, reason: str = "Leverantören har sänkt priset", **changes: object
) -> None:
    now = seen_by(REGION, option).current.content
    with acting_as(REGION):
        options.revise_offer(
            replace(now, **changes),  # type: ignore[arg-type]
            option=option,
            reason=reason,
            by=SECRETARY,
            at=AT + timedelta(days=1),
        )


def extend(option: UUID, last_on: date, *, at: datetime = AT) -> None:
    with acting_as(REGION):
        options.extend_deadline(
            option=option, last_on=last_on, reason="Tidplanen är framflyttad", by=SECRETARY, at=at
        )


def test_everybody_sees_an_offer_and_who_has_not_answered() -> None:
    option = books.offered()

    for schema in (REGION, MUNICIPALITY, STRANGER):
        shown = seen_by(schema, option)
        assert shown.current.content.price == PRICE
        assert shown.names == {THEIRS: "Främlinge kommun", OURS: "Testkommun"}
        assert shown.with_answer(None) == (THEIRS, OURS)
        assert shown.called_off == ()


def test_a_call_off_is_seen_at_once_with_its_effect_on_everybodys_share() -> None:
    option = books.offered(price=replace(PRICE, cap_ore=None))
    books.decide(MUNICIPALITY, option)

    for schema in (REGION, MUNICIPALITY, STRANGER):
        shown = seen_by(schema, option)
        assert shown.called_off == (OURS,)
        assert shown.effect(shown.called_off).yearly_ore == {OURS: 100_001}
        assert shown.effect([OURS, THEIRS]).yearly_ore == {THEIRS: 70_001, OURS: 30_000}
        assert shown.present() == {THEIRS: 56_000, OURS: 24_000}


def test_what_is_over_the_price_cap_the_host_carries() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option)
    shown = seen_by(STRANGER, option)

    alone = shown.effect(shown.called_off)
    assert (alone.yearly_ore, alone.over_cap_ore) == ({OURS: 75_000}, 25_001)


@pytest.mark.parametrize("answer", [Answer.DECLINE, Answer.DEFER])
def test_who_declines_or_defers_shares_nothing(answer: Answer) -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option, answer)
    shown = seen_by(STRANGER, option)

    assert shown.with_answer(answer) == (OURS,)
    assert shown.called_off == ()
    assert shown.with_answer(None) == (THEIRS,)


def test_a_decision_is_read_with_its_paragraph_its_day_and_its_version() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option)
    decided = seen_by(STRANGER, option).decision_of(OURS)

    assert decided is not None
    assert (decided.on, decided.paragraph, decided.version) == (TODAY, "17", 1)
    assert (decided.made_by, decided.made_by_title) == (ECONOMIST.name, ECONOMIST.title)


def test_a_new_decision_replaces_the_one_before_and_both_are_kept() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option, Answer.DEFER)
    books.decide(MUNICIPALITY, option, Answer.CALL_OFF, at=AT + timedelta(days=1))
    shown = seen_by(REGION, option)

    assert shown.answer_of(OURS) is Answer.CALL_OFF
    assert [it.answer for it in shown.decisions[OURS]] == [Answer.DEFER, Answer.CALL_OFF]


def test_a_decision_lies_at_home_and_nowhere_else() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option)

    kept = {}
    for schema in (REGION, MUNICIPALITY, STRANGER):
        with acting_as(schema):
            kept[schema] = OptionDecision.objects.count()
    assert kept == {REGION: 0, MUNICIPALITY: 1, STRANGER: 0}


def test_the_last_day_is_in_time_and_the_day_after_is_refused_with_what_to_do() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option, at=THE_LAST_MINUTE)

    with pytest.raises(operations.Refused, match="Be nämndens sekreterare om längre tid"):
        books.decide(STRANGER, option, at=THE_LAST_MINUTE + timedelta(seconds=1))
    assert seen_by(REGION, option).with_answer(None) == (THEIRS,)


def test_an_extension_opens_an_offer_again_and_says_who_moved_the_day_and_why() -> None:
    option = books.offered()
    late = AT + timedelta(days=40)
    extend(option, date(2026, 4, 30), at=late)
    books.decide(STRANGER, option, at=late)

    shown = seen_by(MUNICIPALITY, option)
    assert (shown.last_on, shown.called_off) == (date(2026, 4, 30), (THEIRS,))
    (moved,) = shown.extensions
    assert (moved.reason, moved.made_by, moved.at) == (
        "Tidplanen är framflyttad", SECRETARY.name, late,
    )  # fmt: skip


@pytest.mark.parametrize("day", [LAST_ON, LAST_ON - timedelta(days=1)])
def test_the_last_day_is_moved_forward_only(day: date) -> None:
    option = books.offered()
    with pytest.raises(operations.Refused, match="senare dag"):
        extend(option, day)


def test_a_last_day_that_has_passed_is_refused() -> None:
    option = books.offered()
    seen_by_host = seen_by(REGION, option)
    with pytest.raises(operations.Refused, match="har redan varit"):
        extend(option, date(2026, 4, 1), at=AT + timedelta(days=60))
    with acting_as(REGION), pytest.raises(operations.Refused, match="har redan varit"):
        options.offer_option(seen_by_host.current.content, by=SECRETARY, at=AT + timedelta(days=60))


def test_a_new_version_takes_the_place_of_the_one_before_with_its_reason() -> None:
    option = books.offered()
    books.decide(MUNICIPALITY, option)
    revise(option, price=replace(PRICE, yearly_ore=900_00), last_on=date(2026, 4, 30))

    shown = seen_by(MUNICIPALITY, option)
    assert [it.number for it in shown.versions] == [1, 2]
    assert shown.versions[0].content.price == PRICE
    assert shown.current.reason == "Leverantören har sänkt priset"
    assert shown.effect([OURS, THEIRS]).paid_ore == 900_00
    # What was called off is called off still, and all can see on which version.
    assert shown.called_off == (OURS,)
    decided = shown.decision_of(OURS)
    assert decided is not None
    assert decided.version == 1


def test_a_new_version_never_gives_less_time_than_was_promised() -> None:
    option = books.offered()
    extend(option, date(2026, 4, 30))
    with pytest.raises(operations.Refused, match="inte kortare tid"):
        revise(option, last_on=date(2026, 4, 29))
    assert len(seen_by(REGION, option).versions) == 1


@pytest.mark.parametrize(
    ("day", "words"),
    [(TODAY + timedelta(days=1), "har inte kommit"), (TODAY - timedelta(days=1), "före")],
)
def test_a_decision_has_a_day_between_the_offer_and_today(day: date, words: str) -> None:
    option = books.offered()
    with acting_as(MUNICIPALITY), pytest.raises(operations.Refused, match=words):
        options.decide_option(
            Answer.CALL_OFF, option=option, on=day, paragraph="17", by=ECONOMIST, at=AT
        )


def test_the_region_is_not_asked() -> None:
    option = books.offered()
    with pytest.raises(operations.Refused, match="ställt till kommunerna"):
        books.decide(REGION, option)


def test_only_the_host_offers_revises_and_extends() -> None:
    option = books.offered()
    content = seen_by(MUNICIPALITY, option).current.content
    acts: list[Callable[[], object]] = [
        lambda: options.offer_option(content, by=ECONOMIST, at=AT),
        lambda: options.revise_offer(content, option=option, reason="", by=ECONOMIST, at=AT),
        lambda: options.extend_deadline(
            option=option, last_on=date(2026, 5, 1), reason="", by=ECONOMIST, at=AT
        ),
    ]
    with acting_as(MUNICIPALITY):
        for act in acts:
            with pytest.raises(operations.NotTheHost):
                act()


def test_a_huvudman_outside_the_board_sees_no_offer() -> None:
    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION, MUNICIPALITY])
    option = books.offered()
    books.decide(MUNICIPALITY, option)

    with acting_as(STRANGER), pytest.raises(parties.NoBoard):
        options.offers()
    with acting_as(STRANGER), parties.books_of(REGION):
        assert list(options.Offer.objects.values_list("id")) == []
    with acting_as(STRANGER), parties.books_of(MUNICIPALITY):
        assert list(OptionDecision.objects.values_list("id")) == []


def test_who_joins_later_is_asked_by_a_new_version_and_reads_none_of_the_old() -> None:
    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION, MUNICIPALITY])
    option = books.offered()
    with acting_as(REGION):
        JointBoard.objects.update(parties=[REGION, MUNICIPALITY, STRANGER])

    with acting_as(STRANGER), pytest.raises(options.NoSuchOffer):
        options.offer(option)
    assert seen_by(MUNICIPALITY, option).names == {OURS: "Testkommun"}

    revise(option)
    assert seen_by(STRANGER, option).names == {THEIRS: "Främlinge kommun", OURS: "Testkommun"}


@pytest.mark.parametrize("role", [REGION, MUNICIPALITY, STRANGER])
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {REGION}.billing_offer SET yearly_ore = 1",
        f"DELETE FROM {REGION}.billing_offer",
        f"UPDATE {REGION}.billing_deadlineextension SET last_on = '2030-01-01'",
        f"DELETE FROM {REGION}.billing_deadlineextension",
        f"UPDATE {MUNICIPALITY}.billing_optiondecision SET answer = 'call_off'",
        f"DELETE FROM {MUNICIPALITY}.billing_optiondecision",
        f"TRUNCATE {MUNICIPALITY}.billing_optiondecision",
    ],
)
def test_nobody_changes_an_offer_or_a_decision(
    dba: psycopg.Connection[object], role: str, statement: str
) -> None:
    books.decide(MUNICIPALITY, books.offered(), Answer.DECLINE)
    dba.execute(f"SET ROLE {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        dba.execute(statement)


@pytest.mark.parametrize("role", [REGION, STRANGER])
def test_nobody_decides_in_the_place_of_a_municipality(
    dba: psycopg.Connection[object], role: str
) -> None:
    option = books.offered()
    dba.execute(f"SET ROLE {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        dba.execute(
            f"INSERT INTO {MUNICIPALITY}.billing_optiondecision (open_to, option, version, answer,"
            ' "on", paragraph, note, made_by, made_by_title, at)'
            f" VALUES ('{{}}', '{option}', 1, 'call_off', now(), '1', '', '', '', now())"
        )


def test_an_offer_by_a_population_that_is_not_there_is_refused() -> None:
    with acting_as(REGION):
        with pytest.raises(queries.NoSuchPopulation):
            options.offer_option(books.content(uuid4()), by=SECRETARY, at=AT)
        assert options.offers() == ()


def test_an_offer_that_is_not_there_is_not_found() -> None:
    for schema in (REGION, MUNICIPALITY):
        with acting_as(schema), pytest.raises(options.NoSuchOffer):
            options.offer(uuid4())


def test_more_offers_ask_the_database_no_more() -> None:
    option = books.offered()
    counted = []
    for _ in range(2):
        with acting_as(MUNICIPALITY), CaptureQueriesContext(connection) as asked:
            options.offers()
        counted.append(len(asked))
        content = seen_by(REGION, option).current.content
        with acting_as(REGION):
            options.offer_option(content, by=SECRETARY, at=AT)

    assert counted[0] == counted[1]
