"""The registry of huvudmän and what all of them read: in the schema public, no patient data."""

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.agreement_rows import AgreementText as AgreementText
from tenants.agreement_rows import CommentAnswer as CommentAnswer
from tenants.agreement_rows import ConsultationRound as ConsultationRound
from tenants.agreement_rows import PartyDecision as PartyDecision
from tenants.agreement_rows import RoundComment as RoundComment
from tenants.agreement_rows import RoutineText as RoutineText
from tenants.agreement_rows import Signature as Signature
from tenants.agreement_rows import Termination as Termination
from tenants.apart import PREFIX, UNIT_PREFIX
from tenants.onboarding import ContactRole, State, Step
from tenants.rows import COMMON_APPEND_ONLY, Common
from tenants.training_rows import TrainingCount as TrainingCount
from tenants.training_rows import TrainingGoal as TrainingGoal
from tenants.training_rows import TrainingReset as TrainingReset


class Tenant(TenantMixin):
    """Huvudman: a region, a kommun or both (1 kap. 1 §), with a schema and a role of one name."""

    class Kind(models.TextChoices):
        """Region or kommun; Gotland is both."""

        REGION = "region", _("Region")
        MUNICIPALITY = "municipality", _("Kommun")
        BOTH = "both", _("Region och kommun")

    auto_create_schema = False  # tenants.joining does it, together with role, grants and policies

    name = models.CharField(max_length=100)
    # Swedish order without ICU: sorting.sort_key(name), compared byte by byte.
    name_sort = models.CharField(max_length=200, db_collation="C", db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    organisation_number = models.CharField(max_length=10, blank=True)  # empty: a training one
    county_code = models.CharField(max_length=2)
    municipality_code = models.CharField(max_length=4, blank=True)
    # The real huvudman that this is the training one of (övningshuvudman); empty: it is real.
    training_for = models.CharField(max_length=63, blank=True, db_default="")
    # What its schema was last brought in line with: equal ones are skipped without a look.
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipality_code"],
                condition=~models.Q(municipality_code="") & models.Q(training_for=""),
                name="tenant_municipality_code_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_number"],
                condition=~models.Q(organisation_number=""),
                name="tenant_organisation_number_once",
            ),
            models.UniqueConstraint(
                fields=["training_for"],
                condition=~models.Q(training_for=""),
                name="tenant_training_once",
            ),
            # Its name tells PostgreSQL what it is, and nothing of it can be taken for the real one.
            models.CheckConstraint(
                condition=models.Q(schema_name__startswith=PREFIX) ^ models.Q(training_for=""),
                name="tenant_training_is_named_so",
            ),
            models.CheckConstraint(
                condition=models.Q(training_for="") ^ models.Q(organisation_number=""),
                name="tenant_training_has_no_number",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="region") ^ ~models.Q(municipality_code=""),
                name="tenant_municipality_has_a_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """The host name under which a huvudman's people meet the product."""


class Departed(models.Model):
    """Huvudman som har lämnat: its name, so that what others keep of it can still be read.

    Written by the migrator alone, as the registry is. Nobody else is ever given its schema's name.
    """

    schema_name = models.CharField(max_length=63, primary_key=True)
    name = models.CharField(max_length=100)
    name_sort = models.CharField(max_length=200, db_collation="C")
    kind = models.CharField(max_length=20, choices=Tenant.Kind.choices)
    organisation_number = models.CharField(max_length=10)
    county_code = models.CharField(max_length=2)
    municipality_code = models.CharField(max_length=4, blank=True)
    left_at = models.DateTimeField()
    seal = models.CharField(max_length=64)  # of the archive that it left with

    def __str__(self) -> str:
        return self.name


