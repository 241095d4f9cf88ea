"""A budget and its outcome in words: beside each other, and what is left to pay or is paid back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from billing import balances, decisions, settlement
from billing.queries import RunShown, TableShown
from billing.settlement import Compared
from care.identity.actors import Actor
from care.identity.permissions import Permission
from portal import costs


def compared(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return budget and outcome of each activity and of all; nothing where none is followed."""
    lines = settlement.compared(record)
    if not lines:
        return {}
    followed = record["asked"]["follows"]
    return {
        "title": followed["title"],
        "url": reverse("portal:run", args=[followed["run"]]),
        "lines": [_row(it) for it in lines],
        "together": _row(settlement.together(lines)),
    }


def balance(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each municipality has to pay or gets back; nothing where it is its share."""
    found = settlement.balances(record)
    if not found:
        return {}
    names = record["asked"]["names"]
    due = sum(it.due_ore for it in found)
    return {
        "is_outcome": "follows" in record["asked"],
        "carried_from": record["asked"].get("carries", {}).get("title", ""),
        "rows": [
            {
                "code": it.code,
                "name": names.get(it.code, it.code),
                "budget": costs.kronor(it.budget_ore),
                "share": costs.kronor(it.share_ore),
                "carried": costs.signed(it.carried_ore),
                "invoiced": costs.kronor(it.invoiced_ore),
                "due": costs.signed(it.due_ore),
            }
            for it in found
        ],
        "due": costs.signed(due),
    }


def acts(actor: Actor, shown: RunShown) -> dict[str, str]:
    """Return the way to a run's outcome: the table that holds it, or the act that makes it."""
    is_followed = (
        shown.standing.state in decisions.DECIDED and "follows" not in shown.record["asked"]
    )
    if not (is_followed and shown.board.is_hosted_here and actor.may(Permission.EDIT_COSTS)):
        return {}
    table = balances.outcome_table(shown)
    if table is not None:
        return {"open": reverse("portal:table", args=[table])}
    return {"make": reverse("portal:follow_run", args=[shown.id])}


def budget(table: TableShown, *, at: datetime) -> dict[int, str]:
    """Return the budget beside each row of an outcome, by the row."""
    found = balances.budget(table, at=at)
    return {it.id: costs.kronor(found.get(it.activity, 0)) for it in table.rows if table.follows}


def carried(table: TableShown, *, at: datetime) -> dict[str, Any]:
    """Return which balance a table carries, and whether one can be; nothing where none can."""
    if table.follows is not None:
        return {}
    found = {it.id: it.title for it in balances.to_carry(table.id, at=at)}
    title = found.get(table.carries, "") if table.carries else ""
    return (
        {"title": title, "url": reverse("portal:carry_balance", args=[table.id])} if found else {}
    )


def _row(it: Compared) -> dict[str, str]:
    return {
        "activity": it.activity,
        "budget": costs.kronor(it.budget_ore),
        "outcome": costs.kronor(it.outcome_ore),
        "difference": costs.signed(it.difference_ore),
        "region": costs.signed(it.region_difference_ore),
        "municipalities": costs.signed(it.municipalities_difference_ore),
    }
