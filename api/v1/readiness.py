"""Beredskapstavlan: how far each huvudman that joins has come, step by step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

from api import paging
from api.fields import Line, Moment, Values, Word
from api.operation import Call, address, operation
from api.v1.examples import INSTANT
from api.v1.rows import listed
from api.v1.tenants import SCHEMA, names
from api.v1.whole import cut
from care.identity.permissions import Permission
from care.identity.scopes import Scope
from care.inbox import readiness
from care.inbox.readiness import Joining
from care.law import calendar
from tenants import onboarding
from tenants.onboarding import State, Step

NOT_BEGUN = "not_begun"
STATES = (NOT_BEGUN, *(it.value for it in State))
MOST = 10_000  # units, experts


class ReadinessStep(Values):
    """Steg i anslutningen; `is_doubtful` är klart enligt huvudmannen men inte enligt systemet."""

    example = {
        "step": "units", "state": "ongoing", "responsible": "Karin Nyström",
        "due_on": "2026-04-13", "told_at": INSTANT, "is_overdue": False, "is_doubtful": False,
    }  # fmt: skip

    step = Word([it.value for it in Step])
    state = Word(STATES)
    responsible = Line(length=100, allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    told_at = Moment(allow_null=True)
    is_overdue = serializers.BooleanField()
    is_doubtful = serializers.BooleanField()


class Readiness(Values):
    """Huvudman som ansluter: de åtta stegen, och vad som är känt vid sidan av dem."""

    example = {
        "tenant": "krokom", "name": "Krokoms kommun", "delregion": "Norr",
        "wanted_start_on": "2026-05-04", "start_on": "2026-05-04",
        "steps": [ReadinessStep.example], "units": 3, "units_checked": 1, "units_failing": 0,
        "experts_asked": 2, "experts_taking_part": 1, "pack_done_on": None,
    }  # fmt: skip

    tenant = Line(length=SCHEMA)
    name = Line(length=100)
    delregion = Line(length=100, allow_blank=True)
    wanted_start_on = serializers.DateField(allow_null=True)
    start_on = serializers.DateField(allow_null=True)
    steps = ReadinessStep(many=True)
    units = serializers.IntegerField(min_value=0, max_value=MOST)
    units_checked = serializers.IntegerField(min_value=0, max_value=MOST)
    units_failing = serializers.IntegerField(min_value=0, max_value=MOST)
    experts_asked = serializers.IntegerField(min_value=0, max_value=MOST)
    experts_taking_part = serializers.IntegerField(min_value=0, max_value=MOST)
    pack_done_on = serializers.DateField(allow_null=True)


@operation("GET", tag="readiness", scope=Scope.AGREEMENT_READ,
           needs=(Permission.READ_ONBOARDING,), answers=listed(Readiness),
           parameters=paging.PAGED)  # fmt: skip
def list_readiness(request: Call) -> dict[str, Any]:
    """Lista hur långt varje huvudman som ansluter har kommit.

    The board of readiness: of each care provider that joins the eight steps, in Swedish order.
    `units_checked` are those whose technical check holds.
    """
    known = names()
    everybody = readiness.everybody(at=request.at)
    return cut(request, [_row(it, known, at=request.at) for it in everybody])


def _row(it: Joining, known: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    opened = it.standing.opened
    checked = [unit.checked for unit in it.units if unit.checked]
    return {
        "tenant": opened.tenant,
        "name": known.get(opened.tenant, opened.tenant),
        "delregion": opened.delregion,
        "wanted_start_on": opened.wanted_start_on,
        "start_on": it.standing.start_on,
        "steps": [_step(it, step, at=at) for step in Step],
        "units": len(it.units),
        "units_checked": sum(one.holds for one in checked),
        "units_failing": sum(bool(one.failed) for one in checked),
        "experts_asked": len(it.experts),
        "experts_taking_part": sum(one.takes_part for one in it.experts),
        "pack_done_on": it.pack.done_on,
    }


def _step(it: Joining, step: Step, *, at: datetime) -> dict[str, Any]:
    told = it.standing.told.get(step)
    return {
        "step": step,
        "state": told.entry.state if told else NOT_BEGUN,
        "responsible": it.standing.contact(told.entry.responsible).name if told else "",
        "due_on": told.entry.due_on if told else None,
        "told_at": told.at if told else None,
        "is_overdue": onboarding.is_overdue(told, today=calendar.local_date(at)),
        "is_doubtful": it.is_doubtful(step),
    }


board = address(get=list_readiness)