class Unit(Common):
    """Enhet (2 kap. 1 §): an entry in the address book that every huvudman reads."""

    class Kind(models.TextChoices):
        """What the unit does, and so which lane of a case it stands in."""

        WARD = "ward", _("Avdelning")
        PRIMARY_CARE = "primary_care", _("Hälsocentral")
        SOCIAL_SERVICES = "social_services", _("Socialtjänst")
        MUNICIPAL_HEALTH_CARE = "municipal_health_care", _("Kommunal hälso- och sjukvård")
        ADMINISTRATION = "administration", _("Förvaltning")

    class Branch(models.TextChoices):
        """Verksamhetsgren: secrecy applies between independent branches (OSL 25 kap. 11 §)."""

        HEALTH_CARE = "health_care", _("Hälso- och sjukvård")
        SOCIAL_CARE = "social_care_2022_913", _("Omsorg om äldre och personer med funktionshinder")
        OTHER_SOCIAL = "other_social_services", _("Övrig socialtjänst")

    hsa_id = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=100)
    name_sort = models.CharField(max_length=200, db_collation="C")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    branch = models.CharField(max_length=30, choices=Branch.choices)
    phone = models.CharField(max_length=30)
    # {"mon": ["08:00", "16:30"], ...}; a day that is missing is not watched.
    opening_hours = models.JSONField(default=dict)
    watches_red_days = models.BooleanField(default=False)
    # HSA-id of the unit that takes over when nobody watches this inbox.
    successor = models.CharField(max_length=32, blank=True)
    # Receives by default what is meant for the huvudman and this kind of service.
    is_default = models.BooleanField(default=False)
    archived_on = models.DateField(null=True, blank=True)
    # Fingerat objekt in HSA: for tests only. Nobody acts there outside a test environment (R1).
    is_feigned = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["owner", "kind"], name="unit_owner_kind")]
        constraints = [
            # A training huvudman never takes the HSA-id of a real unit, nor the other way round.
            models.CheckConstraint(
                condition=models.Q(owner__startswith=PREFIX)
                ^ ~models.Q(hsa_id__startswith=UNIT_PREFIX),
                name="unit_training_is_numbered_so",
            )
        ]

    def __str__(self) -> str:
        return self.name


class JointBoard(Common):
    """Gemensam nämnd (KL 9 kap. 19-35 §§): who hosts it, and who its parties are.

    Its owner is the huvudman in whose organisation it lies.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=100)
    parties = models.JSONField()  # schema names, the host's own among them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="joint_board_once")]

    def __str__(self) -> str:
        return self.name


class Onboarding(Common):
    """Anslutning: the county's region lets a huvudman begin to join. The last row counts."""

    isolation = COMMON_APPEND_ONLY

    tenant = models.CharField(max_length=63, db_index=True)  # schema name of the one that joins
    delregion = models.CharField(max_length=100, blank=True)
    wanted_start_on = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.tenant} joins"


class OnboardingStep(Common):
    """Steg i anslutningen, as its huvudman told of it. The last row of each step counts."""

    isolation = COMMON_APPEND_ONLY

    step = models.CharField(max_length=20, choices=[(it.value, it.value) for it in Step])
    # Two who write at once cannot both follow on the same row: the second reads the first.
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=[(it.value, it.value) for it in State])
    responsible = models.CharField(
        max_length=20, choices=[(it.value, it.value) for it in ContactRole]
    )
    due_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    # How many hold an assignment, which the others cannot count; no names.
    people = models.PositiveIntegerField(null=True, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "step", "number"], name="onboarding_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.step} {self.state}"


class OnboardingContact(Common):
    """Kontaktperson i anslutningen, with what is needed to reach one at work. The last row counts.

    A row without a name takes back the one before it.
    """

    isolation = COMMON_APPEND_ONLY

    role = models.CharField(max_length=20, choices=[(it.value, it.value) for it in ContactRole])
    number = models.PositiveIntegerField()  # as that of a step
    contact_name = models.CharField(max_length=100, blank=True)
    contact_title = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    named_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "role", "number"], name="onboarding_contact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.role}"


