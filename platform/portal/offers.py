"""Offers of options in words: answers, days that are left, and what each municipality would pay."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from billing import calloff
from billing.calloff import Answer, Effect
from billing.options import OfferContent, OfferShown, OfferVersion, OptionDecided
from portal import costs

ANSWERS = {
    Answer.CALL_OFF: _("Avropar"),
    Answer.DECLINE: _("Avstår"),
    Answer.DEFER: _("Skjuter upp beslutet"),
}
NO_ANSWER = _("Inget besked")
COLORS = {
    Answer.CALL_OFF: "success",
    Answer.DECLINE: "neutral",
    Answer.DEFER: "warning",
    None: "info",
}


@dataclass(frozen=True)
class Scenario:
    """Who takes part, in words and by code, and what comes of it."""

    label: str
    codes: frozenset[str]
    effect: Effect


@dataclass(frozen=True)
class Cell:
    """What a municipality pays in a scenario, and against the present system."""

    share: str
    difference: str


@dataclass(frozen=True)
class Asked:
    """A municipality: its decision in words, and what it would pay."""

    code: str
    name: str
    answer: str
    color: str
    told: str  # the day and the paragraph, or what is left of the time
    remark: str
    present: str
    yearly: tuple[Cell, ...]
    one_off: tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """What the municipalities pay together in a scenario, what the host carries, and the price."""

    paid: str
    over_cap: str
    price: str
    one_off: str


@dataclass(frozen=True)
class Event:
    """Something on the timeline of an offer."""

    at: datetime
    what: str
    by: str
    lines: tuple[str, ...]


def answer(given: Answer | None) -> str:
    """Return an answer in words."""
    return str(ANSWERS[given] if given else NO_ANSWER)


def left(last_on: date, *, today: date) -> str:
    """Return how much is left of the time for a decision."""
    days = calloff.days_left(last_on, today=today)
    if days < 0:
        return gettext("Tiden har gått ut")
    if days == 0:
        return gettext("Sista dagen är i dag")
    return ngettext("{days} dag kvar", "{days} dagar kvar", days).format(days=days)


def left_color(last_on: date, *, today: date) -> str:
    """Return the colour of what is left of the time: the last week warns."""
    days = calloff.days_left(last_on, today=today)
    if days < 0:
        return "danger"
    return "warning" if days <= 7 else "info"


def scenarios(shown: OfferShown, own: str | None) -> tuple[Scenario, ...]:
    """Return who takes part now, with or without one's own municipality, and if all do."""
    now, everybody = frozenset(shown.called_off), frozenset(shown.inhabitants)
    found = [(gettext("De som har avropat"), now)]
    if own in now:
        found.append((gettext("Om vi inte hade avropat"), now - {own}))
    elif own is not None:
        found.append((gettext("Om också vi avropar"), now | {own}))
    found.append((gettext("Om alla avropar"), everybody))
    return tuple(Scenario(label, codes, shown.effect(codes)) for label, codes in found)


def asked(shown: OfferShown, chosen: Collection[Scenario], *, today: date) -> tuple[Asked, ...]:
    """Return the municipalities that the offer is made to, with decision and shares."""
    present = shown.present()
    return tuple(_asked(shown, code, chosen, present, today=today) for code in shown.inhabitants)


def sums(shown: OfferShown, chosen: Collection[Scenario]) -> tuple[Sums, ...]:
    """Return the sums of each scenario: what is paid and what the host carries are the price."""
    return tuple(
        Sums(
            costs.kronor(it.effect.paid_ore),
            costs.kronor(it.effect.over_cap_ore),
            costs.kronor(it.effect.paid_ore + it.effect.over_cap_ore),
            costs.kronor(sum(it.effect.one_off_ore.values())),
        )
        for it in chosen
    )


