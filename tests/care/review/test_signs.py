"""Signals: given where they should be, and not where they should not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from cast import AT
from people import DAY, HOUR, NAMESPACE

from care.law import calendar
from care.review import sampling, signs
from care.review.occasions import Occasion, gathered
from care.review.signs import Hours
from care.sharing.entries import CaseFacts, Entry, Part

CASE = uuid4()
WARD, OTHER = "SE1-A", "SE1-B"
FACTS = CaseFacts(CASE, "Berit", "Åkerlund", False, None, (Part(WARD, AT - DAY, None),))


def occasion(
    name: str = "Sara Lindmark", *, unit: str = WARD, at: datetime = AT, case: UUID = CASE,
    activity: str = "read", is_emergency: bool = False,
) -> Occasion:  # fmt: skip
    who = uuid5(NAMESPACE, name)
    entry = Entry(1, at, who, name, who, "Ssk", unit, unit, activity, (case,), is_emergency)
    return gathered([entry], roles={})[0]


def watched(unit_id: str, day: date) -> tuple[datetime, datetime] | bool | None:
    opens = calendar.start_of_local_day(day) + 8 * HOUR
    return (opens, opens + 8 * HOUR) if day.weekday() < 5 else None


def given(
    it: Occasion, facts: CaseFacts = FACTS, *, others: Sequence[Occasion] = (),
    hours: Hours = watched,
) -> set[str]:  # fmt: skip
    around = signs.surroundings([it, *others], cases={CASE: facts}, hours=hours)
    return {one.name for one in signs.given(it, around)}


def test_who_takes_part_in_the_hours_of_the_unit_gives_none() -> None:
    assert given(occasion()) == set()


@pytest.mark.parametrize(
    ("it", "facts", "expected"),
    [
        (occasion(unit=OTHER), FACTS, {"no_participation"}),
        (occasion(), replace(FACTS, parts=(Part(WARD, AT - 9 * DAY, AT - DAY),)),
         {"no_participation"}),
        (occasion("Berit  ÅKERLUND"), FACTS, {"own_record"}),
        (occasion("Sven Åkerlund"), FACTS, {"same_surname"}),
        (occasion("Sven Storåkerlund"), FACTS, set()),
        (occasion(), replace(FACTS, is_protected=True), {"protected_identity"}),
        (occasion(is_emergency=True), FACTS, {"emergency"}),
        (occasion(at=AT + 12 * HOUR), FACTS, {"outside_hours"}),
        (occasion(at=AT + 8.5 * HOUR), FACTS, {"outside_hours"}),
        (occasion(at=AT + 7.5 * HOUR), FACTS, set()),
        (occasion(at=AT + 5 * DAY), FACTS, {"outside_hours"}),
        (occasion(), replace(FACTS, closed_at=AT - 1.5 * DAY), {"after_closed"}),
        (occasion(), replace(FACTS, closed_at=AT - HOUR), set()),
        (occasion(unit=OTHER, activity="extract"), FACTS, set()),
    ],
)  # fmt: skip
def test_each_signal_is_given_for_its_reason(
    it: Occasion, facts: CaseFacts, expected: set[str]
) -> None:
    assert given(it, facts) == expected


def test_a_colleague_is_known_by_the_name_of_who_works_there() -> None:
    colleague = occasion("Berit Åkerlund", case=uuid4())

    assert given(occasion(), others=[colleague]) == {"colleague"}
    elsewhere = occasion("Berit Åkerlund", unit=OTHER, case=uuid4())
    assert given(occasion(), others=[elsewhere]) == set()


def test_a_unit_where_one_seldom_works_is_told_once_the_usual_one_is_known() -> None:
    there = replace(FACTS, parts=(Part(OTHER, AT - DAY, None),))
    usual = [occasion(case=uuid4()) for _ in range(20)]

    assert given(occasion(unit=OTHER), there, others=usual) == {"unusual_unit"}
    assert given(occasion(unit=OTHER), there, others=usual[:5]) == set()


def test_a_day_far_above_what_others_read_is_told_once() -> None:
    others = [
        occasion(f"Ann {number}", at=AT + day * DAY, case=uuid4())
        for number in range(4)
        for day in range(4)
        for _ in range(5)
    ]
    mine = [occasion(case=uuid4()) for _ in range(40)]

    assert signs.busiest([*others, *mine]) == {mine[-1].key}
    assert signs.busiest([*others, *mine[:9]]) == frozenset()
    assert signs.busiest([*others[:9], *mine]) == frozenset()  # too little to compare with


def test_a_unit_whose_hours_nobody_knows_gives_no_signal() -> None:
    assert given(occasion(at=AT + 12 * HOUR), hours=lambda unit, day: True) == set()


def test_every_signal_has_a_name_of_its_own_words_and_a_reason() -> None:
    assert len(signs.BY_NAME) == len(signs.SIGNALS)
    assert all(it.text_sv and it.why_sv and it.strength for it in signs.SIGNALS)


def test_a_sample_is_spread_and_does_not_depend_on_the_order() -> None:
    many = [occasion(f"Ann {number}", case=uuid4()) for number in range(200)]
    few = [occasion(f"Bo {number}", unit=OTHER, case=uuid4()) for number in range(3)]
    drawn = sampling.drawn([*many, *few], seed="x", size=20)

    assert len(drawn) == 20
    assert {key[1] for key in drawn} == {WARD, OTHER}
    assert drawn == sampling.drawn([*reversed(many), *few], seed="x", size=20)
    assert drawn != sampling.drawn([*many, *few], seed="y", size=20)
    assert len(sampling.drawn(few, seed="x", size=20)) == 3
    assert len(sampling.drawn([*many, *few], seed="x", size=1)) == 1


def test_what_is_done_over_midnight_is_two_occasions() -> None:
    late = AT.replace(hour=22, minute=30)  # half past eleven in Sweden
    both = [
        Entry(1, late, CASE, "A", CASE, "", WARD, "", "read", (CASE,), False),
        Entry(2, late + timedelta(hours=1), CASE, "A", CASE, "", WARD, "", "read", (CASE,), False),
    ]

    assert [it.entries for it in gathered(both, roles={})] == [[1], [2]]
