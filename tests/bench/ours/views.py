"""The product's answers as JSON: one row, the page of a case, its contributions."""

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from yardstick.rows import one_row

from care.cases import queries as cases
from care.discharge import queries
from care.identity.permissions import Permission
from care.individuals import queries as individuals
from care.individuals.models import Individual
from care.sharing import access
from portal.access import ActorRequest, needs


def individual(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer one row by its primary key."""
    return one_row(Individual, pk)


@needs(Permission.READ_CASE)
@require_safe
def case(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Answer everything that the page of a case is made from."""
    return _json(queries.case_page(actor=request.actor, case_id=case_id, at=request.at))


@needs(Permission.READ_CASE)
@require_safe
def contributions(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Answer a case and what every huvudman has opened of it."""
    actor, at = request.actor, request.at
    with transaction.atomic():
        found = access.case_for_reading(actor=actor, case_id=case_id, at=at)
        seen, hidden = access.contributions(
            actor=actor,
            case=found,
            parties=cases.branches(cases.parts(found)),
            consents=individuals.consents(found.common_id),
            blocks=individuals.blocks(found.individual_id),
            at=at,
        )
    return _json({"id": found.pk, "state": found.state, "seen": seen, "hidden": hidden})


def _json(found: Any) -> HttpResponse:
    return HttpResponse(json.dumps(found, default=_plain), content_type="application/json")


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return vars(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
