"""What a text would open and close is said before anybody signs it, and nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import connection
from django.test.utils import CaptureQueriesContext
from isolation.county import CLASSES, SIGNATORIES, admit, agree, case_at, consent
from people import BERIT, DAY, NURSE, OFFICER

from care.cases.models import Contribution
from care.discharge import operations as discharge
from care.inbox import tasks
from care.individuals import trial_identities
from care.sharing import access, operations, simulation
from care.sharing.models import Opening
from care.sharing.simulation import Counted, Effect
from tenants import agreements
from tenants.agreements import Agreement
from tenants.context import acting_as

ONE = Counted(1, 1)


def proposal(
    *,
    earlier: Agreement | None = None,
    parties: Sequence[str] = (REGION, MUNICIPALITY),
    classes: Sequence[str] = CLASSES,
    first_day: date = date(2020, 1, 1),
) -> Agreement:
    """Return a text as the region would draft it."""
    with acting_as(REGION):
        return agreements.propose(
            agreement=earlier.id if earlier else None, title="Ny", text="Vi delar mer.",
            parties=parties, valid_from=first_day, valid_until=date(2089, 12, 31),
            channels=dict.fromkeys(classes, ("A", "B")), terms={}, at=AT,
        )  # fmt: skip


def write(case_id: UUID, info_class: str) -> None:
    with acting_as(MUNICIPALITY):
        discharge.submit_planning_basis(
            actor=OFFICER, case_id=case_id, info_class=info_class, text="Hemtjänst", at=AT + 2 * DAY
        )


def told(text: Agreement, tenant: str = MUNICIPALITY) -> dict[tuple[str, str, Effect], Counted]:
    """Return what a text would do to a huvudman's rows, without what it would leave alone."""
    with acting_as(tenant):
        forecast = simulation.forecast(text, actor=SIGNATORIES[tenant], at=AT + 3 * DAY)
    return {
        (it.viewer, str(it.info_class), effect): counted
        for it in forecast.changes
        for effect in Effect
        if (counted := getattr(it, effect)) != Counted()
    }


def test_a_version_with_fewer_classes_would_close_the_rest(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    write(shared[1], "planning")

    assert told(proposal(earlier=agreement, classes=["social_care"])) == {
        (REGION, "planning", Effect.CLOSES): ONE,
        (REGION, "health_care", Effect.CLOSES): Counted(1, 0),
        (REGION, "social_care", Effect.STAYS): Counted(1, 0),
    }


def test_beside_another_agreement_in_force_it_closes_nothing(shared: tuple[UUID, UUID]) -> None:
    write(shared[1], "planning")

    assert set(told(proposal(classes=["social_care"]))) == {
        (REGION, it, Effect.STAYS) for it in CLASSES
    }


def test_a_version_that_leaves_a_party_out_would_close_all_to_it(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    text = proposal(earlier=agreement, parties=(REGION, STRANGER))

    assert set(told(text)) == {(REGION, it, Effect.CLOSES) for it in CLASSES}
    assert set(told(text, REGION)) == {(MUNICIPALITY, it, Effect.CLOSES) for it in CLASSES}
    assert told(text, STRANGER) == {}


def test_after_an_agreement_is_ended_a_new_one_would_open_again(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    write(shared[1], "planning")
    with acting_as(MUNICIPALITY):
        operations.end_agreement(
            actor=SIGNATORIES[MUNICIPALITY], agreement=agreement.id, reason="Slut", at=AT + 3 * DAY
        )

    assert told(proposal())[REGION, "planning", Effect.OPENS] == ONE
    assert told(proposal(earlier=agreement)) == {}  # what is ended cannot be signed


def test_it_writes_nothing_and_asks_no_more_for_more_cases(shared: tuple[UUID, UUID]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            told(proposal(), REGION)
        assert not any(it["sql"].startswith(("INSERT", "UPDATE")) for it in queries)
        return len(queries)

    with acting_as(REGION):
        before = Opening.objects.count(), Contribution.objects.count()
    for_one = asked()
    for number in trial_identities.NUMBERS[:2]:
        consent(case_id=admit(person=replace(BERIT, number=number)))

    assert asked() == for_one
    with acting_as(REGION):
        assert (3 * before[0], before[1]) == (
            Opening.objects.count(), Contribution.objects.count()
        )  # fmt: skip


def test_a_nurse_is_told_nothing(shared: tuple[UUID, UUID], agreement: Agreement) -> None:
    with acting_as(REGION), pytest.raises(access.NotAllowed):
        simulation.forecast(agreement, actor=NURSE, at=AT)


def test_rows_close_to_a_party_that_a_signed_version_leaves_out(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    write(shared[1], "planning")
    with acting_as(REGION):
        drafted = agreements.draft(
            agreement=agreement.id, title="Ny", text="Utan kommunen.", parties=(REGION, STRANGER),
            valid_from=date(2020, 1, 1), valid_until=date(2089, 12, 31), channels={}, terms={},
            at=AT,
        )  # fmt: skip
    for party in (REGION, STRANGER):
        with acting_as(party):
            operations.sign_agreement(
                actor=SIGNATORIES[party], agreement=drafted.id, text_hash=drafted.text_hash,
                at=AT + 3 * DAY,
            )  # fmt: skip
    tasks.drain()

    with acting_as(MUNICIPALITY):
        assert list(Contribution.objects.values_list("open_to", flat=True)) == [{}]


def test_one_agreement_in_force_is_left_when_the_other_is_ended(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    agree(classes=["planning"])
    with acting_as(REGION):
        operations.end_agreement(
            actor=SIGNATORIES[REGION], agreement=agreement.id, reason="Slut", at=AT + 3 * DAY
        )
    tasks.drain()

    with acting_as(MUNICIPALITY):
        found = Opening.objects.filter(common_id=case_at(MUNICIPALITY).common_id)
        assert set(found.values_list("viewer", "info_class")) == {(REGION, "planning")}
