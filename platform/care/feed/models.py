"""Who is called when something happens, how far the log has been read for them, and each call."""

from uuid import uuid4

from django.db import models

from tenants.rows import Home


class Webhook(Home):
    """Prenumeration: an address of a machine client that is called for what its unit takes part in.

    How far the log has been read for it stands in the row, and is moved in the transaction that
    writes the calls: nothing is passed by, and nothing is called for twice.
    """

    class Why(models.TextChoices):
        """Varför den är avstängd."""

        BY_CLIENT = "by_client", "Avstängd av klienten"
        GONE = "gone", "Mottagaren svarade att adressen inte finns (410)"
        EXHAUSTED = "exhausted", "Mottagaren tog inte emot något på ett dygn"
        UNASSIGNED = "unassigned", "Uppdraget gäller inte längre"

    id = models.UUIDField(primary_key=True, default=uuid4)
    client = models.CharField(max_length=60)
    assignment_id = models.UUIDField()  # in which it was made: what it may be told is judged by it
    unit_id = models.CharField(max_length=32)
    url = models.CharField(max_length=500)
    event_types = models.JSONField(default=list)  # acts; empty: all of them
    secret = models.CharField(max_length=80)
    former_secret = models.CharField(max_length=80, blank=True)
    former_until = models.DateTimeField(null=True)  # so long both of them sign
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=20, blank=True, choices=Why.choices)
    version = models.PositiveIntegerField(default=1)
    transaction = models.BigIntegerField()  # of the last event that has been looked at
    number = models.BigIntegerField()
    # Where the log was begun anew (care.cases.happened): what was recorded before has been told of.
    told_before = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["client", "unit_id"], name="webhook_client")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookDelivery(Home):
    """Leverans: one event to one webhook, until it is taken or given up. Its id is `webhook-id`."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.BigIntegerField()
    transaction = models.BigIntegerField()  # of the event
    type = models.CharField(max_length=40)
    case_id = models.UUIDField()
    message_id = models.UUIDField(null=True)
    unit_id = models.CharField(max_length=32, blank=True)  # that acted
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # None: taken, or given up
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_status = models.CharField(max_length=20, blank=True)  # 503; or timeout, unreachable, ...

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "transaction", "event_id"],
                condition=models.Q(due_at__isnull=False),
                name="webhook_delivery_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.webhook_id}"
