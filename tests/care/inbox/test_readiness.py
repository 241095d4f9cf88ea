"""When nobody watches an inbox in the coming week, red days and summer time included."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.conf import LazySettings
from hired import acting, hire
from isolation.county import admit
from people import (
    ALWAYS,
    BERIT,
    CASE_OFFICERS,
    COORDINATOR,
    ELSEWHERE,
    HEALTH_CENTRE,
    MUNICIPAL_NURSE,
    MUNICIPAL_NURSES,
    OFFICER,
    WEEKDAYS,
    write_units,
)
from people import DUTY as PEOPLES_DUTY

from care.identity.actors import Actor
from care.identity.permissions import Role
from care.identity.units import Address
from care.inbox import joining as acts
from care.inbox import operations as inbox
from care.inbox import readiness, tasks
from care.inbox.models import Message
from care.individuals import trial_identities
from tenants import onboarding, progress, starts
from tenants.context import acting_as
from tenants.models import Unit
from tenants.onboarding import ContactRole, Entry, Found, State, Step
from tenants.progress import By

HOUR = timedelta(hours=1)
FIRST, LATER = date(2026, 5, 4), date(2026, 6, 1)
OFFICE = Address(
    "SE2999999127-BIST", "Biståndsenheten", "social_services", "social_care_2022_913",
    MUNICIPALITY, "063", WEEKDAYS, False, "", True,
)  # fmt: skip
DUTY = replace(OFFICE, name="Socialjouren", opening_hours=ALWAYS, watches_red_days=True)
EVENINGS = replace(
    DUTY, opening_hours={day: ["16:30", "24:00"] for day in ALWAYS} | {"sat": ["00:00", "24:00"]}
)


def unwatched(unit: Address, *line: Address, at: datetime = AT) -> timedelta:
    left = readiness.gaps(unit, line, at=at)
    return sum((it.ends - it.begins for it in left), timedelta())


class TestAWeek:
    def test_that_is_watched_all_the_time_has_no_gap(self) -> None:
        assert readiness.gaps(DUTY, [], at=AT) == ()
        assert readiness.gaps(OFFICE, [DUTY], at=AT) == ()

    def test_of_office_hours_leaves_the_rest_open(self) -> None:
        assert unwatched(OFFICE) == 168 * HOUR - 5 * 8.5 * HOUR
        # AT is Monday 09.00; the first gap begins when the office closes.
        assert readiness.gaps(OFFICE, [], at=AT)[0].begins == datetime(
            2026, 3, 2, 15, 30, tzinfo=UTC
        )

    def test_is_watched_by_whoever_takes_over_after_whoever_takes_over(self) -> None:
        assert unwatched(OFFICE, EVENINGS) > timedelta()
        assert unwatched(OFFICE, EVENINGS, DUTY) == timedelta()

    def test_counts_a_red_day_that_nobody_watches(self) -> None:
        weekdays_round = replace(DUTY, watches_red_days=False)
        ordinary = datetime(2026, 3, 2, 8, tzinfo=UTC)
        easter = datetime(2026, 4, 2, 8, tzinfo=UTC)  # Good Friday, Easter Sunday and Monday follow

        assert unwatched(weekdays_round, at=ordinary) == 24 * HOUR  # Sunday
        assert unwatched(weekdays_round, at=easter) == 72 * HOUR

    def test_has_an_hour_less_when_summer_time_begins(self) -> None:
        shut = replace(OFFICE, opening_hours={})
        sundays = replace(OFFICE, opening_hours={"sun": ["00:00", "24:00"]}, watches_red_days=True)
        spring = datetime(2026, 3, 27, 8, tzinfo=UTC)

        assert unwatched(shut, at=spring) == 168 * HOUR
        assert unwatched(sundays, at=spring) == 168 * HOUR - 23 * HOUR

    def test_begins_with_the_hour_that_runs(self) -> None:
        (gap,) = readiness.gaps(
            replace(OFFICE, opening_hours={}), [], at=AT + 20 * timedelta(minutes=1)
        )

        assert (gap.begins, gap.ends) == (AT, AT + timedelta(days=7))


@pytest.fixture
def joining(committed: None) -> None:
    write_units()
    for tenant in (MUNICIPALITY, STRANGER):
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=tenant, delregion="", wanted_start_on=None, by=By("x", "x"), at=AT
            )


def test_what_is_found_of_another_comes_from_common_rows(joining: None) -> None:
    with acting_as(REGION):
        found = readiness.found(progress.standings(), at=AT)

    assert found[MUNICIPALITY].unwatched == ()
    assert [it.name for it in found[STRANGER].unwatched] == ["Biståndsenheten"]
    assert found[MUNICIPALITY].people is None
    assert not found[MUNICIPALITY].has_agreement


def test_who_works_where_is_counted_at_home(joining: None) -> None:
    hire(MUNICIPALITY, "Anna", "A", (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR),
         (MUNICIPAL_NURSES, Role.MUNICIPAL_NURSE))  # fmt: skip
    hire(STRANGER, "Olle", "O", (ELSEWHERE, Role.INBOX_COORDINATOR))
    with acting_as(MUNICIPALITY):
        found = readiness.found_at_home(progress.standing(MUNICIPALITY), at=AT)

    assert found.people == 1
    assert found.unstaffed == ("Socialjouren",)


class TestAPilot:
    """Some units start, the others later: who starts later is not asked until its day has come."""

    @pytest.fixture(autouse=True)
    def planned(self, joining: None) -> None:
        hire(MUNICIPALITY, "Anna", "A", (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=MUNICIPALITY, delregion="", wanted_start_on=FIRST, by=By("x", "x"), at=AT
            )
        with acting_as(MUNICIPALITY):
            starts.plan(
                {MUNICIPAL_NURSES: LATER, PEOPLES_DUTY: LATER}, seen=0, by=By("x", "x"), at=AT
            )
            # Nobody watches the nurses' inbox on Sundays.
            Unit.objects.filter(pk=MUNICIPAL_NURSES).update(watches_red_days=False)

    def found(self, *, at: datetime = AT, first_on: date | None = None) -> Found:
        with acting_as(MUNICIPALITY):
            return readiness.found_at_home(
                progress.standing(MUNICIPALITY), at=at, first_on=first_on
            )

    def test_is_judged_for_the_units_that_start(self) -> None:
        found = self.found()

        assert [it.name for it in found.inboxes] == ["Biståndsenheten"]
        assert set(found.later) == {"Kommunal hemsjukvård", "Socialjouren"}
        assert found.unwatched == ()
        assert found.unstaffed == ()
        assert found.untested == ("Biståndsenheten",)

    def test_asks_the_others_when_their_day_has_come(self) -> None:
        found = self.found(at=datetime(2026, 6, 1, 8, tzinfo=UTC))

        assert found.later == ()
        assert [it.name for it in found.unwatched] == ["Kommunal hemsjukvård"]
        assert set(found.unstaffed) == {"Kommunal hemsjukvård", "Socialjouren"}

    def test_asks_the_others_for_a_start_on_their_day(self) -> None:
        assert self.found(first_on=LATER).later == ()

    def test_is_seen_by_the_others(self) -> None:
        with acting_as(STRANGER):
            joining = readiness.one(MUNICIPALITY, at=AT)

        assert {it.name: it.starts_on for it in joining.units} == {
            "Biståndsenheten": None, "Kommunal hemsjukvård": LATER, "Socialjouren": LATER,
        }  # fmt: skip
        assert len(joining.found.inboxes) == 1

    def test_names_a_unit_of_ones_own_alone(self) -> None:
        anna = acting(
            hire(MUNICIPALITY, "Eva", "E", (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR)),
            Role.LOCAL_ADMINISTRATOR, CASE_OFFICERS,
        )  # fmt: skip
        with acting_as(MUNICIPALITY):
            acts.plan_starts(
                actor=anna, days={ELSEWHERE: LATER, CASE_OFFICERS: LATER}, seen=1, at=AT
            )

            assert starts.of(MUNICIPALITY).days == {CASE_OFFICERS: LATER}


class TestATrial:
    """A message about a test person, from another huvudman, that a person at the unit takes on."""

    @pytest.fixture(autouse=True)
    def joining(self, joining: None) -> None:
        hire(MUNICIPALITY, "Anna", "A", (CASE_OFFICERS, Role.LOCAL_ADMINISTRATOR))

    def untested(self) -> tuple[str, ...]:
        with acting_as(MUNICIPALITY):
            return readiness.found_at_home(progress.standing(MUNICIPALITY), at=AT).untested

    def take_on(self, who: Actor) -> None:
        with acting_as(MUNICIPALITY):
            (message,) = Message.objects.values_list("pk", flat=True)
            inbox.acknowledge_message(actor=who, message_id=message, at=AT + HOUR)

    def test_leaves_out_no_unit(self) -> None:
        everybody = ("Biståndsenheten", "Kommunal hemsjukvård", "Socialjouren")
        assert self.untested() == everybody

        admit(to=(CASE_OFFICERS, MUNICIPAL_NURSES))
        tasks.drain()
        assert self.untested() == everybody  # nobody has taken it on

        self.take_on(OFFICER)
        assert self.untested() == ("Kommunal hemsjukvård", "Socialjouren")
        self.take_on(MUNICIPAL_NURSE)
        assert self.untested() == ("Socialjouren",)

    def test_is_no_trial_with_somebody_who_may_be_anybody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        admit(to=(CASE_OFFICERS,))
        tasks.drain()
        self.take_on(OFFICER)
        monkeypatch.setattr(trial_identities, "NUMBERS", [])

        assert "Biståndsenheten" in self.untested()

    def test_may_be_with_an_identity_of_the_county(
        self, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
    ) -> None:
        admit(to=(CASE_OFFICERS,))
        tasks.drain()
        self.take_on(OFFICER)
        monkeypatch.setattr(trial_identities, "NUMBERS", [])
        settings.TEST_IDENTITIES = [BERIT.number]

        assert "Biståndsenheten" not in self.untested()

    def test_from_before_the_joining_does_not_count(self) -> None:
        admit(to=(CASE_OFFICERS,), at=AT - 2 * timedelta(days=1))
        tasks.drain()
        with acting_as(MUNICIPALITY):
            (message,) = Message.objects.values_list("pk", flat=True)
            inbox.acknowledge_message(actor=OFFICER, message_id=message, at=AT - HOUR)

        assert "Biståndsenheten" in self.untested()


class TestRegionAndMunicipalityInOne:
    """Gotland's kind: it lets itself begin, has nobody to agree with, and tries itself out."""

    @pytest.fixture(autouse=True)
    def gotland(self, committed: None, dba: psycopg.Connection[Any]) -> Iterator[None]:
        write_units()
        kind = "UPDATE tenants_tenant SET kind = %s, municipality_code = %s WHERE schema_name = %s"
        dba.execute(kind, ["both", "2380", REGION])
        dba.commit()
        with acting_as(REGION):
            progress.open_onboarding(
                tenant=REGION, delregion="", wanted_start_on=None, by=By("x", "x"), at=AT
            )
        yield
        dba.execute(kind, ["region", "", REGION])
        dba.commit()

    def found(self) -> Found:
        with acting_as(REGION):
            return readiness.found_at_home(progress.standing(REGION), at=AT)

    def test_needs_no_agreement_but_somebodys_word_of_the_other_contracts(self) -> None:
        found = replace(self.found(), named=frozenset({ContactRole.CONTACT_1}))
        entry = Entry(Step.AGREEMENTS, State.DONE, ContactRole.CONTACT_1, AT.date())

        assert not found.has_agreement
        assert onboarding.lacking(Step.AGREEMENTS, found=found, told={}) == ()
        with pytest.raises(onboarding.CannotRecord) as refused:
            onboarding.check(entry, found=found, told={})
        assert refused.value.field == "evidence"
        onboarding.check(replace(entry, evidence="Avtal 2026:1"), found=found, told={})

    def test_tries_itself_out_between_its_own_units(self) -> None:
        assert {"Avdelning 1", "Hälsocentralen Norr"} <= set(self.found().untested)

        admit(to=(HEALTH_CENTRE,))
        tasks.drain()
        with acting_as(REGION):
            (message,) = Message.objects.values_list("pk", flat=True)
            inbox.acknowledge_message(actor=COORDINATOR, message_id=message, at=AT + HOUR)

        assert "Hälsocentralen Norr" not in self.found().untested
        assert "Avdelning 1" in self.found().untested  # it has sent, and taken on nothing
