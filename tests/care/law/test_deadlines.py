"""Deadlines: each rule met, missed and cancelled, by its paragraph."""

from datetime import datetime

import pytest

from care.law import deadlines
from care.law.calendar import STOCKHOLM
from care.law.deadlines import Deadline
from care.law.discharge import Act
from care.law.history import Fact
from care.law.terms import STATUTORY, Terms

Body = dict[str, object]

ADMITTED: Body = {
    "admitted_at": "2026-03-01T08:00:00+01:00",
    "expected_discharge_at": "2026-03-05T14:00:00+01:00",
}
RECEIPTS = {"notify_admission": {"working_days": 1}, "notify_ready": {"hours": 4}}
AGREED = Terms.from_json({"receipt_times": RECEIPTS})


def moment(when: str) -> datetime:
    """Return a Swedish time as an instant."""
    return datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)


def fact(act: str, when: str, body: Body | None = None, *, by_care_contact: bool = False) -> Fact:
    """Return a fact at a Swedish time."""
    return Fact(Act(act), moment(when), body or {}, by_care_contact=by_care_contact)


def found(facts: list[Fact], terms: Terms = STATUTORY) -> dict[str, Deadline]:
    """Return the deadlines of a case by key."""
    return {deadline.key: deadline for deadline in deadlines.running(facts, terms)}


ADMISSION = fact("notify_admission", "2026-03-01T10:00", ADMITTED)
READY = fact("notify_ready", "2026-03-03T09:15")

# Row, whom it binds, facts that start it, when due, a fact that stops it in time and one late.
RULES = [
    (
        ("rule", "admission_notice_due", "2 kap. 3 §"),
        "inpatient_care",
        [fact("open_case", "2026-03-01T08:30", ADMITTED)],
        "2026-03-02T08:00",
        fact("notify_admission", "2026-03-02T08:00"),
        fact("notify_admission", "2026-03-02T08:01"),
    ),
    (
        ("rule", "admission_receipt_due", "4 kap. 5 §"),
        "municipality",
        [fact("notify_admission", "2026-04-02T10:00")],
        "2026-04-07T23:59:59.999999",
        fact("answer_admission", "2026-04-07T16:00"),
        fact("start_planning", "2026-04-08T08:00"),
    ),
    (
        ("rule", "expected_discharge_passed", "2 kap. 4 §"),
        "inpatient_care",
        [ADMISSION],
        "2026-03-05T14:00",
        fact("record_discharge", "2026-03-05T13:00"),
        fact("revise_expected_discharge", "2026-03-05T15:00", ADMITTED),
    ),
    (
        ("rule", "care_contact_missing", "2 kap. 5 §"),
        "outpatient_care",
        [ADMISSION],
        "2026-03-04T23:59:59.999999",
        fact("name_care_contact", "2026-03-04T16:00"),
        fact("name_care_contact", "2026-03-05T08:00"),
    ),
    (
        ("rule", "ready_receipt_due", "4 kap. 5 §"),
        "municipality",
        [READY],
        "2026-03-03T13:15",
        fact("state_reception", "2026-03-03T13:00"),
        fact("state_reception", "2026-03-03T14:00"),
    ),
    (
        ("rule", "call_due", "4 kap. 3 §"),
        "outpatient_care",
        [READY],
        "2026-03-06T23:59:59.999999",
        fact("call_to_planning", "2026-03-06T23:59", by_care_contact=True),
        fact("call_to_planning", "2026-03-07T00:00", by_care_contact=True),
    ),
    (
        ("rule", "information_transfer_due", "3 kap. 2 §"),
        "inpatient_care",
        [fact("record_discharge", "2026-03-06T10:00")],
        "2026-03-06T23:59:59.999999",
        fact("transfer_information", "2026-03-06T23:59:59"),
        fact("transfer_information", "2026-03-07T00:00"),
    ),
    (
        ("rule", "liability_starts", "5 kap. 4 §"),
        "municipality",
        [READY],
        "2026-03-06T00:00",
        fact("record_discharge", "2026-03-05T23:00"),
        fact("record_discharge", "2026-03-06T10:00"),
    ),
]


