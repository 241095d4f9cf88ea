"""Addresses of the API: one act, one word; no identity number in any of them."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from api import docs
from api.operation import Operation, address
from api.v1 import (
    about,
    acts,
    agreements,
    allocations,
    cases,
    costs,
    directory,
    events,
    individuals,
    invoices,
    messages,
    readiness,
    sie_batches,
    simulations,
    tenants,
    webhooks,
)


class HsaId(StringConverter):
    """An HSA-id in an address; longer ones are nobody's."""

    regex = "[A-Za-z0-9][A-Za-z0-9-]{0,31}"


register_converter(HsaId, "hsa")


def _acts(place: str, operations: tuple[Operation, ...]) -> list[URLPattern]:
    """Return one address for each act, its name with hyphens."""
    return [
        path(f"api/v1/{place}/<uuid:id>/{it.name.replace('_', '-')}", address(post=it),
             name=it.name)
        for it in operations
    ]  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("api/v1/docs", docs.page, name="docs"),
    path("api/v1/openapi.yaml", docs.openapi, name="openapi"),
    path("api/v1/api-info", about.info_address, name="api_info"),
    path("api/v1/health", about.health_address, name="health"),
    path("api/v1/assignments", directory.assignments, name="list_assignments"),
    path("api/v1/tenants", tenants.tenants, name="list_tenants"),
    path("api/v1/units", directory.units_address, name="list_units"),
    path("api/v1/units/<hsa:id>", directory.unit, name="read_unit"),
    path("api/v1/units/<hsa:id>/watch", directory.watch, name="read_watch"),
    path("api/v1/cases", cases.cases, name="list_cases"),
    path("api/v1/cases/<uuid:id>", cases.case, name="read_case"),
    path("api/v1/cases/<uuid:id>/timeline", cases.timeline, name="read_timeline"),
    path("api/v1/cases/<uuid:id>/deadlines", cases.deadlines, name="list_deadlines"),
    path("api/v1/cases/<uuid:id>/contributions", cases.contributions, name="list_contributions"),
    path("api/v1/cases/<uuid:id>/messages", cases.messages, name="list_messages"),
    *_acts("cases", acts.DONE),
    path("api/v1/messages/<uuid:id>", messages.message, name="read_message"),
    *_acts("messages", messages.DONE),
    path("api/v1/events", events.events, name="list_events"),
    path("api/v1/webhooks", webhooks.webhooks, name="list_webhooks"),
    path("api/v1/webhooks/<uuid:id>", webhooks.webhook, name="read_webhook"),
    path("api/v1/webhooks/<uuid:id>/rotate-secret", webhooks.secret, name="rotate_webhook_secret"),
    path(
        "api/v1/webhooks/<uuid:id>/deliveries",
        webhooks.deliveries,
        name="list_webhook_deliveries",
    ),
    path("api/v1/webhooks/<uuid:id>/resend", webhooks.resending, name="resend_webhook"),
    path(
        "api/v1/webhooks/<uuid:id>/deliveries/<uuid:delivery>/resend",
        webhooks.resending_one,
        name="resend_webhook_delivery",
    ),
    path("api/v1/agreements", agreements.agreements_address, name="list_agreements"),
    path("api/v1/agreements/<uuid:id>", agreements.agreement, name="read_agreement"),
    path("api/v1/allocations", allocations.allocations, name="list_allocations"),
    path("api/v1/allocations/simulate", simulations.simulations, name="simulate_allocation"),
    path("api/v1/allocations/<uuid:id>", allocations.allocation, name="read_allocation"),
    path(
        "api/v1/allocations/<uuid:id>/explanation",
        allocations.explanation,
        name="explain_allocation",
    ),
    path(
        "api/v1/population-snapshots",
        costs.population_snapshots,
        name="list_population_snapshots",
    ),
    path("api/v1/invoices", invoices.invoices, name="list_invoices"),
    path("api/v1/invoices/<uuid:id>", invoices.invoice, name="read_invoice"),
    path("api/v1/invoices/<uuid:id>/ubl", invoices.invoice_file, name="read_invoice_file"),
    path("api/v1/sie-batches", sie_batches.sie_batches, name="list_sie_batches"),
    path("api/v1/sie-batches/<uuid:id>", sie_batches.sie_batch, name="read_sie_batch"),
    path("api/v1/readiness", readiness.board, name="list_readiness"),
    path("api/v1/individuals/search", individuals.search, name="search_individuals"),
]
