"""What the pages ask of invoices: the host's books of them, and what each party has been sent.

A party sees what is addressed to it alone; the terms are open to all. What invoices come from, a
run or a settlement of payment liability, is asked for by its id.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from billing import months, parties
from billing.invoices import accounting, allocated, content
from billing.invoices.accounting import Attest
from billing.invoices.drafts import AgreedTerms, Drafts
from billing.invoices.model import Invoice
from billing.invoices.parties import Address, Buyer
from billing.invoices.status import Status
from billing.models import (
    BasisAttest,
    BatchedInvoice,
    InvoiceBasis,
    InvoiceEvent,
    InvoiceTerms,
    IssuedInvoice,
    LiabilitySettlement,
    Payer,
    Run,
    SieBatch,
)
from billing.papers.accounting import AccountingBasis, SignedAttest
from billing.parties import books_of
from billing.queries import RunShown


class NoSuchInvoice(Exception):
    """There is no such invoice, or none that is addressed to us."""


class NoSuchBasis(Exception):
    """There is no such basis here."""


class NoSuchBatch(Exception):
    """There is no such batch here."""


@dataclass(frozen=True)
class TermsShown:
    """Faktureringsvillkor, in a version."""

    version: int
    agreed: AgreedTerms
    made_by: str
    at: datetime


@dataclass(frozen=True)
class Attested:
    """Attest: who has attested a basis, and when."""

    staff_id: UUID
    made_by: str
    made_by_title: str
    at: datetime


@dataclass(frozen=True)
class BasisShown:
    """Fakturaunderlag, with its attests, and whether its invoices are issued."""

    id: UUID
    number: int
    run: UUID | None
    settlement: UUID | None
    credits: UUID | None
    reason: str
    drafts: Drafts
    hash: str
    made_by: str
    at: datetime
    attests: tuple[Attested, ...]
    is_issued: bool
    is_replaced: bool  # a newer one has come in its place

    @property
    def origin(self) -> UUID:
        """Return the run or the settlement that its invoices come from."""
        return _origin(self.run, self.settlement)

    @property
    def is_attested(self) -> bool:
        """Tell whether two persons have attested it."""
        return len(self.attests) == accounting.ATTESTS

    @property
    def is_open(self) -> bool:
        """Tell whether something can still come of it."""
        return not self.is_issued and not self.is_replaced


@dataclass(frozen=True)
class InvoiceShown:
    """Utställd faktura eller kreditfaktura, with what has happened to it."""

    id: UUID
    run: UUID | None
    settlement: UUID | None
    basis: UUID
    code: str
    credits: UUID | None
    sha256: str
    invoice: Invoice
    notes: tuple[Invoice, ...]  # the credit notes that take it back, whole or in part
    events: Mapping[Status, tuple[date, str]]

    @property
    def origin(self) -> UUID:
        """Return the run or the settlement that it comes from."""
        return _origin(self.run, self.settlement)

    @property
    def left_ore(self) -> int:
        """Return what is left to pay when what is credited is taken off."""
        return self.invoice.payable_ore - sum(it.payable_ore for it in self.notes)

    @property
    def status(self) -> Status:
        """Return where it stands. Nothing is left of it: credited, also where it was paid."""
        if self.notes and self.left_ore <= 0:
            return Status.CREDITED
        return Status.PAID if Status.PAID in self.events else Status.ISSUED


@dataclass(frozen=True)
class BatchShown:
    """SIE-bunt in a list."""

    id: UUID
    number: int
    control_number: str
    invoices: tuple[str, ...]  # their numbers
    at: datetime


def terms() -> TermsShown | None:
    """Return the terms that hold, None before the first."""
    with books_of(parties.board().host):
        row = (
            InvoiceTerms.objects.order_by("-version")
            .values_list("version", "content", "made_by", "at")
            .first()
        )
    if row is None:
        return None
    version, written, made_by, at = row
    return TermsShown(version, content.agreed_terms(written), made_by, at)


def payers() -> dict[str, Buyer]:
    """Return the host's register of payers, by municipality code."""
    return {
        it.code: Buyer(
            it.name,
            it.organisation_number,
            Address(it.street, it.postal_code, it.city),
            it.reference,
            it.order_reference,
            it.counterparty,
        )
        for it in Payer.objects.order_by("code")
    }


def bases(origin: UUID) -> tuple[BasisShown, ...]:
    """Return the bases of the invoices and credit notes of something, the first one first."""
    return _bases(_of(origin))


