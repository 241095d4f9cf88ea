"""What is asked of every part of the product before a huvudman leaves, and done when it does.

Run by the migrator, who takes the role of each huvudman in turn, one transaction for each.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from care.discharge.record import every_record
from care.identity.units import Address
from care.inbox import delivery, leaving
from care.inbox.leaving import Elsewhere, Standing
from care.sharing import keeping
from portal import parties
from portal.papers import record
from tenants.context import acting_for
from tenants.leaving.tables import as_huvudman
from tenants.models import Tenant

MOST_NAMED = 20
NAMED = "elsewhere/messages"


def standing(tenant: Tenant) -> Standing:
    """Return which open cases a huvudman leads and takes part in."""
    with as_huvudman(tenant.schema_name):
        return leaving.standing()


def standing_here() -> Standing:
    """Return the same of the huvudman whose role is held."""
    return leaving.standing()


def led(found: Standing) -> Iterator[str]:
    """Yield that open cases are led here, with their ids: nobody else can lead them."""
    if not found.led:
        return
    named = ", ".join(str(it.case_id) for it in found.led[:MOST_NAMED])
    more = f" och {len(found.led) - MOST_NAMED} till" if len(found.led) > MOST_NAMED else ""
    yield (
        f"{len(found.led)} öppna ärenden leds härifrån: {named}{more}. Det som den ledande"
        " huvudmannen räknar ut räknar ingen annan ut, så de kan inte lämnas över. Låt enheterna"
        " avsluta eller avbryta dem."
    )


def on_the_way(tenant: Tenant) -> Iterator[str]:
    """Yield that letters to or from a huvudman have not arrived: they would be lost."""
    schema = tenant.schema_name
    out = come = 0
    for other in _others(tenant):
        with as_huvudman(other):
            out += delivery.on_the_way(sender=schema)
        with as_huvudman(schema):
            come += delivery.on_the_way(sender=other)
    if out or come:
        yield (
            f"{out} brev härifrån och {come} brev hit är på väg. Se att samplan work går, vänta"
            " tills de har kommit fram, exportera igen och försök på nytt."
        )


def heirs(tenant: Tenant, found: Standing, *, to: Tenant) -> dict[str, Address]:
    """Return which units of another huvudman take over, by kind of unit.

    :raises leaving.CannotHandOver: if it has no unit of a kind that takes part
    """
    with as_huvudman(tenant.schema_name):
        kinds = leaving.kinds_here(found.joined)
    with as_huvudman(to.schema_name):
        return leaving.heirs(kinds, to=to.schema_name, name=to.name)


def hand_over(
    tenant: Tenant, found: Standing, *, to: Tenant, units: dict[str, Address], at: datetime
) -> None:
    """Hand every case over in which a huvudman takes part, and carry the letters of it.

    :raises leaving.CannotHandOver: if a case has changed meanwhile
    """
    text = f"{to.name} tar över efter {tenant.name} i det här ärendet. Skriv dit i fortsättningen."
    for row in found.joined:
        with as_huvudman(tenant.schema_name):
            leaving.hand_over(row, to=units, text=text, at=at)
    carry(tenant, at=at)


def carry(tenant: Tenant, *, at: datetime) -> None:
    """Fetch what a huvudman and the others have written to each other, until nothing is left."""
    schema, done = tenant.schema_name, 1
    while done:
        pairs = [(it, schema) for it in _others(tenant)]
        pairs += [(schema, it) for it, _ in pairs]
        done = sum(_fetched(recipient, sender, at) for recipient, sender in pairs)


def _fetched(recipient: str, sender: str, at: datetime) -> int:
    with as_huvudman(recipient):
        # Who has nothing to get is left as it is, to the last note of how far it has read.
        some = delivery.on_the_way(sender=sender)
        return delivery.fetch(sender=sender, at=at) if some else 0


def keep_readings(tenant: Tenant) -> int:
    """Let each of the others copy what a huvudman's access log says of its rows; return how many.

    Each writes at home. Done before the removal, whose comparison with the archive then proves that
    nothing was read meanwhile.
    """
    kept = 0
    for other in _others(tenant):
        with as_huvudman(other):
            kept += keeping.keep_readings_of(tenant.schema_name)
    return kept


def extras(*, at: datetime) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield what the archive holds beside the tables, within its snapshot: one case at a time."""
    yield f"{NAMED}.csv", _as_csv(leaving.elsewhere())
    yield f"{NAMED}.jsonl", _as_json(leaving.elsewhere())
    owner = parties.name(acting_for())
    for it in every_record():
        yield f"records/{it.common_id}.pdf", [record.paper(it, owner=owner, at=at)]


def _others(tenant: Tenant) -> list[str]:
    others = Tenant.objects.filter(training_for="").exclude(pk=tenant.pk).order_by("schema_name")
    return list(others.values_list("schema_name", flat=True))


def _as_json(rows: Iterable[Elsewhere]) -> Iterator[bytes]:
    for it in rows:
        yield (json.dumps(asdict(it), default=_written, ensure_ascii=False) + "\n").encode()


def _as_csv(rows: Iterable[Elsewhere]) -> Iterator[bytes]:
    yield (",".join(it.name for it in fields(Elsewhere)) + "\r\n").encode()
    for row in rows:
        cells = ["" if it is None else _quoted(_written(it)) for it in asdict(row).values()]
        yield (",".join(cells) + "\r\n").encode()


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
