"""Questions about one case, answered with values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from care.cases.models import Case, Deadline, Event
from care.law import discharge
from care.law.history import Fact
from care.law.terms import Terms
from tenants.models import Unit

REPLACE = "replace_message"


@dataclass(frozen=True)
class Happening:
    """Händelse: one line of the history, as it was recorded here."""

    act: str
    at: datetime
    recorded_at: datetime
    origin: str
    unit_id: str
    unit_kind: str
    actor_name: str
    actor_title: str
    body: dict[str, Any]
    is_flagged: bool
    message_id: UUID | None


@dataclass(frozen=True)
class Part:
    """A unit that takes part in a case."""

    unit_id: str
    name: str
    kind: str
    branch: str
    phone: str
    tenant: str
    from_at: datetime


def happenings(case: Case) -> list[Happening]:
    """Return everything recorded here about a case, in order of when it was true."""
    rows = Event.objects.filter(common_id=case.common_id).order_by("at", "id")
    return [
        Happening(
            it.act,
            it.at,
            it.recorded_at,
            it.origin,
            it.unit_id,
            it.unit_kind,
            it.actor_name,
            it.actor_title,
            it.body,
            it.is_flagged,
            it.message_id,
        )
        for it in rows
    ]


def terms(case: Case) -> Terms:
    """Return the terms that hold in a case, with the days of psychiatric care where it is that."""
    agreed = Terms.from_json(case.terms)
    return agreed.for_psychiatry() if case.variant == Case.Variant.PSYCHIATRIC else agreed


def facts(case: Case) -> tuple[Fact, ...]:
    """Return the history as the law reads it: acts with their content, corrections put in place."""
    return facts_of(happenings(case), kinds=unit_kinds(case))


def facts_of(history: Sequence[Happening], *, kinds: dict[str, str]) -> tuple[Fact, ...]:
    """Return the history as the law reads it.

    A message that replaces another corrects its content; the time when the first was sent stands.

    :param kinds: of units, for what was recorded before their kind was recorded with it
    """
    corrected = {
        it.body["replaces"]: it.body
        for it in history
        if it.act == REPLACE and "replaces" in it.body
    }
    made = []
    for it in history:
        if it.act not in set(discharge.Act):
            continue
        kind = it.unit_kind or kinds.get(it.unit_id)
        body, seen = it.body, str(it.message_id)
        while seen in corrected:  # a correction may itself have been corrected
            body = corrected[seen]
            seen = body.get("message_id", "")
        made.append(
            Fact(
                act=discharge.Act(it.act),
                at=it.at,
                body=body,
                unit_kind=kind,
                by_care_contact=it.act == discharge.Act.CALL_TO_PLANNING
                and kind == Unit.Kind.PRIMARY_CARE,
            )
        )
    return tuple(made)


def unit_kinds(case: Case) -> dict[str, str]:
    """Return the kind of every unit that takes or took part."""
    return dict(case.participations.values_list("unit", "unit__kind"))


def parts(case: Case) -> list[Part]:
    """Return the units that take part, the sending one first."""
    rows = case.participations.filter(until_at=None).select_related("unit")
    order = {kind: number for number, kind in enumerate(Unit.Kind.values)}
    return sorted(
        (
            Part(
                row.unit.hsa_id,
                row.unit.name,
                row.unit.kind,
                row.unit.branch,
                row.unit.phone,
                row.tenant,
                row.from_at,
            )
            for row in rows
        ),
        key=lambda it: (order[it.kind], it.name),
    )


def branches(parts: Iterable[Part]) -> Mapping[str, frozenset[str]]:
    """Return the huvudmän that take part, each with the branches of its units."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        found[part.tenant].add(part.branch)
    return {tenant: frozenset(it) for tenant, it in found.items()}


@dataclass(frozen=True)
class Taken:
    """A unit that takes or took part in a case, from when to when."""

    unit_id: str
    name: str
    tenant: str
    from_at: datetime
    until_at: datetime | None


def all_parts(case: Case) -> tuple[Taken, ...]:
    """Return every unit that takes or took part, the first one first."""
    rows = case.participations.order_by("from_at", "id").values_list(
        "unit_id", "unit__name", "tenant", "from_at", "until_at"
    )
    return tuple(Taken(*row) for row in rows)


def tenants(case: Case) -> set[str]:
    """Return the huvudmän whose units take or took part."""
    return set(case.participations.values_list("tenant", flat=True))


def latest(case: Case) -> Event | None:
    """Return the newest act of the process in a case."""
    acts = [it.value for it in discharge.Act]
    return (
        Event.objects.filter(common_id=case.common_id, act__in=[*acts, REPLACE])
        .order_by("-at", "-id")
        .first()
    )


def next_deadlines(case: Case) -> dict[str, Deadline]:
    """Return by unit the deadline that it must look at first: running, or overdue and not met."""
    running = case.deadlines.filter(met_at=None, cancelled_at=None).order_by("-due_at", "-id")
    return {deadline.unit_id: deadline for deadline in running}


@dataclass(frozen=True)
class Due:
    """Frist: one deadline at a unit here."""

    key: str
    rule: str
    unit_id: str
    statute: str
    due_at: datetime
    met_at: datetime | None
    is_cancelled: bool

    def is_overdue(self, *, at: datetime) -> bool:
        """Tell whether time ran out before it was met."""
        return not self.is_cancelled and (self.met_at or at) > self.due_at


def dues(case: Case) -> tuple[Due, ...]:
    """Return every deadline at the units here, the next one first."""
    rows = case.deadlines.order_by("due_at", "id")
    return tuple(
        Due(
            it.key,
            it.rule,
            it.unit_id,
            it.statute,
            it.due_at,
            it.met_at,
            it.cancelled_at is not None,
        )
        for it in rows
    )


def acts_by(
    assignment_ids: Collection[UUID], *, since: datetime
) -> list[tuple[UUID, str, datetime]]:
    """Return what was done here in some assignments since a moment: case, act and when."""
    rows = Event.objects.filter(assignment_id__in=assignment_ids, at__gte=since)
    return list(rows.order_by("at", "id").values_list("common_id", "act", "at"))


def of_identities(values: Collection[str]) -> list[UUID]:
    """Return the common identities of the cases of some people, by their identities."""
    found = Case.objects.filter(individual__identities__value__in=values)
    return list(found.values_list("common_id", flat=True))
