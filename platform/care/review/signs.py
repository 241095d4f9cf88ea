"""Signaler: what makes an occasion worth a look. Each is a row; none proves anything.

What Samplan cannot know stands in the reason: a member of staff's own number, address and household
are not in the directory, and the schedule of a person is not either.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import sqrt
from uuid import UUID

from care.review.occasions import Key, Occasion
from care.sharing.entries import CaseFacts

Hours = Callable[[str, date], tuple[datetime, datetime] | bool | None]

STAY_ON = timedelta(hours=1)  # before and after the hours of the unit: people finish what they do
FINISH = timedelta(days=1)  # after a case was closed
SIGMAS = 3
FEWEST_DAYS = 10  # of others, before a volume can be called large
FEWEST_VISITS = 20  # of a person, before a unit can be called usual
SELDOM = 0.1  # of a person's visits
COMMON_NAME = 0.02  # of the persons here: such a surname says little
# A reviewer and whoever gives out an extract work with every unit's cases.
OF_CARE = frozenset({"read", "write", "print", "search", "emergency", "denied"})


@dataclass(frozen=True)
class Around:
    """Det som ett tillfälle jämförs med: cases, hours of the units, and what is usual."""

    cases: Mapping[UUID, CaseFacts]
    hours: Hours  # True: not known; None: not watched that day
    usual: Mapping[UUID, str]  # unit, by staff
    shares: Mapping[tuple[UUID, str], float]  # of a person's occasions, by unit
    busiest: frozenset[Key]  # the last occasion of a day on which somebody read very many cases
    names: Mapping[str, frozenset[str]]  # of who has worked, by unit
    common_names: frozenset[str]


@dataclass(frozen=True)
class Signal:
    """Signal: when it is given, how strong it is, and why one should look."""

    name: str
    text_sv: str
    why_sv: str
    strength: int
    is_given: Callable[[Occasion, CaseFacts, Around], bool]


def no_participation(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the unit took no part in the case that day."""
    return bool(it.activities & OF_CARE) and not any(
        part.unit_id == it.unit_id
        and part.from_at <= it.last_at
        and (part.until_at is None or part.until_at > it.first_at)
        for part in case.parts
    )


