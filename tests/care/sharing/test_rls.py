"""The stamp on the rows: at birth, after a change, and against whoever writes meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER, YEARS_AHEAD
from django.db import connection, transaction
from isolation.county import (
    CLASSES,
    COORDINATED,
    SIGNATORIES,
    admit,
    agree,
    case_at,
    consent,
)
from people import BERIT, CASE_OFFICERS, DAY, ELSEWHERE, HOUR, MUNICIPAL_NURSES, NURSE, OFFICER

from care.cases import operations as cases
from care.cases.models import Case, Contribution
from care.discharge import operations as discharge
from care.inbox import consents, delivery, tasks
from care.sharing import operations, rls
from care.sharing.models import Opening
from tenants import clock
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.window import looking_into

pytestmark = pytest.mark.usefixtures("agreement")


def write(case_id: UUID, *, info_class: str = "planning", at: datetime = AT + 2 * HOUR) -> None:
    with acting_as(MUNICIPALITY):
        discharge.submit_planning_basis(
            actor=OFFICER, case_id=case_id, info_class=info_class, text="Hemtjänst", at=at
        )


def stamps(tenant: str = MUNICIPALITY) -> list[dict[str, str]]:
    with acting_as(tenant):
        return list(Contribution.objects.order_by("at", "id").values_list("open_to", flat=True))


def read_by(reader: str, owner: str = MUNICIPALITY) -> int:
    with acting_as(reader), looking_into(owner):
        return Contribution.objects.count()


def withdraw(case_id: UUID, *, at: datetime = AT + 3 * HOUR) -> None:
    with acting_as(MUNICIPALITY):
        consents.withdraw_consent(actor=OFFICER, case_id=case_id, type_=COORDINATED, at=at)


def test_a_row_is_born_with_the_stamp_that_applies(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])

    assert list(stamps()[0]) == [REGION]
    assert (read_by(REGION), read_by(STRANGER)) == (1, 0)


def test_a_row_of_a_class_without_consent_is_born_closed(shared: tuple[UUID, UUID]) -> None:
    consent(case_id=shared[0], classes=["planning"], at=AT + 90 * timedelta(minutes=1))
    tasks.drain()

    write(shared[1], info_class="social_care")

    assert stamps() == [{}]
    assert read_by(REGION) == 0


def test_a_stamp_ends_with_whichever_ends_first(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    by_agreement = datetime.fromisoformat(stamps()[0][REGION])
    early = datetime(2080, 1, 1, tzinfo=AT.tzinfo)

    consent(case_id=shared[0], expires_at=early, at=AT + 4 * HOUR)
    tasks.drain()

    assert by_agreement == datetime.fromisoformat("2089-12-31T23:59:59+01:00")
    assert datetime.fromisoformat(stamps()[0][REGION]) == early


def test_a_stamp_that_has_run_out_opens_nothing(shared: tuple[UUID, UUID]) -> None:
    soon = clock.moment() + timedelta(milliseconds=50)
    consent(case_id=shared[0], expires_at=soon, at=AT + 4 * HOUR)
    with acting_as(MUNICIPALITY):
        delivery.fetch(sender=REGION, at=AT + 4 * HOUR)
    write(shared[1], at=AT + 5 * HOUR)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")

    assert read_by(REGION) == 0
    assert datetime.fromisoformat(stamps()[0][REGION]) == soon  # nobody needed to touch the row


def test_a_withdrawal_closes_every_row_and_what_is_born_after_it(
    shared: tuple[UUID, UUID],
) -> None:
    for info_class in CLASSES:
        write(shared[1], info_class=info_class)

    withdraw(shared[1])
    write(shared[1], at=AT + 4 * HOUR)

    assert stamps() == [{}] * 4
    with acting_as(MUNICIPALITY):
        assert not Opening.objects.exists()


def test_a_withdrawal_elsewhere_closes_within_one_round(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    with acting_as(REGION):
        consents.withdraw_consent(
            actor=NURSE, case_id=shared[0], type_=COORDINATED, at=AT + 3 * HOUR
        )

    tasks.drain()

    assert stamps() == [{}]


def test_a_no_after_a_yes_closes_at_every_huvudman(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    consent(case_id=shared[0], value="no", at=AT + 3 * HOUR)

    tasks.drain()

    assert stamps() == [{}]


def test_the_last_word_counts_whichever_letter_comes_first(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    # Both take an answer before either has heard of the other's.
    consent(by=OFFICER, case_id=shared[1], value="no", at=AT + 4 * HOUR)
    consent(case_id=shared[0], value="yes", at=AT + 3 * HOUR)

    tasks.drain()

    assert stamps() == [{}]


def test_a_withdrawal_ends_what_was_said_elsewhere_before_it(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    consent(case_id=shared[0], at=AT + 3 * HOUR)
    withdraw(shared[1], at=AT + 4 * HOUR)  # knows the first answer only

    tasks.drain()

    assert stamps() == [{}]


def test_a_withdrawal_reaches_whoever_has_put_a_newer_answer_in_its_place(
    shared: tuple[UUID, UUID],
) -> None:
    write(shared[1])
    consent(by=OFFICER, case_id=shared[1], at=AT + 3 * HOUR)  # withdraws the first one
    with acting_as(REGION):
        consents.withdraw_consent(
            actor=NURSE, case_id=shared[0], type_=COORDINATED, at=AT + 4 * HOUR
        )

    tasks.drain()

    assert stamps() == [{}]


def test_a_new_yes_opens_again(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    withdraw(shared[1])
    consent(by=OFFICER, case_id=shared[1], at=AT + 5 * HOUR)

    assert read_by(REGION) == 1


def test_an_answer_that_comes_before_the_case_is_not_lost() -> None:
    agree(parties=(REGION, MUNICIPALITY, STRANGER))
    at_region = admit(to=[CASE_OFFICERS, ELSEWHERE])
    consent(case_id=at_region)
    tasks.fetch(recipient=MUNICIPALITY, sender=REGION)
    withdraw(case_at(MUNICIPALITY).pk)

    tasks.fetch(recipient=STRANGER, sender=MUNICIPALITY)  # knows the case by this letter only
    tasks.drain()

    with acting_as(STRANGER):
        theirs = Case.objects.get()
        assert (theirs.lead, theirs.state) == (REGION, "admitted")
        assert theirs.individual.consents.get().withdrawn_at == AT + 3 * HOUR


def test_who_has_left_is_told_of_a_withdrawal(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    for tenant in (REGION, MUNICIPALITY):
        with acting_as(tenant), transaction.atomic():
            case = Case.objects.get()
            for unit in case.participations.filter(tenant=MUNICIPALITY).values_list(
                "unit", flat=True
            ):
                cases.leave(case, unit_id=unit, at=AT + 2 * HOUR)
            rls.restamp(case, at=AT + 2 * HOUR)
    assert read_by(REGION) == 1  # the region takes part still

    with acting_as(REGION):
        consents.withdraw_consent(
            actor=NURSE, case_id=shared[0], type_=COORDINATED, at=AT + 3 * HOUR
        )
    tasks.drain()

    assert stamps() == [{}]


def test_who_has_left_reads_no_more(shared: tuple[UUID, UUID]) -> None:
    write(shared[1])
    with acting_as(MUNICIPALITY), transaction.atomic():
        case = Case.objects.get()
        for unit in case.participations.filter(tenant=REGION).values_list("unit", flat=True):
            cases.leave(case, unit_id=unit, at=AT + 3 * HOUR)
        rls.restamp(case, at=AT + 3 * HOUR)

    assert read_by(REGION) == 0


# What another does meanwhile.


def in_another_thread(tenant: str, work: Callable[[], object]) -> tuple[Thread, Event]:
    done = Event()

    def run() -> None:
        try:
            with acting_as(tenant):
                work()
        finally:
            connection.close()
            done.set()

    thread = Thread(target=run)
    thread.start()
    return thread, done


def test_a_row_added_during_a_withdrawal_waits_and_is_born_closed(
    shared: tuple[UUID, UUID],
) -> None:
    with acting_as(MUNICIPALITY), transaction.atomic():
        consents.withdraw_consent(
            actor=OFFICER, case_id=shared[1], type_=COORDINATED, at=AT + 3 * HOUR
        )
        thread, done = in_another_thread(MUNICIPALITY, lambda: write(shared[1]))
        assert not done.wait(0.5)  # it waits for the lock of the case
    thread.join(10)

    assert stamps() == [{}]


def test_a_withdrawal_during_an_addition_waits_and_closes_the_row(
    shared: tuple[UUID, UUID],
) -> None:
    with acting_as(MUNICIPALITY), transaction.atomic():
        discharge.submit_planning_basis(
            actor=OFFICER, case_id=shared[1], info_class="planning", text="Hemtjänst",
            at=AT + 2 * HOUR,
        )  # fmt: skip
        thread, done = in_another_thread(MUNICIPALITY, lambda: withdraw(shared[1]))
        assert not done.wait(0.5)
        assert list(stamps()[0]) == [REGION]
    thread.join(10)

    assert stamps() == [{}]


def end(agreement: Agreement, tenant: str = MUNICIPALITY) -> None:
    with acting_as(tenant):
        operations.end_agreement(
            actor=SIGNATORIES[tenant], agreement=agreement.id, reason="Uppsagd", at=AT + 6 * HOUR
        )


def test_an_agreement_that_ends_during_an_addition_closes_the_row(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    with acting_as(MUNICIPALITY), transaction.atomic():
        discharge.submit_planning_basis(
            actor=OFFICER, case_id=shared[1], info_class="planning", text="Hemtjänst",
            at=AT + 2 * HOUR,
        )  # fmt: skip
        thread, done = in_another_thread(MUNICIPALITY, lambda: end(agreement))
        assert not done.wait(0.5)
    thread.join(10)

    assert stamps() == [{}]  # without a round of the worker


def test_a_row_added_while_an_agreement_ends_is_born_closed(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    with acting_as(MUNICIPALITY), transaction.atomic():
        operations.end_agreement(
            actor=SIGNATORIES[MUNICIPALITY], agreement=agreement.id, reason="Uppsagd",
            at=AT + 6 * HOUR,
        )  # fmt: skip
        thread, done = in_another_thread(MUNICIPALITY, lambda: write(shared[1]))
        assert not done.wait(0.5)
    thread.join(10)

    assert stamps() == [{}]


# Agreements.


def test_whoever_ends_an_agreement_closes_its_own_rows_at_once(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    write(shared[1])

    end(agreement)

    assert stamps() == [{}]


def test_the_others_follow_when_the_loop_runs(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    write(shared[1])
    end(agreement, REGION)
    assert list(stamps()[0]) == [REGION]

    tasks.drain()

    assert stamps() == [{}]


def test_a_case_without_rows_follows_too(shared: tuple[UUID, UUID], agreement: Agreement) -> None:
    end(agreement, REGION)
    tasks.drain()

    write(shared[1])

    assert stamps() == [{}]


def test_what_another_agreement_allows_is_opened_again(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    agree(classes=["planning"])
    tasks.drain()
    for info_class in ("planning", "health_care"):
        write(shared[1], info_class=info_class)

    end(agreement)
    at_once = stamps()
    tasks.drain()

    assert at_once == [{}, {}]
    assert sorted(map(list, stamps())) == [[], [REGION]]


def test_an_agreement_about_to_be_signed_closes_nothing_when_it_is_ended(
    shared: tuple[UUID, UUID],
) -> None:
    write(shared[1])
    begun = agree(first_day=date(2088, 1, 1))

    end(begun)
    tasks.drain()

    assert list(stamps()[0]) == [REGION]


def test_a_period_that_begins_opens_and_one_that_runs_out_closes_the_openings(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    end(agreement)
    tasks.drain()
    write(shared[1])
    later = date(2088, 1, 1)
    agree(first_day=later, last_day=later)
    tasks.drain()
    before = stamps()

    with acting_as(MUNICIPALITY), transaction.atomic():
        rls.follow_agreements(at=datetime(2088, 1, 1, 12, tzinfo=AT.tzinfo))
    during = stamps()
    with acting_as(MUNICIPALITY), transaction.atomic():
        rls.follow_agreements(at=datetime(2088, 1, 2, 12, tzinfo=AT.tzinfo))

    assert (before, list(during[0]), stamps()) == ([{}], [REGION], [{}])


def test_following_agreements_twice_changes_nothing(shared: tuple[UUID, UUID]) -> None:
    with acting_as(MUNICIPALITY), transaction.atomic():
        assert rls.follow_agreements(at=AT + 2 * DAY) == 0


@pytest.fixture
def two(shared: tuple[UUID, UUID]) -> list[UUID]:
    """Return the ids of two shared cases at the municipality, in the order of following."""
    other = admit(person=replace(BERIT, number="193012299263", given_name="Maj"))
    tasks.drain()
    consent(case_id=other)
    tasks.drain()
    with acting_as(MUNICIPALITY):
        return list(Case.objects.order_by("id").values_list("pk", flat=True))


def opened(case_id: UUID) -> bool:
    with acting_as(MUNICIPALITY):
        common_id = Case.objects.get(pk=case_id).common_id
        return Opening.objects.filter(common_id=common_id).exists()


def follow() -> int:
    with acting_as(MUNICIPALITY):
        return rls.follow_agreements(at=AT + 2 * DAY)


def test_agreements_are_followed_while_somebody_holds_a_case(
    two: list[UUID], agreement: Agreement, dba: psycopg.Connection[Any]
) -> None:
    end(agreement, REGION)
    dba.execute(f"SELECT FROM {MUNICIPALITY}.cases_case WHERE id = %s FOR UPDATE", [two[1]])
    following = Thread(target=_and_close, args=(follow,))

    following.start()
    until = monotonic() + 20
    while opened(two[0]) and monotonic() < until:
        sleep(0.02)

    # The first is done and free, though the second keeps us waiting.
    assert [opened(it) for it in two] == [False, True]
    dba.execute(f"SELECT FROM {MUNICIPALITY}.cases_case WHERE id = %s FOR UPDATE NOWAIT", [two[0]])
    dba.rollback()
    following.join(20)
    assert [opened(it) for it in two] == [False, False]


def _and_close(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def test_whoever_is_cut_short_goes_on_from_there(
    two: list[UUID], agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(agreement, REGION)
    restamp = rls.restamp

    def cut(case: Case, **more: Any) -> None:
        if case.pk == two[1]:
            raise KeyboardInterrupt
        restamp(case, **more)

    monkeypatch.setattr(rls, "restamp", cut)
    with pytest.raises(KeyboardInterrupt):
        follow()
    monkeypatch.setattr(rls, "restamp", restamp)
    first = [opened(it) for it in two]

    assert first == [False, True]
    assert (follow(), follow()) == (1, 0)
    assert [opened(it) for it in two] == [False, False]


def test_an_agreement_that_ends_meanwhile_is_not_followed_any_more(
    two: list[UUID], agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(parties=(MUNICIPALITY, STRANGER))
    restamp = rls.restamp

    def ended_after_the_first(case: Case, **more: Any) -> None:
        restamp(case, **more)
        monkeypatch.setattr(rls, "restamp", restamp)
        end(agreement)

    monkeypatch.setattr(rls, "restamp", ended_after_the_first)
    follow()

    assert [opened(it) for it in two] == [False, False]


def test_an_opening_tells_on_which_grounds(shared: tuple[UUID, UUID], agreement: Agreement) -> None:
    with acting_as(MUNICIPALITY):
        opening = Opening.objects.get(info_class="planning", branch=OFFICER.branch)
        given = Case.objects.get().individual.consents.get()

    assert (opening.viewer, opening.agreement, opening.ground_id) == (
        REGION,
        agreement.id,
        given.id,
    )
    assert opening.closes_at < YEARS_AHEAD
    assert opening.unit_id != MUNICIPAL_NURSES
