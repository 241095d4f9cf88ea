"""The cost agreement in words."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import amounts
from billing.agreed import AgreementShown
from billing.agreement import IndexTerms, Participation
from billing.allocation import Bearer
from billing.periods import DateRule
from portal import costs

DATE_RULES = {
    DateRule.BEFORE_AGREEMENT_YEAR: _("1 november året före perioden"),
    DateRule.BEFORE_EACH_YEAR: _("1 november före varje kalenderår"),
    DateRule.FIXED_DATE: _("En bestämd dag"),
}
GAPS = {
    Bearer.OTHERS: _("De andra kommunerna betalar det som saknas"),
    Bearer.HOST: _("Värden betalar det som saknas"),
}
ROUNDING = {"1": _("Till öret"), "100": _("Till hela kronor")}


def shown(of: AgreementShown, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a version as its page shows it."""
    agreed = of.agreed
    rule = DATE_RULES[agreed.date_rule] if agreed.date_rule else ""
    values = agreed.index.values if agreed.index else {}
    fixed = f" ({costs.day(agreed.fixed_on)})" if agreed.fixed_on else ""
    return {
        "it": of,
        "valid_from": costs.day(agreed.valid_from),
        "date_rule": f"{rule}{fixed}",
        "gap": GAPS[agreed.gap],
        "members": [(names.get(code, code), stay(it)) for code, it in agreed.members.items()],
        "index": index(agreed.index) if agreed.index else "",
        "values": [(str(year), value(text)) for year, text in sorted(values.items())],
    }


def stay(of: Participation) -> str:
    """Return from and until when a municipality takes part."""
    told = []
    if of.joined_on:
        told.append(gettext("från {day}").format(day=costs.day(of.joined_on)))
    if of.left_on:
        told.append(gettext("till och med {day}").format(day=costs.day(of.left_on)))
    return " ".join(told)


def index(of: IndexTerms) -> str:
    """Return how amounts follow an index."""
    clause = of.clause
    told = [gettext("{name}, från {year} års priser").format(name=of.name, year=clause.base_year)]
    if clause.lag_years:
        told.append(gettext("{years} års eftersläpning").format(years=clause.lag_years))
    if clause.cap is not None:
        told.append(gettext("högst {part} % om året").format(part=amounts.in_percent(clause.cap)))
    rounding = ROUNDING.get(str(clause.rounding_ore))
    if rounding:
        told.append(gettext("avrundat {how}").format(how=str(rounding).lower()))
    return ", ".join(told)


def value(text: str) -> str:
    """Return the value of an index as people write it: "113,2"."""
    return amounts.in_percent(Fraction(text) / 100)
