"""The joint board's books: tables of costs, what was computed, decided and objected, and invoices.

They lie in the schema of the huvudman that hosts the board. What is shared is never changed and is
opened to the parties at its birth; an announcement and an objection lie at the party that makes it.
"""

from uuid import uuid4

from django.db import models

from tenants.rows import LETTER, AppendOnly, Disclosed, Home

# An invoice comes from a run, which the board has decided on, or from a settlement of liability.
OF_ONE = models.Q(run=None, settlement__isnull=False) | models.Q(run__isnull=False, settlement=None)


class PopulationSnapshot(Disclosed):
    """Befolkningsunderlag: a day's population as its source gave it. A correction is a new one."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    on = models.DateField()
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    raw = models.TextField()  # the answer or the file, as it came
    inhabitants = models.JSONField()  # by kommunkod
    names = models.JSONField()
    counties = models.JSONField()
    imported_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["on", "sha256"], name="population_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.source}"


class CountSnapshot(Disclosed):
    """Räknat underlag: what its source counted at each municipality on a day, sums handed in."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    what = models.CharField(max_length=20)  # counts.What
    on = models.DateField()
    source = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    raw = models.TextField()  # the file, as it came
    counts = models.JSONField()  # by kommunkod; of skattekraft öre per inhabitant
    imported_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["what", "on", "sha256"], name="count_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.on} {self.source}"


class CostAgreement(Disclosed):
    """Kostnadsavtal, one version of it (agreement.AgreedSharing), never changed."""

    version = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    hash = models.CharField(max_length=64)
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"cost agreement {self.version}"


class CostTable(Home):
    """Kostnadstabell: what is to be shared in a period. It is worked on; a run keeps a copy."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    title = models.CharField(max_length=200)
    first_on = models.DateField()
    last_on = models.DateField()
    # The table whose outcome this one holds, and the outcome whose balance is paid with it.
    follows = models.UUIDField(null=True, unique=True)
    carries = models.UUIDField(null=True, unique=True)
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class CostRow(Home):
    """Rad i kostnadstabellen: an activity, who pays what, and by which method it is shared."""

    table = models.ForeignKey(CostTable, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    activity = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)  # runs.Kind
    category = models.CharField(max_length=10)  # runs.Category
    note = models.CharField(max_length=500, blank=True)
    region_ore = models.BigIntegerField(default=0)
    municipalities_ore = models.BigIntegerField(default=0)
    method_id = models.CharField(max_length=40, default="population@1")
    parameters = models.JSONField(default=dict)
    rule = models.JSONField(default=dict)  # billing.funding

    def __str__(self) -> str:
        return self.activity


class Run(Disclosed):
    """Fördelning: one computation as a record, with its hash (billing.runs)."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    table = models.UUIDField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    record = models.JSONField()
    hash = models.CharField(max_length=64)
    code_version = models.CharField(max_length=40)
    supersedes = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # why it takes the place of another
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="run_number_once"),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=~models.Q(supersedes=None),
                name="run_superseded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Step(Disclosed):
    """Steg i beslutet: proposed, decided, the minutes adjusted (billing.decisions)."""

    run = models.UUIDField()
    act = models.CharField(max_length=20)
    on = models.DateField()
    paragraph = models.CharField(max_length=20, blank=True)
    diary_number = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    made_by = models.CharField(max_length=100)
    made_by_title = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["run", "act"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.act} {self.run}"


class Announcement(Disclosed):
    """Tillkännagivande (KL 9 kap. 32 §): the adjusted minutes stand on our notice board."""

    run = models.UUIDField(unique=True)
    on = models.DateField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.on} {self.run}"


class Objection(AppendOnly):
    """Invändning: what a party finds wrong with its share, to the host."""

    isolation = LETTER

    id = models.UUIDField(primary_key=True, default=uuid4)
    recipient = models.CharField(max_length=63, db_index=True)
    run = models.UUIDField()
    text = models.TextField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"objection {self.id}"


class Reply(AppendOnly):
    """Svar på en invändning: the host's word, to the party that objected."""

    isolation = LETTER

    objection = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=63, db_index=True)
    outcome = models.CharField(max_length=10)  # decisions.Outcome
    text = models.TextField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reply to {self.objection}"


