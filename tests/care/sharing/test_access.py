"""The doors: who comes through, what is shown, and that each passage is written down."""

from uuid import UUID, uuid4

import doors
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER
from django.db import DatabaseError
from isolation.county import SIGNATORIES, case_at, consent
from people import DAY, HOUR, MUNICIPAL_NURSE, NURSE, OFFICER, STRANGER_OFFICER, WARD, actor

from care.cases.models import Case, Contribution
from care.discharge import operations as discharge
from care.identity.permissions import Permission, Role
from care.inbox import tasks
from care.sharing import access, operations
from care.sharing.models import AccessLog
from care.sharing.policy import Reason
from tenants.agreements import Agreement
from tenants.context import acting_as
from tenants.window import looking_into

LATER = AT + 2 * DAY


def log(tenant: str) -> list[AccessLog]:
    with acting_as(tenant):
        return list(AccessLog.objects.order_by("id"))


def contribute(case_id: UUID, info_class: str = "planning") -> None:
    with acting_as(MUNICIPALITY):
        discharge.submit_planning_basis(
            actor=OFFICER,
            case_id=case_id,
            info_class=info_class,
            text="Hemtjänst",
            at=AT + 2 * HOUR,
        )


def seen_by_the_ward() -> tuple[tuple[access.Seen, ...], tuple[access.Hidden, ...]]:
    case = case_at(REGION)
    with acting_as(REGION):
        return doors.contributions(actor=NURSE, case=case, at=LATER)


def test_whoever_takes_part_reads_and_it_is_written_down(shared: tuple[UUID, UUID]) -> None:
    with acting_as(REGION):
        case = access.case_for_reading(actor=NURSE, case_id=shared[0], at=LATER)

    entry = log(REGION)[-1]
    assert (entry.activity, entry.owner, entry.reason) == ("read", REGION, Reason.GRANTED)
    assert entry.common_ids == [str(case.common_id)]
    assert (entry.staff_name, entry.title, entry.unit_id) == (NURSE.name, NURSE.title, WARD)


def test_writing_is_written_down_as_writing(shared: tuple[UUID, UUID]) -> None:
    contribute(shared[1])

    entry = log(MUNICIPALITY)[-1]
    assert (entry.activity, entry.staff_name) == ("write", OFFICER.name)


def test_a_unit_that_takes_no_part_sees_no_case(shared: tuple[UUID, UUID]) -> None:
    with acting_as(MUNICIPALITY), pytest.raises(access.NotVisible) as refusal:
        access.case_for_reading(actor=MUNICIPAL_NURSE, case_id=shared[1], at=LATER)

    assert refusal.value.reason is Reason.UNIT_TAKES_NO_PART


def test_a_case_of_somebody_else_is_refused_in_the_words_for_one_that_does_not_exist(
    shared: tuple[UUID, UUID],
) -> None:
    refusals = []
    for case_id in (uuid4(), shared[0], shared[1]):
        with acting_as(STRANGER), pytest.raises(access.NotVisible) as refusal:
            access.case_for_reading(actor=STRANGER_OFFICER, case_id=case_id, at=LATER)
        refusals.append((str(refusal.value), refusal.value.reason, refusal.value.common_id))

    assert len(set(refusals)) == 1


def test_a_role_without_the_right_is_told_so(shared: tuple[UUID, UUID]) -> None:
    with acting_as(MUNICIPALITY), pytest.raises(access.NotAllowed) as refusal:
        access.refuse_unless_in_case(
            actor=OFFICER, case_id=shared[1], permission=Permission.NOTIFY_READY, at=LATER
        )

    assert refusal.value.reason is Reason.NOT_IN_ROLE


def test_who_administers_reads_no_case_at_the_unit_either(shared: tuple[UUID, UUID]) -> None:
    administrator = actor("Adam Adm", Role.LOCAL_ADMINISTRATOR, "Administratör", WARD)

    with acting_as(REGION), pytest.raises(access.NotAllowed):
        access.case_for_reading(actor=administrator, case_id=shared[0], at=LATER)


def test_a_refusal_is_written_down_with_its_reason(shared: tuple[UUID, UUID]) -> None:
    with acting_as(MUNICIPALITY):
        with pytest.raises(access.Denied) as refusal:
            access.case_for_reading(actor=MUNICIPAL_NURSE, case_id=shared[1], at=LATER)
        access.log_denial(refusal.value, at=LATER)

    entry = log(MUNICIPALITY)[-1]
    assert (entry.activity, entry.reason) == ("denied", Reason.UNIT_TAKES_NO_PART)
    assert entry.common_ids == [str(case_at(MUNICIPALITY).common_id)]
    assert (entry.rows, entry.staff_name) == (0, MUNICIPAL_NURSE.name)


