"""Who has practised what, and where the training huvudman of a real one is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.cases import queries as cases
from care.identity.actors import Actor
from care.identity.models import Assignment
from care.identity.permissions import Role
from care.training import scenarios
from care.training.models import TrainingRun
from care.training.scenarios import Did, Progress, Scenario
from tenants.context import acting_for
from tenants.models import Domain, TrainingCount


@dataclass(frozen=True)
class Practised:
    """A scenario as somebody has practised it: when it was first finished, and how far it is."""

    scenario: Scenario
    finished_at: datetime | None
    running_since: datetime | None
    progress: Progress


def practised(*, actor: Actor) -> tuple[Practised, ...]:
    """Return the scenarios of the actor's role, each as the person has practised it."""
    return tuple(_practised(actor.staff_id, it) for it in scenarios.of_role(actor.role))


def progress_of(staff_id: UUID, name: str, *, since: datetime) -> Progress:
    """Return how far somebody has come in a scenario since a moment, by the log of acts."""
    held = list(Assignment.objects.filter(staff=staff_id).values_list("pk", flat=True))
    done = [Did(*it) for it in cases.acts_by(held, since=since)]
    return scenarios.progress(scenarios.BY_NAME[name], done)


def finished_people() -> dict[str, int]:
    """Return, by role, how many people have finished every scenario of it."""
    done: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    rows = TrainingRun.objects.exclude(finished_at=None)
    for role, staff_id, name in rows.values_list("role", "staff", "scenario"):
        done[role, staff_id].add(name)
    found: dict[str, int] = defaultdict(int)
    for (role, _), names in done.items():
        found[role] += names >= {it.name for it in scenarios.of_role(Role(role))}
    return dict(found)


def counts_told(owner: str) -> dict[str, int]:
    """Return, by role, what a training huvudman has told last of those who have practised."""
    rows = TrainingCount.objects.filter(owner=owner).order_by("pk")
    return dict(rows.values_list("role", "people"))


def training_host() -> str:
    """Return the host name of the training huvudman of the one that acts; empty: it has none."""
    named = Domain.objects.filter(tenant__training_for=acting_for()).order_by("-is_primary", "pk")
    return named.values_list("domain", flat=True).first() or ""


def _practised(staff_id: UUID, scenario: Scenario) -> Practised:
    runs = list(
        TrainingRun.objects.filter(staff=staff_id, scenario=scenario.name)
        .order_by("started_at")
        .values_list("started_at", "finished_at")
    )
    finished = min((it for _, it in runs if it is not None), default=None)
    since = next((begun for begun, it in runs if it is None), None)
    if since is None:
        return Practised(scenario, finished, None, Progress(scenario, {}))
    return Practised(scenario, finished, since, progress_of(staff_id, scenario.name, since=since))
