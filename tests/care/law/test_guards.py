"""Guards: the hard ones are refused, the soft ones warned of, each by its paragraph."""

from datetime import datetime

import pytest

from care.law import guards
from care.law.calendar import STOCKHOLM
from care.law.discharge import Act
from care.law.history import Fact

Body = dict[str, object]


def fact(act: Act, when: str, body: Body | None = None, *, by_care_contact: bool = False) -> Fact:
    """Return a fact at a Swedish time."""
    at = datetime.fromisoformat(when).replace(tzinfo=STOCKHOLM)
    return Fact(act, at, body or {}, by_care_contact=by_care_contact)


ADMISSION = fact(Act.NOTIFY_ADMISSION, "2026-03-01T10:00", {"liable_municipality": "2309"})
ASSESSED: Body = {"physician": "Överläkare A", "assessed_at": "2026-03-02T09:00:00+01:00"}

# Row, kind, the act that lacks something, the same act with what it lacked, facts of the case.
GUARDS = [
    (
        ("guard", "notify_admission:judgement_missing", "2 kap. 1 §"),
        "hard",
        fact(Act.NOTIFY_ADMISSION, "2026-03-01T10:00"),
        fact(Act.NOTIFY_ADMISSION, "2026-03-01T10:00", {"physician": "Överläkare A"}),
        [],
    ),
    (
        ("guard", "notify_ready:physician_or_time_missing", "3 kap. 1 §"),
        "hard",
        fact(Act.NOTIFY_READY, "2026-03-02T09:15", {"physician": "Överläkare A"}),
        fact(Act.NOTIFY_READY, "2026-03-02T09:15", ASSESSED),
        [ADMISSION],
    ),
    (
        ("guard", "notify_ready:admission_notice_missing", "5 kap. 3 § 1 st."),
        "soft",
        fact(Act.NOTIFY_READY, "2026-03-02T09:15", ASSESSED | {"liable_municipality": "2303"}),
        fact(Act.NOTIFY_READY, "2026-03-02T09:15", ASSESSED | {"liable_municipality": "2309"}),
        [ADMISSION],
    ),
    (
        ("guard", "record_discharge:information_not_transferred", "3 kap. 2 §"),
        "soft",
        fact(Act.RECORD_DISCHARGE, "2026-03-05T10:00"),
        fact(Act.RECORD_DISCHARGE, "2026-03-06T10:00"),
        [
            fact(Act.NAME_CARE_CONTACT, "2026-03-02T10:00"),
            fact(Act.TRANSFER_INFORMATION, "2026-03-06T23:59"),
        ],
    ),
    (
        ("guard", "record_discharge:care_contact_missing", "2 kap. 5 §"),
        "soft",
        fact(Act.RECORD_DISCHARGE, "2026-03-05T10:00"),
        fact(Act.RECORD_DISCHARGE, "2026-03-05T11:00"),
        [
            fact(Act.NAME_CARE_CONTACT, "2026-03-05T10:30"),
            fact(Act.TRANSFER_INFORMATION, "2026-03-05T09:00"),
        ],
    ),
    (
        ("guard", "call_to_planning:not_by_care_contact", "4 kap. 3 §"),
        "soft",
        fact(Act.CALL_TO_PLANNING, "2026-03-03T10:00"),
        fact(Act.CALL_TO_PLANNING, "2026-03-03T10:00", by_care_contact=True),
        [],
    ),
    (
        ("guard", "close_case:planning_not_settled", "rutin"),
        "soft",
        fact(Act.CLOSE_CASE, "2026-03-20T10:00"),
        fact(Act.CLOSE_CASE, "2026-03-20T10:00", {"planning": "done"}),
        [],
    ),
]


@pytest.mark.parametrize(("row", "kind", "lacking", "complete", "facts"), GUARDS)
def test_a_guard_finds_the_lack_and_is_silent_without_it(
    row: tuple[str, str, str], kind: str, lacking: Fact, complete: Fact, facts: list[Fact]
) -> None:
    act, code = row[1].split(":")

    found = {guard.code: guard for guard in guards.unmet(lacking, facts)}

    assert set(found) == {code}
    assert (found[code].act, found[code].kind, found[code].statute) == (act, kind, row[2])
    assert found[code].text_sv
    assert guards.unmet(complete, facts) == ()


def test_the_facts_of_a_case_warn_of_soft_guards_only() -> None:
    ready = fact(Act.NOTIFY_READY, "2026-03-02T09:15")

    warned = guards.warnings([ready])

    assert [(found, guard.code) for found, guard in warned] == [(ready, "admission_notice_missing")]


def test_a_notice_to_the_municipality_moved_to_satisfies_the_guard() -> None:
    moved = fact(Act.NOTIFY_READY, "2026-03-02T09:15", ASSESSED | {"liable_municipality": "2303"})
    second = fact(Act.NOTIFY_ADMISSION, "2026-03-02T08:00", {"municipalities": ["2303"]})

    assert guards.unmet(moved, [ADMISSION, second]) == ()


def test_planning_that_is_not_required_need_not_be_settled() -> None:
    needs = fact(Act.NOTIFY_ADMISSION, "2026-03-01T10:00", {"needs": ["social_services"]})

    assert guards.unmet(fact(Act.CLOSE_CASE, "2026-03-20T10:00"), [needs]) == ()


def test_an_admission_notice_sent_after_the_ready_notice_does_not_silence_the_warning() -> None:
    early = fact(Act.NOTIFY_READY, "2026-03-01T09:59", ASSESSED)

    found = guards.unmet(early, [ADMISSION])

    assert [guard.code for guard in found] == ["admission_notice_missing"]
