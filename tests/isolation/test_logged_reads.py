"""A read and the row that tells of it are one transaction: neither is there without the other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import doors
import pytest
from cast import AT, MUNICIPALITY, REGION, STRANGER, YEARS_AHEAD
from django.db import connection, transaction
from people import ELSEWHERE, NURSE, OFFICER, STRANGER_OFFICER, WARD, write_units

from care.cases.models import Case, Contribution, Participation
from care.individuals.models import Consent, Individual
from care.sharing import access
from care.sharing.models import AccessLog
from tenants import agreements
from tenants.agreements import Channel, InfoClass
from tenants.context import acting_as
from tenants.window import looking_into

Read = Callable[[Case], Any]


def read_the_case(case: Case) -> Case:
    return access.case_for_reading(actor=OFFICER, case_id=case.pk, at=AT)


def read_abroad(case: Case) -> tuple[access.Seen, ...]:
    seen, _ = doors.contributions(actor=OFFICER, case=case, at=AT)
    return seen


@pytest.fixture
def case(committed: None, common_id: UUID) -> Case:
    """The municipality's row of a case in which the region has opened one contribution to it."""
    write_units()
    _agree()
    with acting_as(REGION):
        Contribution.objects.create(
            common_id=common_id, info_class="planning", branch="health_care", unit_id=WARD,
            unit_name="Avdelning 1", kind="submit_planning_basis", text="Bor ensam",
            author=NURSE.name, author_title=NURSE.title, at=AT,
            open_to={MUNICIPALITY: YEARS_AHEAD.isoformat()},
        )  # fmt: skip
    with acting_as(MUNICIPALITY):
        return _case_of_the_municipality(common_id)


def log() -> list[tuple[str, str, int]]:
    with acting_as(MUNICIPALITY):
        rows = AccessLog.objects.order_by("id").values_list("owner", "activity", "rows")
        return list(rows)


def test_a_read_is_shown_and_logged(case: Case) -> None:
    with acting_as(MUNICIPALITY):
        read_the_case(case)
        assert [it.text for it in read_abroad(case)] == ["Bor ensam"]
    assert log() == [(MUNICIPALITY, "read", 1), (REGION, "read", 1)]


@pytest.mark.parametrize("read", [read_the_case, read_abroad])
def test_what_cannot_be_logged_is_not_shown(
    case: Case, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(AccessLog.objects, "bulk_create", broken)
    with acting_as(MUNICIPALITY), pytest.raises(OSError):  # noqa: PT011 - ours
        read(case)
    assert log() == []


@pytest.mark.parametrize("read", [read_the_case, read_abroad])
def test_a_log_row_of_a_read_that_was_undone_is_gone_too(case: Case, read: Read) -> None:
    with acting_as(MUNICIPALITY):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _read_and_fail(case, read)
        assert not AccessLog.objects.exists()
    assert log() == []


@pytest.mark.parametrize("read", [read_the_case, read_abroad])
def test_the_row_is_written_by_the_transaction_that_read(
    case: Case, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    write = AccessLog.objects.bulk_create

    def watched(lines: list[AccessLog]) -> list[AccessLog]:
        seen.append(connection.in_atomic_block)
        return write(lines)

    monkeypatch.setattr(AccessLog.objects, "bulk_create", watched)
    with acting_as(MUNICIPALITY):
        read(case)
    assert seen == [True]


def test_of_several_reads_in_one_view_all_are_logged_or_none_is_shown(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(MUNICIPALITY):
        Participation.objects.create(case=case, unit_id=ELSEWHERE, tenant=STRANGER,
                                     from_at=AT)  # fmt: skip
    write, owners = AccessLog.objects.bulk_create, []

    def second_fails(lines: list[AccessLog]) -> None:
        owners.extend(it.owner for it in lines)
        write(lines[:1])
        raise OSError

    _agree(REGION, MUNICIPALITY, STRANGER)
    monkeypatch.setattr(AccessLog.objects, "bulk_create", second_fails)
    with acting_as(MUNICIPALITY), pytest.raises(OSError):  # noqa: PT011 - ours
        read_abroad(case)
    assert owners == [REGION, STRANGER]
    assert log() == []


def test_a_denial_is_logged_though_what_it_denied_is_undone(case: Case) -> None:
    with acting_as(MUNICIPALITY):
        with pytest.raises(access.NotVisible) as denied:
            access.case_for_reading(actor=STRANGER_OFFICER, case_id=case.pk, at=AT)
        assert not AccessLog.objects.exists()
        access.log_denial(denied.value, at=AT)
    assert [activity for _, activity, _ in log()] == ["denied"]


def test_the_owner_sees_who_has_read_its_rows_and_nobody_elses(case: Case) -> None:
    with acting_as(MUNICIPALITY):
        read_the_case(case)
        read_abroad(case)
    for reader, expected in ((REGION, [(REGION, OFFICER.name)]), (STRANGER, [])):
        with acting_as(reader), looking_into(MUNICIPALITY):
            assert list(AccessLog.objects.values_list("owner", "staff_name")) == expected


def _read_and_fail(case: Case, read: Read) -> None:
    assert read(case)
    assert AccessLog.objects.exists()
    raise ZeroDivisionError


def _agree(*parties: str) -> None:
    named = parties or (REGION, MUNICIPALITY)
    with acting_as(named[0]):
        draft = agreements.draft(
            title="Samverkan", text="x", parties=named, terms={}, at=AT,
            valid_from=AT.date(), valid_until=YEARS_AHEAD.date(),
            channels={InfoClass.PLANNING: [Channel.DIRECT_ACCESS]},
        )  # fmt: skip
    for party in named:
        with acting_as(party):
            agreements.sign(
                agreement=draft.id, text_hash=draft.text_hash, name="x", title="x", at=AT
            )


def _case_of_the_municipality(common_id: UUID) -> Case:
    individual = Individual.objects.create()
    case = Case.objects.create(
        common_id=common_id, lead=REGION, individual=individual, sending_unit_id=WARD,
        state="admitted", state_at=AT, opened_at=AT,
    )  # fmt: skip
    for unit_id, tenant in ((WARD, REGION), (OFFICER.unit_id, MUNICIPALITY)):
        Participation.objects.create(case=case, unit_id=unit_id, tenant=tenant, from_at=AT)
    Consent.objects.create(
        individual=individual, common_id=common_id, type=Consent.Type.COORDINATED_RECORD,
        value=Consent.Value.YES, given_how="oral", taken_by=REGION, taken_by_unit=WARD,
        info_classes=["planning"], recipients=[REGION, MUNICIPALITY, STRANGER], valid_from=AT,
        expires_at=YEARS_AHEAD,
    )  # fmt: skip
    return case
