"""Background work: what has happened becomes deliveries, and those that are due are sent.

Safe to kill and to run twice; the rows are the truth (`care.feed.operations`).
"""

from uuid import UUID

from celery import shared_task

from care.feed import operations
from care.inbox.tasks import all_tenants
from integrations import outgoing
from integrations.webhooks import client
from tenants import clock
from tenants.context import acting_as

# Calls of one round for one huvudman, so that the others have their turn.
MOST_AT_ONCE = 200


@shared_task
def tell(*, tenant: str) -> int:
    """Tell the subscribers of a huvudman what has happened; return how much was done."""
    with acting_as(tenant):
        return operations.pump(at=clock.moment()) + _send_due()


@shared_task
def forget(*, tenant: str) -> int:
    """Remove, for one huvudman, the deliveries that have been over for long."""
    with acting_as(tenant):
        return operations.forget(at=clock.moment())


def drain() -> None:
    """Tell every subscriber until nothing is due any more."""
    names = all_tenants()
    while sum(tell(tenant=it) for it in names):
        pass


def _send_due() -> int:
    """Send what is due; return how many calls were made.

    A subscriber that has not taken one call is left alone for the rest of the round: one that does
    not answer costs each round one time-out. No transaction is open while somebody is called.
    """
    resting: set[UUID] = set()
    sent = 0
    with outgoing.session() as session:
        while sent < MOST_AT_ONCE:
            claimed = operations.claim(besides=resting, at=clock.moment())
            if claimed is None:
                break
            outcome = client.call(session, claimed)
            operations.record_outcome(claimed, outcome, at=clock.moment())
            if not outcome.is_taken:
                resting.add(claimed.webhook_id)
            sent += 1
    return sent
