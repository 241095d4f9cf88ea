"""The way of an agreement in words: what has happened to it, and where each party stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext

from portal import parties, times
from portal.rounds import Shown as RoundShown
from tenants.agreements import STOCKHOLM, Agreement
from tenants.context import acting_for
from tenants.decisions import Decided, Decisions


@dataclass(frozen=True)
class Event:
    """Something that has happened to an agreement."""

    at: datetime
    what: str
    by: str
    when: str
    note: str = ""
    round: RoundShown | None = None


@dataclass(frozen=True)
class Standing:
    """What one party has decided and signed of one version."""

    name: str
    decision: str  # empty: nothing is told
    is_approved: bool
    signed_by: str
    signed: str


def events(
    versions: Sequence[Agreement],
    decided: Decisions,
    rounds: Sequence[RoundShown],
    *,
    at: datetime,
) -> tuple[Event, ...]:
    """Return what has happened to an agreement, the last first."""
    found = [
        *(it for version in versions for it in _of_version(version, decided, at)),
        *(_of_round(it, at) for it in rounds),
        *_ended(versions[-1], at),
    ]
    return tuple(sorted(found, key=lambda it: it.at, reverse=True))


def standings(agreement: Agreement, decided: Decisions, *, at: datetime) -> tuple[Standing, ...]:
    """Return where each party stands with a version."""
    signed = {it.party: it for it in agreement.signatures}
    of = decided.get(agreement.text_hash, {})
    return tuple(
        Standing(
            name=parties.name(party),
            decision=words(of[party], at=at) if party in of else "",
            is_approved=party in of and of[party].decision.is_approved,
            signed_by=f"{signed[party].name}, {signed[party].title}" if party in signed else "",
            signed=times.day(signed[party].signed_at, at=at) if party in signed else "",
        )
        for party in agreement.parties
    )


def own(agreement: Agreement, decided: Decisions, *, at: datetime) -> Standing:
    """Return where the huvudman that acts stands with a version that names it."""
    place = agreement.parties.index(acting_for())
    return standings(agreement, decided, at=at)[place]


def words(decided: Decided, *, at: datetime) -> str:
    """Return a decision as people cite it: who, when, paragraph and diary number."""
    it = decided.decision
    parts = [
        f"{it.board} {times.day(it.decided_on, at=at)}",
        f"§ {it.paragraph}" if it.paragraph else "",
        gettext("dnr {number}").format(number=it.diary_number) if it.diary_number else "",
    ]
    return ", ".join(part for part in parts if part)


def _of_version(version: Agreement, decided: Decisions, at: datetime) -> Iterator[Event]:
    number = version.version
    for it in decided.get(version.text_hash, {}).values():
        if it.tenant in version.parties:
            yes, no = gettext("Version {number} godkänd"), gettext("Version {number} inte godkänd")
            what = yes if it.decision.is_approved else no
            yield Event(
                datetime.combine(it.decision.decided_on, time(12), STOCKHOLM),
                what.format(number=number),
                parties.name(it.tenant),
                times.day(it.decision.decided_on, at=at),
                words(it, at=at),
            )
    for signature in version.signatures:
        yield Event(
            signature.signed_at,
            gettext("Version {number} underskriven").format(number=number),
            parties.name(signature.party),
            times.absolute(signature.signed_at, at=at),
            f"{signature.name}, {signature.title}",
        )
    yield Event(
        version.written_at,
        gettext("Version {number} skriven").format(number=number),
        parties.name(version.written_by),
        times.absolute(version.written_at, at=at),
    )


def _of_round(shown: RoundShown, at: datetime) -> Event:
    round_ = shown.round
    return Event(
        datetime.combine(round_.asked.from_on, time(), STOCKHOLM),
        gettext("{kind} av version {number}").format(
            kind=shown.kind, number=round_.subject.version
        ),
        parties.name(round_.subject.owner),
        shown.days,
        shown.summary,
        shown,
    )


def _ended(newest: Agreement, at: datetime) -> Iterator[Event]:
    if newest.ended_at and newest.ended_by:
        yield Event(
            newest.ended_at,
            gettext("Uppsagd"),
            parties.name(newest.ended_by),
            times.absolute(newest.ended_at, at=at),
            newest.ended_because or "",
        )
