"""Routines in words: the law above them, what holds, and the versions of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.law.discharge import ACT_LABELS, Act
from portal import onboarding, parties, times, way
from tenants.routines import Routine, RoutineKind, State, Version

STATES = {
    State.DRAFT: _("Utkast"),
    State.REJECTED: _("Inte godkänd"),
    State.DECIDED: _("Beslutad, har inte börjat gälla"),
    State.IN_FORCE: _("Gäller"),
    State.REPLACED: _("Ersatt"),
    State.EXPIRED: _("Utgången"),
}
STATE_COLORS = {
    State.REJECTED: "danger",
    State.DECIDED: "info",
    State.IN_FORCE: "success",
}
RIKSDAGEN = "https://www.riksdagen.se/sv/dokument-och-lagar/dokument/svensk-forfattningssamling"
DISCHARGE_ACT = f"{RIKSDAGEN}/lag-2017612-om-samverkan-vid-utskrivning-fran_sfs-2017-612/"
RECORD_ACT = f"{RIKSDAGEN}/lag-2022913-om-sammanhallen-vard-och_sfs-2022-913/"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the law that the routines carry out, and where it is read."""

    paragraph: str
    text: str
    url: str


@dataclass(frozen=True)
class Shown:
    """One version of a routine as it is shown."""

    routine: Routine
    version: Version
    kind: str
    owner: str
    state: str
    color: str
    days: str
    decision: str  # empty: nothing is told
    step: str
    act: str
    written: str


@dataclass(frozen=True)
class Group:
    """The routines of one kind."""

    label: str
    rows: tuple[Shown, ...]


def law() -> tuple[Paragraph, ...]:
    """Return the paragraphs that the routines of a county carry out (lag 2017:612; 2022:913)."""
    told = (
        ("2 kap. 1–4 §§", gettext("Inskrivningsmeddelandet och dess tid."), "K2P1"),
        ("2 kap. 5–6 §§", gettext("Fast vårdkontakt, och när planeringen börjar."), "K2P5"),
        ("3 kap. 1–3 §§", gettext("Utskrivningsklar, och information vid utskrivningen."), "K3P1"),
        ("4 kap. 1–3 §§", gettext("Samordnad individuell planering och kallelsen."), "K4P1"),
        ("4 kap. 4 §", gettext("Gemensamma riktlinjer för samverkan."), "K4P4"),
        ("4 kap. 5 §", gettext("Överenskommelse om annan tid eller annat belopp."), "K4P5"),
        ("5 kap.", gettext("Kommunens betalningsansvar."), "K5P1"),
    )
    return (
        *(Paragraph(name, text, f"{DISCHARGE_ACT}#{place}") for name, text, place in told),
        Paragraph(
            "lag (2022:913)",
            gettext("Sammanhållen vård- och omsorgsdokumentation: läsa hos varandra."),
            RECORD_ACT,
        ),
    )


def groups(routines: Sequence[Routine], *, at: datetime) -> tuple[Group, ...]:
    """Return the routines by kind: of each the version that holds, else the newest."""
    rows = [shown(it, it.in_force(at) or it.newest, at=at) for it in routines]
    return tuple(
        Group(str(kind.label), found)
        for kind in reversed(RoutineKind)
        if (found := tuple(it for it in rows if it.version.wording.kind is kind))
    )


def shown(routine: Routine, version: Version, *, at: datetime) -> Shown:
    """Return a version of a routine in words."""
    state = routine.state(version, at)
    told = version.wording
    first = times.day(told.valid_from, at=at)
    days = gettext("{first} tills vidare").format(first=first)
    if told.valid_until:
        last = times.day(told.valid_until, at=at)
        days = gettext("{first} till och med {last}").format(first=first, last=last)
    written = times.day(version.at, at=at)
    return Shown(
        routine=routine,
        version=version,
        kind=str(told.kind.label),
        owner=parties.name(version.owner),
        state=str(STATES[state]),
        color=STATE_COLORS.get(state, "neutral"),
        days=days,
        decision=way.words(version.decided, at=at) if version.decided else "",
        step=onboarding.title(told.step) if told.step else "",
        act=gettext(ACT_LABELS[Act(told.act)]) if told.act in set(Act) else "",
        written=f"{version.by.name}, {written}",
    )
