"""The technical check in words: each item, what came of it, and what was measured."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import times
from tenants import technical
from tenants.checks import CheckMade
from tenants.technical import Item, Measured, Outcome

ITEMS = {
    Item.BROWSER: _("Webbläsare"),
    Item.CLOCK: _("Klocka"),
    Item.COOKIES: _("Kakor"),
    Item.NETWORK: _("Nät"),
    Item.PRINTING: _("Utskrift"),
    Item.CARD: _("Kort och kortläsare"),
}
OUTCOMES = {
    Outcome.WORKS: _("Fungerar"),
    Outcome.FAILS: _("Fungerar inte"),
    Outcome.NOT_TRIED: _("Inte prövat"),
    Outcome.NOT_USED: _("Används inte här"),
}
COLORS = {
    Outcome.WORKS: "success",
    Outcome.FAILS: "danger",
    Outcome.NOT_TRIED: "warning",
    Outcome.NOT_USED: "neutral",
}
ICONS = {Outcome.WORKS: "check", Outcome.FAILS: "alert"}


@dataclass(frozen=True)
class ItemShown:
    """An item of a check, in words."""

    label: str
    outcome: str
    color: str
    icon: str
    measured: str


@dataclass(frozen=True)
class MadeShown:
    """A check that somebody at the unit has made, in words."""

    place: str
    browser: str
    items: tuple[ItemShown, ...]
    by: str


def made(check: CheckMade | None, *, at: datetime) -> MadeShown | None:
    """Return a check in words."""
    if check is None:
        return None
    found = technical.judge(check.measured)
    return MadeShown(
        place=check.place,
        browser=check.browser or gettext("okänd webbläsare"),
        items=tuple(
            ItemShown(
                label=str(ITEMS[item]),
                outcome=str(OUTCOMES[outcome]),
                color=COLORS[outcome],
                icon=ICONS.get(outcome, ""),
                measured=_measured(item, check.measured),
            )
            for item, outcome in found.items()
        ),
        by=f"{check.by}, {check.title}, {times.absolute(check.at, at=at)}",
    )


def _measured(item: Item, measured: Measured) -> str:
    if item is Item.BROWSER and measured.lacks:
        return gettext("saknar {features}").format(features=", ".join(measured.lacks))
    if item is Item.CLOCK and measured.clock_seconds is not None:
        return gettext("skiljer {seconds} s mot servern").format(
            seconds=abs(measured.clock_seconds)
        )
    if item is Item.NETWORK and measured.median_ms is not None:
        return gettext("{milliseconds} ms till servern och tillbaka").format(
            milliseconds=measured.median_ms
        )
    return ""