def terms(content: OfferContent) -> tuple[dict[str, str], ...]:
    """Return what an offer says of its price, in pairs."""
    price = content.price
    found = [
        (_("Pris per år"), f"{costs.kronor(price.yearly_ore)} kr"),
        (_("Engångspris"), f"{costs.kronor(price.one_off_ore)} kr"),
    ]
    if price.cap_ore is not None:
        found.append((_("Pristak per invånare och år"), f"{costs.kronor(price.cap_ore)} kr"))
    if price.present_ore is not None:
        found.append((_("Dagens system per år"), f"{costs.kronor(price.present_ore)} kr"))
    found.append((_("Delas"), str(costs.MODELS.get(price.model, price.model))))
    return tuple({"label": str(label), "value": value} for label, value in found)


def timeline(shown: OfferShown) -> list[Event]:
    """Return the versions and the moved last days of an offer, the oldest first."""
    made = [
        Event(
            it.at,
            gettext("Version {number}").format(number=it.number),
            _by(it.made_by, it.made_by_title),
            _version_lines(it),
        )
        for it in shown.versions
    ]
    moved = [
        Event(
            it.at,
            gettext("Längre tid: till {day}").format(day=costs.day(it.last_on)),
            _by(it.made_by, it.made_by_title),
            (it.reason,),
        )
        for it in shown.extensions
    ]
    return sorted(made + moved, key=lambda it: it.at)


def earlier(shown: OfferShown) -> tuple[tuple[str, str, str], ...]:
    """Return the decisions that others have replaced: of whom, what, and when."""
    return tuple(
        (name, answer(it.answer), told(it))
        for code, name in shown.names.items()
        for it in shown.decisions.get(code, ())[:-1]
    )


def told(made: OptionDecided) -> str:
    """Return the day and the paragraph of a decision."""
    return gettext("{day}, § {paragraph}").format(day=costs.day(made.on), paragraph=made.paragraph)


def basis(shown: OfferShown) -> str:
    """Return by which inhabitants the shares are computed."""
    people = costs.number(sum(shown.inhabitants.values()))
    return gettext("Folkmängd {day}: {people} invånare i {number} kommuner.").format(
        day=costs.day(shown.current.counted_on), people=people, number=len(shown.inhabitants)
    )


def _asked(
    shown: OfferShown,
    code: str,
    chosen: Collection[Scenario],
    present: Mapping[str, int],
    *,
    today: date,
) -> Asked:
    made = shown.decision_of(code)
    given = made.answer if made else None
    return Asked(
        code=code,
        name=shown.names[code],
        answer=answer(given),
        color=COLORS[given],
        told=told(made) if made else left(shown.last_on, today=today),
        remark=_remark(shown, made),
        present=_amount(present, code),
        yearly=tuple(_cell(it.effect.yearly_ore, present, code) for it in chosen),
        one_off=tuple(_amount(it.effect.one_off_ore, code) for it in chosen),
    )


def _version_lines(it: OfferVersion) -> tuple[str, ...]:
    price = gettext("{yearly} kr per år, {one_off} kr en gång").format(
        yearly=costs.kronor(it.content.price.yearly_ore),
        one_off=costs.kronor(it.content.price.one_off_ore),
    )
    last = gettext("Sista dag {day}").format(day=costs.day(it.content.last_on))
    return (price, last, it.reason) if it.reason else (price, last)


def _remark(shown: OfferShown, made: OptionDecided | None) -> str:
    """Return what else is known of a decision: an earlier version, and its note."""
    if made is None:
        return ""
    older = made.version < shown.current.number
    said = gettext("Gäller version {number}.").format(number=made.version) if older else ""
    return f"{said} {made.note}".strip()


def _by(name: str, title: str) -> str:
    return f"{name}, {title.lower()}" if title else name


def _cell(shares: Mapping[str, int], present: Mapping[str, int], code: str) -> Cell:
    known = code in shares and code in present
    difference = costs.signed(shares[code] - present[code]) if known else ""
    return Cell(_amount(shares, code), difference)


def _amount(shares: Mapping[str, int], code: str) -> str:
    return costs.kronor(shares[code]) if code in shares else "–"
