"""Beslutsunderlag: what a huvudman decides by, before it joins, and what is missing in it.

Pure. What is missing is advice: it stands beside the step that it concerns and stops nobody.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tenants.onboarding import CannotRecord, Missing, Step, listed

# Severity and likelihood are told from 1 to 4, and from 8 on something is done: the matrix of
# Socialstyrelsen's handbook Riskanalys och händelseanalys.
SCALE = (1, 2, 3, 4)
HIGH, MEDIUM = 8, 4


class Part(StrEnum):
    """Del av beslutsunderlaget."""

    RECOMMENDATION = "recommendation"
    BENEFIT = "benefit"
    RISK = "risk"
    POWER_OF_ATTORNEY = "power_of_attorney"


class Stance(StrEnum):
    """What a body does with the matter."""

    RECOMMENDS = "recommends"
    DECIDES = "decides"
    INFORMS = "informs"


class RiskStatus(StrEnum):
    """Where the measure against a risk stands."""

    OPEN = "open"
    ONGOING = "ongoing"
    DONE = "done"
    ACCEPTED = "accepted"


class Level(StrEnum):
    """How great a risk is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Recommendation:
    """Rekommendation eller beslut, a link of the chain: VästKom, kommunalförbund, kommun."""

    body: str
    stance: Stance
    on: date
    paragraph: str
    diary_number: str
    text: str


@dataclass(frozen=True)
class Benefit:
    """Nytta: for whom, by which measure, from what to what, and when it is followed up."""

    benefit: str
    who_gains: str
    measured_by: str
    baseline: str
    wanted: str
    follow_up_on: date | None


@dataclass(frozen=True)
class Risk:
    """Risk, what it would lead to, what is done about it, by whom, and when that is followed up."""

    risk: str
    consequence: str
    severity: int
    likelihood: int
    measure: str
    responsible: str
    follow_up_on: date
    status: RiskStatus

    @property
    def score(self) -> int:
        """Return severity times likelihood, 1 to 16."""
        return self.severity * self.likelihood

    @property
    def level(self) -> Level:
        """Return how great the risk is."""
        return level(self.severity, self.likelihood)

    @property
    def is_open(self) -> bool:
        """Tell whether something is left to do."""
        return self.status in (RiskStatus.OPEN, RiskStatus.ONGOING)

    def is_late(self, *, today: date) -> bool:
        """Tell whether the day of the follow-up has passed while something is left to do."""
        return self.is_open and self.follow_up_on < today


@dataclass(frozen=True)
class PowerOfAttorney:
    """Fullmakt: who may do what for whom, from when, until when, and when it was signed."""

    giver: str
    receiver: str
    what: str
    valid_from: date
    valid_until: date | None
    signed_on: date | None
    diary_number: str

    def holds(self, *, today: date) -> bool:
        """Tell whether it is signed and has not run out."""
        signed = self.signed_on is not None and self.signed_on <= today
        return signed and (self.valid_until is None or today <= self.valid_until)


Content = Recommendation | Benefit | Risk | PowerOfAttorney
# A field that comes later needs a default: rows that were kept before do not have it.
PARTS: Mapping[Part, Callable[..., Content]] = {
    Part.RECOMMENDATION: Recommendation,
    Part.BENEFIT: Benefit,
    Part.RISK: Risk,
    Part.POWER_OF_ATTORNEY: PowerOfAttorney,
}
KINDS: Mapping[str, type[StrEnum]] = {"stance": Stance, "status": RiskStatus}


@dataclass(frozen=True)
class Row:
    """Rad i underlaget: what it says now, and who wrote that."""

    entry: UUID
    number: int
    part: Part
    content: Content
    by: str
    title: str
    at: datetime


