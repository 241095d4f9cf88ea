"""Överenskommelse om samverkan (4 kap. 4-5 §§): drafted, signed by every party, in force, ended.

In force = every named party has signed the hash of this text, the period runs, and nobody has ended
it. So the signed text is what switches sharing on, and no control plane stands in between.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256
from itertools import chain, groupby
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from tenants import registry
from tenants.context import acting_for
from tenants.models import AgreementText, Signature, Termination
from tenants.sorting import sort_key

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class InfoClass(StrEnum):
    """Informationsklass: what kind of information a row holds, and so which ground may open it."""

    PLANNING = "planning"
    HEALTH_CARE = "health_care"
    SOCIAL_CARE = "social_care"


class Channel(StrEnum):
    """A utlämnande by message copies (OSL); B direktåtkomst by reading (lag 2022:913)."""

    DISCLOSURE = "A"
    DIRECT_ACCESS = "B"


class State(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    SIGNING = "signing"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    ENDED = "ended"


class NotAParty(Exception):
    """The huvudman that acts is not named in the agreement."""


class AlreadySigned(Exception):
    """The party has signed this version before."""


class AlreadyEnded(Exception):
    """Somebody has ended the agreement."""


class BadAgreement(Exception):
    """The text cannot be an agreement; the message is Swedish and says what to do."""


@dataclass(frozen=True)
class Signed:
    """One party's signature."""

    party: str
    name: str
    title: str
    signed_at: datetime


@dataclass(frozen=True)
class Agreement:
    """One version of an agreement, with what has become of it."""

    id: UUID
    version: int
    title: str
    text: str
    written_by: str
    parties: tuple[str, ...]
    valid_from: date
    valid_until: date
    channels: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, Any]
    text_hash: str
    written_at: datetime
    signatures: tuple[Signed, ...]
    ended_at: datetime | None
    ended_by: str | None
    ended_because: str | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the parties that have not signed."""
        signed = {signature.party for signature in self.signatures}
        return tuple(party for party in self.parties if party not in signed)

    def state(self, at: datetime) -> State:
        """Return where the agreement stands at a moment."""
        today = at.astimezone(STOCKHOLM).date()
        if self.ended_at and self.ended_at <= at:
            return State.ENDED
        if self.missing:
            return State.SIGNING if self.signatures else State.DRAFT
        if today < self.valid_from:
            return State.SIGNED
        return State.IN_FORCE if today <= self.valid_until else State.EXPIRED

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the agreement switches sharing on at a moment."""
        return self.state(at) is State.IN_FORCE

    def has_begun(self, at: datetime) -> bool:
        """Tell whether it is or has been in force, and so has replaced the earlier versions."""
        until = min(at, self.ended_at) if self.ended_at else at
        return not self.missing and self.begins_at <= until

    def allows(self, info_class: str, channel: Channel) -> bool:
        """Tell whether the text names the channel for an information class."""
        return channel in self.channels.get(info_class, ())

    @property
    def begins_at(self) -> datetime:
        """Return the moment when the first day begins."""
        return datetime.combine(self.valid_from, time.min, STOCKHOLM)

    @property
    def closes_at(self) -> datetime:
        """Return the moment when the last day has ended."""
        end = datetime.combine(self.valid_until, datetime.max.time(), STOCKHOLM)
        return end.replace(microsecond=0)


def draft(
    *,
    agreement: UUID | None = None,
    title: str,
    text: str,
    parties: Sequence[str],
    valid_from: date,
    valid_until: date,
    channels: Mapping[str, Sequence[str]],
    terms: Mapping[str, Any],
    at: datetime,
) -> Agreement:
    """Write a version of an agreement; a later version never changes an earlier one.

    :param agreement: the agreement that gets a further version; None for the first
    :raises NotAParty: if the huvudman that writes is not among the parties
    :raises BadAgreement: if parties, period or channels cannot be
    """
    with transaction.atomic():
        row = _next_version(
            agreement, title, text, parties, (valid_from, valid_until), channels, terms, at
        )
        row.save(force_insert=True)
    return _read([row])[0]


def propose(
    *,
    agreement: UUID | None = None,
    title: str,
    text: str,
    parties: Sequence[str],
    valid_from: date,
    valid_until: date,
    channels: Mapping[str, Sequence[str]],
    terms: Mapping[str, Any],
    at: datetime,
) -> Agreement:
    """Return the version that `draft` would write, without writing it; refused alike."""
    period = valid_from, valid_until
    row = _next_version(agreement, title, text, parties, period, channels, terms, at)
    return _read([row])[0]


def sign(*, agreement: UUID, text_hash: str, name: str, title: str, at: datetime) -> Agreement:
    """Sign, for the huvudman that acts, the hash of the text that was read.

    :raises NotAParty: if the huvudman is not named, or the hash is of no version
    :raises AlreadySigned: if it has signed this version
    :raises AlreadyEnded: if somebody has ended the agreement
    """
    read = next((it for it in versions(agreement) if it.text_hash == text_hash), None)
    if read is None or acting_for() not in read.parties:
        raise NotAParty
    if read.ended_at:
        raise AlreadyEnded
    try:
        with transaction.atomic():
            Signature.objects.create(
                owner=acting_for(),
                agreement=agreement,
                text_hash=text_hash,
                name=name,
                title=title,
                signed_at=at,
            )
    except IntegrityError:
        raise AlreadySigned from None
    return next(it for it in versions(agreement) if it.text_hash == text_hash)


