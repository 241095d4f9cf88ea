"""What is left to pay or to pay back when the outcome is known, and the outcome beside the budget.

A run may follow another one, whose outcome it holds, and it may carry what was left of an earlier
one. What a party then has to pay is its share, and what was carried, less what it was invoiced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from billing import allocation
from billing.allocation import CannotAllocate, Shares
from billing.amounts import kronor
from billing.table import REGION

NOTHING = (0, 0)  # of region and municipalities


@dataclass(frozen=True)
class BudgetLine:
    """Budgetrad: what was decided of an activity, in öre."""

    activity: str
    region_ore: int
    municipalities_ore: int


@dataclass(frozen=True)
class Followed:
    """Uppföljd fördelning: the decided run whose outcome this is, and what was invoiced of it."""

    run: str
    hash: str
    title: str
    lines: Sequence[BudgetLine]
    shares_ore: Shares
    invoiced_ore: Shares  # net of what was credited, by code


@dataclass(frozen=True)
class Carried:
    """Överförd avstämning: the run whose balance is paid, or paid back, with this one."""

    run: str
    hash: str
    title: str
    balance_ore: Shares


@dataclass(frozen=True)
class Compared:
    """Budget och utfall: of an activity, or of all of them. A difference is outcome less budget."""

    activity: str
    budget_ore: int
    outcome_ore: int
    region_difference_ore: int
    municipalities_difference_ore: int

    @property
    def difference_ore(self) -> int:
        """Return how much more than the budget it came to; negative: how much less."""
        return self.outcome_ore - self.budget_ore


@dataclass(frozen=True)
class PartyBalance:
    """Avstämning för en part: budget, outcome, what is carried and invoiced, and what is due."""

    code: str
    budget_ore: int
    share_ore: int
    carried_ore: int
    invoiced_ore: int
    due_ore: int


def true_up(due: Mapping[str, int], invoiced: Mapping[str, int]) -> Shares:
    """Return what each party still owes of the outcome, in öre; a negative amount is its credit.

    :param due: the outcome, split by the method that the invoices were split by
    :param invoiced: what the party has been invoiced, also one that has left since
    """
    return allocation.add(due, credit(invoiced))


def credit(invoiced: Mapping[str, int]) -> Shares:
    """Return the credit that takes back what was invoiced, party by party."""
    return {party: -share for party, share in sorted(invoiced.items())}


def carried_forward(budgeted: Mapping[str, int], balance: Mapping[str, int]) -> Shares:
    """Return what each party pays of the next budget when the balance is not settled by itself."""
    return allocation.add(budgeted, balance)


def asked(follows: Followed | None, carries: Carried | None) -> dict[str, Any]:
    """Return what a record keeps of both; nothing where there is neither."""
    given = {"follows": follows, "carries": carries}
    return {name: asdict(it) for name, it in given.items() if it is not None}


def due(asked: Mapping[str, Any], shares: Mapping[str, int]) -> Shares | None:
    """Return what each municipality has to pay, or gets back; None where it is just its share.

    :param shares: what each party pays of the lines
    :raises CannotAllocate: if a balance is carried of a municipality that does not take part
    """
    if "follows" not in asked and "carries" not in asked:
        return None
    own = {code: share for code, share in shares.items() if code != REGION}
    balance = carried(asked)
    for code in sorted(set(balance) - set(asked["names"])):
        if balance[code]:
            raise CannotAllocate(
                f"Avstämningen har {kronor(balance[code])} kr för kommunen med koden {code}, som"
                " inte är med i tabellen."
                " Fakturera avstämningen i stället för att föra över den."
            )
    return true_up(carried_forward(own, balance), invoiced(asked))


def carried(asked: Mapping[str, Any]) -> Shares:
    """Return the balance that a record carries, by code."""
    return dict(asked.get("carries", {}).get("balance_ore", {}))


def invoiced(asked: Mapping[str, Any]) -> Shares:
    """Return what had been invoiced of the run that a record follows, by code."""
    return dict(asked.get("follows", {}).get("invoiced_ore", {}))


def compared(record: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Return budget and outcome of each activity, in the budget's order, then those that came on.

    Nothing where the record follows none; an activity without amounts is left out.
    """
    budget = _by_activity(record["asked"].get("follows", {}).get("lines", ()))
    if not budget:
        return ()
    outcome = _by_activity(budget_lines(record))
    pairs = {it: (budget.get(it, NOTHING), outcome.get(it, NOTHING)) for it in budget | outcome}
    return tuple(
        _compared(activity, *pair) for activity, pair in pairs.items() if pair != (NOTHING, NOTHING)
    )


def together(lines: Sequence[Compared]) -> Compared:
    """Return all activities as one."""
    return Compared(
        "",
        sum(it.budget_ore for it in lines),
        sum(it.outcome_ore for it in lines),
        sum(it.region_difference_ore for it in lines),
        sum(it.municipalities_difference_ore for it in lines),
    )


def balances(record: Mapping[str, Any]) -> tuple[PartyBalance, ...]:
    """Return what each municipality has to pay, and why; nothing where it is just its share."""
    asked, result = record["asked"], record["result"]
    if "due_ore" not in result:
        return ()
    budget = asked.get("follows", {}).get("shares_ore", {})
    of_others, paid = carried(asked), invoiced(asked)
    return tuple(
        PartyBalance(
            code,
            budget.get(code, 0),
            result["shares_ore"].get(code, 0),
            of_others.get(code, 0),
            paid.get(code, 0),
            due_ore,
        )
        for code, due_ore in result["due_ore"].items()
    )


def budget_lines(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is paid of each line of a record, as a run that follows it keeps them."""
    return [
        asdict(
            BudgetLine(
                line["activity"],
                out["shares_ore"][REGION],
                sum(out["shares_ore"].values()) - out["shares_ore"][REGION],
            )
        )
        for line, out in zip(record["asked"]["lines"], record["result"]["lines"], strict=True)
    ]


def _by_activity(lines: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return what region and municipalities pay of each activity; one that stands twice is one."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        region, municipalities = found.get(line["activity"], NOTHING)
        found[line["activity"]] = (
            region + line["region_ore"],
            municipalities + line["municipalities_ore"],
        )
    return found


def _compared(activity: str, budget: tuple[int, int], outcome: tuple[int, int]) -> Compared:
    return Compared(
        activity, sum(budget), sum(outcome), outcome[0] - budget[0], outcome[1] - budget[1]
    )
