"""Överenskommelser: what ours are, who has signed, and which channels each opens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
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
from tenants import agreements
from tenants.agreements import Channel, InfoClass, NotAParty, State

LONGEST_TEXT, HASH = 100_000, 64  # characters
LATEST_VERSION = 10_000


class AgreementParty(Values):
    """Part i överenskommelsen, och vem som har skrivit under för den."""

    example = {
        "tenant": "krokom", "name": "Krokoms kommun", "signed_by": "Olof Sund",
        "signed_title": "Förvaltningschef", "signed_at": INSTANT,
    }  # fmt: skip

    tenant = Line(length=SCHEMA)
    name = Line(length=100)
    signed_by = Line(length=100, allow_blank=True)
    signed_title = Line(length=100, allow_blank=True)
    signed_at = Moment(allow_null=True)


class Opening(Values):
    """Informationsklass, och de kanaler som överenskommelsen öppnar för den."""

    example = {"info_class": "planning", "channels": ["A", "B"]}

    info_class = Word([it.value for it in InfoClass])
    channels = serializers.ListField(child=Word([it.value for it in Channel]))


class AgreementRow(Values):
    """Överenskommelse, den nyaste versionen."""

    example = {
        "id": "e3a1c7b2-6f0d-4f55-9b0e-8a2d4c6e1f03", "version": 2,
        "title": "Samverkan vid utskrivning", "state": "in_force", "valid_from": "2026-01-01",
        "valid_until": "2028-12-31", "parties": [AgreementParty.example], "missing": [],
    }  # fmt: skip

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, max_value=LATEST_VERSION)
    title = Line()
    state = Word([it.value for it in State])
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    parties = AgreementParty(many=True)
    missing = serializers.ListField(child=Line(length=SCHEMA))


class Agreement(AgreementRow):
    """Överenskommelse: texten som skrivs under, dess hash och vad den öppnar."""

    example = {
        **AgreementRow.example, "text": "Parterna samverkar vid utskrivning.",
        "text_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "written_by": "regionjh", "written_at": INSTANT, "channels": [Opening.example],
        "versions": [1, 2], "ended_at": None, "ended_by": None, "ended_because": None,
    }  # fmt: skip

    text = Line(length=LONGEST_TEXT)
    text_hash = Line(length=HASH)
    written_by = Line(length=SCHEMA)
    written_at = Moment()
    channels = Opening(many=True)
    versions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LATEST_VERSION)
    )
    ended_at = Moment(allow_null=True)
    ended_by = Line(length=SCHEMA, allow_null=True)
    ended_because = Line(length=500, allow_null=True)


READS: dict[str, Any] = {
    "tag": "agreements", "scope": Scope.AGREEMENT_READ, "needs": (Permission.READ_AGREEMENTS,),
}  # fmt: skip


@operation("GET", **READS, answers=listed(AgreementRow), parameters=paging.PAGED)
def list_agreements(request: Call) -> dict[str, Any]:
    """Lista överenskommelserna som huvudmannen är part i.

    The newest version of each agreement that names the care provider, by title; `missing` are the
    parties that have not signed it.
    """
    known = names()
    ours = agreements.concerning(request.actor.tenant)
    return cut(request, [_row(it, known, at=request.at) for it in ours])


@operation(
    "GET", **READS, answers=Agreement,
    parameters=(
        OpenApiParameter(
            "version", {"type": "integer", "minimum": 1, "maximum": LATEST_VERSION},
            description="En tidigare version; annars den nyaste. / An earlier version.",
        ),
    ),
)  # fmt: skip
def read_agreement(request: Call, id: UUID) -> dict[str, Any]:
    """Läs en överenskommelse som huvudmannen är part i.

    One version of an agreement with the text that is signed and its hash. It switches sharing on
    where `state` is `in_force`.
    """
    versions = agreements.versions(id)
    if not versions or request.actor.tenant not in versions[-1].parties:
        raise NotAParty
    numbers = [it.version for it in versions]
    wanted = paging.chosen(request.query_params, "version", numbers, numbers[-1])
    read = versions[numbers.index(wanted)]
    return {
        **vars(read),
        **_row(read, names(), at=request.at),
        "channels": [{"info_class": it, "channels": read.channels.get(it, ())} for it in InfoClass],
        "versions": numbers,
    }


def _row(it: agreements.Agreement, known: dict[str, str], *, at: datetime) -> dict[str, Any]:
    signed = {one.party: one for one in it.signatures}
    return {
        "id": it.id,
        "version": it.version,
        "title": it.title,
        "state": it.state(at),
        "valid_from": it.valid_from,
        "valid_until": it.valid_until,
        "parties": [
            {
                "tenant": party,
                "name": known.get(party, party),
                "signed_by": signed[party].name if party in signed else "",
                "signed_title": signed[party].title if party in signed else "",
                "signed_at": signed[party].signed_at if party in signed else None,
            }
            for party in it.parties
        ],
        "missing": it.missing,
    }


agreements_address = address(get=list_agreements)
agreement = address(get=read_agreement)
