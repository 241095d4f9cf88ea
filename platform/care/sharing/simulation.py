"""What an agreement's text would open and close of our rows, before anybody has signed it.

Computed with the very decision that stamps the rows (`rls.openings`), and nothing is written: only
counts come out, of what is at home. The others compute theirs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from care.sharing.models import Opening
from tenants import agreements
from tenants.agreements import Agreement, InfoClass
from tenants.context import acting_for

AT_ONCE = 500  # cases, for each of which nothing more is asked

Opens = set[tuple[str, str]]  # viewer, information class
Rows = Mapping[tuple[UUID, str], int]  # how many rows a case has of an information class


class Effect(StrEnum):
    """What becomes of what another huvudman may read."""

    OPENS = "opens"
    STAYS = "stays"
    CLOSES = "closes"


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
    cases: Counter[tuple[Effect, str, str]] = Counter()
    rows: Counter[tuple[Effect, str, str]] = Counter()
    for batch in _batches():
        written = _rows_of([it for it, _ in batch.values()])
        consents = individuals.consents_of(common_id for common_id, _ in batch.values())
        for common_id, units in batch.values():
            was, becomes = (
                _opens(
                    rls.openings(
                        common_id,
                        units=units,
                        consents=consents[common_id],
                        in_force=in_force,
                        at=moment,
                    )
                )
                for in_force in (before, after)
            )
            for key in effects(was, becomes):
                cases[key] += 1
                rows[key] += written.get((common_id, key[2]), 0)
    viewers = ({*text.parties} | {viewer for _, viewer, _ in cases}) - {me}
    return Forecast(
        moment,
        tuple(
            Change(
                viewer,
                info_class,
                *(
                    Counted(cases[it, viewer, info_class], rows[it, viewer, info_class])
                    for it in Effect
                ),
            )
            for viewer in sorted(viewers)
            for info_class in InfoClass
        ),
    )


def effects(was: Opens, becomes: Opens) -> Iterator[tuple[Effect, str, str]]:
    """Tell what becomes of everything that is open or would be."""
    for key in sorted(was | becomes):
        if key not in was:
            yield Effect.OPENS, *key
        elif key in becomes:
            yield Effect.STAYS, *key
        else:
            yield Effect.CLOSES, *key


def _opens(openings: Iterable[Opening]) -> Opens:
    return {(it.viewer, it.info_class) for it in openings}


def _batches() -> Iterator[dict[UUID, tuple[UUID, dict[str, str]]]]:
    """Give the cases with a consent: their ids, the common ones, and one unit of each huvudman."""
    consented = Consent.objects.filter(type=Consent.Type.COORDINATED_RECORD).values("common_id")
    waiting = Case.objects.filter(common_id__in=consented).order_by("id")
    last = rls.FIRST
    while found := list(waiting.filter(id__gt=last).values_list("id", "common_id")[:AT_ONCE]):
        batch: dict[UUID, tuple[UUID, dict[str, str]]] = {pk: (it, {}) for pk, it in found}
        parts = Participation.objects.filter(case__in=list(batch), until_at=None)
        for case_id, tenant, unit_id in parts.order_by("-from_at").values_list(
            "case_id", "tenant", "unit_id"
        ):
            batch[case_id][1][tenant] = unit_id
        yield batch
        last = found[-1][0]


def _rows_of(common_ids: Sequence[UUID]) -> Rows:
    counted: Counter[tuple[UUID, str]] = Counter()
    for model in rls.shareable():
        # Rows of other branches are born closed and stay so.
        rows = model._default_manager.filter(
            common_id__in=common_ids, branch__in=policy.WITHIN_2022_913
        )
        for common_id, info_class, many in rows.values_list("common_id", "info_class").annotate(
            Count("pk")
        ):
            counted[common_id, info_class] += many
    return counted
