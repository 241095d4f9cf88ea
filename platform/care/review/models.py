"""Rounds of log review, what was drawn in them, and what was decided: added to, never changed."""

from uuid import uuid4

from django.db import models

from tenants.rows import AppendOnly


class ReviewRound(AppendOnly):
    """Granskningsomgång: a period, a seed, and how much was read (HSLF-FS 2016:40 4 kap. 9 §)."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    seed = models.CharField(max_length=64)
    from_on = models.DateField()
    until_on = models.DateField()  # the last day
    size = models.PositiveIntegerField()  # how many were to be drawn at random
    entries = models.PositiveIntegerField()  # of the log, that were read
    occasions = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField(default=0)  # hits beyond what one round holds
    due_on = models.DateField()
    drawn_by = models.CharField(max_length=100)
    staff_id = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"round {self.from_on} to {self.until_on}"


class ReviewItem(AppendOnly):
    """Tillfälle att granska: one person's accesses from a unit to one case on one day."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()  # in the round, the strongest signals first
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    role = models.CharField(max_length=40, blank=True)
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    common_id = models.UUIDField()
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    activities = models.JSONField()
    entries = models.JSONField()  # numbers in the access log
    signals = models.JSONField()  # names of care.review.signs
    is_sampled = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="review_item_once")]

    def __str__(self) -> str:
        return f"item {self.number}"


class ReviewDecision(AppendOnly):
    """Granskningsbeslut: what one reader found; where misuse is suspected a second one reads."""

    class Verdict(models.TextChoices):
        """Bedömning."""

        IN_ORDER = "in_order", "I sin ordning"
        ASK_HEAD = "ask_head", "Fråga verksamhetschefen"
        MISUSE_SUSPECTED = "misuse_suspected", "Missbruk misstänks"

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()  # of the item's decisions
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    comment = models.TextField(blank=True)
    made_by = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    staff_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # Two who decide at once: one of them reads what the other found, and decides anew.
            models.UniqueConstraint(fields=["item", "number"], name="review_decision_once")
        ]

    def __str__(self) -> str:
        return self.verdict
