"""Forms of the change of system: a file of the old one's open cases, and leaving it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from care.discharge.takeover.importing import LONGEST_NAME
from portal.forms.units import ImportForm


class SystemForm(forms.Form):
    """Which old system it is about."""

    system = forms.CharField(
        label=_("Det gamla systemets namn"),
        help_text=_("Skriv samma namn varje dag, till exempel Meddix."),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Skriv vad det gamla systemet heter."),
            "max_length": _("Korta namnet till högst 40 tecken."),
        },
    )


class CasesForm(SystemForm, ImportForm):
    """The old system's open cases of today."""

    field_order = ("system", "file")
