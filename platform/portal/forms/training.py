"""Forms of training: how many shall be and have been trained, a round of the survey, an answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.training.counting import Trained
from care.training.survey import STATEMENTS, VALUES
from portal.forms import Radio, Words
from portal.forms.costs import Day
from portal.forms.onboarding import SeenForm

MOST = 1_000_000
AGREES = {
    1: _("1, stämmer inte alls"),
    2: "2",
    3: "3",
    4: "4",
    5: _("5, stämmer helt"),
}


class Number(forms.IntegerField):
    """How many people: a whole number."""

    def __init__(self, label: Words, help_text: Words) -> None:
        wrong = _("Skriv ett heltal, 0 eller mer.")
        super().__init__(
            label=label,
            help_text=help_text,
            min_value=0,
            max_value=MOST,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
        )


class TrainedForm(SeenForm):
    """Utbildningsmål: how many of a role shall be trained, and how many have been."""

    goal = Number(_("Ska utbildas"), _("Alla i rollen hos er, också de som redan är utbildade."))
    trained = Number(
        _("Har utbildats"),
        _("Alla som har gått utbildningen, också de som har övat klart i övningsmiljön."),
    )

    def __init__(self, given: Mapping[str, Any] | None, *, trained: Trained) -> None:
        """Take what is told of the role now."""
        told = {"goal": trained.goal, "trained": trained.told, "seen": trained.number}
        super().__init__(given, initial=told)


class RoundForm(forms.Form):
    """Mätning: the last day on which one can answer."""

    closes_on = Day(
        _("Sista dag att svara"),
        _("Välj sista dagen."),
        help_text=_(
            "Resultatet visas dagen efter. En avslutad mätning kan inte öppnas igen, så lämna tid."
        ),
    )

    def __init__(self, given: Mapping[str, Any] | None, *, closes_on: date | None) -> None:
        """Take the last day of a round that runs."""
        super().__init__(given, initial={"closes_on": closes_on})


class SurveyForm(forms.Form):
    """One answer: from 1 to 5 for each statement, all of them."""

    def __init__(self, given: Mapping[str, Any] | None) -> None:
        """Ask every statement."""
        super().__init__(given)
        for it in STATEMENTS:
            self.fields[it.name] = Radio(_(it.text), AGREES, _("Välj 1 till 5."))

    @property
    def values(self) -> dict[str, int]:
        """Return what was chosen, by statement."""
        chosen = {it.name: int(self.cleaned_data[it.name]) for it in STATEMENTS}
        assert set(chosen.values()) <= set(VALUES)
        return chosen
