"""The preconditions of the liability, P1–P7: each one lacking, and all of them holding."""

from datetime import datetime

import pytest

from care.law import history, liability
from care.law.calendar import STOCKHOLM
from care.law.discharge import Act
from care.law.history import Fact
from care.law.liability import Assessment, Status
from care.law.preconditions import PRECONDITIONS
from care.law.terms import Terms

Body = dict[str, object]

MARCH = {"admitted_at": "2026-03-01T08:00:00+01:00"}
BOTH = {"needs": ["social_services", "outpatient_care"]}


def fact(act: str, when: str, body: Body | None = None, *, by_care_contact: bool = False) -> Fact:
    """Return a fact at a Swedish time."""
    at = datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)
    return Fact(Act(act), at, body or {}, by_care_contact=by_care_contact)


def assess(
    facts: list[Fact], agreed: Body | None = None, *, is_compulsory: bool = False
) -> Assessment:
    """Assess the first ready period of a case."""
    return liability.assess(
        history.ready_periods(facts)[0],
        facts,
        Terms.from_json(agreed or {}),
        is_compulsory=is_compulsory,
        day_rates_ore={2026: 1_000_000},
        at=datetime(2026, 3, 20, 12, tzinfo=STOCKHOLM),
    )


ADMISSION = fact(
    "notify_admission", "2026-03-01T10:00", {**MARCH, **BOTH, "liable_municipality": "2309"}
)
AVAILABLE = fact("state_availability", "2026-03-02T08:00", {"status": "available"})
READY = fact("notify_ready", "2026-03-03T09:15")
CALL = fact("call_to_planning", "2026-03-04T10:00", by_care_contact=True)
HOME = fact("record_discharge", "2026-03-10T10:00")
WHOLE = [ADMISSION, AVAILABLE, READY, CALL, HOME]

LATE_CALL = fact("call_to_planning", "2026-03-07T00:00", by_care_contact=True)
OTHER_CALL = fact("call_to_planning", "2026-03-04T10:00")
LATE_ADMISSION = fact(
    "notify_admission", "2026-03-02T08:01", {**MARCH, **BOTH, "liable_municipality": "2309"}
)
AFTER_READY = fact("notify_admission", "2026-03-03T10:00", {**BOTH, "liable_municipality": "2309"})
NO_MUNICIPALITY = fact("notify_admission", "2026-03-01T10:00", {**MARCH, **BOTH})
ELSEWHERE = fact("notify_ready", "2026-03-03T09:15", {"municipalities": ["2303"]})
SOON_HOME = fact("record_discharge", "2026-03-05T10:00")
UNCLEAR = fact("state_availability", "2026-03-02T08:00", {"status": "not_clarified"})
CAUSE = fact(
    "state_availability", "2026-03-02T08:00", {"status": "not_available", "is_cause": True}
)
NO_CAUSE = fact(
    "state_availability", "2026-03-02T08:00", {"status": "not_available", "is_cause": False}
)
MEAN: Body = {"model": "monthly_mean", "excess_formula": "mean"}

