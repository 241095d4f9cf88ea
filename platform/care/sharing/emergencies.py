"""Emergency accesses as they stand here: of a case, and those that wait to be followed up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from care.sharing.models import EmergencyAccess

WAITS_FOR_SECOND = timedelta(hours=1)  # then it has lapsed, and is asked for anew


@dataclass(frozen=True)
class Sight:
    """What one huvudman holds, and what was done about it."""

    owner: str
    has_unblocked: bool | None  # None: it has not answered yet
    has_blocked: bool | None
    read_at: datetime | None
    lift_asked_at: datetime | None
    lift_answer: str
    lift_answered_by: str


@dataclass(frozen=True)
class EmergencyShown:
    """Nödöppning, as the reader and the owner see it."""

    id: UUID
    common_id: UUID
    reader: str
    unit_id: str
    unit_name: str
    staff_id: UUID
    staff_name: str
    title: str
    ground: str
    reason: str
    asked_at: datetime
    needs_second: bool
    second_name: str
    opened_at: datetime | None  # None: it waits for a second person
    closes_at: datetime | None
    follow_up_due_at: datetime
    is_overdue: bool
    followed_up_at: datetime | None
    outcome: str
    sights: tuple[Sight, ...]
    second_id: UUID | None = None
    followed_up_by: str = ""
    comment: str = ""

    def is_running(self, *, at: datetime) -> bool:
        """Tell whether it is open at a moment."""
        return self.closes_at is not None and at < self.closes_at

    def is_waiting(self, *, at: datetime) -> bool:
        """Tell whether it waits for a second person."""
        is_asked = self.needs_second and self.opened_at is None
        return is_asked and at < self.asked_at + WAITS_FOR_SECOND


def of_case(common_id: UUID) -> tuple[EmergencyShown, ...]:
    """Return every emergency access in a case, ours and others', the newest first."""
    rows = EmergencyAccess.objects.filter(common_id=common_id).order_by("-asked_at", "-id")
    return _shown(rows.prefetch_related("sights"))


def to_follow_up() -> tuple[EmergencyShown, ...]:
    """Return what the log review here has to follow up, the first due first.

    Both huvudmän follow up: the reader's row and the owner's have the same id.
    """
    rows = EmergencyAccess.objects.filter(followed_up_at=None).order_by("follow_up_due_at", "id")
    return _shown(rows.prefetch_related("sights"))


def one(emergency_id: UUID) -> EmergencyShown | None:
    """Return one emergency access as it stands here, followed up or not."""
    rows = EmergencyAccess.objects.filter(pk=emergency_id).prefetch_related("sights")
    return next(iter(_shown(rows)), None)


def between(since: datetime, until: datetime) -> tuple[EmergencyShown, ...]:
    """Return the emergency accesses that were asked for in a period, the first first."""
    rows = EmergencyAccess.objects.filter(asked_at__gte=since, asked_at__lt=until)
    return _shown(rows.order_by("asked_at", "id").prefetch_related("sights"))


def _shown(rows: Iterable[EmergencyAccess]) -> tuple[EmergencyShown, ...]:
    return tuple(
        EmergencyShown(
            it.id,
            it.common_id,
            it.reader,
            it.unit_id,
            it.unit_name,
            it.staff_id,
            it.staff_name,
            it.title,
            it.ground,
            it.reason,
            it.asked_at,
            it.needs_second,
            it.second_name,
            it.opened_at,
            it.closes_at,
            it.follow_up_due_at,
            it.overdue_at is not None,
            it.followed_up_at,
            it.outcome,
            tuple(
                Sight(
                    sight.owner,
                    sight.has_unblocked,
                    sight.has_blocked,
                    sight.read_at,
                    sight.lift_asked_at,
                    sight.lift_answer,
                    sight.lift_answered_by,
                )
                for sight in sorted(it.sights.all(), key=lambda one: one.owner)
            ),
            it.second_id,
            it.followed_up_by,
            it.comment,
        )
        for it in rows
    )
