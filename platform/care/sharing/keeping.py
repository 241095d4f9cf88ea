"""What one keeps of another's access log, when that one leaves with it."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Max

from care.sharing.models import AccessLog, KeptAccess
from tenants.window import looking_into

BATCH = 1000  # rows of one statement


def keep_readings_of(reader: str) -> int:
    """Copy what the access log of a huvudman says of our rows, before it leaves with its log.

    Twice takes nothing more. Returns how many entries are kept.
    """
    kept = KeptAccess.objects.filter(reader=reader)
    last = kept.aggregate(it=Max("number"))["it"] or 0
    while entries := _entries(reader, after=last):
        KeptAccess.objects.bulk_create(_kept(reader, entries))
        last = entries[-1]["id"]
    return kept.count()


def _entries(reader: str, *, after: int) -> list[dict[str, Any]]:
    columns = [it.attname for it in AccessLog._meta.concrete_fields]
    with looking_into(reader):
        # Its log holds more than this: the policy opens what is about our rows, and no more.
        return list(AccessLog.objects.filter(id__gt=after).order_by("id").values(*columns)[:BATCH])


def _kept(reader: str, entries: list[dict[str, Any]]) -> Iterator[KeptAccess]:
    for it in entries:
        entry = json.loads(json.dumps(it, cls=DjangoJSONEncoder))
        yield KeptAccess(reader=reader, number=it["id"], entry=entry, at=it["at"])
