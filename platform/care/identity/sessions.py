"""What a session knows of its proof: how long it is fresh, when it locks, who ends it.

Times are the database's own (`Now()`): a demo that moves its clock locks nobody out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from care.identity.models import LogoutNotice, SessionEvent, StaffSession

LONGEST = timedelta(hours=10)
IDLE = timedelta(minutes=30)
FRESH = timedelta(minutes=5)  # how old a proof may be for what asks for a fresh one
TOLD = timedelta(minutes=1)  # a session in use is written to no more often
NOTICES_KEPT = timedelta(days=1)  # a logout token older than minutes is refused by itself

What = SessionEvent.What


class NoticeSeen(Exception):
    """The same logout token has come before."""


class NoSuchSession(Exception):
    """The person has no such other session: it has ended, or never was."""


@dataclass(frozen=True)
class Proof:
    """Bevis: what the sign-in service has said of who somebody is, and when."""

    issuer: str
    subject: str
    sid: str
    acr: str
    authenticated_at: datetime
    id_token: str


@dataclass(frozen=True)
class Left:
    """What is needed to leave the sign-in service too, after a session of ours has ended."""

    id_token: str


def columns(proof: Proof | None) -> dict[str, Any]:
    """Return the columns of a session that begins or is proved anew.

    Without a proof, at the demo's personas, it counts as fresh to its end: they give no secret, so
    that to ask again would prove nothing.
    """
    times = {"expires_at": Now() + LONGEST, "idle_expires_at": Now() + IDLE}
    if proof is None:
        return times | {"fresh_until": Now() + LONGEST}
    return times | {
        "fresh_until": proof.authenticated_at + FRESH,
        "issuer": proof.issuer,
        "subject": proof.subject,
        "sid": proof.sid,
        "acr": proof.acr,
        "authenticated_at": proof.authenticated_at,
        "id_token": proof.id_token,
    }


def prove_again(*, token: str, staff_id: UUID, proof: Proof | None, at: datetime) -> str | None:
    """Unlock or refresh a session of the same person, and return its new token.

    None: the session has ended or is somebody else's, so a new one must begin.
    """
    renewed = token_urlsafe(32)
    with transaction.atomic():
        same = _living(token_hash=token_hash(token), staff_id=staff_id)
        if same.update(token_hash=token_hash(renewed), **columns(proof)) != 1:
            return None
        note(staff_id, What.PROVE_AGAIN, at=at)
    return renewed


def keep_awake(token: str) -> None:
    """Let a session that is in use lock later; one that is locked stays so."""
    soon = Now() + IDLE - TOLD
    used = _living(token_hash=token_hash(token), idle_expires_at__gt=Now())
    used.filter(idle_expires_at__lt=soon).update(idle_expires_at=Now() + IDLE)


def lock(token: str) -> None:
    """Lås skärmen: from now on the session answers when it is proved anew."""
    _living(token_hash=token_hash(token)).update(idle_expires_at=Now())


def is_locked_or_ended(*, issuer: str, sid: str, subject: str) -> bool:
    """Tell whether a sign-in at the provider has a screen here that is locked or has been ended.

    By `sid` where there is one, which is that browser's; else by the subject. A browser that has
    lost our cookie is not known by it, nor is one whose session was ended from another, and the
    provider would vouch for it without asking.
    """
    of = {"sid": sid} if sid else {"subject": subject}
    theirs = StaffSession.objects.filter(issuer=issuer, expires_at__gt=Now(), **of)
    return theirs.filter(Q(idle_expires_at__lte=Now()) | Q(ended_at__isnull=False)).exists()


def close(*, token: str, at: datetime) -> Left | None:
    """Logga ut: end a session; return what the sign-in service wants to know of it, if anything."""
    with transaction.atomic():
        session = StaffSession.objects.filter(token_hash=token_hash(token), ended_at=None)
        row = session.values("staff_id", "id_token").first()
        if row is None or session.update(ended_at=at, id_token="") != 1:
            return None
        note(row["staff_id"], What.SIGN_OUT, at=at)
    return Left(row["id_token"]) if row["id_token"] else None


def end_all(*, issuer: str, sid: str, subject: str, jti: str, at: datetime) -> int:
    """End every session that a logout token names; return how many there were.

    By `sid` where there is one, else every session of the subject (Back-Channel Logout 1.0, 2.7).

    :raises NoticeSeen: if the same token has come before
    """
    with transaction.atomic():
        _, is_new = LogoutNotice.objects.get_or_create(
            jti_hash=token_hash(jti), defaults={"at": at}
        )
        if not is_new:
            raise NoticeSeen
        named = Q(sid=sid) if sid else Q(subject=subject)
        if subject:
            named &= Q(subject=subject)
        sessions = StaffSession.objects.filter(named, issuer=issuer, ended_at=None)
        return _end(sessions, What.SIGNED_OUT_ELSEWHERE, at=at)


def end_own(*, staff_id: UUID, token: str, name: str, at: datetime) -> None:
    """Avsluta en annan inloggning: end one of a person's sessions from another; its drafts stay.

    :param token: of the session from which it is asked, which goes on
    :param name: what the page calls the one that ends (name_of)
    :raises NoSuchSession: if the person has no such other session
    """
    with transaction.atomic():
        others = _others(staff_id, token)
        named = [it for it in others.values_list("pk", flat=True) if name_of(it) == name]
        if _end(others.filter(pk__in=named), What.END_OWN, at=at) == 0:
            raise NoSuchSession


def end_others(*, staff_id: UUID, token: str, at: datetime) -> int:
    """Avsluta alla andra: end a person's sessions but the one that asks; return how many."""
    with transaction.atomic():
        return _end(_others(staff_id, token), What.END_OWN, at=at)


