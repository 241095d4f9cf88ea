"""The person concerned, as this huvudman knows her: own rows, never shared."""

from uuid import uuid4

from django.db import models

from tenants.rows import Home


class Individual(Home):
    """Den enskilde (1 kap. 1 §)."""

    class Protection(models.TextChoices):
        """Skyddade personuppgifter (OSL 21 kap. 3, 3 a §§, 22 kap. 2 §), the strictest last."""

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
    # When it was last marked, here or elsewhere; None: before that was kept.
    protected_at = models.DateTimeField(null=True)
    # When it was lifted here: no letter brings back what had been marked before.
    protection_lifted_at = models.DateTimeField(null=True)
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
        RELATIVE_PARTICIPATION = "relative_participation", "Närstående deltar"
        PROXY = "proxy", "Ombud"

    class Value(models.TextChoices):
        """Svar."""

        YES = "yes", "Ja"
        PARTIAL = "partial", "Ja, delvis"
        NO = "no", "Nej"
        UNABLE = "unable", "Kan inte ta ställning"
        COMPULSORY_CARE = "compulsory_care", "Tvångsvård"

    id = models.UUIDField(primary_key=True, default=uuid4)
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="consents")
    common_id = models.UUIDField(db_index=True)
    type = models.CharField(max_length=30, choices=Type.choices)
    value = models.CharField(max_length=20, choices=Value.choices)
    # Who is unable to decide: her attitude has been cleared up as far as possible, and there is no
    # reason to assume that she would have objected (2022:913 2 kap. 6 §, 3 kap. 3-4 §§).
    is_clarified = models.BooleanField(default=False)
    info_classes = models.JSONField(default=list)  # what it covers
    recipients = models.JSONField(default=list)  # schema names of the huvudmän it is for
    purpose = models.CharField(max_length=200, blank=True, db_default="")
    given_how = models.CharField(max_length=20)  # oral, written, e_id
    taken_by = models.CharField(max_length=64)  # huvudman that took it
    taken_by_unit = models.CharField(max_length=32)
    documented_by = models.CharField(max_length=100, blank=True, db_default="")
    documented_title = models.CharField(max_length=60, blank=True, db_default="")
    valid_from = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.type}: {self.value}"


class Block(Home):
    """Spärr: the person's objection to that what is held here is shown, until it is lifted.

    It is hers, not a case's: it stays when a new case begins. An outer one closes what a branch
    here holds to every other vårdgivare and omsorgsgivare (2022:913 2 kap. 3 §); an inner one what
    a unit of the health care here holds to its other units (PDL 4 kap. 4 §).
    """

    class Type(models.TextChoices):
        """Slag av spärr."""

        OUTER_BLOCK = "outer_block", "Yttre spärr"
        INNER_BLOCK = "inner_block", "Inre spärr"

    id = models.UUIDField(primary_key=True, default=uuid4)
    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="blocks")
    common_id = models.UUIDField()  # the case in which she asked for it
    type = models.CharField(max_length=20, choices=Type.choices)
    branch = models.CharField(max_length=30)  # whose data
    unit_id = models.CharField(max_length=32, blank=True)  # of an inner one: whose data
    info_classes = models.JSONField(default=list)  # empty: all of them
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=100)
    placed_title = models.CharField(max_length=60)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=100, blank=True)
    lifted_title = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class BlockNotice(Home):
    """Uppgift om att spärrade uppgifter finns hos en annan (2022:913 2 kap. 5 §), from a letter.

    That they exist is shown to vårdgivare; whose they are only in an emergency, and then the owner
    is asked again. What is blocked is never told.
    """

    common_id = models.UUIDField()
    owner = models.CharField(max_length=63)  # schema of the huvudman that holds them
    is_blocked = models.BooleanField()
    at = models.DateTimeField()  # when it became so

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["common_id", "owner"], name="block_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.common_id}: {self.is_blocked}"