def end(*, agreement: UUID, reason: str, name: str, at: datetime) -> None:
    """End an agreement, for the huvudman that acts: whatever it opened is closed at once.

    :raises NotAParty: if the huvudman is not named
    :raises AlreadyEnded: if somebody has ended it before
    """
    known = versions(agreement)
    # A later draft without us takes no right from us that an earlier version gave.
    if not any(acting_for() in it.parties for it in known):
        raise NotAParty
    if known[-1].ended_at:
        raise AlreadyEnded
    Termination.objects.create(
        owner=acting_for(), agreement=agreement, reason=reason, name=name, ended_at=at
    )


def versions(agreement: UUID) -> tuple[Agreement, ...]:
    """Return every version of an agreement, the first one first."""
    return versions_of([agreement])


def versions_of(ids: Iterable[UUID]) -> tuple[Agreement, ...]:
    """Return every version of some agreements, in a fixed number of questions."""
    rows = AgreementText.objects.filter(agreement__in=list(ids))
    return _read_all(rows.order_by("agreement", "version"))


def concerning(tenant: str) -> tuple[Agreement, ...]:
    """Return the newest version of every agreement that names a huvudman, by title."""
    newest = {it.id: it for it in _naming(tenant) if tenant in it.parties}
    return tuple(sorted(newest.values(), key=lambda it: (sort_key(it.title), it.id)))


def in_force(tenant: str, *, at: datetime) -> tuple[Agreement, ...]:
    """Return the agreements in force that name a huvudman: of each, the newest signed version.

    Which version that is does not hang on who asks, so all parties see the same one. One that has
    begun replaces the earlier ones for good: when it runs out, they do not come back.
    """
    return tuple(it for it in _newest_begun(_naming(tenant), at=at) if tenant in it.parties)


def in_force_with(tenant: str, text: Agreement, *, at: datetime) -> tuple[Agreement, ...]:
    """Return what `in_force` would if every party had signed a text, also one not yet written.

    What has been ended nobody can sign, so it changes nothing.
    """
    if text.ended_at:
        return in_force(tenant, at=at)
    signed = replace(text, signatures=tuple(Signed(it, "", "", at) for it in text.parties))
    others = [it for it in _naming(tenant) if (it.id, it.version) != (text.id, text.version)]
    known = sorted([*others, signed], key=lambda it: (it.id, it.version))
    return tuple(it for it in _newest_begun(known, at=at) if tenant in it.parties)


def bound(*, at: datetime) -> frozenset[str]:
    """Return every huvudman that an agreement in force names, in a fixed number of questions."""
    everything = _remembered(EVERYBODY, lambda: _read_all(AgreementText.objects.all()))
    return frozenset(party for it in _newest_begun(everything, at=at) for party in it.parties)


def between(one: str, other: str, *, at: datetime) -> tuple[Agreement, ...]:
    """Return the agreements in force that name both huvudmän."""
    return tuple(it for it in in_force(one, at=at) if other in it.parties)


def change_tag(*, at: datetime) -> str:
    """Return what changes whenever the state of any agreement may have: one cheap question.

    A state hangs on the texts, signatures and terminations that are there, and on the day.
    """
    return f"{_there()}-{at.astimezone(STOCKHOLM).date()}"


Versions = tuple[Agreement, ...]
EVERYBODY = ""
# Who asks (row-level security answers each differently) and about whom: what was there, and what it
# was read as.
_kept: dict[tuple[str, str], tuple[str, Versions]] = {}


def _naming(tenant: str) -> Versions:
    """Return every version of the agreements that name a huvudman in at least one of them."""
    return _remembered(tenant, lambda: _read_naming(tenant))


def _remembered(about: str, read: Callable[[], Versions]) -> Versions:
    """Return versions as they were read last: every page of a case asks.

    Read anew only when a text, a signature or a termination is another.
    """
    there = _there()
    asked = (acting_for(), about)
    known, found = _kept.get(asked, ("", ()))
    if known != there:
        found = read()
        _kept[asked] = there, found
    return found


