"""The form of the cost agreement: a version of it, as the board's secretary writes it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import agreement, amounts, perparty
from billing.agreement import AgreedSharing, IndexTerms
from billing.allocation import Bearer
from billing.indexation import IndexClause
from billing.periods import DateRule
from billing.perparty import BadText
from portal import agreement as words
from portal.forms import Prose, Radio, Text, Words
from portal.forms.costs import Day, Percent


class Number(forms.IntegerField):
    """A whole number within bounds, written with digits; `wrong` says what to do."""

    def __init__(self, label: Words, wrong: Words, least: int, most: int, **more: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=least,
            max_value=most,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
            **more,
        )


class AgreementForm(forms.Form):
    """Kostnadsavtal, en version."""

    contract = Text(_("Avtalets beteckning"), _("Skriv avtalets beteckning."), length=60)
    decision = Text(
        _("Beslut"),
        _("Skriv vem som har beslutat, dagen och paragrafen."),
        help_text=_("Till exempel: Gemensamma nämnden 2026-12-01 § 7, dnr GN 2026/118."),
    )
    valid_from = Day(
        _("Gäller från"),
        _("Välj dagen från vilken versionen gäller."),
        help_text=_("En tabell följer den version som gäller på tabellens första dag."),
    )
    date_rule = Radio(
        _("Vilken dags folkmängd"), words.DATE_RULES, _("Välj vilken dag som gäller.")
    )
    fixed_on = Day(_("Den bestämda dagen"), help_text=_("Bara till ”En bestämd dag”."))
    members = Prose(
        _("Kommuner som inte är med hela tiden"),
        help_text=_(
            "En kommun på varje rad: kod eller namn, och dagarna. Till exempel Ragunda; från"
            " 2027-07-01. De som inte står här är med hela tiden."
        ),
    )
    gap = Radio(_("När någon är med en del av perioden"), words.GAPS, _("Välj vem som betalar."))
    index_name = Text(
        _("Index"), length=60, help_text=_("Tomt: inga belopp följer index. Till exempel PKV.")
    )
    base_year = Number(
        _("Beloppen är i priserna för år"), _("Skriv ett år, till exempel 2026."), 1990, 2199
    )
    lag_years = Number(
        _("Eftersläpning (år)"),
        _("Skriv ett heltal från 0 till 5."),
        0,
        5,
        help_text=_("Med 2 följer beloppen för 2028 indexet för 2026. Tomt: ingen."),
    )
    cap = Percent(_("Högst så många procent om året"), help_text=_("Tomt: inget tak."))
    rounding = Radio(
        _("Omräknade belopp avrundas"), words.ROUNDING, _("Välj avrundning."), required=False
    )
    values = Prose(
        _("Indexvärden"),
        help_text=_("Ett år på varje rad: året och värdet. Till exempel 2026; 113,2."),
    )
    exit_terms = Prose(
        _("Villkor vid utträde"),
        help_text=_("Uppsägningstid, åtaganden som är kvar och hur det avräknas. Skrivs ut."),
    )

    def __init__(self, *args: Any, names: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = names
        self.sharing: AgreedSharing | None = None

    def clean(self) -> dict[str, Any]:
        """Read the lines of members and values; what is wrong is said at its field."""
        cleaned = super().clean() or {}
        members = self._members(cleaned)
        index = self._index(cleaned)
        if cleaned.get("date_rule") == DateRule.FIXED_DATE and not cleaned.get("fixed_on"):
            self.add_error("fixed_on", gettext("Välj den bestämda dagen."))
        if not self.errors:
            self.sharing = AgreedSharing(
                contract=cleaned["contract"],
                valid_from=cleaned["valid_from"],
                decision=cleaned["decision"],
                date_rule=DateRule(cleaned["date_rule"]),
                fixed_on=cleaned["fixed_on"],
                gap=Bearer(cleaned["gap"]),
                members=members,
                index=index,
                exit_terms=cleaned["exit_terms"],
            )
        return cleaned

    def _members(self, told: Mapping[str, Any]) -> dict[str, agreement.Participation]:
        try:
            return perparty.by_code(told.get("members", ""), self.names, agreement.participation)
        except BadText as bad:
            self.add_error("members", str(bad))
            return {}

    def _index(self, told: Mapping[str, Any]) -> IndexTerms | None:
        if not told.get("index_name"):
            if told.get("values") or told.get("base_year"):
                self.add_error("index_name", gettext("Skriv vad indexet heter, eller töm fälten."))
            return None
        if not told.get("base_year") and "base_year" not in self.errors:
            self.add_error("base_year", gettext("Skriv vilket års priser som beloppen är i."))
        values = self._values(told)
        if self.errors:
            return None
        clause = IndexClause(
            told["base_year"], told["lag_years"] or 0, told["cap"], int(told["rounding"] or 1)
        )
        return IndexTerms(told["index_name"], clause, values)

    def _values(self, told: Mapping[str, Any]) -> dict[int, str]:
        try:
            found = perparty.pairs(told.get("values", ""), amounts.whole, amounts.decimal)
        except BadText as bad:
            self.add_error("values", str(bad))
            return {}
        if not found:
            self.add_error("values", gettext("Skriv minst ett år med dess indexvärde."))
        return {year: str(value) for year, value in found.items()}

    @staticmethod
    def first(held: AgreedSharing | None, names: Mapping[str, str]) -> dict[str, Any]:
        """Return what the form holds at first: what the newest version says."""
        if held is None:
            return {"date_rule": DateRule.BEFORE_AGREEMENT_YEAR, "gap": Bearer.OTHERS}
        return {
            "contract": held.contract,
            "date_rule": held.date_rule,
            "fixed_on": held.fixed_on,
            "gap": held.gap,
            "members": "\n".join(
                f"{code}; {names.get(code, code)}; {agreement.written(it)}"
                for code, it in held.members.items()
            ),
            "exit_terms": held.exit_terms,
        } | (_first_of_index(held.index) if held.index else {})


def _first_of_index(index: IndexTerms) -> dict[str, Any]:
    return {
        "index_name": index.name,
        "base_year": index.clause.base_year,
        "lag_years": index.clause.lag_years,
        "cap": amounts.in_percent(index.clause.cap) if index.clause.cap is not None else "",
        "rounding": str(index.clause.rounding_ore),
        "values": "\n".join(
            f"{year}; {words.value(text)}" for year, text in sorted(index.values.items())
        ),
    }
