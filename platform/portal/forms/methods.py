"""What the method of a cost row asks for besides itself; each field tells for which method."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import amounts, methods, perparty
from billing.amounts import BadAmount
from billing.perparty import BadText
from portal.forms import Prose, Text, Words

FIELDS = ("equal_part", "values", "reason", "bands", "over", "rebate")
# The style sheet shows the field when its method is chosen; without it all are in view.
OF_METHOD = "portal/forms/of_method.html"


class Part(forms.CharField):
    """A part in percent that is neither nothing nor all; the value is a part of one."""

    def __init__(self, label: Words, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8})
        more["template_name"] = OF_METHOD
        super().__init__(label=label, required=False, max_length=20, widget=widget, **more)

    def clean(self, value: Any) -> Fraction | None:
        """Return the part of one; nothing written is None."""
        text = super().clean(value)
        try:
            part = amounts.percent(text) if text else None
        except BadAmount:
            part = Fraction(0)
        if part is not None and not 0 < part < 1:
            raise forms.ValidationError(_("Skriv ett tal mellan 0 och 100, till exempel 30."))
        return part


class People(forms.CharField):
    """A number of inhabitants."""

    def __init__(self, label: Words, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        more["template_name"] = OF_METHOD
        super().__init__(label=label, required=False, max_length=20, widget=widget, **more)

    def clean(self, value: Any) -> int | None:
        """Return the number; nothing written is None."""
        text = super().clean(value)
        try:
            return amounts.whole(text) if text else None
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None


class MethodFields(forms.Form):
    """The parameters of a row's method (`billing.methods`), as a person writes them."""

    equal_part = Part(
        _("Lika delar av beloppet (%)"),
        help_text=_("Till ”En del lika, resten efter folkmängd”."),
    )
    values = Prose(
        _("Värde per kommun"),
        rows=8,
        template_name=OF_METHOD,
        help_text=_(
            "Till ”Fasta andelar” i procent, tillsammans 100. Till ”För hand” i kronor,"
            " tillsammans det som kommunerna betalar. En kommun på varje rad: kod eller namn, och"
            " värdet. Det går att klistra in från ett kalkylprogram."
        ),
    )
    reason = Text(
        _("Skäl"),
        length=500,
        template_name=OF_METHOD,
        help_text=_("Till ”För hand”. Skälet skrivs ut."),
    )
    bands = Prose(
        _("Avgifter"),
        template_name=OF_METHOD,
        help_text=_(
            "Till ”Avgift efter storlek”. Ett steg på varje rad: från så många invånare; avgift i"
            " kronor. Till exempel 0; 1 000 och 10 000; 3 000."
        ),
    )
    over = People(
        _("Rabatt för dem som har fler invånare än"),
        help_text=_("Till ”Folkmängd med rabatt för stora”."),
    )
    rebate = Part(
        _("Rabatt (%)"),
        help_text=_("Till ”Folkmängd med rabatt för stora”. På alla kommunens invånare."),
    )

    def __init__(self, *args: Any, names: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = names

    def read_parameters(self, told: Mapping[str, Any], amount_ore: int | None) -> dict[str, Any]:
        """Return the parameters of the method that is chosen; what is wrong is said at its field.

        :param amount_ore: what amounts by hand must make up, None: it is not known here
        """
        match told.get("method_id"):
            case "fixed_shares@1":
                return self._fixed_shares(told)
            case "manual@1":
                return self._by_hand(told, amount_ore)
            case "mixed@1":
                return self._mixed(told)
            case "tiers@1":
                return self._tiers(told)
            case "rebate@1":
                return self._rebate(told)
        return {}

    def _fixed_shares(self, told: Mapping[str, Any]) -> dict[str, Any]:
        shares = self._of_everybody(told, amounts.percent)
        if shares and sum(shares.values()) != 1:
            text = gettext(
                "Andelarna är tillsammans {sum} procent. Ändra dem så att de är 100."
            ).format(sum=amounts.in_percent(sum(shares.values(), Fraction(0))))
            self.add_error("values", text)
        return {"shares": {code: str(share) for code, share in shares.items()}}

    def _by_hand(self, told: Mapping[str, Any], amount_ore: int | None) -> dict[str, Any]:
        if not told.get("reason"):
            self._miss("reason", gettext("Skriv varför beloppen är satta för hand."))
        found = self._of_everybody(told, amounts.ore)
        if found and amount_ore is not None and sum(found.values()) != abs(amount_ore):
            text = gettext(
                "Beloppen är tillsammans {sum} kr, men kommunerna betalar {amount} kr. Ändra dem"
                " så att summan stämmer."
            ).format(
                sum=amounts.kronor(sum(found.values())), amount=amounts.kronor(abs(amount_ore))
            )
            self.add_error("values", text)
        return {"amounts_ore": found, "reason": told.get("reason", "")}

    def _mixed(self, told: Mapping[str, Any]) -> dict[str, Any]:
        if told.get("equal_part") is None:
            self._miss("equal_part", gettext("Skriv hur många procent som delas lika."))
            return {}
        return {
            "parts": [
                {"share": str(told["equal_part"]), "method": "equal@1"},
                {"share": methods.REST, "method": "population@1"},
            ]
        }

    def _tiers(self, told: Mapping[str, Any]) -> dict[str, Any]:
        try:
            fees = perparty.pairs(told.get("bands", ""), amounts.whole, amounts.ore)
        except BadText as bad:
            self.add_error("bands", str(bad))
            return {}
        if 0 not in fees:
            self._miss("bands", gettext("Skriv stegen, det första från 0 invånare."))
        elif not any(fees.values()):
            self._miss("bands", gettext("Alla avgifter är noll. Skriv minst en avgift."))
        return {"bands": [{"from": start, "fee_ore": fees[start]} for start in sorted(fees)]}

    def _rebate(self, told: Mapping[str, Any]) -> dict[str, Any]:
        if told.get("over") is None:
            self._miss("over", gettext("Skriv över hur många invånare rabatten gäller."))
        if told.get("rebate") is None:
            self._miss("rebate", gettext("Skriv rabatten i procent."))
            return {}
        return {"over": told.get("over"), "rebate": str(told["rebate"])}

    def _of_everybody(self, told: Mapping[str, Any], read: Any) -> dict[str, Any]:
        try:
            found = perparty.by_code(told.get("values", ""), self.names, read)
            return perparty.of_everybody(found, self.names)
        except BadText as bad:
            self._miss("values", str(bad))
            return {}

    def _miss(self, name: str, text: str) -> None:
        if name not in self.errors:  # what is written there has been refused already
            self.add_error(name, text)


def held(parameters: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the fields hold at first: the parameters that a row keeps, else lines to fill."""
    return {
        "values": perparty.written(_values(parameters), names),
        "reason": parameters.get("reason", ""),
        "equal_part": _equal_part(parameters.get("parts", ())),
        "bands": "\n".join(
            f"{amounts.thousands(it['from'])}; {amounts.kronor(it['fee_ore'])}"
            for it in parameters.get("bands", ())
        ),
        "over": amounts.thousands(parameters["over"]) if "over" in parameters else "",
        "rebate": amounts.in_percent(Fraction(parameters["rebate"]))
        if "rebate" in parameters
        else "",
    }


def _values(parameters: Mapping[str, Any]) -> dict[str, str]:
    shares, by_hand = parameters.get("shares", {}), parameters.get("amounts_ore", {})
    return {code: amounts.in_percent(Fraction(it)) for code, it in shares.items()} | {
        code: amounts.kronor(it) for code, it in by_hand.items()
    }


def _equal_part(parts: Any) -> str:
    """Return the percent of equal shares, where the rest is by population."""
    if [it["method"] for it in parts] != ["equal@1", "population@1"]:
        return ""
    return amounts.in_percent(Fraction(parts[0]["share"]))
