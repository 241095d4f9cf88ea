"""Nämndens fakturor: terms and payers, a basis that two attest, invoices and their files."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import issued, issuing, parties, queries
from billing.invoices import accounting
from billing.invoices.status import Status
from billing.invoices.texts import CannotInvoice
from billing.operations import Refused
from billing.papers import accounting as papers
from care.identity.permissions import Permission
from portal import costs, idempotent, invoices, paces
from portal.access import ActorRequest, needs
from portal.answering import hand_out
from portal.forms.invoices import CreditForm, PayerForm, PaymentForm, TermsForm
from portal.idempotent import Done
from portal.views.costs import doer, form_page

FORMS = ["GET", "HEAD", "POST"]


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def write_terms(request: ActorRequest) -> HttpResponse:
    """Write the terms anew; invoices that are issued stay as they are."""
    held = issued.terms()
    form = TermsForm(request.POST or None, initial=TermsForm.first(held.agreed if held else None))
    if form.is_valid():

        def act() -> Done:
            issuing.write_terms(form.agreed, by=doer(request), at=request.at)
            return Done(reverse("portal:costs"), gettext("Villkoren är sparade."))

        try:
            return idempotent.once(request, act)
        except CannotInvoice as bad:
            form.add_error(None, str(bad))
    return form_page(request, form, gettext("Faktureringsvillkor"), "portal:costs")


@needs(Permission.EDIT_COSTS)
@require_safe
def list_payers(request: ActorRequest) -> HttpResponse:
    """Show how each municipality is named and found on its next invoice."""
    board, known = parties.board(), issued.payers()
    rows = [
        {"code": code, "name": name, "it": known.get(code)}
        for code, name in board.municipalities.items()
    ]
    return render(request, "portal/costs/payers.html", {"payers": rows})


@needs(Permission.EDIT_COSTS)
@require_http_methods(FORMS)
def write_payer(request: ActorRequest, code: str) -> HttpResponse:
    """Write how a municipality is named and found on its next invoice."""
    board = parties.board()
    if code not in board.municipalities:
        raise Http404("no such party")
    name = board.municipalities[code]
    first = PayerForm.first(
        issued.payers().get(code), name=name, organisation_number=board.organisation_numbers[code]
    )
    form = PayerForm(request.POST or None, initial=first)
    if form.is_valid():

        def act() -> Done:
            issuing.write_payer(form.payer, code=code, by=doer(request), at=request.at)
            return Done(reverse("portal:payers"), gettext("Betalaren är sparad."))

        try:
            return idempotent.once(request, act)
        except CannotInvoice as bad:
            form.add_error(None, str(bad))
    return form_page(request, form, name, "portal:payers")


@needs(Permission.ISSUE_INVOICES)
@require_POST
def make_basis(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Draft the invoices of a run."""

    def act() -> Done:
        made = issuing.make_basis(run_id=run_id, by=doer(request), at=request.at)
        return Done(_basis_url(made), gettext("Underlaget är gjort. Två personer attesterar det."))

    return idempotent.once(request, act)


@needs(Permission.READ_COSTS)
@require_safe
def show_basis(request: ActorRequest, basis_id: UUID) -> HttpResponse:
    """Show what will be invoiced, and who has attested it."""
    shown = issued.basis(basis_id)
    drafts = list(shown.drafts.invoices.values())
    has_attested = request.actor.staff_id in {it.staff_id for it in shown.attests}
    origin = invoices.origin(request.actor, shown)
    if shown.run is not None:
        origin["title"] = queries.run(shown.run, at=request.at).title
    may_attest = request.actor.may(Permission.ATTEST) and shown.is_open and not shown.is_attested
    return render(
        request,
        "portal/costs/basis.html",
        {
            "shown": shown,
            "origin": origin,
            "credits": issued.invoice(shown.credits) if shown.credits else None,
            "first": drafts[0],
            "vat": invoices.VAT[drafts[0].lines[0].vat.category],
            "attests": invoices.attests(shown),
            "drafts": [invoices.draft(it) for it in drafts],
            "sums": invoices.sums(drafts),
            "posting": invoices.posting(shown.drafts.posting),
            "has_attested": has_attested,
            "may_attest": may_attest and not has_attested,
            "may_issue": request.actor.may(Permission.ISSUE_INVOICES)
            and shown.is_open
            and shown.is_attested,
            "key": idempotent.new_key(),
        },
    )


