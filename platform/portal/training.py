"""Training in words: scenarios and how far one has come, who has been trained, the survey."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.identity.permissions import ROLE_LABELS, Role
from care.individuals.queries import written
from care.training import people
from care.training.counting import TRAINERS, Standing, Trained, total
from care.training.queries import Practised
from care.training.scenarios import Scenario
from care.training.survey import Round
from care.training.surveying import Line, Opened
from portal import parties, times

ROUNDS = {Round.BEFORE: _("Före"), Round.AFTER: _("Efter")}
TRAINERS_LABEL = _("Utbildare")
MANY_IDENTITIES = 6  # shown to whoever practises admitting


@dataclass(frozen=True)
class Moment:
    """Moment: an act of a scenario, and when it was done; empty: not yet."""

    text: str
    hint: str
    done: str


@dataclass(frozen=True)
class Shown:
    """A scenario as its page shows it."""

    name: str
    title: str
    about: str
    moments: tuple[Moment, ...]
    done: int
    is_running: bool
    finished: str


@dataclass(frozen=True)
class Share:
    """How many have been trained of how many, for a row of the table."""

    label: str
    goal: int
    people: int
    told: int
    practised: int
    role: str = ""

    @property
    def percent(self) -> str:
        """Return the share in whole percent, rounded down: all is all."""
        return f"{100 * self.people // self.goal} %" if self.goal else "–"


@dataclass(frozen=True)
class Row:
    """A huvudman in the table of who has been trained."""

    tenant: str
    name: str
    staff: Share
    trainers: Share


@dataclass(frozen=True)
class Mean:
    """A statement of the survey, with its means in words."""

    text: str
    before: str
    after: str
    change: str


def shown(practised: Iterable[Practised], *, at: datetime) -> tuple[Shown, ...]:
    """Return the scenarios of somebody, each with how far it has come."""
    return tuple(scenario(it, at=at) for it in practised)


def scenario(it: Practised, *, at: datetime) -> Shown:
    """Return one scenario of somebody."""
    done = it.progress.done
    return Shown(
        name=it.scenario.name,
        title=gettext(it.scenario.title),
        about=gettext(it.scenario.about),
        moments=tuple(
            Moment(
                gettext(task.text),
                gettext(task.hint),
                times.absolute(done[task.act], at=at) if task.act in done else "",
            )
            for task in it.scenario.tasks
        ),
        done=len(done),
        is_running=it.running_since is not None,
        finished=times.day(it.finished_at, at=at) if it.finished_at else "",
    )


def identities(of: Scenario) -> tuple[str, ...]:
    """Return numbers of nobody, for the scenario in which somebody is admitted."""
    if of.role is not Role.WARD_NURSE:
        return ()
    return tuple(written(it) for it in people.free()[:MANY_IDENTITIES])


def label(role: str) -> str:
    """Return what a group of those who are trained is called."""
    return str(TRAINERS_LABEL) if role == TRAINERS else gettext(ROLE_LABELS[Role(role)])


def rows(standings: Iterable[Standing]) -> tuple[Row, ...]:
    """Return each huvudman with its sums."""
    return tuple(
        Row(it.tenant, parties.name(it.tenant), _share(it.staff, ""), _share(it.trainers, ""))
        for it in standings
    )


def sums(standings: Iterable[Standing]) -> tuple[Share, Share]:
    """Return the sums of the county: staff, and trainers."""
    known = list(standings)
    return (
        _share(total((it.staff for it in known), ""), gettext("Medarbetare")),
        _share(total((it.trainers for it in known), TRAINERS), str(TRAINERS_LABEL)),
    )


def of_roles(standing: Standing) -> tuple[Share, ...]:
    """Return each role of a huvudman."""
    return tuple(_share(it, label(role)) for role, it in standing.roles.items())


def means(lines: Iterable[Line]) -> tuple[Mean, ...]:
    """Return the statements with their means, as numbers are written here."""
    return tuple(
        Mean(gettext(it.statement.text), _mean(it.before), _mean(it.after), _change(it))
        for it in lines
    )


def rounds(opened: Mapping[Round, Opened], *, at: datetime) -> list[dict[str, object]]:
    """Return both rounds: whether they are open, from when to when, and how many have answered."""
    return [_round(which, opened.get(which), at=at) for which in Round]


def _round(which: Round, it: Opened | None, *, at: datetime) -> dict[str, object]:
    if it is None:
        return {"which": which, "label": ROUNDS[which], "is_opened": False, "has_ended": False}
    return {
        "which": which,
        "label": ROUNDS[which],
        "is_opened": True,
        "has_ended": it.has_ended(at=at),
        "opens": times.day(it.opens_on, at=at),
        "closes": times.day(it.closes_on, at=at),
        "people": it.people,
    }


def _share(it: Trained, label: str) -> Share:
    return Share(label, it.goal, it.people, it.told, it.practised, it.role)


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".replace(".", ",")


def _change(it: Line) -> str:
    if it.before is None or it.after is None:
        return "–"
    return f"{it.after - it.before:+.1f}".replace(".", ",").replace("-", "−")
