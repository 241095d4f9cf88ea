"""Forms of the joint board's books: tables, populations, runs, steps, objections."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing import agreement, amounts, funding
from billing.allocation import CannotAllocate
from billing.amounts import BadAmount
from billing.balances import ToCarry
from billing.counts import What
from billing.methods import BY_HAND
from billing.operations import Line
from billing.periods import Period
from billing.queries import CountShown, PopulationShown, RowShown
from billing.runs import Category, Kind
from billing.simulation import LEAST_MODELS, MOST_MODELS
from portal import costs
from portal.forms import EARLIEST, LATEST, Choice, Prose, Radio, Several, Text, Words, methods
from portal.forms.methods import MethodFields

RULE = (
    "region_share",
    agreement.FOLLOWS_INDEX,
    "cap_ore",
    "floor_ore",
    "excess",
    "before",
    "step",
    "steps",
)
FED = ("kind", "region_ore", "municipalities_ore")  # what cloud costs write in a row


class Day(forms.DateField):
    """A day, of a year that people write."""

    def __init__(self, label: Words, missing: Words = "", **more: Any) -> None:
        super().__init__(
            label=label,
            required=bool(missing),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"required": missing, "invalid": _("Skriv dagen som 2026-11-01.")},
            **more,
        )

    def clean(self, value: Any) -> date | None:
        """Return the day, None where none is written."""
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise forms.ValidationError(
                _("Kontrollera årtalet och skriv det med fyra siffror."), code="year"
            )
        return day


class Amount(forms.CharField):
    """An amount in kronor, as Swedes write it; the value is in öre."""

    def __init__(self, label: Words, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=30, widget=widget, **more)

    def clean(self, value: Any) -> int:
        """Return öre; nothing written is nothing."""
        text = super().clean(value)
        if not text or text in {"-", "–"}:
            return 0
        try:
            return amounts.ore(text)
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None


class Percent(forms.CharField):
    """A part in percent, from nothing to all; the value is a part of one."""

    def __init__(self, label: Words, missing: Words = "", **more: Any) -> None:
        super().__init__(
            label=label,
            required=bool(missing),
            max_length=20,
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8}
            ),
            error_messages={"required": missing},
            **more,
        )

    def clean(self, value: Any) -> Fraction | None:
        """Return the part of one; nothing written is None."""
        text = super().clean(value)
        try:
            return amounts.percent(text) if text else None
        except BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None


class CsvFile(forms.FileField):
    """A file saved from a spreadsheet."""

    def __init__(self, label: Words, missing: Words = "", **more: Any) -> None:
        super().__init__(
            label=label,
            required=bool(missing),
            widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
            error_messages={
                "required": missing,
                "missing": missing,
                "empty": _("Filen är tom. Välj en annan fil."),
                "invalid": _("Filen kunde inte skickas. Välj den igen."),
            },
            **more,
        )


class Counted(forms.ChoiceField):
    """One of the counts of a kind, the newest first."""

    def __init__(self, what: str, found: Sequence[CountShown]) -> None:
        super().__init__(
            label=costs.COUNTS[What(what)],
            choices=[(str(it.id), costs.count_label(it)) for it in found],
            required=False,
            help_text="" if found else _("Inget är inläst. Läs in det under Befolkningsunderlag."),
            error_messages={"invalid_choice": _("Välj ett underlag i listan.")},
        )


class TableForm(forms.Form):
    """Kostnadstabell: what is to be shared, and in which period."""

    title = Text(_("Rubrik"), _("Skriv vad kostnaderna avser, till exempel Samplan 2027."))
    first_on = Day(_("Från och med"), _("Välj den första dagen."))
    last_on = Day(_("Till och med"), _("Välj den sista dagen."))
    file = CsvFile(
        _("Kostnadstabell som fil"),
        help_text=_("CSV i UTF-8 med semikolon. Utan fil skriver du raderna på nästa sida."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("Perioden slutar före sin första dag. Ändra den."))
        return cleaned

    @property
    def period(self) -> Period:
        """Return the period."""
        return Period(self.cleaned_data["first_on"], self.cleaned_data["last_on"])


class Step(forms.IntegerField):
    """A step of a transition, or how many there are."""

    def __init__(self, label: Words) -> None:
        wrong = _("Skriv ett heltal från 1 till 20.")
        super().__init__(
            label=label,
            required=False,
            min_value=1,
            max_value=20,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        )


class LineForm(MethodFields):
    """Rad i kostnadstabellen. What cloud costs write in it is not asked for."""

    field_order = (
        "activity", "kind", "region_ore", "municipalities_ore", "method_id", *methods.FIELDS,
    )  # fmt: skip

    activity = Text(_("Aktivitet"), _("Skriv vad kostnaden avser."))
    kind = Radio(_("Slag av rad"), costs.KINDS, _("Välj slag av rad."))
    region_ore = Amount(_("Regionen betalar (kr)"))
    municipalities_ore = Amount(_("Kommunerna betalar tillsammans (kr)"))
    method_id = Radio(_("Kommunerna delar"), costs.METHODS, _("Välj hur kommunerna delar sin del."))
    category = Choice(_("Kostnadsslag"), costs.CATEGORIES, _("Välj kostnadsslag."))
    note = Text(
        _("Fotnot"),
        length=500,
        help_text=_("Till exempel: Finansieras av respektive huvudman."),
    )
    region_share = Percent(
        _("Regionens andel av raden (%)"),
        help_text=_("Tomt: som beloppen är skrivna. Annars delas hela beloppet så."),
    )
    follows_index = forms.BooleanField(label=_("Beloppen följer avtalets index"), required=False)
    cap_ore = Amount(_("Tak per invånare (kr)"), help_text=_("Tomt: inget tak."))
    floor_ore = Amount(_("Golv per invånare (kr)"), help_text=_("Tomt: inget golv."))
    excess = Choice(
        _("Vid tak och golv"),
        costs.BEARERS,
        help_text=_("Utan val delar de övriga kommunerna skillnaden."),
    )
    before = Choice(
        _("Övergång från"),
        costs.BEFORE,
        help_text=_("Om raden delades på ett annat sätt förut och andelarna ändras i steg."),
    )
    step = Step(_("Periodens steg i övergången"))
    steps = Step(_("Övergångens alla steg"))

    def __init__(
        self, *args: Any, row: RowShown | None = None, is_outcome: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.may_be_nothing = is_outcome
        self.parameters: dict[str, Any] = {}
        self.kept = {it: getattr(row, it) for it in FED} if row and row.is_fed else {}
        for name in self.kept:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for amounts where the row has them, and for none where it has not."""
        cleaned = super().clean() or {}
        self._refuse_unfit_rule(cleaned)
        self._read_method(cleaned)
        if self.kept:
            return cleaned
        total = cleaned.get("region_ore", 0) + cleaned.get("municipalities_ore", 0)
        kind = cleaned.get("kind")
        is_missing = not total and not self.may_be_nothing
        if kind == Kind.MONEY and is_missing and not self.errors:
            self.add_error("region_ore", _("Skriv ett belopp, eller välj ett annat slag av rad."))
        if kind in {Kind.TEXT_ONLY, Kind.UNKNOWN} and total:
            self.add_error("kind", _("Raden har ett belopp. Ta bort det, eller välj Belopp."))
        return cleaned

    @property
    def line(self) -> Line:
        """Return the row as it is written."""
        asked = set(self.fields) - {*RULE, *methods.FIELDS}
        told = {name: self.cleaned_data[name] for name in asked}
        rule = self.rule(self.cleaned_data)
        if "region_share" in rule and not self.kept:
            written = (told["region_ore"], told["municipalities_ore"])
            of = funding.amounts(written, {"region_share": rule["region_share"]})
            told["region_ore"], told["municipalities_ore"] = of
        return Line(**self.kept, **told, rule=rule, parameters=self.parameters)

    @staticmethod
    def rule(told: Mapping[str, Any]) -> dict[str, Any]:
        """Return the funding rule (billing.funding) that is written."""
        rule: dict[str, Any] = {
            name: str(told[name]) for name in ("cap_ore", "floor_ore") if told.get(name)
        }
        if told.get("region_share") is not None:
            rule["region_share"] = str(told["region_share"])
        if told.get(agreement.FOLLOWS_INDEX):
            rule[agreement.FOLLOWS_INDEX] = True
        if {"cap_ore", "floor_ore"} & rule.keys() and told.get("excess"):
            rule["excess"] = told["excess"]
        if told.get("before"):
            old = {"method": told["before"], "parameters": {}}
            rule |= {"from": old, "step": told.get("step") or 0, "steps": told.get("steps") or 0}
        return rule

    def _read_method(self, told: dict[str, Any]) -> None:
        written = self.kept | told
        method_id, kind = written.get("method_id"), written.get("kind")
        if kind == Kind.TEXT_ONLY and method_id not in {None, "population@1", "equal@1"}:
            told["method_id"] = "population@1"  # nothing is shared, so nothing is asked for
        if kind == Kind.UNKNOWN and method_id == BY_HAND:
            text = gettext(
                "Ett belopp som inte är känt går inte att dela för hand. Välj ett annat sätt tills"
                " det är känt."
            )
            self.add_error("method_id", text)
            return
        # Where a rule makes another amount of what is written, the run tells whether it is right.
        is_moved = {"region_share", agreement.FOLLOWS_INDEX} & self.rule(told).keys()
        amount_ore = None if is_moved else written.get("municipalities_ore")
        self.parameters = self.read_parameters(told, amount_ore)

    def _refuse_unfit_rule(self, told: Mapping[str, Any]) -> None:
        rule = self.rule(told)
        try:
            funding.refuse_unfit(rule)
        except CannotAllocate as unfit:
            self.add_error(
                "steps" if "from" in rule and not rule["steps"] else "cap_ore", str(unfit)
            )

    @staticmethod
    def first(row: RowShown | None, names: Mapping[str, str]) -> dict[str, Any]:
        """Return what the form holds at first; `names` are the municipalities by their codes."""
        if row is None:
            return methods.held({}, names) | {
                "kind": Kind.MONEY,
                "method_id": "population@1",
                "category": Category.OTHER,
            }
        return (
            methods.held(row.parameters, names)
            | {
                "activity": row.activity,
                "kind": row.kind,
                "region_ore": amounts.kronor(row.region_ore) if row.region_ore else "",
                "municipalities_ore": amounts.kronor(row.municipalities_ore)
                if row.municipalities_ore
                else "",
                "method_id": row.method_id,
                "category": row.category,
                "note": row.note,
                "region_share": amounts.in_percent(Fraction(row.rule["region_share"]))
                if "region_share" in row.rule
                else "",
                agreement.FOLLOWS_INDEX: row.rule.get(agreement.FOLLOWS_INDEX, False),
                "excess": row.rule.get("excess", ""),
                "before": row.rule.get("from", {}).get("method", ""),
                "step": row.rule.get("step"),
                "steps": row.rule.get("steps"),
            }
            | {
                name: amounts.kronor(int(row.rule[name]))
                for name in ("cap_ore", "floor_ore")
                if name in row.rule
            }
        )


