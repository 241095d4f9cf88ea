"""Rows of the platform itself in a huvudman's schema."""

from django.db import models
from django.db.models.functions import Now

from tenants.decision import Part
from tenants.rows import READING, AppendOnly, Disclosed, Home


class Answer(Home):
    """The answer to one request, so that a repeated request gets the same one."""

    client = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.client} {self.key}"


class Allowance(Home):
    """Utrymme: how far ahead of an even pace somebody is who does a thing often.

    Nobody can be told from it: the key is a keyed hash of a person or an address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"until {self.due_at:%Y-%m-%d %H:%M:%S}"


class PackRow(AppendOnly):
    """Rad i beslutsunderlaget: a recommendation, a benefit, a risk or a power of attorney.

    A huvudman's own: nobody else reads its analysis of risks. The last row of each entry counts.
    """

    entry = models.UUIDField()
    number = models.PositiveIntegerField()  # two who write at once cannot both follow on the same
    part = models.CharField(max_length=30, choices=[(it.value, it.value) for it in Part])
    content = models.JSONField()  # the fields of the part, see tenants.decision
    is_struck = models.BooleanField(default=False)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    written_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="pack_row_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.number}"


class TechnicalCheck(AppendOnly):
    """Teknisk kontroll, made in a browser of a unit: what it measured, and what a person told."""

    unit_id = models.CharField(max_length=32)  # HSA-id
    place = models.CharField(max_length=100)
    browser = models.CharField(max_length=100)
    measured = models.JSONField()  # the fields of tenants.technical.Measured
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["unit_id", "checked_at"], name="technical_check_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.checked_at}"


class Export(AppendOnly):
    """Export: everything that the huvudman owns was written to one archive, by whom and when."""

    by = models.CharField(max_length=100)
    rows = models.PositiveBigIntegerField()  # as counted when it began, this one among them
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"export by {self.by}"


class SealedLeaf(AppendOnly):
    """Förseglad rad: which row of a log is which leaf of its tree, and the hash of it then."""

    pk = models.CompositePrimaryKey("log", "number")
    log = models.CharField(max_length=20)  # access, event
    number = models.BigIntegerField()  # from 0, without gaps
    row = models.BigIntegerField()  # the row's id in its table
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "row"], name="sealed_row_once")]

    def __str__(self) -> str:
        return f"{self.log} {self.number}"


class Checkpoint(Disclosed):
    """Kontrollpunkt: size and root of a log's tree, signed by the huvudman.

    The first of each hour is opened to its witnesses, with what proves that the tree has only
    grown since that of the hour before.
    """

    log = models.CharField(max_length=20)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()  # C2SP tlog-checkpoint, signed
    frontier = models.BinaryField()  # of all leaves, as tenants.seals.tree keeps a range
    since = models.BigIntegerField()  # size at the checkpoint of the last hour before
    growth = models.BinaryField()  # the range of the leaves from there on
    horizon = models.BigIntegerField()  # every row of an earlier transaction is a leaf
    is_hourly = models.BooleanField()
    keys = models.JSONField(default=list)  # of the hour's: the verifying keys, each vouched for
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.log} {self.size}"


class WitnessedCheckpoint(AppendOnly):
    """Bevittnad kontrollpunkt: another huvudman's, copied; that one may read the copy."""

    isolation = READING

    owner = models.CharField(max_length=63)  # whose log
    log = models.CharField(max_length=20)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    frontier = models.BinaryField()
    keys = models.JSONField(default=list)
    # The tree has been proven to begin with that of the copy before; the first has none before it.
    is_proven = models.BooleanField()
    at = models.DateTimeField()  # the checkpoint's
    witnessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "log", "size", "root"], name="witnessed_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.log} {self.size}"


class SealAlarm(AppendOnly):
    """Förseglingslarm: a log is no longer what its huvudman has signed. That one may read it."""

    isolation = READING

    class Kind(models.TextChoices):
        """What is wrong."""

        SHRUNK = "shrunk", "Loggen är kortare än den var."
        CHANGED = "changed", "Loggen är inte en fortsättning på vad den var."
        UNSIGNED = "unsigned", "Kontrollpunkten är inte undertecknad av en känd nyckel."

    owner = models.CharField(max_length=63)  # whose log
    log = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    size = models.BigIntegerField()  # of the checkpoint that was asked about
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "log", "kind", "size"], name="seal_alarm_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.log} {self.kind}"
