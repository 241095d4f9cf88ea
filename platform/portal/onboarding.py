"""Joining in words: the board of readiness, one huvudman's eight steps, and what has moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.inbox.readiness import Joining, UnitReady
from care.individuals import trial_identities
from care.individuals.queries import written
from care.law import calendar
from portal import cells, parties, times
from portal.cells import COLORS, Cell
from tenants import onboarding, progress, registry
from tenants.experts import Expert, Field
from tenants.models import Tenant
from tenants.onboarding import TITLES, ContactRole, Missing, State, Step, Told
from tenants.progress import Activity, Contact
from tenants.routines import Version
from tenants.sorting import sort_key

Advice = Mapping[Step, tuple[Missing, ...]]
NO_ADVICE: Advice = MappingProxyType({})

STATES = {
    State.ONGOING: _("Pågår"),
    State.STOPPED: _("Stoppad"),
    State.DONE: _("Klar"),
}
NOT_BEGUN = _("Inte börjat")
ICONS = {State.STOPPED: "alert", State.DONE: "check"}
ROLES = {
    ContactRole.CONTACT_1: _("Kontaktperson 1"),
    ContactRole.CONTACT_2: _("Kontaktperson 2"),
    ContactRole.CONTACT_3: _("Kontaktperson 3"),
    ContactRole.CONTROLLER: _("Personuppgiftsansvarig"),
    ContactRole.PRIVACY_OFFICER: _("Dataskyddsombud"),
}
# What each step asks for, and an example of what shows that it is done.
HELP = {
    Step.ORGANISATION: _(
        "Kontrollera organisationsnummer, kommunkod och värdnamn under Uppgifter. Namnge"
        " kontaktperson 1, personuppgiftsansvarig och dataskyddsombud under Kontakter."
    ),
    Step.AGREEMENTS: _(
        "Överenskommelsen om samverkan och personuppgiftsbiträdesavtalet är underskrivna."
        " Överenskommelsen skrivs under i Samplan."
    ),
    Step.UNITS: _(
        "Varje enhet som tar emot meddelanden finns i adressboken. Varje timme i veckan, också röda"
        " dagar, bevakar någon inkorgen eller tar över."
    ),
    Step.ROLES: _("Varje enhet som tar emot har minst en medarbetare med uppdrag."),
    Step.ROUTINES: _(
        "Länets rutin är läst, och ni har bestämt vem som gör vad hos er: vem kvitterar, vem svarar"
        " och vem tar över."
    ),
    Step.TEST_MESSAGE: _(
        "En avdelning hos regionen skriver in en testperson och skickar till alla era enheter. En"
        " människa i varje enhet kvitterar."
    ),
    Step.TRAINING: _("De som ska arbeta i Samplan har gått utbildningen."),
    Step.START: _("Dagen då ni börjar skicka och ta emot på riktigt."),
}
EXAMPLES = {
    Step.ORGANISATION: _("Till exempel: Uppgifterna kontrollerade mot kommunens registrering."),
    Step.AGREEMENTS: _("Till exempel: Biträdesavtal undertecknat 2026-10-12, KS 2026:114."),
    Step.UNITS: _("Till exempel: Tiderna beslutade av verksamhetschefen 2026-11-02."),
    Step.ROLES: _("Till exempel: Uppdragen inlästa från HSA-katalogen 2026-11-03."),
    Step.ROUTINES: _("Till exempel: Lokal rutin fastställd 2026-11-09, VON 2026:87."),
    Step.TEST_MESSAGE: _(
        "Till exempel: Skickat av avdelning 202 den 16 november, kvitterat av alla tre enheter."
    ),
    Step.TRAINING: _("Till exempel: 34 av 36 utbildade den 20 november, två går i december."),
    Step.START: _("Till exempel: Beslutat av förvaltningschefen 2026-11-23."),
}
# Where what a step asks for is mended.
PAGES = {
    Step.AGREEMENTS: (_("Till överenskommelserna"), "portal:agreements"),
    Step.UNITS: (_("Till enheterna"), "portal:units"),
    Step.ROLES: (_("Till enheterna"), "portal:units"),
}
TRIAL_NUMBERS = tuple(written(it) for it in trial_identities.FOR_TRIALS)


@dataclass(frozen=True)
class Row:
    """A huvudman on the board."""

    tenant: str
    name: str
    start: str
    cells: tuple[Cell, ...]
    beside: tuple[tuple[str, Cell], ...]  # what it is called, and how it stands
    waves: tuple[str, ...]  # how many units start when


@dataclass(frozen=True)
class Group:
    """Delregion: the huvudmän of a part of the county."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Change:
    """What was told of a step, as history: before, now, by whom and when."""

    name: str
    step: str
    text: str
    by: str
    when: str
    note: str


