"""Routines: versions of their writer alone, in force when decided and while their period runs."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER

from tenants import decisions, routines
from tenants.context import acting_as
from tenants.decisions import Decision
from tenants.models import RoutineText
from tenants.onboarding import Step
from tenants.progress import By, WrittenMeanwhile
from tenants.routines import NoSuchRoutine, NotTheWriter, RoutineKind, State, Version, Wording

pytestmark = pytest.mark.django_db

EVA = By("Eva Ros", "Direktör")
DAY = timedelta(days=1)
WORDING = Wording(
    RoutineKind.ROUTINE, "Kvittera", "Inom två timmar.", date(2026, 3, 1), step=Step.ROUTINES
)
YES = Decision("Länsledningen", date(2026, 2, 27), is_approved=True)


def write(wording: Wording = WORDING, after: Version | None = None) -> Version:
    with acting_as(REGION):
        return routines.write(
            wording, routine=after.id if after else None, seen=after.version if after else 0,
            by=EVA, at=AT,
        )  # fmt: skip


def decide(version: Version, decision: Decision = YES, by: str = REGION) -> None:
    with acting_as(by):
        decisions.record_decision(
            decision, subject=version.id, text_hash=version.text_hash, seen=0, by=EVA, at=AT
        )


def states(version: Version, at: datetime = AT) -> list[State]:
    with acting_as(MUNICIPALITY):
        routine = routines.one(version.id)
    return [routine.state(it, at) for it in routine.versions]


def holding(at: datetime = AT, tenant: str = MUNICIPALITY) -> list[int]:
    with acting_as(tenant):
        return [it.version for it in routines.holding(at=at)]


def test_a_draft_holds_when_its_writer_has_told_of_the_decision() -> None:
    version = write()
    assert (states(version), holding()) == ([State.DRAFT], [])

    decide(version, by=MUNICIPALITY)
    assert holding() == []

    decide(version)
    assert (states(version), holding()) == ([State.IN_FORCE], [1])


def test_a_text_that_was_not_approved_never_holds() -> None:
    version = write()
    decide(version, replace(YES, is_approved=False))

    assert (states(version), holding()) == ([State.REJECTED], [])


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2026-02-28T23:59:59+01:00", State.DECIDED),
        ("2026-03-01T00:00:00+01:00", State.IN_FORCE),
        ("2026-03-31T23:59:59+02:00", State.IN_FORCE),
        ("2026-04-01T00:00:00+02:00", State.EXPIRED),
    ],
)
def test_its_period_is_swedish_days(at: str, state: State) -> None:
    version = write(replace(WORDING, valid_until=date(2026, 3, 31)))
    decide(version)

    assert states(version, datetime.fromisoformat(at)) == [state]


def test_a_further_version_replaces_the_former_once_it_is_decided_and_has_begun() -> None:
    first = write()
    decide(first)
    second = write(replace(WORDING, text="Inom en timme.", valid_from=AT.date() + DAY), first)
    assert holding() == [1]
    decide(second)

    assert (states(second), holding()) == ([State.IN_FORCE, State.DECIDED], [1])
    assert (states(second, AT + DAY), holding(AT + DAY)) == (
        [State.REPLACED, State.IN_FORCE], [2]
    )  # fmt: skip


def test_a_version_is_its_writers_and_follows_on_the_one_that_was_read() -> None:
    first = write()
    with acting_as(MUNICIPALITY), pytest.raises(NotTheWriter):
        routines.write(WORDING, routine=first.id, seen=1, by=EVA, at=AT)
    write(WORDING, first)
    with pytest.raises(WrittenMeanwhile):
        write(WORDING, first)
    with acting_as(REGION), pytest.raises(NoSuchRoutine):
        routines.one(UUID(int=1))


def test_a_version_that_another_enters_is_not_there_and_stops_nothing() -> None:
    first = write()
    with acting_as(STRANGER):
        RoutineText.objects.create(
            owner=STRANGER, routine=first.id, version=2, kind="routine", heading="x", text="x",
            valid_from=WORDING.valid_from, text_hash=first.text_hash, name="x", title="x",
            written_at=AT,
        )  # fmt: skip
    third = write(WORDING, first)

    with acting_as(MUNICIPALITY):
        assert [it.version for it in routines.versions_of([first.id])] == [1, 3]
    decide(third)
    assert holding() == [3]


def test_another_text_under_the_hash_that_was_decided_is_decided_by_nobody() -> None:
    first = write()
    decide(first)
    with acting_as(REGION):
        RoutineText.objects.create(
            owner=REGION, routine=first.id, version=2, kind="routine", heading="x", text="x",
            valid_from=WORDING.valid_from, text_hash=first.text_hash, name="x", title="x",
            written_at=AT,
        )  # fmt: skip

    assert states(first) == [State.IN_FORCE, State.DRAFT]
