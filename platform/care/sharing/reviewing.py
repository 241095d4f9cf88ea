"""What log review reads of the access log and of cases: who, when and where, and no content.

It opens no case. The name of the person that an entry is about comes out by a door of its own,
which logs that the reviewer has seen it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.cases.models import Case, Participation
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.sharing import access
from care.sharing.entries import CaseFacts, Entry, Part
from care.sharing.models import AccessLog

# What a page of one's own worklist shows is looked at as one; the review does not read it.
NOT_JUDGED = ("list", "review")
BATCH = 2000
# In the order of Entry.
COLUMNS = (
    "id", "at", "staff_id", "staff_name", "assignment_id", "title", "unit_id", "unit_name",
    "activity",
)  # fmt: skip
Told = tuple[int, datetime, UUID, str, UUID, str, str, str, str]


def entries(*, since: datetime, until: datetime) -> Iterator[Entry]:
    """Yield the entries of our log in a period that are about somebody's case, the first first.

    Whoever calls it has judged that the actor may, and logs that it was read.
    """
    rows = AccessLog.objects.filter(at__gte=since, at__lt=until).exclude(activity__in=NOT_JUDGED)
    columns = rows.order_by("at", "id").values_list(*COLUMNS, "common_ids", "emergency_id")
    for row in columns.iterator(chunk_size=BATCH):
        told: Told = row[: len(COLUMNS)]
        *_, common_ids, emergency_id = row
        if common_ids:
            yield Entry(*told, tuple(UUID(it) for it in common_ids), emergency_id is not None)


def facts(common_ids: Collection[UUID]) -> Mapping[UUID, CaseFacts]:
    """Return what signals ask of several cases; nobody reads it as a page."""
    found: dict[UUID, CaseFacts] = {}
    asked = sorted(common_ids)
    for first in range(0, len(asked), BATCH):
        some = asked[first : first + BATCH]
        parts = _parts(some)
        rows = Case.objects.filter(common_id__in=some).values_list(
            "common_id", "individual__given_name", "individual__family_name",
            "individual__protection", "is_open", "state_at",
        )  # fmt: skip
        for common_id, given, family, protection, is_open, state_at in rows:
            closed_at = None if is_open else state_at
            found[common_id] = CaseFacts(
                common_id, given, family, bool(protection), closed_at, tuple(parts[common_id])
            )
    return found


def _parts(common_ids: Collection[UUID]) -> Mapping[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = {it: [] for it in common_ids}
    rows = Participation.objects.filter(case__common_id__in=common_ids).order_by("from_at", "pk")
    for common_id, unit_id, from_at, until_at in rows.values_list(
        "case__common_id", "unit_id", "from_at", "until_at"
    ):
        found[common_id].append(Part(unit_id, from_at, until_at))
    return found


@dataclass(frozen=True)
class Concerned:
    """Whose case is reviewed; who has protected identity is not named to whoever reviews."""

    name: str  # empty: protected, or the case is no longer here
    is_protected: bool = False


def person_of(*, actor: Actor, permission: Permission, common_id: UUID, at: datetime) -> Concerned:
    """Return whose case it is, to a reviewer; that it was told is logged.

    :raises access.NotAllowed: if the role does not carry the right
    """
    access.refuse_unless(actor, permission)
    with transaction.atomic(savepoint=False):
        access.log(actor=actor, owner=actor.tenant, activity="review", common_ids=[common_id],
                   rows=1, at=at)  # fmt: skip
        found = Case.objects.select_related("individual").filter(common_id=common_id).first()
    if found is None:
        return Concerned("")
    if found.individual.protection:
        return Concerned("", is_protected=True)
    return Concerned(f"{found.individual.given_name} {found.individual.family_name}")
