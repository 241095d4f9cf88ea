"""Acts of the discharge process: one function for each act in the statute.

Every one opens the door, lets the law's table judge, and is one transaction: event, message,
deliveries, letters and deadlines. Facts are never refused for being late or incomplete; compliance
is computed (`queries`).

Raised by all: access.NotVisible, access.NotAllowed, machine.NotPermitted (the act cannot be in the
state), inbox.GroundMissing (an extension without a secrecy ground).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from care.cases import operations as cases
from care.cases.operations import Doer
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.inbox import consents, operations, projections, terms
from care.inbox.models import Message
from care.individuals import operations as individuals
from care.individuals.operations import Person
from care.law.discharge import Act
from care.sharing import access, protected
from care.sharing.operations import contribute
from tenants import registry
from tenants.context import acting_for


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    person: Person,
    variant: str,
    admitted_at: datetime,
    need_assessed_at: datetime | None,
    at: datetime,
) -> UUID:
    """Öppna ärende: begin a case for an inpatient episode; this huvudman leads it.

    A case of somebody with protected identity that the actor may not know of is as if it were not
    there: that somebody is in hospital is told to nobody by a refusal.

    :raises cases.IndividualHasOpenCase: if the person has a case that is not closed
    """
    access.refuse_unless(actor, Permission.OPEN_CASE)
    individual = individuals.know(replace(person, protected_at=at.isoformat()))
    case = cases.open_case(
        individual=individual,
        unit_id=actor.unit_id,
        variant=variant,
        terms=terms.between(
            acting_for(), _municipality(person.registered_municipality), at=at
        ).to_json(),
        by=Doer.from_actor(actor),
        body=_written({"admitted_at": admitted_at, "need_assessed_at": need_assessed_at}),
        besides=protected.unknown_cases(individual, actor=actor, at=at),
        at=at,
    )
    access.log(actor=actor, owner=actor.tenant, activity="write", common_ids=[case.common_id],
               rows=1, at=at)  # fmt: skip
    projections.refresh(case, at=at)
    case_id: UUID = case.pk
    return case_id


@transaction.atomic
def notify_admission(
    *,
    actor: Actor,
    case_id: UUID,
    recipients: Sequence[str],
    admitted_at: datetime,
    need_assessed_at: datetime | None,
    physician: str,
    expected_discharge_at: datetime,
    needs: Sequence[str],
    reason: str = "",
    preliminary_needs: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Inskrivningsmeddelande (2 kap. 1-3 §§): tell the units concerned that somebody is admitted.

    The four things of 2 kap. 2 § go without any ground: name, number, address (with the case) and
    the expected discharge.
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.NOTIFY_ADMISSION, at=at
    )
    sent = operations.send(
        case,
        Act.NOTIFY_ADMISSION,
        actor=actor,
        at=at,
        core=_written(
            {
                "admitted_at": admitted_at,
                "need_assessed_at": need_assessed_at,
                "physician": physician,
                "expected_discharge_at": expected_discharge_at,
                "needs": list(needs),
                "liable_municipality": case.individual.registered_municipality,
                "variant": case.variant,
            }
        ),
        extension={"reason": reason, "preliminary_needs": preliminary_needs},
        ground=ground,
        recipients=recipients,
    )
    consents.tell_known(case, at=at)
    return sent


@transaction.atomic
def answer_admission(
    *,
    actor: Actor,
    case_id: UUID,
    answer: str,
    contact: str,
    current_interventions: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Svar på inskrivning: known, not known, or rejected, with whom to turn to."""
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.ANSWER_ADMISSION, at=at
    )
    operations.mark_answered(case, actor=actor, acts=[Act.NOTIFY_ADMISSION], at=at)
    return operations.send(
        case,
        Act.ANSWER_ADMISSION,
        actor=actor,
        at=at,
        core={"answer": answer, "contact": contact},
        extension={"current_interventions": current_interventions},
        ground=ground,
    )


@transaction.atomic
def start_planning(
    *, actor: Actor, case_id: UUID, contact: str, text: str, at: datetime
) -> Message:
    """Planering påbörjad (2 kap. 6 §); what is planned is read in place by those it is open to."""
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.START_PLANNING, at=at
    )
    sent = operations.send(case, Act.START_PLANNING, actor=actor, at=at, core={"contact": contact})
    if text:
        contribute(case, actor=actor, kind=Act.START_PLANNING, info_class="planning", text=text,
                   at=at)  # fmt: skip
    return sent


