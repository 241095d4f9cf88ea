"""Forms, their fields and what they say when something is missing: plain, and what to do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.law import disclosure
from care.law.disclosure import Teller
from portal import labels

Words = Any  # a text, or a promise of one

EARLIEST, LATEST = 1900, 2199
EMPTY = {"": _("Välj")}


class Text(forms.CharField):
    """A line of text."""

    def __init__(
        self, label: Words, missing: Words = "", *, length: int = 200, **more: Any
    ) -> None:
        more.setdefault("required", bool(missing))
        super().__init__(
            label=label,
            max_length=length,
            error_messages={
                "required": missing,
                "max_length": _("Texten är för lång. Korta den till högst %(limit_value)d tecken."),
                "null_characters_not_allowed": _("Ta bort det osynliga tecknet och skriv igen."),
            },
            **more,
        )


class Prose(Text):
    """Text of several lines."""

    def __init__(self, label: Words, missing: Words = "", *, rows: int = 4, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(label, missing, length=4000, widget=widget, **more)


class Moment(forms.DateTimeField):
    """A date and a time, Swedish time."""

    def __init__(self, label: Words, missing: Words = "", **more: Any) -> None:
        unclear = _("Skriv datum och tid, till exempel 2026-11-20 14.30.")
        super().__init__(
            label=label,
            required=bool(missing),
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            error_messages={"required": missing, "invalid": unclear},
            **more,
        )

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment; a time that the clock skips or repeats is asked for again."""
        if isinstance(value, str):
            day, _sign, clock = value.strip().replace("T", " ").partition(" ")
            value = f"{day} {clock.replace('.', ':', 1)}" if clock else value
        try:
            moment = super().to_python(value)
        except forms.ValidationError as problem:
            if problem.code == "ambiguous_timezone":
                raise forms.ValidationError(
                    _(
                        "Klockan ställs om då. Välj en tid som är minst en timme tidigare"
                        " eller senare."
                    ),
                    code="ambiguous_timezone",
                ) from None
            raise
        if moment is not None and not EARLIEST <= moment.year <= LATEST:
            raise forms.ValidationError(
                _("Kontrollera årtalet och skriv det med fyra siffror."), code="year"
            )
        return moment


class Choice(forms.ChoiceField):
    """One of some words, in a list that opens."""

    def __init__(
        self, label: Words, words: Mapping[Any, Words], missing: Words = "", **more: Any
    ) -> None:
        wrong = missing or _("Välj något i listan.")
        super().__init__(
            label=label,
            choices=[*EMPTY.items(), *words.items()],
            required=bool(missing),
            error_messages={"required": missing, "invalid_choice": wrong},
            **more,
        )


class Radio(forms.ChoiceField):
    """One of some words, all of them in view."""

    def __init__(
        self, label: Words, words: Mapping[Any, Words], missing: Words, **more: Any
    ) -> None:
        super().__init__(
            label=label,
            choices=list(words.items()),
            widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
            **more,
        )


class Several(forms.MultipleChoiceField):
    """Any of some words, all of them in view."""

    def __init__(
        self, label: Words, words: Mapping[Any, Words], missing: Words = "", **more: Any
    ) -> None:
        wrong = missing or _("Välj bland alternativen.")
        super().__init__(
            label=label,
            choices=list(words.items()),
            required=bool(missing),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": missing, "invalid_choice": wrong, "invalid_list": wrong},
            **more,
        )


class Ground(Choice):
    """Sekretessgrund, asked for where something beyond the statutory core is written."""

    def __init__(self) -> None:
        super().__init__(
            _("Sekretessgrund"),
            labels.GROUNDS,
            help_text=_(
                "Behövs för det som inte följer av lagen om samverkan vid utskrivning. Skriver du"
                " inget sådant lämnar du fältet tomt. Osäker? Se Vad får jag berätta för vem, under"
                " Hjälp."
            ),
        )

    def offer(self, teller: Teller) -> None:
        """Offer what a teller can rest a message on, and no other ground (OSL 25 and 26 kap.)."""
        held = [it.name for it in disclosure.grounds_of(teller)]
        self.choices = [*EMPTY.items(), *((it, labels.GROUNDS[it]) for it in held)]


class ActForm(forms.Form):
    """What the forms of acts have in common: fields beyond the core need a ground.

    `beyond` names the fields whose content goes only on a secrecy ground, and `not_sent` those
    whose content is kept for the common view and stands in no message.
    """

    beyond: tuple[str, ...] = ()
    not_sent: tuple[str, ...] = ()

    def for_branch(self, branch: str) -> Self:
        """Offer the grounds that hold for who writes: social services lack one of them."""
        if isinstance(field := self.fields.get("ground"), Ground):
            field.offer(disclosure.teller_of(branch))
        return self

    def clean(self) -> dict[str, Any]:
        """Ask for a ground where there is something that needs one."""
        cleaned = super().clean() or {}
        written = [name for name in self.beyond if cleaned.get(name)]
        if written and cleaned.get("ground") == "":
            what = labels.listed(f"”{self.fields[name].label}”" for name in written)
            text = gettext("Välj sekretessgrund för {what}, eller ta bort texten.")
            self.add_error("ground", text.format(what=what))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        return {name: self.cleaned_data[name] for name in self.fields}

    def divided(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the content as a message holds it: the core, and what goes beyond it."""
        told = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.arguments().items()
            if name not in ("ground", "recipients", *self.not_sent) and value is not None
        }
        beyond = {name: told.pop(name) for name in self.beyond if name in told}
        return told, beyond


def initial_from(form: type[ActForm], held: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what an earlier message holds as the first content of its form."""
    return {name: _read(name, value) for name, value in held if name in form.base_fields}


def _read(name: str, value: Any) -> Any:
    if name.endswith("_at") and isinstance(value, str):
        return datetime.fromisoformat(value)
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
