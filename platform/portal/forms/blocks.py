"""Forms of a block and of an emergency access."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.inbox.emergencies import SHORTEST_REASON
from portal import labels
from portal.forms import Prose, Radio, Several


class BlockForm(forms.Form):
    """Spärr: which kind, of what, and who asks for it."""

    type_ = Radio(
        _("Mot vem ska uppgifterna spärras?"), labels.BLOCK_TYPES, _("Välj slag av spärr."),
        initial="outer_block",
    )  # fmt: skip
    info_classes = Several(
        _("Vad ska spärras?"),
        labels.INFO_CLASS_CHOICES,
        help_text=_("Välj ingenting om allt ska spärras."),
    )
    asked_by = Radio(
        _("Vem begär spärren?"), labels.ASKED_BY, _("Välj vem som begär spärren."),
        initial="individual",
    )  # fmt: skip

    def clean_asked_by(self) -> str:
        """Return who asks; a guardian may not (2022:913 2 kap. 3 §; PDL 4 kap. 4 §)."""
        asked: str = self.cleaned_data["asked_by"]
        if asked == "guardian":
            raise forms.ValidationError(
                _(
                    "En vårdnadshavare får inte spärra ett barns uppgifter (lag 2022:913 2 kap."
                    " 3 §). Ett barn som är moget nog kan begära spärren själv."
                )
            )
        return asked

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = self.cleaned_data
        return {
            "type_": told["type_"],
            "info_classes": told["info_classes"],
            "asked_by_guardian": told["asked_by"] == "guardian",
        }


class EmergencyForm(forms.Form):
    """Nödöppning: the ground, in own words too, and the statement."""

    ground = Radio(_("Grund"), labels.EMERGENCY_GROUNDS, _("Välj grunden."))
    reason = Prose(
        _("Vad har hänt, och varför behövs uppgifterna nu?"),
        _("Skriv vad som har hänt, med minst 20 tecken."),
    )
    is_stated = forms.BooleanField(
        label=_(
            "Personen kan inte tillfrågas, och uppgifterna kan antas ha betydelse för vård som"
            " personen oundgängligen behöver"
        ),
        error_messages={"required": _("Kryssa i rutan om det är så. Annars får du inte öppna.")},
    )

    def clean_reason(self) -> str:
        """Return what has happened, in so many words that it can be reviewed."""
        told: str = self.cleaned_data["reason"]
        if len(told.strip()) < SHORTEST_REASON:
            raise forms.ValidationError(_("Skriv vad som har hänt, med minst 20 tecken."))
        return told
