"""Witnesses: each hour's checkpoint is copied by two other huvudmän, and held against the former.

Pulled, as letters are: each writes at home. A copy tells its huvudman too, who compares.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tenants.context import acting_for
from tenants.home.models import Checkpoint, SealAlarm, WitnessedCheckpoint
from tenants.registry import kin_names
from tenants.seals import continuity
from tenants.seals.continuity import Held, Offered
from tenants.window import looking_into

logger = logging.getLogger(__name__)

WITNESSES = 2
FIELDS = ("log", "size", "root", "note", "frontier", "since", "growth", "keys", "at")
Kind = SealAlarm.Kind


@dataclass(frozen=True)
class Alarm:
    """A log that is no longer what its huvudman has signed, as it is told here."""

    told_by: str
    owner: str
    log: str
    kind: str
    size: int
    at: datetime


def witnesses_of(owner: str, others: Iterable[str]) -> tuple[str, ...]:
    """Return who witnesses for a huvudman: chosen by their names alone, so everybody knows.

    When somebody joins or leaves, few choices change.
    """
    named = sorted(set(others) - {owner}, key=lambda it: sha256(f"{owner} {it}".encode()).digest())
    return tuple(named[:WITNESSES])


def witness_all(*, at: datetime) -> int:
    """Copy what the acting huvudman witnesses; return how many checkpoints were new."""
    here, kin = acting_for(), kin_names()
    copied = sum(witness(it, at=at) for it in kin if here in witnesses_of(it, kin))
    _compare_own(at=at)
    return copied


def witness(owner: str, *, at: datetime) -> int:
    """Copy the checkpoints of another's hours; what does not follow on the former is alarmed.

    It is copied all the same, and what comes after is held against it: both histories are kept.
    """
    return sum(_witness(owner, log, at=at) for log in _logs_of(owner))


def alarms() -> list[Alarm]:
    """Return the alarms here: of one's own log, and of those that one witnesses."""
    here = acting_for()
    rows = SealAlarm.objects.order_by("at", "id")
    return [Alarm(here, *row) for row in rows.values_list("owner", "log", "kind", "size", "at")]


def _logs_of(owner: str) -> list[str]:
    held = WitnessedCheckpoint.objects.filter(owner=owner).order_by("log")
    with looking_into(owner):
        offered = list(Checkpoint.objects.order_by("log").values_list("log", flat=True).distinct())
    return sorted({*offered, *held.values_list("log", flat=True).distinct()})


def _witness(owner: str, log: str, *, at: datetime) -> int:
    copies = WitnessedCheckpoint.objects.filter(owner=owner, log=log)
    last = copies.order_by("-id").first()
    offered = _offered(owner, log, since=last.size if last else 0)
    if last and (not offered or (offered[0].size, offered[0].root) != (last.size, last.root)):
        # What we hold is not there any more. Both histories are kept: we go on from what there is.
        kind = Kind.CHANGED if offered else Kind.SHRUNK
        alarm(owner, log, kind, size=last.size, at=at)
        offered, last = _offered(owner, log, since=0)[-1:], None
    held = Held(last.size, last.root, bytes(last.frontier), last.keys) if last else None
    copied = 0
    for it in offered:
        is_proven = _is_proven(it, held, owner=owner, log=log, at=at)
        if held is None or it.size > held.size:
            copied += _keep(owner, log, it, is_proven=is_proven, at=at)
        held = Held(it.size, it.root, it.frontier, it.keys)
    return copied


def _is_proven(it: Offered, held: Held | None, *, owner: str, log: str, at: datetime) -> bool:
    is_signed, is_proven = True, False
    try:
        continuity.refuse_unsigned(it, held, owner=owner, log=log)
    except continuity.Unsigned:
        alarm(owner, log, Kind.UNSIGNED, size=it.size, at=at)
        is_signed = False
    try:
        is_proven = continuity.refuse_unless_grown(it, held)
    except continuity.Changed:
        alarm(owner, log, Kind.CHANGED, size=it.size, at=at)
    return is_signed and is_proven


def _offered(owner: str, log: str, *, since: int) -> Sequence[Offered]:
    with looking_into(owner):
        rows = Checkpoint.objects.filter(log=log, is_hourly=True, size__gte=since)
        found = list(rows.order_by("size").values(*FIELDS))
    return [
        Offered(
            size=it["size"], root=it["root"], note=it["note"], frontier=bytes(it["frontier"]),
            since=it["since"], growth=bytes(it["growth"]), keys=it["keys"],
            at=it["at"].isoformat(),
        )
        for it in found
    ]  # fmt: skip


def _keep(owner: str, log: str, it: Offered, *, is_proven: bool, at: datetime) -> int:
    before = WitnessedCheckpoint.objects.filter(owner=owner, log=log)
    if before.filter(size=it.size, root=it.root).exists():
        return 0
    copy = WitnessedCheckpoint(
        owner=owner, log=log, size=it.size, root=it.root, note=it.note, frontier=it.frontier,
        keys=it.keys, is_proven=is_proven, at=datetime.fromisoformat(it.at), witnessed_at=at,
    )  # fmt: skip
    # Two workers may copy at once.
    WitnessedCheckpoint.objects.bulk_create([copy], ignore_conflicts=True)
    return 1


def _compare_own(*, at: datetime) -> None:
    """Hold the acting huvudman's log against what its witnesses have copied of it."""
    here = acting_for()
    for other in kin_names():
        if other != here:
            for log, size, root in _copies_at(other):
                _compare(log, size, root, at=at)


def _copies_at(witness: str) -> list[tuple[str, int, str]]:
    """Return the newest copy of each log that a witness has: that of the acting huvudman only."""
    with looking_into(witness):
        rows = WitnessedCheckpoint.objects.order_by("log", "-id").distinct("log")
        return list(rows.values_list("log", "size", "root"))


def _compare(log: str, size: int, root: str, *, at: datetime) -> None:
    own = Checkpoint.objects.filter(log=log)
    found = own.filter(size=size).values_list("root", flat=True).first()
    if found == root:
        return
    is_longer = own.filter(size__gt=size).exists()
    kind = Kind.CHANGED if found is not None or is_longer else Kind.SHRUNK
    alarm(acting_for(), log, kind, size=size, at=at)


def alarm(owner: str, log: str, kind: str, *, size: int, at: datetime) -> None:
    """Raise the alarm over a log, once for each place of it; the operator's log tells each time."""
    logger.error("the %s log of %s is %s at leaf %s", log, owner, kind, size)
    SealAlarm.objects.bulk_create(
        [SealAlarm(owner=owner, log=log, kind=kind, size=size, at=at)], ignore_conflicts=True
    )
