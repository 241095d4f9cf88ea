"""What a machine client may be let do: each scope names rights, and a role must carry them too.

A scope only narrows. The client acts in an assignment like anybody else, and has of its role's
rights those that its token's scopes name (security document 4.7).
"""

from collections.abc import Iterable
from enum import StrEnum

from care.identity.permissions import Permission

P = Permission


class Scope(StrEnum):
    """Omfattning: what a token of the API is good for."""

    CASE_READ = "case.read"
    CASE_WRITE = "case.write"
    MESSAGE_READ = "message.read"
    MESSAGE_SEND = "message.send"
    INBOX_ACK = "inbox.ack"
    DIRECTORY_READ = "directory.read"
    AGREEMENT_READ = "agreement.read"
    COST_READ = "cost.read"
    EVENT_READ = "event.read"


# Acts that are a message to others.
_SENT = frozenset(
    {
        P.NOTIFY_ADMISSION,
        P.ANSWER_ADMISSION,
        P.REVISE_EXPECTED_DISCHARGE,
        P.NAME_CARE_CONTACT,
        P.START_PLANNING,
        P.STATE_AVAILABILITY,
        P.STATE_RECEPTION,
        P.NOTIFY_READY,
        P.WITHDRAW_READY,
        P.CALL_TO_PLANNING,
        P.ANSWER_CALL,
        P.TRANSFER_INFORMATION,
        P.RECORD_DISCHARGE,
        P.CONFIRM_HOMECOMING,
        P.SEND_GENERAL_MESSAGE,
        P.ABORT_CASE,
        P.REPLACE_MESSAGE,
    }
)
# Acts that stay in the case.
_KEPT = frozenset(
    {
        P.OPEN_CASE,
        P.SUBMIT_PLANNING_BASIS,
        P.INFORM_INDIVIDUAL,
        P.CLOSE_CASE,
        P.RECORD_CONSENT,
        P.WITHDRAW_CONSENT,
    }
)

# Rights that need no role of care, and that everybody has who acts: the address book.
RIGHTS: dict[Scope, frozenset[P]] = {
    Scope.CASE_READ: frozenset({P.READ_CASE, P.READ_INBOX}),
    Scope.CASE_WRITE: _KEPT,
    Scope.MESSAGE_READ: frozenset({P.READ_CASE, P.READ_INBOX}),
    Scope.MESSAGE_SEND: _SENT,
    Scope.INBOX_ACK: frozenset(
        {P.ACKNOWLEDGE_MESSAGE, P.ASSIGN_MESSAGE, P.FORWARD_MESSAGE, P.REJECT_MESSAGE}
    ),
    Scope.DIRECTORY_READ: frozenset(),
    Scope.AGREEMENT_READ: frozenset({P.READ_AGREEMENTS, P.READ_ONBOARDING}),
    Scope.COST_READ: frozenset({P.READ_COSTS}),
    Scope.EVENT_READ: frozenset({P.READ_CASE, P.READ_INBOX}),
}


def known(names: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes among some words; Keycloak adds its own, which say nothing to us."""
    return frozenset(Scope(it) for it in names if it in set(Scope))


def rights_of(scopes: Iterable[Scope]) -> frozenset[P]:
    """Return every right that some scopes name."""
    return frozenset().union(*(RIGHTS[it] for it in scopes))