@transaction.atomic
def submit_planning_basis(
    *, actor: Actor, case_id: UUID, info_class: str, text: str, at: datetime
) -> None:
    """Planeringsunderlag: written for the common view, read in place by those it is open to."""
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.SUBMIT_PLANNING_BASIS, at=at
    )
    contribute(case, actor=actor, kind=Act.SUBMIT_PLANNING_BASIS, info_class=info_class, text=text,
               at=at)  # fmt: skip
    cases.record(
        case,
        act=Act.SUBMIT_PLANNING_BASIS,
        by=Doer.from_actor(actor),
        at=at,
        body={"info_class": info_class},
    )
    projections.refresh(case, at=at)


@transaction.atomic
def transfer_information(
    *, actor: Actor, case_id: UUID, content: Mapping[str, str], ground: str, at: datetime
) -> Message:
    """Informationsöverföring vid utskrivning (3 kap. 2 §): what the receivers need to know."""
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.TRANSFER_INFORMATION, at=at
    )
    return operations.send(
        case, Act.TRANSFER_INFORMATION, actor=actor, at=at, extension=content, ground=ground
    )


@transaction.atomic
def inform_individual(*, actor: Actor, case_id: UUID, how: str, at: datetime) -> None:
    """Information till patienten (3 kap. 3 §): that the written summary has been given."""
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.INFORM_INDIVIDUAL, at=at
    )
    cases.record(
        case, act=Act.INFORM_INDIVIDUAL, by=Doer.from_actor(actor), at=at, body={"how": how}
    )
    projections.refresh(case, at=at)


@transaction.atomic
def close_case(*, actor: Actor, case_id: UUID, planning: str, note: str = "", at: datetime) -> None:
    """Avsluta ärende, when follow-ups are done; every huvudman in the case is told the state.

    :param planning: what became of the individual planning (4 kap. 1-2 §§): done, declined or
        not_needed
    """
    case = access.case_for_writing(
        actor=actor, case_id=case_id, permission=Permission.CLOSE_CASE, at=at
    )
    cases.record(
        case,
        act=Act.CLOSE_CASE,
        by=Doer.from_actor(actor),
        at=at,
        body={"planning": planning, "note": note},
    )
    operations.tell_state(case, at=at)
    projections.refresh(case, at=at)


def _send(
    act: Act,
    permission: Permission,
    *,
    actor: Actor,
    case_id: UUID,
    core: Mapping[str, Any],
    extension: Mapping[str, Any] | None = None,
    ground: str = "",
    recipients: Sequence[str] | None = None,
    answers: Sequence[Act] = (),
    at: datetime,
) -> Message:
    """Carry out an act that is one message: door, answer to what came before, message."""
    with transaction.atomic():
        case = access.case_for_writing(actor=actor, case_id=case_id, permission=permission, at=at)
        operations.mark_answered(case, actor=actor, acts=answers, at=at)
        return operations.send(
            case,
            act,
            actor=actor,
            at=at,
            core=_written(core),
            extension=extension,
            ground=ground,
            recipients=recipients,
        )


