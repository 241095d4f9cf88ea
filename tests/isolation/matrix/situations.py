"""One case for each relation of the matrix, and a person in every role who stands in it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from cast import MUNICIPALITY, REGION, STRANGER
from django.db import transaction
from django.test import Client
from hired import Hired, hire
from isolation.county import COORDINATED, SIGNATORIES, admit, agree, case_at, consent
from onboarded import begin
from people import (
    BERIT,
    CASE_OFFICERS,
    DAY,
    ELSEWHERE,
    HEALTH_CENTRE,
    HOUR,
    NURSE,
    OFFICER,
    WARD,
    write_units,
)
from visits import browser

from care.cases.models import Case
from care.discharge import operations as discharge
from care.identity.permissions import Role
from care.inbox import consents, tasks
from care.sharing.operations import contribute, end_agreement
from tenants import clock
from tenants.context import acting_as

# Where those who ask sit: every relation but three is that of the municipality in the case.
PLACES = {
    "own_unit": (REGION, WARD),
    "other_unit": (REGION, HEALTH_CENTRE),
    "outside": (STRANGER, ELSEWHERE),
}
IN_THE_CASE = (MUNICIPALITY, CASE_OFFICERS)
CLASSES = ("planning", "health_care")  # agreed; social_care is not
OWN = {REGION: "Avdelningens underlag", MUNICIPALITY: "Kommunens underlag"}
AGREED_NOT = "Avdelningens anteckning om omsorg"
LETTER = "Brevet gick som meddelande"


@dataclass(frozen=True)
class Situation:
    """A relation, made: what stands in the addresses, and who asks."""

    relation: str
    tenant: str
    case_id: UUID
    message_id: UUID
    agreement_id: UUID
    browsers: dict[str, tuple[Hired, Client]]

    def find(self, name: str) -> str:
        """Return the words that are looked for."""
        others = REGION if self.tenant != REGION else MUNICIPALITY
        return {
            "name_in_case": BERIT.family_name,
            "own_contribution": OWN.get(self.tenant, LETTER),
            "their_planning": OWN[others],
            "their_social": AGREED_NOT if self.tenant != REGION else str(NOTHING),
            "letter": LETTER,
            "name_in_worklist": BERIT.family_name,
            "name_in_search": BERIT.family_name,
        }[name]


def make(relation: str) -> Situation:
    """Write the rows of a relation."""
    at = clock.moment() - 2 * DAY
    write_units()
    begin(MUNICIPALITY)
    last_day = at.date() + timedelta(days=1 if relation == "agreement_expired" else 4000)
    agreed = agree(classes=CLASSES, last_day=last_day, at=at - 30 * DAY)
    protection = "protected_registration" if relation == "protected_person" else ""
    case_id = admit(person=replace(BERIT, protection=protection), to=[CASE_OFFICERS], at=at)
    tasks.drain()
    consent(case_id=case_id, at=at + HOUR)
    with acting_as(REGION):
        told = discharge.send_general_message(
            actor=NURSE, case_id=case_id, subject="Fråga", text=LETTER, ground="consent",
            recipients=[CASE_OFFICERS], at=at + HOUR,
        )  # fmt: skip
    tasks.drain()
    _write()
    _change(relation, case_id, agreed.id)
    tasks.drain()
    tenant, unit_id = PLACES.get(relation, IN_THE_CASE)
    return Situation(
        relation=relation,
        tenant=tenant,
        case_id=case_at(MUNICIPALITY).pk if tenant == MUNICIPALITY else case_id,
        message_id=told.pk,
        agreement_id=agreed.id,
        browsers={it.value: _browser(tenant, unit_id, it) for it in Role},
    )


def _write() -> None:
    for actor in (NURSE, OFFICER):
        with acting_as(actor.tenant), transaction.atomic():
            case = Case.objects.get()
            contribute(case, actor=actor, kind="submit_planning_basis", info_class="planning",
                       text=OWN[actor.tenant], at=clock.moment() - DAY)  # fmt: skip
            if actor is NURSE:
                contribute(case, actor=actor, kind="submit_planning_basis",
                           info_class="social_care", text=AGREED_NOT,
                           at=clock.moment() - DAY)  # fmt: skip


def _change(relation: str, case_id: UUID, agreement: UUID) -> None:
    at = clock.moment() - HOUR
    with acting_as(REGION):
        if relation == "agreement_revoked":
            end_agreement(actor=SIGNATORIES[REGION], agreement=agreement, reason="Slut", at=at)
        elif relation == "consent_withdrawn":
            consents.withdraw_consent(actor=NURSE, case_id=case_id, type_=COORDINATED, at=at)
        elif relation == "closed_case":
            discharge.abort_case(actor=NURSE, case_id=case_id, reason="no_need", at=at)


def _browser(tenant: str, unit_id: str, role: Role) -> tuple[Hired, Client]:
    number = list(Role).index(role)
    prefix = unit_id.partition("-")[0]
    hired = hire(tenant, f"Kim {role}", f"{prefix}-M{number:02d}", (unit_id, role))
    return hired, browser(hired)


NOTHING = uuid4()
