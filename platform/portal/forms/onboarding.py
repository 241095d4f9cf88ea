"""Forms of joining: a step, somebody who is named, an onboarding that is opened."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from care.inbox.readiness import Joining
from care.law import calendar
from portal import onboarding
from portal.forms import Choice, Radio, Text
from portal.forms.costs import Day
from tenants.onboarding import (
    CONTACTS,
    REQUIRED,
    CannotRecord,
    ContactRole,
    Entry,
    State,
    Step,
    rests_on_word,
)
from tenants.progress import Activity, Contact, Opened

NOBODY = _("Skriv inget om en enskild person.")
FEW_LINES = forms.Textarea(attrs={"rows": 3})
A_MONTH = timedelta(days=30)


class SeenForm(forms.Form):
    """A form that says which row its reader has seen, so that nobody is written over unread."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def refuse(self, refused: CannotRecord) -> None:
        """Show why the operation refused, at the field that it names."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))

    def read_again(self, refused: Exception, *, seen: int) -> None:
        """Show that somebody else has written; what was typed stays, to be sent again when read."""
        self.add_error(None, str(refused))
        self.data = {name: self.data.get(name) for name in self.data} | {"seen": seen}


class StepForm(SeenForm):
    """Steg i anslutningen: where it stands, who answers for it, and until when."""

    state = Radio(_("Läge"), onboarding.STATES, _("Välj hur långt ni har kommit."))
    due_on = Day(
        _("Klart senast"),
        _("Välj dagen då steget ska vara klart."),
        help_text=_("Till exempel veckan före utbildningen. Passeras dagen syns det på tavlan."),
    )
    reason = Text(
        _("Varför det är stoppat"),
        length=500,
        widget=FEW_LINES,
        help_text=_(
            "Behövs när steget är stoppat. Till exempel: Väntar på nämndens beslut den 3 december."
        ),
    )
    evidence = Text(_("Vad som visar det"), length=500, widget=FEW_LINES)

    def __init__(self, given: Mapping[str, Any] | None, *, joining: Joining, step: Step) -> None:
        """Take the huvudman that tells, and the step."""
        standing = joining.standing
        super().__init__(given, initial=_initial(joining, step))
        self.step = step
        self.fields["responsible"] = Choice(
            _("Ansvarig"),
            {it: f"{standing.contact(it).name} ({onboarding.ROLES[it].lower()})" for it in CONTACTS
             if it in standing.named},
            _("Välj en av era kontaktpersoner."),
            help_text=_("En av era kontaktpersoner, till exempel den som leder införandet."),
        )  # fmt: skip
        needed = rests_on_word(step, is_both=standing.opened.is_both)
        said = (
            _("Behövs när steget är klart.") if needed else "",
            onboarding.EXAMPLES[step],
            NOBODY,
        )
        self.fields["evidence"].help_text = " ".join(str(it) for it in said if it)
        if step is Step.START:
            self.fields["due_on"].label = _("Startdatum")
            self.fields["due_on"].help_text = _(
                "Dagen då ni börjar. Tavlan visar den i stället för den önskade."
            )
        self.order_fields(["state", "responsible", "due_on", "reason", "evidence"])

    @property
    def entry(self) -> Entry:
        """Return what was typed as an entry."""
        told = self.cleaned_data
        state = State(told["state"])
        return Entry(
            step=self.step,
            state=state,
            responsible=ContactRole(told["responsible"]),
            due_on=told["due_on"],
            # What stopped it is history once it goes on.
            reason=told["reason"].strip() if state is State.STOPPED else "",
            evidence=told["evidence"].strip(),
        )


class ContactForm(SeenForm):
    """Kontaktperson: how somebody is reached at work."""

    name = Text(_("Namn"), length=100, help_text=_("Till exempel Karin Nyström."))
    title = Text(_("Titel"), length=100, help_text=_("Till exempel Verksamhetschef."))
    email = forms.EmailField(
        label=_("E-post i arbetet"),
        required=False,
        max_length=254,
        help_text=_("Till exempel karin.nystrom@krokom.example. Ingen privat adress."),
        error_messages={
            "invalid": _("Skriv adressen som namn@kommunen.se."),
            "max_length": _("Korta adressen till högst 254 tecken."),
        },
    )
    phone = Text(_("Telefon i arbetet"), length=30, help_text=_("Till exempel 0640-161 00."))

    def __init__(self, given: Mapping[str, Any] | None, *, contact: Contact) -> None:
        """Take who is named now."""
        names = ("name", "title", "email", "phone")
        initial = {it: getattr(contact, it) for it in names} | {"seen": contact.number}
        super().__init__(given, initial=initial)
        self.role = contact.role
        if self.role is ContactRole.CONTROLLER:
            self.fields["name"].help_text = _(
                "Oftast en nämnd, till exempel Vård- och omsorgsnämnden."
            )
            self.fields["title"].help_text = _(
                "Den som företräder nämnden, till exempel Ordförande Eva Holm."
            )
        elif self.role not in REQUIRED:
            self.fields["name"].help_text = _("Lämna tomt när ingen ska stå här.")

    @property
    def contact(self) -> Contact:
        """Return who was typed."""
        told = {it: self.cleaned_data[it].strip() for it in ("name", "title", "email", "phone")}
        return Contact(self.role, **told) if told["name"] else Contact(self.role)


class ActivityForm(SeenForm):
    """Aktivitet: who does what, with whom and when."""

    what = Text(
        _("Aktivitet"),
        _("Skriv vad som ska göras."),
        help_text=_("Till exempel Genomgång av kvittensrutinen med nattpersonalen."),
    )
    responsible = Text(
        _("Ansvarig"), length=100, help_text=_("Till exempel Karin Nyström, koordinator.")
    )
    with_whom = Text(_("Tillsammans med"), help_text=_("Till exempel Avdelning 202."))
    forum = Text(_("Forum"), length=100, help_text=_("Till exempel Arbetsplatsträff."))
    wanted_on = Day(_("Önskad dag"), help_text=_("Dagen då det helst är gjort."))
    done_on = Day(_("Klar dag"), help_text=_("Lämna tomt tills det är gjort."))

    def __init__(self, given: Mapping[str, Any] | None, *, activity: Activity | None) -> None:
        """Take the activity that is changed; None for a new one."""
        told = asdict(activity) | {"seen": activity.number} if activity else {"seen": 0}
        super().__init__(given, initial=told)

    def activity(self, activity_id: UUID) -> Activity:
        """Return what was typed."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Activity(**told, id=activity_id)


