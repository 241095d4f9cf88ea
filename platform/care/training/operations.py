"""Practising: a scenario is begun, and found finished when the log of acts says so."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from care.identity.actors import Actor
from care.identity.operations import refuse_unless_administrator
from care.identity.permissions import Permission, Role
from care.training import queries, scenarios
from care.training.models import TrainingRun
from tenants import apart
from tenants.context import acting_for
from tenants.models import TrainingCount


class NotTraining(Exception):
    """The huvudman is a real one: nobody practises there, and nothing there is ever emptied."""


class NoSuchScenario(Exception):
    """The role has no scenario of this name."""


def refuse_unless_training() -> None:
    """Let only a training huvudman through.

    :raises NotTraining: for a real one
    """
    if not apart.is_training(acting_for()):
        raise NotTraining


def start_scenario(*, actor: Actor, name: str, at: datetime) -> UUID:
    """Begin a scenario; one that was begun before and not finished is left.

    :raises NotTraining: at a real huvudman
    :raises NotAdministrator: if the role does not practise
    :raises NoSuchScenario: if it is not one of the role's
    """
    refuse_unless_training()
    refuse_unless_administrator(actor, Permission.PRACTISE_TRAINING)
    scenario = scenarios.BY_NAME.get(name)
    if scenario is None or scenario.role is not actor.role:
        raise NoSuchScenario
    with transaction.atomic():
        TrainingRun.objects.filter(staff=actor.staff_id, scenario=name, finished_at=None).delete()
        run = TrainingRun.objects.create(
            staff_id=actor.staff_id, role=actor.role, scenario=name, started_at=at
        )
    run_id: UUID = run.pk
    return run_id


def note_finished(*, staff_id: UUID | None = None, at: datetime) -> int:
    """Note which runs have been finished, and tell how many have finished their role's scenarios.

    Called where a person looks at the scenarios, and before the night: until then the log tells.

    :param staff_id: of one person; None: of everybody, before the cases are emptied
    :returns: how many runs were found finished
    """
    refuse_unless_training()
    running = TrainingRun.objects.filter(finished_at=None)
    if staff_id is not None:
        running = running.filter(staff=staff_id)
    found = 0
    with transaction.atomic():
        for run in running.select_for_update():
            it = queries.progress_of(run.staff_id, run.scenario, since=run.started_at)
            if it.finished_at is not None:
                TrainingRun.objects.filter(pk=run.pk).update(finished_at=it.finished_at)
                found += 1
        if found:
            _tell_counts(at)
    return found


def _tell_counts(at: datetime) -> None:
    """Tell the real huvudman, in a row without names, how many have practised to the end."""
    told = queries.counts_told(acting_for())
    for role, people in queries.finished_people().items():
        if people != told.get(role, 0):
            TrainingCount.objects.create(
                owner=acting_for(), role=Role(role), people=people, counted_at=at
            )
