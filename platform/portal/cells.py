"""Cells of the board of readiness: a step, and what stands beside the steps."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.inbox.readiness import Joining, UnitReady
from portal import times
from tenants import onboarding
from tenants.onboarding import State

COLORS = {State.ONGOING: "info", State.STOPPED: "danger", State.DONE: "success"}
# What is known beside the eight steps, in the order of `beside`.
BESIDE = (_("Ämnesexperter"), _("Teknisk kontroll"), _("Beslutsunderlag"))
BREAK = SafeString("<br>")


@dataclass(frozen=True)
class Cell:
    """A step of a huvudman, or something beside the steps, as the board shows it."""

    state: str
    color: str
    icon: str = ""
    who: str = ""
    due: str = ""
    flag: str = ""  # what is wrong: late, or told done while something is missing

    @property
    def html(self) -> SafeString:
        """Return the words in their colours, as the component tag writes them, and who and when."""
        tag = _tag(self.state, self.color, self.icon, self.flag)
        if not (self.who or self.due):
            return tag
        between = BREAK if self.who and self.due else ""
        return format_html('{}<span class="sub">{}{}{}</span>', tag, self.who, between, self.due)

    @property
    def is_flagged(self) -> bool:
        """Tell whether the steering group should look here."""
        return bool(self.flag) or self.color == COLORS[State.STOPPED]


@lru_cache(maxsize=512)
def _tag(state: str, color: str, icon: str, flag: str) -> SafeString:
    # A county has hundreds of cells and a handful of states: each is written once, not rendered.
    parts = [(color, _icon(icon), state)]
    if flag:
        parts.append(("danger", _icon("alert"), flag))
    return format_html_join(" ", '<span class="ds-tag tag" data-color="{}">{}{}</span>', parts)


def _icon(name: str) -> SafeString:
    if not name:
        return SafeString()
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/vendor/icons.svg"),
        name,
    )


def beside(joining: Joining, *, at: datetime) -> tuple[Cell, ...]:
    """Return what is known beside the eight steps: experts, technical checks, the decision pack."""
    return (_experts(joining, at=at), _checks(joining.units), _pack(joining, at=at))


def check(unit: UnitReady, *, at: datetime) -> Cell:
    """Return the technical check of a unit."""
    done = unit.checked
    if done is None:
        return Cell(gettext("Inte gjord"), "neutral")
    on = times.day(done.at, at=at)
    if done.failed:
        return Cell(gettext("Något fungerar inte"), "danger", "alert", due=on)
    if done.untried:
        return Cell(gettext("Inte allt prövat"), "warning", due=on)
    return Cell(gettext("Allt fungerar"), "success", "check", due=on)


def waves(units: tuple[UnitReady, ...], first_on: date | None, *, at: datetime) -> tuple[str, ...]:
    """Return how many units start when, in words; nothing where all start with their huvudman."""
    found = onboarding.waves([it.starts_on for it in units], first_on=first_on)
    if len(found) < 2:
        return ()
    words = gettext("{many} av {all} enheter från {day}")
    open_ = gettext("en dag som inte är bestämd")
    return tuple(
        words.format(many=many, all=len(units), day=times.day(on, at=at) if on else open_)
        for on, many in found
    )


def _experts(joining: Joining, *, at: datetime) -> Cell:
    asked = joining.experts
    if not asked:
        return Cell(gettext("Ingen efterfrågad"), "neutral")
    take_part = sum(it.takes_part for it in asked)
    late = any(it.is_late(today=timezone.localdate(at)) for it in asked)
    left = sum(it.answered is None for it in asked)
    text = gettext("{many} av {all} deltar").format(many=take_part, all=len(asked))
    is_all = take_part == len(asked)
    return Cell(
        text,
        "success" if is_all else "info",
        "check" if is_all else "",
        who=gettext("{left} utan svar").format(left=left) if left else "",
        flag=gettext("Försenad") if late else "",
    )


def _checks(units: tuple[UnitReady, ...]) -> Cell:
    holds = [it for it in units if it.checked and it.checked.holds]
    failing = [it for it in units if it.checked and it.checked.failed]
    text = gettext("{many} av {all} enheter").format(many=len(holds), all=len(units))
    is_all = bool(units) and len(holds) == len(units)
    return Cell(
        text,
        "success" if is_all else "info" if holds or failing else "neutral",
        "check" if is_all else "",
        flag=gettext("Något fungerar inte") if failing else "",
    )


def _pack(joining: Joining, *, at: datetime) -> Cell:
    done_on = joining.pack.done_on
    if done_on is None:
        return Cell(gettext("Inte klart"), "neutral")
    return Cell(gettext("Klart"), "success", "check", due=times.day(done_on, at=at))
