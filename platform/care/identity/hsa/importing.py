"""Bringing assignments in line with HSA: what differs and why first, then all of it at once.

What is told is what is done: both are the same plan. Said again, the same batch changes nothing:
HSA has confirmed what it says when the batch was made, whenever it is read. An inbox is opened and
closed by people: a unit that HSA knows and the address book does not is told, and so is one that
HSA has ended.

A batch is not signed, so whoever uploads it may have written it. Where it takes two that one asks
for what is new, and the rest waits for the batch that the operator fetches.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from care.identity import approving, operations
from care.identity.actors import Actor
from care.identity.entries import AssignmentEntry
from care.identity.hsa import reading, wanting
from care.identity.hsa.reading import Batch
from care.identity.hsa.wanting import LeftOut, Wanted
from care.identity.importing import BadFile, Change, Line, Report
from care.identity.models import Assignment, DirectoryEvent, Staff
from care.identity.permissions import CARE_ROLES, ROLE_LABELS, Permission, Role
from care.identity.queries import HELD
from care.law import calendar
from tenants.apart import is_training
from tenants.context import acting_for
from tenants.models import Unit
from tenants.sorting import sort_key

What = DirectoryEvent.What
Key = tuple[str, str, str]
FROM_HSA = (Assignment.Kind.HSA_COMMISSION, Assignment.Kind.HSA_SYSTEM_ROLE)
# What of an assignment follows HSA, and what it is called in the report.
FOLLOWED = {
    "title": "befattning", "kind": "slag", "source": "uppdrag i HSA",
    "provider_id": "vårdgivare", "rights": "rättigheter",
}  # fmt: skip
LIFTED = "har inte längre skyddade personuppgifter"
ROWS = 1000
AHEAD = timedelta(minutes=5)  # so much another's clock may be before ours


@dataclass
class _Plan:
    """What is to be done, and what is told of it."""

    lines: list[Line] = field(default_factory=list)
    added: list[Wanted] = field(default_factory=list)
    asked: list[Wanted] = field(default_factory=list)
    changed: list[tuple[Assignment, Wanted]] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)
    people: list[tuple[Staff, str, bool]] = field(default_factory=list)  # name, protected
    units: list[tuple[Unit, bool]] = field(default_factory=list)  # feigned or not

    def tell(self, subject: str, change: Change, text: str) -> None:
        """Note a line of the report."""
        self.lines.append(Line(None, subject, change, text))


def import_hsa(
    *, actor: Actor, content: bytes, takes_two: bool, dry_run: bool, at: datetime
) -> Report:
    """Bring the huvudman's assignments in line with a batch; a dry run reports only.

    :param takes_two: what is new is asked for, names and new protection are followed, and the rest
        is told only; nothing is confirmed
    :raises BadFile: if the file cannot be read, is older than what was read before or than HSA's
        word holds, or is of a time to come
    :raises operations.NotAdministrator: if the actor may not
    """
    operations.refuse_unless_administrator(actor, Permission.ADMINISTER_ASSIGNMENTS)
    batch = reading.read(content)
    with transaction.atomic():
        own = _own_units()
        rows = _rows()
        _refuse_untimely(batch, at=at)
        _refuse_older(batch, rows)
        waiting = approving.waiting_keys() if takes_two else frozenset()
        plan = _planned(batch, own, rows, waiting, at=at)
        if takes_two:
            _leave_to_two(plan)
        _compare_people(plan, batch, takes_two=takes_two)
        if not dry_run:
            _write(plan, batch, actor=actor, at=at)
            if not takes_two:
                _confirm(batch)
    plan.lines.sort(key=lambda it: (it.subject, it.change, it.text))
    return Report(tuple(plan.lines), is_written=not dry_run)


def _own_units() -> dict[str, Unit]:
    rows = Unit.objects.select_for_update().filter(owner=acting_for(), archived_on=None)
    return {it.hsa_id: it for it in rows}


def _rows() -> list[Assignment]:
    """Return what holds, and what an administrator has closed here though HSA may say it still."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("staff")
    holding = rows.filter(revoked_at=None)
    closed = rows.filter(kind__in=FROM_HSA).exclude(revoked_at=None).exclude(closed_here_at=None)
    return [*holding.order_by("id"), *closed.order_by("closed_here_at", "id")]


