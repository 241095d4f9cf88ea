"""På-titt and remiss: who is asked about a text and until when, what they say, what is answered.

A round is of one version, by its hash. Facts are never blocked: what comes after the last day is
received and marked as late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tenants import agreements, registry, routines
from tenants.context import acting_for
from tenants.models import CommentAnswer, ConsultationRound, RoundComment
from tenants.progress import By, add, written_meanwhile

STOCKHOLM = ZoneInfo("Europe/Stockholm")
Kind = ConsultationRound.Kind
Verdict = CommentAnswer.Verdict


class Stage(StrEnum):
    """Where a round stands, by its days."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


class BadRound(Exception):
    """A round cannot be so; the text is Swedish and says what to do."""


class NoSuchRound(Exception):
    """There is no such round, or not for this huvudman."""


class NotTheirText(Exception):
    """Another huvudman wrote the text, and so asks about it and answers."""


@dataclass(frozen=True)
class Subject:
    """One version of an agreement or a routine, as those who are asked read it."""

    id: UUID
    is_agreement: bool
    version: int
    title: str
    text: str
    text_hash: str
    owner: str  # who wrote it
    parties: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """Who is asked, and from when to when."""

    kind: Kind
    from_on: date
    until_on: date
    tenants: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """En på-titt or a remiss."""

    id: UUID
    number: int
    asked: Asked
    subject: Subject
    by: By
    at: datetime

    def stage(self, at: datetime) -> Stage:
        """Return where it stands at a moment."""
        today = at.astimezone(STOCKHOLM).date()
        if today < self.asked.from_on:
            return Stage.COMING
        return Stage.RUNNING if today <= self.asked.until_on else Stage.OVER

    def hears(self, tenant: str) -> bool:
        """Tell whether what a huvudman says counts: it is asked, or a party, or wrote the text."""
        return tenant in (self.subject.owner, *self.asked.tenants, *self.subject.parties)


@dataclass(frozen=True)
class Answer:
    """What becomes of a comment, and why."""

    verdict: Verdict
    reason: str
    number: int
    by: By
    at: datetime


@dataclass(frozen=True)
class Remark:
    """Synpunkt: what somebody wants to say of a text."""

    body: str
    section: str
    comment: str
    proposal: str = ""


@dataclass(frozen=True)
class Comment:
    """A remark in a round, in the order in which they came, and its answer."""

    id: UUID
    number: int
    tenant: str
    remark: Remark
    by: By
    at: datetime
    is_late: bool
    answer: Answer | None


def ask(asked: Asked, *, subject: UUID, text_hash: str, by: By, at: datetime) -> Round:
    """Ask about a version that the huvudman that acts has written.

    :raises NoSuchRound: if there is no such text
    :raises NotTheirText: if another wrote it
    :raises BadRound: if nobody is asked, or the last day lies before the first
    """
    text = _subjects([subject]).get(text_hash)
    if text is None:
        raise NoSuchRound
    return _write(asked, text, uuid4(), 0, by, at)


def ask_again(asked: Asked, *, known: Round, seen: int, by: By, at: datetime) -> Round:
    """Move the days of a round, or ask others; what was said before stays in the history.

    :param seen: the number of the row that was there when the form was read
    :raises NotTheirText: if another wrote the text
    :raises BadRound: if nobody is asked, or the last day lies before the first
    :raises progress.WrittenMeanwhile: if somebody has changed it since
    """
    if known.number != seen:
        raise written_meanwhile(known.by.name)
    return _write(asked, known.subject, known.id, seen, by, at)


def comment(remark: Remark, *, known: Round, by: By, at: datetime) -> None:
    """Say something of the text of a round, for the huvudman that acts.

    :raises NoSuchRound: if it is not asked
    """
    if not known.hears(acting_for()):
        raise NoSuchRound
    RoundComment.objects.create(
        owner=acting_for(),
        round=known.id,
        body=remark.body,
        section=remark.section,
        comment=remark.comment,
        proposal=remark.proposal,
        name=by.name,
        title=by.title,
        written_at=at,
    )


def answer(
    verdict: Verdict, reason: str, *, known: Round, said: Comment, seen: int, by: By, at: datetime
) -> None:
    """Say what becomes of a comment, for the huvudman that wrote the text.

    :param seen: the number of what was answered last when the form was read, 0 for nothing
    :raises NotTheirText: if another wrote it
    :raises BadRound: if it is not accepted and nothing says why
    :raises progress.WrittenMeanwhile: if somebody has answered since
    """
    if known.subject.owner != acting_for():
        raise NotTheirText
    if verdict is not Verdict.ACCEPTED and not reason:
        raise BadRound("Skriv varför, så att den som har lämnat synpunkten förstår svaret.")
    if (said.answer.number if said.answer else 0) != seen:
        raise written_meanwhile(said.answer.by.name if said.answer else "")
    row = CommentAnswer(
        owner=acting_for(),
        comment=said.id,
        number=seen + 1,
        verdict=verdict,
        reason=reason,
        name=by.name,
        title=by.title,
        answered_at=at,
    )
    add(row)