class PopulationForm(forms.Form):
    """Befolkningsunderlag: a file with every municipality of a county."""

    on = Day(_("Dag som invånarna är räknade"), _("Välj dagen, till exempel 1 november."))
    source = Text(_("Källa"), _("Skriv varifrån siffrorna kommer, till exempel SCB, TAB1267, CC0."))
    file = CsvFile(
        _("Fil"),
        _("Välj en fil."),
        help_text=_("CSV i UTF-8 med rubrikerna kommunkod;kommun;folkmängd."),
    )


class CountForm(forms.Form):
    """Räknat underlag: a file with what has been counted at every municipality."""

    what = Radio(_("Vad som är räknat"), costs.COUNTS, _("Välj vad som är räknat."))
    on = Day(_("Dag som det är räknat"), _("Välj dagen."))
    source = Text(_("Källa"), _("Skriv varifrån siffrorna kommer, och vem som har räknat."))
    file = CsvFile(
        _("Fil"),
        _("Välj en fil."),
        help_text=_(
            "CSV i UTF-8 med rubrikerna kommunkod;kommun;antal. Skattekraft:"
            " kommunkod;kommun;skattekraft, i kronor per invånare. Bara summor, inga personer."
        ),
    )


class WithCounts(forms.Form):
    """A form that asks for the counts that the rows of a table need, besides the population."""

    def __init__(
        self,
        *args: Any,
        counts: Sequence[CountShown] = (),
        counted: Sequence[str] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.counted = {f"count_{what}": what for what in counted}
        for name, what in self.counted.items():
            self.fields[name] = Counted(what, [it for it in counts if it.what == what])
        self.order_fields(["population", *self.counted])

    @property
    def chosen_counts(self) -> dict[str, UUID]:
        """Return the count that is chosen of each kind, by `counts.What`."""
        return {
            what: UUID(self.cleaned_data[name])
            for name, what in self.counted.items()
            if self.cleaned_data[name]
        }


class AllocateForm(WithCounts):
    """What a table is shared by; of counts, those that a row needs."""

    population = forms.ChoiceField(
        label=_("Befolkningsunderlag"),
        error_messages={
            "required": _("Välj ett befolkningsunderlag."),
            "invalid_choice": _("Välj ett befolkningsunderlag i listan."),
        },
    )
    wanted_on = Day(
        _("Dag som avtalet säger"),
        help_text=_("Bara om underlaget är från en annan dag. Det skrivs ut."),
    )
    model = Choice(
        _("Modell"),
        costs.MODELS,
        help_text=_("Utan val delas varje rad som den själv säger."),
    )
    reason = Text(_("Varför den ersätter den förra"), length=500)

    def __init__(
        self,
        *args: Any,
        populations: Sequence[PopulationShown],
        supersedes: bool = False,
        is_outcome: bool = False,
        asks_day: bool = True,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        if not asks_day:  # the agreement says it
            del self.fields["wanted_on"]
        self.fields["population"].choices = [  # type: ignore[attr-defined]
            (str(it.id), costs.population_label(it)) for it in populations
        ]
        if is_outcome:  # it is shared as its budget was
            for name in ("population", "wanted_on", "model"):
                self.fields.pop(name, None)
        if supersedes:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _(
                "Skriv vad som var fel, eller vad som har ändrats."
            )
        else:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for what the rows need, unless a model takes the place of what they say."""
        cleaned = super().clean() or {}
        for name, what in self.counted.items():
            if not cleaned.get(name) and not cleaned.get("model") and name not in self.errors:
                text = gettext(
                    "En rad delas efter ”{what}”. Läs in det under Befolkningsunderlag, och räkna"
                    " sedan."
                )
                self.add_error(name, text.format(what=costs.COUNTS[What(what)]))
        return cleaned

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        told = {it: value for it, value in self.cleaned_data.items() if it not in self.counted}
        chosen = told.pop("population", "")
        more = {"population_id": UUID(chosen)} if chosen else {}
        return told | more | {"chosen_counts": self.chosen_counts}


class CarryForm(forms.Form):
    """The balance that a table carries from a decided outcome, or none."""

    carries = forms.ChoiceField(
        label=_("Avstämning som förs över hit"),
        required=False,
        help_text=_("Överskottet dras av på fakturorna, och underskottet läggs till."),
        error_messages={"invalid_choice": _("Välj en avstämning i listan.")},
    )

    def __init__(self, *args: Any, outcomes: Sequence[ToCarry], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["carries"].choices = [  # type: ignore[attr-defined]
            ("", _("Ingen")),
            *((str(it.table), it.title) for it in outcomes),
        ]

    @property
    def outcome(self) -> UUID | None:
        """Return the outcome's table that is chosen."""
        chosen = self.cleaned_data["carries"]
        return UUID(chosen) if chosen else None


class CompareForm(WithCounts):
    """What if: two to four models, and perhaps a municipality that does not take part."""

    population = forms.ChoiceField(label=_("Befolkningsunderlag"), required=False)
    model = Several(_("Modeller"), costs.COMPARED)
    without = forms.ChoiceField(label=_("Om en kommun inte ansluter"), required=False)

    def __init__(
        self,
        *args: Any,
        populations: Sequence[PopulationShown],
        municipalities: Mapping[str, str],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["population"].choices = [  # type: ignore[attr-defined]
            (str(it.id), costs.population_label(it)) for it in populations
        ]
        self.fields["without"].choices = [  # type: ignore[attr-defined]
            ("", _("Alla ansluter")),
            *municipalities.items(),
        ]

    def clean_model(self) -> list[str]:
        """Ask for two to four models, or none: the usual ones."""
        names: list[str] = self.cleaned_data["model"]
        if names and not LEAST_MODELS <= len(names) <= MOST_MODELS:
            raise forms.ValidationError(_("Välj två till fyra modeller."))
        return names


class StepForm(forms.Form):
    """A step of the board's decision: its day, and what else it has."""

    on = Day(_("Dag"), _("Välj dagen."))
    diary_number = Text(_("Diarienummer"), _("Skriv ärendets diarienummer."), length=60)
    paragraph = Text(
        _("Paragraf i protokollet"), _("Skriv paragrafens nummer, till exempel 41."), length=20
    )
    note = Prose(_("Anteckning"))

    def __init__(self, *args: Any, asked: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        for name in set(self.fields) - set(asked):
            del self.fields[name]

    @property
    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ObjectionForm(forms.Form):
    """Invändning."""

    text = Prose(
        _("Vad är fel?"),
        _("Skriv vad som är fel och vad ni anser vara rätt."),
        help_text=_("Nämndens sekreterare läser och svarar. Skriv inga personuppgifter."),
    )


class AnswerForm(forms.Form):
    """Svar på en invändning."""

    outcome = Radio(_("Utfall"), costs.OUTCOMES, _("Välj om invändningen godtas."))
    text = Prose(_("Svar"), _("Skriv varför."))
