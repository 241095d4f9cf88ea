"""The owner's decisions about its rows, and the log of what was read."""

from uuid import UUID, uuid4

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from tenants.rows import READING, AppendOnly, CurrentTransaction, Home


class Opening(Home):
    """Öppning: one decision that another huvudman may read one information class of a case.

    The product of signed agreement, ground, participation, information class and no block. It
    stays at home: the others see its effect, which is the stamp on the rows.
    """

    common_id = models.UUIDField()
    viewer = models.CharField(max_length=63)
    branch = models.CharField(max_length=30, db_default="health_care")  # whose rows it opens
    info_class = models.CharField(max_length=20)
    closes_at = models.DateTimeField()
    agreement = models.UUIDField()
    agreement_version = models.PositiveIntegerField()
    ground = models.CharField(max_length=40)  # consent, unable or emergency, and which
    ground_id = models.UUIDField()
    unit_id = models.CharField(max_length=32)  # the participation

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["common_id", "viewer", "branch", "info_class"], name="opening_once"
            )
        ]

    @property
    def key(self) -> tuple[object, ...]:
        """Return everything that was decided: two decisions with one key are the same."""
        return (
            self.viewer,
            self.branch,
            self.info_class,
            self.closes_at,
            self.agreement,
            self.agreement_version,
            self.ground,
            self.ground_id,
            self.unit_id,
        )

    def __str__(self) -> str:
        return f"{self.viewer} may read {self.info_class}"


class ProviderOf(models.Func):
    """The organisation number of a huvudman, looked up by the statement that writes the row.

    A subquery of Django's would be resolved anew for each row, which costs more than the rest.
    """

    template = (
        "COALESCE((SELECT organisation_number FROM public.tenants_tenant"
        " WHERE schema_name = %(expressions)s), '')"
    )
    output_field = models.CharField()


class AccessLog(AppendOnly):
    """Åtkomstlogg (PDL 4 kap. 3 §; HSLF-FS 2016:40 4 kap. 9 §): who has read what of whom.

    Written by the door, at home, in the transaction of the read. The huvudman whose rows were read
    may read the entry too.
    """

    isolation = READING

    owner = models.CharField(max_length=63)  # whose rows
    activity = models.CharField(
        max_length=20
    )  # read, list, search, write, print, emergency, denied
    common_ids = models.JSONField(default=list)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    assignment_id = models.UUIDField()
    title = models.CharField(max_length=60)
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=1, blank=True)  # B for a read in another's schema
    ground = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=40)  # code of the decision
    rows = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    # What StoreLog 2.0 asks besides. The care providers are named as they were then.
    owner_provider = models.CharField(max_length=32, blank=True, db_default="")
    staff_provider = models.CharField(max_length=32, blank=True, db_default="")
    staff_hsa_id = models.CharField(max_length=32, blank=True, db_default="")
    level = models.CharField(max_length=30, blank=True, db_default="")  # own, direct_access
    start_at = models.DateTimeField(null=True)  # startDate: when the request came
    system = models.CharField(max_length=60, blank=True, db_default="")
    # What was shown, as [object, id, version]: by it the page can be shown again (decision 30).
    shown = models.JSONField(null=True)
    decision = models.CharField(max_length=10, blank=True, db_default="")  # granted, denied
    reason_text = models.CharField(max_length=500, blank=True, db_default="")  # as was stated
    ground_id = models.UUIDField(null=True)  # of the consent, or what stands in for it
    emergency_id = models.UUIDField(null=True)  # of the emergency opening
    client = models.CharField(max_length=30, blank=True, db_default="")  # portal, api, command
    ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True, db_default="")
    request_id = models.UUIDField(null=True)
    # By it the sealer knows that no earlier row can come any more (tenants.sealing).
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["transaction"], name="access_log_transaction"),
            models.Index(fields=["owner", "at"], name="access_log_owner"),
            GinIndex(fields=["common_ids"], name="access_log_case", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.owner}"


