"""The person concerned, as this huvudman knows her: own rows, never shared."""

from uuid import uuid4

from django.db import models

from tenants.rows import Home


class Individual(Home):
    """Den enskilde (1 kap. 1 §)."""

    class Protection(models.TextChoices):
        """Skyddade personuppgifter (OSL 21 kap. 3, 3 a §§, 22 kap. 2 §)."""

        NONE = "", "Inget skydd"
        FLAGGED = "flagged", "Sekretessmarkering"
        PROTECTED_REGISTRATION = "protected_registration", "Skyddad folkbokföring"
        ASSUMED_IDENTITY = "assumed_identity", "Fingerade personuppgifter"

    id = models.UUIDField(primary_key=True, default=uuid4)
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    name_sort = models.CharField(max_length=200, db_collation="C")
    protection = models.CharField(
        max_length=30, choices=Protection.choices, default=Protection.NONE, blank=True
    )
    number = models.CharField(max_length=12, db_index=True)  # the identity used now
    registered_municipality = models.CharField(max_length=4)
    registered_address = models.CharField(max_length=200, blank=True)
    interpreter = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name_sort"], name="individual_name_sort")]

    def __str__(self) -> str:
        return f"individual {self.pk}"


class Identity(Home):
    """Identitetsbeteckning: a person may have had several; they are linked, never merged."""

    class Kind(models.TextChoices):
        """Kind of number."""

        PERSONNUMMER = "personnummer", "Personnummer"
        SAMORDNINGSNUMMER = "samordningsnummer", "Samordningsnummer"
        RESERVE_NUMBER = "reserve_number", "Reservnummer"

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="identities")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.CharField(max_length=12)  # twelve characters, no separator

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]

    def __str__(self) -> str:
        return self.kind


class Consent(Home):
    """Samtycke: what the person has said yes to, taken here or copied from a letter (13.4).

    Never general: which information, for whom, for how long.
    """

    class Type(models.TextChoices):
        """Samtyckestyp."""

        INFORMATION_TRANSFER = "information_transfer", "Informationsöverföring"
        PLANNING = "planning", "SIP upprättas"
        COORDINATED_RECORD = "coordinated_record", "Sammanhållen dokumentation"

    class Value(models.TextChoices):
        """Svar."""

        YES = "yes", "Ja"
        NO = "no", "Nej"
        UNABLE = "unable", "Kan inte ta ställning"

    id = models.UUIDField(primary_key=True, default=uuid4)
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="consents")
    common_id = models.UUIDField(db_index=True)
    type = models.CharField(max_length=30, choices=Type.choices)
    value = models.CharField(max_length=10, choices=Value.choices)
    info_classes = models.JSONField(default=list)  # what it covers
    recipients = models.JSONField(default=list)  # schema names of the huvudmän it is for
    given_how = models.CharField(max_length=20)  # oral, written, e_id
    taken_by = models.CharField(max_length=64)  # huvudman that took it
    taken_by_unit = models.CharField(max_length=32)
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.type}: {self.value}"
