"""The rows of a worklist as an ordinary project would keep them: copies of ours, in one schema.

Only columns that the pages show, so that a stock query fetches no more than it needs.
"""

import uuid

from django.db import models


class Individual(models.Model):
    """A person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    number = models.CharField(max_length=12)
    protection = models.CharField(max_length=30)
    registered_municipality = models.CharField(max_length=4)
    registered_address = models.CharField(max_length=200)

    class Meta:
        managed = False
        db_table = "individuals_individual"

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class Case(models.Model):
    """A case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT)
    lead = models.CharField(max_length=63)
    variant = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    state_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    expected_discharge_at = models.DateTimeField(null=True)
    is_open = models.BooleanField()

    class Meta:
        managed = False
        db_table = "cases_case"

    def __str__(self) -> str:
        return str(self.pk)


class WorklistRow(models.Model):
    """A row of a unit's worklist."""

    unit_id = models.CharField(max_length=32)
    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    state = models.CharField(max_length=20)
    is_open = models.BooleanField()
    unacknowledged = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True)
    due_rule = models.CharField(max_length=40)
    latest_act = models.CharField(max_length=40)
    latest_at = models.DateTimeField()
    latest_unit = models.CharField(max_length=100)
    message_id = models.UUIDField(null=True)
    assigned_to = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "inbox_worklistrow"

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.case_id}"
