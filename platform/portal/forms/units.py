"""Forms of the local administrator: a unit, its archiving, an assignment, a file to import."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from care.identity.entries import AssignmentEntry, BadEntry, UnitEntry
from care.identity.permissions import ROLE_LABELS
from care.identity.units import DAYS, Address
from care.law import calendar
from portal.forms.costs import Day
from tenants.models import Unit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words

DAY_LABELS = dict(
    zip(
        DAYS,
        (
            _("Måndag"),
            _("Tisdag"),
            _("Onsdag"),
            _("Torsdag"),
            _("Fredag"),
            _("Lördag"),
            _("Söndag"),
        ),
        strict=True,
    )
)
HOURS = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")
BAD_HOURS = _("Skriv öppettiden som 08.00-16.30, dygnet runt som 00.00-24.00, eller lämna tomt.")


class EntryForm(forms.Form):
    """A form whose entry is judged once more when it is written."""

    def refuse(self, bad: BadEntry) -> None:
        """Show why an entry was refused, at its field where the form has it."""
        self.add_error(bad.field if bad.field in self.fields else None, bad.text)


class HoursField(forms.CharField):
    """Opening hours of one day: "08.00-16.30", or nothing."""

    def clean(self, value: Any) -> list[str]:
        """Return when the day opens and closes, or an empty list."""
        text = super().clean(value)
        if not text:
            return []
        match = HOURS.fullmatch(text)
        if match is None:
            raise forms.ValidationError(BAD_HOURS)
        opens, until, closes, end = match.groups()
        return [f"{int(opens):02d}:{until}", f"{int(closes):02d}:{end}"]


class UnitForm(EntryForm):
    """Enhet: an entry of the address book."""

    hsa_id = forms.CharField(
        label=_("HSA-id"),
        help_text=_("Som i HSA-katalogen, till exempel SE2321000214-1001."),
        error_messages={"required": _("Skriv enhetens HSA-id.")},
    )
    name = forms.CharField(
        label=_("Namn"),
        max_length=100,
        error_messages={
            "required": _("Skriv enhetens namn."),
            "max_length": _("Korta namnet till högst 100 tecken."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Typ"),
        choices=[("", _("Välj")), *Unit.Kind.choices],
        error_messages={"required": _("Välj vad enheten är.")},
    )
    branch = forms.ChoiceField(
        label=_("Verksamhetsgren"),
        help_text=_(
            "Sekretess gäller mellan verksamhetsgrenar. Bara de två första kan läsa direkt."
        ),
        choices=[("", _("Välj")), *Unit.Branch.choices],
        error_messages={"required": _("Välj verksamhetsgren.")},
    )
    phone = forms.CharField(
        label=_("Telefon"),
        help_text=_("Visas för avsändaren när ingen bevakar inkorgen."),
        error_messages={"required": _("Skriv ett telefonnummer som avsändaren kan ringa.")},
    )
    watches_red_days = forms.BooleanField(
        label=_("Inkorgen bevakas också söndagar och helgdagar"),
        help_text=_("Gäller veckodagens tider, också söndagens."),
        required=False,
    )
    is_default = forms.BooleanField(
        label=_("Förvald mottagare för sin typ"),
        help_text=_("Föreslås först när någon skickar till er."),
        required=False,
    )

    def __init__(
        self,
        given: Mapping[str, Any] | None,
        *,
        own: Sequence[Address],
        unit: Address | None = None,
    ) -> None:
        super().__init__(given, initial=_initial(unit) if unit else None)
        if unit:
            del self.fields["hsa_id"]
        self.fields["successor"] = _heir(
            own,
            unit,
            label=_("Tar över när ingen bevakar"),
            help_text=_("Dit går ett meddelande som ingen har kvitterat i avtalad tid."),
        )
        for day in DAYS:
            self.fields[day] = HoursField(label=DAY_LABELS[day], required=False)
        self.unit = unit
        self.order_fields(
            ["hsa_id", "name", "kind", "branch", "phone", *DAYS, "watches_red_days", "successor"]
        )

    def clean(self) -> dict[str, Any]:
        """Refuse hours on a Sunday that would not count, for a Sunday is a red day."""
        given = super().clean() or {}
        if given.get("sun") and not given.get("watches_red_days"):
            self.add_error(
                "watches_red_days",
                _("Söndagens tider gäller bara med ett kryss här. Kryssa, eller töm söndagen."),
            )
        return given

    def days(self) -> Iterator[forms.BoundField]:
        """Give the fields of the seven days."""
        return (self[day] for day in DAYS)

    def rest(self, *, after: bool) -> list[forms.BoundField]:
        """Return the visible fields before the days, or after them."""
        names = [it.name for it in self.visible_fields()]
        first = names.index(DAYS[0])
        kept = names[first + len(DAYS) :] if after else names[:first]
        return [self[name] for name in kept]

    @property
    def before_days(self) -> list[forms.BoundField]:
        """Return the fields that stand before the opening hours."""
        return self.rest(after=False)

    @property
    def after_days(self) -> list[forms.BoundField]:
        """Return the fields that stand after the opening hours."""
        return self.rest(after=True)

    @property
    def entry(self) -> UnitEntry:
        """Return what was typed as an entry."""
        given = self.cleaned_data
        return UnitEntry(
            hsa_id=self.unit.hsa_id if self.unit else given["hsa_id"].strip(),
            name=given["name"],
            kind=given["kind"],
            branch=given["branch"],
            phone=given["phone"],
            opening_hours={day: given[day] for day in DAYS if given[day]},
            watches_red_days=given["watches_red_days"],
            successor=given["successor"],
            is_default=given["is_default"],
        )


class RouteForm(forms.Form):
    """Which admission it is asked for: of whom, and when."""

    municipality = forms.ChoiceField(label=_("Personen är folkbokförd i"))
    day = Day(_("Dag"), missing=_("Välj en dag."))
    time = forms.TimeField(
        label=_("Klockslag"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": _("Skriv klockslaget, till exempel 22:00."),
            "invalid": _("Skriv klockslaget, till exempel 22:00."),
        },
    )

    def __init__(
        self,
        given: Mapping[str, Any],
        *,
        municipalities: Mapping[str, str],
        own_code: str,
        at: datetime,
    ) -> None:
        """Take the address; without one it is asked for the own municipality, now."""
        local = at.astimezone(calendar.STOCKHOLM)
        start = {"municipality": own_code or next(iter(municipalities), ""), "day": local.date(),
                 "time": local.time()}  # fmt: skip
        self.start = start
        super().__init__(given if "day" in given else None, initial=start)
        field = self.fields["municipality"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(municipalities.items())

    @property
    def municipality_code(self) -> str:
        """Return the municipality that is asked for."""
        return str(self._asked("municipality"))

    @property
    def moment(self) -> datetime:
        """Return the moment that is asked for."""
        return datetime.combine(self._asked("day"), self._asked("time"), calendar.STOCKHOLM)

    def _asked(self, name: str) -> Any:
        return self.cleaned_data[name] if self.is_valid() else self.start[name]


class ArchiveForm(EntryForm):
    """Who takes over from a unit that ends."""

    def __init__(
        self, given: Mapping[str, Any] | None, *, own: Sequence[Address], unit: Address | None
    ) -> None:
        """Take the own units, and the one that ends; None where it has ended already."""
        super().__init__(given, initial={"successor": unit.successor if unit else ""})
        self.fields["successor"] = _heir(
            own,
            unit,
            label=_("Enhet som tar över"),
            help_text=_(
                "Behövs när enheten har pågående ärenden eller tar över efter en annan enhet."
            ),
        )


class AssignmentForm(EntryForm):
    """Uppdrag: who may act at a unit, as what, and when."""

    hsa_id = forms.CharField(
        label=_("Personens HSA-id"),
        help_text=_("Till exempel SE2321000214-P001."),
        error_messages={"required": _("Skriv personens HSA-id.")},
    )
    name = forms.CharField(
        label=_("Namn"),
        max_length=100,
        error_messages={
            "required": _("Skriv förnamn och efternamn."),
            "max_length": _("Korta namnet till högst 100 tecken."),
        },
    )
    role = forms.ChoiceField(
        label=_("Roll"),
        help_text=_("Rollen avgör vad personen får göra."),
        choices=[("", _("Välj roll")), *((it.value, _(text)) for it, text in ROLE_LABELS.items())],
        error_messages={
            "required": _("Välj en roll."),
            "invalid_choice": _("Välj en av rollerna."),
        },
    )
    title = forms.CharField(
        label=_("Befattning"),
        help_text=_("Som i journalen, till exempel Kurator."),
        max_length=60,
        error_messages={
            "required": _("Skriv personens befattning."),
            "max_length": _("Korta befattningen till högst 60 tecken."),
        },
    )
    first_day = forms.DateField(
        label=_("Första dag"),
        help_text=_("Lämna tomt om uppdraget börjar nu."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Skriv dagen som 2026-01-31.")},
    )
    last_day = forms.DateField(
        label=_("Sista dag"),
        help_text=_("Högst tolv månader bort. Lämna tomt för tolv månader."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Skriv dagen som 2026-12-31.")},
    )

    def entry(self, *, unit_id: str, at: Any) -> AssignmentEntry:
        """Return what was typed as an entry for a unit."""
        given = self.cleaned_data
        begins, ends = given["first_day"], given["last_day"]
        return AssignmentEntry(
            hsa_id=given["hsa_id"].strip(),
            name=given["name"],
            unit_id=unit_id,
            role=given["role"],
            title=given["title"],
            valid_from=calendar.start_of_local_day(begins) if begins else at,
            valid_until=calendar.start_of_local_day(ends + timedelta(days=1)) if ends else None,
        )


class RefuseForm(forms.Form):
    """Why an assignment that somebody has asked for is not given."""

    reason = forms.CharField(
        label=_("Varför uppdraget inte ges"),
        help_text=_("Den som begärt uppdraget läser det. Skriv inget om patienter."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Skriv varför uppdraget inte ges."),
            "max_length": _("Korta texten till högst 300 tecken."),
        },
    )


class ImportForm(forms.Form):
    """A file that is the whole list of units, or of assignments."""

    file = forms.FileField(
        label=_("Fil"),
        help_text=_("CSV i UTF-8 med semikolon eller komma, till exempel sparad från Excel."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("Välj en fil."),
            "empty": _("Filen är tom. Välj en annan fil."),
            "missing": _("Välj en fil."),
            "invalid": _("Filen kunde inte skickas. Välj den igen."),
        },
    )


def _heir(
    own: Sequence[Address], unit: Address | None, *, label: "Words", help_text: "Words"
) -> forms.ChoiceField:
    others = [(it.hsa_id, it.name) for it in own if unit is None or it.hsa_id != unit.hsa_id]
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=[("", _("Ingen")), *others],
        required=False,
        error_messages={"invalid_choice": _("Välj en av era egna enheter.")},
    )


def _initial(unit: Address) -> dict[str, Any]:
    hours = {day: "-".join(times).replace(":", ".") for day, times in unit.opening_hours.items()}
    return {
        "name": unit.name,
        "kind": unit.kind,
        "branch": unit.branch,
        "phone": unit.phone,
        "watches_red_days": unit.watches_red_days,
        "successor": unit.successor,
        "is_default": unit.is_default,
        **hours,
    }
