"""What the host does with invoices: terms, payers, a basis, two attests, numbers, credit, books.

What takes a number locks the series first, so that numbers come one after the other; they are kept
in the same transaction as what has got them, so that a failure leaves no gap.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from importlib.metadata import version
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import amounts, balances, issued, parties, queries, runs
from billing.decisions import Act
from billing.invoices import accounting, allocated, content, drafts, settled
from billing.invoices import sie as ledger
from billing.invoices.drafts import DRAFT, AgreedTerms, Drafts
from billing.invoices.model import Credited, Invoice, InvoiceLine, Vat
from billing.invoices.parties import Buyer, Party, Seller
from billing.invoices.status import Status
from billing.invoices.texts import CannotInvoice, refuse_unfit
from billing.invoices.ubl import ubl
from billing.issued import BasisShown, InvoiceShown
from billing.models import (
    BasisAttest,
    BatchedInvoice,
    CostTable,
    InvoiceBasis,
    InvoiceEvent,
    InvoiceTerms,
    IssuedInvoice,
    NumberSeries,
    Payer,
    Run,
    SieBatch,
)
from billing.operations import FOREVER, Doer, Refused, refuse_unless_host, to_everybody
from billing.parties import Board
from billing.queries import RunShown
from billing.runs import Record


class Series(StrEnum):
    """Nummerserier: invoices with their credit notes, bases, batches."""

    INVOICE = "invoice"
    BASIS = "basis"
    BATCH = "batch"


class NoSuchPayer(Exception):
    """No municipality of the board has such a code."""


@transaction.atomic
def write_terms(agreed: AgreedTerms, *, by: Doer, at: datetime) -> None:
    """Keep a new version of the terms, open to every party; what is issued stays as it is.

    :raises CannotInvoice: if the bankgiro cannot be
    """
    refuse_unless_host()
    _seller(parties.board(), agreed)
    locked(Series.BASIS)
    newest = issued.terms()
    InvoiceTerms.objects.create(
        version=newest.version + 1 if newest else 1,
        content=content.plain(agreed),
        made_by=by.name,
        at=at,
        open_to=to_everybody(),
    )


def write_payer(payer: Buyer, *, code: str, by: Doer, at: datetime) -> None:
    """Keep how a municipality is named and found on its next invoice.

    :raises NoSuchPayer: if it is no party of the board
    """
    refuse_unless_host()
    if code not in parties.board().municipalities:
        raise NoSuchPayer
    Payer.objects.update_or_create(
        code=code,
        defaults={
            "name": payer.name,
            "organisation_number": payer.organisation_number,
            "street": payer.address.street,
            "postal_code": payer.address.postal_code,
            "city": payer.address.city,
            "reference": payer.reference,
            "order_reference": payer.order_reference,
            "counterparty": payer.counterparty,
            "changed_by": by.name,
            "at": at,
        },
    )


@transaction.atomic
def make_basis(*, run_id: UUID, by: Doer, at: datetime) -> UUID:
    """Draft an invoice for each municipality that pays and has none, for two to attest.

    Who gets something back of an outcome has a credit note. Made anew, before its invoices are
    issued, it takes the place of the one before.

    :raises Refused: if the decision is not final, the terms lack, nobody is left to invoice, or the
        balance is settled in another way
    :raises CannotInvoice: if a payer lacks, or a text cannot stand on an invoice
    """
    refuse_unless_host()
    locked(Series.INVOICE)
    shown = queries.run(run_id, at=at)
    _refuse_unless_final(shown)
    _refuse_if_settled(shown, at=at)
    agreed, left = _agreed(), issued.not_invoiced(shown)
    if not left:
        raise Refused("Alla som betalar har fått sin faktura. Kreditera den som är fel först.")
    credited = balances.to_credit(shown.record)
    _refuse_other_vat((credited[code] for code in left if code in credited), agreed.terms.vat)
    today = timezone.localdate(at)
    made = allocated.invoices_of(
        shown.record,
        agreed.terms,
        run_id=shown.hash,
        decision=_decision(shown),
        seller=_seller(parties.board(), agreed),
        buyers=issued.payers(),
        numbers={code: f"{DRAFT}-{code}" for code in allocated.payers(shown.record)},
        issued_on=today,
        due_on=drafts.due(today, agreed.days_to_pay),
        credited={
            code: Credited(it.invoice.number, it.invoice.issued_on) for code, it in credited.items()
        },
    )
    found = dict(zip(allocated.payers(shown.record), made, strict=True))
    _refuse_too_much((found[code] for code in left), credited)
    return _keep_basis(
        Drafts({code: found[code] for code in left}, agreed.days_to_pay, agreed.posting),
        run_id=run_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def make_settlement_basis(*, settlement_id: UUID, record: Record, by: Doer, at: datetime) -> UUID:
    """Draft the invoice of a frozen settlement of payment liability, for two to attest.

    :param record: what was frozen, with the code of who pays
    :raises Refused: if it has an invoice that stands, or the terms lack
    :raises CannotInvoice: if the payer lacks, or no day is left to pay
    """
    refuse_unless_host()
    locked(Series.INVOICE)
    _refuse_if_invoiced(settlement_id)
    agreed, code = _agreed(), record["code"]
    buyer = issued.payers().get(code)
    if buyer is None:
        raise CannotInvoice(
            f"Köparuppgifter saknas för {record['name']}. Fyll i dem innan ni fakturerar."
        )
    today = timezone.localdate(at)
    draft = settled.invoice_of(
        record,
        agreed.terms,
        run_id=runs.hash_of(record),
        seller=_seller(parties.board(), agreed),
        buyer=buyer,
        number=f"{DRAFT}-{code}",
        issued_on=today,
        due_on=drafts.due(today, agreed.days_to_pay),
    )
    return _keep_basis(
        Drafts({code: draft}, agreed.days_to_pay, agreed.posting),
        settlement_id=settlement_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def make_credit_basis(
    *, invoice_id: UUID, amounts_ore: Sequence[int], reason: str, by: Doer, at: datetime
) -> UUID:
    """Draft the credit note of an invoice, for two to attest.

    :param amounts_ore: what is taken back of each of its lines, without VAT
    :raises CannotInvoice: if nothing is taken back, or more than is left
    """
    refuse_unless_host()
    locked(Series.INVOICE)
    refuse_unfit(reason, "Skälet till krediteringen")
    credited = issued.invoice(invoice_id)
    _refuse_if_carried_on(credited)
    held = issued.basis(credited.basis)
    days_to_pay = held.drafts.days_to_pay
    today = timezone.localdate(at)
    note = allocated.credit_note(
        credited.invoice,
        number=DRAFT,
        issued_on=today,
        due_on=drafts.due(today, days_to_pay),
        lines=_taken_back(credited.invoice, amounts_ore),
    )
    drafts.refuse_more_than(credited.invoice, [*credited.notes, note])
    return _keep_basis(
        Drafts({credited.code: note}, days_to_pay, held.drafts.posting),
        run_id=credited.run, settlement_id=credited.settlement,
        credits=invoice_id, reason=reason, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def attest(*, basis_id: UUID, by: Doer, at: datetime) -> None:
    """Attest a basis: two persons do it, and who made it may be one of them.

    :raises issued.NoSuchBasis: if there is none such
    :raises Refused: if the person has attested it, two have, or a newer one has taken its place
    """
    refuse_unless_host()
    shown = issued.basis(basis_id)
    if by.staff_id is None:
        raise Refused("En attest är en persons. Logga in som dig själv och attestera på nytt.")
    if not shown.is_open:
        raise Refused("Underlaget är redan fakturerat eller ersatt. Öppna det som gäller.")
    if by.staff_id in {it.staff_id for it in shown.attests}:
        raise Refused(
            "Du har redan attesterat underlaget. Be en annan person som får attestera att göra det."
        )
    if shown.is_attested:
        raise Refused("Två personer har redan attesterat underlaget. Ställ ut fakturorna.")
    try:
        with transaction.atomic():
            BasisAttest.objects.create(
                basis_id=basis_id,
                number=len(shown.attests) + 1,
                staff=by.staff_id,
                made_by=by.name,
                made_by_title=by.title,
                at=at,
            )
    except IntegrityError:  # two at once
        raise Refused(
            "Någon attesterade samtidigt. Läs sidan igen och attestera om det behövs."
        ) from None


@transaction.atomic
def issue(*, basis_id: UUID, by: Doer, at: datetime) -> tuple[UUID, ...]:
    """Write the invoices of a basis: each gets the next number, and its payer can read it.

    :raises issued.NoSuchBasis: if there is none such
    :raises Refused: if two have not attested it, it is issued or replaced, or the run is no longer
        what the board has decided
    :raises CannotInvoice: if a credit note takes back more than is left
    """
    refuse_unless_host()
    series, board = locked(Series.INVOICE), parties.board()
    basis = issued.basis(basis_id)
    drafted = basis.drafts.invoices.values()
    credited = issued.numbered([it.credits.number for it in drafted if it.credits])
    _refuse_unless_ready(basis, credited, at=at)
    today = timezone.localdate(at)
    sequences = dict(enumerate(sorted(basis.drafts.invoices), start=series.last + 1))
    numbers = {code: f"{today.year}-{sequence:04}" for sequence, code in sequences.items()}
    written = basis.drafts.numbered(numbers, issued_on=today)
    rows = [
        _write(
            written[code],
            basis,
            credited,
            code=code,
            sequence=sequence,
            board=board,
            by=by,
            at=at,
        )
        for sequence, code in sequences.items()
    ]
    series.last += len(rows)
    series.save(update_fields=["last"])
    return tuple(it.pk for it in rows)


@transaction.atomic
def record_payment(*, invoice_id: UUID, on: date, by: Doer, at: datetime) -> None:
    """Record that an invoice has been paid.

    :raises issued.NoSuchInvoice: if there is none such
    :raises Refused: if it is paid or credited, is a credit note, or the day cannot be
    """
    refuse_unless_host()
    locked(Series.INVOICE)
    shown = issued.invoice(invoice_id)
    if shown.credits is not None or shown.status is not Status.ISSUED:
        raise Refused(
            "Betalning antecknas en gång, på en faktura som inte är krediterad. Läs fakturans läge."
        )
    if not shown.invoice.issued_on <= on <= timezone.localdate(at):
        raise Refused("Betalningsdagen ligger före fakturadagen eller i framtiden. Ändra dagen.")
    open_to = IssuedInvoice.objects.values_list("open_to", flat=True).get(pk=invoice_id)
    InvoiceEvent.objects.create(
        invoice_id=invoice_id, what=Status.PAID, on=on, made_by=by.name, at=at, open_to=open_to
    )


@transaction.atomic
def make_batch(
    *, by: Doer, at: datetime, run_id: UUID | None = None, settlement_id: UUID | None = None
) -> UUID:
    """Write the SIE file of the invoices of a run or a settlement that are not in the ledger.

    :raises Refused: if there are none
    """
    refuse_unless_host()
    series = locked(Series.BATCH)
    origin = run_id or settlement_id
    left = issued.not_batched(origin) if origin else ()
    if not origin or not left:
        raise Refused("Alla fakturor finns redan i en SIE-fil. Hämta den som är gjord.")
    posting = {it.id: it.drafts.posting for it in issued.bases(origin)}
    seller = left[0].invoice.seller
    batch = ledger.Batch(
        number=series.last + 1,
        made_on=timezone.localdate(at),
        owner=Party(seller.name, seller.organisation_number, seller.address),
        program_version=version("samplan"),
        vouchers=tuple(accounting.voucher_of(it.invoice, posting[it.basis]) for it in left),
    )
    row = SieBatch.objects.create(
        number=batch.number,
        run=run_id,
        settlement=settlement_id,
        control_number=ledger.control_number(batch),
        file=ledger.sie(batch),
        made_by=by.name,
        at=at,
    )
    BatchedInvoice.objects.bulk_create(BatchedInvoice(batch=row, invoice_id=it.id) for it in left)
    series.last = batch.number
    series.save(update_fields=["last"])
    return row.pk


def locked(name: Series) -> NumberSeries:
    """Return a series that nobody else can take numbers of until we have committed."""
    NumberSeries.objects.get_or_create(name=name)
    return NumberSeries.objects.select_for_update().get(name=name)


def _agreed() -> AgreedTerms:
    held = issued.terms()
    if held is None:
        raise Refused("Faktureringsvillkoren saknas. Skriv dem innan ni gör ett underlag.")
    return held.agreed


def _refuse_if_invoiced(settlement_id: UUID) -> None:
    if issued.standing_invoice(settlement_id) is not None:
        raise Refused("Avräkningen är redan fakturerad. Kreditera fakturan först om den är fel.")


def _refuse_if_settled(shown: RunShown, *, at: datetime) -> None:
    """Refuse to invoice what is settled otherwise, or was computed from what has changed.

    :raises Refused: with what to do
    """
    if in_the_way := balances.obstacle(shown, at=at):
        raise Refused(in_the_way)


def _refuse_if_carried_on(credited: InvoiceShown) -> None:
    """Refuse to credit an invoice that counted in a balance which another table has charged."""
    of = Run.objects.filter(pk=credited.origin).values("table")
    outcome = CostTable.objects.filter(follows__in=of).first()
    if outcome is not None and (title := balances.charged_in(outcome.pk)):
        raise Refused(
            f"Fakturan räknades av i avstämningen, som är fakturerad i {title}. Kreditera den"
            " fakturan i stället."
        )


def _refuse_other_vat(credited: Iterable[InvoiceShown], vat: Vat) -> None:
    """Refuse to take off, or back, what was invoiced with another VAT than the terms have now.

    :raises Refused: with what to do
    """
    for it in credited:
        if any(line.vat != vat for line in it.invoice.lines):
            raise Refused(
                f"Faktura {it.invoice.number}, som räknas av här, har en annan moms än"
                " faktureringsvillkoren har nu. Skriv villkoren med den moms som fakturan hade."
            )


def _refuse_too_much(notes: Iterable[Invoice], credited: Mapping[str, InvoiceShown]) -> None:
    """Refuse credit notes for more than is left of what they take back.

    :raises Refused: with what to do
    """
    of = {it.invoice.number: it for it in credited.values()}
    for note in notes:
        if note.credits is None:
            continue
        charged = of[note.credits.number]
        try:
            drafts.refuse_more_than(charged.invoice, [*charged.notes, note])
        except CannotInvoice:
            raise Refused(
                f"{note.buyer.name} ska få tillbaka {amounts.kronor(note.net_ore)} kr, och så"
                f" mycket är inte kvar av faktura {note.credits.number}. Kreditera fakturorna för"
                " sig, och ersätt sedan fördelningen: då räknas det av."
            ) from None


def _refuse_unless_final(shown: RunShown) -> None:
    if not shown.standing.is_billable:
        raise Refused(
            "Fakturor görs när nämndens beslut har fått laga kraft och inte är ersatt. Läs i"
            " tidslinjen på sidan när det sker."
        )


def _seller(board: Board, agreed: AgreedTerms) -> Seller:
    code = board.codes[board.host]
    return Seller(
        board.names[code], board.organisation_numbers[code], agreed.address, agreed.bankgiro
    )


def _decision(shown: RunShown) -> str:
    """Return the board's decision as an invoice names it: the board, the day, § and dnr."""
    proposed, decided = shown.step(Act.PROPOSE), shown.step(Act.DECIDE)
    told = [shown.board.name]
    if decided is not None:
        told.append(f"{decided.on} § {decided.paragraph}" if decided.paragraph else f"{decided.on}")
    if proposed is not None and proposed.diary_number:
        told.append(f"dnr {proposed.diary_number}")
    return " ".join(told)


