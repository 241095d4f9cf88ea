"""The decision pack: what is missing in it, and that it is its huvudman's own."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from onboarded import ANNA, OLA
from psycopg import errors

from tenants import decision, pack
from tenants.context import acting_as
from tenants.decision import (
    Benefit,
    Content,
    Level,
    Pack,
    PowerOfAttorney,
    Recommendation,
    Risk,
    RiskStatus,
    Row,
    Stance,
)
from tenants.home.models import PackRow
from tenants.onboarding import CannotRecord, Step
from tenants.progress import WrittenMeanwhile

DAY = date(2026, 3, 2)
ADVISED = Recommendation("VästKom", Stance.RECOMMENDS, DAY, "15", "", "Avropa option 1.")
DECIDED = Recommendation("Kommunstyrelsen", Stance.DECIDES, DAY, "114", "KS 2026:114", "Avropar.")
BENEFIT = Benefit("Färre dygn", "Patienten", "Dygn i medelvärde", "3,1", "1,5", DAY)
RISK = Risk(
    "Ingen bevakar i helgen", "Den enskilde kommer hem utan insats", 4, 2, "Jouren tar över",
    "Enhetschefen", DAY, RiskStatus.OPEN,
)  # fmt: skip
POWER = PowerOfAttorney("Kommunstyrelsen", "Regionen", "Upphandla", DAY, None, DAY, "")
WHOLE: tuple[Content, ...] = (ADVISED, DECIDED, BENEFIT, RISK, POWER)
KINDS = {kind: part for part, kind in decision.PARTS.items()}


def row(content: Content) -> Row:
    return Row(uuid4(), 1, KINDS[type(content)], content, ANNA.name, ANNA.title, AT)


def said(*held: Content, today: date = DAY, unchecked: tuple[str, ...] = ()) -> str:
    found = decision.advice(
        Pack(tuple(row(it) for it in held)), unchecked=unchecked, failing=(), today=today
    )
    return " ".join(f"{it.text} {it.mend}" for it in found[Step.START])


class TestAdvice:
    def test_is_none_of_a_pack_that_is_whole(self) -> None:
        assert said(*WHOLE) == ""

    @pytest.mark.parametrize(
        ("left_out", "expected"),
        [
            (DECIDED, "Inget beslut är antecknat"),
            (BENEFIT, "Nyttoanalysen är tom"),
            (RISK, "Risk- och konsekvensanalysen är tom"),
        ],
    )
    def test_names_each_part_that_is_empty(self, left_out: Content, expected: str) -> None:
        assert expected in said(*(it for it in WHOLE if it is not left_out))

    @pytest.mark.parametrize(
        ("changed", "today", "expected"),
        [
            (replace(RISK, measure=""), DAY, "”Ingen bevakar i helgen” är stor och saknar åtgärd"),
            (RISK, DAY + timedelta(days=1), "skulle ha följts upp 2026-03-02. Enhetschefen"),
            (replace(POWER, signed_on=None), DAY, "Fullmakten till Regionen är inte undertecknad"),
            (replace(POWER, valid_until=DAY), DAY + timedelta(days=1), "eller har gått ut"),
        ],
    )
    def test_names_what_is_not_as_it_should_be(
        self, changed: Content, today: date, expected: str
    ) -> None:
        others = (it for it in WHOLE if type(it) is not type(changed))

        assert expected in said(*others, changed, today=today)

    def test_asks_for_no_measure_of_a_small_risk_or_one_that_is_accepted(self) -> None:
        for bare in (
            replace(RISK, measure="", severity=1),
            replace(RISK, measure="", status=RiskStatus.ACCEPTED),
        ):
            assert said(*(it for it in WHOLE if it is not RISK), bare) == ""

    def test_names_the_units_that_are_not_checked(self) -> None:
        assert "vid Biståndsenheten och Jouren." in said(
            *WHOLE, unchecked=("Biståndsenheten", "Jouren")
        )

    def test_stands_at_the_step_that_it_concerns(self) -> None:
        found = decision.advice(Pack(()), unchecked=["Jouren"], failing=["Natten"], today=DAY)

        assert {it: len(them) for it, them in found.items()} == {
            Step.AGREEMENTS: 1, Step.UNITS: 2, Step.ROUTINES: 2, Step.START: 5,
        }  # fmt: skip


class TestARisk:
    @pytest.mark.parametrize(
        ("severity", "likelihood", "level"),
        [(1, 1, Level.LOW), (1, 3, Level.LOW), (2, 2, Level.MEDIUM), (4, 1, Level.MEDIUM),
         (2, 4, Level.HIGH), (4, 2, Level.HIGH), (4, 4, Level.HIGH)],
    )  # fmt: skip
    def test_is_as_great_as_its_product(self, severity: int, likelihood: int, level: Level) -> None:
        assert replace(RISK, severity=severity, likelihood=likelihood).level is level

    @pytest.mark.parametrize("off", [0, 5])
    def test_off_the_scale_is_refused(self, off: int) -> None:
        for name in ("severity", "likelihood"):
            with pytest.raises(CannotRecord) as refused:
                decision.check(replace(RISK, **{name: off}))
            assert refused.value.field == name


def test_a_power_of_attorney_does_not_end_before_it_begins() -> None:
    with pytest.raises(CannotRecord, match="Sista dagen ligger före"):
        decision.check(replace(POWER, valid_until=DAY - timedelta(days=1)))


@pytest.mark.parametrize("content", WHOLE)
def test_what_is_kept_is_what_is_read(content: Content) -> None:
    assert decision.from_json(KINDS[type(content)], decision.as_json(content)) == content


def write(content: Content, entry: UUID, *, seen: int = 0, struck: bool = False) -> None:
    pack.write(
        content, part=KINDS[type(content)], entry=entry, seen=seen, struck=struck, by=ANNA, at=AT
    )


@pytest.mark.django_db
class TestTheRows:
    def test_are_changed_and_struck_by_rows_that_follow(self) -> None:
        with acting_as(MUNICIPALITY):
            one, other = uuid4(), uuid4()
            write(RISK, one)
            write(BENEFIT, other)
            write(replace(RISK, status=RiskStatus.DONE), one, seen=1)
            write(BENEFIT, other, seen=1, struck=True)

            (left,) = pack.own().rows

            assert left.content == replace(RISK, status=RiskStatus.DONE)
            assert PackRow.objects.count() == 4

    def test_put_the_greatest_risk_first_and_the_chain_by_day(self) -> None:
        small = replace(RISK, severity=1)
        with acting_as(MUNICIPALITY):
            for it in (small, RISK, replace(DECIDED, on=DAY + timedelta(days=9)), ADVISED):
                write(it, uuid4())
            own = pack.own()

        assert own.contents(Risk) == (RISK, small)
        assert [it.body for it in own.contents(Recommendation)] == ["VästKom", "Kommunstyrelsen"]

    def test_are_not_written_over_unread(self) -> None:
        with acting_as(MUNICIPALITY):
            entry = uuid4()
            write(RISK, entry)
            with pytest.raises(WrittenMeanwhile, match="Anna Berg har skrivit"):
                write(replace(RISK, measure="Annat"), entry)

    def test_are_their_huvudmans_own(self) -> None:
        with acting_as(MUNICIPALITY):
            write(RISK, uuid4())
        for other in (REGION, STRANGER):
            with acting_as(other):
                assert pack.own().rows == ()

    def test_only_how_many_they_are_is_told_to_everybody(self) -> None:
        with acting_as(MUNICIPALITY):
            write(RISK, uuid4())
            pack.declare(DAY, seen=0, by=ANNA, at=AT)
        with acting_as(STRANGER):
            done = pack.done_of(MUNICIPALITY)

            assert (done.done_on, done.counts["risk"], done.counts["benefit"]) == (DAY, 1, 0)
            assert pack.done_of(STRANGER).done_on is None
        with acting_as(MUNICIPALITY):
            with pytest.raises(WrittenMeanwhile):
                pack.declare(None, seen=0, by=OLA, at=AT)
            pack.declare(None, seen=1, by=OLA, at=AT)
            assert pack.done_of(MUNICIPALITY).done_on is None


@pytest.mark.parametrize("table", ["home_packrow", "home_technicalcheck"])
def test_another_huvudman_does_not_reach_the_tables(
    dba: psycopg.Connection[object], table: str
) -> None:
    dba.execute(f"SET ROLE {MUNICIPALITY}")
    dba.execute(f"SELECT FROM {MUNICIPALITY}.{table}")
    for other in (REGION, STRANGER):
        dba.execute(f"SET ROLE {other}")
        with pytest.raises(errors.InsufficientPrivilege), dba.transaction():
            dba.execute(f"SELECT FROM {MUNICIPALITY}.{table}")
