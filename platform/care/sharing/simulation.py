"""What an agreement's text would open and close of our rows, before anybody has signed it.

Computed with the very decision that stamps the rows (`rls.openings`), and nothing is written: only
counts come out, of what is at home. The others compute theirs.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count

from care.cases.models import Case, Participation
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.individuals import queries as individuals
from care.individuals.models import Consent
from care.sharing import access, policy, rls
from tenants import agreements
from tenants.agreements import Agreement, InfoClass
from tenants.context import acting_for

AT_ONCE = 500  # cases, for each of which nothing more is asked

Opens = set[tuple[str, str, str]]  # viewer, information class, branch


class Effect(StrEnum):
    """What becomes of what another huvudman may read."""

    OPENS = "opens"
    STAYS = "stays"
    CLOSES = "closes"


Tally = Counter[tuple[Effect, str, str]]  # by viewer and information class


@dataclass(frozen=True)
class _Known:
    """What is known of a case, and which rows it has."""

    case: rls.Known
    rows: Counter[tuple[str, str]]  # by branch and information class


@dataclass(frozen=True)
class Counted:
    """How many cases, also those where nothing is written yet, and how many rows."""

    cases: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Change:
    """What a text would do to what one huvudman may read of one information class here."""

    viewer: str
    info_class: InfoClass
    opens: Counted
    stays: Counted
    closes: Counted


@dataclass(frozen=True)
class Forecast:
    """What a text would do to our rows, at the moment when it begins to apply."""

    begins_at: datetime
    changes: tuple[Change, ...]  # by viewer and information class; those that change nothing too

    @property
    def changes_nothing(self) -> bool:
        """Tell whether everything would be as it is."""
        return all(it.opens == it.closes == Counted() for it in self.changes)


def forecast(text: Agreement, *, actor: Actor, at: datetime) -> Forecast:
    """Return what a text would open and close here, if every party signed it now.

    A period that has not begun is looked at as it will be when it begins, as far as is known now.

    :param text: a version that is written, or one that is proposed
    :raises access.NotAllowed: if the role does not draft agreements
    """
    access.refuse_unless(actor, Permission.DRAFT_AGREEMENT)
    me = acting_for()
    moment = max(at, text.begins_at)
    before = agreements.in_force(me, at=moment)
    after = agreements.in_force_with(me, text, at=moment)
    cases, rows = _tally(before, after, at=moment)
    viewers = ({*text.parties} | {viewer for _, viewer, _ in cases}) - {me}
    changes = (
        Change(
            viewer,
            info_class,
            **{
                it: Counted(cases[it, viewer, info_class], rows[it, viewer, info_class])
                for it in Effect
            },
        )
        for viewer in sorted(viewers)
        for info_class in InfoClass
    )
    return Forecast(moment, tuple(changes))


def _tally(
    before: Sequence[Agreement], after: Sequence[Agreement], *, at: datetime
) -> tuple[Tally, Tally]:
    """Return of how many cases, and of how many rows, what becomes open, stays so or closes."""
    cases: Tally = Counter()
    rows: Tally = Counter()
    for known in _consented():
        found = list(effects(_opens(known, before, at), _opens(known, after, at)))
        cases.update({key[:3] for key in found})
        for effect, viewer, info_class, branch in found:
            rows[effect, viewer, info_class] += known.rows[branch, info_class]
    return cases, rows


def effects(was: Opens, becomes: Opens) -> Iterator[tuple[Effect, str, str, str]]:
    """Tell what becomes of everything that is open or would be."""
    for key in sorted(was | becomes):
        if key not in was:
            yield Effect.OPENS, *key
        elif key in becomes:
            yield Effect.STAYS, *key
        else:
            yield Effect.CLOSES, *key


def _opens(known: _Known, in_force: Sequence[Agreement], at: datetime) -> Opens:
    decided = rls.openings(known.case, in_force=in_force, at=at)
    return {(it.viewer, it.info_class, it.branch) for it in decided}


def _consented() -> Iterator[_Known]:
    """Give what is known of every case with a consent, some at a time."""
    consented = Consent.objects.filter(type=Consent.Type.COORDINATED_RECORD).values("common_id")
    waiting = Case.objects.filter(common_id__in=consented).order_by("id")
    last = rls.FIRST
    columns = "id", "common_id", "individual_id"
    while batch := list(waiting.filter(id__gt=last).values_list(*columns)[:AT_ONCE]):
        seats = _seats_of([case_id for case_id, _, _ in batch])
        consents = individuals.consents_of([common_id for _, common_id, _ in batch])
        rows = _rows_of([common_id for _, common_id, _ in batch])
        blocks = individuals.blocks_of([person for _, _, person in batch])
        for case_id, common_id, person in batch:
            units, branches = rls.seated(seats[case_id])
            case = rls.Known(common_id, units, branches, consents[common_id], blocks[person])
            yield _Known(case, rows[common_id])
        last = batch[-1][0]


def _seats_of(case_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[rls.Seat]]:
    """Return of each case the units that take part, as restamping takes them."""
    found: dict[UUID, list[rls.Seat]] = {it: [] for it in case_ids}
    parts = Participation.objects.filter(case__in=case_ids, until_at=None).order_by("from_at", "id")
    for case_id, *seat in parts.values_list("case_id", "tenant", "unit_id", "unit__branch"):
        found[case_id].append((seat[0], seat[1], seat[2]))
    return found


def _rows_of(common_ids: Sequence[UUID]) -> Mapping[UUID, Counter[tuple[str, str]]]:
    """Return how many rows each case has of each branch and information class."""
    counted: dict[UUID, Counter[tuple[str, str]]] = {it: Counter() for it in common_ids}
    for model in rls.shareable():
        # Rows of other branches are born closed and stay so.
        rows = model._default_manager.filter(
            common_id__in=common_ids, branch__in=policy.WITHIN_2022_913
        )
        by_class = rows.values_list("common_id", "branch", "info_class").annotate(Count("pk"))
        for common_id, branch, info_class, many in by_class:
            counted[common_id][branch, info_class] += many
    return counted