@pytest.mark.parametrize(("row", "binds", "facts", "due", "in_time", "late"), RULES)
def test_a_deadline_is_due_met_and_missed_by_its_paragraph(
    row: tuple[str, str, str],
    binds: str,
    facts: list[Fact],
    due: str,
    in_time: Fact,
    late: Fact,
) -> None:
    key = f"{row[1]}:1"
    open_deadline = found(facts, AGREED)[key]
    met, missed = found([*facts, in_time], AGREED)[key], found([*facts, late], AGREED)[key]

    assert (open_deadline.statute, open_deadline.rule.binds) == (row[2], binds)
    assert open_deadline.due_at == moment(due)
    assert open_deadline.is_running
    assert not open_deadline.is_overdue(at=moment(due))
    assert open_deadline.is_overdue(at=late.at)
    assert met.met_at == in_time.at
    assert not met.is_overdue(at=late.at)
    assert missed.met_at == late.at
    assert missed.is_overdue(at=late.at)


def test_every_rule_says_in_swedish_what_is_to_be_done() -> None:
    assert all(rule.text_sv.endswith(".") for rule in deadlines.RULES)


def test_24_hours_count_from_the_judgement_when_it_came_later() -> None:
    later = ADMITTED | {"need_assessed_at": "2026-03-02T15:00:00+01:00"}

    assert found([fact("notify_admission", "2026-03-03T10:00", later)])[
        "admission_notice_due:1"
    ].due_at == moment("2026-03-03T15:00")


def test_24_hours_count_from_the_admission_when_the_judgement_came_before_it() -> None:
    before = ADMITTED | {"need_assessed_at": "2026-02-28T15:00:00+01:00"}

    assert found([fact("notify_admission", "2026-03-01T10:00", before)])[
        "admission_notice_due:1"
    ].due_at == moment("2026-03-02T08:00")


@pytest.mark.parametrize(
    ("admitted_at", "due_at"),
    [
        ("2026-03-28T13:00:00+01:00", "2026-03-29T14:00:00+02:00"),
        ("2026-10-24T13:00:00+02:00", "2026-10-25T12:00:00+01:00"),
    ],
)
def test_24_hours_are_elapsed_on_both_summer_time_nights(admitted_at: str, due_at: str) -> None:
    opened = fact("open_case", "2026-03-01T08:00", {"admitted_at": admitted_at})

    deadline = found([opened])["admission_notice_due:1"]

    assert deadline.due_at == datetime.fromisoformat(due_at)


def test_without_a_time_of_admission_nothing_is_due() -> None:
    assert "admission_notice_due:1" not in found([fact("notify_admission", "2026-03-01T10:00")])


def test_the_act_sets_no_receipt_times() -> None:
    facts = [ADMISSION, READY]

    assert not {key for key in found(facts) if "receipt" in key}


def test_a_receipt_in_the_inbox_meets_the_receipt_time() -> None:
    acknowledged: Body = {"acknowledged_at": "2026-03-03T10:00:00+01:00"}

    deadline = found([fact("notify_ready", "2026-03-03T09:15", acknowledged)], AGREED)

    assert deadline["ready_receipt_due:1"].met_at == moment("2026-03-03T10:00")


def test_a_withdrawal_cancels_the_call_and_the_next_notice_restarts_it() -> None:
    withdrawn = fact("withdraw_ready", "2026-03-04T10:00")
    again = fact("notify_ready", "2026-03-09T13:00")

    both = found([READY, withdrawn, again], AGREED)

    assert both["call_due:1"].cancelled
    assert both["ready_receipt_due:1"].is_overdue(at=moment("2026-03-04T10:00"))
    assert both["liability_starts:1"].cancelled
    assert not both["call_due:2"].cancelled
    assert both["call_due:2"].due_at == moment("2026-03-12T23:59:59.999999")
    assert both["liability_starts:2"].due_at == moment("2026-03-13T00:00")


def test_a_withdrawal_after_the_last_day_does_not_undo_the_missed_call() -> None:
    withdrawn = fact("withdraw_ready", "2026-03-08T10:00")

    deadline = found([READY, withdrawn])["call_due:1"]

    assert not deadline.cancelled
    assert deadline.is_overdue(at=moment("2026-03-08T10:00"))


def test_a_liability_that_has_begun_is_not_undone_by_a_withdrawal() -> None:
    withdrawn = fact("withdraw_ready", "2026-03-08T10:00")

    deadline = found([READY, withdrawn])["liability_starts:1"]

    assert (deadline.cancelled, deadline.met_at) == (False, withdrawn.at)