class Offer(Disclosed):
    """Erbjudande om en option, en version: what it costs and until when it can be called off."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    option = models.UUIDField()  # what all versions of an offer have in common
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    yearly_ore = models.BigIntegerField()
    one_off_ore = models.BigIntegerField()
    cap_ore = models.BigIntegerField(null=True)  # pristak, per inhabitant and year
    present_ore = models.BigIntegerField(null=True)  # what the present system costs in a year
    model = models.CharField(max_length=40)  # simulation.model
    population = models.UUIDField()
    inhabitants = models.JSONField()  # of each municipality that it is made to, by kommunkod
    counted_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)  # why it takes the place of another
    made_by = models.CharField(max_length=100)
    made_by_title = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["option", "number"], name="offer_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class DeadlineExtension(Disclosed):
    """Förlängd tid för avrop: the last day is moved, and why."""

    option = models.UUIDField(db_index=True)
    last_on = models.DateField()
    reason = models.CharField(max_length=500)
    made_by = models.CharField(max_length=100)
    made_by_title = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.last_on} {self.option}"


class OptionDecision(Disclosed):
    """Besked om en option, at the municipality that gives it. A new one replaces the one before."""

    option = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()  # of the offer that it was given on
    answer = models.CharField(max_length=10)  # calloff.Answer
    on = models.DateField()
    paragraph = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    made_by = models.CharField(max_length=100)
    made_by_title = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.answer} {self.option}"


class InvoiceTerms(Disclosed):
    """Faktureringsvillkor, one version of them (invoices.drafts.AgreedTerms); the newest holds."""

    version = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"invoice terms {self.version}"


class Payer(Home):
    """Betalare: a municipality as its next invoice names it (invoices.parties.Buyer)."""

    code = models.CharField(max_length=4, unique=True)  # kommunkod
    name = models.CharField(max_length=100)
    organisation_number = models.CharField(max_length=10)
    street = models.CharField(max_length=100)
    postal_code = models.CharField(max_length=5)
    city = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, blank=True)
    order_reference = models.CharField(max_length=60, blank=True)
    counterparty = models.CharField(max_length=20, blank=True)
    changed_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class NumberSeries(Home):
    """Nummerserie: the last number given. Its row is locked by who writes what gets the next."""

    name = models.CharField(max_length=10, unique=True)  # issuing.Series
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class InvoiceBasis(AppendOnly):
    """Fakturaunderlag: drafts of invoices, or of a credit note, for two to attest."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    number = models.PositiveIntegerField(unique=True)
    run = models.UUIDField(null=True, db_index=True)
    settlement = models.UUIDField(null=True, db_index=True)
    # The invoice that is credited, by its id: a foreign key would go round in a ring.
    credits = models.UUIDField(null=True, db_index=True)
    reason = models.CharField(max_length=500, blank=True)  # of a credit note
    content = models.JSONField()  # invoices.drafts.Drafts
    hash = models.CharField(max_length=64)
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=OF_ONE, name="basis_of_one")]

    def __str__(self) -> str:
        return f"invoice basis {self.number}"


class BasisAttest(AppendOnly):
    """Attest av ett fakturaunderlag: two of them, by two persons, and the database sees to it."""

    basis = models.ForeignKey(InvoiceBasis, on_delete=models.PROTECT, related_name="attests")
    number = models.PositiveIntegerField()
    staff = models.UUIDField()
    made_by = models.CharField(max_length=100)
    made_by_title = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["basis", "staff"], name="attest_person_once"),
            models.UniqueConstraint(fields=["basis", "number"], name="attest_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__in=[1, 2]), name="attest_first_second"
            ),
        ]

    def __str__(self) -> str:
        return f"attest {self.number} of {self.basis_id}"


class IssuedInvoice(Disclosed):
    """Utställd faktura eller kreditfaktura, as it was written; opened to who pays it, only."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    basis = models.ForeignKey(InvoiceBasis, on_delete=models.PROTECT, related_name="invoices")
    run = models.UUIDField(null=True, db_index=True)
    settlement = models.UUIDField(null=True, db_index=True)
    sequence = models.PositiveIntegerField(unique=True)
    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=4)  # kommunkod of the buyer
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes"
    )
    issued_on = models.DateField()
    due_on = models.DateField()
    net_ore = models.BigIntegerField()
    vat_ore = models.BigIntegerField()
    payable_ore = models.BigIntegerField()
    content = models.JSONField()  # invoices.model.Invoice
    xml = models.TextField()  # the file, as it was made
    sha256 = models.CharField(max_length=64)  # of the file
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["basis", "code"], name="invoice_once_of_basis"),
            models.CheckConstraint(condition=OF_ONE, name="invoice_of_one"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceEvent(Disclosed):
    """Händelse på en faktura: issued, paid. Opened to whom the invoice is."""

    invoice = models.ForeignKey(IssuedInvoice, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=10)  # invoices.status.Status
    on = models.DateField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["invoice", "what"], name="invoice_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.invoice_id}"


class SieBatch(AppendOnly):
    """SIE-bunt: one file of vouchers for the ledger, as it was made."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    number = models.PositiveIntegerField(unique=True)
    run = models.UUIDField(null=True, db_index=True)
    settlement = models.UUIDField(null=True, db_index=True)
    control_number = models.CharField(max_length=12, unique=True)
    file = models.BinaryField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=OF_ONE, name="batch_of_one")]

    def __str__(self) -> str:
        return f"SIE batch {self.number}"


class BatchedInvoice(AppendOnly):
    """Faktura i en bunt: an invoice goes to the ledger once."""

    batch = models.ForeignKey(SieBatch, on_delete=models.PROTECT, related_name="batched")
    invoice = models.OneToOneField(IssuedInvoice, on_delete=models.PROTECT, related_name="batched")

    def __str__(self) -> str:
        return f"{self.invoice_id} in {self.batch_id}"


