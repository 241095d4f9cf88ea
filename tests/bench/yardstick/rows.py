"""One row by its primary key, as JSON: the same lines for every project."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse


def one_row(model: Any, pk: UUID) -> HttpResponse:
    """Answer one row by its primary key."""
    found = model.objects.get(pk=pk)
    return JsonResponse({"id": found.pk, "name": f"{found.given_name} {found.family_name}"})
