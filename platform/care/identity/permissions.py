"""Rights, named by act, and the roles that carry them. A role is a row (security document 4.4).

A role right alone never suffices: the actor's unit must also take part in the case (R9).
"""

from enum import StrEnum


class Role(StrEnum):
    """Roll in an assignment; it comes with the assignment and cannot be chosen (R6)."""

    WARD_NURSE = "ward_nurse"
    TREATING_PHYSICIAN = "treating_physician"
    MEDICAL_SECRETARY = "medical_secretary"
    CARE_COORDINATOR = "care_coordinator"
    INBOX_COORDINATOR = "inbox_coordinator"
    CASE_OFFICER = "case_officer"
    MUNICIPAL_NURSE = "municipal_nurse"
    LOCAL_ADMINISTRATOR = "local_administrator"
    SIGNATORY = "signatory"
    BOARD_SECRETARY = "board_secretary"
    BOARD_MEMBER = "board_member"
    ECONOMIST = "economist"
    LOG_REVIEWER = "log_reviewer"
    OPERATOR = "operator"


class Permission(StrEnum):
    """Rättighet: one for each act, and few for reading."""

    READ_CASE = "case:read"
    READ_INBOX = "inbox:read"
    OPEN_CASE = "case:open_case"
    NOTIFY_ADMISSION = "case:notify_admission"
    ANSWER_ADMISSION = "case:answer_admission"
    REVISE_EXPECTED_DISCHARGE = "case:revise_expected_discharge"
    NAME_CARE_CONTACT = "case:name_care_contact"
    START_PLANNING = "case:start_planning"
    SUBMIT_PLANNING_BASIS = "case:submit_planning_basis"
    STATE_AVAILABILITY = "case:state_availability"
    STATE_RECEPTION = "case:state_reception"
    NOTIFY_READY = "case:notify_ready"
    WITHDRAW_READY = "case:withdraw_ready"
    CALL_TO_PLANNING = "case:call_to_planning"
    ANSWER_CALL = "case:answer_call"
    TRANSFER_INFORMATION = "case:transfer_information"
    INFORM_INDIVIDUAL = "case:inform_individual"
    RECORD_DISCHARGE = "case:record_discharge"
    CONFIRM_HOMECOMING = "case:confirm_homecoming"
    SEND_GENERAL_MESSAGE = "case:send_general_message"
    RECORD_CONSENT = "case:record_consent"
    WITHDRAW_CONSENT = "case:withdraw_consent"
    PLACE_BLOCK = "case:place_block"
    LIFT_BLOCK = "case:lift_block"
    OPEN_EMERGENCY_ACCESS = "case:open_emergency_access"
    ADD_READER = "case:add_reader"
    REMOVE_READER = "case:remove_reader"
    MARK_PROTECTED = "case:mark_protected"
    LIFT_PROTECTION = "case:lift_protection"
    CLOSE_CASE = "case:close_case"
    ABORT_CASE = "case:abort_case"
    ACKNOWLEDGE_MESSAGE = "inbox:acknowledge_message"
    ASSIGN_MESSAGE = "inbox:assign_message"
    FORWARD_MESSAGE = "inbox:forward_message"
    REJECT_MESSAGE = "inbox:reject_message"
    REPLACE_MESSAGE = "inbox:replace_message"
    TAKE_OVER_CASES = "takeover:take_over_cases"
    RECONCILE_CASES = "takeover:reconcile_cases"
    CUT_OVER = "takeover:cut_over"
    ADMINISTER_UNITS = "identity:administer_units"
    ADMINISTER_ASSIGNMENTS = "identity:administer_assignments"
    APPROVE_ASSIGNMENT = "identity:approve_assignment"
    READ_AGREEMENTS = "agreement:read"
    DRAFT_AGREEMENT = "agreement:draft"
    SIGN_AGREEMENT = "agreement:sign"
    END_AGREEMENT = "agreement:end"
    DECIDE_AGREEMENT = "agreement:decide"
    ASK_ROUND = "round:ask"
    COMMENT_ROUND = "round:comment"
    ANSWER_COMMENT = "round:answer_comment"
    READ_ROUTINES = "routine:read"
    WRITE_ROUTINE = "routine:write"
    DECIDE_ROUTINE = "routine:decide"
    READ_ONBOARDING = "onboarding:read"
    OPEN_ONBOARDING = "onboarding:open"
    RECORD_STEP = "onboarding:record_step"
    NAME_CONTACT = "onboarding:name_contact"
    PLAN_ACTIVITY = "onboarding:plan_activity"
    PLAN_STARTS = "onboarding:plan_starts"
    ASK_EXPERT = "onboarding:ask_expert"
    ANSWER_EXPERT = "onboarding:answer_expert"
    READ_PACK = "onboarding:read_pack"
    WRITE_PACK = "onboarding:write_pack"
    PRACTISE_TRAINING = "training:practise"
    READ_TRAINING = "training:read"
    RECORD_TRAINING = "training:record"
    OPEN_SURVEY = "survey:open"
    READ_COSTS = "cost:read"
    EDIT_COSTS = "cost:edit"
    ALLOCATE = "cost:allocate"
    RECORD_DECISION = "cost:record_decision"
    ANNOUNCE = "cost:announce"
    OBJECT = "cost:object"
    ANSWER_OBJECTION = "cost:answer_objection"
    OFFER_OPTION = "cost:offer_option"
    DECIDE_OPTION = "cost:decide_option"
    READ_LIABILITY = "cost:read_liability"
    COLLECT_LIABILITY = "cost:collect_liability"
    OBJECT_TO_ITEM = "cost:object_to_item"
    ANSWER_ITEM = "cost:answer_item"
    ESCALATE_ITEM = "cost:escalate_item"
    RECORD_ITEM_DECISION = "cost:record_item_decision"
    SETTLE_LIABILITY = "cost:settle_liability"
    ATTEST = "cost:attest"
    ISSUE_INVOICES = "cost:issue_invoices"
    READ_REVIEW = "audit:read_review"
    DRAW_ROUND = "audit:draw_round"
    DECIDE_ITEM = "audit:decide_item"
    FOLLOW_UP_EMERGENCY = "audit:follow_up_emergency"
    GIVE_EXTRACT = "audit:give_extract"
    READ_REPORTS = "audit:read_reports"