class KeptAccess(AppendOnly):
    """Åtkomstlogg hos en huvudman som har lämnat: its entries about our rows, copied when it left.

    While it is here they are read where they lie, and no copy is taken.
    """

    reader = models.CharField(max_length=63)  # schema of the huvudman that has left
    number = models.BigIntegerField()  # of the entry in its log
    entry = models.JSONField()  # every column of it, as it was
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "number"], name="kept_access_once")
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.number}"


class Stamped(Home):
    """Which agreements the stamps at home have been made from (one row)."""

    agreements = models.CharField(max_length=64)
    following = models.CharField(max_length=64, blank=True, db_default="")  # while restamping
    followed = models.UUIDField(db_default=UUID(int=0))  # the last case that has been restamped

    def __str__(self) -> str:
        return self.agreements


class NamedReader(Home):
    """Namngiven på listan: who at a unit may know of the case of somebody with protected identity.

    Each unit that takes part has a list of its own. A row is kept after it has ended.
    """

    common_id = models.UUIDField(db_index=True)
    unit_id = models.CharField(max_length=32)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=100)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["common_id", "unit_id", "staff_id"],
                condition=models.Q(removed_at=None),
                name="named_reader_once",
            )
        ]

    def __str__(self) -> str:
        return f"reader of {self.common_id}"


class StatedReason(Home):
    """Angivet skäl: why somebody on the list opens the case, asked again when it has run out."""

    common_id = models.UUIDField()
    assignment_id = models.UUIDField()
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["common_id", "assignment_id", "at"], name="stated_reason_latest")
        ]

    def __str__(self) -> str:
        return f"reason for {self.common_id}"


class EmergencyAccess(Home):
    """Nödöppning (2022:913 3 kap. 5-6 §§; PDL 4 kap. 5 §): by whom, why, from when to when.

    The reader's row, with the same id at each owner that it was told to: what the log reviewers of
    both follow up.
    """

    class Ground(models.TextChoices):
        """Grund för nödöppning."""

        DANGER_TO_LIFE = "danger_to_life", "Fara för den enskildes liv"
        SERIOUS_RISK = "serious_risk", "Annars allvarlig risk för den enskildes hälsa"

    class Outcome(models.TextChoices):
        """Bedömning vid uppföljningen."""

        JUSTIFIED = "justified", "Befogad"
        NOT_JUSTIFIED = "not_justified", "Inte befogad"

    id = models.UUIDField(primary_key=True, default=uuid4)
    common_id = models.UUIDField(db_index=True)
    reader = models.CharField(max_length=63)  # schema of the huvudman that opened
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    ground = models.CharField(max_length=20, choices=Ground.choices)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    # Somebody who opens often needs a second person, and opens nothing before.
    needs_second = models.BooleanField(default=False)
    second_id = models.UUIDField(null=True)
    second_name = models.CharField(max_length=100, blank=True)
    second_title = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    follow_up_due_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True)  # nobody followed it up in time: the chief is told
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["staff_id", "asked_at"], name="emergency_staff"),
            models.Index(
                fields=["follow_up_due_at"],
                condition=models.Q(followed_up_at=None),
                name="emergency_follow_up",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency {self.pk}"


class EmergencySight(Home):
    """What one huvudman holds, as it answered in an emergency, and what was done then.

    The first step is the answer; the second, reading what is not blocked, or asking the owner to
    lift its block.
    """

    class Answer(models.TextChoices):
        """Svar på en begäran om att häva en spärr."""

        LIFTED = "lifted", "Spärren är hävd"
        REFUSED = "refused", "Spärren ligger kvar"

    access = models.ForeignKey(EmergencyAccess, on_delete=models.PROTECT, related_name="sights")
    owner = models.CharField(max_length=63)  # schema
    has_unblocked = models.BooleanField(null=True)
    has_blocked = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # the second step
    lift_asked_at = models.DateTimeField(null=True)
    lift_answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    lift_answered_at = models.DateTimeField(null=True)
    lift_answered_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["access", "owner"], name="sight_once")]

    def __str__(self) -> str:
        return f"{self.access_id}: {self.owner}"


class EmergencySetting(Home):
    """How long an emergency access lasts at this huvudman (one row)."""

    minutes = models.PositiveSmallIntegerField(default=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=15, minutes__lte=240), name="emergency_minutes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min"
