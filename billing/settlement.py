"""What is left to pay or to pay back when the outcome is known."""

from collections.abc import Mapping

from billing import allocation
from billing.allocation import Shares


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
