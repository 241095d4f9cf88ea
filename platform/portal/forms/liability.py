"""Forms of payment liability: a month, an objection, an answer, the steering group."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.liability.course import ObjectionReason, Verdict
from billing.months import Month
from portal import liability
from portal.forms import Choice, Prose, Radio, Words
from portal.forms.costs import Day

NOBODY = _("Skriv inga personuppgifter. Postens nummer räcker.")


class Days(forms.IntegerField):
    """A number of days of care."""

    def __init__(self, label: Words, missing: Words = "", **more: Any) -> None:
        written = _("Skriv antalet dygn med siffror, till exempel 3.")
        super().__init__(
            label=label,
            required=bool(missing),
            min_value=0,
            max_value=31,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "required": missing,
                "invalid": written,
                "min_value": written,
                "max_value": written,
            },
            **more,
        )


class CollectForm(forms.Form):
    """Månad att hämta."""

    def __init__(self, *args: Any, months: Sequence[Month], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["month"] = Choice(
            _("Månad"), {str(it): liability.name(it) for it in months}, _("Välj en månad.")
        )


class ItemObjectionForm(forms.Form):
    """Invändning mot en post."""

    reason = Radio(_("Orsak"), liability.REASONS, _("Välj vad som är fel."))
    text = Prose(_("Beskrivning"), help_text=NOBODY)

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason says nothing."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == ObjectionReason.OTHER and not cleaned.get("text"):
            self.add_error("text", _("Skriv vad som är fel."))
        return cleaned


class ItemAnswerForm(forms.Form):
    """Svar på en invändning mot en post."""

    verdict = Radio(_("Utfall"), liability.VERDICTS, _("Välj hur ni svarar."))
    days = Days(_("Dygn som står kvar"), help_text=_("Bara när posten rättas."))
    text = Prose(_("Svar"), _("Skriv varför."), help_text=NOBODY)

    def clean(self) -> dict[str, Any]:
        """Ask for days where some are left."""
        cleaned = super().clean() or {}
        is_corrected = cleaned.get("verdict") == Verdict.CORRECTED
        if is_corrected and cleaned.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Skriv hur många dygn som står kvar."))
        return cleaned


class EscalationForm(forms.Form):
    """Lyft till styrgruppen."""

    text = Prose(_("Varför"), _("Skriv vad ni inte är överens om."), help_text=NOBODY)


class ItemDecisionForm(forms.Form):
    """Styrgruppens beslut om en post."""

    days = Days(_("Dygn som står kvar"), _("Skriv hur många dygn som står kvar."))
    on = Day(_("Dag för beslutet"), _("Välj dagen då styrgruppen beslutade."))
    text = Prose(_("Beslut"), _("Skriv vad styrgruppen har beslutat."), help_text=NOBODY)