P = Permission
_READER = frozenset({P.READ_CASE, P.READ_INBOX, P.READ_ROUTINES})
_INBOX = _READER | {
    P.ACKNOWLEDGE_MESSAGE,
    P.FORWARD_MESSAGE,
    P.REJECT_MESSAGE,
    P.SEND_GENERAL_MESSAGE,
    P.REPLACE_MESSAGE,
}
_WARD = _INBOX | {
    P.OPEN_CASE,
    P.NOTIFY_ADMISSION,
    P.REVISE_EXPECTED_DISCHARGE,
    P.SUBMIT_PLANNING_BASIS,
    P.NOTIFY_READY,
    P.WITHDRAW_READY,
    P.TRANSFER_INFORMATION,
    P.INFORM_INDIVIDUAL,
    P.RECORD_DISCHARGE,
    P.RECORD_CONSENT,
    P.WITHDRAW_CONSENT,
    P.PLACE_BLOCK,
    P.LIFT_BLOCK,
    P.ADD_READER,  # who opens a case is on its list
    P.REMOVE_READER,
    P.MARK_PROTECTED,
    P.LIFT_PROTECTION,
    P.CLOSE_CASE,
    P.ABORT_CASE,
}
_RECEIVING = _INBOX | {
    P.ANSWER_ADMISSION,
    P.START_PLANNING,
    P.SUBMIT_PLANNING_BASIS,
    P.ANSWER_CALL,
    P.CONFIRM_HOMECOMING,
    P.RECORD_CONSENT,
    P.WITHDRAW_CONSENT,
    P.PLACE_BLOCK,
    P.LIFT_BLOCK,
}

