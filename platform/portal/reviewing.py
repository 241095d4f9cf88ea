"""Log review in words: rounds, items, emergency accesses, months."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.dateformat import format as written
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.identity.permissions import ROLE_LABELS, Role
from care.law import calendar
from care.review.queries import ItemShown, RoundPage, RoundShown
from care.review.signs import BY_NAME
from care.sharing.emergencies import EmergencyShown
from portal import labels, parties, times

# Of a report, in the order of care.review.reports.Line.
COLUMNS = (
    _("enhet"), _("rader"), _("i sin ordning"), _("chefen tillfrågad"), _("missbruk misstänks"),
    _("väntar"), _("försenade"), _("nödöppningar"), _("uppföljda"), _("sent uppföljda"),
)  # fmt: skip
MONTHS_BACK = 12


@dataclass(frozen=True)
class RoundLine:
    """Granskningsomgång in words."""

    it: RoundShown
    url: str
    period: str
    due: str
    drawn: str


@dataclass(frozen=True)
class SignalShown:
    """Signal in words."""

    text: str
    why: str


@dataclass(frozen=True)
class DecisionLine:
    """Granskningsbeslut in words."""

    verdict: str
    comment: str
    by: str
    at: str


@dataclass(frozen=True)
class ItemLine:
    """Tillfälle att granska in words."""

    it: ItemShown
    url: str
    who: str
    role: str
    when: str
    did: str
    signals: tuple[SignalShown, ...]
    state: str
    color: str
    decisions: tuple[DecisionLine, ...]


@dataclass(frozen=True)
class EmergencyRow:
    """Nödöppning att följa upp, in words."""

    id: UUID
    url: str
    who: str
    asked: str
    ground: str
    reason: str
    second: str
    due: str
    is_overdue: bool
    unit: str
    period: str
    sights: tuple[str, ...]
    outcome: str
    followed_up: str
    comment: str


@dataclass(frozen=True)
class Tab:
    """A link to a view."""

    label: str
    url: str
    is_current: bool
    count: int | None = None


def round_(it: RoundShown, *, at: datetime) -> RoundLine:
    """Return a round in words."""
    return RoundLine(
        it,
        reverse("portal:review_round", args=[it.id]),
        f"{it.from_on:%Y-%m-%d} – {it.until_on:%Y-%m-%d}",
        times.day(it.due_on, at=at),
        f"{it.drawn_by}, {times.absolute(it.at, at=at)}",
    )


def item(it: ItemShown, *, at: datetime) -> ItemLine:
    """Return an item in words."""
    until = times.clock(it.last_at)
    when = times.absolute(it.first_at, at=at)
    return ItemLine(
        it,
        reverse("portal:review_item", args=[it.id]),
        f"{it.staff_name}, {it.title}",
        gettext(ROLE_LABELS[Role(it.role)]) if it.role in set(Role) else "",
        when if times.clock(it.first_at) == until else f"{when}–{until}",
        labels.listed(str(labels.READ_HOW.get(one, one)) for one in it.activities),
        tuple(
            SignalShown(gettext(BY_NAME[one].text_sv), gettext(BY_NAME[one].why_sv))
            for one in it.signals
        ),
        str(labels.REVIEW_STATES[it.state]),
        labels.REVIEW_COLORS[it.state],
        tuple(
            DecisionLine(
                str(labels.REVIEW_VERDICTS[one.verdict]),
                one.comment,
                f"{one.made_by}, {one.title}",
                times.absolute(one.at, at=at),
            )
            for one in it.decisions
        ),
    )


def emergency(it: EmergencyShown, *, at: datetime) -> EmergencyRow:
    """Return an emergency access in words; its person and its reason stand on its own page."""
    period = gettext("Inte öppnad: en andra person behövs")
    if it.opened_at and it.closes_at:
        period = gettext("{since} till {until}").format(
            since=times.absolute(it.opened_at, at=at), until=times.absolute(it.closes_at, at=at)
        )
    followed = ""
    if it.followed_up_at:
        followed = f"{it.followed_up_by}, {times.absolute(it.followed_up_at, at=at)}"
    return EmergencyRow(
        id=it.id,
        url=reverse("portal:follow_up_emergency", args=[it.id]),
        who=f"{it.staff_name}, {it.title}",
        asked=times.absolute(it.asked_at, at=at),
        ground=str(labels.EMERGENCY_GROUNDS.get(it.ground, it.ground)),
        reason=it.reason,
        second=it.second_name,
        due=times.absolute(it.follow_up_due_at, at=at),
        is_overdue=it.followed_up_at is None and (it.is_overdue or it.follow_up_due_at < at),
        unit=f"{it.unit_name}, {parties.name(it.reader)}",
        period=period,
        sights=tuple(
            gettext("{owner}: läst {when}").format(
                owner=parties.name(one.owner), when=times.absolute(one.read_at, at=at)
            )
            if one.read_at
            else gettext("{owner}: inte läst").format(owner=parties.name(one.owner))
            for one in it.sights
        ),
        outcome=str(labels.EMERGENCY_OUTCOMES.get(it.outcome, "")),
        followed_up=followed,
        comment=it.comment,
    )


def tabs(url: str, it: RoundShown, *, is_settled: bool) -> tuple[Tab, ...]:
    """Return the two views of a round."""
    return (
        Tab(gettext("Att bedöma"), url, not is_settled, it.open),
        Tab(gettext("Klara"), f"{url}?show=settled", is_settled, it.items - it.open),
    )


def pages(url: str, found: RoundPage, *, is_settled: bool) -> tuple[Tab, ...]:
    """Return the pages of a round's items, none where one holds them all."""
    if found.pages < 2:
        return ()
    show = "show=settled&" if is_settled else ""
    return tuple(
        Tab(
            gettext("Sida {number}").format(number=number),
            f"{url}?{show}page={number}",
            number == found.page,
        )
        for number in range(1, found.pages + 1)
    )


def last_month(at: datetime) -> dict[str, date]:
    """Return the period that a round begins with: the whole month before."""
    last = calendar.local_date(at).replace(day=1) - timedelta(days=1)
    return {"from_on": last.replace(day=1), "until_on": last}


def months(at: datetime) -> tuple[tuple[str, str], ...]:
    """Return the months whose reports can be chosen, the newest first."""
    first = calendar.local_date(at).replace(day=1)
    found = []
    for _number in range(MONTHS_BACK):
        found.append((f"{first:%Y-%m}", month_name(first)))
        first = (first - timedelta(days=1)).replace(day=1)
    return tuple(found)


def month_name(first_day: date) -> str:
    """Return a month in words."""
    return written(first_day, "F Y")