def _refuse_untimely(batch: Batch, *, at: datetime) -> None:
    """Refuse what would block every later batch, and what would hold no longer when it is read."""
    made = f"{batch.made_at:%Y-%m-%d %H.%M}"
    if batch.made_at > at + AHEAD:
        raise BadFile(
            f"Uttaget säger att det är gjort {made}, och dit är det en stund kvar. Kontrollera"
            " klockan där uttaget görs, och hämta ett nytt."
        )
    if batch.made_at + HELD <= at:
        raise BadFile(
            f"Uttaget är gjort {made}, och HSA:s besked gäller i sju dagar. Hämta ett nytt uttag."
        )


def _refuse_older(batch: Batch, rows: Iterable[Assignment]) -> None:
    versions = [it.source_version for it in rows if it.source_version]
    newest = max(map(datetime.fromisoformat, versions), default=None)
    if newest is not None and batch.made_at < newest:
        raise BadFile(
            f"Uttaget är äldre än det som lästes in senast ({calendar.local_date(newest)}). Hämta"
            " ett nytt uttag."
        )


def _planned(
    batch: Batch,
    own: Mapping[str, Unit],
    rows: Sequence[Assignment],
    waiting: Collection[Key],
    *,
    at: datetime,
) -> _Plan:
    plan = _Plan()
    holding = {_key(it): it for it in rows if it.revoked_at is None}
    closed = {_key(it): it for it in rows if it.revoked_at is not None}
    wanted = _wanted(batch, own, plan, at=at)
    for key, it in wanted.items():
        if key in holding:
            _compare(plan, holding[key], it, own[it.unit_id])
        elif key in closed:
            plan.tell(
                it.hsa_id, Change.LEFT_OUT,
                f"{_described(it, own[it.unit_id])}: avslutat här"
                f" {calendar.local_date(closed[key].closed_here_at or at)}, fast HSA har det kvar.",
            )  # fmt: skip
        elif key in waiting:
            plan.tell(it.hsa_id, Change.LEFT_OUT, approving.asked_before(it.name))
        else:
            plan.added.append(it)
            plan.tell(it.hsa_id, Change.ADDED, _described(it, own[it.unit_id]))
    for key, row in holding.items():
        if row.kind in FROM_HSA and key not in wanted:
            plan.ended.append(row)
            role = ROLE_LABELS[Role(row.role)]
            plan.tell(
                row.staff.hsa_id, Change.ENDED,
                f"{row.staff.name}, {role}, {row.unit_id}: HSA har det inte längre.",
            )  # fmt: skip
    _compare_units(plan, batch, own, at=at)
    return plan


def _leave_to_two(plan: _Plan) -> None:
    """Let what is new be asked for, and what differs or ends wait for the operator's batch."""
    told = {
        Change.ADDED: Change.ASKED,
        Change.CHANGED: Change.AWAITED,
        Change.ENDED: Change.AWAITED,
    }
    plan.lines = [replace(it, change=told.get(it.change, it.change)) for it in plan.lines]
    plan.asked, plan.added = plan.added, []
    plan.changed, plan.ended, plan.units = [], [], []


def _wanted(
    batch: Batch, own: Mapping[str, Unit], plan: _Plan, *, at: datetime
) -> dict[Key, Wanted]:
    found: dict[Key, Wanted] = {}
    is_test = is_training(acting_for())
    for person in batch.credentials:
        for it in wanting.of_person(person, own=own, is_test=is_test, at=at):
            if isinstance(it, LeftOut):
                plan.tell(it.hsa_id, Change.LEFT_OUT, it.text)
            else:
                found.setdefault(it.key, it)  # two commissions may give the same
    return found


def _compare(plan: _Plan, row: Assignment, wanted: Wanted, unit: Unit) -> None:
    old, new = _followed(row), _followed(wanted)
    told = [f"{FOLLOWED[it]}: {old[it]} → {new[it]}" for it in FOLLOWED if old[it] != new[it]]
    described = _described(wanted, unit)
    if told:
        plan.changed.append((row, wanted))
        plan.tell(wanted.hsa_id, Change.CHANGED, f"{described}. {'; '.join(told)}")
    else:
        plan.tell(wanted.hsa_id, Change.UNCHANGED, described)


