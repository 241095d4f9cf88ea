"""Forms of the worklist and of the case: search, the person, the admission, consent."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from care.inbox.queries import Order, View
from care.individuals import operations as individuals
from care.individuals.operations import BadIdentity, Person
from care.law.calendar import STOCKHOLM
from care.law.discharge import STATE_LABELS
from portal import labels, places
from portal.forms import ActForm, Choice, Ground, Moment, Prose, Radio, Several, Text

ORDERS = {
    Order.DEADLINE: _("Tidsfrist"),
    Order.LATEST: _("Senaste händelse"),
    Order.NAME: _("Namn"),
}
OTHER = "other"  # a municipality that has not joined
CODE = re.compile(r"[0-9]{4}")
YEAR = timedelta(days=365)
FEW_YEARS = timedelta(days=365 * 5)


class SearchForm(forms.Form):
    """Name or number of a person."""

    text = Text(_("Sök namn eller personnummer"), _("Skriv ett namn eller ett personnummer."))


class WorklistForm(forms.Form):
    """What part of the worklist is shown; anything unknown is as if it were not asked for."""

    state = forms.ChoiceField(label=_("Läge"), required=False)
    sender = forms.ChoiceField(label=_("Avsändare"), required=False)
    order = forms.ChoiceField(
        label=_("Sortera efter"), required=False, choices=list(ORDERS.items())
    )

    def __init__(self, *args: Any, senders: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        states = [(state.value, labels.state(state)) for state in STATE_LABELS]
        self.fields["state"].choices = [("", _("Alla lägen")), *states]  # type: ignore[attr-defined]
        self.fields["sender"].choices = [  # type: ignore[attr-defined]
            ("", _("Alla avsändare")),
            *((it, it) for it in senders),
        ]

    @staticmethod
    def asked(query: Mapping[str, str]) -> dict[str, Any]:
        """Return what an address asks for."""
        state, page = query.get("state", ""), query.get("page", "1")
        return {
            "view": _one_of(View, query.get("view"), View.TODO),
            "order": _one_of(Order, query.get("order"), Order.DEADLINE),
            "state": state if state in set(STATE_LABELS) else "",
            "sender": query.get("sender", "")[:100],
            "page": int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
        }


def _one_of(kind: Any, value: str | None, otherwise: Any) -> Any:
    return kind(value) if value in set(kind) else otherwise


class PersonForm(forms.Form):
    """Vem ärendet gäller."""

    number = Text(
        _("Personnummer, samordningsnummer eller reservnummer"),
        _("Skriv personnumret med tolv siffror, ÅÅÅÅMMDD-NNNN."),
        length=20,
        help_text=_("Tolv siffror, ÅÅÅÅMMDD-NNNN."),
    )
    given_name = Text(_("Förnamn"), _("Skriv personens förnamn."), length=60)
    family_name = Text(_("Efternamn"), _("Skriv personens efternamn."), length=60)
    registered_address = Text(
        _("Folkbokföringsadress"),
        help_text=_(
            "Ingår i inskrivningsmeddelandet (2 kap. 2 §). Lämna tomt om personen har skyddade"
            " personuppgifter."
        ),
    )
    registered_municipality = Choice(
        _("Folkbokföringskommun"),
        {},
        _("Välj den kommun där personen är folkbokförd."),
        help_text=_("Kommunen tar emot meddelandet och kan bli betalningsansvarig (5 kap. 2 §)."),
    )
    other_municipality = Text(
        _("Den andra kommunens kod"),
        length=4,
        help_text=_("Fyll bara i om du har valt Annan kommun. Fyra siffror, till exempel 0180."),
    )
    interpreter = Text(_("Tolk, språk"), length=40)
    protection = Choice(
        _("Skyddade personuppgifter"),
        labels.PROTECTIONS,
        help_text=_("Lämna tomt om personen inte har det. Adressen skickas då inte."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["registered_municipality"].choices = [  # type: ignore[attr-defined]
            ("", _("Välj kommun")),
            *places.municipalities().items(),
            (OTHER, _("Annan kommun")),
        ]
        for name in ("number", "given_name", "family_name", "registered_address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> str:
        """Return the twelve characters of a number that somebody can have."""
        try:
            self.kind, number = individuals.identity_number(self.cleaned_data["number"])
        except BadIdentity as problem:
            raise forms.ValidationError(str(problem)) from None
        return number

    def clean_other_municipality(self) -> str:
        """Return the code of a municipality that has not joined, where that is what was chosen."""
        code: str = self.cleaned_data["other_municipality"]
        if self.cleaned_data.get("registered_municipality") != OTHER:
            return ""
        if not CODE.fullmatch(code):
            raise forms.ValidationError(
                _("Skriv kommunens kod med fyra siffror, till exempel 0180 för Stockholm.")
            )
        return code

    def person(self) -> Person:
        """Return the person."""
        told = self.cleaned_data
        return Person(
            kind=self.kind,
            number=told["number"],
            given_name=told["given_name"],
            family_name=told["family_name"],
            registered_municipality=told["other_municipality"] or told["registered_municipality"],
            registered_address="" if told["protection"] else told["registered_address"],
            interpreter=told["interpreter"],
            protection=told["protection"],
        )


class AdmissionForm(ActForm):
    """Inskrivningsmeddelande (2 kap. 1–3 §§)."""

    beyond = ("reason", "preliminary_needs")

    admitted_at = Moment(
        _("Inskriven"),
        _("Skriv dag och tid då patienten skrevs in."),
        help_text=_("Meddelandet ska skickas senast 24 timmar efter inskrivningen (2 kap. 3 §)."),
    )
    need_assessed_at = Moment(
        _("Behovet bedömt senare under vårdtiden"),
        help_text=_(
            "Fyll bara i om läkaren bedömde behovet efter inskrivningen. Då räknas 24 timmar"
            " därifrån."
        ),
    )
    physician = Text(
        _("Behandlande läkare som har bedömt behovet"),
        _("Skriv namnet på den läkare som har bedömt att patienten kan behöva insatser."),
        length=100,
    )
    expected_discharge_at = Moment(
        _("Beräknad tidpunkt för utskrivning"),
        _("Skriv den dag och tid då patienten beräknas kunna skrivas ut."),
    )
    needs = Several(
        _("Patienten kan behöva insatser från"),
        labels.NEEDS,
        _("Välj minst en verksamhet som patienten kan behöva insatser från."),
    )
    recipients = Several(
        _("Skicka till"),
        {},
        _("Välj minst en enhet som ska få meddelandet."),
        help_text=_("Lagen ger rätt att skicka till alla berörda enheter utan samtycke."),
    )
    reason = Prose(_("Inskrivningsorsak"))
    preliminary_needs = Prose(_("Preliminära behov efter utskrivningen"))
    ground = Ground()

    def __init__(
        self,
        *args: Any,
        receivers: Sequence[tuple[str, str, str, bool]] = (),
        **more: Any,
    ) -> None:
        """Take the receivers as HSA-id, name, how it is watched now, and whether it is chosen."""
        super().__init__(*args, **more)
        field = self.fields["recipients"]
        field.choices = [  # type: ignore[attr-defined]
            (hsa_id, _option(name, watch)) for hsa_id, name, watch, _chosen in receivers
        ]
        field.initial = [hsa_id for hsa_id, _name, _watch, chosen in receivers if chosen]


def _option(name: str, watch: str) -> SafeString:
    return format_html('{} <span class="sub">{}</span>', name, watch)


class FirstConsentForm(forms.Form):
    """What the person says already at the admission; asked later where it is left open."""

    consent_value = Choice(
        _("Får huvudmännen läsa varandras uppgifter i ärendet?"),
        {it: labels.CONSENT_VALUES[it] for it in ("yes", "no", "unable")},
        help_text=_(
            "Gäller sammanhållen dokumentation mellan huvudmännen i det här ärendet. Lämna tomt om"
            " du inte har frågat; meddelanden går ändå."
        ),
    )
    consent_classes = Several(_("Det gäller uppgifter om"), labels.INFO_CLASS_CHOICES)
    consent_how = Choice(_("Hur svarade personen?"), labels.GIVEN_HOW)

    def clean(self) -> dict[str, Any]:
        """Ask what a yes is to, and how it was given: a consent is never general."""
        told = super().clean() or {}
        if told.get("consent_value") == "yes" and not told.get("consent_classes"):
            self.add_error("consent_classes", _("Välj vilka uppgifter personen har sagt ja till."))
        if told.get("consent_value") and not told.get("consent_how"):
            self.add_error("consent_how", _("Välj hur personen svarade."))
        return told

    def consent(self, *, at: datetime) -> dict[str, Any] | None:
        """Return the consent to record, or None where nothing has been asked."""
        told = self.cleaned_data
        if not told["consent_value"]:
            return None
        return {
            "type_": "coordinated_record",
            "value": told["consent_value"],
            "info_classes": told["consent_classes"],
            "given_how": told["consent_how"],
            "expires_at": at + YEAR,
        }


class NewCaseForm(AdmissionForm, FirstConsentForm):
    """Nytt ärende: which course it takes, the admission, and what the person has said."""

    variant = Choice(_("Vårdform"), labels.VARIANTS, _("Välj vårdform."), initial="somatic")
    field_order = ("variant", *AdmissionForm.base_fields)

    def arguments(self) -> dict[str, Any]:
        """Return what the notice of admission is called with."""
        return {name: self.cleaned_data[name] for name in AdmissionForm.base_fields}


class ConsentForm(forms.Form):
    """Samtycke: to what, the answer, how it was given, until when."""

    type_ = Radio(
        _("Vad gäller frågan?"), labels.CONSENT_TYPES, _("Välj vad personen har svarat på."),
        initial="coordinated_record",
    )  # fmt: skip
    value = Radio(_("Personens svar"), labels.CONSENT_VALUES, _("Välj personens svar."))
    info_classes = Several(
        _("Det gäller uppgifter om"),
        labels.INFO_CLASS_CHOICES,
        help_text=_("Ett ja gäller bara det som du väljer här."),
    )
    recipients = Several(
        _("Det gäller de här huvudmännen"),
        {},
        help_text=_("Välj ingen om svaret gäller alla som deltar i ärendet."),
    )
    is_clarified = forms.BooleanField(
        label=_(
            "Inställningen är utredd så långt det går, och inget talar för att personen skulle ha"
            " sagt nej"
        ),
        required=False,
        help_text=_(
            "Bara när personen inte kan ta ställning (lag 2022:913 2 kap. 6 §). Utan krysset"
            " öppnas ingenting."
        ),
    )
    purpose = Text(
        _("Ändamål eller begränsning"),
        help_text=_("Till exempel vad ett delvis ja inte gäller, eller vem ombudet är."),
    )
    given_how = Choice(
        _("Hur svarade personen?"), labels.GIVEN_HOW, _("Välj hur personen svarade.")
    )
    expires_on = forms.DateField(
        label=_("Gäller till och med"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Skriv den sista dagen som svaret gäller."),
            "invalid": _("Skriv datumet så här: 2026-11-20."),
        },
    )

    def __init__(
        self, *args: Any, at: datetime, others: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        chosen = self.fields["recipients"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = list((others or {}).items())
        if len(others or {}) < 2:  # nothing to choose between
            del self.fields["recipients"]
        self.today = at.astimezone(STOCKHOLM).date()
        self.fields["expires_on"].initial = self.today + YEAR

    def clean_expires_on(self) -> date:
        """Return the last day, which is not over and not too far away."""
        last: date = self.cleaned_data["expires_on"]
        if not self.today <= last <= self.today + FEW_YEARS:
            raise forms.ValidationError(_("Välj en dag från i dag och högst fem år framåt."))
        return last

    def clean(self) -> dict[str, Any]:
        """Ask what a yes is to: a consent is never general."""
        told = super().clean() or {}
        is_about_data = told.get("type_") not in ("relative_participation", "proxy")
        if is_about_data and not told.get("info_classes"):
            if told.get("value") in ("yes", "partial"):
                missing = _("Välj vilka uppgifter personen har sagt ja till.")
                self.add_error("info_classes", missing)
            elif told.get("value") == "unable" and told.get("is_clarified"):
                self.add_error("info_classes", _("Välj vilka uppgifter svaret gäller."))
        if told.get("value") == "partial" and not told.get("purpose"):
            self.add_error("purpose", _("Skriv vad personen inte har sagt ja till."))
        return told

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = {**self.cleaned_data}
        told["recipients"] = told.get("recipients") or None
        told["is_clarified"] = told["is_clarified"] and told["value"] == "unable"
        last = told.pop("expires_on") + timedelta(days=1)
        return {**told, "expires_at": datetime.combine(last, time(), STOCKHOLM)}