@dataclass(frozen=True)
class Pack:
    """Beslutsunderlag: its rows, each part in its own order."""

    rows: tuple[Row, ...]

    def of(self, part: Part) -> tuple[Row, ...]:
        """Return the rows of a part."""
        return tuple(it for it in self.rows if it.part is part)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows each part has."""
        return {part.value: len(self.of(part)) for part in Part}

    def contents(self, kind: type[Content]) -> tuple[Any, ...]:
        """Return what the rows of one kind say."""
        return tuple(it.content for it in self.rows if isinstance(it.content, kind))


def check(content: Content) -> None:
    """Refuse what cannot be.

    :raises CannotRecord: if a risk is off the scale, or a power of attorney ends before it begins
    """
    if isinstance(content, Risk):
        for name in ("severity", "likelihood"):
            if getattr(content, name) not in SCALE:
                raise CannotRecord(name, "Välj ett tal från 1 till 4.")
    if isinstance(content, PowerOfAttorney):
        until = content.valid_until
        if until is not None and until < content.valid_from:
            raise CannotRecord(
                "valid_until", "Sista dagen ligger före den första. Ändra en av dem."
            )


def level(severity: int, likelihood: int) -> Level:
    """Return how great a risk of some severity and likelihood is."""
    score = severity * likelihood
    if score >= HIGH:
        return Level.HIGH
    return Level.MEDIUM if score >= MEDIUM else Level.LOW


def as_json(content: Content) -> dict[str, Any]:
    """Return what a row says, to be kept: days as 2026-11-01."""
    told = asdict(content)
    return {key: it.isoformat() if isinstance(it, date) else it for key, it in told.items()}


def from_json(part: Part, kept: Mapping[str, Any]) -> Content:
    """Return what a row says, of what was kept."""
    return PARTS[part](**{name: _read(name, it) for name, it in kept.items()})


def names(part: Part) -> tuple[str, ...]:
    """Return the fields of a part."""
    return tuple(it.name for it in fields(PARTS[part]))  # type: ignore[arg-type]


def order(row: Row) -> tuple[Any, ...]:
    """Return by what the rows of a part are ordered: the chain by day, the greatest risk first."""
    content = row.content
    if isinstance(content, Recommendation):
        return (content.on, row.at)
    if isinstance(content, Risk):
        return (-content.score, content.follow_up_on)
    return (row.at,)


def advice(
    pack: Pack, *, unchecked: Iterable[str], failing: Iterable[str], today: date
) -> dict[Step, tuple[Missing, ...]]:
    """Return what is missing in the pack, at the steps that it concerns; the start has it all.

    :param unchecked: names of units that start and where no technical check is made
    :param failing: names of those where something in the check did not work, or was not tried
    """
    found = {
        Step.AGREEMENTS: (*_chain(pack), *_powers(pack, today)),
        Step.UNITS: tuple(_technical(list(unchecked), list(failing))),
        Step.ROUTINES: (*_benefits(pack), *_risks(pack, today)),
    }
    every = tuple(it for them in found.values() for it in them)
    return {**found, Step.START: every}


PAGE = "under Beslutsunderlag"


def _chain(pack: Pack) -> Iterable[Missing]:
    links = pack.contents(Recommendation)
    if not any(it.stance is Stance.DECIDES for it in links):
        yield Missing(
            "Inget beslut är antecknat i kedjan av rekommendationer och beslut.",
            f"Anteckna det med dag, paragraf och diarienummer, {PAGE}.",
        )


def _benefits(pack: Pack) -> Iterable[Missing]:
    if not pack.contents(Benefit):
        yield Missing("Nyttoanalysen är tom.", f"Skriv vad ni vill vinna och hur det mäts, {PAGE}.")


def _risks(pack: Pack, today: date) -> Iterable[Missing]:
    risks = pack.contents(Risk)
    if not risks:
        yield Missing(
            "Risk- och konsekvensanalysen är tom.",
            f"Skriv riskerna med åtgärd och ansvarig, {PAGE}.",
        )
    bare = [it.risk for it in risks if it.is_open and it.level is Level.HIGH and not it.measure]
    for risk in bare:
        yield Missing(f"Risken ”{risk}” är stor och saknar åtgärd.", f"Skriv en, {PAGE}.")
    for it in risks:
        if it.is_late(today=today):
            yield Missing(
                f"Risken ”{it.risk}” skulle ha följts upp {it.follow_up_on}.",
                f"{it.responsible} följer upp den och ändrar läget, {PAGE}.",
            )


def _powers(pack: Pack, today: date) -> Iterable[Missing]:
    for it in pack.contents(PowerOfAttorney):
        if not it.holds(today=today):
            yield Missing(
                f"Fullmakten till {it.receiver} är inte undertecknad, eller har gått ut.",
                f"Den som ger den undertecknar, och ni antecknar dagen {PAGE}.",
            )


def _technical(unchecked: list[str], failing: list[str]) -> Iterable[Missing]:
    if unchecked:
        yield Missing(
            f"Teknisk kontroll är inte gjord vid {listed(unchecked)}.",
            "Någon där loggar in på en av enhetens datorer och gör den, under Hjälp.",
        )
    if failing:
        yield Missing(
            f"Något i den tekniska kontrollen är inte klart vid {listed(failing)}.",
            "Er it-avdelning rättar det, och någon där gör kontrollen igen, under Hjälp.",
        )


def _read(name: str, kept: Any) -> Any:
    if kept is not None and (name == "on" or name.endswith(("_on", "_from", "_until"))):
        return date.fromisoformat(kept)
    return KINDS[name](kept) if name in KINDS else kept
