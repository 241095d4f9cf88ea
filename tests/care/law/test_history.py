"""What follows from the facts of a case alone, in whatever order they come."""

from datetime import UTC, datetime

import pytest

from care.law import history
from care.law.calendar import STOCKHOLM
from care.law.discharge import Act, State
from care.law.history import AvailabilityStatus, EndReason, Fact

Body = dict[str, object]


def moment(when: str) -> datetime:
    """Return a Swedish time as an instant."""
    return datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)


def fact(act: str, when: str, body: Body | None = None, *, unit_kind: str | None = None) -> Fact:
    """Return a fact at a Swedish time."""
    return Fact(Act(act), moment(when), body or {}, unit_kind)


READY = fact("notify_ready", "2026-03-03T09:15")


def test_a_fact_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="without offset"):
        Fact(Act.NOTIFY_READY, datetime(2026, 3, 3, 9, 15))  # noqa: DTZ001  the fault to be found


def test_times_in_the_hour_that_repeats_keep_their_order() -> None:
    first = Fact(Act.NOTIFY_READY, datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM))
    second = Fact(Act.WITHDRAW_READY, datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=STOCKHOLM))

    assert history.in_order([second, first]) == (first, second)
    assert first.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("act", "body", "reason"),
    [
        ("record_discharge", {}, EndReason.DISCHARGED),
        ("withdraw_ready", {}, EndReason.WITHDRAWN),
        ("abort_case", {"reason": "deceased"}, EndReason.DECEASED),
        ("abort_case", {"reason": "moved"}, EndReason.ABORTED),
    ],
)
def test_a_ready_period_ends_with_its_reason(act: str, body: Body, reason: EndReason) -> None:
    ended = fact(act, "2026-03-05T10:00", body)

    (period,) = history.ready_periods([ended, READY])

    assert (period.number, period.starts_at) == (1, READY.at)
    assert (period.ends_at, period.end_reason) == (ended.at, reason)


def test_a_new_notice_after_a_withdrawal_opens_the_next_period() -> None:
    withdrawn = fact("withdraw_ready", "2026-03-04T10:00")
    again = fact("notify_ready", "2026-03-06T09:00")

    first, second = history.ready_periods([READY, withdrawn, again])

    assert (first.ends_at, second.starts_at) == (withdrawn.at, again.at)
    assert (second.number, second.ends_at, second.end_reason) == (2, None, None)


def test_a_notice_after_the_discharge_opens_no_period_and_is_flagged() -> None:
    discharged = fact("record_discharge", "2026-03-05T10:00")
    late = fact("notify_ready", "2026-03-05T11:00")

    assert history.ready_periods([discharged, late]) == ()
    assert late in history.flagged([discharged, late])
    assert history.state([discharged, late]) == State.DISCHARGED


def test_a_discharge_recorded_with_a_time_before_the_notice_gives_an_empty_period() -> None:
    recorded = fact(
        "record_discharge", "2026-03-05T10:00", {"discharged_at": "2026-03-02T10:00:00+01:00"}
    )

    (period,) = history.ready_periods([READY, recorded])

    assert period.ends_at == period.starts_at


def test_the_time_of_death_ends_the_period_not_the_time_it_was_recorded() -> None:
    died = fact(
        "abort_case",
        "2026-03-06T09:00",
        {"reason": "deceased", "occurred_at": "2026-03-05T23:30:00+01:00"},
    )

    (period,) = history.ready_periods([READY, died])

    assert period.ends_at == moment("2026-03-05T23:30")


def test_a_correction_moves_the_discharge_and_with_it_the_period() -> None:
    recorded = fact("record_discharge", "2026-03-06T10:00")
    closed = fact("close_case", "2026-03-10T10:00")
    corrected = fact(
        "correct_case", "2026-03-12T10:00", {"discharged_at": "2026-03-05T10:00:00+01:00"}
    )

    facts = [READY, recorded, closed, corrected]

    assert history.discharged_at(facts) == moment("2026-03-05T10:00")
    assert history.ready_periods(facts)[0].ends_at == moment("2026-03-05T10:00")