def _followed(it: Assignment | Wanted) -> dict[str, str]:
    return {
        "title": it.title,
        "kind": str(Assignment.Kind(it.kind).label),
        "source": it.source,
        "provider_id": it.provider_id,
        "rights": ", ".join(it.rights),
    }


def _compare_people(plan: _Plan, batch: Batch, *, takes_two: bool) -> None:
    """Follow names and protection of everybody known here, also whom HSA gives no assignment.

    Somebody new comes with the assignment. Nobody lifts a protection alone where it takes two.
    """
    is_test = is_training(acting_for())
    said = {it.hsa_id: it for it in batch.credentials if is_test or not it.is_feigned}
    for person in Staff.objects.filter(hsa_id__in=said).order_by("hsa_id"):
        it = said[person.hsa_id]
        lifted = person.is_protected and not it.is_protected
        told = []
        if person.name != it.name:
            told.append(f"namn: {person.name} → {it.name}")
        if it.is_protected and not person.is_protected:
            told.append("får skyddade personuppgifter")
        if lifted and takes_two:
            plan.tell(person.hsa_id, Change.AWAITED, f"{it.name}. {LIFTED}")
        elif lifted:
            told.append(LIFTED)
        if told:
            is_protected = it.is_protected or (takes_two and person.is_protected)
            plan.people.append((person, it.name, is_protected))
            plan.tell(person.hsa_id, Change.CHANGED, f"{it.name}. {'; '.join(told)}")


def _compare_units(plan: _Plan, batch: Batch, own: Mapping[str, Unit], *, at: datetime) -> None:
    """Follow what is feigned, and tell what people have to do: an inbox is theirs to close."""
    named = {
        it.unit.hsa_id: it.unit
        for person in batch.credentials
        for it in person.commissions
        if it.unit is not None and it.unit.hsa_id in own
    }
    for hsa_id, said in sorted(named.items()):
        unit = own[hsa_id]
        if unit.is_feigned != said.is_feigned:
            plan.units.append((unit, said.is_feigned))
            what = "fingerad: ingen kan arbeta där" if said.is_feigned else "inte längre fingerad"
            plan.tell(hsa_id, Change.CHANGED, f"{unit.name} är {what}.")
        if said.is_archived or (said.ends is not None and said.ends <= at):
            plan.tell(
                hsa_id, Change.LEFT_OUT,
                f"{unit.name} har slutat enligt HSA. Avsluta den under Enheter, och välj vem som"
                " tar över.",
            )  # fmt: skip
        if said.name and said.name != unit.name:
            plan.tell(
                hsa_id, Change.LEFT_OUT,
                f"{unit.name} heter {said.name} i HSA. Ändra under Enheter om det är rätt.",
            )  # fmt: skip


def _write(plan: _Plan, batch: Batch, *, actor: Actor, at: datetime) -> None:
    log = partial(operations.event, actor=actor, at=at)
    events = [*_write_people(plan, log), *_write_units(plan, log)]
    events += _write_ended(plan, log, at=at)
    events += _write_changed(plan, log)
    events += _write_added(plan, batch, log, at=at)
    events += _write_asked(plan, log, actor=actor, at=at)
    DirectoryEvent.objects.bulk_create(events, batch_size=ROWS)


def _confirm(batch: Batch) -> None:
    Assignment.objects.filter(kind__in=FROM_HSA, revoked_at=None).update(
        confirmed_at=batch.made_at, source_version=batch.version
    )


def _write_people(plan: _Plan, log: Any) -> Iterator[DirectoryEvent]:
    for person, name, is_protected in plan.people:
        before = {"name": person.name, "is_protected": person.is_protected}
        after = {"name": name, "is_protected": is_protected}
        person.name, person.name_sort = name, sort_key(name)
        person.is_protected = is_protected
        yield log(What.CHANGE_STAFF, person.hsa_id, before=before, after=after)
    Staff.objects.bulk_update(
        [it for it, *_ in plan.people], ["name", "name_sort", "is_protected"], batch_size=ROWS
    )


