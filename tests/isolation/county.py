"""What the tests of sharing begin with: an agreement in force, an admission, a consent."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cast import AT, MUNICIPALITY, REGION, STRANGER, YEARS_AHEAD
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    NURSE,
    WARD,
    actor,
)

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.actors import Actor
from care.identity.permissions import Role
from care.inbox import consents, tasks
from care.individuals.operations import Person
from care.sharing.operations import sign_agreement
from tenants import agreements
from tenants.agreements import Agreement
from tenants.context import acting_as

CLASSES = ("planning", "health_care", "social_care")
COORDINATED = "coordinated_record"
SIGNATORIES = {
    tenant: actor(f"Signe {tenant}", Role.SIGNATORY, "Direktör", unit)
    for tenant, unit in ((REGION, WARD), (MUNICIPALITY, CASE_OFFICERS), (STRANGER, ELSEWHERE))
}


def agree(
    *,
    parties: Sequence[str] = (REGION, MUNICIPALITY),
    classes: Sequence[str] = CLASSES,
    first_day: date = date(2020, 1, 1),
    last_day: date = date(2089, 12, 31),
    terms: Mapping[str, Any] | None = None,
    at: datetime = AT - 30 * DAY,
) -> Agreement:
    """Draft an agreement about direct access and let every party sign it."""
    with acting_as(parties[0]):
        drafted = agreements.draft(
            title="Överenskommelse", text="Vi delar.", parties=parties, valid_from=first_day,
            valid_until=last_day, channels=dict.fromkeys(classes, ("A", "B")), terms=terms or {},
            at=at,
        )  # fmt: skip
    for party in parties:
        with acting_as(party):
            drafted = sign_agreement(
                actor=SIGNATORIES[party], agreement=drafted.id, text_hash=drafted.text_hash, at=at
            )
    return drafted


def admit(
    *,
    by: Actor = NURSE,
    person: Person = BERIT,
    to: Sequence[str] = (HEALTH_CENTRE, CASE_OFFICERS),
    at: datetime = AT,
) -> UUID:
    """Open a case at a ward and tell of the admission; return the case's id there."""
    with acting_as(by.tenant):
        case_id = discharge.open_case(
            actor=by, person=person, variant="somatic", admitted_at=at - HOUR,
            need_assessed_at=None, at=at,
        )  # fmt: skip
        discharge.notify_admission(
            actor=by, case_id=case_id, recipients=to, admitted_at=at - HOUR,
            need_assessed_at=None, physician="Jonas Ek", expected_discharge_at=at + 3 * DAY,
            needs=["social_services", "outpatient_care"], at=at,
        )  # fmt: skip
    return case_id


def case_at(tenant: str) -> Case:
    """Return a huvudman's only case."""
    with acting_as(tenant):
        return Case.objects.select_related("individual").get()


def consent(
    *,
    by: Actor = NURSE,
    case_id: UUID,
    value: str = "yes",
    classes: Sequence[str] = CLASSES,
    expires_at: datetime = YEARS_AHEAD,
    at: datetime = AT + HOUR,
) -> None:
    """Record what the person has answered about direct access."""
    with acting_as(by.tenant):
        consents.record_consent(
            actor=by, case_id=case_id, type_=COORDINATED, value=value, info_classes=classes,
            given_how="oral", expires_at=expires_at, at=at,
        )  # fmt: skip


class Time:
    """What the worker's clock says."""

    def __init__(self) -> None:
        self.at = AT

    def pass_to(self, at: datetime) -> None:
        """Let it be later, and let the loop run."""
        self.at = at
        tasks.drain()