def test_availability_runs_from_one_statement_to_the_next() -> None:
    unclear = fact("state_availability", "2026-03-03T10:00", {"status": "not_clarified"})
    available = fact("state_availability", "2026-03-05T10:00", {"status": "available"})

    first, second = history.availability([available, unclear])

    assert first.status == AvailabilityStatus.NOT_CLARIFIED
    assert (first.starts_at, first.ends_at, first.is_cause) == (unclear.at, available.at, None)
    assert (second.status, second.ends_at) == (AvailabilityStatus.AVAILABLE, None)


def test_each_kind_of_unit_speaks_for_itself() -> None:
    psychiatry = fact(
        "state_availability", "2026-03-03T10:00", {"status": "not_available"}, unit_kind="psych"
    )
    primary = fact(
        "state_availability", "2026-03-04T10:00", {"status": "available"}, unit_kind="primary"
    )

    assert {row.ends_at for row in history.availability([psychiatry, primary])} == {None}


def test_the_estimates_are_kept_in_order() -> None:
    admission = fact(
        "notify_admission",
        "2026-03-01T10:00",
        {"expected_discharge_at": "2026-03-05T14:00:00+01:00"},
    )
    revised = fact(
        "revise_expected_discharge",
        "2026-03-04T10:00",
        {"expected_discharge_at": "2026-03-09T14:00:00+01:00"},
    )

    estimates = history.expected_discharges([revised, admission])

    assert [estimate.stated_at for estimate in estimates] == [admission.at, revised.at]


def test_the_care_contact_is_the_last_named_and_in_time_from_the_first() -> None:
    first = fact("name_care_contact", "2026-03-02T10:00", {"name": "A"})
    second = fact("name_care_contact", "2026-03-04T10:00", {"name": "B"})

    contact = history.care_contact([second, first])

    assert contact is not None
    assert (contact.named_at, contact.name) == (first.at, "B")
    assert history.care_contact([]) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, None),
        ({"needs": ["social_services", "outpatient_care"]}, True),
        ({"needs": ["municipal_health_care", "outpatient_care"]}, True),
        ({"needs": ["social_services", "municipal_health_care"]}, False),
        ({"needs": ["outpatient_care"]}, False),
        ({"needs": []}, False),
        ({"needs": ["social_services", "outpatient_care"], "planning_declined": True}, False),
        ({"needs": ["social_services", "outpatient_care"], "variant": "open_compulsory"}, False),
    ],
)
def test_planning_is_required_when_both_have_something_to_do(
    body: Body, expected: bool | None
) -> None:
    admission = fact("notify_admission", "2026-03-01T10:00", body)

    assert history.planning_is_required([admission]) is expected


def test_the_liable_municipality_is_the_one_known_at_the_time() -> None:
    admission = fact("notify_admission", "2026-03-01T10:00", {"liable_municipality": "2309"})
    moved = fact("send_general_message", "2026-03-04T10:00", {"liable_municipality": "2303"})
    facts = [moved, admission]

    assert history.liable_municipality(facts, at=moment("2026-02-28T10:00")) is None
    assert history.liable_municipality(facts, at=moment("2026-03-03T10:00")) == "2309"
    assert history.liable_municipality(facts, at=moment("2026-03-05T10:00")) == "2303"


@pytest.mark.parametrize(
    "value", [None, 5, "", "i går", "2026-03-05T10:00:00", "9999-12-31T23:59Z"]
)
def test_a_time_that_cannot_be_read_counts_as_absent(value: object) -> None:
    recorded = fact("record_discharge", "2026-03-05T10:00", {"discharged_at": value})

    assert history.discharged_at([recorded]) == recorded.at


def test_content_of_the_wrong_kind_counts_as_absent() -> None:
    odd = fact("state_availability", "2026-03-05T10:00", {"status": ["x"], "is_cause": "ja"})

    assert history.availability([odd]) == ()
    assert odd.flag("is_cause") is None
    assert odd.texts("status") == ("x",)
    assert odd.texts("is_cause") is None
