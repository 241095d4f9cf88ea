"""Runs of scenarios at a training huvudman, and the survey of readiness at a real one."""

from uuid import uuid4

from django.db import models

from care.identity.models import Staff
from care.training.survey import Round
from tenants.rows import AppendOnly, Home


class TrainingRun(Home):
    """Övningspass: somebody has begun a scenario, and has finished it when its acts are done.

    It stays when the training huvudman is emptied; what had been done then is counted before.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    scenario = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "scenario"], name="training_run_of")]

    def __str__(self) -> str:
        return f"{self.scenario} since {self.started_at:%Y-%m-%d %H:%M}"


class SurveyRound(AppendOnly):
    """Mätning: from which day to which one can answer the survey. The last row of each counts."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    which = models.CharField(max_length=10, choices=[(it.value, it.value) for it in Round])
    number = models.PositiveIntegerField()
    opens_on = models.DateField()
    closes_on = models.DateField()  # the last day
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["which", "number"], name="survey_round_once")
        ]

    def __str__(self) -> str:
        return f"{self.which} {self.opens_on} to {self.closes_on}"


class SurveyTally(Home):
    """Svarsräkning: how many of a role have chosen a value of a statement. There are no answers.

    Nothing is kept of one person's answer: each adds to the counts. All counts of a role are
    written at each answer, so not even the transaction of a row tells which of them it raised.
    """

    which = models.CharField(max_length=10, choices=[(it.value, it.value) for it in Round])
    role = models.CharField(max_length=40)
    statement = models.CharField(max_length=20)
    value = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["which", "role", "statement", "value"], name="survey_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.which} {self.role} {self.statement} {self.value}"


class SurveyParticipation(AppendOnly):
    """Har svarat: that somebody has answered, so that nobody does twice; never what, nor when."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    which = models.CharField(max_length=10, choices=[(it.value, it.value) for it in Round])
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["which", "staff"], name="survey_participation_once")
        ]

    def __str__(self) -> str:
        return f"{self.which} {self.staff_id}"
