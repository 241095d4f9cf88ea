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
    return {row: costs.kronor(ore) for row, ore in balances.budget(table, at=at).items()}


def carried(table: TableShown, *, at: datetime) -> dict[str, Any]:
    """Return what a table carries, and the way to choose it; nothing where there is no choice."""
    if table.follows is not None:
        return {}
    found = balances.to_carry(table.id, at=at)
    if not found and table.carries is None:
        return {}
    return {
        "title": balances.carried(table.carries, at=at).title if table.carries else "",
        "url": ""
        if balances.is_decided(table.id, at=at)
        else reverse("portal:carry_balance", args=[table.id]),
    }


def budget_of(table: TableShown, *, at: datetime) -> str:
    """Return the address of the budget whose outcome a table holds; empty where it holds none."""
    if table.follows is None:
        return ""
    return reverse("portal:run", args=[balances.standing(table.follows, at=at).id])


def _row(it: Compared) -> dict[str, str]:
    return {
        "activity": it.activity,
        "budget": costs.kronor(it.budget_ore),
        "outcome": costs.kronor(it.outcome_ore),
        "difference": costs.signed(it.difference_ore),
        "region": costs.signed(it.region_difference_ore),
        "municipalities": costs.signed(it.municipalities_difference_ore),
    }