def _write_units(plan: _Plan, log: Any) -> Iterator[DirectoryEvent]:
    for unit, is_feigned in plan.units:
        before = {"is_feigned": unit.is_feigned}
        Unit.objects.filter(pk=unit.pk).update(is_feigned=is_feigned)
        yield log(What.WRITE_UNIT, unit.pk, before=before, after={"is_feigned": is_feigned})


def _write_ended(plan: _Plan, log: Any, *, at: datetime) -> Iterator[DirectoryEvent]:
    ended = [it.pk for it in plan.ended]
    Assignment.objects.filter(pk__in=ended).update(revoked_at=at)
    for row in plan.ended:
        yield log(What.REVOKE_ASSIGNMENT, row.pk, before=_followed(row))


def _write_changed(plan: _Plan, log: Any) -> Iterator[DirectoryEvent]:
    for row, it in plan.changed:
        before = _followed(row)
        row.title, row.kind, row.source = it.title, it.kind, it.source
        row.provider_id, row.rights, row.valid_until = it.provider_id, list(it.rights), None
        yield log(What.CHANGE_ASSIGNMENT, row.pk, before=before, after=_followed(it))
    Assignment.objects.bulk_update(
        [it for it, _ in plan.changed], [*FOLLOWED, "valid_until"], batch_size=ROWS
    )


def _write_added(plan: _Plan, batch: Batch, log: Any, *, at: datetime) -> Iterator[DirectoryEvent]:
    staff = _put_staff(plan.added)
    rows = [
        Assignment(
            staff=staff[it.hsa_id],
            unit_id=it.unit_id,
            role=it.role,
            title=it.title,
            purpose=_purpose(it.role),
            valid_from=at,
            kind=it.kind,
            source=it.source,
            source_version=batch.version,
            provider_id=it.provider_id,
            rights=list(it.rights),
            confirmed_at=batch.made_at,
        )
        for it in plan.added
    ]
    Assignment.objects.bulk_create(rows, batch_size=ROWS)
    for row, it in zip(rows, plan.added, strict=True):
        after = _followed(it) | {"hsa_id": it.hsa_id, "unit_id": it.unit_id, "role": it.role}
        yield log(What.ADD_ASSIGNMENT, row.pk, after=after)


def _write_asked(plan: _Plan, log: Any, *, actor: Actor, at: datetime) -> Iterator[DirectoryEvent]:
    approving.write_requests([_entry(it, at=at) for it in plan.asked], actor=actor, at=at)
    # A request does not say who is protected: they are entered before the assignment is given.
    protected = {it.hsa_id: it.name for it in plan.asked if it.is_protected}
    known = set(Staff.objects.filter(hsa_id__in=protected).values_list("hsa_id", flat=True))
    _put_staff(it for it in plan.asked if it.is_protected)
    for hsa_id in protected.keys() - known:
        after = {"name": protected[hsa_id], "is_protected": True}
        yield log(What.CHANGE_STAFF, hsa_id, after=after)


def _entry(it: Wanted, *, at: datetime) -> AssignmentEntry:
    return AssignmentEntry(
        hsa_id=it.hsa_id, name=it.name, unit_id=it.unit_id, role=it.role, title=it.title,
        valid_from=at,
    )  # fmt: skip


def _put_staff(added: Iterable[Wanted]) -> dict[str, Staff]:
    said = {it.hsa_id: it for it in added}
    known = {it.hsa_id: it for it in Staff.objects.filter(hsa_id__in=said)}
    new = [
        Staff(
            hsa_id=hsa_id, name=it.name, name_sort=sort_key(it.name), is_protected=it.is_protected
        )
        for hsa_id, it in said.items()
        if hsa_id not in known
    ]
    Staff.objects.bulk_create(new, batch_size=ROWS)
    return known | {it.hsa_id: it for it in new}


def _purpose(role: Role) -> str:
    purpose = Assignment.Purpose
    return purpose.CARE if role in CARE_ROLES else purpose.ADMINISTRATION


def _key(row: Assignment) -> Key:
    return row.staff.hsa_id, row.unit_id, row.role


def _described(it: Wanted, unit: Unit) -> str:
    return f"{it.name}, {ROLE_LABELS[it.role]}, {unit.name}"