# Row, facts, terms, code of the reason, status.
ROWS: list[tuple[tuple[str, str, str], list[Fact], Body, str, str]] = [
    (
        ("precondition", "P1", "5 kap. 1 §"),
        WHOLE,
        {"compulsory_psychiatry": "excluded"},
        "excluded",
        "not_liable",
    ),
    (
        ("precondition", "P2", "5 kap. 2 §"),
        [NO_MUNICIPALITY, AVAILABLE, READY, CALL, HOME],
        {},
        "unknown",
        "manual_review",
    ),
    (
        ("precondition", "P3.1", "5 kap. 3 § 1 st."),
        [
            AVAILABLE,
            fact("notify_ready", "2026-03-03T09:15", {"liable_municipality": "2309"}),
            HOME,
        ],
        {},
        "missing",
        "not_liable",
    ),
    (
        ("precondition", "P3.1", "5 kap. 3 § 1 st."),
        [LATE_ADMISSION, AVAILABLE, READY, CALL, HOME],
        {},
        "late",
        "manual_review",
    ),
    (
        ("precondition", "P3.1", "5 kap. 3 § 1 st."),
        [LATE_ADMISSION, AVAILABLE, READY, CALL, HOME],
        {"late_admission_effect": "block"},
        "late",
        "not_liable",
    ),
    (
        ("precondition", "P3.1", "5 kap. 3 § 1 st."),
        [LATE_ADMISSION, AVAILABLE, READY, CALL, HOME],
        {"late_admission_effect": "ignore"},
        "late",
        "liable",
    ),
    (
        ("precondition", "P3.1", "5 kap. 3 § 1 st."),
        [
            AFTER_READY,
            AVAILABLE,
            fact("notify_ready", "2026-03-03T09:15", {"liable_municipality": "2309"}),
            CALL,
            HOME,
        ],
        {},
        "after_ready",
        "manual_review",
    ),
    (
        ("precondition", "P3.2", "5 kap. 3 § 1 st."),
        [ADMISSION, AVAILABLE, ELSEWHERE, CALL, HOME],
        {},
        "missing",
        "not_liable",
    ),
    (
        ("precondition", "P4", "5 kap. 3 § 2 st."),
        [ADMISSION, AVAILABLE, READY, HOME],
        {},
        "missing",
        "not_liable",
    ),
    (
        ("precondition", "P4", "5 kap. 3 § 2 st."),
        [ADMISSION, AVAILABLE, READY, OTHER_CALL, HOME],
        {},
        "missing",
        "not_liable",
    ),
    (
        ("precondition", "P4", "5 kap. 3 § 2 st."),
        [ADMISSION, AVAILABLE, READY],
        {},
        "missing",
        "blocked",
    ),
    (
        ("precondition", "P4", "5 kap. 3 § 2 st."),
        [ADMISSION, AVAILABLE, READY, LATE_CALL, HOME],
        {},
        "late",
        "manual_review",
    ),
    (
        ("precondition", "P4", "5 kap. 3 § 2 st."),
        [ADMISSION, AVAILABLE, READY, LATE_CALL, HOME],
        {"late_call_effect": "block"},
        "late",
        "not_liable",
    ),
    (
        ("precondition", "P5", "5 kap. 4 §"),
        [ADMISSION, AVAILABLE, READY, CALL, SOON_HOME],
        {},
        "ended_before",
        "not_liable",
    ),
    (
        ("precondition", "P5", "5 kap. 4 §"),
        [ADMISSION, AVAILABLE, READY, CALL],
        {"grace_days": 60},
        "not_yet",
        "blocked",
    ),
    (
        ("precondition", "P6", "5 kap. 5 §"),
        [ADMISSION, CAUSE, READY, CALL, HOME],
        {},
        "cause",
        "not_liable",
    ),
    (
        ("precondition", "P6", "5 kap. 5 §"),
        [ADMISSION, CAUSE, READY, CALL],
        {},
        "cause",
        "blocked",
    ),
    (
        ("precondition", "P6", "5 kap. 5 §"),
        [ADMISSION, UNCLEAR, READY, CALL, HOME],
        {},
        "cause_not_stated",
        "manual_review",
    ),
    (
        ("precondition", "P6", "5 kap. 5 §"),
        [ADMISSION, READY, CALL, HOME],
        {},
        "not_stated",
        "manual_review",
    ),
    (
        ("precondition", "P6", "5 kap. 5 §"),
        [ADMISSION, READY, CALL],
        {},
        "not_stated",
        "blocked",
    ),
    (
        ("precondition", "P7", "5 kap. 6 §"),
        WHOLE,
        MEAN,
        "settled_on_mean",
        "liable",
    ),
]


@pytest.mark.parametrize(("row", "facts", "agreed", "code", "status"), ROWS)
def test_a_precondition_that_lacks_gives_its_paragraph_and_its_effect(
    row: tuple[str, str, str], facts: list[Fact], agreed: Body, code: str, status: str
) -> None:
    assessment = assess(facts, agreed, is_compulsory="compulsory_psychiatry" in agreed)

    reasons = {reason.code: reason for reason in assessment.reasons}
    assert f"{row[1]}_{code}" in reasons, reasons
    assert reasons[f"{row[1]}_{code}"].statute == row[2]
    assert reasons[f"{row[1]}_{code}"].text_sv.endswith(".")
    assert assessment.status == status


def test_when_everything_holds_the_municipality_is_liable_and_nothing_is_said_against_it() -> None:
    assessment = assess(WHOLE)

    assert (assessment.status, assessment.reasons) == (Status.LIABLE, ())
    assert len(assessment.days) == 4
    assert assessment.amount_ore == 4_000_000


def test_a_missing_rate_keeps_the_days_and_withholds_the_amount() -> None:
    facts = [*WHOLE[:-1], fact("record_discharge", "2026-03-10T10:00")]

    assessment = liability.assess(
        history.ready_periods(facts)[0], facts, Terms(), day_rates_ore={2025: 1}, at=HOME.at
    )

    assert [reason.code for reason in assessment.reasons] == ["P7_rate_missing"]
    assert (assessment.status, assessment.amount_ore) == (Status.LIABLE, None)


def test_open_compulsory_care_needs_no_call() -> None:
    variant = fact("send_general_message", "2026-03-02T10:00", {"variant": "open_compulsory"})

    assert assess([ADMISSION, variant, AVAILABLE, READY, HOME]).status == Status.LIABLE


def test_an_individual_who_declines_the_plan_makes_the_call_unneeded() -> None:
    declined = fact("send_general_message", "2026-03-03T10:00", {"planning_declined": True})

    assert assess([ADMISSION, declined, AVAILABLE, READY, HOME]).status == Status.LIABLE


def test_services_that_are_not_the_cause_stop_nothing() -> None:
    assert assess([ADMISSION, NO_CAUSE, READY, CALL, HOME]).status == Status.LIABLE


def test_compulsory_care_follows_the_same_rules_unless_the_agreement_excludes_it() -> None:
    assert assess(WHOLE, is_compulsory=True).status == Status.LIABLE


def test_in_a_mean_model_no_single_individual_has_an_amount() -> None:
    assert assess(WHOLE, MEAN).amount_ore is None


def test_every_precondition_says_in_swedish_what_must_hold() -> None:
    assert [row.name for row in PRECONDITIONS] == [
        "P1",
        "P2",
        "P3.1",
        "P3.2",
        "P4",
        "P5",
        "P6",
        "P7",
    ]
    assert all(row.text_sv.endswith(".") for row in PRECONDITIONS)