@needs(Permission.ATTEST)
@require_POST
def attest(request: ActorRequest, basis_id: UUID) -> HttpResponse:
    """Attest a basis."""

    def act() -> Done:
        issuing.attest(basis_id=basis_id, by=doer(request), at=request.at)
        return Done(_basis_url(basis_id), gettext("Underlaget är attesterat av dig."))

    return idempotent.once(request, act)


@needs(Permission.ISSUE_INVOICES)
@require_POST
def issue(request: ActorRequest, basis_id: UUID) -> HttpResponse:
    """Issue the invoices of a basis."""
    origin = invoices.origin(request.actor, issued.basis(basis_id))

    def act() -> Done:
        issuing.issue(basis_id=basis_id, by=doer(request), at=request.at)
        return Done(origin["url"], gettext("Fakturorna är utställda."))

    return idempotent.once(request, act)


@needs(Permission.READ_COSTS)
@require_safe
def show_invoice(request: ActorRequest, invoice_id: UUID) -> HttpResponse:
    """Show an invoice and what has happened to it."""
    shown = issued.invoice(invoice_id)
    acts = parties.board().is_hosted_here and request.actor.may(Permission.ISSUE_INVOICES)
    return render(
        request,
        "portal/costs/invoice.html",
        {
            "shown": shown,
            "row": invoices.row(shown),
            "origin": invoices.origin(request.actor, shown),
            "amounts": invoices.draft(shown.invoice),
            "issued_on": costs.day(shown.invoice.issued_on),
            "credited_on": costs.day(shown.invoice.credits.issued_on)
            if shown.invoice.credits
            else "",
            "notes": [{"it": it, "payable": costs.kronor(it.payable_ore)} for it in shown.notes],
            "left": costs.kronor(shown.left_ore),
            "events": [
                {"label": invoices.STATUSES[what], "on": costs.day(on), "by": by}
                for what, (on, by) in shown.events.items()
            ],
            "may_record_payment": acts and shown.credits is None and shown.status is Status.ISSUED,
            "may_credit": acts and shown.credits is None and shown.status is not Status.CREDITED,
        },
    )


@paces.hands_out
@needs(Permission.READ_COSTS)
@require_safe
def ubl(request: ActorRequest, invoice_id: UUID) -> HttpResponse:
    """Hand out an invoice as the file that it was made as."""
    number, file = issued.ubl(invoice_id)
    return hand_out(file, "application/xml", f"faktura-{number}.xml")


@needs(Permission.ISSUE_INVOICES)
@require_http_methods(FORMS)
def credit(request: ActorRequest, invoice_id: UUID) -> HttpResponse:
    """Draft the credit note of an invoice, whole or in part."""
    shown = issued.invoice(invoice_id)
    form = CreditForm(request.POST or None, of=shown.invoice)
    if form.is_valid():

        def act() -> Done:
            made = issuing.make_credit_basis(
                invoice_id=invoice_id,
                amounts_ore=form.amounts_ore,
                reason=form.cleaned_data["reason"],
                by=doer(request),
                at=request.at,
            )
            return Done(_basis_url(made), gettext("Krediteringen är gjord. Två attesterar den."))

        try:
            return idempotent.once(request, act)
        except (CannotInvoice, Refused) as bad:
            form.add_error(None, str(bad))
    title = gettext("Kreditera faktura {number}").format(number=shown.invoice.number)
    return form_page(request, form, title, "portal:invoice", [invoice_id])


