"""One huvudman's own rows of a case; common_id tells which rows elsewhere belong with them."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from care.individuals.models import Individual
from care.law import discharge
from tenants.models import Unit
from tenants.rows import AppendOnly, CurrentTransaction, Home, Shareable


class Case(Home):
    """Ärende: where the case was opened leads and computes the state; the others show it."""

    class Variant(models.TextChoices):
        """Ärendevariant."""

        SOMATIC = "somatic", "Somatik"
        PSYCHIATRIC = "psychiatric", "Psykiatri"
        OPEN_COMPULSORY = "open_compulsory", "Öppen tvångsvård"
        OUTSIDE_ACT = "outside_act", "Utanför lagen"
        SHORTENED = "shortened", "Förkortat"

    id = models.UUIDField(primary_key=True, default=uuid4)
    common_id = models.UUIDField(unique=True, default=uuid4)
    lead = models.CharField(max_length=63)  # schema of the huvudman where it was opened
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="cases")
    variant = models.CharField(max_length=20, choices=Variant.choices, default=Variant.SOMATIC)
    sending_unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    state = models.CharField(
        max_length=20,
        choices=[(state.value, state.value) for state in discharge.State],
        default=discharge.State.DRAFT,
    )
    state_at = models.DateTimeField()
    # The lead's count of changes: letters carry it, so that an older state never replaces a newer.
    version = models.PositiveIntegerField(default=1)
    terms = models.JSONField(default=dict)  # care.law.terms as agreed when the case was opened
    opened_at = models.DateTimeField()
    expected_discharge_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"case {self.pk}"


class Participation(Home):
    """Medverkande enhet (2 kap. 1 §): a unit that takes part in the case, from when to when."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participations")
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    tenant = models.CharField(max_length=63)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(until_at=None), name="participation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.case_id}"


class Event(AppendOnly):
    """Händelse: one act, recorded in the act's own transaction and never changed.

    `at` is when it was true, `recorded_at` when this huvudman learnt it.
    """

    common_id = models.UUIDField()
    act = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    origin = models.CharField(max_length=63)  # schema of the huvudman that acted
    message_id = models.UUIDField(null=True)
    unit_id = models.CharField(max_length=32, blank=True)
    # What the unit was then: the law asks who has acted, and a unit may become another kind.
    unit_kind = models.CharField(max_length=30, blank=True, db_default="")
    actor_name = models.CharField(max_length=100, blank=True)  # empty: the system
    actor_title = models.CharField(max_length=60, blank=True)
    assignment_id = models.UUIDField(null=True)
    body = models.JSONField(default=dict)
    is_flagged = models.BooleanField(default=False)  # had no step in the process
    # Which version of the state the act led to, at the lead; None where it changed nothing.
    version = models.PositiveIntegerField(null=True)
    # By it the sealer knows that no earlier row can come any more (tenants.sealing).
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["common_id", "at"], name="event_case"),
            models.Index(fields=["transaction"], name="event_transaction"),
            # The order in which the feed tells of rows, many of which an import writes at once.
            models.Index(fields=["transaction", "id"], name="event_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "message_id", "act"],
                condition=~Q(message_id=None),
                name="event_once",
            )
        ]

    def __str__(self) -> str:
        return self.act


class Contribution(Shareable):
    """Vad en enhet skriver för den gemensamma vyn: read in place by those it is opened to."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    common_id = models.UUIDField(db_index=True)
    info_class = models.CharField(max_length=20)
    branch = models.CharField(max_length=30)
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40)  # the act: start_planning, submit_planning_basis
    text = models.TextField()
    author = models.CharField(max_length=100)
    author_title = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(Shareable.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"contribution {self.pk}"


class Deadline(Home):
    """Frist: the next moment worth looking at a case. A timer is a row, never a message."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    key = models.CharField(max_length=80)  # the rule, and which period or delivery it is for
    rule = models.CharField(max_length=40)
    unit_id = models.CharField(max_length=32)  # whom it concerns
    statute = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)  # the worker has noticed that time ran out
    message_id = models.UUIDField(null=True)  # for a receipt

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "unit_id", "key"], name="deadline_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(acted_at=None, met_at=None, cancelled_at=None),
                name="deadline_running",
            )
        ]

    def __str__(self) -> str:
        return self.key