# The way of a text, of an agreement or of a routine; whose text it is, the operation judges.
_TEXTS = frozenset(
    {
        P.READ_ROUTINES,
        P.ASK_ROUND,
        P.COMMENT_ROUND,
        P.ANSWER_COMMENT,
        P.WRITE_ROUTINE,
        P.DECIDE_ROUTINE,
    }
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.WARD_NURSE: _WARD | {P.PRACTISE_TRAINING, P.OPEN_EMERGENCY_ACCESS},
    Role.TREATING_PHYSICIAN: _READER
    | {
        P.NOTIFY_ADMISSION,
        P.NOTIFY_READY,
        P.WITHDRAW_READY,
        P.SEND_GENERAL_MESSAGE,
        P.OPEN_EMERGENCY_ACCESS,
    },
    Role.MEDICAL_SECRETARY: _READER | {P.NOTIFY_ADMISSION, P.NOTIFY_READY, P.WITHDRAW_READY},
    Role.CARE_COORDINATOR: _RECEIVING
    | {
        P.PRACTISE_TRAINING,
        P.NAME_CARE_CONTACT,
        P.STATE_AVAILABILITY,
        P.CALL_TO_PLANNING,
        P.ASSIGN_MESSAGE,
        P.ADD_READER,
        P.REMOVE_READER,
        P.MARK_PROTECTED,
        P.LIFT_PROTECTION,
        P.OPEN_EMERGENCY_ACCESS,
    },
    Role.INBOX_COORDINATOR: _RECEIVING
    | {
        P.PRACTISE_TRAINING,
        P.STATE_RECEPTION,
        P.ASSIGN_MESSAGE,
        P.ADD_READER,
        P.REMOVE_READER,
        P.MARK_PROTECTED,
        P.LIFT_PROTECTION,
    },
    Role.CASE_OFFICER: _RECEIVING | {P.PRACTISE_TRAINING, P.STATE_RECEPTION},
    Role.MUNICIPAL_NURSE: _RECEIVING
    | {P.PRACTISE_TRAINING, P.STATE_RECEPTION, P.OPEN_EMERGENCY_ACCESS},
    Role.LOCAL_ADMINISTRATOR: _TEXTS
    | frozenset(
        {
            P.ADMINISTER_UNITS,
            P.ADMINISTER_ASSIGNMENTS,
            P.APPROVE_ASSIGNMENT,
            P.TAKE_OVER_CASES,
            P.RECONCILE_CASES,
            P.CUT_OVER,
            P.READ_AGREEMENTS,
            P.DRAFT_AGREEMENT,
            P.DECIDE_AGREEMENT,
            P.READ_ONBOARDING,
            P.RECORD_STEP,
            P.NAME_CONTACT,
            P.PLAN_ACTIVITY,
            P.PLAN_STARTS,
            P.ANSWER_EXPERT,
            P.READ_PACK,
            P.WRITE_PACK,
            P.READ_TRAINING,
            P.RECORD_TRAINING,
            P.OPEN_SURVEY,
            P.READ_COSTS,
        }
    ),
    Role.SIGNATORY: _TEXTS
    | frozenset(
        {
            P.APPROVE_ASSIGNMENT,
            P.READ_AGREEMENTS,
            P.DRAFT_AGREEMENT,
            P.DECIDE_AGREEMENT,
            P.SIGN_AGREEMENT,
            P.END_AGREEMENT,
            P.READ_ONBOARDING,
            P.READ_PACK,
            P.WRITE_PACK,
            P.READ_TRAINING,
            P.READ_COSTS,
            P.DECIDE_OPTION,
        }
    ),
    Role.BOARD_SECRETARY: frozenset(
        {
            P.READ_ROUTINES,
            P.READ_ONBOARDING,
            P.READ_TRAINING,
            P.READ_COSTS,
            P.EDIT_COSTS,
            P.ALLOCATE,
            P.RECORD_DECISION,
            P.ANNOUNCE,
            P.ANSWER_OBJECTION,
            P.OFFER_OPTION,
            P.ATTEST,
            P.ISSUE_INVOICES,
        }
    ),
    Role.BOARD_MEMBER: frozenset({P.READ_ROUTINES, P.READ_COSTS}),
    # What is the host's, or the other party's, the operation refuses. The items of payment
    # liability are between the two economists: the board and its secretary see sums.
    Role.ECONOMIST: frozenset(
        {
            P.READ_ROUTINES,
            P.READ_COSTS,
            P.ANNOUNCE,
            P.OBJECT,
            P.DECIDE_OPTION,
            P.READ_LIABILITY,
            P.COLLECT_LIABILITY,
            P.OBJECT_TO_ITEM,
            P.ANSWER_ITEM,
            P.ESCALATE_ITEM,
            P.RECORD_ITEM_DECISION,
            P.SETTLE_LIABILITY,
            P.ATTEST,
            P.ISSUE_INVOICES,
        }
    ),
    # Reads the log, and of a person no more than the name of who an entry is about.
    Role.LOG_REVIEWER: frozenset(
        {
            P.READ_REVIEW,
            P.DRAW_ROUND,
            P.DECIDE_ITEM,
            P.FOLLOW_UP_EMERGENCY,
            P.GIVE_EXTRACT,
            P.READ_REPORTS,
            P.READ_AGREEMENTS,
            P.READ_ROUTINES,
        }
    ),
    # Platform operators hold no right to patients' rows, and nobody can act as somebody else (R11).
    # The county's own keeps the county's routines.
    Role.OPERATOR: _TEXTS
    | frozenset(
        {P.READ_AGREEMENTS, P.READ_ONBOARDING, P.OPEN_ONBOARDING, P.ASK_EXPERT, P.READ_TRAINING}
    ),
}

# Only such an assignment may have care as its purpose; the others are for administration (R1).
CARE_ROLES = frozenset(role for role, rights in ROLES.items() if P.READ_CASE in rights)

# As people name them, on the pages and in the files that are imported.
ROLE_LABELS: dict[Role, str] = {
    Role.WARD_NURSE: "Sjuksköterska på avdelning",
    Role.TREATING_PHYSICIAN: "Behandlande läkare",
    Role.MEDICAL_SECRETARY: "Medicinsk sekreterare",
    Role.CARE_COORDINATOR: "Vårdsamordnare i öppenvård",
    Role.INBOX_COORDINATOR: "Koordinator i kommunen",
    Role.CASE_OFFICER: "Handläggare",
    Role.MUNICIPAL_NURSE: "Sjuksköterska eller rehab i kommunen",
    Role.LOCAL_ADMINISTRATOR: "Lokal administratör",
    Role.SIGNATORY: "Undertecknare av överenskommelser",
    Role.BOARD_SECRETARY: "Sekreterare i gemensam nämnd",
    Role.BOARD_MEMBER: "Ledamot i gemensam nämnd",
    Role.ECONOMIST: "Ekonom",
    Role.LOG_REVIEWER: "Logggranskare",
    Role.OPERATOR: "Driftansvarig",
}
