"""The decision pack in words: its parts, the matrix of risks, and what the offers would cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import options, parties
from billing.options import OfferShown
from portal import costs, offers, times
from tenants.decision import (
    SCALE,
    Benefit,
    Level,
    Pack,
    Part,
    PowerOfAttorney,
    Recommendation,
    Risk,
    RiskStatus,
    Row,
    Stance,
    level,
)

Say = Callable[[date], str]

PARTS = {
    Part.RECOMMENDATION: _("Rekommendationer och beslut"),
    Part.BENEFIT: _("Nyttoanalys"),
    Part.RISK: _("Risk- och konsekvensanalys"),
    Part.POWER_OF_ATTORNEY: _("Fullmakter"),
}
ONE = {
    Part.RECOMMENDATION: _("Rekommendation eller beslut"),
    Part.BENEFIT: _("Nytta"),
    Part.RISK: _("Risk"),
    Part.POWER_OF_ATTORNEY: _("Fullmakt"),
}
STANCES = {
    Stance.RECOMMENDS: _("Rekommenderar"),
    Stance.DECIDES: _("Beslutar"),
    Stance.INFORMS: _("Informerar"),
}
STATUSES = {
    RiskStatus.OPEN: _("Inte påbörjad"),
    RiskStatus.ONGOING: _("Åtgärd pågår"),
    RiskStatus.DONE: _("Åtgärdad"),
    RiskStatus.ACCEPTED: _("Accepterad"),
}
LEVELS = {Level.LOW: _("Liten"), Level.MEDIUM: _("Måttlig"), Level.HIGH: _("Stor")}
LEVEL_COLORS = {Level.LOW: "success", Level.MEDIUM: "warning", Level.HIGH: "danger"}
# The words of the scales in Socialstyrelsens handbok Riskanalys och händelseanalys.
SEVERITIES = {
    1: _("1 Mindre"), 2: _("2 Måttlig"), 3: _("3 Betydande"), 4: _("4 Katastrofal"),
}  # fmt: skip
LIKELIHOODS = {
    1: _("1 Mycket liten"), 2: _("2 Liten"), 3: _("3 Stor"), 4: _("4 Mycket stor"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row of the pack in words: a heading, a tag with its colour, and facts in pairs."""

    row: Row
    title: str
    tag: str
    color: str
    facts: tuple[tuple[str, str], ...]
    text: str
    flag: str
    by: str


@dataclass(frozen=True)
class Section:
    """A part of the pack."""

    part: Part
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Square:
    """A square of the matrix: how great, and which risks lie there, by their number in the list."""

    level: str
    color: str
    numbers: str


@dataclass(frozen=True)
class CostShown:
    """What an offer would cost the own municipality, in each scenario."""

    offer: str
    answer: str
    present: str
    rows: tuple[tuple[str, str, str, str], ...]  # scenario, a year, against the present, once


def sections(pack: Pack, *, at: datetime, say: Say | None = None) -> tuple[Section, ...]:
    """Return the parts of a pack, each with its rows in words.

    :param say: how a day is written; None: as on the pages, where this year has no number
    """
    return tuple(
        Section(part, str(label), tuple(line(it, at=at, say=say) for it in pack.of(part)))
        for part, label in PARTS.items()
    )


def line(row: Row, *, at: datetime, say: Say | None = None) -> Line:
    """Return a row in words.

    :param say: as of `sections`
    """
    told, today, say = row.content, timezone.localdate(at), say or partial(times.day, at=at)
    by = f"{row.by}, {row.title}, {times.absolute(row.at, at=at)}"
    if isinstance(told, Recommendation):
        tag, color, facts, text, flag = _recommendation(told, say)
        title = told.body
    elif isinstance(told, Benefit):
        tag, color, facts, text, flag = "", "", _benefit(told, say), "", ""
        title = told.benefit
    elif isinstance(told, Risk):
        tag = f"{LEVELS[told.level]}, {told.score}"
        color, facts, text = LEVEL_COLORS[told.level], _risk(told, say), told.consequence
        flag = gettext("Uppföljningen är försenad") if told.is_late(today=today) else ""
        title = told.risk
    else:
        holds = told.holds(today=today)
        tag = gettext("Gäller") if holds else gettext("Gäller inte")
        color, facts, text, flag = "success" if holds else "warning", _power(told, say), "", ""
        title = told.what
    return Line(row, title, tag, color, facts, text, flag, by)


