"""The list of a month and its settlements as records: plain JSON, with a hash that tells a change.

The hash is that of `runs.hash_of`. A settlement names the hash of its list, so that the two cannot
be parted; nothing but the records is needed to check them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from billing.liability.port import LiabilityItem
from billing.months import Month
from billing.runs import Record

FORMAT = 1


def listed(
    month: Month, *, code: str, name: str, source: str, items: Sequence[LiabilityItem]
) -> Record:
    """Return the record of a municipality's preliminary list."""
    ordered = sorted(items, key=lambda it: it.number)
    return {
        "format": FORMAT,
        "month": str(month),
        "code": code,
        "name": name,
        "source": source,
        "items": [_item(it) for it in ordered],
        "days": sum(it.days for it in ordered),
        "amount_ore": sum(it.amount_ore for it in ordered),
    }


def settled(
    of: Mapping[str, Any],
    days: Mapping[int, int],
    *,
    list_hash: str,
    number: int,
    held: Collection[int],
) -> Record:
    """Return the record of a settlement: some items of a list, each with the days that stand.

    :param number: the first settlement of a list is 1; what was held comes in the next ones
    :param held: the items that somebody still waits for a word about
    """
    items = [
        {
            "number": it["number"],
            "handed_over_days": it["days"],
            "days": days[it["number"]],
            "rate_ore": it["rate_ore"],
            "rate_source": it["rate_source"],
            "amount_ore": days[it["number"]] * it["rate_ore"],
        }
        for it in of["items"]
        if it["number"] in days
    ]
    return {
        "format": FORMAT,
        "list": list_hash,
        "month": of["month"],
        "code": of["code"],
        "name": of["name"],
        "number": number,
        "items": items,
        "held": sorted(held),
        "days": sum(it["days"] for it in items),
        "amount_ore": sum(it["amount_ore"] for it in items),
    }


def _item(it: LiabilityItem) -> dict[str, Any]:
    return {
        "number": it.number,
        "days": it.days,
        "rate_ore": it.rate.ore,
        "rate_source": it.rate.source,
        "amount_ore": it.amount_ore,
        "evidence": it.evidence,
    }
