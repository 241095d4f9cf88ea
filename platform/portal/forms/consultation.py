"""Forms of a text's way: who is asked, what they say, what is answered and decided; routines."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from care.law.discharge import ACT_LABELS, Act
from portal import parties
from portal.forms import Choice, Prose, Radio, Several, Text
from portal.forms.acts import FORMS
from portal.forms.costs import Day
from portal.forms.onboarding import NOBODY, SeenForm
from portal.onboarding import title
from tenants.decisions import Decided, Decision
from tenants.onboarding import Step
from tenants.rounds import Asked, Comment, Kind, Remark, Round, Verdict
from tenants.routines import RoutineKind, Version, Wording

YES_OR_NO = {"yes": _("Ja, texten är godkänd"), "no": _("Nej, texten är inte godkänd")}
LONGEST_TEXT = 60000


class AskForm(SeenForm):
    """På-titt or remiss: who is asked, from when to when."""

    kind = Radio(_("Slag"), dict(Kind.choices), _("Välj på-titt eller remiss."))
    from_on = Day(_("Från och med"), _("Välj första dagen."))
    until_on = Day(
        _("Till och med"),
        _("Välj sista dagen."),
        help_text=_("Synpunkter som kommer senare tas också emot, och märks som sena."),
    )
    others = forms.CharField(
        label=_("Andra som tillfrågas"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("En på varje rad, till exempel Pensionärsrådet. Ni skriver in det de svarar."),
    )

    def __init__(
        self, given: Mapping[str, Any] | None, *, tenant: str, known: Round | None = None
    ) -> None:
        """Take the huvudman that asks, and the round that is changed; None for a new one."""
        super().__init__(given, initial=_asked(known) if known else {"seen": 0})
        self.fields["tenants"] = Several(
            _("Huvudmän som tillfrågas"),
            parties.others(tenant),
            help_text=_("De läser texten och skriver själva sina synpunkter i Samplan."),
        )
        self.order_fields(["kind", "from_on", "until_on", "tenants", "others"])

    @property
    def asked(self) -> Asked:
        """Return what was chosen."""
        told = self.cleaned_data
        others = (it.strip()[:100] for it in told["others"].splitlines())
        return Asked(
            kind=Kind(told["kind"]),
            from_on=told["from_on"],
            until_on=told["until_on"],
            tenants=tuple(told["tenants"]),
            others=tuple(dict.fromkeys(it for it in others if it)),
        )


class RemarkForm(forms.Form):
    """Synpunkt: for whom, on what, and what should be written instead."""

    body = Text(
        _("Vem som lämnar synpunkten"),
        _("Skriv vem det är, till exempel Vård- och omsorgsnämnden."),
        length=100,
        help_text=_("Nämnd, förvaltning, råd eller verksamhet. Ingen enskild person."),
    )
    section = Text(
        _("Del av texten"), length=100, help_text=_("Till exempel Punkt 3. Tomt för hela texten.")
    )
    comment = Prose(_("Synpunkt"), _("Skriv synpunkten."), help_text=NOBODY)
    proposal = Prose(
        _("Förslag till ny lydelse"), help_text=_("Skriv helst precis det som borde stå.")
    )

    @property
    def remark(self) -> Remark:
        """Return what was typed."""
        return Remark(**{name: it.strip() for name, it in self.cleaned_data.items()})


class AnswerForm(SeenForm):
    """Svar på en synpunkt."""

    verdict = Radio(_("Svar"), dict(Verdict.choices), _("Välj vad som blir av synpunkten."))
    reason = Text(
        _("Varför"),
        length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Behövs när synpunkten inte tillgodoses helt."),
    )

    def __init__(self, given: Mapping[str, Any] | None, *, said: Comment) -> None:
        """Take the comment that is answered."""
        now = said.answer
        super().__init__(
            given,
            initial={"seen": now.number, "verdict": now.verdict, "reason": now.reason}
            if now
            else {"seen": 0},
        )


class DecisionForm(SeenForm):
    """Beslut about one text, as its minutes say."""

    is_approved = Radio(_("Beslut"), YES_OR_NO, _("Välj ja eller nej."))
    board = Text(
        _("Beslutat av"),
        _("Skriv vem som har beslutat."),
        length=100,
        help_text=_("Till exempel Kommunstyrelsen eller Vård- och omsorgsnämnden."),
    )
    decided_on = Day(_("Beslutsdag"), _("Välj dagen då beslutet fattades."))
    paragraph = Text(_("Paragraf i protokollet"), length=20, help_text=_("Till exempel 114."))
    diary_number = Text(_("Diarienummer"), length=40, help_text=_("Till exempel KS 2026/114."))

    def __init__(self, given: Mapping[str, Any] | None, *, decided: Decided | None) -> None:
        """Take what is told of the text now; None for nothing."""
        super().__init__(given, initial=_decided(decided) if decided else {"seen": 0})

    @property
    def decision(self) -> Decision:
        """Return what was typed."""
        told = self.cleaned_data
        return Decision(
            board=told["board"].strip(),
            decided_on=told["decided_on"],
            is_approved=told["is_approved"] == "yes",
            paragraph=told["paragraph"].strip().removeprefix("§").strip(),
            diary_number=told["diary_number"].strip(),
        )


class RoutineForm(SeenForm):
    """One version of a routine."""

    kind = Radio(_("Slag"), dict(RoutineKind.choices), _("Välj rutin eller riktlinje."))
    heading = Text(_("Rubrik"), _("Skriv en rubrik."))
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Hela texten. Lämna en tom rad mellan stycken."),
        error_messages={
            "required": _("Skriv texten."),
            "max_length": _("Texten är för lång. Korta den till högst %(limit_value)d tecken."),
        },
    )
    valid_from = Day(_("Gäller från och med"), _("Välj första dagen."))
    valid_until = Day(_("Gäller till och med"), help_text=_("Tomt när den gäller tills vidare."))

    def __init__(self, given: Mapping[str, Any] | None, *, earlier: Version | None) -> None:
        """Take the version that this one follows; None for a first one."""
        super().__init__(given, initial=_written(earlier) if earlier else {"seen": 0})
        self.fields["step"] = Choice(
            _("Steg i anslutningen"),
            {it.value: title(it) for it in Step},
            help_text=_("Rutinen visas vid det steget. Tomt när den inte hör till något."),
        )
        self.fields["act"] = Choice(
            _("Händelse i ett ärende"),
            {it: gettext(ACT_LABELS[Act(it)]) for it in FORMS},
            help_text=_("Rutinen visas när någon gör det. Tomt när den inte hör till någon."),
        )
        self.order_fields(["kind", "heading", "text", "step", "act", "valid_from", "valid_until"])

    @property
    def wording(self) -> Wording:
        """Return what was typed."""
        told = self.cleaned_data
        return Wording(
            kind=RoutineKind(told["kind"]),
            heading=told["heading"].strip(),
            text=told["text"],
            valid_from=told["valid_from"],
            valid_until=told["valid_until"],
            step=Step(told["step"]) if told["step"] else None,
            act=told["act"],
        )


class CompareForm(forms.Form):
    """Two versions of a text; the address names them, so nothing here is refused."""

    def __init__(self, *, numbers: Sequence[int], before: int, after: int) -> None:
        """Take the versions that there are, and the two that are compared."""
        super().__init__(initial={"before": before, "after": after})
        choices = [(it, str(it)) for it in numbers]
        self.fields["before"] = forms.ChoiceField(label=_("Från version"), choices=choices)
        self.fields["after"] = forms.ChoiceField(label=_("Till version"), choices=choices)


def _asked(known: Round) -> dict[str, Any]:
    asked = known.asked
    return {
        "seen": known.number,
        "kind": asked.kind,
        "from_on": asked.from_on,
        "until_on": asked.until_on,
        "tenants": list(asked.tenants),
        "others": "\n".join(asked.others),
    }


def _decided(decided: Decided) -> dict[str, Any]:
    told = decided.decision
    return {
        "seen": decided.number,
        "is_approved": "yes" if told.is_approved else "no",
        "board": told.board,
        "decided_on": told.decided_on,
        "paragraph": told.paragraph,
        "diary_number": told.diary_number,
    }


def _written(version: Version) -> dict[str, Any]:
    told = version.wording
    return {
        "seen": version.version,
        "kind": told.kind,
        "heading": told.heading,
        "text": told.text,
        "step": told.step or "",
        "act": told.act,
        "valid_from": told.valid_from,
        "valid_until": told.valid_until,
    }
