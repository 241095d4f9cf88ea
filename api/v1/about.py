"""What anybody may ask: what the API is, whether it answers, and its description."""

from typing import Any

from django.db import connection
from rest_framework import serializers

from api import description
from api.fields import Line, Moment, Values
from api.operation import Call, address, operation


class ApiInfo(Values):
    """Vad API:et är (REST API-profil, VER.06)."""

    example = {
        "api_name": "Samplan", "api_version": description.VERSION, "api_status": "active",
        "api_released": "2026-11-30", "api_documentation": "https://samplan.example.se/api",
    }  # fmt: skip

    api_name = Line()
    api_version = Line(length=20)
    api_status = serializers.ChoiceField(["active", "deprecated"])
    api_released = serializers.DateField()
    api_documentation = serializers.URLField(max_length=300)


class Health(Values):
    """Hur tjänsten mår."""

    example = {"status": "pass", "at": "2026-03-02T08:15:00Z"}

    status = serializers.ChoiceField(["pass"])
    at = Moment()


@operation("GET", tag="service", answers=ApiInfo, is_open=True)
def api_info(request: Call) -> dict[str, Any]:
    """Visa vad API:et är: namn, version och status.

    Name, version and status of the API.
    """
    url = f"https://{request.get_host()}/api/v1/docs"
    return {**ApiInfo.example, "api_documentation": url}


@operation("GET", tag="service", answers=Health, is_open=True)
def health(request: Call) -> dict[str, Any]:
    """Visa att tjänsten och dess databas svarar.

    The service and its database answer; 503 where they do not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "pass", "at": request.at}


info_address = address(get=api_info)
health_address = address(get=health)
