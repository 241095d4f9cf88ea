"""Forms of a decision pack: one for each part."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import decision
from portal.forms import Choice, Prose, Radio, Text
from portal.forms.costs import Day
from portal.forms.onboarding import NOBODY, SeenForm
from tenants.decision import PARTS, Content, Part, RiskStatus, Row, Stance, names

DIARY_NUMBER = _("Till exempel KS 2026:114.")


class PartForm(SeenForm):
    """A row of the pack; one that is changed can be struck."""

    part: Part
    is_struck = forms.BooleanField(
        label=_("Stryk raden"),
        required=False,
        help_text=_("Då står den inte i underlaget längre. Det som har skrivits finns kvar."),
    )

    def __init__(self, given: Mapping[str, Any] | None, *, row: Row | None) -> None:
        """Take the row that is changed; None for a new one."""
        first = asdict(row.content) | {"seen": row.number} if row else {"seen": 0}
        super().__init__(given, initial=first)
        self.order_fields([*names(self.part), "is_struck"])
        if row is None:
            del self.fields["is_struck"]

    @property
    def content(self) -> Content:
        """Return what was typed."""
        told = {name: self.cleaned_data[name] for name in names(self.part)}
        return PARTS[self.part](
            **{name: it.strip() if isinstance(it, str) else it for name, it in told.items()}
        )


class RecommendationForm(PartForm):
    """Rekommendation eller beslut."""

    part = Part.RECOMMENDATION
    body = Text(
        _("Organ"),
        _("Skriv vem som rekommenderar, beslutar eller informerar."),
        help_text=_("Till exempel VästKoms styrelse, kommunalförbundet eller kommunstyrelsen."),
    )
    stance = Radio(_("Vad organet gör"), decision.STANCES, _("Välj vad organet gör."))
    on = Day(_("Dag"), _("Välj dagen enligt protokollet."))
    paragraph = Text(_("Paragraf"), length=20, help_text=_("Bara numret. Till exempel 15."))
    diary_number = Text(_("Diarienummer"), length=50, help_text=DIARY_NUMBER)
    text = Prose(_("Vad som sägs"), _("Skriv vad organet säger, som det står i protokollet."))

    def clean_stance(self) -> Stance:
        """Return the choice itself."""
        return Stance(self.cleaned_data["stance"])


class BenefitForm(PartForm):
    """Nytta."""

    part = Part.BENEFIT
    benefit = Text(
        _("Nytta"),
        _("Skriv vad ni vill vinna."),
        help_text=_("Till exempel Färre dygn på sjukhus efter att någon är utskrivningsklar."),
    )
    who_gains = Text(
        _("För vem"), _("Skriv vem som har nytta av det."), help_text=_("Till exempel Patienten.")
    )
    measured_by = Text(
        _("Mäts med"),
        _("Skriv med vilket mått det mäts."),
        help_text=_("Till exempel Antal dygn från utskrivningsklar till utskriven, medelvärde."),
    )
    baseline = Text(_("I dag"), length=100, help_text=_("Värdet nu, och när det mättes."))
    wanted = Text(_("Önskat värde"), _("Skriv vart ni vill komma."), length=100)
    follow_up_on = Day(_("Följs upp"), help_text=_("Dagen då måttet läses igen."))


class RiskForm(PartForm):
    """Risk, och vad den skulle leda till."""

    part = Part.RISK
    risk = Text(_("Risk"), _("Skriv vad som kan hända."), help_text=NOBODY)
    consequence = Prose(_("Vad det leder till"), _("Skriv vad det leder till."), rows=3)
    severity = Choice(
        _("Konsekvens"),
        decision.SEVERITIES,
        _("Välj hur allvarlig konsekvensen är."),
        help_text=_("Skalan är Socialstyrelsens, i handboken Riskanalys och händelseanalys."),
    )
    likelihood = Choice(
        _("Sannolikhet"), decision.LIKELIHOODS, _("Välj hur sannolikt det är att det händer.")
    )
    measure = Prose(
        _("Åtgärd"), rows=3, help_text=_("Behövs när konsekvens gånger sannolikhet är 8 eller mer.")
    )
    responsible = Text(
        _("Ansvarig"),
        _("Skriv vem som är ansvarig, en befattning eller ett namn i arbetet."),
        length=100,
    )
    follow_up_on = Day(_("Följs upp"), _("Välj dagen då risken följs upp."))
    status = Radio(_("Läge"), decision.STATUSES, _("Välj hur långt åtgärden har kommit."))

    def clean_severity(self) -> int:
        """Return the number."""
        return int(self.cleaned_data["severity"])

    def clean_likelihood(self) -> int:
        """Return the number."""
        return int(self.cleaned_data["likelihood"])

    def clean_status(self) -> RiskStatus:
        """Return the choice itself."""
        return RiskStatus(self.cleaned_data["status"])


class PowerOfAttorneyForm(PartForm):
    """Fullmakt."""

    part = Part.POWER_OF_ATTORNEY
    giver = Text(
        _("Från"), _("Skriv vem som ger fullmakten."), help_text=_("Till exempel Kommunstyrelsen.")
    )
    receiver = Text(
        _("Till"),
        _("Skriv vem som får fullmakten."),
        help_text=_("Till exempel Regionen, eller Kommundirektören."),
    )
    what = Text(
        _("Vad den gäller"),
        _("Skriv vad fullmakten gäller."),
        help_text=_("Till exempel Att delta i upphandlingen för kommunens räkning."),
    )
    valid_from = Day(_("Gäller från"), _("Välj första dagen."))
    valid_until = Day(_("Gäller till"), help_text=_("Lämna tomt om den gäller tills vidare."))
    signed_on = Day(_("Undertecknad"), help_text=_("Lämna tomt tills den är undertecknad."))
    diary_number = Text(_("Diarienummer"), length=50, help_text=DIARY_NUMBER)


FORMS: Mapping[Part, type[PartForm]] = {
    it.part: it for it in (RecommendationForm, BenefitForm, RiskForm, PowerOfAttorneyForm)
}
