"""Staff, their assignments, and their sessions, in the schema of the huvudman they work for."""

from uuid import uuid4

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from care.identity.permissions import Role
from tenants.models import Unit
from tenants.rows import AppendOnly, Home


class Staff(Home):
    """Medarbetare: a person who works for this huvudman."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    hsa_id = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    name_sort = models.CharField(max_length=200, db_collation="C")
    # Skyddade personuppgifter in HSA: the other huvudmän see role and unit, never the name.
    is_protected = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.name


class Assignment(Home):
    """Medarbetaruppdrag: one person, one unit, one role, one period (R1)."""

    class Purpose(models.TextChoices):
        """Ändamål of the assignment."""

        CARE = "care", "Vård och omsorg"
        ADMINISTRATION = "administration", "Administration"

    class Kind(models.TextChoices):
        """Where an assignment comes from: what HSA says, or what the huvudman has given itself."""

        HSA_COMMISSION = "hsa_commission", "Medarbetaruppdrag i HSA"
        HSA_SYSTEM_ROLE = "hsa_system_role", "Systemroll i HSA"
        LOCAL = "local", "Lokalt uppdrag"

    id = models.UUIDField(primary_key=True, default=uuid4)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="assignments")
    # A row in public: joined, never constrained, so that no foreign key leaves the schema.
    unit = models.ForeignKey(
        Unit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])
    title = models.CharField(max_length=60)  # befattning, as printed in the journal
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.CARE)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(
        max_length=20, choices=Kind.choices, default=Kind.LOCAL, db_default=Kind.LOCAL
    )
    # HSA-id of the commission, or "system;role"; of which batch; the provider; what may be done.
    source = models.CharField(max_length=120, blank=True, default="", db_default="")
    source_version = models.CharField(max_length=40, blank=True, default="", db_default="")
    provider_id = models.CharField(max_length=32, blank=True, default="", db_default="")
    rights = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # When HSA has said it last. It holds seven days from then (security document 9.3).
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Ended by an administrator here: the next import does not give it back.
    closed_here_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "unit", "role"],
                condition=Q(revoked_at=None),
                name="assignment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.unit_id}"


class AssignmentRequest(AppendOnly):
    """Begäran om ett lokalt uppdrag: who asks, for whom, where, as what and until when.

    Somebody else approves or refuses (AssignmentDecision); what nobody has decided waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    hsa_id = models.CharField(max_length=32)  # of the person
    name = models.CharField(max_length=100)
    unit_id = models.CharField(max_length=32)
    unit_name = models.CharField(max_length=100)
    role = models.CharField(max_length=40)
    title = models.CharField(max_length=60)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.role} {self.unit_id}"


class AssignmentDecision(AppendOnly):
    """Beslut om en begäran: approved, or refused with a reason, by another person."""

    request = models.OneToOneField(
        AssignmentRequest, primary_key=True, on_delete=models.PROTECT, related_name="decision"
    )
    is_approved = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "approved" if self.is_approved else "refused"


class StaffSession(Home):
    """Inloggning: the active assignment lives here only, never in cookie, URL or token (R3)."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    # Compared with the database's own clock: a demo that moves time on signs nobody out.
    expires_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session since {self.opened_at:%Y-%m-%d %H:%M}"


class SessionEvent(AppendOnly):
    """Händelse i inloggningen: signed in or out, assignment chosen or switched (from, to), refused.

    Refused: the assignment has ended (`before`, R4), one that is not held was asked for (`after`,
    R5), or a page of another one was sent (from `before`, of `after`, R7).
    """

    class What(models.TextChoices):
        """What happened."""

        SIGN_IN = "sign_in"
        CHOOSE_ASSIGNMENT = "choose_assignment"
        SIGN_OUT = "sign_out"
        REFUSED = "refused"

    staff_id = models.UUIDField(db_index=True)
    what = models.CharField(max_length=30, choices=What.choices)
    before = models.UUIDField(null=True)
    after = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.what


class DirectoryEvent(AppendOnly):
    """Händelse i registret: who has changed a unit or an assignment, from what, to what."""

    class What(models.TextChoices):
        """What happened."""

        WRITE_UNIT = "write_unit"
        ARCHIVE_UNIT = "archive_unit"
        ADD_ASSIGNMENT = "add_assignment"
        CHANGE_ASSIGNMENT = "change_assignment"
        REVOKE_ASSIGNMENT = "revoke_assignment"
        REOPEN_ASSIGNMENT = "reopen_assignment"
        CHANGE_STAFF = "change_staff"

    what = models.CharField(max_length=30, choices=What.choices)
    subject = models.CharField(max_length=40, db_index=True)  # HSA-id of the unit, or assignment
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    assignment_id = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