def _taken_back(of: Invoice, amounts_ore: Sequence[int]) -> list[InvoiceLine]:
    """Return the lines of a credit note; what is nothing is left out."""
    pairs = list(zip(of.lines, amounts_ore, strict=True))
    for line, ore in pairs:
        if not min(0, line.amount_ore) <= ore <= max(0, line.amount_ore):
            raise Refused(f"Raden ”{line.text}” krediteras med mer än den var på. Ändra beloppet.")
    return [replace(line, amount_ore=ore) for line, ore in pairs if ore]


def _keep_basis(
    of: Drafts,
    *,
    by: Doer,
    at: datetime,
    run_id: UUID | None = None,
    settlement_id: UUID | None = None,
    credits: UUID | None = None,
    reason: str = "",
) -> UUID:
    series = locked(Series.BASIS)
    series.last += 1
    series.save(update_fields=["last"])
    written = content.plain(of)
    return InvoiceBasis.objects.create(
        number=series.last,
        run=run_id,
        settlement=settlement_id,
        credits=credits,
        reason=reason,
        content=written,
        hash=runs.hash_of(written),
        made_by=by.name,
        at=at,
    ).pk


def _refuse_unless_ready(
    basis: BasisShown, credited: Mapping[str, InvoiceShown], *, at: datetime
) -> None:
    if not basis.is_open:
        raise Refused("Underlaget är redan fakturerat eller ersatt. Öppna det som gäller.")
    if not basis.is_attested:
        raise Refused(
            f"Underlaget har {len(basis.attests)} attester men ska ha {accounting.ATTESTS}, av"
            " olika personer. Låt det attesteras först."
        )
    for draft in basis.drafts.invoices.values():
        if draft.credits is not None:
            of = credited[draft.credits.number]
            drafts.refuse_more_than(of.invoice, [*of.notes, draft])
    if basis.credits is None and basis.run is not None:
        shown = queries.run(basis.run, at=at)
        _refuse_unless_final(shown)
        _refuse_if_settled(shown, at=at)


def _write(
    of: Invoice,
    basis: BasisShown,
    credited: Mapping[str, InvoiceShown],
    *,
    code: str,
    sequence: int,
    board: Board,
    by: Doer,
    at: datetime,
) -> IssuedInvoice:
    if code not in board.names:
        raise Refused(f"{of.buyer.name} är inte längre part i nämnden. Gör underlaget på nytt.")
    file = ubl(of)
    open_to = dict.fromkeys(board.readers(code), FOREVER)
    row = IssuedInvoice.objects.create(
        basis_id=basis.id,
        run=basis.run,
        settlement=basis.settlement,
        sequence=sequence,
        number=of.number,
        code=code,
        credits_id=credited[of.credits.number].id if of.credits else None,
        issued_on=of.issued_on,
        due_on=of.due_on,
        net_ore=of.net_ore,
        vat_ore=of.vat_ore,
        payable_ore=of.payable_ore,
        content=content.plain(of),
        xml=file.decode(),
        sha256=sha256(file).hexdigest(),
        at=at,
        open_to=open_to,
    )
    InvoiceEvent.objects.create(
        invoice=row, what=Status.ISSUED, on=of.issued_on, made_by=by.name, at=at, open_to=open_to
    )
    return row