@needs(Permission.ISSUE_INVOICES)
@require_http_methods(FORMS)
def record_payment(request: ActorRequest, invoice_id: UUID) -> HttpResponse:
    """Record that an invoice has been paid."""
    shown = issued.invoice(invoice_id)
    form = PaymentForm(request.POST or None)
    if form.is_valid():

        def act() -> Done:
            issuing.record_payment(
                invoice_id=invoice_id,
                on=form.cleaned_data["on"],
                by=doer(request),
                at=request.at,
            )
            return Done(_invoice_url(invoice_id), gettext("Betalningen är antecknad."))

        try:
            return idempotent.once(request, act)
        except Refused as bad:
            form.add_error(None, str(bad))
    title = gettext("Anteckna betalning av faktura {number}").format(number=shown.invoice.number)
    return form_page(request, form, title, "portal:invoice", [invoice_id])


@needs(Permission.ISSUE_INVOICES)
@require_POST
def make_batch(request: ActorRequest, run_id: UUID) -> HttpResponse:
    """Write the SIE file of what has not gone to the ledger."""

    def act() -> Done:
        issuing.make_batch(run_id=run_id, by=doer(request), at=request.at)
        return Done(_run_url(run_id), gettext("SIE-filen är gjord. Hämta den under Fakturor."))

    return idempotent.once(request, act)


@paces.hands_out
@needs(Permission.ISSUE_INVOICES)
@require_safe
def sie(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Hand out a batch as the file that it was made as."""
    number, file = issued.sie(batch_id)
    return hand_out(file, "application/octet-stream", f"bunt-{number}.si")


@paces.hands_out
@needs(Permission.ISSUE_INVOICES)
@require_safe
def accounting_basis(request: ActorRequest, basis_id: UUID) -> HttpResponse:
    """Hand out the vouchers of a basis as a table."""
    found = issued.accounting_basis(basis_id)
    file = accounting.basis(found.vouchers, found.attests)
    return hand_out(file, "text/csv; charset=utf-8", f"bokforingsunderlag-{found.number}.csv")


@paces.hands_out
@needs(Permission.ISSUE_INVOICES)
@require_safe
def accounting_paper(request: ActorRequest, basis_id: UUID) -> HttpResponse:
    """Hand out the vouchers of a basis as a paper, to be kept with the books."""
    found = issued.accounting_basis(basis_id)
    paper = papers.accounting_paper(found)
    return hand_out(paper, "application/pdf", f"bokforingsunderlag-{found.number}.pdf")


def _basis_url(basis_id: UUID) -> str:
    return reverse("portal:invoice_basis", args=[basis_id])


def _invoice_url(invoice_id: UUID) -> str:
    return reverse("portal:invoice", args=[invoice_id])


def _run_url(run_id: UUID) -> str:
    return reverse("portal:run", args=[run_id])


urlpatterns = [
    path("costs/invoice-terms", write_terms, name="invoice_terms"),
    path("costs/payers", list_payers, name="payers"),
    path("costs/payers/<str:code>", write_payer, name="payer"),
    path("costs/runs/<uuid:run_id>/basis", make_basis, name="make_basis"),
    path("costs/runs/<uuid:run_id>/batch", make_batch, name="make_batch"),
    path("costs/bases/<uuid:basis_id>", show_basis, name="invoice_basis"),
    path("costs/bases/<uuid:basis_id>/attest", attest, name="attest"),
    path("costs/bases/<uuid:basis_id>/issue", issue, name="issue_invoices"),
    path("costs/bases/<uuid:basis_id>/accounting.csv", accounting_basis, name="accounting_basis"),
    path("costs/bases/<uuid:basis_id>/accounting.pdf", accounting_paper, name="accounting_paper"),
    path("costs/invoices/<uuid:invoice_id>", show_invoice, name="invoice"),
    path("costs/invoices/<uuid:invoice_id>/invoice.xml", ubl, name="ubl"),
    path("costs/invoices/<uuid:invoice_id>/credit", credit, name="credit_invoice"),
    path("costs/invoices/<uuid:invoice_id>/payment", record_payment, name="record_payment"),
    path("costs/batches/<uuid:batch_id>/batch.si", sie, name="sie"),
]
