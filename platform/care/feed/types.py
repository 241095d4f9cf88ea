"""Types of events: the acts that are recorded of a case, by the words that they have everywhere."""

from care.law.discharge import Act

# What is recorded of a case and is no step of the process.
BESIDE = frozenset(
    {
        "acknowledge_message",
        "add_reader",
        "answer_lift_request",
        "assign_message",
        "close_emergency_access",
        "deadline_passed",
        "forward_message",
        "hand_back_message",
        "lift_block",
        "lift_protection",
        "mark_protected",
        "open_emergency_access",
        "place_block",
        "read_in_emergency",
        "record_consent",
        "reject_message",
        "remove_reader",
        "replace_message",
        "request_lift",
        "second_emergency_access",
        "tenant_left",
        "withdraw_consent",
    }
)
TYPES = frozenset({*(it.value for it in Act), *BESIDE})