def test_a_refusal_of_a_case_that_does_not_exist_is_written_down_too(
    shared: tuple[UUID, UUID],
) -> None:
    with acting_as(STRANGER):
        with pytest.raises(access.Denied) as refusal:
            access.case_for_reading(actor=STRANGER_OFFICER, case_id=shared[0], at=LATER)
        access.log_denial(refusal.value, at=LATER)

    assert (log(STRANGER)[-1].activity, log(STRANGER)[-1].common_ids) == ("denied", [])


def test_what_is_open_is_shown_with_its_grounds(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    contribute(shared[1])

    seen, hidden = seen_by_the_ward()

    assert [(it.owner, it.text, it.author) for it in seen] == [
        (MUNICIPALITY, "Hemtjänst", OFFICER.name)
    ]
    assert seen[0].agreement is not None
    assert seen[0].agreement.id == agreement.id
    assert seen[0].ground is not None
    assert hidden == ()


def test_a_read_in_place_is_seen_by_the_owner(shared: tuple[UUID, UUID]) -> None:
    contribute(shared[1])

    seen_by_the_ward()

    with acting_as(MUNICIPALITY), looking_into(REGION):
        read = list(AccessLog.objects.values_list("owner", "channel", "ground", "rows"))
    assert read == [(MUNICIPALITY, "B", "consent", 1)]


def test_nothing_is_shown_that_cannot_be_written_down(
    shared: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    contribute(shared[1])

    def fails(lines: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(access.AccessLog.objects, "bulk_create", fails)
    with pytest.raises(DatabaseError):
        seen_by_the_ward()


def test_what_is_hidden_is_told_with_its_reason(shared: tuple[UUID, UUID]) -> None:
    contribute(shared[1])
    consent(case_id=shared[0], classes=["health_care"], at=AT + 3 * HOUR)
    tasks.drain()

    seen, hidden = seen_by_the_ward()

    assert seen == ()
    assert {(it.info_class, it.reason) for it in hidden} == {
        ("planning", Reason.NO_CONSENT),
        ("social_care", Reason.NO_CONSENT),
    }


def test_the_door_asks_the_agreement_again_where_a_stamp_is_late(
    shared: tuple[UUID, UUID], agreement: Agreement
) -> None:
    contribute(shared[1])
    with acting_as(REGION):
        operations.end_agreement(
            actor=SIGNATORIES[REGION], agreement=agreement.id, reason="Uppsagd", at=AT + DAY
        )

    seen, hidden = seen_by_the_ward()

    with acting_as(REGION), looking_into(MUNICIPALITY):
        assert Contribution.objects.count() == 1  # the row's stamp is still there
    assert seen == ()
    assert {it.reason for it in hidden} == {Reason.NO_AGREEMENT}


def test_only_a_signatory_ends_or_signs(agreement: Agreement) -> None:
    with acting_as(REGION):
        with pytest.raises(access.NotAllowed):
            operations.end_agreement(
                actor=NURSE, agreement=agreement.id, reason="Uppsagd", at=AT + DAY
            )
        with pytest.raises(access.NotAllowed):
            operations.sign_agreement(
                actor=NURSE, agreement=agreement.id, text_hash=agreement.text_hash, at=AT + DAY
            )


def test_nobody_is_told_there_that_the_log_is_reviewed(shared: tuple[UUID, UUID]) -> None:
    with acting_as(REGION):
        case = Case.objects.get(pk=shared[0])
        for activity in ("read", "review", "extract"):
            access.log(actor=NURSE, owner=REGION, activity=activity, rows=1, at=AT + DAY,
                       common_ids=[case.common_id])  # fmt: skip
        newest = [it.activity for it in access.readings(case=case) if it.at == AT + DAY]

    assert newest == ["read"]


def test_the_readings_of_a_case_name_who_read_it(shared: tuple[UUID, UUID]) -> None:
    with acting_as(REGION):
        case = access.case_for_reading(actor=NURSE, case_id=shared[0], at=LATER)
        newest = access.readings(case=case)[0]

    assert (newest.staff_name, newest.activity, newest.at) == (NURSE.name, "read", LATER)
