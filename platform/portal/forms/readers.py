"""Forms of protected identity: that it begins or ends, why a case is opened, who may see it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal import labels
from portal.forms import Choice, Prose, Radio, Text


class ReasonForm(forms.Form):
    """Skälet: one of some, in own words too where it is none of them."""

    reason = Radio(
        _("Varför öppnar du ärendet?"), labels.READ_REASONS, _("Välj varför du öppnar ärendet.")
    )
    text = Text(
        _("Mer om skälet"),
        help_text=_("Behövs om du väljer Annat skäl. Skriv inte vem personen är: skälet loggas."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where none of the reasons given is the reason."""
        told = super().clean() or {}
        if told.get("reason") == "other" and not told.get("text"):
            self.add_error("text", _("Skriv skälet."))
        return told

    def stated(self) -> str:
        """Return the reason as the log keeps it: in Swedish, whatever the page is in."""
        told = self.cleaned_data
        with translation.override("sv"):
            words = "" if told["reason"] == "other" else str(labels.READ_REASONS[told["reason"]])
        return ". ".join(it for it in (words, told["text"]) if it)


class ReaderForm(forms.Form):
    """Whom to put on the list."""

    staff_id = Choice(_("Vem ska få se ärendet?"), {}, _("Välj vem som ska få se ärendet."))

    def __init__(self, *args: Any, others: Sequence[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["staff_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Välj")),
            *((str(it), name) for it, name in others),
        ]


class MarkForm(forms.Form):
    """Markera skyddade personuppgifter: which kind, and that what follows is understood."""

    protection = Radio(_("Vilket skydd har personen?"), labels.PROTECTIONS, _("Välj slaget."))
    is_understood = forms.BooleanField(
        label=_("Ärendet ska sedan bara synas för dem på enhetens lista"),
        error_messages={"required": _("Kryssa i rutan om det är så. Annars markeras inget.")},
    )

    def offer(self, kinds: Sequence[str]) -> "MarkForm":
        """Offer some of the kinds only."""
        words = [(it, labels.PROTECTIONS[it]) for it in kinds]
        self.fields["protection"].choices = words  # type: ignore[attr-defined]
        return self


class LiftForm(forms.Form):
    """Häv skyddet: why, and that the population register has been asked."""

    reason = Prose(
        _("Varför ska skyddet hävas?"),
        _("Skriv varför skyddet ska hävas."),
        help_text=_("Skälet står i ärendets historik hos er. Andra huvudmän får inte se det."),
    )
    is_checked = forms.BooleanField(
        label=_("Jag har kontrollerat mot folkbokföringen att personen inte har skydd"),
        error_messages={"required": _("Kontrollera först, och kryssa sedan i rutan.")},
    )
