"""Anslutning: the eight steps by which a huvudman joins, what holds one back, and what has moved.

Pure. What is told (`Told`) and what can be computed (`Found`) come in; what is missing comes out.
Nothing may be told done while what can be computed says otherwise.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Step(StrEnum):
    """Steg i anslutningen, in the order in which they are taken."""

    ORGANISATION = "organisation"
    AGREEMENTS = "agreements"
    UNITS = "units"
    ROLES = "roles"
    ROUTINES = "routines"
    TEST_MESSAGE = "test_message"
    TRAINING = "training"
    START = "start"


class State(StrEnum):
    """Where a step stands; one that nobody has told of has not begun."""

    ONGOING = "ongoing"
    STOPPED = "stopped"
    DONE = "done"


class ContactRole(StrEnum):
    """Whom a huvudman names when it joins."""

    CONTACT_1 = "contact_1"
    CONTACT_2 = "contact_2"
    CONTACT_3 = "contact_3"
    CONTROLLER = "controller"
    PRIVACY_OFFICER = "privacy_officer"


CONTACTS = (ContactRole.CONTACT_1, ContactRole.CONTACT_2, ContactRole.CONTACT_3)
# Without these nobody can be reached, or answers for the personal data (GDPR art. 4.7 and 37).
REQUIRED = (ContactRole.CONTACT_1, ContactRole.CONTROLLER, ContactRole.PRIVACY_OFFICER)
CALLED = {
    ContactRole.CONTACT_1: "kontaktperson 1",
    ContactRole.CONTROLLER: "personuppgiftsansvarig",
    ContactRole.PRIVACY_OFFICER: "dataskyddsombud",
}
TITLES = {
    Step.ORGANISATION: "Organisation",
    Step.AGREEMENTS: "Avtal",
    Step.UNITS: "Enheter och inkorgar",
    Step.ROLES: "Roller och uppdrag",
    Step.ROUTINES: "Rutiner",
    Step.TEST_MESSAGE: "Provmeddelande",
    Step.TRAINING: "Utbildning",
    Step.START: "Start",
}
# Nothing shows these but what somebody says, so it is written down.
BY_WORD = frozenset({Step.ROUTINES, Step.TRAINING})


@dataclass
class CannotRecord(Exception):
    """A step cannot be told so; the text is Swedish and says what to do."""

    field: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Entry:
    """What somebody wants to tell of a step."""

    step: Step
    state: State
    responsible: ContactRole
    due_on: date
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Told:
    """What was told of a step: one row of its history, whose last row counts."""

    tenant: str
    number: int
    entry: Entry
    people: int | None  # who hold an assignment, as counted at home when it was told
    by: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Inbox:
    """A unit that receives, and how much of the coming week nobody watches it or takes over."""

    name: str
    takes_over: str
    unwatched_hours: int
    unwatched_from: datetime | None


@dataclass(frozen=True)
class Found:
    """What can be computed of a huvudman. What lies in its own schema is known at home only.

    Of the units only those that start are asked, see `starts`; `later` names the others.
    """

    named: frozenset[ContactRole]
    has_agreement: bool
    inboxes: tuple[Inbox, ...]
    people: int | None = None
    unstaffed: tuple[str, ...] = ()  # receiving units where nobody holds an assignment
    untested: tuple[str, ...] = ()  # those where no person has taken on a message of the trial
    left_out: tuple[str, ...] = ()  # units that no admission is told to by itself
    is_both: bool = False  # region and kommun in one: nobody to agree with at home
    later: tuple[str, ...] = ()

    @property
    def unwatched(self) -> tuple[Inbox, ...]:
        """Return the units that somebody could write to while nobody reads."""
        return tuple(it for it in self.inboxes if it.unwatched_hours)


@dataclass(frozen=True)
class Missing:
    """Something that is missing, and who mends it where."""

    text: str
    mend: str


@dataclass(frozen=True)
class Moved:
    """A step that has moved: what was told of it before, None for nothing, and what is told now."""

    before: Told | None
    after: Told


Steps = Mapping[Step, Told]
Condition = Callable[[Found, Steps], Iterable[Missing]]


def check(entry: Entry, *, found: Found, told: Steps) -> None:
    """Refuse what cannot be told of a step.

    :raises CannotRecord: if something is not filled in, or what can be computed says otherwise
    """
    if entry.responsible not in CONTACTS or entry.responsible not in found.named:
        raise CannotRecord(
            "responsible",
            "Steget behöver en ansvarig som är namngiven. Namnge kontaktpersonen under Kontakter,"
            " och välj den här.",
        )
    if entry.state is State.STOPPED and not entry.reason:
        raise CannotRecord("reason", "Skriv varför steget är stoppat, så att någon kan hjälpa er.")
    if entry.state is not State.DONE:
        return
    if rests_on_word(entry.step, is_both=found.is_both) and not entry.evidence:
        raise CannotRecord(
            "evidence",
            "Skriv vad som visar att steget är klart, till exempel dag och diarienummer.",
        )
    if missing := lacking(entry.step, found=found, told=told):
        said = " ".join(f"{it.text} {it.mend}" for it in missing)
        raise CannotRecord("state", f"Steget kan inte vara klart än. {said}")


def rests_on_word(step: Step, *, is_both: bool) -> bool:
    """Tell whether nothing but what somebody writes shows that a step is done."""
    return step in BY_WORD or (is_both and step is Step.AGREEMENTS)


def lacking(step: Step, *, found: Found, told: Steps) -> tuple[Missing, ...]:
    """Return what stands against a step being done, as far as it can be computed."""
    if step is Step.START:
        return gate(found, told)
    return tuple(it for condition in ASKED.get(step, ()) for it in condition(found, told))


def gate(found: Found, told: Steps) -> tuple[Missing, ...]:
    """Return what stands against starting: every condition is tried, so all is said at once."""
    return tuple(it for condition in GATE for it in condition(found, told))


def starts(own_day: date | None, *, first_on: date | None, today: date) -> bool:
    """Tell whether a unit starts on the first day, or has by now.

    A pilot is some units: one that starts on a later day of its own holds nobody back until that
    day has come. Who has no day of its own starts with its huvudman.

    :param first_on: the day of the huvudman; while there is none every unit is asked
    """
    if own_day is None or first_on is None:
        return True
    return own_day <= max(first_on, today)


def waves(
    own_days: Iterable[date | None], *, first_on: date | None
) -> tuple[tuple[date | None, int], ...]:
    """Return how many units start on which day, the first day first and a day that is open last."""
    days = Counter(it or first_on for it in own_days)
    return tuple(sorted(days.items(), key=lambda it: it[0] or date.max))


def is_overdue(told: Told | None, *, today: date) -> bool:
    """Tell whether the day of a step has passed without its being done."""
    if told is None or told.entry.state is State.DONE:
        return False
    return told.entry.due_on < today


def current(told: Steps) -> Step | None:
    """Return the step to go on with: the first that is not done, or None when all are."""
    return next((step for step in Step if not _is_done(step, told)), None)


def moved(history: Iterable[Told], *, since: datetime) -> tuple[Moved, ...]:
    """Return the steps whose state or day is another than at a moment, the last told first."""
    steps = sorted(history, key=lambda it: (it.tenant, it.entry.step, it.number))
    found = []
    for _, group in groupby(steps, key=lambda it: (it.tenant, it.entry.step)):
        rows = list(group)
        before = next((it for it in reversed(rows) if it.at < since), None)
        if _differs(before, rows[-1]):
            found.append(Moved(before, rows[-1]))
    return tuple(sorted(found, key=lambda it: it.after.at, reverse=True))


def _differs(before: Told | None, after: Told) -> bool:
    if before is None:
        return True
    one, other = before.entry, after.entry
    return (one.state, one.due_on) != (other.state, other.due_on)


def _is_done(step: Step, told: Steps) -> bool:
    return step in told and told[step].entry.state is State.DONE


def _named(found: Found, told: Steps) -> Iterable[Missing]:
    missing = [CALLED[it] for it in REQUIRED if it not in found.named]
    if missing:
        yield Missing(
            f"Det här är inte namngivet: {listed(missing)}.",
            "En lokal administratör gör det under Kontakter.",
        )


def _agreement(found: Found, told: Steps) -> Iterable[Missing]:
    if not found.has_agreement and not found.is_both:
        yield Missing(
            "Ingen överenskommelse med huvudmannen som part är i kraft.",
            "En undertecknare hos varje part skriver under den, under Överenskommelser.",
        )


def _receives(found: Found, told: Steps) -> Iterable[Missing]:
    if not found.inboxes and found.later:
        yield Missing(
            "Ingen enhet börjar på startdatumet: alla har en senare dag.",
            "En lokal administratör ändrar startdatumet, eller dagarna under Start per enhet.",
        )
    elif not found.inboxes:
        yield Missing(
            "Ingen enhet kan ta emot meddelanden.",
            "En lokal administratör lägger upp minst en, under Enheter.",
        )


def _watched(found: Found, told: Steps) -> Iterable[Missing]:
    for it in found.unwatched:
        yield Missing(
            f"{it.name} bevakas inte {it.unwatched_hours} av den kommande veckans timmar, först"
            f" {_moment(it.unwatched_from)}, och ingen tar över då.",
            "En lokal administratör ändrar tiderna, låter inkorgen bevakas också söndagar och"
            " helgdagar eller väljer vem som tar över, under Enheter.",
        )


def _reached(found: Found, told: Steps) -> Iterable[Missing]:
    if found.left_out:
        yield Missing(
            f"Inget når {listed(found.left_out)} av sig självt.",
            "En lokal administratör gör enheten förvald, eller låter den ta över efter en annan,"
            " under Enheter.",
        )


def _staffed(found: Found, told: Steps) -> Iterable[Missing]:
    if found.unstaffed:
        yield Missing(
            f"Ingen har ett uppdrag vid {listed(found.unstaffed)}.",
            "En lokal administratör ger uppdrag, under Enheter.",
        )


def _tested(found: Found, told: Steps) -> Iterable[Missing]:
    if found.untested:
        yield Missing(
            f"Ingen har kvitterat ett provmeddelande vid {listed(found.untested)}.",
            "Regionen skickar ett meddelande om en testperson till enheten, och någon där"
            " kvitterar det i inkorgen.",
        )


def _earlier_steps(found: Found, told: Steps) -> Iterable[Missing]:
    left = [TITLES[it].lower() for it in Step if it is not Step.START and not _is_done(it, told)]
    if left:
        yield Missing(
            f"De här stegen är inte klara: {listed(left)}.",
            "Den som är ansvarig för steget gör det klart.",
        )


# What can be computed of each step; of the others only somebody's word is known.
ASKED: Mapping[Step, tuple[Condition, ...]] = {
    Step.ORGANISATION: (_named,),
    Step.AGREEMENTS: (_agreement,),
    Step.UNITS: (_receives, _watched, _reached),
    Step.ROLES: (_receives, _staffed),
    Step.TEST_MESSAGE: (_receives, _tested),
}
# What must hold before a huvudman starts.
GATE: tuple[Condition, ...] = (
    _earlier_steps, _agreement, _receives, _watched, _reached, _tested
)  # fmt: skip


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(STOCKHOLM):%Y-%m-%d klockan %H.%M}" if at else ""


def listed(words: Iterable[str]) -> str:
    """Return some words as a Swede lists them: a, b och c."""
    *first, last = words
    return f"{', '.join(first)} och {last}" if first else last
