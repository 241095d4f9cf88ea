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
    # The same by an administrator here: for whom HSA does not know, or not yet. HSA lifts it not.
    is_protected_here = models.BooleanField(default=False, db_default=False)

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
    idle_expires_at = models.DateTimeField(db_default=Now())  # from then on the screen is locked
    fresh_until = models.DateTimeField(db_default=Now())  # until then nobody is asked again
    ended_at = models.DateTimeField(null=True)
    # Who has vouched for the person, as told in the ID token; empty at the demo's personas.
    issuer = models.CharField(max_length=200, default="")
    subject = models.CharField(max_length=255, default="")
    sid = models.CharField(max_length=255, default="", db_index=True)
    acr = models.CharField(max_length=100, default="")
    authenticated_at = models.DateTimeField(null=True)
    id_token = models.TextField(default="")  # the hint by which the sign-in service is left

    def __str__(self) -> str:
        return f"session since {self.opened_at:%Y-%m-%d %H:%M}"


class SignInAttempt(Home):
    """Inloggningsförsök: one way to the sign-in service and back, for ten minutes, once."""

    state_hash = models.CharField(max_length=64, primary_key=True)
    browser_hash = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    verifier = models.CharField(max_length=128)
    leads_to = models.CharField(max_length=500)  # a page of ours; told to nobody
    is_again = models.BooleanField(default=False)  # asks the person to prove anew who it is
    tries = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"attempt of {self.opened_at:%Y-%m-%d %H:%M}"


class SignInFailure(AppendOnly):
    """Misslyckad inloggning: why, by whose word, and the code that the page showed."""

    class Why(models.TextChoices):
        """Why nobody was signed in."""

        CANCELLED = "cancelled"
        TOO_MANY_TRIES = "too_many_tries"
        NO_COOKIE = "no_cookie"
        NOT_PROVEN = "not_proven"
        UNREACHABLE = "unreachable"
        WEAK = "weak"
        NOT_FRESH = "not_fresh"
        FOREIGN_PREFIX = "foreign_prefix"
        NO_HSA_ID = "no_hsa_id"
        UNKNOWN_HERE = "unknown_here"

    reference = models.CharField(max_length=20, db_index=True)
    why = models.CharField(max_length=30, choices=Why.choices)
    detail = models.CharField(max_length=60)  # which check it was: never a value out of a token
    browser_hash = models.CharField(max_length=64, db_index=True)
    identity_provider = models.CharField(max_length=100)
    acr = models.CharField(max_length=100)
    amr = models.CharField(max_length=200)
    hsa_id = models.CharField(max_length=32)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reference} {self.why}"


class LogoutNotice(Home):
    """Utloggningsbesked: one that the sign-in service has sent, so that it counts once."""

    jti_hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"notice of {self.at:%Y-%m-%d %H:%M}"


class Draft(Home):
    """Utkast: what a person has typed in a form and not sent, or sent to a locked screen."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    assignment_id = models.UUIDField()
    path = models.CharField(max_length=300)  # where the form is sent; it names the case
    page = models.CharField(max_length=300)  # where the form stands
    heading = models.CharField(
        max_length=200, blank=True, default="", db_default=""
    )  # of that page
    fields = models.JSONField()  # pairs of name and value, as a browser sends them
    # What the page called them: name, value, label, and the words that a chosen value stands for.
    words = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    was_sent = models.BooleanField(default=False)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "assignment_id", "path"],
                condition=Q(was_sent=False),
                name="draft_typed_once",
            )
        ]

    def __str__(self) -> str:
        return f"draft of {self.written_at:%Y-%m-%d %H:%M}"


class ApiClient(Home):
    """Maskinklient: a system of an integrator that calls the API in assignments of its own.

    The system is a member of staff by the HSA-id of its function certificate, and gets its
    assignments like anybody else: what it may do, and where, is said there.
    """

    client_id = models.CharField(max_length=60, primary_key=True)  # at the sign-in service
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    scopes = models.JSONField(default=list)  # the most that its tokens are good for
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.client_id


class SessionEvent(AppendOnly):
    """Händelse i inloggningen: signed in or out, assignment chosen or switched (from, to), refused.

    Refused: the assignment has ended (`before`, R4), one that is not held was asked for (`after`,
    R5), or a page of another one was sent (from `before`, of `after`, R7).
    """

    class What(models.TextChoices):
        """What happened."""

        SIGN_IN = "sign_in"
        CHOOSE_ASSIGNMENT = "choose_assignment"
        PROVE_AGAIN = "prove_again"
        SIGN_OUT = "sign_out"
        SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
        END_OWN = "end_own"
        END_BY_ADMINISTRATOR = "end_by_administrator"
        REFUSED = "refused"

    staff_id = models.UUIDField(db_index=True)
    what = models.CharField(max_length=30, choices=What.choices)
    before = models.UUIDField(null=True)
    after = models.UUIDField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.what


class DirectoryEvent(AppendOnly):
    """Händelse i registret: who has changed a unit or an assignment, from what, to what.

    Or has ended the sessions of a person, and how many there were.
    """

    class What(models.TextChoices):
        """What happened."""

        WRITE_UNIT = "write_unit"
        ARCHIVE_UNIT = "archive_unit"
        ADD_ASSIGNMENT = "add_assignment"
        CHANGE_ASSIGNMENT = "change_assignment"
        REVOKE_ASSIGNMENT = "revoke_assignment"
        REOPEN_ASSIGNMENT = "reopen_assignment"
        CHANGE_STAFF = "change_staff"
        END_SESSIONS = "end_sessions"

    what = models.CharField(max_length=30, choices=What.choices)
    subject = models.CharField(max_length=40, db_index=True)  # HSA-id, or the assignment
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    staff_id = models.UUIDField()
    staff_name = models.CharField(max_length=100)
    assignment_id = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
