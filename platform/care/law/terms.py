"""Agreement terms (4 kap. 5 §): every parameter with the default that the Act gives.

Only time and amount may deviate from 5 kap.; the other terms fill gaps that the Act leaves open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from care.law.calendar import PUBLIC, HolidayCategory
from care.law.discharge import Act

AGREEMENT = "4 kap. 5 §"
E = TypeVar("E", bound=StrEnum)


class BadTerms(Exception):
    """A set of terms that cannot be; the message says in Swedish what to do."""


class Model(StrEnum):
    """Betalningsmodell: lagen, individuell enligt avtal, genomsnitt per månad eller kvartal."""

    STATUTORY = "statutory"
    INDIVIDUAL_AGREED = "individual_agreed"
    MONTHLY_MEAN = "monthly_mean"
    ROLLING_THREE_MONTH_MEAN = "rolling_three_month_mean"

    @property
    def is_mean(self) -> bool:
        """Tell whether the parties settle on a mean and not on each individual."""
        return self in {Model.MONTHLY_MEAN, Model.ROLLING_THREE_MONTH_MEAN}


class DayUnit(StrEnum):
    """Räknade dagar: kalenderdagar eller vardagar."""

    CALENDAR_DAY = "calendar_day"
    WEEKDAY = "weekday"


class DayZero(StrEnum):
    """Dag noll: dagen för underrättelsen eller dagen efter."""

    NOTICE_DAY = "notice_day"
    DAY_AFTER = "day_after"


class MeanPopulation(StrEnum):
    """Population i snittet: utskrivna i månaden, alla öppna, bara fullständiga ärenden."""

    DISCHARGED_IN_MONTH = "discharged_in_month"
    ALL_OPEN = "all_open"
    COMPLETE_ONLY = "complete_only"


class ExcessFormula(StrEnum):
    """Överskjutande dagar: på medelvärdet eller per individ."""

    MEAN = "mean"
    PER_INDIVIDUAL = "per_individual"


class HolidayRule(StrEnum):
    """Helg och storhelg: ingen regel, flytta fredag eftermiddag, undanta dagar."""

    NONE = "none"
    MOVE_FRIDAY_AFTERNOON = "move_friday_afternoon"
    EXCLUDE_DATES = "exclude_dates"


class DayRateSource(StrEnum):
    """Belopp: nationellt eller eget."""

    NATIONAL = "national"
    OWN = "own"


class WithdrawalEffect(StrEnum):
    """Åter utskrivningsklar: ny klocka eller återupptagen klocka."""

    NEW_CLOCK = "new_clock"
    RESUMED_CLOCK = "resumed_clock"


class LateEffect(StrEnum):
    """Verkan av sen handling: hindrar betalningsansvar, prövas manuellt, bortses från."""

    BLOCK = "block"
    REVIEW = "review"
    IGNORE = "ignore"


class RegionCauseEffect(StrEnum):
    """Verkan av 5 kap. 5 §: ansvaret vilar eller faller."""

    SUSPEND = "suspend"
    CANCEL = "cancel"


class TransferEffect(StrEnum):
    """Byte av avdelning eller sjukhus: perioden fortsätter eller slutar."""

    CONTINUE_IF_READY = "continue_if_ready"
    END_PERIOD = "end_period"


class InvoicePeriod(StrEnum):
    """Fakturaperiod: månad eller kvartal."""

    MONTH = "month"
    QUARTER = "quarter"


class InvoicingParty(StrEnum):
    """Fakturerande part: regionen eller den gemensamma nämnden."""

    REGION = "region"
    JOINT_BOARD = "joint_board"


class CompulsoryPsychiatry(StrEnum):
    """Psykiatrisk tvångsvård: samma regler eller undantagen."""

    SAME = "same"
    EXCLUDED = "excluded"


class Track(StrEnum):
    """Spår: blått, grönt, gult, rött."""

    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class ReceiptTime:
    """Kvittenstid: within so many elapsed hours, or by the end of so many working days.

    Raises BadTerms when not exactly one of the two is given, or when it is not above zero.
    """

    hours: int | None = None
    working_days: int | None = None

    def __post_init__(self) -> None:
        given = [number for number in (self.hours, self.working_days) if number is not None]
        if len(given) != 1 or not 0 < given[0] <= 1000:
            raise BadTerms(
                "En kvittenstid ska vara antingen timmar (hours) eller arbetsdagar "
                "(working_days), från 1 till 1000. Ange en av dem."
            )


@dataclass(frozen=True)
class Terms:
    """Överenskommelsens villkor: the parameters of an agreement, the Act's where it is silent.

    Raises BadTerms for a value that cannot be.
    """

    model: Model = Model.STATUTORY
    grace_days: int = 3
    grace_days_psychiatric: int = 3
    threshold_days: int = 3
    threshold_days_psychiatric: int = 3
    threshold_days_by_track: Mapping[Track, int] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    day_unit: DayUnit = DayUnit.CALENDAR_DAY
    day_zero: DayZero = DayZero.NOTICE_DAY
    cutoff_time: time = time(12)
    cutoff_inclusive: bool = True
    cutoff_effect: int = 1
    mean_includes_day_zero: bool = True
    mean_population: MeanPopulation = MeanPopulation.DISCHARGED_IN_MONTH
    excess_formula: ExcessFormula | None = None
    charge_discharge_day: bool = False
    holiday_rule: HolidayRule = HolidayRule.NONE
    holiday_categories: tuple[HolidayCategory, ...] = PUBLIC
    excluded_dates: tuple[date, ...] = ()
    day_rate_source: DayRateSource = DayRateSource.NATIONAL
    own_day_rate_ore: int | None = None
    withdrawal_effect: WithdrawalEffect = WithdrawalEffect.NEW_CLOCK
    late_call_effect: LateEffect = LateEffect.REVIEW
    late_admission_effect: LateEffect = LateEffect.REVIEW
    region_cause_effect: RegionCauseEffect = RegionCauseEffect.SUSPEND
    call_holiday_shift: bool = False
    transfer_effect: TransferEffect = TransferEffect.CONTINUE_IF_READY
    receipt_times: Mapping[Act, ReceiptTime] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    invoice_period: InvoicePeriod = InvoicePeriod.MONTH
    invoicing_party: InvoicingParty = InvoicingParty.REGION
    dispute_deadline: int | None = None
    compulsory_psychiatry: CompulsoryPsychiatry = CompulsoryPsychiatry.SAME
    tracks: tuple[Track, ...] = ()
    receiving_units: tuple[str, ...] = ()
    outage_hours: int = 2

    def __post_init__(self) -> None:
        for term in TERMS:
            plain = _plain(getattr(self, term.name))
            object.__setattr__(self, term.name, term.read(term.name, plain))
        if self.day_rate_source == DayRateSource.OWN and self.own_day_rate_ore is None:
            raise BadTerms("Avtalet har eget belopp. Ange det i öre i own_day_rate_ore.")
        if self.holiday_rule == HolidayRule.EXCLUDE_DATES and not self.excluded_dates:
            raise BadTerms("Avtalet undantar dagar. Räkna upp dem i excluded_dates.")
        if self.model.is_mean and self.excess_formula is None:
            raise BadTerms(
                "En genomsnittsmodell kräver nämndens skriftliga val av formel. "
                "Ange mean eller per_individual i excess_formula."
            )

    def for_psychiatry(self) -> "Terms":
        """Return the terms with the numbers of days that hold in psychiatric care."""
        return replace(
            self,
            grace_days=self.grace_days_psychiatric,
            threshold_days=self.threshold_days_psychiatric,
        )

    @classmethod
    def from_json(cls, mapping: Mapping[str, object]) -> "Terms":
        """Return terms from stored JSON; raise BadTerms for an unknown key or impossible value."""
        readers = {term.name: term.read for term in TERMS}
        unknown = sorted(set(mapping) - set(readers))
        if unknown:
            raise BadTerms(
                f"Okänt villkor: {', '.join(unknown)}. Ta bort det eller välj bland: "
                f"{', '.join(readers)}."
            )
        make: Callable[..., Terms] = cls
        return make(**{name: readers[name](name, mapping[name]) for name in mapping})

    def to_json(self) -> dict[str, object]:
        """Return the terms as JSON that `from_json` reads back."""
        return {term.name: _plain(getattr(self, term.name)) for term in TERMS}


@dataclass(frozen=True)
class Term:
    """One row of what an agreement can say: the name, the Swedish term, and the paragraph."""

    name: str
    swedish: str
    statute: str
    read: Callable[[str, object], object]


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, time):
        return value.isoformat("minutes" if value.second == value.microsecond == 0 else "auto")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ReceiptTime):
        return {
            part.name: getattr(value, part.name)
            for part in fields(value)
            if getattr(value, part.name) is not None
        }
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _choice(kind: type[E]) -> Callable[[str, object], E]:
    def read(name: str, value: object) -> E:
        if isinstance(value, str) and value in {choice.value for choice in kind}:
            return kind(value)
        raise BadTerms(f"{name} kan inte vara {value!r}. Välj bland: {', '.join(kind)}.")

    return read


def _whole(lowest: int, highest: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        raise BadTerms(
            f"{name} kan inte vara {value!r}. Ange ett heltal från {lowest} till {highest}."
        )

    return read


def _yes_or_no(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise BadTerms(f"{name} kan inte vara {value!r}. Ange true eller false.")


def _clock(name: str, value: object) -> time:
    try:
        clock = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise BadTerms(f"{name} kan inte vara {value!r}. Ange ett klockslag som 12:00.")
    return clock


def _day(name: str, value: object) -> date:
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadTerms(f"{name} kan inte innehålla {value!r}. Ange ett datum som 2026-12-24.")


def _name(name: str, value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise BadTerms(f"{name} kan inte innehålla {value!r}. Ange en text som inte är tom.")


def _receipt_time(name: str, value: object) -> ReceiptTime:
    if isinstance(value, Mapping) and set(value) <= {"hours", "working_days"}:
        given = {key: _whole(1, 1000)(f"{name}.{key}", value[key]) for key in value}
        return ReceiptTime(hours=given.get("hours"), working_days=given.get("working_days"))
    raise BadTerms(f'{name} kan inte innehålla {value!r}. Ange till exempel {{"hours": 24}}.')


T = TypeVar("T")
K = TypeVar("K")


def _or_none(read: Callable[[str, object], T]) -> Callable[[str, object], T | None]:
    return lambda name, value: None if value is None else read(name, value)


def _each(read: Callable[[str, object], T]) -> Callable[[str, object], tuple[T, ...]]:
    def read_each(name: str, value: object) -> tuple[T, ...]:
        if isinstance(value, list | tuple):
            return tuple(dict.fromkeys(read(name, item) for item in value))
        raise BadTerms(f"{name} kan inte vara {value!r}. Ange en lista.")

    return read_each


def _by(
    read_key: Callable[[str, object], K], read: Callable[[str, object], T]
) -> Callable[[str, object], Mapping[K, T]]:
    def read_by(name: str, value: object) -> Mapping[K, T]:
        if isinstance(value, Mapping):
            return MappingProxyType(
                {read_key(name, key): read(name, item) for key, item in value.items()}
            )
        raise BadTerms(f"{name} kan inte vara {value!r}. Ange ett värde för varje nyckel.")

    return read_by


_DAYS = _whole(0, 90)

TERMS: tuple[Term, ...] = (
    Term("model", "modell", AGREEMENT, _choice(Model)),
    Term("grace_days", "fristdagar", "5 kap. 4 §", _DAYS),
    Term("grace_days_psychiatric", "fristdagar, psykiatri", "5 kap. 4 §", _DAYS),
    Term("threshold_days", "tröskel, somatik", AGREEMENT, _DAYS),
    Term("threshold_days_psychiatric", "tröskel, psykiatri", AGREEMENT, _DAYS),
    Term("threshold_days_by_track", "tröskel per spår", AGREEMENT, _by(_choice(Track), _DAYS)),
    Term("day_unit", "räknade dagar", "5 kap. 4 §", _choice(DayUnit)),
    Term("day_zero", "dag noll", "5 kap. 4 §", _choice(DayZero)),
    Term("cutoff_time", "klockslag", "5 kap. 4 §", _clock),
    Term("cutoff_inclusive", "klockslaget självt är i tid", "5 kap. 4 §", _yes_or_no),
    Term("cutoff_effect", "dagar till efter klockslaget", "5 kap. 4 §", _DAYS),
    Term("mean_includes_day_zero", "dag noll i snittet", AGREEMENT, _yes_or_no),
    Term("mean_population", "population i snittet", AGREEMENT, _choice(MeanPopulation)),
    Term("excess_formula", "överskjutande dagar", AGREEMENT, _or_none(_choice(ExcessFormula))),
    Term("charge_discharge_day", "räkna utskrivningsdagen", "5 kap. 4 §", _yes_or_no),
    Term("holiday_rule", "helg och storhelg", AGREEMENT, _choice(HolidayRule)),
    Term(
        "holiday_categories",
        "helgdagar som räknas",
        "lag (1989:253)",
        _each(_choice(HolidayCategory)),
    ),
    Term("excluded_dates", "undantagna dagar", AGREEMENT, _each(_day)),
    Term("day_rate_source", "belopp", "5 kap. 6 §", _choice(DayRateSource)),
    Term("own_day_rate_ore", "eget belopp i öre", "5 kap. 6 §", _or_none(_whole(0, 10**9))),
    Term("withdrawal_effect", "åter utskrivningsklar", "5 kap. 4 §", _choice(WithdrawalEffect)),
    Term("late_call_effect", "sen kallelse", "5 kap. 3 § 2 st.", _choice(LateEffect)),
    Term(
        "late_admission_effect",
        "sent inskrivningsmeddelande",
        "5 kap. 3 § 1 st.",
        _choice(LateEffect),
    ),
    Term("region_cause_effect", "regionens hinder", "5 kap. 5 §", _choice(RegionCauseEffect)),
    Term("call_holiday_shift", "helgförskjutning av kallelse", "4 kap. 3 §", _yes_or_no),
    Term(
        "transfer_effect",
        "byte av avdelning eller sjukhus",
        "5 kap. 4 §",
        _choice(TransferEffect),
    ),
    Term("receipt_times", "kvittenstider", AGREEMENT, _by(_choice(Act), _receipt_time)),
    Term("invoice_period", "fakturaperiod", AGREEMENT, _choice(InvoicePeriod)),
    Term("invoicing_party", "fakturerande part", AGREEMENT, _choice(InvoicingParty)),
    Term("dispute_deadline", "tvistfrist i arbetsdagar", AGREEMENT, _or_none(_whole(1, 365))),
    Term(
        "compulsory_psychiatry",
        "psykiatrisk tvångsvård",
        "5 kap. 1 §",
        _choice(CompulsoryPsychiatry),
    ),
    Term("tracks", "spår", "rutin", _each(_choice(Track))),
    Term("receiving_units", "mottagande enheter", "2 kap. 1 §", _each(_name)),
    Term("outage_hours", "reservrutin efter timmar", "rutin", _whole(0, 168)),
)
STATUTORY = Terms()
