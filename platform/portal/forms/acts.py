"""One form for each act of the discharge process: the words of its operation's arguments."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from care.law.discharge import Act
from portal import labels
from portal.forms import ActForm, Choice, Ground, Moment, Prose, Radio, Several, Text
from portal.forms.cases import AdmissionForm

YES_NO = {"yes": _("Ja"), "no": _("Nej")}
AS_FLAG = {"yes": True, "no": False, "": None}


class AnswerAdmissionForm(ActForm):
    """Svar på inskrivningsmeddelande."""

    beyond = ("current_interventions",)

    answer = Radio(
        _("Er enhets svar"),
        {name: labels.ANSWERS[name] for name in ("known", "not_known", "rejected")},
        _("Välj om personen är känd hos er, inte är känd eller inte berör er."),
    )
    contact = Text(
        _("Kontakt hos er"), _("Skriv vem avdelningen kan vända sig till, gärna med telefon.")
    )
    current_interventions = Prose(_("Pågående insatser"))
    ground = Ground()


class StartPlanningForm(ActForm):
    """Planering påbörjad (2 kap. 6 §)."""

    not_sent = ("text",)

    contact = Text(_("Kontakt i planeringen"), _("Skriv vem som håller i planeringen hos er."))
    text = Prose(
        _("Vad ni planerar"),
        help_text=_(
            "Skickas inte. Läses på plats av dem som överenskommelse och samtycke öppnar det för."
        ),
    )


class NameCareContactForm(ActForm):
    """Fast vårdkontakt utsedd (2 kap. 5 §)."""

    name = Text(_("Namn"), _("Skriv namnet på den fasta vårdkontakten."), length=100)
    title = Text(_("Titel"), _("Skriv titeln, till exempel distriktssköterska."), length=60)
    phone = Text(_("Telefon"), _("Skriv ett telefonnummer som går att ringa."), length=30)


class SubmitPlanningBasisForm(ActForm):
    """Planeringsunderlag."""

    info_class = Radio(
        _("Underlaget handlar om"),
        labels.INFO_CLASS_CHOICES,
        _("Välj vad underlaget handlar om. Det avgör vem som får läsa det."),
    )
    text = Prose(
        _("Underlag"),
        _("Skriv underlaget."),
        rows=8,
        help_text=_(
            "Skickas inte. Läses på plats av dem som överenskommelse och samtycke öppnar det för."
        ),
    )


class ReviseExpectedDischargeForm(ActForm):
    """Ändrad beräknad utskrivning (2 kap. 4 §)."""

    beyond = ("reason",)

    expected_discharge_at = Moment(
        _("Ny beräknad tidpunkt för utskrivning"),
        _("Skriv den dag och tid då patienten nu beräknas kunna skrivas ut."),
    )
    reason = Prose(_("Skäl till ändringen"))
    ground = Ground()


class StateAvailabilityForm(ActForm):
    """Besked om öppenvårdens insatser (5 kap. 5 §)."""

    beyond = ("reason",)

    status = Radio(
        _("Öppenvårdens insatser efter utskrivningen"),
        labels.AVAILABILITY,
        _("Välj om insatserna finns, inte finns eller inte är klarlagda."),
    )
    is_cause = Choice(
        _("Är det skälet till att patienten är kvar på sjukhuset?"),
        YES_NO,
        help_text=_("Ja betyder att kommunen inte ansvarar för dagarna (5 kap. 5 §)."),
    )
    starts_at = Moment(_("Gäller från"), help_text=_("Lämna tomt om det gäller från nu."))
    reason = Prose(_("Vad som saknas"))
    ground = Ground()

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = super().arguments()
        return {**told, "is_cause": AS_FLAG[told["is_cause"]]}


class NotifyReadyForm(ActForm):
    """Underrättelse om utskrivningsklar (3 kap. 1 §)."""

    beyond = ("note",)

    physician = Text(
        _("Behandlande läkare"),
        _("Skriv namnet på den läkare som har bedömt att patienten är utskrivningsklar."),
        length=100,
    )
    assessed_at = Moment(
        _("Tidpunkt för bedömningen"),
        _("Skriv dag och tid då läkaren gjorde bedömningen."),
        help_text=_("Betalningsansvaret räknas från när underrättelsen skickas, inte härifrån."),
    )
    note = Prose(_("Kort om läget"))
    ground = Ground()


class WithdrawReadyForm(ActForm):
    """Återtagande av utskrivningsklar."""

    reason = Choice(_("Skäl"), labels.WITHDRAWAL_REASONS, _("Välj varför det återtas."))
    occurred_at = Moment(
        _("När upphörde patienten att vara utskrivningsklar?"),
        help_text=_("Lämna tomt om det gäller från nu."),
    )


class CallToPlanningForm(ActForm):
    """Kallelse till samordnad individuell planering (4 kap. 3 §)."""

    beyond = ("question",)

    meeting_at = Moment(
        _("Mötestid"), help_text=_("Lämna tomt om tiden ska bestämmas tillsammans.")
    )
    form = Radio(_("Mötesform"), labels.MEETING_FORMS, _("Välj hur ni ska träffas."))
    question = Prose(_("Frågeställning"))
    ground = Ground()


class AnswerCallForm(ActForm):
    """Svar på kallelse."""

    answer = Radio(
        _("Er enhets svar"),
        {name: labels.ANSWERS[name] for name in ("accept", "decline", "propose")},
        _("Välj om ni tackar ja, tackar nej eller föreslår en annan tid."),
    )
    proposal = Text(_("Förslag på tid"))

    def clean(self) -> dict[str, Any]:
        """Ask for the time that is proposed."""
        told = super().clean()
        if told.get("answer") == "propose" and not told.get("proposal"):
            self.add_error("proposal", _("Skriv den tid som ni föreslår."))
        return told


class StateReceptionForm(ActForm):
    """Besked om kommunens mottagande."""

    beyond = ("reason",)

    can_receive = Radio(
        _("Kan ni ta emot personen?"), YES_NO, _("Välj om ni kan ta emot personen eller inte.")
    )
    from_at = Moment(_("Från och med"))
    reason = Prose(_("Vad som saknas"))
    ground = Ground()

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = super().arguments()
        return {**told, "can_receive": AS_FLAG[told["can_receive"]]}


class TransferInformationForm(ActForm):
    """Informationsöverföring vid utskrivning (3 kap. 2 §)."""

    beyond = (
        "stay", "status_now", "medicines", "aids", "risks", "follow_up", "own_view", "contacts",
    )  # fmt: skip

    medicines = Prose(
        _("Läkemedel"), help_text=_("Ändringar och skäl, vad som är utlämnat, vem som ordinerar.")
    )
    stay = Prose(_("Vårdtiden och vad som har gjorts"))
    status_now = Prose(_("Hälsa och funktion nu"))
    risks = Prose(_("Risker"), help_text=_("Till exempel fall, trycksår, nutrition, smitta."))
    aids = Prose(_("Hjälpmedel"))
    follow_up = Prose(_("Uppföljning och väntande svar"))
    own_view = Prose(_("Personens egen syn"), rows=2)
    contacts = Prose(_("Vem man frågar"), rows=2)
    ground = Ground()

    def clean(self) -> dict[str, Any]:
        """Ask for something to transfer."""
        told = super().clean()
        if not any(told.get(name) for name in self.beyond):
            self.add_error("medicines", _("Skriv i minst ett fält vad mottagarna behöver veta."))
        return told

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = super().arguments()
        ground = told.pop("ground")
        return {"content": told, "ground": ground}

    def divided(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the content as a message holds it: all of it goes on a ground."""
        return {}, {name: self.cleaned_data[name] for name in self.beyond}


