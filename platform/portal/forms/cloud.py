"""Forms of a table's cloud costs: a file, where charges go, what invoices say, exchange rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import amounts
from billing.amounts import BadAmount
from billing.cloud import CloudShown, GroupShown, InvoiceTied, RowFed
from billing.focus import ChargeGroup
from portal import cloud
from portal.forms import Words
from portal.forms.costs import CsvFile, Percent

MINUS = ("-", "−", "–")


class SignedAmount(forms.CharField):
    """An amount in kronor that may be negative, as a credit note's; the value is in öre."""

    def __init__(self, label: Words, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "size": 14})
        super().__init__(label=label, required=False, max_length=30, widget=widget, **more)

    def clean(self, value: Any) -> int | None:
        """Return öre; nothing written is None."""
        text = super().clean(value).strip()
        if not text:
            return None
        is_negative = text.startswith(MINUS)
        try:
            ore = amounts.ore(text[1:] if is_negative else text)
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None
        return -ore if is_negative else ore


class Rate(forms.CharField):
    """An exchange rate: kronor for one of a currency."""

    def __init__(self, label: Words, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        missing = {"required": _("Skriv kursen, till exempel 10,4321.")}
        super().__init__(label=label, max_length=20, widget=widget, error_messages=missing, **more)

    def clean(self, value: Any) -> Decimal:
        """Return kronor for one, with at most six decimals."""
        rate = _decimal(super().clean(value))
        if not 0 < rate < 10**6 or round(rate, 6) != rate:
            raise forms.ValidationError(_("Skriv kursen, till exempel 10,4321."))
        return rate


class CloudFileForm(forms.Form):
    """A FOCUS file."""

    file = CsvFile(
        _("FOCUS-fil"),
        _("Välj en fil."),
        help_text=_("FOCUS 1.2 från leverantören, som CSV i UTF-8 med komma mellan fälten."),
    )


class CloudMapForm(forms.Form):
    """Which row each group of charges goes to, and the region's share of each row."""

    def __init__(self, *args: Any, of: CloudShown, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = [("", _("Ingen rad")), *((str(pk), name) for pk, name in of.targets.items())]
        self.groups: dict[str, ChargeGroup] = {}
        for it in of.groups:
            name = f"group_{_key(it.group.service, it.group.bearer)}"
            self.groups[name] = it.group
            self.fields[name] = forms.ChoiceField(
                label=gettext("Kostnadsrad för {group}").format(group=cloud.name(it.group)),
                choices=rows,
                required=False,
                initial=str(it.row_id or ""),
                error_messages={"invalid_choice": _("Välj en rad i listan.")},
            )
        self.fed: dict[str, int] = {}
        for row in of.fed:
            name = f"share_{row.row_id}"
            self.fed[name] = row.row_id
            self.fields[name] = Percent(
                gettext("Regionens del av {activity}, %").format(activity=row.activity),
                missing=_("Skriv regionens del, från 0 till 100."),
                initial=cloud.percent(row.region_share),
            )

    def of_group(self, it: GroupShown) -> forms.BoundField:
        """Return the field of a group."""
        return self[f"group_{_key(it.group.service, it.group.bearer)}"]

    def of_row(self, it: RowFed) -> forms.BoundField:
        """Return the field of a row's share."""
        return self[f"share_{it.row_id}"]

    @property
    def targets(self) -> dict[ChargeGroup, int | None]:
        """Return the row that each group goes to."""
        return {
            group: int(chosen) if (chosen := self.cleaned_data[name]) else None
            for name, group in self.groups.items()
        }

    @property
    def shares(self) -> dict[int, Fraction]:
        """Return the shares that have been changed: what is shown of the others is rounded."""
        return {
            pk: self.cleaned_data[name]
            for name, pk in self.fed.items()
            if name in self.changed_data
        }


class CloudInvoicesForm(forms.Form):
    """What the provider's invoices say."""

    def __init__(self, *args: Any, of: Sequence[InvoiceTied], **more: Any) -> None:
        super().__init__(*args, **more)
        self.numbers: dict[str, str] = {}
        for it in of:
            name = f"invoice_{_key(it.number)}"
            self.numbers[name] = it.number
            label = gettext("Faktura {number} utan moms, kr").format(number=cloud.number(it.number))
            said = "" if it.invoiced_ore is None else amounts.kronor(it.invoiced_ore)
            self.fields[name] = SignedAmount(label, initial=said)

    def of_invoice(self, it: InvoiceTied) -> forms.BoundField:
        """Return the field of an invoice."""
        return self[f"invoice_{_key(it.number)}"]

    @property
    def invoiced_ore(self) -> dict[str, int | None]:
        """Return what each invoice says, None: nothing is known."""
        return {number: self.cleaned_data[name] for name, number in self.numbers.items()}


class CloudRatesForm(forms.Form):
    """Exchange rates that the parties have settled."""

    def __init__(self, *args: Any, of: Mapping[str, Fraction | None], **more: Any) -> None:
        super().__init__(*args, **more)
        for currency, rate in of.items():
            label = gettext("Kronor för 1 {currency}").format(currency=currency)
            self.fields[currency] = Rate(label, initial=cloud.rate(rate))

    @property
    def rates(self) -> dict[str, Decimal]:
        """Return the rate of each currency."""
        return dict(self.cleaned_data)


def _decimal(text: str) -> Decimal:
    """Return a number as Swedes write it."""
    try:
        number = Decimal(text.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise forms.ValidationError(_("Skriv ett tal med siffror, till exempel 33,5."))
    return number


def _key(*of: str) -> str:
    # A name that stays the same when other groups come and go.
    return sha256("\0".join(of).encode()).hexdigest()[:16]
