"""The discharge process: every row of the table, what cannot be, and any history at all."""

import pytest

from care.law import discharge
from care.law.discharge import PROCESS, Act, State
from care.law.machine import NotPermitted

# Row, from, act, to, flagged.
STEPS = [
    (("step", "draft:open_case:draft", "rutin"), False),
    (("step", "draft:notify_admission:admitted", "2 kap. 1, 3 §§"), False),
    (("step", "returned:notify_admission:admitted", "2 kap. 1, 3 §§"), False),
    (("step", "ready:notify_admission:ready", "2 kap. 1, 3 §§"), True),
    (("step", "discharged:notify_admission:discharged", "2 kap. 1, 3 §§"), True),
    (("step", "admitted:answer_admission:planning", "rutin"), False),
    (("step", "admitted:start_planning:planning", "2 kap. 6 §"), False),
    (("step", "admitted:return_case:returned", "rutin"), False),
    (("step", "planning:notify_ready:ready", "3 kap. 1 §"), False),
    (("step", "draft:notify_ready:ready", "3 kap. 1 §"), True),
    (("step", "admitted:notify_ready:ready", "3 kap. 1 §"), True),
    (("step", "returned:notify_ready:ready", "3 kap. 1 §"), True),
    (("step", "ready:notify_ready:ready", "3 kap. 1 §"), True),
    (("step", "ready:withdraw_ready:planning", "rutin"), False),
    (("step", "admitted:record_discharge:discharged", "3 kap. 2 §"), False),
    (("step", "planning:record_discharge:discharged", "3 kap. 2 §"), False),
    (("step", "ready:record_discharge:discharged", "3 kap. 2 §"), False),
    (("step", "draft:record_discharge:discharged", "3 kap. 2 §"), True),
    (("step", "returned:record_discharge:discharged", "3 kap. 2 §"), True),
    (("step", "discharged:close_case:closed", "rutin"), False),
    (("step", "draft:abort_case:aborted", "rutin"), False),
    (("step", "admitted:abort_case:aborted", "rutin"), False),
    (("step", "planning:abort_case:aborted", "rutin"), False),
    (("step", "ready:abort_case:aborted", "rutin"), False),
    (("step", "returned:abort_case:aborted", "rutin"), False),
    (("step", "discharged:abort_case:aborted", "rutin"), False),
    (("step", "closed:correct_case:closed", "PDL 3 kap. 14 §"), False),
]

NEUTRAL = [
    ("neutral", "answer_admission", "rutin"),
    ("neutral", "start_planning", "2 kap. 6 §"),
    ("neutral", "revise_expected_discharge", "2 kap. 4 §"),
    ("neutral", "name_care_contact", "2 kap. 5 §"),
    ("neutral", "submit_planning_basis", "rutin"),
    ("neutral", "state_availability", "5 kap. 5 §"),
    ("neutral", "state_reception", "rutin"),
    ("neutral", "call_to_planning", "4 kap. 3 §"),
    ("neutral", "answer_call", "rutin"),
    ("neutral", "transfer_information", "3 kap. 2 §"),
    ("neutral", "inform_individual", "3 kap. 3 §"),
    ("neutral", "confirm_homecoming", "rutin"),
    ("neutral", "send_general_message", "rutin"),
]

IMPOSSIBLE = [
    (State.DISCHARGED, Act.NOTIFY_READY, "3 kap. 1 §"),
    (State.CLOSED, Act.NOTIFY_READY, "3 kap. 1 §"),
    (State.ABORTED, Act.NOTIFY_READY, "3 kap. 1 §"),
    (State.ADMITTED, Act.NOTIFY_ADMISSION, "2 kap. 1, 3 §§"),
    (State.PLANNING, Act.NOTIFY_ADMISSION, "2 kap. 1, 3 §§"),
    (State.PLANNING, Act.WITHDRAW_READY, "rutin"),
    (State.DISCHARGED, Act.WITHDRAW_READY, "rutin"),
    (State.DISCHARGED, Act.RECORD_DISCHARGE, "3 kap. 2 §"),
    (State.DRAFT, Act.CALL_TO_PLANNING, "4 kap. 3 §"),
    (State.DRAFT, Act.NAME_CARE_CONTACT, "2 kap. 5 §"),
    (State.PLANNING, Act.RETURN_CASE, "rutin"),
    (State.READY, Act.CLOSE_CASE, "rutin"),
    (State.CLOSED, Act.ABORT_CASE, "rutin"),
    (State.DISCHARGED, Act.CORRECT_CASE, "PDL 3 kap. 14 §"),
    (State.ADMITTED, Act.OPEN_CASE, "rutin"),
]


