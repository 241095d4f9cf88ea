"""How a person is shown: name, number, age; nothing of somebody with protected identity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from care.individuals.models import Block, BlockNotice, Consent, Individual


@dataclass(frozen=True)
class Shown:
    """Den enskilde, as a page shows her."""

    name: str
    number: str
    age: int | None
    protection: str  # which kind, or empty
    registered_address: str
    registered_municipality: str
    interpreter: str

    @property
    def is_protected(self) -> bool:
        """Tell whether she has protected identity, of whatever kind."""
        return bool(self.protection)


@dataclass(frozen=True)
class ConsentShown:
    """Samtycke, as it is known here: to what, for whom, until when, taken by whom."""

    id: UUID
    type: str
    value: str
    info_classes: tuple[str, ...]
    recipients: tuple[str, ...]
    taken_by: str
    valid_from: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    is_clarified: bool = False
    given_how: str = ""
    purpose: str = ""
    documented_by: str = ""
    documented_title: str = ""

    def is_running(self, *, at: datetime) -> bool:
        """Tell whether it holds at a moment."""
        return self.withdrawn_at is None and self.valid_from <= at < self.expires_at


@dataclass(frozen=True)
class BlockShown:
    """Spärr, as it is known at the huvudman that holds what it blocks."""

    id: UUID
    type: str
    branch: str
    unit_id: str
    info_classes: tuple[str, ...]  # empty: all
    placed_at: datetime
    placed_by: str
    placed_title: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_title: str


def shown(individual: Individual, *, on: date) -> Shown:
    """Return a person as the page of her case shows her, to those who take part in it."""
    return Shown(
        name=f"{individual.given_name} {individual.family_name}",
        number=written(individual.number),
        age=age(individual.number, on=on),
        protection=individual.protection,
        registered_address="" if individual.protection else individual.registered_address,
        registered_municipality=individual.registered_municipality,
        interpreter=individual.interpreter,
    )


def written(number: str) -> str:
    """Return twelve characters as people write them."""
    return f"{number[:8]}-{number[8:]}"


def age(number: str, *, on: date) -> int | None:
    """Return the age that a number tells, or None where it tells no date of birth."""
    day = int(number[6:8])
    try:
        born = date(int(number[:4]), int(number[4:6]), day - 60 if day > 60 else day)
    except ValueError:
        return None
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (not had_birthday)


def consents(common_id: UUID) -> tuple[ConsentShown, ...]:
    """Return what the person has answered in a case, the newest first."""
    return consents_of([common_id])[common_id]


def consents_of(common_ids: Iterable[UUID]) -> Mapping[UUID, tuple[ConsentShown, ...]]:
    """Return what has been answered in each of some cases, the newest first, in one question."""
    answers: dict[UUID, list[ConsentShown]] = {it: [] for it in common_ids}
    rows = Consent.objects.filter(common_id__in=list(answers))
    for it in rows.order_by("-valid_from", "-id"):
        shown = ConsentShown(
            it.id,
            it.type,
            it.value,
            tuple(it.info_classes),
            tuple(it.recipients),
            it.taken_by,
            it.valid_from,
            it.expires_at,
            it.withdrawn_at,
            it.is_clarified,
            it.given_how,
            it.purpose,
            it.documented_by,
            it.documented_title,
        )
        answers[it.common_id].append(shown)
    return {common_id: tuple(found) for common_id, found in answers.items()}


def blocks(individual_id: UUID) -> tuple[BlockShown, ...]:
    """Return every block here of a person, lifted ones too, the newest first."""
    return blocks_of([individual_id])[individual_id]


def blocks_of(individual_ids: Iterable[UUID]) -> Mapping[UUID, tuple[BlockShown, ...]]:
    """Return the blocks here of each of some people, the newest first, in one question."""
    placed: dict[UUID, list[BlockShown]] = {it: [] for it in individual_ids}
    rows = Block.objects.filter(individual__in=list(placed)).order_by("-placed_at", "-id")
    for it in rows:
        placed[it.individual_id].append(
            BlockShown(
                it.id,
                it.type,
                it.branch,
                it.unit_id,
                tuple(it.info_classes),
                it.placed_at,
                it.placed_by,
                it.placed_title,
                it.lifted_at,
                it.lifted_by,
                it.lifted_title,
            )
        )
    return {individual_id: tuple(found) for individual_id, found in placed.items()}


def is_blocked_elsewhere(common_id: UUID) -> bool:
    """Tell whether somebody else holds blocked data; not who (2022:913 2 kap. 5 §)."""
    return BlockNotice.objects.filter(common_id=common_id, is_blocked=True).exists()
