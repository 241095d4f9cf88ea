"""The form of a technical check: what a script has measured, and what a person tells."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import technical as words
from portal.forms import Radio, Text
from tenants import technical
from tenants.technical import Measured, Outcome

ANSWERS = {it: words.OUTCOMES[it] for it in (Outcome.WORKS, Outcome.FAILS, Outcome.NOT_TRIED)}
CHOOSE = _("Välj hur det gick.")


class HiddenText(forms.CharField):
    """What the page's script writes; it is read with care, never refused."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)


class CheckForm(forms.Form):
    """Teknisk kontroll."""

    place = Text(
        _("Vilken dator"),
        length=100,
        help_text=_("Till exempel Expeditionen, dator 2. Inget personnamn."),
    )
    clock = Radio(_("Stämmer datorns klocka, inom en minut?"), ANSWERS, CHOOSE)
    network = Radio(_("Kommer sidorna utan att du behöver vänta?"), ANSWERS, CHOOSE)
    printing = Radio(
        _("Blev provsidan rätt utskriven?"),
        ANSWERS,
        CHOOSE,
        help_text=_("Hela ramen syns, å, ä och ö är rätt, och inget är avklippt."),
    )
    card = Radio(
        _("Fungerar kort och kortläsare med kortprogrammet?"),
        {**ANSWERS, Outcome.NOT_USED: words.OUTCOMES[Outcome.NOT_USED]},
        CHOOSE,
        help_text=_(
            "Sidan kan inte själv läsa ett kort eller se kortläsaren: det gör kortprogrammet, till"
            " exempel SITHS eID. Sätt i kortet, öppna programmet och se att ditt namn visas där."
        ),
    )
    lacks = HiddenText()
    clock_seconds = HiddenText()
    trips = HiddenText()
    cookies = HiddenText()

    def __init__(self, given: Any) -> None:
        """Begin with nothing tried."""
        first = dict.fromkeys(("clock", "network", "printing", "card"), Outcome.NOT_TRIED)
        super().__init__(given, initial=first)

    @property
    def measured(self) -> Measured:
        """Return what was measured and told; a script that has run tells what the browser lacks."""
        told = self.cleaned_data
        has_run = bool(told["cookies"])
        return Measured(
            lacks=technical.features(told["lacks"]) if has_run else None,
            clock_seconds=technical.seconds(told["clock_seconds"]),
            trips_ms=technical.trips(told["trips"]),
            has_cookies=told["cookies"] != "no",
            **{it: Outcome(told[it]) for it in ("clock", "network", "printing", "card")},
        )
