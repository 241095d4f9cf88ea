"""The duties of the Act, D1–D14: who has done what in time, late, not at all, or has yet to."""

from datetime import datetime

import pytest

from care.law import duties
from care.law.calendar import STOCKHOLM
from care.law.deadlines import RULES
from care.law.discharge import Act
from care.law.duties import DUTIES, Compliance, Finding
from care.law.history import Fact
from care.law.terms import STATUTORY

Body = dict[str, object]

ADMITTED: Body = {
    "admitted_at": "2026-03-01T08:00:00+01:00",
    "expected_discharge_at": "2026-03-06T14:00:00+01:00",
    "needs": ["social_services", "outpatient_care"],
}
LATER = ADMITTED | {"need_assessed_at": "2026-03-02T15:00:00+01:00"}
COMPULSORY = ADMITTED | {"variant": "open_compulsory"}


def moment(when: str) -> datetime:
    """Return a Swedish time as an instant."""
    return datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)


def fact(act: str, when: str, body: Body | None = None) -> Fact:
    """Return a fact at a Swedish time, the call by the care contact."""
    return Fact(Act(act), moment(when), body or {}, by_care_contact=act == "call_to_planning")


def findings(facts: list[Fact], at: str = "2026-03-20T12:00") -> dict[str, Finding]:
    """Return the findings of a case by duty."""
    found = duties.compliance(facts, STATUTORY, moment(at))
    return {finding.duty_id: finding for finding in found}


OPEN = fact("open_case", "2026-03-01T08:30", ADMITTED)
ADMISSION = fact("notify_admission", "2026-03-01T10:00", ADMITTED)
READY = fact("notify_ready", "2026-03-03T09:15")
HOME = fact("record_discharge", "2026-03-06T10:00")
CLOSED = fact("close_case", "2026-03-12T10:00", {"planning": "done"})

