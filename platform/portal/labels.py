"""Swedish words for what the domain names in English: states, acts, timers, answers, reasons.

The words of the law's own tables are looked up there; here is what the pages add.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from care.law.discharge import ACT_LABELS, STATE_LABELS, Act, State
from care.law.disclosure import Answer, Content, Receiver, Teller, Will
from care.law.duties import Compliance
from care.law.history import EndReason
from care.law.liability import Status
from care.sharing.policy import Reason
from portal import times
from tenants.agreements import InfoClass

# ---- the case ----

STAGES = {
    "admitted": _("Inskriven"),
    "planning": _("Planering"),
    "ready": _("Utskrivningsklar"),
    "discharged": _("Utskriven"),
    "home": _("Hemma"),
}
STATE_COLORS = {
    State.ADMITTED: "info",
    State.PLANNING: "accent",
    State.READY: "warning",
    State.DISCHARGED: "success",
    State.RETURNED: "danger",
}
VARIANTS = {
    "somatic": _("Somatisk vård"),
    "psychiatric": _("Psykiatrisk vård"),
    "open_compulsory": _("Öppen tvångsvård (LPT eller LRV)"),
    "outside_act": _("Utanför lagen om samverkan vid utskrivning"),
    "shortened": _("Förkortat förlopp"),
}
LANES = {
    "inpatient_care": _("Slutenvård"),
    "outpatient_care": _("Öppenvård"),
    "social_services": _("Kommun socialtjänst"),
    "municipal_health_care": _("Kommun hälso- och sjukvård"),
}
LANE_OF_KIND = {
    "ward": "inpatient_care",
    "primary_care": "outpatient_care",
    "social_services": "social_services",
    "municipal_health_care": "municipal_health_care",
}
PARTIES = {
    "inpatient_care": _("Slutenvården"),
    "outpatient_care": _("Öppenvården"),
    "municipality": _("Kommunen"),
}
INFO_CLASSES = {
    InfoClass.PLANNING: _("planering"),
    InfoClass.HEALTH_CARE: _("hälso- och sjukvård"),
    InfoClass.SOCIAL_CARE: _("socialtjänst och omsorg"),
}

# The same, where they stand alone as choices.
INFO_CLASS_CHOICES = {
    InfoClass.PLANNING: _("Planering"),
    InfoClass.HEALTH_CARE: _("Hälso- och sjukvård"),
    InfoClass.SOCIAL_CARE: _("Socialtjänst och omsorg"),
}

# ---- acts ----

# Messages about messages have no step in the process, so the law's table has no word for them.
OTHER_ACTS = {
    "replace_message": _("Rättelse"),
    "acknowledge_message": _("Kvittering"),
}
# What the button of an act says.
DO = {
    Act.NOTIFY_ADMISSION: _("Skicka inskrivningsmeddelande"),
    Act.ANSWER_ADMISSION: _("Svara på inskrivningsmeddelandet"),
    Act.REVISE_EXPECTED_DISCHARGE: _("Ändra beräknad utskrivning"),
    Act.NAME_CARE_CONTACT: _("Utse fast vårdkontakt"),
    Act.START_PLANNING: _("Påbörja planeringen"),
    Act.SUBMIT_PLANNING_BASIS: _("Skriv planeringsunderlag"),
    Act.STATE_AVAILABILITY: _("Ge besked om öppenvårdens insatser"),
    Act.STATE_RECEPTION: _("Ge besked om mottagande"),
    Act.NOTIFY_READY: _("Meddela utskrivningsklar"),
    Act.WITHDRAW_READY: _("Återta utskrivningsklar"),
    Act.CALL_TO_PLANNING: _("Kalla till samordnad planering"),
    Act.ANSWER_CALL: _("Svara på kallelsen"),
    Act.TRANSFER_INFORMATION: _("För över information"),
    Act.INFORM_INDIVIDUAL: _("Anteckna information till patienten"),
    Act.RECORD_DISCHARGE: _("Registrera utskrivning"),
    Act.CONFIRM_HOMECOMING: _("Bekräfta hemkomst"),
    Act.SEND_GENERAL_MESSAGE: _("Skriv ett meddelande"),
    Act.CLOSE_CASE: _("Avsluta ärendet"),
    Act.ABORT_CASE: _("Avbryt ärendet"),
}
# What the button of its form says, where that is not the same.
SUBMIT = {
    Act.SUBMIT_PLANNING_BASIS: _("Spara underlaget"),
    Act.INFORM_INDIVIDUAL: _("Spara anteckningen"),
    Act.SEND_GENERAL_MESSAGE: _("Skicka meddelandet"),
    Act.REVISE_EXPECTED_DISCHARGE: _("Skicka ändringen"),
    Act.ANSWER_ADMISSION: _("Skicka svaret"),
    Act.ANSWER_CALL: _("Skicka svaret"),
    Act.CALL_TO_PLANNING: _("Skicka kallelsen"),
    Act.STATE_AVAILABILITY: _("Skicka beskedet"),
    Act.STATE_RECEPTION: _("Skicka beskedet"),
}
# What is said when an act has been done.
DONE = {
    Act.NOTIFY_ADMISSION: _("Inskrivningsmeddelandet är skickat."),
    Act.ANSWER_ADMISSION: _("Svaret är skickat."),
    Act.REVISE_EXPECTED_DISCHARGE: _("Den nya beräknade utskrivningen är skickad."),
    Act.NAME_CARE_CONTACT: _("Den fasta vårdkontakten är utsedd och meddelad."),
    Act.START_PLANNING: _("Planeringen är påbörjad och meddelad."),
    Act.SUBMIT_PLANNING_BASIS: _("Planeringsunderlaget är sparat."),
    Act.STATE_AVAILABILITY: _("Beskedet är skickat."),
    Act.STATE_RECEPTION: _("Beskedet är skickat."),
    Act.NOTIFY_READY: _("Underrättelsen om utskrivningsklar är skickad."),
    Act.WITHDRAW_READY: _("Utskrivningsklar är återtaget och alla är meddelade."),
    Act.CALL_TO_PLANNING: _("Kallelsen är skickad."),
    Act.ANSWER_CALL: _("Svaret är skickat."),
    Act.TRANSFER_INFORMATION: _("Informationen är överförd."),
    Act.INFORM_INDIVIDUAL: _("Informationen till patienten är antecknad."),
    Act.RECORD_DISCHARGE: _("Utskrivningen är registrerad och meddelad."),
    Act.CONFIRM_HOMECOMING: _("Hemkomsten är bekräftad."),
    Act.SEND_GENERAL_MESSAGE: _("Meddelandet är skickat."),
    Act.CLOSE_CASE: _("Ärendet är avslutat."),
    Act.ABORT_CASE: _("Ärendet är avbrutet och alla är meddelade."),
}
# What has happened, in a sentence of the timeline.
HAPPENED = {
    Act.OPEN_CASE: _("Ärendet öppnades."),
    Act.NOTIFY_ADMISSION: _("Inskrivningsmeddelandet skickades."),
    Act.ANSWER_ADMISSION: _("Inskrivningsmeddelandet besvarades."),
    Act.REVISE_EXPECTED_DISCHARGE: _("Den beräknade utskrivningen ändrades."),
    Act.NAME_CARE_CONTACT: _("En fast vårdkontakt utsågs."),
    Act.START_PLANNING: _("Planeringen påbörjades."),
    Act.SUBMIT_PLANNING_BASIS: _("Ett planeringsunderlag skrevs."),
    Act.STATE_AVAILABILITY: _("Öppenvården gav besked om sina insatser."),
    Act.STATE_RECEPTION: _("Kommunen gav besked om mottagandet."),
    Act.NOTIFY_READY: _("Patienten meddelades vara utskrivningsklar."),
    Act.WITHDRAW_READY: _("Utskrivningsklar återtogs."),
    Act.CALL_TO_PLANNING: _("En kallelse till samordnad planering skickades."),
    Act.ANSWER_CALL: _("Kallelsen besvarades."),
    Act.TRANSFER_INFORMATION: _("Information inför utskrivningen fördes över."),
    Act.INFORM_INDIVIDUAL: _("Patienten fick sin information."),
    Act.RECORD_DISCHARGE: _("Patienten skrevs ut."),
    Act.CONFIRM_HOMECOMING: _("Hemkomsten bekräftades."),
    Act.SEND_GENERAL_MESSAGE: _("Ett generellt meddelande skickades."),
    Act.RETURN_CASE: _("Ärendet returnerades: ingen mottagare var berörd."),
    Act.CLOSE_CASE: _("Ärendet avslutades."),
    Act.ABORT_CASE: _("Ärendet avbröts."),
    Act.CORRECT_CASE: _("Det avslutade ärendet rättades."),
    "replace_message": _("Ett meddelande rättades."),
    "acknowledge_message": _("Ett meddelande kvitterades."),
    "hand_back_message": _("Ett meddelande lämnades tillbaka till enhetens inkorg."),
    "assign_message": _("Ett meddelande fördelades till en medarbetare."),
    "forward_message": _("Ett meddelande sändes vidare."),
    "reject_message": _("Ett meddelande returnerades som felsänt."),
    "record_consent": _("Personens svar om samtycke antecknades."),
    "withdraw_consent": _("Samtycket togs tillbaka."),
    "place_block": _("Uppgifter spärrades på personens begäran."),
    "lift_block": _("En spärr hävdes."),
    "add_reader": _("Någon lades till på listan över dem som får se ärendet."),
    "remove_reader": _("Någon togs bort från listan över dem som får se ärendet."),
    "mark_protected": _("Skyddade personuppgifter markerades."),
    "lift_protection": _("Skyddet hävdes."),
    "open_emergency_access": _("En nödöppning begärdes."),
    "second_emergency_access": _("En andra person gick med på nödöppningen."),
    "read_in_emergency": _("Uppgifter öppnades i en nödsituation."),
    "request_lift": _("Ägaren ombads att häva sin spärr."),
    "answer_lift_request": _("Begäran om att häva en spärr besvarades."),
    "close_emergency_access": _("Nödöppningen stängdes."),
    "deadline_passed": _("En tidsfrist gick ut."),
    "tenant_left": _("En huvudman lämnade Samplan."),
}

# ---- deadlines ----

DUE = {
    "admission_notice_due": _("Skicka inskrivningsmeddelande"),
    "admission_receipt_due": _("Kvittera inskrivningsmeddelandet"),
    "ready_receipt_due": _("Kvittera utskrivningsklar"),
    "receipt_due": _("Kvittera"),
    "expected_discharge_passed": _("Beräknad utskrivning"),
    "care_contact_missing": _("Utse fast vårdkontakt"),
    "call_due": _("Kalla till samordnad planering"),
    "information_transfer_due": _("För över information"),
    "liability_starts": _("Betalningsansvar kan inträda"),
    "emergency_follow_up_due": _("Följ upp nödöppningen"),
    "lift_request_due": _("Svara på begäran om att häva en spärr"),
}
# Moments that are reached, not missed.
REACHED = frozenset({"liability_starts", "expected_discharge_passed"})

# ---- answers and reasons ----

ANSWERS = {
    "known": _("Känd hos oss"),
    "not_known": _("Inte känd hos oss"),
    "rejected": _("Berör inte oss"),
    "accept": _("Tackar ja"),
    "decline": _("Tackar nej"),
    "propose": _("Föreslår en annan tid"),
}
AVAILABILITY = {
    "available": _("Insatserna finns tillgängliga"),
    "not_available": _("Insatserna finns inte tillgängliga"),
    "not_clarified": _("Det är inte klarlagt"),
}
NEEDS = {
    "social_services": _("Kommunens socialtjänst"),
    "municipal_health_care": _("Kommunens hälso- och sjukvård"),
    "outpatient_care": _("Regionens öppenvård"),
}
MEETING_FORMS = {
    "home": _("Hemma hos personen"),
    "hospital": _("På sjukhuset"),
    "health_centre": _("På hälsocentralen"),
    "video": _("Video"),
    "phone": _("Telefon"),
}
DESTINATIONS = {
    "home": _("Hemmet"),
    "short_term": _("Korttidsboende"),
    "care_home": _("Särskilt boende"),
    "other_hospital": _("Annat sjukhus"),
    "other": _("Annat"),
}
ABORT_REASONS = {
    "deceased": _("Personen har avlidit"),
    "other_hospital": _("Flyttad till ett annat sjukhus"),
    "no_need": _("Inget behov av insatser"),
    "consent_withdrawn": _("Samtycket är återtaget"),
    "misregistered": _("Registrerat av misstag"),
}
WITHDRAWAL_REASONS = {
    "worse": _("Patienten har blivit sämre"),
    "reassessed": _("Ny medicinsk bedömning"),
    "other_ward": _("Flyttad till en annan avdelning"),
    "misregistered": _("Skickat av misstag"),
}
INFORMED_HOW = {
    "oral_written": _("Muntligt och skriftligt"),
    "written": _("Skriftligt"),
    "oral": _("Muntligt"),
    "relative": _("Till närstående eller företrädare"),
}
REJECTION_REASONS = {
    "missent": _("Meddelandet är felsänt"),
    "not_registered_here": _("Personen är inte folkbokförd här"),
    "wrong_unit": _("Fel enhet hos oss"),
    "not_concerned": _("Vi är inte berörda"),
}
GROUNDS = {
    "consent": _("Personen har samtyckt (OSL 10 kap. 1 §)"),
    "unable_to_consent": _(
        "Personen kan inte samtycka och behöver nödvändig vård eller omsorg (OSL 25 kap. 13 §)"
    ),
    "vulnerable": _(
        "Under 18 år, missbruk eller tvångsvård, och uppgiften behövs (OSL 25 kap. 12 §, 26 kap."
        " 9 §)"
    ),
    "no_harm": _("Det står klart att ingen lider men (OSL 25 kap. 1 §, 26 kap. 1 §)"),
    "own_activity": _("Nödvändigt för vår egen uppgift (OSL 10 kap. 2 §)"),
}
TELLERS = {
    Teller.HEALTH_CARE: _("Hälso- och sjukvård"),
    Teller.SOCIAL_SERVICES: _("Socialtjänst"),
}
RECEIVERS = {
    Receiver.HEALTH_CARE: _("Hälso- och sjukvård hos region eller kommun"),
    Receiver.SOCIAL_SERVICES: _("Socialtjänst"),
    Receiver.PRIVATE_PROVIDER: _("Privat vårdgivare eller privat omsorg"),
    Receiver.RELATIVE: _("Närstående"),
}
CONTENTS = {
    Content.CORE: _("Det som ett inskrivningsmeddelande ska innehålla"),
    Content.BEYOND: _("Något annat"),
}
WILLS = {
    Will.CONSENTS: _("Personen har samtyckt"),
    Will.NOT_ASKED: _("Personen är inte tillfrågad"),
    Will.UNABLE: _("Personen kan inte ta ställning"),
    Will.OBJECTS: _("Personen har sagt nej"),
}
MAY_BE_TOLD = {
    Answer.YES: _("Ja, på den här grunden"),
    Answer.ASSESS: _("Kanske, om en prövning visar det"),
}
MAY_BE_TOLD_COLORS = {Answer.YES: "success", Answer.ASSESS: "warning"}
CONSENT_TYPES = {
    "coordinated_record": _("Läsa varandras uppgifter (sammanhållen dokumentation)"),
    "information_transfer": _("Lämna över uppgifter i meddelanden"),
    "planning": _("Göra en samordnad individuell plan"),
    "relative_participation": _("Närstående får delta"),
    "proxy": _("Ombud får företräda personen"),
}
CONSENT_VALUES = {
    "yes": _("Ja"),
    "partial": _("Ja, men bara delvis"),
    "no": _("Nej"),
    "unable": _("Kan inte ta ställning"),
    "compulsory_care": _("Vårdas enligt LPT eller LRV"),
}
BLOCK_TYPES = {
    "outer_block": _("Yttre spärr: mot andra vårdgivare och omsorgsgivare"),
    "inner_block": _("Inre spärr: mot andra enheter hos samma vårdgivare"),
}
ASKED_BY = {
    "individual": _("Personen själv"),
    "guardian": _("Vårdnadshavare till ett barn"),
}
EMERGENCY_GROUNDS = {
    "danger_to_life": _("Fara för personens liv"),
    "serious_risk": _("Annars allvarlig risk för personens hälsa"),
}
LIFT_ANSWERS = {
    "lifted": _("Spärren är hävd"),
    "refused": _("Spärren ligger kvar"),
}
EMERGENCY_OUTCOMES = {
    "justified": _("Befogad"),
    "not_justified": _("Inte befogad"),
}
PROTECTIONS = {  # the strictest last
    "flagged": _("Sekretessmarkering"),
    "protected_registration": _("Skyddad folkbokföring"),
    "assumed_identity": _("Fingerade personuppgifter"),
}
PROTECTION_MEANS = {
    "flagged": _(
        "En varning: röj inte uppgifter utan att först pröva om personen kan lida men. Adress,"
        " telefon och var i vården personen är eller ska vara lämnas bara om personen själv begär"
        " det."
    ),
    "protected_registration": _(
        "Personen är folkbokförd på en annan ort än den där hen bor. Den verkliga adressen finns"
        " inte i folkbokföringen och ska inte skrivas här. Post går genom Skatteverket. Var i"
        " vården personen är eller ska vara lämnas bara om personen själv begär det."
    ),
    "assumed_identity": _(
        "Personen har fått en ny identitet. Inget får koppla den till den gamla: skriv varken"
        " tidigare namn, nummer eller adress. Var i vården personen är eller ska vara lämnas bara"
        " om personen själv begär det."
    ),
}
READ_REASONS = {
    "handles": _("Jag handlägger ärendet"),
    "message": _("Jag tar emot ett meddelande"),
    "substitute": _("Jag ersätter en kollega som handlägger ärendet"),
    "person": _("Personen själv har vänt sig till mig"),
    "other": _("Annat skäl, som jag skriver nedan"),
}
PLANNING_SETTLED = {
    "done": _("Den är genomförd"),
    "declined": _("Personen har tackat nej"),
    "not_needed": _("Den behövdes inte"),
}
GIVEN_HOW = {
    "oral": _("Muntligt"),
    "written": _("Skriftligt"),
    "e_id": _("Med e-legitimation"),
}
END_REASONS = {
    EndReason.DISCHARGED: _("utskriven"),
    EndReason.WITHDRAWN: _("återtagen"),
    EndReason.DECEASED: _("avliden"),
    EndReason.ABORTED: _("avbruten"),
}
HIDDEN = {
    Reason.NO_CONSENT: _("Samtycke saknas. Fråga personen, och anteckna svaret här i ärendet."),
    Reason.NO_AGREEMENT: _(
        "Det finns ingen gällande överenskommelse mellan er och dem. Fråga den som skriver under"
        " överenskommelser hos er."
    ),
    Reason.CLASS_NOT_AGREED: _(
        "Överenskommelsen omfattar inte de uppgifterna. Be om dem i ett meddelande."
    ),
    Reason.BRANCH_OUTSIDE_ACT: _(
        "Verksamheten får inte ha direktåtkomst. Be om uppgifterna i ett meddelande."
    ),
    Reason.UNIT_TAKES_NO_PART: _("Er enhet deltar inte i den delen. Be om den i ett meddelande."),
    Reason.NOT_CLARIFIED: _(
        "Personen kan inte ta ställning, och det är inte antecknat att inställningen är utredd."
        " Utred den så långt det går, och anteckna svaret här i ärendet (2022:913 2 kap. 6 §)."
    ),
    Reason.ONLY_OTHER_CARE: _(
        "Personen kan inte ta ställning. Då får en omsorgsgivare bara läsa hos andra"
        " omsorgsgivare (2022:913 3 kap. 4 §). Be om uppgifterna i ett meddelande."
    ),
    Reason.BLOCKED: _(
        "Personen har spärrat uppgifterna. Bara personen kan få spärren hävd, hos den enhet som"
        " har skrivit dem."
    ),
    Reason.INNER_BLOCK: _(
        "Personen har spärrat dem mot andra enheter. Fråga personen, som kan få spärren hävd."
        " Är det fara för livet kan den som har rätt till det nödöppna."
    ),
}
LIABILITY = {
    Status.LIABLE: (_("Betalningsansvar"), "warning"),
    Status.MANUAL_REVIEW: (_("Behöver bedömas av en människa"), "info"),
    Status.BLOCKED: (_("Inget betalningsansvar ännu"), "info"),
    Status.NOT_LIABLE: (_("Inget betalningsansvar"), "neutral"),
}
COMPLIANCE_COLORS = {
    Compliance.ON_TIME: "success",
    Compliance.LATE: "warning",
    Compliance.MISSING: "danger",
    Compliance.PENDING: "info",
    Compliance.NOT_APPLICABLE: "neutral",
}
READ_HOW = {
    "read": _("Läste ärendet"),
    "print": _("Skrev ut ärendet"),
    "write": _("Skrev i ärendet"),
    "list": _("Såg ärendet i en lista"),
    "search": _("Fann ärendet i en sökning"),
    "emergency": _("Nödöppnade"),
    "denied": _("Nekades"),
    "extract": _("Tog ut åtkomstloggen"),
    "review": _("Granskade åtkomstloggen"),
}

# ---- log review ----

REVIEW_VERDICTS = {
    "in_order": _("I sin ordning"),
    "ask_head": _("Fråga verksamhetschefen"),
    "misuse_suspected": _("Missbruk misstänks"),
}
REVIEW_STATES = {
    "waiting": _("Väntar"),
    "asked": _("Verksamhetschefen är tillfrågad"),
    "second_reader": _("Väntar på en andra granskare"),
    "settled": _("Klar"),
}
REVIEW_COLORS = {
    "waiting": "neutral",
    "asked": "info",
    "second_reader": "danger",
    "settled": "success",
}

# ---- what a message holds ----

CONTENT = {
    "admitted_at": _("Inskriven"),
    "need_assessed_at": _("Behovet bedömt"),
    "physician": _("Behandlande läkare"),
    "expected_discharge_at": _("Beräknad utskrivning"),
    "needs": _("Kan behöva insatser från"),
    "liable_municipality": _("Betalningsskyldig kommun"),
    "variant": _("Vårdform"),
    "reason": _("Skäl"),
    "preliminary_needs": _("Preliminära behov"),
    "answer": _("Svar"),
    "contact": _("Kontakt"),
    "current_interventions": _("Pågående insatser"),
    "name": _("Namn"),
    "title": _("Titel"),
    "phone": _("Telefon"),
    "status": _("Besked"),
    "is_cause": _("Är skälet till att patienten är kvar"),
    "starts_at": _("Gäller från"),
    "can_receive": _("Kan ta emot"),
    "from_at": _("Från och med"),
    "assessed_at": _("Bedömd utskrivningsklar"),
    "note": _("Kommentar"),
    "occurred_at": _("Tidpunkt"),
    "meeting_at": _("Mötestid"),
    "form": _("Mötesform"),
    "place": _("Mötesplats"),
    "participants": _("Deltagare"),
    "question": _("Frågeställning"),
    "proposal": _("Förslag"),
    "discharged_at": _("Utskriven"),
    "destination": _("Till"),
    "home_at": _("Hemma"),
    "subject": _("Ämne"),
    "text": _("Meddelande"),
    "stay": _("Vårdtiden och vad som har gjorts"),
    "status_now": _("Hälsa och funktion nu"),
    "medicines": _("Läkemedel"),
    "aids": _("Hjälpmedel"),
    "risks": _("Risker"),
    "follow_up": _("Uppföljning och väntande svar"),
    "own_view": _("Personens egen syn"),
    "contacts": _("Vem man frågar"),
    "how": _("Hur"),
    "taken_over": _("Övertaget från"),
    "protection": _("Skydd"),
}
# In the receiver's letter and of no use to a reader.
NOT_SHOWN = frozenset({"municipalities", "corrects", "replaces", "message_id", "acted_for"})
WORDS: Mapping[str, Mapping[str, Any]] = {
    "variant": VARIANTS,
    "needs": NEEDS,
    "answer": ANSWERS,
    "status": AVAILABILITY,
    "form": MEETING_FORMS,
    "destination": DESTINATIONS,
    "reason": {**ABORT_REASONS, **WITHDRAWAL_REASONS},
    "how": INFORMED_HOW,
    "protection": PROTECTIONS,
}


def act(name: str) -> str:
    """Return what an act or its message is called."""
    if name in set(Act):
        return gettext(ACT_LABELS[Act(name)])
    return str(OTHER_ACTS.get(name, name))


def state(name: str) -> str:
    """Return what a state is called."""
    return gettext(STATE_LABELS[State(name)])


def state_color(name: str) -> str:
    """Return the colour that repeats what a state says."""
    return STATE_COLORS.get(State(name), "neutral")


def left(limit: times.Limit, *, is_reached: bool) -> str:
    """Return how long is left of a time limit, or how long ago it passed.

    :param is_reached: whether the moment comes by itself and is not missed
    """
    if limit.state != "overdue":
        return gettext("Om {}").format(limit.left)
    return (gettext("Sedan {}") if is_reached else gettext("Försenad {}")).format(limit.left)


def happened(name: str) -> str:
    """Return an act as a sentence of the timeline."""
    return str(HAPPENED.get(name, act(name)))


def due(rule: str) -> str:
    """Return what a deadline waits for."""
    return str(DUE.get(rule, rule))


def info_classes(names: Iterable[str]) -> str:
    """Return classes of information as words in a row."""
    return listed([str(INFO_CLASSES[InfoClass(it)]) for it in sorted(names)])


def listed(words: Iterable[str]) -> str:
    """Return "a, b och c"."""
    *first, last = list(words) or [""]
    return f"{', '.join(first)} {gettext('och')} {last}" if first else last


def years(age: int | None) -> str:
    """Return an age in words, or nothing where it is not known."""
    if age is None:
        return ""
    return ngettext("%(age)s år", "%(age)s år", age) % {"age": age}


def content(
    held: Mapping[str, Any], *, places: Mapping[str, str], at: datetime
) -> tuple[tuple[str, str], ...]:
    """Return what a message or an event holds as pairs of words, in the order of its form.

    :param places: names of municipalities by their code
    """
    shown = [key for key in CONTENT if key in held and key not in NOT_SHOWN]
    return tuple(
        (str(CONTENT[key]), value(key, held[key], places=places, at=at))
        for key in shown
        if held[key] not in (None, "", [])
    )


def value(key: str, held: Any, *, places: Mapping[str, str], at: datetime) -> str:
    """Return one thing that a message holds in words; what has no word stands as it was written."""
    if isinstance(held, bool):
        return gettext("ja") if held else gettext("nej")
    if isinstance(held, list):
        return listed(str(WORDS.get(key, {}).get(it, it)) for it in held)
    if key.endswith("_at"):
        return _moment(str(held), at=at)
    if key == "liable_municipality":
        return places.get(str(held), str(held))
    return str(WORDS.get(key, {}).get(held, held))


def _moment(text: str, *, at: datetime) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text  # it came by letter: shown as it was written
    return times.absolute(moment, at=at) if moment.utcoffset() is not None else text
