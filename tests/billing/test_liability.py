"""Payment liability as arithmetic: windows, where an item stands, what is frozen and hidden."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import months, runs, workdays
from billing.decisions import NotNow
from billing.invoices import allocated, settled
from billing.invoices.allocated import Terms
from billing.invoices.model import Invoice, InvoiceLine, Rounding
from billing.invoices.texts import CannotInvoice
from billing.liability import aggregates, course, port, records
from billing.liability.course import ItemCourse, ItemState, Verdict
from billing.liability.port import BadHandover, DayRate, LiabilityItem
from billing.months import BadMonth, Month
from tests.billing.invoicing import BUYER, OUTSIDE, SELLER

NOVEMBER = Month(2026, 11)
RATE = DayRate(2026, 9_800_00, "Överenskommelse, 4 kap. 5 §", "Marie Wallgren", date(2026, 1, 7))
ITEM = LiabilityItem(1, 4, RATE, "a" * 64)
UNTIL = date(2026, 12, 16)
LATER = UNTIL + timedelta(days=1)
FREE = ItemCourse(4)
OBJECTED = replace(FREE, is_objected=True)
REJECTED = replace(
    OBJECTED, verdict=Verdict.REJECTED, answered_days=4, answered_on=date(2026, 12, 14)
)
ESCALATED = replace(REJECTED, is_escalated=True)


# Months and working days


def test_a_month_is_read_and_said() -> None:
    assert months.read("2026-11") == NOVEMBER
    assert (str(NOVEMBER), NOVEMBER.said, NOVEMBER.period.days) == (
        "2026-11", "november 2026", 30,
    )  # fmt: skip
    assert Month(2027, 1).before == Month(2026, 12)
    assert Month(2026, 12).period.last_on == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["", "2026-13", "2026", "0000-01", "26-11"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadMonth, match="2026-11"):
        months.read(text)


def test_ten_working_days_over_christmas_take_more_than_two_weeks() -> None:
    # Julafton, two days of Christmas, nyårsafton and nyårsdagen do not count, nor trettondagen.
    assert course.objections_until(date(2026, 12, 21)) == date(2027, 1, 11)
    assert course.objections_until(date(2026, 12, 2)) == date(2026, 12, 16)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 30))
def test_a_window_ends_on_a_working_day_and_has_that_many(day: date, days: int) -> None:
    last = workdays.after(day, days)
    between = [day + timedelta(days=number) for number in range(1, (last - day).days + 1)]

    assert workdays.is_working_day(last)
    assert sum(map(workdays.is_working_day, between)) == days


# What may be handed over


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (replace(ITEM, rate=replace(RATE, year=2025)), "är för 2025, men månaden är november 2026"),
        (replace(ITEM, rate=replace(RATE, verified_by="")), "inte kontrollerat mot sin källa"),
        (replace(ITEM, rate=replace(RATE, verified_on=None)), "inte kontrollerat mot sin källa"),
        (replace(ITEM, rate=replace(RATE, ore=0)), "inte över noll"),
        (replace(ITEM, days=31), "Post 1 har 31 dygn, men november 2026 har 30"),
        (replace(ITEM, days=0), "Post 1 har 0 dygn"),
        (replace(ITEM, evidence="abc"), "saknar kontrollsumma"),
    ],
)
def test_what_cannot_be_charged_is_refused(item: LiabilityItem, words: str) -> None:
    with pytest.raises(BadHandover, match=words):
        port.refuse_unfit({"2309": [item]}, NOVEMBER, ["2309"])


def test_a_stranger_and_a_number_twice_are_refused() -> None:
    with pytest.raises(BadHandover, match="2380, som inte är part"):
        port.refuse_unfit({"2380": [ITEM]}, NOVEMBER, ["2309"])
    with pytest.raises(BadHandover, match="samma nummer"):
        port.refuse_unfit({"2309": [ITEM, ITEM]}, NOVEMBER, ["2309"])
    port.refuse_unfit({"2309": [ITEM], "2326": []}, NOVEMBER, ["2309", "2326"])


# Where an item stands


@pytest.mark.parametrize(
    ("of", "state", "days"),
    [
        (FREE, ItemState.PRELIMINARY, 4),
        (OBJECTED, ItemState.OBJECTED, 4),
        (replace(OBJECTED, verdict=Verdict.ACCEPTED, answered_days=0), ItemState.ACCEPTED, 0),
        (REJECTED, ItemState.REJECTED, 4),
        (replace(OBJECTED, verdict=Verdict.CORRECTED, answered_days=2), ItemState.CORRECTED, 2),
        (ESCALATED, ItemState.ESCALATED, 4),
        (replace(ESCALATED, decided_days=1), ItemState.DECIDED, 1),
        (replace(FREE, settled_days=4), ItemState.SETTLED, 4),
        (replace(ESCALATED, settled_days=4), ItemState.ESCALATED, 4),
        (replace(ESCALATED, settled_days=4, decided_days=1), ItemState.DECIDED, 1),
        (replace(ESCALATED, settled_days=4, decided_days=4), ItemState.SETTLED, 4),
    ],
)
def test_an_item_stands_where_the_last_word_left_it(
    of: ItemCourse, state: ItemState, days: int
) -> None:
    assert (of.state, of.standing_days) == (state, days)


def test_nothing_is_frozen_before_the_time_to_object_has_passed() -> None:
    assert course.settleable({1: FREE}, objections_until=UNTIL, today=UNTIL) == {}
    assert course.settleable({1: FREE}, objections_until=UNTIL, today=LATER) == {1: 4}


def test_what_somebody_waits_for_a_word_about_is_held() -> None:
    items = {1: FREE, 2: OBJECTED, 3: REJECTED, 4: ESCALATED, 5: replace(FREE, settled_days=4)}
    frozen = course.settleable(items, objections_until=UNTIL, today=LATER)

    assert frozen == {1: 4, 3: 4}
    assert course.sums(items.values()) == course.DaySums(20, 4, 0, 16)


def test_objections_come_once_and_in_time() -> None:
    course.refuse_objection(FREE, objections_until=UNTIL, today=UNTIL)
    with pytest.raises(NotNow, match="senast 2026-12-16"):
        course.refuse_objection(FREE, objections_until=UNTIL, today=LATER)
    with pytest.raises(NotNow, match="redan invänt"):
        course.refuse_objection(OBJECTED, objections_until=UNTIL, today=UNTIL)


def test_an_answer_follows_on_an_objection_and_leaves_no_more_days() -> None:
    with pytest.raises(NotNow, match="inte invänt"):
        course.refuse_answer(FREE)
    with pytest.raises(NotNow, match="redan besvarad"):
        course.refuse_answer(REJECTED)
    assert course.answered_days(Verdict.ACCEPTED, 4, None) == 0
    assert course.answered_days(Verdict.REJECTED, 4, None) == 4
    assert course.answered_days(Verdict.CORRECTED, 4, 3) == 3
    for wrong in (None, 0, 4, 5):
        with pytest.raises(NotNow, match="färre dygn än 4"):
            course.answered_days(Verdict.CORRECTED, 4, wrong)


def test_the_steering_group_takes_up_an_answer_that_leaves_days_for_ten_working_days() -> None:
    last = course.escalation_until(date(2026, 12, 14))
    course.refuse_escalation(REJECTED, today=last)
    with pytest.raises(NotNow, match=f"senast {last}"):
        course.refuse_escalation(REJECTED, today=last + timedelta(days=1))
    for of in (FREE, OBJECTED, replace(REJECTED, verdict=Verdict.ACCEPTED, answered_days=0)):
        with pytest.raises(NotNow, match="lämnar dygn kvar"):
            course.refuse_escalation(of, today=last)
    with pytest.raises(NotNow, match="redan hos styrgruppen"):
        course.refuse_escalation(ESCALATED, today=last)


def test_the_steering_group_decides_once_and_adds_no_days() -> None:
    course.refuse_decision(ESCALATED, 0)
    course.refuse_decision(ESCALATED, 4)
    for days in (-1, 5):
        with pytest.raises(NotNow, match="0 till 4 dygn"):
            course.refuse_decision(ESCALATED, days)
    with pytest.raises(NotNow, match="inte hos styrgruppen"):
        course.refuse_decision(REJECTED, 0)
    with pytest.raises(NotNow, match="redan antecknat"):
        course.refuse_decision(replace(ESCALATED, decided_days=0), 0)


# Records


LIST = records.listed(
    NOVEMBER, code="2303", name="Ragunda kommun", source="Prov",
    items=[replace(ITEM, number=2, days=10), ITEM],
)  # fmt: skip


def frozen(days: dict[int, int], number: int = 1, held: tuple[int, ...] = ()) -> runs.Record:
    return records.settled(LIST, days, list_hash=runs.hash_of(LIST), number=number, held=held)


def test_a_list_is_a_record_in_the_order_of_its_numbers() -> None:
    assert [it["number"] for it in LIST["items"]] == [1, 2]
    assert (LIST["days"], LIST["amount_ore"]) == (14, 14 * 9_800_00)
    assert runs.hash_of(LIST) == runs.hash_of(dict(reversed(LIST.items())))


def test_a_record_has_no_key_for_a_person() -> None:
    def keys(of: object) -> set[str]:
        if isinstance(of, dict):
            return set(of).union(*(keys(it) for it in of.values()))
        return set().union(*(keys(it) for it in of)) if isinstance(of, list) else set()

    assert keys(LIST) == {
        "format", "month", "code", "name", "source", "items", "days", "amount_ore", "number",
        "rate_ore", "rate_source", "evidence",
    }  # fmt: skip
    assert keys(frozen({1: 4})) == {
        "format", "list", "month", "code", "name", "number", "items", "held", "days", "amount_ore",
        "handed_over_days", "rate_ore", "rate_source",
    }  # fmt: skip


def test_a_settlement_names_its_list_and_what_is_held() -> None:
    first = frozen({1: 4}, held=(2,))

    assert (first["list"], first["held"], first["days"]) == (runs.hash_of(LIST), [2], 4)
    assert runs.hash_of(first) != runs.hash_of(frozen({1: 3}, held=(2,)))


# Invoices


def invoice_of(record: runs.Record) -> Invoice:
    return settled.invoice_of(
        record,
        Terms("BA-2026", OUTSIDE, Rounding.ORE),
        run_id=runs.hash_of(record),
        seller=SELLER,
        buyer=BUYER,
        number="2026-0001",
        issued_on=LATER,
        due_on=LATER,
    )


def test_a_line_says_the_month_and_the_days() -> None:
    (line,) = invoice_of(frozen({1: 4, 2: 10})).lines
    (later,) = invoice_of(frozen({2: 10}, number=2)).lines

    assert line == InvoiceLine(
        "Betalningsansvar november 2026, 14 vårddygn", 14 * 9_800_00, OUTSIDE
    )
    assert later.text == "Betalningsansvar november 2026, avräkning 2, 10 vårddygn"


def test_two_rates_are_two_lines_that_can_be_told_apart() -> None:
    of = records.listed(
        NOVEMBER, code="2303", name="Ragunda kommun", source="Prov",
        items=[ITEM, replace(ITEM, number=2, rate=replace(RATE, ore=5_000_00))],
    )  # fmt: skip
    record = records.settled(of, {1: 4, 2: 4}, list_hash="x", number=1, held=())
    invoice = invoice_of(record)

    assert [it.text for it in invoice.lines] == [
        "Betalningsansvar november 2026, 4 vårddygn, 5 000,00 kr per dygn",
        "Betalningsansvar november 2026, 4 vårddygn, 9 800,00 kr per dygn",
    ]
    assert settled.to_credit_ore(record, {1: 1}, invoice, []) == [0, 9_800_00]


def test_a_settlement_of_nothing_is_no_invoice() -> None:
    with pytest.raises(CannotInvoice, match="inga dygn"):
        invoice_of(frozen({1: 0}))


# From the list to the last credit note


def courses() -> st.SearchStrategy[dict[int, ItemCourse]]:
    return st.lists(item_course(), min_size=1, max_size=12).map(
        lambda of: dict(enumerate(of, start=1))
    )


@st.composite
def item_course(draw: st.DrawFn) -> ItemCourse:
    days = draw(st.integers(1, 30))
    of = ItemCourse(days)
    if not draw(st.booleans()):
        return of
    of = replace(of, is_objected=True)
    if not draw(st.booleans()):
        return of
    left = draw(st.integers(0, days))
    verdict = {0: Verdict.ACCEPTED, days: Verdict.REJECTED}.get(left, Verdict.CORRECTED)
    of = replace(of, verdict=verdict, answered_days=left, answered_on=UNTIL)
    return replace(of, is_escalated=left > 0 and draw(st.booleans()))


@given(courses(), st.data())
def test_every_day_handed_over_is_charged_struck_or_held_and_credits_leave_what_stands(
    items: dict[int, ItemCourse], data: st.DataObject
) -> None:
    of = records.listed(
        NOVEMBER, code="2303", name="Ragunda kommun", source="Prov",
        items=[replace(ITEM, number=number, days=it.days) for number, it in items.items()],
    )  # fmt: skip
    days = course.settleable(items, objections_until=UNTIL, today=LATER)
    record = records.settled(of, days, list_hash="x", number=1, held=set(items) - set(days))
    items = {
        number: replace(it, settled_days=days[number]) if number in days else it
        for number, it in items.items()
    }
    sums = course.sums(items.values())
    assert sums.charged + sums.struck + sums.held == sums.handed_over == of["days"]
    assert sums.charged == record["days"]
    assert record["amount_ore"] == record["days"] * RATE.ore

    # What was held comes in a second settlement, once the group has decided; nothing comes twice.
    items = {
        number: replace(it, decided_days=data.draw(st.integers(0, it.answered_days or 0)))
        if it.state is ItemState.ESCALATED
        else it
        for number, it in items.items()
    }
    more = course.settleable(items, objections_until=UNTIL, today=LATER)
    assert not set(more) & set(days)

    if not record["days"]:
        return
    # A decision after the freezing credits what it strikes, in one note or in several.
    less = {
        number: data.draw(st.integers(0, days[number]))
        for number in days
        if items[number].is_objected
    }
    invoice = invoice_of(record)
    notes: list[Invoice] = []
    for strikes in ({it: less[it] for it in list(less)[:1]}, less):
        (left,) = settled.to_credit_ore(record, strikes, invoice, notes)
        if left:
            line = replace(invoice.lines[0], amount_ore=left)
            notes.append(credit_note(invoice, line))
    assert (
        invoice.net_ore - sum(it.net_ore for it in notes)
        == (record["days"] - sum(less.values())) * RATE.ore
    )
    assert settled.to_credit_ore(record, less, invoice, notes) == [0]


def credit_note(invoice: Invoice, line: InvoiceLine) -> Invoice:
    return allocated.credit_note(
        invoice, number=f"K-{line.amount_ore}", issued_on=LATER, due_on=LATER, lines=[line]
    )


def test_a_whole_credit_and_its_invoice_are_nothing_together() -> None:
    record = frozen({1: 4, 2: 10})
    invoice = invoice_of(record)
    (left,) = settled.to_credit_ore(record, {1: 4, 2: 10}, invoice, [])
    note = credit_note(invoice, replace(invoice.lines[0], amount_ore=left))

    assert invoice.payable_ore - note.payable_ore == 0


# What the board sees


@pytest.mark.parametrize(
    ("of", "shown", "total"),
    [
        ({"a": 7, "b": 9}, {"a": 7, "b": 9}, 16),
        ({"a": 0, "b": 9}, {"a": 0, "b": 9}, 9),
        # One small count would be the sum less the others: the smallest other one hides it.
        ({"a": 2, "b": 9, "c": 6}, {"a": None, "b": 9, "c": None}, 17),
        ({"a": 2, "b": 3, "c": 9}, {"a": None, "b": None, "c": 9}, 14),
        # Two hidden counts that are two together are one each.
        ({"a": 1, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}, 11),
        ({"a": 1, "b": 0}, {"a": None, "b": 0}, None),
        ({"a": 1, "b": 1}, {"a": None, "b": None}, None),
    ],
)
def test_small_counts_are_hidden_and_cannot_be_found_from_the_sum(
    of: dict[str, int], shown: dict[str, int | None], total: int | None
) -> None:
    found = aggregates.counts(of)

    assert (found.by_code, found.total) == (shown, total)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1))
def test_a_hidden_count_has_always_two_values_that_it_could_be(of: dict[str, int]) -> None:
    found = aggregates.counts(of)
    hidden = [code for code, number in found.by_code.items() if number is None]
    shown = sum(number for number in found.by_code.values() if number is not None)

    assert not [it for it in found.by_code.values() if it is not None and 0 < it < 5]
    if hidden and found.total is not None:
        # Whatever the others are, at least one each: it can be one, or one more than it must.
        assert len(hidden) > 1
        assert found.total - shown > len(hidden)


def test_the_counts_of_the_days_are_in_order() -> None:
    days = [course.objections_until(date(2026, 11, 2) + timedelta(days=it)) for it in range(60)]

    assert all(earlier <= later for earlier, later in pairwise(days))