# Row, facts, the status of the duty.
ROWS: list[tuple[tuple[str, str, str], list[Fact], str]] = [
    (("duty", "D1", "2 kap. 1, 3 §§"), [ADMISSION], "on_time"),
    (
        ("duty", "D1", "2 kap. 1, 3 §§"),
        [fact("notify_admission", "2026-03-02T08:01", ADMITTED)],
        "late",
    ),
    (("duty", "D1", "2 kap. 1, 3 §§"), [OPEN], "missing"),
    (("duty", "D1", "2 kap. 1, 3 §§"), [fact("notify_admission", "2026-03-01T10:00")], "on_time"),
    (("duty", "D1", "2 kap. 1, 3 §§"), [HOME], "missing"),
    (("duty", "D1", "2 kap. 1, 3 §§"), [], "pending"),
    (
        ("duty", "D1", "2 kap. 1, 3 §§"),
        [fact("notify_admission", "2026-03-03T15:00", LATER)],
        "not_applicable",
    ),
    (
        ("duty", "D1b", "2 kap. 3 §"),
        [fact("notify_admission", "2026-03-03T15:00", LATER)],
        "on_time",
    ),
    (("duty", "D1b", "2 kap. 3 §"), [fact("notify_admission", "2026-03-03T15:01", LATER)], "late"),
    (("duty", "D1b", "2 kap. 3 §"), [ADMISSION], "not_applicable"),
    (("duty", "D2", "2 kap. 2 §"), [ADMISSION], "on_time"),
    (("duty", "D2", "2 kap. 2 §"), [fact("notify_admission", "2026-03-01T10:00")], "missing"),
    (("duty", "D2", "2 kap. 2 §"), [OPEN], "not_applicable"),
    (("duty", "D3", "2 kap. 4 §"), [ADMISSION, HOME], "on_time"),
    (("duty", "D3", "2 kap. 4 §"), [ADMISSION], "missing"),
    (
        ("duty", "D3", "2 kap. 4 §"),
        [ADMISSION, fact("record_discharge", "2026-03-07T10:00")],
        "late",
    ),
    (("duty", "D3", "2 kap. 4 §"), [OPEN], "not_applicable"),
    (
        ("duty", "D4", "2 kap. 5 §"),
        [ADMISSION, fact("name_care_contact", "2026-03-06T09:00"), HOME],
        "on_time",
    ),
    (
        ("duty", "D4", "2 kap. 5 §"),
        [ADMISSION, HOME, fact("name_care_contact", "2026-03-06T11:00")],
        "late",
    ),
    (("duty", "D4", "2 kap. 5 §"), [ADMISSION, HOME], "missing"),
    (("duty", "D4", "2 kap. 5 §"), [ADMISSION], "pending"),
    (
        ("duty", "D5", "2 kap. 6 §"),
        [ADMISSION, fact("start_planning", "2026-03-02T09:00"), HOME],
        "on_time",
    ),
    (
        ("duty", "D5", "2 kap. 6 §"),
        [ADMISSION, HOME, fact("start_planning", "2026-03-06T11:00")],
        "late",
    ),
    (("duty", "D5", "2 kap. 6 §"), [ADMISSION, HOME], "missing"),
    (("duty", "D5", "2 kap. 6 §"), [OPEN], "not_applicable"),
    (("duty", "D6", "3 kap. 1 §"), [ADMISSION, READY], "on_time"),
    (("duty", "D6", "3 kap. 1 §"), [ADMISSION, HOME], "missing"),
    (("duty", "D6", "3 kap. 1 §"), [ADMISSION], "pending"),
    (
        ("duty", "D6", "3 kap. 1 §"),
        [ADMISSION, fact("abort_case", "2026-03-02T10:00")],
        "not_applicable",
    ),
    (
        ("duty", "D6b", "3 kap. 1 § 2 st."),
        [fact("notify_admission", "2026-03-01T10:00", COMPULSORY), READY],
        "on_time",
    ),
    (("duty", "D6b", "3 kap. 1 § 2 st."), [ADMISSION, READY], "not_applicable"),
    (
        ("duty", "D7", "3 kap. 2 §"),
        [ADMISSION, HOME, fact("transfer_information", "2026-03-06T23:59")],
        "on_time",
    ),
    (
        ("duty", "D7", "3 kap. 2 §"),
        [ADMISSION, HOME, fact("transfer_information", "2026-03-07T00:00")],
        "late",
    ),
    (("duty", "D7", "3 kap. 2 §"), [ADMISSION, HOME], "missing"),
    (("duty", "D7", "3 kap. 2 §"), [ADMISSION], "not_applicable"),
    (
        ("duty", "D8", "3 kap. 3 §"),
        [HOME, fact("inform_individual", "2026-03-06T09:00")],
        "on_time",
    ),
    (("duty", "D8", "3 kap. 3 §"), [HOME, fact("inform_individual", "2026-03-07T09:00")], "late"),
    (("duty", "D8", "3 kap. 3 §"), [HOME], "missing"),
    (("duty", "D8", "3 kap. 3 §"), [ADMISSION], "pending"),
    (
        ("duty", "D8", "3 kap. 3 §"),
        [ADMISSION, fact("abort_case", "2026-03-02T10:00")],
        "not_applicable",
    ),
    (("duty", "D9", "4 kap. 1 §"), [ADMISSION, HOME, CLOSED], "on_time"),
    (
        ("duty", "D9", "4 kap. 1 §"),
        [ADMISSION, HOME, fact("close_case", "2026-03-12T10:00")],
        "missing",
    ),
    (("duty", "D9", "4 kap. 1 §"), [ADMISSION, HOME], "pending"),
    (("duty", "D9", "4 kap. 1 §"), [HOME], "not_applicable"),
    (
        ("duty", "D10", "4 kap. 2 §"),
        [ADMISSION, fact("call_to_planning", "2026-03-04T09:00")],
        "on_time",
    ),
    (("duty", "D10", "4 kap. 2 §"), [ADMISSION, HOME], "missing"),
    (("duty", "D10", "4 kap. 2 §"), [ADMISSION], "pending"),
    (("duty", "D10", "4 kap. 2 §"), [HOME], "not_applicable"),
    (
        ("duty", "D11", "4 kap. 3 §"),
        [ADMISSION, READY, fact("call_to_planning", "2026-03-06T23:59")],
        "on_time",
    ),
    (
        ("duty", "D11", "4 kap. 3 §"),
        [ADMISSION, READY, fact("call_to_planning", "2026-03-07T00:00")],
        "late",
    ),
    (("duty", "D11", "4 kap. 3 §"), [ADMISSION, READY], "missing"),
    (
        ("duty", "D11", "4 kap. 3 §"),
        [ADMISSION, READY, fact("withdraw_ready", "2026-03-04T10:00")],
        "not_applicable",
    ),
    (
        ("duty", "D12", "4 kap. 1 § 2 st."),
        [fact("notify_admission", "2026-03-01T10:00", COMPULSORY)],
        "pending",
    ),
    (("duty", "D12", "4 kap. 1 § 2 st."), [ADMISSION], "not_applicable"),
    (("duty", "D13", "4 kap. 4 §"), [ADMISSION], "not_applicable"),
    (("duty", "D14", "4 kap. 5 §"), [ADMISSION], "not_applicable"),
]


@pytest.mark.parametrize(("row", "facts", "status"), ROWS)
def test_a_duty_is_judged_by_its_paragraph(
    row: tuple[str, str, str], facts: list[Fact], status: str
) -> None:
    finding = findings(facts)[row[1]]

    assert (finding.status, finding.statute) == (status, row[2])
    assert finding.text_sv.startswith(duties.COMPLIANCE_LABELS[finding.status])


def test_what_has_not_yet_happened_is_not_held_against_anyone() -> None:
    late_call = fact("call_to_planning", "2026-03-07T00:00")

    before = findings([ADMISSION, READY, late_call], at="2026-03-05T12:00")

    assert before["D11"].status == Compliance.PENDING


def test_the_worst_of_two_ready_periods_decides() -> None:
    facts = [
        ADMISSION,
        READY,
        fact("call_to_planning", "2026-03-03T12:00"),
        fact("withdraw_ready", "2026-03-04T10:00"),
        fact("notify_ready", "2026-03-09T09:00"),
    ]

    assert findings(facts)["D11"].status == Compliance.MISSING


def test_a_withdrawn_notice_that_missed_its_call_is_still_a_miss() -> None:
    facts = [ADMISSION, READY, fact("withdraw_ready", "2026-03-09T10:00")]

    assert findings(facts)["D11"].status == Compliance.MISSING


def test_a_duty_names_a_deadline_that_is_a_rule_and_an_obliged_party() -> None:
    names = {rule.name for rule in RULES}

    assert {duty.deadline for duty in DUTIES if duty.deadline is not None} <= names
    assert all(duty.who for duty in DUTIES)
