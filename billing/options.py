"""Offers of options: the host offers, each municipality decides at home, everybody sees at once.

An offer comes in versions, and its last day is moved by a row of its own; both lie at the host. A
decision lies at the municipality that makes it. So an offer is put together from one window for
each party, and nobody writes in another's books.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import calloff, parties
from billing.calloff import Answer, Effect, Price
from billing.models import DeadlineExtension, Offer, OptionDecision, PopulationSnapshot
from billing.operations import Doer, Refused, refuse_unless_host, to_everybody
from billing.parties import Board, books_of
from billing.queries import NoSuchPopulation
from tenants.context import acting_for


class NoSuchOffer(Exception):
    """There is no such offer, or none that is open to us."""


@dataclass(frozen=True)
class OfferContent:
    """Erbjudandets innehåll, som någon har skrivit det."""

    name: str
    description: str
    price: Price
    population: UUID
    last_on: date


@dataclass(frozen=True)
class OfferVersion:
    """Version av ett erbjudande."""

    number: int
    content: OfferContent
    inhabitants: Mapping[str, int]
    counted_on: date
    reason: str
    made_by: str
    made_by_title: str
    at: datetime


@dataclass(frozen=True)
class Extended:
    """Förlängning, som den antecknades: who moved the last day, when and why."""

    last_on: date
    reason: str
    made_by: str
    made_by_title: str
    at: datetime


@dataclass(frozen=True)
class OptionDecided:
    """Besked från en kommun, and on which version of the offer it was given."""

    answer: Answer
    version: int
    on: date
    paragraph: str
    note: str
    made_by: str
    made_by_title: str
    at: datetime


@dataclass(frozen=True)
class OfferShown:
    """Erbjudande: its versions, its last day, and what each municipality has decided."""

    option: UUID
    board: Board
    versions: tuple[OfferVersion, ...]
    extensions: tuple[Extended, ...]
    decisions: Mapping[str, tuple[OptionDecided, ...]]  # by code, the newest last

    @property
    def current(self) -> OfferVersion:
        """Return the version that holds."""
        return self.versions[-1]

    @property
    def last_on(self) -> date:
        """Return the last day for a decision: it is moved forward, and never back."""
        moved = [it.last_on for it in self.extensions]
        return max([it.content.last_on for it in self.versions] + moved)

    @property
    def inhabitants(self) -> dict[str, int]:
        """Return the inhabitants of each municipality that the offer is made to, by its code.

        Who has left the board since is left out, and who has joined it is asked by a new version.
        """
        counted = self.current.inhabitants
        return {code: counted[code] for code in self.board.municipalities if code in counted}

    @property
    def names(self) -> dict[str, str]:
        """Return the names of the municipalities that the offer is made to, by their code."""
        return {code: self.board.municipalities[code] for code in self.inhabitants}

    @property
    def called_off(self) -> tuple[str, ...]:
        """Return the codes of those who have called off."""
        return self.with_answer(Answer.CALL_OFF)

    def with_answer(self, answer: Answer | None) -> tuple[str, ...]:
        """Return the codes of those whose decision is one; None: who have made none."""
        return tuple(code for code in self.inhabitants if self.answer_of(code) is answer)

    def answer_of(self, code: str) -> Answer | None:
        """Return the answer of a municipality that holds."""
        decided = self.decision_of(code)
        return decided.answer if decided else None

    def decision_of(self, code: str) -> OptionDecided | None:
        """Return the decision of a municipality that holds."""
        made = self.decisions.get(code, ())
        return made[-1] if made else None

    def effect(self, codes: Collection[str]) -> Effect:
        """Return what each municipality pays if some take part."""
        return calloff.effect(self.current.content.price, self.inhabitants, codes)

    def present(self) -> Mapping[str, int]:
        """Return what the present system costs each municipality, where the offer says it."""
        return calloff.present(self.current.content.price, self.inhabitants)


@transaction.atomic
def offer_option(content: OfferContent, *, by: Doer, at: datetime) -> Offer:
    """Offer an option to the municipalities of the board.

    :raises NoSuchPopulation: if there is no such population here
    :raises CannotAllocate: if the price cannot be split among all of them
    :raises Refused: if its last day has passed
    """
    refuse_unless_host()
    return _keep(content, option=uuid4(), number=1, reason="", by=by, at=at)


@transaction.atomic
def revise_offer(
    content: OfferContent, *, option: UUID, reason: str, by: Doer, at: datetime
) -> Offer:
    """Make a new version of an offer, which takes the place of the one before.

    :raises NoSuchOffer: if there is no such offer here
    :raises Refused: if the last day would come earlier than has been promised, or two do it at once
    """
    refuse_unless_host()
    shown = offer(option)
    if content.last_on < shown.last_on:
        raise Refused(
            f"Sista dagen är redan {shown.last_on}. Kommunerna får inte kortare tid än de har fått"
            " besked om: välj samma dag eller en senare."
        )
    number = shown.current.number + 1
    try:
        with transaction.atomic():
            return _keep(content, option=option, number=number, reason=reason, by=by, at=at)
    except IntegrityError:
        raise Refused(
            "Någon annan har just sparat en ny version. Öppna erbjudandet och läs den först."
        ) from None


@transaction.atomic
def extend_deadline(
    *, option: UUID, last_on: date, reason: str, by: Doer, at: datetime
) -> DeadlineExtension:
    """Move the last day for decisions forward, also when it has passed.

    :raises NoSuchOffer: if there is no such offer here
    :raises Refused: if the new day is not later, or has passed
    """
    refuse_unless_host()
    shown = offer(option)
    if last_on <= shown.last_on:
        raise Refused(f"Sista dagen är redan {shown.last_on}. Välj en senare dag.")
    _refuse_passed(last_on, at=at)
    return DeadlineExtension.objects.create(
        option=option,
        last_on=last_on,
        reason=reason,
        made_by=by.name,
        made_by_title=by.title,
        at=at,
        open_to=to_everybody(),
    )


@transaction.atomic
def decide_option(
    answer: Answer,
    *,
    option: UUID,
    on: date,
    paragraph: str,
    by: Doer,
    at: datetime,
    note: str = "",
) -> OptionDecision:
    """Record, at home, what our own minutes say of an option.

    :raises NoSuchOffer: if there is no such offer that is open to us
    :raises Refused: if it is too late, the day cannot be, or we are not asked
    """
    shown = offer(option)
    if own_code(shown) is None:
        raise Refused(
            "Erbjudandet är ställt till kommunerna. Besked lämnas av den kommun det gäller."
        )
    today = timezone.localdate(at)
    if calloff.days_left(shown.last_on, today=today) < 0:
        raise Refused(
            f"Sista dag för besked var {shown.last_on}. Be nämndens sekreterare om längre tid:"
            " när den är antecknad kan ni lämna ert besked här."
        )
    if on > today:
        raise Refused(f"Dagen {on} har inte kommit. Anteckna beslutet när det är fattat.")
    if on < timezone.localdate(shown.versions[0].at):
        raise Refused(f"Dagen {on} ligger före erbjudandet. Ändra dagen.")
    return OptionDecision.objects.create(
        option=option,
        version=shown.current.number,
        answer=answer,
        on=on,
        paragraph=paragraph,
        note=note,
        made_by=by.name,
        made_by_title=by.title,
        at=at,
        open_to=to_everybody(),
    )


def offers() -> tuple[OfferShown, ...]:
    """Return every offer that is open to us, the newest first."""
    found = _offers()
    return tuple(sorted(found, key=lambda it: it.versions[0].at, reverse=True))


def offer(option: UUID) -> OfferShown:
    """Return an offer.

    :raises NoSuchOffer: if there is none such that is open to us
    """
    found = _offers(option=option)
    if not found:
        raise NoSuchOffer
    return found[0]


def own_code(shown: OfferShown) -> str | None:
    """Return the code under which we are asked, or None if we are not."""
    code = shown.board.codes[acting_for()]
    return code if code in shown.inhabitants else None


def _keep(
    content: OfferContent, *, option: UUID, number: int, reason: str, by: Doer, at: datetime
) -> Offer:
    _refuse_passed(content.last_on, at=at)
    row = PopulationSnapshot.objects.filter(pk=content.population).first()
    if row is None:
        raise NoSuchPopulation
    asked = parties.board().municipalities
    # Tried now, so that no offer is made that cannot be shared when everybody calls off.
    calloff.effect(content.price, row.inhabitants, asked)
    return Offer.objects.create(
        option=option,
        number=number,
        name=content.name,
        description=content.description,
        **vars(content.price),
        population=content.population,
        inhabitants={code: row.inhabitants[code] for code in asked},
        counted_on=row.on,
        last_on=content.last_on,
        reason=reason,
        made_by=by.name,
        made_by_title=by.title,
        at=at,
        open_to=to_everybody(),
    )


def _refuse_passed(last_on: date, *, at: datetime) -> None:
    if calloff.days_left(last_on, today=timezone.localdate(at)) < 0:
        raise Refused(f"Dagen {last_on} har redan varit. Välj en dag som kommer.")


@transaction.atomic
def _offers(**of: UUID) -> list[OfferShown]:
    board = parties.board()
    with books_of(board.host):
        versions = _versions(of)
        extensions = _extensions(of)
    decisions = _decisions(board, of)
    return [
        OfferShown(option, board, made, extensions.get(option, ()), decisions.get(option, {}))
        for option, made in versions.items()
    ]


def _versions(of: Mapping[str, UUID]) -> dict[UUID, tuple[OfferVersion, ...]]:
    found: dict[UUID, tuple[OfferVersion, ...]] = {}
    rows: Iterable[Mapping[str, Any]] = Offer.objects.filter(**of).order_by("number").values()
    for row in rows:
        version = OfferVersion(
            row["number"],
            OfferContent(
                row["name"],
                row["description"],
                Price(**{it.name: row[it.name] for it in fields(Price)}),
                row["population"],
                row["last_on"],
            ),
            row["inhabitants"],
            row["counted_on"],
            *(row[it] for it in _MADE),
        )
        found[row["option"]] = (*found.get(row["option"], ()), version)
    return found


_MADE = ("reason", "made_by", "made_by_title", "at")


def _extensions(of: Mapping[str, UUID]) -> dict[UUID, tuple[Extended, ...]]:
    found: dict[UUID, tuple[Extended, ...]] = {}
    rows = DeadlineExtension.objects.filter(**of).order_by("id")
    for option, *told in rows.values_list("option", "last_on", *_MADE):
        found[option] = (*found.get(option, ()), Extended(*told))
    return found


def _decisions(
    board: Board, of: Mapping[str, UUID]
) -> dict[UUID, dict[str, tuple[OptionDecided, ...]]]:
    found: dict[UUID, dict[str, tuple[OptionDecided, ...]]] = {}
    for schema, code in board.codes.items():
        with books_of(schema):
            rows = OptionDecision.objects.filter(**of).order_by("id")
            for option, answer, *told in rows.values_list("option", "answer", *_DECIDED):
                made = found.setdefault(option, {})
                made[code] = (*made.get(code, ()), OptionDecided(Answer(answer), *told))
    return found


_DECIDED = ("version", "on", "paragraph", "note", "made_by", "made_by_title", "at")
