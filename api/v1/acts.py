"""Acts of the discharge process, each under its own name: it takes its operation's arguments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.fields import CODE, Flag, HsaIds, Line, Moment, Prose, Values, Word, Words
from api.operation import Call, Operation
from api.v1.examples import INSTANT, UNIT
from api.v1.messages import Sent
from care.discharge import operations
from care.identity.permissions import Permission
from care.identity.scopes import RIGHTS, Scope
from care.inbox import consents
from care.law import disclosure
from care.law.discharge import ACT_LABELS, PROCESS, ROUTINE, Act
from care.law.disclosure import Teller
from tenants.agreements import InfoClass

GROUNDS = tuple(dict.fromkeys(gate.name for it in Teller for gate in disclosure.grounds_of(it)))
NEEDS = ("social_services", "municipal_health_care", "outpatient_care")
INFO_CLASSES = tuple(it.value for it in InfoClass)
TYPES = ("coordinated_record", "information_transfer", "planning", "relative_participation",
         "proxy")  # fmt: skip


class Ground(Word):
    """Sekretessgrund: needed for what goes beyond the statutory core."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(GROUNDS, **more)


class NotifyAdmission(Values):
    """Inskrivningsmeddelande (2 kap. 1-3 §§)."""

    example = {
        "recipients": [UNIT], "admitted_at": INSTANT, "need_assessed_at": None,
        "physician": "Jonas Ek", "expected_discharge_at": INSTANT,
        "needs": ["social_services"], "reason": "", "preliminary_needs": "", "ground": "",
    }  # fmt: skip

    recipients = HsaIds(min_length=1)
    admitted_at = Moment()
    need_assessed_at = Moment(required=False, allow_null=True, default=None)
    physician = Line(length=100)
    expected_discharge_at = Moment()
    needs = Words(NEEDS, allow_empty=False)
    reason = Prose(required=False)
    preliminary_needs = Prose(required=False)
    ground = Ground()


class AnswerAdmission(Values):
    """Svar på inskrivningsmeddelande."""

    example = {"answer": "known", "contact": "Karin Nyström, 0640-160 00",
               "current_interventions": "", "ground": ""}  # fmt: skip

    answer = Word(("known", "not_known", "rejected"))
    contact = Line()
    current_interventions = Prose(required=False)
    ground = Ground()


class StartPlanning(Values):
    """Planering påbörjad (2 kap. 6 §)."""

    example = {"contact": "Karin Nyström", "text": "Hemtjänst planeras morgon och kväll."}

    contact = Line()
    text = Prose(required=False)


class SubmitPlanningBasis(Values):
    """Planeringsunderlag, för den gemensamma vyn."""

    example = {"info_class": "planning", "text": "Behöver rullstol och ramp."}

    info_class = Word(INFO_CLASSES)
    text = Prose()


class ReviseExpectedDischarge(Values):
    """Ändrad beräknad utskrivning (2 kap. 4 §)."""

    example = {"expected_discharge_at": INSTANT, "reason": "", "ground": ""}

    expected_discharge_at = Moment()
    reason = Prose(required=False)
    ground = Ground()


class NameCareContact(Values):
    """Fast vårdkontakt utsedd (2 kap. 5 §)."""

    example = {"name": "Maja Lund", "title": "Distriktssköterska", "phone": "063-14 20 00"}

    name = Line(length=100)
    title = Line(length=CODE)
    phone = Line(length=30)


class StateAvailability(Values):
    """Besked om öppenvårdens insatser (5 kap. 5 §)."""

    example = {"status": "available", "is_cause": None, "starts_at": None, "reason": "",
               "ground": ""}  # fmt: skip

    status = Word(("available", "not_available", "not_clarified"))
    is_cause = Flag(required=False, allow_null=True, default=None)
    starts_at = Moment(required=False, allow_null=True, default=None)
    reason = Prose(required=False)
    ground = Ground()


class StateReception(Values):
    """Besked om kommunens mottagande."""

    example = {"can_receive": True, "from_at": INSTANT, "reason": "", "ground": ""}

    can_receive = Flag()
    from_at = Moment(required=False, allow_null=True, default=None)
    reason = Prose(required=False)
    ground = Ground()


class NotifyReady(Values):
    """Underrättelse om utskrivningsklar (3 kap. 1 §)."""

    example = {"physician": "Jonas Ek", "assessed_at": INSTANT, "note": "", "ground": ""}

    physician = Line(length=100)
    assessed_at = Moment()
    note = Prose(required=False)
    ground = Ground()


