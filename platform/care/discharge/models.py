"""Rows of the change of system: which case is which, how the parallel run went, when it ended."""

from django.db import models

from tenants.rows import AppendOnly, Home


class TakenOverCase(Home):
    """Övertaget ärende: which case here an old system's number is, and what its row said last."""

    system = models.CharField(max_length=40)
    reference = models.CharField(max_length=64)
    common_id = models.UUIDField(unique=True)
    # SHA-256 of the row that has been taken over to the full; a row that says the same is skipped.
    row_hash = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    latest_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "reference"], name="taken_over_once")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.reference}"


class Counted(AppendOnly):
    """What was counted at a moment, there and here, and by whom."""

    system = models.CharField(max_length=40)
    at = models.DateTimeField()
    open_there = models.PositiveIntegerField()
    open_here = models.PositiveIntegerField()
    calls_there = models.PositiveIntegerField()
    calls_here = models.PositiveIntegerField()
    estimates_there = models.PositiveIntegerField()
    estimates_here = models.PositiveIntegerField()
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    assignment_id = models.UUIDField()

    class Meta:
        abstract = True


class Reconciliation(Counted):
    """Avstämning: one comparison of the old system's list with ours, as counts; no patient data."""

    in_both = models.PositiveIntegerField()
    only_there = models.PositiveIntegerField()
    only_here = models.PositiveIntegerField()
    different = models.PositiveIntegerField()
    closed_there = models.PositiveIntegerField()  # and open here

    class Meta:
        indexes = [models.Index(fields=["system", "at"], name="reconciliation_system")]

    def __str__(self) -> str:
        return f"{self.system} {self.at}"


class CutOver(Counted):
    """Övergång: from this moment the old system is left; nothing more is imported from it."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system"], name="cut_over_once")]

    def __str__(self) -> str:
        return self.system