def end_of(*, staff_id: UUID, at: datetime) -> int:
    """End every session of a person, in the caller's transaction; return how many there were.

    Who may is for the caller to judge (care.identity.operations.end_sessions).
    """
    return _end(_living(staff_id=staff_id), What.END_BY_ADMINISTRATOR, at=at)


def forget(*, at: datetime) -> int:
    """Remove what is of no more use; return how many rows had it.

    It is the notices that could not be played again any more, and the ID tokens of sessions that
    ran out without anybody signing out: they lead nobody out.
    """
    removed, _ = LogoutNotice.objects.filter(at__lt=at - NOTICES_KEPT).delete()
    ran_out = StaffSession.objects.filter(expires_at__lt=Now()).exclude(id_token="")
    return removed + ran_out.update(id_token="")


def token_hash(token: str) -> str:
    """Return what is kept of a secret that a browser holds; the secret itself is nowhere else."""
    return sha256(token.encode()).hexdigest()


def name_of(kept: str) -> str:
    """Return what a page calls a session: it leads neither to its token nor to what is kept."""
    return token_hash(kept)[:32]


def note(
    staff_id: UUID,
    what: What,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    at: datetime,
) -> None:
    """Keep in the log what became of a session."""
    SessionEvent.objects.create(staff_id=staff_id, what=what, before=before, after=after, at=at)


def _end(sessions: "QuerySet[StaffSession]", what: What, *, at: datetime) -> int:
    """End sessions in the caller's transaction, each with its event; return how many there were."""
    ending = dict(sessions.select_for_update().values_list("pk", "staff_id"))
    StaffSession.objects.filter(pk__in=ending).update(ended_at=at, id_token="")
    for staff_id in ending.values():
        note(staff_id, what, at=at)
    return len(ending)


def _others(staff_id: UUID, token: str) -> "QuerySet[StaffSession]":
    return _living(staff_id=staff_id).exclude(token_hash=token_hash(token))


def _living(**of: Any) -> "QuerySet[StaffSession]":
    return StaffSession.objects.filter(ended_at=None, expires_at__gt=Now(), **of)
