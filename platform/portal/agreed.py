"""Agreements in words: where one stands, what it opens, and where it differs from the Act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from care.law import discharge
from care.law.terms import STATUTORY, TERMS, Terms
from portal import parties
from tenants import agreements
from tenants.agreements import Agreement, Channel, InfoClass, NotAParty, State

STATE_LABELS = {
    State.DRAFT: _("Utkast"),
    State.SIGNING: _("Väntar på underskrift"),
    State.SIGNED: _("Underskriven, har inte börjat gälla"),
    State.IN_FORCE: _("I kraft"),
    State.EXPIRED: _("Utgången"),
    State.ENDED: _("Upphörd"),
}
STATE_COLORS = {
    State.SIGNING: "warning",
    State.SIGNED: "info",
    State.IN_FORCE: "success",
    State.ENDED: "danger",
}
CLASS_LABELS = {
    InfoClass.PLANNING: _("Planering"),
    InfoClass.HEALTH_CARE: _("Hälso- och sjukvård"),
    InfoClass.SOCIAL_CARE: _("Omsorg"),
}
CLASS_TEXTS = {
    InfoClass.PLANNING: _("Vad som planeras inför hemgången, vem som gör det och när."),
    InfoClass.HEALTH_CARE: _(
        "Bedömningar och underlag från vården: avdelning, hälsocentral och hemsjukvård."
    ),
    InfoClass.SOCIAL_CARE: _(
        "Bedömningar och underlag från omsorgen, till exempel biståndsenheten."
    ),
}
CHANNEL_LABELS = {
    Channel.DISCLOSURE: _("A, utlämnande"),
    Channel.DIRECT_ACCESS: _("B, direktåtkomst"),
}
CHANNEL_TEXTS = {
    Channel.DISCLOSURE: _(
        "En kopia skickas i ett meddelande och blir mottagarens egen. Lagens meddelanden skickas"
        " alltid; mer än så kräver en sekretessgrund."
    ),
    Channel.DIRECT_ACCESS: _(
        "Den andra huvudmannen läser uppgiften där den finns, utan kopia, så länge överenskommelsen"
        " gäller och den enskilde samtycker."
    ),
}
# Words for what a term can be; numbers, times and lists are written as they are.
VALUE_LABELS = {
    "statutory": _("lagens"),
    "individual_agreed": _("individuell enligt avtal"),
    "monthly_mean": _("genomsnitt per månad"),
    "rolling_three_month_mean": _("genomsnitt över tre månader"),
    "calendar_day": _("kalenderdagar"),
    "weekday": _("vardagar"),
    "notice_day": _("dagen för underrättelsen"),
    "day_after": _("dagen efter underrättelsen"),
    "discharged_in_month": _("utskrivna i månaden"),
    "all_open": _("alla pågående"),
    "complete_only": _("bara fullständiga ärenden"),
    "mean": _("på medelvärdet"),
    "per_individual": _("per individ"),
    "none": _("ingen regel"),
    "move_friday_afternoon": _("fredag eftermiddag räknas som måndag"),
    "exclude_dates": _("uppräknade dagar undantas"),
    "national": _("det nationella"),
    "own": _("eget"),
    "new_clock": _("tiden börjar om"),
    "resumed_clock": _("tiden fortsätter"),
    "block": _("hindrar betalningsansvar"),
    "review": _("prövas av en människa"),
    "ignore": _("bortses från"),
    "suspend": _("ansvaret vilar"),
    "cancel": _("ansvaret faller"),
    "continue_if_ready": _("perioden fortsätter"),
    "end_period": _("perioden slutar"),
    "month": _("månad"),
    "quarter": _("kvartal"),
    "region": _("regionen"),
    "joint_board": _("den gemensamma nämnden"),
    "same": _("samma regler"),
    "excluded": _("undantagen"),
    "public": _("allmänna helgdagar"),
    "de_facto": _("midsommar-, jul- och nyårsafton"),
    "optional": _("övriga aftnar och klämdagar"),
    "bank": _("bankfria dagar"),
    "blue": _("blått"),
    "green": _("grönt"),
    "yellow": _("gult"),
    "red": _("rött"),
}


@dataclass(frozen=True)
class Party:
    """A huvudman in an agreement, and who has signed for it."""

    name: str
    signed_by: str
    signed_title: str
    signed_at: datetime | None


@dataclass(frozen=True)
class Opened:
    """An information class, and the channels that the agreement names for it."""

    label: str
    text: str
    channels: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Differing:
    """A term that differs from the Act."""

    label: str
    value: str
    statutory: str
    paragraph: str


@dataclass(frozen=True)
class Shown:
    """One version of an agreement as it is shown."""

    agreement: Agreement
    state: str
    color: str
    parties: tuple[Party, ...]
    missing: str
    opened: tuple[Opened, ...]
    terms: tuple[Differing, ...]
    ended_by: str


def ours(tenant: str, agreement_id: UUID) -> tuple[Agreement, ...]:
    """Return the versions of an agreement whose newest names a huvudman.

    :raises NotAParty: if there is none
    """
    versions = agreements.versions(agreement_id)
    if not versions or tenant not in versions[-1].parties:
        raise NotAParty
    return versions


def shown(agreement: Agreement, *, at: datetime) -> Shown:
    """Return a version of an agreement in words."""
    state = agreement.state(at)
    return Shown(
        agreement=agreement,
        state=str(STATE_LABELS[state]),
        color=STATE_COLORS.get(state, "neutral"),
        parties=tuple(_parties(agreement)),
        missing=", ".join(parties.name(it) for it in agreement.missing),
        opened=tuple(
            Opened(
                str(CLASS_LABELS[info_class]),
                str(CLASS_TEXTS[info_class]),
                tuple(
                    (str(CHANNEL_LABELS[it]), agreement.allows(info_class, it)) for it in Channel
                ),
            )
            for info_class in InfoClass
        ),
        terms=tuple(differing(agreement.terms)),
        ended_by=parties.name(agreement.ended_by) if agreement.ended_by else "",
    )


def differing(terms: Mapping[str, Any]) -> Iterator[Differing]:
    """Give the terms that are not the Act's own, with the paragraph they deviate from.

    :raises care.law.terms.BadTerms: if they cannot be
    """
    agreed, law = Terms.from_json(terms).to_json(), STATUTORY.to_json()
    for term in TERMS:
        if agreed[term.name] != law[term.name]:
            yield Differing(
                label=gettext(term.swedish),
                value=_words(agreed[term.name]),
                statutory=_words(law[term.name]),
                paragraph=term.statute,
            )


def _parties(agreement: Agreement) -> Iterator[Party]:
    signed = {it.party: it for it in agreement.signatures}
    for schema_name in agreement.parties:
        signature = signed.get(schema_name)
        yield Party(
            name=parties.name(schema_name),
            signed_by=signature.name if signature else "",
            signed_title=signature.title if signature else "",
            signed_at=signature.signed_at if signature else None,
        )


def _words(value: object) -> str:
    if value is None or value in ([], {}):
        return gettext("inget")
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nej")
    if isinstance(value, Mapping) and value.keys() <= {"hours", "working_days"}:
        return _receipt_time(**value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_word(key)}: {_words(it)}" for key, it in value.items())
    if isinstance(value, list):
        return ", ".join(_word(it) for it in value)
    return _word(value)


def _receipt_time(*, hours: int = 0, working_days: int = 0) -> str:
    if hours:
        return ngettext("{number} timme", "{number} timmar", hours).format(number=hours)
    return ngettext("{number} arbetsdag", "{number} arbetsdagar", working_days).format(
        number=working_days
    )


def _word(value: object) -> str:
    if value in discharge.ACT_LABELS:
        return gettext(discharge.ACT_LABELS[discharge.Act(str(value))])
    return str(VALUE_LABELS.get(str(value), value))
