"""Forms of the joint board's invoices: terms, payers, credit notes, payments."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing import amounts
from billing.invoices.accounting import CodingString, PostingTemplate
from billing.invoices.allocated import Terms
from billing.invoices.drafts import AgreedTerms
from billing.invoices.model import Invoice, Rounding, Vat, VatCategory
from billing.invoices.parties import Address, Buyer
from portal import invoices
from portal.forms import Choice, Radio, Text, Words
from portal.forms.cloud import SignedAmount
from portal.forms.costs import Day

PERCENTS = {"25": _("25 %"), "12": _("12 %"), "6": _("6 %")}


class Digits(Text):
    """A number of which people write the digits with spaces or a hyphen; the value has none."""

    def clean(self, value: Any) -> str:
        """Return the digits together."""
        return re.sub(r"[\s-]", "", super().clean(value) or "")


class TermsForm(forms.Form):
    """Faktureringsvillkor."""

    contract = Text(_("Avtalets beteckning"), _("Skriv avtalets beteckning."), length=60)
    vat_category = Radio(_("Moms"), invoices.VAT, _("Välj om fakturorna har moms."))
    vat_percent = Choice(_("Momssats"), PERCENTS, help_text=_("Bara på fakturor med moms."))
    vat_reason = Text(
        _("Skäl till att fakturorna är utan moms"),
        help_text=_("Till exempel: Kostnadsdelning inom en gemensam nämnd."),
    )
    rounding = Radio(_("Att betala avrundas"), invoices.ROUNDING, _("Välj avrundning."))
    days_to_pay = forms.IntegerField(
        label=_("Dagar att betala"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Skriv antalet dagar, till exempel 30."),
            "invalid": _("Skriv antalet dagar med siffror, till exempel 30."),
        },
    )
    bankgiro = Digits(_("Bankgiro"), _("Skriv det bankgiro som ska få betalningen."), length=12)
    street = Text(_("Gata eller box"), _("Skriv gatan eller boxen."), length=100)
    postal_code = Digits(_("Postnummer"), _("Skriv postnumret."), length=10)
    city = Text(_("Ort"), _("Skriv orten."), length=60)
    receivable = Digits(_("Konto för fordran"), _("Skriv kontot för fordran."), length=10)
    revenue = Digits(_("Konto för intäkt"), _("Skriv kontot för intäkten."), length=10)
    vat = Digits(_("Konto för utgående moms"), _("Skriv kontot för moms."), length=10)
    rounded = Digits(_("Konto för öresavrundning"), _("Skriv kontot för avrundning."), length=10)
    responsibility = Text(_("Ansvar"), length=20)
    operation = Text(_("Verksamhet"), length=20)
    activity = Text(_("Aktivitet"), length=20)
    project = Text(_("Projekt"), length=20)

    @property
    def agreed(self) -> AgreedTerms:
        """Return the terms as they are written.

        :raises CannotInvoice: if a part of them cannot be
        """
        cleaned = self.cleaned_data
        is_taxed = cleaned["vat_category"] == VatCategory.STANDARD
        return AgreedTerms(
            terms=Terms(
                cleaned["contract"],
                Vat(
                    VatCategory(cleaned["vat_category"]),
                    int(cleaned["vat_percent"] or 0) if is_taxed else 0,
                    "" if is_taxed else cleaned["vat_reason"],
                ),
                Rounding(cleaned["rounding"]),
            ),
            days_to_pay=cleaned["days_to_pay"],
            bankgiro=cleaned["bankgiro"],
            address=Address(cleaned["street"], cleaned["postal_code"], cleaned["city"]),
            posting=PostingTemplate(
                receivable=CodingString(cleaned["receivable"]),
                revenue=CodingString(
                    cleaned["revenue"],
                    responsibility=cleaned["responsibility"],
                    operation=cleaned["operation"],
                    activity=cleaned["activity"],
                    project=cleaned["project"],
                ),
                vat=CodingString(cleaned["vat"]),
                rounding=CodingString(cleaned["rounded"]),
            ),
        )

    @staticmethod
    def first(held: AgreedTerms | None) -> dict[str, Any]:
        """Return what the form holds at first."""
        if held is None:
            return {"rounding": Rounding.KRONA, "days_to_pay": 30}
        vat, posting = held.terms.vat, held.posting
        return {
            "contract": held.terms.contract,
            "vat_category": vat.category,
            "vat_percent": str(vat.percent) if vat.percent else "",
            "vat_reason": vat.reason,
            "rounding": held.terms.rounding,
            "days_to_pay": held.days_to_pay,
            "bankgiro": held.bankgiro,
            **vars(held.address),
            "receivable": posting.receivable.account,
            "revenue": posting.revenue.account,
            "vat": posting.vat.account,
            "rounded": posting.rounding.account,
            "responsibility": posting.revenue.responsibility,
            "operation": posting.revenue.operation,
            "activity": posting.revenue.activity,
            "project": posting.revenue.project,
        }


class PayerForm(forms.Form):
    """Betalare: how a municipality is named and found on its next invoice."""

    name = Text(_("Namn på fakturan"), _("Skriv kommunens namn."), length=100)
    organisation_number = Digits(
        _("Organisationsnummer"), _("Skriv organisationsnumret."), length=13
    )
    street = Text(_("Gata eller box"), _("Skriv gatan eller boxen."), length=100)
    postal_code = Digits(_("Postnummer"), _("Skriv postnumret."), length=10)
    city = Text(_("Ort"), _("Skriv orten."), length=60)
    reference = Text(
        _("Referenskod"),
        length=60,
        help_text=_("Den kod som kommunen har gett för sina fakturor, aldrig en persons namn."),
    )
    order_reference = Text(
        _("Ordernummer"), length=60, help_text=_("Behövs bara utan referenskod.")
    )
    counterparty = Text(
        _("Motpart"), length=20, help_text=_("Kommunens kod i regionens redovisning.")
    )

    @property
    def payer(self) -> Buyer:
        """Return the payer as it is written.

        :raises CannotInvoice: if a part of it cannot be
        """
        cleaned = self.cleaned_data
        return Buyer(
            cleaned["name"],
            cleaned["organisation_number"],
            Address(cleaned["street"], cleaned["postal_code"], cleaned["city"]),
            cleaned["reference"],
            cleaned["order_reference"],
            cleaned["counterparty"],
        )

    @staticmethod
    def first(payer: Buyer | None, *, name: str, organisation_number: str) -> dict[str, Any]:
        """Return what the form holds at first: what is kept, or what the registry says."""
        if payer is None:
            return {"name": name, "organisation_number": organisation_number}
        return {**vars(payer), **vars(payer.address)}


class CreditForm(forms.Form):
    """Kreditering: what is taken back of each line, and why."""

    def __init__(self, *args: Any, of: Invoice, **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = [f"line_{number}" for number in range(len(of.lines))]
        for name, line in zip(self.names, of.lines, strict=True):
            label: Words = _("{text}, kr utan moms").format(text=line.text)
            self.fields[name] = SignedAmount(label, initial=amounts.kronor(line.amount_ore))
        self.fields["reason"] = Text(_("Skäl"), _("Skriv varför fakturan krediteras."), length=500)

    @property
    def amounts_ore(self) -> list[int]:
        """Return what is taken back of each line."""
        return [self.cleaned_data[name] or 0 for name in self.names]


class PaymentForm(forms.Form):
    """Betalning."""

    on = Day(_("Betald den"), _("Välj dagen då pengarna kom."))
