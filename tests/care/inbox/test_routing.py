"""Who would get this: which units an admission reaches, and who looks into each inbox then."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cast import AT, MUNICIPALITY, REGION
from people import ALWAYS, WEEKDAYS, write_units

from care.identity.units import Address
from care.inbox import routing
from tenants.context import acting_as

SUNDAY_NIGHT = datetime(2026, 3, 8, 21, tzinfo=UTC)
OFFICE = Address(
    "SE2999999127-BIST", "Biståndsenheten", "social_services", "social_care_2022_913",
    MUNICIPALITY, "063", WEEKDAYS, False, "SE2999999127-JOUR", True,
)  # fmt: skip
DUTY = replace(
    OFFICE, hsa_id="SE2999999127-JOUR", name="Socialjouren", opening_hours=ALWAYS,
    watches_red_days=True, successor="", is_default=False,
)  # fmt: skip


@pytest.fixture
def units(committed: None) -> None:
    write_units()


def told(at: datetime, *, code: str = "2399") -> list[tuple[str, bool, str | None]]:
    with acting_as(REGION):
        found = routing.asked(municipality_code=code, at=at)
    return [(it.unit.name, it.is_chosen, it.watcher.name if it.watcher else None) for it in found]


def test_on_a_working_day_each_unit_looks_for_itself(units: None) -> None:
    assert told(AT) == [
        ("Biståndsenheten", True, "Biståndsenheten"),
        ("Kommunal hemsjukvård", True, "Kommunal hemsjukvård"),
        ("Hälsocentralen Norr", True, "Hälsocentralen Norr"),
        ("Socialjouren", False, "Socialjouren"),
    ]


def test_at_night_whoever_takes_over_looks_and_somebody_may_be_nobody(units: None) -> None:
    assert told(SUNDAY_NIGHT)[:3] == [
        ("Biståndsenheten", True, "Socialjouren"),
        ("Kommunal hemsjukvård", True, "Kommunal hemsjukvård"),
        ("Hälsocentralen Norr", True, None),
    ]


def test_a_municipality_that_has_not_joined_gets_nothing(units: None) -> None:
    assert told(AT, code="0180") == []


def test_who_is_asked_does_not_change_the_answer(units: None) -> None:
    with acting_as(MUNICIPALITY):
        there = routing.asked(municipality_code="2399", at=AT)
    with acting_as(REGION):
        assert routing.asked(municipality_code="2399", at=AT) == there


class TestLeftOut:
    def test_is_nobody_who_is_chosen_or_takes_over(self) -> None:
        assert routing.left_out([OFFICE, DUTY]) == ()

    def test_is_who_is_neither(self) -> None:
        assert routing.left_out([replace(OFFICE, successor=""), DUTY]) == (DUTY,)

    def test_is_who_takes_over_only_from_somebody_left_out(self) -> None:
        one, other = replace(OFFICE, is_default=False), DUTY

        assert routing.left_out([one, other]) == (one, other)

    def test_is_neither_ward_health_centre_nor_administration(self) -> None:
        silent = [
            replace(DUTY, hsa_id=f"SE2999999127-{kind}", kind=kind)
            for kind in ("ward", "primary_care", "administration")
        ]

        assert routing.left_out(silent) == ()