def own_record(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person is named as who reads."""
    return _folded(it.staff_name) == _name_of(case)


def same_surname(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person has the surname of who reads, and it is no common one here."""
    return _share_surname(it, case) and _folded(case.family_name) not in around.common_names


def same_common_surname(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person has the surname of who reads, and many others have it too."""
    return _share_surname(it, case) and _folded(case.family_name) in around.common_names


def colleague(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person is named as somebody else who works at the unit."""
    name = _name_of(case)
    return name in around.names.get(it.unit_id, ()) and name != _folded(it.staff_name)


def protected_identity(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person has a protected identity."""
    return case.is_protected


def emergency(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether it was opened in an emergency."""
    return it.is_emergency


def outside_hours(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether it was when the unit is not watched."""
    hours = around.hours(it.unit_id, it.day)
    if isinstance(hours, bool):
        return False
    if hours is None:
        return bool(it.activities & OF_CARE)
    opens, closes = hours
    return it.first_at < opens - STAY_ON or it.last_at > closes + STAY_ON


def volume(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person read far more cases that day than the role does at the unit."""
    return it.key in around.busiest


def after_closed(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the case had been closed for more than a day."""
    is_old = case.closed_at is not None and it.last_at > case.closed_at + FINISH
    return is_old and bool(it.activities & OF_CARE)


def unusual_unit(it: Occasion, case: CaseFacts, around: Around) -> bool:
    """Tell whether the person seldom works at the unit."""
    usual = around.usual.get(it.staff_id, it.unit_id)
    return usual != it.unit_id and around.shares[it.staff_id, it.unit_id] < SELDOM


SIGNALS: tuple[Signal, ...] = (
    Signal(
        "no_participation",
        "Enheten deltog inte i ärendet",
        "Bara den som deltar i vården eller omsorgen får läsa. Samplan släpper inte in andra, så"
        " det här är ett nekat försök, en sökning, eller något som måste förklaras.",
        6,
        no_participation,
    ),
    Signal(
        "own_record",
        "Personen heter som medarbetaren",
        "Det kan vara det egna ärendet. Samplan känner inte medarbetares personnummer: bara namnet"
        " kan jämföras.",
        6,
        own_record,
    ),
    Signal(
        "volume",
        "Många fler ärenden än andra i rollen",
        "Antalet ärenden den dagen ligger mer än tre standardavvikelser över vad andra i samma roll"
        " på enheten läser. Se på hela dagen.",
        5,
        volume,
    ),
    Signal(
        "colleague",
        "Personen heter som en kollega",
        "Någon med samma namn har arbetat på enheten under perioden.",
        5,
        colleague,
    ),
    Signal(
        "same_surname",
        "Samma efternamn",
        "Personen kan vara närstående. Samplan känner inte medarbetares adress eller hushåll.",
        4,
        same_surname,
    ),
    Signal(
        "emergency",
        "Nödöppning",
        "Varje nödöppning granskas. Den följs också upp för sig.",
        4,
        emergency,
    ),
    Signal(
        "protected_identity",
        "Skyddade personuppgifter",
        "Varje läsning hos en person med skydd är värd en fråga.",
        4,
        protected_identity,
    ),
    Signal(
        "after_closed",
        "Efter att ärendet avslutats",
        "Ärendet hade varit avslutat i mer än ett dygn. Fanns det en anledning att gå tillbaka?",
        3,
        after_closed,
    ),
    Signal(
        "unusual_unit",
        "Annan enhet än den vanliga",
        "Medarbetaren arbetar nästan alltid på en annan enhet.",
        2,
        unusual_unit,
    ),
    Signal(
        "outside_hours",
        "Utanför enhetens tider",
        "Enhetens inkorg bevakades inte då. Samplan känner inte medarbetarens eget schema.",
        2,
        outside_hours,
    ),
    Signal(
        "same_common_surname",
        "Samma vanliga efternamn",
        "Personen har samma efternamn, men så heter många här.",
        1,
        same_common_surname,
    ),
)
BY_NAME = {it.name: it for it in SIGNALS}


def given(it: Occasion, around: Around) -> tuple[Signal, ...]:
    """Return the signals of an occasion, the strongest first; none where the case is not here."""
    case = around.cases.get(it.common_id)
    if case is None:
        return ()
    return tuple(signal for signal in SIGNALS if signal.is_given(it, case, around))


def surroundings(
    occasions: Sequence[Occasion], *, cases: Mapping[UUID, CaseFacts], hours: Hours
) -> Around:
    """Return what every occasion of a period is compared with."""
    visits = Counter((it.staff_id, it.unit_id) for it in occasions)
    of_staff = Counter(it.staff_id for it in occasions)
    usual: dict[UUID, str] = {}
    for (staff_id, unit_id), _ in sorted(visits.items(), key=lambda it: (-it[1], it[0][1])):
        if of_staff[staff_id] >= FEWEST_VISITS:
            usual.setdefault(staff_id, unit_id)
    names: dict[str, set[str]] = defaultdict(set)
    for it in occasions:
        names[it.unit_id].add(_folded(it.staff_name))
    persons = {(_name_of(it), _folded(it.family_name)) for it in cases.values()}
    families = Counter(family for _, family in persons)
    return Around(
        cases=cases,
        hours=hours,
        usual=usual,
        shares={key: many / of_staff[key[0]] for key, many in visits.items()},
        busiest=busiest(occasions),
        names={unit: frozenset(held) for unit, held in names.items()},
        common_names=frozenset(
            name for name, many in families.items() if many > max(2, COMMON_NAME * len(persons))
        ),
    )


def busiest(occasions: Iterable[Occasion]) -> frozenset[Key]:
    """Return the last occasion of each day on which somebody read far more than others do.

    Compared with the other persons of the role at the unit, so that nobody is her own measure. What
    comes by chance varies at least as the square root of its mean, so no less is taken as sigma.
    """
    days: dict[tuple[str, str], dict[tuple[UUID, date], list[Occasion]]] = defaultdict(dict)
    for it in occasions:
        days[it.stratum].setdefault((it.staff_id, it.day), []).append(it)
    found = set()
    for of_stratum in days.values():
        totals = _Sums.of(len(held) for held in of_stratum.values())
        own: dict[UUID, _Sums] = defaultdict(_Sums)
        for (staff_id, _), held in of_stratum.items():
            own[staff_id] = own[staff_id].plus(len(held))
        for (staff_id, _), held in of_stratum.items():
            others = totals.minus(own[staff_id])
            if others.many >= FEWEST_DAYS and len(held) > others.limit:
                found.add(held[-1].key)
    return frozenset(found)


@dataclass(frozen=True)
class _Sums:
    """How many numbers, their sum and the sum of their squares."""

    many: int = 0
    total: int = 0
    squares: int = 0

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "_Sums":
        sums = cls()
        for it in numbers:
            sums = sums.plus(it)
        return sums

    def plus(self, number: int) -> "_Sums":
        return _Sums(self.many + 1, self.total + number, self.squares + number * number)

    def minus(self, other: "_Sums") -> "_Sums":
        return _Sums(self.many - other.many, self.total - other.total, self.squares - other.squares)

    @property
    def limit(self) -> float:
        mean = self.total / self.many
        sigma = sqrt(max(self.squares / self.many - mean * mean, mean))
        return mean + SIGMAS * sigma


def _share_surname(it: Occasion, case: CaseFacts) -> bool:
    reader, family = _folded(it.staff_name), _folded(case.family_name)
    return reader.endswith(f" {family}") and reader != _name_of(case)


def _name_of(case: CaseFacts) -> str:
    return _folded(f"{case.given_name} {case.family_name}")


@lru_cache(maxsize=10_000)
def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
