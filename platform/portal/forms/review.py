"""Forms of log review: a round, a decision, a follow-up, an extract."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.review.operations import LARGEST_SAMPLE
from portal import labels
from portal.forms import Choice, Prose, Radio, Text
from portal.forms.costs import Day

SIZE = 50
FORMATS = {
    "pdf": _("PDF, att lämna till personen"),
    "xml": _("XML enligt StoreLog (GetAccessLogsForPatient)"),
    "json": _("FHIR AuditEvent (JSON)"),
}


class RoundForm(forms.Form):
    """Granskningsomgång: the period, how many at random, and perhaps the seed of an earlier one."""

    from_on = Day(_("Från och med"), _("Skriv periodens första dag."))
    until_on = Day(_("Till och med"), _("Skriv periodens sista dag. Den ska ha passerat."))
    size = forms.IntegerField(
        label=_("Antal stickprov"),
        min_value=1,
        max_value=LARGEST_SAMPLE,
        initial=SIZE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Skriv ett antal mellan 1 och 500."),
        ),
        help_text=_(
            "De fördelas på enhet och roll. Därtill kommer det som signalerna pekar på, högst 450."
        ),
    )
    seed = Text(
        _("Frö till lottningen"),
        length=64,
        help_text=_("Lämna tomt för ett nytt. Med fröet ur en tidigare omgång dras samma rader."),
    )


class DecisionForm(forms.Form):
    """Bedömning of an item."""

    verdict = Radio(_("Bedömning"), labels.REVIEW_VERDICTS, _("Välj en bedömning."))
    comment = Prose(
        _("Kommentar"), help_text=_("Vad du har frågat och fått veta. Den kan inte ändras.")
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where somebody else has to act on the decision."""
        cleaned = super().clean() or {}
        is_acted_on = cleaned.get("verdict") in ("ask_head", "misuse_suspected")
        if is_acted_on and not (cleaned.get("comment") or "").strip():
            self.add_error("comment", _("Skriv vad som ska utredas, och av vem."))
        return cleaned


class FollowUpForm(forms.Form):
    """Uppföljning of an emergency access."""

    outcome = Radio(_("Bedömning"), labels.EMERGENCY_OUTCOMES, _("Välj en bedömning."))
    comment = Prose(_("Vad du har utrett"), _("Skriv vad du har utrett."))


class MonthForm(forms.Form):
    """Månad of a report."""

    def __init__(self, *args: Any, months: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["month"] = Choice(_("Månad"), dict(months), _("Välj en månad."))


class ExtractForm(forms.Form):
    """Utdrag: whose, and in which form."""

    number = Text(
        _("Personnummer"),
        _("Skriv personnumret med tolv siffror."),
        length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Tolv siffror. Samordningsnummer och reservnummer går också."),
    )
    reason = Text(
        _("Varför"),
        _("Skriv varför utdraget tas ut."),
        length=200,
        help_text=_(
            "Till exempel diarienumret på personens begäran. Skriv inget om personen: det loggas."
        ),
    )
    form = Radio(_("Form"), FORMATS, _("Välj en form."), initial="pdf")

    def clean_number(self) -> str:
        """Return twelve characters, as identities are kept."""
        number = "".join(it for it in self.cleaned_data["number"] if it.isalnum()).upper()
        if len(number) != 12:
            raise forms.ValidationError(_("Skriv personnumret med tolv siffror."))
        return number
