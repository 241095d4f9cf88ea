"""Rows of agreements and routines, from draft to signature, which every huvudman reads.

In the schema public and without patient data, as the rest of `tenants.models`, which names them.
"""

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.onboarding import Step
from tenants.rows import COMMON_APPEND_ONLY, Common


class AgreementText(Common):
    """Överenskommelse om samverkan (4 kap. 4-5 §§): one version of its text, never changed."""

    isolation = COMMON_APPEND_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4)
    agreement = models.UUIDField(default=uuid4, db_index=True)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200)
    text = models.TextField()
    parties = models.JSONField()  # schema names
    valid_from = models.DateField()
    valid_until = models.DateField()  # the last day
    # {"planning": ["A", "B"], ...}: A message copies (OSL), B direct read (lag 2022:913).
    channels = models.JSONField()
    terms = models.JSONField()  # care.law.terms: the county's agreed parameters
    text_hash = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "version"], name="agreement_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class Signature(Common):
    """Underskrift: one party has signed the hash of one version."""

    isolation = COMMON_APPEND_ONLY

    agreement = models.UUIDField(db_index=True)
    text_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    signed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "text_hash"], name="signature_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.text_hash[:8]}"


class Termination(Common):
    """Uppsägning: one party ends an agreement; sharing stops at once."""

    isolation = COMMON_APPEND_ONLY

    agreement = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=500)
    name = models.CharField(max_length=100)
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.owner} ends {self.agreement}"


class ConsultationRound(Common):
    """På-titt or remiss of one version of an agreement or a routine. The last row of each counts.

    A later row moves its days or invites others.
    """

    class Kind(models.TextChoices):
        """Who is asked before a text is decided: a few chosen readers, or the referral bodies."""

        PREVIEW = "preview", _("På-titt")
        REFERRAL = "referral", _("Remiss")

    isolation = COMMON_APPEND_ONLY

    round = models.UUIDField(default=uuid4, db_index=True)
    # Two who write at once cannot both follow on the same row: the second reads the first.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.UUIDField(db_index=True)  # the agreement, or the routine
    text_hash = models.CharField(max_length=64)
    from_on = models.DateField()
    until_on = models.DateField()  # the last day; what comes later is late, and received
    tenants = models.JSONField()  # schema names of the huvudmän that are asked
    others = models.JSONField()  # names of the bodies that are asked beside them
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "round", "number"], name="round_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round}"


class RoundComment(Common):
    """Synpunkt in a round: what a huvudman writes for one of its bodies, or for an outside one."""

    isolation = COMMON_APPEND_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4)
    round = models.UUIDField(db_index=True)
    body = models.CharField(max_length=100)
    section = models.CharField(max_length=100, blank=True)
    comment = models.TextField()
    proposal = models.TextField(blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    written_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.body} on {self.section}"


class CommentAnswer(Common):
    """Svar på en synpunkt, by the huvudman that wrote the text. The last row of each counts."""

    class Verdict(models.TextChoices):
        """What becomes of a comment."""

        ACCEPTED = "accepted", _("Tillgodoses")
        PARTLY = "partly", _("Tillgodoses delvis")
        NOT_ACCEPTED = "not_accepted", _("Tillgodoses inte")

    isolation = COMMON_APPEND_ONLY

    comment = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField()  # as that of a round
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reason = models.CharField(max_length=1000, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    answered_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "comment", "number"], name="comment_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.comment}"


class PartyDecision(Common):
    """Beslut hos en huvudman about one text of an agreement or a routine (4 kap. 4-5 §§).

    The last row of each text counts.
    """

    isolation = COMMON_APPEND_ONLY

    subject = models.UUIDField(db_index=True)
    text_hash = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # as that of a round
    board = models.CharField(max_length=100)
    decided_on = models.DateField()
    paragraph = models.CharField(max_length=20, blank=True)
    diary_number = models.CharField(max_length=40, blank=True)
    is_approved = models.BooleanField()
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "text_hash", "number"], name="party_decision_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.board} {self.decided_on}"


class RoutineText(Common):
    """Rutin or riktlinje of a county: one version of its text, never changed."""

    class Kind(models.TextChoices):
        """How binding it is: how something is done, or how it should be."""

        ROUTINE = "routine", _("Rutin")
        GUIDELINE = "guideline", _("Riktlinje")

    isolation = COMMON_APPEND_ONLY

    id = models.UUIDField(primary_key=True, default=uuid4)
    routine = models.UUIDField(default=uuid4, db_index=True)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    heading = models.CharField(max_length=200)
    text = models.TextField()
    # Where it applies: a step of joining, an act of a case (care.law.discharge.Act), or generally.
    step = models.CharField(
        max_length=20, blank=True, choices=[(it.value, it.value) for it in Step]
    )
    act = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # the last day
    text_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    written_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["routine", "version"], name="routine_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.heading}, version {self.version}"
