"""The survey of readiness for change: rounds are opened, answers are counted, results are shown.

An answer is added to counts and kept nowhere else. Results are shown when a round has ended: two
looks at a round that runs would tell the answer that came between them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Sum, Value, When

from care.identity.actors import Actor
from care.identity.operations import refuse_unless_administrator
from care.identity.permissions import Permission, Role
from care.law import calendar
from care.training import survey
from care.training.models import SurveyParticipation, SurveyRound, SurveyTally
from care.training.survey import NAMES, STATEMENTS, VALUES, Round, Statement
from tenants.context import acting_for


class NotOpen(Exception):
    """The round is not open: it has not begun, or it has ended."""


class AlreadyAnswered(Exception):
    """The person has answered in this round."""


class Unanswered(Exception):
    """A statement has no answer from 1 to 5."""


class CannotOpenRound(Exception):
    """A round cannot be opened so; the text is Swedish and says what to do."""


@dataclass(frozen=True)
class Opened:
    """Mätning: a round, from which day to which, and how many have answered."""

    which: Round
    opens_on: date
    closes_on: date
    people: int

    def is_open(self, *, at: datetime) -> bool:
        """Tell whether one can answer."""
        return self.opens_on <= calendar.local_date(at) <= self.closes_on

    def has_ended(self, *, at: datetime) -> bool:
        """Tell whether its last day has passed, so that its results may be shown."""
        return self.closes_on < calendar.local_date(at)


@dataclass(frozen=True)
class Result:
    """What may be shown of a round: of all, and of the roles that are many enough."""

    opened: Opened
    people: int
    means: Mapping[str, float]  # by statement; empty: too few
    by_role: Mapping[Role, Mapping[str, float]]

    @property
    def is_shown(self) -> bool:
        """Tell whether enough have answered."""
        return bool(self.means)


@dataclass(frozen=True)
class Line:
    """A statement with its means before and after."""

    statement: Statement
    before: float | None
    after: float | None


def rounds() -> dict[Round, Opened]:
    """Return the rounds that have been opened here."""
    people = _participants()
    newest = {it.which: it for it in SurveyRound.objects.order_by("number")}
    return {
        Round(it.which): Opened(Round(it.which), it.opens_on, it.closes_on, people.get(it.which, 0))
        for it in newest.values()
    }


def to_answer(*, actor: Actor, at: datetime) -> Opened | None:
    """Return the round that a person can answer now and has not, or None."""
    answered = set(
        SurveyParticipation.objects.filter(staff=actor.staff_id).values_list("which", flat=True)
    )
    found = (it for it in rounds().values() if it.is_open(at=at) and it.which not in answered)
    return next(found, None)


def open_round(*, actor: Actor, which: Round, closes_on: date, at: datetime) -> None:
    """Open a round from today, or change its last day while it runs.

    :raises NotAdministrator: if the actor may not
    :raises CannotOpenRound: if the last day has passed, or the round has ended
    """
    refuse_unless_administrator(actor, Permission.OPEN_SURVEY)
    today = calendar.local_date(at)
    if closes_on < today:
        raise CannotOpenRound("Sista dagen har passerat. Välj i dag eller en senare dag.")
    with transaction.atomic():
        last = SurveyRound.objects.filter(which=which).order_by("-number").first()
        if last is not None and last.closes_on < today:
            raise CannotOpenRound(
                "Mätningen är avslutad och resultatet går att läsa, så den kan inte öppnas igen."
            )
        SurveyRound.objects.create(
            which=which,
            number=last.number + 1 if last else 1,
            opens_on=last.opens_on if last else today,
            closes_on=closes_on,
            name=actor.name_abroad,
            title=actor.title,
            told_at=at,
        )


@transaction.atomic
def answer(*, actor: Actor, which: Round, values: Mapping[str, int], at: datetime) -> None:
    """Add one person's answer to the counts of a round; nothing else is kept of it.

    :param values: from 1 to 5, by statement
    :raises NotOpen: if one cannot answer now
    :raises Unanswered: if a statement lacks an answer
    :raises AlreadyAnswered: if the person has answered before; nothing is counted
    """
    opened = rounds().get(which)
    if actor.tenant != acting_for() or opened is None or not opened.is_open(at=at):
        raise NotOpen
    if set(values) != set(NAMES) or not set(values.values()) <= set(VALUES):
        raise Unanswered
    try:
        with transaction.atomic():
            SurveyParticipation.objects.create(which=which, staff_id=actor.staff_id)
    except IntegrityError:
        raise AlreadyAnswered from None
    cells = SurveyTally.objects.filter(which=which, role=actor.role)
    SurveyTally.objects.bulk_create(
        [
            SurveyTally(which=which, role=actor.role, statement=name, value=value)
            for name in NAMES
            for value in VALUES
        ],
        ignore_conflicts=True,
    )
    # In one order, so that two who answer at once do not wait for one another.
    list(cells.select_for_update().order_by("pk").values_list("pk", flat=True))
    chosen = [When(statement=name, value=value, then=1) for name, value in values.items()]
    # Every count is written, also where nothing is added: a row does not tell by its last
    # transaction which of them this answer raised.
    cells.update(people=F("people") + Case(*chosen, default=Value(0)))


def results(*, at: datetime) -> dict[Round, Result]:
    """Return what may be shown of the rounds that have ended."""
    return {which: _result(it) for which, it in rounds().items() if it.has_ended(at=at)}


def compared(found: Mapping[Round, Result], role: Role | None = None) -> tuple[Line, ...]:
    """Return each statement with its means before and after: of all, or of a role."""

    def means(which: Round) -> Mapping[str, float]:
        if which not in found:
            return {}
        return found[which].means if role is None else found[which].by_role.get(role, {})

    before, after = means(Round.BEFORE), means(Round.AFTER)
    return tuple(Line(it, before.get(it.name), after.get(it.name)) for it in STATEMENTS)


def roles_shown(found: Mapping[Round, Result]) -> tuple[Role, ...]:
    """Return the roles of which something may be shown."""
    return tuple(role for role in Role if any(role in it.by_role for it in found.values()))


def _participants() -> dict[str, int]:
    # Everybody who has answered has chosen one value of the first statement.
    rows = (
        SurveyTally.objects.filter(statement=NAMES[0]).values("which").annotate(all=Sum("people"))
    )
    return {it["which"]: it["all"] for it in rows}


def _result(opened: Opened) -> Result:
    counts: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = SurveyTally.objects.filter(which=opened.which)
    for role, statement, value, people in rows.values_list("role", "statement", "value", "people"):
        counts[role][statement][value] = people
    many = {role: sum(it[NAMES[0]].values()) for role, it in counts.items()}
    groups = survey.shown(many, at_least=settings.SURVEY_THRESHOLD)
    if groups is None:
        return Result(opened, opened.people, {}, {})
    together = {
        name: {value: sum(it[name][value] for it in counts.values()) for value in VALUES}
        for name in NAMES
    }
    return Result(
        opened,
        opened.people,
        _means(together),
        {Role(role): _means(counts[role]) for role in sorted(groups)},
    )


def _means(counts: Mapping[str, Mapping[int, int]]) -> dict[str, float]:
    found = {name: survey.mean(it) for name, it in counts.items()}
    return {name: it for name, it in found.items() if it is not None}
