"""What follows from a ready notice, said in plain Swedish with the paragraph behind each line."""

from dataclasses import dataclass
from datetime import date, datetime, time

from care.law import calendar, liability, limits
from care.law.calendar import STOCKHOLM
from care.law.terms import AGREEMENT, STATUTORY, DayUnit, DayZero, HolidayRule, Terms


@dataclass(frozen=True)
class Line:
    """One sentence and the paragraph that it rests on."""

    text_sv: str
    statute: str


@dataclass(frozen=True)
class Explanation:
    """Så räknas tiden: the dates that follow from a ready notice, and why.

    `liable_days` is None until the date of the discharge is known.
    """

    call_due_on: date
    liable_from: date
    liable_days: tuple[date, ...] | None
    lines: tuple[Line, ...]


_PRECONDITIONS = (
    Line(
        "Ansvaret förutsätter att kommunen har fått inskrivningsmeddelandet och underrättelsen om "
        "utskrivningsklar.",
        "5 kap. 3 § 1 st.",
    ),
    Line(
        "Ska samordnad individuell planering göras förutsätter ansvaret också att den fasta "
        "vårdkontakten har kallat till den.",
        "5 kap. 3 § 2 st.",
    ),
    Line(
        "Kommunen ansvarar inte när patienten blir kvar därför att öppenvårdens insatser saknas "
        "eller inte är klarlagda.",
        "5 kap. 5 §",
    ),
)


def ready(sent_at: datetime, terms: Terms, discharged_on: date | None = None) -> Explanation:
    """Explain the ready notice: the last day for the call, the first chargeable date, the days."""
    liable_from = limits.first_liable_on(sent_at, terms)
    days = (
        None if discharged_on is None else liability.liable_days(liable_from, discharged_on, terms)
    )
    lines = [
        _sent(sent_at, terms),
        _call(sent_at, terms),
        _start(sent_at, liable_from, terms),
        *_holidays(sent_at, liable_from, terms),
        *_PRECONDITIONS,
        *_days(days, liable_from, discharged_on, terms),
    ]
    return Explanation(limits.call_due_on(sent_at, terms), liable_from, days, tuple(lines))


def _sent(sent_at: datetime, terms: Terms) -> Line:
    local = sent_at.astimezone(STOCKHOLM)
    cutoff = _clock(terms.cutoff_time)
    side = "efter" if limits.is_after_cutoff(sent_at, terms) else "senast"
    if side == "senast" and not terms.cutoff_inclusive:
        side = "före"
    if side == "efter" and not terms.cutoff_inclusive:
        side = "inte före"
    return Line(
        f"Underrättelsen om utskrivningsklar skickades {calendar.written(local.date())} klockan "
        f"{_clock(local.time())}, alltså {side} klockan {cutoff}.",
        "5 kap. 4 §" if terms.cutoff_time == STATUTORY.cutoff_time else AGREEMENT,
    )


def _call(sent_at: datetime, terms: Terms) -> Line:
    due_on = calendar.written(limits.call_due_on(sent_at, terms))
    shift = " Sista dagen flyttas när den är en helgdag." if terms.call_holiday_shift else ""
    return Line(
        f"Den fasta vårdkontakten ska kalla till samordnad individuell planering senast {due_on}, "
        f"tre dagar efter underrättelsen.{shift}",
        "4 kap. 3 §",
    )


def _start(sent_at: datetime, liable_from: date, terms: Terms) -> Line:
    start = f"Kommunens betalningsansvar inträder {calendar.written(liable_from)}"
    if terms.holiday_rule != HolidayRule.NONE or terms.day_zero != DayZero.NOTICE_DAY:
        return Line(f"{start}, räknat enligt avtalet.", AGREEMENT)
    unit = "vardag" if terms.day_unit == DayUnit.WEEKDAY else "dag"
    days = _counted(limits.grace_days_of(sent_at, terms), unit)
    return Line(
        f"{start}, {days} efter underrättelsen.",
        "5 kap. 4 §" if has_statutory_time(terms) else AGREEMENT,
    )


def has_statutory_time(terms: Terms) -> bool:
    """Tell whether the time of the liability is the Act's own and not an agreement's."""
    names = (
        "grace_days",
        "day_unit",
        "day_zero",
        "cutoff_time",
        "cutoff_inclusive",
        "cutoff_effect",
        "holiday_rule",
    )
    return all(getattr(terms, name) == getattr(STATUTORY, name) for name in names)


def _holidays(sent_at: datetime, liable_from: date, terms: Terms) -> list[Line]:
    sent_on = calendar.local_date(sent_at)
    if terms.day_unit == DayUnit.WEEKDAY or terms.holiday_rule != HolidayRule.NONE:
        return [Line("Avtalet har en egen regel för helger.", AGREEMENT)]
    named = [
        f"{calendar.written(day)}" + (f" ({name.lower()})" if name != "Söndag" else "")
        for day, name in calendar.red_days_between(sent_on, liable_from, terms.holiday_categories)
    ]
    if not named:
        return []
    return [
        Line(
            f"Röda dagar räknas som andra dagar, för lagen har ingen helgregel. I tiden ligger: "
            f"{', '.join(named)}.",
            "5 kap. 4 §",
        )
    ]


def _days(
    days: tuple[date, ...] | None, liable_from: date, discharged_on: date | None, terms: Terms
) -> list[Line]:
    if days is None or discharged_on is None:
        return []
    discharged = f"Patienten skrivs ut {calendar.written(discharged_on)}."
    if not days:
        return [Line(f"{discharged} Inga dagar ska betalas.", "5 kap. 4 §")]
    counts = "räknas" if terms.charge_discharge_day else "räknas inte"
    return [
        Line(
            f"{discharged} Dagar att betala: {len(days)}, från och med "
            f"{calendar.written(days[0])} till och med {calendar.written(days[-1])}. "
            f"Utskrivningsdagen {counts}.",
            AGREEMENT if terms.charge_discharge_day else "5 kap. 4 §",
        )
    ]


def _counted(days: int, unit: str) -> str:
    plural = {"dag": "dagar", "vardag": "vardagar"}[unit]
    words = {0: "ingen", 1: "en", 2: "två", 3: "tre", 4: "fyra", 5: "fem", 6: "sex"}
    return f"{words.get(days, days)} {unit if days < 2 else plural}"


def _clock(clock: time) -> str:
    return clock.strftime("%H.%M.%S" if clock.second else "%H.%M")
