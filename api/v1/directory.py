"""Enheter och uppdrag: the address book, and in which assignments a client acts."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api import paging
from api.fields import CODE, HSA_ID, Line, Moment, Values, Word
from api.operation import Call, address, operation
from api.v1.rows import listed, page_of
from care.identity import queries, units
from care.identity.permissions import Role
from care.identity.scopes import Scope
from tenants.models import Unit as UnitRow

KINDS = tuple(UnitRow.Kind.values)


class Assignment(Values):
    """Uppdrag som systemet agerar i."""

    example = {
        "id": "7d9f5a3e-2f0d-4d0b-9a53-0a6c8d1b4f10", "role": "ward_nurse",
        "unit_id": "SE2321000214-0001", "unit_name": "Avdelning 41", "valid_until": None,
    }  # fmt: skip

    id = serializers.UUIDField(source="assignment_id")
    role = Word([it.value for it in Role])
    unit_id = Line(length=HSA_ID)
    unit_name = Line(length=100)
    valid_until = Moment(allow_null=True)


class Unit(Values):
    """Enhet i adressboken."""

    example = {
        "id": "SE2120002445-0002", "name": "Biståndsenheten", "kind": "social_services",
        "branch": "social_care", "owner": "krokom", "phone": "0640-160 00",
        "watches_red_days": False, "successor": "", "is_default": True,
    }  # fmt: skip

    id = Line(length=HSA_ID, source="hsa_id")
    name = Line(length=100)
    kind = Line(length=CODE)
    branch = Line(length=CODE)
    owner = Line(length=63)
    phone = Line(length=30, allow_blank=True)
    watches_red_days = serializers.BooleanField()
    successor = Line(length=HSA_ID, allow_blank=True)
    is_default = serializers.BooleanField()


class Watch(Values):
    """Hur en enhets inkorg bevakas just nu."""

    example = {
        "unit_id": "SE2120002445-0002", "is_watched": False, "red_day": "Annandag påsk",
        "opens_at": "2026-04-07T06:00:00Z", "closes_at": None,
        "takes_over": "SE2120002445-0009", "takes_over_is_watched": True,
    }  # fmt: skip

    unit_id = Line(length=HSA_ID, source="unit.hsa_id")
    is_watched = serializers.BooleanField()
    red_day = Line(length=60, allow_null=True)
    opens_at = Moment(allow_null=True)
    closes_at = Moment(allow_null=True)
    takes_over = Line(length=HSA_ID, source="takes_over.hsa_id", default=None, allow_null=True)
    takes_over_is_watched = serializers.BooleanField()


@operation("GET", tag="directory", scope=Scope.DIRECTORY_READ,
           answers=listed(Assignment), parameters=paging.PAGED)  # fmt: skip
def list_assignments(request: Call) -> dict[str, Any]:
    """Lista de uppdrag som den som anropar kan agera i.

    The assignments in which the caller may act; choose one in X-Samplan-Assignment.
    """
    page, limit = paging.asked(request.query_params)
    held = queries.candidates(staff_id=request.actor.staff_id, at=request.at)
    rows = paging.cut(held, page, limit)
    return page_of(rows, page, limit, has_more=len(held) > page * limit)


@operation(
    "GET", tag="directory", scope=Scope.DIRECTORY_READ, answers=listed(Unit),
    parameters=(
        OpenApiParameter("kind", str, enum=KINDS, description="Verksamhet. / The kind."),
        OpenApiParameter("owner", str, description="Huvudman. / The care provider."),
        *paging.PAGED,
    ),
)  # fmt: skip
def list_units(request: Call) -> dict[str, Any]:
    """Lista enheter i adressboken, egna och andra huvudmäns.

    Units of every care provider here, in Swedish order.
    """
    page, limit = paging.asked(request.query_params)
    kind = paging.chosen(request.query_params, "kind", ("", *KINDS), "")
    owner = request.query_params.get("owner", "")
    found = units.listed(kind=kind, owner=owner, first=(page - 1) * limit, count=limit + 1)
    return page_of(found[:limit], page, limit, has_more=len(found) > limit)


@operation("GET", tag="directory", scope=Scope.DIRECTORY_READ, answers=Unit)
def read_unit(request: Call, id: str) -> Any:
    """Läs en enhet.

    One unit, by its HSA-id.
    """
    return units.address(id)


@operation("GET", tag="directory", scope=Scope.DIRECTORY_READ, answers=Watch)
def read_watch(request: Call, id: str) -> Any:
    """Läs om någon bevakar enhetens inkorg just nu.

    Whether anybody watches the inbox of a unit now, and who takes over.
    """
    units.address(id)
    return units.watches([id], at=request.at)[id]


assignments = address(get=list_assignments)
units_address = address(get=list_units)
unit = address(get=read_unit)
watch = address(get=read_watch)