def open_bases(settlements: Collection[UUID]) -> tuple[BasisShown, ...]:
    """Return the bases of some settlements that nothing has come of yet."""
    return tuple(it for it in _bases(Q(settlement__in=list(settlements))) if it.is_open)


def basis(basis_id: UUID) -> BasisShown:
    """Return a basis with its attests.

    :raises NoSuchBasis: if there is none such here
    """
    row = InvoiceBasis.objects.filter(pk=basis_id).values_list("run", "settlement").first()
    if row is None:
        raise NoSuchBasis
    return next(it for it in bases(_origin(*row)) if it.id == basis_id)


def invoices(origin: UUID | None = None) -> tuple[InvoiceShown, ...]:
    """Return the invoices and credit notes that we may see, by number: of something, or all."""
    return _invoices(Q() if origin is None else _of(origin))


def invoice(invoice_id: UUID) -> InvoiceShown:
    """Return an invoice.

    :raises NoSuchInvoice: if there is none such that we may see
    """
    with books_of(parties.board().host):
        row = IssuedInvoice.objects.filter(pk=invoice_id).values_list("run", "settlement").first()
    if row is None:
        raise NoSuchInvoice
    return next(it for it in invoices(_origin(*row)) if it.id == invoice_id)


def not_invoiced(run: RunShown) -> tuple[str, ...]:
    """Return the codes of the municipalities that pay and have no invoice that stands.

    An invoice of another run of the same table stands too: a correction charges nobody twice. An
    outcome has taken off what they charged, so there its own count alone. A credit note of another
    run's invoice is what pays back, and stands as an invoice does.
    """
    of = [run.id]
    if "follows" not in run.record["asked"]:
        of = list(Run.objects.filter(table=run.table).values_list("id", flat=True))
    found = _invoices(Q(run__in=of))
    own = {it.id for it in found}
    standing = {
        it.code
        for it in found
        if it.credits not in own and (it.credits or it.status is not Status.CREDITED)
    }
    return tuple(code for code in allocated.payers(run.record) if code not in standing)


def net_ore(runs: Iterable[UUID]) -> dict[str, int]:
    """Return what some runs' invoices charge without VAT, less what was credited, by code."""
    rows = IssuedInvoice.objects.filter(run__in=list(runs))
    found: dict[str, int] = {}
    for code, ore, credits in rows.order_by("code").values_list("code", "net_ore", "credits"):
        found[code] = found.get(code, 0) + (-ore if credits else ore)
    return found


def to_credit(runs: Iterable[UUID]) -> dict[str, InvoiceShown]:
    """Return, by code, the invoice of some runs on which most is left to credit."""
    found = [it for it in _invoices(Q(run__in=list(runs))) if it.credits is None]
    return {it.code: it for it in sorted(found, key=lambda it: it.left_ore)}


def numbered(numbers: Collection[str]) -> dict[str, InvoiceShown]:
    """Return the invoices of some numbers, by number; nothing is asked where there are none."""
    if not numbers:
        return {}
    return {it.invoice.number: it for it in _invoices(Q(number__in=list(numbers)))}


def ubl(invoice_id: UUID) -> tuple[str, bytes]:
    """Return the number of an invoice and its file, as it was made.

    :raises NoSuchInvoice: if there is none such that we may see
    """
    with books_of(parties.board().host):
        row = IssuedInvoice.objects.filter(pk=invoice_id).values_list("number", "xml").first()
    if row is None:
        raise NoSuchInvoice
    number, xml = row
    return number, xml.encode()


def batches(origin: UUID) -> tuple[BatchShown, ...]:
    """Return the batches that the vouchers of something have gone to the ledger in."""
    return tuple(
        BatchShown(
            row.id,
            row.number,
            row.control_number,
            tuple(sorted(it.invoice.number for it in row.batched.all())),
            row.at,
        )
        for row in SieBatch.objects.filter(_of(origin))
        .order_by("number")
        .prefetch_related("batched__invoice")
    )


def standing_invoice(origin: UUID) -> InvoiceShown | None:
    """Return the invoice of something that is not credited whole, None where there is none."""
    return next(
        (it for it in invoices(origin) if it.credits is None and it.status is not Status.CREDITED),
        None,
    )


