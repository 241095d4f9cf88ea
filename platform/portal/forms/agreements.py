"""Forms of an agreement: drafting a version, ending it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.law.discharge import Act
from care.law.terms import STATUTORY, Terms
from portal import agreed, parties
from tenants.agreements import Agreement, Channel, InfoClass

CHANNELS = [(it.value, agreed.CHANNEL_LABELS[it]) for it in Channel]
RECEIPTS = {"receipt_admission": Act.NOTIFY_ADMISSION, "receipt_ready": Act.NOTIFY_READY}
UNITS = [("hours", _("timmar")), ("working_days", _("arbetsdagar"))]
RECEIPT_LABELS = {
    "receipt_admission": _("Kvittenstid för inskrivningsmeddelande"),
    "receipt_ready": _("Kvittenstid för underrättelse om utskrivningsklar"),
}
WHOLE = _("Skriv ett helt tal från 1 till 1000, eller lämna tomt.")


class Draft(forms.Form):
    """One version of an agreement; what the form does not name stays as the last version had it."""

    title = forms.CharField(
        label=_("Rubrik"),
        max_length=200,
        error_messages={
            "required": _("Skriv en rubrik."),
            "max_length": _("Korta rubriken till högst 200 tecken."),
        },
    )
    valid_from = forms.DateField(
        label=_("Gäller från och med"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Välj den första dagen."),
            "invalid": _("Skriv dagen som 2026-01-31."),
        },
    )
    valid_until = forms.DateField(
        label=_("Gäller till och med"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Välj den sista dagen."),
            "invalid": _("Skriv dagen som 2026-12-31."),
        },
    )
    text = forms.CharField(
        label=_("Överenskommelsens text"),
        help_text=_("Hela texten. Det är den som varje part skriver under, ord för ord."),
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Skriv texten som parterna ska skriva under.")},
    )
    grace_days = forms.IntegerField(
        label=_("Fristdagar efter underrättelsen"),
        help_text=_("Lagens tal är 3 (5 kap. 4 §)."),
        min_value=0,
        max_value=90,
        error_messages={
            "required": _("Skriv ett antal dagar. Lagens tal är 3."),
            "invalid": _("Skriv ett helt antal dagar från 0 till 90."),
            "min_value": _("Skriv ett helt antal dagar från 0 till 90."),
            "max_value": _("Skriv ett helt antal dagar från 0 till 90."),
        },
    )
    cutoff_time = forms.TimeField(
        label=_("Klockslag då en dag till läggs på"),
        help_text=_("Lagens klockslag är 12.00 (5 kap. 4 §)."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": _("Skriv ett klockslag. Lagens är 12:00."),
            "invalid": _("Skriv klockslaget som 12:00."),
        },
    )
    charge_discharge_day = forms.BooleanField(
        label=_("Räkna utskrivningsdagen som betaldag"),
        help_text=_("Lagen räknar den inte (5 kap. 4 §)."),
        required=False,
    )

    def __init__(
        self,
        given: Mapping[str, Any] | None,
        *,
        tenant: str,
        earlier: Agreement | None = None,
    ) -> None:
        super().__init__(given, initial=_initial(earlier, tenant) if earlier else _statutory())
        self.tenant = tenant
        self.earlier = earlier
        self.fields["parties"] = forms.MultipleChoiceField(
            label=_("Övriga parter"),
            help_text=_("Er egen huvudman är alltid part. Var och en skriver under för sig."),
            choices=list(parties.others(tenant).items()),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Välj minst en huvudman till.")},
        )
        for info_class in InfoClass:
            self.fields[f"channels_{info_class}"] = forms.MultipleChoiceField(
                label=agreed.CLASS_LABELS[info_class],
                help_text=agreed.CLASS_TEXTS[info_class],
                choices=CHANNELS,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        for field, label in RECEIPT_LABELS.items():
            self.fields[field] = forms.IntegerField(
                label=label,
                help_text=_("Lagen har ingen kvittenstid. Lämna tomt om ni inte avtalar om någon."),
                required=False,
                min_value=1,
                max_value=1000,
                error_messages={"invalid": WHOLE, "min_value": WHOLE, "max_value": WHOLE},
            )
            self.fields[f"{field}_unit"] = forms.ChoiceField(
                label=_("Räknas i"), choices=UNITS, initial="hours", required=False
            )
        channels = [f"channels_{it}" for it in InfoClass]
        self.order_fields(["title", "parties", "valid_from", "valid_until", "text", *channels])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("Välj en sista dag som inte ligger före den första."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Return what `tenants.agreements.draft` takes."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "text": given["text"],
            "parties": [self.tenant, *given["parties"]],
            "valid_from": given["valid_from"],
            "valid_until": given["valid_until"],
            "channels": {it.value: given[f"channels_{it}"] for it in InfoClass},
            "terms": self._terms(),
        }

    def _terms(self) -> dict[str, object]:
        """Return the terms that are not the Act's own; the Act fills in the others."""
        given = self.cleaned_data
        terms = dict(self.earlier.terms) if self.earlier else {}
        receipts = dict(terms.get("receipt_times", {}))
        for field, act in RECEIPTS.items():
            receipts.pop(act.value, None)
            if given[field]:
                receipts[act.value] = {given[f"{field}_unit"] or "hours": given[field]}
        terms |= {
            "grace_days": given["grace_days"],
            "cutoff_time": given["cutoff_time"].isoformat("minutes"),
            "charge_discharge_day": given["charge_discharge_day"],
            "receipt_times": receipts,
        }
        law = STATUTORY.to_json()
        agreed_terms = Terms.from_json(terms).to_json()
        return {name: it for name, it in agreed_terms.items() if it != law[name]}


class End(forms.Form):
    """Ending an agreement."""

    reason = forms.CharField(
        label=_("Skäl"),
        help_text=_("Skälet läses av alla parter. Skriv inget om en enskild person."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Skriv varför ni säger upp överenskommelsen."),
            "max_length": _("Korta skälet till högst 500 tecken."),
        },
    )
    understood = forms.BooleanField(
        label=_("Jag förstår att delningen upphör direkt"),
        error_messages={"required": _("Kryssa i rutan om ni vill att delningen upphör nu.")},
    )


def _statutory() -> dict[str, Any]:
    return {"grace_days": STATUTORY.grace_days, "cutoff_time": STATUTORY.cutoff_time}


def _initial(earlier: Agreement, tenant: str) -> dict[str, Any]:
    terms = Terms.from_json(earlier.terms)
    receipts: dict[str, Any] = {}
    for field, act in RECEIPTS.items():
        if agreed_time := terms.receipt_times.get(act):
            receipts[field] = agreed_time.hours or agreed_time.working_days
            receipts[f"{field}_unit"] = "hours" if agreed_time.hours else "working_days"
    return {
        "title": earlier.title,
        "text": earlier.text,
        "parties": [it for it in earlier.parties if it != tenant],
        "valid_from": earlier.valid_from,
        "valid_until": earlier.valid_until,
        **{f"channels_{it}": list(earlier.channels.get(it, ())) for it in InfoClass},
        "grace_days": terms.grace_days,
        "cutoff_time": terms.cutoff_time,
        "charge_discharge_day": terms.charge_discharge_day,
        **receipts,
    }