def revise_expected_discharge(
    *,
    actor: Actor,
    case_id: UUID,
    expected_discharge_at: datetime,
    reason: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Ändrad beräknad utskrivning (2 kap. 4 §), as soon as the estimate no longer holds."""
    return _send(
        Act.REVISE_EXPECTED_DISCHARGE,
        Permission.REVISE_EXPECTED_DISCHARGE,
        actor=actor,
        case_id=case_id,
        core={"expected_discharge_at": expected_discharge_at},
        extension={"reason": reason},
        ground=ground,
        at=at,
    )


def name_care_contact(
    *, actor: Actor, case_id: UUID, name: str, title: str, phone: str, at: datetime
) -> Message:
    """Fast vårdkontakt utsedd (2 kap. 5 §), before the individual is discharged."""
    return _send(
        Act.NAME_CARE_CONTACT,
        Permission.NAME_CARE_CONTACT,
        actor=actor,
        case_id=case_id,
        core={"name": name, "title": title, "phone": phone},
        answers=[Act.NOTIFY_ADMISSION],
        at=at,
    )


def state_availability(
    *,
    actor: Actor,
    case_id: UUID,
    status: str,
    is_cause: bool | None,
    starts_at: datetime | None = None,
    reason: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Öppenvårdens insatser: available, not available, not clarified (5 kap. 5 §)."""
    return _send(
        Act.STATE_AVAILABILITY,
        Permission.STATE_AVAILABILITY,
        actor=actor,
        case_id=case_id,
        core={"status": status, "is_cause": is_cause, "starts_at": starts_at},
        extension={"reason": reason},
        ground=ground,
        at=at,
    )


def state_reception(
    *,
    actor: Actor,
    case_id: UUID,
    can_receive: bool,
    from_at: datetime | None = None,
    reason: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Kommunen kan ta emot, and when; or cannot yet, and what is missing."""
    return _send(
        Act.STATE_RECEPTION,
        Permission.STATE_RECEPTION,
        actor=actor,
        case_id=case_id,
        core={"can_receive": can_receive, "from_at": from_at},
        extension={"reason": reason},
        ground=ground,
        answers=[Act.NOTIFY_READY],
        at=at,
    )


def notify_ready(
    *,
    actor: Actor,
    case_id: UUID,
    physician: str,
    assessed_at: datetime,
    note: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Underrättelse om utskrivningsklar (3 kap. 1 §); when it is sent starts the clock of 5:4."""
    return _send(
        Act.NOTIFY_READY,
        Permission.NOTIFY_READY,
        actor=actor,
        case_id=case_id,
        core={"physician": physician, "assessed_at": assessed_at},
        extension={"note": note},
        ground=ground,
        at=at,
    )


def withdraw_ready(
    *,
    actor: Actor,
    case_id: UUID,
    reason: str,
    occurred_at: datetime | None = None,
    at: datetime,
) -> Message:
    """Återtagande av utskrivningsklar: the period ends; a new notice starts a new clock."""
    return _send(
        Act.WITHDRAW_READY,
        Permission.WITHDRAW_READY,
        actor=actor,
        case_id=case_id,
        core={"reason": reason, "occurred_at": occurred_at},
        at=at,
    )


def call_to_planning(
    *,
    actor: Actor,
    case_id: UUID,
    meeting_at: datetime | None,
    form: str,
    question: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Kallelse till samordnad individuell planering (4 kap. 3 §), by the region's care contact."""
    return _send(
        Act.CALL_TO_PLANNING,
        Permission.CALL_TO_PLANNING,
        actor=actor,
        case_id=case_id,
        core={"meeting_at": meeting_at, "form": form},
        extension={"question": question},
        ground=ground,
        at=at,
    )


def answer_call(
    *, actor: Actor, case_id: UUID, answer: str, proposal: str = "", at: datetime
) -> Message:
    """Svar på kallelse: accept, decline, or propose another time."""
    return _send(
        Act.ANSWER_CALL,
        Permission.ANSWER_CALL,
        actor=actor,
        case_id=case_id,
        core={"answer": answer, "proposal": proposal},
        answers=[Act.CALL_TO_PLANNING],
        at=at,
    )


def record_discharge(
    *, actor: Actor, case_id: UUID, discharged_at: datetime, destination: str, at: datetime
) -> Message:
    """Utskriven: a fact with its time; what is missing then is computed, never blocked."""
    return _send(
        Act.RECORD_DISCHARGE,
        Permission.RECORD_DISCHARGE,
        actor=actor,
        case_id=case_id,
        core={"discharged_at": discharged_at, "destination": destination},
        at=at,
    )


def confirm_homecoming(
    *,
    actor: Actor,
    case_id: UUID,
    home_at: datetime,
    note: str = "",
    ground: str = "",
    at: datetime,
) -> Message:
    """Hemkomst bekräftad: the person is at home and has been met."""
    return _send(
        Act.CONFIRM_HOMECOMING,
        Permission.CONFIRM_HOMECOMING,
        actor=actor,
        case_id=case_id,
        core={"home_at": home_at},
        extension={"note": note},
        ground=ground,
        answers=[Act.RECORD_DISCHARGE],
        at=at,
    )


def send_general_message(
    *,
    actor: Actor,
    case_id: UUID,
    subject: str,
    text: str,
    ground: str,
    recipients: Sequence[str],
    at: datetime,
) -> Message:
    """Generellt meddelande: free text in the case, to chosen units, on a secrecy ground."""
    return _send(
        Act.SEND_GENERAL_MESSAGE,
        Permission.SEND_GENERAL_MESSAGE,
        actor=actor,
        case_id=case_id,
        core={},
        extension={"subject": subject, "text": text},
        ground=ground,
        recipients=recipients,
        at=at,
    )


def abort_case(*, actor: Actor, case_id: UUID, reason: str, at: datetime) -> Message:
    """Avbrott i processen: deceased, moved, no need, recorded by mistake."""
    return _send(
        Act.ABORT_CASE,
        Permission.ABORT_CASE,
        actor=actor,
        case_id=case_id,
        core={"reason": reason},
        at=at,
    )


def _municipality(code: str) -> str:
    """Return the schema of the huvudman with a municipality code; our own where none has joined."""
    named = registry.kin().filter(municipality_code=code).values_list("schema_name", flat=True)
    return named.first() or acting_for()


def _written(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return content as JSON: moments in ISO 8601, what is not stated left out."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in content.items()
        if value is not None
    }
