"""Who has been trained: goals and numbers of each huvudman and role, told or practised, as sums.

Nobody is named. Of those who have practised the training huvudman tells the number; of all who have
been trained the administrator of the real one does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from care.identity.actors import Actor
from care.identity.operations import refuse_unless_administrator
from care.identity.permissions import CARE_ROLES, Permission
from tenants import registry
from tenants.context import acting_for
from tenants.models import Tenant, TrainingCount, TrainingGoal
from tenants.progress import WrittenMeanwhile

TRAINERS = "trainer"  # utbildare: who teaches the others
GROUPS = (*sorted(CARE_ROLES), TRAINERS)


@dataclass(frozen=True)
class Trained:
    """How many of a role shall be trained, and how many have been, at one huvudman."""

    role: str
    goal: int = 0
    told: int = 0  # by the administrator: everybody who has been trained, also by practising
    practised: int = 0  # as the training huvudman has counted
    number: int = 0  # of the row that was told last

    @property
    def people(self) -> int:
        """Return how many have been trained: the larger number, since most are in both."""
        return max(self.told, self.practised)


@dataclass(frozen=True)
class Standing:
    """How far a huvudman has come in training its staff."""

    tenant: str
    roles: Mapping[str, Trained]

    @property
    def staff(self) -> Trained:
        """Return the sum of everybody but the trainers."""
        return total([it for it in self.roles.values() if it.role != TRAINERS], "")

    @property
    def trainers(self) -> Trained:
        """Return the trainers."""
        return self.roles[TRAINERS]


def total(some: Iterable[Trained], role: str) -> Trained:
    """Return the sum of some numbers; what has been trained is summed as each stands."""
    rows = list(some)
    return Trained(
        role,
        goal=sum(it.goal for it in rows),
        told=sum(it.people for it in rows),
        practised=sum(it.practised for it in rows),
    )


def standings() -> tuple[Standing, ...]:
    """Return how far everybody of the own kind has come, in Swedish order, in three questions."""
    tenants = registry.kin().order_by("name_sort", "name").values_list("schema_name", flat=True)
    goals: dict[str, dict[str, TrainingGoal]] = defaultdict(dict)
    for it in TrainingGoal.objects.order_by("owner", "number"):
        goals[it.owner][it.role] = it
    practised = _practised()
    return tuple(
        Standing(name, {role: _trained(role, goals[name], practised[name]) for role in GROUPS})
        for name in tenants
    )


def standing(tenant: str) -> Standing:
    """Return how far one huvudman of the own kind has come."""
    return next(it for it in standings() if it.tenant == tenant)


def record_training(
    *, actor: Actor, role: str, goal: int, trained: int, seen: int, at: datetime
) -> None:
    """Tell how many of a role shall be trained, and how many have been.

    :param seen: the number of what was told last when the form was read
    :raises NotAdministrator: if the actor may not
    :raises WrittenMeanwhile: if somebody has told of the role since
    """
    refuse_unless_administrator(actor, Permission.RECORD_TRAINING)
    row = TrainingGoal(
        owner=acting_for(),
        role=role,
        number=seen + 1,
        goal=goal,
        trained=trained,
        name=actor.name_abroad,
        title=actor.title,
        told_at=at,
    )
    rows = TrainingGoal.objects.filter(owner=acting_for(), role=role)
    last = rows.order_by("-number").values_list("number", "name").first()
    try:
        with transaction.atomic():
            if last is not None and last[0] != seen:
                raise IntegrityError
            row.save(force_insert=True)
    except IntegrityError:
        who = last[1] if last is not None else "Någon annan"
        raise WrittenMeanwhile(
            f"{who} har skrivit här sedan du öppnade sidan. Läs vad som står nu, och spara igen om"
            " det du har skrivit ska ersätta det."
        ) from None


def _practised() -> dict[str, dict[str, int]]:
    """Return, by the real huvudman and role, what its training huvudman has told last."""
    real = dict(Tenant.objects.exclude(training_for="").values_list("schema_name", "training_for"))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    rows = TrainingCount.objects.order_by("pk").values_list("owner", "role", "people")
    for owner, role, people in rows:
        if owner in real:
            found[real[owner]][role] = people
    return found


def _trained(role: str, told: Mapping[str, TrainingGoal], practised: Mapping[str, int]) -> Trained:
    row = told.get(role)
    return Trained(
        role=role,
        goal=row.goal if row else 0,
        told=row.trained if row else 0,
        practised=practised.get(role, 0),
        number=row.number if row else 0,
    )
