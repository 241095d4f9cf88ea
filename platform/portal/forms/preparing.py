"""Forms beside the steps of joining: an expert that is asked for, an answer, the units' days."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.inbox.readiness import UnitReady
from portal.forms import Radio, Text
from portal.forms.costs import Day
from portal.forms.onboarding import FEW_LINES, SeenForm
from tenants.experts import Answered, Asked, Field, Reply
from tenants.starts import Starts


class AskForm(SeenForm):
    """Efterfrågad ämnesexpert: for what, since when, and until when an answer is waited for."""

    purpose = Text(
        _("Vad experten behövs till"),
        _("Skriv vad experten behövs till."),
        help_text=_("Till exempel Arbetsgruppen för inskrivningsmeddelandet, två dagar i månaden."),
    )
    asked_on = Day(_("Efterfrågad"), _("Välj dagen då ni frågade."))
    answer_by = Day(
        _("Svar senast"), help_text=_("Passeras dagen utan svar syns det på tavlan. Får vara tomt.")
    )
    is_withdrawn = forms.BooleanField(
        label=_("Frågan är tillbakadragen"),
        required=False,
        help_text=_("Då står den inte på tavlan längre. Det som har skrivits finns kvar."),
    )

    def __init__(
        self, given: Mapping[str, Any] | None, *, asked: Asked | None, today: date
    ) -> None:
        """Take what is asked now; None for nothing."""
        first = asdict(asked) | {"seen": asked.number} if asked else {"seen": 0, "asked_on": today}
        if asked and asked.is_withdrawn:
            first["is_withdrawn"] = False  # who comes back to it asks again
        super().__init__(given, initial=first)
        if asked is None:
            del self.fields["is_withdrawn"]

    def asked(self, field: Field) -> Asked:
        """Return what was typed."""
        told = {name: it for name, it in self.cleaned_data.items() if name != "seen"}
        return Asked(field=field, **told | {"purpose": told["purpose"].strip()})


class AnswerForm(SeenForm):
    """Svar: who takes part and from when, or why nobody does."""

    reply = Radio(_("Svar"), dict(Reply.choices), _("Välj om någon deltar."))
    name = Text(
        _("Namn"),
        length=100,
        help_text=_("Den som deltar, i sitt arbete. Får vara tomt tills ni vet vem."),
    )
    title = Text(_("Befattning"), length=100, help_text=_("Till exempel Distriktssköterska."))
    from_on = Day(_("Deltar från"), help_text=_("Behövs när någon deltar."))
    reason = Text(
        _("Varför ingen kan delta"),
        length=500,
        widget=FEW_LINES,
        help_text=_("Behövs när ni avböjer. Till exempel: Vakant tjänst till den 1 mars."),
    )

    def __init__(self, given: Mapping[str, Any] | None, *, answered: Answered | None) -> None:
        """Take what is answered now; None for nothing."""
        first = asdict(answered) | {"seen": answered.number} if answered else {"seen": 0}
        super().__init__(given, initial=first)

    def answered(self, field: Field) -> Answered:
        """Return what was typed; what does not belong to the answer is left out."""
        told = self.cleaned_data
        if told["reply"] == Reply.DECLINES:
            return Answered(field, Reply.DECLINES, reason=told["reason"].strip())
        return Answered(
            field,
            Reply.TAKES_PART,
            name=told["name"].strip(),
            title=told["title"].strip(),
            from_on=told["from_on"],
        )


class StartsForm(SeenForm):
    """Start per enhet: the day of each unit that does not start with its huvudman."""

    def __init__(
        self, given: Mapping[str, Any] | None, *, units: Sequence[UnitReady], planned: Starts
    ) -> None:
        """Take the units that receive, and the plan that is there."""
        days = {_name(unit): on for unit, on in planned.days.items()}
        super().__init__(given, initial=days | {"seen": planned.number})
        self.units = units
        for it in units:
            self.fields[_name(it.hsa_id)] = Day(it.name)

    @property
    def days(self) -> dict[str, date]:
        """Return the days that were typed, by HSA-id."""
        told = {it.hsa_id: self.cleaned_data[_name(it.hsa_id)] for it in self.units}
        return {unit: on for unit, on in told.items() if on is not None}


def _name(hsa_id: str) -> str:
    return f"day_{hsa_id}"