@dataclass(frozen=True)
class Shown:
    """A step of one huvudman, as its page shows it."""

    step: Step
    number: int
    title: str
    cell: Cell
    told: Told | None
    by: str
    help: str
    lacking: tuple[Missing, ...]
    advice: tuple[Missing, ...]  # what the decision pack lacks: it stops nobody
    page: str
    page_label: str
    routines: tuple[Version, ...]
    numbers: tuple[str, ...]  # of nobody, for the trial message


@dataclass(frozen=True)
class Planned:
    """An activity beside the eight steps, in words."""

    activity: Activity
    wanted: str
    done: str
    is_late: bool


@dataclass(frozen=True)
class ExpertShown:
    """Ämnesexpert in words: what is asked, and what is answered."""

    field: Field
    label: str
    asked: str
    cell: Cell
    note: str


def board(everybody: Iterable[Joining], *, at: datetime) -> tuple[Group, ...]:
    """Return the board: the huvudmän by delregion, each with its eight steps."""
    rows = sorted(everybody, key=_delregion)
    return tuple(
        Group(group[0].standing.opened.delregion, tuple(_row(it, at=at) for it in group))
        for group in (list(them) for _, them in groupby(rows, key=_delregion))
    )


def counts(groups: Sequence[Group]) -> tuple[tuple[str, str, int], ...]:
    """Return how many have started, are stopped and are late, each with its colour."""
    rows = [row for group in groups for row in group.rows]
    stopped = [it for it in rows if any(cell.color == "danger" for cell in it.cells)]
    late = [it for it in rows if any(cell.flag for cell in it.cells)]
    started = [it for it in rows if it.cells[-1].color == "success"]
    return (
        (gettext("Har startat"), "success", len(started)),
        (gettext("Har något stoppat"), "danger", len(stopped)),
        (gettext("Har något försenat eller bristande"), "warning", len(late)),
        (gettext("Ansluter"), "neutral", len(rows)),
    )


def moved(everybody: Iterable[Joining], *, since: datetime, at: datetime) -> tuple[Change, ...]:
    """Return what has moved since a moment, the last first."""
    history = [told for it in everybody for told in it.standing.history]
    return tuple(
        _change(it.before, it.after, at=at) for it in onboarding.moved(history, since=since)
    )


def history(joining: Joining, *, at: datetime) -> tuple[Change, ...]:
    """Return all that a huvudman has told, the last first."""
    seen: dict[Step, Told] = {}
    found = []
    for told in joining.standing.history:
        found.append(_change(seen.get(told.entry.step), told, at=at))
        seen[told.entry.step] = told
    return tuple(reversed(found))


def steps(
    joining: Joining,
    *,
    at: datetime,
    advice: Advice = NO_ADVICE,
    holding: Sequence[Version] = (),
) -> tuple[Shown, ...]:
    """Return the eight steps of a huvudman, each with the routines that apply there."""
    return tuple(shown(joining, step, at=at, advice=advice, holding=holding) for step in Step)


