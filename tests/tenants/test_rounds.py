"""På-titt, remiss and decisions: added, never changed, and heard from those who count alone.

What is tried here goes past the pages, as injected SQL would: the rows themselves are judged.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenants import agreements, decisions, rounds
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.decisions import Decision, Decisions
from tenants.models import CommentAnswer, ConsultationRound, PartyDecision, RoundComment
from tenants.progress import By, WrittenMeanwhile
from tenants.rounds import Asked, Comment, Kind, NoSuchRound, Remark, Round, Stage, Verdict

pytestmark = pytest.mark.django_db

EVA = By("Eva Ros", "Direktör")
ASKED = Asked(Kind.REFERRAL, date(2026, 2, 20), date(2026, 3, 2), (STRANGER,), ("Pensionärsrådet",))
REMARK = Remark("Socialnämnden", "Punkt 1", "Vad menas?")


@pytest.fixture
def agreement() -> Agreement:
    with acting_as(REGION):
        return agreements.draft(
            title="x", text="x", parties=[REGION, MUNICIPALITY], valid_from=date(2026, 1, 1),
            valid_until=date(2029, 1, 1), channels={}, terms={}, at=AT,
        )  # fmt: skip


@pytest.fixture
def known(agreement: Agreement) -> Round:
    """Return a referral in which the stranger is asked."""
    with acting_as(REGION):
        return rounds.ask(ASKED, subject=agreement.id, text_hash=agreement.text_hash, by=EVA, at=AT)


def say(known: Round, tenant: str, at: datetime = AT) -> None:
    with acting_as(tenant):
        rounds.comment(REMARK, known=known, by=EVA, at=at)


def heard(known: Round) -> tuple[Comment, ...]:
    with acting_as(MUNICIPALITY):
        return rounds.comments(known)


def asking(tenant: str) -> list[UUID]:
    with acting_as(tenant):
        return [it.id for it in rounds.asking(tenant)]


def asked_of(agreement: Agreement) -> tuple[Round, ...]:
    with acting_as(MUNICIPALITY):
        return rounds.of(agreement.id)


def decided(agreement: Agreement) -> Decisions:
    with acting_as(MUNICIPALITY):
        return decisions.decided(agreement.id)


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("2026-02-19T23:59:59+01:00", Stage.COMING),
        ("2026-02-20T00:00:00+01:00", Stage.RUNNING),
        ("2026-03-02T23:59:59+01:00", Stage.RUNNING),
        ("2026-03-03T00:00:00+01:00", Stage.OVER),
    ],
)
def test_its_days_are_swedish(known: Round, at: str, stage: Stage) -> None:
    moment = datetime.fromisoformat(at)

    assert known.stage(moment) is stage
    say(known, STRANGER, moment)
    assert heard(known)[0].is_late is (stage is Stage.OVER)


def test_those_who_are_asked_parties_and_the_writer_are_heard(known: Round) -> None:
    for tenant in (STRANGER, MUNICIPALITY, REGION):
        say(known, tenant)

    assert [it.number for it in heard(known)] == [1, 2, 3]
    assert asking(STRANGER) == [known.id]
    assert asking(MUNICIPALITY) == asking(REGION) == []


def test_who_is_not_asked_is_not_heard_whatever_it_writes(known: Round) -> None:
    with acting_as(REGION):
        known = rounds.ask_again(replace(ASKED, tenants=()), known=known, seen=1, by=EVA, at=AT)
    with pytest.raises(NoSuchRound):
        say(known, STRANGER)
    with acting_as(STRANGER):
        RoundComment.objects.create(
            owner=STRANGER, round=known.id, body="x", comment="x", name="x", title="x",
            written_at=AT,
        )  # fmt: skip

    assert heard(known) == ()
    with acting_as(STRANGER), pytest.raises(NoSuchRound):
        rounds.one(known.id, reader=STRANGER)


def test_a_round_that_another_enters_of_our_text_is_not_there(agreement: Agreement) -> None:
    with acting_as(STRANGER):
        ConsultationRound.objects.create(
            owner=STRANGER, number=1, kind=Kind.PREVIEW, subject=agreement.id,
            text_hash=agreement.text_hash, from_on=ASKED.from_on, until_on=ASKED.until_on,
            tenants=[STRANGER], others=[], name="x", title="x", opened_at=AT,
        )  # fmt: skip

    assert asked_of(agreement) == ()


def test_an_answer_that_another_enters_is_not_there(known: Round) -> None:
    say(known, STRANGER)
    with acting_as(STRANGER):
        CommentAnswer.objects.create(
            owner=STRANGER, comment=heard(known)[0].id, number=9,
            verdict=Verdict.ACCEPTED, name="x", title="x", answered_at=AT,
        )  # fmt: skip

    assert heard(known)[0].answer is None


def test_of_two_who_answer_at_once_the_second_reads_the_first(known: Round) -> None:
    say(known, STRANGER)
    (said,) = heard(known)
    given: dict[str, Any] = {"known": known, "said": said, "seen": 0, "by": EVA, "at": AT}
    with acting_as(REGION):
        rounds.answer(Verdict.ACCEPTED, "", **given)
        with pytest.raises(WrittenMeanwhile):
            rounds.answer(Verdict.PARTLY, "Nästan.", **given)

    answer = heard(known)[0].answer
    assert answer is not None
    assert answer.verdict is Verdict.ACCEPTED


def test_of_another_text_than_those_that_are_there_nothing_is_asked(agreement: Agreement) -> None:
    for subject, text_hash in ((agreement.id, "0" * 64), (uuid4(), agreement.text_hash)):
        with acting_as(REGION), pytest.raises(NoSuchRound):
            rounds.ask(ASKED, subject=subject, text_hash=text_hash, by=EVA, at=AT)
    with acting_as(MUNICIPALITY), pytest.raises(rounds.NotTheirText):
        rounds.ask(ASKED, subject=agreement.id, text_hash=agreement.text_hash, by=EVA, at=AT)


def test_the_comments_of_many_rounds_are_two_questions(known: Round) -> None:
    say(known, STRANGER)
    say(known, STRANGER, AT + timedelta(days=1))

    with acting_as(MUNICIPALITY), CaptureQueriesContext(connection) as queries:
        found = rounds.comments_of([known])

    assert len(found[known.id]) == 2
    assert len([it for it in queries if it["sql"].startswith("SELECT")]) == 2


# Decisions.

YES = Decision("Kommunstyrelsen", date(2026, 3, 1), True, "114", "KS 2026/114")


def decide(agreement: Agreement, tenant: str, decision: Decision = YES, seen: int = 0) -> None:
    with acting_as(tenant):
        decisions.record_decision(
            decision, subject=agreement.id, text_hash=agreement.text_hash, seen=seen, by=EVA, at=AT
        )


def test_a_decision_is_of_one_text_and_the_last_word_counts(agreement: Agreement) -> None:
    decide(agreement, REGION)
    decide(agreement, MUNICIPALITY)
    decide(agreement, MUNICIPALITY, replace(YES, is_approved=False), seen=1)

    found = decided(agreement)[agreement.text_hash]
    assert {it: told.decision.is_approved for it, told in found.items()} == {
        REGION: True, MUNICIPALITY: False
    }  # fmt: skip
    with acting_as(REGION):
        second = agreements.draft(
            agreement=agreement.id, title="y", text="y", parties=agreement.parties,
            valid_from=date(2026, 1, 1), valid_until=date(2029, 1, 1), channels={}, terms={},
            at=AT,
        )  # fmt: skip
    assert second.text_hash not in decided(agreement)


def test_of_two_who_tell_at_once_the_second_reads_the_first(agreement: Agreement) -> None:
    decide(agreement, REGION)

    with pytest.raises(WrittenMeanwhile, match="Eva Ros"):
        decide(agreement, REGION)


def test_nobody_tells_of_anothers_decision(agreement: Agreement) -> None:
    with (
        acting_as(STRANGER),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        PartyDecision.objects.create(
            owner=REGION, subject=agreement.id, text_hash=agreement.text_hash, number=1,
            board="x", decided_on=AT.date(), is_approved=True, name="x", title="x", told_at=AT,
        )  # fmt: skip


def test_what_is_told_is_neither_changed_nor_removed(known: Round) -> None:
    say(known, STRANGER)
    for model in (ConsultationRound, RoundComment):
        for act in (
            lambda model=model: model.objects.update(name="y"),
            lambda model=model: model.objects.all().delete(),
        ):
            with (
                acting_as(REGION),
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
            ):
                act()