class OpenForm(forms.Form):
    """Anslutning: who joins, in which part of the county, and when it wants to start."""

    delregion = Text(
        _("Delregion"),
        length=100,
        help_text=_("Till exempel Västra Jämtland. Tavlan ordnas efter den. Får vara tomt."),
    )
    wanted_start_on = Day(
        _("Önskad start"),
        help_text=_("Dagen då kommunen vill börja. Lämna tomt om den inte är bestämd."),
    )

    def __init__(
        self,
        given: Mapping[str, Any] | None,
        *,
        joinable: Mapping[str, str],
        opened: Opened | None = None,
    ) -> None:
        """Take who can be let begin, or what is told of one that has begun."""
        super().__init__(given, initial=asdict(opened) if opened else {})
        if opened is None:
            self.fields["tenant"] = Choice(
                _("Huvudman"),
                joinable,
                _("Välj vem som ska ansluta."),
                help_text=_("Läggs upp med samplan tenant add. Finns den inte här, gör det först."),
            )
            self.order_fields(["tenant", "delregion", "wanted_start_on"])


class SinceForm(forms.Form):
    """The day from which it is told what has moved."""

    since = Day(_("Sedan"))

    def __init__(self, given: Mapping[str, Any], *, at: datetime) -> None:
        """Take the address and the moment; without a day it is a month ago."""
        self.month_ago = calendar.local_date(at) - A_MONTH
        super().__init__(given if "since" in given else None, initial={"since": self.month_ago})

    @property
    def day(self) -> date:
        """Return the chosen day, or a month ago."""
        chosen: date | None = self.cleaned_data["since"] if self.is_valid() else None
        return chosen or self.month_ago


def _initial(joining: Joining, step: Step) -> dict[str, Any]:
    told = joining.standing.told.get(step)
    if told is None:
        return {"seen": 0}
    entry = told.entry
    return {
        "seen": told.number,
        "state": entry.state,
        "responsible": entry.responsible,
        "due_on": entry.due_on,
        "reason": entry.reason,
        "evidence": entry.evidence,
    }