@pytest.mark.parametrize(("row", "is_flagged"), STEPS)
def test_a_step_leads_where_its_paragraph_says(row: tuple[str, str, str], is_flagged: bool) -> None:
    source, act, target = row[1].split(":")

    assert PROCESS.after(State(source), Act(act)) == target
    assert PROCESS.follow(State(source), Act(act)) == (target, is_flagged)
    assert PROCESS.steps[State(source), Act(act)].statute == row[2]


@pytest.mark.parametrize("row", NEUTRAL)
def test_other_acts_are_recorded_in_every_open_state_and_change_nothing(
    row: tuple[str, str, str],
) -> None:
    act = Act(row[1])
    moved = {State.ADMITTED} if act in {Act.ANSWER_ADMISSION, Act.START_PLANNING} else set()
    open_states = {
        State.ADMITTED,
        State.PLANNING,
        State.READY,
        State.RETURNED,
        State.DISCHARGED,
    }

    assert PROCESS.statute(act) == row[2]
    for state in open_states - moved:
        assert PROCESS.after(state, act) == state
        assert PROCESS.follow(state, act) == (state, False)


@pytest.mark.parametrize("row", NEUTRAL)
def test_a_fact_that_comes_after_the_end_is_kept_and_flagged(row: tuple[str, str, str]) -> None:
    for state in (State.CLOSED, State.ABORTED):
        assert PROCESS.after(state, Act(row[1])) == state
        assert PROCESS.follow(state, Act(row[1])) == (state, True)


@pytest.mark.parametrize(("state", "act", "statute"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_with_its_paragraph(state: State, act: Act, statute: str) -> None:
    assert not PROCESS.permits(state, act)
    with pytest.raises(NotPermitted) as refusal:
        PROCESS.after(state, act)

    assert (refusal.value.state, refusal.value.act) == (state, act)
    assert refusal.value.statute == statute


@pytest.mark.parametrize(("state", "act", "statute"), IMPOSSIBLE)
def test_a_letter_that_cannot_be_leaves_the_state_and_is_flagged(
    state: State, act: Act, statute: str
) -> None:
    assert PROCESS.follow(state, act) == (state, True)


def test_the_table_permits_nothing_but_the_rows_above() -> None:
    stepped = {(row[1].split(":")[0], row[1].split(":")[1]) for row, _ in STEPS}
    neutral = {row[1] for row in NEUTRAL}
    for state in State:
        for act in Act:
            expected = (state, act) in stepped or (act in neutral and state != State.DRAFT)
            assert PROCESS.permits(state, act) == expected, (state, act)


def test_a_rejecting_answer_does_not_start_the_planning() -> None:
    rejected = {"answer": "rejected"}

    assert PROCESS.after(State.ADMITTED, Act.ANSWER_ADMISSION, rejected) == State.ADMITTED
    assert PROCESS.after(State.ADMITTED, Act.ANSWER_ADMISSION, {"answer": "known"}) == (
        State.PLANNING
    )


def test_the_planned_way_home_ends_closed() -> None:
    acts = [
        Act.OPEN_CASE,
        Act.NOTIFY_ADMISSION,
        Act.ANSWER_ADMISSION,
        Act.NAME_CARE_CONTACT,
        Act.NOTIFY_READY,
        Act.CALL_TO_PLANNING,
        Act.WITHDRAW_READY,
        Act.NOTIFY_READY,
        Act.TRANSFER_INFORMATION,
        Act.RECORD_DISCHARGE,
        Act.CONFIRM_HOMECOMING,
        Act.CLOSE_CASE,
        Act.CORRECT_CASE,
    ]

    assert PROCESS.replay(acts) == State.CLOSED


def test_a_disordered_history_is_replayed_all_the_same() -> None:
    acts = [Act.CLOSE_CASE, Act.WITHDRAW_READY, Act.RECORD_DISCHARGE, Act.NOTIFY_READY]

    assert PROCESS.replay(acts) == State.DISCHARGED


def test_a_stored_state_is_read_back_and_an_unknown_one_refused() -> None:
    assert PROCESS.state("ready") == State.READY
    with pytest.raises(ValueError, match="unknown"):
        PROCESS.state("unknown")


def test_an_act_of_another_process_has_no_paragraph_here() -> None:
    assert discharge.PROCESS.statute(State.READY) == ""  # type: ignore[arg-type]  # not an act


def test_every_state_and_act_has_a_swedish_label() -> None:
    assert set(discharge.STATE_LABELS) == set(State)
    assert set(discharge.ACT_LABELS) == set(Act)
