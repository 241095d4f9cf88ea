"""Rutiner and riktlinjer of a county: versions, who decided them, and which one holds.

A routine is its writer's: the huvudman that wrote the first version writes the others. A version
holds when its writer has told of the decision and its period runs.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tenants import decisions
from tenants.context import acting_for
from tenants.decisions import Decided
from tenants.models import RoutineText, Tenant
from tenants.onboarding import Step
from tenants.progress import By, add, written_meanwhile
from tenants.sorting import sort_key

STOCKHOLM = ZoneInfo("Europe/Stockholm")
RoutineKind = RoutineText.Kind


class State(StrEnum):
    """Where a version of a routine stands."""

    DRAFT = "draft"
    REJECTED = "rejected"
    DECIDED = "decided"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    EXPIRED = "expired"


class NoSuchRoutine(Exception):
    """There is no such routine in the county."""


class NotTheWriter(Exception):
    """Another huvudman wrote the text."""


@dataclass(frozen=True)
class Wording:
    """What somebody writes as a version of a routine."""

    kind: RoutineKind
    heading: str
    text: str
    valid_from: date
    valid_until: date | None = None
    step: Step | None = None
    act: str = ""


@dataclass(frozen=True)
class Version:
    """One version of a routine, and what has been decided of it."""

    id: UUID
    version: int
    owner: str
    wording: Wording
    text_hash: str
    by: By
    at: datetime
    decisions: Mapping[str, Decided]  # by huvudman

    @property
    def decided(self) -> Decided | None:
        """Return the decision that makes it hold: that of the huvudman that wrote it."""
        return self.decisions.get(self.owner)

    def has_begun(self, at: datetime) -> bool:
        """Tell whether it is decided and its first day has come."""
        is_approved = self.decided is not None and self.decided.decision.is_approved
        return is_approved and self.wording.valid_from <= at.astimezone(STOCKHOLM).date()

    def has_run_out(self, at: datetime) -> bool:
        """Tell whether its last day has passed."""
        last = self.wording.valid_until
        return last is not None and last < at.astimezone(STOCKHOLM).date()


@dataclass(frozen=True)
class Routine:
    """A routine with its versions, the first one first."""

    versions: tuple[Version, ...]

    @property
    def id(self) -> UUID:
        """Return the identity that its versions share."""
        return self.versions[0].id

    @property
    def owner(self) -> str:
        """Return the huvudman that writes it."""
        return self.versions[0].owner

    @property
    def newest(self) -> Version:
        """Return the version that was written last."""
        return self.versions[-1]

    def begun(self, at: datetime) -> Version | None:
        """Return the newest version that has begun, running or not."""
        return next((it for it in reversed(self.versions) if it.has_begun(at)), None)

    def in_force(self, at: datetime) -> Version | None:
        """Return the version that holds."""
        begun = self.begun(at)
        return begun if begun and not begun.has_run_out(at) else None

    def state(self, version: Version, at: datetime) -> State:
        """Return where a version stands."""
        if version.decided is None:
            return State.DRAFT
        if not version.decided.decision.is_approved:
            return State.REJECTED
        begun = self.begun(at)
        if begun and version.version < begun.version:
            return State.REPLACED
        if not version.has_begun(at):
            return State.DECIDED
        return State.EXPIRED if version.has_run_out(at) else State.IN_FORCE


def write(
    wording: Wording, *, routine: UUID | None = None, seen: int = 0, by: By, at: datetime
) -> Version:
    """Write a version of a routine, for the huvudman that acts.

    :param routine: the one that gets a further version; None for the first
    :param seen: the version that was the newest when the form was read
    :raises NoSuchRoutine: if there is none such
    :raises NotTheWriter: if it is another's
    :raises progress.WrittenMeanwhile: if somebody has written a version since
    """
    last = 0
    if routine is not None:
        known = one(routine)
        if known.owner != acting_for():
            raise NotTheWriter
        if known.newest.version != seen:
            raise written_meanwhile(known.newest.by.name)
        numbers = RoutineText.objects.filter(routine=routine).values_list("version", flat=True)
        last = max(numbers)  # also of one that does not count
    row = RoutineText(
        owner=acting_for(),
        routine=routine or uuid4(),
        version=last + 1,
        kind=wording.kind,
        heading=wording.heading,
        text=wording.text,
        step=wording.step or "",
        act=wording.act,
        valid_from=wording.valid_from,
        valid_until=wording.valid_until,
        name=by.name,
        title=by.title,
        written_at=at,
    )
    row.text_hash = _hash_of(row)
    add(row)
    return _version(row, {})


def one(routine: UUID) -> Routine:
    """Return a routine.

    :raises NoSuchRoutine: if there is none such
    """
    found = _read(routine=routine)
    if not found:
        raise NoSuchRoutine
    return found[0]


def versions_of(ids: Iterable[UUID]) -> tuple[Version, ...]:
    """Return every version of some routines, in a fixed number of questions."""
    return tuple(it for found in _read(routine__in=list(ids)) for it in found.versions)


def of_county() -> tuple[Routine, ...]:
    """Return the routines of the huvudmän in the county of the one that acts, in Swedish order."""
    county = Tenant.objects.filter(schema_name=acting_for()).values("county_code")
    owners = Tenant.objects.filter(county_code__in=county).values_list("schema_name", flat=True)
    found = _read(owner__in=list(owners))
    return tuple(sorted(found, key=lambda it: (sort_key(it.newest.wording.heading), it.id)))


def holding(*, at: datetime) -> tuple[Version, ...]:
    """Return what holds in the county of the huvudman that acts."""
    return tuple(version for it in of_county() if (version := it.in_force(at)))


def _read(**asked: object) -> list[Routine]:
    rows: dict[UUID, list[RoutineText]] = {}
    for row in RoutineText.objects.filter(**asked).order_by("routine", "version"):
        # Another huvudman can enter a row under the same identity; the first one's writer counts.
        versions = rows.setdefault(row.routine, []) if row.version == 1 else rows.get(row.routine)
        if versions is not None and row.owner == (versions or [row])[0].owner:
            versions.append(row)
    found = decisions.decided(*rows)
    return [
        # A decision is of the text as it stands.
        Routine(
            tuple(
                _version(it, found.get(it.text_hash, {}) if it.text_hash == _hash_of(it) else {})
                for it in versions
            )
        )
        for versions in rows.values()
    ]


def _version(row: RoutineText, decided: Mapping[str, Decided]) -> Version:
    return Version(
        id=row.routine,
        version=row.version,
        owner=row.owner,
        wording=Wording(
            kind=RoutineKind(row.kind),
            heading=row.heading,
            text=row.text,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            step=Step(row.step) if row.step else None,
            act=row.act,
        ),
        text_hash=row.text_hash,
        by=By(row.name, row.title),
        at=row.written_at,
        decisions=decided,
    )


def _hash_of(row: RoutineText) -> str:
    text = json.dumps(
        [
            str(row.routine), row.version, row.kind, row.heading, row.text, row.step, row.act,
            row.valid_from.isoformat(), row.valid_until.isoformat() if row.valid_until else None,
        ],
        ensure_ascii=False,
    )  # fmt: skip
    return sha256(text.encode()).hexdigest()
