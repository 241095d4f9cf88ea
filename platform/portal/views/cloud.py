"""Molnkostnader i en kostnadstabell: files, where the charges go, and what the invoices say."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from billing import cloud, cloud_books
from billing.cloud import CloudShown
from billing.files import BadFile
from billing.operations import Refused
from care.identity.permissions import Permission
from portal import cloud as words
from portal import costs, idempotent
from portal.access import ActorRequest, needs
from portal.forms.cloud import (
    CloudFileForm,
    CloudInvoicesForm,
    CloudMapForm,
    CloudRatesForm,
)
from portal.idempotent import Done
from portal.views.costs import doer


@needs(Permission.EDIT_COSTS)
@require_safe
def show_cloud_cost(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Show what the files charge, which rows it goes to, and what is still open."""
    return _page(request, cloud.cloud_cost(table_id))


@needs(Permission.EDIT_COSTS)
@require_POST
def import_cloud_cost(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Keep a FOCUS file."""
    form = CloudFileForm(request.POST, request.FILES)
    if form.is_valid():

        def act() -> Done:
            file = form.cleaned_data["file"]
            cloud_books.import_cloud_cost(
                file.read(), table_id=table_id, name=file.name, by=doer(request), at=request.at
            )
            return Done(_url(table_id), gettext("Filen är inläst."))

        try:
            return idempotent.once(request, act)
        except (BadFile, Refused) as bad:
            form.add_error("file", str(bad))
    return _page(request, cloud.cloud_cost(table_id), file=form)


@needs(Permission.EDIT_COSTS)
@require_POST
def remove_cloud_file(request: ActorRequest, table_id: UUID, file_id: UUID) -> HttpResponse:
    """Remove a file."""

    def act() -> Done:
        cloud_books.remove_cloud_file(table_id=table_id, file_id=file_id)
        return Done(_url(table_id), gettext("Filen är borttagen."))

    return idempotent.once(request, act)


@needs(Permission.EDIT_COSTS)
@require_POST
def map_cloud_cost(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Write which row each group goes to, and the region's share of each row."""
    shown = cloud.cloud_cost(table_id)
    form = CloudMapForm(request.POST, of=shown)
    if form.is_valid():

        def act() -> Done:
            cloud_books.map_cloud_cost(table_id=table_id, targets=form.targets, shares=form.shares)
            return Done(_url(table_id), gettext("Raderna är räknade på nytt."))

        return idempotent.once(request, act)
    return _page(request, shown, chosen=form)


@needs(Permission.EDIT_COSTS)
@require_POST
def write_cloud_invoices(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Write what the provider's invoices say."""
    shown = cloud.cloud_cost(table_id)
    form = CloudInvoicesForm(request.POST, of=shown.invoices)
    if form.is_valid():

        def act() -> Done:
            cloud_books.write_cloud_invoices(
                table_id=table_id, invoiced_ore=form.invoiced_ore, by=doer(request), at=request.at
            )
            return Done(_url(table_id), gettext("Fakturornas belopp är sparade."))

        return idempotent.once(request, act)
    return _page(request, shown, invoiced=form)


@needs(Permission.EDIT_COSTS)
@require_POST
def write_cloud_rates(request: ActorRequest, table_id: UUID) -> HttpResponse:
    """Write the exchange rates."""
    shown = cloud.cloud_cost(table_id)
    form = CloudRatesForm(request.POST, of=shown.rates)
    if form.is_valid():

        def act() -> Done:
            cloud_books.write_cloud_rate(
                table_id=table_id, rates=form.rates, by=doer(request), at=request.at
            )
            return Done(_url(table_id), gettext("Växelkurserna är sparade."))

        return idempotent.once(request, act)
    return _page(request, shown, rates=form)


def _page(
    request: ActorRequest,
    shown: CloudShown,
    *,
    file: CloudFileForm | None = None,
    chosen: CloudMapForm | None = None,
    invoiced: CloudInvoicesForm | None = None,
    rates: CloudRatesForm | None = None,
) -> HttpResponse:
    sent = file or chosen or invoiced or rates
    chosen = chosen or CloudMapForm(of=shown)
    invoiced = invoiced or CloudInvoicesForm(of=shown.invoices)
    return render(
        request,
        "portal/costs/cloud.html",
        {
            "shown": shown,
            "files": [_file(it, shown) for it in shown.files],
            "groups": [
                {
                    "it": it,
                    "ore": costs.kronor(it.ore),
                    "corrections": costs.kronor(it.corrections_ore) if it.corrections_ore else "",
                    "field": chosen.of_group(it),
                }
                for it in shown.groups
            ],
            "sum": costs.kronor(sum(it.ore for it in shown.groups)),
            "corrections_sum": costs.kronor(sum(it.corrections_ore for it in shown.groups)),
            "unmapped": costs.kronor(sum(it.ore + it.corrections_ore for it in shown.unmapped)),
            "has_corrections": any(it.corrections_ore for it in shown.groups),
            "fed": [_row(it, chosen) for it in shown.fed],
            "invoices": [
                {
                    "it": it,
                    "number": words.number(it.number),
                    "ore": words.ore(it.ore),
                    "field": invoiced.of_invoice(it),
                }
                for it in shown.invoices
            ],
            "sent": sent,
            "file_form": file or CloudFileForm(),
            "rates_form": rates or CloudRatesForm(of=shown.rates),
            "key": idempotent.key_for(request),
        },
        status=422 if sent else 200,
    )


def _file(it: cloud.CloudFileShown, shown: CloudShown) -> dict[str, Any]:
    period = shown.table.period
    is_outside = it.first_on is not None and (
        it.first_on < period.first_on or (it.last_on or it.first_on) > period.last_on
    )
    return {
        "it": it,
        "period": f"{costs.day(it.first_on)} – {costs.day(it.last_on)}" if it.first_on else "",
        "is_outside": is_outside,
    }


def _row(it: cloud.RowFed, chosen: CloudMapForm) -> dict[str, Any]:
    region_ore, municipalities_ore = cloud.split(it.ore, it.region_share)
    return {
        "it": it,
        "ore": costs.kronor(it.ore),
        "corrections": costs.kronor(it.corrections_ore) if it.corrections_ore else "",
        "region": costs.kronor(region_ore),
        "municipalities": costs.kronor(municipalities_ore),
        "field": chosen.of_row(it),
    }


def _url(table_id: UUID) -> str:
    return reverse("portal:cloud_cost", args=[table_id])


BELOW = "costs/tables/<uuid:table_id>/cloud-cost"
urlpatterns = [
    path(BELOW, show_cloud_cost, name="cloud_cost"),
    path(f"{BELOW}/files", import_cloud_cost, name="import_cloud_cost"),
    path(f"{BELOW}/files/<uuid:file_id>/remove", remove_cloud_file, name="remove_cloud_file"),
    path(f"{BELOW}/rows", map_cloud_cost, name="map_cloud_cost"),
    path(f"{BELOW}/invoices", write_cloud_invoices, name="cloud_invoices"),
    path(f"{BELOW}/rates", write_cloud_rates, name="cloud_rates"),
]