def shown(
    joining: Joining,
    step: Step,
    *,
    at: datetime,
    advice: Advice = NO_ADVICE,
    holding: Sequence[Version] = (),
) -> Shown:
    """Return a step of a huvudman.

    :param advice: what is missing in its decision pack, known at home only
    :param holding: the routines that hold; those that apply to the step are shown
    """
    told = joining.standing.told.get(step)
    label, page = PAGES.get(step, ("", ""))
    return Shown(
        step=step,
        number=list(Step).index(step) + 1,
        title=title(step),
        cell=_cell(joining, step, at=at),
        told=told,
        by=_by(told, at=at) if told else "",
        help=str(HELP[step]),
        lacking=joining.lacking(step),
        advice=advice.get(step, ()),
        page=page,
        page_label=str(label),
        routines=tuple(it for it in holding if it.wording.step is step),
        numbers=TRIAL_NUMBERS if step is Step.TEST_MESSAGE else (),
    )


def course(shown_steps: Iterable[Shown], current: Step | None) -> list[dict[str, str]]:
    """Return how far it has come, as the component of steps shows it."""
    return [
        {
            "label": it.title,
            "status": _status(it, current),
            "now": "" if it.told else gettext("Härnäst"),
            "when": "" if it.told is None else it.cell.due,
        }
        for it in shown_steps
    ]


def activities(planned: Iterable[Activity], *, at: datetime) -> tuple[Planned, ...]:
    """Return what is planned beside the eight steps, in words."""
    today = timezone.localdate(at)
    return tuple(
        Planned(
            activity=it,
            wanted=day(it.wanted_on, at=at),
            done=day(it.done_on, at=at),
            is_late=it.done_on is None and it.wanted_on is not None and it.wanted_on < today,
        )
        for it in planned
    )


def unit_waves(tenant: str, units: tuple[UnitReady, ...], *, at: datetime) -> tuple[str, ...]:
    """Return how many of a huvudman's units start when, in words; the region joins nothing."""
    try:
        first_on = progress.standing(tenant).start_on
    except progress.NotOpened:
        first_on = None
    return cells.waves(units, first_on, at=at)


def units(
    own: Iterable[UnitReady], first_on: date | None, *, at: datetime
) -> list[tuple[str, str, Cell]]:
    """Return units of a huvudman: the name, the day of the start, the technical check."""
    return [(it.name, day(it.starts_on or first_on, at=at), cells.check(it, at=at)) for it in own]


def experts(joining: Joining, *, at: datetime, asks: bool) -> list[ExpertShown]:
    """Return the experts that are asked for in words; who asks sees every field."""
    asked = {it.asked.field: it for it in joining.experts}
    today = timezone.localdate(at)
    return [
        ExpertShown(it, str(it.label), *_expert(asked.get(it), today=today, at=at))
        for it in Field
        if asks or it in asked
    ]


def title(step: Step) -> str:
    """Return what a step is called."""
    return gettext(TITLES[step])


def facts(joining: Joining, *, at: datetime) -> list[dict[str, str]]:
    """Return what the registry and the operator say of a huvudman, in pairs."""
    opened = joining.standing.opened
    row = Tenant.objects.prefetch_related("domains").get(schema_name=opened.tenant)
    hosts = sorted(it.domain for it in row.domains.all())
    number = row.organisation_number
    pairs = (
        (_("Organisationsnummer"), f"{number[:6]}-{number[6:]}"),
        (_("Kommunkod"), row.municipality_code or "–"),
        (_("Värdnamn"), ", ".join(hosts)),
        (_("Delregion"), opened.delregion or "–"),
        (_("Önskad start"), day(opened.wanted_start_on, at=at)),
        (_("Öppnad"), f"{times.day(opened.at, at=at)}, {opened.by.name}"),
    )
    return [{"label": str(label), "value": value} for label, value in pairs]


def joinable() -> dict[str, str]:
    """Return who can be let begin: all but the pure regions and those that have begun."""
    begun = [it.tenant for it in progress.standings()]
    rows = registry.kin().exclude(schema_name__in=begun)
    municipal = rows.exclude(kind=Tenant.Kind.REGION).order_by("name_sort", "name")
    return dict(municipal.values_list("schema_name", "name"))


