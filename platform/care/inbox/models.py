"""Messages, their deliveries, the outbox that is pulled from, and how far others were read."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tenants.rows import LETTER, AppendOnly, Home
from tenants.rows import CurrentTransaction as CurrentTransaction  # its migrations name it here


class Message(AppendOnly):
    """Meddelande: as it was sent. The receiver's row is its own copy, an allmän handling there."""

    id = models.UUIDField(primary_key=True)  # the same in every copy
    common_id = models.UUIDField(db_index=True)
    sender = models.CharField(max_length=63)  # schema of the huvudman that sent it
    # None: sent from here, or one of several that a letter brought from another system.
    outbox_id = models.BigIntegerField(null=True)
    act = models.CharField(max_length=40)
    sender_unit = models.CharField(max_length=32)
    sender_unit_name = models.CharField(max_length=100)
    sender_unit_kind = models.CharField(max_length=30)
    sender_name = models.CharField(max_length=100)
    sender_title = models.CharField(max_length=60)
    sent_at = models.DateTimeField()  # the legal time: the database's clock (5 kap. 4 §)
    core = models.JSONField(default=dict)
    extension = models.JSONField(default=dict)
    secrecy_ground = models.CharField(max_length=40, blank=True)
    statute = models.CharField(max_length=40, blank=True)
    recipients = models.JSONField(default=list)  # HSA-ids
    replaces = models.UUIDField(null=True)

    class Meta:
        constraints = [
            # However often a letter is fetched, it arrives once.
            models.UniqueConstraint(fields=["sender", "outbox_id"], name="message_once")
        ]

    def __str__(self) -> str:
        return self.act


class Delivery(Home):
    """Mottagarkopia: one for each receiving unit, with three facts: delivered, opened, taken on."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    tenant = models.CharField(max_length=63)  # of the receiving unit
    receipt_due_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=100, blank=True)
    acknowledged_title = models.CharField(max_length=60, blank=True)
    acknowledged_staff_id = models.UUIDField(null=True)  # at home only: colleagues share names
    assigned_to = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_because = models.CharField(max_length=40, blank=True)
    forwarded_at = models.DateTimeField(null=True)
    forwarded_to = models.CharField(max_length=32, blank=True)
    forwarded_by = models.CharField(max_length=100, blank=True)  # empty: nobody had taken it on

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "unit_id"], name="delivery_once")]
        indexes = [
            models.Index(
                fields=["unit_id"],
                condition=Q(acknowledged_at=None, rejected_at=None, forwarded_at=None),
                name="delivery_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.unit_id}"


class Outbox(AppendOnly):
    """A letter as it was sent: it stays with the sender, and only its recipient may read it."""

    isolation = LETTER

    class Kind(models.TextChoices):
        """What the letter carries."""

        MESSAGE = "message"
        RECEIPT = "receipt"
        STATE = "state"
        CONSENT = "consent"
        TAKEOVER = "takeover"
        EMERGENCY = "emergency"
        PROTECTION = "protection"

    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    recipient = models.CharField(max_length=63)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    common_id = models.UUIDField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "transaction"], name="outbox_recipient"),
            models.Index(fields=["transaction"], name="outbox_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"


class Fetched(Home):
    """All letters of a sender from transactions before the horizon have been received."""

    sender = models.CharField(max_length=63, primary_key=True)
    horizon = models.BigIntegerField(default=0)
    # Letters up to this one too, so long ago that no note of them is kept (Received).
    forgotten = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.sender} up to {self.horizon}"


class Received(Home):
    """A letter that has been received: so that it takes effect once."""

    sender = models.CharField(max_length=63)
    outbox_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "outbox_id"], name="received_once")
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.outbox_id}"


class WorklistRow(Home):
    """Arbetslistans rad: a projection, one for each unit and case; may be dropped and rebuilt."""

    unit_id = models.CharField(max_length=32)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=20)
    is_open = models.BooleanField(default=True)
    unacknowledged = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    due_rule = models.CharField(max_length=40, blank=True)
    latest_act = models.CharField(max_length=40)
    latest_at = models.DateTimeField()
    latest_unit = models.CharField(max_length=100)
    message_id = models.UUIDField(null=True)  # to acknowledge: the first due
    assigned_to = models.CharField(max_length=100, blank=True)
    # The transaction that wrote the row last: the sum over a unit's open rows tells a live list
    # whether anything has changed, and no two transactions wait for one another to count.
    changed = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "case"], name="worklist_row_once")
        ]
        indexes = [
            models.Index(
                fields=["unit_id", "due_at", "latest_at"],
                condition=Q(is_open=True),
                name="worklist_row_open",
            ),
            models.Index(
                fields=["unit_id"],
                include=["changed"],
                condition=Q(is_open=True),
                name="worklist_row_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.case_id}"
