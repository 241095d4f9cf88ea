"""Forms of what a receiving unit does with a message."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import labels
from portal.forms import Choice, Radio


class RejectForm(forms.Form):
    """Felsänt – returnera."""

    reason = Radio(
        _("Varför returnerar ni meddelandet?"),
        labels.REJECTION_REASONS,
        _("Välj varför meddelandet går tillbaka."),
    )


class ForwardForm(forms.Form):
    """Vidaresänd inom den egna huvudmannen."""

    to_unit = Choice(_("Vidare till"), {}, _("Välj vilken enhet som ska få meddelandet."))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_unit"].choices = [("", _("Välj enhet")), *choices]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Fördela till en medarbetare på enheten."""

    to_name = Choice(_("Fördela till"), {}, _("Välj vem som ska ha meddelandet."))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to_name"].choices = [("", _("Välj medarbetare")), *choices]  # type: ignore[attr-defined]