def _there() -> str:
    """Return what tells the rows that can be seen now from any others, in one cheap question.

    xmin is the transaction that wrote a row: it tells too of one that was edited past every right.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(concat_ws('/',"
            " (SELECT string_agg(concat(id, xmin), ' ' ORDER BY id) FROM tenants_agreementtext),"
            " (SELECT string_agg(concat(id, xmin), ' ' ORDER BY id) FROM tenants_signature),"
            " (SELECT string_agg(concat(id, xmin), ' ' ORDER BY id) FROM tenants_termination)))"
        )
        print_: str = cursor.fetchone()[0]
    return print_


def _read_naming(tenant: str) -> Versions:
    naming = AgreementText.objects.filter(parties__contains=[tenant]).values("agreement")
    return _read_all(AgreementText.objects.filter(agreement__in=naming))


def _read_all(rows: QuerySet[AgreementText]) -> Versions:
    ordered = rows.order_by("agreement", "version")
    counted = chain.from_iterable(
        _counted(texts) for _, texts in groupby(ordered, key=attrgetter("agreement"))
    )
    return _read(counted)


def _newest_begun(versions: Iterable[Agreement], *, at: datetime) -> Versions:
    """Return of each agreement the newest version that has begun, where that one is in force.

    One that was ended is not followed by what it replaced: the agreement is over.
    """
    newest = {it.id: it for it in versions if it.has_begun(at)}
    return tuple(it for it in newest.values() if it.is_in_force(at))


def _next_version(
    agreement: UUID | None,
    title: str,
    text: str,
    parties: Sequence[str],
    period: tuple[date, date],
    channels: Mapping[str, Sequence[str]],
    terms: Mapping[str, Any],
    at: datetime,
) -> AgreementText:
    _refuse_impossible(parties, *period, channels)
    owner = acting_for()
    if owner not in parties:
        raise NotAParty
    agreement = agreement or uuid4()
    texts = list(AgreementText.objects.filter(agreement=agreement).order_by("version"))
    counted = _counted(texts)
    if counted and owner not in counted[-1].parties:
        raise NotAParty
    row = AgreementText(
        agreement=agreement,
        version=texts[-1].version + 1 if texts else 1,
        owner=owner,
        title=title,
        text=text,
        parties=sorted(set(parties)),
        valid_from=period[0],
        valid_until=period[1],
        channels={key: sorted(value) for key, value in channels.items()},
        terms=dict(terms),
        written_at=at,
    )
    row.text_hash = _hash_of(row)
    return row


def _refuse_impossible(
    parties: Sequence[str],
    valid_from: date,
    valid_until: date,
    channels: Mapping[str, Sequence[str]],
) -> None:
    if len(set(parties)) < 2:
        raise BadAgreement("En överenskommelse har minst två parter. Lägg till den andra parten.")
    # Of a training huvudman and a real one each is unknown to the other.
    if unknown := sorted(set(parties) - set(registry.kin_names())):
        raise BadAgreement(
            f"{', '.join(unknown)} är inte ansluten. Kontrollera partens namn, eller vänta med"
            " överenskommelsen tills parten har anslutits."
        )
    if valid_until < valid_from:
        raise BadAgreement("Sista giltiga dag ligger före den första. Ändra ett av datumen.")
    for info_class, named in channels.items():
        if info_class not in list(InfoClass) or not set(named) <= set(Channel):
            raise BadAgreement(
                f"Informationsklassen {info_class} eller dess kanaler känns inte igen. Välj bland"
                " planning, health_care och social_care, och kanalerna A och B."
            )


def _counted(texts: Iterable[AgreementText]) -> list[AgreementText]:
    # Row-level security lets a stranger enter a version of others' agreement in its own name. One
    # counts only if its writer is a party to the one that it would replace.
    counted: list[AgreementText] = []
    for text in texts:
        if text.owner in counted[-1].parties if counted else text.version == 1:
            counted.append(text)
    return counted


def _hash_of(row: AgreementText) -> str:
    signed = {
        "agreement": str(row.agreement),
        "version": row.version,
        "title": row.title,
        "text": row.text,
        "parties": row.parties,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
        "channels": row.channels,
        "terms": row.terms,
    }
    text = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _read(rows: Iterable[AgreementText]) -> tuple[Agreement, ...]:
    texts = list(rows)
    ids = {row.agreement for row in texts}
    signatures: dict[str, list[Signed]] = defaultdict(list)
    for signature in Signature.objects.filter(agreement__in=ids).order_by("signed_at", "id"):
        signatures[signature.text_hash].append(
            Signed(signature.owner, signature.name, signature.title, signature.signed_at)
        )
    ended: dict[UUID, list[Termination]] = defaultdict(list)
    for it in Termination.objects.filter(agreement__in=ids).order_by("ended_at", "id"):
        ended[it.agreement].append(it)
    return tuple(_agreement(row, signatures[row.text_hash], ended[row.agreement]) for row in texts)


def _agreement(
    row: AgreementText, signatures: Sequence[Signed], terminations: Sequence[Termination]
) -> Agreement:
    # A signature counts for a named party only, and for the text as it stands; a termination for a
    # named party only.
    counted = tuple(it for it in signatures if it.party in row.parties)
    ended = next((it for it in terminations if it.owner in row.parties), None)
    return Agreement(
        id=row.agreement,
        version=row.version,
        title=row.title,
        text=row.text,
        written_by=row.owner,
        parties=tuple(row.parties),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        channels={key: tuple(value) for key, value in row.channels.items()},
        terms=row.terms,
        text_hash=row.text_hash,
        written_at=row.written_at,
        signatures=counted if row.text_hash == _hash_of(row) else (),
        ended_at=ended.ended_at if ended else None,
        ended_by=ended.owner if ended else None,
        ended_because=ended.reason if ended else None,
    )
