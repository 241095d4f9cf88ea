"""På-titt and remiss in words: who is asked, until when, and the table of what they say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal import parties, times
from tenants import rounds
from tenants.rounds import Comment, Kind, Round, Stage, Verdict

STAGES = {
    Stage.COMING: _("Har inte börjat"),
    Stage.RUNNING: _("Pågår"),
    Stage.OVER: _("Avslutad"),
}
STAGE_COLORS = {Stage.RUNNING: "info"}
VERDICT_COLORS = {
    Verdict.ACCEPTED: "success",
    Verdict.PARTLY: "warning",
    Verdict.NOT_ACCEPTED: "neutral",
}


@dataclass(frozen=True)
class Line:
    """One comment in the table, with its answer."""

    comment: Comment
    who: str
    when: str
    verdict: str
    color: str
    answered_by: str


@dataclass(frozen=True)
class Shown:
    """A round as it is shown."""

    round: Round
    kind: str
    title: str
    stage: str
    color: str
    days: str
    asked: tuple[str, ...]
    summary: str
    lines: tuple[Line, ...]


def shown(known: Round, said: Sequence[Comment], *, at: datetime) -> Shown:
    """Return a round in words."""
    stage = known.stage(at)
    asked = known.asked
    first, last = times.day(asked.from_on, at=at), times.day(asked.until_on, at=at)
    kind = str(Kind(asked.kind).label)
    return Shown(
        round=known,
        kind=kind,
        title=gettext("{kind}: {title}, version {version}").format(
            kind=kind, title=known.subject.title, version=known.subject.version
        ),
        stage=str(STAGES[stage]),
        color=STAGE_COLORS.get(stage, "neutral"),
        days=gettext("{first} till och med {last}").format(first=first, last=last),
        asked=(*(parties.name(it) for it in asked.tenants), *asked.others),
        summary=summary(said),
        lines=tuple(_lines(said, at=at)),
    )


def all_shown(known: Sequence[Round], *, at: datetime) -> tuple[Shown, ...]:
    """Return some rounds in words, the last one first."""
    said = rounds.comments_of(known)
    return tuple(shown(it, said[it.id], at=at) for it in reversed(known))


def summary(said: Sequence[Comment]) -> str:
    """Return how much has been said, and how much of it is answered."""
    answered = sum(it.answer is not None for it in said)
    many = ngettext("{number} synpunkt", "{number} synpunkter", len(said))
    return gettext("{many}, {answered} besvarade").format(
        many=many.format(number=len(said)), answered=answered
    )


def _lines(said: Iterable[Comment], *, at: datetime) -> Iterator[Line]:
    for it in said:
        answer = it.answer
        yield Line(
            comment=it,
            who=who(it),
            when=times.absolute(it.at, at=at),
            verdict=str(answer.verdict.label) if answer else "",
            color=VERDICT_COLORS[answer.verdict] if answer else "",
            answered_by=f"{answer.by.name}, {times.day(answer.at, at=at)}" if answer else "",
        )


def who(said: Comment) -> str:
    """Return whose comment it is: the body, and the huvudman that wrote it in."""
    name = parties.name(said.tenant)
    return said.remark.body if said.remark.body == name else f"{said.remark.body}, {name}"
