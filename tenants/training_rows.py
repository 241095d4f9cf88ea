"""Rows of training that all read: who has been trained, against goals, and when it was emptied."""

from django.db import models
from django.db.models.functions import Now

from tenants.rows import COMMON_APPEND_ONLY, TOLD_TO_ALL, Common


class TrainingReset(Common):
    """Nattlig återställning of a training huvudman: one row a night, and one each time by hand."""

    isolation = COMMON_APPEND_ONLY

    night = models.DateField(null=True)  # of the loop; None: by hand
    reset_at = models.DateTimeField()

    class Meta:
        constraints = [
            # The row is the claim: of two loops one writes it, and the other finds it there.
            models.UniqueConstraint(fields=["owner", "night"], name="training_reset_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.reset_at:%Y-%m-%d}"


class TrainingCount(Common):
    """Övat klart: how many have finished their role's scenarios; no names. The last row counts.

    A training huvudman tells it, and the real ones read it: the only thing that goes between them.
    """

    isolation = TOLD_TO_ALL

    role = models.CharField(max_length=40)
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "role"], name="training_count_of")]

    def __str__(self) -> str:
        return f"{self.owner} {self.role}: {self.people}"


class TrainingGoal(Common):
    """Utbildningsmål of a huvudman for a role: how many shall be trained, and how many have been.

    Told by its administrator. The last row of each role counts.
    """

    isolation = COMMON_APPEND_ONLY

    role = models.CharField(max_length=40)
    number = models.PositiveIntegerField()  # as that of a step
    goal = models.PositiveIntegerField()
    trained = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "role", "number"], name="training_goal_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.role}: {self.trained} of {self.goal}"