def not_batched(origin: UUID) -> tuple[InvoiceShown, ...]:
    """Return the invoices of something whose vouchers have not gone to the ledger."""
    batches = SieBatch.objects.filter(_of(origin))
    batched = set(
        BatchedInvoice.objects.filter(batch__in=batches).values_list("invoice", flat=True)
    )
    return tuple(it for it in invoices(origin) if it.id not in batched)


def sie(batch_id: UUID) -> tuple[int, bytes]:
    """Return the number of a batch and its file, as it was made.

    :raises NoSuchBatch: if there is none such here
    """
    row = SieBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NoSuchBatch
    return row.number, bytes(row.file)


def accounting_basis(basis_id: UUID) -> AccountingBasis:
    """Return the vouchers of a basis whose invoices are issued, with the two attests.

    :raises NoSuchBasis: if there is none such here
    :raises CannotInvoice: if it is not attested by two, or not issued
    """
    found = basis(basis_id)
    made = [it.invoice for it in invoices(found.origin) if it.basis == basis_id]
    draft = next(iter(found.drafts.invoices.values()))
    return AccountingBasis(
        number=found.number,
        owner=draft.seller.name,
        title=_title(found),
        decision=draft.decision,
        run_hash=draft.run_id,
        basis_hash=found.hash,
        vouchers=tuple(accounting.voucher_of(it, found.drafts.posting) for it in made),
        signed=tuple(
            SignedAttest(Attest(it.made_by_title, timezone.localtime(it.at)), it.made_by)
            for it in found.attests
        ),
    )


_INVOICE = ("id", "run", "settlement", "basis", "code", "credits", "sha256", "content")


def _of(origin: UUID) -> Q:
    return Q(run=origin) | Q(settlement=origin)


def _origin(run: UUID | None, settlement: UUID | None) -> UUID:
    found = run or settlement
    assert found is not None  # the database sees to it
    return found


def _title(of: BasisShown) -> str:
    """Return what the invoices of a basis are for."""
    if of.run is not None:
        return Run.objects.values_list("title", flat=True).get(pk=of.run)
    record = LiabilitySettlement.objects.values_list("record", flat=True).get(pk=of.origin)
    return f"Betalningsansvar {months.read(record['month']).said}, {record['name']}"


def _bases(of: Q) -> tuple[BasisShown, ...]:
    rows = list(
        InvoiceBasis.objects.filter(of).order_by("number").prefetch_related("attests", "invoices")
    )
    newest = {(it.run, it.settlement, it.credits): it.number for it in rows}
    return tuple(
        BasisShown(
            id=it.id,
            number=it.number,
            run=it.run,
            settlement=it.settlement,
            credits=it.credits,
            reason=it.reason,
            drafts=content.drafts(it.content),
            hash=it.hash,
            made_by=it.made_by,
            at=it.at,
            attests=tuple(_attested(a) for a in sorted(it.attests.all(), key=lambda a: a.number)),
            is_issued=bool(it.invoices.all()),
            is_replaced=newest[it.run, it.settlement, it.credits] != it.number,
        )
        for it in rows
    )


def _attested(row: BasisAttest) -> Attested:
    return Attested(row.staff, row.made_by, row.made_by_title, row.at)


def _invoices(of: Q) -> tuple[InvoiceShown, ...]:
    with books_of(parties.board().host):
        rows = list(IssuedInvoice.objects.filter(of).order_by("sequence").values(*_INVOICE))
        # A credit note may come of another run: what an outcome pays back.
        notes = list(
            IssuedInvoice.objects.filter(credits__in=[it["id"] for it in rows])
            .order_by("sequence")
            .values("credits", "content")
        )
        events = list(
            InvoiceEvent.objects.filter(invoice__in=IssuedInvoice.objects.filter(of))
            .order_by("id")
            .values_list("invoice", "what", "on", "made_by")
        )
    return tuple(_invoice(row, notes, events) for row in rows)


def _invoice(
    row: Mapping[str, Any],
    notes: Sequence[Mapping[str, Any]],
    events: Sequence[tuple[UUID, str, date, str]],
) -> InvoiceShown:
    return InvoiceShown(
        id=row["id"],
        run=row["run"],
        settlement=row["settlement"],
        basis=row["basis"],
        code=row["code"],
        credits=row["credits"],
        sha256=row["sha256"],
        invoice=content.invoice(row["content"]),
        notes=tuple(content.invoice(it["content"]) for it in notes if it["credits"] == row["id"]),
        events={Status(what): (on, by) for pk, what, on, by in events if pk == row["id"]},
    )
