"""Forms of offers: a version, a later last day, and a municipality's decision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from billing import amounts
from billing.calloff import Price
from billing.options import OfferContent
from billing.queries import PopulationShown
from portal import costs, offers
from portal.forms import Prose, Radio, Text
from portal.forms.costs import Amount, Day

TOGETHER = _("För alla kommuner tillsammans, om alla avropar eller bara en.")


class OfferForm(forms.Form):
    """Erbjudande: one version of it."""

    name = Text(
        _("Option"), _("Skriv vad optionen heter, till exempel Option 1 Informationsutbyte.")
    )
    description = Prose(_("Beskrivning"), help_text=_("Vad som ingår. Skriv inga personuppgifter."))
    yearly_ore = Amount(_("Pris per år (kr)"), help_text=TOGETHER)
    one_off_ore = Amount(_("Engångspris (kr)"))
    cap_ore = Amount(
        _("Pristak per invånare och år (kr)"),
        help_text=_("Det som en kommuns andel är över taket bär värden. Tomt: inget tak."),
    )
    present_ore = Amount(
        _("Dagens system per år (kr)"),
        help_text=_("Att jämföra med, för alla kommuner tillsammans. Tomt: ingen jämförelse."),
    )
    model = Radio(_("Kommunerna delar"), costs.MODELS, _("Välj hur kommunerna delar priset."))
    population = forms.ChoiceField(
        label=_("Befolkningsunderlag"),
        error_messages={
            "required": _("Välj ett befolkningsunderlag."),
            "invalid_choice": _("Välj ett befolkningsunderlag i listan."),
        },
    )
    last_on = Day(_("Sista dag för besked"), _("Välj den sista dagen."))
    reason = Text(
        _("Varför den ersätter den förra"),
        _("Skriv vad som är nytt, till exempel att priset är sänkt."),
        length=500,
    )

    def __init__(
        self,
        *args: Any,
        populations: Sequence[PopulationShown],
        is_revision: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["population"].choices = [  # type: ignore[attr-defined]
            (str(it.id), costs.population_label(it)) for it in populations
        ]
        if not is_revision:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for a price."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["yearly_ore"] + cleaned["one_off_ore"]:
            self.add_error("yearly_ore", _("Skriv ett pris per år eller ett engångspris."))
        return cleaned

    @property
    def content(self) -> OfferContent:
        """Return what the offer says; an amount that nothing is written for is none."""
        told = self.cleaned_data
        price = Price(
            told["yearly_ore"],
            told["one_off_ore"],
            told["model"],
            told["cap_ore"] or None,
            told["present_ore"] or None,
        )
        return OfferContent(
            told["name"], told["description"], price, UUID(told["population"]), told["last_on"]
        )

    @staticmethod
    def first(content: OfferContent) -> dict[str, Any]:
        """Return what the form holds at first, when a version follows on another."""
        price = content.price
        written = {
            name: amounts.kronor(ore) if (ore := getattr(price, name)) else ""
            for name in ("yearly_ore", "one_off_ore", "cap_ore", "present_ore")
        }
        return written | {
            "name": content.name,
            "description": content.description,
            "model": price.model,
            "population": str(content.population),
            "last_on": content.last_on,
        }


class ExtensionForm(forms.Form):
    """Längre tid för besked."""

    last_on = Day(_("Ny sista dag"), _("Välj den nya sista dagen."))
    reason = Text(_("Varför"), _("Skriv varför tiden förlängs. Alla parter ser det."), length=500)


class DecisionForm(forms.Form):
    """Besked om en option, as our own minutes say it."""

    answer = Radio(_("Kommunens besked"), offers.ANSWERS, _("Välj vilket besked ni lämnar."))
    on = Day(_("Dag för beslutet"), _("Välj dagen då beslutet fattades."))
    paragraph = Text(
        _("Paragraf i ert protokoll"),
        _("Skriv paragrafens nummer, till exempel 41."),
        length=20,
    )
    note = Prose(_("Anteckning"), help_text=_("Alla parter läser den. Skriv inga personuppgifter."))