class InformIndividualForm(ActForm):
    """Information till patienten (3 kap. 3 §)."""

    how = Radio(
        _("Hur fick patienten informationen?"),
        labels.INFORMED_HOW,
        _("Välj hur patienten fick informationen."),
    )


class RecordDischargeForm(ActForm):
    """Utskriven (3 kap. 2 §)."""

    discharged_at = Moment(_("Utskriven"), _("Skriv dag och tid då patienten skrevs ut."))
    destination = Choice(
        _("Till"), labels.DESTINATIONS, _("Välj vart personen åker från sjukhuset.")
    )


class ConfirmHomecomingForm(ActForm):
    """Hemkomst bekräftad."""

    beyond = ("note",)

    home_at = Moment(_("Hemma"), _("Skriv dag och tid då personen möttes i hemmet."))
    note = Prose(_("Kommentar"))
    ground = Ground()


class SendGeneralMessageForm(ActForm):
    """Generellt meddelande."""

    beyond = ("subject", "text")

    recipients = Several(_("Skicka till"), {}, _("Välj minst en enhet."))
    subject = Text(_("Ämne"), _("Skriv ett kort ämne."), length=100)
    text = Prose(_("Meddelande"), _("Skriv meddelandet."), rows=6)
    ground = Ground()

    def __init__(
        self, *args: Any, receivers: Sequence[tuple[str, str, str, bool]] = (), **more: Any
    ) -> None:
        """Take the receivers as HSA-id, name, how it is watched now, and whether it is chosen."""
        super().__init__(*args, **more)
        if receivers:
            choices = [(hsa_id, name) for hsa_id, name, _watch, _chosen in receivers]
            self.fields["recipients"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["recipients"]  # a correction goes to those who got the first one
        ground = self.fields["ground"]
        ground.required = True
        ground.help_text = _("Fri text går alltid på en sekretessgrund.")
        ground.error_messages["required"] = _("Välj sekretessgrund för meddelandet.")


class CloseCaseForm(ActForm):
    """Avsluta ärende."""

    planning = Radio(
        _("Hur blev det med den samordnade individuella planeringen?"),
        labels.PLANNING_SETTLED,
        _("Välj om planeringen är genomförd, avböjd eller inte behövdes."),
    )
    note = Prose(_("Kommentar"), help_text=_("Lämna tomt om allt är klart."))


class AbortCaseForm(ActForm):
    """Avbryt ärende."""

    reason = Choice(_("Skäl"), labels.ABORT_REASONS, _("Välj varför processen avbryts."))


FORMS: dict[str, type[ActForm]] = {
    Act.NOTIFY_ADMISSION: AdmissionForm,
    Act.ANSWER_ADMISSION: AnswerAdmissionForm,
    Act.START_PLANNING: StartPlanningForm,
    Act.NAME_CARE_CONTACT: NameCareContactForm,
    Act.SUBMIT_PLANNING_BASIS: SubmitPlanningBasisForm,
    Act.REVISE_EXPECTED_DISCHARGE: ReviseExpectedDischargeForm,
    Act.STATE_AVAILABILITY: StateAvailabilityForm,
    Act.NOTIFY_READY: NotifyReadyForm,
    Act.WITHDRAW_READY: WithdrawReadyForm,
    Act.CALL_TO_PLANNING: CallToPlanningForm,
    Act.ANSWER_CALL: AnswerCallForm,
    Act.STATE_RECEPTION: StateReceptionForm,
    Act.TRANSFER_INFORMATION: TransferInformationForm,
    Act.INFORM_INDIVIDUAL: InformIndividualForm,
    Act.RECORD_DISCHARGE: RecordDischargeForm,
    Act.CONFIRM_HOMECOMING: ConfirmHomecomingForm,
    Act.SEND_GENERAL_MESSAGE: SendGeneralMessageForm,
    Act.CLOSE_CASE: CloseCaseForm,
    Act.ABORT_CASE: AbortCaseForm,
}
