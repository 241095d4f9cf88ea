"""The way of a text, by those who may: asked about, commented, answered, decided; and routines."""

from datetime import datetime
from uuid import UUID

from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.sharing import access
from tenants import agreements, decisions, rounds, routines
from tenants.agreements import NotAParty
from tenants.context import acting_for
from tenants.decisions import Decision
from tenants.progress import By
from tenants.rounds import Asked, BadRound, Comment, Remark, Round, Verdict
from tenants.routines import Version, Wording


def ask(asked: Asked, *, actor: Actor, subject: UUID, text_hash: str, at: datetime) -> Round:
    """Ask about a version that our huvudman has written.

    :raises access.NotAllowed: if the role does not ask
    :raises rounds.NotTheirText: if another huvudman wrote it
    :raises rounds.BadRound: if nobody is asked, or the days cannot be
    """
    access.refuse_unless(actor, Permission.ASK_ROUND)
    return rounds.ask(asked, subject=subject, text_hash=text_hash, by=_by(actor), at=at)


def ask_again(asked: Asked, *, actor: Actor, known: Round, seen: int, at: datetime) -> Round:
    """Move the days of a round, or ask others.

    :raises access.NotAllowed: if the role does not ask
    :raises rounds.NotTheirText: if another huvudman wrote the text
    :raises rounds.BadRound: if nobody is asked, or the days cannot be
    :raises progress.WrittenMeanwhile: if somebody has changed it since
    """
    access.refuse_unless(actor, Permission.ASK_ROUND)
    return rounds.ask_again(asked, known=known, seen=seen, by=_by(actor), at=at)


def comment(remark: Remark, *, actor: Actor, known: Round, at: datetime) -> None:
    """Say something of the text of a round, for one of our bodies or one that we speak for.

    :raises access.NotAllowed: if the role does not comment
    :raises rounds.NoSuchRound: if our huvudman is not asked
    """
    access.refuse_unless(actor, Permission.COMMENT_ROUND)
    rounds.comment(remark, known=known, by=_by(actor), at=at)


def answer(
    verdict: Verdict,
    reason: str,
    *,
    actor: Actor,
    known: Round,
    said: Comment,
    seen: int,
    at: datetime,
) -> None:
    """Say what becomes of a comment on our text.

    :raises access.NotAllowed: if the role does not answer
    :raises rounds.NotTheirText: if another huvudman wrote it
    :raises rounds.BadRound: if it is not accepted and nothing says why
    :raises progress.WrittenMeanwhile: if somebody has answered since
    """
    access.refuse_unless(actor, Permission.ANSWER_COMMENT)
    rounds.answer(verdict, reason, known=known, said=said, seen=seen, by=_by(actor), at=at)


def decide_agreement(
    decision: Decision, *, actor: Actor, agreement: UUID, text_hash: str, seen: int, at: datetime
) -> None:
    """Tell what our board has decided of one text of an agreement (4 kap. 4-5 §§).

    :raises access.NotAllowed: if the role does not record decisions
    :raises agreements.NotAParty: if the text does not name us, or there is none such
    :raises progress.WrittenMeanwhile: if somebody has told of it since
    """
    access.refuse_unless(actor, Permission.DECIDE_AGREEMENT)
    texts = {it.text_hash: it for it in agreements.versions(agreement)}
    if text_hash not in texts or acting_for() not in texts[text_hash].parties:
        raise NotAParty
    decisions.record_decision(
        decision, subject=agreement, text_hash=text_hash, seen=seen, by=_by(actor), at=at
    )


def write_routine(
    wording: Wording, *, actor: Actor, routine: UUID | None = None, seen: int = 0, at: datetime
) -> Version:
    """Write a version of a routine.

    :raises access.NotAllowed: if the role does not write routines
    :raises routines.NoSuchRoutine: if there is none such
    :raises routines.NotTheWriter: if it is another huvudman's
    :raises BadRound: if its last day lies before its first
    :raises progress.WrittenMeanwhile: if somebody has written a version since
    """
    access.refuse_unless(actor, Permission.WRITE_ROUTINE)
    if wording.valid_until and wording.valid_until < wording.valid_from:
        raise BadRound("Sista dagen ligger före den första. Ändra en av dagarna.")
    return routines.write(wording, routine=routine, seen=seen, by=_by(actor), at=at)


def decide_routine(
    decision: Decision, *, actor: Actor, routine: UUID, text_hash: str, seen: int, at: datetime
) -> None:
    """Tell what has been decided of one version of a routine, for our huvudman.

    :raises access.NotAllowed: if the role does not record decisions
    :raises routines.NoSuchRoutine: if there is no such text
    :raises progress.WrittenMeanwhile: if somebody has told of it since
    """
    access.refuse_unless(actor, Permission.DECIDE_ROUTINE)
    if text_hash not in {it.text_hash for it in routines.one(routine).versions}:
        raise routines.NoSuchRoutine
    decisions.record_decision(
        decision, subject=routine, text_hash=text_hash, seen=seen, by=_by(actor), at=at
    )


def _by(actor: Actor) -> By:
    return By(actor.name_abroad, actor.title)
