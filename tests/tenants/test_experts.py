"""Subject experts: the county's region asks, the huvudman answers, and everybody reads both."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from onboarded import ANNA, OLA, begin

from tenants import experts
from tenants.context import acting_as
from tenants.experts import Answered, Asked, Field, Reply
from tenants.models import ExpertRequest
from tenants.onboarding import CannotRecord
from tenants.progress import By, CannotOpen, NotOpened, WrittenMeanwhile

DAY = date(2026, 3, 2)
ASKED = Asked(Field.IT, DAY, "Arbetsgrupp teknik", answer_by=DAY)
TAKES_PART = Answered(Field.IT, Reply.TAKES_PART, "Eva Holm", "It-strateg", DAY)
DECLINES = Answered(Field.IT, Reply.DECLINES, reason="Vakant tjänst")

pytestmark = pytest.mark.django_db


def ask(asked: Asked = ASKED, *, tenant: str = MUNICIPALITY, seen: int = 0, by: By = OLA) -> None:
    with acting_as(REGION):
        experts.ask(asked, tenant=tenant, seen=seen, by=by, at=AT)


def answer(answered: Answered = TAKES_PART, *, seen: int = 0) -> None:
    with acting_as(MUNICIPALITY):
        experts.answer(answered, seen=seen, by=ANNA, at=AT)


def of(tenant: str = MUNICIPALITY, *, reader: str = STRANGER) -> tuple[experts.Expert, ...]:
    with acting_as(reader):
        return experts.of(tenant)


class TestAQuestion:
    def test_is_the_regions_and_everybody_reads_it(self) -> None:
        begin()

        ask()
        ask(replace(ASKED, field=Field.PRIMARY_CARE))

        assert [it.asked.field for it in of()] == [Field.PRIMARY_CARE, Field.IT]
        assert of(STRANGER) == ()

    def test_is_not_asked_by_a_municipality(self) -> None:
        begin()
        with acting_as(STRANGER), pytest.raises(CannotOpen, match="efterfrågas av regionen"):
            experts.ask(ASKED, tenant=MUNICIPALITY, seen=0, by=ANNA, at=AT)

    def test_that_somebody_else_has_entered_counts_for_nothing(self) -> None:
        begin()
        with acting_as(STRANGER):
            ExpertRequest.objects.create(
                owner=STRANGER, tenant=MUNICIPALITY, field="law", number=1, asked_on=DAY,
                purpose="x", name="x", title="x", asked_at=AT,
            )  # fmt: skip

        assert of() == ()

    def test_goes_to_who_joins(self) -> None:
        with pytest.raises(NotOpened):
            ask()

    def test_is_changed_and_taken_back_and_the_earlier_row_stays(self) -> None:
        begin()
        ask()
        with pytest.raises(WrittenMeanwhile, match="Ola Drift har skrivit"):
            ask(replace(ASKED, purpose="Annat"))

        ask(replace(ASKED, is_withdrawn=True), seen=1)

        assert of() == ()
        with acting_as(REGION):
            assert ExpertRequest.objects.count() == 2


class TestAnAnswer:
    def test_names_who_takes_part_and_from_when(self) -> None:
        begin()
        ask()
        assert not of()[0].takes_part

        answer()

        (found,) = of()
        assert found.takes_part
        assert found.answered == replace(TAKES_PART, number=1, by=ANNA.name)

    def test_may_be_no_with_its_reason(self) -> None:
        begin()
        ask()
        answer(DECLINES)

        (found,) = of()
        assert not found.takes_part
        assert found.answered is not None
        assert found.answered.reason == "Vakant tjänst"

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            (replace(DECLINES, reason=""), "reason"),
            (replace(TAKES_PART, name="", title=""), "name"),
            (replace(TAKES_PART, from_on=None), "from_on"),
        ],
    )
    def test_that_says_too_little_is_refused(self, told: Answered, field: str) -> None:
        begin()
        ask()
        with pytest.raises(CannotRecord) as refused:
            answer(told)

        assert refused.value.field == field
        answer(replace(TAKES_PART, name=""))

    def test_needs_a_question(self) -> None:
        begin()
        with pytest.raises(CannotRecord, match="Ingen ämnesexpert är efterfrågad"):
            answer()

    def test_that_somebody_has_given_meanwhile_is_read_first(self) -> None:
        begin()
        ask()
        answer()
        with pytest.raises(WrittenMeanwhile):
            answer(DECLINES)

        answer(DECLINES, seen=1)
        assert not of()[0].takes_part

    def test_is_late_the_day_after(self) -> None:
        begin()
        ask()

        assert not of()[0].is_late(today=DAY)
        assert of()[0].is_late(today=DAY + timedelta(days=1))
        answer(DECLINES)
        assert not of()[0].is_late(today=DAY + timedelta(days=1))
