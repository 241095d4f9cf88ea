"""The questions of the guide to what may be told to whom. Nothing in them is about a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from care.law.disclosure import Content, Receiver, Situation, Teller, Will
from portal import labels
from portal.forms import Radio

CHOOSE = _("Välj ett av alternativen.")


class DisclosureForm(forms.Form):
    """Who tells whom what, and what the person wants."""

    teller = Radio(_("Var arbetar du?"), labels.TELLERS, CHOOSE)
    receiver = Radio(_("Vem vill du berätta för?"), labels.RECEIVERS, CHOOSE)
    content = Radio(_("Vad vill du berätta?"), labels.CONTENTS, CHOOSE)
    will = Radio(_("Vad vill personen?"), labels.WILLS, CHOOSE)
    is_vulnerable = forms.BooleanField(
        label=_("Personen är under 18 år, missbrukar fortgående eller vårdas enligt LPT eller LRV"),
        required=False,
    )

    def situation(self) -> Situation:
        """Return what is asked about."""
        told = self.cleaned_data
        return Situation(
            Teller(told["teller"]),
            Receiver(told["receiver"]),
            Content(told["content"]),
            Will(told["will"]),
            is_vulnerable=told["is_vulnerable"],
        )