def contacts(joining: Joining) -> list[tuple[ContactRole, str, Contact]]:
    """Return who is named for what, also for what nobody is."""
    return [(role, str(label), joining.standing.contact(role)) for role, label in ROLES.items()]


def day(on: date | None, *, at: datetime) -> str:
    """Return a day as people read it, or a dash for none."""
    return times.day(on, at=at) if on else "–"


def _expert(expert: Expert | None, *, today: date, at: datetime) -> tuple[str, Cell, str]:
    if expert is None:
        return "", Cell(gettext("Inte efterfrågad"), "neutral"), ""
    asked, told = expert.asked, expert.answered
    words = gettext("{purpose}, efterfrågad {day}").format(
        purpose=asked.purpose, day=day(asked.asked_on, at=at)
    )
    if told is None:
        due = day(asked.answer_by, at=at) if asked.answer_by else ""
        flag = gettext("Försenad") if expert.is_late(today=today) else ""
        return words, Cell(gettext("Inget svar"), "warning", due=due, flag=flag), ""
    if not expert.takes_part:
        return words, Cell(str(told.reply.label), "danger", "cross"), told.reason
    who = ", ".join(it for it in (told.name, told.title) if it)
    return (
        words,
        Cell(str(told.reply.label), "success", "check", who=who),
        gettext("från {day}").format(day=day(told.from_on, at=at)),
    )


def _delregion(joining: Joining) -> tuple[bool, str]:
    """Return by what the board is ordered: Swedish order, what has no delregion last."""
    name = joining.standing.opened.delregion
    return not name, sort_key(name)


def _row(joining: Joining, *, at: datetime) -> Row:
    return Row(
        tenant=joining.standing.tenant,
        name=parties.name(joining.standing.tenant),
        start=day(joining.standing.start_on, at=at),
        cells=tuple(_cell(joining, step, at=at) for step in Step),
        beside=tuple(zip(map(str, cells.BESIDE), cells.beside(joining, at=at), strict=True)),
        waves=cells.waves(joining.units, joining.standing.start_on, at=at),
    )


def _cell(joining: Joining, step: Step, *, at: datetime) -> Cell:
    told = joining.standing.told.get(step)
    if told is None:
        return Cell(str(NOT_BEGUN), "neutral")
    entry = told.entry
    return Cell(
        state=str(STATES[entry.state]),
        color=COLORS[entry.state],
        icon=ICONS.get(entry.state, ""),
        who=joining.standing.contact(entry.responsible).name,
        due=day(entry.due_on, at=at),
        flag=_flag(joining, told, at=at),
    )


def _flag(joining: Joining, told: Told, *, at: datetime) -> str:
    if onboarding.is_overdue(told, today=calendar.local_date(at)):
        return gettext("Försenad")
    return gettext("Brister") if joining.is_doubtful(told.entry.step) else ""


def _status(it: Shown, current: Step | None) -> str:
    if it.step is current:
        return "now"
    return "done" if it.told and it.told.entry.state is State.DONE else "next"


def _change(before: Told | None, after: Told, *, at: datetime) -> Change:
    was = str(STATES[before.entry.state]) if before else str(NOT_BEGUN)
    now = str(STATES[after.entry.state])
    words = gettext("från {was} till {now}, klart senast {day}")
    if was == now:
        words = gettext("{now}, klart senast {day}")
    return Change(
        name=parties.name(after.tenant),
        step=title(after.entry.step),
        text=words.format(was=was.lower(), now=now.lower(), day=day(after.entry.due_on, at=at)),
        by=after.by,
        when=times.absolute(after.at, at=at),
        note=after.entry.reason or after.entry.evidence,
    )


def _by(told: Told, *, at: datetime) -> str:
    return f"{told.by}, {told.title}, {times.absolute(told.at, at=at)}"
