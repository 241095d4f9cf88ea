"""Lag (2017:612) om samverkan vid utskrivning från sluten hälso- och sjukvård, as a table.

Facts are never blocked: the table refuses only what cannot be. What is late or missing is found by
the rules that compute compliance. "rutin" stands where the Act is silent and routine fills the gap.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from care.law.machine import Neutral, Process, Step

ROUTINE = "rutin"


class State(StrEnum):
    """Ärendets läge: where the individual stands in the process."""

    DRAFT = "draft"
    """Utkast."""
    ADMITTED = "admitted"
    """Inskriven (2 kap. 1 §)."""
    PLANNING = "planning"
    """Planering (2 kap. 6 §)."""
    READY = "ready"
    """Utskrivningsklar (3 kap. 1 §)."""
    DISCHARGED = "discharged"
    """Utskriven (3 kap. 2 §)."""
    CLOSED = "closed"
    """Avslutad."""
    ABORTED = "aborted"
    """Avbruten."""
    RETURNED = "returned"
    """Returnerad: every recipient has answered that it is not concerned."""


class Act(StrEnum):
    """Händelse: what a unit does in a discharge case."""

    OPEN_CASE = "open_case"
    """Öppna ärende."""
    NOTIFY_ADMISSION = "notify_admission"
    """Inskrivningsmeddelande (2 kap. 1–3 §§)."""
    ANSWER_ADMISSION = "answer_admission"
    """Svar på inskrivning."""
    REVISE_EXPECTED_DISCHARGE = "revise_expected_discharge"
    """Ändrad beräknad utskrivning (2 kap. 4 §)."""
    NAME_CARE_CONTACT = "name_care_contact"
    """Fast vårdkontakt utsedd (2 kap. 5 §)."""
    START_PLANNING = "start_planning"
    """Planering påbörjad (2 kap. 6 §)."""
    SUBMIT_PLANNING_BASIS = "submit_planning_basis"
    """Planeringsunderlag."""
    STATE_AVAILABILITY = "state_availability"
    """Öppenvårdens insatser: tillgängliga, ej tillgängliga, ej klarlagt (5 kap. 5 §)."""
    STATE_RECEPTION = "state_reception"
    """Kommunen kan ta emot, eller kan inte."""
    NOTIFY_READY = "notify_ready"
    """Underrättelse om utskrivningsklar (3 kap. 1 §)."""
    WITHDRAW_READY = "withdraw_ready"
    """Återtagande av utskrivningsklar."""
    CALL_TO_PLANNING = "call_to_planning"
    """Kallelse till samordnad individuell planering (4 kap. 3 §)."""
    ANSWER_CALL = "answer_call"
    """Svar på kallelse."""
    TRANSFER_INFORMATION = "transfer_information"
    """Informationsöverföring vid utskrivning (3 kap. 2 §)."""
    INFORM_INDIVIDUAL = "inform_individual"
    """Information till patienten (3 kap. 3 §)."""
    RECORD_DISCHARGE = "record_discharge"
    """Utskriven, hemgång (3 kap. 2 §)."""
    CONFIRM_HOMECOMING = "confirm_homecoming"
    """Hemkomst bekräftad."""
    SEND_GENERAL_MESSAGE = "send_general_message"
    """Generellt meddelande."""
    RETURN_CASE = "return_case"
    """Returnera ärende."""
    CLOSE_CASE = "close_case"
    """Avsluta ärende."""
    ABORT_CASE = "abort_case"
    """Avbryt ärende."""
    CORRECT_CASE = "correct_case"
    """Rätta avslutat ärende (PDL 3 kap. 14 §)."""


STEPS: tuple[Step[State, Act], ...] = (
    Step(State.DRAFT, Act.OPEN_CASE, State.DRAFT, ROUTINE),
    Step(State.DRAFT, Act.NOTIFY_ADMISSION, State.ADMITTED, "2 kap. 1, 3 §§"),
    Step(State.RETURNED, Act.NOTIFY_ADMISSION, State.ADMITTED, "2 kap. 1, 3 §§"),
    # A notice that comes after the ready notice or the discharge is late, and still a fact.
    Step(State.READY, Act.NOTIFY_ADMISSION, State.READY, "2 kap. 1, 3 §§", is_flagged=True),
    Step(
        State.DISCHARGED, Act.NOTIFY_ADMISSION, State.DISCHARGED, "2 kap. 1, 3 §§", is_flagged=True
    ),
    Step(
        State.ADMITTED,
        Act.ANSWER_ADMISSION,
        State.PLANNING,
        ROUTINE,
        unless=("answer", "rejected"),
    ),
    Step(State.ADMITTED, Act.START_PLANNING, State.PLANNING, "2 kap. 6 §"),
    Step(State.ADMITTED, Act.RETURN_CASE, State.RETURNED, ROUTINE),
    Step(State.PLANNING, Act.NOTIFY_READY, State.READY, "3 kap. 1 §"),
    Step(State.DRAFT, Act.NOTIFY_READY, State.READY, "3 kap. 1 §", is_flagged=True),
    Step(State.ADMITTED, Act.NOTIFY_READY, State.READY, "3 kap. 1 §", is_flagged=True),
    Step(State.RETURNED, Act.NOTIFY_READY, State.READY, "3 kap. 1 §", is_flagged=True),
    # A second notice goes to a further unit: the period, and its clock, are those of the first.
    Step(State.READY, Act.NOTIFY_READY, State.READY, "3 kap. 1 §", is_flagged=True),
    Step(State.READY, Act.WITHDRAW_READY, State.PLANNING, ROUTINE),
    Step(State.ADMITTED, Act.RECORD_DISCHARGE, State.DISCHARGED, "3 kap. 2 §"),
    Step(State.PLANNING, Act.RECORD_DISCHARGE, State.DISCHARGED, "3 kap. 2 §"),
    Step(State.READY, Act.RECORD_DISCHARGE, State.DISCHARGED, "3 kap. 2 §"),
    Step(State.DRAFT, Act.RECORD_DISCHARGE, State.DISCHARGED, "3 kap. 2 §", is_flagged=True),
    Step(State.RETURNED, Act.RECORD_DISCHARGE, State.DISCHARGED, "3 kap. 2 §", is_flagged=True),
    Step(State.DISCHARGED, Act.CLOSE_CASE, State.CLOSED, ROUTINE),
    Step(State.DRAFT, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.ADMITTED, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.PLANNING, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.READY, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.RETURNED, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.DISCHARGED, Act.ABORT_CASE, State.ABORTED, ROUTINE),
    Step(State.CLOSED, Act.CORRECT_CASE, State.CLOSED, "PDL 3 kap. 14 §"),
)

NEUTRAL: tuple[Neutral[Act], ...] = (
    # The first of these two moves an admitted case to planning; each later one is only recorded.
    Neutral(Act.ANSWER_ADMISSION, ROUTINE),
    Neutral(Act.START_PLANNING, "2 kap. 6 §"),
    Neutral(Act.REVISE_EXPECTED_DISCHARGE, "2 kap. 4 §"),
    Neutral(Act.NAME_CARE_CONTACT, "2 kap. 5 §"),
    Neutral(Act.SUBMIT_PLANNING_BASIS, ROUTINE),
    Neutral(Act.STATE_AVAILABILITY, "5 kap. 5 §"),
    Neutral(Act.STATE_RECEPTION, ROUTINE),
    Neutral(Act.CALL_TO_PLANNING, "4 kap. 3 §"),
    Neutral(Act.ANSWER_CALL, ROUTINE),
    Neutral(Act.TRANSFER_INFORMATION, "3 kap. 2 §"),
    Neutral(Act.INFORM_INDIVIDUAL, "3 kap. 3 §"),
    Neutral(Act.CONFIRM_HOMECOMING, ROUTINE),
    Neutral(Act.SEND_GENERAL_MESSAGE, ROUTINE),
)

PROCESS = Process(
    State.DRAFT,
    STEPS,
    neutral=NEUTRAL,
    open_states=(State.ADMITTED, State.PLANNING, State.READY, State.RETURNED, State.DISCHARGED),
    late_states=(State.CLOSED, State.ABORTED),
)

STATE_LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: "Utkast",
        State.ADMITTED: "Inskriven",
        State.PLANNING: "Planering",
        State.READY: "Utskrivningsklar",
        State.DISCHARGED: "Utskriven",
        State.CLOSED: "Avslutad",
        State.ABORTED: "Avbruten",
        State.RETURNED: "Returnerad",
    }
)

ACT_LABELS: Mapping[Act, str] = MappingProxyType(
    {
        Act.OPEN_CASE: "Öppna ärende",
        Act.NOTIFY_ADMISSION: "Inskrivningsmeddelande",
        Act.ANSWER_ADMISSION: "Svar på inskrivningsmeddelande",
        Act.REVISE_EXPECTED_DISCHARGE: "Ändrad beräknad utskrivning",
        Act.NAME_CARE_CONTACT: "Fast vårdkontakt utsedd",
        Act.START_PLANNING: "Planering påbörjad",
        Act.SUBMIT_PLANNING_BASIS: "Planeringsunderlag",
        Act.STATE_AVAILABILITY: "Besked om öppenvårdens insatser",
        Act.STATE_RECEPTION: "Besked om kommunens mottagande",
        Act.NOTIFY_READY: "Underrättelse om utskrivningsklar",
        Act.WITHDRAW_READY: "Återtagande av utskrivningsklar",
        Act.CALL_TO_PLANNING: "Kallelse till samordnad individuell planering",
        Act.ANSWER_CALL: "Svar på kallelse",
        Act.TRANSFER_INFORMATION: "Informationsöverföring vid utskrivning",
        Act.INFORM_INDIVIDUAL: "Information till patienten",
        Act.RECORD_DISCHARGE: "Utskriven",
        Act.CONFIRM_HOMECOMING: "Hemkomst bekräftad",
        Act.SEND_GENERAL_MESSAGE: "Generellt meddelande",
        Act.RETURN_CASE: "Returnerat ärende",
        Act.CLOSE_CASE: "Avsluta ärende",
        Act.ABORT_CASE: "Avbryt ärende",
        Act.CORRECT_CASE: "Rätta avslutat ärende",
    }
)