class WithdrawReady(Values):
    """Återtagande av utskrivningsklar."""

    example = {"reason": "worse", "occurred_at": None}

    reason = Word(("worse", "reassessed", "other_ward", "misregistered"))
    occurred_at = Moment(required=False, allow_null=True, default=None)


class CallToPlanning(Values):
    """Kallelse till samordnad individuell planering (4 kap. 3 §)."""

    example = {"meeting_at": INSTANT, "form": "video", "question": "", "ground": ""}

    meeting_at = Moment(required=False, allow_null=True, default=None)
    form = Word(("home", "hospital", "health_centre", "video", "phone"))
    question = Prose(required=False)
    ground = Ground()


class AnswerCall(Values):
    """Svar på kallelse."""

    example = {"answer": "accept", "proposal": ""}

    answer = Word(("accept", "decline", "propose"))
    proposal = Line(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the time that is proposed."""
        if attrs["answer"] == "propose" and not attrs["proposal"]:
            raise ValidationError({"proposal": ["Skriv den tid som ni föreslår."]})
        return attrs


class TransferredContent(Values):
    """Vad mottagarna behöver veta."""

    example = {
        "stay": "", "status_now": "", "medicines": "Waran utsatt.", "aids": "", "risks": "",
        "follow_up": "", "own_view": "", "contacts": "",
    }  # fmt: skip

    stay = Prose(required=False)
    status_now = Prose(required=False)
    medicines = Prose(required=False)
    aids = Prose(required=False)
    risks = Prose(required=False)
    follow_up = Prose(required=False)
    own_view = Prose(required=False)
    contacts = Prose(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for something to transfer."""
        if not any(attrs.values()):
            raise ValidationError("Skriv i minst ett fält vad mottagarna behöver veta.")
        return attrs


class TransferInformation(Values):
    """Informationsöverföring vid utskrivning (3 kap. 2 §)."""

    example = {"content": TransferredContent.example, "ground": GROUNDS[0]}

    content = TransferredContent()
    ground = Ground()


class InformIndividual(Values):
    """Information till patienten (3 kap. 3 §)."""

    example = {"how": "oral_written"}

    how = Word(("oral_written", "written", "oral", "relative"))


class RecordDischarge(Values):
    """Utskriven."""

    example = {"discharged_at": INSTANT, "destination": "home"}

    discharged_at = Moment()
    destination = Word(("home", "short_term", "care_home", "other_hospital", "other"))


class ConfirmHomecoming(Values):
    """Hemkomst bekräftad."""

    example = {"home_at": INSTANT, "note": "", "ground": ""}

    home_at = Moment()
    note = Prose(required=False)
    ground = Ground()


class SendGeneralMessage(Values):
    """Generellt meddelande, till valda enheter på en sekretessgrund."""

    example = {"recipients": [UNIT], "subject": "Hjälpmedel", "text": "Rullstolen är beställd.",
               "ground": GROUNDS[0]}  # fmt: skip

    recipients = HsaIds(min_length=1)
    subject = Line(length=100)
    text = Prose()
    ground = Ground(required=True)


class CloseCase(Values):
    """Avsluta ärende."""

    example = {"planning": "done", "note": ""}

    planning = Word(("done", "declined", "not_needed"))
    note = Prose(required=False)


class AbortCase(Values):
    """Avbryt ärende."""

    example = {"reason": "no_need"}

    reason = Word(("deceased", "other_hospital", "no_need", "consent_withdrawn", "misregistered"))


class RecordConsent(Values):
    """Samtycke: till vad, svaret, hur det gavs och till när."""

    example = {
        "type": "coordinated_record", "value": "yes", "info_classes": ["planning"],
        "given_how": "oral", "expires_at": "2027-03-02T08:15:00Z", "recipients": [],
        "is_clarified": False, "purpose": "",
    }  # fmt: skip

    type = Word(TYPES, source="type_")
    value = Word(("yes", "partial", "no", "unable", "compulsory_care"))
    info_classes = Words(INFO_CLASSES, required=False, default=list)
    given_how = Word(("oral", "written", "e_id"))
    expires_at = Moment()
    recipients = serializers.ListField(
        child=Line(length=63), required=False, default=list, max_length=100
    )
    is_clarified = Flag(required=False, default=False)
    purpose = Line(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask what a yes is to: a consent is never general."""
        is_about_data = attrs["type_"] not in ("relative_participation", "proxy")
        needs = attrs["value"] in ("yes", "partial") or attrs["is_clarified"]
        if is_about_data and needs and not attrs["info_classes"]:
            raise ValidationError({"info_classes": ["Välj vilka uppgifter svaret gäller."]})
        attrs["recipients"] = attrs["recipients"] or None
        return attrs


class WithdrawConsent(Values):
    """Vilket samtycke som återtas."""

    example = {"type": "coordinated_record"}

    type = Word(TYPES, source="type_")


TAKES: dict[Act, type[Values]] = {
    Act.NOTIFY_ADMISSION: NotifyAdmission,
    Act.ANSWER_ADMISSION: AnswerAdmission,
    Act.START_PLANNING: StartPlanning,
    Act.NAME_CARE_CONTACT: NameCareContact,
    Act.SUBMIT_PLANNING_BASIS: SubmitPlanningBasis,
    Act.REVISE_EXPECTED_DISCHARGE: ReviseExpectedDischarge,
    Act.STATE_AVAILABILITY: StateAvailability,
    Act.STATE_RECEPTION: StateReception,
    Act.NOTIFY_READY: NotifyReady,
    Act.WITHDRAW_READY: WithdrawReady,
    Act.CALL_TO_PLANNING: CallToPlanning,
    Act.ANSWER_CALL: AnswerCall,
    Act.TRANSFER_INFORMATION: TransferInformation,
    Act.INFORM_INDIVIDUAL: InformIndividual,
    Act.RECORD_DISCHARGE: RecordDischarge,
    Act.CONFIRM_HOMECOMING: ConfirmHomecoming,
    Act.SEND_GENERAL_MESSAGE: SendGeneralMessage,
    Act.CLOSE_CASE: CloseCase,
    Act.ABORT_CASE: AbortCase,
}
# What is kept in the case and sent to nobody answers nothing.
SENT_TO_NOBODY = frozenset({Act.SUBMIT_PLANNING_BASIS, Act.INFORM_INDIVIDUAL, Act.CLOSE_CASE})


def _act(act: Act) -> Operation:
    """Return the operation of an act, which is called as its own function in care.discharge."""
    do: Callable[..., Any] = getattr(operations, act)
    is_silent = act in SENT_TO_NOBODY

    def run(request: Call, id: UUID, sent: dict[str, Any]) -> dict[str, Any] | None:
        _refuse_ground(sent.get("ground", ""), request.actor.branch)
        done = do(actor=request.actor, case_id=id, at=request.at, **sent)
        return None if is_silent else {"message_id": done.pk}

    statute = PROCESS.statute(act)
    label = str(ACT_LABELS[act]) + (f" ({statute})" if statute != ROUTINE else "")
    return _operation(act, label, run, TAKES[act], None if is_silent else Sent)


def _refuse_ground(ground: str, branch: str) -> None:
    """Let a ground through that holds for who sends: social services lack one of them.

    :raises ValidationError: if it does not
    """
    held = [it.name for it in disclosure.grounds_of(disclosure.teller_of(branch))]
    if ground and ground not in held:
        raise ValidationError({"ground": [f"Grunden gäller inte er. Välj: {', '.join(held)}."]})


def _operation(
    name: str,
    label: str,
    run: Callable[..., Any],
    takes: type[Values],
    answers: type[Values] | None,
) -> Operation:
    permission = Permission(f"case:{name}")
    scope = next(it for it in (Scope.MESSAGE_SEND, Scope.CASE_WRITE) if permission in RIGHTS[it])
    return Operation(
        method="POST",
        name=str(name),
        tag="cases",
        does=f"{label}.",
        means=f"The act `{name}` of a case. It is one transaction with all that follows from it.",
        run=run,
        takes=takes,
        answers=answers,
        status=201 if answers else 204,
        scope=scope,
        needs=(permission,),
        has_key=True,
    )


def _consent(name: str, label: str, takes: type[Values]) -> Operation:
    do: Callable[..., Any] = getattr(consents, name)

    def run(request: Call, id: UUID, sent: dict[str, Any]) -> None:
        do(actor=request.actor, case_id=id, at=request.at, **sent)

    return _operation(name, label, run, takes, None)


DONE: tuple[Operation, ...] = (
    *(_act(it) for it in TAKES),
    _consent("record_consent", "Samtycke antecknas", RecordConsent),
    _consent("withdraw_consent", "Samtycke återtas", WithdrawConsent),
)