def one(round_id: UUID, *, reader: str) -> Round:
    """Return a round as a huvudman may read it: one of a routine is for all, else it is heard.

    :raises NoSuchRound: if there is none for it
    """
    found = _read(round=round_id)
    if not found or (found[0].subject.is_agreement and not found[0].hears(reader)):
        raise NoSuchRound
    return found[0]


def of(subject: UUID) -> tuple[Round, ...]:
    """Return the rounds of an agreement or a routine, the first one first."""
    return _read(subject=subject)


def asking(tenant: str) -> tuple[Round, ...]:
    """Return the rounds in which a huvudman is asked by another, the last one first."""
    rows = ConsultationRound.objects.filter(tenants__contains=[tenant]).exclude(owner=tenant)
    found = _read(round__in=list(rows.values_list("round", flat=True)))
    return tuple(it for it in reversed(found) if tenant in it.asked.tenants)


def comments(known: Round) -> tuple[Comment, ...]:
    """Return what has been said in a round, the first one first, each with its answer."""
    return comments_of([known])[known.id]


def comments_of(known: Sequence[Round]) -> Mapping[UUID, tuple[Comment, ...]]:
    """Return what has been said in each of some rounds, in two questions."""
    by_id = {it.id: it for it in known}
    rows = [
        it
        for it in RoundComment.objects.filter(round__in=list(by_id)).order_by("written_at", "id")
        if by_id[it.round].hears(it.owner)
    ]
    answers = CommentAnswer.objects.filter(comment__in=[it.id for it in rows]).order_by("number")
    owner_of = {it.id: by_id[it.round].subject.owner for it in rows}
    newest = {it.comment: _answer(it) for it in answers if it.owner == owner_of[it.comment]}
    found: dict[UUID, list[Comment]] = {it: [] for it in by_id}
    for row in rows:
        number = len(found[row.round]) + 1
        until_on = by_id[row.round].asked.until_on
        found[row.round].append(_comment(row, number, until_on, newest.get(row.id)))
    return {it: tuple(said) for it, said in found.items()}


def _write(asked: Asked, text: Subject, round_id: UUID, seen: int, by: By, at: datetime) -> Round:
    if text.owner != acting_for():
        raise NotTheirText
    _refuse_impossible(asked)
    row = ConsultationRound(
        owner=acting_for(),
        round=round_id,
        number=seen + 1,
        kind=asked.kind,
        subject=text.id,
        text_hash=text.text_hash,
        from_on=asked.from_on,
        until_on=asked.until_on,
        tenants=list(asked.tenants),
        others=list(asked.others),
        name=by.name,
        title=by.title,
        opened_at=at,
    )
    add(row)
    return _round(row, text)


def _refuse_impossible(asked: Asked) -> None:
    if not asked.tenants and not asked.others:
        raise BadRound("Ingen är tillfrågad. Välj minst en huvudman, eller skriv ett annat organ.")
    if asked.until_on < asked.from_on:
        raise BadRound("Sista dagen ligger före den första. Ändra en av dagarna.")
    known = registry.kin().filter(schema_name__in=asked.tenants).count()
    if known != len(set(asked.tenants)):
        raise BadRound("En av huvudmännen är inte ansluten. Läs om sidan och välj igen.")


def _read(**asked: object) -> tuple[Round, ...]:
    rows = list(ConsultationRound.objects.filter(**asked).order_by("pk"))
    texts = _subjects({it.subject for it in rows})
    newest: dict[UUID, Round] = {}
    for row in rows:
        text = texts.get(row.text_hash)
        # Anybody can enter such a row: that of who wrote the text counts.
        if text is not None and text.owner == row.owner and text.id == row.subject:
            newest[row.round] = _round(row, text)
    return tuple(newest.values())


def _subjects(ids: Iterable[UUID]) -> dict[str, Subject]:
    """Return the texts of some agreements and routines, by their hashes."""
    known = list(ids)
    of_agreements = (
        Subject(it.id, True, it.version, it.title, it.text, it.text_hash, it.written_by, it.parties)
        for it in agreements.versions_of(known)
    )
    of_routines = (
        Subject(
            it.id, False, it.version, it.wording.heading, it.wording.text, it.text_hash, it.owner,
            (),
        )
        for it in routines.versions_of(known)
    )  # fmt: skip
    return {it.text_hash: it for it in (*of_agreements, *of_routines)}


def _round(row: ConsultationRound, text: Subject) -> Round:
    return Round(
        id=row.round,
        number=row.number,
        asked=Asked(
            Kind(row.kind), row.from_on, row.until_on, tuple(row.tenants), tuple(row.others)
        ),
        subject=text,
        by=By(row.name, row.title),
        at=row.opened_at,
    )


def _comment(row: RoundComment, number: int, until_on: date, answered: Answer | None) -> Comment:
    return Comment(
        id=row.id,
        number=number,
        tenant=row.owner,
        remark=Remark(row.body, row.section, row.comment, row.proposal),
        by=By(row.name, row.title),
        at=row.written_at,
        is_late=row.written_at.astimezone(STOCKHOLM).date() > until_on,
        answer=answered,
    )


def _answer(row: CommentAnswer) -> Answer:
    return Answer(
        Verdict(row.verdict), row.reason, row.number, By(row.name, row.title), row.answered_at
    )
