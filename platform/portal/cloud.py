"""A table's cloud costs in words."""

from fractions import Fraction

from django.utils.translation import gettext

from billing.focus import BEARER, ChargeGroup
from billing.papers import swedish
from portal import costs


def name(of: ChargeGroup) -> str:
    """Return what a group is called: the service with its label."""
    return f"{of.service}, {BEARER}={of.bearer}" if of.bearer else of.service


def number(of: str) -> str:
    """Return the number of an invoice, or that it has none."""
    return of or gettext("utan nummer")


def percent(share: Fraction) -> str:
    """Return a share in percent, without decimals that say nothing: "33,333", "50"."""
    return swedish.percent(share).rstrip("0").rstrip(",")


def rate(kronor: Fraction | None) -> str:
    """Return an exchange rate as it was written, nothing where there is none."""
    if kronor is None:
        return ""
    whole, rest = divmod(kronor, 1)
    return f"{whole},{int(rest * 10**6):06}".rstrip("0").rstrip(",")


def ore(amount_ore: int | None) -> str:
    """Return an amount, a dash where there is none."""
    return swedish.NOTHING if amount_ore is None else costs.kronor(amount_ore)
