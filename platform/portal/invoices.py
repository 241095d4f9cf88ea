"""The joint board's invoices in words, and what the page of a run shows of them."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import balances, issued
from billing.invoices import accounting
from billing.invoices.accounting import PostingTemplate
from billing.invoices.model import Invoice, Rounding, VatCategory
from billing.invoices.status import Status
from billing.issued import BasisShown, InvoiceShown
from billing.liability import queries as liability
from billing.queries import RunShown
from care.identity.actors import Actor
from care.identity.permissions import Permission
from portal import costs

VAT = {
    VatCategory.STANDARD: _("Med moms"),
    VatCategory.OUTSIDE_SCOPE: _("Utanför momsens område"),
    VatCategory.EXEMPT: _("Undantaget från moms"),
}
ROUNDING = {Rounding.KRONA: _("Till hel krona"), Rounding.ORE: _("Inte alls, till öret")}
STATUSES = {
    Status.ISSUED: _("Utställd"),
    Status.PAID: _("Betald"),
    Status.CREDITED: _("Krediterad"),
}
COLORS = {Status.ISSUED: "info", Status.PAID: "success", Status.CREDITED: "neutral"}


def row(it: InvoiceShown) -> dict[str, Any]:
    """Return an invoice as a list shows it."""
    return {
        "it": it,
        "url": reverse("portal:invoice", args=[it.id]),
        "kind": kind(it.invoice),
        "payable": costs.kronor(it.invoice.payable_ore),
        "due": costs.day(it.invoice.due_on),
        "status": STATUSES[it.status],
        "color": COLORS[it.status],
    }


def draft(of: Invoice) -> dict[str, Any]:
    """Return an invoice in amounts: its lines, without VAT, VAT, rounding, what is to be paid."""
    return {
        "buyer": of.buyer.name,
        "reference": of.buyer.reference or of.buyer.order_reference,
        "lines": [{"text": it.text, "amount": costs.kronor(it.amount_ore)} for it in of.lines],
        "net": costs.kronor(of.net_ore),
        "vat": costs.kronor(of.vat_ore),
        "rounding": costs.signed(of.rounding_ore),
        "payable": costs.kronor(of.payable_ore),
    }


def sums(of: Sequence[Invoice]) -> dict[str, str]:
    """Return the sums of some invoices."""
    return {
        "net": costs.kronor(sum(it.net_ore for it in of)),
        "vat": costs.kronor(sum(it.vat_ore for it in of)),
        "rounding": costs.signed(sum(it.rounding_ore for it in of)),
        "payable": costs.kronor(sum(it.payable_ore for it in of)),
    }


def posting(template: PostingTemplate) -> list[dict[str, str]]:
    """Return where an invoice is booked: the accounts, each with the codes that it has."""
    return [
        {"label": str(label), "value": " ".join(code for code in astuple(coding) if code)}
        for label, coding in (
            (_("Konto för fordran"), template.receivable),
            (_("Konto för intäkt"), template.revenue),
            (_("Konto för utgående moms"), template.vat),
            (_("Konto för öresavrundning"), template.rounding),
        )
    ]


def kind(of: Invoice) -> str:
    """Return what an invoice is called: faktura, or kreditfaktura."""
    return gettext("Kreditfaktura") if of.credits else gettext("Faktura")


def attests(of: BasisShown) -> str:
    """Return how far a basis has come."""
    return gettext("{count} av {all} attester").format(
        count=len(of.attests), all=accounting.ATTESTS
    )


def origin(actor: Actor, of: BasisShown | InvoiceShown) -> dict[str, str]:
    """Return where that is shown which an invoice comes from: a run, or payment liability.

    Who reads no items is led to the sums.
    """
    if of.run is not None:
        return {"url": reverse("portal:run", args=[of.run]), "title": gettext("Fördelningen")}
    title = gettext("Betalningsansvar")
    if not actor.may(Permission.READ_LIABILITY):
        return {"url": reverse("portal:liability"), "title": title}
    listed = liability.list_of(of.origin)
    return {"url": reverse("portal:liability_list", args=[listed.id]), "title": title}


def card(actor: Actor, shown: RunShown, *, at: datetime) -> dict[str, Any]:
    """Return what the page of a run shows of its invoices: to the host all, to a party its own."""
    rows = [row(it) for it in issued.invoices(shown.id)]
    if not shown.board.is_hosted_here:
        return {"rows": rows, "is_shown": bool(rows)}
    may_issue = actor.may(Permission.ISSUE_INVOICES)
    bases = issued.bases(shown.id)
    is_billable = shown.standing.is_billable and bool(issued.not_invoiced(shown))
    obstacle = balances.obstacle(shown, at=at) if is_billable else ""
    return {
        "rows": rows,
        "is_shown": True,
        "is_host": True,
        "waits": not shown.standing.is_billable,
        "obstacle": obstacle,
        "may_make": may_issue and is_billable and not obstacle,
        "open": [
            {"it": it, "attests": attests(it), "kind": _credits(it)} for it in bases if it.is_open
        ],
        "done": [it for it in bases if it.is_issued] if may_issue else [],
        "batches": issued.batches(shown.id) if may_issue else (),
        "may_batch": may_issue and bool(issued.not_batched(shown.id)),
    }


def _credits(of: BasisShown) -> str:
    return gettext("Kreditering") if of.credits else gettext("Fakturor")