def matrix(pack: Pack) -> list[tuple[str, list[Square]]]:
    """Return the squares of the risks, the likeliest first; a risk has its number in the list."""
    risks = [it.content for it in pack.of(Part.RISK)]
    return [
        (str(LIKELIHOODS[likelihood]), [_square(risks, it, likelihood) for it in SCALE])
        for likelihood in reversed(SCALE)
    ]


def counts(held: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many rows each part has, in words."""
    return [(str(label), held.get(part, 0)) for part, label in PARTS.items()]


def costs_of_offers() -> tuple[CostShown, ...]:
    """Return what each offer of the joint board would cost us; nothing where we are not asked."""
    try:
        found = options.offers()
    except parties.NoBoard:
        return ()
    asked = ((it, options.own_code(it)) for it in found)
    return tuple(_cost(it, own) for it, own in asked if own is not None)


def _cost(shown: OfferShown, own: str) -> CostShown:
    present = shown.present()
    rows = []
    for it in offers.scenarios(shown, own):
        yearly, once = it.effect.yearly_ore, it.effect.one_off_ore
        against = costs.signed(yearly[own] - present[own]) if own in yearly and present else "–"
        rows.append((it.label, _kronor(yearly, own), against, _kronor(once, own)))
    return CostShown(
        offer=shown.current.content.name,
        answer=offers.answer(shown.answer_of(own)),
        present=_kronor(present, own),
        rows=tuple(rows),
    )


def _kronor(of: Mapping[str, int], code: str) -> str:
    return costs.kronor(of[code]) if code in of else "–"


def _square(risks: Sequence[object], severity: int, likelihood: int) -> Square:
    here = [
        str(number)
        for number, it in enumerate(risks, 1)
        if isinstance(it, Risk) and (it.severity, it.likelihood) == (severity, likelihood)
    ]
    how = level(severity, likelihood)
    return Square(str(LEVELS[how]), LEVEL_COLORS[how], ", ".join(here))


Facts = tuple[tuple[str, str], ...]


def _recommendation(told: Recommendation, say: Say) -> tuple[str, str, Facts, str, str]:
    facts = (
        (gettext("Dag"), _day(told.on, say)),
        (gettext("Paragraf"), f"§ {told.paragraph}" if told.paragraph else "–"),
        (gettext("Diarienummer"), told.diary_number or "–"),
    )
    color = "success" if told.stance is Stance.DECIDES else "info"
    return str(STANCES[told.stance]), color, facts, told.text, ""


def _benefit(told: Benefit, say: Say) -> Facts:
    return (
        (gettext("För vem"), told.who_gains),
        (gettext("Mäts med"), told.measured_by),
        (gettext("I dag"), told.baseline or "–"),
        (gettext("Önskat värde"), told.wanted),
        (gettext("Följs upp"), _day(told.follow_up_on, say)),
    )


def _risk(told: Risk, say: Say) -> Facts:
    return (
        (gettext("Konsekvens"), str(SEVERITIES[told.severity])),
        (gettext("Sannolikhet"), str(LIKELIHOODS[told.likelihood])),
        (gettext("Åtgärd"), told.measure or "–"),
        (gettext("Ansvarig"), told.responsible),
        (gettext("Följs upp"), _day(told.follow_up_on, say)),
        (gettext("Läge"), str(STATUSES[told.status])),
    )


def _power(told: PowerOfAttorney, say: Say) -> Facts:
    return (
        (gettext("Från"), told.giver),
        (gettext("Till"), told.receiver),
        (gettext("Gäller från"), _day(told.valid_from, say)),
        (gettext("Gäller till"), _day(told.valid_until, say)),
        (gettext("Undertecknad"), _day(told.signed_on, say)),
        (gettext("Diarienummer"), told.diary_number or "–"),
    )


def _day(on: date | None, say: Say) -> str:
    return say(on) if on else "–"