class CloudFile(Home):
    """Inläst fil med molnkostnader, as it came, and what it charges (focus.summed)."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    table = models.ForeignKey(CostTable, on_delete=models.CASCADE, related_name="cloud_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    charges = models.JSONField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    imported_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Home.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["table", "sha256"], name="cloud_file_once")]

    def __str__(self) -> str:
        return self.name


class CloudRow(Home):
    """Rad som får sitt belopp ur molnkostnader, and what was typed in it before."""

    row = models.OneToOneField(CostRow, on_delete=models.CASCADE, related_name="cloud")
    region_share = models.CharField(max_length=60)  # of the amount, as "1/2"
    # The row whose charges of earlier periods this one holds.
    corrects = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, related_name="correction"
    )
    typed_kind = models.CharField(max_length=10)
    typed_region_ore = models.BigIntegerField()
    typed_municipalities_ore = models.BigIntegerField()

    def __str__(self) -> str:
        return f"cloud cost of row {self.row_id}"


class CloudRule(Home):
    """Mappningsregel, in its place among those of the table (focus.MappingRule)."""

    table = models.ForeignKey(CostTable, on_delete=models.CASCADE, related_name="cloud_rules")
    position = models.PositiveIntegerField()
    service = models.CharField(max_length=200, blank=True)
    tag = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    row = models.ForeignKey(CloudRow, on_delete=models.CASCADE, related_name="rules")

    def __str__(self) -> str:
        return f"{self.service} {self.tag}={self.value}"


class CloudRate(Home):
    """Växelkurs: kronor for one of a currency, as the parties have settled it for a table."""

    table = models.ForeignKey(CostTable, on_delete=models.CASCADE, related_name="cloud_rates")
    currency = models.CharField(max_length=3)
    kronor = models.DecimalField(max_digits=14, decimal_places=6)
    written_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Home.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["table", "currency"], name="cloud_rate_once")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.kronor}"


class CloudInvoice(Home):
    """Leverantörsfaktura för moln: what it says itself, without VAT, to hold the files against."""

    table = models.ForeignKey(CostTable, on_delete=models.CASCADE, related_name="cloud_invoices")
    number = models.CharField(max_length=200, blank=True)
    ore = models.BigIntegerField()
    written_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Home.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="cloud_invoice_once")
        ]

    def __str__(self) -> str:
        return self.number


class LiabilityList(Disclosed):
    """Preliminär lista över betalningsansvar: a municipality's month, opened to it alone."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    month = models.CharField(max_length=7)  # months.Month
    code = models.CharField(max_length=4)  # kommunkod
    record = models.JSONField()  # liability.records.listed
    hash = models.CharField(max_length=64)
    objections_until = models.DateField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["month", "code"], name="liability_month_once")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.code}"


class LiabilityObjection(AppendOnly):
    """Invändning mot en post, from the municipality that it is about to the host."""

    isolation = LETTER

    id = models.UUIDField(primary_key=True, default=uuid4)
    recipient = models.CharField(max_length=63, db_index=True)
    liability_list = models.UUIDField(db_index=True)
    item = models.PositiveIntegerField()  # its number in the list
    reason = models.CharField(max_length=30)  # liability.course.ObjectionReason
    text = models.TextField(blank=True)
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["liability_list", "item"], name="liability_objection_once"
            )
        ]

    def __str__(self) -> str:
        return f"objection {self.id} to item {self.item}"


class LiabilityReply(AppendOnly):
    """Regionens svar på en invändning mot en post, to the municipality that objected."""

    isolation = LETTER

    objection = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=63, db_index=True)
    verdict = models.CharField(max_length=10)  # liability.course.Verdict
    days = models.PositiveIntegerField()  # that are left of the item
    text = models.TextField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verdict} {self.objection}"


class LiabilityEscalation(AppendOnly):
    """Lyft till styrgruppen: the municipality does not take the answer, and tells the host so."""

    isolation = LETTER

    objection = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=63, db_index=True)
    text = models.TextField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"escalation of {self.objection}"


class LiabilityDecision(AppendOnly):
    """Styrgruppens beslut om en post, as the host records it for the municipality."""

    isolation = LETTER

    objection = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=63, db_index=True)
    days = models.PositiveIntegerField()  # that are left of the item
    on = models.DateField()
    text = models.TextField()
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.on} {self.objection}"


class LiabilitySettlement(Disclosed):
    """Avräkning av betalningsansvar: items of a list, frozen; opened to that municipality alone."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    liability_list = models.ForeignKey(
        LiabilityList, on_delete=models.PROTECT, related_name="settlements"
    )
    number = models.PositiveIntegerField()
    record = models.JSONField()  # liability.records.settled
    hash = models.CharField(max_length=64)
    made_by = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta(Disclosed.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["liability_list", "number"], name="liability_settlement_once"
            )
        ]

    def __str__(self) -> str:
        return f"settlement {self.number} of {self.liability_list_id}"