class OnboardingActivity(Common):
    """Aktivitet i införandet, beside the eight steps: who does what, with whom and when.

    The last row of each activity counts.
    """

    isolation = COMMON_APPEND_ONLY

    activity = models.UUIDField(default=uuid4)
    number = models.PositiveIntegerField()  # as that of a step
    what = models.CharField(max_length=200)
    responsible = models.CharField(max_length=100, blank=True)
    with_whom = models.CharField(max_length=200, blank=True)
    forum = models.CharField(max_length=100, blank=True)
    wanted_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    planned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "activity", "number"], name="onboarding_activity_once"
            )
        ]

    def __str__(self) -> str:
        return self.what


class ExpertRequest(Common):
    """Efterfrågad ämnesexpert: the county's region asks a huvudman for one, in a field.

    The last row of each huvudman and field counts.
    """

    isolation = COMMON_APPEND_ONLY

    class Field(models.TextChoices):
        """Of what the expert knows."""

        INPATIENT_CARE = "inpatient_care", _("Slutenvård")
        PRIMARY_CARE = "primary_care", _("Primärvård")
        MUNICIPAL_HEALTH_CARE = "municipal_health_care", _("Kommunal hälso- och sjukvård")
        SOCIAL_SERVICES = "social_services", _("Socialtjänst")
        IT = "it", _("IT")
        LAW = "law", _("Juridik")

    tenant = models.CharField(max_length=63, db_index=True)  # schema name of the one that is asked
    field = models.CharField(max_length=30, choices=Field.choices)
    number = models.PositiveIntegerField()  # as that of a step
    asked_on = models.DateField()
    answer_by = models.DateField(null=True, blank=True)
    purpose = models.CharField(max_length=200)
    is_withdrawn = models.BooleanField(default=False)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "tenant", "field", "number"], name="expert_request_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant} {self.field}"


class ExpertAnswer(Common):
    """Svar om en ämnesexpert: who takes part and from when, or why nobody does.

    The last row of each field counts.
    """

    isolation = COMMON_APPEND_ONLY

    class Reply(models.TextChoices):
        """Whether somebody takes part."""

        TAKES_PART = "takes_part", _("Deltar")
        DECLINES = "declines", _("Avböjer")

    field = models.CharField(max_length=30, choices=ExpertRequest.Field.choices)
    number = models.PositiveIntegerField()  # as that of a step
    reply = models.CharField(max_length=20, choices=Reply.choices)
    expert_name = models.CharField(max_length=100, blank=True)
    expert_title = models.CharField(max_length=100, blank=True)
    from_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    answered_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "field", "number"], name="expert_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.field} {self.reply}"


class StartPlan(Common):
    """Startplan: the days of the units that do not start with their huvudman. The last one counts.

    The whole plan is one row, so that two who change it at once cannot mix their days.
    """

    isolation = COMMON_APPEND_ONLY

    number = models.PositiveIntegerField()  # as that of a step
    days = models.JSONField()  # {HSA-id: "2027-01-11"}; who is not in it starts with its huvudman
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    planned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "number"], name="start_plan_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.number}"


class UnitCheck(Common):
    """Teknisk kontroll av en enhet, as the others see it: done when, and what did not hold.

    Who made it and in which browser lies at home. The last row of each unit counts.
    """

    isolation = COMMON_APPEND_ONLY

    unit_id = models.CharField(max_length=32)  # HSA-id
    failed = models.JSONField(default=list)  # tenants.technical.Item
    untried = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.unit_id


class PackDone(Common):
    """Beslutsunderlag som är färdigt: when a huvudman says so, and how much it holds.

    What it holds lies at home. The last row counts; one without a day opens it again.
    """

    isolation = COMMON_APPEND_ONLY

    number = models.PositiveIntegerField()  # as that of a step
    done_on = models.DateField(null=True, blank=True)
    counts = models.JSONField(default=dict)  # {tenants.decision.Part: how many rows}
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100)
    declared_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "number"], name="pack_done_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.done_on}"