def test_a_call_of_an_earlier_period_does_not_answer_the_next_notice() -> None:
    called = fact("call_to_planning", "2026-03-03T12:00", by_care_contact=True)
    withdrawn = fact("withdraw_ready", "2026-03-04T10:00")
    again = fact("notify_ready", "2026-03-09T13:00")

    both = found([READY, called, withdrawn, again])

    assert both["call_due:1"].met_at == called.at
    assert both["call_due:2"].met_at is None


def test_a_call_before_the_notice_is_in_time() -> None:
    called = fact("call_to_planning", "2026-03-02T12:00", by_care_contact=True)

    assert found([called, READY])["call_due:1"].met_at == called.at


def test_a_call_by_someone_else_leaves_the_deadline_running() -> None:
    called = fact("call_to_planning", "2026-03-03T12:00")

    assert found([READY, called])["call_due:1"].is_running


def test_no_call_is_due_when_one_huvudman_has_all_to_do() -> None:
    needs = fact("notify_admission", "2026-03-01T10:00", {"needs": ["social_services"]})

    assert "call_due:1" not in found([needs, READY])


def test_the_last_day_for_the_call_stands_on_a_red_day_as_the_act_says_nothing_else() -> None:
    before_easter = fact("notify_ready", "2026-04-02T10:00")

    assert found([before_easter])["call_due:1"].due_at == moment("2026-04-05T23:59:59.999999")


def test_the_last_day_for_the_call_moves_where_the_parties_agree() -> None:
    before_easter = fact("notify_ready", "2026-04-02T10:00")
    before_christmas = fact("notify_ready", "2026-12-21T10:00")
    shifted = Terms(call_holiday_shift=True)

    easter, christmas = found([before_easter], shifted), found([before_christmas], shifted)

    assert easter["call_due:1"].due_at == moment("2026-04-07T23:59:59.999999")
    assert christmas["call_due:1"].due_at == moment("2026-12-28T23:59:59.999999")


def test_a_second_notice_in_the_same_period_starts_no_second_clock() -> None:
    to_another_unit = fact("notify_ready", "2026-03-04T15:00")

    both = found([READY, to_another_unit])

    assert {key for key in both if key.startswith("call_due")} == {"call_due:1"}
    assert both["call_due:1"].due_at == moment("2026-03-06T23:59:59.999999")


def test_each_estimate_has_its_own_deadlines_and_a_new_one_replaces_the_old() -> None:
    revised = fact(
        "revise_expected_discharge",
        "2026-03-04T10:00",
        {"expected_discharge_at": "2026-03-09T14:00:00+01:00"},
    )

    both = found([ADMISSION, revised])

    assert both["expected_discharge_passed:1"].met_at == revised.at
    assert both["care_contact_missing:1"].cancelled
    assert both["care_contact_missing:2"].due_at == moment("2026-03-08T23:59:59.999999")


def test_death_ends_what_was_still_to_be_done() -> None:
    died = fact("abort_case", "2026-03-04T02:00", {"reason": "deceased"})

    ended = found([ADMISSION, READY, died])

    assert ended["call_due:1"].cancelled
    assert ended["liability_starts:1"].cancelled
    assert ended["care_contact_missing:1"].cancelled
    assert ended["expected_discharge_passed:1"].cancelled


def test_an_aborted_draft_owes_no_admission_notice() -> None:
    opened = fact("open_case", "2026-03-01T08:30", ADMITTED)
    aborted = fact("abort_case", "2026-03-01T12:00")

    assert found([opened, aborted])["admission_notice_due:1"].cancelled


def test_the_day_of_the_discharge_is_the_day_it_happened_not_the_day_it_was_recorded() -> None:
    recorded = fact(
        "record_discharge", "2026-03-07T09:00", {"discharged_at": "2026-03-06T16:00:00+01:00"}
    )

    deadline = found([recorded])["information_transfer_due:1"]

    assert deadline.due_at == moment("2026-03-06T23:59:59.999999")


def test_a_resumed_clock_goes_on_where_it_was_stopped() -> None:
    withdrawn = fact("withdraw_ready", "2026-03-05T10:00")
    again = fact("notify_ready", "2026-03-09T09:00")
    resumed = Terms.from_json({"withdrawal_effect": "resumed_clock"})

    deadline = found([READY, withdrawn, again], resumed)["liability_starts:2"]

    assert deadline.due_at == moment("2026-03-10T00:00")
